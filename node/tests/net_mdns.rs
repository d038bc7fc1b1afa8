//! Boxes that find each other by multicast DNS, with real packets on the loopback interface.
//!
//! On a port of its own, so that neither the machine's own responder nor anything outside takes
//! part. (The responder joins its group on every interface before it can be told which to use, so the
//! kernel may report that membership to a router; no packet of ours leaves the loopback interface.) If the machine cannot do multicast on loopback these tests fail and say so: there is no way
//! to tell that from a box that is not announced.

#![allow(clippy::unwrap_used, missing_docs)]

use std::{
    io::Write,
    net::{Ipv4Addr, UdpSocket},
    sync::{Arc, Mutex},
    time::Duration,
};

use dorpsplein_node::net::{
    Multiaddr, PeerId,
    mdns::{self, Announcement, Config, Hint, Interfaces, Mdns, MdnsEvent},
};
use mdns_sd::{HostnameResolutionEvent, IfKind, ServiceDaemon, ServiceEvent, ServiceInfo};
use tokio::{sync::mpsc, time::timeout};

/// Probing and announcing take about two seconds, and there may be other tests running.
const PATIENCE: Duration = Duration::from_secs(30);

fn announcement(name: &str, port: u16) -> Announcement {
    Announcement {
        peer: PeerId::random(),
        neighbourhood: "5e".repeat(32),
        name: name.to_owned(),
        listening: vec![
            format!("/ip4/127.0.0.1/udp/{port}/quic-v1").parse().unwrap(),
            format!("/ip4/127.0.0.1/tcp/{port}").parse().unwrap(),
        ],
        site_port: Some(port),
    }
}

fn start(announcement: &Announcement, port: u16) -> (Mdns, mpsc::Receiver<MdnsEvent>) {
    require_multicast_on_loopback();
    let config = Config { announcement: announcement.clone(), interfaces: Interfaces::Loopback, port };
    mdns::start(config).unwrap()
}

async fn next(events: &mut mpsc::Receiver<MdnsEvent>) -> MdnsEvent {
    let next = timeout(PATIENCE, events.recv()).await;
    next.expect("something should have been heard by now").expect("the search should go on")
}

/// Sends itself a packet by multicast on 127.0.0.1, or says what the machine lacks.
fn require_multicast_on_loopback() {
    let group = Ipv4Addr::new(224, 0, 0, 251);
    let works = || {
        let receiver = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
        receiver.join_multicast_v4(&group, &Ipv4Addr::LOCALHOST)?;
        receiver.set_read_timeout(Some(Duration::from_secs(5)))?;
        let sender = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        sender.send_to(b"hallo", (group, receiver.local_addr()?.port()))?;
        receiver.recv(&mut [0; 8])
    };
    if let Err(error) = works() {
        panic!(
            "this machine cannot do multicast on its loopback interface ({error}), so nothing can be \
             said about finding boxes. As root: ip link set lo multicast on && ip route add \
             224.0.0.0/4 dev lo; or run the tests in a network namespace of which that holds"
        );
    }
}

#[tokio::test]
async fn two_boxes_find_each_other_and_notice_a_goodbye() {
    const PORT: u16 = 45_353;
    let (muiden, zonne) = (announcement("Sint Anna ter Muiden", 4001), announcement("Zonnedorp", 4101));
    let (at_muiden, mut muiden_hears) = start(&muiden, PORT);
    let (at_zonne, mut zonne_hears) = start(&zonne, PORT);
    assert_eq!(at_muiden.site_host(), "sint-anna-ter-muiden.local");

    let addresses = |port: u16| -> Vec<Multiaddr> {
        vec![
            format!("/ip4/127.0.0.1/udp/{port}/quic-v1").parse().unwrap(),
            format!("/ip4/127.0.0.1/tcp/{port}").parse().unwrap(),
        ]
    };
    let expected = Hint { peer: zonne.peer, neighbourhood: "5e".repeat(32), addresses: addresses(4101) };
    assert_eq!(next(&mut muiden_hears).await, MdnsEvent::Found(expected));
    let expected = Hint { peer: muiden.peer, neighbourhood: "5e".repeat(32), addresses: addresses(4001) };
    assert_eq!(next(&mut zonne_hears).await, MdnsEvent::Found(expected));

    at_zonne.shutdown().await;
    assert_eq!(next(&mut muiden_hears).await, MdnsEvent::Lost { peer: zonne.peer });
    at_muiden.shutdown().await;
    assert!(muiden_hears.recv().await.is_none(), "nothing is heard after the end");
}

#[tokio::test]
async fn the_site_is_found_by_name_and_its_host_resolves() {
    const PORT: u16 = 45_354;
    let (announced, _events) = start(&announcement("Oud-Vossemeer", 8123), PORT);
    let visitor = other_machine(PORT);
    let sites = visitor.browse("_http._tcp.local.").unwrap();
    let found = timeout(PATIENCE, async {
        loop {
            if let ServiceEvent::ServiceResolved(site) = sites.recv_async().await.unwrap() {
                break site;
            }
        }
    });
    let site = found.await.unwrap();
    assert_eq!(site.get_fullname(), "Oud-Vossemeer._http._tcp.local.");
    assert_eq!((site.get_hostname(), site.get_port()), ("oud-vossemeer.local.", 8123));

    let host = format!("{}.", announced.site_host());
    let answers = visitor.resolve_hostname(&host, None).unwrap();
    let found = timeout(PATIENCE, async {
        loop {
            let answer = answers.recv_async().await.unwrap();
            if let HostnameResolutionEvent::AddressesFound(_, addresses) = answer {
                break addresses;
            }
        }
    });
    let addresses = found.await.unwrap();
    assert!(addresses.iter().all(|address| address.to_ip_addr().is_loopback()), "{addresses:?}");
    announced.shutdown().await;
    visitor.shutdown().unwrap();
}

#[tokio::test]
async fn a_site_whose_name_is_taken_goes_by_another() {
    const PORT: u16 = 45_355;
    require_multicast_on_loopback();
    let other = other_machine(PORT);
    let web = ServiceInfo::new("_http._tcp.local.", "Fietsenmaker", "zonnedorp.local.", "127.0.0.2", 80, None).unwrap();
    other.register(web).unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;

    let (zonnedorp, mut events) = start(&announcement("Zonnedorp", 8080), PORT);
    let expected = MdnsEvent::SiteRenamed { host: "zonnedorp-2.local".to_owned() };
    assert_eq!(next(&mut events).await, expected);
    zonnedorp.shutdown().await;
    other.shutdown().unwrap();
}

/// A responder that is not ours, on the loopback interface only.
fn other_machine(port: u16) -> ServiceDaemon {
    let daemon = ServiceDaemon::new_with_port(port).unwrap();
    daemon.disable_interface(IfKind::All).unwrap();
    daemon.enable_interface(IfKind::LoopbackV4).unwrap();
    daemon
}

#[tokio::test(start_paused = true)]
async fn a_machine_without_multicast_gets_a_warning_and_not_an_error() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let config = Config {
        announcement: announcement("Zonnedorp", 8080),
        interfaces: Interfaces::Named(vec!["no-such-interface".to_owned()]),
        port: 45_356,
    };
    let (mdns, _events) = mdns::start(config).unwrap();
    // The clock of this test jumps ahead whenever nothing else is to be done.
    tokio::time::sleep(Duration::from_mins(1)).await;
    let told = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert_eq!(told.matches("WARN").count(), 1, "{told}");
    assert!(told.contains("could not be announced on the local network"), "{told}");
    mdns.shutdown().await;
}

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
