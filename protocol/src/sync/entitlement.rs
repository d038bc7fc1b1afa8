//! Which spaces a peer is entitled to. The only place that says so.

use std::collections::{BTreeMap, BTreeSet};

use super::{SpaceId, message::space_of};
use crate::authority::{Registers, TreatyStage};
use crate::identity::PublicKey;
use crate::operation::{NeighbourhoodId, Signed, Space};
use crate::planted::{Bug, planted};
use crate::time::Timestamp;

/// Boxes that a connector named when accepting an offer: they speak for their neighbourhood until its register, which
/// only they can bring, says who does.
pub type Introductions = BTreeMap<PublicKey, BTreeSet<NeighbourhoodId>>;

/// Whether the box `peer` speaks for `claimed`, by its register or, until that says who does, because a connector named it.
pub fn is_believed(
    registers: &Registers,
    introductions: &Introductions,
    peer: &PublicKey,
    claimed: &NeighbourhoodId,
    now: Timestamp,
) -> bool {
    let introduced = introductions.get(peer).is_some_and(|named| named.contains(claimed));
    let unknown_yet = registers.get(claimed).is_none_or(|register| register.boxes().next().is_none());
    registers.speaks(claimed, peer, now) || (introduced && unknown_yet)
}

/// The spaces that the box `peer`, which says it speaks for `claimed`, may see and write to.
///
/// `held` are the spaces this box holds: boxes of one neighbourhood share them all, and those that one of them does not
/// hold anything of yet. None at all when there is no agreement with `claimed`. A box that is not
/// [believed](is_believed) may bring the register that says who it is, and sees nothing of it.
pub fn entitled<'s>(
    registers: &Registers,
    introductions: &Introductions,
    held: impl IntoIterator<Item = &'s SpaceId>,
    peer: &PublicKey,
    claimed: &NeighbourhoodId,
    now: Timestamp,
) -> BTreeSet<SpaceId> {
    let home = registers.home().neighbourhood();
    let certified = registers.speaks(claimed, peer, now);
    let introduced = introductions.get(peer).is_some_and(|named| named.contains(claimed));
    let unknown_yet = registers.get(claimed).is_none_or(|register| register.boxes().next().is_none());
    let register = |neighbourhood| SpaceId { neighbourhood, space: Space::Register };
    if *claimed == home {
        return match (certified, introduced) {
            (true, _) => held.into_iter().copied().chain(own_spaces(registers)).collect(),
            // Its own certificate may be in the part of the register that is not here yet.
            (false, true) => BTreeSet::from([register(home)]),
            (false, false) => BTreeSet::new(),
        };
    }
    if !registers.is_partner(claimed, now) {
        // Whom we parted from gets to know it: the end is in our register, and nothing else is.
        let parted = certified && registers.parted_lately(claimed, now);
        return parted.then(|| register(home)).into_iter().collect();
    }
    let mut spaces = BTreeSet::from([register(*claimed)]);
    if certified || (introduced && unknown_yet) {
        spaces.insert(register(home));
    }
    if certified
        && !registers.has_ended(claimed)
        && let Some(treaty) = registers.treaty(claimed, now).filter(|treaty| treaty.stage == TreatyStage::InForce)
    {
        let neighbours = |neighbourhood| SpaceId { neighbourhood, space: Space::Neighbours };
        spaces.extend(treaty.sends.then(|| neighbours(home)));
        spaces.extend(treaty.receives.then(|| neighbours(*claimed)));
        for circle in registers.circles_with(claimed) {
            let circle = |neighbourhood| SpaceId { neighbourhood, space: Space::Circle(circle) };
            spaces.extend([circle(home), circle(*claimed)]);
        }
        let square = SpaceId { neighbourhood: home, space: Space::Square };
        spaces.extend(planted(Bug::ShowsTheSquare).then_some(square));
    }
    spaces
}

/// Whether a peer that is entitled to these spaces may bring this operation: one of a space it is entitled to; or one that
/// names another audience of a neighbourhood that shares something with it, because items move from one audience to
/// another with all that was signed before. Whether such a one counts follows from the move; until then it is kept within
/// the bounds of what is not permitted, and shown to nobody.
pub fn may_bring(operation: &Signed, entitled: &BTreeSet<SpaceId>) -> bool {
    let named = space_of(operation.header());
    let shared = |space: &SpaceId| space.neighbourhood == named.neighbourhood && space.space.goes_abroad();
    entitled.contains(&named) || (named.space != Space::Register && entitled.iter().any(shared))
}

/// What may be brought to this box by hand, on a stick: what another box of the home neighbourhood may bring. `held` are the
/// spaces this box holds.
pub(crate) fn brought_by_hand<'s>(
    registers: &Registers,
    held: impl IntoIterator<Item = &'s SpaceId>,
) -> BTreeSet<SpaceId> {
    held.into_iter().copied().chain(own_spaces(registers)).collect()
}

/// What every box of the home neighbourhood is to hold, whether it holds something of it yet or not. Of a neighbourhood that
/// shared something with this one that includes what it shared when that is over: what one box was given while it was not
/// the others have to hear of. It may prove that a device forked, and then something signed with it counts here no longer.
fn own_spaces(registers: &Registers) -> BTreeSet<SpaceId> {
    let of = |neighbourhood, space| SpaceId { neighbourhood, space };
    let home = registers.home().neighbourhood();
    let mut spaces = BTreeSet::from([Space::Members, Space::Square].map(|space| of(home, space)));
    let circles = registers.named_circles();
    for known in registers.known() {
        spaces.extend([Space::Register, Space::Neighbours].map(|space| of(known, space)));
        let met = circles.iter().filter(|circle| registers.met_in(circle, &home, &known));
        spaces.extend(met.map(|circle| of(known, Space::Circle(*circle))));
    }
    spaces
}
