//! What was erased and may still stand in the store's files: a store that writes one value after the other keeps the
//! former ones for a while. How many payloads that are is remembered in the batch that drops them, until the shell says
//! that it had the store [scrub](crate::store::Store::scrub) its files.

use std::num::NonZeroU64;

use super::Replica;
use crate::operation::OperationId;
use crate::store::{Read, StoreError, Table};

/// Where the store says how many payloads were dropped since it was scrubbed; nothing when there are none.
const DROPPED_KEY: &[u8] = b"dropped";

impl<R: Read> Replica<R> {
    /// How many payloads were dropped that the store's files may still hold; none when it was scrubbed since.
    pub fn owes_scrub(&self) -> Option<NonZeroU64> {
        NonZeroU64::new(self.dropped)
    }

    pub(super) fn load_dropped(&self) -> Result<u64, StoreError> {
        let Some(value) = self.store.get(Table::Meta, DROPPED_KEY)? else { return Ok(0) };
        let bytes = value.try_into().map_err(|_| StoreError::Damaged("how many payloads were dropped"))?;
        Ok(u64::from_be_bytes(bytes))
    }

    /// The payload of an operation is about to be dropped. What came in and was dropped before it was handed to the store
    /// never was in its files.
    pub(super) fn note_dropped(&mut self, id: &OperationId) -> Result<(), StoreError> {
        if self.store.was_handed_out(Table::Operations, id.as_bytes())? {
            self.set_dropped(self.dropped + 1);
        }
        Ok(())
    }

    /// The store was scrubbed of so many. What was dropped while it was is still owed.
    pub(super) fn note_scrubbed(&mut self, dropped: u64) {
        self.set_dropped(self.dropped.saturating_sub(dropped));
    }

    fn set_dropped(&mut self, dropped: u64) {
        self.dropped = dropped;
        if dropped == 0 {
            self.store.delete(Table::Meta, DROPPED_KEY);
        } else {
            self.store.put(Table::Meta, DROPPED_KEY, dropped.to_be_bytes());
        }
    }
}
