//! What of a data folder goes into a backup besides what is in its store and its photos, and a folder that is being made of
//! one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use dorpsplein_protocol::identity::SecretKey;

use super::{
    CONFIG_FILE, CONNECTOR_FILE, FORMAT, FORMAT_FILE, FolderError, KEY_FILE, LOCK_FILE, STORE_FOLDER, addresses,
    check_format, contacts, files, io_error, lock, peers, read_key,
};
use crate::folder_lock::FolderLock;
use crate::{mail, push, sources};

/// A file of a data folder that goes into a backup.
#[derive(Debug, PartialEq, Eq)]
pub struct KeptFile {
    /// Its name.
    pub name: &'static str,
    /// Whether only its owner may read it.
    pub private: bool,
    /// Whether every data folder has it.
    pub always: bool,
}

/// The most bytes of one of them: the calendars of others are the largest.
pub const MAX_KEPT: u64 = 64 * 1024 * 1024;

/// The files that go into a backup. What is not among them is about the process that runs, or is made anew.
pub const KEPT: [KeptFile; 9] = [
    KeptFile { name: KEY_FILE, private: true, always: true },
    KeptFile { name: CONFIG_FILE, private: false, always: true },
    KeptFile { name: CONNECTOR_FILE, private: true, always: false },
    KeptFile { name: mail::PASSWORD_FILE, private: true, always: false },
    KeptFile { name: push::KEY_FILE, private: true, always: false },
    KeptFile { name: peers::PEERS_FILE, private: false, always: false },
    KeptFile { name: addresses::ADDRESSES_FILE, private: false, always: false },
    KeptFile { name: contacts::CONTACTS_FILE, private: false, always: false },
    KeptFile { name: sources::SOURCES_FILE, private: false, always: false },
];

/// In a folder that is being made of a backup, until it is finished.
const UNFINISHED_FILE: &str = "restoring";

/// The files of the data folder `path` that go into a backup, also while a box runs in it: each of them is replaced whole.
///
/// # Errors
/// [`FolderError`].
pub fn read_kept(path: &Path) -> Result<Vec<(&'static KeptFile, Vec<u8>)>, FolderError> {
    check_format(path)?;
    let mut found = Vec::new();
    for kept in &KEPT {
        let file = path.join(kept.name);
        match fs::read(&file) {
            Ok(content) => found.push((kept, content)),
            Err(error) if error.kind() == io::ErrorKind::NotFound && !kept.always => {}
            Err(error) => return Err(io_error(&file)(error)),
        }
    }
    Ok(found)
}

/// The key of the box of the data folder `path`, also while it runs.
///
/// # Errors
/// [`FolderError`].
pub fn read_box_key(path: &Path) -> Result<SecretKey, FolderError> {
    read_key(&path.join(KEY_FILE))
}

/// A data folder that is being made of a backup. Unless it is [finished](Unfinished::finish), nothing of it stays; after a power
/// cut it is no data folder, and making one there begins anew.
#[derive(Debug)]
pub struct Unfinished {
    path: PathBuf,
    /// Whether the folder was made for this.
    made: bool,
    finished: bool,
    _lock: FolderLock,
}

impl Unfinished {
    /// Begins one at `path`, which must be free, an empty folder, or one that was begun and never finished.
    ///
    /// # Errors
    /// [`FolderError::NotEmpty`], [`FolderError::InUse`] or [`FolderError::Io`].
    pub fn begin(path: &Path) -> Result<Self, FolderError> {
        let failed = io_error(path);
        let made = !path.exists();
        fs::create_dir_all(path).map_err(&failed)?;
        let begun = path.join(UNFINISHED_FILE).exists() && !path.join(FORMAT_FILE).exists();
        if !begun && fs::read_dir(path).map_err(&failed)?.next().is_some() {
            return Err(FolderError::NotEmpty { path: path.to_owned() });
        }
        let marker = path.join(UNFINISHED_FILE);
        files::write(&marker, b"A backup is being restored into this folder.\n", false).map_err(io_error(&marker))?;
        let unfinished = Self { path: path.to_owned(), made, finished: false, _lock: lock(path)? };
        unfinished.clear(&[UNFINISHED_FILE, LOCK_FILE]).map_err(failed)?;
        Ok(unfinished)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether one of the files that go into a backup is the settings.
    pub fn is_config(kept: &KeptFile) -> bool {
        kept.name == CONFIG_FILE
    }

    /// Writes one of the files that go into a backup.
    ///
    /// # Errors
    /// [`FolderError::Io`].
    pub fn write(&self, kept: &KeptFile, content: &[u8]) -> Result<(), FolderError> {
        let file = self.path.join(kept.name);
        files::write(&file, content, kept.private).map_err(io_error(&file))
    }

    /// Where its store comes.
    pub fn store_path(&self) -> PathBuf {
        self.path.join(STORE_FOLDER)
    }

    /// Where its photos come.
    pub fn photo_path(&self) -> PathBuf {
        super::photos_of(&self.path)
    }

    /// The key of its box.
    ///
    /// # Errors
    /// [`FolderError::Damaged`] or [`FolderError::Io`].
    pub fn box_key(&self) -> Result<SecretKey, FolderError> {
        read_box_key(&self.path)
    }

    /// It is complete: from now on it is a data folder.
    ///
    /// # Errors
    /// [`FolderError::Io`].
    pub fn finish(mut self) -> Result<(), FolderError> {
        let (format, marker) = (self.path.join(FORMAT_FILE), self.path.join(UNFINISHED_FILE));
        files::write(&format, format!("{FORMAT}\n").as_bytes(), false).map_err(io_error(&format))?;
        self.finished = true;
        fs::remove_file(&marker).map_err(io_error(&marker))?;
        files::sync_parent(&marker).and_then(|()| files::sync_parent(&self.path)).map_err(io_error(&self.path))
    }

    /// Removes what is in it but for these files.
    fn clear(&self, but: &[&str]) -> io::Result<()> {
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            if but.iter().any(|name| entry.file_name() == **name) {
                continue;
            }
            if entry.file_type()?.is_dir() { fs::remove_dir_all(entry.path())? } else { fs::remove_file(entry.path())? }
        }
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        // The marker goes last: as long as it is there, what is left can be told from what somebody keeps there.
        let cleared = self
            .clear(&[UNFINISHED_FILE])
            .and_then(|()| fs::remove_file(self.path.join(UNFINISHED_FILE)))
            .and_then(|()| if self.made { fs::remove_dir(&self.path) } else { Ok(()) });
        if let Err(error) = cleared {
            tracing::warn!(%error, path = %self.path.display(), "what was begun there could not be removed; `restore` does it next time");
        }
    }
}
