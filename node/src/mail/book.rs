//! Who wants post: one file for each of them in the data folder, which only its owner may read.
//!
//! An address is in its file, in this process, and nowhere else: not in the store, the register, the log, or on another box.
//! Whoever stops is erased by removing the file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use dorpsplein_protocol::operation::{ItemId, ResidentId};
use dorpsplein_protocol::time::Timestamp;
use dorpsplein_web_ui::Lang;
use dorpsplein_web_ui::paths::PostKind;
use dorpsplein_web_ui::view::Frequency;
use parking_lot::RwLock;
use serde::{Deserialize, Serialize};

use crate::data_folder::{FolderError, files};

/// The folder of the files in the data folder.
const FOLDER: &str = "mail";
/// What the name of a file ends in, behind the number of the resident.
const ENDING: &str = ".json";

/// What somebody asked for, and what they were told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Where the post goes.
    pub address: String,
    /// The language of the page on which it was asked for, by its tag.
    pub lang: String,
    frequency: String,
    kinds: Vec<String>,
    /// Whether titles of what is for residents alone may be named.
    pub members: bool,
    /// When it was asked for, in milliseconds since the epoch.
    pub asked: u64,
    /// The secret in the link with which it is confirmed; none when it was.
    pub ask: Option<String>,
    /// Whether the mail with that link went out.
    pub ask_sent: bool,
    /// The secret in the link that stops it.
    pub stop: String,
    /// When it was confirmed: what was written before is no news.
    pub since: u64,
    /// Until when everything was told: when it was confirmed, or the last digest was made.
    pub told_until: u64,
    /// What was told of the last days, so that nothing is told twice and nothing that comes late is left out.
    told: BTreeSet<String>,
    /// How many mails in a row were refused for this address.
    pub refused: u8,
}

/// What a resident asks for.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Where the post is to go.
    pub address: String,
    /// In which language.
    pub lang: Lang,
    /// How often.
    pub frequency: Frequency,
    /// About what.
    pub kinds: Vec<PostKind>,
    /// Whether titles of what is for residents alone may be named.
    pub members: bool,
}

impl Subscription {
    pub(super) fn new(wish: &Wish, ask: String, stop: String, now: Timestamp) -> Self {
        let mut subscription = Self {
            address: wish.address.clone(),
            lang: String::new(),
            frequency: String::new(),
            kinds: Vec::new(),
            members: false,
            asked: now.as_millis(),
            ask: Some(ask),
            ask_sent: false,
            stop,
            since: now.as_millis(),
            told_until: now.as_millis(),
            told: BTreeSet::new(),
            refused: 0,
        };
        subscription.choose(wish);
        subscription
    }

    /// Takes over what is wished but the address.
    pub(super) fn choose(&mut self, wish: &Wish) {
        wish.lang.tag().clone_into(&mut self.lang);
        wish.frequency.name().clone_into(&mut self.frequency);
        self.kinds = wish.kinds.iter().map(|kind| kind.name().to_owned()).collect();
        self.members = wish.members;
    }

    /// The language of the post.
    pub fn lang(&self) -> Lang {
        Lang::from_tag(&self.lang).unwrap_or_default()
    }

    /// How often it is sent.
    pub fn frequency(&self) -> Frequency {
        Frequency::from_name(&self.frequency).unwrap_or_default()
    }

    /// What it is about.
    pub fn kinds(&self) -> Vec<PostKind> {
        self.kinds.iter().filter_map(|name| PostKind::from_name(name)).collect()
    }

    /// What was told of the last days.
    pub fn told(&self) -> BTreeSet<ItemId> {
        self.told.iter().filter_map(|id| ItemId::from_hex(id)).collect()
    }

    pub(super) fn has_told(&mut self, told: &BTreeSet<ItemId>) {
        self.told = told.iter().map(ToString::to_string).collect();
    }
}

/// All of them, as they stand on the disk.
#[derive(Debug)]
pub(super) struct Book {
    folder: PathBuf,
    all: RwLock<BTreeMap<ResidentId, Subscription>>,
}

impl Book {
    /// Opens what is kept in a data folder.
    ///
    /// # Errors
    /// [`FolderError::Io`] or [`FolderError::Damaged`].
    pub(super) fn open(data_folder: &Path) -> Result<Self, FolderError> {
        let folder = data_folder.join(FOLDER);
        fs::create_dir_all(&folder).map_err(io_error(&folder))?;
        let mut all = BTreeMap::new();
        for entry in fs::read_dir(&folder).map_err(io_error(&folder))? {
            let path = entry.map_err(io_error(&folder))?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            match name.strip_suffix(ENDING).and_then(ResidentId::from_hex) {
                Some(resident) => {
                    let text = fs::read(&path).map_err(io_error(&path))?;
                    let damaged = |_| FolderError::Damaged { path: path.clone() };
                    all.insert(resident, serde_json::from_slice(&text).map_err(damaged)?);
                }
                // What a crash left half written may hold an address that is erased later.
                None => fs::remove_file(&path).map_err(io_error(&path))?,
            }
        }
        Ok(Self { folder, all: RwLock::new(all) })
    }

    pub(super) fn all(&self) -> Vec<(ResidentId, Subscription)> {
        self.all.read().iter().map(|(resident, subscription)| (*resident, subscription.clone())).collect()
    }

    pub(super) fn of(&self, resident: &ResidentId) -> Option<Subscription> {
        self.all.read().get(resident).cloned()
    }

    /// Changes what is kept of somebody, on the disk first; nothing where nothing is kept. What `change` says no to stays.
    pub(super) fn change(
        &self,
        resident: &ResidentId,
        change: impl FnOnce(&mut Subscription) -> bool,
    ) -> Result<bool, FolderError> {
        let mut all = self.all.write();
        let Some(mut next) = all.get(resident).cloned() else { return Ok(false) };
        if !change(&mut next) {
            return Ok(false);
        }
        self.write(resident, &next)?;
        all.insert(*resident, next);
        Ok(true)
    }

    pub(super) fn put(&self, resident: ResidentId, subscription: Subscription) -> Result<(), FolderError> {
        let mut all = self.all.write();
        self.write(&resident, &subscription)?;
        all.insert(resident, subscription);
        Ok(())
    }

    /// Erases all that is kept of somebody.
    pub(super) fn erase(&self, resident: &ResidentId) -> Result<(), FolderError> {
        let mut all = self.all.write();
        let path = self.path(resident);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io_error(&path)(error)),
            Ok(()) | Err(_) => {}
        }
        files::sync_parent(&path).map_err(io_error(&path))?;
        all.remove(resident);
        Ok(())
    }

    fn write(&self, resident: &ResidentId, subscription: &Subscription) -> Result<(), FolderError> {
        let path = self.path(resident);
        let text = serde_json::to_vec(subscription).map_err(|error| io_error(&path)(error.into()))?;
        files::write(&path, &text, true).map_err(io_error(&path))
    }

    fn path(&self, resident: &ResidentId) -> PathBuf {
        self.folder.join(format!("{resident}{ENDING}"))
    }
}

fn io_error(path: &Path) -> impl Fn(io::Error) -> FolderError {
    move |source| FolderError::Io { path: path.to_owned(), source }
}
