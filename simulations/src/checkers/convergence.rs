//! At rest, everyone entitled to a space sees the same of it.
//!
//! The boxes of one village agree on every row. A neighbour agrees with the village on the rows of its `neighbours` space,
//! as far as the neighbour knows who wrote them: of a comment by somebody from a village it has no agreement with it holds
//! the operation and cannot say who that is.

use std::collections::BTreeSet;
use std::ops::{Bound, ControlFlow};

use dorpsplein_protocol::operation::{NeighbourhoodId, Space};
use dorpsplein_protocol::projection::ItemRow;
use dorpsplein_protocol::store::{Direction, Read, StoreError, Table};
use sha2::{Digest, Sha256};

use super::Failure;
use crate::trace::hex;
use crate::world::{SimulatedBox, World, WorldError};

/// The name of this checker.
const NAME: &str = "convergence";

/// Compares what every box sees; empty when all agree.
///
/// # Errors
/// [`WorldError::Store`] when a box cannot be read.
pub fn check(world: &World) -> Result<Vec<Failure>, WorldError> {
    let mut failures = Vec::new();
    for (number, village) in world.villages.iter().enumerate() {
        let Some((first, others)) = village.boxes.split_first() else { continue };
        let everything = Visible::of(&world.boxes()[*first], |_| true)?;
        for other in others {
            let there = Visible::of(&world.boxes()[*other], |_| true)?;
            failures.extend(everything.differs(&there, *first, *other));
        }
        for neighbour in &village.neighbours {
            let known = known_to(world, *neighbour);
            let shared = |row: &ItemRow| {
                let shared = row.neighbourhood == village.id && row.space == Space::Neighbours;
                shared && known.contains(&row.author.home)
            };
            let here = Visible::of(&world.boxes()[*first], shared)?;
            for at in &world.villages[*neighbour].boxes {
                let there = Visible::of(&world.boxes()[*at], shared)?;
                failures.extend(here.differs(&there, *first, *at));
                failures.extend(compare_registers(world, number, *first, *at));
            }
        }
    }
    Ok(failures)
}

/// How many items the boxes of a world show, all boxes together: a world in which nothing is visible agrees too easily.
///
/// # Errors
/// [`WorldError::Store`] when a box cannot be read.
pub fn visible(world: &World) -> Result<usize, WorldError> {
    world.boxes().iter().map(|simulated| Ok(Visible::of(simulated, |_| true)?.count)).sum()
}

/// What a box shows of some items.
struct Visible {
    hash: [u8; 32],
    count: usize,
}

impl Visible {
    fn of(simulated: &SimulatedBox, shown: impl Fn(&ItemRow) -> bool) -> Result<Self, StoreError> {
        let (mut hash, mut count, mut damaged) = (Sha256::new(), 0, false);
        let all = (Bound::Unbounded, Bound::Unbounded);
        simulated.store.scan(Table::Rows, all, Direction::Ascending, &mut |_, bytes| {
            match ItemRow::decode(bytes) {
                Ok(row) if shown(&row) => {
                    count += 1;
                    hash.update(bytes);
                }
                Ok(_) => {}
                Err(_) => damaged = true,
            }
            ControlFlow::Continue(())
        })?;
        if damaged { Err(StoreError::Damaged("a row")) } else { Ok(Self { hash: hash.finalize().into(), count }) }
    }

    fn differs(&self, other: &Self, here: usize, there: usize) -> Option<Failure> {
        (self.hash != other.hash).then(|| {
            let short = |visible: &Self| format!("{} items, {}", visible.count, hex(&visible.hash[..4]));
            let found = format!("box {here} shows {}; box {there} shows {}", short(self), short(other));
            Failure { checker: NAME, found }
        })
    }
}

/// The neighbourhoods whose residents a village can tell apart: its own and those it has an agreement with.
fn known_to(world: &World, village: usize) -> BTreeSet<NeighbourhoodId> {
    let with = world.villages[village].neighbours.iter().chain([&village]);
    with.map(|known| world.villages[*known].id).collect()
}

/// A neighbour's copy of a register ends where the village's own does.
fn compare_registers(world: &World, village: usize, here: usize, there: usize) -> Option<Failure> {
    let id = world.villages[village].id;
    let heads = |at: usize| world.boxes()[at].replica().registers().get(&id).map(|register| register.heads());
    (heads(here) != heads(there)).then(|| {
        let found = format!("boxes {here} and {there} disagree about the register of village {village}");
        Failure { checker: NAME, found }
    })
}
