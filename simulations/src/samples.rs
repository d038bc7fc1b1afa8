//! What a run is measured by: how soon what was shared arrived, what it cost, what waited, and what was broken meanwhile.

use std::collections::BTreeMap;

use dorpsplein_protocol::operation::OperationId;
use serde::{Deserialize, Serialize};

use crate::plan::{BoxId, LineId, Millis, VillageId};

/// How long one bucket of time is.
pub const BUCKET: Millis = 3_600_000;

/// What was measured. Buckets are hours since the start of the run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Samples {
    /// For every operation that was shared with neighbours and every village that was to have it, but the one where it was
    /// written: the bucket in which it was accepted, and how many milliseconds later the first box of that village counted it.
    pub spread: Vec<(u32, u32)>,
    /// Of operations that are watched: when each village first counted it.
    pub watched: BTreeMap<String, Watched>,
    /// What each box sent, in bytes a bucket.
    pub sent: BTreeMap<BoxId, Vec<u64>>,
    /// What each box received, in bytes.
    pub received: BTreeMap<BoxId, u64>,
    /// What each box had to be sent at least, in bytes: the operations that others brought it, each once.
    pub minimum: BTreeMap<BoxId, u64>,
    /// What all boxes together held in each bucket without counting it, or without its payload.
    pub backlog: Vec<u64>,
    /// What was out of order, and when.
    pub outages: Vec<Outage>,
}

/// How an operation spread that is watched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    /// When it was accepted.
    pub accepted: Millis,
    /// When each village first counted it.
    pub reached: BTreeMap<VillageId, Millis>,
}

/// Something was out of order for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outage {
    /// What.
    pub what: Broken,
    /// From when.
    pub from: Millis,
    /// Until when.
    pub to: Millis,
}

/// What can be out of order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Broken {
    /// A line carried nothing.
    Line(LineId),
    /// A box was off.
    Box(BoxId),
    /// A box's disk had no room.
    Disk(BoxId),
}

/// Follows operations that were shared until every village has them that is to have them.
#[derive(Default)]
pub(crate) struct Tracker {
    shared: BTreeMap<OperationId, Shared>,
}

struct Shared {
    accepted: Millis,
    watched: bool,
    /// The villages that are to have it and do not count it yet.
    waiting: Vec<VillageId>,
}

impl Samples {
    /// Adds to the bucket that `now` is in.
    pub(crate) fn add_sent(&mut self, at: BoxId, now: Millis, bytes: u64) {
        add(self.sent.entry(at).or_default(), now, bytes);
    }

    /// What waits now.
    pub(crate) fn note_backlog(&mut self, now: Millis, count: u64) {
        add(&mut self.backlog, now, count);
    }
}

impl Tracker {
    /// An operation was accepted that these villages are to have.
    pub(crate) fn follow(&mut self, id: OperationId, accepted: Millis, waiting: Vec<VillageId>) {
        if !waiting.is_empty() {
            self.shared.insert(id, Shared { accepted, watched: false, waiting });
        }
    }

    /// Says when each village gets this one, too.
    pub(crate) fn watch(&mut self, id: &OperationId, samples: &mut Samples) {
        if let Some(shared) = self.shared.get_mut(id) {
            shared.watched = true;
            samples.watched.insert(id.to_string(), Watched { accepted: shared.accepted, ..Watched::default() });
        }
    }

    /// A box of a village counts an operation.
    pub(crate) fn counted(&mut self, id: &OperationId, village: VillageId, now: Millis, samples: &mut Samples) {
        let Some(shared) = self.shared.get_mut(id) else { return };
        let Some(at) = shared.waiting.iter().position(|waiting| *waiting == village) else { return };
        shared.waiting.swap_remove(at);
        let delay = u32::try_from(now - shared.accepted).unwrap_or(u32::MAX);
        let bucket = u32::try_from(shared.accepted / BUCKET).unwrap_or(u32::MAX);
        samples.spread.push((bucket, delay));
        if let Some(watched) = samples.watched.get_mut(&id.to_string()).filter(|_| shared.watched) {
            watched.reached.insert(village, now);
        }
        if shared.waiting.is_empty() {
            self.shared.remove(id);
        }
    }
}

fn add(buckets: &mut Vec<u64>, now: Millis, amount: u64) {
    let bucket = usize::try_from(now / BUCKET).unwrap_or(usize::MAX - 1);
    if buckets.len() <= bucket {
        buckets.resize(bucket + 1, 0);
    }
    buckets[bucket] += amount;
}
