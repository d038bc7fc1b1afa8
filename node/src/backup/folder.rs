//! A folder with backups: a file for each of them, and every photo once.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use dorpsplein_protocol::hex;
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::photo::{MAX_PHOTO_BYTES, PhotoId};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::lock::{read_folder_key, small_text, write_folder_key};
use super::{BackupError, Key, Lock};
use crate::clock;
use crate::data_folder::files;

/// The folder's own key, under the passphrase.
const KEY: &str = "key.age";
/// For whom the folder is locked. Only compared: what locks is what is asked for each time.
const RECIPIENTS: &str = "recipients.txt";
/// The beginning and the ending of the file of one backup.
const BOX: &str = "box-";
const AGE: &str = ".age";
/// The folder of the photos.
const PHOTOS: &str = "photos";
/// What the names of photos are made with, besides the box's key.
const NAMES: &[u8] = b"dorpsplein/backup/names-of-photos/1";

/// How photos are named in a folder: by their name and the key of the box, so that nobody can tell from a name which photo it is.
pub(super) struct PhotoNames([u8; 32]);

impl PhotoNames {
    pub(super) fn of(box_key: &SecretKey) -> Self {
        Self(Sha256::new().chain_update(NAMES).chain_update(box_key.to_seed()).finalize().into())
    }

    fn name(&self, photo: &PhotoId) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key may have any length");
        mac.update(photo.as_bytes());
        hex::encode(&mac.finalize().into_bytes())
    }

    fn path(&self, folder: &Path, photo: &PhotoId) -> PathBuf {
        let name = self.name(photo);
        folder.join(PHOTOS).join(&name[..2]).join(format!("{}{AGE}", &name[2..]))
    }
}

/// What locks the files of a folder that is locked with `lock`; a new folder is locked now.
pub(super) fn lock(folder: &Path, lock: &Lock) -> Result<Lock, BackupError> {
    fs::create_dir_all(folder).map_err(BackupError::io(folder))?;
    let (key, list) = (folder.join(KEY), folder.join(RECIPIENTS));
    let otherwise = |was| BackupError::LockedOtherwise { path: folder.to_owned(), was };
    match lock {
        Lock::Passphrase(_) if list.exists() => Err(otherwise("with keys")),
        Lock::Passphrase(passphrase) if key.exists() => {
            let own = read_folder_key(&key, &Key::Passphrase(passphrase.clone()))?;
            Ok(Lock::Recipients(vec![own.to_public()]))
        }
        Lock::Passphrase(_) => Ok(Lock::Recipients(vec![write_folder_key(&key, lock)?.to_public()])),
        Lock::Recipients(_) if key.exists() => Err(otherwise("with a passphrase")),
        Lock::Recipients(recipients) => {
            let mut lines: Vec<String> = recipients.iter().map(|recipient| format!("{recipient}\n")).collect();
            lines.sort_unstable();
            let text = lines.concat();
            if !list.exists() {
                files::write(&list, text.as_bytes(), false).map_err(BackupError::io(&list))?;
            } else if small_text(&list)? != text {
                return Err(otherwise("with other keys"));
            }
            Ok(lock.clone())
        }
    }
}

/// Whether a folder with backups is locked with a passphrase.
pub fn is_locked_with_a_passphrase(folder: &Path) -> bool {
    folder.join(KEY).exists()
}

/// The newest backup in a folder, or the one that is named, and what opens its files.
pub(super) fn find(path: &Path, key: Key) -> Result<(PathBuf, Option<PathBuf>, Key), BackupError> {
    let (archive, folder) = if path.is_dir() {
        let newest = backups(path)?.pop().ok_or_else(|| BackupError::NotOne(path.to_owned()))?;
        (newest, Some(path.to_owned()))
    } else {
        let folder = path.parent().filter(|folder| is_backup(path) && folder.join(PHOTOS).is_dir());
        (path.to_owned(), folder.map(Path::to_owned))
    };
    let own = folder.as_ref().map(|folder| folder.join(KEY)).filter(|own| own.exists());
    let key = match (own, key) {
        (Some(own), key @ Key::Passphrase(_)) => Key::Identities(vec![read_folder_key(&own, &key)?]),
        (_, key) => key,
    };
    Ok((archive, folder, key))
}

/// A name for a new backup.
pub(super) fn new_name() -> String {
    let now = i64::try_from(clock::now().as_millis()).unwrap_or(i64::MAX);
    let now = Timestamp::from_millisecond(now).unwrap_or(Timestamp::MAX);
    format!("{BOX}{}{AGE}", now.strftime("%Y-%m-%dT%H-%M-%S-%3fZ"))
}

/// Whether a photo is there.
pub(super) fn holds(folder: &Path, names: &PhotoNames, photo: &PhotoId) -> bool {
    names.path(folder, photo).exists()
}

/// Writes a photo; says how many bytes that took.
pub(super) fn write_photo(
    folder: &Path,
    names: &PhotoNames,
    lock: &Lock,
    photo: &PhotoId,
    bytes: &[u8],
) -> Result<u64, BackupError> {
    let path = names.path(folder, photo);
    let failed = BackupError::io(&path);
    let mut sealed = lock.writer(&path, Vec::with_capacity(bytes.len() + 1024))?;
    let sealed = sealed.write_all(bytes).and_then(|()| sealed.finish()).map_err(&failed)?;
    path.parent().map_or(Ok(()), fs::create_dir_all).map_err(&failed)?;
    files::write(&path, &sealed, true).map_err(failed)?;
    Ok(sealed.len() as u64)
}

/// A photo; none when it is not there.
pub(super) fn photo(
    folder: &Path,
    names: &PhotoNames,
    key: &Key,
    photo: &PhotoId,
) -> Result<Option<Vec<u8>>, BackupError> {
    let path = names.path(folder, photo);
    if !path.exists() {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    key.open(&path)?.take(MAX_PHOTO_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(BackupError::inside(&path))?;
    match PhotoId::of(&bytes) {
        Some(id) if id == *photo => Ok(Some(bytes)),
        _ => Err(BackupError::damaged(&path, "a photo is not what was written")),
    }
}

/// Removes all but the latest `keep` backups, and the photos that are shown nowhere any more: what was erased on the square is to
/// go from here too.
pub(super) fn prune(folder: &Path, names: &PhotoNames, keep: usize, shown: &[PhotoId]) -> Result<(), BackupError> {
    let backups = backups(folder)?;
    for old in &backups[..backups.len().saturating_sub(keep)] {
        fs::remove_file(old).map_err(BackupError::io(old))?;
    }
    let shown: std::collections::BTreeSet<PathBuf> = shown.iter().map(|photo| names.path(folder, photo)).collect();
    for shelf in entries(&folder.join(PHOTOS))? {
        for file in entries(&shelf)? {
            let is_ours = file.extension().is_some_and(|ending| ending == "age");
            if is_ours && !shown.contains(&file) {
                fs::remove_file(&file).map_err(BackupError::io(&file))?;
            }
        }
    }
    Ok(())
}

/// The backups in a folder, latest last: their names begin with the time.
fn backups(folder: &Path) -> Result<Vec<PathBuf>, BackupError> {
    let mut backups = entries(folder)?;
    backups.retain(|path| is_backup(path));
    backups.sort_unstable();
    Ok(backups)
}

fn is_backup(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| name.starts_with(BOX) && name.ends_with(AGE))
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, BackupError> {
    let found = match fs::read_dir(folder) {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        found => found.map_err(BackupError::io(folder))?,
    };
    found.map(|entry| Ok(entry.map_err(BackupError::io(folder))?.path())).collect()
}
