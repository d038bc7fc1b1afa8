//! Keeping the index in line with what changes, without anybody waiting for it.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use dorpsplein_protocol::operation::{ItemId, NeighbourhoodId};
use tokio::sync::Notify;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;

use super::upkeep::Rows;
use super::{IndexError, Search};

/// After a change, how long to wait for more before the index is written.
const QUIET: Duration = Duration::from_millis(300);
/// The longest to wait while changes keep coming.
const LONGEST: Duration = Duration::from_secs(5);
/// So many changed items in one wait are not written by people: a box copies what another one has. Then the index waits for
/// the end of it, because the copy needs both the processor and the disk, and nobody looks yet for what is on its way.
const COPY: usize = 1_000;
/// As [`QUIET`] and [`LONGEST`], while a copy is under way.
const COPY_QUIET: Duration = Duration::from_secs(2);
const COPY_LONGEST: Duration = Duration::from_secs(120);
/// After a start, how long the first page and the neighbours go before looking whether the index is in line.
const START_REST: Duration = Duration::from_secs(1);
/// After each round of work, this many times as long as it took nothing is done: a box has other things to do.
const REST: u32 = 4;
/// Changed items that are remembered one by one; with more, everything is compared.
const MAX_ITEMS: usize = 10_000;
/// After a failure, how long until the next try.
const RETRY: Duration = Duration::from_secs(20);

/// A task that keeps an index in line.
#[derive(Debug)]
#[must_use = "it has to be waited for"]
pub struct Follower(JoinHandle<()>);

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
enum Work {
    Compare,
    Rebuild,
    Update(BTreeSet<ItemId>),
}

/// Keeps `search` in line with the rows of the box of `home` until it is asked to stop: compares everything once, then
/// follows the changes.
pub fn follow(
    search: Search,
    rows: Arc<Rows>,
    home: NeighbourhoodId,
    changes: Receiver<Arc<[ItemId]>>,
    stop: CancellationToken,
) -> Follower {
    let following = Following { search, rows, home, changes };
    Follower(tokio::spawn(following.run(stop)))
}

impl Follower {
    /// Waits until it has stopped.
    pub async fn stopped(self) {
        if let Err(error) = self.0.await {
            tracing::error!(%error, "following what changes for the search index ended in a panic");
        }
    }
}

struct Following {
    search: Search,
    rows: Arc<Rows>,
    home: NeighbourhoodId,
    changes: Receiver<Arc<[ItemId]>>,
}

impl Following {
    async fn run(mut self, stop: CancellationToken) {
        let mut failures = 0;
        let mut work = tokio::select! {
            () = stop.cancelled() => None,
            work = at_start(&mut self.changes) => Some(work),
        };
        while let Some(now) = work {
            let (again, rest) = match self.carry_out(now).await {
                Ok(rest) => {
                    failures = 0;
                    (None, rest)
                }
                Err(()) => {
                    failures += 1;
                    // What looking again does not mend is made anew; both cost nothing but time.
                    (Some(if failures == 1 { Work::Compare } else { Work::Rebuild }), RETRY)
                }
            };
            work = tokio::select! {
                () = stop.cancelled() => None,
                next = async {
                    sleep(rest).await;
                    match again {
                        Some(work) => Some(work),
                        None => next(&self.search.shared.rebuild, &mut self.changes).await,
                    }
                } => next,
            };
        }
    }

    /// Does it on a thread that may wait for the disk, and says how long to rest.
    async fn carry_out(&mut self, work: Work) -> Result<Duration, ()> {
        let (search, rows, home) = (self.search.clone(), Arc::clone(&self.rows), self.home);
        let begun = Instant::now();
        let done = tokio::task::spawn_blocking(move || search.carry_out(&work, &*rows, &home)).await;
        let error: &dyn fmt::Display = match &done {
            Ok(Ok(())) => return Ok(begun.elapsed() * REST),
            Ok(Err(error)) => error,
            Err(error) => error,
        };
        tracing::error!(%error, retry_s = RETRY.as_secs(), "the search index is not in line");
        Err(())
    }
}

/// Everything is compared once, but not in the middle of a copy.
async fn at_start(changes: &mut Receiver<Arc<[ItemId]>>) -> Work {
    sleep(START_REST).await;
    let mut heard = Heard::default();
    loop {
        match changes.try_recv() {
            Ok(changed) => heard.note(&changed),
            Err(TryRecvError::Lagged(_)) => heard.note_more(),
            Err(TryRecvError::Empty | TryRecvError::Closed) => break,
        }
    }
    if heard.is_copy() {
        until_quiet(changes, heard).await;
    }
    Work::Compare
}

/// What is to be done next; none when nothing will ever change again.
async fn next(rebuild: &Notify, changes: &mut Receiver<Arc<[ItemId]>>) -> Option<Work> {
    let mut heard = Heard::default();
    tokio::select! {
        () = rebuild.notified() => return Some(Work::Rebuild),
        first = changes.recv() => match first {
            Ok(changed) => heard.note(&changed),
            // More than the channel holds came while the index was written.
            Err(RecvError::Lagged(_)) => heard.note_more(),
            Err(RecvError::Closed) => return None,
        },
    }
    Some(until_quiet(changes, heard).await)
}

/// What changed since the index was written.
#[derive(Default)]
struct Heard {
    items: BTreeSet<ItemId>,
    /// More changed than is remembered one by one.
    more: bool,
}

impl Heard {
    fn note(&mut self, changed: &[ItemId]) {
        if !self.more {
            self.items.extend(changed);
        }
        if self.items.len() > MAX_ITEMS {
            self.note_more();
        }
    }

    fn note_more(&mut self) {
        self.more = true;
        self.items.clear();
    }

    fn is_copy(&self) -> bool {
        self.more || self.items.len() >= COPY
    }

    fn work(self) -> Work {
        if self.more { Work::Compare } else { Work::Update(self.items) }
    }
}

/// Waits until no more changes come, or until they have been coming for long enough; says what is to be done then.
async fn until_quiet(changes: &mut Receiver<Arc<[ItemId]>>, mut heard: Heard) -> Work {
    let begun = Instant::now();
    loop {
        let (quiet, longest) = if heard.is_copy() { (COPY_QUIET, COPY_LONGEST) } else { (QUIET, LONGEST) };
        let latest = begun + longest;
        match timeout_at(latest.min(Instant::now() + quiet), changes.recv()).await {
            Ok(Ok(changed)) => heard.note(&changed),
            Ok(Err(RecvError::Lagged(_))) => heard.note_more(),
            // The last changes still count.
            Ok(Err(RecvError::Closed)) | Err(_) => return heard.work(),
        }
        if Instant::now() >= latest {
            return heard.work();
        }
    }
}

impl Search {
    fn carry_out(&self, work: &Work, rows: &Rows, home: &NeighbourhoodId) -> Result<(), IndexError> {
        match work {
            Work::Compare => self.catch_up(rows, home, &|_, _| {}),
            Work::Rebuild => self.rebuild(rows, home, &|_, _| {}),
            Work::Update(items) => {
                let round = self.index().update(rows, home, items)?;
                tracing::debug!(written = round.written, removed = round.removed, "the search index follows");
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::broadcast::{Sender, channel};

    use super::*;

    fn item(number: u64) -> ItemId {
        let mut id = [0; 32];
        id[..8].copy_from_slice(&number.to_be_bytes());
        ItemId::from_bytes(id)
    }

    fn items(numbers: std::ops::Range<u64>) -> Arc<[ItemId]> {
        numbers.map(item).collect()
    }

    /// Copies items on and on, so many at a time, with less than [`COPY_QUIET`] in between.
    async fn copy(sender: Sender<Arc<[ItemId]>>, rounds: u64) {
        for number in 0..rounds {
            sleep(QUIET * 2).await;
            sender.send(items(number * 300..(number + 1) * 300)).expect("somebody listens");
        }
        sleep(COPY_LONGEST).await;
    }

    #[tokio::test(start_paused = true)]
    async fn what_people_write_is_found_at_once() {
        let (sender, mut changes) = channel(8);
        sender.send(items(0..2)).expect("somebody listens");
        let begun = Instant::now();
        let work = next(&Notify::new(), &mut changes).await;
        assert_eq!(work, Some(Work::Update(BTreeSet::from([item(0), item(1)]))));
        assert!(begun.elapsed() <= QUIET * 2, "{:?}", begun.elapsed());
        drop(sender);
        assert_eq!(next(&Notify::new(), &mut changes).await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn the_index_waits_for_the_end_of_a_copy_that_it_did_not_hear_all_of() {
        const ROUNDS: u64 = 20;
        let (sender, mut changes) = channel(8);
        for number in 0..ROUNDS {
            sender.send(items(number * 300..(number + 1) * 300)).expect("somebody listens");
        }
        let copying = tokio::spawn(copy(sender, ROUNDS));
        let begun = Instant::now();
        assert_eq!(next(&Notify::new(), &mut changes).await, Some(Work::Compare));
        assert!(begun.elapsed() >= QUIET * 40, "it was written in the middle of the copy, after {:?}", begun.elapsed());
        copying.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn a_box_that_starts_with_a_copy_compares_after_it() {
        let (sender, mut changes) = channel(8);
        let begun = Instant::now();
        assert_eq!(at_start(&mut changes).await, Work::Compare);
        assert!(begun.elapsed() <= START_REST * 2, "nothing comes: {:?}", begun.elapsed());

        sender.send(items(0..2_000)).expect("somebody listens");
        let copying = tokio::spawn(copy(sender, 20));
        let begun = Instant::now();
        assert_eq!(at_start(&mut changes).await, Work::Compare);
        assert!(
            begun.elapsed() >= QUIET * 40,
            "it was compared in the middle of the copy, after {:?}",
            begun.elapsed()
        );
        copying.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn what_never_stops_is_found_in_the_meantime() {
        let (sender, mut changes) = channel(8);
        let without_end = tokio::spawn(async move {
            for number in 0.. {
                sleep(QUIET / 2).await;
                if sender.send(items(number..number + 1)).is_err() {
                    break;
                }
            }
        });
        let begun = Instant::now();
        let work = next(&Notify::new(), &mut changes).await;
        assert!(matches!(work, Some(Work::Update(changed)) if !changed.is_empty()));
        assert!(begun.elapsed() <= LONGEST + QUIET, "{:?}", begun.elapsed());
        without_end.abort();
    }
}
