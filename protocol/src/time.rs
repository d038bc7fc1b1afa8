//! Two kinds of time: the instant an author claims to have signed at, and the wall-clock time people meet at.
//!
//! Nothing here reads a clock: the shell passes *now* in.

mod day;

use minicbor::decode::Error as DecodeError;
use minicbor::encode::{Error as EncodeError, Write};
use minicbor::{Decode, Decoder, Encode, Encoder};
use thiserror::Error;

pub use day::{Day, Weekday};

/// An instant in milliseconds since the Unix epoch, UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Timestamp(#[n(0)] u64);

/// How far ahead of the box's own clock an operation's time may lie before it has to wait, in milliseconds.
pub const FUTURE_TOLERANCE_MS: u64 = 10 * 60 * 1000;
/// The characters of a day, such as 2026-12-04.
const DAY_CHARS: usize = 10;

impl Timestamp {
    /// The instant `ms` milliseconds after the Unix epoch.
    pub const fn from_millis(ms: u64) -> Self {
        Self(ms)
    }

    /// Milliseconds since the Unix epoch.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Whole hours since the Unix epoch: the coarse key of a reconciliation tree.
    pub const fn hour(self) -> u64 {
        self.0 / 3_600_000
    }

    /// The day in UTC; the last day there is for what lies beyond it.
    pub fn day(self) -> Day {
        let days = u32::try_from(self.0 / 86_400_000).ok();
        days.and_then(|days| Day::FIRST.plus_days(days)).unwrap_or(Day::LAST)
    }

    /// This instant moved `ms` milliseconds later, saturating at the end of time.
    pub const fn plus_millis(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Whether this instant is so far ahead of `now` that an operation carrying it waits.
    pub const fn is_future(self, now: Self) -> bool {
        self.0 > now.0.saturating_add(FUTURE_TOLERANCE_MS)
    }
}

/// A date, or a date with a time of day, on the wall clock of the neighbourhood where the item lives:
/// `2026-12-04` or `2026-12-04T20:00`.
///
/// People meet at eight o'clock, not at an instant in UTC: the wall-clock form stays right when a country moves its
/// summer time. Its text form sorts in the order of the calendar.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CivilTime(String);

/// The text is not a calendar date or date with time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a date is written 2026-12-04 and a date with a time 2026-12-04T20:00")]
pub struct CivilTimeError;

impl CivilTime {
    /// Reads `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM`, years 1970 to 2999.
    ///
    /// # Errors
    /// [`CivilTimeError`] when the text has another shape or names a day that does not exist.
    pub fn parse(text: &str) -> Result<Self, CivilTimeError> {
        let bytes = text.as_bytes();
        let shape_ok = match bytes.len() {
            DAY_CHARS => true,
            16 => bytes[10] == b'T' && bytes[13] == b':',
            _ => false,
        };
        if !shape_ok || bytes[4] != b'-' || bytes[7] != b'-' {
            return Err(CivilTimeError);
        }
        Day::of(digits(&bytes[0..4])?, digits(&bytes[5..7])?, digits(&bytes[8..10])?).ok_or(CivilTimeError)?;
        if bytes.len() == 16 && (digits(&bytes[11..13])? > 23 || digits(&bytes[14..16])? > 59) {
            return Err(CivilTimeError);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text form, which sorts in calendar order; a whole day sorts before any time on that day.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is a whole day, without a time.
    pub fn is_all_day(&self) -> bool {
        self.0.len() == DAY_CHARS
    }

    /// The day.
    pub fn day(&self) -> Day {
        let day = self.0.get(..DAY_CHARS).and_then(|day| Day::parse(day).ok());
        day.expect("the text was read, or made from a day")
    }

    /// The same time of another day.
    #[must_use]
    pub fn on(&self, day: Day) -> Self {
        // After the day, if anything: the text was read, or made from a day.
        Self(format!("{day}{}", self.0.get(DAY_CHARS..).unwrap_or_default()))
    }
}

impl From<Day> for CivilTime {
    fn from(day: Day) -> Self {
        Self(day.to_string())
    }
}

impl<C> Encode<C> for CivilTime {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, _: &mut C) -> Result<(), EncodeError<W::Error>> {
        encoder.str(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for CivilTime {
    fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, DecodeError> {
        Self::parse(decoder.str()?).map_err(|_| DecodeError::message("not a civil time"))
    }
}

fn digits(bytes: &[u8]) -> Result<u32, CivilTimeError> {
    bytes.iter().try_fold(0, |sum, b| match b {
        b'0'..=b'9' => Ok(sum * 10 + u32::from(b - b'0')),
        _ => Err(CivilTimeError),
    })
}

/// Days in a month of the Gregorian calendar; 0 for a month that does not exist.
fn days_in_month(year: u32, month: u32) -> u32 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn civil_times_are_real_calendar_days() {
        for good in ["2026-12-04", "2026-12-04T20:00", "2028-02-29", "2026-01-31T00:00", "2026-12-31T23:59"] {
            assert_eq!(CivilTime::parse(good).map(|t| t.as_str().to_owned()), Ok(good.to_owned()));
        }
        for bad in [
            "",
            "2026-12-4",
            "2026-02-29",
            "2026-13-01",
            "2026-12-04 20:00",
            "2026-12-04T24:00",
            "2026-12-04T20:60",
            "1969-01-01",
            "2026-12-00",
            "２０２６-12-04",
        ] {
            assert_eq!(CivilTime::parse(bad), Err(CivilTimeError), "{bad}");
        }
    }

    #[test]
    fn only_more_than_ten_minutes_ahead_is_future() {
        let now = Timestamp::from_millis(1_000_000);
        assert!(!now.plus_millis(FUTURE_TOLERANCE_MS).is_future(now));
        assert!(now.plus_millis(FUTURE_TOLERANCE_MS + 1).is_future(now));
    }
}
