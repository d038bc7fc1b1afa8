//! The box on the local network: announced by name, and looking for boxes next door.
//!
//! Two services are announced. `_dorpsplein._tcp` is for other boxes and carries peer id,
//! neighbourhood id and ports; `_http._tcp` is the site, found as `<slug>.local` by any browser on
//! the same network. What other boxes announce is a *hint*: an address worth dialling, nothing more.
//! Who they are is proven by the handshake, and what they may see is the driver's decision.
//!
//! A machine without multicast still runs a box. [`start`] tells when nothing could be set up at
//! all; when announcements cannot leave the machine, a warning in the log says so.

mod announcement;
mod heard;
mod hints;

use std::time::Duration;

use libp2p::PeerId;
use mdns_sd::{DaemonEvent, IfKind, RRType, Receiver, ServiceDaemon, ServiceEvent};
use tokio::{
    sync::mpsc,
    task::JoinHandle,
    time::{Instant, sleep, timeout, timeout_at},
};

pub use self::{announcement::Announcement, heard::is_heard, hints::Hint};
use self::{
    announcement::{BOX_SERVICE, Services},
    hints::Hints,
};

/// The port of multicast DNS (RFC 6762). Another one is for tests, which keeps them among themselves.
pub const MDNS_PORT: u16 = mdns_sd::MDNS_PORT;

/// Hints the driver may leave unread before the network is no longer listened to.
pub const EVENT_QUEUE_EVENTS: usize = 64;

/// How long announcing may take. Looking whether a name is free takes less than a second.
const ANNOUNCING: Duration = Duration::from_secs(10);

/// How long to wait before looking for boxes again, if the search was broken off.
const SEARCH_AGAIN: Duration = Duration::from_secs(5);

/// How long saying goodbye may take when the box stops.
const GOODBYE: Duration = Duration::from_secs(2);

/// What to announce, and where.
#[derive(Clone, Debug)]
pub struct Config {
    /// What the box tells about itself.
    pub announcement: Announcement,
    /// The networks it tells it to, and listens on.
    pub interfaces: Interfaces,
    /// The UDP port, [`MDNS_PORT`] but in tests.
    pub port: u16,
}

/// The network interfaces to use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Interfaces {
    /// All but the loopback interface, also those that appear later.
    Network,
    /// Only 127.0.0.1: boxes on the same machine, as in the demo and in tests.
    Loopback,
    /// Those with these names, such as `eth0`.
    Named(Vec<String>),
}

/// What is heard on the local network. None of it is proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MdnsEvent {
    /// A box announces itself, or announces something new about itself.
    Found(Hint),
    /// A box said goodbye, or has not been heard for two minutes.
    Lost {
        /// The peer id it announced.
        peer: PeerId,
    },
    /// Another machine had the name of the site already, so it goes by this one.
    SiteRenamed {
        /// The host name that works now, such as `zonnedorp-2.local`.
        host: String,
    },
}

/// Why multicast DNS is not available. The box works without; residents and neighbours then need to
/// be told its address.
#[derive(Debug, thiserror::Error)]
pub enum MdnsError {
    /// The announcement cannot be made.
    #[error("the box cannot be announced on the local network: {0}")]
    Announcement(#[source] mdns_sd::Error),
    /// The operating system refused what it takes.
    #[error("multicast DNS does not work on this machine: {0}")]
    Unavailable(#[source] mdns_sd::Error),
}

/// The announcement. Goes on until [`Mdns::shutdown`], or until this is dropped, which says no
/// goodbye.
pub struct Mdns {
    daemon: Option<ServiceDaemon>,
    site_host: String,
    tasks: [JoinHandle<()>; 2],
}

/// Announces the box and starts looking for others, on the current tokio runtime.
///
/// # Errors
///
/// [`MdnsError`] when nothing could be set up. Log it as a warning and go on.
pub fn start(config: Config) -> Result<(Mdns, mpsc::Receiver<MdnsEvent>), MdnsError> {
    let Config { announcement, interfaces, port } = config;
    let peer = announcement.peer;
    let services = Services::new(&announcement).map_err(MdnsError::Announcement)?;
    let daemon = ServiceDaemon::new_with_port(port).map_err(MdnsError::Unavailable)?;
    let (events, receiver) = mpsc::channel(EVENT_QUEUE_EVENTS);
    let hints = Hints::new(peer, interfaces == Interfaces::Loopback);
    let site_host = services.site_host.clone();
    let monitor = set_up(&daemon, &interfaces, services).inspect_err(|_| stop(&daemon))?;
    let watch = watch(monitor, site_host.clone(), events.clone());
    let search = search(daemon.clone(), hints, events);
    let tasks = [tokio::spawn(watch), tokio::spawn(search)];
    Ok((Mdns { daemon: Some(daemon), site_host, tasks }, receiver))
}

impl Mdns {
    /// The host name of the site on this network, such as `zonnedorp.local`, unless
    /// [`MdnsEvent::SiteRenamed`] says otherwise.
    #[must_use]
    pub fn site_host(&self) -> &str {
        self.site_host.trim_end_matches('.')
    }

    /// Tells the network that the box goes away, and stops.
    pub async fn shutdown(mut self) {
        let Some(daemon) = self.daemon.take() else { return };
        match daemon.shutdown() {
            // An error means that the thread has ended already, which is as good.
            Ok(done) => match timeout(GOODBYE, done.recv_async()).await {
                Ok(_ended) => {}
                Err(_elapsed) => tracing::warn!("the goodbye on the local network took too long"),
            },
            Err(error) => tracing::warn!(%error, "no goodbye could be said on the local network"),
        }
    }
}

impl Drop for Mdns {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
        if let Some(daemon) = &self.daemon {
            stop(daemon);
        }
    }
}

/// Restricts the daemon to the interfaces before it says anything, then announces.
fn set_up(
    daemon: &ServiceDaemon,
    interfaces: &Interfaces,
    services: Services,
) -> Result<Receiver<DaemonEvent>, MdnsError> {
    let commands = || {
        let monitor = daemon.monitor()?;
        keep_to(daemon, interfaces)?;
        for service in services.infos {
            daemon.register(service)?;
        }
        Ok(monitor)
    };
    commands().map_err(MdnsError::Unavailable)
}

/// Restricts the daemon to these interfaces.
fn keep_to(daemon: &ServiceDaemon, interfaces: &Interfaces) -> mdns_sd::Result<()> {
    match interfaces {
        Interfaces::Network => daemon.disable_interface(vec![IfKind::LoopbackV4, IfKind::LoopbackV6]),
        Interfaces::Loopback => {
            daemon.disable_interface(IfKind::All)?;
            daemon.enable_interface(IfKind::LoopbackV4)
        }
        Interfaces::Named(names) => {
            daemon.disable_interface(IfKind::All)?;
            daemon.enable_interface(names.iter().map(IfKind::from).collect::<Vec<_>>())
        }
    }
}

fn stop(daemon: &ServiceDaemon) {
    // Fails only when the thread has ended already.
    let _ = daemon.shutdown();
}

/// Watches what becomes of the announcement, and warns when nobody hears it.
async fn watch(monitor: Receiver<DaemonEvent>, site_host: String, events: mpsc::Sender<MdnsEvent>) {
    let deadline = Instant::now() + ANNOUNCING;
    let mut announced = false;
    loop {
        let event = if announced {
            monitor.recv_async().await
        } else if let Ok(event) = timeout_at(deadline, monitor.recv_async()).await {
            event
        } else {
            tracing::warn!(
                "the box could not be announced on the local network: no interface takes multicast. \
                 It can still be reached by its address"
            );
            announced = true;
            continue;
        };
        match event {
            Ok(DaemonEvent::Announce(service, _)) => {
                tracing::info!(service, "announced on the local network");
                announced = true;
            }
            Ok(DaemonEvent::NameChange(change)) => {
                tracing::warn!(from = change.original, to = change.new_name, "the name was taken");
                let is_host = matches!(change.rr_type, RRType::A | RRType::AAAA);
                if is_host && change.original.eq_ignore_ascii_case(&site_host) {
                    let host = change.new_name.trim_end_matches('.').to_owned();
                    // Fails when the driver no longer wants to know.
                    let _ = events.send(MdnsEvent::SiteRenamed { host }).await;
                }
            }
            Ok(DaemonEvent::Error(error)) => tracing::warn!(%error, "multicast DNS has trouble"),
            Ok(_) => {}
            Err(_daemon_ended) => return,
        }
    }
}

/// Turns what is heard into hints, for as long as the driver wants them.
async fn search(daemon: ServiceDaemon, mut hints: Hints, events: mpsc::Sender<MdnsEvent>) {
    loop {
        match daemon.browse(BOX_SERVICE) {
            Ok(heard) => {
                while let Ok(event) = heard.recv_async().await {
                    let told = match event {
                        ServiceEvent::ServiceResolved(service) => hints.resolved(&service),
                        ServiceEvent::ServiceRemoved(_, fullname) => hints.removed(&fullname),
                        _ => None,
                    };
                    if let Some(event) = told
                        && events.send(event).await.is_err()
                    {
                        return;
                    }
                }
            }
            Err(mdns_sd::Error::DaemonShutdown) => return,
            Err(error) => tracing::warn!(%error, "cannot look for boxes next door"),
        }
        // The daemon ends a search whose listener falls a thousand answers behind, or when it stops.
        sleep(SEARCH_AGAIN).await;
    }
}
