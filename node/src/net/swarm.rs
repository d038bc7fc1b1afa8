//! The task that owns the swarm: it dials and listens, and decides which connection carries the session
//! with a peer.

mod connection;
mod dialling;
mod reaching;
mod versions;

use std::{
    collections::{BTreeSet, HashMap, HashSet, VecDeque},
    sync::Arc,
};

use futures::StreamExt as _;
use libp2p::{
    Multiaddr, PeerId, Stream, Swarm, ping,
    swarm::{ConnectionId, SwarmEvent},
};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time::{Duration, Instant, MissedTickBehavior, interval, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    CloseReason, Config, DialFailure, EVENT_QUEUE_EVENTS, NetEvent, Order, Reach, SessionId, Told,
    behaviour::{self, Behaviour, BehaviourEvent},
    dials::Dial,
    expulsions::Expulsions,
    gate::Entitled,
    outlets::Outlets,
    pairing::{self, Incumbent},
    reach::is_relayed,
    session::Session,
    streams::{self, Outcome},
};
use connection::Connection;
use reaching::Reaching;
use versions::Versions;

/// How long the sessions together may take to end when the box stops.
const SHUTDOWN: Duration = Duration::from_secs(5);

/// How often the ways to the peers are looked after.
const TICK: Duration = Duration::from_secs(1);

/// Where the task tells what happens.
pub(super) struct Ends {
    pub(super) events: mpsc::Sender<NetEvent>,
    pub(super) told: mpsc::Sender<Told>,
    pub(super) reach: watch::Sender<Arc<Reach>>,
    pub(super) outlets: Outlets,
    pub(super) expulsions: Expulsions,
    pub(super) stop: CancellationToken,
}

/// Drives the swarm. Built by [`super::start`], consumed by [`SwarmTask::run`].
pub(super) struct SwarmTask {
    swarm: Swarm<Behaviour>,
    ends: Ends,
    /// Events of this task that wait for room in the driver's queue. Bounded, because nothing new is
    /// looked at while it is full.
    unsent: VecDeque<NetEvent>,
    max_sessions: usize,
    max_inbound: usize,
    /// Dials without a connection yet.
    dials: HashMap<ConnectionId, Dial>,
    /// Every established connection.
    connections: HashMap<ConnectionId, Connection>,
    /// Connections, or dials, that are to take over a session this box has.
    moves: HashSet<ConnectionId>,
    /// The session with each peer, or the attempt at one.
    peers: HashMap<PeerId, Engagement>,
    sessions: JoinSet<()>,
    next_session: u64,
    reaching: Reaching,
    versions: Versions,
}

/// What a peer and this box have going. There is never a second one with the same peer.
struct Engagement {
    connection: ConnectionId,
    relayed: bool,
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
    relayed: bool,
    outbound: bool,
}

impl SwarmTask {
    /// Readies the task. `gate` is what the behaviours ask who is entitled.
    pub(super) fn new(swarm: Swarm<Behaviour>, config: &Config, gate: Entitled, ends: Ends) -> Self {
        let reaching = Reaching::new(config, gate, swarm.behaviour().asks_router());
        let mut task = Self {
            swarm,
            ends,
            unsent: VecDeque::new(),
            max_sessions: config.max_sessions,
            max_inbound: config.max_inbound_sessions(),
            dials: HashMap::new(),
            connections: HashMap::new(),
            moves: HashSet::new(),
            peers: HashMap::new(),
            sessions: JoinSet::new(),
            next_session: 0,
            reaching,
            versions: Versions::default(),
        };
        task.outside_changed();
        task
    }

    /// Runs until told to stop or the driver is gone, then ends every session.
    pub(super) async fn run(
        mut self,
        mut orders: mpsc::Receiver<Order>,
        mut entitlements: watch::Receiver<BTreeSet<PeerId>>,
    ) {
        let (events, stop) = (self.ends.events.clone(), self.ends.stop.clone());
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let has_room = self.unsent.len() < EVENT_QUEUE_EVENTS;
            tokio::select! {
                () = stop.cancelled() => break,
                () = events.closed() => break,
                slot = events.reserve(), if !self.unsent.is_empty() => match slot {
                    Ok(slot) => if let Some(event) = self.unsent.pop_front() { slot.send(event) },
                    Err(_driver_is_gone) => break,
                },
                changed = entitlements.changed() => match changed {
                    Ok(()) => {
                        let entitled = entitlements.borrow_and_update().clone();
                        self.entitle(entitled);
                    }
                    Err(_driver_is_gone) => break,
                },
                event = self.swarm.select_next_some(), if has_room => self.on_swarm_event(event),
                order = orders.recv(), if has_room => match order {
                    Some(Order::Dial(request)) => self.begin_dial(Dial::new(request)),
                    Some(Order::Straighten { peer, addresses }) => self.straighten(peer, addresses),
                    Some(Order::Tell { peer, records }) => self.tell_records(peer, records),
                    None => break,
                },
                Some(ended) = self.sessions.join_next() => {
                    if let Err(error) = ended {
                        tracing::error!(%error, "the task of a session failed");
                    }
                    self.forget_ended_sessions();
                }
                _ = ticks.tick() => self.look_after_ways(),
            }
            self.publish_reach();
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
                // Told from the second one on that comes without an answer in between. Of a line that went dead under TCP
                // the first is a timeout, and the next that no other stream can be agreed on.
                result: Err(_),
            })) => self.on_unresponsive(peer, connection),
            SwarmEvent::Behaviour(event) => self.on_ways_event(event),
            SwarmEvent::NewListenAddr { listener_id, address } => self.on_listening(listener_id, address),
            SwarmEvent::ExpiredListenAddr { address, .. } => self.on_not_listening(&address),
            SwarmEvent::ExternalAddrConfirmed { address } => self.on_reached_from_outside(address),
            SwarmEvent::ExternalAddrExpired { address } => self.on_no_longer_reached(&address),
            SwarmEvent::ConnectionEstablished { peer_id, connection_id, endpoint, .. } => {
                self.on_connected(peer_id, connection_id, &endpoint);
            }
            SwarmEvent::ConnectionClosed { peer_id, connection_id, .. } => {
                self.on_disconnected(peer_id, connection_id);
            }
            SwarmEvent::OutgoingConnectionError { connection_id, error, .. } => {
                self.moves.remove(&connection_id);
                self.reaching.straightening.remove(&connection_id);
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
            SwarmEvent::ListenerClosed { listener_id, addresses, reason } => {
                self.on_listener_closed(listener_id, &addresses, &reason);
            }
            _ => {}
        }
    }

    fn on_stream(&mut self, event: streams::Event) {
        let streams::Event { peer, connection, outcome } = event;
        let Some(known) = self.connections.get(&connection) else {
            tracing::debug!(%peer, "the connection closed before its stream was looked at");
            return;
        };
        let (remote, relayed) = (known.remote.clone(), known.relayed);
        let origin = |outbound| Origin { peer, connection, remote, relayed, outbound };
        match outcome {
            Outcome::Opened(stream) if self.moves.remove(&connection) => {
                let predecessor = self.displace(peer);
                self.open_session(origin(true), stream, predecessor);
            }
            Outcome::Opened(stream) => {
                // If the attempt is gone, an inbound stream won and this connection is closing.
                if self.take_attempt(peer, connection).is_some() {
                    self.open_session(origin(true), stream, None);
                }
            }
            Outcome::Unsupported => {
                self.on_other_version(peer);
                self.fail_attempt(peer, connection, DialFailure::Unsupported);
            }
            Outcome::Failed => self.fail_attempt(peer, connection, DialFailure::Refused),
            Outcome::Accepted(stream) => self.on_inbound_stream(origin(false), stream),
        }
    }

    fn on_inbound_stream(&mut self, origin: Origin, stream: Stream) {
        let peer = origin.peer;
        let local = *self.swarm.local_peer_id();
        let admitted = match self.peers.get(&peer) {
            // On a connection that it had besides.
            _ if self.ends.expulsions.keeps_out(&peer, Instant::now()) => false,
            Some(engagement) => pairing::inbound_wins(&local, &peer, engagement.incumbent(), origin.relayed),
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
                self.ends.outlets.close(session, CloseReason::Replaced);
                Some(done)
            }
        };
        self.swarm.close_connection(connection);
        predecessor
    }

    fn open_session(&mut self, origin: Origin, stream: Stream, predecessor: Option<CancellationToken>) {
        let Origin { peer, connection, outbound, remote, relayed } = origin;
        self.next_session += 1;
        self.on_common_version(&peer);
        let id = SessionId(self.next_session);
        let done = CancellationToken::new();
        tracing::debug!(session = %id, %peer, outbound, %remote, relayed, "session opened");
        self.sessions.spawn(
            Session {
                id,
                peer,
                outbound,
                remote,
                stream,
                inlet: self.ends.outlets.open(id),
                outlets: self.ends.outlets.clone(),
                expulsions: self.ends.expulsions.clone(),
                events: self.ends.events.clone(),
                predecessor,
                done: done.clone(),
                stop: self.ends.stop.clone(),
            }
            .run(),
        );
        let stage = Stage::Open { session: id, outbound, done };
        self.peers.insert(peer, Engagement { connection, relayed, since: Instant::now(), stage });
        self.reaching.changed = true;
    }

    fn has_room_for_inbound(&self) -> bool {
        let inbound = self.peers.values().filter(|engagement| !engagement.is_outbound()).count();
        inbound < self.max_inbound && self.peers.len() < self.max_sessions
    }

    fn on_unresponsive(&mut self, peer: PeerId, connection: ConnectionId) {
        if let Some(engagement) = self.peers.get(&peer)
            && engagement.connection == connection
            && let Stage::Open { session, .. } = engagement.stage
        {
            self.ends.outlets.close(session, CloseReason::Unresponsive);
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
        self.reaching.changed = true;
    }

    /// Ends every session and waits for their tasks; those that take too long are cut off.
    async fn end_sessions(mut self) {
        self.ends.stop.cancel();
        self.ends.outlets.close_all(CloseReason::Shutdown);
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
        let addresses: Vec<_> = self.swarm.listeners().filter(|address| !is_relayed(address)).cloned().collect();
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
        Incumbent { outbound: self.is_outbound(), age: self.since.elapsed(), relayed: self.relayed }
    }
}
