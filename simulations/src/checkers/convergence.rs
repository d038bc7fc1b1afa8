//! At rest, everyone entitled to a space sees the same of it.
//!
//! The boxes of one village agree on every row. A neighbour agrees with the village on the rows of its `neighbours` space,
//! as far as both know who wrote them: of a comment by somebody from a village it has no agreement with, a box holds the
//! operation and cannot say who that is.
//!
//! A box whose clock is so far behind that what others signed lies in its future counts that later, and what builds on it
//! as well; until then nobody can ask of it that it shows what others show. Such a box is compared with nobody here, only
//! by [`durability`](super::durability): it has to hold what the others hold. A clock that is ahead excuses nothing.

use std::collections::{BTreeMap, BTreeSet};

use dorpsplein_protocol::operation::{NeighbourhoodId, Space};
use dorpsplein_protocol::projection::ItemRow;
use dorpsplein_protocol::store::StoreError;
use sha2::{Digest, Sha256};

use super::{Checker, Failure, look};
use crate::plan::{BoxId, VillageId};
use crate::world::{Disk, Village, World, WorldError};

/// The name of this checker.
const NAME: &str = "convergence";

/// Compares what boxes see.
#[derive(Default)]
pub struct Convergence {
    looked: u64,
}

impl Checker for Convergence {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "At rest everyone entitled to a space sees the same of it."
    }

    fn looked(&self) -> u64 {
        self.looked
    }

    fn at_rest(&mut self, world: &World) -> Result<Vec<Failure>, WorldError> {
        let mut seen = BTreeMap::new();
        for simulated in world.boxes().filter(|simulated| simulated.running().is_some()) {
            if !look::waits_for_a_time(&simulated.disk)? {
                seen.insert(simulated.id, View::of(&simulated.disk)?);
            }
        }
        let mut failures = Vec::new();
        for village in world.villages() {
            self.compare_boxes(village, &seen, &mut failures);
            self.compare_neighbours(world, village, &seen, &mut failures);
        }
        Ok(failures)
    }
}

impl Convergence {
    /// The boxes of one village show the same of everything.
    fn compare_boxes(&mut self, village: &Village, seen: &BTreeMap<BoxId, View>, failures: &mut Vec<Failure>) {
        let mut boxes = village.boxes.iter().filter_map(|at| Some((at, seen.get(at)?)));
        let Some((first, everything)) = boxes.next() else { return };
        for (other, there) in boxes {
            self.looked += 1;
            let (here, there) = (everything.sum(|_| true), there.sum(|_| true));
            failures.extend(here.differs(&there, *first, *other));
        }
    }

    /// A neighbour shows the same of what a village shares, and its copy of the register ends where the village's own does.
    fn compare_neighbours(
        &mut self,
        world: &World,
        village: &Village,
        seen: &BTreeMap<BoxId, View>,
        failures: &mut Vec<Failure>,
    ) {
        let Some((first, here)) = village.boxes.iter().find_map(|at| Some((at, seen.get(at)?))) else { return };
        for neighbour in &village.neighbours {
            let known: BTreeSet<NeighbourhoodId> =
                known_to(world, *neighbour).intersection(&known_to(world, village.id)).copied().collect();
            let shared = |part: &Part| {
                part.neighbourhood == village.neighbourhood && part.shared && known.contains(&part.author)
            };
            for at in world.boxes_of(*neighbour) {
                let Some(there) = seen.get(at) else { continue };
                self.looked += 1;
                failures.extend(here.sum(shared).differs(&there.sum(shared), *first, *at));
                failures.extend(compare_registers(world, &village.neighbourhood, *first, *at));
            }
        }
    }
}

/// How many items the boxes of a world show, all boxes together: a world in which nothing is visible agrees too easily.
///
/// # Errors
/// [`WorldError::Store`] when a box cannot be read.
pub fn visible(world: &World) -> Result<u64, WorldError> {
    let mut count = 0;
    for simulated in world.boxes() {
        look::each_row(&simulated.disk, |_, _| count += 1)?;
    }
    Ok(count)
}

/// Rows that are compared with the same boxes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    neighbourhood: NeighbourhoodId,
    shared: bool,
    author: NeighbourhoodId,
}

/// What a box shows.
struct View(BTreeMap<Part, Sum>);

impl View {
    fn of(disk: &Disk) -> Result<Self, StoreError> {
        let mut parts: BTreeMap<Part, Sum> = BTreeMap::new();
        look::each_row(disk, |row: ItemRow, bytes| {
            let shared = row.space == Space::Neighbours;
            let part = Part { neighbourhood: row.neighbourhood, shared, author: row.author.home };
            parts.entry(part).or_default().add(bytes);
        })?;
        Ok(Self(parts))
    }

    fn sum(&self, shown: impl Fn(&Part) -> bool) -> Sum {
        let mut all = Sum::default();
        self.0.iter().filter(|(part, _)| shown(part)).for_each(|(_, sum)| all.join(sum));
        all
    }
}

/// Some rows, in whatever order: how many, and what their hashes add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    count: usize,
    hash: [u64; 4],
}

impl Sum {
    fn add(&mut self, row: &[u8]) {
        let digest: [u8; 32] = Sha256::digest(row).into();
        let mut hash = [0; 4];
        for (word, bytes) in hash.iter_mut().zip(digest.chunks_exact(8)) {
            *word = bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
        }
        self.join(&Self { count: 1, hash });
    }

    fn join(&mut self, other: &Self) {
        self.count += other.count;
        for (word, more) in self.hash.iter_mut().zip(other.hash) {
            *word = word.wrapping_add(more);
        }
    }

    fn differs(&self, other: &Self, here: BoxId, there: BoxId) -> Option<Failure> {
        (self != other).then(|| {
            let short = |sum: &Self| format!("{} items, {:08x}", sum.count, sum.hash[0] >> 32);
            let found = format!("box {here} shows {}; box {there} shows {}", short(self), short(other));
            Failure { checker: NAME, found }
        })
    }
}

/// The neighbourhoods whose residents a village can tell apart: its own and those it has an agreement with.
fn known_to(world: &World, village: VillageId) -> BTreeSet<NeighbourhoodId> {
    let Some(own) = world.village(village) else { return BTreeSet::new() };
    let with = own.neighbours.iter().filter_map(|known| world.village(*known)).chain([own]);
    with.map(|known| known.neighbourhood).collect()
}

fn compare_registers(world: &World, id: &NeighbourhoodId, here: BoxId, there: BoxId) -> Option<Failure> {
    let heads = |at| world.at(at)?.replica().registers().get(id).map(|register| register.heads());
    (heads(here) != heads(there)).then(|| {
        let found = format!("boxes {here} and {there} disagree about the register of {id}");
        Failure { checker: NAME, found }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_depend_on_what_is_there_and_on_nothing_else() {
        let sum = |rows: &[&[u8]]| {
            let mut sum = Sum::default();
            rows.iter().for_each(|row| sum.add(row));
            sum
        };
        assert_eq!(sum(&[b"een", b"twee"]), sum(&[b"twee", b"een"]));
        assert_ne!(sum(&[b"een"]), sum(&[b"een", b"een"]));
        assert_ne!(sum(&[b"een"]), sum(&[b"twee"]));
        assert!(sum(&[b"een"]).differs(&sum(&[]), 1, 2).is_some());
    }
}
