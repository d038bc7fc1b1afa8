//! What the registers say about other boxes: who gets what is for neighbours, and who may know whose addresses.

use std::collections::BTreeMap;

use dorpsplein_protocol::authority::{Registers, TreatyStage};
use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::NeighbourhoodId;
use dorpsplein_protocol::time::Timestamp;

/// The boxes that get what is for neighbours, and for whom each speaks: those with a certificate that holds, of our
/// own neighbourhood and of those we have a treaty with that is in force.
pub(super) fn entitled(registers: &Registers, now: Timestamp) -> BTreeMap<PublicKey, NeighbourhoodId> {
    let home = registers.home().neighbourhood();
    let in_force = registers.treaties(now).into_iter().filter(|treaty| treaty.stage == TreatyStage::InForce);
    let partners = in_force.map(|treaty| treaty.with).filter(|with| registers.is_partner(with, now));
    let mut boxes = BTreeMap::new();
    for neighbourhood in partners.chain([home]) {
        let register = registers.get(&neighbourhood).into_iter();
        let certified = register.flat_map(|register| register.boxes()).filter(|(_, one)| now < one.expires);
        boxes.extend(certified.map(|(_, one)| (one.key, neighbourhood)));
    }
    boxes
}

/// Whether a box of `to`, which is entitled, may be told where a box of `of` is: it is one of its own, or one of ours
/// for a neighbour of ours, or both neighbourhoods agreed with each other, as their registers say. Other boxes of our own
/// neighbourhood know all that we know.
pub(super) fn may_know(registers: &Registers, of: &NeighbourhoodId, to: &NeighbourhoodId, now: Timestamp) -> bool {
    let home = registers.home().neighbourhood();
    *to == home || *of == home || of == to || agreed(registers, of, to, now) || in_one_circle(registers, of, to)
}

/// Whether a neighbourhood has to do with another, as its own register says: whoever asks its boxes for one of the other's
/// tells them nothing new.
pub(super) fn knows(registers: &Registers, one: &NeighbourhoodId, other: &NeighbourhoodId, now: Timestamp) -> bool {
    let home = registers.home().neighbourhood();
    let said = registers.get(one).and_then(|register| register.treaty(other, now));
    *one == home
        || one == other
        || said.is_some_and(|said| now < said.treaty.expires)
        || in_one_circle(registers, one, other)
}

/// Whether two neighbourhoods have a treaty with each other: both sides stand, and one accepted the other.
fn agreed(registers: &Registers, one: &NeighbourhoodId, other: &NeighbourhoodId, now: Timestamp) -> bool {
    let (Some(ones), Some(others)) = (registers.get(one), registers.get(other)) else { return false };
    let (Some(said), Some(answered)) = (ones.treaty(other, now), others.treaty(one, now)) else { return false };
    let stands = now < said.treaty.expires && now < answered.treaty.expires;
    let accepted = said.treaty.accepts.is_some_and(|offer| others.holds_treaty(one, &offer, now))
        || answered.treaty.accepts.is_some_and(|offer| ones.holds_treaty(other, &offer, now));
    stands && accepted
}

fn in_one_circle(registers: &Registers, one: &NeighbourhoodId, other: &NeighbourhoodId) -> bool {
    registers.circles().iter().any(|circle| {
        let member = |neighbourhood: &NeighbourhoodId| {
            circle.founder == *neighbourhood || circle.members.contains(neighbourhood)
        };
        member(one) && member(other)
    })
}
