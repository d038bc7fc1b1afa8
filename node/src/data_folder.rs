//! The folder that holds everything a box has: made once, used by one process at a time.
//!
//! | name | what it is |
//! |---|---|
//! | `format` | the number of this layout, [`FORMAT`]; written last, so that a folder without it was never finished |
//! | `lock` | held by the process that uses the folder |
//! | `box.key` | the box's secret, 64 hexadecimal digits; only its owner may read it |
//! | `box.toml` | the [settings](crate::config) |
//! | `connector.key` | the device of the founding connector, for the command line; only its owner may read it |
//! | `peers.json` | the [boxes next door](peers::PeerBook), which commands may add to while the box runs |
//! | `addresses.json` | where neighbours' [boxes are](addresses::AddressBook), as they signed it; the running box's own |
//! | `contacts.json` | [when something last came in](contacts::ContactsFile) from each neighbour |
//! | `ways.json` | [how they are reached](ways::WaysFile) by the box that runs on this folder; gone when none does |
//! | `sources.json` | [what other calendars say](crate::sources), and what connectors passed over |
//! | `running.json` | how to reach the box that runs on this folder; gone when none does; only its owner may read it |
//! | `last-backup` | [when a backup was last made](last_backup) on this machine |
//! | `mail/` | [who wants post by e-mail](crate::mail), a file for each, which only its owner may read |
//! | `mail.password` | the password of the mail server, where it wants one; only its owner may read it |
//! | `https/` | the [certificate of the site](crate::https), and what it was given for; only its owner may read it |
//! | `push/` | [who wants notices on a telephone](crate::push), a file for each device, which only its owner may read |
//! | `push.key` | the key by which push services know this box; only its owner may read it |
//! | `search/` | the [search index](crate::search): made of the store, and made again when it is gone |
//! | `restoring` | that the folder is being [made of a backup](kept::Unfinished), and not finished |
//! | `migrating/` | a store that is [brought to the form of this version](crate::migrate), for a moment |
//! | `check/` | a store that is derived anew [beside this one](crate::check), for a moment |
//! | `store.before-repair/` | the store as it was before a check made it good; nobody reads it |
//! | `photos/` | the [files of photos](crate::photos::PhotoFolder), and what was made of them for pages |
//! | `store/` | all operations and what follows from them |

pub mod addresses;
pub mod contacts;
pub(crate) mod files;
pub mod kept;
pub mod last_backup;
pub mod peers;
pub(crate) mod records;
pub mod ways;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER_PERMISSIVE;
use dorpsplein_protocol::identity::{PublicKey, SecretKey};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::config::{self, Config, ConfigError, Overrides};
use crate::folder_lock::FolderLock;
use addresses::AddressBook;
use contacts::ContactsFile;
use peers::PeerBook;
use ways::WaysFile;

/// The layout described above.
pub const FORMAT: u32 = 2;

const FORMAT_FILE: &str = "format";
const LOCK_FILE: &str = "lock";
const KEY_FILE: &str = "box.key";
const CONFIG_FILE: &str = "box.toml";
const CONNECTOR_FILE: &str = "connector.key";
const RUNNING_FILE: &str = "running.json";
const STORE_FOLDER: &str = "store";
const PHOTO_FOLDER: &str = "photos";
const SEARCH_FOLDER: &str = "search";

/// A data folder that this process has to itself.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    config: Config,
    box_key: SecretKey,
    _lock: FolderLock,
}

/// How to reach a running box, for commands on the same machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// The address of its site for this machine, with the real port: where commands ask.
    pub url: String,
    /// The address of its site as visitors type it: what invitations name.
    pub site: String,
    /// Where other boxes reach it, with the real ports.
    pub addresses: Vec<String>,
    /// What shows the box that a command can read this file, and so has the folder.
    pub token: String,
}

/// Why a data folder cannot be used.
#[derive(Debug, Error)]
pub enum FolderError {
    /// There is no finished data folder at this place.
    #[error("{path} is not a data folder: make one with `dorpsplein init --dir {path}`", path = .path.display())]
    NotOne {
        /// The place.
        path: PathBuf,
    },
    /// There is something at this place already.
    #[error("{} exists already and is not empty", .path.display())]
    NotEmpty {
        /// The place.
        path: PathBuf,
    },
    /// It was made by another version of this program.
    #[error("{} is of format {found}, this version of dorpsplein uses format {FORMAT}{}", .path.display(), advice(.found))]
    Version {
        /// The folder.
        path: PathBuf,
        /// What its `format` says.
        found: String,
    },
    /// Another process uses it.
    #[error("{} is in use by another dorpsplein", .path.display())]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// `box.toml` is not understood.
    #[error("{}: {source}", .path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: ConfigError,
    },
    /// A file holds something else than it should.
    #[error("{} is damaged", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// A file with a secret can be read by others than its owner.
    #[error("{path} can be read by others: run `chmod 600 {path}`", path = .path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
    },
    /// The operating system refused.
    #[error("{}: {source}", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
}

impl DataFolder {
    /// Makes a data folder for a box with this key. The place must be free or an empty folder.
    ///
    /// # Errors
    /// [`FolderError::NotEmpty`], [`FolderError::InUse`] or [`FolderError::Io`].
    pub fn create(path: &Path, config: Config, box_key: SecretKey) -> Result<Self, FolderError> {
        fs::create_dir_all(path).map_err(io_error(path))?;
        let mut entries = fs::read_dir(path).map_err(io_error(path))?;
        if entries.next().is_some() {
            return Err(FolderError::NotEmpty { path: path.to_owned() });
        }
        let lock = lock(path)?;
        let write = |name: &str, content: &str, private| {
            let file = path.join(name);
            files::write(&file, content.as_bytes(), private).map_err(io_error(&file))
        };
        write(KEY_FILE, &format!("{}\n", HEXLOWER_PERMISSIVE.encode(&box_key.to_seed())), true)?;
        write(CONFIG_FILE, &config.render(), false)?;
        write(FORMAT_FILE, &format!("{FORMAT}\n"), false)?;
        files::sync_parent(path).map_err(io_error(path))?;
        Ok(Self { path: path.to_owned(), config, box_key, _lock: lock })
    }

    /// Opens a data folder.
    ///
    /// # Errors
    /// [`FolderError`], all but `NotEmpty`.
    pub fn open(path: &Path) -> Result<Self, FolderError> {
        Self::open_with(path, &Overrides::default())
    }

    /// Opens a data folder, with other settings than its file says.
    ///
    /// # Errors
    /// [`FolderError`], all but `NotEmpty`.
    pub fn open_with(path: &Path, overrides: &Overrides) -> Result<Self, FolderError> {
        check_format(path)?;
        let lock = lock(path)?;
        let config = read_config_with(path, overrides)?;
        let box_key = read_key(&path.join(KEY_FILE))?;
        Ok(Self { path: path.to_owned(), config, box_key, _lock: lock })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The settings as they were when the folder was opened.
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// The box's secret key.
    pub const fn box_key(&self) -> &SecretKey {
        &self.box_key
    }

    /// The store's folder.
    pub fn store_path(&self) -> PathBuf {
        store_of(&self.path)
    }

    /// The folder of the photos.
    pub fn photo_path(&self) -> PathBuf {
        self.path.join(PHOTO_FOLDER)
    }

    /// The folder of the search index.
    pub fn search_path(&self) -> PathBuf {
        search_of(&self.path)
    }

    /// The boxes next door.
    pub fn peers(&self) -> PeerBook {
        PeerBook::of(&self.path)
    }

    /// Where the boxes of neighbours are, as they signed it.
    pub fn addresses(&self) -> AddressBook {
        AddressBook::of(&self.path)
    }

    /// When something last came in from each neighbour.
    pub fn contacts(&self) -> ContactsFile {
        ContactsFile::of(&self.path)
    }

    /// How they are reached.
    pub fn ways(&self) -> WaysFile {
        WaysFile::of(&self.path)
    }

    /// Tells commands on this machine how to reach the box.
    ///
    /// # Errors
    /// [`FolderError::Io`].
    pub fn announce(&self, running: &Running) -> Result<(), FolderError> {
        let file = self.path.join(RUNNING_FILE);
        let text = serde_json::to_vec_pretty(running).map_err(|error| io_error(&file)(error.into()))?;
        files::write(&file, &text, true).map_err(io_error(&file))
    }

    /// Takes that back.
    ///
    /// # Errors
    /// [`FolderError::Io`].
    pub fn withdraw(&self) -> Result<(), FolderError> {
        let file = self.path.join(RUNNING_FILE);
        match fs::remove_file(&file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_error(&file)(error)),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

/// How to reach the box that runs on the data folder `path`; none if none said so. After a crash it may be an old word.
///
/// # Errors
/// [`FolderError::Io`] or [`FolderError::Damaged`].
pub fn running(path: &Path) -> Result<Option<Running>, FolderError> {
    let file = path.join(RUNNING_FILE);
    match fs::read(&file) {
        Ok(text) => serde_json::from_slice(&text).map(Some).map_err(|_| FolderError::Damaged { path: file }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io_error(&file)(error)),
    }
}

/// Whether `path` is a data folder that was finished, of whatever format.
pub fn is_finished(path: &Path) -> bool {
    path.join(FORMAT_FILE).exists()
}

/// The settings in the data folder `path`, also while a box runs in it.
///
/// # Errors
/// [`FolderError::Io`] or [`FolderError::Config`].
pub fn read_config(path: &Path) -> Result<Config, FolderError> {
    read_config_with(path, &Overrides::default())
}

/// The same, with other settings than the file says.
///
/// # Errors
/// [`FolderError::Io`] or [`FolderError::Config`].
pub fn read_config_with(path: &Path, overrides: &Overrides) -> Result<Config, FolderError> {
    let file = config_file(path);
    let text = fs::read_to_string(&file).map_err(io_error(&file))?;
    let read = config::read(&text, overrides).map_err(|source| FolderError::Config { path: file, source })?;
    Ok(read.config)
}

/// Where the data folder `path` keeps its settings.
pub fn config_file(path: &Path) -> PathBuf {
    path.join(CONFIG_FILE)
}

/// The public half of the key of the box in the data folder `path`, also while it runs.
///
/// # Errors
/// [`FolderError::Io`], [`FolderError::Damaged`] or [`FolderError::Exposed`].
pub fn box_public_key(path: &Path) -> Result<PublicKey, FolderError> {
    read_key(&path.join(KEY_FILE)).map(|key| key.public())
}

/// Where the data folder `path` keeps its store.
pub fn store_of(path: &Path) -> PathBuf {
    path.join(STORE_FOLDER)
}

/// Where the data folder `path` keeps its search index.
pub fn search_of(path: &Path) -> PathBuf {
    path.join(SEARCH_FOLDER)
}

/// Where the data folder `path` keeps its photos.
pub fn photos_of(path: &Path) -> PathBuf {
    path.join(PHOTO_FOLDER)
}

/// Where the data folder `path` keeps the founding connector's key.
pub fn connector_key(path: &Path) -> PathBuf {
    path.join(CONNECTOR_FILE)
}

fn check_format(path: &Path) -> Result<(), FolderError> {
    let file = path.join(FORMAT_FILE);
    let found = match fs::read_to_string(&file) {
        Ok(text) => text.trim().to_owned(),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Err(FolderError::NotOne { path: path.to_owned() });
        }
        Err(error) => return Err(io_error(&file)(error)),
    };
    if found == FORMAT.to_string() {
        return Ok(());
    }
    // What is no number is shown in part, so that a stray file cannot fill the screen.
    let found = found.chars().filter(|c| !c.is_control()).take(20).collect();
    Err(FolderError::Version { path: path.to_owned(), found })
}

/// What to do about a folder of another format.
fn advice(found: &str) -> &'static str {
    match found.parse::<u32>() {
        Ok(found) if found > FORMAT => ": a newer version made it, use that one or a later one. Nothing was changed",
        Ok(_) => ": a version from before the first release made it. Nothing was changed",
        Err(_) => "",
    }
}

fn lock(path: &Path) -> Result<FolderLock, FolderError> {
    let file = path.join(LOCK_FILE);
    FolderLock::take(&file).map_err(io_error(&file))?.ok_or_else(|| FolderError::InUse { path: path.to_owned() })
}

fn read_key(file: &Path) -> Result<SecretKey, FolderError> {
    if files::others_may_read(file).map_err(io_error(file))? {
        return Err(FolderError::Exposed { path: file.to_owned() });
    }
    let text = fs::read_to_string(file).map_err(io_error(file))?;
    let seed = HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
    seed.map(|seed| SecretKey::from_seed(&seed)).ok_or_else(|| FolderError::Damaged { path: file.to_owned() })
}

fn io_error(path: &Path) -> impl Fn(io::Error) -> FolderError {
    move |source| FolderError::Io { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests;
