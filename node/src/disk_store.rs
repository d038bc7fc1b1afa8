//! The store of a box on its disk: the only module that names the engine. What it makes of *durable*, and the measurements
//! behind the choice of the engine and the constants, are in `docs/durability.md`.
//!
//! # What the engine leaves to do
//!
//! fjall writes a batch to its journal, waits for `fdatasync`, and only then shows it: a reader never sees what a power
//! cut could take back. Left to do:
//!
//! - A single read looks at what was applied last, also in the middle of a batch of several tables. So scans read a
//!   snapshot.
//! - It knows no bound but the disk's end. A commit is refused while there is still room to open again and to clean up.
//! - After an error it takes no more writes. It is then closed and opened again, so that what is read is what is on the
//!   disk, and the next commit finds a working engine.
//! - On a disk that takes nothing any more it cannot be opened. Then it is kept as it is, for reading alone, until the disk takes
//!   something again: what it shows was on the disk before it failed.
//! - Former values stay in its files for long. [`Store::scrub`] makes them go (`scrub.rs`).
//! - A journal is kept until it has grown to 64 MB, and read at every start. [`DiskStore::settle`] lets go of it (`settle.rs`).

mod moment;
mod scrub;
mod settle;

use std::fs::{self, File};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use dorpsplein_protocol::store::{Batch, Direction, KeyRange, Read, Store, StoreError, Table, Visit, is_empty_range};
use fjall::config::{BlockSizePolicy, CompressionPolicy};
use fjall::{CompressionType, Database, Keyspace, KeyspaceCreateOptions, PersistMode};
use parking_lot::{Mutex, MutexGuard, RwLock, RwLockReadGuard};
use rustix::fs::statvfs;
use thiserror::Error;

use crate::folder_lock::FolderLock;

pub use moment::Moment;
pub use settle::{WORTH_IT, keep_settled};

/// Room that stays free on the disk, in bytes: below it a commit is refused as [`StoreError::Full`] before the engine is
/// asked. The engine needs room to open again, to begin a journal and to merge tables.
pub const RESERVE_BYTES: u64 = 128 * 1024 * 1024;

/// The engine's cache of blocks, in bytes: what a box with 512 MB of memory can spare.
const CACHE_BYTES: u64 = 16 * 1024 * 1024;

/// What one table keeps in memory, in bytes, before it is written to a file of its own. Most tables never get there.
const TABLE_BUFFER_BYTES: u64 = 8 * 1024 * 1024;

/// What the journal holds, in bytes, before the tables whose changes it keeps are written out; the least the engine
/// takes. It bounds how much a start after a power cut reads.
const JOURNAL_BYTES: u64 = 64 * 1024 * 1024;

/// How much of a table with words is compressed and read together, in bytes: what people write and what pages show of it
/// packs better in larger pieces. The other tables are keys, which do not.
const WORDS_BLOCK_BYTES: u32 = 16 * 1024;

/// How long to wait for threads of an engine that was just closed to let go of its file.
const LET_GO_TRIES: u32 = 500;
const LET_GO_PAUSE: Duration = Duration::from_millis(10);

/// What is written, and thrown away, to see whether the disk takes anything.
const PROBE_FILE: &str = "probe";

/// The file in the store's folder that one process at a time holds locked; the engine has its own beside it.
const LOCK_FILE: &str = "box.lock";

/// Where the engine keeps a folder for each table, in the store's folder.
const TABLES_FOLDER: &str = "keyspaces";

/// A folder with a store that this process has to itself.
///
/// Reading is possible from any thread at any time, and sees nothing that is not durable.
pub struct DiskStore {
    folder: PathBuf,
    reserve_bytes: u64,
    /// None after an error, until the engine could be opened again.
    engine: RwLock<Option<Engine>>,
    /// Held by a commit from start to end.
    commits: Mutex<Commits>,
    /// Held by who has the engine opened anew to tidy its files: one at a time.
    upkeep: Mutex<()>,
    /// Last, so that the engine is gone when it is released.
    _lock: FolderLock,
}

#[derive(Default)]
struct Commits {
    /// The engine failed, and is kept for reading because the disk takes nothing.
    suspended: bool,
}

struct Engine {
    /// One for each table, by its number. Before the database, which waits for nobody.
    tables: Vec<Keyspace>,
    db: Database,
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

impl DiskStore {
    /// Opens the store in `folder`, or begins one there, and makes sure the folder itself survives a power cut.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        Self::open_with_reserve(folder, RESERVE_BYTES)
    }

    /// As [`DiskStore::open`], with another amount of room to keep free, in bytes.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open_with_reserve(folder: &Path, reserve_bytes: u64) -> Result<Self, OpenError> {
        let failed = |path: PathBuf| move |source| OpenError::Folder { path, source };
        fs::create_dir_all(folder).map_err(failed(folder.to_owned()))?;
        let lock_path = folder.join(LOCK_FILE);
        let lock = FolderLock::take(&lock_path).map_err(failed(lock_path))?.ok_or(OpenError::Locked)?;
        let engine = Engine::open(folder)?;
        // The engine makes a folder for each table and syncs what is in it, not that it is there: a power cut soon after took
        // tables away (`cargo xtask torture power --migration`).
        let tables = folder.join(TABLES_FOLDER);
        for directory in [Some(&*tables), Some(folder), folder.parent()].into_iter().flatten() {
            sync_directory(directory).map_err(failed(directory.to_owned()))?;
        }
        let (engine, commits) = (RwLock::new(Some(engine)), Mutex::new(Commits::default()));
        let upkeep = Mutex::default();
        Ok(Self { folder: folder.to_owned(), reserve_bytes, engine, commits, upkeep, _lock: lock })
    }

    /// Bytes the store takes on the disk.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn size_on_disk(&self) -> Result<u64, StoreError> {
        let engine = self.reading();
        open_engine(&engine)?.db.disk_space().map_err(store_error)
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

    /// Puts the batch into the journal, waits for the disk, and then shows it.
    fn write(&self, batch: &Batch) -> Result<(), StoreError> {
        let engine = self.reading();
        let engine = open_engine(&engine)?;
        let mut changes = engine.db.batch().durability(Some(PersistMode::SyncData));
        for (table, key, value) in batch.writes() {
            let keyspace = engine.table(table);
            match value {
                Some(value) => changes.insert(keyspace, key, value),
                None => changes.remove(keyspace, key),
            }
        }
        changes.commit().map_err(store_error)
    }

    /// Replaces an engine that may hold what is not on the disk by one that holds what is.
    fn reopen(&self, commits: &mut MutexGuard<'_, Commits>) -> Result<(), StoreError> {
        commits.suspended = true;
        self.check_writable()?;
        let mut engine = self.engine.write();
        // It syncs once more as it closes; that this may fail is known already.
        drop(catch_unwind(AssertUnwindSafe(|| drop(engine.take()))));
        forget_cached(&self.folder).map_err(io_error)?;
        *engine = Some(Engine::open(&self.folder)?);
        commits.suspended = false;
        Ok(())
    }

    /// Whether the disk takes anything: without that the engine cannot be opened.
    fn check_writable(&self) -> Result<(), StoreError> {
        let probe = self.folder.join(PROBE_FILE);
        File::create(&probe).and_then(|_| fs::remove_file(&probe)).map_err(io_error)
    }
}

impl Read for DiskStore {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let engine = self.reading();
        let value = open_engine(&engine)?.table(table).get(key).map_err(store_error)?;
        Ok(value.map(|value| value.to_vec()))
    }

    fn scan(
        &self,
        table: Table,
        range: KeyRange<'_>,
        direction: Direction,
        visit: Visit<'_>,
    ) -> Result<(), StoreError> {
        if is_empty_range(&range) {
            return Ok(());
        }
        self.at_one_moment(|moment| moment.scan(table, range, direction, visit))
    }
}

impl Store for DiskStore {
    fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        let mut commits = self.commits.lock();
        if commits.suspended || self.reading().is_none() {
            self.reopen(&mut commits)?;
        }
        if batch.is_empty() {
            return Ok(());
        }
        self.check_room(batch)?;
        let written = self.write(batch);
        if written.is_err()
            && let Err(error) = self.reopen(&mut commits)
        {
            tracing::error!(%error, folder = %self.folder.display(), "the store could not be opened again");
        }
        written
    }

    fn scrub(&self) -> Result<u64, StoreError> {
        self.forget_former_values()
    }
}

impl Engine {
    fn open(folder: &Path) -> Result<Self, StoreError> {
        let mut tries = 0;
        let db = loop {
            let database = Database::builder(folder)
                .cache_size(CACHE_BYTES)
                .max_journaling_size(JOURNAL_BYTES)
                // One thread writes out and merges: a box has few cores, and pages and neighbours want them.
                .worker_threads(1);
            match database.open() {
                Ok(db) => break db,
                // Our own lock is held, so it can only be a thread of the engine that was closed a moment ago.
                Err(fjall::Error::Locked) if tries < LET_GO_TRIES => {
                    tries += 1;
                    thread::sleep(LET_GO_PAUSE);
                }
                Err(error) => return Err(store_error(error)),
            }
        };
        let table =
            |table: &Table| db.keyspace(&format!("{:02}", *table as u8), || options(*table)).map_err(store_error);
        let tables = Table::ALL.iter().map(table).collect::<Result<_, _>>()?;
        Ok(Self { tables, db })
    }

    fn table(&self, table: Table) -> &Keyspace {
        &self.tables[usize::from(table as u8)]
    }
}

/// How a table lies on the disk. A table that is there already keeps to what it was begun with.
fn options(table: Table) -> KeyspaceCreateOptions {
    let options = KeyspaceCreateOptions::default()
        .max_memtable_size(TABLE_BUFFER_BYTES)
        .data_block_compression_policy(CompressionPolicy::all(CompressionType::Lz4));
    if Table::WORDS.contains(&table) {
        options.data_block_size_policy(BlockSizePolicy::all(WORDS_BLOCK_BYTES))
    } else {
        options
    }
}

fn open_engine(engine: &Option<Engine>) -> Result<&Engine, StoreError> {
    engine.as_ref().ok_or_else(|| unavailable(io::Error::other("the store failed and could not be opened again yet")))
}

fn sync_directory(directory: &Path) -> io::Result<()> {
    let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    File::open(directory)?.sync_all()
}

/// Has the operating system read the journals anew: what it could not write back it keeps in memory as if it had.
fn forget_cached(folder: &Path) -> io::Result<()> {
    for path in scrub::journals(folder)? {
        let journal = File::open(path)?;
        #[cfg(target_os = "linux")]
        rustix::fs::fadvise(&journal, 0, None, rustix::fs::Advice::DontNeed)?;
        #[cfg(not(target_os = "linux"))]
        journal.sync_all()?;
    }
    Ok(())
}

fn store_error(error: fjall::Error) -> StoreError {
    match error {
        fjall::Error::Io(error) | fjall::Error::Storage(fjall::LsmError::Io(error)) => io_error(error),
        fjall::Error::Storage(
            fjall::LsmError::ChecksumMismatch { .. }
            | fjall::LsmError::InvalidTag(_)
            | fjall::LsmError::InvalidHeader(_)
            | fjall::LsmError::Decompress(_)
            | fjall::LsmError::Unrecoverable,
        )
        | fjall::Error::JournalRecovery(_)
        | fjall::Error::InvalidTag(_)
        | fjall::Error::InvalidTrailer
        | fjall::Error::Decompress(_)
        | fjall::Error::Unrecoverable => StoreError::Damaged("the engine's files do not match their checksums"),
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
