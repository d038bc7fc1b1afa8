//! What this box carries for its neighbours: the limits of its relay.
//!
//! libp2p's own limits, 128 KiB and two minutes, are for shaking hands only. Boxes that cannot reach each
//! other directly have to be able to catch up after weeks through a neighbour, and that neighbour's line has to
//! stay its own. Only boxes behind the [gate](super::gate) get here at all.

use std::{num::NonZeroU32, time::Duration};

use libp2p::{PeerId, relay};

/// Boxes that may be waiting here to be reached.
const MAX_RESERVATIONS: usize = 64;

/// How long a box keeps its place without asking again.
const RESERVATION: Duration = Duration::from_secs(30 * 60);

/// Pairs of boxes this one carries between at the same time. Below the streams that one connection may have, so
/// that one box can be the other end of all of them.
pub(super) const MAX_CIRCUITS: usize = 10;

/// Of these, how many from or to one box.
const MAX_CIRCUITS_PER_PEER: usize = 4;

/// How long one pair is carried. Then they begin anew, and try again to reach each other directly.
pub(super) const CIRCUIT: Duration = Duration::from_secs(60 * 60);

/// The bytes carried for one pair before it has to begin anew, both ways together: a hundred thousand
/// operations, or a few dozen photos.
pub(super) const CIRCUIT_BYTES: u64 = 64 * 1024 * 1024;

/// One box may begin so many pairs at once …
const CIRCUITS_AT_ONCE: NonZeroU32 = NonZeroU32::new(12).expect("it is not zero");

/// … and one more after each such time. With [`CIRCUIT_BYTES`] that bounds what a neighbour can have carried in a
/// day to 10 GiB.
const CIRCUIT_EVERY: Duration = Duration::from_secs(10 * 60);

/// Places one box may ask for at once, and how soon one more; it takes one and renews it.
const RESERVATIONS_AT_ONCE: NonZeroU32 = NonZeroU32::new(30).expect("it is not zero");
const RESERVATION_EVERY: Duration = Duration::from_secs(60);

/// The relay of the box `local`, switched off until [`relay::Behaviour::set_status`] says otherwise.
pub(super) fn behaviour(local: PeerId) -> relay::Behaviour {
    let config = relay::Config {
        max_reservations: MAX_RESERVATIONS,
        max_reservations_per_peer: 2,
        reservation_duration: RESERVATION,
        reservation_rate_limiters: Vec::new(),
        max_circuits: MAX_CIRCUITS,
        max_circuits_per_peer: MAX_CIRCUITS_PER_PEER,
        max_circuit_duration: CIRCUIT,
        max_circuit_bytes: CIRCUIT_BYTES,
        circuit_src_rate_limiters: Vec::new(),
    };
    let config = config
        .reservation_rate_per_peer(RESERVATIONS_AT_ONCE, RESERVATION_EVERY)
        .circuit_src_per_peer(CIRCUITS_AT_ONCE, CIRCUIT_EVERY);
    let mut relay = relay::Behaviour::new(local, config);
    relay.set_status(Some(relay::Status::Disable));
    relay
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_neighbour_can_have_carried_in_a_day_is_bounded() {
        let day = Duration::from_secs(24 * 3_600);
        let circuits = u128::from(CIRCUITS_AT_ONCE.get()) + day.as_millis() / CIRCUIT_EVERY.as_millis();
        assert!(circuits * u128::from(CIRCUIT_BYTES) <= 10 * 1024 * 1024 * 1024, "as the threat model says");
        const { assert!(MAX_CIRCUITS_PER_PEER < MAX_CIRCUITS, "one neighbour cannot have all of it") };
    }
}
