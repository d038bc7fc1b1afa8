//! Changing what one wrote: the form with what stands there, the versions there were, and versions that disagree.

use jiff::civil::DateTime;

use super::moderation::Handle;
use super::post::{Author, Photo, When};
use super::recurrence::Repeats;
use crate::paths::PostKind;

/// What stands in the fields of a form, as a browser takes it.
#[derive(Clone, Debug, Default)]
pub struct Filled {
    /// The title.
    pub title: String,
    /// The text.
    pub body: String,
    /// The day an event starts, as `2026-12-04`.
    pub starts_date: String,
    /// The time it starts, as `20:00`.
    pub starts_time: String,
    /// The day it ends.
    pub ends_date: String,
    /// The time it ends.
    pub ends_time: String,
    /// Whether it lasts all day.
    pub all_day: bool,
    /// How it recurs, as the form names it; empty for once.
    pub repeats: String,
    /// How it recurs, where the form has no name for that: it can be left as it is.
    pub repeats_otherwise: Option<Repeats>,
    /// Until when it recurs, as a day.
    pub repeats_until: String,
    /// How many can come.
    pub capacity: String,
    /// Where it is.
    pub place: String,
    /// A number to call.
    pub phone: String,
    /// An address for mail.
    pub email: String,
    /// The address of a site.
    pub website: String,
    /// When it is open.
    pub hours: String,
    /// What it belongs to.
    pub category: String,
    /// The part of the neighbourhood it is about, by its id.
    pub area: String,
    /// By when its maker looks whether it is still true, as a day.
    pub review_by: String,
    /// It is called off.
    pub cancelled: bool,
    /// It is arranged, or over.
    pub settled: bool,
    /// The photos it has.
    pub photos: Vec<KeptPhoto>,
}

/// A photo that an item has, in a form in which it can be changed.
#[derive(Clone, Debug)]
pub struct KeptPhoto {
    /// The photo.
    pub photo: Photo,
    /// The number of the field that holds it.
    pub field: u16,
    /// How many bytes it has.
    pub length: u32,
}

/// The page on which the words of a comment or of an update are written or changed.
#[derive(Clone, Debug)]
pub struct WordsPage {
    /// Whether it says how things stand with an alert; a comment otherwise.
    pub update: bool,
    /// What is changed; none for something new.
    pub editing: Option<Handle>,
    /// The post it is about.
    pub subject: Subject,
    /// What stands there.
    pub filled: Filled,
}

/// The post that an answer is about.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Its id.
    pub id: String,
    /// What sort of post.
    pub kind: PostKind,
    /// Its title.
    pub title: String,
    /// Where it lives.
    pub neighbourhood: String,
    /// Its audience, as forms name it.
    pub space: String,
}

/// The page of an item's versions.
#[derive(Clone, Debug)]
pub struct HistoryPage {
    /// The item.
    pub id: String,
    /// What it is, or what it is an answer to.
    pub subject: Subject,
    /// Whether the versions are those of the subject itself, and not of an answer to it.
    pub of_subject: bool,
    /// The versions, the latest first.
    pub versions: Vec<Version>,
}

/// An item as it stood for a while.
#[derive(Clone, Debug)]
pub struct Version {
    /// Since when.
    pub at: DateTime,
    /// Who wrote it so.
    pub by: Author,
    /// Whether it is how the item began.
    pub first: bool,
    /// What became different with it; none for whoever it was not for.
    pub changes: Option<Vec<Change>>,
}

/// The ids of the texts that name facts that no form has a label for.
pub mod fact {
    /// When it begins.
    pub const STARTS: &str = "history-starts";
    /// When it ends.
    pub const ENDS: &str = "history-ends";
    /// That it is called off.
    pub const CANCELLED: &str = "history-cancelled";
    /// That it is arranged, or over.
    pub const SETTLED: &str = "history-settled";
    /// What is on its photos.
    pub const PHOTOS: &str = "history-photos";
    /// For how many people it is.
    pub const PARTY: &str = "history-party";
}

/// What became different in one fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The id of the text that names the fact.
    pub fact: &'static str,
    /// What it said before.
    pub before: FactValue,
    /// What it said afterwards.
    pub after: FactValue,
}

/// What a fact says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactValue {
    /// Nothing.
    Nothing,
    /// These words.
    Words(String),
    /// That it is so.
    Yes,
    /// When something is.
    When(When),
    /// How it recurs.
    Repeats(Repeats),
}

/// A fact of which concurrent edits left several versions, for its maker to choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// The id of the text that names the fact.
    pub fact: &'static str,
    /// The number of its field.
    pub field: u16,
    /// Every version, that which counts now first.
    pub versions: Vec<Choice>,
}

/// A version to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What it says.
    pub said: FactValue,
    /// The same for the browser's module: a letter for its type (`n`, `b`, `i`, `t`, `x`), and the value.
    pub value: String,
}

/// The page from which a post is handed on to people elsewhere.
#[derive(Clone, Debug)]
pub struct SharePage {
    /// The post.
    pub id: String,
    /// What sort of post.
    pub kind: PostKind,
    /// Its title.
    pub title: String,
    /// Its text, in words.
    pub words: String,
    /// Who wrote it.
    pub author: Author,
    /// When it was written.
    pub written: DateTime,
    /// How things stood last, in words, and since when.
    pub latest: Option<(DateTime, String)>,
    /// Its address as people elsewhere need it.
    pub address: String,
    /// The server of Mastodon that was typed; may be empty, or nonsense.
    pub asked_server: String,
}
