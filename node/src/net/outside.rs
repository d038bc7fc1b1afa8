//! Where this box can be reached from outside, as far as anybody showed.
//!
//! Three things show it: the settings say so, the router promised it (UPnP), or a neighbour dialled it: on being
//! asked to try (AutoNAT), or by coming in at an address that is this machine's own. That a neighbour *sees* us
//! at an address shows nothing of the kind, and makes it a candidate to be tested.

use std::{
    collections::{BTreeSet, HashSet},
    net::IpAddr,
};

use libp2p::{Multiaddr, multiaddr::Protocol};

use super::reach::{ip_of, is_public, without_peer};

/// Addresses remembered as shown; a box has one or two at a time.
const MAX_PROVEN: usize = 16;

/// Candidates tested while the box runs. Neighbours name them, so there has to be an end to it.
const MAX_CANDIDATES: usize = 1024;

/// What is known of it.
#[derive(Debug, Default)]
pub(super) struct Outside {
    announced: BTreeSet<Multiaddr>,
    proven: BTreeSet<Multiaddr>,
    candidates: HashSet<Multiaddr>,
    /// The addresses of this machine, with the ports it listens on.
    own: BTreeSet<Multiaddr>,
    /// The address neighbours saw us at last, one of each family.
    seen: [Option<IpAddr>; 2],
}

impl Outside {
    /// What the settings say, and nothing shown yet.
    pub(super) fn new(announced: &[Multiaddr]) -> Self {
        Self { announced: announced.iter().cloned().collect(), ..Self::default() }
    }

    /// The box listens on an address of this machine, with the real port. Says whether that is news.
    pub(super) fn listening(&mut self, address: Multiaddr) -> bool {
        self.own.insert(address)
    }

    /// It no longer does.
    pub(super) fn gone(&mut self, address: &Multiaddr) {
        self.own.remove(address);
    }

    /// A neighbour to whom we have a direct connection saw us at `observed`; `dialled` says that the connection was
    /// ours. Returns what is worth testing because of it.
    pub(super) fn observed(&mut self, observed: &Multiaddr, dialled: bool) -> Vec<Multiaddr> {
        let observed = without_peer(observed.clone());
        let Some(ip) = ip_of(&observed).filter(|_| is_public(&observed)) else { return Vec::new() };
        if !dialled && self.own.contains(&observed) {
            // They came in by it, and no router was in between that may have let only them in.
            self.confirmed(observed);
            return Vec::new();
        }
        let mut candidates = vec![observed.clone()];
        if dialled {
            self.seen[usize::from(ip.is_ipv6())] = Some(ip);
            // The router may have given this connection another port than those it lets others in by.
            let same_family = |own: &&Multiaddr| ip_of(own).is_some_and(|own| own.is_ipv6() == ip.is_ipv6());
            candidates.extend(self.own.iter().filter(same_family).filter_map(|own| with_ip(own, ip)));
        }
        candidates.retain(|candidate| {
            is_public(candidate) && self.candidates.len() < MAX_CANDIDATES && self.candidates.insert(candidate.clone())
        });
        candidates
    }

    /// Somebody reached us at `address`, or the router promised they can.
    pub(super) fn confirmed(&mut self, address: Multiaddr) {
        let address = without_peer(address);
        if is_public(&address) && self.proven.len() < MAX_PROVEN {
            self.proven.insert(address);
        }
    }

    /// The router no longer lets anybody in at `address`.
    pub(super) fn expired(&mut self, address: &Multiaddr) {
        self.proven.remove(&without_peer(address.clone()));
    }

    /// Where this box can be reached from outside now. What was shown for an address that neighbours no longer see us
    /// at, and that is not this machine's own, has passed with that address.
    pub(super) fn addresses(&self) -> BTreeSet<Multiaddr> {
        let own: BTreeSet<_> = self.own.iter().filter_map(ip_of).collect();
        let holds = |address: &&Multiaddr| {
            let Some(ip) = ip_of(address) else { return true };
            let seen = self.seen[usize::from(ip.is_ipv6())];
            own.contains(&ip) || seen.is_none_or(|seen| seen == ip)
        };
        self.proven.iter().filter(holds).chain(&self.announced).cloned().collect()
    }
}

fn with_ip(address: &Multiaddr, ip: IpAddr) -> Option<Multiaddr> {
    address.replace(0, |_| Some(Protocol::from(ip)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const HOME: &str = "/ip4/192.168.1.10/udp/4080/quic-v1";

    fn at(text: &str) -> Multiaddr {
        text.parse().unwrap()
    }

    fn behind_a_router() -> Outside {
        let mut outside = Outside::new(&[]);
        for own in ["/ip4/127.0.0.1/udp/4080/quic-v1", HOME, "/ip4/192.168.1.10/tcp/4080"] {
            outside.listening(at(own));
        }
        outside
    }

    #[test]
    fn being_seen_at_an_address_shows_nothing_and_is_worth_a_test() {
        let mut outside = behind_a_router();
        let tested = outside.observed(&at("/ip4/203.0.113.20/udp/50000/quic-v1"), true);
        let ports = ["udp/50000/quic-v1", "udp/4080/quic-v1", "tcp/4080"];
        let expected = ports.map(|port| at(&format!("/ip4/203.0.113.20/{port}")));
        assert_eq!(BTreeSet::from_iter(tested), BTreeSet::from(expected), "as seen, and as a router is usually told");
        assert!(outside.addresses().is_empty());
        assert!(outside.observed(&at("/ip4/203.0.113.20/udp/50000/quic-v1"), true).is_empty(), "once is enough");
        assert!(
            outside.observed(&at("/ip4/10.0.0.7/udp/4080/quic-v1"), true).is_empty(),
            "nobody outside can try that"
        );
    }

    #[test]
    fn whoever_comes_in_at_our_own_address_has_shown_it() {
        let mut outside = Outside::new(&[]);
        let own = at("/ip4/203.0.113.10/udp/4080/quic-v1");
        outside.listening(own.clone());
        assert!(outside.addresses().is_empty());
        outside.observed(&own, false);
        assert_eq!(outside.addresses(), BTreeSet::from([own.clone()]));
        outside.gone(&own);
        outside.observed(&at("/ip4/203.0.113.11/udp/4080/quic-v1"), true);
        assert!(outside.addresses().is_empty(), "the machine has another address now");
    }

    #[test]
    fn who_comes_in_through_a_router_may_be_the_only_one_it_lets_in() {
        let mut outside = behind_a_router();
        let mapped = at("/ip4/203.0.113.20/udp/4080/quic-v1");
        assert_eq!(outside.observed(&mapped, false), [mapped]);
        assert!(outside.addresses().is_empty());
    }

    #[test]
    fn what_was_shown_passes_with_the_address_and_comes_back_with_it() {
        let mut outside = behind_a_router();
        let (before, after) = (at("/ip4/203.0.113.20/udp/4080/quic-v1"), at("/ip4/203.0.113.21/udp/4080/quic-v1"));
        outside.observed(&before, true);
        outside.confirmed(before.clone());
        assert_eq!(outside.addresses(), BTreeSet::from([before.clone()]));
        outside.observed(&after, true);
        assert!(outside.addresses().is_empty());
        outside.confirmed(after.clone());
        assert_eq!(outside.addresses(), BTreeSet::from([after]));
        outside.observed(&before, true);
        assert_eq!(outside.addresses(), BTreeSet::from([before]));
    }

    #[test]
    fn what_the_settings_say_stays() {
        let named = at("/dns/plein.example/udp/4080/quic-v1");
        let mut outside = Outside::new(std::slice::from_ref(&named));
        outside.observed(&at("/ip4/203.0.113.21/udp/4080/quic-v1"), true);
        outside.expired(&named);
        assert_eq!(outside.addresses(), BTreeSet::from([named]));
    }

    #[test]
    fn neighbours_can_name_candidates_only_so_often() {
        let mut outside = behind_a_router();
        let named = (0..10_000_u32).map(|n| {
            let [_, _, c, d] = n.to_be_bytes();
            outside.observed(&at(&format!("/ip4/203.0.{c}.{d}/udp/9/quic-v1")), true).len()
        });
        assert_eq!(named.sum::<usize>(), MAX_CANDIDATES);
    }
}
