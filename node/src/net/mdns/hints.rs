//! What other boxes announce, as hints.
//!
//! Everything here was written by whoever is on the network. It is bounded, checked for form, and
//! believed in nothing.

use std::{collections::HashMap, net::IpAddr};

use libp2p::{Multiaddr, PeerId, multiaddr::Protocol};
use mdns_sd::ResolvedService;

use super::{
    MdnsEvent,
    announcement::{NEIGHBOURHOOD, PEER, QUIC_PORT, TCP_PORT},
};
use crate::net::MAX_DIAL_ADDRESSES;

/// Boxes remembered at the same time; a village has a handful. More are not told.
const MAX_BOXES: usize = 64;

/// A box next door, as it describes itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The peer id it announces. The handshake will tell whether it holds the key.
    pub peer: PeerId,
    /// The id of the neighbourhood it says it belongs to, 64 lower-case hex digits.
    pub neighbourhood: String,
    /// Where it says to be: from 1 to [`MAX_DIAL_ADDRESSES`] addresses on this network.
    pub addresses: Vec<Multiaddr>,
}

/// Which box was last heard under which service name.
pub(super) struct Hints {
    own: PeerId,
    loopback: bool,
    heard: HashMap<String, Hint>,
}

impl Hints {
    /// Hints about others than `own`; on the loopback interface only, or not at all there.
    pub(super) fn new(own: PeerId, loopback: bool) -> Self {
        Self { own, loopback, heard: HashMap::new() }
    }

    /// What an announcement has to tell that was not told before.
    pub(super) fn resolved(&mut self, service: &ResolvedService) -> Option<MdnsEvent> {
        let ips = service.get_addresses().iter().map(mdns_sd::ScopedIp::to_ip_addr);
        self.heard(service.get_fullname(), |key| service.get_property_val_str(key), ips)
    }

    /// Whom a goodbye is about.
    pub(super) fn removed(&mut self, fullname: &str) -> Option<MdnsEvent> {
        let Hint { peer, .. } = self.heard.remove(fullname)?;
        Some(MdnsEvent::Lost { peer })
    }

    fn heard<'a>(
        &mut self,
        fullname: &str,
        text: impl Fn(&str) -> Option<&'a str>,
        ips: impl Iterator<Item = IpAddr>,
    ) -> Option<MdnsEvent> {
        let hint = self.hint(text, ips)?;
        let known = self.heard.get(fullname);
        if known == Some(&hint) || (known.is_none() && self.heard.len() >= MAX_BOXES) {
            return None;
        }
        self.heard.insert(fullname.to_owned(), hint.clone());
        Some(MdnsEvent::Found(hint))
    }

    /// The announcement, if it has the right form and is somebody else's.
    fn hint<'a>(&self, text: impl Fn(&str) -> Option<&'a str>, ips: impl Iterator<Item = IpAddr>) -> Option<Hint> {
        let peer: PeerId = text(PEER)?.parse().ok()?;
        let neighbourhood = text(NEIGHBOURHOOD).filter(|id| is_id(id))?;
        let port = |key| text(key).and_then(|port| port.parse::<u16>().ok()).filter(|port| *port != 0);
        let (quic, tcp) = (port(QUIC_PORT), port(TCP_PORT));
        let mut ips: Vec<IpAddr> = ips.filter(|ip| self.is_next_door(*ip)).collect();
        // A set has no order, and a hint is new only if it differs.
        ips.sort_unstable();
        let mut addresses: Vec<Multiaddr> = Vec::new();
        for ip in ips {
            let ip = Multiaddr::from(ip);
            addresses.extend(quic.map(|port| ip.clone().with(Protocol::Udp(port)).with(Protocol::QuicV1)));
            addresses.extend(tcp.map(|port| ip.clone().with(Protocol::Tcp(port))));
        }
        addresses.truncate(MAX_DIAL_ADDRESSES);
        let useful = peer != self.own && !addresses.is_empty();
        useful.then(|| Hint { peer, neighbourhood: neighbourhood.to_owned(), addresses })
    }

    /// Whether an address can belong to this network. A hint must not send boxes dialling all over
    /// the internet, nor into the machine itself. Link-local IPv6 is left out because it means
    /// nothing without the interface, which an address for libp2p does not carry.
    fn is_next_door(&self, ip: IpAddr) -> bool {
        match ip {
            _ if ip.is_loopback() => self.loopback,
            _ if self.loopback => false,
            IpAddr::V4(ip) => ip.is_private() || ip.is_link_local(),
            IpAddr::V6(ip) => ip.is_unique_local(),
        }
    }
}

fn is_id(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "box._dorpsplein._tcp.local.";

    /// Says what a box would, with some of it replaced.
    struct Voice(HashMap<&'static str, String>, Vec<IpAddr>);

    impl Voice {
        fn of(peer: PeerId) -> Self {
            let text = [
                (PEER, peer.to_string()),
                (NEIGHBOURHOOD, "0f".repeat(32)),
                (QUIC_PORT, "4001".to_owned()),
                (TCP_PORT, "4002".to_owned()),
            ];
            Self(text.into(), vec!["192.168.1.20".parse().unwrap()])
        }

        fn saying(mut self, key: &'static str, value: &str) -> Self {
            self.0.insert(key, value.to_owned());
            self
        }

        fn at(mut self, ips: &[&str]) -> Self {
            self.1 = ips.iter().map(|ip| ip.parse().unwrap()).collect();
            self
        }

        fn heard_by(&self, hints: &mut Hints, fullname: &str) -> Option<MdnsEvent> {
            hints.heard(fullname, |key| self.0.get(key).map(String::as_str), self.1.iter().copied())
        }
    }

    fn network() -> Hints {
        Hints::new(PeerId::random(), false)
    }

    #[test]
    fn an_announcement_is_told_once_and_again_when_it_changes() {
        let (mut hints, peer) = (network(), PeerId::random());
        let Some(MdnsEvent::Found(hint)) = Voice::of(peer).heard_by(&mut hints, NAME) else {
            panic!("a proper announcement")
        };
        assert_eq!((hint.peer, hint.neighbourhood), (peer, "0f".repeat(32)));
        let expected = ["/ip4/192.168.1.20/udp/4001/quic-v1", "/ip4/192.168.1.20/tcp/4002"];
        assert_eq!(hint.addresses, expected.map(|address| address.parse::<Multiaddr>().unwrap()));
        assert_eq!(Voice::of(peer).heard_by(&mut hints, NAME), None, "nothing new");
        assert!(Voice::of(peer).at(&["10.0.0.7"]).heard_by(&mut hints, NAME).is_some(), "it moved");
        assert_eq!(hints.removed(NAME), Some(MdnsEvent::Lost { peer }));
        assert_eq!(hints.removed(NAME), None);
    }

    #[test]
    fn nonsense_is_not_told() {
        let (own, peer) = (PeerId::random(), PeerId::random());
        for nonsense in [
            Voice::of(own),
            Voice::of(peer).saying(PEER, "not a peer"),
            Voice::of(peer).saying(NEIGHBOURHOOD, "0F0F"),
            Voice::of(peer).saying(NEIGHBOURHOOD, &"0F".repeat(32)),
            Voice::of(peer).saying(QUIC_PORT, "0").saying(TCP_PORT, "70000"),
            Voice::of(peer).at(&[]),
        ] {
            assert_eq!(nonsense.heard_by(&mut Hints::new(own, false), NAME), None);
        }
    }

    #[test]
    fn only_addresses_next_door_are_worth_dialling() {
        for elsewhere in ["203.0.113.9", "127.0.0.1", "0.0.0.0", "224.0.0.251", "2001:db8::1", "fe80::1", "::1"] {
            let voice = Voice::of(PeerId::random()).at(&[elsewhere]);
            assert_eq!(voice.heard_by(&mut network(), NAME), None, "{elsewhere}");
        }
        for next_door in ["10.1.2.3", "172.16.0.1", "169.254.3.4", "fd00::1"] {
            let voice = Voice::of(PeerId::random()).at(&[next_door]);
            assert!(voice.heard_by(&mut network(), NAME).is_some(), "{next_door}");
        }
        let mut demo = Hints::new(PeerId::random(), true);
        assert!(Voice::of(PeerId::random()).at(&["127.0.0.1"]).heard_by(&mut demo, NAME).is_some());
        assert!(Voice::of(PeerId::random()).at(&["10.1.2.3"]).heard_by(&mut demo, "other").is_none());
    }

    #[test]
    fn a_crowd_is_cut_short() {
        let mut hints = network();
        for number in 0..MAX_BOXES {
            assert!(Voice::of(PeerId::random()).heard_by(&mut hints, &number.to_string()).is_some());
        }
        let late = Voice::of(PeerId::random());
        assert_eq!(late.heard_by(&mut hints, "late"), None);
        assert!(late.heard_by(&mut hints, "0").is_some(), "a known box may still change");
        let many: Vec<String> = (1..100).map(|host| format!("10.0.0.{host}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let Some(MdnsEvent::Found(hint)) = Voice::of(PeerId::random()).at(&many).heard_by(&mut hints, "1") else {
            panic!("a known box that changed")
        };
        assert_eq!(hint.addresses.len(), MAX_DIAL_ADDRESSES);
    }
}
