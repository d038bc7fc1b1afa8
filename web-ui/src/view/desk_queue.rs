//! What waits for connectors: what residents report, what newcomers wrote, what neighbours share, what may be out of date.

use jiff::civil::{Date, DateTime};

use super::desk::{DeskTop, Person};
use super::moderation::{Handle, Reason};
use super::neighbouring::AwaitingPost;
use super::post::Author;

/// The page of what waits.
#[derive(Clone, Debug, Default)]
pub struct QueuePage {
    /// What every desk page has.
    pub top: DeskTop,
    /// What residents report, by item.
    pub reports: Vec<ReportedItem>,
    /// The first thing that each newcomer wrote, as long as no connector looked at it; the latest first.
    pub newcomers: Vec<QueueItem>,
    /// Posts of neighbours that wait for approval, the latest first.
    pub awaiting: Vec<AwaitingPost>,
    /// What was to be looked at by its maker and was not, the longest waiting first.
    pub stale: Vec<StaleItem>,
}

/// Something on the square, for connectors who decide about it.
#[derive(Clone, Debug)]
pub struct QueueItem {
    /// What the browser's module needs to act on it.
    pub handle: Handle,
    /// The page it stands on: of a comment that of what it is about.
    pub page: String,
    /// Whether that is an event.
    pub event: bool,
    /// Its title, one line; of a comment that of what it is about.
    pub title: String,
    /// Its text.
    pub body: String,
    /// Who wrote it.
    pub author: Author,
    /// When.
    pub written: DateTime,
    /// Whether it lives here; what neighbours wrote can only be refused.
    pub ours: bool,
}

/// Something that residents report.
#[derive(Clone, Debug)]
pub struct ReportedItem {
    /// What; `None` once it is gone, or for fewer people than before.
    pub item: Option<QueueItem>,
    /// Its id.
    pub about: String,
    /// The reports, oldest first.
    pub reports: Vec<Report>,
}

/// What one resident reports.
#[derive(Clone, Debug)]
pub struct Report {
    /// The report's own id.
    pub id: String,
    /// Its latest operations, which an act builds on.
    pub heads: Vec<String>,
    /// Who.
    pub by: Person,
    /// When.
    pub at: DateTime,
    /// Why.
    pub reason: Reason,
    /// In their own words; may be empty.
    pub note: String,
}

impl Report {
    /// What an act needs to deal with it: its id and its latest operations.
    #[must_use]
    pub fn reference(&self) -> String {
        format!("{}:{}", self.id, self.heads.join(" "))
    }
}

/// Something that may not be true any more.
#[derive(Clone, Debug)]
pub struct StaleItem {
    /// What.
    pub item: QueueItem,
    /// By when it was to be looked at.
    pub review_by: Option<Date>,
    /// When connectors asked its maker, if they did since.
    pub asked: Option<DateTime>,
}

/// Something of one's own that one is asked to look at: is it still right?
#[derive(Clone, Debug)]
pub struct DueItem {
    /// What the browser's module needs to act on it.
    pub handle: Handle,
    /// Its title, one line.
    pub title: String,
    /// By when it was to be looked at.
    pub review_by: Option<Date>,
    /// When connectors asked, if they did.
    pub asked: Option<DateTime>,
}

/// That somebody agreed to what connectors wrote down for them.
#[derive(Clone, Debug)]
pub struct Consent {
    /// Who agreed.
    pub who: String,
    /// How: the name of one of [`Consent::WAYS`], or what another version calls it.
    pub how: String,
    /// When it was put on record.
    pub at: DateTime,
    /// By which connector.
    pub by: Person,
}

impl Consent {
    /// The id of the text that says how they agreed.
    #[must_use]
    pub fn text(&self) -> &'static str {
        Self::way_text(&self.how)
    }

    /// How people agree, by the names in a form.
    pub const WAYS: [&'static str; 3] = ["spoken", "written", "telephone"];

    /// The id of the text that says how somebody agreed.
    #[must_use]
    pub fn way_text(way: &str) -> &'static str {
        match way {
            "spoken" => "consent-spoken",
            "written" => "consent-written",
            "telephone" => "consent-telephone",
            _ => "consent-otherwise",
        }
    }
}
