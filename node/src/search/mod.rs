//! Finding things: an index of the words in what is listed on the square, beside the store and following it.
//!
//! The index is a help and never a source. It says which items may fit and in which order; whether a reader may see one is
//! asked of its row, by the same functions that make the lists. It can be deleted at any time, is made anew when it is
//! missing, damaged or of another form, and catches up by comparing itself with the rows, so nothing has to remember how
//! far it was: what the process did not finish it finds out at the next start.
//!
//! It follows the driver's [changes](crate::driver::DriverHandle::subscribe) some moments later, in batches, on a thread
//! of its own. What is erased, hidden or shown to fewer people is deleted from it, and the files that held its words are
//! written anew at once.

mod entry;
mod excerpt;
mod find;
mod follow;
mod index;
mod ranking;
mod upkeep;
mod words;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dorpsplein_protocol::operation::NeighbourhoodId;
use parking_lot::{Mutex, RwLock};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use utoipa::ToSchema;

use entry::ClockNumber;
use index::Index;
use upkeep::Rows;

pub(crate) use entry::{is_over, is_searchable};
pub(crate) use excerpt::{Excerpt, Excerpts};
pub use find::MAX_QUESTION_CHARS;
pub(crate) use find::{Found, Manner, Question, Scope};
pub use follow::{Follower, follow};
pub use index::IndexError;
pub(crate) use ranking::Rank;

/// The search index of a box. Clones are the same one.
#[derive(Clone)]
pub struct Search {
    shared: Arc<Shared>,
}

struct Shared {
    folder: PathBuf,
    index: RwLock<Arc<Index>>,
    state: Mutex<IndexState>,
    /// Somebody wants it made anew.
    rebuild: Notify,
}

/// How the search index stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IndexState {
    /// Whether it is in line with all there is, but for the last moments.
    pub complete: bool,
    /// How often it was brought in line with everything since the box started.
    pub rounds: u64,
    /// Of the round that is going on: how many items were looked at.
    pub looked_at: u64,
    /// Of how many.
    pub of: u64,
    /// How many items can be found.
    pub entries: u64,
    /// How many bytes its files take.
    pub bytes: u64,
}

impl Search {
    /// Opens the index in a folder; one that is missing, damaged or of another form is begun anew, empty. Nothing is
    /// brought in line yet.
    ///
    /// # Errors
    /// [`IndexError`] when the folder cannot be used.
    pub fn open(folder: &Path) -> Result<Self, IndexError> {
        let (index, _) = Index::open(folder)?;
        let shared = Shared {
            folder: folder.to_owned(),
            index: RwLock::new(Arc::new(index)),
            state: Mutex::default(),
            rebuild: Notify::new(),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// How it stands.
    pub fn state(&self) -> IndexState {
        let index = self.index();
        IndexState { entries: index.len(), bytes: index.bytes(), ..*self.shared.state.lock() }
    }

    /// Whether it is in line with all there is, but for the last moments.
    pub(crate) fn is_complete(&self) -> bool {
        self.shared.state.lock().complete
    }

    /// Compares it with all rows and brings it in line; returns when it is.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn catch_up(&self, rows: &Rows, home: &NeighbourhoodId, progress: &dyn Fn(u64, u64)) -> Result<(), IndexError> {
        let index = self.index();
        let round = index.compare(rows, home, &|looked_at, of| {
            let mut state = self.shared.state.lock();
            (state.looked_at, state.of) = (looked_at, of);
            drop(state);
            progress(looked_at, of);
        })?;
        index.scrub()?;
        let mut state = self.shared.state.lock();
        state.complete = true;
        state.rounds += 1;
        drop(state);
        tracing::debug!(written = round.written, removed = round.removed, "the search index is in line");
        Ok(())
    }

    /// Throws everything away and makes it anew; returns when it is there. Until then little is found.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn rebuild(&self, rows: &Rows, home: &NeighbourhoodId, progress: &dyn Fn(u64, u64)) -> Result<(), IndexError> {
        self.shared.state.lock().complete = false;
        // Who searches at this moment goes on reading the old files, which are gone when the last of them is done.
        *self.shared.index.write() = Arc::new(Index::begin(&self.shared.folder)?);
        self.catch_up(rows, home, progress)
    }

    /// Has whoever [follows](follow()) make it anew, soon.
    pub(crate) fn ask_rebuild(&self) {
        let mut state = self.shared.state.lock();
        state.complete = false;
        (state.looked_at, state.of) = (0, 0);
        drop(state);
        self.shared.rebuild.notify_one();
    }

    /// The first `limit` things found after a place; whether the reader may see them is not looked at here.
    ///
    /// # Errors
    /// [`IndexError`].
    pub(crate) fn find(
        &self,
        question: &Question,
        manner: Manner,
        scope: &Scope<'_>,
        after: Option<Rank>,
        limit: usize,
    ) -> Result<Vec<Found>, IndexError> {
        let index = self.index();
        index::guarded(|| index.find(question, manner, scope, after, limit))
    }

    /// How it is looked, and for what of the question, when [`Manner::Words`] finds nothing: less strictly from one to the next.
    ///
    /// # Errors
    /// [`IndexError`].
    pub(crate) fn further(&self, question: &Question) -> Result<Vec<(Manner, Question)>, IndexError> {
        let index = self.index();
        index::guarded(|| index.further(question))
    }

    fn index(&self) -> Arc<Index> {
        Arc::clone(&self.shared.index.read())
    }
}

/// What a clock on the wall shows, as a number that grows with time.
pub(crate) fn clock_number(shows: jiff::civil::DateTime) -> ClockNumber {
    let part = |number: i64| u64::try_from(number).unwrap_or_default();
    let (date, time) = (shows.date(), shows.time());
    let day = part(date.year().into()) * 10_000 + part(date.month().into()) * 100 + part(date.day().into());
    day * 10_000 + part(time.hour().into()) * 100 + part(time.minute().into())
}

#[cfg(test)]
mod tests;
