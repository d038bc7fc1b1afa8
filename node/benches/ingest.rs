//! How fast a box takes in signed operations and makes them durable: 10,000 news items of ten residents through the
//! driver into a store on this disk, handed in one at a time and many at once. Beside them, in the same run, what
//! the machine allows: strict checks of signatures, and waits for the disk.
//!
//! Prints operations per second, and per second of processor time: what one core could do with nothing else to do.

use std::fs::File;
use std::hint::black_box;
use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use dorpsplein_node::clock;
use dorpsplein_node::disk_store::DiskStore;
use dorpsplein_node::driver::{self, Driver, DriverHandle};
use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::identity::{PublicKey, SecretKey};
use dorpsplein_protocol::operation::{
    BoxCertificate, Edit, Field, Invitation, Kind, NeighbourhoodId, Role, Space, Statement, Value,
};
use dorpsplein_protocol::time::Timestamp;
use ed25519_dalek::{Signer, SigningKey};
use futures::{StreamExt, TryStreamExt, stream};
use rustix::time::{ClockId, clock_gettime};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Operations in one measurement.
const OPERATIONS: usize = 10_000;
/// Who wrote them.
const RESIDENTS: u8 = 10;
/// Operations under way at the same moment in the grouped measurement.
const AT_ONCE: usize = 256;
/// What one durable commit of one operation writes, about, in bytes.
const COMMIT_BYTES: usize = 4096;

/// A neighbourhood's operations in transfer form.
struct Village {
    home: NeighbourhoodId,
    box_key: PublicKey,
    /// Its register.
    founding: Vec<Vec<u8>>,
    /// What its residents wrote, each in their own order.
    news: Vec<Vec<u8>>,
}

impl Village {
    fn write() -> Self {
        let now = clock::now();
        let later = now.plus_millis(20 * 24 * 3_600_000);
        let key = |number: u8| SecretKey::from_seed(&[number; 32]);
        let (mut connector, genesis) = Device::found(key(1), "Maasdorp", [1; 16], now);
        let box_key = key(2).public();
        let mut heads = vec![genesis.id()];
        let mut founding = vec![genesis.encode()];
        let certificate = Statement::BoxCertificate(BoxCertificate { key: box_key, expires: later });
        let certificate = connector.state(heads, certificate, now);
        heads = vec![certificate.id()];
        founding.push(certificate.encode());
        let mut residents = Vec::new();
        for number in 0..RESIDENTS {
            let one_time = key(100 + number);
            let invitation = Invitation { key: one_time.public(), role: Role::Resident, expires: later };
            let invitation = connector.state(heads, Statement::Invitation(invitation), now);
            heads = vec![invitation.id()];
            let mut device = Device::new(key(50 + number), connector.home());
            let claim = device.claim(invitation.id(), &one_time, [number; 16], now);
            founding.extend([invitation.encode(), claim.encode()]);
            residents.push(device);
        }
        let news = (0..OPERATIONS).map(|number| news(&mut residents[number % usize::from(RESIDENTS)], number, now));
        let news = news.collect();
        Self { home: connector.home(), box_key, founding, news }
    }

    /// A box of this village with an empty square, on a fresh store.
    async fn open(&self) -> (TempDir, Driver) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Arc::new(DiskStore::open(folder.path()).expect("a store in it"));
        let driver = driver::start(store, self.home, self.box_key, None).await.expect("a driver on it");
        for operation in &self.founding {
            driver.handle().submit(operation.clone()).await.expect("the founding is in order");
        }
        (folder, driver)
    }
}

fn news(device: &mut Device, number: usize, now: Timestamp) -> Vec<u8> {
    let body = "Zaterdag ruimen we samen het pad langs de molen op. Handschoenen en koffie zijn er; wie een \
                kruiwagen heeft, neemt die mee. Om tien uur bij de brug, en bij regen een week later.";
    let edits = vec![
        Edit::Set { field: Field::TITLE, value: Value::Text(format!("Opruimen bij de molen ({number})")) },
        Edit::Splice { field: Field::BODY, at: 0, delete: 0, insert: body.to_owned() },
    ];
    let at = Place { neighbourhood: device.home(), space: Space::Square };
    device.create(at, Kind::NEWS, None, edits, now).encode()
}

async fn one_at_a_time(driver: DriverHandle, operations: Vec<Vec<u8>>) {
    for operation in operations {
        driver.submit(operation).await.expect("the news is in order");
    }
}

async fn many_at_once(driver: DriverHandle, operations: Vec<Vec<u8>>) {
    let submissions = stream::iter(operations).map(|operation| driver.submit(operation)).buffered(AT_ONCE);
    submissions.try_for_each(|_| async { Ok(()) }).await.expect("the news is in order");
}

/// Measures wall time for criterion, and prints processor time beside it.
struct Meter {
    name: &'static str,
    operations: usize,
    best: Duration,
    cpu: Duration,
}

impl Meter {
    fn new(name: &'static str, operations: usize) -> Self {
        Self { name, operations, best: Duration::MAX, cpu: Duration::MAX }
    }

    fn time(&mut self, work: impl FnOnce()) -> Duration {
        let (begun, cpu) = (Instant::now(), processor_time());
        work();
        let (wall, cpu) = (begun.elapsed(), processor_time() - cpu);
        if wall < self.best {
            (self.best, self.cpu) = (wall, cpu);
        }
        wall
    }

    fn print(&self) {
        let per_second = |time: Duration| self.operations as f64 / time.as_secs_f64();
        println!(
            "{}: best of the run {:.0} per second, {:.0} per second of one core",
            self.name,
            per_second(self.best),
            per_second(self.cpu),
        );
    }
}

fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    let nanoseconds = u32::try_from(time.tv_nsec).unwrap_or_default();
    Duration::new(seconds, nanoseconds)
}

fn ingest(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let village = Village::write();
    let bytes: usize = village.news.iter().map(Vec::len).sum();
    println!("{OPERATIONS} operations of {} bytes on average", bytes / OPERATIONS);
    let mut group = criterion.benchmark_group("ingest of 10,000 operations");
    group.sample_size(10).sampling_mode(SamplingMode::Flat).throughput(Throughput::Elements(OPERATIONS as u64));
    let mut meters = [Meter::new("one at a time", OPERATIONS), Meter::new("many at once", OPERATIONS)];
    for (grouped, meter) in meters.iter_mut().enumerate() {
        group.bench_function(meter.name, |bencher| {
            bencher.iter_custom(|iterations| {
                let mut total = Duration::ZERO;
                for _ in 0..iterations {
                    let (folder, driver) = runtime.block_on(village.open());
                    let (handle, news) = (driver.handle(), village.news.clone());
                    total += meter.time(|| match grouped {
                        0 => runtime.block_on(one_at_a_time(handle, news)),
                        _ => runtime.block_on(many_at_once(handle, news)),
                    });
                    runtime.block_on(driver.stop());
                    drop(folder);
                }
                total
            });
        });
    }
    group.finish();
    meters.iter().for_each(Meter::print);
}

fn bounds_of_the_machine(criterion: &mut Criterion) {
    const CHECKS: usize = 1_000;
    let key = SigningKey::from_bytes(&[1; 32]);
    let message = [7u8; 300];
    let signature = key.sign(&message);
    let mut meter = Meter::new("bare verify_strict", CHECKS);
    let mut group = criterion.benchmark_group("the machine");
    group.throughput(Throughput::Elements(CHECKS as u64));
    group.bench_function(meter.name, |bencher| {
        bencher.iter_custom(|iterations| {
            (0..iterations)
                .map(|_| {
                    meter.time(|| {
                        for _ in 0..CHECKS {
                            let good = key.verifying_key().verify_strict(black_box(&message), &signature);
                            assert!(good.is_ok());
                        }
                    })
                })
                .sum()
        });
    });
    meter.print();

    const WAITS: usize = 100;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut file = File::create(folder.path().join("log")).expect("a file in it");
    let mut meter = Meter::new("bare fdatasync after 4 KiB", WAITS);
    group.throughput(Throughput::Elements(WAITS as u64));
    group.bench_function(meter.name, |bencher| {
        bencher.iter_custom(|iterations| {
            (0..iterations)
                .map(|_| {
                    meter.time(|| {
                        for _ in 0..WAITS {
                            file.write_all(&[7; COMMIT_BYTES]).expect("room on the disk");
                            file.sync_data().expect("a disk that works");
                        }
                    })
                })
                .sum()
        });
    });
    meter.print();
    group.finish();
}

criterion_group!(benches, bounds_of_the_machine, ingest);
criterion_main!(benches);
