//! Identifiers. All are SHA-256 hashes; an item, a neighbourhood and a resident are each named by the operation that
//! brought them into being, so an id can be checked and cannot be claimed twice.

use std::fmt;

use minicbor::{Decode, Encode};

use crate::hex;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        #[cbor(transparent)]
        pub struct $name(#[cbor(n(0), with = "minicbor::bytes")] [u8; 32]);

        impl $name {
            /// Wraps the 32 bytes of a SHA-256 hash.
            pub const fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// The 32 bytes.
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }

            /// Reads 64 hexadecimal digits; `None` for anything else.
            pub fn from_hex(text: &str) -> Option<Self> {
                hex::decode(text)?.try_into().ok().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({}…)"), hex::encode(&self.0[..4]))
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = std::array::TryFromSliceError;

            fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
                bytes.try_into().map(Self)
            }
        }
    };
}

macro_rules! named_by_operation {
    ($($name:ident),*) => {$(
        impl From<OperationId> for $name {
            fn from(id: OperationId) -> Self {
                Self(id.0)
            }
        }

        impl From<$name> for OperationId {
            fn from(id: $name) -> Self {
                Self(id.0)
            }
        }
    )*};
}

id! {
    /// The SHA-256 of an operation's header bytes.
    OperationId
}
id! {
    /// An item: the id of the operation that created it.
    ItemId
}
id! {
    /// A neighbourhood: the id of its genesis operation.
    NeighbourhoodId
}
id! {
    /// A resident: the id of the operation that admitted them, a genesis or a claim.
    ResidentId
}
id! {
    /// A circle of neighbourhoods: the id of the operation that founds it.
    CircleId
}
id! {
    /// An organisation: the id of the operation that made it a member.
    OrganisationId
}
id! {
    /// A part of a neighbourhood: the id of the operation that distinguished it.
    AreaId
}
named_by_operation!(ItemId, NeighbourhoodId, ResidentId, CircleId, OrganisationId, AreaId);
