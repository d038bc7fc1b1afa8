//! From a dial the driver asked for to a connection, and to the stream on it.

use libp2p::{PeerId, core::ConnectedPoint, swarm::ConnectionId};
use tokio::time::Instant;

use super::{Connection, Dial, DialFailure, Engagement, Stage, SwarmTask};

impl SwarmTask {
    pub(super) fn begin_dial(&mut self, dial: Dial) {
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
    pub(super) fn attempt(&mut self, mut dial: Dial, mut reason: DialFailure) {
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

    pub(super) fn on_connected(&mut self, peer: PeerId, connection: ConnectionId, endpoint: &ConnectedPoint) {
        let known = self.connection(peer, endpoint);
        let relayed = known.relayed;
        self.connections.insert(connection, known);
        if self.came_too_late(peer, connection) {
            self.moves.remove(&connection);
            self.swarm.close_connection(connection);
            return;
        }
        if self.moves.contains(&connection) {
            self.swarm.behaviour_mut().streams.open(peer, connection);
            return;
        }
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
        let engagement = Engagement { connection, relayed, since: Instant::now(), stage: Stage::Opening(dial) };
        self.peers.insert(peer, engagement);
    }

    /// What is known of a connection that was just set up.
    fn connection(&self, peer: PeerId, endpoint: &ConnectedPoint) -> Connection {
        Connection::new(peer, endpoint, self.reaching.gate.contains(&peer), |address| self.peer_at(address))
    }

    /// The dial that asked for the stream of this connection, if it still waits for it.
    pub(super) fn take_attempt(&mut self, peer: PeerId, connection: ConnectionId) -> Option<Dial> {
        let engagement = self.peers.remove(&peer)?;
        match engagement.stage {
            Stage::Opening(dial) if engagement.connection == connection => Some(dial),
            _ => {
                self.peers.insert(peer, engagement);
                None
            }
        }
    }

    pub(super) fn fail_attempt(&mut self, peer: PeerId, connection: ConnectionId, reason: DialFailure) {
        self.moves.remove(&connection);
        if let Some(dial) = self.take_attempt(peer, connection) {
            self.tell(dial.failed(reason));
        }
        self.swarm.close_connection(connection);
    }

    pub(super) fn on_disconnected(&mut self, peer: PeerId, connection: ConnectionId) {
        self.connections.remove(&connection);
        self.moves.remove(&connection);
        self.reaching.changed = true;
        // A session on this connection finds out by itself, as its stream breaks.
        if let Some(dial) = self.take_attempt(peer, connection) {
            self.tell(dial.failed(DialFailure::Refused));
        }
    }
}
