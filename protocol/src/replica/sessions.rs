//! The replica's side of its sessions: carrying out what they want done, and telling them what is new.

use std::collections::BTreeMap;

use super::glance::Glance;
use super::ingest::Received;
use super::{Effect, Replica, Round, SessionId};
use crate::identity::PublicKey;
use crate::operation::{OperationId, Space, Verified};
use crate::planted::{Bug, planted};
use crate::store::{Read, StoreError};
use crate::sync::{Action, Checked, CloseReason, Session, Telling};
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

    pub(super) fn receive(&mut self, id: SessionId, frame: Checked, round: &mut Round) -> Result<(), StoreError> {
        let actions = self.with_session(id, round.now, |session, view| session.receive(frame, view))?;
        self.carry_out(id, actions, round)
    }

    /// The registers changed: every session sees whether that concerns it.
    pub(super) fn refresh_sessions(&mut self, round: &mut Round) -> Result<(), StoreError> {
        self.for_each_session(round, |session, view| session.refresh(view))
    }

    /// Time to compare notes, on every session that leads.
    pub(super) fn compare_notes(&mut self, round: &mut Round) -> Result<(), StoreError> {
        self.compare_photos();
        self.for_each_session(round, |session, view| session.tick(view))
    }

    /// Compares notes on every session, because somebody asked for it.
    pub(super) fn compare_now(&mut self, round: &mut Round) -> Result<(), StoreError> {
        self.compare_photos();
        self.for_each_session(round, |session, view| session.compare_now(view))
    }

    fn for_each_session(
        &mut self,
        round: &mut Round,
        act: impl Fn(&mut Session, &Glance<'_, R>) -> Vec<Action>,
    ) -> Result<(), StoreError> {
        for id in self.session_ids() {
            let actions = self.with_session(id, round.now, &act)?;
            self.carry_out(id, actions, round)?;
        }
        Ok(())
    }

    /// Tells every other session what was permitted in this round, as far as it is entitled to it.
    pub(super) fn tell_accepted(&mut self, round: &mut Round) -> Result<(), StoreError> {
        let forgotten = |space| space == Space::Neighbours && planted(Bug::ForgetsASpace);
        let mut by_source: BTreeMap<Option<SessionId>, Vec<OperationId>> = BTreeMap::new();
        for (operation, source) in std::mem::take(&mut round.accepted) {
            if !forgotten(operation.header().space) {
                by_source.entry(source).or_default().push(operation.id());
            }
        }
        for (source, accepted) in by_source {
            for id in self.session_ids().into_iter().filter(|id| source != Some(*id)) {
                let telling = self.telling(source, id);
                let tell = |session: &mut Session, view: &Glance<'_, R>| session.tell(&accepted, telling, view);
                let actions = self.with_session(id, round.now, tell)?;
                self.carry_out(id, actions, round)?;
            }
        }
        Ok(())
    }

    /// How a session is told what another one brought: named only, when it can reach the peer by other ways as well. What
    /// was written here goes to everybody at once.
    fn telling(&self, source: Option<SessionId>, to: SessionId) -> Telling {
        let neighbourhood = |id| self.sessions.get(&id).and_then(|session| session.status().neighbourhood);
        let (Some(from), Some(theirs)) = (source.and_then(neighbourhood), neighbourhood(to)) else {
            return Telling::Push;
        };
        // Boxes of one neighbourhood keep up sessions with one another and with the same neighbours.
        let has_siblings = || {
            let mut others = self.sessions.iter().filter(|(id, _)| **id != to && Some(**id) != source);
            others.any(|(_, session)| session.status().neighbourhood == Some(self.home))
        };
        if from == theirs || from == self.home || has_siblings() { Telling::Announce } else { Telling::Push }
    }

    /// What a session left to another one that does not bring it any more, it asks for itself.
    pub(super) fn resume_held_up(&mut self, round: &mut Round) -> Result<(), StoreError> {
        for id in self.session_ids() {
            let is_held_up = self.sessions.get(&id).is_some_and(Session::is_held_up);
            let mut others = self.sessions.iter().filter(|(other, _)| **other != id);
            if is_held_up && !others.any(|(_, session)| session.is_awaiting(round.now)) {
                let actions = self.with_session(id, round.now, |session, view| session.resume(view))?;
                self.carry_out(id, actions, round)?;
            }
        }
        Ok(())
    }

    fn session_ids(&self) -> Vec<SessionId> {
        self.sessions.keys().copied().collect()
    }

    /// Lets a session act with sight of the rest of the replica; a session that is gone does nothing.
    pub(super) fn with_session<T: Default>(
        &mut self,
        id: SessionId,
        now: Timestamp,
        act: impl FnOnce(&mut Session, &Glance<'_, R>) -> T,
    ) -> Result<T, StoreError> {
        let Some(mut session) = self.sessions.remove(&id) else { return Ok(T::default()) };
        let view = Glance::new(self, now);
        let acted = act(&mut session, &view);
        let failure = view.into_failure();
        self.sessions.insert(id, session);
        failure.map_or(Ok(acted), Err)
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
                Action::Photo(message) => self.receive_photo(id, message, round)?,
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
        mut operations: Vec<Verified>,
        pushed: bool,
        session: SessionId,
        round: &mut Round,
    ) -> Result<bool, StoreError> {
        operations.sort_by_key(|operation| {
            let header = operation.operation().header();
            (header.time, header.sequence)
        });
        let (mut again, incomplete) = (false, self.incomplete);
        for operation in operations {
            again |= match self.receive_operation(operation, Some(session), round)? {
                Received::Stored => !pushed,
                Received::Waiting => true,
                Received::Known | Received::Dropped => false,
            };
        }
        // What is for this neighbourhood again has payloads that went.
        Ok(again || self.incomplete > incomplete)
    }
}
