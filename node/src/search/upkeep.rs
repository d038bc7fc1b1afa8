//! Writing the index: what changed, all there is, and taking words out for good.

use std::collections::BTreeMap;
use std::ops::{Bound, ControlFlow};

use dorpsplein_protocol::operation::{ItemId, NeighbourhoodId};
use dorpsplein_protocol::projection::{self, ItemRow};
use dorpsplein_protocol::store::{Direction, Read, StoreError, Table};
use tantivy::index::SegmentId;
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy, MergePolicy, NoMergePolicy};
use tantivy::{IndexWriter, TantivyError};

use super::entry::Entry;
use super::index::{Index, IndexError, guarded};

/// Rows read from the store at a time: between two of these others get their turn.
const ROWS_AT_A_TIME: usize = 256;
/// What a writer keeps in memory before it writes a part of the index, in bytes: the least the engine takes.
const WRITER_BYTES: usize = 15_000_000;
/// Parts of the index from which on they are put together.
const MAX_PARTS: usize = 8;

/// The store as it is read here.
pub(super) type Rows = dyn Read + Send + Sync;

/// What one round of writing came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Round {
    /// Entries that were written, anew or for the first time.
    pub(crate) written: usize,
    /// Entries that were taken out.
    pub(crate) removed: usize,
}

impl Index {
    /// Brings the entries of some items in line with their rows.
    ///
    /// # Errors
    /// [`IndexError`]; then it is as it was before.
    pub(super) fn update<'a>(
        &self,
        rows: &Rows,
        home: &NeighbourhoodId,
        items: impl IntoIterator<Item = &'a ItemId>,
    ) -> Result<Round, IndexError> {
        guarded(|| {
            let mut changes = BTreeMap::new();
            for id in items {
                let entry = projection::item(&rows, id)?.and_then(|row| Entry::of(&row, home));
                let mark = self.mark_of(id)?;
                if entry.as_ref().map(Entry::mark) != mark {
                    changes.insert(*id, (entry, mark.is_some()));
                }
            }
            if changes.is_empty() {
                return Ok(Round::default());
            }
            self.write(|writer, round| {
                changes.iter().try_for_each(|(id, (entry, was))| self.put(writer, id, entry.as_ref(), *was, round))
            })
        })
    }

    /// Compares all entries with all rows, and brings them in line. Tells how far it is: rows looked at, and how many
    /// there are.
    ///
    /// # Errors
    /// [`IndexError`]; then it is as it was before.
    pub(super) fn compare(
        &self,
        rows: &Rows,
        home: &NeighbourhoodId,
        progress: &dyn Fn(u64, u64),
    ) -> Result<Round, IndexError> {
        guarded(|| {
            let total = count(rows)?;
            progress(0, total);
            let mut known = self.marks()?;
            self.write(|writer, round| {
                let mut looked = 0;
                each_row(rows, &mut |row| {
                    looked += 1;
                    if looked % ROWS_AT_A_TIME as u64 == 0 {
                        progress(looked.min(total), total);
                    }
                    let Some(entry) = Entry::of(&row, home) else { return Ok(()) };
                    let mark = known.remove(&entry.id);
                    if mark == Some(entry.mark()) {
                        return Ok(());
                    }
                    self.put(writer, &entry.id, Some(&entry), mark.is_some(), round)
                })?;
                // What is left has no place in the lists any more.
                known.keys().try_for_each(|id| self.put(writer, id, None, true, round))?;
                progress(total, total);
                Ok(())
            })
        })
    }

    /// Writes the index anew where words stand in it of what was taken out: at the start, because the process may have
    /// ended between the two.
    ///
    /// # Errors
    /// [`IndexError`].
    pub(super) fn scrub(&self) -> Result<(), IndexError> {
        guarded(|| {
            if self.parts_with_leftovers()?.is_empty() {
                return Ok(());
            }
            let mut writer = self.writer()?;
            self.tidy(&mut writer, true)
        })
    }

    /// Puts an item's entry in the place of the one that is there, if `was`.
    pub(super) fn put(
        &self,
        writer: &IndexWriter,
        id: &ItemId,
        entry: Option<&Entry>,
        was: bool,
        round: &mut Round,
    ) -> Result<(), IndexError> {
        if was {
            writer.delete_term(self.id_term(id));
        }
        match entry {
            Some(entry) => {
                writer.add_document(self.document(entry))?;
                round.written += 1;
            }
            None => round.removed += 1,
        }
        Ok(())
    }

    /// Has a writer write, makes it durable and has searches see it.
    pub(super) fn write(
        &self,
        work: impl FnOnce(&IndexWriter, &mut Round) -> Result<(), IndexError>,
    ) -> Result<Round, IndexError> {
        let mut round = Round::default();
        let mut writer = self.writer()?;
        work(&writer, &mut round)?;
        if round == Round::default() {
            return Ok(round);
        }
        writer.commit()?;
        self.tidy(&mut writer, round.removed > 0)?;
        Ok(round)
    }

    /// Keeps the index in few parts, and where something was removed also without its words: what is deleted stands in
    /// the files until they are written anew.
    fn tidy(&self, writer: &mut IndexWriter, removed: bool) -> Result<(), IndexError> {
        if removed {
            let leftovers = self.parts_with_leftovers()?;
            merge(writer, &leftovers)?;
        }
        let parts = self.engine.searchable_segment_metas()?;
        if parts.len() > MAX_PARTS {
            for parts in LogMergePolicy::default().compute_merge_candidates(&parts) {
                merge(writer, &parts.0)?;
            }
        }
        // First nobody reads the old files any more, then they go.
        self.reload()?;
        writer.garbage_collect_files().wait()?;
        Ok(())
    }

    /// What a process comes to that ends between the two.
    #[cfg(test)]
    pub(super) fn delete_without_scrubbing(&self, id: &ItemId) {
        let mut writer = self.writer().expect("nobody else writes in a test");
        writer.delete_term(self.id_term(id));
        writer.commit().expect("the folder can be written in a test");
    }

    fn parts_with_leftovers(&self) -> Result<Vec<SegmentId>, IndexError> {
        let parts = self.engine.searchable_segment_metas()?;
        Ok(parts.iter().filter(|part| part.num_deleted_docs() > 0).map(|part| part.id()).collect())
    }

    /// One thread writes and one puts parts together, and both only as long as there is something to do.
    fn writer(&self) -> Result<IndexWriter, IndexError> {
        let options = IndexWriterOptions::builder()
            .memory_budget_per_thread(WRITER_BYTES)
            .num_worker_threads(1)
            .num_merge_threads(1)
            .build();
        let writer = self.engine.writer_with_options(options).map_err(|error| match error {
            TantivyError::LockFailure(..) => IndexError::Busy,
            error => error.into(),
        })?;
        writer.set_merge_policy(Box::new(NoMergePolicy));
        Ok(writer)
    }
}

fn merge(writer: &mut IndexWriter, parts: &[SegmentId]) -> Result<(), IndexError> {
    if !parts.is_empty() {
        writer.merge(parts).wait()?;
    }
    Ok(())
}

fn count(rows: &Rows) -> Result<u64, StoreError> {
    let mut count = 0;
    rows.scan(Table::Rows, (Bound::Unbounded, Bound::Unbounded), Direction::Ascending, &mut |_, _| {
        count += 1;
        ControlFlow::Continue(())
    })?;
    Ok(count)
}

/// Every row, in batches.
fn each_row(rows: &Rows, visit: &mut dyn FnMut(ItemRow) -> Result<(), IndexError>) -> Result<(), IndexError> {
    let mut after: Option<Vec<u8>> = None;
    loop {
        let range = (after.as_deref().map_or(Bound::Unbounded, Bound::Excluded), Bound::Unbounded);
        let (mut batch, mut last) = (Vec::with_capacity(ROWS_AT_A_TIME), None);
        rows.scan(Table::Rows, range, Direction::Ascending, &mut |key, value| {
            batch.push(ItemRow::decode(value).map_err(|_| StoreError::Damaged("a row")));
            last = Some(key.to_vec());
            if batch.len() < ROWS_AT_A_TIME { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        let Some(last) = last else { return Ok(()) };
        after = Some(last);
        for row in batch {
            visit(row?)?;
        }
    }
}
