//! The content of the pages for reading and writing.

use jiff::civil::{Date, DateTime};

use super::desk_queue::Consent;
use super::editing::{Disagreement, Filled};
use super::moderation::{Fate, Handle};
use super::post::{Author, Comment, EventTeaser, NewsTeaser, Photo, Stated, Thread, When};
use super::posts::{Choices, Facts, SignUps};
use super::preview::Preview;
use super::recurrence::Repeats;
use crate::paths::{AgendaQuery, PostKind};

/// The home page.
#[derive(Clone, Debug)]
pub struct NewsPage {
    /// Events of today and tomorrow, by start. Shown on the newest page of news only.
    pub soon: Vec<EventTeaser>,
    /// What the connectors say above it, in the words of residents. Shown on the newest page of news only.
    pub words: Option<String>,
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
    /// How things stand, latest first; of alerts alone.
    pub updates: Option<Vec<Comment>>,
    /// That somebody agreed to what stands here, for connectors.
    pub consents: Vec<Consent>,
    /// Who joined; of groups alone.
    pub sign_ups: Option<SignUps>,
    /// Facts of which concurrent edits left several versions.
    pub disagreements: Vec<Disagreement>,
    /// What else happened to it.
    pub fate: Fate,
    /// What the browser's module needs to act on it.
    pub handle: Handle,
    /// Its photos.
    pub photos: Vec<Photo>,
    /// Its comments.
    pub thread: Thread,
    /// What other programs are told of it; none of what not everybody may read.
    pub preview: Option<Preview>,
}

/// The agenda, as a list, a week or a month.
#[derive(Clone, Debug)]
pub struct AgendaPage {
    /// What was asked for: its `view` is the one that is shown.
    pub asked: AgendaQuery,
    /// The first of the days that are shown.
    pub first: Date,
    /// The last of them.
    pub last: Date,
    /// The events on these days, by start.
    pub events: Vec<EventTeaser>,
    /// The day to ask for to see what is earlier; none in a list, which begins today.
    pub earlier: Option<Date>,
    /// The day to ask for to see what is later, if there is anything.
    pub later: Option<Date>,
    /// What can be asked for.
    pub choices: Choices,
    /// The site's own address, without a slash at the end: calendars have to know it.
    pub site_url: Option<String>,
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
    /// Where it was taken from, if a connector took it from another calendar.
    pub source: Option<String>,
    /// What else it says.
    pub facts: Facts,
    /// Who comes.
    pub sign_ups: SignUps,
    /// Facts of which concurrent edits left several versions.
    pub disagreements: Vec<Disagreement>,
    /// What else happened to it.
    pub fate: Fate,
    /// What the browser's module needs to act on it.
    pub handle: Handle,
    /// Its photos.
    pub photos: Vec<Photo>,
    /// Its comments.
    pub thread: Thread,
    /// What other programs are told of it; none of what not everybody may read.
    pub preview: Option<Preview>,
}

/// The write page.
#[derive(Clone, Debug)]
pub struct WritePage {
    /// Which form to show.
    pub kind: PostKind,
    /// What it can be filed under.
    pub choices: Choices,
    /// What stands in the fields: nothing, or what is to be changed.
    pub filled: Filled,
    /// The post that is changed; none for a new one.
    pub editing: Option<Handle>,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Nothing stands at this address (any more).
    NotFound,
    /// The square does without this part.
    Off,
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
