//! The signed envelope: COSE_Sign1 (RFC 9052, section 4.2), untagged, with the algorithm Ed25519 (-19, RFC 9864).
//!
//! ```text
//! [ h'a10132', {}, content: bstr, signature: bstr ]
//! ```
//! The signature is over `["Signature1", h'a10132', external_aad, content]`; `external_aad` names what is signed, so a
//! signature made for one purpose is worthless for another.

use minicbor::data::Type;
use minicbor::decode::Error as DecodeError;
use minicbor::encode::{Error as EncodeError, Write};
use minicbor::{Decoder, Encode, Encoder};

use super::keys::{Keyring, PublicKey, SecretKey, Signature, SignatureError};
use crate::codec::{self, CodecError};

/// The protected header, `{1: -19}`: the only algorithm there is.
const PROTECTED: [u8; 3] = [0xa1, 0x01, 0x32];

/// An envelope whose signature nobody checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    content: Vec<u8>,
    signature: Signature,
}

impl Envelope {
    /// Signs `content` for the purpose named by `external_aad`.
    pub fn sign(secret: &SecretKey, external_aad: &[u8], content: Vec<u8>) -> Self {
        let signature = secret.sign(&to_be_signed(external_aad, &content));
        Self { content, signature }
    }

    /// Reads an envelope in its one canonical form, with at most `max_content` bytes of content.
    ///
    /// # Errors
    /// [`CodecError`]; a content that is too long counts as malformed.
    pub fn decode(bytes: &[u8], max_content: usize) -> Result<Self, CodecError> {
        let refuse = |otherwise| codec::scan(bytes).err().unwrap_or(otherwise);
        let envelope = Self::read(bytes).map_err(|_| refuse(CodecError::Malformed))?;
        if envelope.content.len() > max_content {
            return Err(refuse(CodecError::Malformed));
        }
        if envelope.encode() == bytes { Ok(envelope) } else { Err(refuse(CodecError::NotCanonical)) }
    }

    fn read(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut decoder = Decoder::new(bytes);
        let expect = |ok: bool| if ok { Ok(()) } else { Err(DecodeError::message("not an envelope")) };
        expect(decoder.array()? == Some(4))?;
        expect(decoder.bytes()? == PROTECTED)?;
        expect(decoder.datatype()? == Type::Map && decoder.map()? == Some(0))?;
        let content = decoder.bytes()?.to_vec();
        let signature = decoder.bytes()?.try_into().map_err(|_| DecodeError::message("a signature is 64 bytes"))?;
        Ok(Self { content, signature: Signature::from_bytes(signature) })
    }

    /// What an envelope has as its content, of which nothing is checked.
    pub(crate) fn content_in(bytes: &[u8]) -> Option<&[u8]> {
        let mut decoder = Decoder::new(bytes);
        decoder.array().and_then(|_| decoder.bytes()).and_then(|_| decoder.map()).and_then(|_| decoder.bytes()).ok()
    }

    /// The canonical bytes.
    pub fn encode(&self) -> Vec<u8> {
        let fields = Fields(&[
            Field::Bytes(&PROTECTED),
            Field::EmptyMap,
            Field::Bytes(&self.content),
            Field::Bytes(self.signature.as_bytes()),
        ]);
        codec::encode(&fields)
    }

    /// What was signed.
    pub fn content(&self) -> &[u8] {
        &self.content
    }

    /// Checks that `key` signed the content for the purpose named by `external_aad`.
    ///
    /// # Errors
    /// [`SignatureError`].
    pub fn verify(&self, key: &PublicKey, external_aad: &[u8]) -> Result<(), SignatureError> {
        key.verify(&to_be_signed(external_aad, &self.content), &self.signature)
    }

    /// As [`Envelope::verify`], with keys that were looked at before.
    ///
    /// # Errors
    /// [`SignatureError`].
    pub fn verify_with(&self, keys: &mut Keyring, key: &PublicKey, external_aad: &[u8]) -> Result<(), SignatureError> {
        keys.verify(key, &to_be_signed(external_aad, &self.content), &self.signature)
    }
}

/// The `Sig_structure` of RFC 9052, section 4.4.
fn to_be_signed(external_aad: &[u8], content: &[u8]) -> Vec<u8> {
    codec::encode(&Fields(&[
        Field::Text("Signature1"),
        Field::Bytes(&PROTECTED),
        Field::Bytes(external_aad),
        Field::Bytes(content),
    ]))
}

/// One element of the two COSE arrays written here.
enum Field<'a> {
    Text(&'a str),
    Bytes(&'a [u8]),
    EmptyMap,
}

struct Fields<'a>(&'a [Field<'a>; 4]);

impl<C> Encode<C> for Fields<'_> {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, _: &mut C) -> Result<(), EncodeError<W::Error>> {
        encoder.array(self.0.len() as u64)?;
        for field in self.0 {
            match field {
                Field::Text(text) => encoder.str(text)?,
                Field::Bytes(bytes) => encoder.bytes(bytes)?,
                Field::EmptyMap => encoder.map(0)?,
            };
        }
        Ok(())
    }
}
