//! A store in memory: for tests and simulations, where durability is what the simulated disk says it is.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{PoisonError, RwLock};

use super::{Batch, Direction, KeyRange, Read, Store, StoreError, Table};

/// Sorted maps in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    tables: RwLock<BTreeMap<Table, SortedMap>>,
}

type SortedMap = BTreeMap<Vec<u8>, Vec<u8>>;

impl Read for MemoryStore {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let tables = self.tables.read().unwrap_or_else(PoisonError::into_inner);
        Ok(tables.get(&table).and_then(|map| map.get(key)).cloned())
    }

    fn scan(
        &self,
        table: Table,
        range: KeyRange<'_>,
        direction: Direction,
        visit: &mut dyn FnMut(&[u8], &[u8]) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let tables = self.tables.read().unwrap_or_else(PoisonError::into_inner);
        let Some(map) = tables.get(&table).filter(|_| !super::is_empty_range(&range)) else {
            return Ok(());
        };
        let entries = map.range::<[u8], _>(range);
        let mut call = |(key, value): (&Vec<u8>, &Vec<u8>)| visit(key, value).is_break();
        match direction {
            Direction::Ascending => entries.into_iter().any(&mut call),
            Direction::Descending => entries.rev().any(&mut call),
        };
        Ok(())
    }
}

impl Store for MemoryStore {
    fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        let mut tables = self.tables.write().unwrap_or_else(PoisonError::into_inner);
        for (table, key, value) in batch.writes() {
            let map = tables.entry(table).or_default();
            match value {
                Some(value) => drop(map.insert(key.to_vec(), value.to_vec())),
                None => drop(map.remove(key)),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conforms() {
        let store = std::sync::Arc::new(MemoryStore::default());
        super::super::conformance::run(|| store.clone());
    }
}
