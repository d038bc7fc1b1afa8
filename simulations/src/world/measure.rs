//! What is counted and measured while a world goes on.

use std::collections::{BTreeMap, BTreeSet};

use dorpsplein_protocol::operation::{OperationId, Signed, Space};
use dorpsplein_protocol::replica::Accepted;
use dorpsplein_protocol::store::{Batch, Read, Table};
use serde::{Deserialize, Serialize};

use super::{World, WorldError, since_start};
use crate::plan::{BoxId, VillageId};

/// What happened so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Frames sent.
    pub frames: u64,
    /// Bytes sent.
    pub bytes: u64,
    /// Operations that some box accepted from a person.
    pub operations: u64,
    /// Operations that some box took in, from a person or a peer, having verified the signature.
    pub taken_in: u64,
    /// What people did and a box took in, by a name for it.
    pub deeds: BTreeMap<String, u64>,
    /// Submissions refused, by the name of the refusal.
    pub refused: BTreeMap<String, u64>,
    /// Submissions that got no answer.
    pub unanswered: u64,
    /// Streams that opened.
    pub streams: u64,
    /// Streams that broke, or were closed by a box.
    pub broken: u64,
    /// Lines that were down for a while.
    pub partitions: u64,
    /// Boxes that were shut down in order.
    pub shut_down: u64,
    /// Boxes whose power failed.
    pub power_cuts: u64,
    /// Of these, how many left a torn record.
    pub torn: u64,
    /// Writes that a full disk refused.
    pub full: u64,
    /// Clocks that jumped.
    pub clock_jumps: u64,
}

impl World {
    /// Says in the samples when each village counts this operation.
    pub fn follow_closely(&mut self, operation: &OperationId) {
        self.tracker.watch(operation, &mut self.samples);
    }

    /// Adds to the samples what waits on all boxes now.
    pub(crate) fn take_stock(&mut self) {
        let now = since_start(self.now);
        let waiting: u64 = self.boxes.values().map(|simulated| simulated.disk.waiting()).sum();
        self.samples.note_backlog(now, waiting);
    }

    /// A box accepted an operation: whoever checks hears of it, and it is followed on its way.
    pub(super) fn tell_accepted(&mut self, at: BoxId, accepted: &Accepted) -> Result<(), WorldError> {
        let stored = match self.disk(at) {
            Some(disk) => disk.get(Table::Operations, accepted.operation.as_bytes())?,
            None => None,
        };
        // What was erased is stored without its text; then there is nothing to watch over.
        if let Some(Ok(operation)) = stored.map(|bytes| Signed::decode(&bytes)) {
            self.note_agreement(at, &operation);
            self.follow(at, &operation);
            self.tell(|checker, world| checker.accepted(world, at, &operation, accepted.known));
        }
        Ok(())
    }

    /// Remembers who is to get an operation that was accepted here, if it is shared with neighbours.
    fn follow(&mut self, at: BoxId, operation: &Signed) {
        let header = operation.header();
        let here = self.boxes.get(&at).map(|simulated| simulated.village);
        if header.space != Space::Neighbours {
            return;
        }
        let Some(village) = self.village_of(&header.neighbourhood()) else { return };
        let all = village.neighbours.iter().copied().chain([village.id]);
        let waiting: Vec<VillageId> = all.filter(|village| Some(*village) != here).collect();
        self.tracker.follow(operation.id(), since_start(self.now), waiting);
    }

    /// Sees in a batch which operations a box counts from here on, and what it had to be sent for it.
    pub(super) fn note_batch(&mut self, at: BoxId, batch: &Batch, submitted: bool) {
        let Some(simulated) = self.boxes.get(&at) else { return };
        let (village, now) = (simulated.village, since_start(self.now));
        let undecided: BTreeSet<&[u8]> = batch
            .writes()
            .filter(|(table, _, value)| *table == Table::Undecided && value.is_some())
            .filter_map(|(_, key, _)| key.get(32..))
            .collect();
        let id = |key: &[u8]| key.len().checked_sub(32).and_then(|at| OperationId::try_from(&key[at..]).ok());
        let (mut brought, mut counted) = (0, Vec::new());
        for (table, key, value) in batch.writes() {
            let counts = match table {
                Table::Spaces => {
                    self.counts.taken_in += 1;
                    !undecided.contains(&key[key.len() - 32..])
                }
                Table::Undecided => value.is_none(),
                Table::Operations => {
                    brought += value.map_or(0, <[u8]>::len);
                    false
                }
                _ => false,
            };
            if let Some(id) = id(key).filter(|_| counts) {
                self.tracker.counted(&id, village, now, &mut self.samples);
                counted.push(id);
            }
        }
        self.tell(|checker, world| counted.iter().for_each(|id| checker.counted(world, at, id)));
        if !submitted && brought > 0 {
            *self.samples.minimum.entry(at).or_default() += brought as u64;
        }
    }
}
