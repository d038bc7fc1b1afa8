//! The replica's side of its sessions: what they may look at, and carrying out what they want done.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::ingest::Received;
use super::{Effect, Replica, Round, SessionId};
use crate::identity::PublicKey;
use crate::operation::{NeighbourhoodId, OperationId, Signed, Space, is_bare};
use crate::planted::{Bug, planted};
use crate::projection::space_prefix;
use crate::store::{Direction, Read, StoreError, Table};
use crate::sync::{Action, CloseReason, Session, SpaceId, Tree, View, entitled, is_believed, may_bring};
use crate::time::Timestamp;

impl<R: Read> Replica<R> {
    pub(super) fn open_session(
        &mut self,
        id: SessionId,
        peer: PublicKey,
        outbound: bool,
        round: &mut Round,
    ) -> Result<(), StoreError> {
        if peer == self.own {
            round.effects.push(Effect::Close { session: id, reason: CloseReason::NotANeighbour });
            return Ok(());
        }
        let (session, actions) = Session::open(peer, outbound, self.home, round.now);
        self.sessions.insert(id, session);
        self.carry_out(id, actions, round)
    }

    pub(super) fn receive(&mut self, id: SessionId, frame: &[u8], round: &mut Round) -> Result<(), StoreError> {
        let now = round.now;
        let actions = self.with_session(id, now, |session, view| session.receive(frame, view, now))?;
        self.carry_out(id, actions, round)
    }

    /// The registers changed: every session sees whether that concerns it.
    pub(super) fn refresh_sessions(&mut self, round: &mut Round) -> Result<(), StoreError> {
        for id in self.session_ids() {
            let actions = self.with_session(id, round.now, |session, view| session.refresh(view))?;
            self.carry_out(id, actions, round)?;
        }
        Ok(())
    }

    pub(super) fn compare_notes(&mut self, round: &mut Round) -> Result<(), StoreError> {
        for id in self.session_ids() {
            let actions = self.with_session(id, round.now, |session, view| session.tick(view))?;
            self.carry_out(id, actions, round)?;
        }
        Ok(())
    }

    /// Sends what was permitted in this round to every other session that is entitled to it.
    pub(super) fn push_accepted(&mut self, round: &mut Round) -> Result<(), StoreError> {
        for (operation, source) in std::mem::take(&mut round.accepted) {
            if operation.header().space == Space::Neighbours && planted(Bug::ForgetsASpace) {
                continue;
            }
            let pushed = operation.id();
            for id in self.session_ids().into_iter().filter(|id| Some(*id) != source) {
                let push = |session: &mut Session, view: &Glance<'_, R>| session.push(&pushed, view);
                let actions =
                    self.with_session(id, round.now, |session, view| push(session, view).into_iter().collect())?;
                self.carry_out(id, actions, round)?;
            }
        }
        Ok(())
    }

    fn session_ids(&self) -> Vec<SessionId> {
        self.sessions.keys().copied().collect()
    }

    /// Lets a session act with sight of the rest of the replica; a session that is gone does nothing.
    fn with_session(
        &mut self,
        id: SessionId,
        now: Timestamp,
        act: impl FnOnce(&mut Session, &Glance<'_, R>) -> Vec<Action>,
    ) -> Result<Vec<Action>, StoreError> {
        let Some(mut session) = self.sessions.remove(&id) else { return Ok(Vec::new()) };
        let view = Glance { replica: self, now, failure: RefCell::new(None) };
        let actions = act(&mut session, &view);
        let failure = view.failure.into_inner();
        self.sessions.insert(id, session);
        failure.map_or(Ok(actions), Err)
    }

    fn carry_out(&mut self, id: SessionId, actions: Vec<Action>, round: &mut Round) -> Result<(), StoreError> {
        let mut ingested = false;
        for action in actions {
            match action {
                Action::Send(message) => round.effects.push(Effect::Send { session: id, frame: message.encode() }),
                Action::Ingest { operations, pushed } => {
                    ingested = true;
                    let compare_again = self.ingest(operations, pushed, id, round)?;
                    if let Some(session) = self.sessions.get_mut(&id).filter(|_| compare_again) {
                        session.compare_again();
                    }
                }
                Action::InStep { spaces } => self.note_in_step(id, &spaces, round)?,
                Action::Close(reason) => {
                    self.sessions.remove(&id);
                    round.effects.push(Effect::Close { session: id, reason });
                    return Ok(());
                }
            }
        }
        if ingested {
            let actions = self.with_session(id, round.now, |session, view| session.proceed(view))?;
            self.carry_out(id, actions, round)?;
        }
        Ok(())
    }

    /// Takes in what a session brought, in the order in which its authors say it came about: what others build on comes
    /// first, so that little has to wait, and there is room for what does. Says whether another comparison would find more:
    /// what was fetched may have opened the way to other spaces, and what waits misses something.
    fn ingest(
        &mut self,
        mut operations: Vec<Signed>,
        pushed: bool,
        session: SessionId,
        round: &mut Round,
    ) -> Result<bool, StoreError> {
        operations.sort_by_key(|operation| (operation.header().time, operation.header().sequence));
        let (mut again, incomplete) = (false, self.incomplete);
        for operation in operations {
            again |= match self.receive_operation(operation, session, round)? {
                Received::Stored => !pushed,
                Received::Waiting => true,
                Received::Known | Received::Dropped => false,
            };
        }
        // What is for this neighbourhood again has payloads that went.
        Ok(again || self.incomplete > incomplete)
    }
}

/// What a session sees of the replica. A store that fails is noted and ends the round.
struct Glance<'a, R> {
    replica: &'a Replica<R>,
    now: Timestamp,
    failure: RefCell<Option<StoreError>>,
}

impl<R: Read> Glance<'_, R> {
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
}
