//! The operations of one item in an order that puts each after its parents.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use crate::operation::{Header, OperationId};
use crate::validate::Valid;

/// The operations of one item.
#[derive(Clone, Debug, Default)]
pub struct History {
    operations: BTreeMap<OperationId, Valid>,
}

/// Why an operation has no place in a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OrderError {
    /// A parent is not here.
    #[error("operation {0} is missing")]
    MissingParent(OperationId),
}

impl History {
    /// A history of these operations, in any order.
    pub fn new(operations: impl IntoIterator<Item = Valid>) -> Self {
        Self { operations: operations.into_iter().map(|valid| (valid.id(), valid)).collect() }
    }

    /// The operation with this id.
    pub fn get(&self, id: &OperationId) -> Option<&Valid> {
        self.operations.get(id)
    }

    /// The operations, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Valid> {
        self.operations.values()
    }

    /// What the device of `header` signed before it on this item.
    pub fn signed_before(&self, header: &Header) -> impl Iterator<Item = &Valid> {
        let (device, sequence) = (header.device, header.sequence);
        self.iter().filter(move |other| other.header().device == device && other.header().sequence < sequence)
    }

    /// The operations ordered so that each comes after its parents, ties by id; and those that cannot be placed, each
    /// with a parent that is missing, here or further back.
    pub fn ordered(&self) -> (Vec<&Valid>, Vec<(&Valid, OrderError)>) {
        let mut waiting: BTreeMap<OperationId, usize> = BTreeMap::new();
        let mut children: BTreeMap<OperationId, Vec<OperationId>> = BTreeMap::new();
        for (id, valid) in &self.operations {
            waiting.insert(*id, valid.header().parents.len());
            for parent in &valid.header().parents {
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
        let placed: BTreeSet<OperationId> = order.iter().map(|valid| valid.id()).collect();
        let unplaced = waiting.keys().map(|id| (&self.operations[id], self.first_missing(id, &placed))).collect();
        (order, unplaced)
    }

    /// Whether every one of `targets` is in the past of the operation `of`.
    pub fn covers(&self, of: &Valid, targets: &BTreeSet<OperationId>) -> bool {
        let mut left = targets.clone();
        let mut open: Vec<OperationId> = of.header().parents.clone();
        let mut seen = BTreeSet::new();
        while let Some(id) = open.pop() {
            left.remove(&id);
            if left.is_empty() {
                return true;
            }
            if seen.insert(id)
                && let Some(valid) = self.operations.get(&id)
            {
                open.extend(&valid.header().parents);
            }
        }
        left.is_empty()
    }

    /// A parent that is not here; when all its parents are, they wait themselves and the first of them is named.
    fn first_missing(&self, id: &OperationId, placed: &BTreeSet<OperationId>) -> OrderError {
        let parents = &self.operations[id].header().parents;
        let absent = parents.iter().find(|parent| !self.operations.contains_key(*parent));
        let waiting = || parents.iter().find(|parent| !placed.contains(*parent));
        OrderError::MissingParent(*absent.or_else(waiting).unwrap_or(id))
    }
}
