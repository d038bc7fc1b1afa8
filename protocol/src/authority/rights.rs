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
}

impl Standing {
    /// Every standing, the one nearest by first.
    pub const ALL: [Self; 3] = [Self::Home(Role::Resident), Self::Home(Role::Connector), Self::Visitor];
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
    /// Every act.
    pub const ALL: [Self; 15] = [
        Self::Create,
        Self::Answer(Kind::NEWS),
        Self::Answer(Kind::EVENT),
        Self::Answer(Kind::COMMENT),
        Self::Answer(Kind::PROFILE),
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
    ];
}

/// Whether `standing` may do `act` to an item of `kind`. Nobody does anything to a kind this version does not know.
///
/// Whether an item is one's own is not a matter of standing but of the item: the act says so.
pub fn may(standing: Standing, act: Act, kind: Kind) -> bool {
    let resident = matches!(standing, Standing::Home(Role::Resident | Role::Connector));
    let connector = matches!(standing, Standing::Home(Role::Connector));
    let stands_alone = matches!(kind, Kind::NEWS | Kind::EVENT | Kind::PROFILE);
    let listed = matches!(kind, Kind::NEWS | Kind::EVENT);
    let comment = kind == Kind::COMMENT;
    if kind == Kind::ACCEPTANCE {
        // Who changes their mind says so anew; what was said last counts.
        return connector && act == Act::Create;
    }
    match act {
        Act::Create => resident && stands_alone,
        // A visitor answers, and that is the only kind of item they ever have here.
        Act::Answer(Kind::NEWS | Kind::EVENT) => comment,
        Act::Answer(_) => false,
        Act::EditOwn | Act::EraseOwn | Act::Appeal => (resident && stands_alone) || comment,
        // What somebody wrote stays what they wrote; who does not want it there hides or erases it.
        Act::EditOther => false,
        Act::Moderate | Act::EraseOther => connector && (stands_alone || comment),
        Act::Pin => (connector || resident && planted(Bug::ResidentsPin)) && listed,
        Act::MarkOfficial => connector && comment,
        // A comment goes where the item it is about goes.
        Act::Widen | Act::Narrow => resident && stands_alone,
    }
}
