//! What an item's operations come to: a verdict about each, and the row. A function of the set of operations and the
//! registers, made anew for an item whenever either changes; items are small.

use std::collections::{BTreeMap, BTreeSet};

use super::Replica;
use super::apart::Sharing;
use super::ingest::undecided_key;
use super::placement::Placement;
use super::setting::Setting;
use crate::authority::{Deed, ItemFacts, Missing, Reason, SubjectFacts, Verdict, Voice, decide, unknown_neighbourhood};
use crate::item::{History, Kept, OrderError, Placed};
use crate::operation::{Edit, Header, ItemId, Kind, OperationId, Signed, Space, Verified};
use crate::photo::{Photo, PhotoId};
use crate::projection::{Author, ItemRow, LogEntry};
use crate::store::{Read, StoreError, Table};
use crate::time::Timestamp;
use crate::validate::Valid;

/// What an item's operations come to.
pub(super) struct Evaluation {
    pub(super) item: ItemId,
    pub(super) examined: Vec<Examined>,
    pub(super) row: Option<ItemRow>,
    /// The item it is about, on which its verdicts depend.
    pub(super) subject: Option<ItemId>,
    /// For whom it is now; none as long as the operation that made it is not here.
    pub(super) reach: Option<Space>,
    /// Where it and its operations belong, if that is not all where their headers say.
    pub(super) placement: Option<Placement>,
    /// Whether an erasure counts.
    pub(super) erased: bool,
    /// The photos of operations that are here with what they say and do not count as things stand, or of an item that is shown
    /// to nobody.
    pub(super) withheld: BTreeSet<PhotoId>,
}

/// One operation, and what is to become of it.
pub(super) struct Examined {
    pub(super) id: OperationId,
    pub(super) header: Header,
    pub(super) verdict: Verdict,
    pub(super) payload: Remains,
    /// Its line in the log; nothing is written about operations that never have one.
    pub(super) log: Option<Option<LogEntry>>,
}

/// What becomes of an operation's payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Remains {
    /// It is here and stays.
    Here,
    /// It is here and goes.
    Dropped,
    /// It is not here and is not missed: an erasure says why, or nobody here could read it.
    Erased,
    /// It is not here, and somebody else may have it.
    Wanted,
}

impl Evaluation {
    /// The audiences beyond this neighbourhood that the item had, and has not now.
    pub(super) fn left(&self) -> impl Iterator<Item = Space> {
        let had = self.placement.iter().flat_map(|placement| placement.moved.had.iter().copied());
        had.filter(|space| space.goes_abroad() && Some(*space) != self.reach)
    }

    /// The verdict about one of the operations.
    pub(super) fn verdict(&self, id: &OperationId) -> Verdict {
        let examined = self.examined.iter().find(|examined| examined.id == *id);
        examined.map_or(Verdict::Unknown(Missing::Parent(*id)), |examined| examined.verdict)
    }
}

/// Whether nothing more is to be decided about an operation: it counts, or it did and was erased or taken from here.
pub(super) fn is_settled(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Permitted | Verdict::Refused(Reason::Erased | Reason::Withdrawn))
}

/// The operation that made an item, and what it says about it.
#[derive(Clone, Copy)]
pub(super) struct Creation<'a> {
    pub(super) valid: &'a Valid,
    pub(super) kind: Kind,
    pub(super) subject: Option<ItemId>,
    pub(super) voice: Voice,
}

impl<'a> Creation<'a> {
    /// The creation in a history, if it can be read.
    pub(super) fn of(history: &'a History<Kept>, item: ItemId) -> Option<Self> {
        let valid = history.get(&item.into())?.whole()?;
        let Some(Edit::Create { kind, subject, speaks_for }) = valid.edits().first() else { return None };
        let voice = speaks_for.map_or(Voice::Author, Voice::Organisation);
        Some(Self { valid, kind: *kind, subject: *subject, voice })
    }
}

pub(super) type Verdicts = BTreeMap<OperationId, Verdict>;

impl<R: Read> Replica<R> {
    /// Evaluates an item with the operations in the store, and `extra` if it is not there yet, or there with less.
    pub(super) fn evaluate(
        &mut self,
        item: ItemId,
        extra: Option<&Kept>,
        now: Timestamp,
    ) -> Result<Evaluation, StoreError> {
        let mut operations = self.load_item(&item)?;
        if let Some(extra) = extra {
            operations.retain(|kept| kept.id() != extra.id());
            operations.push(extra.clone());
        }
        let now = self.not_before_what_is_settled(&operations, extra, now)?;
        let history = History::new(operations);
        let mut verdicts = Verdicts::new();
        let mut setting = self.setting(item, &history, &mut verdicts, now);
        let erasure = self.decide_erasures(&setting, &mut verdicts);
        if erasure.is_none() {
            self.follow_subject(&mut setting)?;
        }
        let mut evaluation = match (erasure, setting.sharing) {
            (_, Sharing::Once | Sharing::Never) => self.evaluate_apart(&setting, &verdicts),
            (Some(erasure), Sharing::Now) => self.evaluate_erased(&setting, erasure, verdicts),
            (None, Sharing::Now) => {
                self.decide_appeals(&setting, setting.creation.map(|creation| creation.kind), &mut verdicts);
                self.evaluate_living(&setting, verdicts)?
            }
        };
        evaluation.placement = self.placement(&setting, &evaluation)?;
        Ok(match extra {
            Some(arriving) if !evaluation.erased => self.without_strangers_words(evaluation, arriving),
            _ => evaluation,
        })
    }

    /// The time to judge an item's operations by: this box's clock, unless that was set back behind something that was taken
    /// in already, whose time has come then.
    fn not_before_what_is_settled(
        &self,
        operations: &[Kept],
        extra: Option<&Kept>,
        now: Timestamp,
    ) -> Result<Timestamp, StoreError> {
        let mut latest = now;
        for kept in operations.iter().filter(|kept| kept.header().time.is_future(now)) {
            let arriving = extra.is_some_and(|extra| extra.id() == kept.id());
            let undecided = || self.store.get(Table::Undecided, &undecided_key(kept.header(), &kept.id()));
            if !arriving && undecided()?.is_none() {
                latest = latest.max(kept.header().time);
            }
        }
        Ok(latest)
    }

    /// Whose author nobody here can know is shown to nobody, and nobody here could say that it was erased: the words of
    /// such an operation are not taken in when it arrives. They are asked for when there is a treaty with its author's
    /// neighbourhood.
    fn without_strangers_words(&self, mut evaluation: Evaluation, arriving: &Kept) -> Evaluation {
        if !arriving.is_permanent() && unknown_neighbourhood(&self.registers, arriving.header()).is_some() {
            let id = arriving.id();
            let arriving = evaluation.examined.iter_mut().filter(|examined| examined.id == id);
            for examined in arriving.filter(|examined| examined.payload == Remains::Here) {
                examined.payload = Remains::Dropped;
            }
        }
        evaluation
    }

    fn evaluate_living(&mut self, setting: &Setting<'_>, mut verdicts: Verdicts) -> Result<Evaluation, StoreError> {
        let Setting { item, history, creation, .. } = *setting;
        let (ordered, unplaced) = history.ordered();
        let mut permitted: Vec<&Valid> = Vec::with_capacity(ordered.len());
        // Audience edits that count without having a place in the document, because something they build on has none.
        let mut outside: BTreeSet<OperationId> = BTreeSet::new();
        for kept in ordered {
            if kept.is_beside() {
                continue;
            }
            let place = self.place_in_history(kept, history, &verdicts, &outside);
            let verdict = match (kept, creation, verdicts.get(&kept.id()).copied()) {
                (_, _, Some(decided)) => {
                    outside.extend(place.is_err().then(|| kept.id()));
                    decided
                }
                (Kept::Bare(_), _, None) => Verdict::Unknown(self.missing_of(kept)),
                (Kept::Whole(valid), Some(creation), None) => match place {
                    Ok(()) => self.decide_in_history(valid, setting, creation)?,
                    Err(verdict) => verdict,
                },
                (Kept::Whole(_), None, None) => Verdict::Unknown(Missing::Parent(item.into())),
            };
            let counts = verdict == Verdict::Permitted && !outside.contains(&kept.id());
            permitted.extend(kept.whole().filter(|_| counts));
            verdicts.insert(kept.id(), verdict);
        }
        for (kept, OrderError::MissingParent(parent)) in unplaced {
            verdicts.entry(kept.id()).or_insert(Verdict::Unknown(Missing::Parent(parent)));
        }
        let row = match creation {
            Some(creation) if verdicts.get(&creation.valid.id()) == Some(&Verdict::Permitted) => {
                self.build_row(setting, creation, &permitted, &verdicts)?
            }
            _ => None,
        };
        let examined = history.iter().map(|kept| self.examine(kept, &verdicts, row.as_ref())).collect();
        let is_withheld = |valid: &&Valid| row.is_none() || verdicts.get(&valid.id()) != Some(&Verdict::Permitted);
        let withheld = history.iter().filter_map(Kept::whole).filter(is_withheld);
        let withheld = withheld.flat_map(|valid| valid.edits().iter().filter_map(Photo::set_by));
        let withheld = withheld.map(|photo| photo.id).collect();
        Ok(Evaluation {
            item,
            examined,
            row,
            subject: setting.subject,
            reach: setting.known_reach(),
            placement: None,
            erased: false,
            withheld,
        })
    }

    fn examine(&self, kept: &Kept, verdicts: &Verdicts, row: Option<&ItemRow>) -> Examined {
        let (id, header) = (kept.id(), kept.header().clone());
        let verdict = verdicts.get(&id).copied().unwrap_or(Verdict::Unknown(Missing::Parent(id)));
        let payload = match kept {
            Kept::Whole(_) => Remains::Here,
            // Nobody here could read it.
            Kept::Bare(_) if unknown_neighbourhood(&self.registers, &header).is_some() => Remains::Erased,
            Kept::Bare(_) => Remains::Wanted,
        };
        let log = self.log_line(kept, verdict, row);
        Examined { id, header, verdict, payload, log }
    }

    /// What a bare operation lacks before it can be decided.
    fn missing_of(&self, bare: &Kept) -> Missing {
        let unknown = unknown_neighbourhood(&self.registers, bare.header());
        unknown.map_or(Missing::Payload(bare.id()), Missing::Neighbourhood)
    }

    /// The line about an operation in the log, or that it has none; nothing for operations that are never in the log.
    pub(super) fn log_line(&self, kept: &Kept, verdict: Verdict, row: Option<&ItemRow>) -> Option<Option<LogEntry>> {
        let edits = kept.edits().filter(|edits| edits.iter().any(Edit::stands_alone))?;
        let counts = row.filter(|_| verdict == Verdict::Permitted);
        Some(counts.and_then(|row| {
            let by = self.author_of(kept.header())?;
            LogEntry::of(row, edits, by, kept.header().time)
        }))
    }

    /// Who signed, as the registers say; none when they do not know.
    pub(super) fn author_of(&self, header: &Header) -> Option<Author> {
        let home = header.home();
        let membership = self.registers.get(&home)?.membership(&header.device)?;
        Some(Author { device: header.device, resident: membership.resident, home })
    }

    /// An operation on an item from this box's own store, which verified it when it came in.
    pub(super) fn load(&self, id: &OperationId) -> Result<Option<Kept>, StoreError> {
        let Some(signed) = self.load_signed(id)? else { return Ok(None) };
        let kept = Kept::check(Verified::from_own_store(signed)).map_err(|_| StoreError::Damaged("an operation"))?;
        Ok(Some(kept))
    }

    /// A statement from this box's own store.
    pub(super) fn load_statement(&self, id: &OperationId) -> Result<Valid, StoreError> {
        let damaged = || StoreError::Damaged("a statement");
        let signed = self.load_signed(id)?.ok_or_else(damaged)?;
        Valid::check(&Verified::from_own_store(signed)).map_err(|_| damaged())
    }

    /// An operation as it is in this box's own store, of whatever sort.
    pub(super) fn load_signed(&self, id: &OperationId) -> Result<Option<Signed>, StoreError> {
        let Some(bytes) = self.store.get(Table::Operations, id.as_bytes())? else { return Ok(None) };
        Signed::decode(&bytes).map(Some).map_err(|_| StoreError::Damaged("an operation"))
    }

    fn load_item(&self, item: &ItemId) -> Result<Vec<Kept>, StoreError> {
        let keys = self.store.keys_with_prefix(Table::Items, item.as_bytes(), usize::MAX)?;
        let ids = keys.iter().filter_map(|key| OperationId::try_from(&key[32..]).ok());
        ids.map(|id| self.load(&id)?.ok_or(StoreError::Damaged("an operation is gone"))).collect()
    }

    /// What is known about the item that another one is about, as far as its author can know it: of what was never for
    /// other neighbourhoods, nobody there hears whether it exists.
    fn subject_facts(&self, subject: &ItemId, made: &Header) -> Result<Option<SubjectFacts>, StoreError> {
        let Some(row) = crate::projection::item(&self.store, subject)? else { return Ok(None) };
        let had = self.moved(subject)?.map_or_else(|| vec![row.space], |moved| moved.had);
        let visits = made.home() != made.neighbourhood();
        if visits && !had.iter().any(|space| space.goes_abroad()) {
            return Ok(None);
        }
        Ok(Some(SubjectFacts {
            kind: row.kind,
            neighbourhood: row.neighbourhood,
            had_audience: had.contains(&made.space),
        }))
    }

    /// Whether an operation has a place in the item's document: what it builds on has one, and it skips nothing of its own
    /// device.
    fn place_in_history(
        &self,
        kept: &Kept,
        history: &History<Kept>,
        verdicts: &Verdicts,
        outside: &BTreeSet<OperationId>,
    ) -> Result<(), Verdict> {
        let header = kept.header();
        // The second of two with one number may be the one that is arriving: which of them counts is weighed when it is
        // stored, and both at once have no place in one document.
        let stands = |twin: &&Kept| !self.is_forked_out(twin.header(), &twin.id());
        if history.signed_with(header).find(stands).is_none_or(|first| first.id() != kept.id()) {
            return Err(Verdict::Refused(Reason::Forked));
        }
        let counts = |id: &OperationId| verdicts.get(id) == Some(&Verdict::Permitted) && !outside.contains(id);
        if let Some(parent) = header.parents.iter().find(|parent| !counts(parent)) {
            return Err(Verdict::Unknown(Missing::Parent(*parent)));
        }
        // What has no place in the document cannot be built on.
        if header.parents.iter().any(|id| history.get(id).is_some_and(Kept::is_beside)) {
            return Err(Verdict::Refused(Reason::NoSuchAct));
        }
        // The one before covers those before it, or it would not be permitted itself.
        for earlier in history.signed_before(header).filter(|earlier| !earlier.is_beside()) {
            if !self.is_forked_out(earlier.header(), &earlier.id()) {
                if !history.covers(kept, &earlier.id()) {
                    return Err(Verdict::Refused(Reason::OwnHistorySkipped));
                }
                break;
            }
        }
        Ok(())
    }

    fn decide_in_history(
        &self,
        valid: &Valid,
        setting: &Setting<'_>,
        creation: Creation<'_>,
    ) -> Result<Verdict, StoreError> {
        let made = creation.valid.header();
        let subject = creation.subject.map(|id| self.subject_facts(&id, made).map(|facts| (id, facts))).transpose()?;
        let facts = ItemFacts {
            kind: creation.kind,
            creation: made,
            voice: creation.voice,
            audience: setting.audience_before(&valid.id()),
            reach: setting.reach,
            subject,
        };
        Ok(decide(&self.registers, valid.header(), Deed::of(valid.edits()), &facts, setting.now))
    }
}
