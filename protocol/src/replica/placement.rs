//! Where the operations of an item lie that moved from one audience to another: in which sets that are compared, and what
//! of them a peer is served.
//!
//! Every operation is in the space its header names, unless that is one at home of another neighbourhood. Those of an item that moved are also in the space of the audience it
//! has now, and those that tell of a move are in the space it left: a peer that is entitled to the present audience is served
//! the whole, one that is entitled to a former one only gets envelopes and the moves themselves.

use std::collections::{BTreeMap, BTreeSet};

use minicbor::{Decode, Encode};

use super::Replica;
use super::audience::Audiences;
use crate::codec;
use crate::item::{History, Kept, Placed};
use crate::operation::{Header, ItemId, OperationId, Signed, Space};
use crate::planted::{Bug, planted};
use crate::projection::space_key;
use crate::store::{Read, StoreError, Table};
use crate::sync::{SpaceId, space_of};

/// What is remembered of an item that moved, or that answers one that did. All others are where their headers say.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(super) struct Moved {
    /// For whom it is now: for an answer the narrower of its own audience and that of what it answers.
    #[n(0)]
    pub(super) reach: Space,
    /// The audiences it has or had by its own operations; sorted.
    #[n(1)]
    pub(super) had: Vec<Space>,
    /// The spaces in which operations of it lie beside those their headers name; sorted.
    #[n(2)]
    pub(super) spaces: Vec<Space>,
    /// What it answers, also when that cannot be read here any more.
    #[n(3)]
    pub(super) subject: Option<ItemId>,
    /// For whom it would be if no device had forked, where that is not for whom it is.
    #[n(4)]
    pub(super) unforked: Option<Space>,
}

impl Moved {
    /// For whom the item would be if no device had forked.
    pub(super) fn unforked(&self) -> Space {
        self.unforked.unwrap_or(self.reach)
    }
}

/// Where an item and its operations belong, as an evaluation came to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Placement {
    pub(super) moved: Moved,
    /// For each operation the spaces it lies in beside the one its header names; none are left out.
    pub(super) beside: BTreeMap<OperationId, BTreeSet<Space>>,
    /// At home of another neighbourhood: those that would lie in a space beside the one their header names if no device had
    /// forked. They count among what their device signed.
    pub(super) numbered: BTreeSet<OperationId>,
}

impl Placement {
    /// Places the operations of an item. `belongs` says which of them are part of the item for whoever sees it now,
    /// `compares` which spaces this box compares with anybody.
    pub(super) fn of(
        history: &History<Kept>,
        audiences: &Audiences,
        reach: Space,
        subject: Option<ItemId>,
        belongs: impl Fn(&Kept) -> bool,
        compares: impl Fn(Space) -> bool,
    ) -> Self {
        let mut beside: BTreeMap<OperationId, BTreeSet<Space>> = BTreeMap::new();
        for kept in history.iter().filter(|kept| belongs(kept)) {
            beside.entry(kept.id()).or_default().insert(reach);
        }
        let had = audiences.had();
        for space in &had {
            for id in with_their_past(history, audiences.farewells(*space)) {
                if history.get(&id).is_some_and(&belongs) {
                    beside.entry(id).or_default().insert(*space);
                }
            }
        }
        for (id, spaces) in &mut beside {
            spaces
                .retain(|space| compares(*space) && history.get(id).is_some_and(|kept| kept.header().space != *space));
        }
        beside.retain(|_, spaces| !spaces.is_empty());
        let spaces: BTreeSet<Space> = beside.values().flatten().copied().collect();
        let moved = Moved {
            reach,
            had: had.into_iter().collect(),
            spaces: spaces.into_iter().collect(),
            subject,
            unforked: None,
        };
        Self { moved, beside, numbered: BTreeSet::new() }
    }
}

/// These operations and all that is here of what leads up to them.
fn with_their_past(history: &History<Kept>, from: impl Iterator<Item = OperationId>) -> BTreeSet<OperationId> {
    let mut open: Vec<OperationId> = from.collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        if let Some(kept) = history.get(&id)
            && seen.insert(id)
        {
            open.extend(&kept.header().parents);
        }
    }
    seen
}

impl<R: Read> Replica<R> {
    /// What is remembered of an item that moved; none for all others.
    pub(super) fn moved(&self, item: &ItemId) -> Result<Option<Moved>, StoreError> {
        if self.moved == 0 {
            return Ok(None);
        }
        let bytes = self.store.get(Table::Audiences, item.as_bytes())?;
        bytes.map(|bytes| minicbor::decode(&bytes).map_err(|_| StoreError::Damaged("an audience"))).transpose()
    }

    /// Whether a space is one that is compared with other boxes: of another neighbourhood only what it may share.
    pub(super) fn is_compared(&self, space: &SpaceId) -> bool {
        space.neighbourhood == self.home || space.space == Space::Register || space.space.goes_abroad()
    }

    /// For whom the item of this operation is now.
    pub(super) fn reach_of(&self, header: &Header) -> Result<Space, StoreError> {
        if header.space == Space::Register {
            return Ok(Space::Register);
        }
        Ok(self.moved(&header.item())?.map_or(header.space, |moved| moved.reach))
    }

    /// What a peer that is entitled to these spaces gets of an operation: the whole when its item is for it now, the envelope
    /// when the operation lies in one of these spaces all the same, and nothing otherwise. An operation that is never without
    /// its payload goes as it is.
    pub(super) fn served(&self, id: &OperationId, entitled: &BTreeSet<SpaceId>) -> Result<Option<Signed>, StoreError> {
        let Some(signed) = self.load_signed(id)? else { return Ok(None) };
        let header = signed.header();
        let named = space_of(header);
        let moved = if header.space == Space::Register { None } else { self.moved(&header.item())? };
        let reach = SpaceId { space: moved.as_ref().map_or(header.space, |moved| moved.reach), ..named };
        // What nothing permits stays where its header says, for whomever the rest of its item is now.
        let mut due = planted(Bug::ServesAnybody);
        for space in moved.iter().flat_map(|moved| &moved.spaces).copied().chain([header.space]) {
            let space = SpaceId { space, ..named };
            due |= entitled.contains(&space) && self.lies_in(header, id, &space)?;
        }
        let whole = header.permanent || entitled.contains(&reach) || planted(Bug::ServesAnybody);
        Ok(due.then(|| if whole { signed } else { signed.without_payload() }))
    }

    fn lies_in(&self, header: &Header, id: &OperationId, space: &SpaceId) -> Result<bool, StoreError> {
        let key = space_key(&space.neighbourhood, &space.space, header.time, id);
        Ok(self.store.get(Table::Spaces, &key)?.is_some())
    }

    /// Puts the operations of an item where they belong and takes them away from where they do not. Says whether anything
    /// about its audience is different now.
    pub(super) fn write_placement<'o>(
        &mut self,
        item: ItemId,
        operations: impl Iterator<Item = (OperationId, &'o Header)> + Clone,
        placement: Option<&Placement>,
    ) -> Result<bool, StoreError> {
        for (id, header) in operations.clone().filter(|(_, header)| header.space != Space::Register) {
            if !self.is_passed_on(header) {
                self.number_if(placement.is_some_and(|placement| placement.numbered.contains(&id)), item, header, &id)?;
            }
        }
        let before = self.moved(&item)?;
        let now = placement.map(|placement| &placement.moved);
        if before.is_none() && now.is_none() {
            return Ok(false);
        }
        let spaces: BTreeSet<Space> = before.iter().chain(now).flat_map(|moved| moved.spaces.clone()).collect();
        for (id, header) in operations {
            let wanted = placement.and_then(|placement| placement.beside.get(&id));
            for space in spaces.iter().filter(|space| **space != header.space) {
                self.place(header, &id, *space, wanted.is_some_and(|wanted| wanted.contains(space)))?;
            }
        }
        if before.as_ref() == now {
            return Ok(false);
        }
        match (before.is_some(), now) {
            (_, Some(moved)) => self.store.put(Table::Audiences, *item.as_bytes(), codec::encode(moved)),
            (_, None) => self.store.delete(Table::Audiences, *item.as_bytes()),
        }
        self.moved += usize::from(now.is_some());
        self.moved -= usize::from(before.is_some());
        Ok(true)
    }

    /// Puts an operation into a space its header does not name, or takes it away from there.
    fn place(&mut self, header: &Header, id: &OperationId, space: Space, wanted: bool) -> Result<(), StoreError> {
        let space = SpaceId { space, ..space_of(header) };
        let key = space_key(&space.neighbourhood, &space.space, header.time, id);
        let there = self.store.get(Table::Spaces, &key)?.is_some();
        if wanted && !there {
            self.store.put(Table::Spaces, key, []);
            self.trees.entry(space).or_default().insert(header.time, id);
        } else if there && !wanted {
            self.store.delete(Table::Spaces, key);
            if let Some(tree) = self.trees.get_mut(&space) {
                tree.remove(header.time, id);
                if tree.is_empty() {
                    self.trees.remove(&space);
                    self.changes += 1;
                }
            }
        }
        Ok(())
    }
}
