//! The hours in which nothing is sent to people.

use jiff::civil::DateTime;

/// The hours in which nothing is sent, on the neighbourhood's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    from: i8,
    until: i8,
}

impl QuietHours {
    /// From one hour (0 to 23) until another; the same hour twice: there are none.
    pub fn new(from: u8, until: u8) -> Self {
        let hour = |hour: u8| i8::try_from(hour.min(23)).unwrap_or(23);
        Self { from: hour(from), until: hour(until) }
    }

    /// The two hours; none where there are no quiet hours.
    pub fn hours(self) -> Option<(u8, u8)> {
        (self.from != self.until).then(|| (self.from.unsigned_abs(), self.until.unsigned_abs()))
    }

    /// The hour at which they end.
    pub const fn until(self) -> i8 {
        self.until
    }

    /// Whether they are now.
    pub fn contains(self, now: DateTime) -> bool {
        let (from, until, hour) = (self.from, self.until, now.hour());
        if from <= until { (from..until).contains(&hour) } else { hour >= from || hour < until }
    }

    /// How many seconds are left until they begin; none where there are no quiet hours. 0 while they are.
    pub fn seconds_left(self, now: DateTime) -> Option<u64> {
        self.hours()?;
        if self.contains(now) {
            return Some(0);
        }
        let hours = (i64::from(self.from) - i64::from(now.hour())).rem_euclid(24);
        let into = i64::from(now.minute()) * 60 + i64::from(now.second());
        Some(u64::try_from(hours * 3600 - into).unwrap_or(0))
    }
}

pub(super) const fn evening() -> u8 {
    21
}

pub(super) const fn morning() -> u8 {
    8
}

#[cfg(test)]
mod tests {
    use jiff::civil::datetime;

    use super::*;

    #[test]
    fn it_is_quiet_at_night_and_the_evening_says_how_long_it_lasts() {
        let night = QuietHours::new(21, 8);
        let at = |hour, minute| datetime(2026, 11, 21, hour, minute, 0, 0);
        for (hour, quiet) in [(7, true), (8, false), (20, false), (21, true), (23, true), (0, true)] {
            assert_eq!(night.contains(at(hour, 30)), quiet, "{hour}");
        }
        assert_eq!(night.seconds_left(at(20, 30)), Some(1800));
        assert_eq!(night.seconds_left(at(8, 0)), Some(13 * 3600));
        assert_eq!(night.seconds_left(at(3, 0)), Some(0));
        let never = QuietHours::new(8, 8);
        assert!((0..24).all(|hour| !never.contains(at(hour, 30))) && never.hours().is_none());
        assert_eq!(never.seconds_left(at(8, 30)), None);
        let midday = QuietHours::new(12, 14);
        assert!(midday.contains(at(13, 30)) && !midday.contains(at(14, 30)));
        assert_eq!(midday.seconds_left(at(14, 30)), Some(21 * 3600 + 1800));
    }
}
