//! What is going to happen, in the order of time; what falls on one millisecond happens in the order in which it was planned.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::sync::Arc;

use dorpsplein_protocol::replica::PhotoInput;
use dorpsplein_protocol::time::Timestamp;

use super::network::End;
use super::reading::Letter;
use crate::plan::{Act, BoxId, LineId};

/// Something that happens.
pub(super) enum Event {
    /// A box is woken, if this is still when it wants to be.
    Tick(BoxId, Timestamp),
    /// Somebody dials on a line, if this is still when they are to.
    Dial(LineId, Timestamp),
    /// A frame arrives, if its stream is still there.
    Frame(End, Arc<Letter>),
    /// A box notices that a stream is gone.
    Closed(End),
    /// A box is started, unless it has to stay off longer.
    Start(BoxId),
    /// There is room on a disk again, unless it has to stay full longer.
    Room(BoxId),
    /// A disk is done with what a box wanted of the files of photos.
    Photo(BoxId, Box<PhotoInput>),
    /// Somebody does what they put off.
    Act(Box<Act>),
}

/// The events to come.
#[derive(Default)]
pub(super) struct Queue {
    heap: BinaryHeap<Reverse<Entry>>,
    serial: u64,
}

struct Entry {
    time: Timestamp,
    serial: u64,
    event: Event,
}

impl Queue {
    pub(super) fn push(&mut self, time: Timestamp, event: Event) {
        self.serial += 1;
        self.heap.push(Reverse(Entry { time, serial: self.serial, event }));
    }

    /// The next event, if it is not later than `end`.
    pub(super) fn pop_until(&mut self, end: Timestamp) -> Option<(Timestamp, Event)> {
        if self.heap.peek()?.0.time > end {
            return None;
        }
        let Reverse(Entry { time, event, .. }) = self.heap.pop()?;
        Some((time, event))
    }
}

impl Entry {
    const fn key(&self) -> (Timestamp, u64) {
        (self.time, self.serial)
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Entry {}
