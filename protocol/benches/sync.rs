//! What catching up costs, part by part and on one core: checking a frame, taking its operations in, comparing large sets,
//! packing. Everything in memory; what the disk and the network add is measured by `cargo xtask bench sync`.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::identity::{PublicKey, SecretKey};
use dorpsplein_protocol::operation::{
    BoxCertificate, Edit, Field, Invitation, Kind, NeighbourhoodId, Role, Signed, Space, Statement, Value,
};
use dorpsplein_protocol::replica::{Effect, Input, Replica, SessionId, Ticket};
use dorpsplein_protocol::store::{MemoryStore, Store};
use dorpsplein_protocol::sync::{Checked, Message, SESSION_VERSION, pack, unpack};
use dorpsplein_protocol::time::Timestamp;

/// Operations that are caught up with.
const OPERATIONS: usize = 10_000;
/// Who wrote them.
const RESIDENTS: u8 = 10;
const START: Timestamp = Timestamp::from_millis(1_795_262_400_000);
const SESSION: SessionId = SessionId(1);

fn key(number: u8) -> SecretKey {
    SecretKey::from_seed(&[number; 32])
}

/// A neighbourhood with two boxes, and what its residents wrote.
struct Village {
    home: NeighbourhoodId,
    founding: Vec<Signed>,
    news: Vec<Signed>,
}

impl Village {
    fn write() -> Self {
        let later = START.plus_millis(20 * 24 * 3_600_000);
        let (mut connector, genesis) = Device::found(key(1), "Maasdorp", [1; 16], START);
        let mut founding = vec![genesis];
        let mut state = |statement, founding: &mut Vec<Signed>| {
            let heads = founding.last().map(Signed::id).into_iter().collect();
            let signed = connector.state(heads, statement, START);
            founding.push(signed.clone());
            signed
        };
        for number in [2, 3] {
            let certificate = BoxCertificate { key: key(number).public(), expires: later };
            state(Statement::BoxCertificate(certificate), &mut founding);
        }
        let home = founding[0].id().into();
        let (mut residents, mut claims) = (Vec::new(), Vec::new());
        for number in 0..RESIDENTS {
            let one_time = key(100 + number);
            let invitation = Invitation { key: one_time.public(), role: Role::Resident, expires: later };
            let invitation = state(Statement::Invitation(invitation), &mut founding);
            let mut device = Device::new(key(50 + number), home);
            claims.push(device.claim(invitation.id(), &one_time, [number; 16], START));
            residents.push(device);
        }
        founding.extend(claims);
        let news =
            (0..OPERATIONS).map(|number| news(&mut residents[number % usize::from(RESIDENTS)], number)).collect();
        Self { home, founding, news }
    }

    /// A box of this village that knows who is who.
    fn open(&self, own: PublicKey) -> (Arc<MemoryStore>, Replica<Arc<MemoryStore>>) {
        let store = Arc::new(MemoryStore::default());
        let mut replica = Replica::open(Arc::clone(&store), self.home, own, START).expect("an empty store");
        for operation in &self.founding {
            let input = Input::Submit { ticket: Ticket(0), operation: operation.encode() };
            handle(&store, &mut replica, START, input);
        }
        (store, replica)
    }
}

/// Ten fields, 300 characters.
fn news(device: &mut Device, number: usize) -> Signed {
    let text = |at: usize| format!("{}{number:>9}", &"Zaterdag ruimen we het pad langs de molen op."[at..at + 21]);
    let mut edits: Vec<Edit> = (100..108).map(|field| set(Field(field), &text(field as usize % 20))).collect();
    edits.extend([set(Field::TITLE, &text(3)), set(Field::PLACE, &text(9))]);
    let at = Place { neighbourhood: device.home(), space: Space::Square };
    device.create(at, Kind::NEWS, None, edits, START.plus_millis(number as u64 * 30_000))
}

fn set(field: Field, text: &str) -> Edit {
    Edit::Set { field, value: Value::Text(text.to_owned()) }
}

fn handle(store: &MemoryStore, replica: &mut Replica<Arc<MemoryStore>>, now: Timestamp, input: Input) -> Vec<Effect> {
    let effects = replica.handle(now, input).expect("a store that works");
    store.commit(&effects.batch).expect("a store that works");
    replica.committed();
    effects.after
}

/// The parts of an answer that carry everything.
fn parts(village: &Village) -> Vec<Vec<u8>> {
    let part = |operations: &[Signed]| {
        let operations = operations.iter().map(|operation| operation.encode().into()).collect();
        Message::Operations { operations, absent: Vec::new(), later: Vec::new(), more: false }.encode()
    };
    village.news.chunks(200).map(part).collect()
}

fn catching_up(criterion: &mut Criterion) {
    let village = Village::write();
    let frames = parts(&village);
    let bytes: usize = frames.iter().map(Vec::len).sum();
    println!("{OPERATIONS} operations of {} bytes on average", bytes / OPERATIONS);
    let now = START.plus_millis(OPERATIONS as u64 * 30_000);
    let mut group = criterion.benchmark_group("10,000 operations");
    group.sample_size(10).sampling_mode(SamplingMode::Flat).throughput(Throughput::Elements(OPERATIONS as u64));
    group.bench_function("checked", |bencher| {
        bencher.iter(|| frames.iter().map(|frame| Checked::new(black_box(frame))).collect::<Vec<_>>());
    });
    let checked: Vec<Checked> = frames.iter().map(|frame| Checked::new(frame)).collect();
    group.bench_function("taken in", |bencher| {
        let ready = || {
            let (store, mut replica) = village.open(key(2).public());
            let opened = Input::Opened { session: SESSION, peer: key(3).public(), outbound: false };
            handle(&store, &mut replica, now, opened);
            let hello = Message::Hello { version: SESSION_VERSION, neighbourhood: village.home };
            let hello = Input::Received { session: SESSION, frame: Checked::new(&hello.encode()) };
            handle(&store, &mut replica, now, hello);
            (store, replica, checked.clone())
        };
        let take_in = |(store, mut replica, frames): (Arc<MemoryStore>, Replica<Arc<MemoryStore>>, Vec<Checked>)| {
            for frame in frames {
                handle(&store, &mut replica, now, Input::Received { session: SESSION, frame });
            }
            assert!(replica.spaces().any(|(_, count)| count == OPERATIONS), "everything is in");
            replica
        };
        bencher.iter_batched(ready, take_in, BatchSize::PerIteration);
    });
    group.bench_function("packed", |bencher| {
        bencher.iter(|| frames.iter().map(|frame| pack(frame)).collect::<Vec<_>>())
    });
    let packed: Vec<Vec<u8>> = frames.iter().filter_map(|frame| pack(frame)).collect();
    println!("packed, {} bytes each", packed.iter().map(Vec::len).sum::<usize>() / OPERATIONS);
    group.bench_function("unpacked", |bencher| {
        bencher.iter(|| packed.iter().map(|frame| unpack(frame)).collect::<Vec<_>>())
    });
    group.finish();
}

criterion_group!(benches, catching_up);
criterion_main!(benches);
