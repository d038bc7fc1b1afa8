//! When post is due, on the clock on the wall of the village hall.

use dorpsplein_web_ui::view::Frequency;
use jiff::ToSpan as _;
use jiff::civil::{DateTime, Weekday};

use crate::config::{MailSettings, QuietHours};

/// When this box sends post.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schedule {
    quiet: QuietHours,
    weekly_on: Weekday,
}

impl From<&MailSettings> for Schedule {
    fn from(settings: &MailSettings) -> Self {
        Self { quiet: settings.quiet(), weekly_on: settings.weekly_on.into() }
    }
}

impl Schedule {
    /// When nothing is sent.
    pub(super) const fn quiet(&self) -> QuietHours {
        self.quiet
    }

    /// The last time at which a digest was due, at `now` or before.
    pub(super) fn last_due(&self, frequency: Frequency, now: DateTime) -> DateTime {
        let at = |days: i64| {
            let day = now.date().checked_sub(days.days()).unwrap_or(now.date());
            day.at(self.quiet.until(), 0, 0, 0)
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
    fn post_is_made_in_the_morning() {
        let schedule = Schedule { quiet: QuietHours::new(21, 8), weekly_on: Weekday::Thursday };
        // 21 November 2026 is a Saturday.
        let at = |day, hour| datetime(2026, 11, day, hour, 30, 0, 0);
        let eight = |day| datetime(2026, 11, day, 8, 0, 0, 0);
        assert_eq!(schedule.last_due(Frequency::Daily, at(21, 9)), eight(21));
        assert_eq!(schedule.last_due(Frequency::Daily, at(21, 7)), eight(20));
        assert_eq!(schedule.last_due(Frequency::Weekly, at(21, 9)), eight(19));
        assert_eq!(schedule.last_due(Frequency::Weekly, at(19, 8)), eight(19));
        assert_eq!(schedule.last_due(Frequency::Weekly, at(19, 7)), eight(12));
    }
}
