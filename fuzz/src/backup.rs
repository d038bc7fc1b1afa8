//! The inside of a backup, once its lock is open.

#[path = "../../node/src/backup/about.rs"]
mod about;
#[path = "../../node/src/backup/archive.rs"]
mod archive;

use std::io::{self, Read};
use std::path::{Path, PathBuf};

pub use about::{About, FORMAT};
use archive::Part;

/// Why a backup is not taken.
#[derive(Debug)]
pub enum BackupError {
    Refused,
    Newer { path: PathBuf, found: u32 },
}

impl BackupError {
    fn inside(_: &Path) -> impl Fn(io::Error) -> Self {
        |_| Self::Refused
    }

    fn damaged(_: &Path, _: &'static str) -> Self {
        Self::Refused
    }

    fn unexpected(_: &Path, _: &[u8]) -> Self {
        Self::Refused
    }

    fn too_large(_: &Path, _: &[u8], _: u64) -> Self {
        Self::Refused
    }
}

/// Reads a backup, and writes what is in it again, as far as it came.
pub fn read_and_write(inside: impl Read) -> (Result<(), BackupError>, Vec<u8>) {
    let mut writer = archive::Writer::new(Vec::new());
    let read = archive::read(Path::new("backup"), inside, |part| {
        let written = match part {
            Part::About(about) => writer.about(&about),
            Part::Kept(file, content) => writer.kept(file, &content),
            Part::Frame(frame) => writer.frame(&frame),
            Part::Photos(photos) => writer.photo_list(&photos),
            Part::Photo(id, bytes) => writer.photo(&id, &bytes),
        };
        written.map_err(|_| BackupError::Refused)
    });
    (read, writer.finish().expect("memory takes what is written"))
}
