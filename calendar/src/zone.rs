//! The time zone of a neighbourhood: from other calendars' times to the clock on its wall and back.

use chrono::NaiveDateTime;
use dorpsplein_protocol::time::{CivilTime, Day};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use thiserror::Error;

/// A time zone, by its name in the IANA database; the rules are compiled in.
#[derive(Clone, Debug)]
pub struct Zone {
    name: String,
    rules: TimeZone,
    calcard: calcard::common::timezone::Tz,
}

/// There is no time zone with this name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("there is no time zone {0}")]
pub struct ZoneError(String);

impl Zone {
    /// The zone with this name, such as `Europe/Amsterdam`.
    ///
    /// # Errors
    /// [`ZoneError`].
    pub fn named(name: &str) -> Result<Self, ZoneError> {
        let unknown = || ZoneError(name.to_owned());
        let rules = TimeZoneDatabase::bundled().get(name).map_err(|_| unknown())?;
        let calcard = name.parse().map_err(|()| unknown())?;
        Ok(Self { name: name.to_owned(), rules, calcard })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) const fn for_expanding(&self) -> calcard::common::timezone::Tz {
        self.calcard
    }

    /// What the clocks show at an instant, in seconds since the epoch; none beyond the years that an event can be in.
    pub(crate) fn civil(&self, seconds: i64) -> Option<CivilTime> {
        civil_time(self.rules.to_datetime(Timestamp::from_second(seconds).ok()?))
    }

    /// The instant of the last second of a day, in UTC.
    pub(crate) fn end_of(&self, day: Day) -> Option<DateTime> {
        let last: DateTime = format!("{day}T23:59:59").parse().ok()?;
        let instant = self.rules.to_ambiguous_timestamp(last).compatible().ok()?;
        Some(TimeZone::UTC.to_datetime(instant))
    }

    /// When in a year the clocks go forward and back, as instants: between two of them the offset does not change.
    pub(crate) fn changes(&self, from: Timestamp) -> Vec<Change> {
        self.rules
            .following(from)
            .take(2)
            .filter_map(|change| {
                let before =
                    self.rules.to_offset(change.timestamp().checked_sub(jiff::SignedDuration::from_secs(1)).ok()?);
                Some(Change {
                    at: before.to_datetime(change.timestamp()),
                    summer: change.dst().is_dst(),
                    from_seconds: before.seconds(),
                    to_seconds: change.offset().seconds(),
                    name: change.abbreviation().to_owned(),
                })
            })
            .collect()
    }
}

/// That the clocks are set.
pub(crate) struct Change {
    /// What they show at that moment.
    pub(crate) at: DateTime,
    /// Whether it is for summer time.
    pub(crate) summer: bool,
    pub(crate) from_seconds: i32,
    pub(crate) to_seconds: i32,
    /// What the time is called afterwards: `CEST`.
    pub(crate) name: String,
}

/// A floating time, as it stands.
pub(crate) fn as_it_stands(time: NaiveDateTime) -> Option<CivilTime> {
    CivilTime::parse(&time.format("%Y-%m-%dT%H:%M").to_string()).ok()
}

fn civil_time(time: DateTime) -> Option<CivilTime> {
    CivilTime::parse(&time.strftime("%Y-%m-%dT%H:%M").to_string()).ok()
}
