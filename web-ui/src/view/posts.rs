//! Offers, requests, clubs, groups and alerts: in lists, and what they say beside their text.

use jiff::civil::{Date, DateTime};

use super::moderation::Handle;
use super::post::{Author, Photo};
use crate::paths::{ListQuery, Page, PostKind};

/// A post in a list of its kind.
#[derive(Clone, Debug)]
pub struct PostTeaser {
    /// The item's id.
    pub id: String,
    /// What sort of post.
    pub kind: PostKind,
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
    /// What else it says.
    pub facts: Facts,
    /// The first of its photos that is here.
    pub photo: Option<Photo>,
    /// How many comments stand under it.
    pub comments: usize,
}

/// What a post says beside its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// An offer or a request is arranged, an alert is over.
    pub settled: bool,
    /// By when its maker looks whether it is still true.
    pub review_by: Option<Date>,
    /// Whether that day is past.
    pub stale: bool,
    /// What it belongs to.
    pub category: Option<String>,
    /// The name of the part of the neighbourhood it is about.
    pub area: Option<String>,
    /// Where it is.
    pub place: Option<String>,
    /// A number to call.
    pub phone: Option<String>,
    /// An address for mail.
    pub email: Option<String>,
    /// The address of a site.
    pub website: Option<String>,
    /// When it is open.
    pub hours: Option<String>,
    /// For whom its author wrote it down.
    pub on_behalf: Option<String>,
}

impl Facts {
    /// Whether there is something to put in a table of facts.
    #[must_use]
    pub fn has_table(&self) -> bool {
        let all = [&self.place, &self.phone, &self.email, &self.website, &self.hours, &self.category, &self.area];
        all.iter().any(|fact| fact.is_some())
    }
}

/// A list of posts of one kind, or of two that belong together.
#[derive(Clone, Debug)]
pub struct PostsPage {
    /// Which list: the market, the clubs, the groups or the alerts.
    pub list: Page,
    /// The posts.
    pub posts: Vec<PostTeaser>,
    /// What was asked for.
    pub asked: ListQuery,
    /// What can be asked for.
    pub choices: Choices,
    /// Where the next page goes on, if there is one.
    pub next: Option<String>,
}

/// What posts can be filed under, for filters and forms.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// The categories of the square.
    pub categories: Vec<String>,
    /// The parts of the neighbourhood.
    pub areas: Vec<AreaChoice>,
}

/// A part of the neighbourhood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AreaChoice {
    /// Its id, 64 hexadecimal digits.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// An alert that is not over, as it stands on top of every page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenAlert {
    /// The item's id.
    pub id: String,
    /// Its title, one line.
    pub title: String,
    /// When it was last said how things stand.
    pub told: DateTime,
}

/// Who signed up for an event or a group.
#[derive(Clone, Debug, Default)]
pub struct SignUps {
    /// For how many people there is room; none without a bound.
    pub capacity: Option<usize>,
    /// How many people have a place.
    pub people: usize,
    /// How many people wait for one.
    pub waiting: usize,
    /// Who they are, in the order in which they signed up: for residents who are logged in.
    pub names: Option<Vec<SignUp>>,
}

impl SignUps {
    /// How many places are left; none without a bound.
    #[must_use]
    pub fn places_left(&self) -> Option<usize> {
        self.capacity.map(|capacity| capacity.saturating_sub(self.people))
    }
}

/// Somebody who signed up.
#[derive(Clone, Debug)]
pub struct SignUp {
    /// Who.
    pub author: Author,
    /// For how many people.
    pub party: usize,
    /// Whether they wait for a place.
    pub waits: bool,
    /// What the browser's module needs, so that they can take it back.
    pub handle: Handle,
}

/// Who lives here, for residents who are logged in.
#[derive(Clone, Debug)]
pub struct PeoplePage {
    /// Those who tell something about themselves, by name.
    pub people: Vec<Profile>,
    /// Whether there are more than the page shows.
    pub more: bool,
    /// The talents that people have, each with how many have it: those that most have first.
    pub talents: Vec<(String, usize)>,
    /// Only those with this talent were asked for.
    pub asked: Option<String>,
}

/// What somebody tells about themselves.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The resident, 64 hexadecimal digits.
    pub id: String,
    /// Who.
    pub author: Author,
    /// A few words.
    pub body: String,
    /// What they like, know and can.
    pub talents: Vec<String>,
}
