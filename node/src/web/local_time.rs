//! From instants to the wall clock of the neighbourhood and back.

use std::sync::LazyLock;

use dorpsplein_protocol::time::{CivilTime, Timestamp};
use jiff::civil::{Date, DateTime};
use jiff::tz::{TimeZone, TimeZoneDatabase};

/// The time zone of every neighbourhood of this version. Its rules are compiled in: a box need not have them installed.
pub(crate) const ZONE: &str = "Europe/Amsterdam";

static AMSTERDAM: LazyLock<TimeZone> = LazyLock::new(|| {
    TimeZoneDatabase::bundled().get(ZONE).expect("the bundled database has it; a test here checks it")
});

/// What the neighbourhood's clocks show at an instant. Instants after the year 9999, which only a forged header can
/// carry, show as its end.
pub(crate) fn local(at: Timestamp) -> DateTime {
    let millis = i64::try_from(at.as_millis()).unwrap_or(i64::MAX);
    let instant = jiff::Timestamp::from_millisecond(millis).unwrap_or(jiff::Timestamp::MAX);
    AMSTERDAM.to_datetime(instant)
}

/// The instant at which the neighbourhood's clocks show `local`: the earlier one where they show it twice.
pub(crate) fn instant(local: DateTime) -> Timestamp {
    let millis = AMSTERDAM.to_ambiguous_timestamp(local).compatible().map_or(0, jiff::Timestamp::as_millisecond);
    Timestamp::from_millis(u64::try_from(millis).unwrap_or(0))
}

/// A date, and the time of day if there is one. A [`CivilTime`] is a real day by its own rules.
pub(super) fn civil(time: &CivilTime) -> Option<Civil> {
    let text = time.as_str();
    if time.is_all_day() { text.parse().ok().map(Civil::Day) } else { text.parse().ok().map(Civil::Time) }
}

/// A date, or a time with the offset that the neighbourhood's clocks have then: `2026-12-04T20:00:00+01:00`.
pub(super) fn with_offset(time: &CivilTime) -> Option<String> {
    match civil(time)? {
        Civil::Day(day) => Some(day.to_string()),
        Civil::Time(time) => {
            let zoned = AMSTERDAM.to_ambiguous_zoned(time).compatible().ok()?;
            Some(zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
        }
    }
}

/// A [`CivilTime`] taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Civil {
    /// A whole day.
    Day(Date),
    /// A time on a day.
    Time(DateTime),
}

impl Civil {
    /// The day.
    pub(super) fn date(self) -> Date {
        match self {
            Self::Day(date) => date,
            Self::Time(time) => time.date(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use jiff::civil::{date, datetime};

    use super::*;

    #[test]
    fn the_bundled_rules_know_summer_and_winter() {
        let winter = Timestamp::from_millis(1_795_000_000_000);
        assert_eq!(local(winter), datetime(2026, 11, 18, 12, 6, 40, 0));
        let summer = datetime(2026, 7, 1, 12, 0, 0, 0);
        assert_eq!(instant(summer).as_millis() % 86_400_000, 10 * 3_600_000);
        assert_eq!(local(instant(summer)), summer);
    }

    #[test]
    fn an_instant_beyond_the_calendar_is_shown_at_its_end() {
        assert_eq!(local(Timestamp::from_millis(u64::MAX)).year(), 9999);
    }

    #[test]
    fn civil_times_keep_their_shape() {
        let at = |text: &str| civil(&CivilTime::parse(text).unwrap()).unwrap();
        assert_eq!(at("2026-12-04"), Civil::Day(date(2026, 12, 4)));
        assert_eq!(at("2026-12-04T20:00"), Civil::Time(datetime(2026, 12, 4, 20, 0, 0, 0)));
        assert_eq!(at("2999-12-31T23:59").date(), date(2999, 12, 31));
        let offset = |text: &str| with_offset(&CivilTime::parse(text).unwrap()).unwrap();
        assert_eq!(offset("2026-12-04T20:00"), "2026-12-04T20:00:00+01:00");
        assert_eq!(offset("2026-07-04T20:00"), "2026-07-04T20:00:00+02:00");
        assert_eq!(offset("2026-07-04"), "2026-07-04");
    }
}
