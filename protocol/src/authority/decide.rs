//! Verdicts about operations on items: one exhaustive decision, with *unknown* as a third answer.

use super::rights::{Act, Standing, may};
use super::{Missing, Reason, Register, Registers, TreatyStage, Verdict};
use crate::identity::PublicKey;
use crate::operation::{Edit, Header, ItemId, Kind, NeighbourhoodId, OrganisationId, ResidentId, Role, Space};
use crate::planted::{Bug, planted};
use crate::time::Timestamp;

/// What is known about an item when one of its operations is decided.
#[derive(Clone, Copy, Debug)]
pub struct ItemFacts<'a> {
    /// The item's kind.
    pub kind: Kind,
    /// The header of the operation that made it.
    pub creation: &'a Header,
    /// For whom it speaks.
    pub voice: Voice,
    /// The audience it has by all that lies in the operation's own past. The operation is signed for that or, as what answers
    /// something has to be, for a narrower one.
    pub audience: Space,
    /// For whom it is now, by all that is known here.
    pub reach: Space,
    /// The item it is about, if it is about one; and that item's facts if it is visible here.
    pub subject: Option<(ItemId, Option<SubjectFacts>)>,
}

/// For whom an item speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// Its author.
    Author,
    /// An organisation.
    Organisation(OrganisationId),
    /// That cannot be read any more: its author, or an organisation they speak for.
    Unread,
}

/// What is known about the item that another one is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubjectFacts {
    /// Its kind.
    pub kind: Kind,
    /// Where it lives.
    pub neighbourhood: NeighbourhoodId,
    /// Whether it has, or once had, the audience that the answer was signed for.
    pub had_audience: bool,
}

/// What an operation does to its item, as far as a verdict depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Makes it, or changes its fields.
    Write,
    /// Hides it or shows it again.
    Moderate,
    /// Pins it, or no longer.
    Pin,
    /// Marks it as the official answer, or no longer.
    MarkOfficial,
    /// Its maker erases it.
    EraseOwn,
    /// A connector erases it, with a reason.
    EraseOther,
    /// Its maker objects.
    Appeal,
    /// Its maker shows it to other people than before.
    Move,
    /// Something that was erased and that nobody can read: whatever anybody may do to an item.
    Unread,
}

impl Deed {
    /// What these edits do.
    pub const fn of(edits: &[Edit]) -> Self {
        match edits {
            [Edit::Moderate { .. }] => Self::Moderate,
            [Edit::Pin(_)] => Self::Pin,
            [Edit::Official(_)] => Self::MarkOfficial,
            [Edit::Erase { reason: None, .. }] => Self::EraseOwn,
            [Edit::Erase { reason: Some(_), .. }] => Self::EraseOther,
            [Edit::Appeal(_)] => Self::Appeal,
            [Edit::Audience(_)] => Self::Move,
            _ => Self::Write,
        }
    }
}

/// Decides whether the operation with this header may do what it does to this item.
///
/// Whether its parents are permitted, and what its device did before, is the caller's to check: that concerns the item's
/// history and not the registers. About [`Deed::EraseOwn`], [`Deed::EraseOther`], [`Deed::Appeal`], [`Deed::Move`] and
/// [`Deed::Unread`] headers say all there is to know, so that a box that never saw the item comes to the same. A move is
/// decided without a look at the kind, nor at what a treaty shares: it has to come to the same where both are out of sight.
pub fn decide(registers: &Registers, header: &Header, deed: Deed, facts: &ItemFacts<'_>, now: Timestamp) -> Verdict {
    verdict(registers, header, deed, facts, now).map_or_else(|verdict| verdict, |()| Verdict::Permitted)
}

fn verdict(
    registers: &Registers,
    header: &Header,
    deed: Deed,
    facts: &ItemFacts<'_>,
    now: Timestamp,
) -> Result<(), Verdict> {
    if header.time.is_future(now) {
        return Err(Verdict::Unknown(Missing::Time(header.time)));
    }
    let creation = facts.creation;
    if header.neighbourhood() != creation.neighbourhood() || !facts.audience.includes(header.space) {
        return Err(Verdict::Refused(Reason::Elsewhere));
    }
    if deed == Deed::Move {
        if header.space != facts.audience {
            return Err(Verdict::Refused(Reason::Elsewhere));
        }
        let author = signer(registers, header)?;
        return match author.standing {
            Standing::Visitor | Standing::HomeKey => Err(Verdict::Refused(Reason::NoSuchAct)),
            Standing::Home(_) if author.home_key => Err(Verdict::Refused(Reason::HomeKey)),
            Standing::Home(_) if is_own(registers, &author, header, facts) => Ok(()),
            Standing::Home(_) => Err(Verdict::Refused(Reason::NotTheAuthor)),
        };
    }
    let author = author(registers, header, deed, facts)?;
    let act = match deed {
        Deed::Write if header.item.is_none() => creating(&author, header, facts)?,
        Deed::Write if may_rewrite(registers, &author, header, facts)? => Act::EditOwn,
        Deed::Write => Act::EditOther,
        Deed::Moderate => Act::Moderate,
        Deed::Pin => Act::Pin,
        Deed::MarkOfficial => Act::MarkOfficial,
        Deed::EraseOther => Act::EraseOther,
        Deed::EraseOwn | Deed::Appeal if !is_own(registers, &author, header, facts) => {
            return Err(Verdict::Refused(Reason::NotTheAuthor));
        }
        Deed::EraseOwn => Act::EraseOwn,
        Deed::Appeal => Act::Appeal,
        // Both are the maker's; which of the two it is makes no difference.
        Deed::Move => Act::Narrow,
        Deed::Unread if header.item.is_none() || is_own(registers, &author, header, facts) => return Ok(()),
        Deed::Unread => Act::EraseOther,
    };
    if !may(author.standing, act, facts.kind) {
        Err(Verdict::Refused(reason(author.standing, act, facts.kind)))
    } else if author.home_key && !may(Standing::HomeKey, act, facts.kind) {
        Err(Verdict::Refused(Reason::HomeKey))
    } else {
        Ok(())
    }
}

/// Why the table says no.
fn reason(standing: Standing, act: Act, kind: Kind) -> Reason {
    let connector = matches!(standing, Standing::Home(Role::Connector));
    let resident = matches!(standing, Standing::Home(Role::Resident));
    match act {
        Act::EditOther => Reason::NotTheAuthor,
        Act::Moderate | Act::Pin | Act::MarkOfficial | Act::EraseOther if !connector => Reason::NotAConnector,
        _ if resident && may(Standing::Home(Role::Connector), act, kind) => Reason::NotAConnector,
        Act::Create
        | Act::Answer(_)
        | Act::EditOwn
        | Act::Moderate
        | Act::Pin
        | Act::MarkOfficial
        | Act::Widen
        | Act::Narrow
        | Act::EraseOwn
        | Act::EraseOther
        | Act::Appeal => Reason::NoSuchAct,
    }
}

/// Whoever signed, as the registers know them.
struct Signer<'a> {
    standing: Standing,
    resident: ResidentId,
    /// Whether they signed with a key for the home network.
    home_key: bool,
    /// The register that admits them.
    home: &'a Register,
}

/// The neighbourhood of which too little is known here to decide about an operation: the item's or its author's, without a
/// treaty that was in force when it was signed, or without its register.
pub(crate) fn unknown_neighbourhood(registers: &Registers, header: &Header) -> Option<NeighbourhoodId> {
    let (there, home) = (header.neighbourhood(), header.home());
    // Items of another neighbourhood, and authors from one, exist here because of a treaty; it must have been in force
    // when the operation was signed, so that running out hides nothing that was agreed before.
    let in_force = |other: &NeighbourhoodId| {
        registers.treaty(other, header.time).is_some_and(|treaty| treaty.stage == TreatyStage::InForce)
    };
    let mut others = [there, home].into_iter().filter(|id| *id != registers.home().neighbourhood());
    others.find(|other| !in_force(other)).or_else(|| registers.get(&home).is_none().then_some(home))
}

/// Whether whoever signed this is somebody, and it counts: all that can be said when nothing else can be read.
pub(crate) fn is_somebodys(registers: &Registers, header: &Header, now: Timestamp) -> bool {
    !header.time.is_future(now) && signer(registers, header).is_ok()
}

/// Who the author is, where what is shared with this box's neighbourhood says that the item is one to be seen here.
fn author<'a>(
    registers: &'a Registers,
    header: &Header,
    deed: Deed,
    facts: &ItemFacts<'_>,
) -> Result<Signer<'a>, Verdict> {
    // Whoever came here by a treaty takes their own words back after it ended as well, as far as the register that is still
    // held knows them.
    let takes_back = deed == Deed::EraseOwn && header.neighbourhood() != header.home();
    if let Some(unknown) = unknown_neighbourhood(registers, header)
        && !(takes_back && unknown == header.home())
    {
        return Err(Verdict::Unknown(Missing::Neighbourhood(unknown)));
    }
    let (here, there) = (registers.home().neighbourhood(), header.neighbourhood());
    let shared = match facts.reach {
        Space::Register => false,
        Space::Circle(circle) if registers.met_in(&circle, &here, &there) => true,
        Space::Circle(_) if there == here => return Err(Verdict::Refused(Reason::SpaceNotAllowed)),
        Space::Circle(_) => false,
        _ if there == here => true,
        Space::Neighbours => {
            let treaty = registers.treaty(&there, header.time);
            treaty.is_some_and(|treaty| treaty.receives) && registers.shares_kind(&there, facts.kind, header.time)
        }
        Space::Members | Space::Square => return Err(Verdict::Refused(Reason::SpaceNotAllowed)),
    };
    if shared { known_signer(registers, header) } else { Err(Verdict::Refused(Reason::NoTreaty)) }
}

/// What the author is to the neighbourhood the item lives in, and who they are at home.
fn signer<'a>(registers: &'a Registers, header: &Header) -> Result<Signer<'a>, Verdict> {
    match unknown_neighbourhood(registers, header) {
        Some(unknown) => Err(Verdict::Unknown(Missing::Neighbourhood(unknown))),
        None => known_signer(registers, header),
    }
}

/// The same by whatever register of their home is held here.
fn known_signer<'a>(registers: &'a Registers, header: &Header) -> Result<Signer<'a>, Verdict> {
    let (there, home) = (header.neighbourhood(), header.home());
    let register = registers.get(&home).ok_or(Verdict::Unknown(Missing::Neighbourhood(home)))?;
    let (device, sequence) = (&header.device, header.sequence);
    let membership = register.membership(device).ok_or(Verdict::Unknown(Missing::Author(*device)))?;
    let resident = membership.resident;
    let home_key = membership.home_key.is_some() && !planted(Bug::TrustsHomeKeys);
    if membership.home_key.is_some_and(|expires| header.time >= expires) {
        return Err(Verdict::Refused(Reason::HomeKeyExpired));
    }
    if !counts(register, device, sequence) {
        return Err(Verdict::Refused(Reason::AfterRemoval));
    }
    if there == home {
        let role = role_at(register, device, sequence).ok_or(Verdict::Unknown(Missing::Author(*device)))?;
        return Ok(Signer { standing: Standing::Home(role), resident, home_key, home: register });
    }
    let welcome = match header.space {
        Space::Neighbours => true,
        Space::Circle(circle) => registers.met_in(&circle, &there, &home),
        Space::Register | Space::Members | Space::Square => false,
    };
    if !welcome {
        return Err(Verdict::Refused(Reason::SpaceNotAllowed));
    }
    Ok(Signer { standing: Standing::Visitor, resident, home_key, home: register })
}

/// What making this item is; whoever lets an organisation speak has to speak for it.
fn creating(author: &Signer<'_>, header: &Header, facts: &ItemFacts<'_>) -> Result<Act, Verdict> {
    if let Voice::Organisation(organisation) = facts.voice
        && !speaks_for(author, header, &organisation)
    {
        return Err(Verdict::Refused(Reason::NotASpeaker));
    }
    if facts.kind.is_internal() && header.space != Space::Members {
        return Err(Verdict::Refused(Reason::SpaceNotAllowed));
    }
    let Some((id, subject)) = facts.subject else { return Ok(Act::Create) };
    let subject = subject.ok_or(Verdict::Unknown(Missing::Subject(id)))?;
    if subject.neighbourhood != header.neighbourhood() || !subject.had_audience {
        return Err(Verdict::Refused(Reason::Elsewhere));
    }
    Ok(Act::Answer(subject.kind))
}

/// Whether the author may change the item's fields: their own, or as a speaker of the organisation it speaks for.
fn may_rewrite(
    registers: &Registers,
    author: &Signer<'_>,
    header: &Header,
    facts: &ItemFacts<'_>,
) -> Result<bool, Verdict> {
    match facts.voice {
        Voice::Organisation(organisation) if header.home() == facts.creation.home() => {
            if speaks_for(author, header, &organisation) {
                Ok(true)
            } else if made_it(registers, author, header, facts.creation) {
                Err(Verdict::Refused(Reason::NotASpeaker))
            } else {
                Ok(false)
            }
        }
        Voice::Organisation(_) => Ok(false),
        Voice::Author | Voice::Unread => Ok(made_it(registers, author, header, facts.creation)),
    }
}

/// Whether the author may take the item back: it is theirs, or their organisation's. Of an item that cannot be read any
/// more that is any organisation for which its maker spoke too.
fn is_own(registers: &Registers, author: &Signer<'_>, header: &Header, facts: &ItemFacts<'_>) -> bool {
    let creation = facts.creation;
    made_it(registers, author, header, creation)
        || header.home() == creation.home()
            && match facts.voice {
                Voice::Author => false,
                Voice::Organisation(organisation) => speaks_for(author, header, &organisation),
                Voice::Unread => organisations(author.home).any(|organisation| {
                    let maker = resident_of(author.home, &creation.device);
                    speaks_for(author, header, &organisation)
                        && maker.is_some_and(|maker| {
                            author.home.speaks_for(&organisation, &maker, &creation.device, creation.sequence)
                        })
                }),
            }
}

/// Whether the author made the item, from whichever of their devices; with a key for the home network, from that one.
fn made_it(registers: &Registers, author: &Signer<'_>, header: &Header, creation: &Header) -> bool {
    if author.home_key && creation.device != header.device {
        return false;
    }
    let register = registers.get(&creation.home()).filter(|_| creation.home() == header.home());
    register.and_then(|register| resident_of(register, &creation.device)) == Some(author.resident)
}

fn speaks_for(author: &Signer<'_>, header: &Header, organisation: &OrganisationId) -> bool {
    !author.home_key && author.home.speaks_for(organisation, &author.resident, &header.device, header.sequence)
}

fn resident_of(register: &Register, device: &PublicKey) -> Option<ResidentId> {
    register.membership(device).map(|membership| membership.resident)
}

fn counts(register: &Register, device: &PublicKey, sequence: u64) -> bool {
    register.counts(device, sequence)
}

fn role_at(register: &Register, device: &PublicKey, sequence: u64) -> Option<Role> {
    register.role_at(device, sequence)
}

fn organisations(register: &Register) -> impl Iterator<Item = OrganisationId> {
    register.organisations().map(|organisation| organisation.id)
}
