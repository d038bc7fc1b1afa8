//! Letting go of journals whose changes the tables hold, and of the room they take.
//!
//! The engine gives up a journal only when it has grown to 64 MB, which in a small village is years: until then what it holds lies
//! on the disk twice, and every start reads all of it. So when nothing was written for a moment and the journals have grown
//! past [`WORTH_IT`], the tables are written out and a new journal is begun, as for a scrub but without merging anything.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::sync::Arc;
use std::time::Duration;

use dorpsplein_protocol::store::StoreError;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::scrub::{journals, wait_until};
use super::{DiskStore, io_error, open_engine, sync_directory};

/// Journals smaller than this, in bytes, are left alone: they are read within a few milliseconds at a start, and what is
/// written out in smaller pieces has to be merged more often.
pub const WORTH_IT: u64 = 4 * 1024 * 1024;
/// Nothing was written for so long: then nobody is in the middle of something.
const QUIET: Duration = Duration::from_secs(3);
/// After a failure, how long until the next try.
const RETRY: Duration = Duration::from_secs(60 * 60);
/// What one block of a file's room is, in bytes, whatever the file system's own blocks are (POSIX `st_blocks`).
const BLOCK_BYTES: u64 = 512;

impl DiskStore {
    /// Bytes that the journals take on the disk.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn journal_bytes(&self) -> Result<u64, StoreError> {
        let mut bytes = 0;
        for journal in journals(&self.folder).map_err(io_error)? {
            // A journal that is given up meanwhile takes nothing.
            bytes += fs::metadata(journal).map_or(0, |journal| journal.blocks() * BLOCK_BYTES);
        }
        Ok(bytes)
    }

    /// Writes out what only the journals hold, and lets go of them. Readers and commits may go on meanwhile; both wait for a
    /// moment while the engine is opened again.
    ///
    /// # Errors
    /// [`StoreError`]; then the journals are still there, and nothing else changed.
    pub fn settle(&self) -> Result<(), StoreError> {
        let _alone = self.upkeep.lock();
        self.check_room_for(self.journal_bytes()?)?;
        // Before the engine is opened again, so that opening it finds nothing to do.
        open_engine(&self.reading())?.write_out()?;
        let former = self.begin_journal()?;
        let engine = self.reading();
        let engine = open_engine(&engine)?;
        engine.wait_until_written_out()?;
        engine.write_out()?;
        wait_until("remove former journals", || Ok(former.iter().all(|journal| !journal.exists())))?;
        sync_directory(&self.folder).map_err(io_error)
    }
}

/// Has a store settle whenever it is worth it and nobody writes, until it is asked to stop. The task holds the store until it
/// ends.
pub fn keep_settled(store: Arc<DiskStore>, stop: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move {
        let (mut before, mut pause) = (None, QUIET);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = sleep(pause) => {}
            }
            let looked = Arc::clone(&store);
            let settled = spawn_blocking(move || settle_when_quiet(&looked, before)).await;
            pause = QUIET;
            match settled {
                Ok(Ok(bytes)) => before = Some(bytes),
                Ok(Err(error)) => {
                    tracing::warn!(%error, retry_s = RETRY.as_secs(), "the store keeps its journals for now");
                    pause = RETRY;
                }
                Err(error) => {
                    tracing::error!(%error, "letting go of journals ended in a panic");
                    return;
                }
            }
        }
    })
}

/// Settles when the journals take as much as `before`; says how much they take.
fn settle_when_quiet(store: &DiskStore, before: Option<u64>) -> Result<u64, StoreError> {
    let bytes = store.journal_bytes()?;
    if bytes < WORTH_IT || before != Some(bytes) {
        return Ok(bytes);
    }
    store.settle()?;
    let now = store.journal_bytes()?;
    tracing::debug!(before = bytes, now, "the journals of the store were written out");
    Ok(now)
}
