//! The ports of a box: of one that runs they are asked, of another they are taken and given back.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

use libp2p::Multiaddr;
use libp2p::multiaddr::Protocol;

use super::Finding;
use super::folder::Looked;

/// How long a port of this machine may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

const PART: &str = "ports";

/// A port, and what is spoken there.
#[derive(Clone, Copy)]
enum Port {
    Tcp(SocketAddr),
    Udp(SocketAddr),
}

/// Looks at the ports.
pub(super) fn look(folder: &Looked) -> Vec<Finding> {
    let settings = &folder.settings;
    let https = settings.https.as_ref();
    let secure = https.into_iter().flat_map(|https| [Some(https.listen), https.redirect]).flatten();
    let Some(running) = &folder.running else {
        let own = [Some(settings.site), settings.metrics].into_iter().flatten().chain(secure).map(Port::Tcp);
        return together(own.chain(settings.listen.iter().filter_map(port)).map(taken).collect(), "doctor-port-free");
    };
    // Where others are let in by hand is not where this machine listens.
    let told = running.addresses.iter().filter_map(|address| address.parse::<Multiaddr>().ok());
    let listening = told.filter(|address| !settings.announce.contains(address));
    let ports =
        listening.filter_map(|address| port(&address)).chain(settings.metrics.into_iter().chain(secure).map(Port::Tcp));
    together(ports.map(asked).collect(), "doctor-port-answers")
}

/// One line for all ports that are well, and one for each that is not.
fn together(looked: Vec<Result<Port, Finding>>, says: &'static str) -> Vec<Finding> {
    let well: Vec<_> = looked.iter().filter_map(|one| one.as_ref().ok()).map(Port::words).collect();
    let all = (!well.is_empty()).then(|| Finding::well(PART, says, well.join(", ")));
    all.into_iter().chain(looked.into_iter().filter_map(Result::err)).collect()
}

/// Takes a port, as the box would.
fn taken(port: Port) -> Result<Port, Finding> {
    let error = match port.take() {
        Ok(()) => return Ok(port),
        Err(error) => error,
    };
    let wrong = |says, todo, value| Err(Finding::wrong(PART, says, todo, value));
    match error.kind() {
        io::ErrorKind::AddrInUse => wrong("doctor-port-taken", "doctor-port-taken-todo", port.words()),
        io::ErrorKind::PermissionDenied => wrong("doctor-port-forbidden", "doctor-port-forbidden-todo", port.words()),
        io::ErrorKind::AddrNotAvailable => wrong("doctor-port-nowhere", "doctor-port-nowhere-todo", port.words()),
        _ => wrong("doctor-port-refused", "doctor-port-taken-todo", format!("{}: {error}", port.words())),
    }
}

/// Asks at a port, or, where nobody would answer a stranger, finds it taken.
fn asked(port: Port) -> Result<Port, Finding> {
    let answers = match port {
        Port::Tcp(address) => TcpStream::connect_timeout(&address, PATIENCE).is_ok(),
        Port::Udp(_) => port.take().is_err_and(|error| error.kind() == io::ErrorKind::AddrInUse),
    };
    let silent = || Finding::wrong(PART, "doctor-port-silent", "doctor-box-silent-todo", port.words());
    if answers { Ok(port) } else { Err(silent()) }
}

impl Port {
    fn take(self) -> io::Result<()> {
        match self {
            Self::Tcp(address) => TcpListener::bind(address).map(drop),
            Self::Udp(address) => UdpSocket::bind(address).map(drop),
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Tcp(address) => format!("{address} (TCP)"),
            Self::Udp(address) => format!("{address} (UDP)"),
        }
    }
}

/// The port of an address that names one by number.
fn port(address: &Multiaddr) -> Option<Port> {
    let mut parts = address.iter();
    let ip = match parts.next()? {
        Protocol::Ip4(ip) => IpAddr::V4(ip),
        Protocol::Ip6(ip) => IpAddr::V6(ip),
        _ => return None,
    };
    match parts.next()? {
        Protocol::Tcp(port) => Some(Port::Tcp((ip, port).into())),
        Protocol::Udp(port) => Some(Port::Udp((ip, port).into())),
        _ => None,
    }
}
