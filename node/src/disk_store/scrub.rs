//! Making the files forget.
//!
//! What was replaced or deleted stays in two places: in the journal until all of it was written out, and in a table's file
//! until that is merged. The engine gives up a journal only when it has grown to 64 MB, and merges when there is enough to
//! merge. So here:
//!
//! 1. The engine is closed, an empty journal put behind those that are there, and the engine opened again. To it the
//!    earlier ones are finished: it writes out what only they hold and then removes them, as it does by itself after
//!    64 MB. Nothing is removed here, so a cut at any moment leaves what the engine knows how to read.
//! 2. The tables with words are merged whole. No scan that began before goes on, so no former value is kept for one.
//! 3. All files that were there in between have to be gone, and their folders are synced.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use dorpsplein_protocol::store::{StoreError, Table};
use fjall::Keyspace;
use rustix::fs::statvfs;

use super::{DiskStore, Engine, io_error, open_engine, store_error, sync_directory, unavailable};

/// How long to wait for a moment in which nobody reads.
const NOBODY_READS: Duration = Duration::from_secs(30);
/// How long the engine may take to write out what it holds in memory, and to remove files that nobody reads any more.
const WRITTEN_OUT: Duration = Duration::from_secs(120);
/// How often to look whether it has.
const LOOK_AGAIN: Duration = Duration::from_millis(10);
/// The ending of a journal's file; its name is a number.
pub(super) const JOURNAL: &str = "jnl";
/// The folder of a table's files in its own.
const TABLE_FILES: &str = "tables";

impl DiskStore {
    pub(super) fn forget_former_values(&self) -> Result<u64, StoreError> {
        let _alone = self.upkeep.lock();
        self.check_room_to_merge()?;
        let former = self.begin_journal()?;
        let engine = self.reading();
        let engine = open_engine(&engine)?;
        // Not before all that came from the former journals is written out is the end of them in sight.
        engine.wait_until_written_out()?;
        engine.write_out()?;
        let words = Table::WORDS.map(|table| engine.table(table));
        let before = files_of(&words)?;
        for table in words {
            table.major_compact().map_err(store_error)?;
        }
        let after = files_of(&words)?;
        let mut written = 0;
        for file in after.difference(&before) {
            written += fs::metadata(file).map_err(io_error)?.len();
        }
        // A file goes with the last list of files that names it, and lists are looked through when something is written out.
        engine.write_out()?;
        wait_until("remove former files", || Ok(former.iter().chain(&before).all(|file| !file.exists())))?;
        for table in words {
            sync_directory(&table.path().join(TABLE_FILES)).map_err(io_error)?;
        }
        sync_directory(&self.folder).map_err(io_error)?;
        Ok(written)
    }

    /// Merging writes a table anew before the old one goes.
    fn check_room_to_merge(&self) -> Result<(), StoreError> {
        let engine = self.reading();
        let engine = open_engine(&engine)?;
        self.check_room_for(Table::WORDS.iter().map(|table| engine.table(*table).disk_space()).sum())
    }

    /// Whether twice as many bytes can be written beside what is there.
    pub(super) fn check_room_for(&self, bytes: u64) -> Result<(), StoreError> {
        let disk = statvfs(&self.folder).map_err(|errno| unavailable(io::Error::from(errno)))?;
        let needed = self.reserve_bytes.saturating_add(2 * bytes);
        if disk.f_bavail.saturating_mul(disk.f_frsize) < needed { Err(StoreError::Full) } else { Ok(()) }
    }

    /// Has the engine begin a new journal, and finish the former ones, which are returned.
    pub(super) fn begin_journal(&self) -> Result<BTreeSet<PathBuf>, StoreError> {
        let _commits = self.commits.lock();
        self.check_writable()?;
        let Some(mut engine) = self.engine.try_write_for(NOBODY_READS) else {
            return Err(unavailable(io::Error::other("somebody reads all the time")));
        };
        let former = journals(&self.folder).map_err(io_error)?;
        drop(catch_unwind(AssertUnwindSafe(|| drop(engine.take()))));
        let number = former.iter().filter_map(|path| number_of(path)).max().map_or(0, |number| number + 1);
        let begun = begin_file(&self.folder, &format!("{number}.{JOURNAL}"));
        // Whether or not there is a new journal: the former ones hold everything.
        *engine = Some(Engine::open(&self.folder)?);
        begun.map_err(io_error)?;
        Ok(former)
    }
}

impl Engine {
    /// Writes out what the tables hold in memory.
    pub(super) fn write_out(&self) -> Result<(), StoreError> {
        // Something has to be written for the engine to look through its journals and lists.
        self.table(Table::Meta).remove("scrubbed").map_err(store_error)?;
        for table in &self.tables {
            table.rotate_memtable().map_err(store_error)?;
        }
        self.wait_until_written_out()
    }

    pub(super) fn wait_until_written_out(&self) -> Result<(), StoreError> {
        let is_written_out = || Ok(self.tables.iter().all(|table| table.sealed_memtable_count() == 0));
        wait_until("write out its tables", is_written_out)
    }
}

pub(super) fn wait_until(what: &str, is_done: impl Fn() -> Result<bool, StoreError>) -> Result<(), StoreError> {
    let began = Instant::now();
    while !is_done()? {
        if began.elapsed() > WRITTEN_OUT {
            return Err(unavailable(io::Error::new(
                io::ErrorKind::TimedOut,
                format!("the engine takes too long to {what}"),
            )));
        }
        thread::sleep(LOOK_AGAIN);
    }
    Ok(())
}

/// An empty file that survives a power cut.
fn begin_file(folder: &Path, name: &str) -> io::Result<()> {
    File::create_new(folder.join(name))?.sync_all()?;
    sync_directory(folder)
}

/// The journals in the store's folder.
pub(super) fn journals(folder: &Path) -> io::Result<BTreeSet<PathBuf>> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == JOURNAL) {
            found.insert(path);
        }
    }
    Ok(found)
}

fn number_of(journal: &Path) -> Option<u64> {
    journal.file_stem().and_then(OsStr::to_str)?.parse().ok()
}

fn files_of(tables: &[&Keyspace]) -> Result<BTreeSet<PathBuf>, StoreError> {
    let mut files = BTreeSet::new();
    for table in tables {
        for entry in fs::read_dir(table.path().join(TABLE_FILES)).map_err(io_error)? {
            files.insert(entry.map_err(io_error)?.path());
        }
    }
    Ok(files)
}
