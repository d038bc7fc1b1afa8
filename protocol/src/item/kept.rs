//! An operation on an item as a box keeps it: with what it says, or with nothing but the proof that something was said.

use super::history::Placed;
use crate::operation::{Edit, Header, OperationId, Signed, Verified};
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

    /// Whether it stays as it is when its item is erased; see [`Edit::outlives_erasure`].
    pub const fn outlives_erasure(&self) -> bool {
        self.operation().header().permanent
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
