//! Boxes that stop and start: in order, by a power cut, for want of room, and with clocks that jump.

use dorpsplein_protocol::replica::{Input, OpenError, Replica};
use dorpsplein_protocol::store::StoreError;
use dorpsplein_protocol::time::Timestamp;

use super::boxes::Running;
use super::queue::Event;
use super::{World, WorldError};
use crate::checkers::Failure;
use crate::plan::{BoxId, Millis, Moment};
use crate::samples::Broken;

impl World {
    /// Sets a clock wrong, without counting that as something that went wrong.
    pub fn set_clock(&mut self, at: BoxId, error: i64) {
        self.turn_clock(at, |clock| *clock = super::Clock::ahead_by(error));
    }

    /// A clock jumps.
    pub fn jump_clock(&mut self, at: BoxId, millis: i64) {
        if self.boxes.contains_key(&at) {
            self.counts.clock_jumps += 1;
            self.turn_clock(at, |clock| clock.jump(millis));
        }
    }

    /// Shuts a box down in order, for a while.
    pub fn shut_down(&mut self, at: BoxId, duration: Millis) {
        let until = self.now.plus_millis(duration);
        let Some(simulated) = self.boxes.get_mut(&at).filter(|_| !self.healed) else { return };
        simulated.off_until = simulated.off_until.max(until);
        self.schedule(duration, Event::Start(at));
        if self.at(at).is_some() {
            self.counts.shut_down += 1;
            self.note_outage(Broken::Box(at), until);
            self.stop(at);
            if let Some(simulated) = self.boxes.get(&at) {
                simulated.disk.sync();
            }
        }
    }

    /// The power of a box fails at its next write, and comes back after a while.
    pub fn plan_power_cut(&mut self, at: BoxId, moment: Moment, duration: Millis) {
        if let Some(simulated) = self.boxes.get_mut(&at).filter(|_| !self.healed) {
            simulated.dark_for = duration;
            simulated.disk.cut_power_at_next_write(moment);
        }
    }

    /// The disk of a box has no room for a while.
    pub fn fill_disk(&mut self, at: BoxId, duration: Millis) {
        let until = self.now.plus_millis(duration);
        let Some(simulated) = self.boxes.get_mut(&at).filter(|_| !self.healed) else { return };
        simulated.disk.set_full(true);
        simulated.full_until = simulated.full_until.max(until);
        self.schedule(duration, Event::Room(at));
        self.note_outage(Broken::Disk(at), until);
    }

    /// Stops a box in order and starts it again at once from what its disk holds; its streams break.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn reopen(&mut self, at: BoxId) -> Result<(), WorldError> {
        self.stop(at);
        if let Some(disk) = self.disk(at) {
            disk.sync();
        }
        self.start(at)
    }

    /// The power fails in the middle of a write.
    pub(super) fn lose_power(&mut self, at: BoxId) {
        self.stop(at);
        let now = self.now;
        let Some(simulated) = self.boxes.get_mut(&at) else { return };
        let dark_for = simulated.dark_for;
        simulated.off_until = simulated.off_until.max(now.plus_millis(dark_for));
        // What is on the disk is looked at when the power is back; nothing happens to it until then.
        let torn = simulated.disk.recover() > 0;
        simulated.shelf.lose_power();
        self.counts.power_cuts += 1;
        self.counts.torn += u64::from(torn);
        self.note_outage(Broken::Box(at), now.plus_millis(dark_for));
        self.schedule(dark_for, Event::Start(at));
        self.tell(|checker, world| checker.crashed(world, at));
    }

    /// A write failed for want of room: what the replica knows beyond its disk is forgotten, its sessions end, and the box
    /// only reads until there is room.
    pub(super) fn run_out_of_room(&mut self, at: BoxId) {
        self.stop(at);
        if let Some(simulated) = self.boxes.get_mut(&at) {
            simulated.waits_for_room = true;
        }
    }

    pub(super) fn start_if_due(&mut self, at: BoxId) -> Result<(), WorldError> {
        let due = self.boxes.get(&at).is_some_and(|simulated| simulated.off_until <= self.now);
        if due { self.start(at) } else { Ok(()) }
    }

    pub(super) fn make_room_if_due(&mut self, at: BoxId) -> Result<(), WorldError> {
        let now = self.now;
        let Some(simulated) = self.boxes.get(&at).filter(|simulated| simulated.full_until <= now) else {
            return Ok(());
        };
        simulated.disk.set_full(false);
        self.start_if_due(at)
    }

    /// Starts a box from what its disk holds; one that is on stays as it is.
    pub(super) fn start(&mut self, at: BoxId) -> Result<(), WorldError> {
        let now = self.clock(at);
        let Some(simulated) = self.boxes.get_mut(&at) else { return Ok(()) };
        if simulated.running.is_some() || simulated.ill {
            return Ok(());
        }
        simulated.waits_for_room = simulated.disk.is_full();
        if simulated.waits_for_room {
            return Ok(());
        }
        let opened = Replica::open(simulated.disk.clone(), simulated.home, simulated.key, now);
        let replica = match opened {
            Ok(replica) => replica,
            Err(OpenError::Store(error)) => {
                self.fall_ill(at, &error);
                return Ok(());
            }
        };
        simulated.running = Some(Running { replica, wake: Timestamp::default() });
        let (contents, introductions) = (simulated.shelf.contents(), simulated.introductions.clone());
        self.handle(at, Input::Photo(contents))?;
        for (peer, neighbourhood) in introductions {
            self.handle(at, Input::Introduce { peer, neighbourhood })?;
        }
        self.handle(at, Input::Tick)?;
        for line in self.network.lines_of(at) {
            self.dial_within(line, super::SECOND);
        }
        Ok(())
    }

    /// Everything about a box is good for the rest of the run, but its clock.
    pub(super) fn restore(&mut self, at: BoxId) -> Result<(), WorldError> {
        if let Some(simulated) = self.boxes.get_mut(&at) {
            simulated.off_until = Timestamp::default();
            simulated.full_until = Timestamp::default();
            simulated.disk.set_full(false);
            simulated.disk.spare();
        }
        self.start(at)
    }

    /// A box cannot use its disk although that did not fail: it stays off, and that is a failure of the program.
    pub(super) fn fall_ill(&mut self, at: BoxId, error: &StoreError) {
        self.stop(at);
        if let Some(simulated) = self.boxes.get_mut(&at) {
            simulated.ill = true;
        }
        self.ailing.push(Failure { checker: "store", found: format!("box {at} cannot use its disk: {error}") });
    }

    /// Takes a box out of use: its memory is gone, and so are its streams.
    fn stop(&mut self, at: BoxId) {
        let Some(simulated) = self.boxes.get_mut(&at) else { return };
        simulated.running = None;
        simulated.waits_for_room = false;
        self.puppets.retain(|end, _| end.at != at);
        for line in self.network.lines_of(at) {
            self.break_stream(line);
        }
    }

    fn turn_clock(&mut self, at: BoxId, turn: impl FnOnce(&mut super::Clock)) {
        let Some(simulated) = self.boxes.get_mut(&at) else { return };
        let before = simulated.clock;
        turn(&mut simulated.clock);
        if let Some(running) = &simulated.running {
            let wake = before.shows(running.wake);
            self.wake_at(at, wake);
        }
    }
}
