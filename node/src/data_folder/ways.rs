//! `ways.json`: how a running box and its peers reach each other, for `dorpsplein status` on the same machine.
//!
//! A file that only the owner of the folder may read, because where neighbours' boxes are is nothing for the box's
//! public pages and API.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{FolderError, files, io_error};
use crate::net::Router;

const WAYS_FILE: &str = "ways.json";

/// How a box and its peers reach each other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ways {
    /// Where the box is reached from outside; none if it is not, as far as anybody showed.
    pub outside: Vec<String>,
    /// The keys of the boxes through which it can be reached otherwise.
    pub through: Vec<String>,
    /// How many pairs of neighbours it relays between now.
    pub relaying: usize,
    /// What became of asking the router to let neighbours in.
    pub router: Router,
    /// The boxes it has a session with.
    pub peers: Vec<Way>,
    /// The keys of boxes that speak another version of the session protocol, and so have no session with it.
    #[serde(default)]
    pub other_versions: Vec<String>,
}

/// The way to one box.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// The box's key.
    pub key: String,
    /// The neighbourhood it speaks for; none if it speaks for nobody we know.
    pub neighbourhood: Option<String>,
    /// How it is reached.
    pub way: WayKind,
    /// Its address, where it is reached without anybody in between.
    pub address: Option<String>,
    /// The key of the box in between, where there is one.
    pub through: Option<String>,
}

/// The kinds of ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WayKind {
    /// On the same local network.
    NextDoor,
    /// Across the internet, without anybody in between.
    Direct,
    /// Through a common neighbour, who carries what it cannot read.
    Through,
}

/// `ways.json` of a data folder.
#[derive(Clone, Debug)]
pub struct WaysFile {
    path: PathBuf,
}

impl WaysFile {
    /// That of the data folder `folder`.
    pub fn of(folder: &Path) -> Self {
        Self { path: folder.join(WAYS_FILE) }
    }

    /// What the running box wrote last; none if none runs, or none did yet.
    ///
    /// # Errors
    /// [`FolderError::Io`] or [`FolderError::Damaged`].
    pub fn read(&self) -> Result<Option<Ways>, FolderError> {
        match fs::read(&self.path) {
            Ok(text) => {
                serde_json::from_slice(&text).map(Some).map_err(|_| FolderError::Damaged { path: self.path.clone() })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(io_error(&self.path)(error)),
        }
    }

    /// Writes how things stand.
    ///
    /// # Errors
    /// [`FolderError::Io`].
    pub fn write(&self, ways: &Ways) -> Result<(), FolderError> {
        let text = serde_json::to_vec_pretty(ways).map_err(|error| io_error(&self.path)(error.into()))?;
        files::write(&self.path, &text, true).map_err(io_error(&self.path))
    }

    /// Takes it back, when the box stops.
    ///
    /// # Errors
    /// [`FolderError::Io`].
    pub fn remove(&self) -> Result<(), FolderError> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_error(&self.path)(error)),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}
