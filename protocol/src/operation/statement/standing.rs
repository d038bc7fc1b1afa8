//! Statements that change what somebody who is there may do, and those that a second person signs.

use minicbor::{Decode, Encode};

use crate::codec;
use crate::identity::PublicKey;
use crate::operation::{OperationId, ResidentId};

/// What a resident is trusted with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Role {
    /// May write, answer, and look after what is their own.
    #[n(0)]
    Resident,
    /// May also invite, add boxes, agree with neighbours and change roles.
    #[n(1)]
    Connector,
}

/// How much of what a device signed still counts when something is taken from its resident: "up to here".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeviceCount {
    /// The device.
    pub device: PublicKey,
    /// The last sequence number that still counts; 0 for nothing.
    pub last: u64,
}

codec::array_codec!(DeviceCount { device, last });

/// A role is granted or withdrawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleChange {
    /// Whose role.
    pub resident: ResidentId,
    /// The role they have from here on.
    pub role: Role,
    /// When the role of connector is withdrawn: up to where what each device did as a connector counts. Empty in a grant.
    pub counts: Vec<DeviceCount>,
}

codec::array_codec!(RoleChange { resident, role, counts });

/// A device no longer signs for its resident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceRetirement {
    /// The device.
    pub device: PublicKey,
    /// The last sequence number that still counts.
    pub last: u64,
}

codec::array_codec!(DeviceRetirement { device, last });

/// Somebody is no longer a member: they left, or were shown out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberRemoval {
    /// Who.
    pub resident: ResidentId,
    /// Up to where what each of their devices signed counts; names every device of theirs that the author knows.
    pub counts: Vec<DeviceCount>,
}

codec::array_codec!(MemberRemoval { resident, counts });

/// Honest work counts after all: what a device signed up to `last`, whatever was said before about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rescue {
    /// The device.
    pub device: PublicKey,
    /// The last sequence number that counts.
    pub last: u64,
}

codec::array_codec!(Rescue { device, last });

/// A connector decides about a device that signed two operations with one number: it goes on from this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForkDecision {
    /// The device.
    pub device: PublicKey,
    /// The number it used twice.
    pub sequence: u64,
    /// The operation that counts; the other, and what its device built on that, does not.
    pub keep: OperationId,
}

codec::array_codec!(ForkDecision { device, sequence, keep });

/// A second connector signs a heavy act that was proposed: from here on it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endorsement {
    /// The statement that proposes it.
    pub of: OperationId,
}

codec::array_codec!(Endorsement { of });

/// A device of a connector who is said to have lost it objects to the recovery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Veto {
    /// The recovery.
    pub of: OperationId,
}

codec::array_codec!(Veto { of });

/// An open invitation is taken back: whoever did not claim it before this can no longer do so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvitationWithdrawal {
    /// The operation that holds the invitation.
    pub invitation: OperationId,
}

codec::array_codec!(InvitationWithdrawal { invitation });
