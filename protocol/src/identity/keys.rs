//! Ed25519 keys (RFC 8032): one per device, never copied.

use std::collections::BTreeMap;
use std::fmt;

use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};
use thiserror::Error;

use crate::hex;

/// An ed25519 public key: the identity of one device, of a one-time invitation, or of a box.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct PublicKey(#[cbor(n(0), with = "minicbor::bytes")] [u8; 32]);

/// An ed25519 signature, 64 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Signature(#[cbor(n(0), with = "minicbor::bytes")] [u8; 64]);

/// An ed25519 secret key. Its memory is wiped when it is dropped; it has no `Debug` that shows it.
pub struct SecretKey(SigningKey);

/// Why a signature does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SignatureError {
    /// The public key is not a point of the curve, or one of small order that verifies what nobody signed.
    #[error("the public key is not a usable key")]
    WeakKey,
    /// The signature is not this key's over these bytes.
    #[error("the signature does not belong to these bytes and this key")]
    Mismatch,
}

impl SecretKey {
    /// The key grown from 32 bytes of good randomness, which the caller supplies.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The seed, for the one place that keeps it: the device's own key store.
    pub fn to_seed(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Signs `message`.
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature(self.0.sign(message).to_bytes())
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey(of {})", self.public())
    }
}

impl PublicKey {
    /// Wraps 32 bytes; whether they are a usable key shows when something is verified.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes of RFC 8032.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads 64 hexadecimal digits; `None` for anything else.
    pub fn from_hex(text: &str) -> Option<Self> {
        hex::decode(text)?.try_into().ok().map(Self)
    }

    /// Checks `signature` over `message` strictly: no small-order keys, no malleable signatures, one answer on every
    /// machine.
    ///
    /// # Errors
    /// [`SignatureError`], each variant as documented there.
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), SignatureError> {
        verify_strict(&self.usable()?, message, signature)
    }

    /// The point of the curve, if it is one that can be trusted to verify only what was signed.
    fn usable(&self) -> Result<VerifyingKey, SignatureError> {
        let key = VerifyingKey::from_bytes(&self.0).map_err(|_| SignatureError::WeakKey)?;
        if key.is_weak() { Err(SignatureError::WeakKey) } else { Ok(key) }
    }
}

/// Public keys that were looked at once already: whoever checks much that few devices signed saves the finding of their
/// points.
#[derive(Debug, Default)]
pub struct Keyring(BTreeMap<PublicKey, Result<VerifyingKey, SignatureError>>);

impl Keyring {
    /// As [`PublicKey::verify`].
    ///
    /// # Errors
    /// [`SignatureError`], each variant as documented there.
    pub fn verify(&mut self, key: &PublicKey, message: &[u8], signature: &Signature) -> Result<(), SignatureError> {
        let usable = *self.0.entry(*key).or_insert_with(|| key.usable());
        verify_strict(&usable?, message, signature)
    }
}

fn verify_strict(key: &VerifyingKey, message: &[u8], signature: &Signature) -> Result<(), SignatureError> {
    let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
    key.verify_strict(message, &signature).map_err(|_| SignatureError::Mismatch)
}

impl Signature {
    /// Wraps the 64 bytes of RFC 8032.
    pub const fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// The 64 bytes of RFC 8032.
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({})", hex::encode(&self.0))
    }
}
