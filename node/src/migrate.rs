//! Stores of earlier releases, made into those of this one.
//!
//! A store says in its own table of facts which format it is of ([`FORMAT`]). What changes from one format to the next is how
//! things are derived: the rows of pages, the indexes. What people signed does not change, and all the rest follows from it. So
//! there is one migration for every earlier format from [`OLDEST_FORMAT`] on: all operations go once more through the one door, into
//! a new store beside the former one, and then the two change places in a single step of the file system.
//!
//! That may be broken off at any moment, by a power cut too. Before the exchange the former store lies there untouched, and the
//! next start begins anew; after it the new one is whole, and the next start removes what is left of the former. A store that is
//! newer than this program is refused, and so is one of which not every operation would come along: neither is changed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use dorpsplein_protocol::archive;
use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::NeighbourhoodId;
use dorpsplein_protocol::store::{FORMAT, OLDEST_FORMAT, StoreError, format_of};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use thiserror::Error;

use crate::backup::{BackupError, TakingIn};
use crate::data_folder::{DataFolder, files, search_of, store_of};
use crate::disk_store::{DiskStore, OpenError};

/// Where a new store is derived, in the data folder; after the exchange, the former one. Gone afterwards.
const BESIDE: &str = "migrating";

/// How far a migration is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It was found out that one is needed.
    Begun {
        /// The format that was found.
        from: u32,
    },
    /// So many operations are in the new store, of so many.
    Derived {
        /// How many are in it.
        operations: u64,
        /// How many there are.
        of: u64,
    },
    /// The new store is whole, and beside the former one.
    Complete,
    /// The search index, which follows a store, was thrown away.
    SearchRemoved,
    /// The new store has taken the place of the former.
    Exchanged,
    /// Nothing is left of the former.
    Cleared,
}

/// Why a store was not opened. Then it is as it was.
#[derive(Debug, Error)]
pub enum MigrateError {
    /// It cannot be opened at all.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It is of a format that this program does not read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A new store could not be derived beside it.
    #[error("the data of an earlier version could not be brought to the form of this one: {0}")]
    Derive(#[from] BackupError),
    /// Not all of it would have come along.
    #[error(
        "{missing} of {of} operations in the data of an earlier version cannot be taken over; nothing was changed. `dorpsplein check --repair` \
         takes over what can be and keeps the former store beside it"
    )]
    Short {
        /// How many would have been left behind.
        missing: u64,
        /// How many there are.
        of: u64,
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

/// Whose store it is.
#[derive(Clone, Copy, Debug)]
pub struct Owner {
    /// The neighbourhood.
    pub home: NeighbourhoodId,
    /// The key of the box.
    pub own: PublicKey,
}

impl Owner {
    /// Whose data folder this is.
    pub fn of(folder: &DataFolder) -> Self {
        Self { home: folder.config().neighbourhood, own: folder.box_key().public() }
    }
}

/// Opens the store of the data folder `dir`, which this process has to itself, after bringing it to the format of this program where it
/// is of an earlier one. `watch` hears how far that is. Blocks for as long as it takes, and not to be called from within a runtime.
///
/// # Errors
/// [`MigrateError`].
pub fn open_store(dir: &Path, owner: Owner, watch: &mut dyn FnMut(Stage)) -> Result<DiskStore, MigrateError> {
    let (beside, current) = (dir.join(BESIDE), store_of(dir));
    remove(&beside)?;
    let store = DiskStore::open(&current)?;
    match format_of(&store)? {
        None | Some(FORMAT) => return Ok(store),
        Some(from @ OLDEST_FORMAT..FORMAT) => watch(Stage::Begun { from }),
        Some(found) => return Err(StoreError::Format { found }.into()),
    }
    derive_anew(dir, owner, &store, &beside, watch)?;
    drop(store);
    watch(Stage::Complete);
    // It follows the store, and notices by itself what changed in the rows, but not that they are others.
    remove(&search_of(dir))?;
    watch(Stage::SearchRemoved);
    let exchanged = renameat_with(CWD, &current, CWD, beside.join("store"), RenameFlags::EXCHANGE);
    exchanged.map_err(io::Error::from).and_then(|()| files::sync_parent(&current)).map_err(failed(&current))?;
    watch(Stage::Exchanged);
    remove(&beside)?;
    watch(Stage::Cleared);
    Ok(DiskStore::open(&current)?)
}

/// The same, with how far it is in the log.
///
/// # Errors
/// [`MigrateError`].
pub fn open_store_and_tell(dir: &Path, owner: Owner) -> Result<DiskStore, MigrateError> {
    let mut told = 0;
    open_store(dir, owner, &mut |stage| match stage {
        Stage::Begun { from } => {
            tracing::warn!(
                from,
                to = FORMAT,
                "the data of an earlier version is brought to the form of this one; do not unplug it, though nothing is lost if you do"
            );
        }
        Stage::Derived { operations, of } => {
            let percent = operations * 100 / of.max(1);
            if percent >= told + 10 {
                told = percent;
                tracing::info!(operations, of, "on the way");
            }
        }
        Stage::Cleared => tracing::info!("all of it is in the form of this version"),
        Stage::Complete | Stage::SearchRemoved | Stage::Exchanged => {}
    })
}

/// All operations of the store, through the one door into a new one beside it.
fn derive_anew(
    dir: &Path,
    Owner { home, own }: Owner,
    store: &DiskStore,
    beside: &Path,
    watch: &mut dyn FnMut(Stage),
) -> Result<(), MigrateError> {
    let inventory = archive::inventory(store, &home)?;
    let of = (inventory.operations.len() + inventory.damaged.len()) as u64;
    fs::create_dir(beside).map_err(failed(beside))?;
    let mut taking_in = TakingIn::begin(&beside.join("store"), home, own)?;
    let (mut rest, mut operations) = (inventory.operations.as_slice(), 0);
    while !rest.is_empty() {
        let frame = archive::frame(store, rest)?;
        rest = &rest[frame.ids..];
        operations += taking_in.frame(dir, frame.bytes)?;
        watch(Stage::Derived { operations, of });
    }
    operations += taking_in.settle(dir)?;
    watch(Stage::Derived { operations, of });
    let kept = taking_in.look()?.operations.len() as u64;
    if kept < of {
        remove(beside)?;
        return Err(MigrateError::Short { missing: of - kept, of });
    }
    files::sync_parent(&beside.join("store")).map_err(failed(beside))
}

fn remove(folder: &Path) -> Result<(), MigrateError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(folder)(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn failed(path: &Path) -> impl Fn(io::Error) -> MigrateError {
    move |source| MigrateError::Io { path: path.to_owned(), source }
}
