//! What two boxes say to each other. One message is one frame.

use minicbor::{Decode, Encode};
use thiserror::Error;

use crate::codec;
use crate::operation::{Header, NeighbourhoodId, OperationId, Space};

/// The version of the session protocol.
pub const SESSION_VERSION: u8 = 1;
/// The most bytes of a frame.
pub const MAX_FRAME: usize = 1 << 20;

/// One space of one neighbourhood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(array)]
pub struct SpaceId {
    /// Whose.
    #[n(0)]
    pub neighbourhood: NeighbourhoodId,
    /// Which.
    #[n(1)]
    pub space: Space,
}

/// The space that a header names.
pub(crate) fn space_of(header: &Header) -> SpaceId {
    SpaceId { neighbourhood: header.neighbourhood(), space: header.space }
}

/// How many operations a space holds and what they add up to: equal roots mean equal sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct SpaceRoot {
    /// Which space.
    #[n(0)]
    pub id: SpaceId,
    /// How many operations.
    #[n(1)]
    pub count: u64,
    /// The sum of their ids modulo 2^256, big-endian.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub sum: [u8; 32],
}

/// A message of a session.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Message {
    /// First, from both: for which neighbourhood this box speaks. The transport proved the key; the register decides.
    #[n(0)]
    Hello {
        /// [`SESSION_VERSION`].
        #[n(0)]
        version: u8,
        /// The neighbourhood.
        #[n(1)]
        neighbourhood: NeighbourhoodId,
    },
    /// Every space the receiver is entitled to, as the sender holds it.
    #[n(1)]
    Roots {
        /// One root a space.
        #[n(0)]
        roots: Vec<SpaceRoot>,
        /// Whether the receiver is to send its own.
        #[n(1)]
        answer: bool,
    },
    /// A message of range-based set reconciliation (Negentropy) on one space.
    #[n(2)]
    Reconcile {
        /// Which space.
        #[n(0)]
        id: SpaceId,
        /// The message.
        #[cbor(n(1), with = "minicbor::bytes")]
        message: Vec<u8>,
    },
    /// There is no such space: the same answer whether it does not exist or the asker is not entitled to it.
    #[n(3)]
    Absent {
        /// Which space.
        #[n(0)]
        id: SpaceId,
    },
    /// The receiver misses these operations and may fetch them.
    #[n(4)]
    Have {
        /// Which.
        #[n(0)]
        ids: Vec<OperationId>,
    },
    /// Please send these operations.
    #[n(5)]
    Fetch {
        /// Which.
        #[n(0)]
        ids: Vec<OperationId>,
    },
    /// The answer to a fetch, as far as it fits.
    #[n(6)]
    Operations {
        /// Operations in transfer form.
        #[n(0)]
        operations: Vec<minicbor::bytes::ByteVec>,
        /// Operations that are not here for the asker.
        #[n(1)]
        absent: Vec<OperationId>,
    },
    /// An operation that was just accepted.
    #[n(7)]
    Push {
        /// In transfer form.
        #[cbor(n(0), with = "minicbor::bytes")]
        operation: Vec<u8>,
    },
}

/// Why a frame is not a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MessageError {
    /// More than [`MAX_FRAME`] bytes.
    #[error("a frame is too large")]
    TooLarge,
    /// Not a message of this version.
    #[error("a frame is not a message")]
    Malformed,
}

impl Message {
    /// The frame.
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// Reads a frame. Memory stays within a small multiple of the frame's size.
    ///
    /// # Errors
    /// [`MessageError`].
    pub fn decode(frame: &[u8]) -> Result<Self, MessageError> {
        if frame.len() > MAX_FRAME {
            return Err(MessageError::TooLarge);
        }
        minicbor::decode(frame).map_err(|_| MessageError::Malformed)
    }
}
