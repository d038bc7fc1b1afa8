//! A store as it was at one moment, for whoever reads in several tables what belongs together.

use std::ops::ControlFlow;

use dorpsplein_protocol::store::{Direction, KeyRange, Read, StoreError, Table, is_empty_range};
use fjall::{Readable, Snapshot};

use super::{DiskStore, Engine, open_engine, store_error};

/// A store as it was at one moment.
pub struct Moment<'a> {
    engine: &'a Engine,
    snapshot: Snapshot,
}

impl DiskStore {
    /// Reads the store as it is at this moment: whole batches, in every table the same ones. Commits go on meanwhile; the engine
    /// cannot be opened anew, so `look` is not to wait for anybody.
    ///
    /// # Errors
    /// What `look` says, or [`StoreError::Unavailable`].
    pub fn at_one_moment<T>(&self, look: impl FnOnce(&Moment<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let engine = self.reading();
        let engine = open_engine(&engine)?;
        look(&Moment { engine, snapshot: engine.db.snapshot() })
    }
}

impl Read for Moment<'_> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let value = self.snapshot.get(self.engine.table(table), key).map_err(store_error)?;
        Ok(value.map(|value| value.to_vec()))
    }

    fn scan(
        &self,
        table: Table,
        range: KeyRange<'_>,
        direction: Direction,
        visit: &mut dyn FnMut(&[u8], &[u8]) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        if is_empty_range(&range) {
            return Ok(());
        }
        let mut entries = self.snapshot.range::<&[u8], KeyRange<'_>>(self.engine.table(table), range);
        let mut next = || match direction {
            Direction::Ascending => entries.next(),
            Direction::Descending => entries.next_back(),
        };
        while let Some(entry) = next() {
            let (key, value) = entry.into_inner().map_err(store_error)?;
            if visit(&key, &value).is_break() {
                break;
            }
        }
        Ok(())
    }
}
