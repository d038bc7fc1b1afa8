//! Forked, withheld, expired and backdated: attacks on the order of things.

use dorpsplein_protocol::authority::Reason;
use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::operation::{
    BoxCertificate, Field, ForkDecision, Invitation, Kind, MemberRemoval, OperationId, Role, RoleChange, Signed,
    Statement, SubArea,
};

use super::crew::{TREATY_MS, text};
use super::{Blow, Expected, Person, Stage, StageError, attacks};
use crate::hand::Hand;
use crate::world::{DAY, START};

/// The number of a genesis.
const GENESIS: u64 = 1;

attacks! {
    two_posts_with_one_number: Forked, "a resident with a copied key", Expected::Refused(Reason::Forked);
    two_statements_with_one_number: Forked, "a connector with a copied key", Expected::Refused(Reason::Forked);
    statement_and_post_with_one_number: Forked, "a connector with a copied key", Expected::Refused(Reason::Forked);
    a_box_on_a_side_that_was_decided_against: Forked, "a thief of the founder's key", Expected::Refused(Reason::Forked);
    statement_that_skips_ones_own: Forked, "a connector", Expected::Refused(Reason::OwnHistorySkipped);
    edit_of_an_item_nobody_has: Withheld, "a resident", Expected::Waits("missing-parents");
    statement_on_one_nobody_has: Withheld, "a connector", Expected::Waits("missing-parents");
    claim_on_a_letter_nobody_has: Withheld, "a stranger", Expected::Waits("unknown-invitation");
    expired_letter: Expired, "somebody who was invited", Expected::Refused(Reason::InvitationExpired);
    expired_treaty: Expired, "a visitor", Expected::Waits("unknown-author");
    ended_treaty: Expired, "a visitor", Expected::Waits("unknown-author");
    letter_that_never_expires: Expired, "a connector", Expected::TurnedAway("invitation-period");
    letter_that_expired_before_it_was_signed: Expired, "a connector", Expected::TurnedAway("invitation-period");
    post_of_a_removed_member_in_old_time: Backdated, "a removed member", Expected::Refused(Reason::AfterRemoval);
    removal_from_the_time_of_two: Backdated, "a connector", Expected::Refused(Reason::OwnHistorySkipped);
    letter_from_before_the_removal: Backdated, "a removed connector", Expected::Refused(Reason::Voided);
    grant_from_before_the_removal: Backdated, "a removed connector", Expected::Refused(Reason::Voided);
    from_the_future: Backdated, "a resident", Expected::Waits("future-time");
    claim_on_a_used_letter: DoubleRedemption, "somebody with a photograph of a letter",
        Expected::Refused(Reason::InvitationUsed);
    second_letter_for_a_device_that_is_in: DoubleRedemption, "a resident", Expected::Refused(Reason::AlreadyAMember);
}

/// A copy of a device from before what it just signed.
fn twin(of: &Person) -> Device {
    of.hand.device()
}

fn post(device: &mut Device, stage: &Stage, title: &str) -> Signed {
    let edits = vec![text(Field::TITLE, title)];
    device.create(stage.home.square(), Kind::NEWS, None, edits, stage.now())
}

/// Of two operations the one with the higher id: of two posts with one number the lower one is shown, whoever comes first.
fn in_order(one: Signed, other: Signed) -> [Signed; 2] {
    if one.id() < other.id() { [one, other] } else { [other, one] }
}

fn two_posts_with_one_number(stage: &mut Stage) -> Result<Blow, StageError> {
    let (mut anne, mut copy) = (twin(&stage.anne), twin(&stage.anne));
    let [shown, hidden] = in_order(post(&mut anne, stage, "Zaterdag"), post(&mut copy, stage, "Zondag"));
    stage.hand_in(&shown)?;
    Ok(Blow::at_home(stage, &hidden))
}

fn area(name: &str) -> Statement {
    Statement::SubArea(SubArea { name: name.to_owned() })
}

fn two_statements_with_one_number(stage: &mut Stage) -> Result<Blow, StageError> {
    let one = stage.says(&stage.carel.hand, area("De Hoek"));
    let other = stage.says(&stage.carel.hand, area("De Punt"));
    let [counts, forked] = in_order(one, other);
    stage.hand_in(&counts)?;
    Ok(Blow::at_home(stage, &forked))
}

fn statement_and_post_with_one_number(stage: &mut Stage) -> Result<Blow, StageError> {
    let statement = stage.says(&stage.carel.hand, area("De Hoek"));
    // Of two with one number the lower id counts; this is the post that does not.
    let mut tries = (0..).map(|number| post(&mut twin(&stage.carel), stage, &format!("Zondag {number}")));
    let news = tries.find(|news| news.id() > statement.id()).expect("every other id is higher");
    stage.hand_in(&statement)?;
    Ok(Blow::at_home(stage, &news))
}

/// The founder's key signs the number after the genesis anew, as if the founder were still alone, and a connector who owes
/// the founder everything decides against it. The thief certifies a box on that side all the same.
fn a_box_on_a_side_that_was_decided_against(stage: &mut Stage) -> Result<Blow, StageError> {
    let founder = stage.fenna.hand.key();
    if !stage.is_lent(&founder) {
        return Err(StageError::NotOurs);
    }
    let genesis = OperationId::from(stage.home.id);
    let first = stage.log.iter().find(|signed| signed.header().previous == Some(genesis)).map(Signed::id);
    let keep = first.ok_or(StageError::NotOurs)?;
    let mut thief = Device::resume(stage.fenna.hand.secret(), stage.home.id, GENESIS, Some(genesis));
    let other = thief.state(vec![genesis], area("Het Eiland"), stage.now());
    let home = stage.home.clone();
    stage.bring(&home, other.encode())?;
    let decision = ForkDecision { device: founder, sequence: GENESIS + 1, keep };
    let mut carel = stage.carel.hand.clone();
    stage.state(&mut carel, Statement::ForkDecision(decision))?;
    let expires = stage.now().plus_millis(DAY);
    let certificate = Statement::BoxCertificate(BoxCertificate { key: stage.secret().public(), expires });
    Ok(Blow::at_home(stage, &thief.state(vec![other.id()], certificate, stage.now())))
}

/// A connector pretends not to know what the same device said a moment ago.
fn statement_that_skips_ones_own(stage: &mut Stage) -> Result<Blow, StageError> {
    let before = stage.heads();
    let mut carel = stage.carel.hand.clone();
    stage.state(&mut carel, area("De Hoek"))?;
    let skipping = stage.says_after(&carel, before, stage.now(), area("De Punt"));
    Ok(Blow::at_home(stage, &skipping))
}

fn edit_of_an_item_nobody_has(stage: &mut Stage) -> Result<Blow, StageError> {
    let mut anne = stage.anne.hand.device();
    let never_sent = post(&mut anne, stage, "Nooit verstuurd").id();
    let edits = vec![text(Field::TITLE, "Toch wel")];
    let edit = anne.edit(stage.home.square(), never_sent.into(), vec![never_sent], edits, stage.now());
    Ok(Blow::at_home(stage, &edit))
}

fn statement_on_one_nobody_has(stage: &mut Stage) -> Result<Blow, StageError> {
    let mut carel = stage.carel.hand.device();
    let never_sent = carel.state(stage.heads(), area("Nooit verstuurd"), stage.now()).id();
    let removal = MemberRemoval { resident: stage.bart.resident, counts: vec![stage.bart.count()] };
    let statement = carel.state(vec![never_sent], Statement::MemberRemoval(removal), stage.now());
    Ok(Blow::at_home(stage, &statement))
}

fn claim_on_a_letter_nobody_has(stage: &mut Stage) -> Result<Blow, StageError> {
    let mut stranger = Device::new(stage.secret(), stage.home.id);
    let claim = stranger.claim(OperationId::from_bytes([4; 32]), &stage.open_letter.secret(), [5; 16], stage.now());
    Ok(Blow::at_home(stage, &claim))
}

fn expired_letter(stage: &mut Stage) -> Result<Blow, StageError> {
    stage.pass(20 * DAY)?;
    let mut late = Device::new(stage.secret(), stage.home.id);
    let claim = late.claim(stage.open_letter.invitation, &stage.open_letter.secret(), [5; 16], stage.now());
    Ok(Blow::at_home(stage, &claim))
}

fn reply(stage: &Stage, by: &Person) -> Signed {
    let edits = vec![text(Field::BODY, "Wij komen ook!")];
    let (place, about) = (stage.home.neighbours(), Some(stage.shared));
    by.hand.device().create(place, Kind::COMMENT, about, edits, stage.now())
}

fn expired_treaty(stage: &mut Stage) -> Result<Blow, StageError> {
    stage.pass(TREATY_MS)?;
    let reply = reply(stage, &stage.vera);
    Ok(Blow::at_home(stage, &reply))
}

fn ended_treaty(stage: &mut Stage) -> Result<Blow, StageError> {
    let reply = reply(stage, &stage.olga);
    Ok(Blow::at_home(stage, &reply))
}

fn letter(stage: &mut Stage, hand: &Hand, expires_after: u64) -> Signed {
    let (key, expires) = (stage.secret().public(), stage.now().plus_millis(expires_after));
    stage.says(hand, Statement::Invitation(Invitation { key, role: Role::Resident, expires }))
}

fn letter_that_never_expires(stage: &mut Stage) -> Result<Blow, StageError> {
    let carel = stage.carel.hand.clone();
    let letter = letter(stage, &carel, 3650 * DAY);
    Ok(Blow::at_home(stage, &letter))
}

fn letter_that_expired_before_it_was_signed(stage: &mut Stage) -> Result<Blow, StageError> {
    let expires = START;
    let invitation = Invitation { key: stage.secret().public(), role: Role::Resident, expires };
    let letter = stage.says(&stage.carel.hand, Statement::Invitation(invitation));
    Ok(Blow::at_home(stage, &letter))
}

fn post_of_a_removed_member_in_old_time(stage: &mut Stage) -> Result<Blow, StageError> {
    let edits = vec![text(Field::TITLE, "Van voor mijn vertrek")];
    let place = stage.home.square();
    let post = stage.rik.hand.device().create(place, Kind::NEWS, None, edits, START);
    Ok(Blow::at_home(stage, &post))
}

/// The founder removes another with one signature, after the statements of a time when one was enough.
fn removal_from_the_time_of_two(stage: &mut Stage) -> Result<Blow, StageError> {
    let removal = MemberRemoval { resident: stage.carel.resident, counts: vec![stage.carel.count()] };
    let (parents, at) = (stage.heads_of_two.clone(), START);
    let removal = stage.says_after(&stage.fenna.hand, parents, at, Statement::MemberRemoval(removal));
    Ok(Blow::at_home(stage, &removal))
}

fn letter_from_before_the_removal(stage: &mut Stage) -> Result<Blow, StageError> {
    let (key, expires) = (stage.secret().public(), stage.now().plus_millis(DAY));
    let invitation = Statement::Invitation(Invitation { key, role: Role::Resident, expires });
    let parents = vec![stage.letter_of_gijs.invitation];
    let letter = stage.says_after(&stage.gijs.hand, parents, stage.now(), invitation);
    Ok(Blow::at_home(stage, &letter))
}

fn grant_from_before_the_removal(stage: &mut Stage) -> Result<Blow, StageError> {
    let change = RoleChange { resident: stage.bart.resident, role: Role::Connector, counts: Vec::new() };
    let parents = vec![stage.letter_of_gijs.invitation];
    let grant = stage.says_after(&stage.gijs.hand, parents, START, Statement::RoleChange(change));
    Ok(Blow::at_home(stage, &grant))
}

/// Nothing can be pinned on top by a clock that runs ahead.
fn from_the_future(stage: &mut Stage) -> Result<Blow, StageError> {
    let edits = vec![text(Field::TITLE, "Altijd bovenaan")];
    let (place, later) = (stage.home.square(), stage.now().plus_millis(365 * DAY));
    let post = stage.anne.hand.device().create(place, Kind::NEWS, None, edits, later);
    Ok(Blow::at_home(stage, &post))
}

fn claim_on_a_used_letter(stage: &mut Stage) -> Result<Blow, StageError> {
    // Of two claims the one with the lower id is good, so that all boxes agree; see the threat model.
    let used = stage.used_claim;
    for nonce in 0..u8::MAX {
        let mut second = Device::new(stage.secret(), stage.home.id);
        let letter = &stage.used_letter;
        let claim = second.claim(letter.invitation, &letter.secret(), [nonce; 16], stage.now());
        if claim.id() > used {
            return Ok(Blow::at_home(stage, &claim));
        }
    }
    Ok(Blow { at: stage.home.clone(), transfer: Vec::new() })
}

fn second_letter_for_a_device_that_is_in(stage: &mut Stage) -> Result<Blow, StageError> {
    let mut bart = stage.bart.hand.device();
    let claim = bart.claim(stage.open_letter.invitation, &stage.open_letter.secret(), [5; 16], stage.now());
    Ok(Blow::at_home(stage, &claim))
}
