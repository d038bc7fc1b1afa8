//! Streams between boxes: dialling, sending, breaking and dialling again.

use std::sync::Arc;

use dorpsplein_protocol::replica::Input;
use dorpsplein_protocol::time::Timestamp;

use super::clock::{MINUTE, SECOND, since_start};
use super::network::{Delivery, End};
use super::queue::Event;
use super::{World, WorldError};
use crate::plan::{BoxId, Line, LineId, Millis};
use crate::samples::{Broken, Outage};

/// How soon an end notices a broken stream, at most.
const NOTICE: Millis = 20 * SECOND;

impl World {
    /// Lays a line between two boxes; somebody dials within a minute. A line to a box that is not there is none.
    pub fn connect(&mut self, line: &Line) {
        if line.boxes.iter().all(|at| self.boxes.contains_key(at)) && line.boxes[0] != line.boxes[1] {
            self.network.lay(line, chance(self.seed, line.id));
            self.dial_within(line.id, MINUTE);
        }
    }

    /// Takes a line down for a while; not once everything was healed.
    pub fn cut_line(&mut self, line: LineId, duration: Millis) {
        if self.healed || !self.network.lines().any(|(id, _)| id == line) {
            return;
        }
        self.counts.partitions += 1;
        let until = self.now.plus_millis(duration);
        self.network.take_down(line, until);
        self.note_outage(Broken::Line(line), until);
        self.break_stream(line);
    }

    /// Makes everything good for the rest of the run: every line is up, loses nothing and carries a stream again within a
    /// minute, every box is on, every disk has room. Wrong clocks stay wrong.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn heal(&mut self) -> Result<(), WorldError> {
        self.healed = true;
        self.network.heal();
        for at in self.boxes.keys().copied().collect::<Vec<BoxId>>() {
            self.restore(at)?;
        }
        for (line, _) in self.network.lines().collect::<Vec<_>>() {
            self.dial_within(line, MINUTE);
        }
        Ok(())
    }

    pub(super) fn note_outage(&mut self, what: Broken, until: Timestamp) {
        self.samples.outages.push(Outage { what, from: since_start(self.now), to: since_start(until) });
    }

    /// Somebody dials; if that fails, they dial again later.
    pub(super) fn dial(&mut self, line: LineId, planned: Timestamp) -> Result<(), WorldError> {
        if !self.network.take_dial(line, planned) || self.network.is_open(line) {
            return Ok(());
        }
        let both_on = self.network.ends_of(line).is_some_and(|boxes| boxes.iter().all(|at| self.at(*at).is_some()));
        let opened = if both_on { self.network.open(line, self.now) } else { None };
        let Some([dialler, dialled]) = opened else {
            self.dial_later(line);
            return Ok(());
        };
        self.counts.streams += 1;
        let keys = [self.box_key(dialler.at), self.box_key(dialled.at)];
        self.handle(dialler.at, Input::Opened { session: dialler.session, peer: keys[1], outbound: true })?;
        self.handle(dialled.at, Input::Opened { session: dialled.session, peer: keys[0], outbound: false })?;
        Ok(())
    }

    fn dial_later(&mut self, line: LineId) {
        let pause = self.network.next_pause(line);
        self.plan_dial(line, pause);
    }

    /// Lets somebody dial on a line within so many milliseconds.
    pub(super) fn dial_within(&mut self, line: LineId, millis: Millis) {
        let soon = self.network.chance(line, millis);
        self.plan_dial(line, soon);
    }

    fn plan_dial(&mut self, line: LineId, after: Millis) {
        let when = self.now.plus_millis(after);
        if self.network.plan_dial(line, when) {
            self.queue.push(when, Event::Dial(line, when));
        }
    }

    pub(super) fn send(&mut self, from: End, frame: Vec<u8>) {
        if self.heard_by_puppet(from, &frame) {
            return;
        }
        let Some(peer) = self.network.peer_of(from) else { return };
        self.counts.frames += 1;
        self.counts.bytes += frame.len() as u64;
        self.samples.add_sent(from.at, since_start(self.now), frame.len() as u64);
        *self.samples.received.entry(peer).or_default() += frame.len() as u64;
        self.tell(|checker, world| checker.frame(world, from.at, peer, &frame));
        match self.network.send(from, frame.len(), self.now) {
            Delivery::Arrives(end, time, again) => {
                let letter = self.reader.post(frame);
                if let Some(again) = again {
                    self.queue.push(again, Event::Frame(end, Arc::clone(&letter)));
                }
                self.queue.push(time, Event::Frame(end, letter));
            }
            Delivery::Breaks(line) => self.break_stream(line),
            Delivery::Gone => {}
        }
    }

    /// A box ends a session.
    pub(super) fn hang_up(&mut self, end: End) {
        if !self.dismiss_puppet(end)
            && let Some(line) = self.network.line_of(end)
        {
            self.break_stream(line);
        }
    }

    /// Breaks a stream; both ends notice a little later, and one dials again.
    pub(super) fn break_stream(&mut self, line: LineId) {
        let Some(ends) = self.network.break_stream(line, self.now) else { return };
        self.counts.broken += 1;
        for end in ends {
            let notice = self.network.chance(line, NOTICE);
            self.schedule(notice, Event::Closed(end));
        }
        self.dial_later(line);
    }
}

/// What a line's chance follows from: the seed of the run and its own name.
const fn chance(seed: u64, line: LineId) -> u64 {
    seed ^ (line as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
