//! How this box and its peers reach each other, and which addresses mean something outside one house.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use libp2p::{Multiaddr, PeerId, multiaddr::Protocol};
use serde::{Deserialize, Serialize};

/// How things stand, published whenever they change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Where this box can be reached from outside: as its settings say, as the router promised, or as a
    /// neighbour tried. Never an address that means something on one local network only.
    pub outside: BTreeSet<Multiaddr>,
    /// The peers that keep a place for this box, through whom it can be reached.
    pub reserved: BTreeSet<PeerId>,
    /// The connected peers that offer to relay.
    pub relays: BTreeSet<PeerId>,
    /// The way to each peer with a session.
    pub routes: BTreeMap<PeerId, Route>,
    /// How many pairs of peers this box relays between now.
    pub circuits: usize,
    /// What the router was asked.
    pub router: Router,
    /// Boxes that were reached, and have no version of the session protocol in common with this one.
    pub other_versions: BTreeSet<PeerId>,
}

/// The way to a peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// On the same local network, or on this machine.
    NextDoor {
        /// Its address there.
        remote: Multiaddr,
    },
    /// Across the internet, without anybody in between.
    Direct {
        /// Its address, without the peer.
        remote: Multiaddr,
    },
    /// Through a peer that both are connected with. That peer carries bytes it cannot read.
    Through {
        /// Who; none if the connection it came over is gone already.
        relay: Option<PeerId>,
    },
}

/// What became of asking the router at home to let neighbours in (UPnP).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Router {
    /// It was not asked: the settings say so, or the box listens on this machine only.
    #[default]
    NotAsked,
    /// No answer yet.
    Asked,
    /// It lets neighbours in.
    Opened,
    /// There is none that can be asked.
    Silent,
    /// It is not on the internet itself: there is another one behind it.
    BehindAnother,
}

/// What is heard of other boxes' addresses.
#[derive(Debug, PartialEq, Eq)]
pub enum Told {
    /// A peer sent address records. Nothing of them was looked at.
    Records {
        /// Who sent them.
        peer: PeerId,
        /// Each in its transfer form.
        records: Vec<Vec<u8>>,
    },
    /// What was to be told to a peer did not get there. It has to be told again, later.
    Failed {
        /// Who was to be told.
        peer: PeerId,
    },
}

/// Whether the address goes through a relay.
pub(super) fn is_relayed(address: &Multiaddr) -> bool {
    address.iter().any(|part| part == Protocol::P2pCircuit)
}

/// The address without the peer at its end.
pub(super) fn without_peer(mut address: Multiaddr) -> Multiaddr {
    if let Some(Protocol::P2p(_)) = address.iter().last() {
        address.pop();
    }
    address
}

/// The IP address at the beginning; none for a name, or for what has neither.
pub(super) fn ip_of(address: &Multiaddr) -> Option<IpAddr> {
    match address.iter().next()? {
        Protocol::Ip4(ip) => Some(IpAddr::V4(ip)),
        Protocol::Ip6(ip) => Some(ip.to_ipv4_mapped().map_or(IpAddr::V6(ip), IpAddr::V4)),
        _ => None,
    }
}

/// Whether an address can be dialled from anywhere: an IP address of the internet or a name, and no relay on
/// the way. Everything else says something about one house and nothing to anybody outside it.
pub fn is_public(address: &Multiaddr) -> bool {
    if is_relayed(address) {
        return false;
    }
    match address.iter().next() {
        Some(Protocol::Dns(name) | Protocol::Dns4(name) | Protocol::Dns6(name)) => {
            name.contains('.') && !name.ends_with(".local") && !name.ends_with(".localhost")
        }
        _ => ip_of(address).is_some_and(|ip| !is_local(ip)),
    }
}

/// Whether an IP address means something on one network only: loopback, link-local, private (RFC 1918, RFC
/// 4193), shared by a provider's customers (RFC 6598), or no address of one machine at all.
pub(super) fn is_local(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, ..] = ip.octets();
            let shared = a == 100 && (64..128).contains(&b);
            let nobody = ip == Ipv4Addr::UNSPECIFIED || ip.is_broadcast() || ip.is_multicast();
            ip.is_loopback() || ip.is_link_local() || ip.is_private() || shared || nobody
        }
        IpAddr::V6(ip) => {
            let nobody = ip == Ipv6Addr::UNSPECIFIED || ip.is_multicast();
            ip.is_loopback() || ip.is_unicast_link_local() || ip.is_unique_local() || nobody
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_means_something_in_one_house_only_is_not_public() {
        for local in [
            "/ip4/127.0.0.1/udp/4080/quic-v1",
            "/ip4/10.1.2.3/tcp/4080",
            "/ip4/172.16.0.1/tcp/4080",
            "/ip4/172.31.255.255/tcp/4080",
            "/ip4/192.168.1.10/udp/4080/quic-v1",
            "/ip4/169.254.7.7/tcp/4080",
            "/ip4/100.64.0.1/tcp/4080",
            "/ip4/100.127.255.255/tcp/4080",
            "/ip4/0.0.0.0/tcp/4080",
            "/ip4/224.0.0.1/udp/4080/quic-v1",
            "/ip6/::1/tcp/4080",
            "/ip6/fe80::1/tcp/4080",
            "/ip6/fd12:3456::1/tcp/4080",
            "/ip6/::ffff:192.168.1.1/tcp/4080",
            "/dns/kastje/tcp/4080",
            "/dns4/maasdorp.local/tcp/4080",
            "/memory/7",
        ] {
            assert!(!is_public(&local.parse().unwrap()), "{local}");
        }
    }

    #[test]
    fn what_can_be_dialled_from_anywhere_is_public_but_not_through_a_relay() {
        for public in [
            "/ip4/203.0.113.10/udp/4080/quic-v1",
            "/ip4/100.128.0.1/tcp/4080",
            "/ip4/172.32.0.1/tcp/4080",
            "/ip6/2001:db8::1/udp/4080/quic-v1",
            "/dns/plein.example/udp/4080/quic-v1",
        ] {
            assert!(is_public(&public.parse().unwrap()), "{public}");
        }
        let relayed = format!("/ip4/203.0.113.10/tcp/4080/p2p/{}/p2p-circuit", PeerId::random());
        assert!(!is_public(&relayed.parse().unwrap()));
    }
}
