//! The store of a box, on sled: the only file that names the engine. What it makes of *durable*, and the measurements
//! behind the constants, are in `docs/durability.md`.
//!
//! # What sled leaves to do
//!
//! - `flush()` ends in `sync_file_range`, which leaves the device's write cache and the file's new size alone. So every
//!   commit ends with `fdatasync` on the log, and opening with `fsync` on the folders.
//! - A page above a quarter of a segment goes to a file of its own in `blobs`, which sled never syncs. Segments are so
//!   large that our values do not get there; one that does is synced with the commit that wrote it.
//! - A start that is killed while it writes `snap.….generating` leaves a file that sled takes for its newest snapshot
//!   and calls corrupt. It is removed before sled looks.
//! - After an error sled repeats that error for ever. The engine is then closed and opened again, so that what is read
//!   is what is on the disk and the next commit finds a working engine.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io;
use std::ops::{Bound, ControlFlow};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use dorpsplein_protocol::store::{Batch, Direction, KeyRange, Read, Store, StoreError, Table};
use parking_lot::{Mutex, MutexGuard, RwLock, RwLockReadGuard};
use rustix::fs::statvfs;
use thiserror::Error;

use crate::folder_lock::FolderLock;

/// Room that stays free on the disk, in bytes: below it a commit is refused as [`StoreError::Full`] before sled is
/// asked. sled needs room to open again, to clean up and to begin a segment, and takes an error there for ever.
pub const RESERVE_BYTES: u64 = 64 * 1024 * 1024;

/// sled's segments, in bytes. A leaf holds 17 values before it splits; 17 of 120 KiB stay below a quarter of this, and
/// thus in the log.
const SEGMENT_BYTES: usize = 8 * 1024 * 1024;

/// sled's page cache, in bytes: what a box with 512 MB of memory can spare. What is not in it is read from the log.
const CACHE_BYTES: u64 = 32 * 1024 * 1024;

/// How often sled's own thread cleans up, in milliseconds. It copies pages for at most half of this before it syncs: too
/// short to fill two segments, so no segment is written over before what replaced its pages is on the disk.
const HOUSEKEEPING_MS: u64 = 500;

/// How long to wait for threads of an engine that was just closed to let go of its file.
const LET_GO_TRIES: u32 = 500;
const LET_GO_PAUSE: Duration = Duration::from_millis(10);

/// The file in the store's folder that one process at a time holds locked.
const LOCK_FILE: &str = "lock";
/// sled's log, its settings, and its folder for large pages.
const LOG_FILE: &str = "db";
const SETTINGS_FILE: &str = "conf";
const BLOB_FOLDER: &str = "blobs";

/// A folder with a store that this process has to itself.
///
/// Reading is possible from any thread at any time. A reader may see a batch in the moment between its being applied
/// and its being durable, whole; nobody is told of it, and nothing is sent because of it, before it is durable.
pub struct SledStore {
    folder: PathBuf,
    reserve_bytes: u64,
    /// None after an error, until the engine could be opened again. Reads share it, for one call each; applying a
    /// batch excludes them, so that no scan sees half a batch.
    engine: RwLock<Option<Engine>>,
    /// Held by a commit from start to end; the names in `blobs` that are on the disk for certain.
    commits: Mutex<HashSet<String>>,
    /// Last, so that the engine is gone when it is released.
    _lock: FolderLock,
}

struct Engine {
    db: sled::Db,
    /// sled's log once more, because sled does not lend its own.
    log: File,
}

/// Why a store could not be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Another process has it open.
    #[error("the store is in use by another process")]
    Locked,
    /// The folder cannot be read or written.
    #[error("cannot use {path}: {source}")]
    Folder {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The engine refused: the disk is full, or the data is damaged or of another version of the engine.
    #[error(transparent)]
    Engine(#[from] StoreError),
}

impl SledStore {
    /// Opens the store in `folder`, or begins one there, and makes sure the folder itself survives a power cut.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        Self::open_with_reserve(folder, RESERVE_BYTES)
    }

    /// As [`SledStore::open`], with another amount of room to keep free, in bytes.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open_with_reserve(folder: &Path, reserve_bytes: u64) -> Result<Self, OpenError> {
        let failed = |path: PathBuf| move |source| OpenError::Folder { path, source };
        let blobs = folder.join(BLOB_FOLDER);
        fs::create_dir_all(&blobs).map_err(failed(blobs.clone()))?;
        let lock_path = folder.join(LOCK_FILE);
        let lock = FolderLock::take(&lock_path).map_err(failed(lock_path))?.ok_or(OpenError::Locked)?;
        remove_unfinished_snapshots(folder).map_err(failed(folder.to_owned()))?;
        let engine = Engine::open(folder)?;
        for directory in [Some(blobs.as_path()), Some(folder), folder.parent()].into_iter().flatten() {
            sync_directory(directory).map_err(failed(directory.to_owned()))?;
        }
        let on_disk = HashSet::from_iter(blob_names(folder).map_err(failed(blobs))?);
        let (engine, commits) = (RwLock::new(Some(engine)), Mutex::new(on_disk));
        Ok(Self { folder: folder.to_owned(), reserve_bytes, engine, commits, _lock: lock })
    }

    /// Bytes the store takes on the disk.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn size_on_disk(&self) -> Result<u64, StoreError> {
        let engine = self.reading();
        open_engine(&engine)?.db.size_on_disk().map_err(store_error)
    }

    /// Shared even while a commit waits for it, because a visitor of a scan may read on.
    fn reading(&self) -> RwLockReadGuard<'_, Option<Engine>> {
        self.engine.read_recursive()
    }

    /// Refuses while the disk still has room for what the engine itself needs.
    fn check_room(&self, batch: &Batch) -> Result<(), StoreError> {
        let disk = statvfs(&self.folder).map_err(|errno| unavailable(io::Error::from(errno)))?;
        let bytes: usize = batch.writes().map(|(_, key, value)| key.len() + value.map_or(0, <[u8]>::len)).sum();
        let needed = self.reserve_bytes.saturating_add(4 * bytes as u64);
        if disk.f_bavail.saturating_mul(disk.f_frsize) < needed { Err(StoreError::Full) } else { Ok(()) }
    }

    /// Applies the batch and waits for the disk.
    fn write(&self, batch: &Batch, on_disk: &mut HashSet<String>) -> Result<(), StoreError> {
        let mut changes = sled::Batch::default();
        for (table, key, value) in batch.writes() {
            match value {
                Some(value) => changes.insert(full_key(table, key), value),
                None => changes.remove(full_key(table, key)),
            }
        }
        let engine = self.engine.write();
        open_engine(&engine)?.db.apply_batch(changes).map_err(store_error)?;
        drop(engine);
        let engine = self.reading();
        let engine = open_engine(&engine)?;
        engine.db.flush().map_err(store_error)?;
        sync_new_blobs(&self.folder, on_disk).map_err(io_error)?;
        engine.log.sync_data().map_err(io_error)
    }

    /// Replaces an engine that may hold what is not on the disk by one that holds what is.
    fn reopen(&self, _commits: &MutexGuard<'_, HashSet<String>>) -> Result<(), StoreError> {
        let mut engine = self.engine.write();
        if let Some(failed) = engine.take() {
            let log = failed.log.try_clone().map_err(io_error)?;
            // sled syncs once more as it closes and panics if that fails; the failure is known already.
            drop(catch_unwind(AssertUnwindSafe(|| drop(failed))));
            forget_cached(&log).map_err(io_error)?;
        }
        remove_unfinished_snapshots(&self.folder).map_err(io_error)?;
        *engine = Some(Engine::open(&self.folder)?);
        Ok(())
    }
}

impl Read for SledStore {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let engine = self.reading();
        let value = open_engine(&engine)?.db.get(full_key(table, key)).map_err(store_error)?;
        Ok(value.map(|value| value.to_vec()))
    }

    fn scan(
        &self,
        table: Table,
        range: KeyRange<'_>,
        direction: Direction,
        visit: &mut dyn FnMut(&[u8], &[u8]) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let Some(range) = full_range(table, range) else { return Ok(()) };
        let engine = self.reading();
        let mut entries = open_engine(&engine)?.db.range(range);
        let mut next = || match direction {
            Direction::Ascending => entries.next(),
            Direction::Descending => entries.next_back(),
        };
        while let Some(entry) = next() {
            let (key, value) = entry.map_err(store_error)?;
            if visit(&key[1..], &value).is_break() {
                break;
            }
        }
        Ok(())
    }
}

impl Store for SledStore {
    fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        let mut commits = self.commits.lock();
        if self.reading().is_none() {
            self.reopen(&commits)?;
        }
        if batch.is_empty() {
            return Ok(());
        }
        self.check_room(batch)?;
        let written = self.write(batch, &mut commits);
        if written.is_err()
            && let Err(error) = self.reopen(&commits)
        {
            tracing::error!(%error, folder = %self.folder.display(), "the store could not be opened again");
        }
        written
    }
}

impl Engine {
    fn open(folder: &Path) -> Result<Self, StoreError> {
        let config = sled::Config::new()
            .path(folder)
            .segment_size(SEGMENT_BYTES)
            .cache_capacity(CACHE_BYTES)
            .flush_every_ms(Some(HOUSEKEEPING_MS));
        let mut tries = 0;
        let db = loop {
            match config.open() {
                Ok(db) => break db,
                // Our own lock is held, so it can only be a thread of the engine that was closed a moment ago.
                Err(sled::Error::Io(error)) if error.kind() == io::ErrorKind::Other && tries < LET_GO_TRIES => {
                    tries += 1;
                    thread::sleep(LET_GO_PAUSE);
                }
                Err(error) => return Err(store_error(error)),
            }
        };
        let log = File::open(folder.join(LOG_FILE)).map_err(io_error)?;
        log.sync_all().map_err(io_error)?;
        File::open(folder.join(SETTINGS_FILE)).and_then(|settings| settings.sync_all()).map_err(io_error)?;
        Ok(Self { db, log })
    }
}

fn open_engine(engine: &Option<Engine>) -> Result<&Engine, StoreError> {
    engine.as_ref().ok_or_else(|| unavailable(io::Error::other("the store failed and could not be opened again yet")))
}

fn full_key(table: Table, key: &[u8]) -> Vec<u8> {
    [&[table as u8], key].concat()
}

type FullRange = (Bound<Vec<u8>>, Bound<Vec<u8>>);

/// The range in the one tree that holds all tables; none if it is empty.
fn full_range(table: Table, (lower, upper): KeyRange<'_>) -> Option<FullRange> {
    let empty = match (lower, upper) {
        (Bound::Included(a), Bound::Included(b)) => a > b,
        (Bound::Included(a) | Bound::Excluded(a), Bound::Included(b) | Bound::Excluded(b)) => a >= b,
        _ => false,
    };
    let own = |bound: Bound<&[u8]>, open: Bound<Vec<u8>>| match bound {
        Bound::Included(key) => Bound::Included(full_key(table, key)),
        Bound::Excluded(key) => Bound::Excluded(full_key(table, key)),
        Bound::Unbounded => open,
    };
    let start = Bound::Included(vec![table as u8]);
    let end = Bound::Excluded(vec![table as u8 + 1]);
    (!empty).then(|| (own(lower, start), own(upper, end)))
}

/// Removes what a start left behind that did not get to rename its snapshot; the one before it is still there.
fn remove_unfinished_snapshots(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_str().is_some_and(|name| name.starts_with("snap.") && name.ends_with(".generating")) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn blob_names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = fs::read_dir(folder.join(BLOB_FOLDER))?;
    entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}

fn sync_new_blobs(folder: &Path, on_disk: &mut HashSet<String>) -> io::Result<()> {
    let names = blob_names(folder)?;
    let mut synced = false;
    for name in names.iter().filter(|name| !on_disk.contains(*name)) {
        match File::open(folder.join(BLOB_FOLDER).join(name)) {
            Ok(blob) => blob.sync_all()?,
            // sled removes what a later page replaced; then there is nothing to keep.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        synced = true;
    }
    if synced {
        sync_directory(&folder.join(BLOB_FOLDER))?;
    }
    *on_disk = names.into_iter().collect();
    Ok(())
}

fn sync_directory(directory: &Path) -> io::Result<()> {
    let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    File::open(directory)?.sync_all()
}

/// Has the operating system read a file anew: what it could not write back it keeps in memory as if it had.
fn forget_cached(file: &File) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed)?;
    #[cfg(not(target_os = "linux"))]
    file.sync_all()?;
    Ok(())
}

fn store_error(error: sled::Error) -> StoreError {
    match error {
        sled::Error::Io(error) => io_error(error),
        sled::Error::Corruption { .. } => StoreError::Damaged("the engine's log does not match its checksums"),
        other => StoreError::Unavailable(Box::new(other)),
    }
}

fn io_error(error: io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full,
        _ => unavailable(error),
    }
}

fn unavailable(error: io::Error) -> StoreError {
    StoreError::Unavailable(Box::new(error))
}
