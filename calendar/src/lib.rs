//! Events as other calendars know them (iCalendar, RFC 5545 and RFC 7986): [`write()`] makes a file of ours, [`read()`] takes one
//! of theirs apart.
//!
//! Pure functions: the present is an argument, and files and the network are the box's. Between the two stands [`Event`],
//! which says no more than an event of a square can say.

mod event;
mod read;
mod recurrence;
mod write;
mod zone;

pub use event::{Event, Key};
pub use read::{
    MAX_BYTES, MAX_COMPONENTS, MAX_EVENTS, MAX_LINE_BYTES, Read, ReadError, Skipped, SkippedWhy, check_size, read,
};
pub use recurrence::{MAX_TIMES, WINDOW_DAYS};
pub use write::{Calendar, MEDIA_TYPE, Published, write};
pub use zone::{Zone, ZoneError};
