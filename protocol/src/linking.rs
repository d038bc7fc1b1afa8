//! Linking a new device to a resident: two devices that see each other's screen agree through a box that both mistrust.
//!
//! 1. The *adding side* (another device of the resident, or a connector beside them) makes a [`LinkSecret`], shows it as
//!    a QR code, and leaves an *offer* in the mailbox [`LinkSecret::mailbox`] of the box. The offer holds the
//!    commitment to a nonce that stays where it was made.
//! 2. The *new device* reads the secret from the screen, fetches the offer, makes a key and leaves an [`Answer`] with a
//!    nonce of its own.
//! 3. The adding side takes one answer, leaves its nonce, and shows six digits of all three messages.
//! 4. The new device sees that the nonce is the one that was committed to, and shows the six digits that it gets. People
//!    compare; only then the adding side signs the [`DeviceAddition`], the [`Recovery`] or the [`HomeKey`].
//!
//! Each message carries an HMAC under the secret, which the box never sees. A box, or anybody who guesses a mailbox, can
//! keep messages back and not make any. A box whose friend photographed the QR code can make them, and stand between the
//! two. The order is what it has to beat: neither side says what the digits hang on before the other side has said
//! all it has to say. Whoever stands between has to choose before knowing either side's digits, so it has one
//! chance in a million, and [`Offering::take`] and [`Answering::take`] use up what they are called on: there is no
//! second one until people begin anew.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::codec;
use crate::hex;
use crate::identity::letter_code::CodeError;
use crate::identity::{PublicKey, SecretKey, Signature, crockford};
use crate::operation::{DeviceAddition, DeviceCount, HomeKey, NeighbourhoodId, Recovery, ResidentId};
use crate::time::Timestamp;

/// The most bytes of a message, its HMAC included.
pub const MAX_MESSAGE: usize = 512;

/// The symbols of a secret behind the `#` of a link.
const SYMBOLS: usize = 26;
/// The bytes of an HMAC-SHA-256, at the end of a message.
const TAG: usize = 32;

/// What one side adds to the six digits: 32 random bytes, which its caller supplies and uses once.
pub type Nonce = [u8; 32];

/// The secret of one linking: 16 random bytes, from screen to camera.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LinkSecret([u8; 16]);

/// Why the new device is linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum LinkPurpose {
    /// A resident adds a device to their own.
    #[n(0)]
    Device,
    /// A connector links a new device for somebody who lost theirs.
    #[n(1)]
    Recovery,
    /// A resident gets a key for the home network, from themselves or from a connector.
    #[n(2)]
    HomeKey,
}

/// What the adding side says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Offer {
    purpose: LinkPurpose,
    /// The device that adds.
    adding: PublicKey,
    /// Whose device the new one becomes.
    resident: ResidentId,
    /// SHA-256 of what the adding side adds to the digits, and shows when it has an answer.
    commitment: [u8; 32],
}

codec::array_codec!(Offer { purpose, adding, resident, commitment: bytes });

/// What the new device says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The new device.
    pub device: PublicKey,
    /// Its consent, as a [`DeviceAddition`], a [`Recovery`] or a [`HomeKey`] carries it.
    pub proof: Signature,
    /// What the new device adds to the digits.
    nonce: Nonce,
}

codec::array_codec!(Answer { device, proof, nonce: bytes });

/// The last message: what the adding side had committed to.
#[derive(Encode, Decode)]
struct Reveal {
    #[cbor(n(0), with = "minicbor::bytes")]
    nonce: Nonce,
}

/// The adding side, until it has an answer. It takes one answer, and no other after it.
pub struct Offering {
    secret: LinkSecret,
    offer: Offer,
    nonce: Nonce,
    message: Vec<u8>,
}

/// What the adding side has when an answer came.
#[derive(Debug)]
pub struct Answered {
    /// What the new device said. Not to be signed before people have compared the digits.
    pub answer: Answer,
    /// The message for the slot `reveal`. The new device has no digits without it.
    pub reveal: Vec<u8>,
    /// The six digits.
    pub digits: String,
}

/// The new device, until it knows what the adding side had committed to.
pub struct Answering {
    secret: LinkSecret,
    commitment: [u8; 32],
    offered: Vec<u8>,
    message: Vec<u8>,
}

/// Why a message from a mailbox is not to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LinkError {
    /// It is not a message, or not one made with this secret.
    #[error("the message was not made by the other device")]
    Foreign,
    /// The new device's consent is to something else.
    #[error("the new device did not agree to this")]
    Proof,
    /// The adding side shows another nonce than it had committed to: it is somebody who wants the digits to agree.
    #[error("somebody else stands between the two devices")]
    Commitment,
}

impl LinkSecret {
    /// Wraps 16 bytes of good randomness, which the caller supplies.
    pub const fn from_random(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Reads the 26 symbols of a link, as forgivingly as a letter's code.
    ///
    /// # Errors
    /// [`CodeError`].
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        crockford::decode(text, SYMBOLS).map(|value| Self(value.to_be_bytes()))
    }

    /// The 26 symbols.
    pub fn compact(&self) -> String {
        crockford::encode(u128::from_be_bytes(self.0), SYMBOLS)
    }

    /// The name of the mailbox, 64 hexadecimal digits: it says nothing of the secret.
    pub fn mailbox(&self) -> String {
        let hash = Sha256::new().chain_update(b"dorpsplein/link/1").chain_update(self.0).finalize();
        hex::encode(&hash)
    }

    /// A message with its HMAC.
    fn seal(&self, tag: &[u8], body: &[u8]) -> Vec<u8> {
        let code = self.hmac(tag, body).finalize().into_bytes();
        [body, code.as_slice()].concat()
    }

    /// The body of a message that was made with this secret.
    fn open<'m>(&self, tag: &[u8], message: &'m [u8]) -> Result<&'m [u8], LinkError> {
        let (body, code) = message.split_last_chunk::<TAG>().ok_or(LinkError::Foreign)?;
        self.hmac(tag, body).verify_slice(code).map_err(|_| LinkError::Foreign)?;
        Ok(body)
    }

    /// The slot's name is part of what is covered: an offer cannot be sent back as an answer.
    fn hmac(&self, slot: &[u8], body: &[u8]) -> Hmac<Sha256> {
        let mut hmac = Hmac::<Sha256>::new_from_slice(&self.0).expect("an HMAC takes a key of any length (RFC 2104)");
        hmac.update(slot);
        hmac.update(body);
        hmac
    }
}

impl Offering {
    /// Begins to add a device. `secret` and `nonce` are fresh randomness.
    pub fn new(
        secret: LinkSecret,
        nonce: Nonce,
        purpose: LinkPurpose,
        adding: PublicKey,
        resident: ResidentId,
    ) -> Self {
        let offer = Offer { purpose, adding, resident, commitment: commitment(&nonce) };
        let message = secret.seal(b"offer", &codec::encode(&offer));
        Self { secret, offer, nonce, message }
    }

    /// The message for the slot `offer`.
    pub fn message(&self) -> &[u8] {
        &self.message
    }

    /// Takes the answer of the new device and checks that it agrees to the offer. There is no second answer: whoever
    /// sees the nonce has seen it too late.
    ///
    /// # Errors
    /// [`LinkError::Foreign`] or [`LinkError::Proof`].
    pub fn take(self, answered: &[u8], neighbourhood: &NeighbourhoodId) -> Result<Answered, LinkError> {
        let answer = Answer::open(&self.secret, answered, &self.offer, neighbourhood)?;
        let reveal = self.secret.seal(b"reveal", &codec::encode(&Reveal { nonce: self.nonce }));
        let digits = digits(&self.secret, &self.message, answered, &reveal);
        Ok(Answered { answer, reveal, digits })
    }
}

impl Answering {
    /// Reads an offer and agrees to it. `new_device` and `nonce` are made for this offer alone: fresh randomness.
    ///
    /// # Errors
    /// [`LinkError::Foreign`].
    pub fn new(
        secret: LinkSecret,
        offered: Vec<u8>,
        new_device: &SecretKey,
        nonce: Nonce,
        neighbourhood: &NeighbourhoodId,
    ) -> Result<Self, LinkError> {
        let offer: Offer = codec::decode_canonical(secret.open(b"offer", &offered)?).map_err(|_| LinkError::Foreign)?;
        let proof = match offer.purpose {
            LinkPurpose::Device => DeviceAddition::sign(new_device, neighbourhood, &offer.adding).proof,
            LinkPurpose::Recovery => Recovery::sign(new_device, neighbourhood, &offer.resident, Vec::new()).proof,
            LinkPurpose::HomeKey => HomeKey::sign(new_device, neighbourhood, &offer.resident, ANY_TIME).proof,
        };
        let answer = Answer { device: new_device.public(), proof, nonce };
        let message = secret.seal(b"answer", &codec::encode(&answer));
        Ok(Self { secret, commitment: offer.commitment, offered, message })
    }

    /// The message for the slot `answer`.
    pub fn message(&self) -> &[u8] {
        &self.message
    }

    /// Takes the last message of the adding side, and gives the six digits to show.
    ///
    /// # Errors
    /// [`LinkError::Foreign`] or [`LinkError::Commitment`]: then nothing is shown, and the new key is given up.
    pub fn take(self, revealed: &[u8]) -> Result<String, LinkError> {
        let body = self.secret.open(b"reveal", revealed)?;
        let reveal: Reveal = codec::decode_canonical(body).map_err(|_| LinkError::Foreign)?;
        if commitment(&reveal.nonce) != self.commitment {
            return Err(LinkError::Commitment);
        }
        Ok(digits(&self.secret, &self.offered, &self.message, revealed))
    }
}

impl Answer {
    fn open(
        secret: &LinkSecret,
        message: &[u8],
        offer: &Offer,
        neighbourhood: &NeighbourhoodId,
    ) -> Result<Self, LinkError> {
        let body = secret.open(b"answer", message)?;
        let answer: Self = codec::decode_canonical(body).map_err(|_| LinkError::Foreign)?;
        let agreed = match offer.purpose {
            LinkPurpose::Device => answer.addition().verify(neighbourhood, &offer.adding),
            LinkPurpose::Recovery => answer.recovery(offer.resident, Vec::new()).verify(neighbourhood),
            LinkPurpose::HomeKey => answer.home_key(offer.resident, ANY_TIME).verify(neighbourhood),
        };
        agreed.map(|()| answer).map_err(|_| LinkError::Proof)
    }

    /// The statement of a resident who adds this device.
    pub const fn addition(&self) -> DeviceAddition {
        DeviceAddition { device: self.device, proof: self.proof }
    }

    /// The statement of a connector who links this device for `resident` and retires the devices in `counts`.
    pub const fn recovery(&self, resident: ResidentId, counts: Vec<DeviceCount>) -> Recovery {
        Recovery { resident, device: self.device, proof: self.proof, counts }
    }

    /// The statement that makes this device a key for the home network of `resident` until `expires`.
    pub const fn home_key(&self, resident: ResidentId, expires: Timestamp) -> HomeKey {
        HomeKey { resident, device: self.device, proof: self.proof, expires }
    }
}

/// Consent to be a key for the home network does not say until when.
const ANY_TIME: Timestamp = Timestamp::from_millis(0);

/// What is shown of a nonce while it is kept back.
fn commitment(nonce: &Nonce) -> [u8; 32] {
    Sha256::new().chain_update(b"dorpsplein/commitment/1").chain_update(nonce).finalize().into()
}

/// The six digits that both sides show, made from the messages as they lay in the mailbox.
fn digits(secret: &LinkSecret, offer: &[u8], answer: &[u8], reveal: &[u8]) -> String {
    let hash = Sha256::new()
        .chain_update(b"dorpsplein/digits/2")
        .chain_update(secret.0)
        .chain_update(offer)
        .chain_update(answer)
        .chain_update(reveal)
        .finalize();
    let first = u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]);
    format!("{:06}", first % 1_000_000)
}

/// It is a secret: it is not shown by accident.
impl fmt::Debug for LinkSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkSecret(…)")
    }
}

#[cfg(test)]
mod tests;
