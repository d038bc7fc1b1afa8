//! Building the row of an item that is not erased, from its permitted operations.

use std::collections::BTreeSet;

use super::Replica;
use super::erase::latest_appeal;
use super::evaluate::{Creation, Verdicts};
use super::setting::Setting;
use crate::authority::Voice;
use crate::item::{Document, History, Kept, Outcome, project_single};
use crate::operation::{Edit, ItemId, ModerationAct, OperationId};
use crate::planted::{Bug, planted};
use crate::projection::{ItemRow, Mark, Moderation};
use crate::store::{Read, StoreError};
use crate::validate::Valid;

impl<R: Read> Replica<R> {
    pub(super) fn build_row(
        &mut self,
        setting: &Setting<'_>,
        creation: Creation<'_>,
        permitted: &[&Valid],
        verdicts: &Verdicts,
    ) -> Result<Option<ItemRow>, StoreError> {
        let Setting { item, history, reach, .. } = *setting;
        let header = creation.valid.header();
        let Some(author) = self.author_of(header) else { return Ok(None) };
        let writing: Vec<&Valid> = permitted.iter().filter(|valid| !acts(valid)).copied().collect();
        let outcome = match writing.as_slice() {
            several if planted(Bug::LatestClockWins) => by_clock(several),
            [only] => project_single(only.edits()),
            _ => self.materialise(item, permitted)?,
        };
        let speaks_for = match creation.voice {
            Voice::Organisation(organisation) => Some(organisation),
            Voice::Author | Voice::Unread => None,
        };
        let pins = latest(history, permitted, |edit| matches!(edit, Edit::Pin(_)));
        let marks = latest(history, permitted, |edit| matches!(edit, Edit::Official(_)));
        let moderations = latest(history, permitted, |edit| matches!(edit, Edit::Moderate { .. }));
        Ok(Some(ItemRow {
            id: item,
            kind: creation.kind,
            subject: creation.subject,
            neighbourhood: header.neighbourhood(),
            space: reach,
            author,
            created: header.time,
            edited: writing.iter().skip(1).map(|valid| valid.header().time).max(),
            operations: permitted.iter().map(|valid| valid.id()).collect(),
            heads: heads(permitted),
            content: outcome.content,
            conflicts: outcome.conflicts,
            speaks_for,
            pinned: self.mark(&pins, &Edit::Pin(true)),
            official: self.mark(&marks, &Edit::Official(true)),
            hidden: self.moderation(&moderations),
            erased: None,
            appeal: latest_appeal(history, verdicts),
            welcome: None,
        }))
    }

    /// That an item is marked: when nobody who took the mark away did so without having seen it.
    fn mark(&self, latest: &[&Valid], marked: &Edit) -> Option<Mark> {
        let first = latest.first().filter(|_| latest.iter().all(|valid| valid.edits() == [marked.clone()]))?;
        Some(Mark { by: self.author_of(first.header())?, at: first.header().time })
    }

    /// That an item is hidden: somebody hid it, and whoever showed it again had not seen that. Who hides wins, because
    /// what was seen cannot be unseen.
    fn moderation(&self, latest: &[&Valid]) -> Option<Moderation> {
        latest.iter().find_map(|valid| match valid.edits() {
            [Edit::Moderate { act: ModerationAct::Hide, reason, note }] => {
                let by = self.author_of(valid.header())?;
                Some(Moderation { by, reason: *reason, note: note.clone(), at: valid.header().time })
            }
            _ => None,
        })
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
}

/// What edits come to when clocks decide: only as a mistake that is planted.
fn by_clock(writing: &[&Valid]) -> Outcome {
    let mut writing = writing.to_vec();
    writing.sort_by_key(|valid| (valid.header().time, valid.id()));
    let edits: Vec<Edit> = writing.iter().flat_map(|valid| valid.edits()).cloned().collect();
    project_single(&edits)
}

/// Whether an operation does something to its item as a whole.
fn acts(valid: &Valid) -> bool {
    valid.edits().iter().any(Edit::stands_alone)
}

/// Of the permitted operations that do one sort of thing, those that none of the others had seen; lowest id first.
fn latest<'a>(history: &History<Kept>, permitted: &[&'a Valid], is_one: impl Fn(&Edit) -> bool) -> Vec<&'a Valid> {
    let mut latest: Vec<&Valid> = Vec::new();
    for valid in permitted.iter().filter(|valid| valid.edits().first().is_some_and(&is_one)) {
        if let Some(kept) = history.get(&valid.id()) {
            latest.retain(|earlier| !history.covers(kept, &earlier.id()));
        }
        latest.push(valid);
    }
    latest.sort_by_key(|valid| valid.id());
    latest
}

/// The permitted operations that no other permitted one builds on; sorted.
fn heads(permitted: &[&Valid]) -> Vec<OperationId> {
    let built_on: BTreeSet<OperationId> = permitted.iter().flat_map(|valid| valid.header().parents.clone()).collect();
    let ids: BTreeSet<OperationId> = permitted.iter().map(|valid| valid.id()).collect();
    ids.difference(&built_on).copied().collect()
}
