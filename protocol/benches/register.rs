//! What a register of 100,000 statements costs: to decide from cold, to decide one more statement, and in memory.
//!
//! Half of the statements are letters that five connectors wrote, in rounds of thirty; the other half are the residents who
//! came in with them. Prints bytes per resident beside the times.

#![expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "a benchmark measures time")]

use std::alloc::System;
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use dorpsplein_protocol::authority::{Register, Verdict};
use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{Invitation, OperationId, Role, Signed, Statement};
use dorpsplein_protocol::time::Timestamp;
use dorpsplein_protocol::validate::Valid;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// How many letters are out at the same time.
const ROUND: usize = 30;
const NOW: Timestamp = Timestamp::from_millis(1_795_255_200_000);
const LATER: Timestamp = Timestamp::from_millis(1_795_255_200_000 + 20 * 24 * 3_600_000);

/// A village whose register grows.
struct Village {
    register: Register,
    connectors: Vec<Device>,
    statements: Vec<Valid>,
    keys: u64,
}

impl Village {
    /// A founder, and four more connectors.
    fn found() -> Self {
        let (founder, genesis) = Device::found(SecretKey::from_seed(&[1; 32]), "Maasdorp", [1; 16], NOW);
        let register = Register::new(founder.home());
        let mut village = Self { register, connectors: vec![founder], statements: Vec::new(), keys: 0 };
        village.take(&genesis);
        let letters: Vec<_> = (0..4).map(|_| village.write_letter(0, Role::Resident)).collect();
        for (letter, one_time) in letters {
            let connector = village.answer_letter(letter, &one_time);
            village.connectors.push(connector);
        }
        village
    }

    /// Until there are `statements` of them.
    fn grow_to(&mut self, statements: usize) {
        while self.statements.len() < statements {
            let letters: Vec<_> = (0..ROUND).map(|_| self.write_letter(0, Role::Resident)).collect();
            for (letter, one_time) in letters {
                self.answer_letter(letter, &one_time);
            }
        }
    }

    fn write_letter(&mut self, by: usize, role: Role) -> (OperationId, SecretKey) {
        let one_time = self.key();
        let invitation = Invitation { key: one_time.public(), role, expires: LATER };
        let heads = self.register.heads();
        let letter = self.connectors[by].state(heads, Statement::Invitation(invitation), NOW);
        self.take(&letter);
        (letter.id(), one_time)
    }

    fn answer_letter(&mut self, letter: OperationId, one_time: &SecretKey) -> Device {
        let mut device = Device::new(self.key(), self.register.neighbourhood());
        let claim = device.claim(letter, one_time, [7; 16], NOW);
        self.take(&claim);
        device
    }

    fn take(&mut self, operation: &Signed) {
        let valid = Valid::check(&operation.clone().verify().expect("it is signed")).expect("it makes sense");
        let change = self.register.insert(self.register.assess(&valid));
        assert_eq!(change.verdict, Verdict::Permitted, "the village is in order");
        self.statements.push(valid);
    }

    fn key(&mut self) -> SecretKey {
        self.keys += 1;
        let mut seed = [2; 32];
        seed[..8].copy_from_slice(&self.keys.to_be_bytes());
        SecretKey::from_seed(&seed)
    }
}

fn deciding(criterion: &mut Criterion) {
    let mut village = Village::found();
    let mut group = criterion.benchmark_group("register");
    group.sampling_mode(SamplingMode::Flat).sample_size(10).measurement_time(Duration::from_secs(10));
    for statements in [1_000, 10_000, 100_000] {
        village.grow_to(statements);
        let given = village.statements.clone();
        group.throughput(Throughput::Elements(given.len() as u64));
        group.bench_with_input(BenchmarkId::new("from cold", statements), &given, |bencher, given| {
            bencher.iter(|| Register::of(village.register.neighbourhood(), black_box(given)));
        });
        let (letters, claims) = on_top(&mut village);
        group.throughput(Throughput::Elements(1));
        for (name, more) in [("one more letter", letters), ("one more claim, with its proof", claims)] {
            group.bench_with_input(BenchmarkId::new(name, statements), &more, |bencher, more| {
                bencher.iter_custom(|rounds| take_on_top(&village.register, more, rounds));
            });
        }
        print_memory(&village);
    }
    group.finish();
}

/// Letters and claims that are not in the register yet.
fn on_top(village: &mut Village) -> (Vec<Valid>, Vec<Valid>) {
    let (register, statements) = (village.register.clone(), village.statements.clone());
    let letters: Vec<_> = (0..200).map(|_| village.write_letter(0, Role::Resident)).collect();
    for (letter, one_time) in &letters {
        village.answer_letter(*letter, one_time);
    }
    let more = village.statements.split_off(statements.len());
    // The claims need their letters; a copy of the register takes those first.
    village.register = register;
    let (letters, claims) = more.split_at(200);
    (letters.to_vec(), more_with(letters, claims))
}

/// The letters, then the claims: whoever times the claims takes the letters first.
fn more_with(letters: &[Valid], claims: &[Valid]) -> Vec<Valid> {
    letters.iter().chain(claims).cloned().collect()
}

/// The time of `rounds` insertions into copies of the register: of the second half of `more` where the first is needed for
/// it, of all of it otherwise.
fn take_on_top(register: &Register, more: &[Valid], rounds: u64) -> Duration {
    let timed = if more.len() > 200 { 200 } else { 0 };
    let mut spent = Duration::ZERO;
    let mut done = 0;
    while done < rounds {
        let mut copy = register.clone();
        more[..timed].iter().for_each(|valid| drop(copy.insert(copy.assess(valid))));
        for valid in more[timed..].iter().take((rounds - done) as usize) {
            let begun = Instant::now();
            let assessment = copy.assess(black_box(valid));
            black_box(copy.insert(assessment));
            spent += begun.elapsed();
            done += 1;
        }
    }
    spent
}

fn print_memory(village: &Village) {
    let region = Region::new(ALLOCATOR);
    let register = Register::of(village.register.neighbourhood(), &village.statements);
    let change = region.change();
    let held = change.bytes_allocated as i64 - change.bytes_deallocated as i64;
    let residents = register.resident_count();
    println!(
        "register of {} statements, {residents} residents: {} KiB, {} bytes per resident",
        village.statements.len(),
        held / 1024,
        held / residents as i64,
    );
}

criterion_group!(benches, deciding);
criterion_main!(benches);
