//! How many may be here at one time: in all, and from one address.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use parking_lot::Mutex;

use super::arrival::household;

/// The places for those who come.
pub(super) struct Places {
    taken: Arc<Mutex<Taken>>,
    all: usize,
    of_address: usize,
}

#[derive(Default)]
struct Taken {
    all: usize,
    of_address: BTreeMap<IpAddr, usize>,
}

/// A place, given back when it is dropped.
pub(super) struct Place {
    taken: Arc<Mutex<Taken>>,
    address: IpAddr,
}

impl Places {
    /// So many in all, and of one address.
    pub(super) fn new(all: usize, of_address: usize) -> Self {
        Self { taken: Arc::default(), all, of_address }
    }

    /// A place for somebody at this address, if there is one.
    ///
    /// Of this machine's own address only the sum is bounded: what comes from there came through a proxy that stands
    /// before the box, and may be the whole village.
    pub(super) fn take(&self, address: IpAddr) -> Option<Place> {
        let address = household(address);
        let mut taken = self.taken.lock();
        let here = taken.of_address.get(&address).copied().unwrap_or_default();
        if taken.all >= self.all || (here >= self.of_address && !address.is_loopback()) {
            return None;
        }
        taken.all += 1;
        taken.of_address.insert(address, here + 1);
        drop(taken);
        Some(Place { taken: Arc::clone(&self.taken), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.taken.lock();
        taken.all -= 1;
        let left = taken.of_address.get(&self.address).map_or(0, |here| here - 1);
        if left == 0 {
            taken.of_address.remove(&self.address);
        } else {
            taken.of_address.insert(self.address, left);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn one_address_leaves_room_for_others() {
        let places = Places::new(256, 32);
        let at = |text: &str| text.parse::<IpAddr>().unwrap();
        let held: Vec<_> = (0..32).map(|_| places.take(at("192.0.2.7")).unwrap()).collect();
        assert!(places.take(at("192.0.2.7")).is_none() && places.take(at("::ffff:192.0.2.7")).is_none());
        let next_door = places.take(at("192.0.2.8")).unwrap();
        drop(held);
        assert!(places.take(at("192.0.2.7")).is_some(), "places are given back");
        drop(next_door);
        let house: Vec<_> = (0..32).map(|n| places.take(at(&format!("2001:db8::{n:x}"))).unwrap()).collect();
        assert!(places.take(at("2001:db8::ffff")).is_none(), "one network is one household");
        drop(house);
        let all: Vec<_> = (0..1000).filter_map(|_| places.take(at("127.0.0.1"))).collect();
        assert_eq!(all.len(), 256);
        assert!(places.take(at("192.0.2.9")).is_none());
        drop(all);
        assert!(places.taken.lock().of_address.is_empty(), "nothing is remembered of who left");
    }
}
