//! Other calendars that this box reads: files that connectors hand in, and addresses it visits.
//!
//! Nothing of it is published by itself. What a source says is kept here, held against what stands on the square
//! ([`proposals`]), and shown at the desk; a connector publishes it with the key of their own device, as anything else.

mod fetch;
mod kept;
pub mod proposals;
mod visits;

use std::path::Path;
use std::sync::Arc;

use dorpsplein_calendar::{Read, ReadError, Zone};
use dorpsplein_protocol::time::{Day, Timestamp};
use parking_lot::RwLock;
use thiserror::Error;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::config::{AgendaSource, AgendaSources};
use crate::data_folder::{FolderError, files};
use crate::web::local_time;
pub use fetch::{FetchError, Fetched, Fetcher};
pub use kept::{Kept, MAX_KEPT_EVENTS, MAX_SOURCES, Source};

/// The file in the data folder in which it is kept.
/// What they say, in the data folder.
pub(crate) const SOURCES_FILE: &str = "sources.json";

/// Opens what is kept in a data folder, and begins to visit the calendars when it is time, until `stop`.
///
/// # Errors
/// [`FolderError`] when what is kept cannot be read.
pub(crate) fn start(
    folder: &Path,
    agenda: &AgendaSources,
    stop: &CancellationToken,
) -> Result<(Sources, JoinHandle<()>), FolderError> {
    let sources = Sources::open(folder, &agenda.sources)?;
    let fetcher = Fetcher::new(agenda.private_addresses);
    let visits = tokio::spawn(visits::visit_on_time(sources.clone(), fetcher, stop.clone()));
    Ok((sources, visits))
}

/// What this box knows of other calendars. Clones share it.
#[derive(Clone, Debug)]
pub struct Sources(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: std::path::PathBuf,
    configured: Vec<AgendaSource>,
    kept: RwLock<Kept>,
    zone: Zone,
}

/// Why a calendar was not taken in.
#[derive(Debug, Error)]
pub enum ImportError {
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// There is no room for another source, or for so many events.
    #[error(
        "there is room for {MAX_SOURCES} calendars and {MAX_KEPT_EVENTS} events; pass over what is not wanted first"
    )]
    Full,
    /// It could not be written down.
    #[error(transparent)]
    Folder(#[from] FolderError),
}

impl ImportError {
    /// The problem's stable name, in the API and on a page.
    pub const fn problem(&self) -> &'static str {
        match self {
            Self::Read(error) => error.problem(),
            Self::Full => "calendar-full",
            Self::Folder(_) => "storage",
        }
    }
}

impl Sources {
    /// What is kept in a data folder, with the addresses that its settings name.
    ///
    /// # Errors
    /// [`FolderError::Io`] or [`FolderError::Damaged`].
    ///
    /// # Panics
    /// Never: the time zone of the neighbourhood is tested here.
    pub fn open(folder: &Path, configured: &[AgendaSource]) -> Result<Self, FolderError> {
        let path = folder.join(SOURCES_FILE);
        let mut kept = match std::fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).map_err(|_| FolderError::Damaged { path: path.clone() })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Kept::default(),
            Err(source) => return Err(FolderError::Io { path, source }),
        };
        kept.forget_all_but(configured);
        let zone = Zone::named(local_time::ZONE).expect("the bundled database has it; a test here checks it");
        Ok(Self(Arc::new(Inner { path, configured: configured.to_vec(), kept: RwLock::new(kept), zone })))
    }

    /// What is kept, as it stands.
    pub fn kept(&self) -> Kept {
        self.0.kept.read().clone()
    }

    /// The addresses that the settings name.
    pub fn configured(&self) -> &[AgendaSource] {
        &self.0.configured
    }

    /// Takes a file in, in place of an earlier one with this name.
    ///
    /// # Errors
    /// [`ImportError`]; then nothing changed.
    pub fn import(&self, name: &str, file: &[u8], now: Timestamp) -> Result<Read, ImportError> {
        let read = self.read(file, now)?;
        let name = plain(name);
        let source = Source {
            name: read.name.clone().unwrap_or_else(|| name.clone()),
            address: None,
            visited: Some(now.as_millis()),
            events: read.events.clone(),
            skipped: read.skipped.len(),
            ..Source::default()
        };
        self.change(|kept| kept.put(format!("file:{name}"), source))?;
        Ok(read)
    }

    /// Takes in what was found at an address that the settings name.
    ///
    /// # Errors
    /// [`ImportError`]; then nothing changed.
    pub fn found(
        &self,
        source: &AgendaSource,
        fetched: Result<Fetched, FetchError>,
        now: Timestamp,
    ) -> Result<(), ImportError> {
        let read = match fetched {
            Ok(Fetched::Changed { bytes, etag, last_modified }) => {
                self.read(&bytes, now).map(|read| Some((read, etag, last_modified))).map_err(|error| error.to_string())
            }
            Ok(Fetched::Unchanged) => Ok(None),
            Err(error) => Err(error.to_string()),
        };
        self.change(|kept| {
            let mut known = kept.sources.get(&source.url).cloned().unwrap_or_default();
            known.address = Some(source.url.clone());
            known.visited = Some(now.as_millis());
            known.trouble = None;
            match read {
                Err(trouble) => known.trouble = Some(trouble),
                Ok(None) => {}
                Ok(Some((read, etag, last_modified))) => {
                    (known.etag, known.last_modified) = (etag, last_modified);
                    known.name = read.name.unwrap_or_default();
                    known.skipped = read.skipped.len();
                    known.events = read.events;
                }
            }
            if let Some(name) = source.name.as_ref().filter(|name| !name.is_empty()) {
                known.name.clone_from(name);
            }
            if known.name.is_empty() {
                known.name.clone_from(&source.url);
            }
            kept.put(source.url.clone(), known)
        })
    }

    /// Does not propose this any more, unless the source changes it again.
    ///
    /// # Errors
    /// [`ImportError::Folder`].
    pub fn pass_over(&self, key: &str, print: &str) -> Result<(), ImportError> {
        self.change(|kept| {
            kept.pass_over(key, print);
            Ok(())
        })
    }

    fn read(&self, file: &[u8], now: Timestamp) -> Result<Read, ReadError> {
        let today = Day::parse(&local_time::local(now).date().to_string()).unwrap_or(Day::FIRST);
        dorpsplein_calendar::read(file, &self.0.zone, today)
    }

    /// Changes what is kept, on the disk first.
    fn change(&self, change: impl FnOnce(&mut Kept) -> Result<(), ImportError>) -> Result<(), ImportError> {
        let mut kept = self.0.kept.write();
        let mut next = kept.clone();
        change(&mut next)?;
        let error = |source| FolderError::Io { path: self.0.path.clone(), source };
        let text = serde_json::to_vec(&next).map_err(|broken| error(broken.into()))?;
        files::write(&self.0.path, &text, false).map_err(error)?;
        *kept = next;
        Ok(())
    }
}

/// The name of a file, as far as it is to be shown.
fn plain(name: &str) -> String {
    const LONGEST: usize = 100;
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = name.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    if plain.trim().is_empty() { "agenda.ics".to_owned() } else { plain.trim().to_owned() }
}

#[cfg(test)]
mod tests;
