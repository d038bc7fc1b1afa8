//! What the API says of other calendars.

use dorpsplein_calendar::{Event, Read};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An iCalendar file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub struct CalendarBytes(#[allow(dead_code, reason = "it only stands in the API's description")] Vec<u8>);

/// How a calendar file is handed in.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ImportQuery {
    /// The name of the file.
    pub name: Option<String>,
}

/// What was in a calendar file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportedCalendarBody {
    /// What the calendar calls itself.
    pub name: Option<String>,
    /// How many events are to come.
    pub events: usize,
    /// How many are over.
    pub past: usize,
    /// What an agenda here cannot say, with the reason.
    pub skipped: Vec<SkippedBody>,
}

/// Something in a calendar that an agenda here cannot say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SkippedBody {
    /// What it is called.
    pub title: String,
    /// Why, in English.
    pub why: String,
}

impl From<&Read> for ImportedCalendarBody {
    fn from(read: &Read) -> Self {
        let skipped =
            |one: &dorpsplein_calendar::Skipped| SkippedBody { title: one.title.clone(), why: one.why.to_string() };
        Self {
            name: read.name.clone(),
            events: read.events.len(),
            past: read.past,
            skipped: read.skipped.iter().map(skipped).collect(),
        }
    }
}

/// What is not to be proposed any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PassedOverBody {
    /// The event, by its name in the calendar it comes from.
    pub key: String,
    /// What tells this proposal from another about the same event.
    pub print: String,
}

/// What other calendars say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SourcesBody {
    /// The calendars.
    pub sources: Vec<SourceBody>,
    /// What a connector could do.
    pub proposals: Vec<CalendarProposalBody>,
}

/// A calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SourceBody {
    /// Its address, or `file:` and the name of a file.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// When it was last looked at, in milliseconds since the epoch.
    pub visited: Option<u64>,
    /// Why it could not be read the last time.
    pub trouble: Option<String>,
    /// How many events of it are to come.
    pub events: usize,
}

/// What a connector could publish, change or call off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CalendarProposalBody {
    /// `new`, `changed`, `cancelled`, or `gone`: the source no longer has it.
    pub what: String,
    /// The calendar, by its id.
    pub source: String,
    /// What tells this proposal from another about the same event.
    pub print: String,
    /// The event as its calendar says it.
    #[schema(value_type = Object)]
    pub event: Event,
    /// The item that was published of it, if one was.
    pub item: Option<String>,
    /// Whose item that is.
    pub resident: Option<String>,
}
