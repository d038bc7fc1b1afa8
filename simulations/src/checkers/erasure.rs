//! At rest nobody keeps the text of what was erased, and no village that of what was moved out of its sight: not as a
//! payload, in a row, in the log, in any index or as a photo.
//!
//! Every text has a mark of 32 bytes in it that occurs nowhere else; the disks of all boxes that know of an erasure, or ought
//! to, are searched for the marks of what it erased, in keys and in values; and so are the disks next door for what is not
//! for them any more. A village with which an agreement, or a circle, had ended by then keeps what it was given in it: nobody
//! can force a copy elsewhere; and whether an erasure counts that a device signed which forked out of sight cannot be known
//! next door. What outlives an erasure by design (the objection, the reason) has no part in this.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use dorpsplein_protocol::operation::{ItemId, NeighbourhoodId, OperationId, Signed, Space};
use dorpsplein_protocol::store::{Direction, Read, Table};

use super::audiences::Audiences;
use super::by_id::ById;
use super::circles::meet_in;
use super::fingerprints::{Fingerprint, Fingerprints};
use super::reach::Reach;
use super::{Checker, Failure, MAX_FINDINGS, look};
use crate::plan::BoxId;
use crate::world::{SimulatedBox, World, WorldError};

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
        let (mut failures, mut looked) = (Vec::new(), self.looked);
        let audiences = &self.audiences;
        for simulated in world.boxes().filter(|_| !marks.is_empty()) {
            let late = look::waits_for_a_time(&simulated.disk)?;
            let untold = self.untold(world, simulated, &gone)?;
            let can_know = |item: &ItemId, place: &Place| {
                !late && (place.neighbourhood == simulated.home || !out_of_sight.contains(item))
            };
            let was_erased = |item: &ItemId| {
                let known = gone.known.get(&simulated.id).is_some_and(|known| known.contains(item));
                let ought = |place: &&Place| {
                    let joined = || reach_joins(world, &reach, place, simulated.id);
                    can_know(item, place) && is_entitled(world, simulated, place) && joined()
                };
                known || gone.erased.get(item).filter(ought).is_some()
            };
            let was_moved = |item: &ItemId| {
                let ought = |place: &&Place| {
                    let joined = || reach_joins(world, &reach, place, simulated.id);
                    can_know(item, place) && is_out_of_sight(world, simulated, place, audiences) && joined()
                };
                !untold.contains(item) && gone.moved.get(item).filter(ought).is_some()
            };
            failures.extend(search(world, simulated, &marks, &mut looked, |item| {
                match (was_erased(item), was_moved(item)) {
                    (true, _) => Some("erased"),
                    (false, true) => Some(MOVED),
                    (false, false) => None,
                }
            })?);
        }
        self.looked = looked;
        failures.truncate(MAX_FINDINGS);
        Ok(failures)
    }
}

impl Erasure {
    /// What left the sight of a box without its hearing of it: that was said in a circle in which the two villages met, and meet
    /// no more.
    fn untold(&self, world: &World, simulated: &SimulatedBox, gone: &Gone) -> Result<BTreeSet<ItemId>, WorldError> {
        let mut untold = BTreeSet::new();
        for (item, place) in gone.moved.iter().filter(|(_, place)| place.neighbourhood != simulated.home) {
            let Some(disk) = world.disk(place.at) else { continue };
            let both = [simulated.home, place.neighbourhood];
            let ever_met = |space: Space| match space {
                Space::Circle(circle) => self.audiences.circles().met_in(&circle, both[0], both[1]),
                space => space == Space::Neighbours,
            };
            let said_in = self.audiences.moved_last_in(disk, item, ever_met)?;
            let ended =
                |space: &Space| matches!(space, Space::Circle(circle) if !meet_in(world, place.at, circle, both));
            if !said_in.is_empty() && said_in.iter().all(ended) {
                untold.insert(*item);
            }
        }
        Ok(untold)
    }

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
}

/// Searches a box for the marks of items that are no concern of it any more, and counts where it looked.
fn search(
    world: &World,
    simulated: &SimulatedBox,
    marks: &Fingerprints<ItemId>,
    looked: &mut u64,
    gone: impl Fn(&ItemId) -> Option<&'static str>,
) -> Result<Vec<Failure>, WorldError> {
    let (disk, at, mut failures) = (&simulated.disk, simulated.id, Vec::new());
    for (photo, file) in
        simulated.shelf.files().filter(|(photo, _)| !simulated.shelf.was_offered_lately(photo, world.now))
    {
        *looked += 1;
        for (item, how) in marks.occurring_in(file).flatten().filter_map(|item| Some((item, gone(item)?))) {
            let found = format!("box {at} keeps the photo {photo} of the {how} item {item}");
            failures.push(Failure { checker: NAME, found });
        }
    }
    for table in Table::ALL {
        disk.scan(table, look::EVERYTHING, Direction::Ascending, &mut |key, value| {
            *looked += 1;
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

/// Whether a box is to hold what lives there now.
fn is_entitled(world: &World, simulated: &SimulatedBox, place: &Place) -> bool {
    let home = simulated.home;
    let shared = || match place.space {
        Space::Neighbours => true,
        Space::Circle(circle) => {
            let both = [home, place.neighbourhood];
            [place.at, simulated.id].iter().all(|at| meet_in(world, *at, &circle, both))
        }
        _ => false,
    };
    place.neighbourhood == home || (are_neighbours(world, home, place) && shared())
}

/// Whether a box may have held what lives there now, and is not to hold it. What was for a circle in which it ever met
/// the village stays.
fn is_out_of_sight(world: &World, simulated: &SimulatedBox, place: &Place, audiences: &Audiences) -> bool {
    let home = simulated.home;
    let stays = match place.space {
        Space::Neighbours => true,
        Space::Circle(circle) => audiences.circles().met_in(&circle, home, place.neighbourhood),
        _ => false,
    };
    place.neighbourhood != home && !stays && are_neighbours(world, home, place)
}

fn are_neighbours(world: &World, home: NeighbourhoodId, place: &Place) -> bool {
    let (owner, here) = (world.village_of(&place.neighbourhood), world.village_of(&home));
    owner.zip(here).is_some_and(|(owner, here)| owner.neighbours.contains(&here.id))
}

/// Whether a box can have heard from the village where an item lives.
fn reach_joins(world: &World, reach: &Reach, place: &Place, at: BoxId) -> bool {
    world.village_of(&place.neighbourhood).is_some_and(|owner| reach.joins(owner.id, true, place.at, at))
}
