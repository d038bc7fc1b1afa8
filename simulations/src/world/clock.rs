//! The world's time, and the clocks of boxes that do not keep it.

use dorpsplein_protocol::time::Timestamp;

use crate::plan::Millis;

/// When every run begins: a Saturday at midnight, UTC.
pub const START: Timestamp = Timestamp::from_millis(1_795_219_200_000);
/// When the villages of a run are founded: three months before it begins. Who is a member from the start came in between.
pub const FOUNDED: Timestamp = Timestamp::from_millis(START.as_millis() - 90 * DAY);
/// A second, in milliseconds.
pub const SECOND: Millis = 1_000;
/// A minute, in milliseconds.
pub const MINUTE: Millis = 60 * SECOND;
/// An hour, in milliseconds.
pub const HOUR: Millis = 60 * MINUTE;
/// A day, in milliseconds.
pub const DAY: Millis = 24 * HOUR;

/// The clock of a box: the world's time and an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    ahead: i64,
}

impl Clock {
    /// A clock that is so many milliseconds ahead; behind, when negative.
    pub const fn ahead_by(millis: i64) -> Self {
        Self { ahead: millis }
    }

    /// How far it is ahead, in milliseconds.
    pub const fn error(self) -> i64 {
        self.ahead
    }

    /// What it shows at `now`, on the world's clock.
    pub const fn shows(self, now: Timestamp) -> Timestamp {
        Timestamp::from_millis(now.as_millis().saturating_add_signed(self.ahead))
    }

    /// When, on the world's clock, it will show `time`.
    pub const fn when(self, time: Timestamp) -> Timestamp {
        Timestamp::from_millis(time.as_millis().saturating_add_signed(self.ahead.saturating_neg()))
    }

    /// Jumps by so many milliseconds.
    pub const fn jump(&mut self, millis: i64) {
        self.ahead = self.ahead.saturating_add(millis);
    }
}

/// How long ago the run began.
pub const fn since_start(now: Timestamp) -> Millis {
    now.as_millis().saturating_sub(START.as_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_read_both_ways() {
        let year = 365 * 24 * 3_600_000;
        for error in [0, 1, -1, year, -year] {
            let clock = Clock::ahead_by(error);
            assert_eq!(clock.when(clock.shows(START)), START, "{error}");
        }
        let mut clock = Clock::ahead_by(5);
        clock.jump(-7);
        assert_eq!(clock.error(), -2);
        assert_eq!(clock.shows(START).as_millis(), START.as_millis() - 2);
    }
}
