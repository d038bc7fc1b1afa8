//! What is kept of other calendars: their events as they were last seen, and what connectors passed over.

use std::collections::BTreeMap;

use dorpsplein_calendar::Event;
use serde::{Deserialize, Serialize};

use super::ImportError;
use crate::config::AgendaSource;

/// The most calendars, of files and addresses together.
pub const MAX_SOURCES: usize = 20;
/// The most events of all of them.
pub const MAX_KEPT_EVENTS: usize = 5_000;
/// The most things that were passed over; of more those that come first by name are forgotten.
const MAX_PASSED_OVER: usize = 10_000;

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The calendars, by the address they are at or `file:` and the name of a file.
    #[serde(default)]
    pub sources: BTreeMap<String, Source>,
    /// What is not to be proposed again: the key of an event, and the print of what was proposed.
    #[serde(default)]
    passed_over: BTreeMap<String, String>,
}

/// A calendar as it was last seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// What it is called.
    pub name: String,
    /// Where it is; none of a file.
    pub address: Option<String>,
    /// When it was last looked at, in milliseconds since the epoch.
    pub visited: Option<u64>,
    /// Why it could not be read the last time.
    pub trouble: Option<String>,
    /// How its site tells one version from another (RFC 9110, section 8.8).
    #[serde(default)]
    pub etag: Option<String>,
    /// When its site says it was changed.
    #[serde(default)]
    pub last_modified: Option<String>,
    /// The events that are still to come.
    pub events: Vec<Event>,
    /// How many an agenda here cannot say.
    #[serde(default)]
    pub skipped: usize,
}

impl Kept {
    /// Puts a calendar in place of what was known of it.
    pub(super) fn put(&mut self, id: String, source: Source) -> Result<(), ImportError> {
        let others = self.sources.iter().filter(|(known, _)| **known != id);
        let (count, events) = others.fold((0, 0), |(count, events), (_, one)| (count + 1, events + one.events.len()));
        if count >= MAX_SOURCES || events + source.events.len() > MAX_KEPT_EVENTS {
            return Err(ImportError::Full);
        }
        self.sources.insert(id, source);
        Ok(())
    }

    /// Forgets addresses that the settings no longer name. What was published of them stays; files stay too.
    pub(super) fn forget_all_but(&mut self, configured: &[AgendaSource]) {
        let named = |id: &str| configured.iter().any(|source| source.url == id);
        self.sources.retain(|id, source| source.address.is_none() || named(id));
    }

    pub(super) fn pass_over(&mut self, key: &str, print: &str) {
        self.passed_over.insert(key.to_owned(), print.to_owned());
        while self.passed_over.len() > MAX_PASSED_OVER {
            self.passed_over.pop_first();
        }
    }

    /// Whether this very proposal was passed over.
    pub(super) fn is_passed_over(&self, key: &str, print: &str) -> bool {
        self.passed_over.get(key).is_some_and(|passed| passed == print)
    }
}
