//! Why a box did not start, or did not go on.

use std::io;
use std::net::SocketAddr;

use thiserror::Error;
use tokio::task::JoinError;

use crate::data_folder::FolderError;
use crate::driver::DriverError;
use crate::https::{LocalError, OrderError};
use crate::mail::MailError;
use crate::migrate::MigrateError;
use crate::net::NetError;
use crate::push::PushError;

/// Why a box did not start, or did not go on.
#[derive(Debug, Error)]
pub enum RunError {
    /// The data folder cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The store cannot be opened.
    #[error("the store in {folder} cannot be opened: {source}")]
    Store {
        /// The store's folder.
        folder: std::path::PathBuf,
        /// Why.
        source: MigrateError,
    },
    /// The replica did not open.
    #[error(transparent)]
    Driver(#[from] DriverError),
    /// The network did not start.
    #[error(transparent)]
    Net(#[from] NetError),
    /// The folder of the photos cannot be used.
    #[error("the photos in {folder} cannot be kept: {source}")]
    Photos {
        /// The folder.
        folder: std::path::PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The site cannot listen.
    #[error("the site cannot listen on {address}: {}", in_words(.source))]
    Site {
        /// Where.
        address: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
    /// The site cannot listen for https, or where everybody is led there.
    #[error("the site cannot listen on {address} (see [https] in box.toml): {}", in_words(.source))]
    Secure {
        /// Where.
        address: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
    /// The settings for https cannot be used.
    #[error(transparent)]
    Https(#[from] OrderError),
    /// What was switched on for the local network cannot be used.
    #[error(transparent)]
    Local(#[from] LocalError),
    /// The figures cannot be told where they were to be.
    #[error("the figures cannot be told on {address}: {}", in_words(.source))]
    Figures {
        /// Where.
        address: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
    /// The site stopped by itself.
    #[error("the site stopped: nobody asked it to")]
    SiteStopped,
    /// The post cannot be sent as the settings say.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// Notices cannot be sent as the settings say.
    #[error(transparent)]
    Push(#[from] PushError),
    /// The operating system gives no randomness.
    #[error("this machine gives no randomness: {0}")]
    Randomness(#[from] getrandom::Error),
    /// The operating system does not tell when to stop.
    #[error("cannot listen for signals: {0}")]
    Signals(#[source] io::Error),
    /// A part of the box ended in a panic; the log says which.
    #[error("a part of the box failed")]
    Panicked(#[from] JoinError),
}

fn in_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => "the port is in use by another program".to_owned(),
        io::ErrorKind::AddrNotAvailable => "this machine has no such address".to_owned(),
        io::ErrorKind::PermissionDenied => "this user may not use that port".to_owned(),
        _ => error.to_string(),
    }
}
