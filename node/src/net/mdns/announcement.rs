//! What a box tells the local network about itself.

use libp2p::{Multiaddr, PeerId, multiaddr::Protocol};
use mdns_sd::ServiceInfo;

use crate::net::slug::{MAX_LABEL_BYTES, slug};

/// Boxes, found by other boxes.
pub(super) const BOX_SERVICE: &str = "_dorpsplein._tcp.local.";

/// Sites, found by people.
const SITE_SERVICE: &str = "_http._tcp.local.";

/// The keys of the TXT record of a box.
pub(super) const PEER: &str = "peer";
pub(super) const NEIGHBOURHOOD: &str = "neighbourhood";
pub(super) const QUIC_PORT: &str = "quic";
pub(super) const TCP_PORT: &str = "tcp";

/// What a box tells the local network about itself. Anyone there can read it.
#[derive(Clone, Debug)]
pub struct Announcement {
    /// The key of the box.
    pub peer: PeerId,
    /// The id of its neighbourhood, 64 lower-case hex digits.
    pub neighbourhood: String,
    /// The name of its neighbourhood, as people write it. The site is called after it.
    pub name: String,
    /// Where the box listens, from [`crate::net::NetEvent::Listening`]. Only the ports are told: the
    /// addresses are those of the interface each answer leaves by.
    pub listening: Vec<Multiaddr>,
    /// The TCP port of the site, if it may be found.
    pub site_port: Option<u16>,
}

/// The services of an announcement, ready to register.
pub(super) struct Services {
    /// The box, and the site if it may be found.
    pub(super) infos: Vec<ServiceInfo>,
    /// The host name of the site, with the final dot.
    pub(super) site_host: String,
}

impl Services {
    pub(super) fn new(announcement: &Announcement) -> Result<Self, mdns_sd::Error> {
        let site_host = format!("{}.local.", slug(&announcement.name));
        let mut infos = vec![box_service(announcement)?];
        if let Some(port) = announcement.site_port {
            let name = instance_name(&announcement.name);
            let info = ServiceInfo::new(SITE_SERVICE, name, &site_host, "", port, &[("path", "/")][..])?;
            infos.push(info.enable_addr_auto());
        }
        Ok(Self { infos, site_host })
    }
}

fn box_service(announcement: &Announcement) -> Result<ServiceInfo, mdns_sd::Error> {
    let peer = announcement.peer.to_string();
    let (quic, tcp) = ports(&announcement.listening);
    let mut properties = vec![(PEER, peer.clone()), (NEIGHBOURHOOD, announcement.neighbourhood.clone())];
    properties.extend(quic.map(|port| (QUIC_PORT, port.to_string())));
    properties.extend(tcp.map(|port| (TCP_PORT, port.to_string())));
    // A host name of its own: that of the site may belong to another box of the neighbourhood.
    let tail = &peer[peer.len().saturating_sub(12)..];
    let host = format!("dorpsplein-{}.local.", tail.to_ascii_lowercase());
    let port = tcp.or(quic).unwrap_or(0);
    let info = ServiceInfo::new(BOX_SERVICE, &peer, &host, "", port, &properties[..])?;
    Ok(info.enable_addr_auto())
}

/// The ports for QUIC and for TCP in these addresses.
fn ports(listening: &[Multiaddr]) -> (Option<u16>, Option<u16>) {
    let find =
        |wanted: fn(Protocol<'_>) -> Option<u16>| listening.iter().find_map(|address| address.iter().find_map(wanted));
    let udp = |part: Protocol<'_>| if let Protocol::Udp(port) = part { Some(port) } else { None };
    let tcp = |part: Protocol<'_>| if let Protocol::Tcp(port) = part { Some(port) } else { None };
    (find(udp), find(tcp))
}

/// The name cut to what one label holds, between two characters.
fn instance_name(name: &str) -> &str {
    let name = name.trim();
    &name[..name.floor_char_boundary(MAX_LABEL_BYTES)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn announcement(name: &str, listening: &[&str]) -> Announcement {
        Announcement {
            peer: PeerId::random(),
            neighbourhood: "ab".repeat(32),
            name: name.to_owned(),
            listening: listening.iter().map(|address| address.parse().unwrap()).collect(),
            site_port: Some(8080),
        }
    }

    #[test]
    fn box_and_site_are_announced_with_their_ports() {
        let listening = ["/ip4/192.0.2.1/udp/4001/quic-v1", "/ip4/192.0.2.1/tcp/4002"];
        let announcement = announcement("Sint Anna ter Muiden", &listening);
        let Services { infos, site_host } = Services::new(&announcement).unwrap();
        let [b, site] = &infos[..] else { panic!("two services: {infos:?}") };
        assert_eq!(b.get_property_val_str(PEER).unwrap(), announcement.peer.to_string());
        assert_eq!(b.get_property_val_str(NEIGHBOURHOOD).unwrap(), announcement.neighbourhood);
        assert_eq!(b.get_property_val_str(QUIC_PORT), Some("4001"));
        assert_eq!(b.get_property_val_str(TCP_PORT), Some("4002"));
        assert_eq!(b.get_port(), 4002);
        assert_eq!(site_host, "sint-anna-ter-muiden.local.");
        assert_eq!((site.get_hostname(), site.get_port()), (site_host.as_str(), 8080));
        assert_eq!(site.get_fullname(), "Sint Anna ter Muiden._http._tcp.local.");
        assert_ne!(b.get_hostname(), site.get_hostname());
    }

    #[test]
    fn a_box_that_only_speaks_quic_says_so() {
        let announcement = announcement("Zonnedorp", &["/ip4/192.0.2.1/udp/4001/quic-v1"]);
        let services = Services::new(&announcement).unwrap();
        assert_eq!(services.infos[0].get_property_val_str(TCP_PORT), None);
        assert_eq!(services.infos[0].get_port(), 4001);
    }

    #[test]
    fn a_long_name_is_cut_between_characters() {
        let name = "é".repeat(40);
        assert_eq!(instance_name(&name), "é".repeat(31));
        Services::new(&announcement(&name, &[])).unwrap();
    }
}
