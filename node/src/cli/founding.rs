//! How a neighbourhood begins: a folder, two keys, four signatures.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{BoxCertificate, NeighbourhoodId, Role, Statement};
use dorpsplein_protocol::time::Timestamp;
use libp2p::Multiaddr;

use super::author::Author;
use super::door::{Door, site_of};
use super::error::CliError;
use super::invite::{DAY_MS, invite};
use super::key_file::KeyFile;
use super::random;
use crate::config::{Config, HelpLine, HttpsSettings, LocalNetwork};
use crate::data_folder::{DataFolder, connector_key};
use crate::links::InvitationLink;

/// How long the certificate of the first box holds, in days.
const CERTIFICATE_DAYS: u64 = 365;
/// How long the first invitation is open, in days.
const INVITATION_DAYS: u8 = 30;

/// What a new neighbourhood begins with.
#[derive(Clone, Debug)]
pub struct Founding {
    /// The data folder to make.
    pub dir: PathBuf,
    /// The neighbourhood's name.
    pub name: String,
    /// One line under it.
    pub tagline: Option<String>,
    /// Whom to call for help.
    pub help: Option<HelpLine>,
    /// Where the site listens; none for the usual port on all addresses.
    pub site: Option<SocketAddr>,
    /// Where the box listens for others; none for the usual ports on all addresses.
    pub listen: Option<Vec<Multiaddr>>,
    /// The site's own address as visitors type it.
    pub public_url: Option<String>,
    /// How the site is reached over https without a web server before it.
    pub https: Option<HttpsSettings>,
    /// Whether the box makes itself known on the local network.
    pub mdns: LocalNetwork,
    /// What the first invitation makes of who comes with it.
    pub first: Role,
    /// When.
    pub now: Timestamp,
}

/// What there is then.
pub struct Founded {
    /// The neighbourhood.
    pub neighbourhood: NeighbourhoodId,
    /// The first invitation.
    pub invitation: InvitationLink,
}

/// Makes the data folder of a new neighbourhood: keys, genesis, the certificate of its first box, a first invitation.
///
/// All is made beside the folder and put in its place at the end, so a folder that exists is a finished one.
///
/// # Errors
/// [`CliError`]; then there is no folder at that place.
pub fn found(founding: &Founding) -> Result<Founded, CliError> {
    in_place(&founding.dir, |beside| found_in(beside, founding))
}

/// Makes a data folder beside its place with `make`, and puts it there when it is finished.
///
/// # Errors
/// [`CliError`]; then there is no folder at that place.
pub(super) fn in_place<T>(dir: &Path, make: impl FnOnce(&Path) -> Result<T, CliError>) -> Result<T, CliError> {
    let at = |path: &Path| {
        let path = path.to_owned();
        move |source| CliError::Io { path, source }
    };
    let dir = std::path::absolute(dir).map_err(at(dir))?;
    check_free(&dir)?;
    let beside = beside(&dir);
    discard(&beside)?;
    let made = make(&beside).and_then(|made| {
        fs::rename(&beside, &dir).map_err(at(&dir))?;
        Ok(made)
    });
    if made.is_err() {
        discard(&beside)?;
    }
    made
}

/// Removes what an attempt left that did not get to its end.
fn discard(beside: &Path) -> Result<(), CliError> {
    match fs::remove_dir_all(beside) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(CliError::Io { path: beside.to_owned(), source })
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

fn found_in(dir: &Path, founding: &Founding) -> Result<Founded, CliError> {
    let now = founding.now;
    let box_key = SecretKey::from_seed(&random()?);
    let (device, genesis) = Device::found(SecretKey::from_seed(&random()?), &founding.name, random()?, now);
    let neighbourhood = device.home();
    let config = settings(founding, neighbourhood);
    let site = site_of(&config)?;
    let box_public = box_key.public();
    let folder = DataFolder::create(dir, config, box_key)?;
    let key = KeyFile::create_founder(&connector_key(dir), device, &genesis, site.clone())?;
    let door = Door::stopped(folder)?;
    let mut connector = Author::new(key, &door);
    connector.deliver()?;
    let expires = now.plus_millis(CERTIFICATE_DAYS * DAY_MS);
    connector.state(Statement::BoxCertificate(BoxCertificate { key: box_public, expires }), now)?;
    let (invitation, _) = invite(&mut connector, site, founding.first, INVITATION_DAYS, now)?;
    Ok(Founded { neighbourhood, invitation })
}

fn settings(founding: &Founding, neighbourhood: NeighbourhoodId) -> Config {
    let usual = Config::new(founding.name.clone(), neighbourhood);
    Config {
        tagline: founding.tagline.clone(),
        help: founding.help.clone(),
        site: founding.site.unwrap_or(usual.site),
        listen: founding.listen.clone().unwrap_or_else(|| usual.listen.clone()),
        public_url: founding.public_url.clone(),
        mdns: founding.mdns,
        https: founding.https.clone(),
        ..usual
    }
}

/// The place must be free, or an empty folder.
fn check_free(dir: &Path) -> Result<(), CliError> {
    let taken = match fs::read_dir(dir) {
        Ok(mut entries) => entries.next().is_some(),
        Err(_) => dir.exists(),
    };
    if taken { Err(crate::data_folder::FolderError::NotEmpty { path: dir.to_owned() }.into()) } else { Ok(()) }
}

/// `maasdorp` → `.maasdorp.founding`, in the same folder so that it can be renamed.
fn beside(dir: &Path) -> PathBuf {
    let name = dir.file_name().unwrap_or_default().to_string_lossy();
    dir.with_file_name(format!(".{name}.founding"))
}
