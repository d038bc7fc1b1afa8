//! Keeping the index in line with what changes, without anybody waiting for it.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use dorpsplein_protocol::operation::{ItemId, NeighbourhoodId};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
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
            () = sleep(START_REST) => Some(Work::Compare),
        };
        while let Some(next) = work {
            let (again, rest) = match self.carry_out(next).await {
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
                        None => self.next().await,
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

    /// What is to be done next; none when nothing will ever change again.
    async fn next(&mut self) -> Option<Work> {
        let mut items = BTreeSet::new();
        tokio::select! {
            () = self.search.shared.rebuild.notified() => return Some(Work::Rebuild),
            first = self.changes.recv() => match first {
                Ok(changed) => items.extend(changed.iter().copied()),
                Err(RecvError::Lagged(_)) => return Some(Work::Compare),
                Err(RecvError::Closed) => return None,
            },
        }
        let begun = Instant::now();
        let mut is_counted = true;
        loop {
            let is_copy = items.len() >= COPY || !is_counted;
            let (quiet, longest) = if is_copy { (COPY_QUIET, COPY_LONGEST) } else { (QUIET, LONGEST) };
            let latest = begun + longest;
            let until = latest.min(Instant::now() + quiet);
            let over = match timeout_at(until, self.changes.recv()).await {
                Ok(Ok(changed)) => {
                    if is_counted {
                        items.extend(changed.iter().copied());
                    }
                    Instant::now() >= latest
                }
                Ok(Err(RecvError::Lagged(_))) => {
                    is_counted = false;
                    Instant::now() >= latest
                }
                // The last changes still count.
                Ok(Err(RecvError::Closed)) | Err(_) => true,
            };
            if items.len() > MAX_ITEMS {
                is_counted = false;
                items.clear();
            }
            if over {
                return Some(if is_counted { Work::Update(items) } else { Work::Compare });
            }
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
