//! The network of a box: opaque frames between this box and its peers.
//!
//! This shell knows nothing of operations, members or spaces. It dials, listens, keeps at most one
//! *session* per peer, and carries length-prefixed frames over it in both directions. Who the peer
//! is (its key, proven by the handshake) is told with [`NetEvent::Opened`]; whether it is welcome is
//! the driver's decision.
//!
//! # Calling order
//!
//! 1. [`start`] binds every listening address or fails; it returns a [`NetHandle`] and the events.
//! 2. The driver reads events for as long as the box runs. It never has to answer before reading
//!    on: every method of [`NetHandle`] except [`NetHandle::shutdown`] returns at once.
//! 3. Of one session the driver sees [`NetEvent::Opened`], then any number of [`NetEvent::Frame`],
//!    then one [`NetEvent::Closed`], in that order. A successor session with the same peer is
//!    announced only after its predecessor was closed.
//! 4. Who gets more than a session (a relay, a test of reachability, address records, help through a router) is said
//!    with [`NetHandle::entitle`], and again whenever it changes. [`NetHandle::watch_reach`] tells how everybody is
//!    reached, [`NetHandle::take_told`] what neighbours say of each other's addresses.
//! 5. [`NetHandle::shutdown`] closes every session and waits until all tasks have ended.
//!
//! # What bounds it
//!
//! Nothing grows with what a peer does: a frame is refused on its length prefix, inbound frames stop
//! being read when the driver's queue is full, and a peer that does not take what we send loses its
//! session. Every limit is a constant in this file, or in the file of the part it limits.

mod behaviour;
mod dials;
mod expulsions;
mod frames;
mod gate;
mod known;
mod limits;
pub mod mdns;
mod meter;
mod outlets;
mod outside;
mod pairing;
mod reach;
mod reasons;
mod records;
mod relaying;
mod session;
mod slug;
mod streams;
mod swarm;

use std::{collections::BTreeSet, fmt, sync::Arc};

pub use libp2p::{Multiaddr, PeerId, identity::Keypair};
use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};
use tokio_util::sync::CancellationToken;

use expulsions::Expulsions;
use gate::Entitled;
pub use meter::Meter;
use outlets::Outlets;
pub use reach::{Reach, Route, Router, Told, is_public};
pub use reasons::{CloseReason, DialFailure, DialRejected, NetError, SendError};
pub use records::{
    ADDRESS_PROTOCOL, AddressRecord, MAX_MESSAGE_RECORDS, MAX_RECORD_ADDRESSES, MAX_RECORD_BYTES, RecordError,
};
pub use slug::slug;

/// The stream protocol that carries sessions. Its version changes when the framing does.
pub const SESSION_PROTOCOL: &str = "/dorpsplein/session/2";

/// Frames of one session that are on their way from its stream to the replica: one that is dealt with, one that is checked,
/// one that waits. Whatever a neighbour sends, it keeps no more than these before the frames of others.
pub const FRAMES_UNDER_WAY: usize = 3;

/// The longest frame, in bytes, in either direction: 16 operations with the largest payload.
pub const MAX_FRAME_BYTES: usize = 1024 * 1024;

/// Events the driver may leave unread before peers are no longer read. With frames of the greatest
/// length that is 32 MiB; with ordinary ones the driver never notices the limit.
pub const EVENT_QUEUE_EVENTS: usize = 32;

/// Dials and messages with address records waiting to be started. A box has a handful of neighbours, each dialled one
/// at a time.
pub const DIAL_QUEUE_DIALS: usize = 64;

/// Messages with address records that may wait to be looked at. What comes after that is lost, and told again
/// when the peer connects the next time.
pub const TOLD_QUEUE: usize = 32;

/// Addresses tried in one dial; the rest is ignored, because hints from the local network are
/// anybody's to write.
pub const MAX_DIAL_ADDRESSES: usize = 16;

/// Frames waiting to be sent in one session before its reader counts as too slow.
pub const SEND_QUEUE_FRAMES: usize = 1024;

/// Bytes waiting to be sent in one session before its reader counts as too slow. An answer to a
/// peer's question has to stay below it; four of the longest frames fit.
pub const SEND_QUEUE_BYTES: usize = 4 * MAX_FRAME_BYTES;

/// Sessions at the same time, unless [`Config::max_sessions`] says otherwise: the boxes of a
/// neighbourhood and those of the neighbours it has a treaty with.
pub const DEFAULT_MAX_SESSIONS: usize = 64;

/// Inbound connections from one address, unless [`Config::max_connections_per_address`] says
/// otherwise: the boxes of a village hall behind one router.
pub const DEFAULT_CONNECTIONS_PER_ADDRESS: usize = 8;

/// What a box listens on, who it is, and how much it allows.
#[derive(Clone)]
pub struct Config {
    /// The key of this box; its public half is the peer id.
    pub keypair: Keypair,
    /// Where to listen, as `/ip4/…/udp/…/quic-v1` or `/ip4/…/tcp/…`. May be empty: then the box only
    /// dials. Port 0 takes a free port, which [`NetEvent::Listening`] tells.
    pub listen: Vec<Multiaddr>,
    /// Sessions at the same time, in both directions together. A quarter is kept for sessions this
    /// box dials itself, so that strangers cannot take them all.
    pub max_sessions: usize,
    /// Inbound connections at the same time from one IPv4 address or one IPv6 network of 64 bits.
    pub max_connections_per_address: usize,
    /// Where others reach this box from outside, if its settings say so.
    pub announce: Vec<Multiaddr>,
    /// Whether those who are [entitled](NetHandle::entitle) may be reached through this box.
    pub relay: bool,
    /// Whether the router is asked to let neighbours in.
    pub upnp: bool,
}

impl Config {
    /// A box with this key, listening on these addresses, with the ordinary limits. It relays, and asks nothing of a
    /// router.
    #[must_use]
    pub fn new(keypair: Keypair, listen: Vec<Multiaddr>) -> Self {
        Self {
            keypair,
            listen,
            max_sessions: DEFAULT_MAX_SESSIONS,
            max_connections_per_address: DEFAULT_CONNECTIONS_PER_ADDRESS,
            announce: Vec::new(),
            relay: true,
            upnp: false,
        }
    }

    /// How many of the sessions may have been opened by others.
    fn max_inbound_sessions(&self) -> usize {
        self.max_sessions - self.max_sessions / 4
    }
}

/// The key of a box from its 32 secret bytes (an ed25519 seed).
#[must_use]
pub fn keypair_from_secret(secret: [u8; 32]) -> Keypair {
    Keypair::ed25519_from_bytes(secret).expect("any 32 bytes are an ed25519 seed")
}

/// One session: one stream of frames with one peer. Never used twice while the box runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub u64);

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "session {}", self.0)
    }
}

/// What the network tells the driver.
#[derive(Debug)]
pub enum NetEvent {
    /// The box can be reached at this address. Comes once per address, also for those the operating
    /// system adds later to a box that listens on all of them.
    Listening {
        /// The address with the real port.
        address: Multiaddr,
    },
    /// A session with this peer began. A peer that is full may still hang up at once: an attempt
    /// has succeeded when the first frame comes.
    Opened {
        /// Names the session in everything that follows.
        session: SessionId,
        /// Whose key the other end holds, proven by the handshake.
        peer: PeerId,
        /// Whether this box dialled. If so, this is the answer to that [`NetHandle::dial`].
        outbound: bool,
        /// The address of the other end as seen from here.
        remote: Multiaddr,
        /// Counts what goes over it, until it is closed.
        meter: Arc<Meter>,
    },
    /// The other end sent a frame.
    Frame {
        /// The session it came in.
        session: SessionId,
        /// From 1 to [`MAX_FRAME_BYTES`] bytes, not looked at.
        bytes: Vec<u8>,
        /// To be kept until the frame is dealt with.
        turn: Turn,
    },
    /// The session is over; its id means nothing any more.
    Closed {
        /// The session that ended.
        session: SessionId,
        /// Who ended it and why.
        reason: CloseReason,
    },
    /// A dial did not become a session.
    DialFailed {
        /// The peer as asked for, or as the last part of the address names it.
        peer: Option<PeerId>,
        /// The addresses that were to be tried.
        addresses: Vec<Multiaddr>,
        /// What stood in the way.
        reason: DialFailure,
    },
}

/// A frame's place among those of its session. A session has [`FRAMES_UNDER_WAY`] of them; as long as none is free, nothing
/// is read from its stream. Free again when it is dropped.
#[derive(Debug)]
pub struct Turn {
    _place: OwnedSemaphorePermit,
}

/// The driver's grip on the network. Clones share it; the network also stops when the last one, or the
/// receiver of the events, is dropped.
#[derive(Clone)]
pub struct NetHandle {
    local: PeerId,
    outlets: Outlets,
    orders: mpsc::Sender<Order>,
    entitled: Arc<watch::Sender<BTreeSet<PeerId>>>,
    reach: watch::Receiver<Arc<Reach>>,
    told: Arc<Mutex<Option<mpsc::Receiver<Told>>>>,
    tasks: Arc<Tasks>,
}

/// How the swarm task is told to stop, and how it tells it has.
struct Tasks {
    stop: CancellationToken,
    stopped: CancellationToken,
}

/// What is handed to the swarm task.
enum Order {
    Dial(DialRequest),
    Straighten { peer: PeerId, addresses: Vec<Multiaddr> },
    Tell { peer: PeerId, records: Vec<Vec<u8>> },
}

/// What [`NetHandle::dial`] asks for.
struct DialRequest {
    peer: Option<PeerId>,
    addresses: Vec<Multiaddr>,
}

/// Binds the listening addresses and starts the tasks of the network on the current tokio runtime.
///
/// # Errors
///
/// [`NetError`] when an address cannot be listened on or the configuration makes no sense; then
/// nothing keeps running.
pub fn start(config: Config) -> Result<(NetHandle, mpsc::Receiver<NetEvent>), NetError> {
    if config.max_sessions == 0 {
        return Err(NetError::NoSessions);
    }
    let (gate, expulsions) = (Entitled::default(), Expulsions::default());
    let swarm = behaviour::listening_swarm(&config, &gate, &expulsions)?;
    let (events, receiver) = mpsc::channel(EVENT_QUEUE_EVENTS);
    let (orders, requests) = mpsc::channel(DIAL_QUEUE_DIALS);
    let (told, heard) = mpsc::channel(TOLD_QUEUE);
    let (entitled, entitlements) = watch::channel(BTreeSet::new());
    let (reach, reached) = watch::channel(Arc::default());
    let tasks = Tasks { stop: CancellationToken::new(), stopped: CancellationToken::new() };
    let handle = NetHandle {
        local: *swarm.local_peer_id(),
        outlets: Outlets::default(),
        orders,
        entitled: Arc::new(entitled),
        reach: reached,
        told: Arc::new(Mutex::new(Some(heard))),
        tasks: Arc::new(tasks),
    };
    let stop = handle.tasks.stop.clone();
    let stopped = handle.tasks.stopped.clone().drop_guard();
    let ends = swarm::Ends { events, told, reach, outlets: handle.outlets.clone(), expulsions, stop };
    let task = swarm::SwarmTask::new(swarm, &config, gate, ends);
    tokio::spawn(async move {
        task.run(requests, entitlements).await;
        drop(stopped);
    });
    Ok((handle, receiver))
}

impl NetHandle {
    /// The peer id of this box.
    #[must_use]
    pub fn local_peer(&self) -> PeerId {
        self.local
    }

    /// Dials a peer. Every dial taken on is answered by exactly one event: [`NetEvent::Opened`] with
    /// `outbound`, or [`NetEvent::DialFailed`].
    ///
    /// With a peer, all addresses are tried at once and whoever answers must hold the key of that
    /// peer. Without, the peer may stand at the end of an address (`/p2p/…`); failing that, the
    /// addresses are tried in order and anyone who answers will do. Only the first
    /// [`MAX_DIAL_ADDRESSES`] are looked at.
    ///
    /// # Errors
    ///
    /// [`DialRejected`] when [`DIAL_QUEUE_DIALS`] dials wait already or the network has stopped.
    pub fn dial(&self, peer: Option<PeerId>, addresses: Vec<Multiaddr>) -> Result<(), DialRejected> {
        self.orders.try_send(Order::Dial(DialRequest { peer, addresses })).map_err(|_| DialRejected)
    }

    /// Tries to reach a peer directly whose session goes through a relay, at those of these addresses that do not. If that
    /// works, the session moves: it is closed, and another one opened. Otherwise, and when there is no such session, nothing
    /// happens.
    ///
    /// # Errors
    ///
    /// As [`NetHandle::dial`].
    pub fn straighten(&self, peer: PeerId, addresses: Vec<Multiaddr>) -> Result<(), DialRejected> {
        self.orders.try_send(Order::Straighten { peer, addresses }).map_err(|_| DialRejected)
    }

    /// Says who gets what is for neighbours only, in place of what was said before. Connections of those who no longer
    /// do are closed; those who do now are asked to connect anew.
    pub fn entitle(&self, peers: BTreeSet<PeerId>) {
        self.entitled.send_if_modified(|entitled| {
            let changed = *entitled != peers;
            *entitled = peers;
            changed
        });
    }

    /// Sends address records to a peer with a session: at most [`MAX_MESSAGE_RECORDS`] in their transfer form. If
    /// they do not get there, [`Told::Failed`] says so.
    ///
    /// # Errors
    ///
    /// [`DialRejected`] when too much waits already or the network has stopped.
    pub fn tell(&self, peer: PeerId, records: Vec<Vec<u8>>) -> Result<(), DialRejected> {
        self.orders.try_send(Order::Tell { peer, records }).map_err(|_| DialRejected)
    }

    /// What is heard of addresses from those who are entitled. Whoever asks first has it; it may be left unread.
    #[must_use]
    pub fn take_told(&self) -> Option<mpsc::Receiver<Told>> {
        self.told.lock().take()
    }

    /// How everybody is reached, and every time that changes.
    #[must_use]
    pub fn watch_reach(&self) -> watch::Receiver<Arc<Reach>> {
        self.reach.clone()
    }

    /// Queues a frame of 1 to [`MAX_FRAME_BYTES`] bytes. Frames of one session arrive in the order
    /// of the calls, or the session ends.
    ///
    /// # Errors
    ///
    /// [`SendError`]; after [`SendError::SlowReader`] the session is closed.
    pub fn send(&self, session: SessionId, bytes: Vec<u8>) -> Result<(), SendError> {
        self.outlets.send(session, bytes)
    }

    /// Closes a session. What was queued before is sent first, if the other end takes it soon.
    /// [`NetEvent::Closed`] follows; closing a session that is gone does nothing.
    pub fn close(&self, session: SessionId) {
        self.outlets.close(session, CloseReason::Asked);
    }

    /// Ends a session at once, whatever was queued, and does not let its peer in again for a while: ten seconds the first
    /// time, an hour at most. [`NetEvent::Closed`] follows.
    pub fn expel(&self, session: SessionId) {
        self.outlets.close(session, CloseReason::Expelled);
    }

    /// Stops listening, closes every session and returns when all tasks have ended. Events that no
    /// longer fit the driver's queue are dropped.
    pub async fn shutdown(&self) {
        self.tasks.stop.cancel();
        self.tasks.stopped.cancelled().await;
    }
}
