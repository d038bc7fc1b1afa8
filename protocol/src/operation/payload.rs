//! What an operation says, beside its header so that it can be erased while the proof stays.

use minicbor::decode::Error as DecodeError;
use minicbor::encode::{Error as EncodeError, Write};
use minicbor::{Decode, Decoder, Encode, Encoder};
use sha2::{Digest, Sha256};

use super::edit::Edit;
use super::statement::Statement;
use crate::codec::{self, CodecError};

/// The most bytes a payload may take.
pub const MAX_PAYLOAD: usize = 64 * 1024;
/// The most edits in one payload: room for all a square can be set to.
pub const MAX_EDITS: usize = 128;

/// A payload: `[0, edits]` on an item, `[1, statement]` in the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// Edits on one item, applied in order.
    Edits(Vec<Edit>),
    /// A statement of the register.
    Statement(Statement),
}

impl Payload {
    /// The canonical bytes.
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// Reads canonical bytes.
    ///
    /// # Errors
    /// [`CodecError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        codec::decode_canonical(bytes)
    }

    /// Whether it stays as long as its envelope does: a statement, because the register cannot be erased, and an edit
    /// that stays where the rest of its item is dropped ([`Edit::is_permanent`]).
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::Edits(edits) => edits.first().is_some_and(Edit::is_permanent),
            Self::Statement(_) => true,
        }
    }

    /// SHA-256 of payload bytes, as the header names it.
    pub fn hash(bytes: &[u8]) -> [u8; 32] {
        Sha256::digest(bytes).into()
    }
}

impl<C> Encode<C> for Payload {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, context: &mut C) -> Result<(), EncodeError<W::Error>> {
        match self {
            Self::Edits(edits) => encoder.array(2)?.u8(0)?.encode_with(edits, context)?,
            Self::Statement(statement) => encoder.array(2)?.u8(1)?.encode_with(statement, context)?,
        };
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for Payload {
    fn decode(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Self, DecodeError> {
        if decoder.array()? != Some(2) {
            return Err(DecodeError::message("a payload has a number and a body"));
        }
        match decoder.u8()? {
            0 => decoder.decode_with(context).map(Self::Edits),
            1 => decoder.decode_with(context).map(Self::Statement),
            _ => Err(DecodeError::message("no such payload")),
        }
    }
}
