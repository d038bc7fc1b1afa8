//! The store on real files: it conforms, it survives being killed, and it goes on after a disk that refused.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use dorpsplein_node::disk_store::{DiskStore, OpenError, WORTH_IT};
use dorpsplein_protocol::store::conformance::{self, holds_numbered_batch, numbered_batch};
use dorpsplein_protocol::store::{Read, Store, StoreError, Table};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Tells a child process which folder to write to; without it, the children's entry points do nothing.
const FOLDER: &str = "DORPSPLEIN_TEST_STORE";

#[test]
fn conforms() {
    let folder = tempfile::tempdir().unwrap();
    conformance::run(|| DiskStore::open(&folder.path().join("store")).unwrap());
}

#[test]
fn a_second_process_is_told_that_the_store_is_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let first = DiskStore::open(folder.path()).unwrap();
    assert!(matches!(DiskStore::open(folder.path()), Err(OpenError::Locked)));
    drop(first);
    DiskStore::open(folder.path()).expect("the lock went with its holder");
}

#[test]
fn a_full_disk_refuses_writing_and_goes_on_reading() {
    let folder = tempfile::tempdir().unwrap();
    DiskStore::open(folder.path()).unwrap().commit(&numbered_batch(1)).unwrap();
    let full = DiskStore::open_with_reserve(folder.path(), u64::MAX).unwrap();
    assert!(matches!(full.commit(&numbered_batch(2)), Err(StoreError::Full)));
    assert!(holds_numbered_batch(&full, 1, true));
    assert!(!holds_numbered_batch(&full, 2, false));
    drop(full);
    let room_again = DiskStore::open(folder.path()).unwrap();
    room_again.commit(&numbered_batch(2)).unwrap();
    assert!(holds_numbered_batch(&room_again, 2, true));
}

/// As a power cut leaves the journal when it comes in the middle of a write.
#[test]
fn a_batch_that_reached_the_disk_in_part_is_not_there_at_all() {
    for torn in [1, 7, 64] {
        let folder = tempfile::tempdir().unwrap();
        let store = DiskStore::open(folder.path()).unwrap();
        store.commit(&numbered_batch(1)).unwrap();
        store.commit(&numbered_batch(2)).unwrap();
        drop(store);
        tear_the_journal(folder.path(), torn);
        let store = DiskStore::open(folder.path()).expect("no repair is needed");
        assert!(holds_numbered_batch(&store, 1, true), "torn by {torn}");
        assert!(!holds_numbered_batch(&store, 2, false), "torn by {torn}");
        store.commit(&numbered_batch(2)).unwrap();
        drop(store);
        assert!(holds_numbered_batch(&DiskStore::open(folder.path()).unwrap(), 2, true), "torn by {torn}");
    }
}

/// Puts zeros in the place of the last `count` bytes that were written.
fn tear_the_journal(folder: &Path, count: usize) {
    let journal = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let journal = journal.filter(|path| path.extension().is_some_and(|extension| extension == "jnl"));
    let path = journal.max().expect("a store has a journal");
    let mut bytes = std::fs::read(&path).unwrap();
    let end = bytes.iter().rposition(|byte| *byte != 0).expect("something was written") + 1;
    bytes[end - count..end].fill(0);
    std::fs::write(&path, bytes).unwrap();
}

/// Twelve rounds: a child writes and tells each number once it is durable; it is killed at some moment; everything it
/// told is there, nothing is there in part.
#[test]
fn everything_acknowledged_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let mut told_in_all = 0;
    for round in 0..12u64 {
        let mut child = spawn("child_writes_until_killed", folder.path());
        let killer = std::thread::spawn({
            let pid = rustix::process::Pid::from_child(&child);
            // Spread over start, first commits and steady writing; in the last rounds long enough to fill segments.
            let moment = Duration::from_millis(120 + 97 * (round % 6) + 300 * (round / 6));
            move || {
                std::thread::sleep(moment);
                rustix::process::kill_process(pid, rustix::process::Signal::KILL)
            }
        });
        let told = numbers_told(&mut child);
        killer.join().unwrap().unwrap();
        assert!(!child.wait().unwrap().success(), "the child ended by itself");
        told_in_all = told.last().copied().unwrap_or(told_in_all).max(told_in_all);
        let store = DiskStore::open(folder.path()).unwrap();
        for number in 1..=told_in_all {
            assert!(holds_numbered_batch(&store, number, false), "round {round}: batch {number} was told and is lost");
        }
        let latest = latest(&store);
        assert!(latest == told_in_all || latest == told_in_all + 1, "{latest} is there, {told_in_all} was told");
        if latest > 0 {
            assert!(holds_numbered_batch(&store, latest, true));
        }
        told_in_all = latest;
    }
    assert!(told_in_all > 100, "only {told_in_all} batches were written: this test saw nothing");
}

/// As above, while the child has the files forget what was replaced, again and again.
#[test]
fn everything_acknowledged_survives_a_kill_in_the_middle_of_a_scrub() {
    let folder = tempfile::tempdir().unwrap();
    let (mut told_in_all, mut scrubs) = (0, 0);
    for round in 0..12u64 {
        let mut child = spawn("child_writes_and_scrubs_until_killed", folder.path());
        let pid = rustix::process::Pid::from_child(&child);
        let killer = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(400 + 120 * round));
            rustix::process::kill_process(pid, rustix::process::Signal::KILL)
        });
        let told = numbers_told(&mut child);
        killer.join().unwrap().unwrap();
        assert!(!child.wait().unwrap().success(), "the child ended by itself");
        // Every tenth is told once more after a scrub, or after the journals were let go of.
        scrubs += told.windows(2).filter(|pair| pair[0] == pair[1]).count();
        told_in_all = told.last().copied().unwrap_or(told_in_all).max(told_in_all);
        let store = DiskStore::open(folder.path()).unwrap();
        for number in 1..=told_in_all {
            assert!(holds_numbered_batch(&store, number, false), "round {round}: batch {number} was told and is lost");
        }
        told_in_all = latest(&store);
        assert!(told_in_all == 0 || holds_numbered_batch(&store, told_in_all, true));
    }
    assert!(scrubs >= 5, "only {scrubs} scrubs went through: this test saw nothing");
}

/// What the tables hold, the journals do not keep: after a restart there is next to nothing to read.
#[test]
fn a_store_that_settles_lets_go_of_its_journals() {
    let folder = tempfile::tempdir().unwrap();
    let store = DiskStore::open(folder.path()).unwrap();
    let mut number = 0;
    while store.journal_bytes().unwrap() < WORTH_IT {
        number += 1;
        store.commit(&numbered_batch(number)).unwrap();
    }
    let before = store.journal_bytes().unwrap();
    store.settle().unwrap();
    let after = store.journal_bytes().unwrap();
    assert!(after < before / 50, "{before} bytes of journals became {after}");
    store.commit(&numbered_batch(number + 1)).unwrap();
    drop(store);
    let store = DiskStore::open(folder.path()).unwrap();
    assert!((1..=number + 1).all(|number| holds_numbered_batch(&store, number, false)));
    store.settle().unwrap();
    assert!((1..=number + 1).all(|number| holds_numbered_batch(&store, number, false)));
}

/// Scrubs go on beside commits, and commits beside scrubs.
#[test]
fn commits_and_readers_go_on_during_a_scrub() {
    let folder = tempfile::tempdir().unwrap();
    let store = DiskStore::open(folder.path()).unwrap();
    store.commit(&numbered_batch(1)).unwrap();
    std::thread::scope(|scope| {
        let scrubbing = scope.spawn(|| (0..5).all(|_| store.scrub().is_ok() && store.settle().is_ok()));
        let mut number = 1;
        while !scrubbing.is_finished() || number < 20 {
            number += 1;
            store.commit(&numbered_batch(number)).unwrap();
            assert!(holds_numbered_batch(&store, number, true));
            assert!(holds_numbered_batch(&store, number / 2 + 1, false));
        }
        assert!(scrubbing.join().unwrap(), "a scrub failed");
        println!("{number} commits went on beside five scrubs");
    });
    drop(store);
    let store = DiskStore::open(folder.path()).unwrap();
    assert!((1..=latest(&store)).all(|number| holds_numbered_batch(&store, number, false)));
}

/// The disk refuses in the middle of writing (a limit on the file's size, as a quota does it). What was durable stays
/// readable, the refused batch is refused, and when there is room again writing goes on without a restart.
#[test]
fn a_disk_that_refused_is_used_again_when_it_lets_us() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = spawn("child_meets_a_limit", folder.path());
    let told = numbers_told(&mut child);
    assert!(child.wait().unwrap().success(), "the child tells why");
    let last = *told.last().expect("the child wrote");
    let store = DiskStore::open(folder.path()).unwrap();
    assert!(told.iter().all(|number| holds_numbered_batch(&store, *number, false)));
    assert!(holds_numbered_batch(&store, last, true));
}

/// Not a test by itself: see [`everything_acknowledged_survives_a_kill`].
#[test]
#[ignore = "a process of another test"]
fn child_writes_until_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let store = DiskStore::open(Path::new(&folder)).unwrap();
    for number in latest(&store) + 1.. {
        store.commit(&numbered_batch(number)).unwrap();
        println!("told {number}");
    }
}

/// Not a test by itself: see [`everything_acknowledged_survives_a_kill_in_the_middle_of_a_scrub`].
#[test]
#[ignore = "a process of another test"]
fn child_writes_and_scrubs_until_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let store = DiskStore::open(Path::new(&folder)).unwrap();
    for number in latest(&store) + 1.. {
        store.commit(&numbered_batch(number)).unwrap();
        println!("told {number}");
        if number.is_multiple_of(10) {
            if number.is_multiple_of(20) {
                store.settle().unwrap()
            } else {
                let _written: u64 = store.scrub().unwrap();
            }
            println!("told {number}");
        }
    }
}

/// Not a test by itself: for looking at a folder by hand, as after a power cut that somebody simulated.
#[test]
#[ignore = "looks at a folder that is given"]
fn child_tells_what_is_there() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let store = DiskStore::open(Path::new(&folder)).unwrap();
    let latest = latest(&store);
    assert!((1..=latest).all(|number| holds_numbered_batch(&store, number, number == latest)));
    println!("told {latest}");
}

/// Not a test by itself: see [`a_disk_that_refused_is_used_again_when_it_lets_us`].
#[test]
#[ignore = "a process of another test"]
fn child_meets_a_limit() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let store = DiskStore::open(Path::new(&folder)).unwrap();
    for number in 1..=20 {
        store.commit(&numbered_batch(number)).unwrap();
        println!("told {number}");
    }
    let whole = getrlimit(Resource::Fsize);
    setrlimit(Resource::Fsize, Rlimit { current: Some(64 * 1024), maximum: whole.maximum }).unwrap();
    let mut refused = 20;
    let error = loop {
        refused += 1;
        match store.commit(&numbered_batch(refused)) {
            Ok(()) => println!("told {refused}"),
            Err(error) => break error,
        }
        assert!(refused < 1_000, "the limit does not bite");
    };
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    assert!(store.commit(&numbered_batch(refused)).is_err(), "there is still no room");
    setrlimit(Resource::Fsize, whole).unwrap();
    store.commit(&numbered_batch(refused)).expect("there is room again");
    assert!(holds_numbered_batch(&store, refused, true));
    println!("told {refused}");
}

fn latest(store: &DiskStore) -> u64 {
    let latest = store.get(Table::Meta, b"latest").unwrap();
    latest.map_or(0, |bytes| u64::from_be_bytes(bytes.try_into().unwrap()))
}

/// Runs one test of this file in a process of its own, with the signal for too large files ignored.
fn spawn(test: &str, folder: &Path) -> Child {
    Command::new("sh")
        .args(["-c", "trap '' XFSZ; exec \"$@\"", "sh"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture", "--test-threads", "1"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn numbers_told(child: &mut Child) -> Vec<u64> {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    // The test runner prints its own words on the line of the first number; a line cut off by the kill has no newline,
    // and the number before the cut may be incomplete.
    let text: Vec<String> = lines.map_while(Result::ok).collect();
    text.iter().filter_map(|line| line.split_once("told ")?.1.parse().ok()).collect()
}
