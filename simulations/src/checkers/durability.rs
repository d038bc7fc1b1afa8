//! Nothing that was acknowledged is lost: when the power of a box comes back, every operation it accepted stands on its disk;
//! and at rest it stands, with its text and the photo it shows, on every box of everyone entitled to it.
//!
//! A box may drop what it cannot count and has no room for: of a device of which it keeps as many uncounted operations as the
//! bound allows, it owes no more. A box whose clock is behind waits with what it hears from others, and with what builds on
//! that, until the time has come. Of an author from a village with which it has no agreement it keeps no words; and of what
//! somebody moved, or what answers that, only the boxes of the village where it lives are sure to keep them; and the words of
//! a visitor's answer go with the rest where what it answers left their sight, also when they had got no further than that.

use std::collections::{BTreeMap, BTreeSet};

use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::{Edit, Field, ItemId, NeighbourhoodId, OperationId, Payload, Signed, Space};
use dorpsplein_protocol::photo::{Photo, PhotoId};
use dorpsplein_protocol::projection;
use dorpsplein_protocol::store::StoreError;

use super::audiences::Audiences;
use super::reach::Reach;
use super::{Checker, Failure, MAX_FINDINGS, look};
use crate::plan::BoxId;
use crate::world::{SimulatedBox, World, WorldError};

/// The name of this checker.
const NAME: &str = "durability";

/// What was accepted, and where.
#[derive(Default)]
pub struct Durability {
    accepted: BTreeMap<BoxId, Vec<Promise>>,
    /// What somebody erased, answered or not. The text is gone for good then, also when the erasure no longer counts because
    /// whoever did it was removed.
    erased: BTreeSet<ItemId>,
    /// The photos that operations put into a field of an item, by the field. One that was replaced is thrown away, and is not
    /// there when the edit that replaced it turns out not to count.
    photos: BTreeMap<(ItemId, Field), BTreeSet<PhotoId>>,
    audiences: Audiences,
    looked: u64,
    found: Vec<Failure>,
}

/// An operation that somebody was told was accepted.
#[derive(Clone, Copy)]
struct Promise {
    operation: OperationId,
    item: ItemId,
    neighbourhood: NeighbourhoodId,
    space: Space,
    home: NeighbourhoodId,
    device: PublicKey,
}

impl Durability {
    /// Whether a box still has what it is to have; `excused` are devices of which it owes no more.
    fn kept(
        &mut self,
        simulated: &SimulatedBox,
        promise: &Promise,
        excused: &BTreeSet<PublicKey>,
    ) -> Result<Kept, StoreError> {
        self.looked += 1;
        let Some(operation) = look::operation(&simulated.disk, &promise.operation)? else {
            return Ok(if excused.contains(&promise.device) { Kept::Whole } else { Kept::Not });
        };
        let visits = promise.home != promise.neighbourhood;
        let moved = (simulated.home != promise.neighbourhood || visits) && self.audiences.was_moved(&promise.item);
        let is_whole = operation.payload().is_some() || moved || self.erased.contains(&promise.item);
        if !is_whole {
            return Ok(Kept::WithoutText);
        }
        Ok(if self.lacks_photo(simulated, &operation)? { Kept::WithoutPhoto } else { Kept::Whole })
    }

    fn check(
        &mut self,
        world: &World,
        [from, at]: [BoxId; 2],
        promise: &Promise,
        excused: &BTreeSet<PublicKey>,
    ) -> Result<Option<Failure>, StoreError> {
        let Some(simulated) = world.simulated(at) else { return Ok(None) };
        let what = match self.kept(simulated, promise, excused)? {
            Kept::Whole => return Ok(None),
            Kept::WithoutText => "has the envelope and not the text of",
            Kept::WithoutPhoto => "does not have the photo that it shows for",
            Kept::Not => "does not have",
        };
        let said = world.disk(from).map(|disk| look::operation(disk, &promise.operation)).transpose()?.flatten();
        let payload = said.and_then(|said| said.payload().map(|payload| format!("{:.120?}", Payload::decode(payload))));
        let payload = payload.unwrap_or_else(|| "what is gone there as well".to_owned());
        let found = format!("box {at} {what} {}, which box {from} accepted: {payload}", promise.operation);
        Ok(Some(Failure { checker: NAME, found }))
    }
}

impl Durability {
    /// Whether a box shows a photo that an operation put into its item, and does not have it.
    fn lacks_photo(&self, simulated: &SimulatedBox, operation: &Signed) -> Result<bool, StoreError> {
        let Some(Ok(Payload::Edits(edits))) = operation.payload().map(Payload::decode) else { return Ok(false) };
        let item = operation.header().item();
        for edit in &edits {
            let (Edit::Set { field, .. }, Some(photo)) = (edit, Photo::set_by(edit)) else { continue };
            let stayed = self.photos.get(&(item, *field)).is_none_or(|photos| photos.len() == 1);
            if simulated.shelf.holds(&photo.id) || !stayed {
                continue;
            }
            let row = projection::item(&simulated.disk, &item)?;
            simulated.disk.take_cost();
            if row.is_some_and(|row| row.content.photos.iter().any(|shown| shown.photo.id == photo.id)) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// How an operation stands on a disk.
enum Kept {
    Whole,
    WithoutText,
    WithoutPhoto,
    Not,
}

impl Checker for Durability {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "Nothing that was acknowledged is lost, whatever happens to the power."
    }

    fn looked(&self) -> u64 {
        self.looked
    }

    fn written(&mut self, _: &World, operation: &Signed, _: Option<[u8; 32]>) {
        self.audiences.note(operation);
        let Some(Ok(Payload::Edits(edits))) = operation.payload().map(Payload::decode) else { return };
        let item = operation.header().item();
        if matches!(edits.as_slice(), [Edit::Erase { .. }]) {
            self.erased.insert(item);
        }
        for edit in &edits {
            if let (Edit::Set { field, .. }, Some(photo)) = (edit, Photo::set_by(edit)) {
                self.photos.entry((item, *field)).or_default().insert(photo.id);
            }
        }
    }

    fn accepted(&mut self, _: &World, at: BoxId, operation: &Signed, _: bool) {
        let header = operation.header();
        let (item, neighbourhood, space) = (header.item(), header.neighbourhood(), header.space);
        let (operation, home, device) = (operation.id(), header.home(), header.device);
        self.accepted.entry(at).or_default().push(Promise { operation, item, neighbourhood, space, home, device });
    }

    fn crashed(&mut self, world: &World, at: BoxId) {
        let promises = self.accepted.get(&at).cloned().unwrap_or_default();
        for promise in &promises {
            let found = self.check(world, [at, at], promise, &BTreeSet::new()).unwrap_or_else(|error| {
                Some(Failure { checker: NAME, found: format!("box {at} cannot be read after a power cut: {error}") })
            });
            if self.found.len() < MAX_FINDINGS {
                self.found.extend(found);
            }
        }
    }

    fn at_rest(&mut self, world: &World) -> Result<Vec<Failure>, WorldError> {
        let mut failures = Vec::new();
        let (mut excused, reach) = (BTreeMap::new(), Reach::of(world)?);
        for simulated in world.boxes() {
            // A box whose clock is behind holds what it cannot count yet for as long as there is room, and asks again later.
            let late = look::waits_for_a_time(&simulated.disk)?;
            let known = reach.known_to(world, simulated.id);
            excused.insert(simulated.id, (late, known, look::without_room(&simulated.disk)?));
        }
        let all = self.accepted.iter().flat_map(|(at, promises)| promises.iter().map(|promise| (*at, *promise)));
        for (from, promise) in &all.collect::<Vec<(BoxId, Promise)>>() {
            for at in entitled(world, &reach, *from, promise) {
                let Some((late, known, excused)) = excused.get(&at) else { continue };
                // Of an author whom nobody there can know a box keeps no words.
                if at != *from && (*late || !known.contains(&promise.home) || !can_place(world, at, promise)) {
                    continue;
                }
                failures.extend(self.check(world, [*from, at], promise, excused)?);
                if failures.len() >= MAX_FINDINGS {
                    return Ok(failures);
                }
            }
        }
        Ok(failures)
    }

    fn found(&mut self) -> Vec<Failure> {
        std::mem::take(&mut self.found)
    }
}

/// Whether a box knows of the circle that an operation names, where it names one: a founding that turns out to be void founds
/// none, and what was signed for it lies in no space that boxes compare.
fn can_place(world: &World, at: BoxId, promise: &Promise) -> bool {
    let Space::Circle(circle) = promise.space else { return true };
    let known = world.at(at).map(|running| running.replica().registers().circles()).unwrap_or_default();
    known.iter().any(|known| known.id == circle)
}

/// The boxes of everyone entitled to an operation that can hear of it from where it was accepted.
fn entitled(world: &World, reach: &Reach, from: BoxId, promise: &Promise) -> Vec<BoxId> {
    let Some(owner) = world.village_of(&promise.neighbourhood) else { return Vec::new() };
    let shared = matches!(promise.space, Space::Register | Space::Neighbours);
    let others = owner.neighbours.iter().filter(|_| shared).flat_map(|neighbour| world.boxes_of(*neighbour));
    let all = owner.boxes.iter().chain(others).copied();
    all.filter(|at| reach.joins(owner.id, shared, from, *at)).collect()
}
