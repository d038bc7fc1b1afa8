//! Operations: one signed act on one item. A small signed header, and beside it a payload that can be erased.

mod edit;
mod field;
mod header;
mod id;
mod kind;
mod payload;
mod signed;
mod statement;

pub use edit::{Edit, ModerationAct, ModerationReason, Value};
pub use field::Field;
pub use header::{Header, MAX_HEADER, MAX_PARENTS, Space, VERSION};
pub use id::{AreaId, CircleId, ItemId, NeighbourhoodId, OperationId, OrganisationId, ResidentId};
pub use kind::Kind;
pub(crate) use payload::Encoded;
pub use payload::{MAX_EDITS, MAX_PAYLOAD, Payload};
pub use signed::{MAX_TRANSFER, PURPOSE, Signed, SignedError, Verified, transfer};
#[cfg(feature = "replica")]
pub(crate) use signed::{is_bare, signed_at};
pub use statement::{
    BoxCertificate, BoxRetirement, CircleAdmission, CircleEnd, CircleFounding, CircleJoining, CircleLeaving, Claim,
    ClaimProof, DeviceAddition, DeviceCount, DeviceRetirement, Endorsement, ForkDecision, Genesis, HomeKey,
    HomeKeyPolicy, Invitation, InvitationWithdrawal, MAX_DEVICE_COUNTS, MAX_HOME_KEY_MS, MemberRemoval, Organisation,
    Recovery, RecoveryKey, Rescue, Role, RoleChange, SpeakerChange, Statement, SubArea, SubAreaEnd, Treaty,
    TreatyDirection, TreatyEnd, Veto,
};
