//! How an event recurs: a part of the rules of iCalendar (RFC 5545, section 3.3.10) that people have words for.
//!
//! All of it is civil time, on the wall clock of the neighbourhood: eight o'clock stays eight o'clock. Whoever needs
//! instants turns each occurrence into one, with the offset of its own day.

use std::fmt;
use std::iter;
use std::ops::RangeInclusive;

use minicbor::decode::Error as DecodeError;
use minicbor::encode::{Error as EncodeError, Write};
use minicbor::{Decode, Decoder, Encode, Encoder};
use thiserror::Error;

use crate::time::{CivilTime, Day, Weekday};

/// The most days, weeks, months or years from one time to the next.
pub const MAX_INTERVAL: u8 = 99;
/// The most times that a rule can say an event happens.
pub const MAX_COUNT: u16 = 1_000;

/// How an event recurs, from its first time on.
///
/// The first time is always one of them, also where the rule alone would not name it; and it is the first of those that
/// [`Ends::After`] counts. A month or a year without the day in question is passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recurrence {
    every: Every,
    interval: u8,
    ends: Ends,
}

/// Which days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Every {
    /// Every day.
    Day,
    /// Every week on these days, sorted, none twice; without any on the weekday of the first time. Weeks begin on Monday.
    Week(Vec<Weekday>),
    /// Every month on such a day; none: with the number of the first time.
    Month(Option<InMonth>),
    /// Every year in this month (1 to 12) on such a day; none: on the date of the first time.
    Year(Option<(u8, InMonth)>),
}

/// A day of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InMonth {
    /// The one with this number, 1 to 31.
    Number(u8),
    /// The last one.
    Last,
    /// The first to fifth of this weekday.
    Nth(u8, Weekday),
    /// The last of this weekday.
    LastOf(Weekday),
}

/// Until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// For ever.
    Never,
    /// After so many times, 1 to [`MAX_COUNT`].
    After(u16),
    /// With the last time on or before this day.
    On(Day),
}

/// Why a text is no recurrence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RecurrenceError {
    /// It is not a list of `NAME=VALUE`, says something twice, or lacks how often.
    #[error("not a rule such as FREQ=MONTHLY;BYDAY=1TH")]
    Malformed,
    /// It is a rule, of which this part is beyond what an event here can say: whoever imports it names the single days.
    #[error("a rule with parts that are not supported")]
    Unsupported,
    /// A number is out of bounds.
    #[error("an interval is of 1 to {MAX_INTERVAL}, a count of 1 to {MAX_COUNT}")]
    OutOfBounds,
}

impl Recurrence {
    /// A rule.
    ///
    /// # Errors
    /// [`RecurrenceError::OutOfBounds`] when a number is beyond its bounds, or weekdays are not sorted.
    pub fn new(every: Every, interval: u8, ends: Ends) -> Result<Self, RecurrenceError> {
        let in_month = |day: &InMonth| match day {
            InMonth::Number(number) => (1..=31).contains(number),
            InMonth::Nth(nth, _) => (1..=5).contains(nth),
            InMonth::Last | InMonth::LastOf(_) => true,
        };
        let days_fit = match &every {
            Every::Day => true,
            Every::Week(days) => days.is_sorted_by(|a, b| a < b),
            Every::Month(day) => day.as_ref().is_none_or(in_month),
            Every::Year(day) => day.as_ref().is_none_or(|(month, day)| (1..=12).contains(month) && in_month(day)),
        };
        let count_fits = !matches!(ends, Ends::After(count) if !(1..=MAX_COUNT).contains(&count));
        let fits = days_fit && count_fits && (1..=MAX_INTERVAL).contains(&interval);
        if fits { Ok(Self { every, interval, ends }) } else { Err(RecurrenceError::OutOfBounds) }
    }

    /// Reads a rule, its parts in any order. A week may be said to begin on Monday, as it does; the end of a rule is a day.
    /// [`Recurrence::to_string`](ToString::to_string) gives the one form in which it is signed and stored.
    ///
    /// # Errors
    /// [`RecurrenceError`].
    pub fn parse(text: &str) -> Result<Self, RecurrenceError> {
        let mut parts = Parts::default();
        for part in text.split(';') {
            let (name, value) = part.split_once('=').ok_or(RecurrenceError::Malformed)?;
            let place = match name {
                "FREQ" => &mut parts.frequency,
                "INTERVAL" => &mut parts.interval,
                "BYDAY" => &mut parts.weekdays,
                "BYMONTHDAY" => &mut parts.month_day,
                "BYMONTH" => &mut parts.month,
                "COUNT" => &mut parts.count,
                "UNTIL" => &mut parts.until,
                "WKST" if value == "MO" => continue,
                _ => return Err(RecurrenceError::Unsupported),
            };
            if place.replace(value).is_some() {
                return Err(RecurrenceError::Malformed);
            }
        }
        parts.rule()
    }

    /// Which days.
    pub const fn every(&self) -> &Every {
        &self.every
    }

    /// Every so many of them, 1 to [`MAX_INTERVAL`].
    pub const fn interval(&self) -> u8 {
        self.interval
    }

    /// Until when.
    pub const fn ends(&self) -> Ends {
        self.ends
    }

    /// The times that fall on these days, of an event that happens for the `first` time as said, in order.
    ///
    /// Lazy. To come to the first of them costs at most [`MAX_COUNT`] steps where a rule counts, a few where it does not;
    /// a rule that never comes true costs a step for each of its periods among these days.
    pub fn occurrences<'a>(
        &'a self,
        first: &'a CivilTime,
        days: RangeInclusive<Day>,
    ) -> impl Iterator<Item = CivilTime> + use<'a> {
        let (begin, (from, to)) = (first.day(), days.into_inner());
        let (most, last) = match self.ends {
            Ends::Never => (usize::MAX, to),
            Ends::After(count) => (count.into(), to),
            Ends::On(until) => (usize::MAX, to.min(until)),
        };
        // What counts has to be counted from the beginning.
        let skipped = if most == usize::MAX { self.periods_before(begin, from) } else { 0 };
        let periods =
            (skipped..).map_while(move |period| self.period(begin, period).filter(|(start, _)| *start <= last));
        let later =
            periods.flat_map(|(_, days)| days).filter(move |day| *day > begin).take_while(move |day| *day <= last);
        let all = iter::once(begin).chain(later).take(most);
        all.skip_while(move |day| *day < from).take_while(move |day| *day <= to).map(|day| first.on(day))
    }

    /// The last day on which it can happen; none when it goes on for ever. For a rule that counts this costs a step for each
    /// time.
    pub fn last_day(&self, first: &CivilTime) -> Option<Day> {
        let begin = first.day();
        match self.ends {
            Ends::Never => None,
            Ends::On(until) => Some(until.max(begin)),
            Ends::After(_) => self.occurrences(first, begin..=Day::LAST).last().map(|last| last.day()),
        }
    }

    /// How many whole periods certainly lie before the one with `day` in it.
    fn periods_before(&self, begin: Day, day: Day) -> u32 {
        let ((year, month, _), (first_year, first_month, _)) = (day.parts(), begin.parts());
        let units = match &self.every {
            Every::Day => day.days_since(begin),
            Every::Week(_) => day.days_since(begin) / 7,
            Every::Month(_) => (year * 12 + month).saturating_sub(first_year * 12 + first_month),
            Every::Year(_) => year.saturating_sub(first_year),
        };
        units / u32::from(self.interval)
    }

    /// The first day of a period, and the days in it on which the rule comes true, in order; none beyond the end of time.
    fn period(&self, begin: Day, period: u32) -> Option<(Day, Vec<Day>)> {
        let units = period.checked_mul(self.interval.into())?;
        let (year, month, number) = begin.parts();
        match &self.every {
            Every::Day => begin.plus_days(units).map(|day| (day, vec![day])),
            Every::Week(weekdays) => {
                let own = [begin.weekday()];
                let weekdays = if weekdays.is_empty() { &own[..] } else { weekdays };
                // Counted from the weekday of the first time, and from the Monday before it, which 1970 may not have.
                let (days_in, weeks) = (begin.weekday() as u32, units.checked_mul(7)?);
                let at = |offset: u32| weeks.checked_add(offset)?.checked_sub(days_in);
                let day = |weekday: &Weekday| begin.plus_days(at(*weekday as u32)?);
                let start = begin.plus_days(weeks.saturating_sub(days_in))?;
                Some((start, weekdays.iter().filter_map(day).collect()))
            }
            Every::Month(day) => {
                let months = (month - 1).checked_add(units)?;
                let (year, month) = (year.checked_add(months / 12)?, months % 12 + 1);
                let start = Day::of(year, month, 1)?;
                let day = day.map_or_else(|| Day::of(year, month, number), |day| day.in_month(year, month));
                Some((start, day.into_iter().collect()))
            }
            Every::Year(day) => {
                let year = year.checked_add(units)?;
                let start = Day::of(year, 1, 1)?;
                let day = match day {
                    Some((month, day)) => day.in_month(year, (*month).into()),
                    None => Day::of(year, month, number),
                };
                Some((start, day.into_iter().collect()))
            }
        }
    }
}

impl InMonth {
    /// Which day of a month that is; none when it has no such day.
    fn in_month(self, year: u32, month: u32) -> Option<Day> {
        let first = Day::of(year, month, 1)?;
        let last = || (28..=31).rev().find_map(|number| Day::of(year, month, number));
        let until = |from: Weekday, to: Weekday| (to as u32 + 7 - from as u32) % 7;
        match self {
            Self::Number(number) => Day::of(year, month, number.into()),
            Self::Last => last(),
            Self::Nth(nth, weekday) => {
                let number = 1 + until(first.weekday(), weekday) + (u32::from(nth) - 1) * 7;
                Day::of(year, month, number)
            }
            Self::LastOf(weekday) => {
                let (_, _, number) = last()?.parts();
                Day::of(year, month, number - until(weekday, last()?.weekday()))
            }
        }
    }
}

/// The parts of a rule as they were written.
#[derive(Default)]
struct Parts<'a> {
    frequency: Option<&'a str>,
    interval: Option<&'a str>,
    weekdays: Option<&'a str>,
    month_day: Option<&'a str>,
    month: Option<&'a str>,
    count: Option<&'a str>,
    until: Option<&'a str>,
}

impl Parts<'_> {
    fn rule(&self) -> Result<Recurrence, RecurrenceError> {
        let every = match (self.frequency.ok_or(RecurrenceError::Malformed)?, self.month) {
            ("DAILY", None) if self.weekdays.is_none() && self.month_day.is_none() => Every::Day,
            ("WEEKLY", None) if self.month_day.is_none() => Every::Week(self.plain_weekdays()?),
            ("MONTHLY", None) => Every::Month(self.in_month()?),
            ("YEARLY", Some(month)) => {
                let day = self.in_month()?.ok_or(RecurrenceError::Unsupported)?;
                Every::Year(Some((number(month)?, day)))
            }
            ("YEARLY", None) if self.weekdays.is_none() && self.month_day.is_none() => Every::Year(None),
            _ => return Err(RecurrenceError::Unsupported),
        };
        let ends = match (self.count, self.until) {
            (None, None) => Ends::Never,
            (Some(count), None) => Ends::After(number(count)?),
            (None, Some(until)) => Ends::On(compact_day(until)?),
            (Some(_), Some(_)) => return Err(RecurrenceError::Malformed),
        };
        Recurrence::new(every, self.interval.map_or(Ok(1), number)?, ends)
    }

    fn plain_weekdays(&self) -> Result<Vec<Weekday>, RecurrenceError> {
        let Some(text) = self.weekdays else { return Ok(Vec::new()) };
        let mut days = Vec::new();
        for day in text.split(',').map(weekday) {
            let day = day?;
            // Seven at most, in order; a sort is 3 KB in the browser's module.
            match days.binary_search(&day) {
                Ok(_) => return Err(RecurrenceError::OutOfBounds),
                Err(at) => days.insert(at, day),
            }
        }
        Ok(days)
    }

    fn in_month(&self) -> Result<Option<InMonth>, RecurrenceError> {
        Ok(Some(match (self.weekdays, self.month_day) {
            (None, None) => return Ok(None),
            (None, Some("-1")) => InMonth::Last,
            (None, Some(day)) if day.contains([',', '-']) => return Err(RecurrenceError::Unsupported),
            (None, Some(day)) => InMonth::Number(number(day)?),
            (Some(text), None) => {
                let (nth, name) =
                    text.split_at_checked(text.len().saturating_sub(2)).ok_or(RecurrenceError::Malformed)?;
                match nth {
                    "-1" => InMonth::LastOf(weekday(name)?),
                    "1" | "2" | "3" | "4" | "5" => InMonth::Nth(number(nth)?, weekday(name)?),
                    _ => return Err(RecurrenceError::Unsupported),
                }
            }
            (Some(_), Some(_)) => return Err(RecurrenceError::Unsupported),
        }))
    }
}

/// A whole number without a sign and without zeros before it.
fn number<T: std::str::FromStr>(text: &str) -> Result<T, RecurrenceError> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty();
    let text = if plain { text } else { return Err(RecurrenceError::Malformed) };
    text.parse().map_err(|_| RecurrenceError::OutOfBounds)
}

/// `YYYYMMDD`.
fn compact_day(text: &str) -> Result<Day, RecurrenceError> {
    if text.len() > 8 && text.as_bytes().get(8) == Some(&b'T') {
        return Err(RecurrenceError::Unsupported);
    }
    match (text.get(..4), text.get(4..6), text.get(6..)) {
        (Some(year), Some(month), Some(day)) => {
            Day::parse(&format!("{year}-{month}-{day}")).map_err(|_| RecurrenceError::Malformed)
        }
        _ => Err(RecurrenceError::Malformed),
    }
}

/// The two letters of each day of the week.
const WEEKDAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

fn weekday(text: &str) -> Result<Weekday, RecurrenceError> {
    let found = WEEKDAYS.iter().position(|name| *name == text);
    found.map(|at| Weekday::ALL[at]).ok_or(RecurrenceError::Unsupported)
}

const fn letters(weekday: Weekday) -> &'static str {
    WEEKDAYS[weekday as usize]
}

/// The canonical form.
impl fmt::Display for Recurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let frequency = match &self.every {
            Every::Day => "DAILY",
            Every::Week(_) => "WEEKLY",
            Every::Month(_) => "MONTHLY",
            Every::Year(_) => "YEARLY",
        };
        write!(f, "FREQ={frequency}")?;
        if self.interval > 1 {
            write!(f, ";INTERVAL={}", self.interval)?;
        }
        match &self.every {
            Every::Week(days) if !days.is_empty() => {
                let days: Vec<&str> = days.iter().map(|day| letters(*day)).collect();
                write!(f, ";BYDAY={}", days.join(","))?;
            }
            Every::Month(Some(day)) => write!(f, ";{day}")?,
            Every::Year(Some((month, day))) => write!(f, ";BYMONTH={month};{day}")?,
            Every::Day | Every::Week(_) | Every::Month(None) | Every::Year(None) => {}
        }
        match self.ends {
            Ends::Never => Ok(()),
            Ends::After(count) => write!(f, ";COUNT={count}"),
            Ends::On(day) => {
                let (year, month, day) = day.parts();
                write!(f, ";UNTIL={year:04}{month:02}{day:02}")
            }
        }
    }
}

impl fmt::Display for InMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "BYMONTHDAY={number}"),
            Self::Last => f.write_str("BYMONTHDAY=-1"),
            Self::Nth(nth, weekday) => write!(f, "BYDAY={nth}{}", letters(*weekday)),
            Self::LastOf(weekday) => write!(f, "BYDAY=-1{}", letters(*weekday)),
        }
    }
}

impl<C> Encode<C> for Recurrence {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, _: &mut C) -> Result<(), EncodeError<W::Error>> {
        encoder.str(&self.to_string())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Recurrence {
    fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, DecodeError> {
        Self::parse(decoder.str()?).map_err(|_| DecodeError::message("not a recurrence"))
    }
}

#[cfg(test)]
mod tests;
