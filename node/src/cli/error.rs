//! Why a command did not do what was asked: one clear line, or one problem object for a script.

use std::io;
use std::path::PathBuf;

use serde_json::json;
use thiserror::Error;

use super::client::ClientError;
use super::key_file::KeyFileError;
use super::links::LinkError;
use crate::data_folder::FolderError;
use crate::driver::DriverError;
use crate::run::RunError;

/// Everything that can stop a command.
#[derive(Debug, Error)]
pub enum CliError {
    /// The box could not be asked, or refused.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The key file cannot be used.
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    /// A link is not one of this program's.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The data folder cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The box could not start or stopped.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The store could not be opened.
    #[error(transparent)]
    Store(#[from] crate::store_sled::OpenError),
    /// The replica could not be opened.
    #[error(transparent)]
    Driver(#[from] DriverError),
    /// Something on the command line is not what it should be.
    #[error("{0}")]
    Input(InputError),
    /// A file or a folder could not be used.
    #[error("{path}: {source}")]
    Io {
        /// Which one.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The operating system gives no threads.
    #[error("this machine gives no threads: {0}")]
    Threads(#[source] io::Error),
    /// The operating system gives no randomness.
    #[error("this machine gives no randomness: {0}")]
    Randomness(#[from] getrandom::Error),
    /// What was to be waited for did not come.
    #[error("{0} took too long")]
    TooSlow(&'static str),
}

/// What can be wrong with an argument that the argument parser cannot see.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InputError {
    /// A neighbourhood is named by its id or by the address of its site.
    #[error("a neighbourhood is named by its id (64 hexadecimal digits) or by the address of its site")]
    Neighbourhood,
    /// An item is named by its id.
    #[error("an item is named by its id: 64 hexadecimal digits")]
    Item,
    /// An event needs a start.
    #[error("an event needs --starts, such as 2026-12-04T20:00 or 2026-12-04")]
    NoStart,
    /// A civil time has another form.
    #[error("{0} is no time: write 2026-12-04T20:00, or 2026-12-04 for a whole day")]
    Time(String),
    /// Only events have times and places.
    #[error("only an event has --starts, --ends and --place")]
    NotAnEvent,
    /// A name that nobody would be shown by.
    #[error("a name has 1 to {} characters on one line", dorpsplein_protocol::validate::MAX_NAME)]
    Name,
    /// A treaty is between two.
    #[error("a neighbourhood makes no treaty with itself")]
    OwnNeighbourhood,
    /// The key is of another neighbourhood than the invitation.
    #[error("this key file belongs to another neighbourhood than the invitation")]
    OtherHome,
    /// The key has a membership already.
    #[error("this key file is a member already")]
    AlreadyMember,
    /// The demonstration has two sites.
    #[error("--ports takes two different ports, such as 8101,8102")]
    Ports,
}

impl From<InputError> for CliError {
    fn from(error: InputError) -> Self {
        Self::Input(error)
    }
}

impl CliError {
    /// The error as a problem object (RFC 9457): that of the box as it came, or one of type `about:blank`.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Client(ClientError::Refused(problem)) => json!(problem),
            other => json!({ "type": "about:blank", "title": other.to_string() }),
        }
    }
}
