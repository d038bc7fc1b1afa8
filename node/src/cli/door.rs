//! The way to a box, wherever it is: over its HTTP API, or, when it is not running, by opening its data folder here. Both
//! lead to the same one door of the replica.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dorpsplein_protocol::bundle::{self, Page};
use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::{ItemId, NeighbourhoodId, OperationId};
use dorpsplein_protocol::sync::SpaceId;
use libp2p::Multiaddr;
use libp2p::multiaddr::Protocol;
use tokio::runtime::Runtime;

use super::client::{Client, ClientError};
use super::error::CliError;
use super::runtime;
use crate::config::{Config, Overrides};
use crate::data_folder::peers::PeerBook;
use crate::data_folder::{self, DataFolder, FolderError};
use crate::driver::{self, Driver};
use crate::links::{LinkError, Site, TreatyLink};
use crate::migrate::{self, Owner};
use crate::web::body::{AcceptedBody, DeviceBody, ImportedBody, ItemBody, PhotoBody, StatusBody};
use crate::web::error::Problem;
use crate::web::{SiteIdentity, SiteState, local};

/// A box, ready to be asked.
pub enum Door {
    /// Any box, over its public API.
    Site(Client),
    /// A box of this machine that is running: also over its API, but its folder is at hand.
    Running(RunningDoor),
    /// A box of this machine that is not running: opened here, for as long as this value lives.
    Stopped(Box<StoppedDoor>),
}

/// A running box of this machine.
pub struct RunningDoor {
    client: Client,
    folder: PathBuf,
    site: Site,
    addresses: Vec<String>,
}

/// A box without its network and its site.
pub struct StoppedDoor {
    runtime: Runtime,
    driver: Option<Driver>,
    pub(super) state: SiteState,
    pub(super) folder: DataFolder,
    site: Site,
}

impl Door {
    /// The box of a data folder, whether or not it is running.
    ///
    /// # Errors
    /// [`CliError`] when it cannot be opened, or another program than a box works with it.
    pub fn open(dir: &Path) -> Result<Self, CliError> {
        match DataFolder::open_with(dir, &Overrides::from_environment()) {
            Ok(folder) => Self::stopped(folder),
            Err(FolderError::InUse { path }) => {
                let running = data_folder::running(dir)?.ok_or(FolderError::InUse { path })?;
                Ok(Self::Running(RunningDoor {
                    client: Client::new(Site::parse(&running.url)?).with_folder_token(running.token),
                    folder: dir.to_owned(),
                    site: Site::parse(&running.site)?,
                    addresses: running.addresses,
                }))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The box of a data folder that this process has to itself.
    ///
    /// # Errors
    /// [`CliError`].
    pub fn stopped(folder: DataFolder) -> Result<Self, CliError> {
        let runtime = runtime()?;
        let store = Arc::new(migrate::open_store_and_tell(folder.path(), Owner::of(&folder))?);
        let (home, own) = (folder.config().neighbourhood, folder.box_key().public());
        let driver = runtime.block_on(driver::start(Arc::clone(&store), home, own, None))?;
        let identity = Arc::new(SiteIdentity::of(&folder));
        let state = SiteState::new(store, driver.handle(), identity);
        let site = site_of(folder.config())?;
        Ok(Self::Stopped(Box::new(StoppedDoor { runtime, driver: Some(driver), state, folder, site })))
    }

    /// Hands in an operation in transfer form.
    ///
    /// # Errors
    /// [`CliError::Client`] when it is refused or the box does not answer.
    pub fn submit(&self, operation: &[u8]) -> Result<AcceptedBody, CliError> {
        match self.client() {
            Ok(client) => Ok(client.submit(operation)?),
            Err(door) => {
                let answer = door.runtime.block_on(door.state.driver.submit(operation.to_vec()));
                let accepted = answer.map_err(|refusal| refused(refusal.into()))?;
                Ok(AcceptedBody {
                    id: accepted.operation.to_string(),
                    item: accepted.item.to_string(),
                    known: accepted.known,
                })
            }
        }
    }

    /// Hands in the file of a photo, for the resident whose device this is. The box has to be running.
    ///
    /// # Errors
    /// [`CliError::Client`] when it is refused or the box does not answer.
    pub fn hand_in_photo(&self, device: &Device, file: &[u8]) -> Result<PhotoBody, CliError> {
        match self.client() {
            Ok(client) => Ok(client.signed_in(device.secret(), &device.home())?.hand_in_photo(file)?),
            Err(_) => Err(refused(Problem::new("storage", "photos are handed in at a box that runs"))),
        }
    }

    /// What the box says of itself.
    ///
    /// # Errors
    /// [`CliError::Client`].
    pub fn status(&self) -> Result<StatusBody, CliError> {
        match self.client() {
            Ok(client) => Ok(client.status()?),
            Err(door) => local::status(&door.state).map_err(refused),
        }
    }

    /// The latest statements of the home register: the parents of the next one.
    ///
    /// # Errors
    /// [`CliError::Client`].
    pub fn heads(&self) -> Result<Vec<OperationId>, CliError> {
        let heads = self.status()?.register_heads;
        heads.iter().map(|id| OperationId::from_hex(id).ok_or_else(|| self.strange())).collect()
    }

    /// The neighbourhood of the box.
    ///
    /// # Errors
    /// [`CliError::Client`].
    pub fn home(&self) -> Result<NeighbourhoodId, CliError> {
        NeighbourhoodId::from_hex(&self.status()?.neighbourhood_id).ok_or_else(|| self.strange())
    }

    /// What the box knows of a device.
    ///
    /// # Errors
    /// [`CliError::Client`].
    pub fn device(&self, key: &PublicKey) -> Result<DeviceBody, CliError> {
        match self.client() {
            Ok(client) => Ok(client.device(key)?),
            Err(door) => local::device(&door.state, key).map_err(refused),
        }
    }

    /// An item that a visitor may see.
    ///
    /// # Errors
    /// [`CliError::Client`].
    pub fn item(&self, id: &ItemId) -> Result<ItemBody, CliError> {
        match self.client() {
            Ok(client) => Ok(client.item(&id.to_string())?),
            Err(door) => local::item(&door.state, id).map_err(refused),
        }
    }

    /// The operation that holds an invitation, by its one-time key.
    ///
    /// # Errors
    /// [`CliError::Client`].
    pub fn invitation(&self, key: &PublicKey) -> Result<OperationId, CliError> {
        let found = match self.client() {
            Ok(client) => OperationId::from_hex(&client.invitation(key)?.operation),
            Err(door) => door.state.driver.registers().home().invitation(key).map(|state| state.operation),
        };
        found.ok_or_else(|| refused(Problem::new("unknown-invitation", "the register knows no such invitation")))
    }

    /// Tells the box of another one that a connector decided to trust: whom to dial, and for which neighbourhood it
    /// speaks. A running box reads it in its next round of dialling.
    ///
    /// # Errors
    /// [`CliError`]; [`LinkError::Treaty`] when the link names no place to dial.
    pub fn introduce(&self, link: &TreatyLink) -> Result<(), CliError> {
        Ok(self.peers().ok_or(LinkError::Treaty)?.add(link.peer()?)?)
    }

    /// Takes in a frame of a bundle.
    ///
    /// # Errors
    /// What is wrong with the frame, or [`CliError::Client`] when the box does not answer.
    pub(super) fn import(&self, frame: Vec<u8>) -> Result<ImportedBody, CliError> {
        match self.client() {
            Ok(client) => Ok(client.import(&frame)?),
            Err(door) => Ok(door.runtime.block_on(door.state.driver.import(frame))?.into()),
        }
    }

    /// So many operations of a space as fit a frame, from behind the place `after` on; none when there are no more.
    ///
    /// # Errors
    /// [`CliError`].
    pub fn bundle_page(&self, space: &SpaceId, after: Option<&[u8]>) -> Result<Option<Page>, CliError> {
        match self.client() {
            Ok(client) => Ok(client.bundle_page(space, after)?),
            Err(door) => Ok(bundle::page(&door.state.store, space, after)?),
        }
    }

    /// The address of the box's site, as invitations name it.
    pub fn site(&self) -> Site {
        match self {
            Self::Site(client) => client.site().clone(),
            Self::Running(door) => door.site.clone(),
            Self::Stopped(door) => door.site.clone(),
        }
    }

    /// The same in words.
    pub fn address(&self) -> String {
        self.site().as_str().to_owned()
    }

    /// Where other boxes reach this one: as it says while it runs, as it is told in its settings otherwise.
    pub fn box_addresses(&self) -> Vec<String> {
        match self {
            Self::Site(_) => Vec::new(),
            Self::Running(door) => door.addresses.clone(),
            Self::Stopped(door) => dialable(&door.folder.config().listen, &door.site),
        }
    }

    /// The box answered something that no Dorpsplein says.
    pub(crate) fn strange(&self) -> CliError {
        CliError::Client(ClientError::NotABox { site: self.address() })
    }

    /// The box as a carrier of messages between two devices; none when it is not running.
    pub(super) fn mailboxes(&self) -> Option<&Client> {
        self.client().ok()
    }

    /// The settings of a box of this machine; none for one elsewhere.
    ///
    /// # Errors
    /// [`CliError::Folder`].
    pub(super) fn config(&self) -> Result<Option<Config>, CliError> {
        Ok(match self {
            Self::Site(_) => None,
            Self::Running(door) => Some(data_folder::read_config_with(&door.folder, &Overrides::from_environment())?),
            Self::Stopped(door) => Some(door.folder.config().clone()),
        })
    }

    fn peers(&self) -> Option<PeerBook> {
        match self {
            Self::Site(_) => None,
            Self::Running(door) => Some(PeerBook::of(&door.folder)),
            Self::Stopped(door) => Some(door.folder.peers()),
        }
    }

    pub(super) fn client(&self) -> Result<&Client, &StoppedDoor> {
        match self {
            Self::Site(client) => Ok(client),
            Self::Running(door) => Ok(&door.client),
            Self::Stopped(door) => Err(door),
        }
    }
}

impl Drop for StoppedDoor {
    /// Lets go of the store before the folder is unlocked.
    fn drop(&mut self) {
        if let Some(driver) = self.driver.take() {
            self.runtime.block_on(driver.stop());
        }
    }
}

/// The address of the site of a box with these settings, as visitors type it.
///
/// # Errors
/// [`CliError::Link`] when `public_url` is no address of a site.
pub(super) fn site_of(config: &Config) -> Result<Site, CliError> {
    Ok(Site::parse(&config.site_url(config.site))?)
}

pub(super) fn refused(problem: Problem) -> CliError {
    CliError::Client(ClientError::Refused(problem.body()))
}

/// Listening addresses as another machine dials them: "all addresses of this machine" becomes the host of the site.
fn dialable(listen: &[Multiaddr], site: &Site) -> Vec<String> {
    let host = host_protocol(site);
    let with_host = |address: &Multiaddr| -> Multiaddr {
        address
            .iter()
            .map(|part| match (&part, &host) {
                (Protocol::Ip4(ip), Some(host)) if ip.is_unspecified() => host.clone(),
                (Protocol::Ip6(ip), Some(host)) if ip.is_unspecified() => host.clone(),
                _ => part,
            })
            .collect()
    };
    listen.iter().map(|address| with_host(address).to_string()).collect()
}

/// The host of a site as a part of a multiaddress; none if it is none.
fn host_protocol(site: &Site) -> Option<Protocol<'static>> {
    let host = site.as_str().split_once("://")?.1;
    let host = match host.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next()?,
        None => host.split(':').next()?,
    };
    match host.parse() {
        Ok(IpAddr::V4(ip)) => Some(Protocol::Ip4(ip)),
        Ok(IpAddr::V6(ip)) => Some(Protocol::Ip6(ip)),
        Err(_) => Some(Protocol::Dns(host.to_owned().into())),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn others_dial_the_host_of_the_site() {
        let listen = ["/ip4/0.0.0.0/udp/4080/quic-v1", "/ip4/192.168.1.7/tcp/4080"].map(|text| text.parse().unwrap());
        let dialled = |site: &str| dialable(&listen, &Site::parse(site).unwrap());
        assert_eq!(
            dialled("https://plein.example"),
            ["/dns/plein.example/udp/4080/quic-v1", "/ip4/192.168.1.7/tcp/4080"]
        );
        assert_eq!(dialled("http://10.0.0.5:8080")[0], "/ip4/10.0.0.5/udp/4080/quic-v1");
        assert_eq!(dialled("http://[::1]:8080")[0], "/ip6/::1/udp/4080/quic-v1");
    }
}
