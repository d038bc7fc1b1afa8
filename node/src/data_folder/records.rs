//! What a box keeps of people besides the square itself: one file for each of them, which only its owner may read. Whoever
//! stops is erased by removing the file.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs;
use std::io;
use std::path::PathBuf;

use parking_lot::RwLock;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{FolderError, files, io_error};

/// What the name of a file ends in, behind what it is about.
const ENDING: &str = ".json";

/// All of a sort, as they stand on the disk. `K` is what one is about; a file is called as it is written.
#[derive(Debug)]
pub(crate) struct Records<K, T> {
    folder: PathBuf,
    all: RwLock<BTreeMap<K, T>>,
}

impl<K: Ord + Copy + Display, T: Clone + Serialize + DeserializeOwned> Records<K, T> {
    /// Opens what is kept in a folder; `named` reads the name of a file.
    ///
    /// # Errors
    /// [`FolderError::Io`] or [`FolderError::Damaged`].
    pub(crate) fn open(folder: PathBuf, named: impl Fn(&str) -> Option<K>) -> Result<Self, FolderError> {
        fs::create_dir_all(&folder).map_err(io_error(&folder))?;
        let mut all = BTreeMap::new();
        for entry in fs::read_dir(&folder).map_err(io_error(&folder))? {
            let path = entry.map_err(io_error(&folder))?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            match name.strip_suffix(ENDING).and_then(&named) {
                Some(key) => {
                    let text = fs::read(&path).map_err(io_error(&path))?;
                    let damaged = |_| FolderError::Damaged { path: path.clone() };
                    all.insert(key, serde_json::from_slice(&text).map_err(damaged)?);
                }
                // What a crash left half written may hold an address that is erased later.
                None => fs::remove_file(&path).map_err(io_error(&path))?,
            }
        }
        Ok(Self { folder, all: RwLock::new(all) })
    }

    pub(crate) fn all(&self) -> Vec<(K, T)> {
        self.all.read().iter().map(|(key, record)| (*key, record.clone())).collect()
    }

    pub(crate) fn of(&self, key: &K) -> Option<T> {
        self.all.read().get(key).cloned()
    }

    /// Changes what is kept of somebody, on the disk first; nothing where nothing is kept. What `change` says no to stays.
    pub(crate) fn change(&self, key: &K, change: impl FnOnce(&mut T) -> bool) -> Result<bool, FolderError> {
        let mut all = self.all.write();
        let Some(mut next) = all.get(key).cloned() else { return Ok(false) };
        if !change(&mut next) {
            return Ok(false);
        }
        self.write(key, &next)?;
        all.insert(*key, next);
        Ok(true)
    }

    pub(crate) fn put(&self, key: K, record: T) -> Result<(), FolderError> {
        let mut all = self.all.write();
        self.write(&key, &record)?;
        all.insert(key, record);
        Ok(())
    }

    /// Erases all that is kept of somebody.
    pub(crate) fn erase(&self, key: &K) -> Result<(), FolderError> {
        let mut all = self.all.write();
        let path = self.path(key);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io_error(&path)(error)),
            Ok(()) | Err(_) => {}
        }
        files::sync_parent(&path).map_err(io_error(&path))?;
        all.remove(key);
        Ok(())
    }

    fn write(&self, key: &K, record: &T) -> Result<(), FolderError> {
        let path = self.path(key);
        let text = serde_json::to_vec(record).map_err(|error| io_error(&path)(error.into()))?;
        files::write(&path, &text, true).map_err(io_error(&path))
    }

    fn path(&self, key: &K) -> PathBuf {
        self.folder.join(format!("{key}{ENDING}"))
    }
}
