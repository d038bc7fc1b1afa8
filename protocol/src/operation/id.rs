//! Identifiers. All are SHA-256 hashes; an item, a neighbourhood and a resident are each named by the operation that
//! brought them into being, so an id can be checked and cannot be claimed twice.

use crate::hash_id::hash_id;

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

hash_id! {
    /// The SHA-256 of an operation's header bytes.
    OperationId
}
hash_id! {
    /// An item: the id of the operation that created it.
    ItemId
}
hash_id! {
    /// A neighbourhood: the id of its genesis operation.
    NeighbourhoodId
}
hash_id! {
    /// A resident: the id of the operation that admitted them, a genesis or a claim.
    ResidentId
}
hash_id! {
    /// A circle of neighbourhoods: the id of the operation that founds it.
    CircleId
}
hash_id! {
    /// An organisation: the id of the operation that made it a member.
    OrganisationId
}
hash_id! {
    /// A part of a neighbourhood: the id of the operation that distinguished it.
    AreaId
}
named_by_operation!(ItemId, NeighbourhoodId, ResidentId, CircleId, OrganisationId, AreaId);
