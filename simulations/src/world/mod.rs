//! Discrete events in virtual time: the boxes, what they are told, and when. No threads, no clock, no chance but that of the
//! plan's seed.
//!
//! Calling order: [`World::new`]; [`World::add_village`] and [`World::add_box`]; whatever is to stand from the start; then
//! [`World::connect`] for the lines, and [`World::run_until`] again and again. [`run`](crate::run) does that for a plan.

pub mod agreements;
mod boxes;
pub mod clock;
pub mod disk;
mod measure;
pub mod network;
mod power;
mod puppets;
mod queue;
mod reading;
mod record;
mod shelf;
mod streams;
mod villages;

use std::collections::BTreeMap;

use dorpsplein_protocol::identity::{PublicKey, SecretKey};
use dorpsplein_protocol::operation::{NeighbourhoodId, Signed};
use dorpsplein_protocol::replica::{Accepted, Effect, Input, OpenError, Refusal, Ticket};
use dorpsplein_protocol::store::{Store, StoreError};
use dorpsplein_protocol::sync::Checked;
use dorpsplein_protocol::time::Timestamp;
use thiserror::Error;

use crate::checkers::{Checker, Failure};
use crate::plan::{Act, BoxId, Millis, PersonId, VillageId};
use crate::samples::{Samples, Tracker};
use crate::trace::Trace;

pub use boxes::{Running, SimulatedBox};
pub use clock::{Clock, DAY, FOUNDED, HOUR, MINUTE, SECOND, START, since_start};
pub use disk::{Cost, Disk};
pub use measure::Counts;
pub use network::{End, Network};
pub use puppets::NOBODY;
pub use shelf::Shelf;
pub use villages::Village;

use puppets::Puppet;
use queue::{Event, Queue};
use reading::Reader;

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
    reader: Reader,
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
            reader: Reader::default(),
            seed,
            healed: false,
            ailing: Vec::new(),
        }
    }

    /// Lets these watch from here on.
    pub fn watch_with(&mut self, checkers: Vec<Box<dyn Checker>>) {
        self.checkers = checkers;
    }

    /// Lets a second thread read frames while they are on their way. Everything happens as it does without.
    pub fn read_ahead(&mut self) {
        self.reader = Reader::start();
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
            shelf: Shelf::default(),
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

    /// Lets people do something in so many milliseconds; see [`Actors::act`].
    pub fn later(&mut self, after: Millis, act: Act) {
        self.schedule(after, Event::Act(Box::new(act)));
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
        let answer = if simulated.running.is_some() {
            let ticket = Ticket(self.trace.inputs());
            self.handle(at, Input::Submit { ticket, operation: transfer })?.ok_or(WorldError::NoAnswer)?
        } else if simulated.waits_for_room {
            Answer::Refused(Refusal::Storage)
        } else {
            Answer::Off
        };
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

    /// Hands a box a frame, checked as a shell does it.
    fn receive(&mut self, End { at, session }: End, frame: &[u8], checked: Checked) -> Result<(), WorldError> {
        self.trace.note_bytes(frame);
        self.handle(at, Input::Received { session, frame: checked }).map(drop)
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
                Effect::Photo(effect) => self.carry_out_photo(at, effect),
                Effect::Changed { .. } | Effect::Imported { .. } => {}
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
            Event::Frame(end, letter) => {
                if self.network.line_of(end).is_some() {
                    self.receive(end, letter.bytes(), letter.read())?;
                }
            }
            Event::Closed(end) => {
                self.handle(end.at, Input::Closed { session: end.session })?;
            }
            Event::Photo(at, input) => {
                self.handle(at, Input::Photo(*input))?;
            }
            Event::Start(at) => self.start_if_due(at)?,
            Event::Room(at) => self.make_room_if_due(at)?,
            Event::Act(act) => actors.act(self, &act)?,
        }
        Ok(())
    }

    /// Boxes that could not use their disks although the disks had not failed.
    pub(crate) fn ailing(&mut self) -> Vec<Failure> {
        std::mem::take(&mut self.ailing)
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
