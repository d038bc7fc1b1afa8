//! At rest nobody keeps the text of what was erased, and no village that of what was moved out of its sight: not as a
//! payload, in a row, in the log or in any index.
//!
//! Every text has a mark of 32 bytes in it that occurs nowhere else; the disks of all boxes that know of an erasure, or ought
//! to, are searched for the marks of what it erased, in keys and in values; and so are the disks next door for what is not
//! for them any more. A village with which an agreement had ended by
//! then keeps what it was given: nobody can force a copy elsewhere; and whether an erasure counts that a device signed which
//! forked out of sight cannot be known next door. What outlives an erasure by design (the objection, the
//! reason) has no part in this.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use dorpsplein_protocol::operation::{ItemId, NeighbourhoodId, OperationId, Signed, Space};
use dorpsplein_protocol::store::{Direction, Read, Table};

use super::audiences::Audiences;
use super::by_id::ById;
use super::fingerprints::{Fingerprint, Fingerprints};
use super::reach::Reach;
use super::{Checker, Failure, MAX_FINDINGS, look};
use crate::plan::BoxId;
use crate::world::{World, WorldError};

/// The name of this checker.
const NAME: &str = "erasure";

/// What happened to an item that is for others than it was.
const MOVED: &str = "moved";

/// The marks of everything that was written.
#[derive(Default)]
pub struct Erasure {
    marks: ById<ItemId, Vec<Fingerprint>>,
    audiences: Audiences,
    looked: u64,
}

/// Where an item lives, or lived, and a box there that says so.
#[derive(Clone, Copy)]
struct Place {
    neighbourhood: NeighbourhoodId,
    space: Space,
    at: BoxId,
}

/// What a box of its own village says of an item.
#[derive(Default)]
struct Gone {
    /// What was erased.
    erased: BTreeMap<ItemId, Place>,
    /// What was moved, or answers that, and for whom it is.
    moved: BTreeMap<ItemId, Place>,
    /// What each box shows as erased.
    known: BTreeMap<BoxId, BTreeSet<ItemId>>,
}

impl Checker for Erasure {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "At rest no box keeps a byte of the text of what was erased, or moved out of its sight."
    }

    fn looked(&self) -> u64 {
        self.looked
    }

    fn written(&mut self, _: &World, operation: &Signed, mark: Option<Fingerprint>) {
        let header = operation.header();
        self.audiences.note(operation);
        if let Some(mark) = mark.filter(|_| !header.permanent) {
            self.marks.entry(header.item()).or_default().push(mark);
        }
    }

    fn at_rest(&mut self, world: &World) -> Result<Vec<Failure>, WorldError> {
        let (gone, reach) = (self.gone(world)?, Reach::of(world)?);
        let out_of_sight = look::forked_out_of_sight(world)?;
        let mut marks = Fingerprints::default();
        for item in gone.erased.keys().chain(gone.moved.keys()) {
            for mark in self.marks.get(item).into_iter().flatten() {
                marks.insert(*mark, *item);
            }
        }
        let mut failures = Vec::new();
        for simulated in world.boxes().filter(|_| !marks.is_empty()) {
            let late = look::waits_for_a_time(&simulated.disk)?;
            let can_know = |item: &ItemId, place: &Place| {
                !late && (place.neighbourhood == simulated.home || !out_of_sight.contains(item))
            };
            let was_erased = |item: &ItemId| {
                let known = gone.known.get(&simulated.id).is_some_and(|known| known.contains(item));
                let ought = |place: &&Place| {
                    let joined = || reach_joins(world, &reach, place, simulated.id);
                    can_know(item, place) && is_entitled(world, simulated.home, place) && joined()
                };
                known || gone.erased.get(item).filter(ought).is_some()
            };
            let was_moved = |item: &ItemId| {
                let ought = |place: &&Place| {
                    let joined = || reach_joins(world, &reach, place, simulated.id);
                    can_know(item, place) && is_out_of_sight(world, simulated.home, place) && joined()
                };
                gone.moved.get(item).filter(ought).is_some()
            };
            failures.extend(self.search(world, simulated.id, &marks, |item| {
                match (was_erased(item), was_moved(item)) {
                    (true, _) => Some("erased"),
                    (false, true) => Some(MOVED),
                    (false, false) => None,
                }
            })?);
        }
        failures.truncate(MAX_FINDINGS);
        Ok(failures)
    }
}

impl Erasure {
    /// What the boxes say was erased, and what was moved.
    fn gone(&self, world: &World) -> Result<Gone, WorldError> {
        let mut gone = Gone::default();
        for simulated in world.boxes() {
            let mut moved = Vec::new();
            look::each_row(&simulated.disk, |row, _| {
                let place = Place { neighbourhood: row.neighbourhood, space: row.space, at: simulated.id };
                // What counts as erased, and for whom it is, is for the village to say where the item lives.
                let is_home = row.neighbourhood == simulated.home;
                if row.erased.is_some() {
                    gone.known.entry(simulated.id).or_default().insert(row.id);
                    gone.erased.extend(is_home.then_some((row.id, place)));
                }
                if is_home && self.audiences.was_moved(&row.id) {
                    moved.push((row.id, place));
                }
            })?;
            for (item, place) in moved {
                if self.audiences.is_moved(&simulated.disk, &item)? {
                    gone.moved.insert(item, place);
                }
            }
        }
        Ok(gone)
    }

    /// Searches a disk for the marks of items that are no concern of it any more.
    fn search(
        &mut self,
        world: &World,
        at: BoxId,
        marks: &Fingerprints<ItemId>,
        gone: impl Fn(&ItemId) -> Option<&'static str>,
    ) -> Result<Vec<Failure>, WorldError> {
        let Some(disk) = world.disk(at) else { return Ok(Vec::new()) };
        let mut failures = Vec::new();
        for table in Table::ALL {
            disk.scan(table, look::EVERYTHING, Direction::Ascending, &mut |key, value| {
                self.looked += 1;
                let found = marks.occurring_in(key).chain(marks.occurring_in(value)).flatten();
                for (item, how) in found.filter_map(|item| Some((item, gone(item)?))) {
                    // What an enemy brought of it waits, within bounds, like all that nothing permits.
                    let waits = || OperationId::try_from(key).is_ok_and(|id| !look::counts(disk, &id).unwrap_or(true));
                    if how == MOVED && table == Table::Operations && waits() {
                        continue;
                    }
                    let found = format!("box {at} keeps the text of the {how} item {item} in {table:?}");
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
fn is_entitled(world: &World, home: NeighbourhoodId, place: &Place) -> bool {
    place.neighbourhood == home || (place.space == Space::Neighbours && are_neighbours(world, home, place))
}

/// Whether the boxes of `home` may have held what lives there now, and are not to hold it.
fn is_out_of_sight(world: &World, home: NeighbourhoodId, place: &Place) -> bool {
    place.neighbourhood != home && place.space != Space::Neighbours && are_neighbours(world, home, place)
}

fn are_neighbours(world: &World, home: NeighbourhoodId, place: &Place) -> bool {
    let (owner, here) = (world.village_of(&place.neighbourhood), world.village_of(&home));
    owner.zip(here).is_some_and(|(owner, here)| owner.neighbours.contains(&here.id))
}

/// Whether a box can have heard from the village where an item lives.
fn reach_joins(world: &World, reach: &Reach, place: &Place, at: BoxId) -> bool {
    world.village_of(&place.neighbourhood).is_some_and(|owner| reach.joins(owner.id, true, place.at, at))
}
