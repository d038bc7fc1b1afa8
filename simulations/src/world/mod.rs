//! Discrete events in virtual time: the boxes, what they are told, and when. No threads, no clock, no chance but that of the
//! plan's seed.
//!
//! Calling order: [`World::new`]; [`World::add_village`] and [`World::add_box`]; whatever is to stand from the start; then
//! [`World::connect`] for the lines, and [`World::run_until`] again and again. [`run`](crate::run) does that for a plan.

pub mod boxes;
pub mod clock;
pub mod disk;
pub mod network;
mod power;
mod puppets;
mod queue;
mod record;
mod streams;

use std::collections::{BTreeMap, BTreeSet};

use dorpsplein_protocol::identity::{PublicKey, SecretKey};
use dorpsplein_protocol::operation::{NeighbourhoodId, OperationId, Signed, Space};
use dorpsplein_protocol::replica::{Accepted, Effect, Input, OpenError, Refusal, Ticket};
use dorpsplein_protocol::store::{Batch, Store, StoreError, Table};
use dorpsplein_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::checkers::{Checker, Failure};
use crate::plan::{Act, BoxId, Millis, PersonId, VillageId};
use crate::samples::{Samples, Tracker};
use crate::trace::Trace;

pub use boxes::{Running, SimulatedBox};
pub use clock::{Clock, DAY, FOUNDED, HOUR, MINUTE, SECOND, START, since_start};
pub use disk::{Cost, Disk};
pub use network::{End, Network};
pub use puppets::NOBODY;

use puppets::Puppet;
use queue::{Event, Queue};

/// The world could not go on.
#[derive(Debug, Error)]
pub enum WorldError {
    /// A box did not open.
    #[error("a box did not open: {0}")]
    Open(#[from] OpenError),
    /// A box could not use its store, for another reason than a full disk or a power cut.
    #[error("a box could not use its store: {0}")]
    Store(#[from] StoreError),
    /// A submission was handled without an answer.
    #[error("a box gave no answer to a submission")]
    NoAnswer,
    /// The plan asks for a mistake that nobody knows how to make.
    #[error(transparent)]
    Planted(#[from] crate::planted::UnknownBug),
}

/// What became of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The box took it in.
    Accepted(Accepted),
    /// The box refused it.
    Refused(Refusal),
    /// No answer came: the box is off, or its power failed. Whether the operation stands on its disk nobody knows.
    Off,
}

/// A neighbourhood as the world knows it: what is true, whatever the boxes believe.
#[derive(Clone, Debug)]
pub struct Village {
    /// Its name in the plan.
    pub id: VillageId,
    /// What it is called.
    pub name: String,
    /// Its id.
    pub neighbourhood: NeighbourhoodId,
    /// Its boxes.
    pub boxes: Vec<BoxId>,
    /// The villages it has an agreement with now.
    pub neighbours: BTreeSet<VillageId>,
    /// The villages it ever had an agreement with.
    pub befriended: BTreeSet<VillageId>,
}

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

/// What the people in a world do of their own accord; see [`World::run_until`].
pub trait Actors {
    /// An act is due that was put off with [`World::later`].
    ///
    /// # Errors
    /// [`WorldError`] when the world cannot go on.
    fn act(&mut self, world: &mut World, act: &Act) -> Result<(), WorldError>;
}

/// The villages, their boxes, the network between them and the time.
pub struct World {
    /// The world's clock.
    pub now: Timestamp,
    /// What happened so far.
    pub counts: Counts,
    /// The hash over what happened so far.
    pub trace: Trace,
    /// What was measured so far.
    pub samples: Samples,
    tracker: Tracker,
    checkers: Vec<Box<dyn Checker>>,
    villages: BTreeMap<VillageId, Village>,
    ids: BTreeMap<NeighbourhoodId, VillageId>,
    boxes: BTreeMap<BoxId, SimulatedBox>,
    puppets: BTreeMap<End, Puppet>,
    network: Network,
    queue: Queue,
    seed: u64,
    healed: bool,
    ailing: Vec<Failure>,
}

impl World {
    /// An empty world at `now`, whose chance follows from `seed`.
    pub fn new(seed: u64, now: Timestamp) -> Self {
        Self {
            now,
            counts: Counts::default(),
            trace: Trace::default(),
            samples: Samples::default(),
            tracker: Tracker::default(),
            checkers: Vec::new(),
            villages: BTreeMap::new(),
            ids: BTreeMap::new(),
            boxes: BTreeMap::new(),
            puppets: BTreeMap::new(),
            network: Network::default(),
            queue: Queue::default(),
            seed,
            healed: false,
            ailing: Vec::new(),
        }
    }

    /// Lets these watch from here on.
    pub fn watch_with(&mut self, checkers: Vec<Box<dyn Checker>>) {
        self.checkers = checkers;
    }

    /// Adds a village that has no box yet.
    pub fn add_village(&mut self, id: VillageId, name: &str, neighbourhood: NeighbourhoodId) {
        let village = Village {
            id,
            name: name.to_owned(),
            neighbourhood,
            boxes: Vec::new(),
            neighbours: BTreeSet::new(),
            befriended: BTreeSet::new(),
        };
        self.villages.insert(id, village);
        self.ids.insert(neighbourhood, id);
    }

    /// Adds a box to a village, with a clock that is right and a disk that is empty, and starts it.
    ///
    /// # Errors
    /// [`WorldError::Open`].
    pub fn add_box(&mut self, id: BoxId, village: VillageId) -> Result<(), WorldError> {
        let Some(owner) = self.villages.get_mut(&village) else { return Ok(()) };
        owner.boxes.push(id);
        let simulated = SimulatedBox {
            id,
            village,
            home: owner.neighbourhood,
            key: box_key(self.seed, id),
            disk: Disk::default(),
            clock: Clock::default(),
            running: None,
            introductions: BTreeMap::new(),
            off_until: Timestamp::default(),
            full_until: Timestamp::default(),
            waits_for_room: false,
            ill: false,
            dark_for: 0,
        };
        self.boxes.insert(id, simulated);
        self.start(id)
    }

    /// Two villages have an agreement from here on, as the world knows it.
    pub fn befriend(&mut self, a: VillageId, b: VillageId) {
        for [here, there] in [[a, b], [b, a]] {
            if let Some(village) = self.villages.get_mut(&here) {
                village.neighbours.insert(there);
                village.befriended.insert(there);
            }
        }
    }

    /// Two villages no longer have an agreement, as the world knows it.
    pub fn part(&mut self, a: VillageId, b: VillageId) {
        for [here, there] in [[a, b], [b, a]] {
            if let Some(village) = self.villages.get_mut(&here) {
                village.neighbours.remove(&there);
            }
        }
    }

    /// All villages, in the order of their names.
    pub fn villages(&self) -> impl Iterator<Item = &Village> {
        self.villages.values()
    }

    /// A village; none when the plan has none of this name, or it could not be founded.
    pub fn village(&self, id: VillageId) -> Option<&Village> {
        self.villages.get(&id)
    }

    /// The village with this id.
    pub fn village_of(&self, neighbourhood: &NeighbourhoodId) -> Option<&Village> {
        self.villages.get(self.ids.get(neighbourhood)?)
    }

    /// All boxes, on or off, in the order of their names.
    pub fn boxes(&self) -> impl Iterator<Item = &SimulatedBox> {
        self.boxes.values()
    }

    /// A box, on or off; none when there is none of this name.
    pub fn simulated(&self, at: BoxId) -> Option<&SimulatedBox> {
        self.boxes.get(&at)
    }

    /// The boxes of a village; none at all when there is no such village.
    pub fn boxes_of(&self, village: VillageId) -> &[BoxId] {
        self.villages.get(&village).map_or(&[], |village| &village.boxes)
    }

    /// A box that is on.
    pub fn at(&self, at: BoxId) -> Option<&Running> {
        self.boxes.get(&at)?.running()
    }

    /// The disk of a box, on or off.
    pub fn disk(&self, at: BoxId) -> Option<&Disk> {
        self.boxes.get(&at).map(|simulated| &simulated.disk)
    }

    /// The key of a box.
    pub fn box_key(&self, at: BoxId) -> PublicKey {
        self.boxes.get(&at).map_or_else(|| box_key(self.seed, at), |simulated| simulated.key)
    }

    /// What the clock of a box shows; the world's time when there is no such box.
    pub fn clock(&self, at: BoxId) -> Timestamp {
        self.boxes.get(&at).map_or(self.now, |simulated| simulated.clock.shows(self.now))
    }

    /// The lines and streams.
    pub const fn network(&self) -> &Network {
        &self.network
    }

    /// Lets people do something in so many milliseconds; see [`Actors::act`].
    pub fn later(&mut self, after: Millis, act: Act) {
        self.schedule(after, Event::Act(Box::new(act)));
    }

    /// Says in the samples when each village counts this operation.
    pub fn follow_closely(&mut self, operation: &OperationId) {
        self.tracker.watch(operation, &mut self.samples);
    }

    /// Somebody reads the front page of a box that is on.
    pub fn read(&mut self, who: PersonId, at: BoxId) {
        if self.at(at).is_some() {
            self.tell(|checker, world| checker.read(world, who, at));
        }
    }

    /// Watches over an operation that is not handed in yet. `mark` is 32 bytes of its text that occur nowhere else, if it has
    /// such.
    pub fn guard(&mut self, operation: &Signed, mark: Option<[u8; 32]>) {
        self.tell(|checker, world| checker.written(world, operation, mark));
    }

    /// Somebody hands an operation in at a box, as a form does.
    ///
    /// # Errors
    /// [`WorldError`]; a refusal is an ordinary answer.
    pub fn submit(&mut self, at: BoxId, operation: &Signed) -> Result<Answer, WorldError> {
        self.submit_bytes(at, operation.encode())
    }

    /// The same with bytes that may be no operation.
    ///
    /// # Errors
    /// [`WorldError`]; a refusal is an ordinary answer.
    pub fn submit_bytes(&mut self, at: BoxId, transfer: Vec<u8>) -> Result<Answer, WorldError> {
        let Some(simulated) = self.boxes.get(&at) else { return Ok(Answer::Off) };
        if simulated.running.is_none() {
            if simulated.waits_for_room {
                return Ok(Answer::Refused(Refusal::Storage));
            }
            self.counts.unanswered += 1;
            return Ok(Answer::Off);
        }
        let ticket = Ticket(self.trace.inputs());
        let answer = self.handle(at, Input::Submit { ticket, operation: transfer })?.ok_or(WorldError::NoAnswer)?;
        match &answer {
            Answer::Accepted(_) => self.counts.operations += 1,
            Answer::Refused(refusal) => *self.counts.refused.entry(refusal.problem().to_owned()).or_default() += 1,
            Answer::Off => self.counts.unanswered += 1,
        }
        Ok(answer)
    }

    /// Names a box to another one, as its owner does who accepts an offer; written down, so that it stays known.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn introduce(&mut self, at: BoxId, peer: PublicKey, neighbourhood: NeighbourhoodId) -> Result<(), WorldError> {
        let Some(simulated) = self.boxes.get_mut(&at) else { return Ok(()) };
        simulated.introductions.insert(peer, neighbourhood);
        self.handle(at, Input::Introduce { peer, neighbourhood }).map(drop)
    }

    /// Lets everything happen until `end`.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn run_until(&mut self, end: Timestamp, actors: &mut dyn Actors) -> Result<(), WorldError> {
        while let Some((time, event)) = self.queue.pop_until(end) {
            self.now = self.now.max(time);
            self.happen(event, actors)?;
        }
        self.now = self.now.max(end);
        Ok(())
    }

    /// Hands an input to a box that is on, as a shell does: commits first, then carries out the effects. Returns the answer,
    /// if the input asked for one.
    ///
    /// # Errors
    /// [`WorldError`].
    pub(crate) fn handle(&mut self, at: BoxId, input: Input) -> Result<Option<Answer>, WorldError> {
        let Some(simulated) = self.boxes.get_mut(&at) else { return Ok(None) };
        let Some(running) = &mut simulated.running else { return Ok(None) };
        self.trace.note(self.now, at, &input);
        let submitted = matches!(input, Input::Submit { .. });
        // What others looked up since is none of this input's business.
        simulated.disk.take_cost();
        let effects = match running.replica.handle(simulated.clock.shows(self.now), input) {
            Ok(effects) => effects,
            Err(error) => {
                self.fall_ill(at, &error);
                return Ok(submitted.then_some(Answer::Off));
            }
        };
        match simulated.disk.commit(&effects.batch) {
            Ok(()) => running.replica.committed(),
            Err(StoreError::Full) => {
                self.counts.full += 1;
                self.run_out_of_room(at);
                return Ok(submitted.then_some(Answer::Refused(Refusal::Storage)));
            }
            Err(StoreError::Unavailable(_)) => {
                self.lose_power(at);
                return Ok(submitted.then_some(Answer::Off));
            }
            Err(error) => {
                self.fall_ill(at, &error);
                return Ok(submitted.then_some(Answer::Off));
            }
        }
        self.note_batch(at, &effects.batch, submitted);
        let cost = self.boxes.get(&at).map(|simulated| simulated.disk.take_cost()).unwrap_or_default();
        self.tell(|checker, world| checker.handled(world, at, &cost));
        let mut answer = None;
        for effect in effects.after {
            match effect {
                Effect::Answer { result: Ok(accepted), .. } => {
                    self.tell_accepted(at, &accepted)?;
                    answer = Some(Answer::Accepted(accepted));
                }
                Effect::Answer { result: Err(refusal), .. } => answer = Some(Answer::Refused(refusal)),
                Effect::Send { session, frame } => self.send(End { at, session }, frame),
                Effect::Close { session, .. } => self.hang_up(End { at, session }),
                Effect::WakeAt { time } => self.wake_at(at, time),
                Effect::Changed { .. } => {}
            }
        }
        Ok(answer)
    }

    fn happen(&mut self, event: Event, actors: &mut dyn Actors) -> Result<(), WorldError> {
        match event {
            Event::Tick(at, time) => {
                if self.at(at).is_some_and(|running| running.wake == time) {
                    self.handle(at, Input::Tick)?;
                }
            }
            Event::Dial(line, time) => self.dial(line, time)?,
            Event::Frame(end, frame) => {
                if self.network.line_of(end).is_some() {
                    self.handle(end.at, Input::Received { session: end.session, frame })?;
                }
            }
            Event::Closed(end) => drop(self.handle(end.at, Input::Closed { session: end.session })?),
            Event::Start(at) => self.start_if_due(at)?,
            Event::Room(at) => self.make_room_if_due(at)?,
            Event::Act(act) => actors.act(self, &act)?,
        }
        Ok(())
    }

    fn tell_accepted(&mut self, at: BoxId, accepted: &Accepted) -> Result<(), WorldError> {
        use dorpsplein_protocol::store::Read;
        let stored = match self.disk(at) {
            Some(disk) => disk.get(Table::Operations, accepted.operation.as_bytes())?,
            None => None,
        };
        // What was erased is stored without its text; then there is nothing to watch over.
        if let Some(Ok(operation)) = stored.map(|bytes| Signed::decode(&bytes)) {
            self.follow(at, &operation);
            self.tell(|checker, world| checker.accepted(world, at, &operation));
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
    fn note_batch(&mut self, at: BoxId, batch: &Batch, submitted: bool) {
        let Some(simulated) = self.boxes.get(&at) else { return };
        let (village, now) = (simulated.village, since_start(self.now));
        let undecided: BTreeSet<&[u8]> = batch
            .writes()
            .filter(|(table, _, value)| *table == Table::Undecided && value.is_some())
            .filter_map(|(_, key, _)| key.get(32..))
            .collect();
        let id = |key: &[u8]| key.len().checked_sub(32).and_then(|at| OperationId::try_from(&key[at..]).ok());
        let mut brought = 0;
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
            }
        }
        if !submitted && brought > 0 {
            *self.samples.minimum.entry(at).or_default() += brought as u64;
        }
    }

    /// Boxes that could not use their disks although the disks had not failed.
    pub(crate) fn ailing(&mut self) -> Vec<Failure> {
        std::mem::take(&mut self.ailing)
    }

    /// Adds to the samples what waits on all boxes now.
    pub(crate) fn take_stock(&mut self) {
        let now = since_start(self.now);
        let waiting: u64 = self.boxes.values().map(|simulated| simulated.disk.waiting()).sum();
        self.samples.note_backlog(now, waiting);
    }

    /// Tells every checker something.
    fn tell(&mut self, mut what: impl FnMut(&mut dyn Checker, &Self)) {
        let mut checkers = std::mem::take(&mut self.checkers);
        for checker in &mut checkers {
            what(checker.as_mut(), self);
        }
        self.checkers = checkers;
    }

    /// Lets the checkers look, each by itself.
    pub(crate) fn check<T>(
        &mut self,
        mut what: impl FnMut(&mut dyn Checker, &Self) -> Result<T, WorldError>,
    ) -> Result<Vec<T>, WorldError> {
        let mut checkers = std::mem::take(&mut self.checkers);
        let found = checkers.iter_mut().map(|checker| what(checker.as_mut(), self)).collect();
        self.checkers = checkers;
        found
    }

    /// Remembers when a box wants to be woken, given on its own clock.
    fn wake_at(&mut self, at: BoxId, time: Timestamp) {
        let now = self.now;
        let Some(simulated) = self.boxes.get_mut(&at) else { return };
        let when = simulated.clock.when(time).max(now.plus_millis(1));
        let Some(running) = &mut simulated.running else { return };
        if running.wake != when {
            running.wake = when;
            self.queue.push(when, Event::Tick(at, when));
        }
    }

    fn schedule(&mut self, after: Millis, event: Event) {
        self.queue.push(self.now.plus_millis(after), event);
    }
}

/// The key of a box: it follows from the seed and its name alone.
fn box_key(seed: u64, id: BoxId) -> PublicKey {
    let mut bytes = [0xb0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    bytes[8..12].copy_from_slice(&id.to_be_bytes());
    SecretKey::from_seed(&bytes).public()
}
