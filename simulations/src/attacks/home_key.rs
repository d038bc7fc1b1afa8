//! What a thief of a key for the home network is after: more than posting and replying, and for longer than 30 days.

use dorpsplein_protocol::authority::Reason;
use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::operation::{
    DeviceAddition, Edit, Field, HomeKey, HomeKeyPolicy, Invitation, ItemId, Kind, ModerationAct, ModerationReason,
    Role, Statement,
};

use super::crew::text;
use super::{Blow, Expected, Person, Stage, StageError, attacks};
use crate::hand::Hand;
use crate::world::DAY;

attacks! {
    a_home_key_where_nobody_allowed_them: SelfPromoting, "a resident", Expected::Refused(Reason::HomeKeysOff);
    home_keys_allowed_by_a_resident: SelfPromoting, "a resident", Expected::Refused(Reason::NotAConnector);
    a_home_key_in_anothers_name: SelfPromoting, "a resident", Expected::Refused(Reason::NotAConnector);
    a_home_key_in_a_connectors_name: SelfPromoting, "a connector", Expected::Refused(Reason::NoSuchAct);
    a_home_key_that_holds_for_years: Expired, "a resident", Expected::TurnedAway("home-key-period");
    a_home_key_that_prolongs_itself: SelfPromoting, "a thief of a home key", Expected::Refused(Reason::HomeKey);
    a_device_added_by_a_home_key: SelfPromoting, "a thief of a home key", Expected::Refused(Reason::HomeKey);
    a_letter_by_a_connectors_home_key: SelfPromoting, "a thief of a connector's home key",
        Expected::Refused(Reason::HomeKey);
    hiding_by_a_connectors_home_key: SelfPromoting, "a thief of a connector's home key",
        Expected::Refused(Reason::NotAConnector);
    a_profile_by_a_home_key: SelfPromoting, "a thief of a home key", Expected::Refused(Reason::HomeKey);
    an_erasure_of_what_another_device_made: SelfPromoting, "a thief of a home key",
        Expected::Refused(Reason::NotTheAuthor);
    a_post_after_a_home_key_expired: Expired, "a thief of a home key", Expected::Refused(Reason::HomeKeyExpired);
}

/// Connectors have said that residents may have keys for the home network.
fn allow(stage: &mut Stage) -> Result<(), StageError> {
    if stage.registers(&stage.home).home().allows_home_keys() {
        return Ok(());
    }
    let mut carel = stage.carel.hand.clone();
    stage.state(&mut carel, Statement::HomeKeyPolicy(HomeKeyPolicy { allowed: true }))?;
    stage.carel.hand = carel;
    Ok(())
}

/// A new key for the home network of a resident's, and the statement that makes it one.
fn key(stage: &mut Stage, of: &Person, millis: u64) -> (Hand, Statement) {
    let (secret, expires) = (stage.secret(), stage.now().plus_millis(millis));
    let statement = HomeKey::sign(&secret, &stage.home.id, &of.resident, expires);
    (Hand::new(secret.to_seed(), stage.home.id, stage.home.at), Statement::HomeKey(statement))
}

/// The same, given and in a thief's hands.
fn stolen(stage: &mut Stage, from: fn(&mut Stage) -> &mut Person) -> Result<Device, StageError> {
    allow(stage)?;
    let mut owner = from(stage).clone();
    let (thief, statement) = key(stage, &owner, DAY);
    stage.state(&mut owner.hand, statement)?;
    *from(stage) = owner;
    Ok(thief.device())
}

fn of_bart(stage: &mut Stage) -> &mut Person {
    &mut stage.bart
}

fn of_carel(stage: &mut Stage) -> &mut Person {
    &mut stage.carel
}

/// What a stolen key says in the register.
fn says(stage: &Stage, mut thief: Device, statement: Statement) -> Blow {
    Blow::at_home(stage, &thief.state(stage.heads(), statement, stage.now()))
}

/// What a stolen key does to something on the square.
fn does(stage: &Stage, mut thief: Device, item: ItemId, edit: Edit) -> Blow {
    let place = stage.home.square();
    Blow::at_home(stage, &thief.edit(place, item, vec![item.into()], vec![edit], stage.now()))
}

fn a_home_key_where_nobody_allowed_them(stage: &mut Stage) -> Result<Blow, StageError> {
    let (_, statement) = key(stage, &stage.bart.clone(), DAY);
    Ok(Blow::at_home(stage, &stage.says(&stage.bart.hand, statement)))
}

fn home_keys_allowed_by_a_resident(stage: &mut Stage) -> Result<Blow, StageError> {
    let allowed = Statement::HomeKeyPolicy(HomeKeyPolicy { allowed: true });
    Ok(Blow::at_home(stage, &stage.says(&stage.bart.hand, allowed)))
}

fn a_home_key_in_anothers_name(stage: &mut Stage) -> Result<Blow, StageError> {
    allow(stage)?;
    let (_, statement) = key(stage, &stage.anne.clone(), DAY);
    Ok(Blow::at_home(stage, &stage.says(&stage.bart.hand, statement)))
}

fn a_home_key_in_a_connectors_name(stage: &mut Stage) -> Result<Blow, StageError> {
    allow(stage)?;
    let (_, statement) = key(stage, &stage.dora.clone(), DAY);
    Ok(Blow::at_home(stage, &stage.says(&stage.carel.hand, statement)))
}

fn a_home_key_that_holds_for_years(stage: &mut Stage) -> Result<Blow, StageError> {
    allow(stage)?;
    let (_, statement) = key(stage, &stage.bart.clone(), 3 * 365 * DAY);
    Ok(Blow::at_home(stage, &stage.says(&stage.bart.hand, statement)))
}

fn a_home_key_that_prolongs_itself(stage: &mut Stage) -> Result<Blow, StageError> {
    let thief = stolen(stage, of_bart)?;
    let (_, statement) = key(stage, &stage.bart.clone(), 30 * DAY);
    Ok(says(stage, thief, statement))
}

fn a_device_added_by_a_home_key(stage: &mut Stage) -> Result<Blow, StageError> {
    let thief = stolen(stage, of_bart)?;
    let addition = DeviceAddition::sign(&stage.secret(), &stage.home.id, &thief.key());
    Ok(says(stage, thief, Statement::DeviceAddition(addition)))
}

fn a_letter_by_a_connectors_home_key(stage: &mut Stage) -> Result<Blow, StageError> {
    let thief = stolen(stage, of_carel)?;
    let (key, expires) = (stage.secret().public(), stage.now().plus_millis(DAY));
    Ok(says(stage, thief, Statement::Invitation(Invitation { key, role: Role::Resident, expires })))
}

fn hiding_by_a_connectors_home_key(stage: &mut Stage) -> Result<Blow, StageError> {
    let thief = stolen(stage, of_carel)?;
    let (act, reason) = (ModerationAct::Hide, ModerationReason::Other);
    Ok(does(stage, thief, stage.news, Edit::Moderate { act, reason, note: "Weg ermee".to_owned() }))
}

fn a_profile_by_a_home_key(stage: &mut Stage) -> Result<Blow, StageError> {
    let mut thief = stolen(stage, of_bart)?;
    let (place, edits) = (stage.home.square(), vec![text(Field::NAME, "Anne, maar dan anders")]);
    Ok(Blow::at_home(stage, &thief.create(place, Kind::PROFILE, None, edits, stage.now())))
}

fn an_erasure_of_what_another_device_made(stage: &mut Stage) -> Result<Blow, StageError> {
    let thief = stolen(stage, of_bart)?;
    let mut bart = stage.bart.hand.device();
    let edits = vec![text(Field::TITLE, "Grasmaaier te leen")];
    let post = bart.create(stage.home.square(), Kind::NEWS, None, edits, stage.now());
    stage.hand_in(&post)?;
    stage.bart.hand.follow(&bart);
    let gone = Edit::Erase { kind: Kind::NEWS, reason: None, note: String::new() };
    Ok(does(stage, thief, post.id().into(), gone))
}

fn a_post_after_a_home_key_expired(stage: &mut Stage) -> Result<Blow, StageError> {
    let mut thief = stolen(stage, of_bart)?;
    stage.pass(DAY)?;
    let (place, edits) = (stage.home.square(), vec![text(Field::TITLE, "Nog steeds hier")]);
    Ok(Blow::at_home(stage, &thief.create(place, Kind::NEWS, None, edits, stage.now())))
}
