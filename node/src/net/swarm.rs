//! The task that drives the swarm: dials, decides which stream becomes the session of a peer, and
//! clears up after sessions.

use std::collections::{HashMap, VecDeque};

use futures::StreamExt as _;
use libp2p::{
    Multiaddr, PeerId, Stream, Swarm,
    core::ConnectedPoint,
    ping,
    swarm::{ConnectionId, SwarmEvent},
};
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Duration, Instant, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    CloseReason, Config, DialFailure, DialRequest, EVENT_QUEUE_EVENTS, NetEvent, SessionId,
    behaviour::{self, Behaviour, BehaviourEvent},
    dials::Dial,
    outlets::Outlets,
    pairing::{self, Incumbent},
    session::Session,
    streams::{self, Outcome},
};

/// How long the sessions together may take to end when the box stops.
const SHUTDOWN: Duration = Duration::from_secs(5);

/// Drives the swarm. Built by [`super::start`], consumed by [`SwarmTask::run`].
pub(super) struct SwarmTask {
    swarm: Swarm<Behaviour>,
    events: mpsc::Sender<NetEvent>,
    /// Events of this task that wait for room in the driver's queue. Bounded, because nothing new is
    /// looked at while it is full.
    unsent: VecDeque<NetEvent>,
    outlets: Outlets,
    max_sessions: usize,
    max_inbound: usize,
    /// Dials without a connection yet.
    dials: HashMap<ConnectionId, Dial>,
    /// The other end of every established connection.
    remotes: HashMap<ConnectionId, Multiaddr>,
    /// The session with each peer, or the attempt at one.
    peers: HashMap<PeerId, Engagement>,
    sessions: JoinSet<()>,
    next_session: u64,
    stop: CancellationToken,
}

/// What a peer and this box have going. There is never a second one with the same peer.
struct Engagement {
    connection: ConnectionId,
    since: Instant,
    stage: Stage,
}

enum Stage {
    /// We dialled, and asked for the stream.
    Opening(Dial),
    /// The task of the session runs, until `done` is cancelled.
    Open { session: SessionId, outbound: bool, done: CancellationToken },
}

/// Where the stream of a session comes from.
struct Origin {
    peer: PeerId,
    connection: ConnectionId,
    remote: Multiaddr,
    outbound: bool,
}

impl SwarmTask {
    /// Readies the task. `stop` ends it.
    pub(super) fn new(
        swarm: Swarm<Behaviour>,
        config: &Config,
        outlets: Outlets,
        events: mpsc::Sender<NetEvent>,
        stop: CancellationToken,
    ) -> Self {
        Self {
            swarm,
            events,
            unsent: VecDeque::new(),
            outlets,
            max_sessions: config.max_sessions,
            max_inbound: config.max_inbound_sessions(),
            dials: HashMap::new(),
            remotes: HashMap::new(),
            peers: HashMap::new(),
            sessions: JoinSet::new(),
            next_session: 0,
            stop,
        }
    }

    /// Runs until told to stop or the driver is gone, then ends every session.
    pub(super) async fn run(mut self, mut requests: mpsc::Receiver<DialRequest>) {
        let events = self.events.clone();
        loop {
            let has_room = self.unsent.len() < EVENT_QUEUE_EVENTS;
            tokio::select! {
                () = self.stop.cancelled() => break,
                () = events.closed() => break,
                slot = events.reserve(), if !self.unsent.is_empty() => match slot {
                    Ok(slot) => if let Some(event) = self.unsent.pop_front() { slot.send(event) },
                    Err(_driver_is_gone) => break,
                },
                event = self.swarm.select_next_some(), if has_room => self.on_swarm_event(event),
                request = requests.recv(), if has_room => match request {
                    Some(request) => self.begin_dial(Dial::new(request)),
                    None => break,
                },
                Some(ended) = self.sessions.join_next() => {
                    if let Err(error) = ended {
                        tracing::error!(%error, "the task of a session failed");
                    }
                    self.forget_ended_sessions();
                }
            }
        }
        self.end_sessions().await;
    }

    fn tell(&mut self, event: NetEvent) {
        self.unsent.push_back(event);
    }

    fn on_swarm_event(&mut self, event: SwarmEvent<BehaviourEvent>) {
        match event {
            SwarmEvent::Behaviour(BehaviourEvent::Streams(event)) => self.on_stream(event),
            SwarmEvent::Behaviour(BehaviourEvent::Ping(ping::Event {
                peer,
                connection,
                // Any other failure comes from a connection that is ending by itself.
                result: Err(ping::Failure::Timeout | ping::Failure::Unsupported),
            })) => self.on_unresponsive(peer, connection),
            SwarmEvent::NewListenAddr { address, .. } => {
                self.tell(NetEvent::Listening { address });
            }
            SwarmEvent::ConnectionEstablished { peer_id, connection_id, endpoint, .. } => {
                self.on_connected(peer_id, connection_id, &endpoint);
            }
            SwarmEvent::ConnectionClosed { peer_id, connection_id, .. } => {
                self.on_disconnected(peer_id, connection_id);
            }
            SwarmEvent::OutgoingConnectionError { connection_id, error, .. } => {
                if let Some(mut dial) = self.dials.remove(&connection_id) {
                    dial.give_up(&error);
                    self.attempt(dial, error.into());
                }
            }
            SwarmEvent::IncomingConnectionError { send_back_addr, error, .. } => {
                tracing::debug!(from = %send_back_addr, %error, "inbound connection refused");
            }
            SwarmEvent::ListenerError { error, .. } => {
                tracing::warn!(%error, "a listening address has trouble");
            }
            SwarmEvent::ListenerClosed { addresses, reason, .. } => {
                tracing::error!(?addresses, ?reason, "no longer listening");
            }
            _ => {}
        }
    }

    fn begin_dial(&mut self, dial: Dial) {
        let refusal = match dial.peer {
            Some(peer) if peer == *self.swarm.local_peer_id() => Some(DialFailure::Ourselves),
            Some(peer) if self.is_engaged(peer) => Some(DialFailure::AlreadyConnected),
            _ if self.peers.len() + self.dials.len() >= self.max_sessions => Some(DialFailure::Full),
            _ => None,
        };
        match refusal {
            Some(reason) => self.tell(dial.failed(reason)),
            None => self.attempt(dial, DialFailure::NoAddress),
        }
    }

    fn is_engaged(&self, peer: PeerId) -> bool {
        let dialling = || self.dials.values().any(|dial| dial.peer == Some(peer));
        self.peers.contains_key(&peer) || dialling()
    }

    /// Dials what is left to be dialled; if that is nothing, the dial failed for `reason`.
    fn attempt(&mut self, mut dial: Dial, mut reason: DialFailure) {
        while let Some(options) = dial.attempt() {
            let connection = options.connection_id();
            match self.swarm.dial(options) {
                Ok(()) => {
                    self.dials.insert(connection, dial);
                    return;
                }
                Err(error) => {
                    dial.give_up(&error);
                    reason = error.into();
                }
            }
        }
        self.tell(dial.failed(reason));
    }

    fn on_connected(&mut self, peer: PeerId, connection: ConnectionId, endpoint: &ConnectedPoint) {
        self.remotes.insert(connection, endpoint.get_remote_address().clone());
        // An inbound connection is looked at when its dialler opens the stream. Until then it may
        // idle for a while, and is closed by the swarm if nothing comes.
        let Some(dial) = self.dials.remove(&connection) else { return };
        if self.peers.contains_key(&peer) {
            // Not opening the stream is what tells the peer that its own dial is the one that stays.
            self.swarm.close_connection(connection);
            self.tell(dial.failed(DialFailure::AlreadyConnected));
            return;
        }
        self.swarm.behaviour_mut().streams.open(peer, connection);
        let engagement = Engagement { connection, since: Instant::now(), stage: Stage::Opening(dial) };
        self.peers.insert(peer, engagement);
    }

    fn on_stream(&mut self, event: streams::Event) {
        let streams::Event { peer, connection, outcome } = event;
        let Some(remote) = self.remotes.get(&connection).cloned() else {
            tracing::debug!(%peer, "the connection closed before its stream was looked at");
            return;
        };
        match outcome {
            Outcome::Opened(stream) => {
                // If the attempt is gone, an inbound stream won and this connection is closing.
                if self.take_attempt(peer, connection).is_some() {
                    let dialled = Origin { peer, connection, remote, outbound: true };
                    self.open_session(dialled, stream, None);
                }
            }
            Outcome::Unsupported => self.fail_attempt(peer, connection, DialFailure::Unsupported),
            Outcome::Failed => self.fail_attempt(peer, connection, DialFailure::Refused),
            Outcome::Accepted(stream) => {
                let accepted = Origin { peer, connection, remote, outbound: false };
                self.on_inbound_stream(accepted, stream);
            }
        }
    }

    fn on_inbound_stream(&mut self, origin: Origin, stream: Stream) {
        let peer = origin.peer;
        let local = *self.swarm.local_peer_id();
        let admitted = match self.peers.get(&peer) {
            Some(engagement) => pairing::inbound_wins(&local, &peer, engagement.incumbent()),
            None => self.has_room_for_inbound(),
        };
        if !admitted {
            tracing::debug!(%peer, "inbound session refused");
            self.swarm.close_connection(origin.connection);
            return;
        }
        let predecessor = self.displace(peer);
        self.open_session(origin, stream, predecessor);
    }

    /// Ends what there is with a peer to make place for another session.
    fn displace(&mut self, peer: PeerId) -> Option<CancellationToken> {
        let Engagement { connection, stage, .. } = self.peers.remove(&peer)?;
        let predecessor = match stage {
            Stage::Opening(dial) => {
                self.tell(dial.failed(DialFailure::AlreadyConnected));
                None
            }
            Stage::Open { session, done, .. } => {
                self.outlets.close(session, CloseReason::Replaced);
                Some(done)
            }
        };
        self.swarm.close_connection(connection);
        predecessor
    }

    fn open_session(&mut self, origin: Origin, stream: Stream, predecessor: Option<CancellationToken>) {
        let Origin { peer, connection, outbound, remote } = origin;
        self.next_session += 1;
        let id = SessionId(self.next_session);
        let done = CancellationToken::new();
        tracing::debug!(session = %id, %peer, outbound, %remote, "session opened");
        self.sessions.spawn(
            Session {
                id,
                peer,
                outbound,
                remote,
                stream,
                inlet: self.outlets.open(id),
                outlets: self.outlets.clone(),
                events: self.events.clone(),
                predecessor,
                done: done.clone(),
                stop: self.stop.clone(),
            }
            .run(),
        );
        let stage = Stage::Open { session: id, outbound, done };
        self.peers.insert(peer, Engagement { connection, since: Instant::now(), stage });
    }

    fn has_room_for_inbound(&self) -> bool {
        let inbound = self.peers.values().filter(|engagement| !engagement.is_outbound()).count();
        inbound < self.max_inbound && self.peers.len() < self.max_sessions
    }

    /// The dial that asked for the stream of this connection, if it still waits for it.
    fn take_attempt(&mut self, peer: PeerId, connection: ConnectionId) -> Option<Dial> {
        let engagement = self.peers.remove(&peer)?;
        match engagement.stage {
            Stage::Opening(dial) if engagement.connection == connection => Some(dial),
            _ => {
                self.peers.insert(peer, engagement);
                None
            }
        }
    }

    fn fail_attempt(&mut self, peer: PeerId, connection: ConnectionId, reason: DialFailure) {
        if let Some(dial) = self.take_attempt(peer, connection) {
            self.tell(dial.failed(reason));
        }
        self.swarm.close_connection(connection);
    }

    fn on_disconnected(&mut self, peer: PeerId, connection: ConnectionId) {
        self.remotes.remove(&connection);
        // A session on this connection finds out by itself, as its stream breaks.
        if let Some(dial) = self.take_attempt(peer, connection) {
            self.tell(dial.failed(DialFailure::Refused));
        }
    }

    fn on_unresponsive(&mut self, peer: PeerId, connection: ConnectionId) {
        if let Some(engagement) = self.peers.get(&peer)
            && engagement.connection == connection
            && let Stage::Open { session, .. } = engagement.stage
        {
            self.outlets.close(session, CloseReason::Unresponsive);
        }
        self.swarm.close_connection(connection);
    }

    /// Closes the connections of sessions whose task has ended.
    fn forget_ended_sessions(&mut self) {
        let swarm = &mut self.swarm;
        self.peers.retain(|_, engagement| {
            let ended = matches!(&engagement.stage, Stage::Open { done, .. } if done.is_cancelled());
            if ended {
                swarm.close_connection(engagement.connection);
            }
            !ended
        });
    }

    /// Ends every session and waits for their tasks; those that take too long are cut off.
    async fn end_sessions(mut self) {
        self.stop.cancel();
        self.outlets.close_all(CloseReason::Shutdown);
        let all_ended = async {
            loop {
                tokio::select! {
                    // The connections need the swarm to carry the last frames.
                    _ = self.swarm.select_next_some() => {}
                    ended = self.sessions.join_next() => if ended.is_none() { break },
                }
            }
        };
        if timeout(SHUTDOWN, all_ended).await.is_err() {
            tracing::warn!("some sessions did not end in time and were cut off");
        }
        self.sessions.shutdown().await;
        let addresses: Vec<_> = self.swarm.listeners().cloned().collect();
        drop(self.swarm);
        behaviour::wait_for_free_ports(&addresses).await;
    }
}

impl Engagement {
    fn is_outbound(&self) -> bool {
        match self.stage {
            Stage::Opening(_) => true,
            Stage::Open { outbound, .. } => outbound,
        }
    }

    fn incumbent(&self) -> Incumbent {
        Incumbent { outbound: self.is_outbound(), age: self.since.elapsed() }
    }
}
