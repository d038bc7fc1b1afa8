//! Which connections are let in, before anything is known but the address and the key.
//!
//! In place of libp2p's own connection limits, which know no limit per address and keep an entry for
//! every peer that ever connected: keys cost nothing to make, so that table is a stranger's to grow.

use std::{
    collections::HashMap,
    convert::Infallible,
    fmt,
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    task::{Context, Poll},
};

use libp2p::{
    Multiaddr, PeerId,
    core::{ConnectedPoint, Endpoint, transport::PortUse},
    swarm::{
        ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler, THandlerInEvent, THandlerOutEvent,
        ToSwarm, dummy,
    },
};

use tokio::time::Instant;

use super::{
    expulsions::Expulsions,
    reach::{ip_of, is_relayed},
};

/// Inbound handshakes at the same time, from all addresses together.
pub(super) const MAX_HANDSHAKES: usize = 32;

/// Connections with one peer at the same time: the session's, and those about to replace it or to
/// lose to it.
pub(super) const MAX_CONNECTIONS_PER_PEER: u32 = 4;

/// Inbound connections beyond the number of sessions, for those that are about to replace one.
pub(super) const SPARE_CONNECTIONS: usize = 8;

/// Denies inbound connections that would exceed a limit. Outbound ones are the driver's own wish and
/// are only counted, per peer; but nobody is dialled who is kept out.
pub(super) struct Behaviour {
    max_inbound: usize,
    max_per_address: u32,
    expulsions: Expulsions,
    handshakes: HashMap<ConnectionId, Option<Origin>>,
    established: HashMap<ConnectionId, Connection>,
    per_origin: Counts<Origin>,
    per_peer: Counts<PeerId>,
}

/// The limit that denied a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exceeded {
    /// [`MAX_HANDSHAKES`].
    Handshakes,
    /// All inbound connections together.
    Inbound,
    /// [`super::Config::max_connections_per_address`].
    Address,
    /// [`MAX_CONNECTIONS_PER_PEER`].
    Peer,
    /// The peer is [kept out](Expulsions).
    Expelled,
}

/// Where a connection comes from: an IPv4 address, or an IPv6 network of 64 bits, since a household
/// has that many addresses to itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Origin {
    /// From there.
    Direct(IpAddr),
    /// Through the relay that is there: what it brings in is counted apart from its own, and all together.
    Through(IpAddr),
}

/// What has to be counted down when a connection ends.
struct Connection {
    inbound: bool,
    origin: Option<Origin>,
    peer: PeerId,
}

/// How many of each; those of which there are none take no memory.
struct Counts<K>(HashMap<K, u32>);

impl Behaviour {
    /// Lets in `max_inbound` connections, of which `max_per_address` from one address, and nobody who is expelled.
    pub(super) fn new(max_inbound: usize, max_per_address: usize, expulsions: Expulsions) -> Self {
        Self {
            max_inbound,
            expulsions,
            max_per_address: u32::try_from(max_per_address).unwrap_or(u32::MAX),
            handshakes: HashMap::new(),
            established: HashMap::new(),
            per_origin: Counts(HashMap::new()),
            per_peer: Counts(HashMap::new()),
        }
    }

    fn end_handshake(&mut self, connection: ConnectionId) {
        if let Some(Some(origin)) = self.handshakes.remove(&connection) {
            self.per_origin.less(&origin);
        }
    }

    fn begin(&mut self, id: ConnectionId, connection: Connection) {
        if let Some(origin) = connection.origin {
            self.per_origin.more(origin);
        }
        self.per_peer.more(connection.peer);
        self.established.insert(id, connection);
    }

    fn end(&mut self, id: ConnectionId) {
        if let Some(connection) = self.established.remove(&id) {
            if let Some(origin) = connection.origin {
                self.per_origin.less(&origin);
            }
            self.per_peer.less(&connection.peer);
        }
    }

    fn inbound(&self) -> usize {
        self.established.values().filter(|connection| connection.inbound).count()
    }
}

impl NetworkBehaviour for Behaviour {
    type ConnectionHandler = dummy::ConnectionHandler;
    type ToSwarm = Infallible;

    fn handle_pending_inbound_connection(
        &mut self,
        connection: ConnectionId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<(), ConnectionDenied> {
        require(self.handshakes.len() < MAX_HANDSHAKES, Exceeded::Handshakes)?;
        let origin = origin(local, remote);
        if let Some(origin) = origin {
            require(self.per_origin.of(&origin) < self.max_per_address, Exceeded::Address)?;
            self.per_origin.more(origin);
        }
        self.handshakes.insert(connection, origin);
        Ok(())
    }

    fn handle_established_inbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        _: &Multiaddr,
        _: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.end_handshake(connection);
        require(!self.expulsions.keeps_out(&peer, Instant::now()), Exceeded::Expelled)?;
        require(self.inbound() < self.max_inbound, Exceeded::Inbound)?;
        require(self.per_peer.of(&peer) < MAX_CONNECTIONS_PER_PEER, Exceeded::Peer)?;
        Ok(dummy::ConnectionHandler)
    }

    fn handle_established_outbound_connection(
        &mut self,
        _: ConnectionId,
        peer: PeerId,
        _: &Multiaddr,
        _: Endpoint,
        _: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        require(!self.expulsions.keeps_out(&peer, Instant::now()), Exceeded::Expelled)?;
        Ok(dummy::ConnectionHandler)
    }

    fn on_swarm_event(&mut self, event: FromSwarm) {
        match event {
            FromSwarm::ConnectionEstablished(event) => {
                let (inbound, origin) = match event.endpoint {
                    ConnectedPoint::Listener { local_addr, send_back_addr } => {
                        (true, origin(local_addr, send_back_addr))
                    }
                    ConnectedPoint::Dialer { .. } => (false, None),
                };
                self.begin(event.connection_id, Connection { inbound, origin, peer: event.peer_id });
            }
            FromSwarm::ConnectionClosed(event) => self.end(event.connection_id),
            FromSwarm::ListenFailure(event) => self.end_handshake(event.connection_id),
            _ => {}
        }
    }

    fn on_connection_handler_event(&mut self, _: PeerId, _: ConnectionId, event: THandlerOutEvent<Self>) {
        match event {}
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<ToSwarm<Infallible, THandlerInEvent<Self>>> {
        Poll::Pending
    }
}

impl fmt::Display for Exceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Handshakes => "too many handshakes at once",
            Self::Inbound => "too many connections",
            Self::Address => "too many connections from this address",
            Self::Peer => "too many connections with this peer",
            Self::Expelled => "this peer misbehaved and is kept out for a while",
        })
    }
}

impl std::error::Error for Exceeded {}

impl<K: Eq + Hash> Counts<K> {
    fn of(&self, key: &K) -> u32 {
        self.0.get(key).copied().unwrap_or(0)
    }

    fn more(&mut self, key: K) {
        *self.0.entry(key).or_insert(0) += 1;
    }

    fn less(&mut self, key: &K) {
        match self.0.get_mut(key) {
            Some(count) if *count > 1 => *count -= 1,
            Some(_) => drop(self.0.remove(key)),
            None => {}
        }
    }
}

/// The address or network to count; `None` for an address without an IP, which is not counted. A connection through
/// a relay comes in at the relay's address.
fn origin(local: &Multiaddr, remote: &Multiaddr) -> Option<Origin> {
    if is_relayed(local) { network_of(local).map(Origin::Through) } else { network_of(remote).map(Origin::Direct) }
}

fn network_of(address: &Multiaddr) -> Option<IpAddr> {
    match ip_of(address)? {
        IpAddr::V4(ip) => Some(IpAddr::V4(ip)),
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            Some(IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0)))
        }
    }
}

fn require(within: bool, limit: Exceeded) -> Result<(), ConnectionDenied> {
    if within { Ok(()) } else { Err(ConnectionDenied::new(limit)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn knock(limits: &mut Behaviour, id: usize, from: &str) -> Result<(), Exceeded> {
        let here = "/ip4/127.0.0.1/udp/4001/quic-v1".parse().unwrap();
        limits
            .handle_pending_inbound_connection(ConnectionId::new_unchecked(id), &here, &from.parse().unwrap())
            .map_err(|denied| denied.downcast().unwrap())
    }

    #[test]
    fn one_address_gets_so_many_connections_and_another_its_own() {
        let mut limits = Behaviour::new(100, 2, Expulsions::default());
        knock(&mut limits, 1, "/ip4/192.0.2.1/tcp/1").unwrap();
        knock(&mut limits, 2, "/ip4/192.0.2.1/udp/2/quic-v1").unwrap();
        assert_eq!(knock(&mut limits, 3, "/ip4/192.0.2.1/tcp/3"), Err(Exceeded::Address));
        knock(&mut limits, 4, "/ip4/192.0.2.2/tcp/1").unwrap();
        limits.end_handshake(ConnectionId::new_unchecked(1));
        knock(&mut limits, 5, "/ip4/192.0.2.1/tcp/4").unwrap();
    }

    #[test]
    fn an_ipv6_network_counts_as_one_address() {
        let mut limits = Behaviour::new(100, 1, Expulsions::default());
        knock(&mut limits, 1, "/ip6/2001:db8:1:2::1/tcp/1").unwrap();
        let neighbour = knock(&mut limits, 2, "/ip6/2001:db8:1:2:ffff::9/tcp/1");
        assert_eq!(neighbour, Err(Exceeded::Address));
        knock(&mut limits, 3, "/ip6/2001:db8:1:3::1/tcp/1").unwrap();
    }

    #[test]
    fn a_relay_can_bring_in_as_many_as_one_address_may_and_keeps_its_own() {
        let mut limits = Behaviour::new(100, 2, Expulsions::default());
        let through = "/ip4/192.0.2.1/udp/4001/quic-v1/p2p-circuit".parse().unwrap();
        let mut brought_in = |id: usize| {
            let source = Multiaddr::empty().with(libp2p::multiaddr::Protocol::P2p(PeerId::random()));
            limits.handle_pending_inbound_connection(ConnectionId::new_unchecked(id), &through, &source).is_ok()
        };
        assert_eq!([1, 2, 3].map(&mut brought_in), [true, true, false]);
        knock(&mut limits, 4, "/ip4/192.0.2.1/udp/4001/quic-v1").unwrap();
    }

    #[test]
    fn handshakes_are_limited_over_all_addresses() {
        let mut limits = Behaviour::new(100, 100, Expulsions::default());
        for id in 0..MAX_HANDSHAKES {
            knock(&mut limits, id, &format!("/ip4/192.0.2.{id}/tcp/1")).unwrap();
        }
        let one_more = knock(&mut limits, 999, "/ip4/198.51.100.1/tcp/1");
        assert_eq!(one_more, Err(Exceeded::Handshakes));
    }

    #[test]
    fn nothing_is_remembered_of_a_connection_that_ended() {
        let mut limits = Behaviour::new(100, 100, Expulsions::default());
        let id = ConnectionId::new_unchecked(1);
        let origin = Some(Origin::Direct("192.0.2.1".parse().unwrap()));
        knock(&mut limits, 1, "/ip4/192.0.2.1/tcp/1").unwrap();
        limits.end_handshake(id);
        limits.begin(id, Connection { inbound: true, origin, peer: PeerId::random() });
        assert_eq!(limits.inbound(), 1);
        limits.end(id);
        assert!(limits.handshakes.is_empty() && limits.established.is_empty());
        assert!(limits.per_origin.0.is_empty() && limits.per_peer.0.is_empty());
    }
}
