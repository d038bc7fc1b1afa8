//! Who is not let in for a while, because of what they sent the last time.
//!
//! A box that means well never gets here, so nothing is lost by waiting; one that means harm costs a handshake each time
//! it knocks, and nothing else.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use libp2p::PeerId;
use tokio::time::{Duration, Instant};

/// How long the first time, and how long at most; each time in between takes twice as long as the one before.
pub(super) const FIRST: Duration = Duration::from_secs(10);
pub(super) const LONGEST: Duration = Duration::from_secs(60 * 60);

/// How long after its end an expulsion still counts for the next one.
pub(super) const REMEMBERED: Duration = Duration::from_secs(60 * 60);

/// Peers that are remembered. Keys cost nothing to make: beyond this, whose time ends first is forgotten.
pub(super) const MAX_EXPELLED: usize = 1024;

/// The peers that are kept out. Clones share one list.
#[derive(Clone, Debug, Default)]
pub(super) struct Expulsions(Arc<Mutex<HashMap<PeerId, Expulsion>>>);

#[derive(Debug)]
struct Expulsion {
    until: Instant,
    took: Duration,
}

impl Expulsions {
    /// Keeps a peer out from now on; says for how long.
    pub(super) fn expel(&self, peer: PeerId, now: Instant) -> Duration {
        let mut expelled = self.lock();
        expelled.retain(|_, expulsion| now < expulsion.until + REMEMBERED);
        if expelled.len() >= MAX_EXPELLED
            && let Some(first) = expelled.iter().min_by_key(|(_, expulsion)| expulsion.until).map(|(peer, _)| *peer)
        {
            expelled.remove(&first);
        }
        let took = expelled.get(&peer).map_or(FIRST, |before| (2 * before.took).min(LONGEST));
        expelled.insert(peer, Expulsion { until: now + took, took });
        took
    }

    /// Whether a peer is kept out.
    pub(super) fn keeps_out(&self, peer: &PeerId, now: Instant) -> bool {
        self.lock().get(peer).is_some_and(|expulsion| now < expulsion.until)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<PeerId, Expulsion>> {
        // No code that runs under the lock can leave the list half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_time_takes_twice_as_long_until_it_is_forgotten() {
        let (expulsions, peer) = (Expulsions::default(), PeerId::random());
        let mut now = Instant::now();
        for expected in [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600] {
            assert!(!expulsions.keeps_out(&peer, now));
            assert_eq!(expulsions.expel(peer, now).as_secs(), expected);
            assert!(expulsions.keeps_out(&peer, now));
            assert!(!expulsions.keeps_out(&PeerId::random(), now), "others are let in");
            now += Duration::from_secs(expected);
        }
        now += REMEMBERED;
        assert_eq!(expulsions.expel(peer, now), FIRST);
    }

    #[test]
    fn no_more_are_remembered_than_there_is_room_for() {
        let (expulsions, now) = (Expulsions::default(), Instant::now());
        for _ in 0..2 * MAX_EXPELLED {
            expulsions.expel(PeerId::random(), now);
        }
        assert_eq!(expulsions.lock().len(), MAX_EXPELLED);
    }
}
