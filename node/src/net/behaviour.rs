//! The libp2p swarm of a box: transports, handshake, and the behaviours it is composed of.

use std::{
    convert::Infallible,
    net::{IpAddr, TcpListener, UdpSocket},
    time::Duration,
};

use libp2p::{
    Multiaddr, PeerId, Swarm, SwarmBuilder, TransportError, autonat, dcutr, dns, identify,
    identity::Keypair,
    multiaddr::Protocol,
    noise, ping, quic, relay,
    swarm::{self, NetworkBehaviour, behaviour::toggle::Toggle},
    tcp, upnp, yamux,
};

use tokio::time::{sleep, timeout};

use super::{
    Config, NetError,
    expulsions::Expulsions,
    gate::{Dials, Entitled, Gated},
    known, limits, reach, records, relaying, streams,
};

/// How long a connection may exist without a session being opened or open on it.
const IDLE_CONNECTION: Duration = Duration::from_secs(10);

/// How often the other end is asked whether it is still there, and how long it may take to answer. Twice without an answer
/// is once too often: a line that went dead is given up after 45 seconds at most. (QUIC notices sooner by itself.)
const PING_INTERVAL: Duration = Duration::from_secs(10);
const PING_TIMEOUT: Duration = Duration::from_secs(15);

/// Unread bytes one QUIC stream, and all streams of one connection, may hold on this side.
const QUIC_STREAM_BYTES: u32 = 1024 * 1024;
const QUIC_CONNECTION_BYTES: u32 = 2 * 1024 * 1024;

/// Streams one peer may have open: the session, identify, pings, and some to spare.
const MAX_STREAMS: u16 = 16;

/// Streams of one peer whose protocol is still being agreed on.
const MAX_NEGOTIATING_STREAMS: usize = 8;

/// How long the ports may take to be free after the box stopped, and how often to look.
const PORTS_FREED: Duration = Duration::from_secs(3);
const PORT_CHECK_INTERVAL: Duration = Duration::from_millis(10);

/// The behaviours of a box.
#[derive(NetworkBehaviour)]
pub(super) struct Behaviour {
    /// First, so that a connection too many costs the others nothing.
    limits: limits::Behaviour,
    pub(super) known: known::Behaviour,
    ping: ping::Behaviour,
    pub(super) streams: streams::Behaviour,
    /// To be reached through a neighbour. Not behind the gate: it does nothing unless this box asks it to.
    pub(super) through: relay::client::Behaviour,
    /// To let neighbours be reached through this box.
    pub(super) relay: Gated<relay::Behaviour>,
    pub(super) records: Gated<records::Behaviour>,
    /// To come from a relay to a direct connection, through both routers.
    punching: Gated<dcutr::Behaviour>,
    /// To have neighbours test where this box can be reached, and to test it for them.
    reachable: Gated<autonat::v2::client::Behaviour>,
    dial_back: Gated<autonat::v2::server::Behaviour>,
    pub(super) router: Toggle<upnp::tokio::Behaviour>,
}

/// A swarm that listens on every address of the configuration.
///
/// `entitled` are those who get what is behind the gate, `expulsions` those who are kept out.
pub(super) fn listening_swarm(
    config: &Config,
    entitled: &Entitled,
    expulsions: &Expulsions,
) -> Result<Swarm<Behaviour>, NetError> {
    let mut swarm = build(config, entitled, expulsions)?;
    for address in &config.listen {
        require_free_port(address)?;
        swarm.listen_on(address.clone()).map_err(|error| {
            let address = address.clone();
            match error {
                TransportError::MultiaddrNotSupported(_) => NetError::UnsupportedAddress { address },
                TransportError::Other(source) => NetError::Listen { address, source },
            }
        })?;
    }
    Ok(swarm)
}

/// Waits until the ports of a swarm that was dropped can be bound again, so that a box can be started
/// where one was stopped. QUIC keeps its socket until the other ends have heard of the end.
pub(super) async fn wait_for_free_ports(addresses: &[Multiaddr]) {
    let freed = async {
        while addresses.iter().any(|address| require_free_port(address).is_err()) {
            sleep(PORT_CHECK_INTERVAL).await;
        }
    };
    if timeout(PORTS_FREED, freed).await.is_err() {
        tracing::warn!(?addresses, "the ports of the stopped box are still in use");
    }
}

fn build(config: &Config, entitled: &Entitled, expulsions: &Expulsions) -> Result<Swarm<Behaviour>, NetError> {
    let transports = || {
        let builder = SwarmBuilder::with_existing_identity(config.keypair.clone())
            .with_tokio()
            .with_tcp(tcp::Config::default().nodelay(true), noise::Config::new, multiplexer)?
            .with_quic_config(bounded_quic);
        Ok::<_, NetError>(builder)
    };
    let behaviour = |keypair: &Keypair, through| behaviour(config, entitled, expulsions, keypair, through);
    let swarm = match transports()?.with_dns() {
        Ok(builder) => builder
            .with_relay_client(noise::Config::new, multiplexer)?
            .with_behaviour(behaviour)
            .unwrap_or_else(never_fails)
            .with_swarm_config(bounded_swarm)
            .build(),
        Err(error) => {
            tracing::warn!(%error, "no DNS settings on this machine: only numeric addresses work");
            transports()?
                .with_dns_config(dns::ResolverConfig::from_name_servers(Vec::new()), dns::ResolverOpts::default())
                .with_relay_client(noise::Config::new, multiplexer)?
                .with_behaviour(behaviour)
                .unwrap_or_else(never_fails)
                .with_swarm_config(bounded_swarm)
                .build()
        }
    };
    Ok(swarm)
}

fn behaviour(
    config: &Config,
    entitled: &Entitled,
    expulsions: &Expulsions,
    keypair: &Keypair,
    through: relay::client::Behaviour,
) -> Behaviour {
    let max_inbound = config.max_inbound_sessions() + limits::SPARE_CONNECTIONS;
    let local = PeerId::from(keypair.public());
    // Addresses are exchanged as signed records, so strangers are told none and none is kept.
    let identify = identify::Config::new("/dorpsplein/1".to_owned(), keypair.public())
        .with_agent_version(concat!("dorpsplein/", env!("CARGO_PKG_VERSION")).to_owned())
        .with_hide_listen_addrs(true)
        .with_cache_size(0);
    let ping = ping::Config::new().with_interval(PING_INTERVAL).with_timeout(PING_TIMEOUT);
    // A box that listens on this machine only has nothing to ask of a router.
    let leaves_the_machine = |address: &Multiaddr| reach::ip_of(address).is_some_and(|ip| !ip.is_loopback());
    let asks_router = config.upnp && config.listen.iter().any(leaves_the_machine);
    let entitled = || entitled.clone();
    Behaviour {
        limits: limits::Behaviour::new(max_inbound, config.max_connections_per_address, expulsions.clone()),
        known: known::Behaviour::new(identify::Behaviour::new(identify)),
        ping: ping::Behaviour::new(ping),
        streams: streams::Behaviour::default(),
        through,
        relay: Gated::new(relaying::behaviour(local), entitled(), Dials::AsAsked),
        records: Gated::new(records::behaviour(), entitled(), Dials::AsAsked),
        punching: Gated::new(dcutr::Behaviour::new(local), entitled(), Dials::Public),
        reachable: Gated::new(autonat::v2::client::Behaviour::default(), entitled(), Dials::AsAsked),
        dial_back: Gated::new(autonat::v2::server::Behaviour::default(), entitled(), Dials::BackToThem),
        router: asks_router.then(upnp::tokio::Behaviour::default).into(),
    }
}

fn bounded_swarm(config: swarm::Config) -> swarm::Config {
    config
        .with_idle_connection_timeout(IDLE_CONNECTION)
        .with_max_negotiating_inbound_streams(MAX_NEGOTIATING_STREAMS)
        // QUIC gets a head start over TCP, and both over a relay: routers are got through with QUIC best.
        .with_smart_dial()
}

fn bounded_quic(mut config: quic::Config) -> quic::Config {
    config.max_stream_data = QUIC_STREAM_BYTES;
    config.max_connection_data = QUIC_CONNECTION_BYTES;
    config.max_concurrent_stream_limit = u32::from(MAX_STREAMS);
    config
}

/// Every stream may hold 256 KiB unread. The window of a stream that is read quickly grows, and
/// libp2p offers no way to lower its ceiling; QUIC, which boxes prefer, has a firm one.
fn multiplexer() -> yamux::Config {
    let mut config = yamux::Config::default();
    config.set_max_num_streams(usize::from(MAX_STREAMS));
    config
}

/// Fails if somebody else has the port of a listening address.
///
/// libp2p binds TCP ports with `SO_REUSEPORT`, with which a second box of the same user would
/// silently share the port and get half the connections. This binds it once without.
fn require_free_port(address: &Multiaddr) -> Result<(), NetError> {
    let mut parts = address.iter();
    let ip = match parts.next() {
        Some(Protocol::Ip4(ip)) => IpAddr::V4(ip),
        Some(Protocol::Ip6(ip)) => IpAddr::V6(ip),
        _ => return Ok(()),
    };
    let bound = match parts.next() {
        Some(Protocol::Tcp(port)) => TcpListener::bind((ip, port)).map(drop),
        Some(Protocol::Udp(port)) => UdpSocket::bind((ip, port)).map(drop),
        _ => return Ok(()),
    };
    bound.map_err(|source| NetError::Listen { address: address.clone(), source })
}

fn never_fails<T>(never: Infallible) -> T {
    match never {}
}
