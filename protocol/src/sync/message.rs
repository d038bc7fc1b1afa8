//! What two boxes say to each other. One message is one frame.

use minicbor::bytes::ByteVec;
use minicbor::decode::Error as DecodeError;
use minicbor::encode::{Error as EncodeError, Write};
use minicbor::{Decode, Decoder, Encode, Encoder};
use thiserror::Error;

use super::{Comparison, Fingerprint};
use crate::codec;
use crate::operation::{Header, NeighbourhoodId, OperationId, Space};
use crate::photo::PhotoId;

/// The version of the session protocol.
pub const SESSION_VERSION: u8 = 2;
/// The most bytes of a frame, as it is when nothing is packed.
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

/// What the operations of a space come to: equal roots mean equal sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpaceRoot {
    /// Which space.
    pub id: SpaceId,
    /// The fingerprint of all of it.
    pub fingerprint: Fingerprint,
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
        /// One root a space, those of one neighbourhood together.
        #[cbor(n(0), with = "by_neighbourhood")]
        roots: Vec<SpaceRoot>,
        /// Whether the receiver is to say what it holds.
        #[n(1)]
        answer: bool,
    },
    /// The sender would show the same roots that the receiver showed it last.
    #[n(2)]
    Same,
    /// Where one space differs.
    #[n(3)]
    Compare {
        /// Which space.
        #[n(0)]
        id: SpaceId,
        /// What the sender says about it.
        #[n(1)]
        comparison: Comparison,
    },
    /// There is no such space: the same answer whether it does not exist or the asker is not entitled to it.
    #[n(4)]
    Absent {
        /// Which space.
        #[n(0)]
        id: SpaceId,
    },
    /// These operations are here, and the receiver may fetch them if it misses them.
    #[n(5)]
    Have {
        /// Which.
        #[n(0)]
        ids: Vec<OperationId>,
    },
    /// Please send these operations, in the order in which they were signed.
    #[n(6)]
    Fetch {
        /// Which.
        #[n(0)]
        ids: Vec<OperationId>,
        /// Whether also those with a large payload, which come last otherwise.
        #[n(1)]
        large: bool,
    },
    /// A part of the answer to the oldest fetch that is not answered yet.
    #[n(7)]
    Operations {
        /// Operations in transfer form.
        #[n(0)]
        operations: Vec<ByteVec>,
        /// Operations that are not here for the asker.
        #[n(1)]
        absent: Vec<OperationId>,
        /// Operations whose payload is large: to be asked for when nothing else is missing.
        #[n(2)]
        later: Vec<OperationId>,
        /// Whether more parts of this answer follow.
        #[n(3)]
        more: bool,
    },
    /// A part of an answer was dealt with: there may be another one on its way.
    #[n(8)]
    More,
    /// An operation that was just accepted.
    #[n(9)]
    Push {
        /// In transfer form.
        #[cbor(n(0), with = "minicbor::bytes")]
        operation: Vec<u8>,
    },
    /// Please send chunks of this photo, one after the other.
    #[n(16)]
    PhotoFetch {
        /// Which photo.
        #[n(0)]
        photo: PhotoId,
        /// The first chunk.
        #[n(1)]
        from: u32,
        /// How many at most; at most [`ANSWER_CHUNKS`](super::ANSWER_CHUNKS).
        #[n(2)]
        count: u32,
        /// Whether with the list of all hashes.
        #[n(3)]
        list: bool,
    },
    /// A chunk of a photo that was asked for.
    #[n(17)]
    PhotoChunk {
        /// Of which photo.
        #[n(0)]
        photo: PhotoId,
        /// Its number.
        #[n(1)]
        index: u32,
        /// The [list of all hashes](crate::photo::ChunkHashes), with the first chunk of an answer that was to have it;
        /// otherwise empty.
        #[cbor(n(2), with = "minicbor::bytes")]
        list: Vec<u8>,
        /// Its bytes.
        #[cbor(n(3), with = "minicbor::bytes")]
        data: Vec<u8>,
    },
    /// There is no such photo: the same answer whether it does not exist, is not here, or is not for the asker.
    #[n(18)]
    PhotoAbsent {
        /// Which photo.
        #[n(0)]
        photo: PhotoId,
    },
    /// A photo that the receiver asked for in vain has come.
    #[n(19)]
    PhotoHere {
        /// Which photo.
        #[n(0)]
        photo: PhotoId,
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
    /// More operations than one frame may carry.
    #[error("a frame carries too many operations")]
    TooMany,
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

/// `[neighbourhood, [space, fingerprint, space, fingerprint, …], neighbourhood, …]`: an id that several spaces share is
/// written once.
mod by_neighbourhood {
    use super::*;

    pub(super) fn encode<C, W: Write>(
        roots: &[SpaceRoot],
        encoder: &mut Encoder<W>,
        context: &mut C,
    ) -> Result<(), EncodeError<W::Error>> {
        let groups = || roots.chunk_by(|a, b| a.id.neighbourhood == b.id.neighbourhood);
        encoder.array(2 * groups().count() as u64)?;
        for group in groups() {
            encoder.encode_with(group[0].id.neighbourhood, context)?.array(2 * group.len() as u64)?;
            for root in group {
                encoder.encode_with(root.id.space, context)?.encode_with(root.fingerprint, context)?;
            }
        }
        Ok(())
    }

    pub(super) fn decode<'b, C>(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Vec<SpaceRoot>, DecodeError> {
        let mut roots = Vec::new();
        for _ in 0..pairs(decoder)? {
            let neighbourhood = decoder.decode_with(context)?;
            for _ in 0..pairs(decoder)? {
                let id = SpaceId { neighbourhood, space: decoder.decode_with(context)? };
                roots.push(SpaceRoot { id, fingerprint: decoder.decode_with(context)? });
            }
        }
        Ok(roots)
    }

    fn pairs(decoder: &mut Decoder<'_>) -> Result<u64, DecodeError> {
        let elements = decoder.array()?.filter(|elements| elements % 2 == 0);
        elements.map(|elements| elements / 2).ok_or_else(|| DecodeError::message("roots come in pairs"))
    }
}
