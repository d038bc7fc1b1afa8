//! Devices that signed two operations with one number. Both are kept and passed on; one of them counts.

use super::Replica;
use super::ingest::device_key;
use crate::authority::Reason;
use crate::operation::{Header, OperationId};
use crate::projection::{Fork, split_fork_key};
use crate::store::{Read, StoreError, Table};

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
    /// is: members only, so that it is one operation for each of them.
    pub(super) fn is_first_proof(&self, header: &Header, id: OperationId) -> Result<bool, StoreError> {
        let register = self.registers.get(&header.home());
        let member = register.is_some_and(|register| register.membership(&header.device).is_some());
        Ok(member && !self.forked.contains_key(&header.device) && self.signed_otherwise(header, id)?)
    }

    /// Why what this device signs is not taken from a form: it forked, and no connector decided which branch counts.
    pub(super) fn frozen(&self, header: &Header) -> Option<Reason> {
        let forks = self.forked.get(&header.device)?;
        let undecided = |number: &u64| self.fork_decision(header, *number).is_none();
        forks.iter().any(undecided).then_some(Reason::Frozen)
    }

    /// Whether an operation, or one its device signed before it, lost to another with the same number.
    ///
    /// Costs nothing for devices that never forked, and a walk back to the fork for those that did.
    pub(super) fn is_forked_out(&self, header: &Header, id: &OperationId) -> Result<bool, StoreError> {
        let Some(forks) = self.forked.get(&header.device) else { return Ok(false) };
        let Some(lowest) = forks.first().copied() else { return Ok(false) };
        let (mut sequence, mut id, mut previous) = (header.sequence, *id, header.previous);
        while sequence >= lowest {
            if forks.contains(&sequence) && self.counting(header, sequence)? != Some(id) {
                return Ok(true);
            }
            let Some(before) = previous else { return Ok(false) };
            let Some(signed) = self.load_signed(&before)? else { return Ok(false) };
            (sequence, id, previous) = (signed.header().sequence, before, signed.header().previous);
        }
        Ok(false)
    }

    /// A stored operation may share its number with another one, or close a gap between such a pair and what its device
    /// signed after it: everything that device signed from there on is looked at again.
    pub(super) fn check_count(&mut self, header: &Header, id: &OperationId) -> Result<(), StoreError> {
        let lowest = self.forked.get(&header.device).and_then(|forks| forks.first().copied());
        let from = if self.signed_otherwise(header, *id)? {
            let number = &device_key(header, id)[..40];
            for key in self.store.keys_with_prefix(Table::Devices, number, usize::MAX)? {
                self.store.put(Table::Forks, key, []);
            }
            self.forked.entry(header.device).or_default().insert(header.sequence);
            lowest.map_or(header.sequence, |lowest| lowest.min(header.sequence))
        } else if lowest.is_some_and(|lowest| lowest < header.sequence) {
            header.sequence
        } else {
            return Ok(());
        };
        let from = [&header.device.as_bytes()[..], &from.to_be_bytes()].concat();
        self.look_again_at_device(&header.device, &from)
    }

    /// Of the operations with one number the one that counts: the one a connector decided for, or else the lowest.
    fn counting(&self, header: &Header, sequence: u64) -> Result<Option<OperationId>, StoreError> {
        if let Some(keep) = self.fork_decision(header, sequence) {
            return Ok(Some(keep));
        }
        let prefix = [&header.device.as_bytes()[..], &sequence.to_be_bytes()].concat();
        let keys = self.store.keys_with_prefix(Table::Forks, &prefix, 1)?;
        Ok(keys.first().and_then(|key| split_fork_key(key)).map(|(_, _, id)| id))
    }

    fn fork_decision(&self, header: &Header, sequence: u64) -> Option<OperationId> {
        self.registers.get(&header.home())?.fork_decision(&header.device, sequence)
    }
}
