//! Operations on an item that a peer brings to two boxes, with and without their payloads, again and again, erasures in
//! between: nothing panics, nothing permanent is ever without its payload, and what has come to both leaves the same.
#![no_main]

use std::ops::{Bound, ControlFlow};
use std::sync::{Arc, LazyLock};

use dorpsplein_fuzz::frames::checked;
use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{
    BoxCertificate, Edit, Field, Invitation, ItemId, Kind, ModerationAct, ModerationReason, NeighbourhoodId,
    OperationId, Role, Signed, Space, Statement, Value,
};
use dorpsplein_protocol::replica::{Effect, Input, Replica, SessionId, Ticket};
use dorpsplein_protocol::store::{Direction, MemoryStore, Read, Store, Table};
use dorpsplein_protocol::sync::{Message, SESSION_VERSION};
use dorpsplein_protocol::time::Timestamp;
use libfuzzer_sys::fuzz_target;

const NOW: Timestamp = Timestamp::from_millis(1_795_262_400_000);
const LATER: Timestamp = Timestamp::from_millis(1_795_262_400_000 + 20 * 24 * 3_600_000);
/// More operations than this find nothing that fewer do not.
const MAX_OPERATIONS: usize = 8;
/// Whoever brings the operations: a box of the same neighbourhood.
const PEER: [u8; 32] = [60; 32];

fuzz_target!(|bytes: &[u8]| {
    let Some((count, rest)) = bytes.split_first() else { return };
    let steps = rest.chunks_exact(4).take(1 + usize::from(*count) % MAX_OPERATIONS);
    let deliveries = &rest[steps.len() * 4..];
    let operations = operations(steps);
    let mut boxes = [TestBox::open(1), TestBox::open(2)];
    for delivery in deliveries.chunks_exact(2).take(40) {
        let operation = &operations[usize::from(delivery[0] >> 2) % operations.len()];
        let at = &mut boxes[usize::from(delivery[0] & 1)];
        match delivery[1] % 8 {
            0..4 => at.bring(operation),
            4..7 => at.bring(&operation.without_payload()),
            _ => at.reopen(),
        }
        at.check();
    }
    // In the end both have been brought everything, the one first to last and the other last to first.
    operations.iter().for_each(|operation| boxes[0].bring(operation));
    operations.iter().rev().for_each(|operation| boxes[1].bring(operation));
    boxes.iter().for_each(TestBox::check);
    let [one, other] = boxes;
    for table in [Table::Operations, Table::Rows, Table::Feed, Table::Log, Table::Undecided, Table::Incomplete] {
        assert!(one.dump(table) == other.dump(table), "{table:?} differs");
    }
});

/// A village, in which everybody has signed what admits them.
struct Village {
    id: NeighbourhoodId,
    /// In one frame.
    register: Vec<u8>,
    /// The founder, and two devices of nobody else.
    devices: Vec<([u8; 32], u64, Option<OperationId>)>,
}

static VILLAGE: LazyLock<Village> = LazyLock::new(|| {
    let (mut founder, genesis) = Device::found(SecretKey::from_seed(&[50; 32]), "Oosterwijk", [1; 16], NOW);
    let id = founder.home();
    let mut register = vec![genesis];
    let mut heads = vec![register[0].id()];
    let mut residents = Vec::new();
    for number in 51..53 {
        let one_time = SecretKey::from_seed(&[number + 20; 32]);
        let letter = Invitation { key: one_time.public(), role: Role::Resident, expires: LATER };
        register.push(founder.state(heads, Statement::Invitation(letter), NOW));
        let mut resident = Device::new(SecretKey::from_seed(&[number; 32]), id);
        let letter = register[register.len() - 1].id();
        register.push(resident.claim(letter, &one_time, [number; 16], NOW));
        heads = vec![register[register.len() - 1].id()];
        residents.push(resident);
    }
    let key = SecretKey::from_seed(&PEER).public();
    register.push(founder.state(heads, Statement::BoxCertificate(BoxCertificate { key, expires: LATER }), NOW));
    residents.insert(0, founder);
    let stand = |device: &Device| (device.secret().to_seed(), device.sequence(), device.previous());
    let operations = register.iter().map(|signed| signed.encode().into()).collect();
    let register = Message::Operations { operations, absent: Vec::new(), later: Vec::new(), more: false }.encode();
    Village { id, register, devices: residents.iter().map(stand).collect() }
});

/// The operations of one item: who, what, and after which.
fn operations<'a>(steps: impl Iterator<Item = &'a [u8]>) -> Vec<Signed> {
    let place = Place { neighbourhood: VILLAGE.id, space: Space::Square };
    let resume = |(seed, sequence, previous): &([u8; 32], u64, Option<OperationId>)| {
        Device::resume(SecretKey::from_seed(seed), VILLAGE.id, *sequence, *previous)
    };
    let mut devices: Vec<Device> = VILLAGE.devices.iter().map(resume).collect();
    let title = |text: &str| vec![Edit::Set { field: Field::TITLE, value: Value::Text(text.to_owned()) }];
    let mut all = vec![devices[1].create(place, Kind::NEWS, None, title("Zomerfeest"), NOW)];
    let item = ItemId::from(all[0].id());
    for step in steps {
        let device = &mut devices[usize::from(step[0]) % 3];
        let seen = |choice: u8| all[usize::from(choice) % all.len()].id();
        let mut parents = vec![seen(step[2])];
        if step[3] & 1 == 0 && seen(step[3] >> 1) != parents[0] {
            parents.push(seen(step[3] >> 1));
        }
        let operation = device.edit(place, item, parents, edits(step[1], step[0]), NOW);
        all.push(operation);
    }
    all
}

fn edits(what: u8, value: u8) -> Vec<Edit> {
    let reason = ModerationReason::ALL[usize::from(value / 3) % ModerationReason::ALL.len()];
    let note = String::from("Zo is het beter");
    let kind = Kind([1, 1, 1, 2, 3, 4, 99, 0][usize::from(value >> 5)]);
    match what % 8 {
        0 | 1 => vec![Edit::Set { field: Field::BODY, value: Value::Text(format!("Regel {value}")) }],
        2 => vec![Edit::Moderate { act: ModerationAct::Hide, reason, note }],
        3 => vec![Edit::Moderate { act: ModerationAct::Show, reason, note }],
        4 => vec![Edit::Appeal(note)],
        5 => vec![Edit::Pin(value.is_multiple_of(2))],
        6 => vec![Edit::Erase { kind, reason: None, note }],
        _ => vec![Edit::Erase { kind, reason: Some(reason), note }],
    }
}

/// One box: a replica, the store under it, and the session on which it is brought things.
struct TestBox {
    key: [u8; 32],
    store: Arc<MemoryStore>,
    replica: Replica<Arc<MemoryStore>>,
    session: u64,
}

impl TestBox {
    fn open(key: u8) -> Self {
        let (key, store) = ([key; 32], Arc::<MemoryStore>::default());
        let mut opened = Self { replica: replica(&store, &key), key, store, session: 0 };
        opened.handle(Input::Import { ticket: Ticket(0), frame: checked(&VILLAGE.register) });
        opened.greet();
        opened
    }

    fn reopen(&mut self) {
        self.replica = replica(&self.store, &self.key);
        self.greet();
    }

    fn greet(&mut self) {
        self.session += 1;
        let (session, peer) = (SessionId(self.session), SecretKey::from_seed(&PEER).public());
        self.handle(Input::Opened { session, peer, outbound: false });
        self.say(&Message::Hello { version: SESSION_VERSION, neighbourhood: VILLAGE.id });
    }

    fn say(&mut self, message: &Message) {
        let closed =
            self.handle(Input::Received { session: SessionId(self.session), frame: checked(&message.encode()) });
        if closed {
            self.greet();
        }
    }

    fn bring(&mut self, operation: &Signed) {
        self.say(&Message::Push { operation: operation.encode() });
    }

    /// Handles an input as a shell does; says whether the session was closed.
    fn handle(&mut self, input: Input) -> bool {
        let effects = self.replica.handle(NOW, input).expect("the store is in memory");
        self.store.commit(&effects.batch).expect("the store is in memory");
        self.replica.committed();
        effects.after.iter().any(|effect| matches!(effect, Effect::Close { .. }))
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

    /// What holds at every moment.
    fn check(&self) {
        for (id, bytes) in self.dump(Table::Operations) {
            let signed = Signed::decode(&bytes).expect("what is stored can be read");
            assert_eq!(signed.id().as_bytes()[..], id);
            assert!(signed.payload().is_some() || !signed.header().permanent, "a permanent operation lost its payload");
        }
        for (_, row) in self.dump(Table::Rows) {
            assert!(!row.is_empty());
        }
        let items = self.dump(Table::Erasures);
        for (item, _) in &items {
            let item = ItemId::from(OperationId::try_from(&item[..]).expect("the key is an item"));
            for (_, bytes) in self.dump(Table::Operations) {
                let signed = Signed::decode(&bytes).expect("what is stored can be read");
                let holds = signed.header().item() == item && !signed.header().permanent && signed.payload().is_some();
                assert!(!holds || signed.header().space == Space::Register, "an erased item keeps words");
            }
        }
    }
}

fn replica(store: &Arc<MemoryStore>, key: &[u8; 32]) -> Replica<Arc<MemoryStore>> {
    Replica::open(store.clone(), VILLAGE.id, SecretKey::from_seed(key).public(), NOW).expect("the store is sound")
}
