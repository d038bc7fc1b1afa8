//! Changes that become durable together.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::{Direction, KeyRange, MAX_KEY, Read, StoreError, Table, is_empty_range};

/// Changes to be made durable together. Only this crate fills one: what reaches a store went through the one door.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    tables: BTreeMap<Table, Writes>,
}

/// New values by key, or none where it is deleted.
type Writes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

impl Batch {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// How many keys change.
    pub fn len(&self) -> usize {
        self.tables.values().map(BTreeMap::len).sum()
    }

    /// The changes in key order: a new value, or none to delete.
    pub fn writes(&self) -> impl Iterator<Item = (Table, &[u8], Option<&[u8]>)> {
        self.tables
            .iter()
            .flat_map(|(table, writes)| writes.iter().map(|(key, value)| (*table, key.as_slice(), value.as_deref())))
    }

    /// Adds the changes of a later batch, which win where both change a key.
    pub fn append(&mut self, later: Self) {
        for (table, writes) in later.tables {
            self.tables.entry(table).or_default().extend(writes);
        }
    }

    /// Sets a value. A key is of 1 to [`MAX_KEY`] bytes: ours begin with an id or a time, and few are longer than two ids.
    pub(crate) fn put(&mut self, table: Table, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        let key = key.into();
        debug_assert!((1..=MAX_KEY).contains(&key.len()), "a key of {} bytes", key.len());
        self.tables.entry(table).or_default().insert(key, Some(value.into()));
    }

    pub(crate) fn delete(&mut self, table: Table, key: impl Into<Vec<u8>>) {
        self.tables.entry(table).or_default().insert(key.into(), None);
    }
}

/// A store with changes on top that are not durable yet: how a replica reads what it is about to write.
pub(crate) struct Staged<R> {
    store: R,
    /// Handed to the shell, not yet known to be durable.
    pending: Batch,
    /// Made since the shell last took a batch.
    fresh: Batch,
}

/// A key and its new value, or none where it is deleted.
type Change<'a> = (&'a Vec<u8>, &'a Option<Vec<u8>>);

impl<R: Read> Staged<R> {
    pub(crate) fn new(store: R) -> Self {
        Self { store, pending: Batch::default(), fresh: Batch::default() }
    }

    pub(crate) fn put(&mut self, table: Table, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        self.fresh.put(table, key, value);
    }

    pub(crate) fn delete(&mut self, table: Table, key: impl Into<Vec<u8>>) {
        self.fresh.delete(table, key);
    }

    /// Takes what changed since the last time, still visible here until [`Staged::committed`].
    pub(crate) fn take(&mut self) -> Batch {
        let fresh = std::mem::take(&mut self.fresh);
        self.pending.append(fresh.clone());
        fresh
    }

    /// Whether there is a value under a key that is in the store, or on its way there.
    pub(crate) fn was_handed_out(&self, table: Table, key: &[u8]) -> Result<bool, StoreError> {
        let pending = self.pending.tables.get(&table).and_then(|writes| writes.get(key));
        pending.map_or_else(|| Ok(self.store.get(table, key)?.is_some()), |value| Ok(value.is_some()))
    }

    /// All that was taken is in the store now.
    pub(crate) fn committed(&mut self) {
        self.pending = Batch::default();
    }

    fn layered(&self, table: Table, key: &[u8]) -> Option<Option<&[u8]>> {
        let mut layers = [&self.fresh, &self.pending].into_iter();
        layers.find_map(|batch| batch.tables.get(&table)?.get(key)).map(Option::as_deref)
    }
}

impl<R: Read> Read for Staged<R> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self.layered(table, key) {
            Some(value) => Ok(value.map(<[u8]>::to_vec)),
            None => self.store.get(table, key),
        }
    }

    fn scan(
        &self,
        table: Table,
        range: KeyRange<'_>,
        direction: Direction,
        visit: &mut dyn FnMut(&[u8], &[u8]) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let staged = self.staged_range(table, range);
        let mut staged: Box<dyn Iterator<Item = Change<'_>>> = match direction {
            Direction::Ascending => Box::new(staged.into_iter()),
            Direction::Descending => Box::new(staged.into_iter().rev()),
        };
        let before = |a: &[u8], b: &[u8]| match direction {
            Direction::Ascending => a < b,
            Direction::Descending => a > b,
        };
        let mut next = staged.next();
        let mut stopped = false;
        self.store.scan(table, range, direction, &mut |key, value| {
            while let Some((staged_key, staged_value)) = next.filter(|(staged_key, _)| before(staged_key, key)) {
                next = staged.next();
                if let Some(value) = staged_value
                    && visit(staged_key, value).is_break()
                {
                    stopped = true;
                    return ControlFlow::Break(());
                }
            }
            let flow = match next.filter(|(staged_key, _)| staged_key.as_slice() == key) {
                Some((_, staged_value)) => {
                    next = staged.next();
                    staged_value.as_ref().map_or(ControlFlow::Continue(()), |value| visit(key, value))
                }
                None => visit(key, value),
            };
            stopped = flow.is_break();
            flow
        })?;
        while let (false, Some((key, value))) = (stopped, next) {
            next = staged.next();
            stopped = value.as_ref().is_some_and(|value| visit(key, value).is_break());
        }
        Ok(())
    }
}

impl<R> Staged<R> {
    /// The staged keys of a range, the fresh over the pending.
    fn staged_range(&self, table: Table, range: KeyRange<'_>) -> BTreeMap<&Vec<u8>, &Option<Vec<u8>>> {
        if is_empty_range(&range) {
            return BTreeMap::new();
        }
        let layers = [&self.pending, &self.fresh].into_iter().filter_map(|batch| batch.tables.get(&table));
        layers.flat_map(|writes| writes.range::<[u8], _>(range)).collect()
    }
}
