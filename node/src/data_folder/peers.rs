//! The boxes next door: whom this box dials, and for which neighbourhood they speak.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::NeighbourhoodId;
use libp2p::Multiaddr;
use serde::{Deserialize, Serialize};

use super::{FolderError, files, io_error};
use crate::folder_lock::FolderLock;

/// More entries than this are taken for damage: nobody has so many neighbours.
const MAX_PEERS: usize = 10_000;

pub(super) const PEERS_FILE: &str = "peers.json";
const LOCK_FILE: &str = "peers.lock";
/// How long to wait for another command that changes the file.
const LOCK_TRIES: u32 = 250;
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// `peers.json` of a data folder: read again in every round of dialling, so that a command may add to it while the box
/// runs.
#[derive(Clone, Debug)]
pub struct PeerBook {
    folder: PathBuf,
}

/// A box next door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Its key.
    pub key: PublicKey,
    /// The neighbourhood it speaks for.
    pub neighbourhood: NeighbourhoodId,
    /// Where to dial it.
    pub addresses: Vec<Multiaddr>,
    /// The address of that neighbourhood's site, if it is known.
    pub site: Option<String>,
    /// Whether a connector accepted an offer that names it: it then counts as speaking for its neighbourhood until that
    /// neighbourhood's register says who does.
    pub introduced: bool,
}

/// A [`Peer`] as it is written.
#[derive(Serialize, Deserialize)]
struct Entry {
    key: String,
    neighbourhood: String,
    addresses: Vec<String>,
    site: Option<String>,
    introduced: bool,
}

impl PeerBook {
    /// That of the data folder `folder`, whether or not a box runs on it.
    pub fn of(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// All boxes next door.
    ///
    /// # Errors
    /// [`FolderError::Io`] or [`FolderError::Damaged`].
    pub fn read(&self) -> Result<Vec<Peer>, FolderError> {
        let path = self.path();
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(io_error(&path)(error)),
        };
        let entries: Option<Vec<Entry>> = serde_json::from_slice(&text).ok();
        let peers = entries
            .filter(|entries| entries.len() <= MAX_PEERS)
            .and_then(|entries| entries.iter().map(Entry::read).collect::<Option<Vec<_>>>());
        peers.ok_or(FolderError::Damaged { path })
    }

    /// Adds a box, or replaces what was known of that box in that neighbourhood.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn add(&self, peer: Peer) -> Result<(), FolderError> {
        let _lock = self.lock()?;
        let mut peers = self.read()?;
        peers.retain(|known| (known.key, known.neighbourhood) != (peer.key, peer.neighbourhood));
        peers.push(peer);
        let entries: Vec<_> = peers.iter().map(Entry::of).collect();
        let path = self.path();
        let text = serde_json::to_vec_pretty(&entries).map_err(|error| io_error(&path)(error.into()))?;
        files::write(&path, &text, false).map_err(io_error(&path))
    }

    fn path(&self) -> PathBuf {
        self.folder.join(PEERS_FILE)
    }

    /// Two commands at once take their turns.
    fn lock(&self) -> Result<FolderLock, FolderError> {
        let path = self.folder.join(LOCK_FILE);
        for _ in 0..LOCK_TRIES {
            if let Some(lock) = FolderLock::take(&path).map_err(io_error(&path))? {
                return Ok(lock);
            }
            thread::sleep(LOCK_PAUSE);
        }
        Err(FolderError::InUse { path: self.folder.clone() })
    }
}

impl Entry {
    fn of(peer: &Peer) -> Self {
        Self {
            key: peer.key.to_string(),
            neighbourhood: peer.neighbourhood.to_string(),
            addresses: peer.addresses.iter().map(ToString::to_string).collect(),
            site: peer.site.clone(),
            introduced: peer.introduced,
        }
    }

    fn read(&self) -> Option<Peer> {
        Some(Peer {
            key: PublicKey::from_hex(&self.key)?,
            neighbourhood: NeighbourhoodId::from_hex(&self.neighbourhood)?,
            addresses: self.addresses.iter().map(|address| address.parse().ok()).collect::<Option<_>>()?,
            site: self.site.clone(),
            introduced: self.introduced,
        })
    }
}
