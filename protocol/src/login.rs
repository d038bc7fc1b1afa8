//! Logging in: a device proves to one site, once, that it has its key.

use sha2::{Digest, Sha256};

use crate::identity::{PublicKey, SecretKey, Signature, SignatureError};
use crate::operation::NeighbourhoodId;

/// What a device signs to log in: a hash over purpose, neighbourhood, the challenge of the box and the site it is meant
/// for, so that another site cannot pass a challenge on and log in in the device's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginProof([u8; 32]);

impl LoginProof {
    /// What is signed for `challenge` of the site at `host`: name and, if it is in the address, port, such as
    /// `maasdorp.local:8080`.
    pub fn new(neighbourhood: &NeighbourhoodId, challenge: &[u8; 32], host: &str) -> Self {
        let hash = Sha256::new()
            .chain_update(b"dorpsplein/session/1")
            .chain_update(neighbourhood.as_bytes())
            .chain_update(challenge)
            .chain_update(host.as_bytes());
        Self(hash.finalize().into())
    }

    /// Signs with the key of the device.
    pub fn sign(&self, device: &SecretKey) -> Signature {
        device.sign(&self.0)
    }

    /// Checks against the public key of the device.
    ///
    /// # Errors
    /// [`SignatureError`].
    pub fn verify(&self, device: &PublicKey, signature: &Signature) -> Result<(), SignatureError> {
        device.verify(&self.0, signature)
    }
}
