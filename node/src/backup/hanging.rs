//! Photos on their way back onto the disk: some at the same time, because each waits for the disk twice before it counts.

use std::collections::VecDeque;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

use dorpsplein_protocol::photo::{PhotoId, inspect};

use super::BackupError;
use crate::photos::PhotoFolder;

/// Photos that are written at the same time; each is 8 MiB at most.
const AT_ONCE: usize = 4;

/// The photos of a backup, as they are written.
pub(super) struct Hanging {
    backup: PathBuf,
    target: PathBuf,
    folder: PhotoFolder,
    under_way: VecDeque<JoinHandle<Result<(), BackupError>>>,
}

impl Hanging {
    /// Hangs what comes out of the file `backup` in the folder of photos at `target`.
    pub(super) fn begin(backup: &Path, target: &Path) -> Result<Self, BackupError> {
        let folder = PhotoFolder::open(target).map_err(BackupError::io(target))?;
        Ok(Self { backup: backup.to_owned(), target: target.to_owned(), folder, under_way: VecDeque::new() })
    }

    /// Has a photo looked at and written, whose name fits it. The small pictures of it the box makes when it runs: that takes ten
    /// times as long as bringing the photo back.
    ///
    /// # Errors
    /// Of this photo, or of one before it: [`BackupError::Damaged`] for what is no photo, or what the operating system says.
    pub(super) fn hang(&mut self, photo: PhotoId, bytes: Vec<u8>) -> Result<(), BackupError> {
        self.wait_until(AT_ONCE - 1)?;
        let (backup, target, folder) = (self.backup.clone(), self.target.clone(), self.folder.clone());
        let write = move || {
            inspect(&bytes).map_err(|_| BackupError::damaged(&backup, "what should be a photo is none"))?;
            folder.store(&photo, &bytes).map_err(BackupError::io(&target))
        };
        self.under_way.push_back(thread::Builder::new().spawn(write).map_err(BackupError::Threads)?);
        Ok(())
    }

    /// Waits until all of them are on the disk.
    ///
    /// # Errors
    /// As of [`Self::hang`].
    pub(super) fn finish(&mut self) -> Result<(), BackupError> {
        self.wait_until(0)
    }

    fn wait_until(&mut self, left: usize) -> Result<(), BackupError> {
        while self.under_way.len() > left
            && let Some(writing) = self.under_way.pop_front()
        {
            writing.join().unwrap_or_else(|panic| resume_unwind(panic))?;
        }
        Ok(())
    }
}

impl Drop for Hanging {
    /// Nothing may be written any more into a folder that is removed because the rest of the backup is of no use.
    fn drop(&mut self) {
        for writing in self.under_way.drain(..) {
            // What went wrong first is what is told.
            let _ = writing.join();
        }
    }
}
