//! Which branch of a device counts that signed two operations with one number.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Bound, ControlFlow};

use crate::identity::PublicKey;
use crate::operation::{Header, OperationId, Signed};
use crate::store::{Direction, Read, StoreError, Table, prefix_end};

/// What counts of all that a forked device signed, from the first number it used twice on.
///
/// Of the operations with one number those that follow on something that does not count are out. Of the rest the one
/// counts that a connector decided for, or else the one with the lowest id. So a decision about one number settles what
/// came after it on either branch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Branches {
    /// For each number used twice the operation that counts; none where nothing that is here does.
    counting: BTreeMap<u64, Option<OperationId>>,
    out: BTreeSet<OperationId>,
    undecided: Option<u64>,
}

impl Branches {
    /// The first number for which two operations stand and no connector decided: as long as there is one, nothing more is
    /// taken from the device.
    pub const fn undecided(&self) -> Option<u64> {
        self.undecided
    }

    /// The first number that the device used twice.
    pub fn first(&self) -> Option<u64> {
        self.counting.keys().next().copied()
    }

    /// The operation with this number that counts because connectors decided for it or for one it follows on.
    pub fn kept(&self, sequence: u64) -> Option<OperationId> {
        let settled = self.undecided.is_none_or(|undecided| sequence < undecided);
        self.counting.get(&sequence).copied().flatten().filter(|_| settled)
    }

    /// Whether an operation of the device, here or about to be, lost to another, or follows on one that did.
    pub fn is_out(&self, header: &Header, id: &OperationId) -> bool {
        let loses = self.counting.get(&header.sequence).is_some_and(|counting| *counting != Some(*id));
        loses || self.out.contains(id) || header.previous.is_some_and(|previous| self.out.contains(&previous))
    }

    /// Takes in an operation whose number no other has. Says whether it is out.
    pub(crate) fn follow(&mut self, header: &Header, id: OperationId) -> bool {
        let out = self.is_out(header, &id);
        if out {
            self.out.insert(id);
        }
        out
    }

    fn take(&mut self, found: &[(OperationId, Header)], decided: &impl Fn(&Header) -> Option<OperationId>) {
        let stands = |(_, header): &&(OperationId, Header)| {
            !header.previous.is_some_and(|previous| self.out.contains(&previous))
        };
        let standing: Vec<OperationId> = found.iter().filter(stands).map(|(id, _)| *id).collect();
        if found.len() < 2 {
            self.out.extend(found.iter().map(|(id, _)| *id).filter(|id| !standing.contains(id)));
            return;
        }
        let is_here = |id: &OperationId| found.iter().any(|(here, _)| here == id);
        // A decision for what is on a branch that lost earlier has no effect; one for what is yet to come has.
        let decision = found.iter().find_map(|(_, header)| decided(header));
        let decision = decision.filter(|keep| standing.contains(keep) || !is_here(keep));
        let sequence = found[0].1.sequence;
        if decision.is_none() && standing.len() > 1 {
            self.undecided.get_or_insert(sequence);
        }
        let counting = decision.or_else(|| standing.iter().min().copied());
        self.counting.insert(sequence, counting);
        self.out.extend(found.iter().map(|(id, _)| *id).filter(|id| Some(*id) != counting));
    }
}

/// What counts of a device's operations, with what its connectors `decided` about the number of a header; nothing is out
/// when it used no number twice.
///
/// Reads all that the device signed from the first such number on: O(n).
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn branches(
    read: &impl Read,
    device: &PublicKey,
    decided: impl Fn(&Header) -> Option<OperationId>,
) -> Result<Branches, StoreError> {
    let mut branches = Branches::default();
    let mut first = None;
    read.scan_prefix(Table::Forks, device.as_bytes(), Direction::Ascending, &mut |key, _| {
        first = key.get(..40).map(<[u8]>::to_vec);
        ControlFlow::Break(())
    })?;
    let Some(first) = first else { return Ok(branches) };
    let end = prefix_end(device.as_bytes());
    let upper = end.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    let mut ids = Vec::new();
    read.scan(Table::Devices, (Bound::Included(&first), upper), Direction::Ascending, &mut |key, _| {
        ids.extend(OperationId::try_from(&key[40..]).ok());
        ControlFlow::Continue(())
    })?;
    let mut same_number: Vec<(OperationId, Header)> = Vec::new();
    for id in ids {
        let header = header(read, &id)?;
        if same_number.last().is_some_and(|(_, last)| last.sequence != header.sequence) {
            branches.take(&same_number, &decided);
            same_number.clear();
        }
        same_number.push((id, header));
    }
    branches.take(&same_number, &decided);
    Ok(branches)
}

fn header(read: &impl Read, id: &OperationId) -> Result<Header, StoreError> {
    let bytes = read.get(Table::Operations, id.as_bytes())?.ok_or(StoreError::Damaged("an operation is gone"))?;
    let signed = Signed::decode(&bytes).map_err(|_| StoreError::Damaged("an operation"))?;
    Ok(signed.header().clone())
}
