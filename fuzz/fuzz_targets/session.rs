//! Two boxes of one village on a line that a liar holds: frames are changed, withheld, doubled, made up, and sessions
//! broken off. Nothing panics, no answer is out of bounds; and as soon as the line is honest again it comes to rest, with
//! the same on both boxes.
#![no_main]

use std::collections::VecDeque;
use std::ops::{Bound, ControlFlow};
use std::sync::{Arc, LazyLock};

use dorpsplein_fuzz::frames::checked;
use dorpsplein_protocol::compose::{Device, Place as Where};
use dorpsplein_protocol::identity::{PublicKey, SecretKey};
use dorpsplein_protocol::operation::{
    BoxCertificate, Edit, Field, ItemId, Kind, NeighbourhoodId, OperationId, Signed, Space, Statement, Value,
};
use dorpsplein_protocol::photo::PhotoId;
use dorpsplein_protocol::replica::{Effect, Input, Replica, SessionId, Ticket};
use dorpsplein_protocol::store::{Direction, MemoryStore, Read, Store, Table};
use dorpsplein_protocol::sync::{
    ANTI_ENTROPY_MS, Checked, Comparison, Content, Fingerprint, MAX_FRAME, Message, Place, SESSION_VERSION, Section,
    SpaceId, SpaceRoot,
};
use dorpsplein_protocol::time::Timestamp;
use libfuzzer_sys::fuzz_target;

const NOW: u64 = 1_795_262_400_000;
/// The founder's certificates for the boxes last as long.
const LATER: Timestamp = Timestamp::from_millis(NOW + 300 * 24 * 3_600_000);
/// More turns find nothing that fewer do not.
const MAX_TURNS: usize = 64;
/// Nobody answers one frame with more frames than this.
const MAX_ANSWERS: usize = 64;
/// An honest line is at rest after this many frames.
const MAX_FRAMES: usize = 400;
/// So often an honest line may have to wait for the next comparison until all has come.
const COMPARISONS: usize = 6;

fuzz_target!(|bytes: &[u8]| {
    let mut line = Line::new();
    for turn in bytes.chunks_exact(4).take(MAX_TURNS) {
        line.turn([turn[0], turn[1], turn[2], turn[3]]);
    }
    line.reopen();
    for _ in 0..COMPARISONS {
        line.rest();
        line.pass(ANTI_ENTROPY_MS);
    }
    line.rest();
    let [one, other] = &line.boxes;
    for table in [Table::Operations, Table::Rows, Table::Undecided, Table::Incomplete] {
        assert!(one.dump(table) == other.dump(table), "{table:?} differs");
    }
});

/// A village of two boxes, and what is written in it.
struct Village {
    id: NeighbourhoodId,
    register: Checked,
    posts: Vec<Vec<u8>>,
    ids: Vec<OperationId>,
}

static VILLAGE: LazyLock<Village> = LazyLock::new(|| {
    let now = Timestamp::from_millis(NOW);
    let (mut founder, genesis) = Device::found(SecretKey::from_seed(&[50; 32]), "Oosterwijk", [1; 16], now);
    let id = founder.home();
    let mut register = vec![genesis];
    for key in KEYS {
        let parents = vec![register[register.len() - 1].id()];
        let certificate = BoxCertificate { key: public(key), expires: LATER };
        register.push(founder.state(parents, Statement::BoxCertificate(certificate), now));
    }
    let title = |text: &str| vec![Edit::Set { field: Field::TITLE, value: Value::Text(text.to_owned()) }];
    let mut posts: Vec<Signed> = Vec::new();
    for number in 0..12 {
        let place = Where { neighbourhood: id, space: [Space::Square, Space::Members][number % 2] };
        let text = format!("{number} {}", "lang ".repeat(if number == 5 { 900 } else { 1 }));
        let post = match posts.get(number.wrapping_sub(2)).filter(|_| number % 3 == 2) {
            Some(former) => founder.edit(place, ItemId::from(former.id()), vec![former.id()], title(&text), now),
            None => founder.create(place, Kind::NEWS, None, title(&text), now),
        };
        posts.push(post);
    }
    let ids = posts.iter().map(Signed::id).collect();
    let operations = register.iter().map(|signed| signed.encode().into()).collect();
    let frame = Message::Operations { operations, absent: Vec::new(), later: Vec::new(), more: false }.encode();
    Village { id, register: Checked::new(&frame), posts: posts.iter().map(Signed::encode).collect(), ids }
});

/// The seeds of the boxes' keys.
const KEYS: [u8; 2] = [1, 2];

fn public(seed: u8) -> PublicKey {
    SecretKey::from_seed(&[seed; 32]).public()
}

/// The two boxes and what is on its way between them.
struct Line {
    boxes: [TestBox; 2],
    /// What is on its way to each.
    to: [VecDeque<Vec<u8>>; 2],
    session: u64,
    now: u64,
}

impl Line {
    fn new() -> Self {
        let mut line = Self { boxes: KEYS.map(TestBox::new), to: Default::default(), session: 0, now: NOW };
        for at in 0..2 {
            line.handle(at, Input::Import { ticket: Ticket(0), frame: VILLAGE.register.clone() });
        }
        line.reopen();
        line
    }

    /// One thing that happens: to which box, what, and two bytes more.
    fn turn(&mut self, [what, who, one, other]: [u8; 4]) {
        let at = usize::from(who & 1);
        match what % 16 {
            0..=4 => self.deliver(at),
            5 => {
                if let Some(byte) = self.to[at].front_mut().and_then(|frame| {
                    let place = usize::from(one) * 7 % frame.len().max(1);
                    frame.get_mut(place)
                }) {
                    *byte ^= other;
                }
                self.deliver(at);
            }
            6 => drop(self.to[at].pop_front()),
            7 => {
                let again = self.to[at].front().cloned();
                self.to[at].extend(again);
            }
            8 if self.to[at].len() > 1 => self.to[at].swap(0, 1),
            9 | 10 => {
                self.to[at].push_front(made_up(who >> 1, one, other).encode());
                self.deliver(at);
            }
            11 => self.pass(u64::from(one) << (other % 16)),
            12 => self.reopen(),
            13 => self.handle(at, Input::Compare),
            _ => {
                let operation = VILLAGE.posts[usize::from(one) % VILLAGE.posts.len()].clone();
                self.handle(at, Input::Submit { ticket: Ticket(1), operation });
            }
        }
    }

    fn deliver(&mut self, at: usize) {
        if let Some(frame) = self.to[at].pop_front() {
            self.handle(at, Input::Received { session: SessionId(self.session), frame: checked(&frame) });
        }
    }

    /// Time passes for both.
    fn pass(&mut self, ms: u64) {
        self.now += ms;
        (0..2).for_each(|at| self.handle(at, Input::Tick));
    }

    /// Everything arrives, in order, until nothing is on its way.
    fn rest(&mut self) {
        for frames in 0.. {
            assert!(frames < MAX_FRAMES, "an honest line does not come to rest");
            match self.to.iter().position(|waiting| !waiting.is_empty()) {
                Some(at) => self.deliver(at),
                None => break,
            }
        }
    }

    /// The line breaks, and the first box dials again.
    fn reopen(&mut self) {
        let session = SessionId(self.session);
        (0..2).for_each(|at| drop(self.boxes[at].handle(self.now, Input::Closed { session })));
        self.session += 1;
        self.to = Default::default();
        for at in 0..2 {
            let (session, peer) = (SessionId(self.session), public(KEYS[1 - at]));
            self.handle(at, Input::Opened { session, peer, outbound: at == 0 });
        }
    }

    /// Gives a box something to handle, and puts what it sends on its way; a session that it closes is opened again.
    fn handle(&mut self, at: usize, input: Input) {
        let effects = self.boxes[at].handle(self.now, input);
        let mut answers = 0;
        for effect in effects {
            match effect {
                Effect::Send { session, frame } => {
                    assert!(frame.len() <= MAX_FRAME && Message::decode(&frame).is_ok());
                    answers += 1;
                    if session == SessionId(self.session) {
                        self.to[1 - at].push_back(frame);
                    }
                }
                Effect::Close { .. } => return self.reopen(),
                _ => {}
            }
        }
        assert!(answers <= MAX_ANSWERS, "{answers} frames for one");
    }
}

/// What nobody honest says at that moment.
fn made_up(what: u8, one: u8, other: u8) -> Message {
    let neighbourhood = if one < 250 { VILLAGE.id } else { NeighbourhoodId::from_bytes([one; 32]) };
    let space = [Space::Register, Space::Square, Space::Members, Space::Neighbours][usize::from(one) % 4];
    let id = SpaceId { neighbourhood, space };
    let known = |n: u8| match VILLAGE.ids.get(usize::from(n) % 16) {
        Some(id) => *id,
        None => OperationId::from_bytes([n; 32]),
    };
    let ids = vec![known(one), known(other), known(one.wrapping_add(other))];
    let operations = || vec![VILLAGE.posts[usize::from(other) % VILLAGE.posts.len()].clone().into()];
    let bare = || {
        let signed = Signed::decode(&VILLAGE.posts[usize::from(other) % VILLAGE.posts.len()]);
        vec![signed.expect("it was made here").without_payload().encode().into()]
    };
    let photo = PhotoId::from_bytes([one; 32]);
    let section = |content| Section { end: Place { hour: u64::from(other) * 20_000, id: known(one) }, content };
    let compare = |content| {
        let comparison = Comparison { window: other % 5, sections: vec![section(content), section(Content::Settled)] };
        Message::Compare { id, comparison }
    };
    match what % 20 {
        0 => Message::Hello { version: if other < 128 { SESSION_VERSION } else { other }, neighbourhood },
        1 => {
            Message::Roots { roots: vec![SpaceRoot { id, fingerprint: Fingerprint([other; 16]) }], answer: other < 128 }
        }
        2 => Message::Roots { roots: Vec::new(), answer: other < 128 },
        3 => Message::Same,
        4 => Message::More,
        5 => Message::Absent { id },
        6 => Message::Have { ids },
        7 => Message::Fetch { ids, large: other < 128 },
        8 => Message::Operations { operations: operations(), absent: ids, later: Vec::new(), more: other < 128 },
        9 => Message::Operations { operations: bare(), absent: Vec::new(), later: ids, more: other < 128 },
        10 => Message::Push { operation: operations().swap_remove(0).to_vec() },
        11 => Message::Push { operation: bare().swap_remove(0).to_vec() },
        12 => compare(Content::Fingerprint(Fingerprint([one; 16]))),
        13 => compare(Content::Listed(vec![[one; 8]; usize::from(other)])),
        14 => compare(Content::Differs { here: ids, there: vec![[other; 8]] }),
        15 => compare(Content::Settled),
        16 => Message::PhotoFetch { photo, from: u32::from(one), count: u32::from(other), list: one < 128 },
        17 => Message::PhotoChunk { photo, index: u32::from(other), list: vec![one; 32], data: vec![other; 64] },
        18 => Message::PhotoAbsent { photo },
        _ => Message::PhotoHere { photo },
    }
}

/// One box: a replica, and the store under it.
struct TestBox {
    store: Arc<MemoryStore>,
    replica: Replica<Arc<MemoryStore>>,
}

impl TestBox {
    fn new(key: u8) -> Self {
        let store = Arc::<MemoryStore>::default();
        let now = Timestamp::from_millis(NOW);
        let replica = Replica::open(store.clone(), VILLAGE.id, public(key), now).expect("an empty store is sound");
        Self { store, replica }
    }

    /// Handles an input as a shell does.
    fn handle(&mut self, now: u64, input: Input) -> Vec<Effect> {
        let effects = self.replica.handle(Timestamp::from_millis(now), input).expect("the store is in memory");
        self.store.commit(&effects.batch).expect("the store is in memory");
        self.replica.committed();
        effects.after
    }

    fn dump(&self, table: Table) -> Vec<(Vec<u8>, Vec<u8>)> {
        let mut dump = Vec::new();
        let everything = (Bound::Unbounded, Bound::Unbounded);
        let mut take = |key: &[u8], value: &[u8]| {
            dump.push((key.to_vec(), value.to_vec()));
            ControlFlow::Continue(())
        };
        self.store.scan(table, everything, Direction::Ascending, &mut take).expect("the store is in memory");
        dump
    }
}
