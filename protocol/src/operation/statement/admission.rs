//! Statements that bring in a neighbourhood, its people and their devices.

use sha2::{Digest, Sha256};

use super::{DeviceCount, Role};
use crate::codec;
use crate::identity::{PublicKey, SecretKey, Signature, SignatureError};
use crate::operation::{NeighbourhoodId, OperationId, ResidentId};
use crate::time::Timestamp;

/// A neighbourhood begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Genesis {
    /// The neighbourhood's name, 1 to 80 characters.
    pub name: String,
    /// Randomness, so that two neighbourhoods of one name differ.
    pub nonce: [u8; 16],
}

codec::array_codec!(Genesis { name, nonce: bytes });

/// Somebody may join, once, before it expires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// The public half of the one-time key whose secret half is in the letter.
    pub key: PublicKey,
    /// The role that comes with it.
    pub role: Role,
    /// From this time on it is no longer accepted; at most 30 days after it was signed.
    pub expires: Timestamp,
}

codec::array_codec!(Invitation { key, role, expires });

/// Somebody joins: the author's device becomes the first device of a new resident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The operation that holds the invitation; also one of the header's parents.
    pub invitation: OperationId,
    /// Randomness of the new device.
    pub nonce: [u8; 16],
    /// Made with the one-time key over the new device's key, so that no relay can put its own in its place.
    pub proof: Signature,
}

codec::array_codec!(Claim { invitation, nonce: bytes, proof });

/// What the one-time key of an invitation signs: a hash over purpose, neighbourhood, invitation, new device and nonce.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimProof([u8; 32]);

/// A resident adds a device of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceAddition {
    /// The new device.
    pub device: PublicKey,
    /// The new device's signature over the adding one, so that nobody adds a device that is not theirs.
    pub proof: Signature,
}

codec::array_codec!(DeviceAddition { device, proof });

/// A key on paper or in a passkey that can only add a device of its resident (*reservekaart*).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryKey {
    /// The public half of the key on the card.
    pub key: PublicKey,
    /// The card's signature over the device that registers it, so that nobody registers a key that is not theirs.
    pub proof: Signature,
}

codec::array_codec!(RecoveryKey { key, proof });

/// A connector, face to face with a resident who lost a device, links a new one and retires the old.
///
/// For a resident it counts at once. For a connector it is a proposal: it counts from an [`Endorsement`] that is signed at
/// least 24 hours later and has no [`Veto`] of an old device in its past.
///
/// [`Endorsement`]: super::Endorsement
/// [`Veto`]: super::Veto
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// Whose new device it is.
    pub resident: ResidentId,
    /// The new device.
    pub device: PublicKey,
    /// The new device's signature over neighbourhood and resident.
    pub proof: Signature,
    /// The devices that are retired with it, each with what still counts.
    pub counts: Vec<DeviceCount>,
}

codec::array_codec!(Recovery { resident, device, proof, counts });

impl ClaimProof {
    /// What is signed when `device` joins `neighbourhood` with the invitation held by operation `invitation`.
    pub fn new(
        neighbourhood: &NeighbourhoodId,
        invitation: &OperationId,
        device: &PublicKey,
        nonce: &[u8; 16],
    ) -> Self {
        let hash = Sha256::new()
            .chain_update(b"dorpsplein/claim/1")
            .chain_update(neighbourhood.as_bytes())
            .chain_update(invitation.as_bytes())
            .chain_update(device.as_bytes())
            .chain_update(nonce);
        Self(hash.finalize().into())
    }

    /// Signs with the invitation's one-time key.
    pub fn sign(&self, one_time: &SecretKey) -> Signature {
        one_time.sign(&self.0)
    }

    /// Checks against the invitation's public key.
    ///
    /// # Errors
    /// [`SignatureError`].
    pub fn verify(&self, key: &PublicKey, proof: &Signature) -> Result<(), SignatureError> {
        key.verify(&self.0, proof)
    }
}

impl DeviceAddition {
    /// Made by the new device: agrees to belong to the resident whose device `adding` is, in `neighbourhood`.
    pub fn sign(new_device: &SecretKey, neighbourhood: &NeighbourhoodId, adding: &PublicKey) -> Self {
        let device = new_device.public();
        Self { device, proof: new_device.sign(&Self::to_be_signed(neighbourhood, adding)) }
    }

    /// Checks that the new device agreed.
    ///
    /// # Errors
    /// [`SignatureError`].
    pub fn verify(&self, neighbourhood: &NeighbourhoodId, adding: &PublicKey) -> Result<(), SignatureError> {
        self.device.verify(&Self::to_be_signed(neighbourhood, adding), &self.proof)
    }

    fn to_be_signed(neighbourhood: &NeighbourhoodId, adding: &PublicKey) -> [u8; 32] {
        let hash = Sha256::new().chain_update(b"dorpsplein/device/1").chain_update(neighbourhood.as_bytes());
        hash.chain_update(adding.as_bytes()).finalize().into()
    }
}

impl RecoveryKey {
    /// Made with the key of the card: agrees to add devices for the resident whose device `registering` is.
    pub fn sign(card: &SecretKey, neighbourhood: &NeighbourhoodId, registering: &PublicKey) -> Self {
        Self { key: card.public(), proof: card.sign(&Self::to_be_signed(neighbourhood, registering)) }
    }

    /// Checks that the key of the card agreed.
    ///
    /// # Errors
    /// [`SignatureError`].
    pub fn verify(&self, neighbourhood: &NeighbourhoodId, registering: &PublicKey) -> Result<(), SignatureError> {
        self.key.verify(&Self::to_be_signed(neighbourhood, registering), &self.proof)
    }

    fn to_be_signed(neighbourhood: &NeighbourhoodId, registering: &PublicKey) -> [u8; 32] {
        let hash = Sha256::new().chain_update(b"dorpsplein/recovery-key/1").chain_update(neighbourhood.as_bytes());
        hash.chain_update(registering.as_bytes()).finalize().into()
    }
}

impl Recovery {
    /// Made by the new device: agrees to belong to `resident` of `neighbourhood`; `counts` are the devices to retire.
    pub fn sign(
        new_device: &SecretKey,
        neighbourhood: &NeighbourhoodId,
        resident: &ResidentId,
        counts: Vec<DeviceCount>,
    ) -> Self {
        let proof = new_device.sign(&Self::to_be_signed(neighbourhood, resident));
        Self { resident: *resident, device: new_device.public(), proof, counts }
    }

    /// Checks that the new device agreed.
    ///
    /// # Errors
    /// [`SignatureError`].
    pub fn verify(&self, neighbourhood: &NeighbourhoodId) -> Result<(), SignatureError> {
        self.device.verify(&Self::to_be_signed(neighbourhood, &self.resident), &self.proof)
    }

    fn to_be_signed(neighbourhood: &NeighbourhoodId, resident: &ResidentId) -> [u8; 32] {
        let hash = Sha256::new().chain_update(b"dorpsplein/recovery/1").chain_update(neighbourhood.as_bytes());
        hash.chain_update(resident.as_bytes()).finalize().into()
    }
}
