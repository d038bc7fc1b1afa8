//! Verdicts about operations on items: one exhaustive decision, with *unknown* as a third answer.

use super::rights::{Act, Standing, may};
use super::{Missing, Reason, Registers, TreatyStage, Verdict};
use crate::operation::{Header, ItemId, Kind, NeighbourhoodId, ResidentId, Space};
use crate::time::Timestamp;

/// What is known about an item when one of its operations is decided.
#[derive(Clone, Copy, Debug)]
pub struct ItemFacts<'a> {
    /// The item's kind.
    pub kind: Kind,
    /// The header of the operation that made it.
    pub creation: &'a Header,
    /// The item it is about, if it is about one; and that item's facts if it is visible here.
    pub subject: Option<(ItemId, Option<SubjectFacts>)>,
}

/// What is known about the item that another one is about.
#[derive(Clone, Copy, Debug)]
pub struct SubjectFacts {
    /// Its kind.
    pub kind: Kind,
    /// Where it lives.
    pub neighbourhood: NeighbourhoodId,
    /// Its audience.
    pub space: Space,
}

/// Decides whether the operation with this header may do what it does to this item.
///
/// Whether its parents are permitted, and what its device did before, is the caller's to check: that concerns the item's
/// history and not the registers.
pub fn decide(registers: &Registers, header: &Header, facts: &ItemFacts<'_>, now: Timestamp) -> Verdict {
    verdict(registers, header, facts, now).map_or_else(|verdict| verdict, |()| Verdict::Permitted)
}

fn verdict(registers: &Registers, header: &Header, facts: &ItemFacts<'_>, now: Timestamp) -> Result<(), Verdict> {
    if header.time.is_future(now) {
        return Err(Verdict::Unknown(Missing::Time(header.time)));
    }
    let creation = facts.creation;
    if header.neighbourhood() != creation.neighbourhood() || header.space != creation.space {
        return Err(Verdict::Refused(Reason::Elsewhere));
    }
    if !matches!(header.space, Space::Square | Space::Neighbours) {
        return Err(Verdict::Refused(Reason::SpaceNotAllowed));
    }
    let (standing, resident) = standing(registers, header, facts.kind)?;
    let act = match (header.item, facts.subject) {
        (None, None) => Act::Create,
        (None, Some((id, subject))) => {
            let subject = subject.ok_or(Verdict::Unknown(Missing::Subject(id)))?;
            if subject.neighbourhood != header.neighbourhood() || subject.space != header.space {
                return Err(Verdict::Refused(Reason::Elsewhere));
            }
            Act::Answer(subject.kind)
        }
        (Some(_), _) if is_author(registers, creation, resident) => Act::EditOwn,
        (Some(_), _) => Act::EditOther,
    };
    match (may(standing, act, facts.kind), act) {
        (true, _) => Ok(()),
        (false, Act::EditOther) => Err(Verdict::Refused(Reason::NotTheAuthor)),
        (false, Act::Create | Act::Answer(_) | Act::EditOwn) => Err(Verdict::Refused(Reason::NoSuchAct)),
    }
}

/// What the author is to the neighbourhood the item lives in, and who they are at home.
fn standing(registers: &Registers, header: &Header, kind: Kind) -> Result<(Standing, ResidentId), Verdict> {
    let (there, home) = (header.neighbourhood(), header.home());
    // Items of another neighbourhood, and authors from one, exist here because of a treaty; it must have been in force
    // when the operation was signed, so that running out hides nothing that was agreed before.
    for other in [there, home].into_iter().filter(|id| *id != registers.home().neighbourhood()) {
        let treaty = registers.treaty(&other, header.time).filter(|treaty| treaty.stage == TreatyStage::InForce);
        let treaty = treaty.ok_or(Verdict::Unknown(Missing::Neighbourhood(other)))?;
        if other == there && (!treaty.receives || !registers.shares_kind(&other, kind, header.time)) {
            return Err(Verdict::Refused(Reason::NoTreaty));
        }
    }
    let register = registers.get(&home).ok_or(Verdict::Unknown(Missing::Neighbourhood(home)))?;
    let membership = register.membership(&header.device).ok_or(Verdict::Unknown(Missing::Author(header.device)))?;
    if there == home {
        return Ok((Standing::Home(membership.role), membership.resident));
    }
    if header.space != Space::Neighbours {
        return Err(Verdict::Refused(Reason::SpaceNotAllowed));
    }
    Ok((Standing::Visitor, membership.resident))
}

/// Whether `resident` made the item, from whichever of their devices.
fn is_author(registers: &Registers, creation: &Header, resident: ResidentId) -> bool {
    let register = registers.get(&creation.home());
    register
        .and_then(|register| register.membership(&creation.device))
        .is_some_and(|author| author.resident == resident)
}
