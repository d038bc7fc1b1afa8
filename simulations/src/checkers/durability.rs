//! Nothing that was acknowledged is lost: when the power of a box comes back, every operation it accepted stands on its disk;
//! and at rest it stands, with its text, on every box of everyone entitled to it.
//!
//! A box may drop what it cannot count and has no room for: of a device of which it keeps as many uncounted operations as the
//! bound allows, it owes no more.

use std::collections::{BTreeMap, BTreeSet};

use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::{ItemId, NeighbourhoodId, OperationId, Signed, Space};
use dorpsplein_protocol::store::{StoreError, Table};

use super::{Checker, Failure, MAX_FINDINGS, look};
use crate::plan::BoxId;
use crate::world::{Disk, World, WorldError};

/// The name of this checker.
const NAME: &str = "durability";

/// What was accepted, and where.
#[derive(Default)]
pub struct Durability {
    accepted: BTreeMap<BoxId, Vec<Promise>>,
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
    device: PublicKey,
}

impl Durability {
    /// Whether a box still has what it is to have; `excused` are devices of which it owes no more.
    fn kept(&mut self, disk: &Disk, promise: &Promise, excused: &BTreeSet<PublicKey>) -> Result<Kept, StoreError> {
        self.looked += 1;
        let Some(operation) = look::operation(disk, &promise.operation)? else {
            return Ok(if excused.contains(&promise.device) { Kept::Whole } else { Kept::Not });
        };
        let is_whole = operation.payload().is_some() || look::has(disk, Table::Erasures, promise.item.as_bytes())?;
        Ok(if is_whole { Kept::Whole } else { Kept::WithoutText })
    }

    fn check(
        &mut self,
        at: BoxId,
        disk: &Disk,
        promise: &Promise,
        excused: &BTreeSet<PublicKey>,
    ) -> Result<Option<Failure>, StoreError> {
        let what = match self.kept(disk, promise, excused)? {
            Kept::Whole => return Ok(None),
            Kept::WithoutText => "has the envelope and not the text of",
            Kept::Not => "does not have",
        };
        let found = format!("box {at} {what} {}, which was accepted", promise.operation);
        Ok(Some(Failure { checker: NAME, found }))
    }
}

/// How an operation stands on a disk.
enum Kept {
    Whole,
    WithoutText,
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

    fn accepted(&mut self, _: &World, at: BoxId, operation: &Signed) {
        let header = operation.header();
        let (item, neighbourhood, space) = (header.item(), header.neighbourhood(), header.space);
        let (operation, device) = (operation.id(), header.device);
        self.accepted.entry(at).or_default().push(Promise { operation, item, neighbourhood, space, device });
    }

    fn crashed(&mut self, world: &World, at: BoxId) {
        let (Some(disk), Some(promises)) = (world.disk(at), self.accepted.get(&at).cloned()) else { return };
        for promise in &promises {
            let found = self.check(at, disk, promise, &BTreeSet::new()).unwrap_or_else(|error| {
                Some(Failure { checker: NAME, found: format!("box {at} cannot be read after a power cut: {error}") })
            });
            if self.found.len() < MAX_FINDINGS {
                self.found.extend(found);
            }
        }
    }

    fn at_rest(&mut self, world: &World) -> Result<Vec<Failure>, WorldError> {
        let mut failures = Vec::new();
        let mut excused = BTreeMap::new();
        for simulated in world.boxes() {
            excused.insert(simulated.id, look::without_room(&simulated.disk)?);
        }
        let promises: Vec<Promise> = self.accepted.values().flatten().copied().collect();
        for promise in &promises {
            for at in entitled(world, promise) {
                let (Some(disk), Some(excused)) = (world.disk(at), excused.get(&at)) else { continue };
                failures.extend(self.check(at, disk, promise, excused)?);
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

/// The boxes of everyone entitled to an operation.
fn entitled(world: &World, promise: &Promise) -> Vec<BoxId> {
    let Some(owner) = world.village_of(&promise.neighbourhood) else { return Vec::new() };
    let shared = matches!(promise.space, Space::Register | Space::Neighbours);
    let others = owner.neighbours.iter().filter(|_| shared).flat_map(|neighbour| world.boxes_of(*neighbour));
    owner.boxes.iter().chain(others).copied().collect()
}
