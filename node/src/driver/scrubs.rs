//! When the store is to [scrub](dorpsplein_protocol::store::Store::scrub) its files of what was erased.

use std::num::NonZeroU64;
use std::time::Duration;

use dorpsplein_protocol::store::StoreError;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// How the scrubs of a store are spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScrubPace {
    /// How long to wait after something was erased, so that what is erased after the other goes together.
    pub settle: Duration,
    /// After a scrub, how many bytes of what it wrote are to be made up for in a second before the next one: so that
    /// somebody who erases all day long does not wear the disk out.
    pub bytes_a_second: u64,
    /// However much it wrote, the next one comes after at most this long.
    pub longest: Duration,
    /// How long to wait after one that failed.
    pub retry: Duration,
}

impl Default for ScrubPace {
    /// Within five minutes; at 2 KiB/s, which is 177 MB a day; a store larger than that once a day.
    fn default() -> Self {
        Self {
            settle: Duration::from_secs(5 * 60),
            bytes_a_second: 2048,
            longest: Duration::from_secs(24 * 60 * 60),
            retry: Duration::from_secs(60 * 60),
        }
    }
}

/// When the next scrub is due, and the one that is under way.
#[derive(Debug)]
pub(super) struct Scrubs {
    pace: ScrubPace,
    /// How many dropped payloads one is owed for, and when it is due.
    owed: Option<(NonZeroU64, Instant)>,
    /// Not before this.
    rested: Option<Instant>,
    under_way: Option<UnderWay>,
}

#[derive(Debug)]
struct UnderWay {
    dropped: NonZeroU64,
    began: Instant,
    /// How many bytes it wrote.
    scrub: JoinHandle<Result<u64, StoreError>>,
}

impl Scrubs {
    pub(super) const fn new(pace: ScrubPace) -> Self {
        Self { pace, owed: None, rested: None, under_way: None }
    }

    /// For how many dropped payloads one is owed, at this instant.
    pub(super) fn owed(&mut self, dropped: Option<NonZeroU64>, now: Instant) {
        let settled = now + self.pace.settle;
        let due = || self.rested.map_or(settled, |rested| rested.max(settled));
        let due = self.owed.map_or_else(due, |(_, due)| due);
        self.owed = dropped.map(|dropped| (dropped, due));
    }

    /// When it is due; none while nothing is owed or one is under way.
    pub(super) fn due(&self) -> Option<Instant> {
        self.owed.filter(|_| self.under_way.is_none()).map(|(_, due)| due)
    }

    /// The one that is owed is under way. What is dropped from now on is owed anew.
    pub(super) fn begin(&mut self, scrub: JoinHandle<Result<u64, StoreError>>) {
        if let Some((dropped, _)) = self.owed.take() {
            self.under_way = Some(UnderWay { dropped, began: Instant::now(), scrub });
        }
    }

    /// Waits for the one that is under way; of how many dropped payloads it scrubbed the files, none if it failed.
    pub(super) async fn next(&mut self) -> Option<NonZeroU64> {
        let Some(UnderWay { dropped, began, scrub }) = &mut self.under_way else {
            return std::future::pending().await;
        };
        let ended = scrub.await;
        let (dropped, took_ms) = (*dropped, began.elapsed().as_millis());
        self.under_way = None;
        let written = match ended {
            Ok(Ok(bytes)) => {
                tracing::info!(dropped, bytes, took_ms, "what was erased is gone from the files of the store");
                Some(bytes)
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, retry_s = self.pace.retry.as_secs(), "the store keeps what was erased for now");
                None
            }
            Err(error) => {
                tracing::error!(%error, "scrubbing the store ended in a panic");
                None
            }
        };
        self.rest(written, Instant::now());
        written.map(|_| dropped)
    }

    fn rest(&mut self, written: Option<u64>, now: Instant) {
        let rest = written.map_or(self.pace.retry, |bytes| {
            Duration::from_secs(bytes / self.pace.bytes_a_second.max(1)).min(self.pace.longest)
        });
        (self.owed, self.rested) = (None, Some(now + rest));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: ScrubPace = ScrubPace {
        settle: Duration::from_secs(300),
        bytes_a_second: 1000,
        longest: Duration::from_secs(86_400),
        retry: Duration::from_secs(3600),
    };

    fn after(scrubs: &Scrubs, began: Instant) -> Option<u64> {
        scrubs.due().map(|due| due.duration_since(began).as_secs())
    }

    const SOME: Option<NonZeroU64> = NonZeroU64::new(3);

    #[test]
    fn what_is_erased_after_the_other_goes_together_and_does_not_put_it_off() {
        let (mut scrubs, began) = (Scrubs::new(PACE), Instant::now());
        scrubs.owed(None, began);
        assert_eq!(after(&scrubs, began), None);
        scrubs.owed(SOME, began);
        scrubs.owed(NonZeroU64::new(4), began + Duration::from_secs(200));
        assert_eq!(after(&scrubs, began), Some(300));
    }

    #[test]
    fn the_next_one_waits_as_long_as_the_last_one_wrote_but_never_longer_than_a_day() {
        let (mut scrubs, began) = (Scrubs::new(PACE), Instant::now());
        for (written, expected) in [(Some(0), 300), (Some(5_000_000), 5000), (Some(u64::MAX), 86_400), (None, 3600)] {
            scrubs.rest(written, began);
            assert_eq!(after(&scrubs, began), None, "nothing is owed");
            scrubs.owed(SOME, began);
            assert_eq!(after(&scrubs, began), Some(expected));
        }
    }

    #[tokio::test]
    async fn one_at_a_time_and_only_what_was_dropped_before_it_began_counts() {
        let (mut scrubs, began) = (Scrubs::new(PACE), Instant::now());
        scrubs.owed(SOME, began);
        scrubs.begin(tokio::task::spawn_blocking(|| Ok(7)));
        scrubs.owed(NonZeroU64::new(5), began);
        assert_eq!(after(&scrubs, began), None, "two at a time");
        assert_eq!(scrubs.next().await, SOME);
        scrubs.owed(SOME, began);
        scrubs.begin(tokio::task::spawn_blocking(|| Err(StoreError::Full)));
        assert_eq!(scrubs.next().await, None, "it failed");
        scrubs.owed(SOME, began);
        assert!(after(&scrubs, began).is_some_and(|seconds| seconds >= 3600), "tried again later");
    }
}
