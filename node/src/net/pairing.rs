//! Which of two sessions with one peer stays.
//!
//! Both ends have to decide the same, without a round trip. The dialler of a connection opens its
//! one stream, and only while it knows of no other session with that peer. So a second stream from
//! a peer means one of two things: both dialled in the same moment, or the peer has lost the session
//! that we still believe in (it restarted, its address changed).

use std::time::Duration;

use libp2p::PeerId;

/// How long after a session began an inbound stream still counts as dialled in the same moment.
/// Longer than a handshake may take, much shorter than a box takes to restart and be dialled again.
pub(super) const SIMULTANEOUS_DIAL: Duration = Duration::from_secs(10);

/// The session with a peer, or the attempt at one, that a new inbound stream meets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Incumbent {
    /// Whether we dialled it.
    pub(super) outbound: bool,
    /// How long ago we opened or accepted it.
    pub(super) age: Duration,
    /// Whether it goes through a relay.
    pub(super) relayed: bool,
}

/// Whether the inbound stream of `remote` takes the place of `incumbent`; `relayed` says that it comes through a relay.
pub(super) fn inbound_wins(local: &PeerId, remote: &PeerId, incumbent: Incumbent, relayed: bool) -> bool {
    if incumbent.relayed && !relayed {
        // Nobody in between is always better.
        return true;
    }
    if !incumbent.outbound || incumbent.age > SIMULTANEOUS_DIAL {
        // The peer would not have opened it if it still had the other.
        return true;
    }
    if relayed && !incumbent.relayed {
        // Both dialled, and the other end says the opposite of its own incumbent, by the first rule.
        return false;
    }
    // Both dialled: the dial of the lower peer id stays, so the other end says the opposite of its
    // own incumbent and keeps the same stream.
    remote < local
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::ZERO;

    #[test]
    fn both_ends_of_a_simultaneous_dial_keep_the_same_stream() {
        for _ in 0..32 {
            let (anna, bert) = (PeerId::random(), PeerId::random());
            for (annas, berts) in [(false, false), (true, true), (true, false), (false, true)] {
                let dialled = |relayed| Incumbent { outbound: true, age: NOW, relayed };
                let anna_takes_berts = inbound_wins(&anna, &bert, dialled(annas), berts);
                let bert_takes_annas = inbound_wins(&bert, &anna, dialled(berts), annas);
                assert_ne!(anna_takes_berts, bert_takes_annas, "exactly one of the dials stays");
                if annas != berts {
                    assert_eq!(anna_takes_berts, annas, "and it is the direct one");
                }
            }
        }
    }

    #[test]
    fn a_direct_stream_takes_the_place_of_a_relayed_one_at_any_time() {
        let (anna, bert) = (PeerId::random(), PeerId::random());
        for (outbound, age) in [(true, NOW), (false, NOW), (true, SIMULTANEOUS_DIAL * 2)] {
            let relayed = Incumbent { outbound, age, relayed: true };
            assert!(inbound_wins(&anna, &bert, relayed, false) && inbound_wins(&bert, &anna, relayed, false));
        }
    }

    #[test]
    fn a_peer_that_comes_back_replaces_its_lost_session() {
        let (anna, bert) = (PeerId::random(), PeerId::random());
        let accepted = Incumbent { outbound: false, age: NOW, relayed: false };
        let long_ago = SIMULTANEOUS_DIAL + Duration::from_millis(1);
        let dialled = Incumbent { outbound: true, age: long_ago, relayed: false };
        for (local, remote) in [(anna, bert), (bert, anna)] {
            for relayed in [false, true] {
                assert!(inbound_wins(&local, &remote, accepted, relayed));
                assert!(inbound_wins(&local, &remote, dialled, relayed));
            }
        }
    }
}
