//! What a box takes on is bounded, whoever asks it to: work for each input, sessions, operations that nothing permits, and
//! disk for each operation. Work is counted in keys looked up, visited and written, never timed, so that it is the same in
//! every run.

use std::collections::BTreeMap;

use dorpsplein_protocol::operation::OperationId;
use dorpsplein_protocol::replica::{MAX_UNDECIDED, MAX_UNDECIDED_PER_DEVICE};
use dorpsplein_protocol::store::{Read, StoreError, Table};

use super::by_id::Ids;
use super::{Checker, Failure, MAX_FINDINGS, look};
use crate::plan::BoxId;
use crate::world::{Cost, Disk, World, WorldError};

/// The name of this checker.
const NAME: &str = "bounds";
/// How much one input may cost on a box that holds nothing: a frame brings up to 256 operations, and each has an item that is
/// decided anew.
const WORK_AT_ALL: u64 = 60_000;
/// How much more it may cost for every operation that the box holds: a removal has all decided anew that somebody signed.
const WORK_FOR_EACH: u64 = 60;
/// How many bytes of disk an operation takes at most beside its own: keys, and its part of a row.
const BYTES_FOR_EACH: u64 = 3_000;
/// How often what an operation says stands on the disk at most: as it was signed, and in a row.
const COPIES: u64 = 3;
/// How many sessions a box may hold for each line and each stranger, because it hears later that a stream broke.
const SESSIONS_FOR_EACH: usize = 8;
/// The same at rest, where a stream may have broken a moment ago.
const SESSIONS_AT_REST: usize = 3;

/// What boxes took on.
#[derive(Default)]
pub struct Bounds {
    /// What each box counted once: may cease to, and is then kept whatever room there is.
    counted: Ids<(OperationId, BoxId)>,
    /// How many operations each box wrote at least, to know roughly how many it holds.
    held: BTreeMap<BoxId, u64>,
    looked: u64,
    found: Vec<Failure>,
}

impl Bounds {
    fn note(&mut self, found: String) {
        if self.found.len() < MAX_FINDINGS {
            self.found.push(Failure { checker: NAME, found });
        }
    }

    fn check_room(&self, at: BoxId, disk: &Disk) -> Result<Vec<Failure>, StoreError> {
        let mut found = Vec::new();
        let (undecided, mut proofs) = (look::undecided(disk)?, 0);
        let strange = |ids: &Vec<OperationId>| ids.iter().filter(|id| !self.counted.contains(&(**id, at))).count();
        for (device, ids) in &undecided {
            let (count, room) = (strange(ids), MAX_UNDECIDED_PER_DEVICE + look::proofs_of_forks(disk, device)?);
            proofs += room - MAX_UNDECIDED_PER_DEVICE;
            if count > room {
                found.push(format!("box {at} keeps {count} operations of {device} that it never counted"));
            }
        }
        let all: usize = undecided.values().map(strange).sum();
        if all > MAX_UNDECIDED + proofs {
            found.push(format!("box {at} keeps {all} operations that it never counted"));
        }
        Ok(found.into_iter().map(|found| Failure { checker: NAME, found }).collect())
    }

    fn check_disk(at: BoxId, disk: &Disk) -> Result<Option<Failure>, StoreError> {
        let (mut count, mut said) = (0, 0);
        disk.scan_prefix(Table::Operations, &[], dorpsplein_protocol::store::Direction::Ascending, &mut |_, value| {
            count += 1;
            said += value.len() as u64;
            std::ops::ControlFlow::Continue(())
        })?;
        disk.take_cost();
        let (takes, may) = (disk.bytes(), 10_000 + count * BYTES_FOR_EACH + said * COPIES);
        let found = format!("the disk of box {at} holds {takes} bytes for {count} operations of {said} bytes");
        Ok((takes > may).then_some(Failure { checker: NAME, found }))
    }
}

impl Checker for Bounds {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "Work for each input, sessions, what nothing permits and disk stay within their bounds."
    }

    fn looked(&self) -> u64 {
        self.looked
    }

    fn counted(&mut self, _: &World, at: BoxId, operation: &OperationId) {
        self.counted.insert((*operation, at));
    }

    fn handled(&mut self, world: &World, at: BoxId, cost: &Cost) {
        self.looked += 1;
        let held = self.held.entry(at).or_default();
        // Every operation that is kept writes more than three keys, and few write more.
        *held += cost.writes / 4;
        let (work, may) = (cost.reads + cost.visited + cost.writes, WORK_AT_ALL + *held * WORK_FOR_EACH);
        if work > may {
            self.note(format!("box {at} did {work} for one input, where {may} is the bound: {cost:?}"));
        }
        let Some(running) = world.at(at) else { return };
        let may = (world.network().count_at(at) + world.puppets_at(at) + 1) * SESSIONS_FOR_EACH;
        let sessions = running.replica().sessions().count();
        if sessions > may {
            self.note(format!("box {at} holds {sessions} sessions, where {may} is the bound"));
        }
    }

    fn at_rest(&mut self, world: &World) -> Result<Vec<Failure>, WorldError> {
        let mut failures = Vec::new();
        for simulated in world.boxes() {
            self.looked += 1;
            failures.extend(self.check_room(simulated.id, &simulated.disk)?);
            failures.extend(Self::check_disk(simulated.id, &simulated.disk)?);
            let Some(running) = simulated.running() else { continue };
            let sessions = running.replica().sessions().count();
            let streams = world.network().count_at(simulated.id) + world.puppets_at(simulated.id);
            if sessions > streams * SESSIONS_AT_REST {
                let found = format!("box {} at rest holds {sessions} sessions over {streams} streams", simulated.id);
                failures.push(Failure { checker: NAME, found });
            }
        }
        Ok(failures)
    }

    fn found(&mut self) -> Vec<Failure> {
        std::mem::take(&mut self.found)
    }
}
