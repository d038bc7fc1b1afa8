//! Bringing back what was taken away: people, devices, letters, items.

use dorpsplein_protocol::authority::Reason;
use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::operation::{
    Claim, ClaimProof, DeviceAddition, Field, Invitation, Kind, MemberRemoval, OperationId, RecoveryKey, Role,
    RoleChange, Signed, Statement,
};

use super::crew::text;
use super::{Blow, Expected, Person, Stage, StageError, attacks};
use crate::hand::Hand;
use crate::world::DAY;

attacks! {
    a_post_of_a_removed_member: Resurrecting, "a removed member", Expected::Refused(Reason::AfterRemoval);
    a_comment_of_a_removed_member: Resurrecting, "a removed member", Expected::Refused(Reason::AfterRemoval);
    an_edit_by_a_removed_member: Resurrecting, "a removed member", Expected::Refused(Reason::AfterRemoval);
    a_statement_of_a_removed_member: Resurrecting, "a removed member", Expected::Refused(Reason::NotAMember);
    a_new_device_of_a_removed_member: Resurrecting, "a removed member", Expected::Refused(Reason::Voided);
    a_return_with_another_letter: Resurrecting, "a removed member", Expected::Refused(Reason::AlreadyAMember);
    a_letter_of_a_removed_connector: Resurrecting, "a removed connector's friend",
        Expected::Refused(Reason::InvitationWithdrawn);
    a_grant_by_a_friend_at_the_same_time: Resurrecting, "a connector who sides with a removed one",
        Expected::Refused(Reason::Voided);
    a_grant_by_a_friend_afterwards: Resurrecting, "a connector who sides with a removed one",
        Expected::Refused(Reason::NoSuchResident);
    a_post_of_a_retired_device: Resurrecting, "who holds a retired device", Expected::Refused(Reason::AfterRemoval);
    a_statement_of_a_retired_device: Resurrecting, "who holds a retired device", Expected::Refused(Reason::DeviceRetired);
    a_retired_device_that_adds_another: Resurrecting, "who holds a retired device",
        Expected::Refused(Reason::DeviceRetired);
    a_retired_device_added_again: Resurrecting, "a resident", Expected::Refused(Reason::AlreadyAMember);
    a_card_that_posts: Resurrecting, "who finds a card", Expected::Waits("not-a-member");
    a_card_that_invites: Resurrecting, "who finds a card", Expected::Refused(Reason::NotAMember);
    a_card_that_removes: Resurrecting, "who finds a card", Expected::Refused(Reason::NotAMember);
    a_card_that_makes_a_card: Resurrecting, "who finds a card", Expected::Refused(Reason::NotAMember);
    an_edit_of_an_erased_item: Resurrecting, "a resident", Expected::Refused(Reason::Erased);
    the_text_of_an_erased_item: Resurrecting, "a box that kept it", Expected::Refused(Reason::Erased);
    a_second_genesis: Resurrecting, "the founder", Expected::TurnedAway("wrong-neighbourhood");
}

fn post(hand: &Hand, stage: &Stage) -> Blow {
    let edits = vec![text(Field::TITLE, "Ik ben er nog")];
    Blow::at_home(stage, &hand.device().create(stage.home.square(), Kind::NEWS, None, edits, stage.now()))
}

fn statement(hand: &Hand, stage: &Stage, statement: Statement) -> Blow {
    Blow::at_home(stage, &stage.says(hand, statement))
}

fn letter(stage: &mut Stage) -> Statement {
    let (key, expires) = (stage.secret().public(), stage.now().plus_millis(DAY));
    Statement::Invitation(Invitation { key, role: Role::Resident, expires })
}

fn a_post_of_a_removed_member(stage: &mut Stage) -> Result<Blow, StageError> {
    Ok(post(&stage.rik.hand, stage))
}

fn a_comment_of_a_removed_member(stage: &mut Stage) -> Result<Blow, StageError> {
    let edits = vec![text(Field::BODY, "Ik zie jullie wel")];
    let (place, about) = (stage.home.square(), Some(stage.news));
    let comment = stage.rik.hand.device().create(place, Kind::COMMENT, about, edits, stage.now());
    Ok(Blow::at_home(stage, &comment))
}

fn an_edit_by_a_removed_member(stage: &mut Stage) -> Result<Blow, StageError> {
    let own = stage.rik.hand.device().previous().unwrap_or_else(|| stage.news.into());
    let edits = vec![text(Field::TITLE, "Wie dit leest")];
    let edit = stage.rik.hand.device().edit(stage.home.square(), own.into(), vec![own], edits, stage.now());
    Ok(Blow::at_home(stage, &edit))
}

fn a_statement_of_a_removed_member(stage: &mut Stage) -> Result<Blow, StageError> {
    let leaving = MemberRemoval { resident: stage.bart.resident, counts: vec![stage.bart.count()] };
    Ok(statement(&stage.rik.hand, stage, Statement::MemberRemoval(leaving)))
}

/// A statement after what was known before anybody was removed.
fn from_before(stage: &Stage, hand: &Hand, statement: Statement) -> Signed {
    stage.says_after(hand, stage.heads_of_all.clone(), stage.now(), statement)
}

fn a_new_device_of_a_removed_member(stage: &mut Stage) -> Result<Blow, StageError> {
    let tablet = stage.secret();
    let addition = DeviceAddition::sign(&tablet, &stage.home.id, &stage.rik.hand.key());
    let addition = from_before(stage, &stage.rik.hand, Statement::DeviceAddition(addition));
    Ok(Blow::at_home(stage, &addition))
}

fn a_return_with_another_letter(stage: &mut Stage) -> Result<Blow, StageError> {
    let letter = stage.open_letter.clone();
    let mut rik = stage.rik.hand.device();
    let nonce = [5; 16];
    let proof = ClaimProof::new(&stage.home.id, &letter.invitation, &rik.key(), &nonce).sign(&letter.secret());
    let claim = Claim { invitation: letter.invitation, nonce, proof };
    let claim = rik.state(vec![letter.invitation], Statement::Claim(claim), stage.now());
    Ok(Blow::at_home(stage, &claim))
}

fn a_letter_of_a_removed_connector(stage: &mut Stage) -> Result<Blow, StageError> {
    let mut friend = Device::new(stage.secret(), stage.home.id);
    let letter = stage.letter_of_gijs.clone();
    let claim = friend.claim(letter.invitation, &letter.secret(), [5; 16], stage.now());
    Ok(Blow::at_home(stage, &claim))
}

fn grant(to: &Person) -> Statement {
    Statement::RoleChange(RoleChange { resident: to.resident, role: Role::Connector, counts: Vec::new() })
}

fn a_grant_by_a_friend_at_the_same_time(stage: &mut Stage) -> Result<Blow, StageError> {
    let grant = from_before(stage, &stage.dora.hand, grant(&stage.rik));
    Ok(Blow::at_home(stage, &grant))
}

fn a_grant_by_a_friend_afterwards(stage: &mut Stage) -> Result<Blow, StageError> {
    Ok(statement(&stage.dora.hand, stage, grant(&stage.rik)))
}

fn a_post_of_a_retired_device(stage: &mut Stage) -> Result<Blow, StageError> {
    Ok(post(&stage.tablet, stage))
}

fn a_statement_of_a_retired_device(stage: &mut Stage) -> Result<Blow, StageError> {
    let leaving = MemberRemoval { resident: stage.anne.resident, counts: vec![stage.anne.count()] };
    Ok(statement(&stage.tablet, stage, Statement::MemberRemoval(leaving)))
}

fn a_retired_device_that_adds_another(stage: &mut Stage) -> Result<Blow, StageError> {
    let other = stage.secret();
    let addition = DeviceAddition::sign(&other, &stage.home.id, &stage.tablet.key());
    Ok(statement(&stage.tablet, stage, Statement::DeviceAddition(addition)))
}

fn a_retired_device_added_again(stage: &mut Stage) -> Result<Blow, StageError> {
    let addition = DeviceAddition::sign(&stage.tablet.secret(), &stage.home.id, &stage.anne.hand.key());
    Ok(statement(&stage.anne.hand, stage, Statement::DeviceAddition(addition)))
}

fn a_card_that_posts(stage: &mut Stage) -> Result<Blow, StageError> {
    Ok(post(&stage.card, stage))
}

fn a_card_that_invites(stage: &mut Stage) -> Result<Blow, StageError> {
    let letter = letter(stage);
    Ok(statement(&stage.card, stage, letter))
}

fn a_card_that_removes(stage: &mut Stage) -> Result<Blow, StageError> {
    let leaving = MemberRemoval { resident: stage.anne.resident, counts: vec![stage.anne.count()] };
    Ok(statement(&stage.card, stage, Statement::MemberRemoval(leaving)))
}

fn a_card_that_makes_a_card(stage: &mut Stage) -> Result<Blow, StageError> {
    let other = stage.secret();
    let registered = RecoveryKey::sign(&other, &stage.home.id, &stage.card.key());
    Ok(statement(&stage.card, stage, Statement::RecoveryKey(registered)))
}

fn an_edit_of_an_erased_item(stage: &mut Stage) -> Result<Blow, StageError> {
    let edits = vec![text(Field::BODY, "Hier is het weer")];
    let parents: Vec<OperationId> = vec![stage.erasure];
    let edit = stage.anne.hand.device().edit(stage.home.square(), stage.erased, parents, edits, stage.now());
    Ok(Blow::at_home(stage, &edit))
}

/// A box that kept an item's text from before its erasure brings it again.
fn the_text_of_an_erased_item(stage: &mut Stage) -> Result<Blow, StageError> {
    Ok(Blow::at_home(stage, &stage.erased_news.clone()))
}

/// The founder begins the village a second time, to be the only connector again.
fn a_second_genesis(stage: &mut Stage) -> Result<Blow, StageError> {
    let (_, genesis) = Device::found(stage.fenna.hand.secret(), "Wilgendam", [8; 16], stage.now());
    Ok(Blow::at_home(stage, &genesis))
}
