//! Days of the calendar, to count with.

use std::fmt;

use minicbor::decode::Error as DecodeError;
use minicbor::encode::{Error as EncodeError, Write};
use minicbor::{Decode, Decoder, Encode, Encoder};

use super::{CivilTimeError, days_in_month, digits};

/// A day of the Gregorian calendar, from 1970 to 2999, without a time of day or a place on earth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(
    /// Days since 1 January 1970.
    u32,
);

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weekday {
    /// The first day of the week.
    Monday,
    /// The second.
    Tuesday,
    /// The third.
    Wednesday,
    /// The fourth.
    Thursday,
    /// The fifth.
    Friday,
    /// The sixth.
    Saturday,
    /// The last.
    Sunday,
}

impl Weekday {
    /// All days of a week, Monday first.
    pub const ALL: [Self; 7] =
        [Self::Monday, Self::Tuesday, Self::Wednesday, Self::Thursday, Self::Friday, Self::Saturday, Self::Sunday];
}

impl Day {
    /// The first day there is: 1 January 1970.
    pub const FIRST: Self = Self(0);
    /// The last day there is: 31 December 2999.
    pub const LAST: Self = Self(376_199);

    /// Reads `YYYY-MM-DD`.
    ///
    /// # Errors
    /// [`CivilTimeError`] when the text has another shape, or names a day that does not exist.
    pub fn parse(text: &str) -> Result<Self, CivilTimeError> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return Err(CivilTimeError);
        }
        let (year, month, day) = (digits(&bytes[0..4])?, digits(&bytes[5..7])?, digits(&bytes[8..10])?);
        Self::of(year, month, day).ok_or(CivilTimeError)
    }

    /// The day with this number in a month (1 to 12) of a year; none when there is no such day.
    pub fn of(year: u32, month: u32, day: u32) -> Option<Self> {
        if !(1970..=2999).contains(&year) || day == 0 || day > days_in_month(year, month) {
            return None;
        }
        let before: u32 = (1..month).map(|month| days_in_month(year, month)).sum();
        Some(Self(days_before_year(year) + before + day - 1))
    }

    /// Year, month (1 to 12) and day of the month (from 1).
    pub fn parts(self) -> (u32, u32, u32) {
        // A year has at least 365 days, so this is never too early, and at most one too late.
        let guess = 1970 + self.0 / 365;
        let year = (1970..=guess).rev().find(|year| days_before_year(*year) <= self.0).unwrap_or(1970);
        let mut left = self.0 - days_before_year(year);
        let mut month = 1;
        while left >= days_in_month(year, month) {
            left -= days_in_month(year, month);
            month += 1;
        }
        (year, month, left + 1)
    }

    /// Which day of the week it is.
    pub const fn weekday(self) -> Weekday {
        // 1 January 1970 was a Thursday.
        Weekday::ALL[((self.0 + 3) % 7) as usize]
    }

    /// So many days later; none beyond [`Day::LAST`].
    pub fn plus_days(self, days: u32) -> Option<Self> {
        self.0.checked_add(days).map(Self).filter(|day| *day <= Self::LAST)
    }

    /// How many days after `earlier` it is; 0 when it is not after it.
    pub const fn days_since(self, earlier: Self) -> u32 {
        self.0.saturating_sub(earlier.0)
    }

    /// How many days after [`Day::FIRST`] it is.
    pub const fn number(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.parts();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl<C> Encode<C> for Day {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, _: &mut C) -> Result<(), EncodeError<W::Error>> {
        encoder.u32(self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Day {
    fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, DecodeError> {
        let day = Self(decoder.u32()?);
        if day <= Self::LAST { Ok(day) } else { Err(DecodeError::message("not a day")) }
    }
}

/// How many days lie between the first day there is and the first of this year.
const fn days_before_year(year: u32) -> u32 {
    let past = year - 1;
    // 477 leap days lie before 1970.
    (year - 1970) * 365 + past / 4 - past / 100 + past / 400 - 477
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn every_day_comes_back_and_follows_the_one_before() {
        let mut day = Day::of(1970, 1, 1).unwrap();
        assert_eq!((day, day.weekday()), (Day::FIRST, Weekday::Thursday));
        loop {
            let (year, month, number) = day.parts();
            assert_eq!(Day::of(year, month, number), Some(day));
            assert_eq!(Day::parse(&day.to_string()), Ok(day));
            let Some(next) = day.plus_days(1) else { break };
            assert_eq!((next.weekday() as u8, next.days_since(day)), ((day.weekday() as u8 + 1) % 7, 1));
            day = next;
        }
        assert_eq!(day, Day::of(2999, 12, 31).unwrap());
        assert_eq!((day, Day::of(2000, 3, 1).unwrap().weekday()), (Day::LAST, Weekday::Wednesday));
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for bad in ["", "2026-12-4", "2026-02-29", "2100-02-29", "2026-13-01", "2026-12-00", "3000-01-01", "2026/12/04"]
        {
            assert_eq!(Day::parse(bad), Err(CivilTimeError), "{bad}");
        }
    }
}
