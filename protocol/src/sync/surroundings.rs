//! What a session is given to look at, and what it asks to be done.

use std::collections::BTreeSet;

use thiserror::Error;

use super::{Message, MessageError, SpaceId, Tree};
use crate::identity::PublicKey;
use crate::operation::{NeighbourhoodId, OperationId, Signed, SignedError, Verified};
use crate::time::Timestamp;

/// What a session may look at. Who may see and bring what is answered by [`View::entitled`], [`View::may_bring`] and
/// [`View::served`], and nowhere else.
pub trait View {
    /// The shell's clock.
    fn now(&self) -> Timestamp;
    /// As long as this is the same, so are the answers of [`View::entitled`] and [`View::believed`].
    fn stamp(&self) -> Stamp;
    /// The neighbourhood this box speaks for.
    fn home(&self) -> NeighbourhoodId;
    /// The spaces this peer may see and write to if it speaks for `claimed`.
    fn entitled(&self, peer: &PublicKey, claimed: &NeighbourhoodId) -> BTreeSet<SpaceId>;
    /// Whether a peer that is entitled to these spaces may bring this operation. Whether it counts is decided later.
    fn may_bring(&self, operation: &Signed, entitled: &BTreeSet<SpaceId>) -> bool;
    /// What a peer that is entitled to these spaces gets of an operation: the whole, its envelope alone, or nothing; nothing
    /// too when it is not here.
    fn served(&self, id: &OperationId, entitled: &BTreeSet<SpaceId>) -> Option<Signed>;
    /// Whether this peer speaks for `claimed`. One that does not may write to what it is entitled to, and sees nothing.
    fn believed(&self, peer: &PublicKey, claimed: &NeighbourhoodId) -> bool;
    /// The operations of a space; none when nothing of it is held.
    fn tree(&self, id: &SpaceId) -> Option<&Tree>;
    /// Whether an operation is held, with its payload or with an erasure that says where that went.
    fn holds(&self, id: &OperationId) -> bool;
    /// Operations of a space that are held without their payload and without an erasure, in the order of their ids after
    /// `after`, at most `limit`.
    fn incomplete(&self, id: &SpaceId, after: Option<&OperationId>, limit: usize) -> Vec<OperationId>;
    /// When an operation that is held was signed, by its device's clock and by its device's count.
    fn signed_at(&self, id: &OperationId) -> Option<(Timestamp, u64)>;
    /// Whether an operation was let go of a while ago for want of room, and would be again.
    fn was_let_go(&self, id: &OperationId) -> bool;
    /// Whether another session was asked for an operation and can be expected to bring it.
    fn is_coming(&self, id: &OperationId) -> bool;
}

/// What a peer's rights depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Grows with every change of the registers and of the introductions, and when nothing of a space is left.
    pub changes: u64,
    /// How many spaces are held.
    pub spaces: usize,
    /// The time at which they were looked at.
    pub at: Timestamp,
}

/// What a session wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Send this.
    Send(Message),
    /// Take these operations in, in this order; then let the session [proceed](super::Session::proceed).
    Ingest {
        /// The operations, all of spaces the peer may write to.
        operations: Vec<Verified>,
        /// Whether the peer sent them of its own accord, not as an answer.
        pushed: bool,
    },
    /// In these spaces the peer holds the same as this box, and in the registers that decide about them.
    InStep {
        /// Which spaces.
        spaces: Vec<SpaceId>,
    },
    /// A message about photos came in.
    Photo(Message),
    /// End the session.
    Close(CloseReason),
}

/// Why a session ended from this side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CloseReason {
    /// The peer speaks a version of the protocol this box does not.
    #[error("the other box speaks version {0} of the session protocol")]
    Version(u8),
    /// There is no agreement with the neighbourhood the peer names, or it does not speak for it.
    #[error("there is no agreement with the neighbourhood this box names")]
    NotANeighbour,
    /// The peer sent what is no message.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// The peer sent what is no operation.
    #[error(transparent)]
    Operation(#[from] SignedError),
    /// The peer sent messages out of order or beyond their bounds.
    #[error("the other box does not keep to the protocol")]
    Protocol,
    /// The peer sent operations nobody asked it for.
    #[error("the other box sends operations that nobody asked for")]
    Unasked,
    /// The store of this box cannot be used.
    #[error("this box cannot use its store")]
    Storage,
}

impl CloseReason {
    /// Whether no box that means well gives this reason: who does is not to come again at once.
    pub const fn is_misconduct(self) -> bool {
        match self {
            Self::Message(_) | Self::Operation(_) | Self::Protocol | Self::Unasked => true,
            Self::Version(_) | Self::NotANeighbour | Self::Storage => false,
        }
    }
}

/// How a session stands, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionStatus {
    /// The peer's key.
    pub peer: PublicKey,
    /// The neighbourhood it says it speaks for, once it said so.
    pub neighbourhood: Option<NeighbourhoodId>,
    /// Whether this side opened the stream.
    pub outbound: bool,
    /// When the last frame came in.
    pub last_contact: Timestamp,
    /// How many operations came in over this session.
    pub received: u64,
    /// How many operations went out over this session.
    pub sent: u64,
    /// How often roots were compared over this session.
    pub comparisons: u64,
    /// How many operations are known to be missing here that this session may bring.
    pub awaited: u64,
    /// Whether at the last comparison both sides held the same.
    pub in_step: bool,
}
