//! How much one address, and one device, may ask for: far more than people do, far less than takes a small box from them.
//!
//! A household, a street or the community house may share one address, so that what one address may do is meant for many.
//! This machine itself is not bounded: commands come from it, and a web server before the box that nobody named in the
//! settings.

use std::hash::Hash;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use dorpsplein_protocol::identity::PublicKey;
use parking_lot::Mutex;
use quick_cache::sync::Cache;
use tokio::time::Instant;

use super::SiteState;
use super::arrival::{Arrival, household};
use super::error::Problem;

/// Addresses, and devices, that are remembered at one time: some 400 KB if all of them are. Who is forgotten has all again.
const REMEMBERED: usize = 4096;
/// What one address may ask for.
const ASKED: Rate = Rate { each: Duration::from_millis(50), at_once: 600 };
/// What one address may hand in.
const HANDED_IN: Rate = Rate { each: Duration::from_millis(200), at_once: 300 };
/// What one device may hand in: what somebody wrote in a week without a line, at once.
const OF_DEVICE: Rate = Rate { each: Duration::from_secs(1), at_once: 200 };

/// So many at once, and from then on one after each while (a leaky bucket as a meter, ITU-T I.371).
#[derive(Clone, Copy, Debug)]
pub(super) struct Rate {
    /// From then on one after each such while.
    pub(super) each: Duration,
    /// So many at once.
    pub(super) at_once: u32,
}

/// What everybody asked for of late.
pub(super) struct Rates {
    asked: Meter<IpAddr>,
    handed_in: Meter<IpAddr>,
    of_device: Meter<PublicKey>,
}

impl Default for Rates {
    fn default() -> Self {
        Self { asked: Meter::new(ASKED), handed_in: Meter::new(HANDED_IN), of_device: Meter::new(OF_DEVICE) }
    }
}

impl Rates {
    /// Counts what a device handed in and signed. Only what was taken counts: nobody can use up what is another's.
    pub(super) fn count(&self, device: &PublicKey) {
        // Whether it was the last one is asked before the next.
        let _ = self.of_device.take(*device, Instant::now());
    }

    /// Whether a device may hand in something more.
    ///
    /// # Errors
    /// `rate-limited`.
    pub(super) fn allow(&self, device: &PublicKey) -> Result<(), Problem> {
        self.of_device.look(device, Instant::now()).map_err(|wait| too_much("this device", wait))
    }

    fn arrive(&self, arrival: Arrival, changes: bool) -> Result<(), Problem> {
        if arrival.from.is_loopback() {
            return Ok(());
        }
        let (address, now) = (household(arrival.from), Instant::now());
        let asked = self.asked.take(address, now);
        let taken = asked.and_then(|()| if changes { self.handed_in.take(address, now) } else { Ok(()) });
        taken.map_err(|wait| too_much("this address", wait))
    }
}

/// Answers those who ask for too much before anything is done for them.
pub(super) async fn bound(State(state): State<SiteState>, request: Request, next: Next) -> Response {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    match state.rates.arrive(Arrival::of(&request), changes) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

fn too_much(who: &str, wait: Duration) -> Problem {
    Problem::new("rate-limited", format!("too much came from {who} at once")).retry_after(wait)
}

/// Meters, one for each who comes: until when what came would take at the lasting rate.
pub(super) struct Meter<K> {
    rate: Rate,
    ends: Cache<K, Arc<Mutex<Instant>>>,
}

impl<K: Eq + Hash + Clone> Meter<K> {
    pub(super) fn new(rate: Rate) -> Self {
        Self { rate, ends: Cache::new(REMEMBERED) }
    }

    /// Counts one more, unless it is too many.
    ///
    /// # Errors
    /// How long to wait.
    pub(super) fn take(&self, key: K, now: Instant) -> Result<(), Duration> {
        let end = self.ends.get(&key).unwrap_or_else(|| {
            let end = Arc::new(Mutex::new(now));
            self.ends.insert(key, Arc::clone(&end));
            end
        });
        let mut end = end.lock();
        self.rate.wait(*end, now)?;
        *end = (*end).max(now) + self.rate.each;
        Ok(())
    }

    /// Whether there may be one more.
    ///
    /// # Errors
    /// How long to wait.
    fn look(&self, key: &K, now: Instant) -> Result<(), Duration> {
        let Some(end) = self.ends.get(key) else { return Ok(()) };
        let end = *end.lock();
        self.rate.wait(end, now)
    }
}

impl Rate {
    fn wait(self, end: Instant, now: Instant) -> Result<(), Duration> {
        let most = self.each * (self.at_once - 1);
        match end.saturating_duration_since(now).checked_sub(most) {
            None | Some(Duration::ZERO) => Ok(()),
            Some(wait) => Err(wait),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const RATE: Rate = Rate { each: Duration::from_secs(2), at_once: 3 };

    #[test]
    fn so_many_at_once_and_then_one_after_each_while() {
        let (meter, begin) = (Meter::new(RATE), Instant::now());
        let at = |seconds: u64| begin + Duration::from_secs(seconds);
        let taken: Vec<_> = (0..3).map(|_| meter.take('a', at(0))).collect();
        assert_eq!(taken, [Ok(()); 3]);
        assert_eq!(meter.take('a', at(0)), Err(Duration::from_secs(2)));
        assert_eq!(meter.look(&'a', at(1)), Err(Duration::from_secs(1)), "who was refused does not wait longer for it");
        assert_eq!(meter.take('b', at(0)), Ok(()), "others have their own");
        assert_eq!((meter.take('a', at(2)), meter.take('a', at(2)).is_err()), (Ok(()), true));
        let later: Vec<_> = (0..3).map(|_| meter.take('a', at(60))).collect();
        assert_eq!(later, [Ok(()); 3], "no more than so many are saved up");
        assert!(meter.take('a', at(60)).is_err());
    }

    #[test]
    fn what_is_remembered_has_an_end() {
        let meter = Meter::new(RATE);
        (0..5 * REMEMBERED).for_each(|key| meter.take(key, Instant::now()).unwrap());
        assert!(meter.ends.len() <= REMEMBERED + 1, "{}", meter.ends.len());
    }

    #[test]
    fn many_who_share_an_address_are_not_hurt() {
        let rates = Rates::default();
        let house = Arrival { from: "203.0.113.9".parse().unwrap(), https: true };
        // Thirty people open the site with all that belongs to it, and each writes something.
        (0..30 * 12).for_each(|_| rates.arrive(house, false).unwrap());
        (0..30 * 3).for_each(|_| rates.arrive(house, true).unwrap());
        let refused = (0..100_000).find_map(|_| rates.arrive(house, true).err()).unwrap();
        assert_eq!(refused.kind(), "rate-limited");
        assert!(rates.arrive(Arrival { from: "203.0.113.10".parse().unwrap(), ..house }, true).is_ok());
        let here = Arrival { from: "127.0.0.1".parse().unwrap(), https: false };
        assert!((0..100_000).all(|_| rates.arrive(here, true).is_ok()));
    }
}
