//! The ways to the peers: who is entitled to more than a session, where this box is reached, through whom, and how a
//! session comes from a relay to a direct connection.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use libp2p::{
    Multiaddr, PeerId, autonat,
    core::transport::ListenerId,
    dcutr, identify,
    multiaddr::Protocol,
    relay, request_response,
    swarm::{
        ConnectionId,
        dial_opts::{DialOpts, PeerCondition},
    },
    upnp,
};
use tokio::time::{Duration, Instant};

use super::{Behaviour, BehaviourEvent, Stage, SwarmTask};
use crate::net::{
    CloseReason, Config, MAX_DIAL_ADDRESSES, NetEvent, Reach, Router, Told,
    gate::Entitled,
    outside::Outside,
    reach::{is_relayed, without_peer},
};

/// Relays this box keeps a place at while nobody reaches it directly.
const PLACES: usize = 2;

/// How long to leave a relay alone that gave no place.
const PLACE_REFUSED: Duration = Duration::from_secs(20);

/// How long after a peer became entitled the side that dialled sets up another connection, for all that it now gets.
/// Both sides have each other's register by then.
const RENEW: Duration = Duration::from_secs(2);

/// How long the other side waits for that, before it hangs up to be dialled again.
const RENEW_AT_LAST: Duration = Duration::from_secs(10);

/// What the task knows of the ways to the peers.
pub(super) struct Reaching {
    /// Who is entitled, as the behaviours know it.
    pub(super) gate: Entitled,
    /// Direct dials to peers whose session goes through a relay.
    pub(super) straightening: HashMap<ConnectionId, PeerId>,
    /// Whether something is to be published.
    pub(super) changed: bool,
    outside: Outside,
    relays_for_others: bool,
    places: HashMap<ListenerId, Place>,
    refused: HashMap<PeerId, Instant>,
    circuits: usize,
    router: Router,
}

/// A place at a relay, or the question for one.
struct Place {
    relay: PeerId,
    kept: bool,
}

impl Reaching {
    /// Nothing but what the settings say.
    pub(super) fn new(config: &Config, gate: Entitled, asks_router: bool) -> Self {
        Self {
            gate,
            straightening: HashMap::new(),
            changed: true,
            outside: Outside::new(&config.announce),
            relays_for_others: config.relay,
            places: HashMap::new(),
            refused: HashMap::new(),
            circuits: 0,
            router: if asks_router { Router::Asked } else { Router::NotAsked },
        }
    }
}

impl SwarmTask {
    /// Who is entitled from now on.
    pub(super) fn entitle(&mut self, entitled: BTreeSet<PeerId>) {
        let now = Instant::now();
        for peer in self.reaching.gate.replace(entitled) {
            let theirs = self.connections.iter().filter(|(_, known)| known.peer == peer);
            let closing: Vec<_> = theirs.map(|(connection, _)| *connection).collect();
            for connection in closing {
                self.swarm.close_connection(connection);
            }
        }
        let mut newly = Vec::new();
        for (connection, known) in &mut self.connections {
            if !known.admitted && known.entitled_since.is_none() && self.reaching.gate.contains(&known.peer) {
                known.entitled_since = Some(now);
                newly.push(*connection);
            }
        }
        for connection in newly {
            self.learn_from(connection);
        }
        self.reaching.changed = true;
    }

    /// Sends address records to a peer.
    pub(super) fn tell_records(&mut self, peer: PeerId, records: Vec<Vec<u8>>) {
        let mut connections = self.connections.values();
        if connections.any(|known| known.peer == peer && known.admitted) {
            self.swarm.behaviour_mut().records.inner_mut().send_request(&peer, records);
        } else {
            self.told(Told::Failed { peer });
        }
    }

    fn told(&self, told: Told) {
        if self.ends.told.try_send(told).is_err() {
            tracing::debug!("what was heard of addresses is not looked at in time");
        }
    }

    /// What the behaviours tell that have to do with ways.
    pub(super) fn on_ways_event(&mut self, event: BehaviourEvent) {
        match event {
            BehaviourEvent::Known(identify::Event::Received { peer_id, connection_id, info }) => {
                self.on_spoken(peer_id, &info.protocols);
                if let Some(known) = self.connections.get_mut(&connection_id) {
                    let relays = info.protocols.contains(&relay::HOP_PROTOCOL_NAME);
                    known.identified = Some((info.observed_addr, relays));
                    self.learn_from(connection_id);
                }
            }
            BehaviourEvent::Records(event) => self.on_records(event),
            BehaviourEvent::Punching(dcutr::Event { remote_peer_id, result }) => match result {
                Ok(connection) => self.on_direct_way(remote_peer_id, connection),
                Err(error) => tracing::debug!(peer = %remote_peer_id, %error, "no direct way was found"),
            },
            BehaviourEvent::Relay(event) => self.on_relaying(&event),
            BehaviourEvent::Reachable(autonat::v2::client::Event { tested_addr, server, result, .. }) => {
                let reached = result.is_ok();
                tracing::debug!(address = %tested_addr, by = %server, reached, "a neighbour tried to reach this box");
            }
            BehaviourEvent::Router(event) => {
                self.reaching.router = match event {
                    upnp::Event::NewExternalAddr { .. } => Router::Opened,
                    upnp::Event::ExpiredExternalAddr { .. } => Router::Asked,
                    upnp::Event::GatewayNotFound => Router::Silent,
                    upnp::Event::NonRoutableGateway => Router::BehindAnother,
                };
                self.reaching.changed = true;
            }
            _ => {}
        }
    }

    /// What an entitled peer says of this box's address, and of itself. Of others nothing is believed.
    fn learn_from(&mut self, connection: ConnectionId) {
        let Some(known) = self.connections.get(&connection) else { return };
        let Some((observed, _)) = known.identified.clone() else { return };
        self.reaching.changed = true;
        if known.relayed || known.one_way || !self.reaching.gate.contains(&known.peer) {
            return;
        }
        let dialled = known.opens;
        for candidate in self.reaching.outside.observed(&observed, dialled) {
            tracing::debug!(address = %candidate, "this box may be reached here");
            self.swarm.behaviour_mut().known.suggest(candidate);
        }
        self.outside_changed();
    }

    fn on_records(&mut self, event: request_response::Event<Vec<Vec<u8>>, ()>) {
        match event {
            request_response::Event::Message { peer, message, .. } => {
                if let request_response::Message::Request { request, channel, .. } = message {
                    // Fails when the other end did not wait for it; it heard nothing then and will tell again.
                    let _ = self.swarm.behaviour_mut().records.inner_mut().send_response(channel, ());
                    self.told(Told::Records { peer, records: request });
                }
            }
            request_response::Event::OutboundFailure { peer, error, .. } => {
                tracing::debug!(%peer, %error, "address records did not get there");
                self.told(Told::Failed { peer });
            }
            request_response::Event::InboundFailure { .. } | request_response::Event::ResponseSent { .. } => {}
        }
    }

    fn on_relaying(&mut self, event: &relay::Event) {
        let circuits = self.reaching.circuits;
        self.reaching.circuits = match event {
            relay::Event::CircuitReqAccepted { src_peer_id, dst_peer_id } => {
                tracing::debug!(from = %src_peer_id, to = %dst_peer_id, "relaying");
                circuits + 1
            }
            relay::Event::CircuitClosed { .. } => circuits.saturating_sub(1),
            _ => circuits,
        };
        self.reaching.changed = true;
    }

    /// A direct connection was made through both routers: it is to carry the session, which goes through a relay.
    fn on_direct_way(&mut self, peer: PeerId, connection: ConnectionId) {
        let relayed = self.peers.get(&peer).is_none_or(|engagement| engagement.relayed);
        match self.connections.get(&connection) {
            Some(known) if known.opens && relayed => {
                tracing::debug!(%peer, remote = %known.remote, "a direct way was found");
                self.moves.insert(connection);
                self.swarm.behaviour_mut().streams.open(peer, connection);
            }
            Some(known) if known.opens => drop(self.swarm.close_connection(connection)),
            // The other end opens the stream, or the connection is gone already.
            _ => {}
        }
    }

    /// Dials a peer directly whose session goes through a relay, unless that is being tried.
    pub(super) fn straighten(&mut self, peer: PeerId, addresses: Vec<Multiaddr>) {
        let mut trying = self.reaching.straightening.values();
        if !self.is_relayed_to(peer) || trying.any(|other| *other == peer) {
            return;
        }
        let direct = addresses.into_iter().filter(|address| !is_relayed(address));
        let addresses: Vec<Multiaddr> = direct.take(MAX_DIAL_ADDRESSES).collect();
        let options = DialOpts::peer_id(peer).condition(PeerCondition::Always).addresses(addresses).build();
        let connection = options.connection_id();
        match self.swarm.dial(options) {
            Ok(()) => {
                self.moves.insert(connection);
                self.reaching.straightening.insert(connection, peer);
            }
            Err(error) => tracing::debug!(%peer, %error, "no direct way is tried"),
        }
    }

    /// Whether a direct connection to this peer is of no use any more, because another way was found meanwhile.
    pub(super) fn came_too_late(&mut self, peer: PeerId, connection: ConnectionId) -> bool {
        self.reaching.straightening.remove(&connection).is_some() && !self.is_relayed_to(peer)
    }

    fn is_relayed_to(&self, peer: PeerId) -> bool {
        let engagement = self.peers.get(&peer);
        engagement.is_some_and(|one| one.relayed && matches!(one.stage, Stage::Open { .. }))
    }

    pub(super) fn on_listening(&mut self, listener: ListenerId, address: Multiaddr) {
        if let Some(place) = self.reaching.places.get_mut(&listener) {
            place.kept = true;
            tracing::debug!(relay = %place.relay, "this box can be reached through a neighbour");
            self.reaching.changed = true;
        } else if self.reaching.outside.listening(address.clone()) {
            self.tell(NetEvent::Listening { address });
        }
    }

    pub(super) fn on_not_listening(&mut self, address: &Multiaddr) {
        self.reaching.outside.gone(address);
        self.outside_changed();
    }

    pub(super) fn on_reached_from_outside(&mut self, address: Multiaddr) {
        if !is_relayed(&address) {
            self.reaching.outside.confirmed(address);
            self.outside_changed();
        }
    }

    pub(super) fn on_no_longer_reached(&mut self, address: &Multiaddr) {
        self.reaching.outside.expired(address);
        self.outside_changed();
    }

    /// A listener closed: a place at a relay, or a door of this machine.
    pub(super) fn on_listener_closed(
        &mut self,
        listener: ListenerId,
        addresses: &[Multiaddr],
        reason: &Result<(), std::io::Error>,
    ) {
        let Some(place) = self.reaching.places.remove(&listener) else {
            tracing::error!(?addresses, ?reason, "no longer listening");
            return;
        };
        tracing::debug!(relay = %place.relay, ?reason, "no longer reached through this neighbour");
        // A place that went with its connection is worth asking for as soon as there is another.
        if reason.is_err() {
            self.reaching.refused.insert(place.relay, Instant::now() + PLACE_REFUSED);
        }
        self.reaching.changed = true;
    }

    /// Tells the behaviours where this box is reached. Only a box that is reached can let others be reached through it.
    pub(super) fn outside_changed(&mut self) {
        let outside = self.reaching.outside.addresses();
        let known: BTreeSet<_> =
            self.swarm.external_addresses().filter(|address| !is_relayed(address)).cloned().collect();
        for address in outside.difference(&known) {
            tracing::info!(%address, "this box is reached from outside");
            self.swarm.add_external_address(address.clone());
        }
        for address in known.difference(&outside) {
            self.swarm.remove_external_address(address);
        }
        let relays = self.reaching.relays_for_others && !outside.is_empty();
        let status = if relays { relay::Status::Enable } else { relay::Status::Disable };
        self.swarm.behaviour_mut().relay.inner_mut().set_status(Some(status));
        self.reaching.changed = true;
    }

    /// Once a second: connections that were set up too early, and places at relays.
    pub(super) fn look_after_ways(&mut self) {
        self.renew_connections();
        self.keep_places();
    }

    fn renew_connections(&mut self) {
        let mut renewed = Vec::new();
        for (peer, engagement) in &self.peers {
            let Stage::Open { session, .. } = engagement.stage else { continue };
            let Some(known) = self.connections.get_mut(&engagement.connection) else { continue };
            let Some(since) = known.entitled_since else { continue };
            if since.elapsed() >= RENEW_AT_LAST {
                self.ends.outlets.close(session, CloseReason::Renewed);
            } else if known.opens && !known.renewing && since.elapsed() >= RENEW {
                known.renewing = true;
                renewed.push((*peer, known.remote.clone()));
            }
        }
        for (peer, remote) in renewed {
            let addresses = vec![without_peer(remote)];
            let options = DialOpts::peer_id(peer).condition(PeerCondition::Always).addresses(addresses).build();
            let connection = options.connection_id();
            match self.swarm.dial(options) {
                Ok(()) => drop(self.moves.insert(connection)),
                Err(error) => tracing::debug!(%peer, %error, "the connection is not begun anew"),
            }
        }
    }

    /// Takes places at relays while nobody reaches this box directly, and gives them up afterwards.
    fn keep_places(&mut self) {
        let now = Instant::now();
        self.reaching.refused.retain(|_, until| now < *until);
        if !self.reaching.outside.addresses().is_empty() {
            for listener in self.reaching.places.keys() {
                // The end of it comes as an event.
                self.swarm.remove_listener(*listener);
            }
            return;
        }
        let mut wanted = PLACES.saturating_sub(self.reaching.places.len());
        let asked: Vec<PeerId> = self.reaching.places.values().map(|place| place.relay).collect();
        for (relay, address) in self.relays() {
            if wanted == 0 {
                break;
            }
            if asked.contains(&relay) || self.reaching.refused.contains_key(&relay) {
                continue;
            }
            let address = address.with(Protocol::P2p(relay)).with(Protocol::P2pCircuit);
            match self.swarm.listen_on(address) {
                Ok(listener) => {
                    self.reaching.places.insert(listener, Place { relay, kept: false });
                    wanted -= 1;
                }
                Err(error) => {
                    tracing::debug!(%relay, %error, "no place at this neighbour");
                    self.reaching.refused.insert(relay, now + PLACE_REFUSED);
                }
            }
        }
    }

    /// The entitled peers that offer to relay, and where they are.
    fn relays(&self) -> Vec<(PeerId, Multiaddr)> {
        let sessions = self.peers.values().filter_map(|engagement| self.connections.get(&engagement.connection));
        let offering = sessions.filter(|known| {
            known.admitted && !known.relayed && known.identified.as_ref().is_some_and(|(_, relays)| *relays)
        });
        offering.map(|known| (known.peer, without_peer(known.remote.clone()))).collect()
    }

    /// Who is connected from this address, without a relay.
    pub(super) fn peer_at(&self, address: &Multiaddr) -> Option<PeerId> {
        let mut direct = self.connections.values().filter(|known| !known.relayed);
        direct.find(|known| without_peer(known.remote.clone()) == *address).map(|known| known.peer)
    }

    /// Tells how everybody is reached, if that changed.
    pub(super) fn publish_reach(&mut self) {
        if !std::mem::take(&mut self.reaching.changed) {
            return;
        }
        let open = self.peers.iter().filter(|(_, engagement)| matches!(engagement.stage, Stage::Open { .. }));
        let routes = open.filter_map(|(peer, engagement)| {
            let known = self.connections.get(&engagement.connection)?;
            Some((*peer, known.route()))
        });
        let reach = Reach {
            outside: self.reaching.outside.addresses(),
            reserved: self.reaching.places.values().filter(|place| place.kept).map(|place| place.relay).collect(),
            relays: self.relays().into_iter().map(|(relay, _)| relay).collect(),
            routes: routes.collect(),
            circuits: self.reaching.circuits,
            router: self.reaching.router,
            other_versions: self.versions.others(),
        };
        self.ends.reach.send_if_modified(|published| {
            let changed = **published != reach;
            if changed {
                *published = Arc::new(reach);
            }
            changed
        });
    }
}

impl Behaviour {
    /// Whether the router is asked.
    pub(super) fn asks_router(&self) -> bool {
        self.router.is_enabled()
    }
}
