//! Operations: one signed act on one item. A small signed header, and beside it a payload that can be erased.

mod edit;
mod header;
mod id;
mod payload;
mod signed;
mod statement;

pub use edit::{Edit, Field, Kind, Value};
pub use header::{Header, MAX_HEADER, MAX_PARENTS, Space, VERSION};
pub use id::{CircleId, ItemId, NeighbourhoodId, OperationId, ResidentId};
pub use payload::{MAX_EDITS, MAX_PAYLOAD, Payload};
pub use signed::{MAX_TRANSFER, PURPOSE, Signed, SignedError, Verified, transfer};
pub use statement::{
    BoxCertificate, Claim, ClaimProof, DeviceAddition, Genesis, Invitation, Role, RoleChange, Statement, Treaty,
    TreatyDirection,
};
