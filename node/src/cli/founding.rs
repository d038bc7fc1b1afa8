//! How a neighbourhood begins: a folder, two keys, four signatures.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{BoxCertificate, NeighbourhoodId, Statement};

use super::author::Author;
use super::door::{Door, site_of};
use super::error::CliError;
use super::invite::{DAY_MS, invite};
use super::key_file::KeyFile;
use super::random;
use crate::data_folder::{DataFolder, connector_key};
use crate::first_run::Founding;
use crate::links::InvitationLink;

/// How long the certificate of the first box holds, in days.
const CERTIFICATE_DAYS: u64 = 365;
/// How long the first invitation is open, in days.
const INVITATION_DAYS: u8 = 30;

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
    let config = founding.config(neighbourhood);
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
