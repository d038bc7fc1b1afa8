//! A small world for the protocol's tests: boxes over stores in memory, joined by streams that lose nothing, and the
//! people who write on them. Time stands still unless a test moves it; every key follows from a counter.

// Each file of tests uses its own part of this.
#![allow(dead_code, unused_imports)]

mod people;
mod shelf;
pub(crate) mod story;
mod wire;

use std::collections::BTreeMap;
use std::ops::{Bound, ControlFlow};
use std::sync::Arc;

use dorpsplein_protocol::identity::{PublicKey, SecretKey};
use dorpsplein_protocol::operation::{NeighbourhoodId, Signed};
use dorpsplein_protocol::replica::{Accepted, Effect, Input, Refusal, Replica, SessionId, Ticket};
use dorpsplein_protocol::store::{Direction, MemoryStore, Read, Store, Table};
use dorpsplein_protocol::time::Timestamp;

pub(crate) use people::{Village, body, event_edits, news_edits, title};
pub(crate) use shelf::{TestShelf, photo_edit, photo_edit_at, picture};
pub(crate) use wire::{Puppet, Traffic};

/// Noon of an ordinary Saturday, UTC.
pub(crate) const START: Timestamp = Timestamp::from_millis(1_795_262_400_000);
pub(crate) const MINUTE: u64 = 60_000;
pub(crate) const HOUR: u64 = 60 * MINUTE;
pub(crate) const DAY: u64 = 24 * HOUR;

/// What a store holds in some tables.
pub(crate) type Dump = BTreeMap<(Table, Vec<u8>), Vec<u8>>;

/// One box: a replica and the store under it.
pub(crate) struct TestBox {
    pub(crate) key: PublicKey,
    pub(crate) home: NeighbourhoodId,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) replica: Replica<Arc<MemoryStore>>,
    /// How many keys the last batch changed.
    pub(crate) last_batch: usize,
    /// Where it keeps photos, if it does.
    pub(crate) shelf: Option<TestShelf>,
}

impl TestBox {
    fn open(store: Arc<MemoryStore>, home: NeighbourhoodId, key: PublicKey, now: Timestamp) -> Self {
        let replica = Replica::open(store.clone(), home, key, now).unwrap();
        Self { key, home, store, replica, last_batch: 0, shelf: None }
    }

    /// Handles one input as a shell does: commits first, then hands out the effects.
    pub(crate) fn handle(&mut self, now: Timestamp, input: Input) -> Vec<Effect> {
        let effects = self.replica.handle(now, input).unwrap();
        self.last_batch = effects.batch.len();
        self.store.commit(&effects.batch).unwrap();
        self.replica.committed();
        effects.after
    }

    /// All rows, and all keys that list them.
    pub(crate) fn rows(&self) -> Dump {
        self.dump(&Table::ROWS)
    }

    /// Everything the store holds in these tables.
    pub(crate) fn dump(&self, tables: &[Table]) -> Dump {
        let mut dump = Dump::new();
        for table in tables {
            let everything = (Bound::Unbounded, Bound::Unbounded);
            self.store
                .scan(*table, everything, Direction::Ascending, &mut |key, value| {
                    dump.insert((*table, key.to_vec()), value.to_vec());
                    ControlFlow::Continue(())
                })
                .unwrap();
        }
        dump
    }

    /// How many operations are kept.
    pub(crate) fn operation_count(&self) -> usize {
        self.dump(&[Table::Operations]).len()
    }

    /// Whether this operation is kept.
    pub(crate) fn holds(&self, operation: &Signed) -> bool {
        self.store.get(Table::Operations, operation.id().as_bytes()).unwrap().is_some()
    }

    /// Whether this operation is not kept, or without a payload that nothing erased.
    pub(crate) fn lacks(&self, operation: &Signed) -> bool {
        let id = operation.id();
        let incomplete = self.dump(&[Table::Incomplete]);
        !self.holds(operation) || incomplete.keys().any(|(_, key)| key.ends_with(id.as_bytes()))
    }

    /// The visible row of an item.
    pub(crate) fn row(
        &self,
        item: dorpsplein_protocol::operation::ItemId,
    ) -> Option<dorpsplein_protocol::projection::ItemRow> {
        dorpsplein_protocol::projection::item(&self.store, &item).unwrap()
    }

    /// Everything the registers say that anybody can ask for, as text to compare.
    pub(crate) fn registers(&self, devices: &[PublicKey]) -> String {
        let mut text = String::new();
        for register in self.replica.registers().iter() {
            let members: Vec<_> = devices.iter().filter_map(|key| register.membership(key).map(|m| (key, m))).collect();
            let mut residents: Vec<_> = register.residents().collect();
            residents.sort_unstable_by_key(|resident| resident.id);
            let neighbours: Vec<_> = register.neighbours().collect();
            let treaties: Vec<_> = neighbours.iter().map(|with| register.treaty(with, START)).collect();
            let boxes: Vec<_> = register.boxes().collect();
            let statements: Vec<_> = register.statements().collect();
            let (id, name) = (register.neighbourhood(), register.name());
            text += &format!("{id}: {name:?} {members:?} {residents:?} {treaties:?} {boxes:?} {statements:?}\n");
        }
        text
    }
}

/// Boxes, the streams between them, and a clock that a test moves.
pub(crate) struct World {
    pub(crate) now: Timestamp,
    pub(crate) boxes: Vec<TestBox>,
    pub(crate) traffic: Traffic,
    wire: wire::Wire,
    keys: u64,
    tickets: u64,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            now: START,
            boxes: Vec::new(),
            traffic: Traffic::default(),
            wire: wire::Wire::default(),
            keys: 0,
            tickets: 0,
        }
    }

    /// The next secret key.
    pub(crate) fn secret(&mut self) -> SecretKey {
        self.keys += 1;
        let mut seed = [7; 32];
        seed[..8].copy_from_slice(&self.keys.to_be_bytes());
        SecretKey::from_seed(&seed)
    }

    /// The next 16 bytes that look random.
    pub(crate) fn nonce(&mut self) -> [u8; 16] {
        self.keys += 1;
        u128::from(self.keys).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835).to_be_bytes()
    }

    /// A box of `home` that holds nothing yet.
    pub(crate) fn add_box(&mut self, home: NeighbourhoodId) -> usize {
        let key = self.secret().public();
        self.boxes.push(TestBox::open(Arc::default(), home, key, self.now));
        self.boxes.len() - 1
    }

    /// Hands an input to a box; what it sends goes onto its streams, see [`World::run`].
    pub(crate) fn handle(&mut self, at: usize, input: Input) -> Vec<Effect> {
        let effects = self.boxes[at].handle(self.now, input);
        self.wire.take(at, &effects, &mut self.traffic);
        self.shelve(at, &effects);
        effects
    }

    /// Hands in an operation as a form does.
    pub(crate) fn submit_bytes(&mut self, at: usize, operation: &[u8]) -> Result<Accepted, Refusal> {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        let effects = self.handle(at, Input::Submit { ticket, operation: operation.to_vec() });
        let answers: Vec<_> = effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Answer { ticket: answered, result } if *answered == ticket => Some(*result),
                _ => None,
            })
            .collect();
        assert_eq!(answers.len(), 1, "one submission has one answer");
        answers[0]
    }

    /// Hands in an operation as a form does.
    pub(crate) fn submit(&mut self, at: usize, operation: &Signed) -> Result<Accepted, Refusal> {
        self.submit_bytes(at, &operation.encode())
    }

    /// Opens a stream from one box to another; frames move when the world [runs](World::run).
    pub(crate) fn connect(&mut self, from: usize, to: usize) -> (SessionId, SessionId) {
        let (there, here) = self.wire.join(from, to);
        let (dialled, dialler) = (self.boxes[to].key, self.boxes[from].key);
        self.handle(from, Input::Opened { session: there, peer: dialled, outbound: true });
        self.handle(to, Input::Opened { session: here, peer: dialler, outbound: false });
        (there, here)
    }

    /// Breaks a stream: what is still on it is lost.
    pub(crate) fn disconnect(&mut self, at: usize, session: SessionId) {
        if let Some((other, its_session)) = self.wire.cut(at, session) {
            self.handle(at, Input::Closed { session });
            self.handle(other, Input::Closed { session: its_session });
        }
    }

    /// Moves frames until nobody has anything to say.
    pub(crate) fn run(&mut self) {
        let mut steps = 0;
        while let Some((to, input)) = self.wire.next() {
            steps += 1;
            assert!(steps < 200_000, "the boxes never fall silent");
            self.handle(to, input);
        }
    }

    /// Moves so many frames, as far as there are any.
    pub(crate) fn run_some(&mut self, frames: usize) {
        for _ in 0..frames {
            let Some((to, input)) = self.wire.next() else { return };
            self.handle(to, input);
        }
    }

    /// Moves one frame; none when nobody has anything to say.
    pub(crate) fn step(&mut self) -> Option<Vec<Effect>> {
        let (to, input) = self.wire.next()?;
        Some(self.handle(to, input))
    }

    /// Puts a message on the stream of a box's session, as if the box had sent it.
    pub(crate) fn inject(&mut self, at: usize, session: SessionId, message: &dorpsplein_protocol::sync::Message) {
        self.wire.take(at, &[Effect::Send { session, frame: message.encode() }], &mut self.traffic);
    }

    /// Lets time pass on every box, and runs.
    pub(crate) fn pass(&mut self, millis: u64) {
        self.now = self.now.plus_millis(millis);
        for at in 0..self.boxes.len() {
            self.handle(at, Input::Tick);
        }
        self.run();
    }

    /// Closes a box and opens it again from its store. Its streams break.
    pub(crate) fn reopen(&mut self, at: usize) {
        for (other, session) in self.wire.cut_all(at) {
            self.handle(other, Input::Closed { session });
        }
        let TestBox { key, home, store, .. } = &self.boxes[at];
        let reopened = TestBox::open(store.clone(), *home, *key, self.now);
        let shelf = std::mem::replace(&mut self.boxes[at], reopened).shelf;
        if let Some(shelf) = shelf {
            self.put_up(at, shelf);
        }
    }
}

/// The same values in an order that follows from `seed` (Fisher–Yates over SplitMix64).
pub(crate) fn shuffled<T: Clone>(values: &[T], seed: u64) -> Vec<T> {
    let mut state = seed;
    let mut values = values.to_vec();
    for last in (1..values.len()).rev() {
        let other = (split_mix(&mut state) % (last as u64 + 1)) as usize;
        values.swap(last, other);
    }
    values
}

/// The next number of SplitMix64.
pub(crate) fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
