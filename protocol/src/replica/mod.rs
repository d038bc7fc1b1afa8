//! The machine that decides: one input in, effects out. It owns no clock, no randomness, no socket and no file.
//!
//! Calling order: [`Replica::open`] once; then for each input [`Replica::handle`], commit its batch, [`Replica::committed`],
//! and carry out its effects. Several inputs may be handled before one commit: what they wrote is already visible here.
//! When a commit fails the replica has seen what the store has not; drop it and open it again.

mod apart;
mod audience;
mod build;
mod effect;
mod erase;
mod evaluate;
mod forks;
mod form;
mod glance;
mod import;
mod ingest;
mod input;
mod let_go;
mod open;
mod photo_shelf;
mod photo_talk;
mod photos;
mod placement;
mod receipts;
mod record;
mod refusal;
mod scrubbing;
mod sessions;
mod setting;
mod welcome;
mod work;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use lru::LruCache;

use crate::authority::Registers;
use crate::identity::PublicKey;
use crate::item::Document;
use crate::operation::{ItemId, NeighbourhoodId, Signed};
use crate::photo::PhotoId;
use crate::planted::{Bug, planted};
use crate::projection::Branches;
use crate::store::{Read, Staged, StoreError};
use crate::sync::{ANTI_ENTROPY_MS, Introductions, PATIENCE_MS, PhotoExchange, Session, SessionStatus, SpaceId, Tree};
use crate::time::Timestamp;

use let_go::LetGo;
use photo_shelf::Shelf;
use receipts::Receipts;
use work::Work;

pub use effect::{Accepted, Effect, Effects, Imported};
pub use input::{Input, SessionId, Ticket};
pub use open::OpenError;
pub use photo_shelf::{PhotoCounts, PhotoQuota};
pub use photo_talk::{PhotoEffect, PhotoInput, ReadChunk};
pub use refusal::Refusal;

/// The most operations of one device that are kept without being permitted.
pub const MAX_UNDECIDED_PER_DEVICE: usize = 64;
/// The most operations that are kept without being permitted, of all devices together.
pub const MAX_UNDECIDED: usize = 16_384;
/// How many documents stay in memory between uses, about 30 KiB each.
const DOCUMENTS: NonZeroUsize = NonZeroUsize::new(64).unwrap();

/// A box's replica of its neighbourhood and of what its neighbours share with it.
pub struct Replica<R> {
    home: NeighbourhoodId,
    own: PublicKey,
    store: Staged<R>,
    registers: Registers,
    /// How often the registers or the introductions changed.
    changes: u64,
    trees: BTreeMap<SpaceId, Tree>,
    undecided: usize,
    /// What there was no room for a while ago.
    let_go: LetGo,
    /// How many items moved from the audience they were made for, or answer one that did.
    moved: usize,
    /// How many operations lack their payload although nothing erased it.
    incomplete: usize,
    /// How many payloads were dropped since the store was scrubbed.
    dropped: u64,
    /// Devices that signed two operations with one number, and which branch of theirs counts.
    forked: BTreeMap<PublicKey, Branches>,
    receipts: Receipts,
    documents: LruCache<ItemId, Document>,
    introductions: Introductions,
    sessions: BTreeMap<SessionId, Session>,
    shelf: Shelf,
    /// Photos that are here although nothing shows them: what names them is here too and does not count as things stand.
    withheld: BTreeMap<ItemId, BTreeSet<PhotoId>>,
    exchanges: BTreeMap<SessionId, PhotoExchange>,
    /// What is to be looked at again before the input in hand is done with.
    worklist: BTreeSet<Work>,
    next_comparison: Timestamp,
}

/// What handling one input has led to so far.
#[derive(Default)]
struct Round {
    now: Timestamp,
    effects: Vec<Effect>,
    /// Items whose rows changed.
    changed: BTreeSet<ItemId>,
    /// Operations permitted in this round, and the session that brought them.
    accepted: Vec<(Signed, Option<SessionId>)>,
    registers_changed: bool,
}

impl<R: Read> Replica<R> {
    /// Handles one input at `now`, the shell's clock.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read; then nothing of this input counts and the replica must be opened
    /// again.
    pub fn handle(&mut self, now: Timestamp, input: Input) -> Result<Effects, StoreError> {
        let mut round = Round { now, ..Round::default() };
        match input {
            Input::Submit { ticket, operation } => {
                let result = self.submit(&operation, &mut round)?;
                round.effects.push(Effect::Answer { ticket, result });
            }
            Input::Introduce { peer, neighbourhood } => {
                self.introductions.entry(peer).or_default().insert(neighbourhood);
                self.changes += 1;
                round.registers_changed = true;
            }
            Input::Opened { session, peer, outbound } => self.open_session(session, peer, outbound, &mut round)?,
            Input::Received { session, frame } => self.receive(session, frame, &mut round)?,
            Input::Closed { .. } if planted(Bug::KeepsClosedSessions) => {}
            Input::Closed { session } => drop(self.sessions.remove(&session)),
            Input::Photo(input) => self.handle_photo(input, &mut round)?,
            Input::Tick => self.tick(&mut round)?,
            Input::Compare => self.compare_now(&mut round)?,
            Input::Scrubbed { dropped } => self.note_scrubbed(dropped),
            Input::Import { ticket, frame } => {
                let result = self.import(frame, &mut round)?;
                round.effects.push(Effect::Imported { ticket, result });
            }
        }
        self.tell_accepted(&mut round)?;
        if round.registers_changed {
            self.refresh_sessions(&mut round)?;
        }
        self.resume_held_up(&mut round)?;
        self.ask_for_photos(&mut round)?;
        self.finish(round)
    }

    /// All batches handed out so far are durable.
    pub fn committed(&mut self) {
        self.store.committed();
    }

    /// The registers as they stand; cheap to clone.
    pub const fn registers(&self) -> &Registers {
        &self.registers
    }

    /// The spaces of which something is held, and how many operations of each.
    pub fn spaces(&self) -> impl Iterator<Item = (&SpaceId, usize)> {
        self.trees.iter().map(|(space, tree)| (space, tree.len()))
    }

    /// How the sessions stand.
    pub fn sessions(&self) -> impl Iterator<Item = (SessionId, &SessionStatus)> {
        self.sessions.iter().map(|(id, session)| (*id, session.status()))
    }

    /// Whether a session speaks for the neighbourhood it says it speaks for, as far as the registers know at `now`.
    pub fn is_certified(&self, status: &SessionStatus, now: Timestamp) -> bool {
        status.neighbourhood.is_some_and(|claimed| self.registers.speaks(&claimed, &status.peer, now))
    }

    fn tick(&mut self, round: &mut Round) -> Result<(), StoreError> {
        self.wake_due(round)?;
        if round.now >= self.next_comparison {
            self.next_comparison = round.now.plus_millis(ANTI_ENTROPY_MS);
            self.compare_notes(round)?;
        }
        Ok(())
    }

    fn finish(&mut self, mut round: Round) -> Result<Effects, StoreError> {
        if !round.changed.is_empty() {
            round.effects.push(Effect::Changed { items: round.changed.into_iter().collect() });
        }
        // A clock that was set back must not put comparing off until it shows that time again.
        self.next_comparison = self.next_comparison.min(round.now.plus_millis(ANTI_ENTROPY_MS));
        let due = self.next_due()?;
        let mut time = due.map_or(self.next_comparison, |due| due.min(self.next_comparison));
        if self.sessions.values().any(Session::is_held_up) {
            time = time.min(round.now.plus_millis(PATIENCE_MS));
        }
        round.effects.push(Effect::WakeAt { time });
        Ok(Effects { batch: self.store.take(), after: round.effects })
    }
}
