//! A box from start to stop. [`start`] reads top to bottom as the story of a start, [`RunningBox::shutdown`] tells it
//! backwards.

mod contacts;
mod dialling;
mod doors;
mod error;
mod neighbours;
mod opening;
mod whereabouts;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use dorpsplein_protocol::time::Timestamp;
use libp2p::{Multiaddr, PeerId};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::config::{self, Config, LocalNetwork};
use crate::data_folder::{DataFolder, FolderError, Running};
use crate::disk_store::{DiskStore, keep_settled};
use crate::driver::{Driver, DriverError, DriverHandle, Network};
use crate::machine::Machine;
use crate::mail::{Mail, Round, Sender};
use crate::net::mdns::{self, Mdns};
use crate::net::{self, NetHandle};
use crate::photos::Keeper;
use crate::push::{self, Push};
use crate::search::{Follower, Search};
use crate::sources;
use crate::web::live::{self, Teller};
use crate::web::{FolderToken, SiteIdentity, SiteState};
use dialling::Dialler;
use doors::{Doors, Open};
use opening::{open_mail, open_push, open_replica, open_search, open_store};
use whereabouts::{Surroundings, Whereabouts};

pub use error::RunError;

/// How long the network may take to tell its addresses.
const LISTENING: Duration = Duration::from_secs(5);
/// How long requests that are being answered may take when the box stops.
const LAST_ANSWERS: Duration = Duration::from_secs(5);

/// A box that runs. It has to be [shut down](RunningBox::shutdown); dropping it leaves its tasks behind.
#[must_use = "a box has to be shut down"]
pub struct RunningBox {
    site_url: String,
    local_url: String,
    addresses: Vec<Multiaddr>,
    /// Before the folder, which is locked until it is let go of.
    store: Arc<DiskStore>,
    folder: DataFolder,
    driver: Driver,
    photos: Keeper,
    net: NetHandle,
    mdns: Option<Mdns>,
    stop: CancellationToken,
    token: FolderToken,
    site: JoinHandle<()>,
    figures: Option<JoinHandle<()>>,
    certificates: Vec<JoinHandle<()>>,
    dialler: JoinHandle<()>,
    whereabouts: JoinHandle<()>,
    contacts: JoinHandle<()>,
    follower: Option<Follower>,
    teller: Teller,
    visits: JoinHandle<()>,
    settling: JoinHandle<()>,
    sender: Option<Sender>,
    notices: Option<push::Sender>,
}

/// Starts the box of a data folder; it is ready when this returns.
///
/// # Errors
/// [`RunError`]; then nothing keeps running.
pub async fn start(folder: DataFolder) -> Result<RunningBox, RunError> {
    let (settings, machine) = (folder.config(), Machine::of(folder.path()));

    // What the box holds.
    let (store, stop) = (open_store(&folder).await?, CancellationToken::new());
    let (mail, push) = (open_mail(&folder, &stop)?, open_push(&folder, &stop)?);

    // The doors, before anybody is let in.
    let doors = Doors::take(settings, folder.path()).await?;
    let (bound, token) = (doors.bound, folder_token()?);
    let (net, events) = net::start(net_config(&folder))?;

    // The replica, which hears of everything from here on, and who keeps the files of photos for it.
    let network = Network { handle: net.clone(), events };
    let (driver, photos) = match open_replica(&folder, Arc::clone(&store), network).await {
        Ok(opened) => opened,
        Err(error) => {
            net.shutdown().await;
            return Err(error);
        }
    };
    let handle = driver.handle();
    let addresses = listening(&handle, settings.listen.len()).await;

    // The neighbours: those we know, and those the local network tells of.
    let (mdns, hints) = make_known(settings, net.local_peer(), &addresses, bound);
    let dial_now = Arc::new(Notify::new());
    let (whereabouts, dialler) = meet_neighbours(&folder, &net, &handle, &dial_now);
    let whereabouts = tokio::spawn(whereabouts.run(stop.clone()));
    let dialler = tokio::spawn(dialler.run(hints, stop.clone()));
    let contacts = tokio::spawn(contacts::keep(folder.contacts(), handle.clone(), stop.clone()));

    // What finds things, which follows what is there.
    let (search, follower) = open_search(&folder, &store, &handle, &stop).await?;

    // Other calendars, which are visited when it is time.
    let (sources, visits) = sources::start(folder.path(), &settings.agenda, &stop)?;

    // The site.
    let (site_url, local_url) = (settings.site_url(bound), config::local_url(bound));
    let state = SiteState::on_disk(Arc::clone(&store), handle, Arc::new(SiteIdentity::of(&folder)))
        .with_folder_token(token.clone())
        .with_dial_now(dial_now)
        .with_reach(net.watch_reach())
        .with_site_url(&site_url)
        .with_photos(photos.photos())
        .with_machine(machine)
        .until(stop.clone())
        .with_sources(sources);
    let (state, (sender, notices)) = with_senders(state, (search, mail, push), &stop);
    let teller = live::follow(state.clone(), stop.clone());
    let Open { site, figures, certificates } = doors.open(state, &stop);

    // Ready: commands on this machine may come.
    let running = RunningBox {
        settling: keep_settled(Arc::clone(&store), stop.clone()),
        site_url,
        local_url,
        addresses,
        folder,
        store,
        driver,
        photos,
        net,
        mdns,
        stop,
        token,
        site,
        figures,
        certificates,
        dialler,
        whereabouts,
        contacts,
        follower,
        teller,
        visits,
        sender,
        notices,
    };
    if let Err(error) = running.announce() {
        running.shutdown().await;
        return Err(error.into());
    }
    Ok(running)
}

/// Adds what finds things, post and notices to a site, where this box has them, and begins to send.
fn with_senders(
    state: SiteState,
    (search, mail, push): (Option<Search>, Option<Mail>, Option<Push>),
    stop: &CancellationToken,
) -> (SiteState, (Option<Sender>, Option<push::Sender>)) {
    let state = search.into_iter().fold(state, SiteState::with_search);
    let state = mail.iter().cloned().fold(state, SiteState::with_mail);
    let state = push.iter().cloned().fold(state, SiteState::with_push);
    let sender = mail.map(|mail| Sender::start(mail, state.clone(), stop.clone()));
    let notices = push.map(|push| push::Sender::start(push, state.clone(), stop.clone()));
    (state, (sender, notices))
}

/// Begins to listen for the operating system asking this process to stop: Ctrl-C, or a stop by the service manager. What
/// it returns ends when that happens. To be called within a runtime, before anybody is told that the box is ready: until
/// then a stop is not an orderly one.
///
/// # Errors
/// [`RunError::Signals`].
pub fn stop_requested() -> Result<impl Future<Output = ()> + use<>, RunError> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt()).map_err(RunError::Signals)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(RunError::Signals)?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

impl RunningBox {
    /// The address of its site as visitors type it, without a slash at the end.
    pub fn site_url(&self) -> &str {
        &self.site_url
    }

    /// Where other boxes reach it, with the real ports.
    pub fn addresses(&self) -> &[Multiaddr] {
        &self.addresses
    }

    /// Its name in the network.
    pub fn peer(&self) -> PeerId {
        self.net.local_peer()
    }

    /// What it holds.
    pub fn store(&self) -> &DiskStore {
        &self.store
    }

    /// Sends the post that is due at `now`, at once; the caller waits. None where this box sends none.
    pub fn send_post(&self, now: Timestamp) -> Option<Round> {
        self.sender.as_ref().map(|sender| sender.round(now))
    }

    /// Sends the notices of what is new at `now`, at once; the caller waits. None where this box sends none.
    pub fn send_notices(&self, now: Timestamp) -> Option<push::Round> {
        self.notices.as_ref().map(|notices| notices.round(now))
    }

    /// The way to its replica.
    pub fn driver(&self) -> DriverHandle {
        self.driver.handle()
    }

    /// Waits until this process is [asked to stop](stop_requested), or a part of the box ends by itself.
    ///
    /// # Errors
    /// [`RunError`] that says what ended; the box still has to be shut down.
    pub async fn until_stopped(&mut self, stop: impl Future<Output = ()>) -> Result<(), RunError> {
        let mut status = self.driver.handle().watch_status();
        tokio::select! {
            () = stop => Ok(()),
            site = &mut self.site => Err(match site {
                Ok(()) => RunError::SiteStopped,
                Err(error) => error.into(),
            }),
            _ = status.wait_for(|_| false) => Err(DriverError::Ended.into()),
        }
    }

    /// Stops the box: first those who ask, then those who answer, the store last.
    pub async fn shutdown(mut self) {
        if let Err(error) = self.folder.withdraw() {
            tracing::warn!(%error, "commands on this machine will look for a box that is gone");
        }
        self.stop.cancel();
        if !self.site.is_finished() && tokio::time::timeout(LAST_ANSWERS, &mut self.site).await.is_err() {
            tracing::warn!("some requests were not answered in time");
            self.site.abort();
        }
        if let Some(figures) = self.figures {
            // Nobody waits for figures of a box that stops.
            figures.abort();
        }
        let tasks = [
            ("dialling", self.dialler),
            ("telling where boxes are", self.whereabouts),
            ("keeping when neighbours were heard of", self.contacts),
            ("visiting other calendars", self.visits),
            ("keeping the journals of the store short", self.settling),
        ];
        let certificates = self.certificates.into_iter().map(|task| ("keeping a certificate up to date", task));
        for (part, task) in tasks.into_iter().chain(certificates) {
            if let Err(error) = task.await {
                tracing::error!(%error, "{part} ended in a panic");
            }
        }
        if let Some(follower) = self.follower {
            follower.stopped().await;
        }
        self.teller.stopped().await;
        if let Some(sender) = self.sender {
            sender.stopped().await;
        }
        if let Some(notices) = self.notices {
            notices.stopped().await;
        }
        if let Some(mdns) = self.mdns {
            mdns.shutdown().await;
        }
        self.net.shutdown().await;
        self.driver.stop().await;
        self.photos.stop().await;
    }

    fn announce(&self) -> Result<(), FolderError> {
        // Where it is told to be reached from outside comes first: whoever is far away tries that.
        let announced = &self.folder.config().announce;
        let addresses = announced.iter().chain(&self.addresses).map(ToString::to_string).collect();
        let (url, site, token) = (self.local_url.clone(), self.site_url.clone(), self.token.to_hex());
        self.folder.announce(&Running { url, site, addresses, token })
    }
}

/// What shows that somebody can read the folder.
fn folder_token() -> Result<FolderToken, RunError> {
    let mut random = [0; 32];
    getrandom::fill(&mut random)?;
    Ok(FolderToken::new(random))
}

/// Who the box is in the network, and what its settings say to it.
fn net_config(folder: &DataFolder) -> net::Config {
    let settings = folder.config();
    net::Config {
        announce: settings.announce.clone(),
        relay: settings.relay,
        upnp: settings.upnp,
        ..net::Config::new(keypair(folder), settings.listen.clone())
    }
}

fn keypair(folder: &DataFolder) -> net::Keypair {
    net::keypair_from_secret(folder.box_key().to_seed())
}

/// Readies who tells and hears where neighbours are, and who dials them.
fn meet_neighbours(
    folder: &DataFolder,
    net: &NetHandle,
    driver: &DriverHandle,
    dial_now: &Arc<Notify>,
) -> (Whereabouts, Dialler) {
    let (whereabouts, places) = Whereabouts::new(Surroundings {
        net: net.clone(),
        driver: driver.clone(),
        keypair: keypair(folder),
        book: folder.addresses(),
        peers: folder.peers(),
        ways: folder.ways(),
    });
    let home = folder.config().neighbourhood;
    let dialler = Dialler::new(folder.peers(), home, net.clone(), driver.clone(), places, Arc::clone(dial_now));
    (whereabouts, dialler)
}

/// Waits until every door has told its address. A door that stands open on all addresses tells several.
async fn listening(driver: &DriverHandle, doors: usize) -> Vec<Multiaddr> {
    let mut status = driver.watch_status();
    // What `wait_for` gives back locks the status; kept over the next line it would bar the driver, and the driver us.
    let told = status.wait_for(|status| status.listening.len() >= doors);
    let told = tokio::time::timeout(LISTENING, told).await.is_ok();
    if !told {
        tracing::warn!("not all addresses are known yet; other boxes may not find this one");
    }
    driver.status().listening.clone()
}

/// Makes the box known on the local network. A network without multicast is a pity, no reason not to start.
fn make_known(
    settings: &Config,
    peer: PeerId,
    addresses: &[Multiaddr],
    site: SocketAddr,
) -> (Option<Mdns>, Option<dialling::HintReceiver>) {
    let interfaces = match settings.mdns {
        LocalNetwork::Off => return (None, None),
        LocalNetwork::On => mdns::Interfaces::Network,
        LocalNetwork::Loopback => mdns::Interfaces::Loopback,
    };
    let announcement = mdns::Announcement {
        peer,
        neighbourhood: settings.neighbourhood.to_string(),
        name: settings.name.clone(),
        listening: addresses.to_vec(),
        site_port: (settings.mdns == LocalNetwork::Loopback || !site.ip().is_loopback()).then_some(site.port()),
    };
    match mdns::start(mdns::Config { announcement, interfaces, port: mdns::MDNS_PORT }) {
        Ok((mdns, hints)) => (Some(mdns), Some(hints)),
        Err(error) => {
            tracing::warn!(%error, "the local network will not know of this box");
            (None, None)
        }
    }
}
