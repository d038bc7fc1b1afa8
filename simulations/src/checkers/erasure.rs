//! At rest nobody keeps the text of what was erased: not as a payload, in a row, in the log or in any index.
//!
//! Every text has a mark of 32 bytes in it that occurs nowhere else; the disks of all boxes that know of an erasure, or ought
//! to, are searched for the marks of what it erased, in keys and in values. A village with which an agreement had ended by
//! then keeps what it was given: nobody can force a copy elsewhere; and whether an erasure counts that a device signed which
//! forked out of sight cannot be known next door. What outlives an erasure by design (the objection, the
//! reason) has no part in this.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use dorpsplein_protocol::operation::{ItemId, NeighbourhoodId, Signed, Space};
use dorpsplein_protocol::store::{Direction, Read, Table};

use super::fingerprints::{Fingerprint, Fingerprints};
use super::{Checker, Failure, MAX_FINDINGS, look};
use crate::plan::BoxId;
use crate::world::{World, WorldError};

/// The name of this checker.
const NAME: &str = "erasure";

/// The marks of everything that was written.
#[derive(Default)]
pub struct Erasure {
    marks: BTreeMap<ItemId, Vec<Fingerprint>>,
    looked: u64,
}

/// Where an erased item lived.
type Place = (NeighbourhoodId, Space);

impl Checker for Erasure {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "At rest no box keeps a byte of the text of what was erased."
    }

    fn looked(&self) -> u64 {
        self.looked
    }

    fn written(&mut self, _: &World, operation: &Signed, mark: Option<Fingerprint>) {
        let header = operation.header();
        if let Some(mark) = mark.filter(|_| !header.permanent) {
            self.marks.entry(header.item()).or_default().push(mark);
        }
    }

    fn at_rest(&mut self, world: &World) -> Result<Vec<Failure>, WorldError> {
        let mut erased: BTreeMap<ItemId, Place> = BTreeMap::new();
        let mut known: BTreeMap<BoxId, BTreeSet<ItemId>> = BTreeMap::new();
        let out_of_sight = look::forked_out_of_sight(world)?;
        for simulated in world.boxes() {
            let known = known.entry(simulated.id).or_default();
            look::each_row(&simulated.disk, |row, _| {
                if row.erased.is_some() {
                    known.insert(row.id);
                    // What counts as erased is for the village to say where the item lives.
                    if row.neighbourhood == simulated.home {
                        erased.insert(row.id, (row.neighbourhood, row.space));
                    }
                }
            })?;
        }
        let mut marks = Fingerprints::default();
        for item in erased.keys() {
            for mark in self.marks.get(item).into_iter().flatten() {
                marks.insert(*mark, *item);
            }
        }
        let mut failures = Vec::new();
        for simulated in world.boxes().filter(|_| !marks.is_empty()) {
            let late = look::waits_for_a_time(&simulated.disk)?;
            let is_concerned = |item: &ItemId, place: &Place| {
                let can_know = place.0 == simulated.home || !out_of_sight.contains(item);
                can_know && is_entitled(world, simulated.home, place)
            };
            let concerned = |item: &ItemId| {
                known.get(&simulated.id).is_some_and(|known| known.contains(item))
                    || (!late && erased.get(item).is_some_and(|place| is_concerned(item, place)))
            };
            failures.extend(self.search(world, simulated.id, &marks, concerned)?);
        }
        failures.truncate(MAX_FINDINGS);
        Ok(failures)
    }
}

impl Erasure {
    /// Searches a disk for the marks of items that are no concern of it any more.
    fn search(
        &mut self,
        world: &World,
        at: BoxId,
        marks: &Fingerprints<ItemId>,
        concerned: impl Fn(&ItemId) -> bool,
    ) -> Result<Vec<Failure>, WorldError> {
        let Some(disk) = world.disk(at) else { return Ok(Vec::new()) };
        let mut failures = Vec::new();
        for table in Table::ALL {
            disk.scan(table, look::EVERYTHING, Direction::Ascending, &mut |key, value| {
                self.looked += 1;
                let found = marks.occurring_in(key).chain(marks.occurring_in(value)).flatten();
                for item in found.filter(|item| concerned(item)) {
                    let found = format!("box {at} keeps the text of the erased item {item} in {table:?}");
                    failures.push(Failure { checker: NAME, found });
                }
                ControlFlow::Continue(())
            })?;
        }
        disk.take_cost();
        Ok(failures)
    }
}

/// Whether the boxes of `home` are to hold what lives there now.
fn is_entitled(world: &World, home: NeighbourhoodId, (neighbourhood, space): &Place) -> bool {
    let (Some(owner), Some(here)) = (world.village_of(neighbourhood), world.village_of(&home)) else { return false };
    owner.id == here.id || (*space == Space::Neighbours && owner.neighbours.contains(&here.id))
}
