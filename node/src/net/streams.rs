//! The one stream of a connection: asked for by the side that dialled, accepted by the other.
//!
//! Not `libp2p-stream`: that does not tell which connection a stream belongs to, picks one at random
//! to open a stream on, and keeps a channel for every connection there ever was. One stream per
//! connection, opened by the dialler only, is what makes "one session per peer" decidable.

use std::{
    collections::VecDeque,
    convert::Infallible,
    task::{Context, Poll},
};

use libp2p::{
    Multiaddr, PeerId, Stream, StreamProtocol,
    core::{Endpoint, transport::PortUse, upgrade::ReadyUpgrade},
    swarm::{
        ConnectionDenied, ConnectionHandler, ConnectionHandlerEvent, ConnectionId, FromSwarm, NetworkBehaviour,
        NotifyHandler, StreamUpgradeError, SubstreamProtocol, THandler, THandlerInEvent, THandlerOutEvent, ToSwarm,
        handler::{ConnectionEvent, FullyNegotiatedInbound, FullyNegotiatedOutbound},
    },
};

use super::SESSION_PROTOCOL;

const PROTOCOL: StreamProtocol = StreamProtocol::new(SESSION_PROTOCOL);

/// Opens streams when told to and hands over those that came to be.
#[derive(Default)]
pub(super) struct Behaviour {
    queue: VecDeque<ToSwarm<Event, Open>>,
}

/// What became of the stream of a connection.
#[derive(Debug)]
pub(super) struct Event {
    /// Whose connection it is.
    pub(super) peer: PeerId,
    /// The connection.
    pub(super) connection: ConnectionId,
    /// What became of its stream.
    pub(super) outcome: Outcome,
}

/// The stream, or why there is none.
#[derive(Debug)]
pub(super) enum Outcome {
    /// We asked for it and the other end agreed.
    Opened(Stream),
    /// The other end asked for it.
    Accepted(Stream),
    /// We asked; the other end does not speak the protocol.
    Unsupported,
    /// We asked; the connection did not last, or no answer came in time.
    Failed,
}

/// Asks a handler for its stream.
#[derive(Debug)]
pub(super) struct Open;

impl Behaviour {
    /// Asks for the stream of a connection we dialled. Answered by one [`Event`], or by the end of
    /// the connection.
    pub(super) fn open(&mut self, peer_id: PeerId, connection: ConnectionId) {
        let handler = NotifyHandler::One(connection);
        self.queue.push_back(ToSwarm::NotifyHandler { peer_id, handler, event: Open });
    }
}

impl NetworkBehaviour for Behaviour {
    type ConnectionHandler = Handler;
    type ToSwarm = Event;

    fn handle_established_inbound_connection(
        &mut self,
        _: ConnectionId,
        _: PeerId,
        _: &Multiaddr,
        _: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        Ok(Handler::new(Endpoint::Listener))
    }

    fn handle_established_outbound_connection(
        &mut self,
        _: ConnectionId,
        _: PeerId,
        _: &Multiaddr,
        role: Endpoint,
        _: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        // Both dial when a way is made through two routers, and have agreed on who plays which part.
        Ok(Handler::new(role))
    }

    fn on_swarm_event(&mut self, _: FromSwarm) {}

    fn on_connection_handler_event(&mut self, peer: PeerId, connection: ConnectionId, outcome: THandlerOutEvent<Self>) {
        let event = Event { peer, connection, outcome };
        self.queue.push_back(ToSwarm::GenerateEvent(event));
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<ToSwarm<Event, THandlerInEvent<Self>>> {
        // New entries come with calls from the swarm, which polls again after each.
        self.queue.pop_front().map_or(Poll::Pending, Poll::Ready)
    }
}

/// The stream of one connection.
pub(super) struct Handler {
    role: Endpoint,
    state: State,
}

/// How far the stream of a connection is. It never goes back: there is one stream, once.
enum State {
    Idle,
    Asked,
    Negotiating,
    Settled(Outcome),
    Reported,
}

impl Handler {
    fn new(role: Endpoint) -> Self {
        Self { role, state: State::Idle }
    }
}

impl ConnectionHandler for Handler {
    type FromBehaviour = Open;
    type ToBehaviour = Outcome;
    type InboundProtocol = ReadyUpgrade<StreamProtocol>;
    type OutboundProtocol = ReadyUpgrade<StreamProtocol>;
    type InboundOpenInfo = ();
    type OutboundOpenInfo = ();

    fn listen_protocol(&self) -> SubstreamProtocol<Self::InboundProtocol> {
        SubstreamProtocol::new(ReadyUpgrade::new(PROTOCOL), ())
    }

    fn poll(
        &mut self,
        _: &mut Context<'_>,
    ) -> Poll<ConnectionHandlerEvent<Self::OutboundProtocol, (), Self::ToBehaviour>> {
        match std::mem::replace(&mut self.state, State::Reported) {
            State::Asked => {
                self.state = State::Negotiating;
                let protocol = SubstreamProtocol::new(ReadyUpgrade::new(PROTOCOL), ());
                Poll::Ready(ConnectionHandlerEvent::OutboundSubstreamRequest { protocol })
            }
            State::Settled(outcome) => Poll::Ready(ConnectionHandlerEvent::NotifyBehaviour(outcome)),
            unchanged => {
                // The state changes in the two calls below, after which the connection polls again.
                self.state = unchanged;
                Poll::Pending
            }
        }
    }

    fn on_behaviour_event(&mut self, Open: Open) {
        if matches!((self.role, &self.state), (Endpoint::Dialer, State::Idle)) {
            self.state = State::Asked;
        }
    }

    fn on_connection_event(&mut self, event: ConnectionEvent<Self::InboundProtocol, Self::OutboundProtocol>) {
        let outcome = match event {
            ConnectionEvent::FullyNegotiatedInbound(FullyNegotiatedInbound { protocol, .. })
                if matches!((self.role, &self.state), (Endpoint::Listener, State::Idle)) =>
            {
                Outcome::Accepted(protocol)
            }
            // Any other inbound stream is one too many, and is reset by dropping it.
            ConnectionEvent::FullyNegotiatedOutbound(FullyNegotiatedOutbound { protocol, .. }) => {
                Outcome::Opened(protocol)
            }
            ConnectionEvent::DialUpgradeError(failure) => match failure.error {
                StreamUpgradeError::NegotiationFailed => Outcome::Unsupported,
                StreamUpgradeError::Timeout | StreamUpgradeError::Io(_) => Outcome::Failed,
                StreamUpgradeError::Apply(never) => no_upgrade_can_fail(never),
            },
            _ => return,
        };
        self.state = State::Settled(outcome);
    }
}

fn no_upgrade_can_fail(never: Infallible) -> Outcome {
    match never {}
}
