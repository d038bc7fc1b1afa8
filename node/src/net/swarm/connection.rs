//! What is known of an established connection.

use libp2p::{
    Multiaddr, PeerId,
    core::{ConnectedPoint, Endpoint, transport::PortUse},
    multiaddr::Protocol,
};
use tokio::time::Instant;

use crate::net::{
    Route,
    reach::{ip_of, is_local, is_relayed, without_peer},
};

/// An established connection.
pub(super) struct Connection {
    pub(super) peer: PeerId,
    /// The other end.
    pub(super) remote: Multiaddr,
    /// Whether it goes through a relay.
    pub(super) relayed: bool,
    /// That relay, if it is known.
    pub(super) relay: Option<PeerId>,
    /// Whether this side opens streams: it dialled, or plays the part of who did.
    pub(super) opens: bool,
    /// Whether it was dialled from a port of its own, at which nobody could reach this box.
    pub(super) one_way: bool,
    /// Whether its peer was entitled when it was set up. Otherwise what is for neighbours does not exist on it.
    pub(super) admitted: bool,
    /// When its peer became entitled, if that was later.
    pub(super) entitled_since: Option<Instant>,
    /// Whether another connection was dialled to take its place.
    pub(super) renewing: bool,
    /// Where the other end sees this one, and whether it offers to relay.
    pub(super) identified: Option<(Multiaddr, bool)>,
}

impl Connection {
    /// What an endpoint says. `peer_at` knows who is at an address.
    pub(super) fn new(
        peer: PeerId,
        endpoint: &ConnectedPoint,
        admitted: bool,
        peer_at: impl Fn(&Multiaddr) -> Option<PeerId>,
    ) -> Self {
        let (through, opens, one_way) = match endpoint {
            ConnectedPoint::Dialer { address, role_override, port_use } => {
                (address, *role_override == Endpoint::Dialer, *port_use == PortUse::New)
            }
            ConnectedPoint::Listener { local_addr, .. } => (local_addr, false, false),
        };
        let relay = is_relayed(through).then(|| {
            let before: Multiaddr = through.iter().take_while(|part| *part != Protocol::P2pCircuit).collect();
            match before.iter().last() {
                Some(Protocol::P2p(relay)) => Some(relay),
                _ => peer_at(&before),
            }
        });
        Self {
            peer,
            remote: endpoint.get_remote_address().clone(),
            relayed: relay.is_some(),
            relay: relay.flatten(),
            opens,
            one_way,
            admitted,
            entitled_since: None,
            renewing: false,
            identified: None,
        }
    }

    /// The way to its peer.
    pub(super) fn route(&self) -> Route {
        let remote = without_peer(self.remote.clone());
        match ip_of(&remote) {
            _ if self.relayed => Route::Through { relay: self.relay },
            Some(ip) if is_local(ip) => Route::NextDoor { remote },
            _ => Route::Direct { remote },
        }
    }
}
