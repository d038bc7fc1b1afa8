//! What is found.

use jiff::civil::DateTime;

use super::post::{Author, Origin, When};
use crate::paths::{Page, SearchKind};

/// The page of what is found.
#[derive(Clone, Debug)]
pub struct SearchPage {
    /// What was asked; empty when nothing was yet.
    pub question: String,
    /// Of which kind; all when there is none.
    pub kind: Option<SearchKind>,
    /// The kinds that this reader can ask for.
    pub kinds: Vec<SearchKind>,
    /// What was found, what fits best first.
    pub hits: Vec<Hit>,
    /// How it fits.
    pub fit: Fit,
    /// The place this page was asked to begin after; `None` for the first page.
    pub after: Option<String>,
    /// The place the next page begins after, if there is one.
    pub next: Option<String>,
    /// Whether all there is was looked through: the box may be busy making its index.
    pub complete: bool,
}

/// How what was found fits what was asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fit {
    /// It has all the words.
    #[default]
    Words,
    /// It has words that are written almost alike.
    Alike,
    /// It has one or some of the words.
    Some,
}

/// Something found.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Its kind.
    pub kind: SearchKind,
    /// Its title or a person's name; of a comment that of what it is about. One line.
    pub title: String,
    /// Where it stands; `None` where it has no page of its own.
    pub target: Option<Target>,
    /// The part of its text where it was found.
    pub excerpt: Excerpt,
    /// Who wrote it; `None` for a person.
    pub author: Option<Author>,
    /// When it was written.
    pub written: DateTime,
    /// When it is, for an event.
    pub when: Option<When>,
    /// Whether that is over.
    pub over: bool,
    /// Whether it was called off.
    pub cancelled: bool,
    /// Where it comes from.
    pub origin: Origin,
}

/// A place on the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The page.
    pub page: Page,
    /// The id of the item it is about; on the page of people that of a resident.
    pub id: String,
    /// The id of the comment on it.
    pub comment: Option<String>,
}

/// A part of a text, with the words that were looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// Whether something was left out before it.
    pub begins_later: bool,
    /// The text, each with whether it is a word that was looked for.
    pub pieces: Vec<(String, bool)>,
    /// Whether something was left out after it.
    pub ends_earlier: bool,
}
