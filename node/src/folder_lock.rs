//! A folder for one process at a time.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

/// Holds a lock file locked; dropping it, or the end of the process however it comes, unlocks it.
#[derive(Debug)]
pub(crate) struct FolderLock(File);

impl FolderLock {
    /// Locks the file `path`, which it creates if need be; none if somebody else holds it.
    pub(crate) fn take(path: &Path) -> io::Result<Option<Self>> {
        let file = match File::options().create(true).truncate(false).write(true).open(path) {
            // A lock needs no writing; whoever saves what is on a failed disk has to see whether a box runs there.
            Err(error) if error.kind() == io::ErrorKind::ReadOnlyFilesystem => File::open(path)?,
            opened => opened?,
        };
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

impl Drop for FolderLock {
    /// A process that is being started at this moment has a copy of the file for an instant, which would hold the lock
    /// beyond our closing it.
    fn drop(&mut self) {
        if let Err(error) = self.0.unlock() {
            tracing::warn!(%error, "a lock could not be released; it goes with the process");
        }
    }
}
