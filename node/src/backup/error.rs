//! Why there is no backup, or nothing was made of one.

use std::io;
use std::path::{Path, PathBuf};

use dorpsplein_protocol::store::StoreError;
use thiserror::Error;

use crate::config::ConfigError;
use crate::data_folder::FolderError;
use crate::disk_store::OpenError;
use crate::driver::DriverError;

/// Why there is no backup, or nothing was made of one. After any of these nothing half done is left.
#[derive(Debug, Error)]
pub enum BackupError {
    /// A file or a folder could not be used.
    #[error("{}: {source}", .path.display())]
    Io {
        /// Which one.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// There is a file of that name.
    #[error("{} exists already: name a file that does not, or a folder, which keeps several backups", .0.display())]
    Exists(PathBuf),
    /// A folder is locked in another way than is asked for.
    #[error("{} is locked {was}: lock this backup in the same way, or name another folder", .path.display())]
    LockedOtherwise {
        /// The folder.
        path: PathBuf,
        /// How.
        was: &'static str,
    },
    /// A passphrase that is guessed too easily.
    #[error("a passphrase has at least {least} characters: four words that do not belong together are a good one", least = super::MIN_PASSPHRASE)]
    ShortPassphrase,
    /// No public key of age.
    #[error("{0:?} is no recipient: it looks like age1… (`age-keygen` makes one, and the key file that belongs to it)")]
    Recipient(String),
    /// No key file of age.
    #[error("{} holds no key: a line in it looks like AGE-SECRET-KEY-1…", .0.display())]
    Identity(PathBuf),
    /// It begins in another way than files of age do.
    #[error("{} is no backup", .0.display())]
    NotOne(PathBuf),
    /// None of the keys opens it.
    #[error("{} does not open with this passphrase or key", .0.display())]
    Locked(PathBuf),
    /// It asks for more work than a small machine can do.
    #[error("{} was locked in a way that takes too much memory to open; no box does that", .0.display())]
    TooMuchWork(PathBuf),
    /// It was made by a newer version.
    #[error("{} is of format {found}, this version of dorpsplein reads format {}: use a newer one", .path.display(), super::FORMAT)]
    Newer {
        /// The file.
        path: PathBuf,
        /// What it says.
        found: u32,
    },
    /// What is in it is not what was written, or it ends too early.
    #[error("{} is damaged: {what}", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: &'static str,
    },
    /// Something in it has no place there.
    #[error("{} holds what no backup does: {name:?}", .path.display())]
    Unexpected {
        /// The file.
        path: PathBuf,
        /// The name of it, in part.
        name: String,
    },
    /// Something in it is larger than it can be.
    #[error("{} holds {name:?} of {bytes} bytes, which is more than it can have", .path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The name of it, in part.
        name: String,
        /// How large it says it is.
        bytes: u64,
    },
    /// Operations, photos or rows did not come back: only a verification fails for that.
    #[error("{} does not bring everything back: {what}", .path.display())]
    NotWhole {
        /// The file.
        path: PathBuf,
        /// What is missing.
        what: String,
    },
    /// The box broke off in the middle.
    #[error("the box stopped answering in the middle of the backup: try again")]
    BrokenOff,
    /// The settings in it are not understood.
    #[error("the settings in the backup: {0}")]
    Config(#[from] ConfigError),
    /// The folder to restore to, or to back up, cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The store in the new folder cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The replica did not open on it.
    #[error(transparent)]
    Driver(#[from] DriverError),
    /// The operating system gives no threads.
    #[error("this machine gives no threads: {0}")]
    Threads(#[source] io::Error),
    /// The operating system gives no randomness.
    #[error("this machine gives no randomness: {0}")]
    Randomness(#[from] getrandom::Error),
}

impl BackupError {
    pub(crate) fn io(path: &Path) -> impl Fn(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io { path: path.clone(), source }
    }

    /// What went wrong while what is inside a backup was read: the disk, or the bytes.
    pub(super) fn inside(path: &Path) -> impl Fn(io::Error) -> Self {
        move |source| match source.raw_os_error() {
            Some(_) => Self::Io { path: path.to_owned(), source },
            None if source.kind() == io::ErrorKind::UnexpectedEof => Self::damaged(path, "it ends too early"),
            None => Self::damaged(path, "what is in it is not what was written"),
        }
    }

    pub(super) fn damaged(path: &Path, what: &'static str) -> Self {
        Self::Damaged { path: path.to_owned(), what }
    }

    /// What is not ours is shown in part, so that it cannot fill the screen.
    pub(super) fn unexpected(path: &Path, name: &[u8]) -> Self {
        Self::Unexpected { path: path.to_owned(), name: shown(name) }
    }

    pub(super) fn too_large(path: &Path, name: &[u8], bytes: u64) -> Self {
        Self::TooLarge { path: path.to_owned(), name: shown(name), bytes }
    }
}

fn shown(name: &[u8]) -> String {
    String::from_utf8_lossy(name).chars().filter(|c| !c.is_control()).take(40).collect()
}
