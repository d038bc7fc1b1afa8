//! The things residents write: news, events and comments.

use jiff::civil::{Date, DateTime, Time};

use super::moderation::{Fate, Handle};
use crate::paths;

/// Which neighbourhood something comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// This one.
    Here,
    /// A neighbour, with the name this square knows it by.
    Neighbour {
        /// The neighbour's name.
        name: String,
    },
}

/// What a resident is to the neighbourhood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A resident.
    Resident,
    /// A connector (*buurtverbinder*).
    Connector,
}

/// Who wrote something.
#[derive(Clone, Debug)]
pub struct Author {
    /// The name from their profile; `None` when no profile has reached this box.
    pub name: Option<String>,
    /// Their role at home.
    pub role: Role,
    /// Their home.
    pub home: Origin,
}

/// A photo of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    /// Its name, which is also its address.
    pub id: String,
    /// How many pixels it is wide.
    pub width: u16,
    /// How many pixels it is high.
    pub height: u16,
    /// What is on it, for who cannot see it.
    pub alt: String,
    /// The widths of the smaller pictures of it that this box has, ascending.
    pub smaller: Vec<u16>,
    /// Whether it is here; if not, it is on its way.
    pub is_here: bool,
}

impl Photo {
    /// The address of the whole.
    #[must_use]
    pub fn whole(&self) -> String {
        paths::photo(&self.id, None)
    }

    /// The address of the picture for browsers that cannot choose: the largest of the smaller ones.
    #[must_use]
    pub fn src(&self) -> String {
        paths::photo(&self.id, self.smaller.last().copied())
    }

    /// The address of the smallest picture of it.
    #[must_use]
    pub fn smallest(&self) -> String {
        paths::photo(&self.id, self.smaller.first().copied())
    }

    /// The addresses from which a browser chooses, with their widths.
    #[must_use]
    pub fn srcset(&self) -> String {
        let smaller = self.smaller.iter().map(|width| format!("{} {width}w", paths::photo(&self.id, Some(*width))));
        let all: Vec<String> = smaller.chain([format!("{} {}w", self.whole(), self.width)]).collect();
        all.join(", ")
    }
}

/// A news item in a list.
#[derive(Clone, Debug)]
pub struct NewsTeaser {
    /// The item's id.
    pub id: String,
    /// Its title, one line.
    pub title: String,
    /// Its whole text; the page takes an excerpt.
    pub body: String,
    /// Who wrote it, and from which neighbourhood.
    pub author: Author,
    /// When it was written.
    pub written: DateTime,
    /// Whether connectors keep it on top.
    pub pinned: bool,
    /// How many comments stand under it.
    pub comments: usize,
    /// The first of its photos that is here.
    pub photo: Option<Photo>,
}

/// When an event is, in the neighbourhood's own time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// One or more whole days.
    AllDay {
        /// The first day.
        first: Date,
        /// The last day, itself included; the same day for an event of one day.
        last: Date,
    },
    /// From a time, perhaps to a time.
    Timed {
        /// The start.
        starts: DateTime,
        /// The end, if one is given. An end before the start is left unsaid.
        ends: Option<DateTime>,
    },
}

impl When {
    /// The first day.
    #[must_use]
    pub fn first_day(&self) -> Date {
        match self {
            Self::AllDay { first, .. } => *first,
            Self::Timed { starts, .. } => starts.date(),
        }
    }

    /// The last day, never before the first.
    #[must_use]
    pub fn last_day(&self) -> Date {
        let last = match self {
            Self::AllDay { last, .. } => *last,
            Self::Timed { starts, ends } => ends.unwrap_or(*starts).date(),
        };
        last.max(self.first_day())
    }
}

impl When {
    /// Whether it is going on, on some part of that day. What ends within the night of its last evening is not.
    #[must_use]
    pub fn is_on(&self, date: Date) -> bool {
        (self.first_day()..=self.last_day()).contains(&date)
            && (date == self.first_day() || !self.ends_in_the_night(date))
    }

    /// Whether it ends in the small hours of `date`.
    fn ends_in_the_night(&self, date: Date) -> bool {
        matches!(self, Self::Timed { ends: Some(ends), .. } if ends.date() == date && ends.time() <= END_OF_NIGHT)
    }
}

/// An end before this hour of the morning still belongs to the evening before.
pub(crate) const END_OF_NIGHT: Time = Time::constant(6, 0, 0, 0);

/// An event in a list.
#[derive(Clone, Debug)]
pub struct EventTeaser {
    /// The item's id.
    pub id: String,
    /// Its title, one line.
    pub title: String,
    /// When it is. Where versions disagree: the one the list sorts by.
    pub when: When,
    /// Where it is, if that is said.
    pub place: Option<String>,
    /// Whether it is called off. Where versions disagree: true if any says so.
    pub cancelled: bool,
    /// Whether concurrent versions disagree on time, place or cancellation; the event's page shows them all.
    pub contested: bool,
    /// The neighbourhood it comes from.
    pub origin: Origin,
    /// The first of its photos that is here.
    pub photo: Option<Photo>,
}

/// One of the values that concurrent edits gave to the same fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim<T> {
    /// The value.
    pub value: T,
    /// The name of who set it, where it is known.
    pub by: Option<String>,
}

/// A fact people act on: usually one value, more when residents changed it at the same time without seeing each
/// other's change. Then all of them are shown, and none is picked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stated<T> {
    /// Everyone agrees.
    Agreed(T),
    /// At least two values stand beside each other.
    Contested(Vec<Claim<T>>),
}

/// A comment.
#[derive(Clone, Debug)]
pub struct Comment {
    /// Its own item id; "Wie zegt dit?" works for comments too.
    pub id: String,
    /// Who wrote it. A neighbour's comment carries that neighbour's name.
    pub author: Author,
    /// When.
    pub written: DateTime,
    /// When it was last changed, if it was.
    pub edited: Option<DateTime>,
    /// The text.
    pub body: String,
    /// Its photos; of updates alone.
    pub photos: Vec<Photo>,
    /// What else happened to it.
    pub fate: Fate,
    /// What the browser's module needs to act on it.
    pub handle: Handle,
}

/// The comments under an item, and where a new one goes.
#[derive(Clone, Debug)]
pub struct Thread {
    /// The neighbourhood of the item commented on; a comment lives there too.
    pub neighbourhood: String,
    /// The audience of the item commented on, as the form fields name it.
    pub space: String,
    /// The comments, oldest first, and the places of those that were hidden.
    pub entries: Vec<ThreadEntry>,
}

impl Thread {
    /// How many comments can be read.
    #[must_use]
    pub fn comment_count(&self) -> usize {
        self.entries.iter().filter(|entry| matches!(entry, ThreadEntry::Comment(_))).count()
    }
}

/// What has a place in a thread.
#[derive(Clone, Debug)]
pub enum ThreadEntry {
    /// A comment.
    Comment(Box<Comment>),
    /// A comment that a connector hid, by its id: something stood here, and what was said after it may be about it.
    Hidden(String),
}
