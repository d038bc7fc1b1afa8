//! The connectors' desk: other calendars, and what of them could be published.

use jiff::civil::DateTime;

use super::desk::DeskTop;
use super::moderation::Handle;
use super::post::{Author, When};
use super::recurrence::Repeats;

/// The page of other calendars.
#[derive(Clone, Debug)]
pub struct SourcesPage {
    /// What every page of the desk has.
    pub top: DeskTop,
    /// The calendars, by name or address.
    pub sources: Vec<SourceView>,
    /// How many more proposals there are than the page shows.
    pub more: usize,
}

/// A calendar.
#[derive(Clone, Debug)]
pub struct SourceView {
    /// Its address, or `file:` and the name of a file.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Where it is; none of a file.
    pub address: Option<String>,
    /// When it was last looked at.
    pub visited: Option<DateTime>,
    /// Why it could not be read the last time, in English as the box says it.
    pub trouble: Option<String>,
    /// How many events of it are to come.
    pub events: usize,
    /// How many an agenda here cannot say.
    pub skipped: usize,
    /// What could be done.
    pub proposals: Vec<SourceProposal>,
}

/// What a calendar would have connectors do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceWhat {
    /// Publish it.
    New,
    /// Change it.
    Changed,
    /// Call it off.
    Cancelled,
    /// Call it off, because the calendar no longer has it.
    Gone,
}

/// What a connector could do, with all that the browser's module signs.
#[derive(Clone, Debug)]
pub struct SourceProposal {
    /// What.
    pub what: SourceWhat,
    /// The event's name in its calendar.
    pub key: String,
    /// What tells this proposal from another about the same event.
    pub print: String,
    /// Its title, one line.
    pub title: String,
    /// Its text; may be empty.
    pub body: String,
    /// Where it is.
    pub place: Option<String>,
    /// Its page elsewhere.
    pub website: Option<String>,
    /// The category of the square that it belongs to.
    pub category: Option<String>,
    /// When it is, as people say it.
    pub when: When,
    /// How it recurs, likewise.
    pub repeats: Option<Repeats>,
    /// When it starts, as it is signed.
    pub starts: String,
    /// When it ends, likewise.
    pub ends: Option<String>,
    /// How it recurs, likewise.
    pub rule: Option<String>,
    /// The days on which it does not happen.
    pub except: Vec<String>,
    /// Whether it is called off.
    pub cancelled: bool,
    /// Of what is published: the days on which it is not to happen besides those that are known.
    pub added: Vec<String>,
    /// Of what is published: the days on which it is to happen after all.
    pub removed: Vec<String>,
    /// What is published of it.
    pub published: Option<Handle>,
    /// Who published it, when that was not the connector who reads this: only they can change it.
    pub publisher: Option<Author>,
}
