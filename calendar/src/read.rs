//! A file of another calendar, taken apart within bounds.

mod component;
mod text;

use calcard::icalendar::{ICalendar, ICalendarComponentType, ICalendarMethod, ICalendarProperty, ICalendarValue};
use calcard::{Entry, Parser};
use dorpsplein_protocol::time::Day;
use thiserror::Error;

use crate::event::Event;
use crate::recurrence::Steps;
use crate::zone::Zone;
use component::Reader;

/// The largest file that is read, in bytes.
pub const MAX_BYTES: usize = 2_000_000;
/// The longest line, put together again where it was folded, in bytes.
pub const MAX_LINE_BYTES: usize = 65_536;
/// The most components: events, time zones, and what is in them.
pub const MAX_COMPONENTS: usize = 10_000;
/// The most events that are taken of one file; single times of one that recurs strangely count each.
pub const MAX_EVENTS: usize = 2_000;

/// What a file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// What the calendar calls itself.
    pub name: Option<String>,
    /// The events that are still to come or going on, by start.
    pub events: Vec<Event>,
    /// What could not be taken, and why.
    pub skipped: Vec<Skipped>,
    /// How many events are over.
    pub past: usize,
}

/// Something in a file that an agenda cannot say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// What it is called, or its name in the file.
    pub title: String,
    /// Why.
    pub why: SkippedWhy,
}

/// Why something was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SkippedWhy {
    /// It has no name by which it could be known again (`UID`), or one longer than 200 bytes.
    #[error("it has no usable UID")]
    NoUid,
    /// It has no start, or none between 1970 and 2999.
    #[error("it has no start that can be understood")]
    NoStart,
    /// It recurs more than once a day, or more often than can be counted.
    #[error("it recurs too often")]
    TooOften,
    /// It changes a time and all that follow (`RANGE=THISANDFUTURE`).
    #[error("it changes all later times at once")]
    AllLater,
    /// There are more than [`MAX_EVENTS`].
    #[error("there are more than {MAX_EVENTS} events")]
    TooMany,
}

/// Why a file was not taken apart at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ReadError {
    /// More than [`MAX_BYTES`].
    #[error("the file is larger than {} MB", MAX_BYTES / 1_000_000)]
    TooLarge,
    /// It is not in UTF-8, as calendars have to be.
    #[error("the file is not in UTF-8: save it again as a calendar file (.ics)")]
    Encoding,
    /// It does not begin with `BEGIN:VCALENDAR`.
    #[error("the file is no calendar (.ics)")]
    NotACalendar,
    /// A line is longer than [`MAX_LINE_BYTES`].
    #[error("line {line} of the file is longer than {MAX_LINE_BYTES} bytes")]
    LineTooLong {
        /// Which, from 1.
        line: usize,
    },
    /// More than [`MAX_COMPONENTS`].
    #[error("the file has more than {MAX_COMPONENTS} parts")]
    TooManyComponents,
    /// It breaks off: a part begins and does not end.
    #[error("the file breaks off before its end")]
    Unfinished,
}

impl ReadError {
    /// The problem's stable name, in the API and on a page.
    pub const fn problem(self) -> &'static str {
        match self {
            Self::TooLarge => "calendar-too-large",
            Self::Encoding => "calendar-encoding",
            Self::NotACalendar => "calendar-format",
            Self::LineTooLong { .. } | Self::TooManyComponents => "calendar-bounds",
            Self::Unfinished => "calendar-unfinished",
        }
    }
}

/// Whether a file of so many bytes may be read at all: to be asked before it is.
///
/// # Errors
/// [`ReadError::TooLarge`].
pub const fn check_size(bytes: u64) -> Result<(), ReadError> {
    if bytes > MAX_BYTES as u64 { Err(ReadError::TooLarge) } else { Ok(()) }
}

/// Reads a calendar on the clocks of `zone`; what is over on the day `today` is left out.
///
/// An event that recurs as events here can stays one; any other becomes its single times of the coming
/// [`WINDOW_DAYS`](crate::WINDOW_DAYS), at most [`MAX_TIMES`](crate::MAX_TIMES). A time of a recurring event that was
/// changed (`RECURRENCE-ID`) becomes an event of its own, and a day on which the recurring one does not happen.
///
/// Costs no more than a fixed number of steps, whatever the file says.
///
/// # Errors
/// [`ReadError`], each variant as documented there.
pub fn read(bytes: &[u8], zone: &Zone, today: Day) -> Result<Read, ReadError> {
    check_size(bytes.len() as u64)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|_| ReadError::Encoding)?;
    if text.contains('\0') {
        return Err(ReadError::Encoding);
    }
    check_bounds(text)?;
    let Entry::ICalendar(file) = Parser::new(text.trim_start()).entry() else { return Err(ReadError::NotACalendar) };
    if file.components.first().is_none_or(|head| head.component_type != ICalendarComponentType::VCalendar) {
        return Err(ReadError::NotACalendar);
    }
    let mut read = Read { name: name(&file), ..Read::default() };
    Reader { file: &file, zone, today, all_cancelled: is_cancellation(&file), steps: Steps::default() }.fill(&mut read);
    Ok(read)
}

/// Looks at the lines alone, before anything is made of them.
fn check_bounds(text: &str) -> Result<(), ReadError> {
    let is = |line: &str, words: &str| line.trim_end().eq_ignore_ascii_case(words);
    if !text.lines().find(|line| !line.trim().is_empty()).is_some_and(|line| is(line, "BEGIN:VCALENDAR")) {
        return Err(ReadError::NotACalendar);
    }
    let (mut length, mut open, mut components) = (0, 0_i64, 0);
    for (at, line) in text.lines().enumerate() {
        length = if line.starts_with([' ', '\t']) { length + line.len() - 1 } else { line.len() };
        if length > MAX_LINE_BYTES {
            return Err(ReadError::LineTooLong { line: at + 1 });
        }
        let begins = |words: &str| line.get(..words.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(words));
        if begins("BEGIN:") {
            components += 1;
            open += 1;
        } else if begins("END:") {
            open -= 1;
        }
        if components > MAX_COMPONENTS {
            return Err(ReadError::TooManyComponents);
        }
    }
    if open == 0 { Ok(()) } else { Err(ReadError::Unfinished) }
}

/// What the calendar calls itself: `NAME`, or what was written before there was that.
fn name(file: &ICalendar) -> Option<String> {
    let head = file.components.first()?;
    let named = |property: &ICalendarProperty| {
        let entry = head.entries.iter().find(|entry| entry.name == *property)?;
        entry.values.first()?.as_text().map(text::line).filter(|name| !name.is_empty())
    };
    named(&ICalendarProperty::Name).or_else(|| named(&ICalendarProperty::Other("X-WR-CALNAME".to_owned())))
}

/// Whether the file as a whole takes back what is in it (RFC 5546, section 3.2.5).
fn is_cancellation(file: &ICalendar) -> bool {
    let head = file.components.first();
    let entries = head.into_iter().flat_map(|head| &head.entries);
    let mut methods = entries.filter(|entry| entry.name == ICalendarProperty::Method);
    methods.any(|entry| matches!(entry.values.first(), Some(ICalendarValue::Method(ICalendarMethod::Cancel))))
}
