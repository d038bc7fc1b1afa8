//! Who may do what is a function of what was said: boxes that hold the same statements of a register say the same about each
//! of them and about everybody, and so does a register that is made anew from them in another order.

use std::collections::BTreeMap;

use dorpsplein_protocol::authority::{InvitationUse, Register};
use dorpsplein_protocol::operation::{NeighbourhoodId, OperationId, Signed};
use dorpsplein_protocol::projection;
use dorpsplein_protocol::store::{Read, StoreError, Table};
use dorpsplein_protocol::validate::Valid;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::Failure;
use crate::world::{SimulatedBox, World, WorldError};

/// The name of this checker.
const NAME: &str = "authority";

/// A neighbourhood, and the keys of the statements of its register that a box holds.
type Held = (NeighbourhoodId, Vec<Vec<u8>>);

/// Compares the registers of all boxes with each other, and each with itself made anew; empty when all agree.
///
/// # Errors
/// [`WorldError::Store`] when a box cannot be read.
pub fn check(world: &World) -> Result<Vec<Failure>, WorldError> {
    let mut failures = Vec::new();
    let mut seen: BTreeMap<Held, (usize, String)> = BTreeMap::new();
    for (at, simulated) in world.boxes().iter().enumerate() {
        for register in simulated.replica().registers().iter() {
            let id = register.neighbourhood();
            let said = verdicts(register) + &standing(register);
            let held = simulated.store.keys_with_prefix(Table::Spaces, &register_prefix(&id), usize::MAX)?;
            if let Some((other, there)) = seen.get(&(id, held.clone())) {
                if *there != said {
                    failures.push(differs(&id, *other, at, there, &said));
                }
                continue;
            }
            let anew = made_anew(simulated, register, at as u64)?;
            if anew != said {
                failures.push(differs(&id, at, at, &said, &anew));
            }
            seen.insert((id, held), (at, said));
        }
    }
    Ok(failures)
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
        let stored = projection::operation(&simulated.store, &entry.operation)?;
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

fn differs(id: &NeighbourhoodId, here: usize, there: usize, one: &str, other: &str) -> Failure {
    let line = one.lines().zip(other.lines()).find(|(one, other)| one != other);
    let found = match line {
        Some((one, other)) => format!("{id} on boxes {here} and {there}: {one} against {other}"),
        None => format!("{id} on boxes {here} and {there}: {} against {} bytes", one.len(), other.len()),
    };
    Failure { checker: NAME, found }
}
