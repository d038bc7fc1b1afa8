//! The local network: whether it knows of the box.

use std::io;
use std::net::{Ipv4Addr, UdpSocket};
use std::time::Duration;

use dorpsplein_protocol::identity::PublicKey;

use super::Finding;
use super::folder::Looked;
use crate::config::LocalNetwork;
use crate::driver::peer_id;
use crate::net::mdns::{self, Interfaces};

/// A box answers within a second or two.
const PATIENCE: Duration = Duration::from_secs(6);
/// The group of multicast DNS (RFC 6762).
const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 251);

const PART: &str = "local-network";

/// Looks for the box there, or, if it does not run, whether this machine could speak there.
pub(super) fn look(folder: &Looked) -> Finding {
    let silent = |value: String| Finding::wrong(PART, "doctor-mdns-silent", "doctor-mdns-silent-todo", value);
    let (interfaces, via) = match folder.settings.mdns {
        LocalNetwork::Off => return Finding::well(PART, "doctor-mdns-off", ""),
        LocalNetwork::On => (Interfaces::Network, Ipv4Addr::UNSPECIFIED),
        LocalNetwork::Loopback => (Interfaces::Loopback, Ipv4Addr::LOCALHOST),
    };
    let running = folder.status.as_ref().filter(|_| folder.running.is_some());
    let Some(peer) = running.and_then(|status| peer_id(&PublicKey::from_hex(&status.own_box)?)) else {
        return match echo(via) {
            Ok(()) => Finding::well(PART, "doctor-mdns-possible", ""),
            Err(error) => silent(error.to_string()),
        };
    };
    match mdns::is_heard(&peer, &interfaces, PATIENCE) {
        Ok(Some(host)) => Finding::well(PART, "doctor-mdns-heard", host),
        Ok(None) => silent(folder.settings.name.clone()),
        Err(error) => silent(error.to_string()),
    }
}

/// Says something to the group and hears it.
fn echo(via: Ipv4Addr) -> io::Result<()> {
    let hearing = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    hearing.join_multicast_v4(&GROUP, &via)?;
    hearing.set_read_timeout(Some(PATIENCE))?;
    let speaking = UdpSocket::bind((via, 0))?;
    speaking.send_to(b"dorpsplein doctor", (GROUP, hearing.local_addr()?.port()))?;
    hearing.recv(&mut [0; 32]).map(drop)
}
