//! What a box let go of for want of room, so that it does not fetch it again at every comparison.

use std::collections::BTreeSet;

use crate::operation::OperationId;
use crate::time::Timestamp;

/// The most operations that are remembered; of more the next comparison fetches some in vain.
const MOST: usize = 16_384;
/// After this long, in milliseconds, all of it is tried again, whatever happened meanwhile: half an hour.
const FOR_MS: u64 = 30 * 60_000;

/// The operations that were let go of since something changed that could make room for them.
#[derive(Debug, Default)]
pub(super) struct LetGo {
    ids: BTreeSet<OperationId>,
    /// When the first of them was let go of, by this box's clock.
    since: Timestamp,
    /// How often the registers had changed by then.
    changes: u64,
}

impl LetGo {
    /// There was no room for it.
    pub(super) fn insert(&mut self, id: OperationId, now: Timestamp, changes: u64) {
        if !self.is_fresh(now, changes) {
            *self = Self { ids: BTreeSet::new(), since: now, changes };
        }
        if self.ids.len() < MOST {
            self.ids.insert(id);
        }
    }

    /// There is room again, or something turned out to count.
    pub(super) fn forget(&mut self) {
        self.ids.clear();
    }

    /// Whether it would be let go of again.
    pub(super) fn contains(&self, id: &OperationId, now: Timestamp, changes: u64) -> bool {
        !self.ids.is_empty() && self.is_fresh(now, changes) && self.ids.contains(id)
    }

    /// A clock that was set, in either direction, makes everything worth another look.
    fn is_fresh(&self, now: Timestamp, changes: u64) -> bool {
        self.changes == changes && self.since <= now && now < self.since.plus_millis(FOR_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000_000);

    #[test]
    fn it_is_remembered_for_a_while_and_until_something_changes() {
        let id = |byte| OperationId::from_bytes([byte; 32]);
        let mut let_go = LetGo::default();
        assert!(!let_go.contains(&id(1), NOW, 0));
        let_go.insert(id(1), NOW, 7);
        assert!(let_go.contains(&id(1), NOW.plus_millis(FOR_MS - 1), 7));
        assert!(!let_go.contains(&id(2), NOW, 7));
        assert!(!let_go.contains(&id(1), NOW.plus_millis(FOR_MS), 7), "it is tried again");
        assert!(!let_go.contains(&id(1), NOW, 8), "somebody may have joined");
        assert!(!let_go.contains(&id(1), Timestamp::from_millis(1), 7), "the clock was set back");
        let_go.insert(id(2), NOW, 8);
        assert!(!let_go.contains(&id(1), NOW, 8) && let_go.contains(&id(2), NOW, 8));
        let_go.forget();
        assert!(!let_go.contains(&id(2), NOW, 8));
    }

    #[test]
    fn it_is_bounded() {
        let mut let_go = LetGo::default();
        for number in 0..2 * MOST as u64 {
            let mut bytes = [0; 32];
            bytes[..8].copy_from_slice(&number.to_be_bytes());
            let_go.insert(OperationId::from_bytes(bytes), NOW, 0);
        }
        assert_eq!(let_go.ids.len(), MOST);
    }
}
