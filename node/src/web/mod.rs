//! The site and the API of a box: rows in, pages and JSON out; signed operations in, one door to the replica.
//!
//! A handler decides nothing. Reading goes straight to the store, beside the driver; writing goes to the driver and
//! waits for its answer, which comes only when the operation is durable.

pub(crate) mod api;
pub mod arrival;
pub mod assets;
pub mod body;
mod bounded;
mod conditional;
pub mod error;
mod extract;
mod feeds;
pub(crate) mod first_run;
mod item_count;
mod keeper;
mod kept;
mod kiosk;
mod layers;
mod links;
pub mod live;
pub mod local;
pub(crate) mod local_time;
pub(crate) mod mail;
pub mod metrics;
mod offline;
mod openapi;
mod pages;
mod photos;
mod places;
mod preview;
pub(crate) mod push;
mod rates;
mod read;
mod redirect;
mod router;
mod serving;
pub mod sessions;
mod statics;
mod theme;
mod turns;
mod visits;
mod write;

use std::sync::Arc;

use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::store::Read;
use dorpsplein_web_ui::view::Help;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use crate::data_folder::DataFolder;
use crate::data_folder::peers::PeerBook;
use crate::disk_store::DiskStore;
use crate::driver::DriverHandle;
use crate::https::Standing;
use crate::machine::Machine;
use crate::mail::Mail;
use crate::net::Reach;
use crate::photos::Photos;
use crate::push::Push;
use crate::search::Search;
use crate::sources::Sources;
use item_count::ItemCount;
use kept::Kept;
use links::Links;
use live::Live;
use rates::Rates;
use sessions::Sessions;
use turns::Turns;

pub use arrival::Proxies;
pub use keeper::FolderToken;
pub use redirect::redirecting;
pub use router::router;
pub use serving::Entrance;
pub use visits::Visits;

/// What every request is answered from. Clones share it.
#[derive(Clone)]
pub struct SiteState {
    /// The store, read beside the driver that writes it.
    pub store: Arc<dyn Read + Send + Sync>,
    /// The way to the one owner of the replica.
    pub driver: DriverHandle,
    /// How this box presents its neighbourhood.
    pub identity: Arc<SiteIdentity>,
    item_count: Arc<ItemCount>,
    kept: Arc<Kept>,
    turns: Turns,
    sessions: Arc<Sessions>,
    links: Arc<Links>,
    live: Arc<Live>,
    rates: Arc<Rates>,
    certificate: Option<watch::Receiver<Standing>>,
    authority: Option<Arc<str>>,
    folder_token: Option<FolderToken>,
    disk: Option<Arc<DiskStore>>,
    dial_now: Arc<Notify>,
    reach: Option<watch::Receiver<Arc<Reach>>>,
    site_url: Option<Arc<str>>,
    photos: Option<Photos>,
    search: Option<Search>,
    sources: Option<Sources>,
    mail: Option<Mail>,
    machine: Option<Machine>,
    push: Option<Push>,
}

impl SiteState {
    /// The site of the box that `driver` drives on `store`.
    pub fn new(store: Arc<dyn Read + Send + Sync>, driver: DriverHandle, identity: Arc<SiteIdentity>) -> Self {
        let item_count = Arc::new(ItemCount::new(driver.subscribe()));
        let (kept, turns, sessions, links, live, rates, dial_now) = Default::default();
        Self {
            store,
            driver,
            identity,
            item_count,
            kept,
            turns,
            sessions,
            links,
            live,
            rates,
            certificate: None,
            authority: None,
            folder_token: None,
            disk: None,
            dial_now,
            reach: None,
            site_url: None,
            photos: None,
            search: None,
            sources: None,
            mail: None,
            machine: None,
            push: None,
        }
    }

    /// The same, of a store on a disk, of which backups can be made.
    pub fn on_disk(store: Arc<DiskStore>, driver: DriverHandle, identity: Arc<SiteIdentity>) -> Self {
        Self { disk: Some(Arc::clone(&store)), ..Self::new(store, driver, identity) }
    }

    /// The same, with what has the box dial everybody who is not connected.
    #[must_use]
    pub fn with_dial_now(self, dial_now: Arc<Notify>) -> Self {
        Self { dial_now, ..self }
    }

    /// The same, for a site whose open pages are let go when `stop` says so.
    #[must_use]
    pub fn until(self, stop: CancellationToken) -> Self {
        Self { live: Arc::new(Live::until(stop)), ..self }
    }

    /// The same, with how other boxes are reached.
    #[must_use]
    pub fn with_reach(self, reach: watch::Receiver<Arc<Reach>>) -> Self {
        Self { reach: Some(reach), ..self }
    }

    /// The same, with the address of the site as visitors type it, without a slash at the end.
    #[must_use]
    pub fn with_site_url(self, url: &str) -> Self {
        Self { site_url: Some(url.into()), ..self }
    }

    /// The same, with the photos of this box.
    #[must_use]
    pub fn with_photos(self, photos: Photos) -> Self {
        Self { photos: Some(photos), ..self }
    }

    /// The same, with what finds things.
    #[must_use]
    pub fn with_search(self, search: Search) -> Self {
        Self { search: Some(search), ..self }
    }

    /// The same, with what other calendars say.
    #[must_use]
    pub fn with_sources(self, sources: Sources) -> Self {
        Self { sources: Some(sources), ..self }
    }

    /// The same, with the post that residents ask for.
    #[must_use]
    pub fn with_mail(self, mail: Mail) -> Self {
        Self { mail: Some(mail), ..self }
    }

    /// The same, with how it goes with the certificate of the site.
    #[must_use]
    pub fn with_certificate(self, standing: watch::Receiver<Standing>) -> Self {
        Self { certificate: Some(standing), ..self }
    }

    /// The same, with the certificate of the authority that vouches for this site on the local network, as PEM.
    #[must_use]
    pub fn with_authority(self, certificate: String) -> Self {
        Self { authority: Some(certificate.into()), ..self }
    }

    /// The same, of a box on this machine.
    #[must_use]
    pub fn with_machine(self, machine: Machine) -> Self {
        Self { machine: Some(machine), ..self }
    }

    /// The same, with the notices that residents ask for.
    #[must_use]
    pub fn with_push(self, push: Push) -> Self {
        Self { push: Some(push), ..self }
    }

    /// The same, for whoever can read in the box's folder what was written there when it started.
    #[must_use]
    pub fn with_folder_token(self, token: FolderToken) -> Self {
        Self { folder_token: Some(token), ..self }
    }
}

/// What a box says about itself and its neighbourhood besides what the register holds: its configuration.
#[derive(Clone, Debug)]
pub struct SiteIdentity {
    /// The key of this box, to point it out among the boxes of the neighbourhood.
    pub own_box: PublicKey,
    /// One line under the neighbourhood's name.
    pub tagline: Option<String>,
    /// Whom to call for help.
    pub help: Option<Help>,
    /// The boxes next door, which also says where the neighbours' sites are; commands may add to it at any time.
    pub peers: PeerBook,
}

impl SiteIdentity {
    /// That of the box of a data folder.
    pub fn of(folder: &DataFolder) -> Self {
        let config = folder.config();
        let help = config.help.as_ref().map(Help::from);
        let tagline = config.tagline.clone();
        Self { own_box: folder.box_key().public(), tagline, help, peers: folder.peers() }
    }
}
