//! What an operation says, beside its header so that it can be erased while the proof stays.

use minicbor::data::Type;
use minicbor::decode::Error as DecodeError;
use minicbor::encode::{Error as EncodeError, Write};
use minicbor::{Decode, Decoder, Encode, Encoder};
use sha2::{Digest, Sha256};

use super::edit::{Edit, SET};
use super::field::Field;
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

    /// The canonical bytes of a payload that holds these edits.
    pub fn encode_edits(edits: Vec<Edit>) -> Vec<u8> {
        Encoded::edits(edits).bytes
    }

    /// Reads canonical bytes.
    ///
    /// # Errors
    /// [`CodecError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        codec::decode_canonical(bytes)
    }

    /// The text that edits in the bytes of a payload give a field. Nothing is checked: it is for what this device itself signed
    /// and kept, and takes none of the code that reads what others did.
    pub fn text_in(bytes: &[u8], wanted: Field) -> Option<&str> {
        let mut decoder = Decoder::new(bytes);
        if number(&mut decoder).ok()? != 0 {
            return None;
        }
        let edits = decoder.array().ok()??;
        for _ in 0..edits {
            let mut edit = decoder.clone();
            let sets = edit.array().ok()? == Some(3) && edit.u16().ok()? == SET && edit.u16().ok()? == wanted.0;
            if sets && edit.datatype().ok()? == Type::String {
                return edit.str().ok();
            }
            let start = decoder.position();
            codec::take_value(&mut decoder, start).ok()?;
        }
        None
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

/// A payload as its bytes, to be signed. Who signs edits alone needs no encoder of statements: the browser's module for writing
/// has none.
pub(crate) struct Encoded {
    pub(crate) bytes: Vec<u8>,
    pub(crate) is_permanent: bool,
}

impl Encoded {
    pub(crate) fn edits(edits: Vec<Edit>) -> Self {
        let is_permanent = edits.first().is_some_and(Edit::is_permanent);
        Self { bytes: codec::encode(&Edits(edits)), is_permanent }
    }

    pub(crate) fn statement(statement: &Statement) -> Self {
        Self { bytes: codec::encode(&Stated(statement)), is_permanent: true }
    }
}

/// `[0, edits]`.
struct Edits(Vec<Edit>);

/// `[1, statement]`.
struct Stated<'a>(&'a Statement);

impl<C> Encode<C> for Edits {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, context: &mut C) -> Result<(), EncodeError<W::Error>> {
        encoder.array(2)?.u8(0)?.encode_with(&self.0, context)?.ok()
    }
}

impl<C> Encode<C> for Stated<'_> {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, context: &mut C) -> Result<(), EncodeError<W::Error>> {
        encoder.array(2)?.u8(1)?.encode_with(self.0, context)?.ok()
    }
}

impl<C> Encode<C> for Payload {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, context: &mut C) -> Result<(), EncodeError<W::Error>> {
        match self {
            Self::Edits(edits) => encoder.array(2)?.u8(0)?.encode_with(edits, context)?.ok(),
            Self::Statement(statement) => Stated(statement).encode(encoder, context),
        }
    }
}

impl<'b, C> Decode<'b, C> for Payload {
    fn decode(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Self, DecodeError> {
        match number(decoder)? {
            0 => decoder.decode_with(context).map(Self::Edits),
            1 => decoder.decode_with(context).map(Self::Statement),
            _ => Err(DecodeError::message("no such payload")),
        }
    }
}

/// The number before a payload's body.
fn number(decoder: &mut Decoder<'_>) -> Result<u8, DecodeError> {
    if decoder.array()? != Some(2) {
        return Err(DecodeError::message("a payload has a number and a body"));
    }
    decoder.u8()
}
