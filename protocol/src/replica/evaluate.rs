//! What an item's operations come to: a verdict about each, and the row. A function of the set of operations and the
//! registers, made anew for an item whenever either changes; items are small.

use std::collections::{BTreeMap, BTreeSet};

use super::Replica;
use super::ingest::{Undecided, undecided_key};
use super::work::Work;
use crate::authority::{ItemFacts, Missing, Reason, SubjectFacts, Verdict, decide};
use crate::item::{Document, History, Outcome, project_single};
use crate::operation::{Edit, Header, ItemId, Kind, OperationId, Signed, Verified};
use crate::projection::{Author, ItemRow, row_writes};
use crate::store::{Read, StoreError, Table};
use crate::time::Timestamp;
use crate::validate::Valid;

/// What an item's operations come to.
pub(super) struct Evaluation {
    item: ItemId,
    headers: Vec<(OperationId, Header)>,
    verdicts: BTreeMap<OperationId, Verdict>,
    row: Option<ItemRow>,
}

impl Evaluation {
    /// The verdict about one of the operations.
    pub(super) fn verdict(&self, id: &OperationId) -> Verdict {
        self.verdicts.get(id).copied().unwrap_or(Verdict::Unknown(Missing::Parent(*id)))
    }
}

impl<R: Read> Replica<R> {
    /// Evaluates an item with the operations in the store, and `extra` if it is not there yet.
    pub(super) fn evaluate(
        &mut self,
        item: ItemId,
        extra: Option<&Valid>,
        now: Timestamp,
    ) -> Result<Evaluation, StoreError> {
        let mut operations = self.load_item(&item)?;
        operations.extend(extra.cloned());
        let history = History::new(operations);
        let (ordered, unplaced) = history.ordered();
        let mut verdicts = BTreeMap::new();
        let mut permitted: Vec<&Valid> = Vec::with_capacity(ordered.len());
        let creation = history.get(&item.into()).and_then(creation_of);
        for valid in &ordered {
            let verdict = match creation {
                Some((kind, subject, creation)) => {
                    let subject = subject.map(|id| self.subject_facts(&id).map(|facts| (id, facts))).transpose()?;
                    let facts = ItemFacts { kind, creation: creation.header(), subject };
                    self.decide_in_history(valid, &history, &verdicts, &facts, now)?
                }
                None => Verdict::Unknown(Missing::Parent(item.into())),
            };
            if verdict == Verdict::Permitted {
                permitted.push(valid);
            }
            verdicts.insert(valid.id(), verdict);
        }
        for (valid, crate::item::OrderError::MissingParent(parent)) in unplaced {
            verdicts.insert(valid.id(), Verdict::Unknown(Missing::Parent(parent)));
        }
        let row = match creation {
            Some((kind, subject, creation)) if verdicts.get(&creation.id()) == Some(&Verdict::Permitted) => {
                self.build_row(item, kind, subject, creation, &permitted)?
            }
            _ => None,
        };
        let headers = history.iter().map(|valid| (valid.id(), valid.header().clone())).collect();
        Ok(Evaluation { item, headers, verdicts, row })
    }

    /// Writes what changed: verdicts, what is waited for, the row and the keys that list it.
    pub(super) fn write_evaluation(
        &mut self,
        evaluation: Evaluation,
        round: &mut super::Round,
    ) -> Result<(), StoreError> {
        let item = evaluation.item;
        for (id, header) in &evaluation.headers {
            match evaluation.verdict(id) {
                Verdict::Permitted => {
                    if self.clear_undecided(header, id)?
                        && let Some(valid) = self.load(id)?
                    {
                        // It waited here; the others hear of it now as if it had just come in.
                        round.accepted.push((valid.operation().clone(), None));
                    }
                }
                Verdict::Refused(_) | Verdict::Unknown(_) => self.mark_undecided(header, id, Undecided::Outside)?,
            }
        }
        for verdict in evaluation.verdicts.values() {
            match verdict {
                // The item is evaluated anyway when an operation of its own comes in.
                Verdict::Permitted | Verdict::Refused(_) | Verdict::Unknown(Missing::Parent(_)) => {}
                Verdict::Unknown(missing) => self.wait_for(*missing, Work::Item(item)),
            }
        }
        let before = crate::projection::item(&self.store, &item)?;
        if before == evaluation.row {
            return Ok(());
        }
        if let Some(row) = &before {
            self.store.delete(Table::Rows, *item.as_bytes());
            row_writes(row).into_iter().for_each(|(table, key)| self.store.delete(table, key));
        }
        if let Some(row) = &evaluation.row {
            self.store.put(Table::Rows, *item.as_bytes(), row.encode());
            row_writes(row).into_iter().for_each(|(table, key)| self.store.put(table, key, []));
        }
        round.changed.insert(item);
        let subject = evaluation.row.as_ref().or(before.as_ref()).and_then(|row| row.subject);
        round.changed.extend(subject);
        if before.is_some() != evaluation.row.is_some() {
            self.visibility_changed(&item)?;
        }
        Ok(())
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
        let key = undecided_key(header, id);
        let kept = self.store.get(Table::Undecided, &key)?.is_some();
        if kept {
            self.undecided = self.undecided.saturating_sub(1);
            self.store.delete(Table::Undecided, key);
        }
        Ok(kept)
    }

    /// An operation from this box's own store, which verified it when it came in.
    pub(super) fn load(&self, id: &OperationId) -> Result<Option<Valid>, StoreError> {
        let Some(bytes) = self.store.get(Table::Operations, id.as_bytes())? else { return Ok(None) };
        let signed = Signed::decode(&bytes).map_err(|_| StoreError::Damaged("an operation"))?;
        let valid = Valid::check(&Verified::from_own_store(signed)).map_err(|_| StoreError::Damaged("an operation"))?;
        Ok(Some(valid))
    }

    fn load_item(&self, item: &ItemId) -> Result<Vec<Valid>, StoreError> {
        let keys = self.store.keys_with_prefix(Table::Items, item.as_bytes(), usize::MAX)?;
        let ids = keys.iter().filter_map(|key| OperationId::try_from(&key[32..]).ok());
        ids.map(|id| self.load(&id)?.ok_or(StoreError::Damaged("an operation is gone"))).collect()
    }

    fn subject_facts(&self, subject: &ItemId) -> Result<Option<SubjectFacts>, StoreError> {
        let row = crate::projection::item(&self.store, subject)?;
        Ok(row.map(|row| SubjectFacts { kind: row.kind, neighbourhood: row.neighbourhood, space: row.space }))
    }

    fn decide_in_history(
        &self,
        valid: &Valid,
        history: &History,
        verdicts: &BTreeMap<OperationId, Verdict>,
        facts: &ItemFacts<'_>,
        now: Timestamp,
    ) -> Result<Verdict, StoreError> {
        let header = valid.header();
        if self.is_forked_out(header, &valid.id())? {
            return Ok(Verdict::Refused(Reason::Forked));
        }
        if let Some(parent) = header.parents.iter().find(|parent| verdicts.get(*parent) != Some(&Verdict::Permitted)) {
            return Ok(Verdict::Unknown(Missing::Parent(*parent)));
        }
        // The one before covers those before it, or it would not be permitted itself.
        for earlier in history.signed_before(header) {
            if !self.is_forked_out(earlier.header(), &earlier.id())? {
                if !history.covers(valid, &earlier.id()) {
                    return Ok(Verdict::Refused(Reason::OwnHistorySkipped));
                }
                break;
            }
        }
        Ok(decide(&self.registers, header, facts, now))
    }

    /// Whether an operation, or one its device signed before it, lost to another with the same number.
    ///
    /// Costs nothing for devices that never forked, and a walk back to the fork for those that did.
    fn is_forked_out(&self, header: &Header, id: &OperationId) -> Result<bool, StoreError> {
        let Some(lowest) = self.forked.get(&header.device).copied() else { return Ok(false) };
        let (mut sequence, mut id, mut previous) = (header.sequence, *id, header.previous);
        while sequence >= lowest {
            let prefix = [&header.device.as_bytes()[..], &sequence.to_be_bytes()].concat();
            let keys = self.store.keys_with_prefix(Table::Devices, &prefix, 1)?;
            if keys.first().is_some_and(|key| key[40..] < id.as_bytes()[..]) {
                return Ok(true);
            }
            let Some(before) = previous else { return Ok(false) };
            let Some(operation) = self.load(&before)? else { return Ok(false) };
            (sequence, id, previous) = (operation.header().sequence, before, operation.header().previous);
        }
        Ok(false)
    }

    fn build_row(
        &mut self,
        item: ItemId,
        kind: Kind,
        subject: Option<ItemId>,
        creation: &Valid,
        permitted: &[&Valid],
    ) -> Result<Option<ItemRow>, StoreError> {
        let header = creation.header();
        let home = header.home();
        let membership = self.registers.get(&home).and_then(|register| register.membership(&header.device));
        let Some(membership) = membership else { return Ok(None) };
        let outcome = match permitted {
            [only] => project_single(only.edits()),
            several => self.materialise(item, several)?,
        };
        let latest = permitted.iter().skip(1).map(|valid| valid.header().time).max();
        Ok(Some(ItemRow {
            id: item,
            kind,
            subject,
            neighbourhood: header.neighbourhood(),
            space: header.space,
            author: Author { device: header.device, resident: membership.resident, home },
            created: header.time,
            edited: latest,
            operations: permitted.iter().map(|valid| valid.id()).collect(),
            heads: heads(permitted),
            content: outcome.content,
            conflicts: outcome.conflicts,
        }))
    }

    /// The item's document, from the cache if that holds nothing but permitted operations, brought up to date.
    fn materialise(&mut self, item: ItemId, permitted: &[&Valid]) -> Result<Outcome, StoreError> {
        let damaged = |_| StoreError::Damaged("the history of an item");
        let ids: BTreeSet<OperationId> = permitted.iter().map(|valid| valid.id()).collect();
        let cached = self.documents.pop(&item).filter(|document| document.holds_only(&ids));
        let mut document = cached.unwrap_or_else(|| Document::new(item));
        for valid in permitted {
            document.apply(valid).map_err(damaged)?;
        }
        let outcome = document.outcome().map_err(damaged)?;
        self.documents.put(item, document);
        Ok(outcome)
    }

    /// A stored operation may share its number with another one, or close a gap between such a pair and what its device
    /// signed after it: everything that device signed from there on is looked at again.
    pub(super) fn check_count(&mut self, header: &Header, id: &OperationId) -> Result<(), StoreError> {
        let known = self.forked.get(&header.device).copied();
        let from = if self.signed_otherwise(header, *id)? {
            let lowest = known.map_or(header.sequence, |lowest| lowest.min(header.sequence));
            self.forked.insert(header.device, lowest);
            lowest
        } else if known.is_some_and(|lowest| lowest < header.sequence) {
            header.sequence
        } else {
            return Ok(());
        };
        let from = [&header.device.as_bytes()[..], &from.to_be_bytes()].concat();
        self.look_again_at_device(&header.device, &from)
    }
}

fn creation_of(valid: &Valid) -> Option<(Kind, Option<ItemId>, &Valid)> {
    match valid.edits().first() {
        Some(Edit::Create { kind, subject, .. }) => Some((*kind, *subject, valid)),
        _ => None,
    }
}

/// The permitted operations that no other permitted one builds on; sorted.
fn heads(permitted: &[&Valid]) -> Vec<OperationId> {
    let built_on: BTreeSet<OperationId> = permitted.iter().flat_map(|valid| valid.header().parents.clone()).collect();
    let ids: BTreeSet<OperationId> = permitted.iter().map(|valid| valid.id()).collect();
    ids.difference(&built_on).copied().collect()
}
