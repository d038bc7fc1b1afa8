//! What to look at again when something arrives: an operation that was missing, a member, a treaty, the right time.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Bound, ControlFlow};

use super::ingest::Undecided;
use super::{Replica, Round};
use crate::authority::{Change, Missing, Verdict};
use crate::identity::PublicKey;
use crate::operation::{CircleId, ItemId, NeighbourhoodId, OperationId, Payload, Space, Statement};
use crate::planted::{Bug, planted};
use crate::projection::{space_of_key, space_prefix};
use crate::store::{Direction, Read, StoreError, Table, prefix_end};
use crate::time::{FUTURE_TOLERANCE_MS, Timestamp};
use crate::validate::Valid;

/// The neighbourhoods that belonged to each circle once.
pub(super) type Circles = BTreeMap<CircleId, BTreeSet<NeighbourhoodId>>;

/// Something to look at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Work {
    /// A statement of a register.
    Statement(OperationId),
    /// An item.
    Item(ItemId),
}

impl<R: Read> Replica<R> {
    /// Remembers to do `work` when `missing` arrives.
    pub(super) fn wait_for(&mut self, missing: Missing, work: Work) {
        let (tag, id) = match work {
            Work::Item(item) => (ITEM, *item.as_bytes()),
            Work::Statement(operation) => (STATEMENT, *operation.as_bytes()),
        };
        self.store.put(Table::Waiting, [missing.key(), id].concat(), [tag]);
    }

    /// A statement was taken in: looks again at what waited for it, at what devices signed whose place changed, and at
    /// what is shared under an agreement that changed.
    pub(super) fn statement_arrived(
        &mut self,
        valid: &Valid,
        change: &Change,
        round: &mut Round,
    ) -> Result<(), StoreError> {
        self.wake(valid.id().as_bytes())?;
        for (id, verdict) in &change.revised {
            self.revise(id, *verdict, round)?;
        }
        for device in &change.devices {
            self.wake(device.as_bytes())?;
            if self.forked.contains_key(device) {
                self.weigh_branches(device)?;
            }
            self.look_again_at_device(device, device.as_bytes())?;
        }
        let neighbourhood = valid.header().neighbourhood();
        if matches!(valid.payload(), Payload::Statement(Statement::Genesis(_))) {
            self.wake(neighbourhood.as_bytes())?;
        }
        for with in &change.treaties {
            if neighbourhood == self.home {
                self.look_again_at_neighbour(with)?;
            } else if *with == self.home {
                self.look_again_at_neighbour(&neighbourhood)?;
            }
        }
        Ok(())
    }

    /// A statement that was taken in earlier counts now, or no longer.
    fn revise(&mut self, id: &OperationId, verdict: Verdict, round: &mut Round) -> Result<(), StoreError> {
        let signed = self.load_signed(id)?.ok_or(StoreError::Damaged("a statement is gone"))?;
        if verdict != Verdict::Permitted {
            return self.mark_undecided(signed.header(), id, Undecided::InRegister);
        }
        if self.clear_undecided(signed.header(), id)? {
            round.accepted.push((signed, None));
        }
        Ok(())
    }

    /// Looks again at everything that lives in another neighbourhood or was signed by somebody from there.
    fn look_again_at_neighbour(&mut self, other: &NeighbourhoodId) -> Result<(), StoreError> {
        self.wake(other.as_bytes())?;
        let devices: Vec<PublicKey> =
            self.registers.get(other).into_iter().flat_map(|register| register.devices().copied()).collect();
        for device in devices {
            self.look_again_at_device(&device, device.as_bytes())?;
        }
        for key in self.store.keys_with_prefix(Table::Spaces, other.as_bytes(), usize::MAX)? {
            let Some((space, _, id)) = space_of_key(&key) else { return Err(StoreError::Damaged("a key of a space")) };
            if space.space != Space::Register {
                self.look_again_at_operation(&id)?;
            }
        }
        Ok(())
    }

    /// Who belonged to which circle, as far as the registers say.
    pub(super) fn circles(&self) -> Circles {
        self.registers.named_circles().into_iter().map(|circle| (circle, self.registers.once_in(&circle))).collect()
    }

    /// Looks again at what is shared in circles to which other neighbourhoods belong than `before`.
    pub(super) fn look_again_at_circles(&mut self, before: &Circles) -> Result<(), StoreError> {
        let now = self.circles();
        let changed = |circle: &&CircleId| before.get(circle) != now.get(circle);
        for circle in now.keys().chain(before.keys()).filter(changed) {
            let neighbourhoods: Vec<NeighbourhoodId> = self.registers.iter().map(|r| r.neighbourhood()).collect();
            for neighbourhood in neighbourhoods {
                let prefix = space_prefix(&neighbourhood, &Space::Circle(*circle));
                for key in self.store.keys_with_prefix(Table::Spaces, &prefix, usize::MAX)? {
                    let Some((_, _, id)) = space_of_key(&key) else {
                        return Err(StoreError::Damaged("a key of a space"));
                    };
                    if let Some(signed) = self.load_signed(&id)?.filter(|signed| self.is_passed_on(signed.header())) {
                        self.number(signed.header(), &id)?;
                    }
                    self.look_again_at_operation(&id)?;
                }
            }
        }
        Ok(())
    }

    /// Looks again at the items a device had a hand in, from the key `from` of its table on.
    pub(super) fn look_again_at_device(&mut self, device: &PublicKey, from: &[u8]) -> Result<(), StoreError> {
        if planted(Bug::NeverDecidesAgain) {
            return Ok(());
        }
        let end = prefix_end(device.as_bytes());
        let upper = end.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
        let mut signed = Vec::new();
        self.store.scan(Table::Devices, (Bound::Included(from), upper), Direction::Ascending, &mut |key, _| {
            signed.extend(OperationId::try_from(&key[40..]).ok());
            ControlFlow::Continue(())
        })?;
        signed.iter().try_for_each(|id| self.look_again_at_operation(id))
    }

    /// Looks again at the item of an operation, unless it is a statement.
    fn look_again_at_operation(&mut self, id: &OperationId) -> Result<(), StoreError> {
        if let Some(signed) = self.load_signed(id)?
            && signed.header().space != Space::Register
        {
            self.worklist.insert(Work::Item(signed.header().item()));
        }
        Ok(())
    }

    /// Does all there is to do, also what comes up on the way.
    pub(super) fn work_off(&mut self, round: &mut Round) -> Result<(), StoreError> {
        while let Some(work) = self.worklist.pop_first() {
            match work {
                Work::Item(item) => {
                    let evaluation = self.evaluate(item, None, round.now)?;
                    self.write_evaluation(evaluation, round)?;
                }
                Work::Statement(id) => self.try_statement_again(&id, round)?,
            }
        }
        Ok(())
    }

    /// What was signed for a time that has come.
    pub(super) fn wake_due(&mut self, round: &mut Round) -> Result<(), StoreError> {
        let latest = Missing::time_key(round.now.plus_millis(FUTURE_TOLERANCE_MS));
        let upper = [latest, [u8::MAX; 32]].concat();
        let mut due = Vec::new();
        let range = (Bound::Unbounded, Bound::Included(upper.as_slice()));
        self.store.scan(Table::Waiting, range, Direction::Ascending, &mut |key, value| {
            due.push((key.to_vec(), value.to_vec()));
            ControlFlow::Continue(())
        })?;
        self.take_up(due);
        self.work_off(round)
    }

    /// When the next thing that waits for its time is due.
    pub(super) fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let mut first = None;
        let range = (Bound::Unbounded, Bound::Excluded(&TIME_END[..]));
        self.store.scan(Table::Waiting, range, Direction::Ascending, &mut |key, _| {
            first = key[24..32].try_into().ok().map(u64::from_be_bytes);
            ControlFlow::Break(())
        })?;
        Ok(first.map(|time| Timestamp::from_millis(time.saturating_sub(FUTURE_TOLERANCE_MS))))
    }

    fn try_statement_again(&mut self, id: &OperationId, round: &mut Round) -> Result<(), StoreError> {
        let valid = self.load_statement(id)?;
        let time = valid.header().time;
        if time.is_future(round.now) {
            self.wait_for(Missing::Time(time), Work::Statement(*id));
            return Ok(());
        }
        let assessment = self.registers.assess(&valid);
        match assessment.verdict() {
            Verdict::Unknown(missing) => self.wait_for(missing, Work::Statement(*id)),
            Verdict::Permitted | Verdict::Refused(_) if assessment.keep() => {
                self.clear_undecided(valid.header(), id)?;
                self.insert_statement(assessment, None, round)?;
            }
            // Its own past rules it out, and that never changes: it stays for the number it has.
            Verdict::Permitted | Verdict::Refused(_) => {}
        }
        Ok(())
    }

    /// What waits for this id is looked at again.
    pub(super) fn wake(&mut self, id: &[u8; 32]) -> Result<(), StoreError> {
        if planted(Bug::ForgetsToWake) {
            return Ok(());
        }
        let mut woken = Vec::new();
        self.store.scan_prefix(Table::Waiting, id, Direction::Ascending, &mut |key, value| {
            woken.push((key.to_vec(), value.to_vec()));
            ControlFlow::Continue(())
        })?;
        self.take_up(woken);
        Ok(())
    }

    fn take_up(&mut self, entries: Vec<(Vec<u8>, Vec<u8>)>) {
        for (key, value) in entries {
            let id = OperationId::try_from(&key[32..]).ok();
            self.worklist
                .extend(id.map(|id| if value == [STATEMENT] { Work::Statement(id) } else { Work::Item(id.into()) }));
            self.store.delete(Table::Waiting, key);
        }
    }
}

/// Marks an item in the table of what waits.
const ITEM: u8 = 0;
/// Marks a statement in the table of what waits.
const STATEMENT: u8 = 1;
/// The end of the keys that are times: they start with 24 zeros, which no hash does.
const TIME_END: [u8; 32] = {
    let mut end = [0; 32];
    end[23] = 1;
    end
};
