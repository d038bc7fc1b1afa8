//! Discrete events in virtual time: the boxes, what they are told, and when. No threads, no clock, one seed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use dorpsplein_protocol::identity::{PublicKey, SecretKey};
use dorpsplein_protocol::operation::{NeighbourhoodId, Signed};
use dorpsplein_protocol::replica::{Accepted, Effect, Input, OpenError, Refusal, Replica, Ticket};
use dorpsplein_protocol::store::{MemoryStore, Store, StoreError};
use dorpsplein_protocol::sync::Message;
use dorpsplein_protocol::time::Timestamp;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use thiserror::Error;

use crate::checkers::leaks::Leaks;
use crate::faults::{Fault, Planted};
use crate::network::{Delivery, End, LinkId, Network, Quality};
use crate::trace::Trace;

/// When every run begins: a Saturday at midnight, UTC.
pub const START: Timestamp = Timestamp::from_millis(1_795_219_200_000);
/// A minute, in milliseconds.
pub const MINUTE: u64 = 60_000;
/// An hour, in milliseconds.
pub const HOUR: u64 = 60 * MINUTE;
/// A day, in milliseconds.
pub const DAY: u64 = 24 * HOUR;
/// How far a box's clock may run ahead of the world's, in milliseconds.
const CLOCK_ERROR_MS: u64 = 2 * MINUTE;
/// How soon both ends notice a broken stream, at most, in milliseconds.
const NOTICE_MS: u64 = 20_000;
/// How soon a box dials again, at most, in milliseconds.
const REDIAL_MS: u64 = 90_000;
/// How soon a box dials again somebody who hung up, in milliseconds.
const REFUSED_MS: u64 = 10 * MINUTE;

/// The world could not go on: a box failed, which a store in memory never does by itself.
#[derive(Debug, Error)]
pub enum WorldError {
    /// A box did not open.
    #[error("a box did not open: {0}")]
    Open(#[from] OpenError),
    /// A box could not use its store.
    #[error("a box could not use its store: {0}")]
    Store(#[from] StoreError),
    /// A submission was handled without an answer.
    #[error("a box gave no answer to a submission")]
    NoAnswer,
}

/// A neighbourhood as the world knows it: what is true, whatever the boxes believe.
#[derive(Clone, Debug)]
pub struct Village {
    /// Its id.
    pub id: NeighbourhoodId,
    /// Its boxes.
    pub boxes: Vec<usize>,
    /// The villages it has an agreement with.
    pub neighbours: BTreeSet<usize>,
}

/// A box: a replica, the store under it and the clock beside it.
pub struct SimulatedBox {
    /// The village whose box it is.
    pub village: usize,
    /// Its key.
    pub key: PublicKey,
    /// Its store.
    pub store: Arc<MemoryStore>,
    replica: Replica<Arc<MemoryStore>>,
    clock_ahead_ms: u64,
    /// When it asked to be woken, on the world's clock.
    wake: Timestamp,
}

/// What the people in a world do; see [`World::run_until`].
pub trait Actors {
    /// The act with this number is due.
    ///
    /// # Errors
    /// [`WorldError`] when the world cannot go on.
    fn act(&mut self, world: &mut World, act: usize) -> Result<(), WorldError>;
}

/// What happened so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Frames sent.
    pub frames: u64,
    /// Bytes sent.
    pub bytes: u64,
    /// Operations that some box accepted from a person.
    pub operations: u64,
    /// Submissions refused, by the name of the refusal.
    pub refused: BTreeMap<&'static str, u64>,
    /// Streams that opened.
    pub streams: u64,
    /// Streams that broke, or were closed by a box.
    pub broken: u64,
    /// Links that were down for a while.
    pub partitions: u64,
}

enum Event {
    Tick(usize),
    Dial(LinkId),
    Frame(End, Vec<u8>),
    Closed(End),
    Down(LinkId, u64),
    Up(LinkId),
    Act(usize),
}

/// The villages, their boxes, the network between them and the time.
pub struct World {
    /// The world's clock.
    pub now: Timestamp,
    /// The one source of chance.
    pub random: ChaCha8Rng,
    /// The villages.
    pub villages: Vec<Village>,
    /// The lines.
    pub network: Network,
    /// Watches every frame.
    pub leaks: Leaks,
    /// What happened so far.
    pub counts: Counts,
    /// The hash over what happened so far.
    pub trace: Trace,
    boxes: Vec<SimulatedBox>,
    fault: Option<Planted>,
    healed: bool,
    queue: BTreeMap<(Timestamp, u64), Event>,
    serial: u64,
}

impl World {
    /// An empty world.
    pub fn new(seed: u64, fault: Option<Fault>) -> Self {
        Self {
            now: START,
            random: ChaCha8Rng::seed_from_u64(seed),
            villages: Vec::new(),
            network: Network::default(),
            leaks: Leaks::default(),
            counts: Counts::default(),
            trace: Trace::default(),
            boxes: Vec::new(),
            fault: fault.map(Planted::new),
            healed: false,
            queue: BTreeMap::new(),
            serial: 0,
        }
    }

    /// 32 bytes of chance: the seed of a key.
    pub fn seed(&mut self) -> [u8; 32] {
        let mut seed = [0; 32];
        self.random.fill_bytes(&mut seed);
        seed
    }

    /// Adds a box of a neighbourhood that is to be `village`.
    ///
    /// # Errors
    /// [`WorldError::Open`].
    pub fn add_box(&mut self, village: usize, home: NeighbourhoodId) -> Result<usize, WorldError> {
        let key = SecretKey::from_seed(&self.seed()).public();
        let store = Arc::new(MemoryStore::default());
        let clock_ahead_ms = self.random.random_range(0..CLOCK_ERROR_MS);
        let replica = Replica::open(store.clone(), home, key, self.now.plus_millis(clock_ahead_ms))?;
        self.boxes.push(SimulatedBox { village, key, store, replica, clock_ahead_ms, wake: Timestamp::default() });
        let at = self.boxes.len() - 1;
        self.wake_at(at, self.now.plus_millis(clock_ahead_ms));
        Ok(at)
    }

    /// All boxes.
    pub fn boxes(&self) -> &[SimulatedBox] {
        &self.boxes
    }

    /// Connects two boxes; the first stream opens within a minute.
    pub fn connect(&mut self, boxes: [usize; 2], quality: Quality) -> LinkId {
        let link = self.network.connect(boxes, quality);
        let soon = self.random.random_range(0..MINUTE);
        self.schedule(soon, Event::Dial(link));
        link
    }

    /// Takes a link down in `after` milliseconds, for `duration` milliseconds.
    pub fn plan_partition(&mut self, link: LinkId, after: u64, duration: u64) {
        self.schedule(after, Event::Down(link, duration));
    }

    /// Lets the people do the act with this number in `after` milliseconds.
    pub fn plan_act(&mut self, after: u64, act: usize) {
        self.schedule(after, Event::Act(act));
    }

    /// Makes every line good for the rest of the run: it is up, loses nothing, and carries a stream again within a minute
    /// and a half.
    pub fn heal(&mut self) {
        self.healed = true;
        self.network.heal();
        for link in self.network.links() {
            let soon = self.random.random_range(0..REDIAL_MS);
            self.schedule(soon, Event::Dial(link));
        }
    }

    /// The time on a box's clock: what somebody who writes there signs with.
    pub fn clock(&self, at: usize) -> Timestamp {
        self.now.plus_millis(self.boxes[at].clock_ahead_ms)
    }

    /// Lets everything happen until `end`.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn run_until(&mut self, end: Timestamp, actors: &mut impl Actors) -> Result<(), WorldError> {
        while let Some(entry) = self.queue.first_entry() {
            let (time, _) = *entry.key();
            if time > end {
                break;
            }
            let event = entry.remove();
            self.now = time;
            self.happen(event, actors)?;
        }
        self.now = end;
        Ok(())
    }

    /// Somebody hands an operation in at a box, as a form does.
    ///
    /// # Errors
    /// [`WorldError`]; a refusal is an ordinary result.
    pub fn submit(&mut self, at: usize, operation: &Signed) -> Result<Result<Accepted, Refusal>, WorldError> {
        let ticket = Ticket(self.trace.inputs());
        let answer = self.handle(at, Input::Submit { ticket, operation: operation.encode() })?;
        let result = answer.ok_or(WorldError::NoAnswer)?;
        match &result {
            Ok(_) => self.counts.operations += 1,
            Err(refusal) => *self.counts.refused.entry(refusal.problem()).or_default() += 1,
        }
        if result.is_ok() && self.fault.is_some_and(|fault| fault.blurts_out(operation)) {
            let sessions: Vec<_> = self.boxes[at].replica.sessions().map(|(session, _)| session).collect();
            for session in sessions {
                self.send(End { at, session }, Message::Push { operation: operation.encode() }.encode());
            }
        }
        Ok(result)
    }

    /// Stops a box and starts it again from its store; its streams break.
    ///
    /// # Errors
    /// [`WorldError::Open`].
    pub fn reopen(&mut self, at: usize) -> Result<(), WorldError> {
        for link in self.network.links_of(at) {
            self.break_stream(link, 0);
        }
        let now = self.clock(at);
        let village = self.villages[self.boxes[at].village].id;
        let simulated = &mut self.boxes[at];
        simulated.replica = Replica::open(simulated.store.clone(), village, simulated.key, now)?;
        Ok(())
    }

    /// Hands an input to a box as a shell does: commits first, then carries out the effects. Returns the answer, if the
    /// input asked for one.
    ///
    /// # Errors
    /// [`WorldError::Store`].
    pub fn handle(&mut self, at: usize, input: Input) -> Result<Option<Result<Accepted, Refusal>>, WorldError> {
        self.trace.note(self.now, at, &input);
        let now = self.clock(at);
        let simulated = &mut self.boxes[at];
        let effects = simulated.replica.handle(now, input)?;
        simulated.store.commit(&effects.batch)?;
        simulated.replica.committed();
        let mut answer = None;
        for effect in effects.after {
            match effect {
                Effect::Answer { result, .. } => answer = Some(result),
                Effect::Send { session, frame } => self.send(End { at, session }, frame),
                Effect::Close { session, .. } => {
                    if let Some(link) = self.network.link_of(End { at, session }) {
                        self.break_stream(link, REFUSED_MS);
                    }
                }
                Effect::WakeAt { time } => self.wake_at(at, time),
                Effect::Changed { .. } => {}
            }
        }
        Ok(answer)
    }

    fn happen(&mut self, event: Event, actors: &mut impl Actors) -> Result<(), WorldError> {
        match event {
            Event::Tick(at) if self.boxes[at].wake == self.now => drop(self.handle(at, Input::Tick)?),
            Event::Tick(_) => {}
            Event::Dial(link) => self.dial(link)?,
            Event::Frame(end, frame) => {
                if self.network.link_of(end).is_some() {
                    let frame = match &mut self.fault {
                        Some(fault) => fault.heard(end.at, frame),
                        None => frame,
                    };
                    self.handle(end.at, Input::Received { session: end.session, frame })?;
                }
            }
            Event::Closed(end) => drop(self.handle(end.at, Input::Closed { session: end.session })?),
            Event::Down(..) if self.healed => {}
            Event::Down(link, duration) => {
                self.counts.partitions += 1;
                self.network.set_up(link, false);
                self.break_stream(link, duration);
                self.schedule(duration, Event::Up(link));
            }
            Event::Up(link) => {
                self.network.set_up(link, true);
                self.dial(link)?;
            }
            Event::Act(act) => actors.act(self, act)?,
        }
        Ok(())
    }

    fn dial(&mut self, link: LinkId) -> Result<(), WorldError> {
        let lead = usize::from(self.random.random_bool(0.5));
        let Some([dialler, dialled]) = self.network.open(link, lead, self.now) else { return Ok(()) };
        self.counts.streams += 1;
        let keys = [self.boxes[dialler.at].key, self.boxes[dialled.at].key];
        self.handle(dialler.at, Input::Opened { session: dialler.session, peer: keys[1], outbound: true })?;
        self.handle(dialled.at, Input::Opened { session: dialled.session, peer: keys[0], outbound: false })?;
        Ok(())
    }

    fn send(&mut self, from: End, frame: Vec<u8>) {
        self.counts.frames += 1;
        self.counts.bytes += frame.len() as u64;
        if let Some(peer) = self.network.peer_of(from) {
            let (sender, receiver) = (self.boxes[from.at].village, self.boxes[peer].village);
            self.leaks.inspect(&frame, &self.villages, [sender, receiver]);
        }
        match self.network.send(from, frame.len(), self.now, &mut self.random) {
            Delivery::Arrives(end, time) => self.push(time, Event::Frame(end, frame)),
            Delivery::Breaks(link) => self.break_stream(link, 0),
            Delivery::Gone => {}
        }
    }

    /// Breaks a stream; both ends notice a little later, and one dials again after that and `pause`.
    fn break_stream(&mut self, link: LinkId, pause: u64) {
        let Some(ends) = self.network.break_stream(link) else { return };
        self.counts.broken += 1;
        for end in ends {
            let notice = self.random.random_range(0..NOTICE_MS);
            self.schedule(notice, Event::Closed(end));
        }
        let redial = NOTICE_MS + pause + self.random.random_range(0..REDIAL_MS);
        self.schedule(redial, Event::Dial(link));
    }

    /// Remembers when a box wants to be woken, given on its own clock.
    fn wake_at(&mut self, at: usize, time: Timestamp) {
        let behind = time.as_millis().saturating_sub(self.boxes[at].clock_ahead_ms);
        let time = Timestamp::from_millis(behind).max(self.now.plus_millis(1));
        if self.boxes[at].wake != time {
            self.boxes[at].wake = time;
            self.push(time, Event::Tick(at));
        }
    }

    fn schedule(&mut self, after: u64, event: Event) {
        self.push(self.now.plus_millis(after), event);
    }

    fn push(&mut self, time: Timestamp, event: Event) {
        self.serial += 1;
        self.queue.insert((time, self.serial), event);
    }
}

impl SimulatedBox {
    /// The replica, to look at.
    pub const fn replica(&self) -> &Replica<Arc<MemoryStore>> {
        &self.replica
    }
}
