//! Erased items. Whether an erasure counts is decided by headers and the erasure alone, never by what it erases: so a box
//! that still has the payloads, one that dropped them and one that never had them come to the same.

use super::Replica;
use super::evaluate::{Evaluation, Examined, Remains, Verdicts};
use crate::authority::{Deed, ItemFacts, Missing, Reason, Verdict, Voice, decide};
use crate::item::{History, Kept, Placed};
use crate::operation::{Edit, Header, ItemId, Kind, OperationId};
use crate::projection::{Appeal, Content, Erasure, ItemRow};
use crate::store::{Read, StoreError};
use crate::time::Timestamp;

/// The erasure that counts.
#[derive(Clone, Copy)]
pub(super) struct Ruling<'a> {
    kept: &'a Kept,
    kind: Kind,
}

impl<R: Read> Replica<R> {
    /// Decides about every erasure of an item; returns the one that counts. Of several that is one that saw no other, and
    /// of those the one with the lowest id.
    pub(super) fn decide_erasures<'a>(
        &self,
        item: ItemId,
        history: &'a History<Kept>,
        verdicts: &mut Verdicts,
        now: Timestamp,
    ) -> Result<Option<Ruling<'a>>, StoreError> {
        let mut ruling: Option<Ruling<'a>> = None;
        for kept in history.iter() {
            let Some([Edit::Erase { kind, .. }]) = kept.edits() else { continue };
            let verdict = self.decide_by_header(item, kept, *kind, None, history, now)?;
            verdicts.insert(kept.id(), verdict);
            // In the order of ids: a later one wins only when the one before it was made on top of it.
            let earlier = |ruling: &Ruling<'_>| history.covers(ruling.kept, &kept.id());
            if verdict == Verdict::Permitted && ruling.as_ref().is_none_or(earlier) {
                ruling = Some(Ruling { kept, kind: *kind });
            }
        }
        Ok(ruling)
    }

    /// Decides about every objection of an item's maker; none can be said to be theirs before the kind is known.
    pub(super) fn decide_appeals(
        &self,
        item: ItemId,
        kind: Option<Kind>,
        history: &History<Kept>,
        verdicts: &mut Verdicts,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for kept in history.iter().filter(|kept| matches!(kept.edits(), Some([Edit::Appeal(_)]))) {
            let verdict = match kind {
                Some(kind) => self.decide_by_header(item, kept, kind, None, history, now)?,
                None => Verdict::Unknown(Missing::Parent(item.into())),
            };
            verdicts.insert(kept.id(), verdict);
        }
        Ok(())
    }

    /// What is left of an erased item: its headers, the erasure, what its maker says to that, and a row that holds nothing.
    pub(super) fn evaluate_erased(
        &mut self,
        item: ItemId,
        history: &History<Kept>,
        ruling: Ruling<'_>,
        mut verdicts: Verdicts,
        now: Timestamp,
    ) -> Result<Evaluation, StoreError> {
        self.documents.pop(&item);
        self.decide_appeals(item, Some(ruling.kind), history, &mut verdicts, now)?;
        let mut standing = Verdict::Unknown(Missing::Parent(item.into()));
        for kept in history.iter().filter(|kept| !kept.outlives_erasure()) {
            let verdict = self.decide_by_header(item, kept, ruling.kind, Some(Deed::Unread), history, now)?;
            if kept.id() == item.into() {
                standing = verdict;
            }
            let verdict = if verdict == Verdict::Permitted { Verdict::Refused(Reason::Erased) } else { verdict };
            verdicts.insert(kept.id(), verdict);
        }
        let row = match history.get(&item.into()) {
            Some(creation) if standing == Verdict::Permitted => {
                self.tombstone(item, creation.header(), ruling, history, &verdicts)
            }
            _ => None,
        };
        let certain = self.is_certain(item, ruling, history, now);
        let examined = history.iter().map(|kept| {
            let (id, header) = (kept.id(), kept.header().clone());
            let verdict = verdicts.get(&id).copied().unwrap_or(Verdict::Unknown(Missing::Parent(id)));
            let payload = match kept {
                Kept::Whole(_) if kept.outlives_erasure() => Remains::Here,
                Kept::Whole(_) => Remains::Dropped,
                Kept::Bare(_) if id == item.into() && !certain => Remains::Wanted,
                Kept::Bare(_) => Remains::Erased,
            };
            let log = self.log_line(kept, verdict, row.as_ref());
            Examined { id, header, verdict, payload, log }
        });
        Ok(Evaluation { item, examined: examined.collect(), row, subject: None, erased: true })
    }

    /// Whether the erasure counts whatever the payload it erased says. It does not when somebody else than the maker
    /// erased in the name of an organisation for which both speak: should the item turn out to be the maker's own, it
    /// stays. So that payload is still asked for where it never was.
    fn is_certain(&self, item: ItemId, ruling: Ruling<'_>, history: &History<Kept>, now: Timestamp) -> bool {
        let Some(creation) = history.get(&item.into()) else { return true };
        let (deed, header) = (Deed::of(ruling.kept.edits().unwrap_or_default()), ruling.kept.header());
        let facts = ItemFacts { kind: ruling.kind, creation: creation.header(), voice: Voice::Author, subject: None };
        decide(&self.registers, header, deed, &facts, now) == Verdict::Permitted
    }

    /// Decides about an operation without looking at what the item says or at what it builds on.
    fn decide_by_header(
        &self,
        item: ItemId,
        kept: &Kept,
        kind: Kind,
        deed: Option<Deed>,
        history: &History<Kept>,
        now: Timestamp,
    ) -> Result<Verdict, StoreError> {
        let Some(creation) = history.get(&item.into()) else {
            return Ok(Verdict::Unknown(Missing::Parent(item.into())));
        };
        if self.is_forked_out(kept.header(), &kept.id()) {
            return Ok(Verdict::Refused(Reason::Forked));
        }
        let voice = match creation.edits().and_then(|edits| edits.first()) {
            Some(Edit::Create { speaks_for: Some(organisation), .. }) => Voice::Organisation(*organisation),
            Some(_) => Voice::Author,
            None => Voice::Unread,
        };
        let facts = ItemFacts { kind, creation: creation.header(), voice, subject: None };
        let deed = deed.unwrap_or_else(|| Deed::of(kept.edits().unwrap_or_default()));
        Ok(decide(&self.registers, kept.header(), deed, &facts, now))
    }

    fn tombstone(
        &self,
        item: ItemId,
        creation: &Header,
        ruling: Ruling<'_>,
        history: &History<Kept>,
        verdicts: &Verdicts,
    ) -> Option<ItemRow> {
        let Some([Edit::Erase { reason, note, .. }]) = ruling.kept.edits() else { return None };
        let header = ruling.kept.header();
        let by = self.author_of(header)?;
        let counting = verdicts.iter().filter(|(_, verdict)| **verdict == Verdict::Permitted);
        Some(ItemRow {
            id: item,
            kind: ruling.kind,
            subject: None,
            neighbourhood: creation.neighbourhood(),
            space: creation.space,
            author: self.author_of(creation)?,
            created: creation.time,
            edited: None,
            operations: counting.map(|(id, _)| *id).collect(),
            heads: vec![ruling.kept.id()],
            content: Content::default(),
            conflicts: Vec::new(),
            speaks_for: None,
            pinned: None,
            official: None,
            hidden: None,
            erased: Some(Erasure { by, reason: *reason, note: note.clone(), at: header.time }),
            appeal: latest_appeal(history, verdicts),
        })
    }
}

/// The last thing its maker objected, as they say when.
pub(super) fn latest_appeal(history: &History<Kept>, verdicts: &Verdicts) -> Option<Appeal> {
    let counts = |id: &OperationId| verdicts.get(id) == Some(&Verdict::Permitted);
    let appeals = history.iter().filter(|kept| counts(&kept.id())).filter_map(|kept| match kept.edits() {
        Some([Edit::Appeal(note)]) => Some((kept.header().time, kept.id(), note)),
        _ => None,
    });
    appeals.max().map(|(at, _, note)| Appeal { note: note.clone(), at })
}
