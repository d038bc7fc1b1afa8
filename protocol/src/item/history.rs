//! The operations of one item in an order that puts each after its parents.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use crate::identity::PublicKey;
use crate::operation::{Header, OperationId};
use crate::validate::Valid;

/// Something with a place among operations.
pub trait Placed {
    /// The operation's id.
    fn id(&self) -> OperationId;
    /// Its header.
    fn header(&self) -> &Header;
}

impl Placed for Valid {
    fn id(&self) -> OperationId {
        self.id()
    }

    fn header(&self) -> &Header {
        self.header()
    }
}

/// The operations of one item.
#[derive(Clone, Debug)]
pub struct History<T = Valid> {
    operations: BTreeMap<OperationId, T>,
    by_device: BTreeMap<PublicKey, BTreeSet<(u64, OperationId)>>,
}

/// Why an operation has no place in a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OrderError {
    /// A parent is not here.
    #[error("operation {0} is missing")]
    MissingParent(OperationId),
}

impl<T: Placed> History<T> {
    /// A history of these operations, in any order.
    pub fn new(operations: impl IntoIterator<Item = T>) -> Self {
        let operations: BTreeMap<OperationId, T> =
            operations.into_iter().map(|operation| (operation.id(), operation)).collect();
        let mut by_device: BTreeMap<PublicKey, BTreeSet<(u64, OperationId)>> = BTreeMap::new();
        for (id, valid) in &operations {
            let header = valid.header();
            by_device.entry(header.device).or_default().insert((header.sequence, *id));
        }
        Self { operations, by_device }
    }

    /// The operation with this id.
    pub fn get(&self, id: &OperationId) -> Option<&T> {
        self.operations.get(id)
    }

    /// The operations, by id.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.operations.values()
    }

    /// What the device of `header` signed before it on this item, the latest first.
    pub fn signed_before(&self, header: &Header) -> impl Iterator<Item = &T> {
        let own = self.by_device.get(&header.device);
        let first = (header.sequence, OperationId::from_bytes([0; 32]));
        own.into_iter().flat_map(move |own| own.range(..first).rev()).map(|(_, id)| &self.operations[id])
    }

    /// What the device of `header` signed with the same number on this item, that operation among it, lowest id first.
    pub fn signed_with(&self, header: &Header) -> impl Iterator<Item = &T> {
        let own = self.by_device.get(&header.device);
        let number =
            (header.sequence, OperationId::from_bytes([0; 32]))..=(header.sequence, OperationId::from_bytes([255; 32]));
        own.into_iter().flat_map(move |own| own.range(number.clone())).map(|(_, id)| &self.operations[id])
    }

    /// The operations ordered so that each comes after its parents, ties by id; and those that cannot be placed, each
    /// with a parent that is missing, here or further back.
    pub fn ordered(&self) -> (Vec<&T>, Vec<(&T, OrderError)>) {
        let (order, left) = self.sorted(|_| true);
        let placed: BTreeSet<OperationId> = order.iter().map(|valid| valid.id()).collect();
        let unplaced = left.iter().map(|id| (&self.operations[id], self.first_missing(id, &placed))).collect();
        (order, unplaced)
    }

    /// All operations, each after those of its parents that are here, ties by id.
    pub fn by_what_is_here(&self) -> Vec<&T> {
        self.sorted(|parent| self.operations.contains_key(parent)).0
    }

    /// The operations ordered so that each comes after those of its parents that `matter`, ties by id; and those that cannot
    /// be placed.
    fn sorted(&self, matters: impl Fn(&OperationId) -> bool) -> (Vec<&T>, Vec<OperationId>) {
        let mut waiting: BTreeMap<OperationId, usize> = BTreeMap::new();
        let mut children: BTreeMap<OperationId, Vec<OperationId>> = BTreeMap::new();
        for (id, valid) in &self.operations {
            let parents: Vec<_> = valid.header().parents.iter().filter(|parent| matters(parent)).collect();
            waiting.insert(*id, parents.len());
            for parent in parents {
                children.entry(*parent).or_default().push(*id);
            }
        }
        let mut ready: BTreeSet<OperationId> = waiting.iter().filter(|(_, n)| **n == 0).map(|(id, _)| *id).collect();
        let mut order = Vec::with_capacity(self.operations.len());
        while let Some(id) = ready.pop_first() {
            waiting.remove(&id);
            order.push(&self.operations[&id]);
            for child in children.get(&id).into_iter().flatten() {
                if let Some(left) = waiting.get_mut(child) {
                    *left -= 1;
                    if *left == 0 {
                        ready.insert(*child);
                    }
                }
            }
        }
        (order, waiting.into_keys().collect())
    }

    /// Whether `target` is in the past of the operation `of`. Costs nothing when it is one of its parents.
    pub fn covers(&self, of: &T, target: &OperationId) -> bool {
        if of.header().parents.contains(target) {
            return true;
        }
        let mut open: Vec<OperationId> = of.header().parents.clone();
        let mut seen = BTreeSet::new();
        while let Some(id) = open.pop() {
            if id == *target {
                return true;
            }
            if seen.insert(id)
                && let Some(valid) = self.operations.get(&id)
            {
                open.extend(&valid.header().parents);
            }
        }
        false
    }

    /// A parent that is not here; when all its parents are, they wait themselves and the first of them is named.
    fn first_missing(&self, id: &OperationId, placed: &BTreeSet<OperationId>) -> OrderError {
        let parents = &self.operations[id].header().parents;
        let absent = parents.iter().find(|parent| !self.operations.contains_key(*parent));
        let waiting = || parents.iter().find(|parent| !placed.contains(*parent));
        OrderError::MissingParent(*absent.or_else(waiting).unwrap_or(id))
    }
}
