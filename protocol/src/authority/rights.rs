//! The table of rights: which standing may do which act to which kind of item.

use crate::operation::{Kind, Role};

/// What somebody is to an item's neighbourhood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A resident of the neighbourhood where the item lives, with a role.
    Home(Role),
    /// A resident of a neighbourhood with a treaty.
    Visitor,
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Make an item that stands by itself.
    Create,
    /// Make an item about another one of this kind.
    Answer(Kind),
    /// Change an item one made oneself, from any of one's devices.
    EditOwn,
    /// Change an item somebody else made.
    EditOther,
}

/// Whether `standing` may do `act` to an item of `kind`.
///
/// Moderation, which lets a connector change what others made, is a statement with a reason and not an edit.
pub(super) fn may(standing: Standing, act: Act, kind: Kind) -> bool {
    match (act, kind, standing) {
        (Act::Create, Kind::NEWS | Kind::EVENT | Kind::PROFILE, Standing::Home(_)) => true,
        (Act::Create, _, _) => false,
        (Act::Answer(Kind::NEWS | Kind::EVENT), Kind::COMMENT, Standing::Home(_) | Standing::Visitor) => true,
        (Act::Answer(_), _, _) => false,
        (Act::EditOwn, _, Standing::Home(_) | Standing::Visitor) => true,
        (Act::EditOther, _, _) => false,
    }
}
