//! Statements of the register: who may do what. Keys and roles, never names or addresses, because the register cannot
//! be erased.

use minicbor::decode::Error as DecodeError;
use minicbor::encode::{Error as EncodeError, Write};
use minicbor::{Decode, Decoder, Encode, Encoder};
use sha2::{Digest, Sha256};

use super::edit::Kind;
use super::id::{NeighbourhoodId, OperationId, ResidentId};
use crate::codec;
use crate::identity::{PublicKey, SecretKey, Signature, SignatureError};
use crate::time::Timestamp;

/// One statement. Encoded as `[number, body]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Statement {
    /// 0: a neighbourhood begins; its author is the first connector.
    Genesis(Genesis),
    /// 1: somebody may join.
    Invitation(Invitation),
    /// 2: somebody joins with an invitation.
    Claim(Claim),
    /// 3: a resident adds a device of their own.
    DeviceAddition(DeviceAddition),
    /// 4: a role is granted or withdrawn.
    RoleChange(RoleChange),
    /// 5: a machine speaks for the neighbourhood.
    BoxCertificate(BoxCertificate),
    /// 6: two neighbourhoods agree to share.
    Treaty(Treaty),
    /// A statement of a later version: kept, passed on, without effect here.
    Unknown(
        /// The whole canonical encoding of the statement.
        Vec<u8>,
    ),
}

/// What a resident is trusted with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Role {
    /// May write, answer, and look after what is their own.
    #[n(0)]
    Resident,
    /// May also invite, add boxes, agree with neighbours and change roles.
    #[n(1)]
    Connector,
}

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

/// A role is granted or withdrawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleChange {
    /// Whose role.
    pub resident: ResidentId,
    /// The role they have from here on.
    pub role: Role,
}

codec::array_codec!(RoleChange { resident, role });

/// A machine speaks for the neighbourhood to others, until it expires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoxCertificate {
    /// The box's ed25519 key, from which its libp2p peer id follows.
    pub key: PublicKey,
    /// From this time on it no longer speaks for the neighbourhood.
    pub expires: Timestamp,
}

codec::array_codec!(BoxCertificate { key, expires });

/// One side of an agreement between two neighbourhoods; in force while both sides stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Treaty {
    /// The other neighbourhood.
    pub with: NeighbourhoodId,
    /// The other side's offer that this accepts; none in an offer.
    pub accepts: Option<OperationId>,
    /// What flows which way, seen from the neighbourhood that signs.
    pub direction: TreatyDirection,
    /// The kinds that are shared; empty means all.
    pub kinds: Vec<Kind>,
    /// From this time on it no longer holds.
    pub expires: Timestamp,
}

codec::array_codec!(Treaty { with, accepts: optional, direction, kinds, expires });

/// What flows which way, seen from the neighbourhood that signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum TreatyDirection {
    /// Both ways.
    #[n(0)]
    Both,
    /// We send them what we share.
    #[n(1)]
    Send,
    /// They send us what they share.
    #[n(2)]
    Receive,
}

impl TreatyDirection {
    /// Whether the signing neighbourhood sends.
    pub const fn sends(self) -> bool {
        matches!(self, Self::Both | Self::Send)
    }

    /// Whether the signing neighbourhood receives.
    pub const fn receives(self) -> bool {
        matches!(self, Self::Both | Self::Receive)
    }
}

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

impl<C> Encode<C> for Statement {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, context: &mut C) -> Result<(), EncodeError<W::Error>> {
        if let Self::Unknown(raw) = self {
            return encoder.writer_mut().write_all(raw).map_err(EncodeError::write);
        }
        encoder.array(2)?;
        match self {
            Self::Genesis(body) => encoder.u8(0)?.encode_with(body, context)?,
            Self::Invitation(body) => encoder.u8(1)?.encode_with(body, context)?,
            Self::Claim(body) => encoder.u8(2)?.encode_with(body, context)?,
            Self::DeviceAddition(body) => encoder.u8(3)?.encode_with(body, context)?,
            Self::RoleChange(body) => encoder.u8(4)?.encode_with(body, context)?,
            Self::BoxCertificate(body) => encoder.u8(5)?.encode_with(body, context)?,
            Self::Treaty(body) => encoder.u8(6)?.encode_with(body, context)?,
            Self::Unknown(_) => encoder,
        };
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for Statement {
    fn decode(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Self, DecodeError> {
        let start = decoder.position();
        let length = decoder.array()?;
        let tag = decoder.u16()?;
        if tag <= 6 && length != Some(2) {
            return Err(DecodeError::message("a statement has a number and a body"));
        }
        Ok(match tag {
            0 => Self::Genesis(decoder.decode_with(context)?),
            1 => Self::Invitation(decoder.decode_with(context)?),
            2 => Self::Claim(decoder.decode_with(context)?),
            3 => Self::DeviceAddition(decoder.decode_with(context)?),
            4 => Self::RoleChange(decoder.decode_with(context)?),
            5 => Self::BoxCertificate(decoder.decode_with(context)?),
            6 => Self::Treaty(decoder.decode_with(context)?),
            _ => Self::Unknown(codec::take_value(decoder, start)?.to_vec()),
        })
    }
}
