//! Devices that signed two operations with one number. Both are kept and passed on; one of them counts.

use std::ops::{Bound, ControlFlow};

use super::Replica;
use super::ingest::device_key;
use super::work::Work;
use crate::authority::{Missing, Reason};
use crate::identity::PublicKey;
use crate::operation::{Header, ItemId, OperationId, Payload, Space, Statement};
use crate::planted::{Bug, planted};
use crate::projection::{Branches, Fork};
use crate::store::{Direction, Read, StoreError, Table, prefix_end};
use crate::sync::{SpaceId, space_of};
use crate::validate::Valid;

impl<R: Read> Replica<R> {
    /// The devices that signed two operations with one number, decided or not.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub fn forks(&self) -> Result<Vec<Fork>, StoreError> {
        crate::projection::forks(&self.store)
    }

    /// Whether the device signed another operation with the same number.
    pub(super) fn signed_otherwise(&self, header: &Header, id: OperationId) -> Result<bool, StoreError> {
        let key = device_key(header, &id);
        let same_number = self.store.keys_with_prefix(Table::Devices, &key[..40], 3)?;
        Ok(same_number.iter().any(|other| *other != key))
    }

    /// Whether an operation that is not here yet is the first proof that a device forked. It is kept whatever room there
    /// is: of members only, and where others see it too, so that it is one operation for each of them.
    pub(super) fn is_first_proof(&self, header: &Header, id: OperationId) -> Result<bool, StoreError> {
        let news = self.is_passed_on(header) && !self.forked.contains_key(&header.device);
        Ok(self.is_members(header) && news && self.signed_otherwise(header, id)?)
    }

    /// Whether the device that signed has or had a place in its neighbourhood.
    pub(super) fn is_members(&self, header: &Header) -> bool {
        let register = self.registers.get(&header.home());
        register.is_some_and(|register| register.membership(&header.device).is_some())
    }

    /// Why what this device signs is not taken from a form: it forked, and no connector decided which branch counts.
    /// Whether it may decide itself, because nobody else could, is for its register to say.
    pub(super) fn frozen(&self, valid: &Valid) -> Option<Reason> {
        let header = valid.header();
        let decides = matches!(valid.payload(), Payload::Statement(Statement::ForkDecision(decision)) if decision.device == header.device);
        if decides || planted(Bug::NeverFreezes) {
            return None;
        }
        self.forked.get(&header.device)?.undecided().map(|_| Reason::Frozen)
    }

    /// Whether an operation, or one its device signed before it, lost to another with the same number. O(log n).
    pub(super) fn is_forked_out(&self, header: &Header, id: &OperationId) -> bool {
        self.forked.get(&header.device).is_some_and(|branches| branches.is_out(header, id))
    }

    /// Whether the other boxes of this neighbourhood hear of an operation in the space that its header names. Of a circle
    /// in which the two neighbourhoods never met they do not.
    pub(super) fn is_passed_on(&self, header: &Header) -> bool {
        self.is_heard_of(&space_of(header))
    }

    /// Whether the other boxes of this neighbourhood hear of what lies in a space.
    pub(super) fn is_heard_of(&self, space: &SpaceId) -> bool {
        let is_known = match space.space {
            Space::Circle(circle) => self.registers.met_in(&circle, &self.home, &space.neighbourhood),
            Space::Register | Space::Members | Space::Square | Space::Neighbours => true,
        };
        is_known && self.is_compared(space)
    }

    /// Whether the device signed two operations with one number.
    pub(super) fn has_forked(&self, device: &PublicKey) -> bool {
        self.forked.contains_key(device)
    }

    /// Lets an operation whose own space nobody hears of count among those its device signed, or no longer. Which of the
    /// two follows from the operations and the registers, and never from a fork: what a fork moved cannot be the proof of it.
    pub(super) fn number_if(
        &mut self,
        counts: bool,
        item: ItemId,
        header: &Header,
        id: &OperationId,
    ) -> Result<(), StoreError> {
        if counts {
            return self.number(header, id);
        }
        // It is not found among what its device signed when the place of that changes.
        self.wait_for(Missing::Author(header.device), Work::Item(item));
        let key = device_key(header, id);
        if self.store.get(Table::Devices, &key)?.is_none() {
            return Ok(());
        }
        self.store.delete(Table::Devices, key.clone());
        let others = self.store.keys_with_prefix(Table::Devices, &key[..40], 2)?;
        for proof in self.store.keys_with_prefix(Table::Forks, &key[..40], usize::MAX)? {
            if proof == key || others.len() < 2 {
                self.store.delete(Table::Forks, proof);
            }
        }
        if self.has_forked(&header.device) { self.weigh_branches(&header.device) } else { Ok(()) }
    }

    /// Lets an operation that was in no space until now count among those its device signed: what only this box has cannot
    /// be a proof that others do not see.
    pub(super) fn number(&mut self, header: &Header, id: &OperationId) -> Result<(), StoreError> {
        let key = device_key(header, id);
        if self.store.get(Table::Devices, &key)?.is_none() {
            self.store.put(Table::Devices, key, []);
            self.check_count(header, id)?;
        }
        Ok(())
    }

    /// A stored operation may share its number with another one, or close a gap between such a pair and what its device
    /// signed after it: what that device signed from there on is looked at again.
    pub(super) fn check_count(&mut self, header: &Header, id: &OperationId) -> Result<(), StoreError> {
        if !self.is_passed_on(header) && self.store.get(Table::Devices, &device_key(header, id))?.is_none() {
            return Ok(());
        }
        if self.signed_otherwise(header, *id)? {
            let number = &device_key(header, id)[..40];
            for key in self.store.keys_with_prefix(Table::Devices, number, usize::MAX)? {
                self.store.put(Table::Forks, key, []);
            }
            return self.weigh_branches(&header.device);
        }
        let Some(branches) = self.forked.get_mut(&header.device) else { return Ok(()) };
        // What it signed after this, and came here before, seemed to follow on nothing that lost.
        if branches.follow(header, *id) && self.is_followed(header)? {
            self.weigh_branches(&header.device)?;
        }
        Ok(())
    }

    /// Whether something is here that the device signed with a higher number.
    fn is_followed(&self, header: &Header) -> Result<bool, StoreError> {
        let from = [&header.device.as_bytes()[..], &header.sequence.saturating_add(1).to_be_bytes()].concat();
        let end = prefix_end(header.device.as_bytes());
        let upper = end.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
        let mut found = false;
        self.store.scan(Table::Devices, (Bound::Included(&from), upper), Direction::Ascending, &mut |_, _| {
            found = true;
            ControlFlow::Break(())
        })?;
        Ok(found)
    }

    /// Which branch of a device counts, by what is stored.
    pub(super) fn branches(&self, device: &PublicKey) -> Result<Branches, StoreError> {
        let registers = &self.registers;
        let decided = |header: &Header| registers.get(&header.home())?.fork_decision(&header.device, header.sequence);
        crate::projection::branches(&self.store, device, decided)
    }

    /// Finds out which branch of a device counts, and looks again at all that it signed where that changed.
    pub(super) fn weigh_branches(&mut self, device: &PublicKey) -> Result<(), StoreError> {
        let branches = self.branches(device)?;
        let before = self.forked.remove(device).unwrap_or_default();
        let first = before.first().into_iter().chain(branches.first()).min();
        let is_other = before != branches;
        if branches.first().is_some() {
            self.forked.insert(*device, branches);
        }
        if is_other {
            let from = first.unwrap_or_default().to_be_bytes();
            self.look_again_at_device(device, &[&device.as_bytes()[..], &from].concat())?;
            self.wake(device.as_bytes())?;
        }
        Ok(())
    }
}
