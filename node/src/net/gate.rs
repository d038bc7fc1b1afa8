//! What only neighbours get: relaying, being tested for reachability, address records, help through a router.
//!
//! Who is a neighbour the registers say, not this shell: the driver's side hands over a set of peers. Each
//! of these behaviours sees only connections that were set up while their peer was in the set; on any other
//! it does not exist. A connection that was set up too early is replaced by another, and those of a peer
//! that is no longer in the set are closed, both by the swarm task.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    net::IpAddr,
    sync::Arc,
    task::{Context, Poll},
};

use libp2p::{
    Multiaddr, PeerId,
    core::{Endpoint, transport::PortUse},
    swarm::{
        ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, NotifyHandler, THandler, THandlerInEvent,
        THandlerOutEvent, ToSwarm, derive_prelude::Either, dummy,
    },
};
use parking_lot::RwLock;

use super::reach::{ip_of, is_public};

/// The peers that get what is behind the gates. Clones share the set.
#[derive(Clone, Default)]
pub(super) struct Entitled(Arc<RwLock<HashSet<PeerId>>>);

/// Where a behaviour may dial for others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dials {
    /// It does not, or only as the driver asked.
    AsAsked,
    /// Only addresses of the internet: nobody may use this box to knock on doors in the house it stands in.
    Public,
    /// Only where the peer comes from that asked for it: nobody may use this box to knock on doors elsewhere.
    BackToThem,
}

/// A behaviour behind the gate.
pub(super) struct Gated<B> {
    inner: B,
    entitled: Entitled,
    dials: Dials,
    /// The connections it knows of, and where each comes from.
    admitted: HashMap<ConnectionId, (PeerId, Option<IpAddr>)>,
    /// Its own dials that are under way.
    dialling: HashSet<ConnectionId>,
}

/// The dial that [`Dials`] forbids.
#[derive(Debug)]
struct Forbidden;

impl Entitled {
    /// Whether a peer is in the set.
    pub(super) fn contains(&self, peer: &PeerId) -> bool {
        self.0.read().contains(peer)
    }

    /// Replaces the set; those who are no longer in it.
    pub(super) fn replace(&self, peers: impl IntoIterator<Item = PeerId>) -> Vec<PeerId> {
        let peers = peers.into_iter().collect();
        let before = std::mem::replace(&mut *self.0.write(), peers);
        let now = self.0.read();
        before.into_iter().filter(|peer| !now.contains(peer)).collect()
    }
}

impl<B> Gated<B> {
    /// Puts a behaviour behind the gate.
    pub(super) fn new(inner: B, entitled: Entitled, dials: Dials) -> Self {
        Self { inner, entitled, dials, admitted: HashMap::new(), dialling: HashSet::new() }
    }

    /// The behaviour itself.
    pub(super) fn inner_mut(&mut self) -> &mut B {
        &mut self.inner
    }

    fn may_dial(&self, peer: Option<PeerId>, addresses: &[Multiaddr]) -> bool {
        let theirs = |address: &Multiaddr| {
            let ip = ip_of(address);
            ip.is_some() && self.admitted.values().any(|(from, at)| Some(*from) == peer && *at == ip)
        };
        match self.dials {
            Dials::AsAsked => true,
            Dials::Public => addresses.iter().all(is_public),
            Dials::BackToThem => addresses.iter().all(theirs),
        }
    }

    /// Notes a connection, if its peer is in the set now.
    fn admit(&mut self, connection: ConnectionId, peer: PeerId, remote: &Multiaddr) -> bool {
        let admitted = self.entitled.contains(&peer);
        if admitted {
            self.admitted.insert(connection, (peer, ip_of(remote)));
        }
        admitted
    }
}

impl<B: NetworkBehaviour> NetworkBehaviour for Gated<B> {
    type ConnectionHandler = Either<THandler<B>, dummy::ConnectionHandler>;
    type ToSwarm = B::ToSwarm;

    fn handle_pending_inbound_connection(
        &mut self,
        connection: ConnectionId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<(), ConnectionDenied> {
        self.inner.handle_pending_inbound_connection(connection, local, remote)
    }

    fn handle_established_inbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        if !self.admit(connection, peer, remote) {
            return Ok(Either::Right(dummy::ConnectionHandler));
        }
        self.inner.handle_established_inbound_connection(connection, peer, local, remote).map(Either::Left)
    }

    fn handle_pending_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: Option<PeerId>,
        addresses: &[Multiaddr],
        role: Endpoint,
    ) -> Result<Vec<Multiaddr>, ConnectionDenied> {
        if self.dialling.remove(&connection) && !self.may_dial(peer, addresses) {
            return Err(ConnectionDenied::new(Forbidden));
        }
        self.inner.handle_pending_outbound_connection(connection, peer, addresses, role)
    }

    fn handle_established_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        address: &Multiaddr,
        role: Endpoint,
        port: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        if !self.admit(connection, peer, address) {
            return Ok(Either::Right(dummy::ConnectionHandler));
        }
        self.inner.handle_established_outbound_connection(connection, peer, address, role, port).map(Either::Left)
    }

    fn on_swarm_event(&mut self, event: FromSwarm) {
        match &event {
            FromSwarm::ConnectionEstablished(event) if !self.admitted.contains_key(&event.connection_id) => return,
            FromSwarm::AddressChange(event) if !self.admitted.contains_key(&event.connection_id) => return,
            FromSwarm::ConnectionClosed(event) if self.admitted.remove(&event.connection_id).is_none() => return,
            FromSwarm::DialFailure(event) => {
                self.admitted.remove(&event.connection_id);
                self.dialling.remove(&event.connection_id);
            }
            FromSwarm::ListenFailure(event) => drop(self.admitted.remove(&event.connection_id)),
            _ => {}
        }
        self.inner.on_swarm_event(event);
    }

    fn on_connection_handler_event(&mut self, peer: PeerId, connection: ConnectionId, event: THandlerOutEvent<Self>) {
        match event {
            Either::Left(event) => self.inner.on_connection_handler_event(peer, connection, event),
            Either::Right(never) => match never {},
        }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        loop {
            let Poll::Ready(order) = self.inner.poll(context) else { return Poll::Pending };
            match &order {
                // The connection has no handler of this behaviour, or has none any more.
                ToSwarm::NotifyHandler { handler: NotifyHandler::One(connection), .. }
                    if !self.admitted.contains_key(connection) => {}
                ToSwarm::Dial { opts } => {
                    self.dialling.insert(opts.connection_id());
                    return Poll::Ready(order.map_in(Either::Left));
                }
                _ => return Poll::Ready(order.map_in(Either::Left)),
            }
        }
    }
}

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a peer asked this box to dial where it does not dial for others")
    }
}

impl std::error::Error for Forbidden {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const HERE: &str = "/ip4/198.51.100.1/udp/4080/quic-v1";
    const THERE: &str = "/ip4/203.0.113.7/udp/4080/quic-v1";

    fn gate(dials: Dials, peer: PeerId) -> Gated<dummy::Behaviour> {
        let entitled = Entitled::default();
        entitled.replace([peer]);
        Gated::new(dummy::Behaviour, entitled, dials)
    }

    fn knock(gate: &mut Gated<dummy::Behaviour>, id: usize, peer: PeerId) -> bool {
        let id = ConnectionId::new_unchecked(id);
        let (here, there) = (HERE.parse().unwrap(), THERE.parse().unwrap());
        matches!(gate.handle_established_inbound_connection(id, peer, &here, &there), Ok(Either::Left(_)))
    }

    #[test]
    fn behind_the_gate_only_those_in_the_set_are_seen() {
        let (friend, stranger) = (PeerId::random(), PeerId::random());
        let mut gate = gate(Dials::AsAsked, friend);
        assert!(knock(&mut gate, 1, friend));
        assert!(!knock(&mut gate, 2, stranger));
        assert_eq!(gate.entitled.replace([stranger]), [friend], "who lost it is told");
        assert!(!knock(&mut gate, 3, friend));
        assert!(knock(&mut gate, 4, stranger));
    }

    #[test]
    fn nobody_lets_this_box_dial_into_a_house() {
        let peer = PeerId::random();
        let gate = gate(Dials::Public, peer);
        assert!(gate.may_dial(Some(peer), &[THERE.parse().unwrap()]));
        let inside = "/ip4/192.168.1.1/tcp/80".parse().unwrap();
        assert!(!gate.may_dial(Some(peer), &[THERE.parse().unwrap(), inside]));
    }

    #[test]
    fn who_wants_to_be_dialled_is_dialled_where_they_are_and_nowhere_else() {
        let (peer, other) = (PeerId::random(), PeerId::random());
        let mut gate = gate(Dials::BackToThem, peer);
        assert!(!gate.may_dial(Some(peer), &[THERE.parse().unwrap()]), "not connected");
        assert!(knock(&mut gate, 1, peer));
        assert!(gate.may_dial(Some(peer), &["/ip4/203.0.113.7/tcp/9".parse().unwrap()]));
        assert!(!gate.may_dial(Some(peer), &["/ip4/203.0.113.8/tcp/9".parse().unwrap()]));
        assert!(!gate.may_dial(Some(other), &[THERE.parse().unwrap()]));
        assert!(!gate.may_dial(Some(peer), &["/dns/plein.example/tcp/9".parse().unwrap()]));
    }
}
