//! What a session sees of the replica.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::Replica;
use crate::identity::PublicKey;
use crate::operation::{NeighbourhoodId, OperationId, Signed, is_bare, signed_at};
use crate::projection::space_prefix;
use crate::store::{Direction, Read, StoreError, Table};
use crate::sync::{SpaceId, Stamp, Tree, View, entitled, is_believed, may_bring};
use crate::time::Timestamp;

/// What a session sees of the replica. A store that fails is noted and ends the round.
pub(super) struct Glance<'a, R> {
    replica: &'a Replica<R>,
    now: Timestamp,
    failure: RefCell<Option<StoreError>>,
}

impl<'a, R: Read> Glance<'a, R> {
    pub(super) const fn new(replica: &'a Replica<R>, now: Timestamp) -> Self {
        Self { replica, now, failure: RefCell::new(None) }
    }

    /// The failure of the store, if there was one.
    pub(super) fn into_failure(self) -> Option<StoreError> {
        self.failure.into_inner()
    }

    fn note<T>(&self, read: Result<Option<T>, StoreError>) -> Option<T> {
        read.unwrap_or_else(|error| {
            self.failure.replace(Some(error));
            None
        })
    }

    fn operation(&self, id: &OperationId) -> Option<Signed> {
        self.note(self.replica.load_signed(id))
    }
}

impl<R: Read> View for Glance<'_, R> {
    fn now(&self) -> Timestamp {
        self.now
    }

    fn stamp(&self) -> Stamp {
        Stamp { changes: self.replica.changes, spaces: self.replica.trees.len(), at: self.now }
    }

    fn home(&self) -> NeighbourhoodId {
        self.replica.home
    }

    fn entitled(&self, peer: &PublicKey, claimed: &NeighbourhoodId) -> BTreeSet<SpaceId> {
        let held = self.replica.trees.keys();
        entitled(&self.replica.registers, &self.replica.introductions, held, peer, claimed, self.now)
    }

    fn may_bring(&self, operation: &Signed, entitled: &BTreeSet<SpaceId>) -> bool {
        may_bring(operation, entitled)
    }

    fn served(&self, id: &OperationId, entitled: &BTreeSet<SpaceId>) -> Option<Signed> {
        self.note(self.replica.served(id, entitled))
    }

    fn believed(&self, peer: &PublicKey, claimed: &NeighbourhoodId) -> bool {
        is_believed(&self.replica.registers, &self.replica.introductions, peer, claimed, self.now)
    }

    fn tree(&self, id: &SpaceId) -> Option<&Tree> {
        self.replica.trees.get(id)
    }

    fn holds(&self, id: &OperationId) -> bool {
        let Some(bytes) = self.note(self.replica.store.get(Table::Operations, id.as_bytes())) else { return false };
        if self.replica.incomplete == 0 || !is_bare(&bytes) {
            return true;
        }
        self.operation(id).is_some_and(|signed| {
            let lacks = self.replica.lacks_payload(signed.header(), id);
            self.note(lacks.map(Some)) == Some(false)
        })
    }

    fn incomplete(&self, id: &SpaceId, after: Option<&OperationId>, limit: usize) -> Vec<OperationId> {
        let mut found = Vec::new();
        if self.replica.incomplete == 0 {
            return found;
        }
        let prefix = space_prefix(&id.neighbourhood, &id.space);
        let scanned =
            self.replica.store.scan_prefix(Table::Incomplete, &prefix, Direction::Ascending, &mut |key, _| {
                let id = OperationId::try_from(&key[prefix.len()..]).ok();
                found.extend(id.filter(|id| after.is_none_or(|after| id > after)));
                if found.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            });
        self.note(scanned.map(Some));
        found
    }

    fn signed_at(&self, id: &OperationId) -> Option<(Timestamp, u64)> {
        let bytes = self.note(self.replica.store.get(Table::Operations, id.as_bytes()))?;
        signed_at(&bytes)
    }

    fn was_let_go(&self, id: &OperationId) -> bool {
        self.replica.let_go.contains(id, self.now, self.replica.changes)
    }

    fn is_coming(&self, id: &OperationId) -> bool {
        self.replica.sessions.values().any(|session| session.awaits(id, self.now))
    }
}
