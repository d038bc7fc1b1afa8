//! How an event recurs.

use jiff::civil::{Date, Weekday};

/// How an event recurs, from its first time on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeats {
    /// Which days.
    pub every: Every,
    /// Every so many days, weeks, months or years; 1 or more.
    pub interval: u8,
    /// The last day it can happen, if there is one.
    pub until: Option<Date>,
}

/// Which days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Every {
    /// Every day.
    Day,
    /// Every week on these days; at least one.
    Week(Vec<Weekday>),
    /// Every month on such a day.
    Month(InMonth),
    /// Every year in this month (1 to 12) on such a day.
    Year(i8, InMonth),
}

/// A day of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InMonth {
    /// The one with this number.
    Number(u8),
    /// The last one.
    Last,
    /// The first to fifth of this weekday.
    Nth(u8, Weekday),
    /// The last of this weekday.
    LastOf(Weekday),
}
