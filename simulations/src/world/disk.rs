//! A disk that can fail as disks do: before anything was written, in the middle of it, after it was safe, or for want of
//! room.
//!
//! A batch is one record. It is written, synced, and only then told of. A power cut takes everything that was not synced;
//! what it leaves of a record that was being written is found by its checksum when the disk is read again.

use std::cell::{Cell, Ref, RefCell};
use std::collections::BTreeMap;
use std::ops::Bound;
use std::rc::Rc;

use dorpsplein_protocol::planted::{Bug, planted};
use dorpsplein_protocol::store::{Batch, Direction, KeyRange, Read, Store, StoreError, Table, Visit};
use thiserror::Error;

use super::record::{Record, Torn};
use crate::plan::Moment;

/// The power failed during a write: the box is off now, and nobody was told anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the power failed")]
pub struct PowerCut;

/// What handling one input cost: counted, never timed, so that it is the same in every run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Keys looked up.
    pub reads: u64,
    /// Entries visited by scans.
    pub visited: u64,
    /// Keys written or deleted.
    pub writes: u64,
    /// Bytes of keys and values written.
    pub bytes: u64,
}

/// A disk. Clones are the same one.
#[derive(Clone, Default)]
pub struct Disk(Rc<Platter>);

type SortedMap = BTreeMap<Vec<u8>, Vec<u8>>;
type Tables = [SortedMap; TABLES];
/// One more than the highest number of a table; not every number has one.
const TABLES: usize = Table::ALL[Table::ALL.len() - 1] as usize + 1;

#[derive(Default)]
struct Platter {
    /// What is synced and in its place.
    tables: RefCell<Tables>,
    /// Written since, in order: all that a box that acknowledges too early relies on.
    unsynced: RefCell<Vec<Record>>,
    /// What a power cut left behind the tables, as bytes: whole records and perhaps a torn one.
    left: RefCell<Vec<u8>>,
    cut: Cell<Option<Moment>>,
    full: Cell<bool>,
    lazy: Cell<bool>,
    cost: Cell<Cost>,
}

impl Disk {
    /// The power fails at the next write.
    pub fn cut_power_at_next_write(&self, moment: Moment) {
        self.0.cut.set(Some(moment));
    }

    /// The power does not fail after all.
    pub fn spare(&self) {
        self.0.cut.set(None);
    }

    /// There is no more room, or there is room again.
    pub fn set_full(&self, full: bool) {
        self.0.full.set(full);
    }

    /// Whether there is no room.
    pub fn is_full(&self) -> bool {
        self.0.full.get()
    }

    /// From here on a commit returns before it is synced; the next one syncs it. A mistake, to be found.
    pub fn set_lazy(&self, lazy: bool) {
        self.0.lazy.set(lazy);
    }

    /// Syncs what was written, as shutting down in order does.
    pub fn sync(&self) {
        let mut tables = self.0.tables.borrow_mut();
        for record in self.0.unsynced.borrow_mut().drain(..) {
            record.put_in_place(tables.as_mut_slice());
        }
    }

    /// Reads the disk again after the power was gone: what was not synced is lost, whole records count, a torn one is
    /// dropped. Returns how many bytes of a torn record there were.
    pub fn recover(&self) -> usize {
        self.0.unsynced.borrow_mut().clear();
        let left = self.0.left.take();
        let mut tables = self.0.tables.borrow_mut();
        let mut rest = left.as_slice();
        while !rest.is_empty() {
            match Record::read(rest) {
                Ok((record, after)) => {
                    record.put_in_place(tables.as_mut_slice());
                    rest = after;
                }
                Err(Torn) => return rest.len(),
            }
        }
        0
    }

    /// How many bytes of keys and values are on it.
    pub fn bytes(&self) -> u64 {
        let tables = self.0.tables.borrow();
        let entries = tables.iter().flatten();
        entries.map(|(key, value)| (key.len() + value.len()) as u64).sum()
    }

    /// Whether these bytes stand anywhere on it, in a key or in a value.
    pub fn contains(&self, bytes: &[u8]) -> bool {
        let within = |text: &Vec<u8>| text.windows(bytes.len()).any(|window| window == bytes);
        self.0.tables.borrow().iter().flatten().any(|(key, value)| within(key) || within(value))
    }

    /// How many operations wait on it: kept without counting, or without their payload.
    pub fn waiting(&self) -> u64 {
        let tables = self.0.tables.borrow();
        [Table::Undecided, Table::Incomplete].iter().map(|table| tables[*table as usize].len() as u64).sum()
    }

    /// What was read and written since the last time this was asked.
    pub fn take_cost(&self) -> Cost {
        self.0.cost.take()
    }

    fn count(&self, add: impl FnOnce(&mut Cost)) {
        let mut cost = self.0.cost.get();
        add(&mut cost);
        self.0.cost.set(cost);
    }

    /// What a record that is written but not synced says about a key; the last one wins.
    fn unsynced(&self, table: Table, key: &[u8]) -> Option<Option<Vec<u8>>> {
        self.0.unsynced.borrow().iter().rev().find_map(|record| record.value(table, key))
    }

    /// The tables with what is written but not synced on top; only a lazy disk has any such.
    fn with_unsynced(&self, table: Table) -> Option<SortedMap> {
        let unsynced = self.0.unsynced.borrow();
        if unsynced.is_empty() {
            return None;
        }
        let mut map = self.0.tables.borrow()[table as usize].clone();
        unsynced.iter().for_each(|record| record.put_in_table(table, &mut map));
        Some(map)
    }

    fn fail(&self, moment: Moment, record: &Record) -> StoreError {
        let mut bytes = record.bytes();
        match moment {
            Moment::Before => bytes.clear(),
            // The file had grown, and the rest of its blocks were not written.
            Moment::Torn => {
                let half = bytes.len() / 2;
                bytes[half..].fill(0);
            }
            Moment::Synced => self.sync(),
        }
        self.0.left.borrow_mut().append(&mut bytes);
        StoreError::Unavailable(Box::new(PowerCut))
    }
}

impl Read for Disk {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.count(|cost| cost.reads += 1);
        if let Some(value) = self.unsynced(table, key) {
            return Ok(value);
        }
        Ok(self.0.tables.borrow()[table as usize].get(key).cloned())
    }

    fn scan(
        &self,
        table: Table,
        range: KeyRange<'_>,
        direction: Direction,
        visit: Visit<'_>,
    ) -> Result<(), StoreError> {
        if is_empty(&range) {
            return Ok(());
        }
        let mut visited = 0;
        let mut call = |(key, value): (&Vec<u8>, &Vec<u8>)| {
            visited += 1;
            visit(key, value).is_break()
        };
        let layered = self.with_unsynced(table);
        let tables: Ref<'_, Tables> = self.0.tables.borrow();
        let mut entries = layered.as_ref().unwrap_or(&tables[table as usize]).range::<[u8], _>(range);
        match direction {
            Direction::Ascending => entries.any(&mut call),
            Direction::Descending => entries.rev().any(&mut call),
        };
        self.count(|cost| cost.visited += visited);
        Ok(())
    }
}

impl Store for Disk {
    fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        if batch.is_empty() {
            return if self.0.full.get() { Err(StoreError::Full) } else { Ok(()) };
        }
        if self.0.full.get() {
            return Err(StoreError::Full);
        }
        let bytes: usize = batch.writes().map(|(_, key, value)| key.len() + value.map_or(0, <[u8]>::len)).sum();
        self.count(|cost| {
            cost.writes += batch.len() as u64;
            cost.bytes += bytes as u64;
        });
        if let Some(moment) = self.0.cut.take() {
            return Err(self.fail(moment, &Record::of(batch)));
        }
        self.sync();
        if self.0.lazy.get() || planted(Bug::AcknowledgesBeforeSync) {
            self.0.unsynced.borrow_mut().push(Record::of(batch));
            return Ok(());
        }
        let mut tables = self.0.tables.borrow_mut();
        for (table, key, value) in batch.writes() {
            let map = &mut tables[table as usize];
            match value {
                Some(value) => drop(map.insert(key.to_vec(), value.to_vec())),
                None => drop(map.remove(key)),
            }
        }
        Ok(())
    }
}

/// `BTreeMap::range` panics on ranges that start after their end; here they are simply empty.
fn is_empty((start, end): &KeyRange<'_>) -> bool {
    match (start, end) {
        (Bound::Included(a), Bound::Included(b)) => a > b,
        (Bound::Included(a) | Bound::Excluded(a), Bound::Included(b) | Bound::Excluded(b)) => a >= b,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use dorpsplein_protocol::store::conformance::{self, holds_numbered_batch, numbered_batch};

    use super::*;

    #[test]
    fn conforms() {
        let disk = Disk::default();
        conformance::run(|| disk.clone());
        let lazy = Disk::default();
        lazy.set_lazy(true);
        conformance::run(|| lazy.clone());
    }

    #[test]
    fn a_power_cut_takes_the_write_it_interrupts_and_nothing_else() {
        for (moment, stands) in [(Moment::Before, false), (Moment::Torn, false), (Moment::Synced, true)] {
            let disk = Disk::default();
            (0..5).for_each(|number| disk.commit(&numbered_batch(number)).unwrap());
            disk.cut_power_at_next_write(moment);
            assert!(matches!(disk.commit(&numbered_batch(5)), Err(StoreError::Unavailable(_))));
            let torn = disk.recover();
            assert_eq!(torn > 0, moment == Moment::Torn, "{moment:?}");
            assert!((0..5).all(|number| holds_numbered_batch(&disk, number, number == 4 && !stands)), "{moment:?}");
            assert_eq!(holds_numbered_batch(&disk, 5, stands), stands, "{moment:?}");
            disk.commit(&numbered_batch(6)).unwrap();
            assert!(holds_numbered_batch(&disk, 6, stands), "it goes on after {moment:?}");
        }
    }

    #[test]
    fn a_lazy_disk_loses_what_it_acknowledged() {
        let disk = Disk::default();
        disk.set_lazy(true);
        disk.commit(&numbered_batch(0)).unwrap();
        disk.commit(&numbered_batch(1)).unwrap();
        assert!(holds_numbered_batch(&disk, 1, true), "it looks as if it stood");
        disk.cut_power_at_next_write(Moment::Before);
        disk.commit(&numbered_batch(2)).unwrap_err();
        disk.recover();
        assert!(holds_numbered_batch(&disk, 0, true));
        assert!(!holds_numbered_batch(&disk, 1, false), "acknowledged, and gone");
    }

    #[test]
    fn a_full_disk_can_be_read() {
        let disk = Disk::default();
        disk.commit(&numbered_batch(0)).unwrap();
        disk.set_full(true);
        assert!(matches!(disk.commit(&numbered_batch(1)), Err(StoreError::Full)));
        assert!(matches!(disk.commit(&Batch::default()), Err(StoreError::Full)));
        assert!(holds_numbered_batch(&disk, 0, true));
        disk.set_full(false);
        disk.commit(&numbered_batch(1)).unwrap();
        assert!(holds_numbered_batch(&disk, 1, true));
    }
}
