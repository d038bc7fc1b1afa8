//! What peers say of themselves and of us, told to nobody else.
//!
//! libp2p's `identify`, with two things changed. It would tell every stranger that connects under which addresses
//! this box is reached from outside; here it never learns them. And it takes every address that anybody claims
//! to have seen us at for a candidate, which would be a stranger's to grow; here candidates come from the swarm
//! task, which knows who is a neighbour.

use std::{
    collections::VecDeque,
    task::{Context, Poll},
};

use libp2p::{
    Multiaddr, PeerId,
    core::{Endpoint, transport::PortUse},
    identify,
    swarm::{
        ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler, THandlerInEvent, THandlerOutEvent,
        ToSwarm,
    },
};

/// `identify`, kept quiet.
pub(super) struct Behaviour {
    inner: identify::Behaviour,
    candidates: VecDeque<Multiaddr>,
}

impl Behaviour {
    /// Keeps `inner` quiet.
    pub(super) fn new(inner: identify::Behaviour) -> Self {
        Self { inner, candidates: VecDeque::new() }
    }

    /// Lets the other behaviours know of an address this box may be reached at, to be tested and to be used
    /// when a way through two routers is made.
    pub(super) fn suggest(&mut self, candidate: Multiaddr) {
        self.candidates.push_back(candidate);
    }
}

impl NetworkBehaviour for Behaviour {
    type ConnectionHandler = THandler<identify::Behaviour>;
    type ToSwarm = identify::Event;

    fn handle_established_inbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.inner.handle_established_inbound_connection(connection, peer, local, remote)
    }

    fn handle_established_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        address: &Multiaddr,
        role: Endpoint,
        port: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.inner.handle_established_outbound_connection(connection, peer, address, role, port)
    }

    fn on_swarm_event(&mut self, event: FromSwarm) {
        let ours = matches!(
            event,
            FromSwarm::ExternalAddrConfirmed(_) | FromSwarm::ExternalAddrExpired(_) | FromSwarm::NewListenAddr(_)
        );
        if !ours {
            self.inner.on_swarm_event(event);
        }
    }

    fn on_connection_handler_event(&mut self, peer: PeerId, connection: ConnectionId, event: THandlerOutEvent<Self>) {
        self.inner.on_connection_handler_event(peer, connection, event);
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        if let Some(candidate) = self.candidates.pop_front() {
            return Poll::Ready(ToSwarm::NewExternalAddrCandidate(candidate));
        }
        loop {
            match self.inner.poll(context) {
                Poll::Ready(ToSwarm::NewExternalAddrCandidate(_)) => {}
                other => return other,
            }
        }
    }
}
