//! An operation on an item as a box keeps it: with what it says, or with nothing but the proof that something was said.

use super::history::Placed;
use crate::operation::{Edit, Header, OperationId, Signed, Space, Verified};
use crate::validate::{Valid, ValidateError, check_item_header};

/// A verified operation on an item, whole or without its payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// With its payload, which makes sense.
    Whole(Valid),
    /// Without it: erased, or never brought.
    Bare(Verified),
}

impl Kept {
    /// Checks what there is of a verified operation on an item.
    ///
    /// # Errors
    /// [`ValidateError`], each variant as documented there.
    pub fn check(verified: Verified) -> Result<Self, ValidateError> {
        if verified.operation().payload().is_some() {
            return Valid::check(&verified).map(Self::Whole);
        }
        check_item_header(verified.operation().header())?;
        Ok(Self::Bare(verified))
    }

    /// The signed operation.
    pub const fn operation(&self) -> &Signed {
        match self {
            Self::Whole(valid) => valid.operation(),
            Self::Bare(verified) => verified.operation(),
        }
    }

    /// The operation, when its payload is here.
    pub const fn whole(&self) -> Option<&Valid> {
        match self {
            Self::Whole(valid) => Some(valid),
            Self::Bare(_) => None,
        }
    }

    /// The edits, when they are here.
    pub fn edits(&self) -> Option<&[Edit]> {
        self.whole().map(Valid::edits)
    }

    /// Whether it stays as it is where its item's other payloads are dropped; see [`Edit::is_permanent`].
    pub const fn is_permanent(&self) -> bool {
        self.operation().header().permanent
    }

    /// Whether it has no place in the item's document; see [`Edit::is_beside`].
    pub fn is_beside(&self) -> bool {
        self.edits().is_some_and(|edits| edits.iter().any(Edit::is_beside))
    }

    /// The audience it moves its item to, if that is what it does.
    pub fn moves_to(&self) -> Option<Space> {
        match self.edits() {
            Some([Edit::Audience(to)]) => Some(*to),
            _ => None,
        }
    }
}

impl Placed for Kept {
    fn id(&self) -> OperationId {
        self.operation().id()
    }

    fn header(&self) -> &Header {
        self.operation().header()
    }
}
