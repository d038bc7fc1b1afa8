//! Linking a new device to a resident: two devices that see each other's screen agree through a box that both mistrust.
//!
//! 1. The *adding side* (another device of the resident, or a connector beside them) makes a [`LinkSecret`], shows it as
//!    a QR code, and leaves an [`Offer`] in the mailbox [`LinkSecret::mailbox`] of the box.
//! 2. The *new device* reads the secret from the screen, fetches the offer, makes a key and leaves an [`Answer`].
//! 3. Both show the six [`digits`] of what they sent and received. The adding side compares them and confirms; only then
//!    it signs the [`DeviceAddition`] or the [`Recovery`].
//!
//! Each message carries an HMAC under the secret, which the box never sees. A box, or anybody who guesses a mailbox, can
//! keep messages back and not make any; somebody who photographed the QR code can answer first, and then the digits differ.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::codec;
use crate::hex;
use crate::identity::letter_code::CodeError;
use crate::identity::{PublicKey, SecretKey, Signature, crockford};
use crate::operation::{DeviceAddition, DeviceCount, NeighbourhoodId, Recovery, ResidentId};

/// The most bytes of a message, its HMAC included.
pub const MAX_MESSAGE: usize = 512;

/// The symbols of a secret behind the `#` of a link.
const SYMBOLS: usize = 26;
/// The bytes of an HMAC-SHA-256, at the end of a message.
const TAG: usize = 32;

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
}

/// What the adding side says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Why.
    pub purpose: LinkPurpose,
    /// The device that adds.
    pub adding: PublicKey,
    /// Whose device the new one becomes.
    pub resident: ResidentId,
}

codec::array_codec!(Offer { purpose, adding, resident });

/// What the new device says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The new device.
    pub device: PublicKey,
    /// Its consent, as a [`DeviceAddition`] or a [`Recovery`] carries it.
    pub proof: Signature,
}

codec::array_codec!(Answer { device, proof });

/// Why a message from a mailbox is not to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LinkError {
    /// It is not a message, or not one made with this secret.
    #[error("the message was not made by the other device")]
    Foreign,
    /// The new device's consent is to something else.
    #[error("the new device did not agree to this")]
    Proof,
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

impl Offer {
    /// The message for the mailbox.
    pub fn seal(&self, secret: &LinkSecret) -> Vec<u8> {
        secret.seal(b"offer", &codec::encode(self))
    }

    /// Reads the message of the adding side.
    ///
    /// # Errors
    /// [`LinkError::Foreign`].
    pub fn open(secret: &LinkSecret, message: &[u8]) -> Result<Self, LinkError> {
        codec::decode_canonical(secret.open(b"offer", message)?).map_err(|_| LinkError::Foreign)
    }

    /// Made by the new device: agrees to what is offered.
    pub fn answer(&self, new_device: &SecretKey, neighbourhood: &NeighbourhoodId) -> Answer {
        let proof = match self.purpose {
            LinkPurpose::Device => DeviceAddition::sign(new_device, neighbourhood, &self.adding).proof,
            LinkPurpose::Recovery => Recovery::sign(new_device, neighbourhood, &self.resident, Vec::new()).proof,
        };
        Answer { device: new_device.public(), proof }
    }
}

impl Answer {
    /// The message for the mailbox.
    pub fn seal(&self, secret: &LinkSecret) -> Vec<u8> {
        secret.seal(b"answer", &codec::encode(self))
    }

    /// Reads the message of the new device, and checks that it agrees to `offer`.
    ///
    /// # Errors
    /// [`LinkError`].
    pub fn open(
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
}

/// The six digits that both sides show, made from the messages as they lay in the mailbox.
pub fn digits(secret: &LinkSecret, offer: &[u8], answer: &[u8]) -> String {
    let hash = Sha256::new()
        .chain_update(b"dorpsplein/digits/1")
        .chain_update(secret.0)
        .chain_update(offer)
        .chain_update(answer)
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
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const HERE: NeighbourhoodId = NeighbourhoodId::from_bytes([7; 32]);
    const SECRET: LinkSecret = LinkSecret::from_random([0x5a; 16]);

    fn offer(purpose: LinkPurpose) -> Offer {
        Offer { purpose, adding: PublicKey::from_bytes([1; 32]), resident: ResidentId::from_bytes([2; 32]) }
    }

    #[test]
    fn a_secret_survives_the_camera() {
        let written = SECRET.compact();
        assert_eq!(written.len(), 26);
        assert_eq!(LinkSecret::parse(&written), Ok(SECRET));
        assert_eq!(LinkSecret::parse(&written.to_lowercase()), Ok(SECRET));
        let largest = LinkSecret::from_random([0xff; 16]);
        assert_eq!(largest.compact(), "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
        assert_eq!(LinkSecret::parse(&largest.compact()), Ok(largest));
        assert_eq!(LinkSecret::parse("80000000000000000000000000"), Err(CodeError::Range), "2^128 is no secret");
        assert!(LinkSecret::parse(&written[1..]).is_err());
        assert!(!SECRET.mailbox().contains(&hex::encode(&[0x5a; 4])));
    }

    #[test]
    fn both_sides_understand_each_other() {
        let new = SecretKey::from_seed(&[9; 32]);
        for purpose in [LinkPurpose::Device, LinkPurpose::Recovery] {
            let sent = offer(purpose);
            let offered = sent.seal(&SECRET);
            let read = Offer::open(&SECRET, &offered).unwrap();
            assert_eq!(read, sent);
            let answered = read.answer(&new, &HERE).seal(&SECRET);
            assert!(offered.len() <= MAX_MESSAGE && answered.len() <= MAX_MESSAGE);
            let answer = Answer::open(&SECRET, &answered, &sent, &HERE).unwrap();
            assert_eq!(answer.device, new.public());
            let shown = digits(&SECRET, &offered, &answered);
            assert!(shown.len() == 6 && shown.bytes().all(|digit| digit.is_ascii_digit()), "{shown}");
        }
    }

    #[test]
    fn whoever_does_not_have_the_secret_makes_no_message() {
        let offered = offer(LinkPurpose::Device).seal(&SECRET);
        let other = LinkSecret::from_random([0x5b; 16]);
        assert_eq!(Offer::open(&other, &offered), Err(LinkError::Foreign));
        for at in 0..offered.len() {
            let mut altered = offered.clone();
            altered[at] ^= 1;
            assert_eq!(Offer::open(&SECRET, &altered), Err(LinkError::Foreign), "byte {at}");
        }
        for short in [&[][..], &offered[..31], &offered[..offered.len() - 1]] {
            assert_eq!(Offer::open(&SECRET, short), Err(LinkError::Foreign));
        }
        let back = Answer::open(&SECRET, &offered, &offer(LinkPurpose::Device), &HERE);
        assert_eq!(back, Err(LinkError::Foreign), "an offer is no answer");
    }

    #[test]
    fn consent_is_to_this_offer_in_this_neighbourhood() {
        let new = SecretKey::from_seed(&[9; 32]);
        let sent = offer(LinkPurpose::Device);
        let answered = sent.answer(&new, &HERE).seal(&SECRET);
        let elsewhere = NeighbourhoodId::from_bytes([8; 32]);
        assert_eq!(Answer::open(&SECRET, &answered, &sent, &elsewhere), Err(LinkError::Proof));
        let by_another = Offer { adding: PublicKey::from_bytes([3; 32]), ..sent };
        assert_eq!(Answer::open(&SECRET, &answered, &by_another, &HERE), Err(LinkError::Proof));
        let recovery = offer(LinkPurpose::Recovery);
        assert_eq!(Answer::open(&SECRET, &answered, &recovery, &HERE), Err(LinkError::Proof));
    }

    #[test]
    fn an_answer_that_another_device_slips_in_shows_other_digits() {
        let offered = offer(LinkPurpose::Device).seal(&SECRET);
        let answered = |seed| {
            let new = SecretKey::from_seed(&[seed; 32]);
            offer(LinkPurpose::Device).answer(&new, &HERE).seal(&SECRET)
        };
        assert_ne!(digits(&SECRET, &offered, &answered(1)), digits(&SECRET, &offered, &answered(2)));
    }
}
