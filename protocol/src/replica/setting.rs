//! What is known about an item before its operations are decided one by one: who made it, and for whom it is.

use std::collections::BTreeSet;

use super::Replica;
use super::apart::Sharing;
use super::audience::Audiences;
use super::evaluate::{Creation, Evaluation, Verdicts, is_settled};
use super::placement::Placement;
use crate::item::{History, Kept, Placed};
use crate::operation::{ItemId, OperationId, Space};
use crate::store::{Read, StoreError};
use crate::sync::SpaceId;
use crate::time::Timestamp;

/// What is decided about an item before its operations are decided one by one.
pub(super) struct Setting<'a> {
    pub(super) item: ItemId,
    pub(super) history: &'a History<Kept>,
    pub(super) creation: Option<Creation<'a>>,
    /// Which audiences it has and had; none as long as the operation that made it is not here.
    pub(super) audiences: Option<Audiences>,
    /// What it answers, also when that cannot be read here any more.
    pub(super) subject: Option<ItemId>,
    /// For whom it is now: an answer is for whom both it and what it answers are.
    pub(super) reach: Space,
    /// Whether that is this neighbourhood.
    pub(super) sharing: Sharing,
    pub(super) now: Timestamp,
}

impl Setting<'_> {
    /// The audience that an operation has to be signed for.
    pub(super) fn audience_before(&self, id: &OperationId) -> Space {
        self.audiences.as_ref().map_or(self.reach, |audiences| audiences.before(id))
    }

    /// For whom it is now, if that can be said.
    pub(super) fn known_reach(&self) -> Option<Space> {
        self.audiences.as_ref().map(|_| self.reach)
    }
}

impl<R: Read> Replica<R> {
    /// Decides for whom an item is by its own audience edits.
    pub(super) fn setting<'a>(
        &self,
        item: ItemId,
        history: &'a History<Kept>,
        verdicts: &mut Verdicts,
        now: Timestamp,
    ) -> Setting<'a> {
        let creation = Creation::of(history, item);
        let audiences = self.decide_audiences(item, history, verdicts, now);
        let reach = audiences.as_ref().map_or(Space::Register, Audiences::now);
        let mut setting =
            Setting { item, history, creation, audiences, subject: None, reach, sharing: Sharing::Now, now };
        setting.sharing = self.sharing_of(&setting);
        setting
    }

    /// An answer is for whom both it and what it answers are. Not so one that was erased: what it answered cannot be read
    /// any more, and nothing is left to be kept from anybody.
    pub(super) fn follow_subject(&self, setting: &mut Setting<'_>) -> Result<(), StoreError> {
        let remembered = self.moved(&setting.item)?.and_then(|moved| moved.subject);
        setting.subject = setting.creation.map_or(remembered, |creation| creation.subject);
        if let Some(subject) = setting.subject
            && let Some(moved) = self.moved(&subject)?
        {
            setting.reach = setting.reach.narrower(moved.reach);
            setting.sharing = self.sharing_of(setting);
        }
        Ok(())
    }

    /// Where the operations of an item belong that moved, or that has some which name another audience than it has: an answer
    /// may have been changed while what it answers was for fewer people. At home, what nothing permits stays where its header says; another
    /// neighbourhood was given nothing that does not belong where it is found, and cannot always tell.
    pub(super) fn placement(
        &self,
        setting: &Setting<'_>,
        evaluation: &Evaluation,
    ) -> Result<Option<Placement>, StoreError> {
        let Some(audiences) = setting.audiences.as_ref() else { return Ok(None) };
        let Some(made) = setting.history.get(&setting.item.into()) else { return Ok(None) };
        let anew = self.audiences_unforked(setting);
        let unforked = anew.as_ref().unwrap_or(audiences);
        let of_subject = setting.subject.map(|subject| self.moved(&subject)).transpose()?.flatten();
        let seen = of_subject.iter().fold(unforked.now(), |own, subject| own.narrower(subject.unforked()));
        let is_remembered = setting.creation.is_none() && setting.subject.is_some();
        let names_another = |kept: &Kept| kept.header().space != setting.reach;
        let ever_moved = audiences.ever_moved() || unforked.ever_moved() || seen != setting.reach;
        if !ever_moved && !is_remembered && !setting.history.iter().any(names_another) {
            return Ok(None);
        }
        let at_home = made.header().neighbourhood() == self.home;
        let settled = evaluation.examined.iter().filter(|examined| is_settled(examined.verdict));
        let settled: BTreeSet<OperationId> = settled.map(|examined| examined.id).collect();
        let belongs = |kept: &Kept| !at_home || settled.contains(&kept.id());
        let neighbourhood = made.header().neighbourhood();
        let compares = |space| self.is_compared(&SpaceId { neighbourhood, space });
        let mut placement =
            Placement::of(setting.history, audiences, setting.reach, setting.subject, belongs, compares);
        placement.moved.unforked = (seen != setting.reach).then_some(seen);
        if !at_home {
            let is_heard_of = |space| self.is_heard_of(&SpaceId { neighbourhood, space });
            let shared = Placement::of(setting.history, unforked, seen, None, |_| true, is_heard_of);
            placement.numbered = shared.beside.into_keys().collect();
        }
        Ok(Some(placement))
    }
}
