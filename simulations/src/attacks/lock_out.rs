//! Leaving nobody who could look after the village.

use dorpsplein_protocol::authority::Reason;
use dorpsplein_protocol::operation::{DeviceRetirement, MemberRemoval, Role, RoleChange, Statement};

use super::{Blow, Expected, Person, Stage, StageError, attacks};
use crate::world::START;

attacks! {
    the_last_connector_leaves: LockOut, "the last connector", Expected::Refused(Reason::LastConnector);
    the_last_connector_resigns: LockOut, "the last connector", Expected::Refused(Reason::LastConnector);
    the_last_connector_retires_the_last_device: LockOut, "the last connector", Expected::Refused(Reason::LastConnector);
    the_later_of_two_mutual_removals: LockOut, "a removed connector", Expected::Refused(Reason::Voided);
    everybody_who_came_after_an_old_past: LockOut, "a connector", Expected::Refused(Reason::NoSuchResident);
    a_removal_that_forgets_a_device: LockOut, "a connector", Expected::Refused(Reason::DevicesNotNamed);
    a_removal_that_names_anothers_device: LockOut, "a connector", Expected::Refused(Reason::DevicesNotNamed);
}

fn removal(of: &Person) -> Statement {
    Statement::MemberRemoval(MemberRemoval { resident: of.resident, counts: vec![of.count()] })
}

/// Dora and Carel leave, so that the founder is the last.
fn leave_one(stage: &mut Stage) -> Result<(), StageError> {
    for person in [stage.dora.clone(), stage.carel.clone()] {
        let mut hand = person.hand.clone();
        stage.state(&mut hand, removal(&person))?;
    }
    Ok(())
}

fn by_the_last(stage: &mut Stage, statement: Statement) -> Result<Blow, StageError> {
    leave_one(stage)?;
    Ok(Blow::at_home(stage, &stage.says(&stage.fenna.hand, statement)))
}

fn the_last_connector_leaves(stage: &mut Stage) -> Result<Blow, StageError> {
    let leaving = removal(&stage.fenna);
    by_the_last(stage, leaving)
}

fn the_last_connector_resigns(stage: &mut Stage) -> Result<Blow, StageError> {
    let (resident, counts) = (stage.fenna.resident, vec![stage.fenna.count()]);
    by_the_last(stage, Statement::RoleChange(RoleChange { resident, role: Role::Resident, counts }))
}

fn the_last_connector_retires_the_last_device(stage: &mut Stage) -> Result<Blow, StageError> {
    let (device, last) = (stage.fenna.hand.key(), stage.fenna.hand.sequence());
    by_the_last(stage, Statement::DeviceRetirement(DeviceRetirement { device, last }))
}

/// Dora left; the founder removed Carel, who at the same time removes the founder.
fn the_later_of_two_mutual_removals(stage: &mut Stage) -> Result<Blow, StageError> {
    let mut dora = stage.dora.hand.clone();
    let leaving = removal(&stage.dora);
    stage.state(&mut dora, leaving)?;
    let up = stage.says(&stage.carel.hand, removal(&stage.fenna));
    let (mut fenna, down) = (stage.fenna.hand.clone(), removal(&stage.carel));
    stage.state(&mut fenna, down)?;
    Ok(Blow::at_home(stage, &up))
}

/// A connector, from a past in which one signature was enough, removes somebody who was made a connector later: there is
/// nobody of that name in such a past.
fn everybody_who_came_after_an_old_past(stage: &mut Stage) -> Result<Blow, StageError> {
    let genesis = vec![stage.home.id.into()];
    let removal = stage.says_after(&stage.fenna.hand, genesis, START, removal(&stage.dora));
    Ok(Blow::at_home(stage, &removal))
}

fn a_removal_that_forgets_a_device(stage: &mut Stage) -> Result<Blow, StageError> {
    let forgetful = MemberRemoval { resident: stage.anne.resident, counts: vec![stage.anne.count()] };
    Ok(Blow::at_home(stage, &stage.says(&stage.carel.hand, Statement::MemberRemoval(forgetful))))
}

fn a_removal_that_names_anothers_device(stage: &mut Stage) -> Result<Blow, StageError> {
    let wrong = MemberRemoval { resident: stage.bart.resident, counts: vec![stage.dora.count()] };
    Ok(Blow::at_home(stage, &stage.says(&stage.carel.hand, Statement::MemberRemoval(wrong))))
}
