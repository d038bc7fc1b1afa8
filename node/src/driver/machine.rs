//! The driver's thread: inputs in groups, one commit per group, then the effects.

mod carrying;

use std::collections::BTreeSet;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use dorpsplein_protocol::authority::Registers;
use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::{ItemId, NeighbourhoodId};
use dorpsplein_protocol::replica::{Effects, Input, OpenError, PhotoInput, Replica, SessionId, Ticket};
use dorpsplein_protocol::store::{Batch, Store, StoreError};
use dorpsplein_protocol::time::Timestamp;
use libp2p::Multiaddr;
use parking_lot::Mutex;
use tokio::runtime::Runtime;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::time::Instant;

use super::checking::{Checking, Done};
use super::edition::EditionWriter;
use super::group::Group;
use super::ledger::{Ledger, Opening};
use super::scrubs::{ScrubPace, Scrubs};
use super::{Network, PeerSession, RETRY, Request, Status, public_key};
use crate::clock;
use crate::net::{NetEvent, Turn};
use crate::photos::KeeperHandle;

/// Ticks come no closer than this, whatever the clock does.
const SHORTEST_WAIT: Duration = Duration::from_millis(50);
/// The clock is looked at again after at most this long, because it may have been set.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Where the driver publishes how things stand.
pub(super) struct Outlets {
    pub(super) registers: watch::Sender<Arc<Registers>>,
    pub(super) status: watch::Sender<Arc<Status>>,
    pub(super) changes: broadcast::Sender<Arc<[ItemId]>>,
    pub(super) ledger: Arc<Mutex<Ledger>>,
    pub(super) edition: EditionWriter,
}

/// The driver's state.
pub(super) struct Machine<S> {
    store: Arc<S>,
    home: NeighbourhoodId,
    own: PublicKey,
    replica: State<S>,
    network: Option<Network>,
    outlets: Outlets,
    /// The sessions the network has open, as far as it has said.
    sessions: BTreeSet<SessionId>,
    checking: Checking<Turn>,
    listening: Vec<Multiaddr>,
    /// Kept here too, because a replica that is opened again has not heard of them.
    introductions: BTreeSet<(PublicKey, NeighbourhoodId)>,
    wake: Timestamp,
    tickets: u64,
    /// Who keeps the files of photos, once somebody does.
    photos: Option<KeeperHandle>,
    scrubs: Scrubs,
}

/// The replica, or why there is none for the moment.
enum State<S> {
    Open(Box<Replica<Arc<S>>>),
    /// The store failed; it is tried again at this instant.
    Failed {
        retry: Instant,
    },
}

/// What woke the driver.
enum Event {
    Request(Request),
    Net(NetEvent),
    Checked(Done<Turn>),
    /// The store's files were scrubbed of so many dropped payloads.
    Scrubbed(Option<NonZeroU64>),
    Time,
    /// Nobody is left to ask for anything.
    Over,
}

impl<S: Store + Send + Sync + 'static> Machine<S> {
    pub(super) fn open(
        store: Arc<S>,
        home: NeighbourhoodId,
        own: PublicKey,
        outlets: Outlets,
        network: Option<Network>,
        pace: ScrubPace,
        runtime: &Runtime,
    ) -> Result<Self, OpenError> {
        let now = clock::now();
        let replica = State::Open(Box::new(Replica::open(Arc::clone(&store), home, own, now)?));
        let mut machine = Self {
            store,
            home,
            own,
            replica,
            network,
            outlets,
            sessions: BTreeSet::new(),
            checking: Checking::new(runtime.handle().clone()),
            listening: Vec::new(),
            introductions: BTreeSet::new(),
            wake: now,
            tickets: 0,
            photos: None,
            scrubs: Scrubs::new(pace),
        };
        machine.publish();
        machine.plan_scrub();
        Ok(machine)
    }

    /// Drives until it is asked to stop or nobody is left to ask.
    pub(super) fn run(mut self, mut requests: mpsc::Receiver<Request>, runtime: &Runtime) {
        loop {
            let event = runtime.block_on(self.next_event(&mut requests));
            if self.handle_group(event, &mut requests) {
                return;
            }
            self.scrub_if_due(runtime);
        }
    }

    async fn next_event(&mut self, requests: &mut mpsc::Receiver<Request>) -> Event {
        let wait = self.wait();
        // What the network brings waits there, for as long as enough waits here to be checked.
        let has_room = self.checking.has_room();
        let network = async {
            match self.network.as_mut().filter(|_| has_room) {
                Some(network) => network.events.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            request = requests.recv() => request.map_or(Event::Over, Event::Request),
            event = network => match event {
                Some(event) => Event::Net(event),
                None => {
                    self.network = None;
                    Event::Time
                }
            },
            checked = self.checking.next() => Event::Checked(checked),
            scrubbed = self.scrubs.next() => Event::Scrubbed(scrubbed),
            () = tokio::time::sleep(wait) => Event::Time,
        }
    }

    /// How long until something is due.
    fn wait(&self) -> Duration {
        match &self.replica {
            State::Open(_) => {
                let ahead = Duration::from_millis(self.wake.as_millis().saturating_sub(clock::now().as_millis()));
                let scrub = self.scrubs.due().map(|due| due.saturating_duration_since(Instant::now()));
                scrub.map_or(ahead, |scrub| ahead.min(scrub)).clamp(SHORTEST_WAIT, LONGEST_WAIT)
            }
            State::Failed { retry } => retry.saturating_duration_since(Instant::now()),
        }
    }

    /// Handles one event and all that wait behind it, up to the bounds of a group; commits; carries out. Says whether to
    /// stop.
    fn handle_group(&mut self, first: Event, requests: &mut mpsc::Receiver<Request>) -> bool {
        self.reopen_if_due();
        let mut group = Group::default();
        let mut handled = self.take_in(first, &mut group);
        while handled.is_ok() && !group.is_full() {
            let request = requests.try_recv().ok().map(Event::Request);
            let network = self.network.as_mut().filter(|_| self.checking.has_room());
            let event = network.and_then(|network| network.events.try_recv().ok()).map(Event::Net);
            let checked = self.checking.try_next().map(Event::Checked);
            if request.is_none() && event.is_none() && checked.is_none() {
                break;
            }
            for event in request.into_iter().chain(event).chain(checked) {
                // After a failure the rest is still taken in, to be refused rather than lost.
                handled = handled.and(self.take_in(event, &mut group));
            }
        }
        match handled.and_then(|()| self.commit(&group.batch)) {
            Ok(()) => {
                self.publish();
                if group.shows_otherwise() {
                    self.outlets.edition.publish();
                }
                self.plan_scrub();
                self.carry_out(group.after, &mut group.replies);
            }
            Err(error) => self.fail(&error),
        }
        // Dropping what is left of the replies refuses their operations for want of storage.
        group.stop
    }

    fn take_in(&mut self, event: Event, group: &mut Group) -> Result<(), StoreError> {
        let Some(input) = self.input_of(event, group) else { return Ok(()) };
        let State::Open(replica) = &mut self.replica else { return Ok(()) };
        group.inputs += 1;
        let origin = match &input {
            Input::Received { session, .. } => Some(*session),
            _ => None,
        };
        let effects = replica.handle(clock::now(), input)?;
        group.add(origin, effects);
        Ok(())
    }

    /// What an event means to the replica, if anything.
    fn input_of(&mut self, event: Event, group: &mut Group) -> Option<Input> {
        match event {
            Event::Request(Request::Submit { operation, reply }) => {
                if matches!(self.replica, State::Failed { .. }) {
                    return None;
                }
                self.tickets += 1;
                let ticket = Ticket(self.tickets);
                group.replies.submissions.insert(ticket, reply);
                group.bytes += operation.len();
                Some(Input::Submit { ticket, operation })
            }
            Event::Request(Request::Introduce { peer, neighbourhood }) => {
                self.introductions.insert((peer, neighbourhood)).then_some(Input::Introduce { peer, neighbourhood })
            }
            Event::Request(Request::Compare) => Some(Input::Compare),
            Event::Request(Request::Import { frame, reply }) => {
                if matches!(self.replica, State::Failed { .. }) {
                    return None;
                }
                self.tickets += 1;
                let ticket = Ticket(self.tickets);
                group.replies.imports.insert(ticket, reply);
                Some(Input::Import { ticket, frame })
            }
            Event::Request(Request::KeepPhotos { keeper }) => {
                keeper.take_stock();
                self.photos = Some(keeper);
                None
            }
            Event::Request(Request::OfferPhoto { photo, length, by, reply }) => {
                self.tickets += 1;
                let ticket = Ticket(self.tickets);
                group.replies.offers.insert(ticket, reply);
                Some(Input::Photo(PhotoInput::Offered { ticket, photo, length, by }))
            }
            Event::Request(Request::Photo(input)) => {
                group.photos = true;
                Some(Input::Photo(input))
            }
            Event::Request(Request::Answer { reply }) => {
                // Who asked may have gone away.
                let _ = reply.send(());
                None
            }
            Event::Request(Request::Stop) | Event::Over => {
                group.stop = true;
                None
            }
            Event::Net(event) => self.input_of_net(event),
            Event::Checked(done) => self.input_of_checked(done, group),
            Event::Scrubbed(dropped) => dropped.map(|dropped| Input::Scrubbed { dropped: dropped.get() }),
            Event::Time => Some(Input::Tick),
        }
    }

    fn input_of_checked(&mut self, done: Done<Turn>, group: &mut Group) -> Option<Input> {
        match done {
            Done::Frame { session, frame, bytes, token: _ } => {
                group.bytes += bytes;
                self.sessions.contains(&session).then_some(Input::Received { session, frame })
            }
            Done::Closed(session) => self.sessions.remove(&session).then_some(Input::Closed { session }),
        }
    }

    fn input_of_net(&mut self, event: NetEvent) -> Option<Input> {
        match event {
            NetEvent::Opened { session, peer, outbound, remote, meter } => {
                let id = SessionId(session.0);
                let key = public_key(&peer).filter(|_| matches!(self.replica, State::Open(_)));
                let Some(peer) = key else {
                    self.close(id);
                    return None;
                };
                tracing::info!(%peer, %remote, outbound, "a box is connected");
                self.sessions.insert(id);
                let mut ledger = self.outlets.ledger.lock();
                let opening = Opening { peer, outbound, remote, meter };
                ledger.opened(id, opening, clock::now(), std::time::Instant::now());
                drop(ledger);
                Some(Input::Opened { session: id, peer, outbound })
            }
            NetEvent::Frame { session, bytes, turn } => {
                let session = SessionId(session.0);
                if self.sessions.contains(&session) {
                    self.checking.frame(session, bytes, turn);
                }
                None
            }
            NetEvent::Closed { session, reason } => {
                let id = SessionId(session.0);
                tracing::info!(%session, %reason, "a box is no longer connected");
                self.outlets.ledger.lock().closed(id);
                // Behind what it sent before.
                self.checking.closed(id);
                None
            }
            NetEvent::Listening { address } => {
                tracing::info!(%address, "other boxes can reach this one");
                self.listening.push(address);
                self.publish();
                None
            }
            NetEvent::DialFailed { peer, reason, .. } => {
                let peer = peer.map_or_else(|| "a box".to_owned(), |peer| peer.to_string());
                tracing::debug!(peer, %reason, "a box could not be reached");
                None
            }
        }
    }

    /// Makes a group durable.
    fn commit(&mut self, batch: &Batch) -> Result<(), StoreError> {
        let State::Open(replica) = &mut self.replica else { return Ok(()) };
        if !batch.is_empty() {
            let begun = std::time::Instant::now();
            self.store.commit(batch)?;
            self.outlets.ledger.lock().committed(begun.elapsed());
        }
        replica.committed();
        Ok(())
    }

    /// The store failed: nothing of the group counts, and what the replica knows beyond the store is forgotten.
    fn fail(&mut self, error: &StoreError) {
        tracing::error!(%error, retry_s = RETRY.as_secs(), "the store failed; this box only reads until it works again");
        self.replica = State::Failed { retry: Instant::now() + RETRY };
        for session in std::mem::take(&mut self.sessions) {
            self.checking.forget(session);
            self.close(session);
        }
        self.publish();
    }

    fn plan_scrub(&mut self) {
        let State::Open(replica) = &self.replica else { return };
        self.scrubs.owed(replica.owes_scrub(), Instant::now());
    }

    fn scrub_if_due(&mut self, runtime: &Runtime) {
        if matches!(self.replica, State::Open(_)) && self.scrubs.due().is_some_and(|due| due <= Instant::now()) {
            let store = Arc::clone(&self.store);
            self.scrubs.begin(runtime.spawn_blocking(move || store.scrub()));
        }
    }

    /// Opens the replica again on what the store holds.
    fn reopen_if_due(&mut self) {
        let State::Failed { retry } = &self.replica else { return };
        if Instant::now() < *retry {
            return;
        }
        match self.reopen() {
            Ok(replica) => {
                tracing::info!("the store works again");
                self.replica = State::Open(Box::new(replica));
                if let Some(photos) = &self.photos {
                    photos.take_stock();
                }
                self.publish();
            }
            Err(error) => self.fail(&error),
        }
    }

    fn reopen(&self) -> Result<Replica<Arc<S>>, StoreError> {
        // Even an empty batch needs a store that works.
        self.store.commit(&Batch::default())?;
        let now = clock::now();
        let opened = Replica::open(Arc::clone(&self.store), self.home, self.own, now);
        let mut replica = opened.map_err(|OpenError::Store(error)| error)?;
        for (peer, neighbourhood) in &self.introductions {
            let Effects { batch, after: _ } =
                replica.handle(now, Input::Introduce { peer: *peer, neighbourhood: *neighbourhood })?;
            self.store.commit(&batch)?;
            replica.committed();
        }
        Ok(replica)
    }

    fn publish(&self) {
        let State::Open(replica) = &self.replica else {
            let listening = self.listening.clone();
            self.outlets.status.send_replace(Arc::new(Status { sessions: Vec::new(), listening, writable: false }));
            return;
        };
        self.outlets.registers.send_replace(Arc::new(replica.registers().clone()));
        let (now, instant) = (clock::now(), std::time::Instant::now());
        let mut ledger = self.outlets.ledger.lock();
        ledger.holds(replica.spaces());
        ledger.shows(replica.photos());
        let sessions = replica
            .sessions()
            .map(|(id, status)| {
                let certified = replica.is_certified(status, now);
                ledger.stands(id, status, certified, now, instant);
                PeerSession { status: status.clone(), certified }
            })
            .collect();
        drop(ledger);
        let status = Status { sessions, listening: self.listening.clone(), writable: true };
        self.outlets.status.send_if_modified(|published| {
            let changed = **published != status;
            if changed {
                *published = Arc::new(status);
            }
            changed
        });
    }
}
