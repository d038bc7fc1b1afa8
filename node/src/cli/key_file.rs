//! A resident's key in a file: for scripts, tests and people who like terminals.
//!
//! A device that signs two operations with one number proves itself forked. So the file is written before an operation
//! leaves the machine, with that operation in it: after a crash the very same bytes are sent again. While a command
//! works with the file, another one waits.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{NeighbourhoodId, OperationId, Signed};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::links::Site;

/// The version of the file's form.
const FORMAT: u32 = 1;
/// Only the owner reads and writes.
const MODE: u32 = 0o600;

/// Why a key file cannot be used.
#[derive(Debug, Error)]
pub enum KeyFileError {
    /// It could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// It exists, and would be overwritten.
    #[error("{0} exists already: a key is never overwritten")]
    Exists(PathBuf),
    /// It holds something else.
    #[error("{0} is not a key file of this version")]
    Damaged(PathBuf),
    /// Others than its owner may read it.
    #[error("{0} can be read by others: a key belongs to one person (chmod 600)")]
    Open(PathBuf),
    /// The box has seen later operations of this key: the file is an old copy.
    #[error("{path} is an old copy: the box knows operation {known} of this key, the file ends at {held}")]
    Outdated {
        /// Which file.
        path: PathBuf,
        /// The number of the last operation the box knows.
        known: u64,
        /// The number of the last operation in the file.
        held: u64,
    },
}

/// A key file, locked for as long as this value lives.
#[derive(Debug)]
pub struct KeyFile {
    path: PathBuf,
    device: Device,
    site: Site,
    pending: Option<Vec<u8>>,
    _lock: File,
}

/// The file's content.
#[derive(Serialize, Deserialize)]
struct Written {
    format: u32,
    secret: String,
    home: String,
    url: String,
    sequence: u64,
    previous: Option<String>,
    /// Signed, and perhaps not with the box yet: to be sent before anything else is signed.
    pending: Option<String>,
}

impl KeyFile {
    /// Makes a file for a new device of a resident of `home`, who is at home at `site`.
    ///
    /// # Errors
    /// [`KeyFileError::Exists`] or [`KeyFileError::Io`].
    pub fn create(path: &Path, secret: SecretKey, home: NeighbourhoodId, site: Site) -> Result<Self, KeyFileError> {
        Self::write_new(path, Device::new(secret, home), site, None)
    }

    /// Makes a file for the device that founds a neighbourhood; the genesis is pending.
    ///
    /// # Errors
    /// As [`KeyFile::create`].
    pub fn create_founder(path: &Path, device: Device, genesis: &Signed, site: Site) -> Result<Self, KeyFileError> {
        Self::write_new(path, device, site, Some(genesis.encode()))
    }

    /// Opens a file.
    ///
    /// # Errors
    /// [`KeyFileError`].
    pub fn open(path: &Path) -> Result<Self, KeyFileError> {
        let failed = |source| KeyFileError::Io { path: path.to_owned(), source };
        let lock = if path.exists() { lock(path)? } else { return Err(failed(io::ErrorKind::NotFound.into())) };
        if fs::metadata(path).map_err(failed)?.permissions().mode() & 0o077 != 0 {
            return Err(KeyFileError::Open(path.to_owned()));
        }
        let text = fs::read(path).map_err(failed)?;
        let damaged = || KeyFileError::Damaged(path.to_owned());
        let written: Written = serde_json::from_slice(&text).map_err(|_| damaged())?;
        let (device, site, pending) = written.read().ok_or_else(damaged)?;
        Ok(Self { path: path.to_owned(), device, site, pending, _lock: lock })
    }

    /// The device.
    pub const fn device(&self) -> &Device {
        &self.device
    }

    /// The site where the resident is at home.
    pub const fn site(&self) -> &Site {
        &self.site
    }

    /// The operation that was signed and is not known to be with the box.
    pub fn pending(&self) -> Option<&[u8]> {
        self.pending.as_deref()
    }

    /// Signs an operation and makes it durable here, before it goes anywhere. Returns its transfer form.
    ///
    /// # Errors
    /// [`KeyFileError::Io`]: then nothing may be sent, and the number is not used again by this value.
    ///
    /// # Panics
    /// When an operation is pending: it has to be [settled](KeyFile::settle) first.
    pub fn sign(&mut self, sign: impl FnOnce(&mut Device) -> Signed) -> Result<Vec<u8>, KeyFileError> {
        assert!(self.pending.is_none(), "a pending operation is sent before the next is signed");
        let operation = sign(&mut self.device).encode();
        self.pending = Some(operation.clone());
        self.save()?;
        Ok(operation)
    }

    /// The box has answered for good: what was pending no longer is. Its number stays used.
    ///
    /// # Errors
    /// [`KeyFileError::Io`].
    pub fn settle(&mut self) -> Result<(), KeyFileError> {
        self.pending = None;
        self.save()
    }

    /// Removes the file of a device that never became anybody's.
    ///
    /// # Errors
    /// [`KeyFileError::Io`].
    pub fn discard(self) -> Result<(), KeyFileError> {
        fs::remove_file(&self.path).map_err(|source| KeyFileError::Io { path: self.path.clone(), source })
    }

    /// Compares with what the box knows of this device.
    ///
    /// # Errors
    /// [`KeyFileError::Outdated`] when it knows more than the file does.
    pub fn check_not_older(&self, known: u64) -> Result<(), KeyFileError> {
        let held = self.device.sequence();
        if known > held { Err(KeyFileError::Outdated { path: self.path.clone(), known, held }) } else { Ok(()) }
    }

    fn write_new(path: &Path, device: Device, site: Site, pending: Option<Vec<u8>>) -> Result<Self, KeyFileError> {
        let lock = lock(path)?;
        if path.exists() {
            return Err(KeyFileError::Exists(path.to_owned()));
        }
        let file = Self { path: path.to_owned(), device, site, pending, _lock: lock };
        file.save()?;
        Ok(file)
    }

    /// Writes a new file beside the old one, makes it durable and puts it in the old one's place.
    fn save(&self) -> Result<(), KeyFileError> {
        let failed = |source| KeyFileError::Io { path: self.path.clone(), source };
        let json = serde_json::to_vec_pretty(&self.written()).expect("a struct of strings and numbers is JSON");
        let beside = sibling(&self.path, "new");
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(MODE).open(&beside).map_err(failed)?;
        file.write_all(&json).and_then(|()| file.sync_all()).map_err(failed)?;
        fs::rename(&beside, &self.path).map_err(failed)?;
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
    }

    fn written(&self) -> Written {
        Written {
            format: FORMAT,
            secret: HEXLOWER_PERMISSIVE.encode(&self.device.secret().to_seed()),
            home: self.device.home().to_string(),
            url: self.site.as_str().to_owned(),
            sequence: self.device.sequence(),
            previous: self.device.previous().map(|id| id.to_string()),
            pending: self.pending.as_ref().map(|bytes| BASE64.encode(bytes)),
        }
    }
}

impl Written {
    fn read(self) -> Option<(Device, Site, Option<Vec<u8>>)> {
        if self.format != FORMAT {
            return None;
        }
        let seed: [u8; 32] = HEXLOWER_PERMISSIVE.decode(self.secret.as_bytes()).ok()?.try_into().ok()?;
        let previous = match self.previous {
            Some(id) => Some(OperationId::from_hex(&id)?),
            None => None,
        };
        let pending = match self.pending {
            Some(bytes) => Some(BASE64.decode(bytes.as_bytes()).ok()?),
            None => None,
        };
        let home = NeighbourhoodId::from_hex(&self.home)?;
        let device = Device::resume(SecretKey::from_seed(&seed), home, self.sequence, previous);
        Some((device, Site::parse(&self.url).ok()?, pending))
    }
}

/// Waits until no other command uses the file. The lock is a file of its own, because the key file is replaced.
fn lock(path: &Path) -> Result<File, KeyFileError> {
    let beside = sibling(path, "lock");
    let failed = |source| KeyFileError::Io { path: beside.clone(), source };
    let file = OpenOptions::new().write(true).create(true).truncate(false).mode(MODE).open(&beside).map_err(failed)?;
    file.lock().map_err(failed)?;
    Ok(file)
}

/// `key.json` → `.key.json.lock`.
fn sibling(path: &Path, what: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{what}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use dorpsplein_protocol::compose::Place;
    use dorpsplein_protocol::operation::{Kind, Space};
    use dorpsplein_protocol::time::Timestamp;

    use super::*;

    const HOME: NeighbourhoodId = NeighbourhoodId::from_bytes([1; 32]);

    fn create(path: &Path) -> Result<KeyFile, KeyFileError> {
        KeyFile::create(path, SecretKey::from_seed(&[2; 32]), HOME, Site::parse("http://127.0.0.1:1").unwrap())
    }

    fn news(device: &mut Device) -> Signed {
        let place = Place { neighbourhood: HOME, space: Space::Square };
        device.create(place, Kind::NEWS, None, Vec::new(), Timestamp::from_millis(1))
    }

    #[test]
    fn only_the_owner_may_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        drop(create(&path).unwrap());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, MODE);
        assert!(matches!(create(&path), Err(KeyFileError::Exists(_))));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(KeyFile::open(&path), Err(KeyFileError::Open(_))));
    }

    #[test]
    fn a_signed_operation_is_in_the_file_before_it_is_sent() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        let signed = create(&path).unwrap().sign(news).unwrap();
        // The command dies here, before it could send. The next one finds the same bytes and goes on counting.
        let mut later = KeyFile::open(&path).unwrap();
        assert_eq!(later.pending(), Some(signed.as_slice()));
        later.settle().unwrap();
        let next = Signed::decode(&later.sign(news).unwrap()).unwrap();
        assert_eq!(next.header().sequence, 2);
        assert_eq!(next.header().previous, Some(Signed::decode(&signed).unwrap().id()));
    }

    #[test]
    fn an_old_copy_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let file = create(&folder.path().join("key.json")).unwrap();
        assert!(file.check_not_older(0).is_ok());
        assert!(matches!(file.check_not_older(3), Err(KeyFileError::Outdated { known: 3, held: 0, .. })));
    }

    #[test]
    fn something_else_is_not_taken_for_a_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        drop(create(&path).unwrap());
        for content in ["", "{}", "{\"format\":2}"] {
            fs::write(&path, content).unwrap();
            assert!(matches!(KeyFile::open(&path), Err(KeyFileError::Damaged(_))), "{content}");
        }
        assert!(matches!(KeyFile::open(&folder.path().join("none")), Err(KeyFileError::Io { .. })));
    }
}
