//! `last-backup`: when a backup of a box was last made on its own machine, in milliseconds since 1970, for the page that says how the
//! box is.

use std::fs;
use std::io;
use std::path::Path;

use dorpsplein_protocol::time::Timestamp;

use super::{FolderError, files, io_error};

const FILE: &str = "last-backup";

/// Notes that a backup was made at `at` of the box in the data folder `path`, also while it runs.
///
/// # Errors
/// [`FolderError::Io`].
pub fn note(path: &Path, at: Timestamp) -> Result<(), FolderError> {
    let file = path.join(FILE);
    files::write(&file, format!("{}\n", at.as_millis()).as_bytes(), false).map_err(io_error(&file))
}

/// When the last one was made; none if never.
///
/// # Errors
/// [`FolderError::Io`] or [`FolderError::Damaged`].
pub fn read(path: &Path) -> Result<Option<Timestamp>, FolderError> {
    let file = path.join(FILE);
    match fs::read_to_string(&file) {
        Ok(text) => {
            let at = text.trim().parse().map_err(|_| FolderError::Damaged { path: file })?;
            Ok(Some(Timestamp::from_millis(at)))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io_error(&file)(error)),
    }
}
