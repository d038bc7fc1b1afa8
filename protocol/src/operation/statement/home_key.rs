//! Keys for the home network: for a telephone that reaches the square over plain http, where nothing keeps a stranger on the
//! same network from changing a page on its way. Such a key does little and not for long, so that little is lost with it.

use sha2::{Digest, Sha256};

use crate::codec;
use crate::identity::{PublicKey, SecretKey, Signature, SignatureError};
use crate::operation::{NeighbourhoodId, ResidentId};
use crate::time::Timestamp;

/// How long a key for the home network holds at most, in milliseconds: 30 days.
pub const MAX_HOME_KEY_MS: u64 = 30 * 24 * 3_600_000;

/// Whether residents may have keys for the home network from here on. What was said last counts; as long as nobody said
/// anything they may not. Keys that are there hold until they expire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HomeKeyPolicy {
    /// Whether they may.
    pub allowed: bool,
}

codec::array_codec!(HomeKeyPolicy { allowed });

/// A resident gets a key that may post and reply until it expires, and nothing else: it says nothing in the register but
/// its own end, changes nothing that another device made, and does nothing that only connectors do, whoever its resident is.
///
/// Said by another device of the resident, or by a connector who helps a resident that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HomeKey {
    /// Whose key it is.
    pub resident: ResidentId,
    /// The key.
    pub device: PublicKey,
    /// The key's signature over neighbourhood and resident, so that nobody gives away a key that is not theirs.
    pub proof: Signature,
    /// From this time on nothing it signs counts; at most [`MAX_HOME_KEY_MS`] after this was signed.
    pub expires: Timestamp,
}

codec::array_codec!(HomeKey { resident, device, proof, expires });

impl HomeKey {
    /// Made by the new key: agrees to be a key for the home network of `resident` of `neighbourhood`.
    pub fn sign(
        new_key: &SecretKey,
        neighbourhood: &NeighbourhoodId,
        resident: &ResidentId,
        expires: Timestamp,
    ) -> Self {
        let proof = new_key.sign(&Self::to_be_signed(neighbourhood, resident));
        Self { resident: *resident, device: new_key.public(), proof, expires }
    }

    /// Checks that the new key agreed.
    ///
    /// # Errors
    /// [`SignatureError`].
    pub fn verify(&self, neighbourhood: &NeighbourhoodId) -> Result<(), SignatureError> {
        self.device.verify(&Self::to_be_signed(neighbourhood, &self.resident), &self.proof)
    }

    fn to_be_signed(neighbourhood: &NeighbourhoodId, resident: &ResidentId) -> [u8; 32] {
        let hash = Sha256::new().chain_update(b"dorpsplein/home-key/1").chain_update(neighbourhood.as_bytes());
        hash.chain_update(resident.as_bytes()).finalize().into()
    }
}
