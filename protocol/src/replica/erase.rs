//! Erased items. Whether an erasure counts is decided by headers and the erasure alone, never by what it erases: so a box
//! that still has the payloads, one that dropped them and one that never had them come to the same.

use std::collections::BTreeSet;

use super::Replica;
use super::apart::Sharing;
use super::audience::voice_of;
use super::evaluate::{Evaluation, Examined, Remains, Verdicts};
use super::setting::Setting;
use crate::authority::{Deed, ItemFacts, Missing, Reason, Verdict, Voice, decide};
use crate::item::{History, Kept, Placed};
use crate::operation::{Edit, Header, Kind, OperationId};
use crate::projection::{Appeal, Erasure, ItemRow};
use crate::store::Read;

/// The erasure that counts.
#[derive(Clone, Copy)]
pub(super) struct Ruling<'a> {
    kept: &'a Kept,
    kind: Kind,
}

impl<R: Read> Replica<R> {
    /// Decides about every erasure of an item; returns the one that counts. Of several that is one that saw no other, and
    /// of those the one with the lowest id. Nothing is decided about an item that is not for this neighbourhood.
    pub(super) fn decide_erasures<'a>(&self, setting: &Setting<'a>, verdicts: &mut Verdicts) -> Option<Ruling<'a>> {
        let history = setting.history;
        if setting.sharing != Sharing::Now {
            return None;
        }
        let mut ruling: Option<Ruling<'a>> = None;
        for kept in history.iter() {
            let Some([Edit::Erase { kind, .. }]) = kept.edits() else { continue };
            let verdict = self.decide_by_header(setting, kept, *kind, None);
            verdicts.insert(kept.id(), verdict);
            // In the order of ids: a later one wins only when the one before it was made on top of it.
            let earlier = |ruling: &Ruling<'_>| history.covers(ruling.kept, &kept.id());
            if verdict == Verdict::Permitted && ruling.as_ref().is_none_or(earlier) {
                ruling = Some(Ruling { kept, kind: *kind });
            }
        }
        ruling
    }

    /// Decides about every objection of an item's maker; none can be said to be theirs before the kind is known.
    pub(super) fn decide_appeals(&self, setting: &Setting<'_>, kind: Option<Kind>, verdicts: &mut Verdicts) {
        for kept in setting.history.iter().filter(|kept| matches!(kept.edits(), Some([Edit::Appeal(_)]))) {
            let verdict = match kind {
                Some(kind) => self.decide_by_header(setting, kept, kind, None),
                None => Verdict::Unknown(Missing::Parent(setting.item.into())),
            };
            verdicts.insert(kept.id(), verdict);
        }
    }

    /// What is left of an erased item: its headers, the erasure, what its maker says to that, and a row that holds nothing.
    pub(super) fn evaluate_erased(
        &mut self,
        setting: &Setting<'_>,
        ruling: Ruling<'_>,
        mut verdicts: Verdicts,
    ) -> Evaluation {
        let (item, history) = (setting.item, setting.history);
        self.documents.pop(&item);
        self.decide_appeals(setting, Some(ruling.kind), &mut verdicts);
        let mut standing = Verdict::Unknown(Missing::Parent(item.into()));
        for kept in history.iter().filter(|kept| !kept.is_permanent()) {
            let verdict = self.decide_by_header(setting, kept, ruling.kind, Some(Deed::Unread));
            if kept.id() == item.into() {
                standing = verdict;
            }
            let verdict = if verdict == Verdict::Permitted { Verdict::Refused(Reason::Erased) } else { verdict };
            verdicts.insert(kept.id(), verdict);
        }
        let row = match history.get(&item.into()) {
            Some(creation) if standing == Verdict::Permitted => {
                self.tombstone(setting, creation.header(), ruling, &verdicts)
            }
            _ => None,
        };
        let certain = self.is_certain(setting, ruling);
        let examined = history.iter().map(|kept| {
            let (id, header) = (kept.id(), kept.header().clone());
            let verdict = verdicts.get(&id).copied().unwrap_or(Verdict::Unknown(Missing::Parent(id)));
            let payload = match kept {
                Kept::Whole(_) if kept.is_permanent() => Remains::Here,
                Kept::Whole(_) => Remains::Dropped,
                Kept::Bare(_) if id == item.into() && !certain => Remains::Wanted,
                Kept::Bare(_) => Remains::Erased,
            };
            let log = self.log_line(kept, verdict, row.as_ref());
            Examined { id, header, verdict, payload, log }
        });
        let examined = examined.collect();
        Evaluation {
            item,
            examined,
            row,
            subject: None,
            reach: setting.known_reach(),
            placement: None,
            erased: true,
            withheld: BTreeSet::new(),
        }
    }

    /// Whether the erasure counts whatever the payload it erased says. It does not when somebody else than the maker
    /// erased in the name of an organisation for which both speak: should the item turn out to be the maker's own, it
    /// stays. So that payload is still asked for where it never was.
    fn is_certain(&self, setting: &Setting<'_>, ruling: Ruling<'_>) -> bool {
        let Some(creation) = setting.history.get(&setting.item.into()) else { return true };
        let (deed, header) = (Deed::of(ruling.kept.edits().unwrap_or_default()), ruling.kept.header());
        let facts = ItemFacts {
            kind: ruling.kind,
            creation: creation.header(),
            voice: Voice::Author,
            audience: setting.audience_before(&ruling.kept.id()),
            reach: setting.reach,
            subject: None,
        };
        decide(&self.registers, header, deed, &facts, setting.now) == Verdict::Permitted
    }

    /// Decides about an operation without looking at what the item says or at what it builds on.
    fn decide_by_header(&self, setting: &Setting<'_>, kept: &Kept, kind: Kind, deed: Option<Deed>) -> Verdict {
        let Some(creation) = setting.history.get(&setting.item.into()) else {
            return Verdict::Unknown(Missing::Parent(setting.item.into()));
        };
        if self.is_forked_out(kept.header(), &kept.id()) {
            return Verdict::Refused(Reason::Forked);
        }
        let facts = ItemFacts {
            kind,
            creation: creation.header(),
            voice: voice_of(creation),
            audience: setting.audience_before(&kept.id()),
            reach: setting.reach,
            subject: None,
        };
        let deed = deed.unwrap_or_else(|| Deed::of(kept.edits().unwrap_or_default()));
        decide(&self.registers, kept.header(), deed, &facts, setting.now)
    }

    fn tombstone(
        &self,
        setting: &Setting<'_>,
        creation: &Header,
        ruling: Ruling<'_>,
        verdicts: &Verdicts,
    ) -> Option<ItemRow> {
        let Some([Edit::Erase { reason, note, .. }]) = ruling.kept.edits() else { return None };
        let header = ruling.kept.header();
        let by = self.author_of(header)?;
        let counting = verdicts.iter().filter(|(_, verdict)| **verdict == Verdict::Permitted);
        let author = self.author_of(creation)?;
        Some(ItemRow {
            neighbourhood: creation.neighbourhood(),
            operations: counting.map(|(id, _)| *id).collect(),
            heads: vec![ruling.kept.id()],
            erased: Some(Erasure { by, reason: *reason, note: note.clone(), at: header.time }),
            appeal: latest_appeal(setting.history, verdicts),
            ..ItemRow::bare(setting.item, ruling.kind, setting.reach, author, creation.time)
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
