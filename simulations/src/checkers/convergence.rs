//! At rest, everyone entitled to a space sees the same of it.
//!
//! The boxes of one village agree on every row, and on which of the photos in it are there. A neighbour agrees with the
//! village on the rows of its `neighbours` space, and of a circle to which both belong as both know, as far as both know who wrote them: of a comment by somebody from a village it has no agreement with, a box holds the
//! operation and cannot say who that is.
//!
//! A box whose clock is so far behind that what others signed lies in its future counts that later, and what builds on it
//! as well; until then nobody can ask of it that it shows what others show. Such a box is compared with nobody. A clock that
//! is ahead excuses nothing.
//! An item that a device wrote about that forked out of sight of those next door is not compared with them: which of two
//! operations with one number counts they cannot know as long as one of the two is for the village alone.
//! What somebody wrote with a device that fills the room there is for what nothing permits is compared with nobody's.
//! Neither are boxes compared that no line joins, directly or through others entitled to the same.

use std::collections::{BTreeMap, BTreeSet};

use dorpsplein_protocol::operation::{ItemId, NeighbourhoodId, Space};
use dorpsplein_protocol::photo::PhotoId;
use dorpsplein_protocol::projection::ItemRow;
use dorpsplein_protocol::store::StoreError;
use sha2::{Digest, Sha256};

use super::circles::meet_in;
use super::reach::Reach;
use super::{Checker, Failure, look};
use crate::plan::BoxId;
use crate::world::{SimulatedBox, Village, World, WorldError};

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
        let (out_of_sight, left_out) = (look::forked_out_of_sight(world)?, look::without_room_anywhere(world)?);
        let excused = Excused { out_of_sight, left_out };
        for simulated in world.boxes().filter(|simulated| simulated.running().is_some()) {
            if !look::waits_for_a_time(&simulated.disk)? {
                seen.insert(simulated.id, View::of(simulated, &excused)?);
            }
        }
        let reach = Reach::of(world)?;
        let known = seen.keys().map(|at| (*at, reach.known_to(world, *at))).collect();
        let looks = Looks { world, reach, seen, known, excused };
        let mut failures = Vec::new();
        for village in world.villages() {
            let (compared, found) = looks.compare(village)?;
            self.looked += compared;
            failures.extend(found);
        }
        Ok(failures)
    }
}

/// What every box shows, and what it can know.
struct Looks<'a> {
    world: &'a World,
    reach: Reach,
    seen: BTreeMap<BoxId, View>,
    known: BTreeMap<BoxId, BTreeSet<NeighbourhoodId>>,
    excused: Excused,
}

impl Looks<'_> {
    /// Compares the boxes of a village with each other, and what it shares with those next door. Says how many comparisons
    /// that took.
    fn compare(&self, village: &Village) -> Result<(u64, Vec<Failure>), StoreError> {
        let (mut compared, mut failures) = (0, Vec::new());
        let own = village.boxes.iter().filter_map(|at| Some((*at, self.seen.get(at)?)));
        let near = village.neighbours.iter().flat_map(|neighbour| self.world.boxes_of(*neighbour));
        let near: Vec<(BoxId, &View)> = near.filter_map(|at| Some((*at, self.seen.get(at)?))).collect();
        let own: Vec<(BoxId, &View)> = own.collect();
        for (number, (here, view)) in own.iter().enumerate() {
            for (there, other) in &own[number + 1..] {
                // Each against one that comes before it is enough; what agrees with the same agrees.
                if number > 0 && self.reach.joins(village.id, false, own[0].0, *there) {
                    continue;
                }
                if self.reach.joins(village.id, false, *here, *there) {
                    compared += 1;
                    let known = self.known_to_both(*here, *there);
                    let part = |part: &Part| known.contains(&part.author) && known.contains(&part.neighbourhood);
                    failures.extend(self.differ([(*here, view), (*there, other)], &part)?);
                }
            }
        }
        for (there, other) in &near {
            let mut joined = own.iter().filter(|(here, _)| self.reach.joins(village.id, true, *here, *there));
            let Some((here, view)) = joined.next() else { continue };
            compared += 1;
            let known = self.known_to_both(*here, *there);
            let shared = |part: &Part| {
                let ours = part.neighbourhood == village.neighbourhood && self.is_shared(part, *here, *there);
                ours && !part.out_of_sight && known.contains(&part.author)
            };
            failures.extend(self.differ([(*here, view), (*there, other)], &shared)?);
            failures.extend(compare_registers(self.world, &village.neighbourhood, *here, *there));
        }
        Ok((compared, failures))
    }

    /// Whether what a village shows in a part is for the other box's village too: for all neighbours, or for a circle of which
    /// both know that both belong to it.
    fn is_shared(&self, part: &Part, here: BoxId, there: BoxId) -> bool {
        match (part.abroad, self.world.simulated(there)) {
            (Some(Space::Circle(circle)), Some(other)) => {
                let both = [part.neighbourhood, other.home];
                [here, there].iter().all(|at| meet_in(self.world, *at, &circle, both))
            }
            (abroad, _) => abroad.is_some(),
        }
    }

    /// What differs between two boxes in these parts, if anything does.
    fn differ(&self, views: [(BoxId, &View); 2], part: &dyn Fn(&Part) -> bool) -> Result<Option<Failure>, StoreError> {
        let sums = views.map(|(at, view)| (at, view.sum(part)));
        if sums[0].1 == sums[1].1 {
            return Ok(None);
        }
        let shown = sums.map(|(at, sum)| {
            let Sum { count, photos, hash } = sum;
            format!("box {at} shows {count} items and {photos} photos, {:08x}", hash[0] >> 32)
        });
        let rows = [self.rows(views[0].0, part)?, self.rows(views[1].0, part)?];
        let differs = |(id, row): &(&ItemId, &ItemRow)| rows.iter().any(|rows| rows.get(*id) != Some(*row));
        let example = rows.iter().flatten().find(differs).map(|(id, row)| {
            let counted = rows.each_ref().map(|rows| rows.get(id).map_or(0, |row| row.operations.len()));
            format!("; {:?} {id} of {} comes to {counted:?} operations", row.kind, row.author.device)
        });
        let found = format!("{}; {}{}", shown[0], shown[1], example.unwrap_or_default());
        Ok(Some(Failure { checker: NAME, found }))
    }

    /// What a box shows in these parts.
    fn rows(&self, at: BoxId, shown: &dyn Fn(&Part) -> bool) -> Result<Rows, StoreError> {
        let mut rows = Rows::new();
        let Some(disk) = self.world.disk(at) else { return Ok(rows) };
        look::each_row(disk, |row, _| {
            if self.excused.part_of(&row).is_some_and(|part| shown(&part)) {
                rows.insert(row.id, row);
            }
        })?;
        Ok(rows)
    }

    fn known_to_both(&self, here: BoxId, there: BoxId) -> BTreeSet<NeighbourhoodId> {
        match (self.known.get(&here), self.known.get(&there)) {
            (Some(here), Some(there)) => here.intersection(there).copied().collect(),
            _ => BTreeSet::new(),
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
    /// For whom it is next door, if it is for anybody there.
    abroad: Option<Space>,
    out_of_sight: bool,
    author: NeighbourhoodId,
}

/// What no box is asked to show as others do.
struct Excused {
    /// Items that those next door may count otherwise.
    out_of_sight: BTreeSet<ItemId>,
    /// Items that are compared with nobody's.
    left_out: BTreeSet<ItemId>,
}

impl Excused {
    /// The part a row is compared with; none when it is not compared.
    fn part_of(&self, row: &ItemRow) -> Option<Part> {
        let abroad = Some(row.space).filter(|space| space.goes_abroad());
        let out_of_sight = self.out_of_sight.contains(&row.id);
        let part = Part { neighbourhood: row.neighbourhood, abroad, out_of_sight, author: row.author.home };
        (!self.left_out.contains(&row.id)).then_some(part)
    }
}

type Rows = BTreeMap<ItemId, ItemRow>;

/// What a box shows.
struct View(BTreeMap<Part, Sum>);

impl View {
    fn of(simulated: &SimulatedBox, excused: &Excused) -> Result<Self, StoreError> {
        let mut parts: BTreeMap<Part, Sum> = BTreeMap::new();
        look::each_row(&simulated.disk, |row, bytes| {
            if let Some(part) = excused.part_of(&row) {
                let shown = row.content.photos.iter().filter(|shown| simulated.shelf.holds(&shown.photo.id));
                let photos: Vec<PhotoId> = shown.map(|shown| shown.photo.id).collect();
                parts.entry(part).or_default().add(bytes, &photos);
            }
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
    /// Of how many photos in them the files are there.
    photos: usize,
    hash: [u64; 4],
}

impl Sum {
    /// Adds a row, and the photos in it that are there.
    fn add(&mut self, row: &[u8], photos: &[PhotoId]) {
        let hash = photos.iter().fold(Sha256::new_with_prefix(row), |hash, photo| hash.chain_update(photo.as_bytes()));
        let digest: [u8; 32] = hash.finalize().into();
        let mut hash = [0; 4];
        for (word, bytes) in hash.iter_mut().zip(digest.chunks_exact(8)) {
            *word = bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
        }
        self.join(&Self { count: 1, photos: photos.len(), hash });
    }

    fn join(&mut self, other: &Self) {
        self.count += other.count;
        self.photos += other.photos;
        for (word, more) in self.hash.iter_mut().zip(other.hash) {
            *word = word.wrapping_add(more);
        }
    }
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
            rows.iter().for_each(|row| sum.add(row, &[]));
            sum
        };
        assert_eq!(sum(&[b"een", b"twee"]), sum(&[b"twee", b"een"]));
        assert_ne!(sum(&[b"een"]), sum(&[b"een", b"een"]));
        assert_ne!(sum(&[b"een"]), sum(&[b"twee"]));
    }
}
