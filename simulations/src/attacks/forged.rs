//! Signed by somebody else, changed on the way, or good bytes in a wrong place.

use dorpsplein_protocol::authority::Reason;
use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::identity::cose::Envelope;
use dorpsplein_protocol::operation::{
    Claim, ClaimProof, DeviceAddition, Field, Kind, PURPOSE, Payload, RecoveryKey, Signed, Statement, SubArea, transfer,
};

use super::crew::text;
use super::{Blow, Expected, Stage, StageError, attacks};

attacks! {
    wrong_key: Forged, "a resident, in another's name", Expected::TurnedAway("bad-signature");
    altered_header: Forged, "a relay", Expected::TurnedAway("bad-signature");
    altered_payload: Forged, "a relay", Expected::TurnedAway("payload-mismatch");
    signed_for_another_purpose: Forged, "a page that asked for a signature", Expected::TurnedAway("bad-signature");
    by_a_stranger: Forged, "a stranger", Expected::Waits("not-a-member");
    statement_by_a_stranger: Forged, "a stranger", Expected::Refused(Reason::NotAMember);
    claim_with_a_swapped_key: Forged, "a relay", Expected::Refused(Reason::ClaimProof);
    claim_with_a_guessed_letter: Forged, "a stranger", Expected::Refused(Reason::ClaimProof);
    device_without_its_consent: Forged, "a resident", Expected::Refused(Reason::ClaimProof);
    card_without_its_consent: Forged, "a resident", Expected::Refused(Reason::ClaimProof);
    the_same_again: Replayed, "a relay", Expected::Known;
    post_in_another_village: Replayed, "a relay", Expected::TurnedAway("wrong-neighbourhood");
    statement_in_another_village: Replayed, "a relay", Expected::TurnedAway("wrong-neighbourhood");
    readdressed: Replayed, "a relay", Expected::TurnedAway("bad-signature");
}

fn news(stage: &Stage) -> Signed {
    let edits = vec![text(Field::TITLE, "Rommelmarkt")];
    stage.anne.hand.device().create(stage.home.square(), Kind::NEWS, None, edits, stage.now())
}

fn wrong_key(stage: &mut Stage) -> Result<Blow, StageError> {
    let news = news(stage);
    let envelope = Envelope::sign(&stage.bart.hand.secret(), PURPOSE, news.header().encode());
    Ok(Blow { at: stage.home.clone(), transfer: transfer(&envelope.encode(), news.payload().unwrap_or_default()) })
}

fn altered_header(stage: &mut Stage) -> Result<Blow, StageError> {
    let good = news(stage);
    let (header, mut bytes) = (good.header().encode(), good.encode());
    let at = bytes.windows(header.len()).position(|window| window == header);
    // The last byte of the time: the shortest change that leaves the encoding as it has to be.
    let time = good.header().time.as_millis().to_be_bytes();
    let within = header.windows(6).position(|window| window == &time[2..]);
    if let (Some(at), Some(within)) = (at, within) {
        bytes[at + within + 5] ^= 1;
    }
    Ok(Blow { at: stage.home.clone(), transfer: bytes })
}

fn altered_payload(stage: &mut Stage) -> Result<Blow, StageError> {
    let good = news(stage);
    let mut bytes = good.encode();
    if let Some(last) = bytes.last_mut() {
        *last = b'!';
    }
    Ok(Blow { at: stage.home.clone(), transfer: bytes })
}

fn signed_for_another_purpose(stage: &mut Stage) -> Result<Blow, StageError> {
    let news = news(stage);
    let envelope = Envelope::sign(&stage.anne.hand.secret(), b"dorpsplein/session/1", news.header().encode());
    Ok(Blow { at: stage.home.clone(), transfer: transfer(&envelope.encode(), news.payload().unwrap_or_default()) })
}

fn by_a_stranger(stage: &mut Stage) -> Result<Blow, StageError> {
    let mut stranger = Device::new(stage.secret(), stage.home.id);
    let post = stranger.create(stage.home.square(), Kind::NEWS, None, Vec::new(), stage.now());
    Ok(Blow::at_home(stage, &post))
}

fn statement_by_a_stranger(stage: &mut Stage) -> Result<Blow, StageError> {
    let mut stranger = Device::new(stage.secret(), stage.home.id);
    let area = Statement::SubArea(SubArea { name: "Mijn hoek".to_owned() });
    let statement = stranger.state(stage.heads(), area, stage.now());
    Ok(Blow::at_home(stage, &statement))
}

/// A relay puts its own device in the place of the newcomer's, with the newcomer's proof.
fn claim_with_a_swapped_key(stage: &mut Stage) -> Result<Blow, StageError> {
    let (newcomer, relay) = (stage.secret(), stage.secret());
    let (invitation, nonce) = (stage.open_letter.invitation, [5; 16]);
    let proof = ClaimProof::new(&stage.home.id, &invitation, &newcomer.public(), &nonce);
    let claim = Claim { invitation, nonce, proof: proof.sign(&stage.open_letter.secret()) };
    let mut relay = Device::new(relay, stage.home.id);
    let claim = relay.state(vec![invitation], Statement::Claim(claim), stage.now());
    Ok(Blow::at_home(stage, &claim))
}

fn claim_with_a_guessed_letter(stage: &mut Stage) -> Result<Blow, StageError> {
    let guess = stage.secret();
    let mut stranger = Device::new(stage.secret(), stage.home.id);
    let claim = stranger.claim(stage.open_letter.invitation, &guess, [5; 16], stage.now());
    Ok(Blow::at_home(stage, &claim))
}

/// A device that agreed to be Anne's is added by Bart.
fn device_without_its_consent(stage: &mut Stage) -> Result<Blow, StageError> {
    let device = stage.secret();
    let for_anne = DeviceAddition::sign(&device, &stage.home.id, &stage.anne.hand.key());
    let stolen = stage.says(&stage.bart.hand, Statement::DeviceAddition(for_anne));
    Ok(Blow::at_home(stage, &stolen))
}

fn card_without_its_consent(stage: &mut Stage) -> Result<Blow, StageError> {
    let card = stage.secret();
    let for_anne = RecoveryKey::sign(&card, &stage.home.id, &stage.anne.hand.key());
    let stolen = stage.says(&stage.bart.hand, Statement::RecoveryKey(for_anne));
    Ok(Blow::at_home(stage, &stolen))
}

fn the_same_again(stage: &mut Stage) -> Result<Blow, StageError> {
    let news = news(stage);
    stage.hand_in(&news)?;
    Ok(Blow::at_home(stage, &news))
}

fn post_in_another_village(stage: &mut Stage) -> Result<Blow, StageError> {
    let news = news(stage);
    Ok(Blow { at: stage.far.clone(), transfer: news.encode() })
}

fn statement_in_another_village(stage: &mut Stage) -> Result<Blow, StageError> {
    let area = Statement::SubArea(SubArea { name: "De Hoek".to_owned() });
    let statement = stage.says(&stage.fenna.hand, area);
    Ok(Blow { at: stage.far.clone(), transfer: statement.encode() })
}

/// The header of Anne's news, sent on as if it had been written for the village next door.
fn readdressed(stage: &mut Stage) -> Result<Blow, StageError> {
    let news = news(stage);
    let mut header = news.header().clone();
    (header.neighbourhood, header.home) = (Some(stage.partner.id), Some(stage.home.id));
    let payload = Payload::decode(news.payload().unwrap_or_default()).unwrap_or(Payload::Edits(Vec::new()));
    let other = Signed::sign(&stage.bart.hand.secret(), header, &payload);
    Ok(Blow { at: stage.partner.clone(), transfer: other.encode() })
}
