//! The content of the pages for reading and writing.

use jiff::civil::{Date, DateTime};

use super::moderation::{Fate, Handle};
use super::post::{Author, EventTeaser, NewsTeaser, Photo, Stated, Thread, When};
use super::posts::{Choices, Facts, SignUps, Updates};
use super::recurrence::Repeats;
use crate::paths::PostKind;

/// The home page.
#[derive(Clone, Debug)]
pub struct NewsPage {
    /// Events of today and tomorrow, by start. Shown on the newest page of news only.
    pub soon: Vec<EventTeaser>,
    /// The news, newest first.
    pub items: Vec<NewsTeaser>,
    /// The cursor this page was asked with; `None` for the newest page.
    pub before: Option<String>,
    /// The cursor of the next, older page, if there is one.
    pub older: Option<String>,
}

/// One post that is no event.
#[derive(Clone, Debug)]
pub struct ItemPage {
    /// The item's id.
    pub id: String,
    /// What sort of post.
    pub kind: PostKind,
    /// Its title, one line.
    pub title: String,
    /// Its text.
    pub body: String,
    /// Who wrote it, and from which neighbourhood.
    pub author: Author,
    /// When it was written.
    pub written: DateTime,
    /// When it was last changed, if it was.
    pub edited: Option<DateTime>,
    /// What else it says.
    pub facts: Facts,
    /// How things stand; of alerts alone.
    pub updates: Option<Updates>,
    /// Who joined; of groups alone.
    pub sign_ups: Option<SignUps>,
    /// What else happened to it.
    pub fate: Fate,
    /// What the browser's module needs to act on it.
    pub handle: Handle,
    /// Its photos.
    pub photos: Vec<Photo>,
    /// Its comments.
    pub thread: Thread,
}

/// The coming events.
#[derive(Clone, Debug)]
pub struct AgendaPage {
    /// The events by first day; the page groups them by day and month.
    pub events: Vec<EventTeaser>,
    /// The date this page was asked to begin at; `None` for today.
    pub from: Option<Date>,
    /// The date the next page begins at, if there is one.
    pub later: Option<Date>,
}

/// One event.
#[derive(Clone, Debug)]
pub struct EventPage {
    /// The item's id.
    pub id: String,
    /// Its title, one line.
    pub title: String,
    /// Its text; may be empty.
    pub body: String,
    /// Who wrote it, and from which neighbourhood.
    pub author: Author,
    /// When it was written.
    pub written: DateTime,
    /// When it was last changed, if it was.
    pub edited: Option<DateTime>,
    /// When it is.
    pub when: Stated<When>,
    /// Where it is; `None` where nothing is said.
    pub place: Stated<Option<String>>,
    /// Whether it is called off.
    pub cancelled: Stated<bool>,
    /// How it recurs, as people say it; none when it happens once.
    pub repeats: Option<Repeats>,
    /// What else it says.
    pub facts: Facts,
    /// Who comes.
    pub sign_ups: SignUps,
    /// What else happened to it.
    pub fate: Fate,
    /// What the browser's module needs to act on it.
    pub handle: Handle,
    /// Its photos.
    pub photos: Vec<Photo>,
    /// Its comments.
    pub thread: Thread,
}

/// The write page.
#[derive(Clone, Debug)]
pub struct WritePage {
    /// Which form to show.
    pub kind: PostKind,
    /// What it can be filed under.
    pub choices: Choices,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Nothing stands at this address (any more).
    NotFound,
    /// The box refused, with the `type` of the problem, one of [`crate::pages::problems::ALL`]; an unknown type gets a
    /// general sentence.
    Refused {
        /// The problem's type.
        problem: String,
    },
    /// The box itself failed.
    Internal,
}

/// A page that says what went wrong and what to do next.
#[derive(Clone, Debug)]
pub struct ErrorPage {
    /// What went wrong.
    pub failure: Failure,
    /// The path that was asked for, so that the link to the other language leads to the same place.
    pub path: String,
}
