//! Letting attacks loose, and what came of them.

use dorpsplein_protocol::authority::{Reason, Verdict};
use dorpsplein_protocol::operation::{Signed, Space};
use dorpsplein_protocol::replica::{Accepted, Refusal};
use dorpsplein_protocol::store::{Read, Table};
use serde::Serialize;

use super::{ALL, Attack, Blow, Class, Expected, Stage, StageError};
use crate::world::{Answer, WorldError};

/// What came of an attack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The attack's name.
    pub name: &'static str,
    /// What sort of attack it is.
    pub class: Class,
    /// Who did it.
    pub actor: &'static str,
    /// What had to become of it.
    pub expected: String,
    /// What the form answered.
    pub by_form: String,
    /// What became of it when a peer brought it.
    pub by_peer: String,
    /// Whether it was held off: the right answers, and nothing changed, also after the box started again.
    pub held: bool,
}

/// Lets every attack loose.
///
/// # Errors
/// [`StageError`] when the stage cannot be set.
pub fn run_all() -> Result<Vec<Report>, StageError> {
    ALL.iter().flat_map(|attacks| attacks.iter()).map(run).collect()
}

/// Lets one attack loose twice, each time on a village that knows nothing of it: through a form, and through a peer.
///
/// # Errors
/// [`StageError`] when the stage cannot be set.
pub fn run(attack: &Attack) -> Result<Report, StageError> {
    let (by_form, form_held) = through_a_form(attack)?;
    let (by_peer, peer_held) = through_a_peer(attack)?;
    let expected = match attack.expects {
        Expected::TurnedAway(problem) => format!("turned away: {problem}"),
        Expected::Refused(reason) => format!("refused: {reason:?}"),
        Expected::Waits(problem) => format!("waits: {problem}"),
        Expected::Proposed => "proposed".to_owned(),
        Expected::Known => "known".to_owned(),
    };
    let held = form_held && peer_held;
    Ok(Report { name: attack.name, class: attack.class, actor: attack.actor, expected, by_form, by_peer, held })
}

fn through_a_form(attack: &Attack) -> Result<(String, bool), StageError> {
    let mut stage = Stage::set()?;
    let blow = (attack.make)(&mut stage)?;
    let before = stage.sight(&blow.at)?;
    let answer = submit(&mut stage, &blow)?;
    let unchanged = is_unchanged(&mut stage, &blow, &before)?;
    let right = match (&answer, attack.expects) {
        (Err(refusal @ (Refusal::Signed(_) | Refusal::Validate(_))), Expected::TurnedAway(problem))
        | (Err(refusal @ Refusal::WrongNeighbourhood), Expected::TurnedAway(problem))
        | (Err(refusal @ Refusal::Missing(_)), Expected::Waits(problem)) => refusal.problem() == problem,
        (Err(Refusal::NotPermitted(reason)), Expected::Refused(expected)) => *reason == expected,
        (Ok(accepted), Expected::Known) => accepted.known,
        (Ok(accepted), Expected::Proposed) => !accepted.known && is_proposal(&stage, &blow),
        _ => false,
    };
    let told = match answer {
        Ok(Accepted { known: true, .. }) => "known".to_owned(),
        Ok(_) => "accepted".to_owned(),
        Err(refusal) => refusal.problem().to_owned(),
    };
    Ok(outcome(told, right, unchanged))
}

fn through_a_peer(attack: &Attack) -> Result<(String, bool), StageError> {
    let mut stage = Stage::set()?;
    let blow = (attack.make)(&mut stage)?;
    let before = stage.sight(&blow.at)?;
    let open = stage.bring(&blow.at, blow.transfer.clone())?;
    let unchanged = is_unchanged(&mut stage, &blow, &before)?;
    let (told, right) = match (kept(&stage, &blow)?, attack.expects) {
        (_, Expected::Known) => ("known".to_owned(), open),
        (Kept::Not, Expected::TurnedAway(_)) => ((if open { "dropped" } else { "shown out" }).to_owned(), true),
        (Kept::Not, expected) => ("dropped".to_owned(), open && expected != Expected::Proposed),
        (Kept::Empty, expected) => {
            // Neither what was erased nor what somebody wrote whom nobody here can know is kept with its words.
            let right = matches!(expected, Expected::Refused(Reason::Erased) | Expected::Waits("unknown-author"));
            ("kept, without its text".to_owned(), open && right)
        }
        (Kept::Waiting, expected) => ("kept, waits".to_owned(), open && expected != Expected::Proposed),
        (Kept::Decided(Verdict::Refused(reason)), expected) => {
            // A box that holds what the device said since knows a statement that skips it as a fork, whatever else it is.
            let skips = matches!(attack.class, Class::Backdated | Class::Forked | Class::LockOut);
            let right = expected == Expected::Refused(reason) || (reason == Reason::Forked && skips);
            (format!("kept, refused: {reason:?}"), right)
        }
        (Kept::Decided(_), Expected::Proposed) => ("proposed".to_owned(), is_proposal(&stage, &blow)),
        (Kept::Decided(verdict), _) => (format!("{verdict:?}"), false),
    };
    Ok(outcome(told, right, unchanged))
}

fn outcome(told: String, right: bool, unchanged: bool) -> (String, bool) {
    (if unchanged { told } else { format!("{told}, and something changed") }, right && unchanged)
}

fn submit(stage: &mut Stage, blow: &Blow) -> Result<Result<Accepted, Refusal>, StageError> {
    match stage.world.submit_bytes(blow.at.at, blow.transfer.clone())? {
        Answer::Accepted(accepted) => Ok(Ok(accepted)),
        Answer::Refused(refusal) => Ok(Err(refusal)),
        Answer::Off => Err(StageError::World(WorldError::NoAnswer)),
    }
}

/// Whether the box shows what it showed, now and when it has started again.
fn is_unchanged(stage: &mut Stage, blow: &Blow, before: &str) -> Result<bool, StageError> {
    if stage.sight(&blow.at)? != before {
        return Ok(false);
    }
    stage.world.reopen(blow.at.at)?;
    Ok(stage.sight(&blow.at)? == before)
}

fn is_proposal(stage: &Stage, blow: &Blow) -> bool {
    let register = stage.registers(&blow.at).home();
    let id = Signed::decode(&blow.transfer).map(|operation| operation.id());
    register.proposals().iter().any(|proposal| Ok(proposal.operation) == id)
}

/// How a box keeps an operation.
enum Kept {
    /// It does not.
    Not,
    /// Its register decided about it.
    Decided(Verdict),
    /// It is not permitted, or not yet.
    Waiting,
    /// What it says is gone, because its item was erased.
    Empty,
}

fn kept(stage: &Stage, blow: &Blow) -> Result<Kept, StageError> {
    let Ok(operation) = Signed::decode(&blow.transfer) else { return Ok(Kept::Not) };
    let (id, header) = (operation.id(), operation.header());
    let disk = stage.disk(&blow.at);
    let get = |table, key: &[u8]| disk.get(table, key).map_err(WorldError::from);
    let Some(stored) = get(Table::Operations, id.as_bytes())? else { return Ok(Kept::Not) };
    if Signed::decode(&stored).is_ok_and(|operation| operation.payload().is_none()) {
        return Ok(Kept::Empty);
    }
    if header.space == Space::Register {
        let register = stage.registers(&blow.at).get(&header.neighbourhood());
        let verdict = register.and_then(|register| register.verdict(&id));
        return Ok(verdict.map_or(Kept::Waiting, Kept::Decided));
    }
    let undecided = get(Table::Undecided, &[&header.device.as_bytes()[..], id.as_bytes()].concat())?;
    Ok(if undecided.is_some() { Kept::Waiting } else { Kept::Decided(Verdict::Permitted) })
}
