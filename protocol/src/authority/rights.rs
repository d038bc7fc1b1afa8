//! The table of rights: which standing may do which act to which kind of item. `docs/authority.md` shows it; a test
//! holds the two together.

use crate::operation::{Kind, Role};
use crate::planted::{Bug, planted};

/// What somebody is to an item's neighbourhood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A resident of the neighbourhood where the item lives, with a role.
    Home(Role),
    /// A resident of a neighbourhood with a treaty.
    Visitor,
    /// Somebody with a key for the home network: at most what they may otherwise, and of their own only what that key made.
    HomeKey,
}

impl Standing {
    /// Every standing, the one nearest by first.
    pub const ALL: [Self; 4] = [Self::Home(Role::Resident), Self::Home(Role::Connector), Self::Visitor, Self::HomeKey];
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Make an item that stands by itself.
    Create,
    /// Make an item about another one of this kind.
    Answer(Kind),
    /// Change an item one made oneself, from any of one's devices, or that one's organisation made.
    EditOwn,
    /// Change an item somebody else made.
    EditOther,
    /// Hide an item, or show it again.
    Moderate,
    /// Keep an item on top of the news, or no longer.
    Pin,
    /// Mark an item as the official answer, or no longer.
    MarkOfficial,
    /// Show an item of one's own to more people than before.
    Widen,
    /// Show an item of one's own to fewer people than before.
    Narrow,
    /// Erase an item of one's own.
    EraseOwn,
    /// Erase an item somebody else made, with a reason.
    EraseOther,
    /// Object to what was done to an item of one's own.
    Appeal,
}

impl Act {
    /// Every act, answers to every kind among them.
    pub fn all() -> impl Iterator<Item = Self> {
        let answers = Kind::ALL.into_iter().map(Self::Answer);
        std::iter::once(Self::Create).chain(answers).chain([
            Self::EditOwn,
            Self::EditOther,
            Self::Moderate,
            Self::Pin,
            Self::MarkOfficial,
            Self::Widen,
            Self::Narrow,
            Self::EraseOwn,
            Self::EraseOther,
            Self::Appeal,
        ])
    }
}

/// What people do with items of a kind, as far as the table depends on it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// Residents make it, and it stands by itself: a post or a profile.
    Own,
    /// The same, made by connectors: an alert.
    Announcement,
    /// Connectors make it about an alert.
    Update,
    /// Residents and visitors make it about something else, and that is the only sort of item visitors ever have here.
    Answer,
    /// Residents make it for the connectors.
    Report,
    /// Connectors make it for the members. Who changes their mind says so anew: what was said last counts.
    Desk,
    /// As that, and it stays: what it is about would change behind everybody's back.
    Policy,
    /// A kind this version does not know.
    Unknown,
}

impl Sort {
    const fn of(kind: Kind) -> Self {
        match kind {
            Kind::NEWS | Kind::EVENT | Kind::PROFILE | Kind::OFFER | Kind::REQUEST | Kind::LISTING | Kind::GROUP => {
                Self::Own
            }
            Kind::ALERT => Self::Announcement,
            Kind::UPDATE => Self::Update,
            Kind::COMMENT | Kind::SIGN_UP => Self::Answer,
            Kind::REPORT => Self::Report,
            Kind::SETTING | Kind::REVIEW_REQUEST | Kind::CONSENT => Self::Desk,
            Kind::ACCEPTANCE => Self::Policy,
            _ => Self::Unknown,
        }
    }
}

/// Whether `standing` may do `act` to an item of `kind`. Nobody does anything to a kind this version does not know.
///
/// Whether an item is one's own is not a matter of standing but of the item: the act says so.
pub fn may(standing: Standing, act: Act, kind: Kind) -> bool {
    let resident = matches!(standing, Standing::Home(Role::Resident | Role::Connector));
    let connector = matches!(standing, Standing::Home(Role::Connector));
    let sort = Sort::of(kind);
    if standing == Standing::HomeKey {
        return home_key_may(act, kind);
    }
    match (act, sort) {
        (_, Sort::Unknown) => false,
        (Act::Create, Sort::Own | Sort::Report) => resident,
        (Act::Create, Sort::Announcement | Sort::Desk | Sort::Policy) => connector,
        (Act::Create, Sort::Update | Sort::Answer) => false,
        (Act::Answer(subject), _) => answers(kind, subject) && (connector || sort == Sort::Answer),
        (Act::EditOwn, Sort::Own) => resident,
        (Act::EditOwn, Sort::Announcement | Sort::Update) => connector,
        (Act::EditOwn, Sort::Answer) => true,
        (Act::EditOwn, Sort::Report | Sort::Desk | Sort::Policy) => false,
        // What somebody wrote stays what they wrote; who does not want it there hides or erases it.
        (Act::EditOther, _) => false,
        // What somebody once said for all is theirs to take back, also when they are no connector any more.
        (Act::EraseOwn, Sort::Own | Sort::Announcement | Sort::Update | Sort::Report) => resident,
        (Act::EraseOwn | Act::Appeal, Sort::Answer) => true,
        (Act::EraseOwn | Act::EraseOther, Sort::Desk) => connector,
        (Act::Appeal, Sort::Own | Sort::Announcement | Sort::Update) => resident,
        (Act::Appeal, Sort::Report | Sort::Desk) => false,
        // A connector hides a report that is dealt with.
        (
            Act::Moderate | Act::EraseOther,
            Sort::Own | Sort::Announcement | Sort::Update | Sort::Answer | Sort::Report,
        ) => connector,
        (Act::Moderate, Sort::Desk) => false,
        (Act::Pin, _) => {
            let on_top = matches!(kind, Kind::NEWS | Kind::EVENT | Kind::GROUP | Kind::ALERT);
            (connector || resident && planted(Bug::ResidentsPin)) && on_top
        }
        (Act::MarkOfficial, _) => connector && kind == Kind::COMMENT,
        // An answer goes where the item it is about goes, and what is for members or connectors goes nowhere.
        (Act::Widen | Act::Narrow, Sort::Own) => resident,
        (Act::Widen | Act::Narrow, Sort::Announcement) => connector,
        (Act::Widen | Act::Narrow, _) => false,
        (Act::EraseOwn | Act::EraseOther | Act::Appeal | Act::Moderate, Sort::Policy) => false,
    }
}

/// Posts and replies, and taking back or mending them.
fn home_key_may(act: Act, kind: Kind) -> bool {
    let post = matches!(kind, Kind::NEWS | Kind::EVENT | Kind::OFFER | Kind::REQUEST);
    let reply = Sort::of(kind) == Sort::Answer;
    match act {
        Act::Create => post,
        Act::Answer(subject) => reply && answers(kind, subject),
        Act::EditOwn | Act::EraseOwn => post || reply,
        Act::EditOther
        | Act::Moderate
        | Act::Pin
        | Act::MarkOfficial
        | Act::Widen
        | Act::Narrow
        | Act::EraseOther
        | Act::Appeal => false,
    }
}

/// Whether an item of `kind` can be about one of kind `subject`.
const fn answers(kind: Kind, subject: Kind) -> bool {
    match kind {
        Kind::COMMENT => subject.is_post(),
        Kind::UPDATE => matches!(subject, Kind::ALERT),
        Kind::SIGN_UP => matches!(subject, Kind::EVENT | Kind::GROUP),
        _ => false,
    }
}
