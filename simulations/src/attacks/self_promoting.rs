//! Taking rights that nobody gave.

use dorpsplein_protocol::authority::Reason;
use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::operation::{
    BoxCertificate, Endorsement, ForkDecision, Invitation, MemberRemoval, OperationId, Organisation, Recovery, Rescue,
    ResidentId, Role, RoleChange, SpeakerChange, Statement, Treaty, TreatyDirection, Veto,
};

use super::{Blow, Expected, Person, Stage, StageError, attacks};
use crate::world::{DAY, HOUR};

attacks! {
    a_role_for_oneself: SelfPromoting, "a resident", Expected::Refused(Reason::NotAConnector);
    a_letter_for_a_connector: SelfPromoting, "a resident", Expected::Refused(Reason::NotAConnector);
    a_letter_by_a_resident: SelfPromoting, "a resident", Expected::Refused(Reason::NotAConnector);
    a_box_by_a_resident: SelfPromoting, "a resident", Expected::Refused(Reason::NotAConnector);
    a_treaty_by_a_resident: SelfPromoting, "a resident", Expected::Refused(Reason::NotAConnector);
    a_removal_by_a_resident: SelfPromoting, "a resident", Expected::Refused(Reason::NotAConnector);
    a_recovery_by_a_resident: SelfPromoting, "a resident", Expected::Refused(Reason::NotAConnector);
    a_rescue_by_a_resident: SelfPromoting, "a resident", Expected::Refused(Reason::NotAConnector);
    a_fork_decision_by_a_resident: SelfPromoting, "a resident", Expected::Refused(Reason::NotAConnector);
    an_endorsement_by_a_resident: SelfPromoting, "a resident", Expected::Refused(Reason::NotAConnector);
    a_voice_nobody_gave: SelfPromoting, "a resident", Expected::Refused(Reason::NotASpeaker);
    a_removal_with_one_signature: SelfPromoting, "a connector", Expected::Proposed;
    a_demotion_with_one_signature: SelfPromoting, "a connector", Expected::Proposed;
    a_grant_with_one_signature: SelfPromoting, "a connector", Expected::Proposed;
    a_connectors_letter_with_one_signature: SelfPromoting, "a connector", Expected::Proposed;
    a_box_with_one_signature: SelfPromoting, "a connector", Expected::Proposed;
    a_treaty_with_one_signature: SelfPromoting, "a connector", Expected::Proposed;
    a_claim_on_a_proposed_letter: SelfPromoting, "a connector's friend", Expected::Refused(Reason::NeedsSecondSignature);
    endorsing_ones_own_proposal: SelfPromoting, "a connector", Expected::Refused(Reason::NothingToEndorse);
    endorsing_with_a_second_device: SelfPromoting, "a connector", Expected::Refused(Reason::NothingToEndorse);
    endorsing_what_counts_already: SelfPromoting, "a connector", Expected::Refused(Reason::NothingToEndorse);
    a_connectors_recovery_signed_early: SelfPromoting, "two connectors", Expected::Refused(Reason::TooEarly);
    a_connectors_recovery_signed_alone: SelfPromoting, "a connector", Expected::Refused(Reason::NothingToEndorse);
    a_connectors_recovery_after_an_objection: SelfPromoting, "two connectors", Expected::Refused(Reason::Vetoed);
}

fn grant(to: ResidentId) -> Statement {
    Statement::RoleChange(RoleChange { resident: to, role: Role::Connector, counts: Vec::new() })
}

fn removal(of: &Person) -> Statement {
    Statement::MemberRemoval(MemberRemoval { resident: of.resident, counts: vec![of.count()] })
}

fn letter(stage: &mut Stage, role: Role) -> Statement {
    let (key, expires) = (stage.secret().public(), stage.now().plus_millis(DAY));
    Statement::Invitation(Invitation { key, role, expires })
}

fn certificate(stage: &mut Stage) -> Statement {
    let (key, expires) = (stage.secret().public(), stage.now().plus_millis(DAY));
    Statement::BoxCertificate(BoxCertificate { key, expires })
}

fn treaty(stage: &Stage) -> Statement {
    let (with, expires) = (stage.far.id, stage.now().plus_millis(DAY));
    let direction = TreatyDirection::Both;
    Statement::Treaty(Treaty { with, accepts: None, direction, kinds: Vec::new(), expires })
}

fn recovery(stage: &mut Stage, of: &Person) -> Statement {
    let device = stage.secret();
    Statement::Recovery(Recovery::sign(&device, &stage.home.id, &of.resident, vec![of.count()]))
}

/// What a resident says who is none but that.
fn by_bart(stage: &Stage, statement: Statement) -> Blow {
    Blow::at_home(stage, &stage.says(&stage.bart.hand, statement))
}

/// What a single connector says.
fn by_carel(stage: &Stage, statement: Statement) -> Blow {
    Blow::at_home(stage, &stage.says(&stage.carel.hand, statement))
}

fn a_role_for_oneself(stage: &mut Stage) -> Result<Blow, StageError> {
    Ok(by_bart(stage, grant(stage.bart.resident)))
}

fn a_letter_for_a_connector(stage: &mut Stage) -> Result<Blow, StageError> {
    let letter = letter(stage, Role::Connector);
    Ok(by_bart(stage, letter))
}

fn a_letter_by_a_resident(stage: &mut Stage) -> Result<Blow, StageError> {
    let letter = letter(stage, Role::Resident);
    Ok(by_bart(stage, letter))
}

fn a_box_by_a_resident(stage: &mut Stage) -> Result<Blow, StageError> {
    let certificate = certificate(stage);
    Ok(by_bart(stage, certificate))
}

fn a_treaty_by_a_resident(stage: &mut Stage) -> Result<Blow, StageError> {
    Ok(by_bart(stage, treaty(stage)))
}

fn a_removal_by_a_resident(stage: &mut Stage) -> Result<Blow, StageError> {
    Ok(by_bart(stage, removal(&stage.anne)))
}

fn a_recovery_by_a_resident(stage: &mut Stage) -> Result<Blow, StageError> {
    let recovery = recovery(stage, &stage.anne.clone());
    Ok(by_bart(stage, recovery))
}

fn a_rescue_by_a_resident(stage: &mut Stage) -> Result<Blow, StageError> {
    Ok(by_bart(stage, Statement::Rescue(Rescue { device: stage.rik.hand.key(), last: 99 })))
}

fn a_fork_decision_by_a_resident(stage: &mut Stage) -> Result<Blow, StageError> {
    let keep = OperationId::from(stage.news);
    let decision = ForkDecision { device: stage.anne.hand.key(), sequence: 3, keep };
    Ok(by_bart(stage, Statement::ForkDecision(decision)))
}

fn an_endorsement_by_a_resident(stage: &mut Stage) -> Result<Blow, StageError> {
    let of = propose(stage, removal(&stage.dora))?;
    Ok(by_bart(stage, Statement::Endorsement(Endorsement { of })))
}

fn a_voice_nobody_gave(stage: &mut Stage) -> Result<Blow, StageError> {
    let (mut carel, speaker) = (stage.carel.hand.clone(), stage.anne.resident);
    let organisation = stage.state(&mut carel, Statement::Organisation(Organisation { speaker }))?.id().into();
    let change = SpeakerChange { organisation, resident: stage.bart.resident, speaks: true, counts: Vec::new() };
    Ok(by_bart(stage, Statement::SpeakerChange(change)))
}

fn a_removal_with_one_signature(stage: &mut Stage) -> Result<Blow, StageError> {
    Ok(by_carel(stage, removal(&stage.dora)))
}

fn a_demotion_with_one_signature(stage: &mut Stage) -> Result<Blow, StageError> {
    let (resident, counts) = (stage.fenna.resident, vec![stage.fenna.count()]);
    Ok(by_carel(stage, Statement::RoleChange(RoleChange { resident, role: Role::Resident, counts })))
}

fn a_grant_with_one_signature(stage: &mut Stage) -> Result<Blow, StageError> {
    Ok(by_carel(stage, grant(stage.bart.resident)))
}

fn a_connectors_letter_with_one_signature(stage: &mut Stage) -> Result<Blow, StageError> {
    let letter = letter(stage, Role::Connector);
    Ok(by_carel(stage, letter))
}

fn a_box_with_one_signature(stage: &mut Stage) -> Result<Blow, StageError> {
    let certificate = certificate(stage);
    Ok(by_carel(stage, certificate))
}

fn a_treaty_with_one_signature(stage: &mut Stage) -> Result<Blow, StageError> {
    Ok(by_carel(stage, treaty(stage)))
}

fn a_claim_on_a_proposed_letter(stage: &mut Stage) -> Result<Blow, StageError> {
    let (one_time, expires) = (stage.secret(), stage.now().plus_millis(DAY));
    let invitation = Invitation { key: one_time.public(), role: Role::Connector, expires };
    let invitation = propose(stage, Statement::Invitation(invitation))?;
    let mut friend = Device::new(stage.secret(), stage.home.id);
    let claim = friend.claim(invitation, &one_time, [5; 16], stage.now());
    Ok(Blow::at_home(stage, &claim))
}

/// Carel proposes something.
fn propose(stage: &mut Stage, statement: Statement) -> Result<OperationId, StageError> {
    let mut carel = stage.carel.hand.clone();
    let proposal = stage.state(&mut carel, statement)?.id();
    stage.carel.hand = carel;
    Ok(proposal)
}

fn endorse(stage: &Stage, by: &Person, of: OperationId) -> Blow {
    Blow::at_home(stage, &stage.says(&by.hand, Statement::Endorsement(Endorsement { of })))
}

fn endorsing_ones_own_proposal(stage: &mut Stage) -> Result<Blow, StageError> {
    let of = propose(stage, removal(&stage.dora))?;
    Ok(endorse(stage, &stage.carel, of))
}

fn endorsing_with_a_second_device(stage: &mut Stage) -> Result<Blow, StageError> {
    let tablet = stage.add_device_of_carel()?;
    let of = propose(stage, removal(&stage.dora))?;
    Ok(Blow::at_home(stage, &stage.says(&tablet, Statement::Endorsement(Endorsement { of }))))
}

fn endorsing_what_counts_already(stage: &mut Stage) -> Result<Blow, StageError> {
    let of = propose(stage, removal(&stage.bart))?;
    Ok(endorse(stage, &stage.dora, of))
}

fn a_connectors_recovery_signed_early(stage: &mut Stage) -> Result<Blow, StageError> {
    let recovery = recovery(stage, &stage.fenna.clone());
    let of = propose(stage, recovery)?;
    stage.pass(23 * HOUR)?;
    Ok(endorse(stage, &stage.dora, of))
}

fn a_connectors_recovery_signed_alone(stage: &mut Stage) -> Result<Blow, StageError> {
    let recovery = recovery(stage, &stage.fenna.clone());
    let of = propose(stage, recovery)?;
    stage.pass(25 * HOUR)?;
    Ok(endorse(stage, &stage.carel, of))
}

fn a_connectors_recovery_after_an_objection(stage: &mut Stage) -> Result<Blow, StageError> {
    let recovery = recovery(stage, &stage.fenna.clone());
    let of = propose(stage, recovery)?;
    let mut fenna = stage.fenna.hand.clone();
    stage.state(&mut fenna, Statement::Veto(Veto { of }))?;
    stage.pass(25 * HOUR)?;
    // The objection is among the heads: whoever signs has seen it. Without it among the parents it would not be a lie that
    // helps: the statement that carries it is what everybody builds on.
    let parents = stage.heads().into_iter().chain([of]).collect();
    let signed = stage.says_after(&stage.dora.hand, parents, stage.now(), Statement::Endorsement(Endorsement { of }));
    Ok(Blow::at_home(stage, &signed))
}
