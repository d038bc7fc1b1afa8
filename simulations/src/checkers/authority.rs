//! Who may do what is a function of what was said: boxes that hold the same statements of a register say the same about each
//! of them and about everybody, and so does a register that is made anew from them in another order.
//!
//! And what they say keeps to the rules: nothing counts that nobody signed, a letter is good for one, two signatures are by
//! two people, what a removal takes is gone, only connectors do what connectors do, and nothing but the decision itself is
//! taken from a device that forked until somebody decided.

use std::collections::BTreeMap;

use dorpsplein_protocol::authority::{InvitationUse, Register};
use dorpsplein_protocol::operation::{Header, NeighbourhoodId, OperationId, Payload, Signed, Statement};
use dorpsplein_protocol::projection;
use dorpsplein_protocol::store::{Read, StoreError, Table};
use dorpsplein_protocol::validate::Valid;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::rules::Written;
use super::{Checker, Failure, MAX_FINDINGS, look};
use crate::plan::BoxId;
use crate::world::{Running, SimulatedBox, World, WorldError};

/// The name of this checker.
const NAME: &str = "authority";

/// A neighbourhood, and the keys of the statements of its register that a box holds.
type Held = (NeighbourhoodId, Vec<Vec<u8>>);

/// Compares registers, with each other and with what was signed.
#[derive(Default)]
pub struct Authority {
    written: Written,
    looked: u64,
    found: Vec<Failure>,
}

impl Checker for Authority {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "Who may do what is the same everywhere, in whatever order it came, and keeps to the rules."
    }

    fn looked(&self) -> u64 {
        self.looked
    }

    fn written(&mut self, _: &World, operation: &Signed, _: Option<[u8; 32]>) {
        self.written.note(operation);
    }

    fn accepted(&mut self, world: &World, at: BoxId, operation: &Signed, known: bool) {
        self.looked += 1;
        // Handing in what is there already is no harm.
        if known {
            return;
        }
        match is_frozen(world, at, operation) {
            Ok(false) => {}
            Ok(true) if self.found.len() >= MAX_FINDINGS => {}
            Ok(true) => {
                let found = format!("box {at} accepted {} from a device that forked", operation.id());
                self.found.push(Failure { checker: NAME, found });
            }
            Err(error) => self.found.push(Failure { checker: NAME, found: format!("box {at}: {error}") }),
        }
    }

    fn at_rest(&mut self, world: &World) -> Result<Vec<Failure>, WorldError> {
        let mut failures = self.compare(world)?;
        for simulated in world.boxes() {
            let Some(running) = simulated.running() else { continue };
            self.looked += 1;
            let broken = self.written.broken_by_rows(&simulated.disk, running.replica().registers())?;
            let at = simulated.id;
            if !somebody_is_left(simulated.running()) {
                let found = format!("on box {at} nobody is left who can let others in");
                failures.push(Failure { checker: NAME, found });
            }
            failures.extend(
                broken.into_iter().map(|found| Failure { checker: NAME, found: format!("on box {at}: {found}") }),
            );
        }
        failures.truncate(MAX_FINDINGS);
        Ok(failures)
    }

    fn found(&mut self) -> Vec<Failure> {
        std::mem::take(&mut self.found)
    }
}

impl Authority {
    /// Compares the registers of all boxes with each other, each with itself made anew and with the rules.
    fn compare(&mut self, world: &World) -> Result<Vec<Failure>, WorldError> {
        let mut failures = Vec::new();
        let mut seen: BTreeMap<Held, (BoxId, String)> = BTreeMap::new();
        for simulated in world.boxes() {
            let (at, Some(running)) = (simulated.id, simulated.running()) else { continue };
            // What waits for its time is held and not taken in.
            if look::waits_for_a_time(&simulated.disk)? {
                continue;
            }
            for register in running.replica().registers().iter() {
                self.looked += 1;
                let id = register.neighbourhood();
                let said = verdicts(register) + &standing(register);
                let held = simulated.disk.keys_with_prefix(Table::Spaces, &register_prefix(&id), usize::MAX)?;
                if let Some((other, there)) = seen.get(&(id, held.clone())) {
                    if *there != said {
                        failures.push(differs(&id, *other, at, there, &said));
                    }
                    continue;
                }
                let anew = made_anew(simulated, register, u64::from(at))?;
                if anew != said {
                    failures.push(differs(&id, at, at, &said, &anew));
                }
                let broken = self.written.broken_by_register(register).into_iter();
                failures
                    .extend(broken.map(|found| Failure { checker: NAME, found: format!("{id} on box {at}: {found}") }));
                seen.insert((id, held), (at, said));
            }
            simulated.disk.take_cost();
        }
        Ok(failures)
    }
}

/// Whether a connector with a device that signs, or a card to add one, is there, in a village that was founded.
fn somebody_is_left(running: Option<&Running>) -> bool {
    let Some(register) = running.map(|running| running.replica().registers().home()) else { return true };
    register.name().is_none() || register.connector_count() > 0
}

/// Whether a device goes on behind a number that it used twice, and nobody decided which of the two counts.
fn is_frozen(world: &World, at: BoxId, operation: &Signed) -> Result<bool, StoreError> {
    let (Some(disk), Some(running)) = (world.disk(at), world.at(at)) else { return Ok(false) };
    let header = operation.header();
    // Where nobody else could, the device itself says which branch counts: one fork at a time, if there is more than one.
    let said = operation.payload().map(Payload::decode);
    let decides =
        matches!(said, Some(Ok(Payload::Statement(Statement::ForkDecision(said)))) if said.device == header.device);
    if decides || !look::has_forked(disk, &header.device)? {
        return Ok(false);
    }
    let registers = running.replica().registers();
    let decided = |of: &Header| registers.get(&of.home())?.fork_decision(&of.device, of.sequence);
    let branches = projection::branches(disk, &header.device, decided)?;
    disk.take_cost();
    // Up to the fork all counts, and so does the branch that won so far; both may be handed in again.
    Ok(branches.undecided().is_some_and(|forked| header.sequence > forked))
}

/// Everything a register says about people, devices, letters, boxes and organisations, as text to compare and to read. What
/// only waits for a second signature is left out: it changes nothing yet.
pub fn standing(register: &Register) -> String {
    let mut lines: Vec<String> = register.residents().map(|resident| format!("{resident:?}")).collect();
    let in_force = |state: &InvitationUse| !matches!(state, InvitationUse::Proposed);
    let letters = register.invitations().filter(|letter| in_force(&letter.state));
    lines.extend(letters.map(|letter| format!("{letter:?}")));
    lines.extend(register.boxes().map(|(_, certificate)| format!("{certificate:?}")));
    lines.extend(register.organisations().map(|organisation| format!("{organisation:?}")));
    lines.extend(register.areas().map(|area| format!("{area:?}")));
    lines.sort_unstable();
    lines.join("\n")
}

/// The verdict about every statement of a register, in the order of their ids.
fn verdicts(register: &Register) -> String {
    let verdicts: BTreeMap<OperationId, String> =
        register.statements().map(|entry| (entry.operation, format!("{:?}", entry.verdict))).collect();
    verdicts.iter().map(|(id, verdict)| format!("{id} {verdict}\n")).collect()
}

/// What a register says that is made from the same statements in another order.
fn made_anew(simulated: &SimulatedBox, register: &Register, seed: u64) -> Result<String, StoreError> {
    let mut statements = Vec::new();
    for entry in register.statements() {
        let stored = projection::operation(&simulated.disk, &entry.operation)?;
        let valid = stored.as_deref().and_then(read_statement).ok_or(StoreError::Damaged("a statement"))?;
        statements.push(valid);
    }
    statements.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    let anew = Register::of(register.neighbourhood(), &statements);
    Ok(verdicts(&anew) + &standing(&anew))
}

fn read_statement(transfer: &[u8]) -> Option<Valid> {
    let verified = Signed::decode(transfer).ok()?.verify().ok()?;
    Valid::check(&verified).ok()
}

/// What the keys of a register's statements start with in the table of spaces.
fn register_prefix(id: &NeighbourhoodId) -> Vec<u8> {
    [&id.as_bytes()[..], &[0]].concat()
}

fn differs(id: &NeighbourhoodId, here: BoxId, there: BoxId, one: &str, other: &str) -> Failure {
    let line = one.lines().zip(other.lines()).find(|(one, other)| one != other);
    let found = match line {
        Some((one, other)) => format!("{id} on boxes {here} and {there}: {one} against {other}"),
        None => format!("{id} on boxes {here} and {there}: {} against {} bytes", one.len(), other.len()),
    };
    Failure { checker: NAME, found }
}
