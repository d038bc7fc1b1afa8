//! How many operations a peer may bring that nobody asked it for, because they were just accepted there.

use crate::time::Timestamp;

/// So many may come at once: a village on the evening of a storm.
const AT_ONCE: u64 = 1024;
/// And so many a second for as long as one likes.
const PER_SECOND: u64 = 16;
/// The allowance is counted in thousandths of an operation.
const WHOLE: u64 = 1000;

/// The allowance of one session: a bucket of [`AT_ONCE`] that fills with [`PER_SECOND`].
#[derive(Debug)]
pub(super) struct Unasked {
    left: u64,
    since: Timestamp,
}

impl Unasked {
    /// A full bucket.
    pub(super) const fn new(now: Timestamp) -> Self {
        Self { left: AT_ONCE * WHOLE, since: now }
    }

    /// Takes so many out; false, and nothing is taken, if there are fewer. A clock that was set back adds nothing.
    pub(super) fn take(&mut self, operations: usize, now: Timestamp) -> bool {
        let passed_ms = now.as_millis().saturating_sub(self.since.as_millis());
        self.since = now;
        self.left = self.left.saturating_add(passed_ms.saturating_mul(PER_SECOND)).min(AT_ONCE * WHOLE);
        let left = (operations as u64).checked_mul(WHOLE).and_then(|taken| self.left.checked_sub(taken));
        self.left = left.unwrap_or(self.left);
        left.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_and_then_as_many_as_time_brings() {
        let at = Timestamp::from_millis;
        let mut unasked = Unasked::new(at(5000));
        assert_eq!((0..5000).filter(|_| unasked.take(1, at(5000))).count() as u64, AT_ONCE);
        assert_eq!((0..5000).filter(|_| unasked.take(1, at(7000))).count() as u64, 2 * PER_SECOND);
        assert!(!unasked.take(1, at(1000)), "a clock that was set back");
        assert!(unasked.take(1, at(1100)), "and goes on");
        assert!(!unasked.take(AT_ONCE as usize + 1, at(u64::MAX)), "never more than a burst");
        assert!(unasked.take(AT_ONCE as usize, at(u64::MAX)), "what was refused took nothing");
        assert!(unasked.take(0, at(u64::MAX)) && !unasked.take(usize::MAX, at(u64::MAX)));
    }
}
