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
        let (mut work, mut failures) = (Some(Work::Compare), 0);
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
        let latest = Instant::now() + LONGEST;
        loop {
            let until = latest.min(Instant::now() + QUIET);
            match timeout_at(until, self.changes.recv()).await {
                Ok(Ok(changed)) => items.extend(changed.iter().copied()),
                Ok(Err(RecvError::Lagged(_))) => return Some(Work::Compare),
                // The last changes still count.
                Ok(Err(RecvError::Closed)) | Err(_) => return Some(Work::Update(items)),
            }
            if items.len() > MAX_ITEMS {
                return Some(Work::Compare);
            }
            if Instant::now() >= latest {
                return Some(Work::Update(items));
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
