//! How many items visitors can read: counted when somebody asks, and again only after something changed, so that asking
//! often costs nothing.

use std::sync::{Arc, Mutex, PoisonError};

use dorpsplein_protocol::operation::ItemId;
use dorpsplein_protocol::store::StoreError;
use tokio::sync::broadcast::{Receiver, error::TryRecvError};

/// A count that is remembered until the driver tells of a change.
#[derive(Debug)]
pub(super) struct ItemCount(Mutex<Remembered>);

#[derive(Debug)]
struct Remembered {
    changes: Receiver<Arc<[ItemId]>>,
    count: Option<usize>,
}

impl ItemCount {
    /// Nothing is counted yet.
    pub(super) fn new(changes: Receiver<Arc<[ItemId]>>) -> Self {
        Self(Mutex::new(Remembered { changes, count: None }))
    }

    /// The count, counting anew if something changed. Of many who ask at once, one counts and the others wait for it.
    ///
    /// # Errors
    /// [`StoreError`] when `count` fails.
    pub(super) fn get(&self, count: impl FnOnce() -> Result<usize, StoreError>) -> Result<usize, StoreError> {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.take_changes() {
            remembered.count = None;
        }
        match remembered.count {
            Some(known) => Ok(known),
            None => {
                let counted = count()?;
                remembered.count = Some(counted);
                Ok(counted)
            }
        }
    }
}

impl Remembered {
    /// Whether anything was told since the last time. Having missed some is having been told.
    fn take_changes(&mut self) -> bool {
        let mut changed = false;
        loop {
            match self.changes.try_recv() {
                Ok(_) | Err(TryRecvError::Lagged(_)) => changed = true,
                Err(TryRecvError::Empty | TryRecvError::Closed) => return changed,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use tokio::sync::broadcast;

    use super::*;

    #[test]
    fn it_is_counted_again_only_after_a_change() {
        let (changes, receiver) = broadcast::channel(2);
        let count = ItemCount::new(receiver);
        let asked = |now| count.get(|| Ok(now)).unwrap();
        assert_eq!((asked(1), asked(2)), (1, 1));
        for _ in 0..5 {
            changes.send(Arc::from([])).unwrap();
        }
        assert_eq!((asked(3), asked(4)), (3, 3));
    }

    #[test]
    fn a_failed_count_is_not_remembered() {
        let (_changes, receiver) = broadcast::channel(2);
        let count = ItemCount::new(receiver);
        assert!(count.get(|| Err(StoreError::Full)).is_err());
        assert_eq!(count.get(|| Ok(7)).unwrap(), 7);
    }
}
