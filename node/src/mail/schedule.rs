//! When post is due, on the clock on the wall of the village hall.

use dorpsplein_web_ui::view::Frequency;
use jiff::ToSpan as _;
use jiff::civil::{DateTime, Weekday};

use crate::config::MailSettings;

/// When this box sends post.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schedule {
    quiet_from: i8,
    quiet_until: i8,
    weekly_on: Weekday,
}

impl From<&MailSettings> for Schedule {
    fn from(settings: &MailSettings) -> Self {
        let hour = |hour: u8| i8::try_from(hour.min(23)).unwrap_or(23);
        Self {
            quiet_from: hour(settings.quiet_from),
            quiet_until: hour(settings.quiet_until),
            weekly_on: settings.weekly_on.into(),
        }
    }
}

impl Schedule {
    /// The hours between which nothing is sent; none where there are no such.
    pub(super) fn quiet(&self) -> Option<(u8, u8)> {
        (self.quiet_from != self.quiet_until).then(|| (self.quiet_from.unsigned_abs(), self.quiet_until.unsigned_abs()))
    }

    /// Whether nothing is sent now.
    pub(super) fn is_quiet(&self, now: DateTime) -> bool {
        let (from, until, hour) = (self.quiet_from, self.quiet_until, now.hour());
        if from <= until { (from..until).contains(&hour) } else { hour >= from || hour < until }
    }

    /// The last time at which a digest was due, at `now` or before.
    pub(super) fn last_due(&self, frequency: Frequency, now: DateTime) -> DateTime {
        let at = |days: i64| {
            let day = now.date().checked_sub(days.days()).unwrap_or(now.date());
            day.at(self.quiet_until, 0, 0, 0)
        };
        let is_day = |due: &DateTime| frequency == Frequency::Daily || due.weekday() == self.weekly_on;
        let due = (0..=7).map(at).find(|due| *due <= now && is_day(due));
        due.unwrap_or_else(|| at(7))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::datetime;

    use super::*;

    #[test]
    fn post_is_made_in_the_morning_and_none_is_sent_at_night() {
        let schedule = Schedule { quiet_from: 21, quiet_until: 8, weekly_on: Weekday::Thursday };
        // 21 November 2026 is a Saturday.
        let at = |day, hour| datetime(2026, 11, day, hour, 30, 0, 0);
        let eight = |day| datetime(2026, 11, day, 8, 0, 0, 0);
        assert_eq!(schedule.last_due(Frequency::Daily, at(21, 9)), eight(21));
        assert_eq!(schedule.last_due(Frequency::Daily, at(21, 7)), eight(20));
        assert_eq!(schedule.last_due(Frequency::Weekly, at(21, 9)), eight(19));
        assert_eq!(schedule.last_due(Frequency::Weekly, at(19, 8)), eight(19));
        assert_eq!(schedule.last_due(Frequency::Weekly, at(19, 7)), eight(12));
        for (hour, quiet) in [(7, true), (8, false), (20, false), (21, true), (23, true), (0, true)] {
            assert_eq!(schedule.is_quiet(at(21, hour)), quiet, "{hour}");
        }
        let never = Schedule { quiet_from: 8, ..schedule };
        assert!((0..24).all(|hour| !never.is_quiet(at(21, hour))) && never.quiet().is_none());
        let midday = Schedule { quiet_from: 12, quiet_until: 14, ..schedule };
        assert!(midday.is_quiet(at(21, 13)) && !midday.is_quiet(at(21, 14)));
    }
}
