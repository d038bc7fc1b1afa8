//! Writing what an evaluation came to, in the batch of the operation that brought it about.

use std::collections::BTreeSet;

use super::evaluate::{Evaluation, Examined, Remains, is_settled};
use super::ingest::{Undecided, undecided_key};
use super::work::Work;
use super::{Replica, Round};
use crate::authority::{Missing, Verdict};
use crate::operation::{Header, ItemId, OperationId, Space};
use crate::photo::PhotoId;
use crate::planted::{Bug, planted};
use crate::projection::{ErasedHere, ItemRow, LogEntry, log_key, row_writes, space_prefix};
use crate::store::{Read, StoreError, Table};
use crate::sync::SpaceId;

impl<R: Read> Replica<R> {
    /// Writes what changed: verdicts, payloads, the log, what is waited for, the row and the keys that list it.
    pub(super) fn write_evaluation(&mut self, evaluation: Evaluation, round: &mut Round) -> Result<(), StoreError> {
        let item = evaluation.item;
        let before = self.moved(&item)?.map(|moved| moved.reach);
        for examined in &evaluation.examined {
            self.write_verdict(item, examined, round)?;
            self.write_payload(examined, before, evaluation.reach)?;
        }
        let operations = evaluation.examined.iter().map(|examined| (examined.id, &examined.header));
        if self.write_placement(item, operations, evaluation.placement.as_ref())? {
            // What answers it goes where it goes.
            self.wake(item.as_bytes())?;
        }
        self.write_log(&evaluation)?;
        if let Some(subject) = evaluation.subject {
            // Whatever is said about it now: what it answers may come, go or turn out to be something else.
            self.wait_for(Missing::Subject(subject), Work::Item(item));
        }
        self.write_erasure(&evaluation, round)?;
        self.write_row(item, evaluation.row, Some(&evaluation.withheld), round)
    }

    fn write_verdict(&mut self, item: ItemId, examined: &Examined, round: &mut Round) -> Result<(), StoreError> {
        let Examined { id, header, verdict, .. } = examined;
        if !is_settled(*verdict) {
            self.mark_undecided(header, id, Undecided::Outside)?;
        } else if self.clear_undecided(header, id)?
            && *verdict == Verdict::Permitted
            && let Some(kept) = self.load(id)?
        {
            // It waited here; the others hear of it now as if it had just come in.
            round.accepted.push((kept.operation().clone(), None));
        }
        match verdict {
            // The item is evaluated anyway when an operation of its own comes in.
            Verdict::Permitted | Verdict::Refused(_) | Verdict::Unknown(Missing::Parent(_) | Missing::Payload(_)) => {}
            Verdict::Unknown(missing) => self.wait_for(*missing, Work::Item(item)),
        }
        Ok(())
    }

    /// Drops a payload that was erased, for good; and remembers one that is missing without having been erased.
    ///
    /// What is missing is asked for from those for whom the item is now, `before` being for whom it was.
    fn write_payload(
        &mut self,
        examined: &Examined,
        before: Option<Space>,
        reach: Option<Space>,
    ) -> Result<(), StoreError> {
        let Examined { id, header, payload, .. } = examined;
        let reach = reach.unwrap_or(header.space);
        if *payload == Remains::Dropped
            && !planted(Bug::KeepsTheErased)
            && let Some(signed) = self.load_signed(id)?
        {
            self.note_dropped(id)?;
            self.store.put(Table::Operations, *id.as_bytes(), signed.without_payload().encode());
        }
        let wanted = *payload == Remains::Wanted;
        // Mostly nothing is missing, and there is nothing to look up.
        if wanted || self.incomplete > 0 {
            let earlier = [before.unwrap_or(header.space), header.space];
            for space in earlier.into_iter().filter(|space| *space != reach) {
                self.note_missing(incomplete_key(header, space, id), false)?;
            }
            self.note_missing(incomplete_key(header, reach, id), wanted)?;
        }
        Ok(())
    }

    fn note_missing(&mut self, key: Vec<u8>, missing: bool) -> Result<(), StoreError> {
        if self.store.get(Table::Incomplete, &key)?.is_some() == missing {
            return Ok(());
        }
        if missing {
            self.incomplete += 1;
            self.store.put(Table::Incomplete, key, []);
        } else {
            self.incomplete -= 1;
            self.store.delete(Table::Incomplete, key);
        }
        Ok(())
    }

    /// What was done to the item as a whole, and the objection to it that waits for an answer.
    fn write_log(&mut self, evaluation: &Evaluation) -> Result<(), StoreError> {
        let mut counting = Vec::new();
        for Examined { id, header, log, .. } in &evaluation.examined {
            let Some(line) = log else { continue };
            let key = log_key(header.time, id);
            self.put_if_other(Table::Log, key.clone(), line.as_ref().map(LogEntry::encode))?;
            counting.push((key, line.clone()));
        }
        if counting.is_empty() {
            // Nothing of that sort was ever here, or it would still be among what is examined.
            return Ok(());
        }
        let lines = counting.into_iter().filter_map(|(key, line)| Some((key, line?)));
        let open = LogEntry::open_objection(lines);
        self.put_if_other(Table::Objections, evaluation.item.as_bytes().to_vec(), open)
    }

    /// When an erasure takes effect here, or an item leaves an audience of other neighbourhoods, the receipts that these will
    /// give begin to count.
    fn write_erasure(&mut self, evaluation: &Evaluation, round: &Round) -> Result<(), StoreError> {
        let item = evaluation.item;
        let left: Vec<Space> = evaluation.row.iter().flat_map(|_| evaluation.left()).collect();
        if !evaluation.erased && left.is_empty() && self.receipts.is_empty() {
            return Ok(());
        }
        let known = self.store.get(Table::Erasures, item.as_bytes())?;
        let before = known.as_deref().map_or_else(|| Ok(Vec::new()), ErasedHere::decode)?;
        let erased = evaluation.reach.filter(|_| evaluation.erased).map(|reach| (reach, true));
        let creation = evaluation.examined.iter().find(|examined| examined.id == item.into());
        let mut after = Vec::new();
        for (space, whole) in erased.into_iter().chain(left.into_iter().map(|space| (space, false))) {
            let Some(neighbourhood) = creation.map(|made| made.header.neighbourhood()) else { continue };
            let space = SpaceId { neighbourhood, space };
            let noted = before.iter().find(|noted| (noted.space, noted.whole) == (space, whole)).copied();
            let receipts = &mut self.receipts;
            let fresh = || ErasedHere { space, at: receipts.erased(space, round.now), whole };
            after.push(noted.unwrap_or_else(fresh));
        }
        let value = (!after.is_empty()).then(|| ErasedHere::encode(&after));
        self.put_if_other(Table::Erasures, item.as_bytes().to_vec(), value)
    }

    /// Writes an item's row with the keys that list it, or takes it away. Photos that are `withheld` stay where they are
    /// here; none leaves those as they are.
    pub(super) fn write_row(
        &mut self,
        item: ItemId,
        row: Option<ItemRow>,
        withheld: Option<&BTreeSet<PhotoId>>,
        round: &mut Round,
    ) -> Result<(), StoreError> {
        let before = crate::projection::item(&self.store, &item)?;
        let row = row.map(|row| self.welcomed(row)).transpose()?;
        if before == row {
            if self.withheld.contains_key(&item) {
                self.write_photos(item, before.as_ref(), row.as_ref(), withheld);
            }
            return Ok(());
        }
        if let Some(row) = &before {
            self.store.delete(Table::Rows, *item.as_bytes());
            row_writes(row).into_iter().for_each(|(table, key, _)| self.store.delete(table, key));
        }
        if let Some(row) = &row {
            self.store.put(Table::Rows, *item.as_bytes(), row.encode());
            row_writes(row).into_iter().for_each(|(table, key, value)| self.store.put(table, key, value));
        }
        self.write_photos(item, before.as_ref(), row.as_ref(), withheld);
        round.changed.insert(item);
        let subject = |row: &Option<ItemRow>| row.as_ref().and_then(|row| row.subject);
        round.changed.extend(subject(&row).or_else(|| subject(&before)));
        // What answers it depends on its being there and on its kind, which whoever erases it names again.
        let facts = |row: &Option<ItemRow>| row.as_ref().map(|row| row.kind);
        if facts(&before) != facts(&row) {
            self.wake(item.as_bytes())?;
        }
        self.follow_welcome(before.as_ref(), row.as_ref(), round)
    }

    /// Marks an operation as kept without being permitted.
    pub(super) fn mark_undecided(
        &mut self,
        header: &Header,
        id: &OperationId,
        how: Undecided,
    ) -> Result<(), StoreError> {
        let key = undecided_key(header, id);
        if self.store.get(Table::Undecided, &key)?.is_none() {
            self.undecided += 1;
            self.store.put(Table::Undecided, key, [how as u8]);
        }
        Ok(())
    }

    /// The operation is permitted now, or taken into its register. Says whether it was kept without being permitted.
    pub(super) fn clear_undecided(&mut self, header: &Header, id: &OperationId) -> Result<bool, StoreError> {
        if self.undecided == 0 {
            return Ok(false);
        }
        let key = undecided_key(header, id);
        let kept = self.store.get(Table::Undecided, &key)?.is_some();
        if kept {
            self.undecided = self.undecided.saturating_sub(1);
            self.let_go.forget();
            self.store.delete(Table::Undecided, key);
        }
        Ok(kept)
    }

    fn put_if_other(&mut self, table: Table, key: Vec<u8>, value: Option<Vec<u8>>) -> Result<(), StoreError> {
        let known = self.store.get(table, &key)?;
        match value {
            Some(value) if known.as_ref() != Some(&value) => self.store.put(table, key, value),
            None if known.is_some() => self.store.delete(table, key),
            Some(_) | None => {}
        }
        Ok(())
    }
}

/// neighbourhood ‖ space ‖ id.
pub(super) fn incomplete_key(header: &Header, space: Space, id: &OperationId) -> Vec<u8> {
    let mut key = space_prefix(&header.neighbourhood(), &space);
    key.extend(id.as_bytes());
    key
}
