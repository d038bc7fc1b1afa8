#![allow(clippy::unwrap_used)]

use super::*;

const HERE: NeighbourhoodId = NeighbourhoodId::from_bytes([7; 32]);
const SECRET: LinkSecret = LinkSecret::from_random([0x5a; 16]);

fn adding() -> PublicKey {
    PublicKey::from_bytes([1; 32])
}

/// The adding side, whose nonce follows from `seed`.
fn offering(purpose: LinkPurpose, seed: u64) -> Offering {
    Offering::new(SECRET, fresh(b"adding", seed), purpose, adding(), ResidentId::from_bytes([2; 32]))
}

/// The new device, whose nonce follows from `seed`.
fn answering(offered: &[u8], seed: u64) -> Answering {
    let new = SecretKey::from_seed(&[9; 32]);
    Answering::new(SECRET, offered.to_vec(), &new, fresh(b"new", seed), &HERE).unwrap()
}

/// What stands for randomness here.
fn fresh(side: &[u8], seed: u64) -> Nonce {
    Sha256::new().chain_update(side).chain_update(seed.to_be_bytes()).finalize().into()
}

fn sealed_reveal(nonce: Nonce) -> Vec<u8> {
    SECRET.seal(b"reveal", &codec::encode(&Reveal { nonce }))
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
    for purpose in [LinkPurpose::Device, LinkPurpose::Recovery, LinkPurpose::HomeKey] {
        let offering = offering(purpose, 0);
        let answering = answering(offering.message(), 0);
        assert!(offering.message().len() <= MAX_MESSAGE && answering.message().len() <= MAX_MESSAGE);
        let answered = offering.take(answering.message(), &HERE).unwrap();
        assert!(answered.reveal.len() <= MAX_MESSAGE);
        assert_eq!(answered.answer.device, SecretKey::from_seed(&[9; 32]).public());
        let shown = answered.digits;
        assert!(shown.len() == 6 && shown.bytes().all(|digit| digit.is_ascii_digit()), "{shown}");
        assert_eq!(answering.take(&answered.reveal), Ok(shown));
    }
}

/// The bytes of `docs/wire-format.md`, put together without this module.
#[test]
fn the_messages_are_what_the_wire_format_says() {
    let nonce = fresh(b"adding", 0);
    let offering = offering(LinkPurpose::Recovery, 0);
    let commitment = Sha256::new().chain_update(b"dorpsplein/commitment/1").chain_update(nonce).finalize();
    let offer = [&[0x84, 1, 0x58, 32][..], &[1; 32], &[0x58, 32], &[2; 32], &[0x58, 32], &commitment].concat();
    let tagged = |slot: &[u8], body: &[u8]| {
        let mut hmac = Hmac::<Sha256>::new_from_slice(&[0x5a; 16]).unwrap();
        hmac.update(slot);
        hmac.update(body);
        [body, &hmac.finalize().into_bytes()].concat()
    };
    assert_eq!(offering.message(), tagged(b"offer", &offer));
    let offered = offering.message().to_vec();
    let answering = answering(&offered, 0);
    let answered = offering.take(answering.message(), &HERE).unwrap();
    assert_eq!(answered.reveal, tagged(b"reveal", &[&[0x81, 0x58, 32][..], &nonce].concat()));
    let hash = Sha256::new()
        .chain_update(b"dorpsplein/digits/2")
        .chain_update([0x5a; 16])
        .chain_update(&offered)
        .chain_update(answering.message())
        .chain_update(&answered.reveal)
        .finalize();
    let number = u32::from_be_bytes(hash[..4].try_into().unwrap());
    assert_eq!(answered.digits.parse::<u32>().unwrap(), number % 1_000_000);
}

#[test]
fn whoever_does_not_have_the_secret_makes_no_message() {
    let other = LinkSecret::from_random([0x5b; 16]);
    let new = SecretKey::from_seed(&[9; 32]);
    let read = |secret, message: &[u8]| Answering::new(secret, message.to_vec(), &new, [0; 32], &HERE).map(|_| ());
    let offered = offering(LinkPurpose::Device, 0).message().to_vec();
    assert_eq!(read(SECRET, &offered), Ok(()));
    assert_eq!(read(other, &offered), Err(LinkError::Foreign));
    for at in 0..offered.len() {
        let mut altered = offered.clone();
        altered[at] ^= 1;
        assert_eq!(read(SECRET, &altered), Err(LinkError::Foreign), "byte {at}");
    }
    for short in [&[][..], &offered[..31], &offered[..offered.len() - 1]] {
        assert_eq!(read(SECRET, short), Err(LinkError::Foreign));
    }
    let back = offering(LinkPurpose::Device, 0).take(&offered, &HERE);
    assert_eq!(back.unwrap_err(), LinkError::Foreign, "an offer is no answer");
    let answered = answering(&offered, 0).message().to_vec();
    assert_eq!(answering(&offered, 0).take(&answered), Err(LinkError::Foreign), "nor is an answer a nonce");
    let mut altered = sealed_reveal(fresh(b"adding", 0));
    *altered.last_mut().unwrap() ^= 1;
    assert_eq!(answering(&offered, 0).take(&altered), Err(LinkError::Foreign));
}

#[test]
fn consent_is_to_this_offer_in_this_neighbourhood() {
    let offered = offering(LinkPurpose::Device, 0).message().to_vec();
    let answered = answering(&offered, 0).message().to_vec();
    let elsewhere = NeighbourhoodId::from_bytes([8; 32]);
    let refused = |offering: Offering, at| offering.take(&answered, at).unwrap_err();
    assert_eq!(refused(offering(LinkPurpose::Device, 0), &elsewhere), LinkError::Proof);
    let by_another = PublicKey::from_bytes([3; 32]);
    let by_another = Offering::new(SECRET, [0; 32], LinkPurpose::Device, by_another, ResidentId::from_bytes([2; 32]));
    assert_eq!(refused(by_another, &HERE), LinkError::Proof);
    assert_eq!(refused(offering(LinkPurpose::Recovery, 0), &HERE), LinkError::Proof);
}

#[test]
fn an_answer_that_another_device_slips_in_shows_other_digits() {
    let offered = offering(LinkPurpose::Device, 0).message().to_vec();
    let slipped_in = Answering::new(SECRET, offered.clone(), &SecretKey::from_seed(&[8; 32]), [8; 32], &HERE).unwrap();
    let answered = offering(LinkPurpose::Device, 0).take(slipped_in.message(), &HERE).unwrap();
    assert_ne!(answering(&offered, 0).take(&answered.reveal), Ok(answered.digits));
}

/// How often each attack is tried, against the last of the six digits: chance has one in ten.
const ATTEMPTS: u64 = 600;
/// What chance gives: 60, and more than four standard deviations (of 7.3) around it.
const BY_CHANCE: std::ops::RangeInclusive<usize> = 30..=90;

/// Somebody who has the secret tries nonces until the last digit is as wished.
fn grind(wished: &str, digits: impl Fn(Nonce) -> String) -> Nonce {
    let tries = (0..).map(|attempt| fresh(b"grinder", attempt));
    tries.into_iter().find(|nonce| digits(*nonce)[5..] == wished[5..]).unwrap()
}

/// An answer that is as good as any, with the nonce that the grinder wants.
fn answer_with(nonce: Nonce, proof: Signature, device: PublicKey) -> Vec<u8> {
    SECRET.seal(b"answer", &codec::encode(&Answer { device, proof, nonce }))
}

/// Between the two stands somebody with the secret, who knows what the new device shows and wants the adding side to show
/// the same about a key of theirs. Were the nonce known, each attempt would succeed; it is shown when the answer is in.
#[test]
fn who_answers_for_another_meets_the_digits_by_chance_alone() {
    let own = SecretKey::from_seed(&[8; 32]);
    let proof = DeviceAddition::sign(&own, &HERE, &adding()).proof;
    let (mut with_foresight, mut as_it_is) = (0, 0);
    for seed in 0..ATTEMPTS {
        let wished = format!("{seed:06}");
        for foresight in [true, false] {
            let offering = offering(LinkPurpose::Device, seed);
            let guessed = sealed_reveal(if foresight { fresh(b"adding", seed) } else { fresh(b"guess", seed) });
            let offered = offering.message().to_vec();
            let nonce =
                grind(&wished, |nonce| digits(&SECRET, &offered, &answer_with(nonce, proof, own.public()), &guessed));
            let answered = offering.take(&answer_with(nonce, proof, own.public()), &HERE).unwrap();
            let met = usize::from(answered.digits[5..] == wished[5..]);
            *(if foresight { &mut with_foresight } else { &mut as_it_is }) += met;
        }
    }
    assert_eq!(with_foresight, 600, "the attack is a real one");
    assert!(BY_CHANCE.contains(&as_it_is), "{as_it_is} of {ATTEMPTS}");
}

/// The same the other way round: the adding side has shown its digits for the attacker's key, and the new device is to
/// show them too. Its digits hang on a nonce that is kept back as well; but what was committed to stands.
#[test]
fn who_offers_for_another_cannot_choose_after_the_answer() {
    let mut met = 0;
    for seed in 0..ATTEMPTS {
        let wished = format!("{seed:06}");
        let offered = offering(LinkPurpose::Device, seed).message().to_vec();
        let answering = answering(&offered, seed);
        let answered = answering.message().to_vec();
        let nonce = grind(&wished, |nonce| digits(&SECRET, &offered, &answered, &sealed_reveal(nonce)));
        assert_eq!(answering.take(&sealed_reveal(nonce)), Err(LinkError::Commitment), "chosen afterwards");

        let committed = sealed_reveal(fresh(b"adding", seed));
        let shown = self::answering(&offered, seed).take(&committed).unwrap();
        met += usize::from(shown[5..] == wished[5..]);
    }
    assert!(BY_CHANCE.contains(&met), "{met} of {ATTEMPTS}");
}
