//! The first two steps of trust: bytes that have the form of an operation, and bytes that a device signed.

use minicbor::data::Type;
use minicbor::decode::Error as DecodeError;
use minicbor::encode::{Error as EncodeError, Write};
use minicbor::{Decode, Decoder, Encode, Encoder};
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::header::{Header, MAX_HEADER, MAX_PARENTS, VERSION};
use super::id::OperationId;
use super::payload::{Encoded, MAX_PAYLOAD, Payload};
use crate::codec::{self, CodecError};
use crate::identity::cose::Envelope;
use crate::identity::{Keyring, SecretKey, SignatureError};
use crate::planted::{Bug, planted};
#[cfg(feature = "replica")]
use crate::time::Timestamp;

/// The `external_aad` of an operation's envelope: what the signature is for.
pub const PURPOSE: &[u8] = b"dorpsplein/operation/1";
/// The most bytes one operation takes on the wire: payload, header, signature and their frames.
pub const MAX_TRANSFER: usize = MAX_PAYLOAD + MAX_HEADER + 128;

/// Why bytes are not a signed operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SignedError {
    /// More bytes than an operation may take.
    #[error("larger than an operation may be")]
    TooLarge,
    /// Not in the one accepted form.
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// The header is of a version this box does not know.
    #[error("version {0} of the format is newer than this box")]
    Version(u8),
    /// Parents not sorted, not unique or too many, or a sequence that does not fit with the previous operation.
    #[error("the header contradicts itself")]
    Header,
    /// The payload is not the one whose hash and length were signed.
    #[error("the payload is not the one that was signed")]
    PayloadMismatch,
    /// The payload of an operation that is never without it is absent.
    #[error("an operation of this sort is never without its payload")]
    PayloadAbsent,
    /// Nobody signed this header with the key it names.
    #[error(transparent)]
    Signature(#[from] SignatureError),
}

impl SignedError {
    /// The problem's stable name, in the API and on a page.
    pub const fn problem(&self) -> &'static str {
        match self {
            Self::TooLarge => "too-large",
            Self::Codec(error) => error.problem(),
            Self::Version(_) => "unsupported-version",
            Self::Header => "malformed",
            Self::PayloadMismatch | Self::PayloadAbsent => "payload-mismatch",
            Self::Signature(SignatureError::WeakKey) => "weak-key",
            Self::Signature(SignatureError::Mismatch) => "bad-signature",
        }
    }
}

/// An operation in the right form; nobody checked who signed it.
///
/// Its payload may be absent: because the item was erased, or because whoever sent it did not have it. The envelope
/// still proves who signed a payload with that hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    id: OperationId,
    header: Header,
    envelope: Envelope,
    payload: Option<Vec<u8>>,
}

/// An operation that the device in its header signed. What it says has not been looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified(Signed);

impl Signed {
    /// Signs `header` over `payload`, filling in what the header says about the payload.
    pub fn sign(secret: &SecretKey, header: Header, payload: &Payload) -> Self {
        Self::sign_encoded(secret, header, Encoded { bytes: payload.encode(), is_permanent: payload.is_permanent() })
    }

    pub(crate) fn sign_encoded(secret: &SecretKey, mut header: Header, payload: Encoded) -> Self {
        let Encoded { bytes: payload, is_permanent } = payload;
        header.permanent = is_permanent;
        header.payload_hash = Payload::hash(&payload);
        header.payload_length = payload.len() as u32;
        let envelope = Envelope::sign(secret, PURPOSE, header.encode());
        Self { id: header.id(), header, envelope, payload: Some(payload) }
    }

    /// Reads the transfer form, `[envelope, payload]`, both as byte strings; null in the place of a payload that is
    /// absent.
    ///
    /// Costs one pass over the bytes and one hash of the payload; no signature is checked.
    ///
    /// # Errors
    /// [`SignedError`], all but the variant `Signature`.
    pub fn decode(transfer: &[u8]) -> Result<Self, SignedError> {
        if transfer.len() > MAX_TRANSFER {
            return Err(SignedError::TooLarge);
        }
        let outer: Transfer<'_> = codec::decode_shaped(transfer)?;
        if outer.payload.is_some_and(|payload| payload.len() > MAX_PAYLOAD) {
            return Err(SignedError::TooLarge);
        }
        let envelope = Envelope::decode(outer.envelope, MAX_HEADER)?;
        let content = envelope.content();
        let malformed = |_| codec::scan(content).err().unwrap_or(CodecError::Malformed);
        let version = header_version(content).map_err(malformed)?;
        if version != VERSION {
            codec::scan(content)?;
            return Err(SignedError::Version(version));
        }
        let header: Header = codec::decode_shaped(content)?;
        check_header(&header)?;
        let is_signed = |payload: &[u8]| {
            header.payload_length as usize == payload.len() && header.payload_hash == Payload::hash(payload)
        };
        if !outer.payload.is_none_or(is_signed) {
            return Err(SignedError::PayloadMismatch);
        }
        if header.permanent && outer.payload.is_none() {
            return Err(SignedError::PayloadAbsent);
        }
        let id = OperationId::from_bytes(Sha256::digest(envelope.content()).into());
        Ok(Self { id, header, envelope, payload: outer.payload.map(<[u8]>::to_vec) })
    }

    /// The id and the payload of an operation in transfer form that this device itself signed and kept. Nothing is checked:
    /// what comes from anybody else is [decoded](Self::decode).
    pub fn glance(transfer: &[u8]) -> Option<(OperationId, Option<Vec<u8>>)> {
        let Transfer { envelope, payload } = minicbor::decode(transfer).ok()?;
        let content = Envelope::content_in(envelope)?;
        Some((OperationId::from_bytes(Sha256::digest(content).into()), payload.map(<[u8]>::to_vec)))
    }

    /// Checks the signature, strictly.
    ///
    /// # Errors
    /// [`SignedError::Signature`].
    pub fn verify(self) -> Result<Verified, SignedError> {
        self.verify_with(&mut Keyring::default())
    }

    /// As [`Signed::verify`], with keys that were looked at before.
    ///
    /// # Errors
    /// [`SignedError::Signature`].
    pub fn verify_with(self, keys: &mut Keyring) -> Result<Verified, SignedError> {
        if !planted(Bug::SkipsSignatures) {
            self.envelope.verify_with(keys, &self.header.device, PURPOSE)?;
        }
        Ok(Verified(self))
    }

    /// The operation's id.
    pub const fn id(&self) -> OperationId {
        self.id
    }

    /// The header.
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The payload bytes; none when they are absent.
    pub fn payload(&self) -> Option<&[u8]> {
        self.payload.as_deref()
    }

    /// The same operation without its payload: what is left of an erased one.
    #[must_use]
    pub fn without_payload(&self) -> Self {
        Self { payload: None, ..self.clone() }
    }

    /// The transfer form.
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(&Transfer { envelope: &self.envelope.encode(), payload: self.payload() })
    }
}

impl Verified {
    /// The operation.
    pub const fn operation(&self) -> &Signed {
        &self.0
    }

    /// Takes up again what this box itself verified and stored before.
    #[cfg(feature = "replica")]
    pub(crate) const fn from_own_store(operation: Signed) -> Self {
        Self(operation)
    }
}

/// The transfer form of an envelope and a payload.
pub fn transfer(envelope: &[u8], payload: &[u8]) -> Vec<u8> {
    codec::encode(&Transfer { envelope, payload: Some(payload) })
}

/// Whether a transfer form holds an envelope alone. Looks at nothing else.
#[cfg(feature = "replica")]
pub(crate) fn is_bare(transfer: &[u8]) -> bool {
    let mut decoder = Decoder::new(transfer);
    let behind_envelope = decoder.array().and_then(|_| decoder.skip()).and_then(|()| decoder.datatype());
    matches!(behind_envelope, Ok(Type::Null))
}

/// When an operation in transfer form was signed, by its device's clock and by its device's count. Looks at nothing else;
/// none when it is no operation.
#[cfg(feature = "replica")]
pub(crate) fn signed_at(transfer: &[u8]) -> Option<(Timestamp, u64)> {
    let read = || -> Result<_, DecodeError> {
        let mut transfer = Decoder::new(transfer);
        transfer.array()?;
        let mut envelope = Decoder::new(transfer.bytes()?);
        envelope.array()?;
        envelope.skip()?;
        envelope.skip()?;
        let mut header = Decoder::new(envelope.bytes()?);
        header.array()?;
        // The version, two neighbourhoods, the space and the device.
        (0..5).try_for_each(|_| header.skip())?;
        let sequence = header.u64()?;
        // The operation before, the item and the parents.
        (0..3).try_for_each(|_| header.skip())?;
        Ok((header.decode()?, sequence))
    };
    read().ok()
}

struct Transfer<'b> {
    envelope: &'b [u8],
    payload: Option<&'b [u8]>,
}

impl<C> Encode<C> for Transfer<'_> {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, _: &mut C) -> Result<(), EncodeError<W::Error>> {
        encoder.array(2)?.bytes(self.envelope)?;
        match self.payload {
            Some(payload) => encoder.bytes(payload)?.ok(),
            None => encoder.null()?.ok(),
        }
    }
}

impl<'b, C> Decode<'b, C> for Transfer<'b> {
    fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, DecodeError> {
        if decoder.array()? != Some(2) {
            return Err(DecodeError::message("a transfer has an envelope and a payload"));
        }
        let envelope = decoder.bytes()?;
        let payload = match decoder.datatype()? {
            Type::Null => decoder.null().map(|()| None)?,
            _ => Some(decoder.bytes()?),
        };
        Ok(Self { envelope, payload })
    }
}

/// Reads the version before the rest, so that a header of a later version is told apart from a broken one.
fn header_version(bytes: &[u8]) -> Result<u8, DecodeError> {
    let mut decoder = Decoder::new(bytes);
    decoder.array()?;
    decoder.u8()
}

fn check_header(header: &Header) -> Result<(), SignedError> {
    let sorted = header.parents.is_sorted_by(|a, b| a < b);
    let first = header.sequence == 1;
    let counts = header.sequence > 0 && first == header.previous.is_none();
    let redundant_home = header.home.is_some() && header.home == header.neighbourhood;
    if sorted && counts && header.parents.len() <= MAX_PARENTS && !redundant_home {
        Ok(())
    } else {
        Err(SignedError::Header)
    }
}
