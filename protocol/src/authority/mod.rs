//! Who may do what: every box reaches the same verdict from the same operations, in whatever order they came.

mod agreements;
mod assess;
mod consequences;
mod decide;
mod forks;
mod graph;
mod home_keys;
mod judge;
mod members;
mod register;
mod registers;
mod rights;
mod second;
mod settle;
mod sides;
mod standing;
mod state;
mod taking;

pub use agreements::{CircleSide, TreatyStatement};
pub use assess::Assessment;
pub use decide::{Deed, ItemFacts, SubjectFacts, Voice, decide};
pub(crate) use decide::{is_somebodys, unknown_neighbourhood};
pub use judge::TWO_SIGNATURES_FROM;
pub use members::{DeviceEntry, DeviceState, Membership, Resident};
pub use register::{Change, Register};
pub use registers::{CircleState, PARTING_MS, Registers, TreatyStage, TreatyState};
pub use rights::{Act, Standing, may};
pub use second::RECOVERY_DELAY_MS;
pub use state::{InvitationState, InvitationUse, OrganisationState, Proposal, StatementEntry};

use thiserror::Error;

use crate::identity::PublicKey;
use crate::operation::{ItemId, NeighbourhoodId, OperationId};
use crate::time::Timestamp;

/// What the registers say about an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It counts.
    Permitted,
    /// It does not count, as things stand.
    Refused(Reason),
    /// It cannot be said yet.
    Unknown(Missing),
}

/// Why an operation does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Reason {
    /// The signing device belongs to no resident, or no longer.
    #[error("the device belongs to no resident of that neighbourhood")]
    NotAMember,
    /// Only a connector may do this.
    #[error("only a connector may do this")]
    NotAConnector,
    /// The author may not write to that audience.
    #[error("the author may not write to that audience")]
    SpaceNotAllowed,
    /// There is no agreement between the neighbourhoods that allows this.
    #[error("no agreement between the neighbourhoods allows this")]
    NoTreaty,
    /// Only the resident who made an item may change it.
    #[error("only the resident who made it may change it")]
    NotTheAuthor,
    /// The rights table has no such act for this kind: an answer to nothing, a comment on a profile, an unknown kind.
    #[error("nobody does this with such an item")]
    NoSuchAct,
    /// The operation names an audience or a neighbourhood other than its item's or its subject's.
    #[error("an item and what answers it have one neighbourhood and one audience")]
    Elsewhere,
    /// The operation does not build on what its own device did to the item before.
    #[error("the operation skips what its own device did before")]
    OwnHistorySkipped,
    /// The device signed two different operations with one sequence number, and this is the one that does not count.
    #[error("the device signed two operations with one number")]
    Forked,
    /// The invitation was used by somebody else.
    #[error("the invitation was used already")]
    InvitationUsed,
    /// The invitation had expired.
    #[error("the invitation has expired")]
    InvitationExpired,
    /// The operation named as invitation is none.
    #[error("there is no such invitation")]
    NotAnInvitation,
    /// The one-time key did not sign for this device.
    #[error("the proof was not made for this device with the key of the invitation")]
    ClaimProof,
    /// The device is a member already.
    #[error("the device is a member already")]
    AlreadyAMember,
    /// The statement names somebody who is not there.
    #[error("the register knows no such resident")]
    NoSuchResident,
    /// The treaty accepts an offer that is not there.
    #[error("the offer this accepts is not there")]
    NoSuchOffer,
    /// A neighbourhood begins once.
    #[error("a neighbourhood begins once")]
    SecondGenesis,
    /// Somebody with the right to do so took away, at the same time, what this builds on.
    #[error("it was overruled by a removal made at the same time")]
    Voided,
    /// The device was retired.
    #[error("the device was retired")]
    DeviceRetired,
    /// It was signed after the last thing of that device that counts.
    #[error("the device signed it after the last thing that counts")]
    AfterRemoval,
    /// The invitation was taken back, or whoever made it was shown out before it was claimed.
    #[error("the invitation was taken back")]
    InvitationWithdrawn,
    /// A second connector has to sign first.
    #[error("a second connector has to sign this first")]
    NeedsSecondSignature,
    /// There is nothing to sign: it is no proposal, it counts already, or the same person signed it.
    #[error("there is nothing to sign for this person")]
    NothingToEndorse,
    /// A connector's recovery is signed a second time no sooner than 24 hours after the first.
    #[error("the second signature comes at least 24 hours after the first")]
    TooEarly,
    /// An old device of the resident objected to the recovery.
    #[error("an old device of the resident objected")]
    Vetoed,
    /// A neighbourhood keeps at least one connector.
    #[error("a neighbourhood keeps at least one connector")]
    LastConnector,
    /// A withdrawal or removal names every device of the resident, and no other.
    #[error("it has to name every device of the resident, and no other")]
    DevicesNotNamed,
    /// The register knows no such device, card, box, organisation, circle, part of the neighbourhood or proposal.
    #[error("the register knows nothing of what it names")]
    NothingSuch,
    /// The author does not speak for the organisation.
    #[error("the author does not speak for the organisation")]
    NotASpeaker,
    /// The device signed two operations with one number, and waits for a connector to decide.
    #[error("the device waits for a connector to decide about its two operations with one number")]
    Frozen,
    /// The key is one for the home network, and does more with it than posting and replying.
    #[error("a key for the home network only posts and replies")]
    HomeKey,
    /// The key for the home network had expired.
    #[error("the key for the home network has expired")]
    HomeKeyExpired,
    /// No connector has said that residents may have keys for the home network.
    #[error("this neighbourhood has no keys for the home network")]
    HomeKeysOff,
    /// The item was erased.
    #[error("the item was erased")]
    Erased,
    /// The item is for other people now than for this neighbourhood.
    #[error("the item is for other people now")]
    Withdrawn,
}

/// What has to arrive before a verdict is possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// An operation it builds on.
    Parent(OperationId),
    /// The operation that holds the invitation.
    Invitation(OperationId),
    /// The item it is about.
    Subject(ItemId),
    /// The admission of its author's device.
    Author(PublicKey),
    /// The register of a neighbourhood, or a treaty with it.
    Neighbourhood(NeighbourhoodId),
    /// What it says: its header is here, its payload is not.
    Payload(OperationId),
    /// The time it was signed for.
    Time(Timestamp),
}

impl Missing {
    /// A key of 32 bytes under which what waits is found again when the missing arrives. Times sort, before all hashes.
    pub fn key(&self) -> [u8; 32] {
        match self {
            Self::Parent(id) | Self::Invitation(id) | Self::Payload(id) => *id.as_bytes(),
            Self::Subject(id) => *id.as_bytes(),
            Self::Author(key) => *key.as_bytes(),
            Self::Neighbourhood(id) => *id.as_bytes(),
            Self::Time(time) => Self::time_key(*time),
        }
    }

    /// The key of a time.
    pub fn time_key(time: Timestamp) -> [u8; 32] {
        let mut key = [0; 32];
        key[24..].copy_from_slice(&time.as_millis().to_be_bytes());
        key
    }
}
