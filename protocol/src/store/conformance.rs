//! What every store must do, as one suite that each implementation runs on itself.
//!
//! `open` is called again and again on the same data, the earlier handle dropped: what a store keeps only in its handle
//! is lost and found out.

#![allow(clippy::unwrap_used, reason = "a failing store fails the test that runs this suite")]

use std::collections::BTreeMap;
use std::ops::{Bound, ControlFlow};

use super::{Batch, Direction, FORMAT_KEY, MAX_KEY, Read, Staged, Store, Table, prefix_end};

/// Runs the suite on an empty store that `open` opens.
///
/// # Panics
/// When the store does not conform; the message says where.
pub fn run<S: Store>(open: impl Fn() -> S) {
    starts_empty(&open());
    keeps_tables_apart(&open());
    survives_reopening(&open);
    visits_ranges_in_order(&open());
    deletes_and_overwrites(&open);
    agrees_with_a_model(&open);
    staged_reads_equal_committed_ones(&open());
    scrubbing_changes_nothing_one_reads(&open);
}

fn put(store: &impl Store, table: Table, entries: &[(&[u8], &[u8])]) {
    let mut batch = Batch::default();
    for (key, value) in entries {
        batch.put(table, *key, *value);
    }
    store.commit(&batch).unwrap();
}

fn collect(
    store: &impl Read,
    table: Table,
    range: super::KeyRange<'_>,
    direction: Direction,
) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut found = Vec::new();
    store
        .scan(table, range, direction, &mut |key, value| {
            found.push((key.to_vec(), value.to_vec()));
            ControlFlow::Continue(())
        })
        .unwrap();
    found
}

const EVERYTHING: super::KeyRange<'static> = (Bound::Unbounded, Bound::Unbounded);

fn starts_empty(store: &impl Store) {
    for table in Table::ALL {
        assert_eq!(store.get(table, b"nothing").unwrap(), None, "{table:?} holds what nobody wrote");
        assert!(collect(store, table, EVERYTHING, Direction::Ascending).is_empty(), "{table:?} is not empty");
    }
    store.commit(&Batch::default()).unwrap();
}

fn keeps_tables_apart(store: &impl Store) {
    for (index, table) in Table::ALL.into_iter().enumerate() {
        put(store, table, &[(b"same", &[index as u8]), (b"\0", b"the lowest key")]);
    }
    for (index, table) in Table::ALL.into_iter().enumerate() {
        assert_eq!(store.get(table, b"same").unwrap(), Some(vec![index as u8]), "{table:?} mixes with another");
        assert_eq!(collect(store, table, EVERYTHING, Direction::Descending).len(), 2, "{table:?} runs into another");
    }
}

fn survives_reopening<S: Store>(open: &impl Fn() -> S) {
    let large = vec![7u8; 60_000];
    // No value of ours is that long; a store may keep such a one in another place, and must not lose it there.
    let huge = vec![8u8; 3 << 20];
    put(&open(), Table::Operations, &[(b"kept", b"value"), (b"large", &large), (b"void", b""), (b"huge", &huge)]);
    let longest = vec![b'k'; MAX_KEY];
    put(&open(), Table::Operations, &[(&longest, b"long")]);
    let store = open();
    assert_eq!(store.get(Table::Operations, b"kept").unwrap().as_deref(), Some(&b"value"[..]), "lost at reopening");
    assert_eq!(store.get(Table::Operations, b"large").unwrap(), Some(large), "a large value changed");
    assert_eq!(store.get(Table::Operations, b"huge").unwrap(), Some(huge), "a huge value changed");
    assert_eq!(store.get(Table::Operations, b"void").unwrap(), Some(Vec::new()), "an empty value is not an absent one");
    assert_eq!(store.get(Table::Operations, &longest).unwrap().as_deref(), Some(&b"long"[..]), "a long key is lost");
}

fn visits_ranges_in_order(store: &impl Store) {
    let keys: [&[u8]; 6] = [b"a", b"b", b"b\0", b"ba", b"c", b"\xff\xff"];
    put(store, Table::Feed, &keys.map(|key| (key, key)));
    let names = |range, direction| -> Vec<Vec<u8>> {
        collect(store, Table::Feed, range, direction)
            .into_iter()
            .map(|(key, _)| key)
            .filter(|key| key != b"\0" && key != b"same")
            .collect()
    };
    let sorted: Vec<Vec<u8>> = keys.iter().map(|key| key.to_vec()).collect();
    assert_eq!(names(EVERYTHING, Direction::Ascending), sorted, "ascending order");
    let reversed: Vec<Vec<u8>> = sorted.iter().rev().cloned().collect();
    assert_eq!(names(EVERYTHING, Direction::Descending), reversed, "descending order");
    let half_open = (Bound::Excluded(&b"b"[..]), Bound::Excluded(&b"c"[..]));
    assert_eq!(names(half_open, Direction::Ascending), [b"b\0".to_vec(), b"ba".to_vec()], "bounds are honoured");
    let backwards = (Bound::Included(&b"c"[..]), Bound::Included(&b"a"[..]));
    assert!(names(backwards, Direction::Ascending).is_empty(), "a range that ends before it starts is empty");
    assert_eq!(
        store.keys_with_prefix(Table::Feed, b"b", 10).unwrap(),
        [b"b".to_vec(), b"b\0".to_vec(), b"ba".to_vec()]
    );
    assert_eq!(
        store.keys_with_prefix(Table::Feed, b"\xff", 10).unwrap(),
        [b"\xff\xff".to_vec()],
        "a prefix without end"
    );
    assert_eq!(store.keys_with_prefix(Table::Feed, b"b", 2).unwrap().len(), 2, "the limit is honoured");
    assert_eq!(prefix_end(b"a\xff"), Some(b"b".to_vec()));
}

fn deletes_and_overwrites<S: Store>(open: &impl Fn() -> S) {
    put(&open(), Table::Rows, &[(b"x", b"1"), (b"y", b"1")]);
    let mut batch = Batch::default();
    batch.put(Table::Rows, *b"x", *b"2");
    batch.delete(Table::Rows, *b"y");
    batch.delete(Table::Rows, *b"never there");
    open().commit(&batch).unwrap();
    let store = open();
    assert_eq!(store.get(Table::Rows, b"x").unwrap().as_deref(), Some(&b"2"[..]), "the later value wins");
    assert_eq!(store.get(Table::Rows, b"y").unwrap(), None, "deleted is gone");
}

/// A thousand pseudo-random changes in batches, each compared with a plain map.
fn agrees_with_a_model<S: Store>(open: &impl Fn() -> S) {
    let mut model: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    for _ in 0..50 {
        let mut batch = Batch::default();
        for _ in 0..20 {
            let key = (random() % 97).to_be_bytes().to_vec();
            if random() % 4 == 0 {
                batch.delete(Table::Threads, key.clone());
                model.remove(&key);
            } else {
                let value = random().to_le_bytes().to_vec();
                batch.put(Table::Threads, key.clone(), value.clone());
                model.insert(key, value);
            }
        }
        open().commit(&batch).unwrap();
    }
    let mut stored: BTreeMap<_, _> =
        collect(&open(), Table::Threads, EVERYTHING, Direction::Ascending).into_iter().collect();
    stored.retain(|key, _| key.len() == 8);
    assert_eq!(stored, model, "the store and a plain map disagree");
}

/// Reading through uncommitted changes gives what reading gives once they are committed, both ways round.
fn staged_reads_equal_committed_ones(store: &impl Store) {
    put(store, Table::Agenda, &[(b"1", b"old"), (b"3", b"old"), (b"5", b"old"), (b"7", b"old")]);
    let mut staged = Staged::new(store);
    staged.put(Table::Agenda, *b"0", *b"new");
    staged.put(Table::Agenda, *b"3", *b"new");
    staged.delete(Table::Agenda, *b"5");
    let first = staged.take();
    staged.put(Table::Agenda, *b"9", *b"new");
    staged.delete(Table::Agenda, *b"0");
    staged.put(Table::Agenda, *b"6", *b"new");
    let range = (Bound::Included(&b"0"[..]), Bound::Included(&b"9"[..]));
    let both =
        |read: &dyn Fn(Direction) -> Vec<(Vec<u8>, Vec<u8>)>| [read(Direction::Ascending), read(Direction::Descending)];
    let before = both(&|direction| collect(&staged, Table::Agenda, range, direction));
    let second = staged.take();
    store.commit(&first).unwrap();
    store.commit(&second).unwrap();
    staged.committed();
    assert_eq!(before, both(&|direction| collect(store, Table::Agenda, range, direction)), "staged reads differ");
    assert_eq!(before[0].len(), 5);
}

/// What was replaced and deleted may go; what is there stays, also for whoever reads in between and opens again.
fn scrubbing_changes_nothing_one_reads<S: Store>(open: &impl Fn() -> S) {
    let store = open();
    let everything =
        |store: &S| Table::ALL.map(|table| collect(store, table, EVERYTHING, Direction::Ascending)).to_vec();
    for table in Table::WORDS {
        put(&store, table, &[(b"replaced", b"before"), (b"deleted", b"before"), (b"kept", b"kept")]);
        let mut batch = Batch::default();
        batch.put(table, *b"replaced", *b"after");
        batch.delete(table, *b"deleted");
        store.commit(&batch).unwrap();
    }
    let before = everything(&store);
    for _ in 0..2 {
        store.scrub().unwrap();
        assert_eq!(everything(&store), before, "scrubbing changed what is there");
    }
    put(&store, Table::Rows, &[(b"replaced", b"later")]);
    drop(store);
    let store = open();
    assert_eq!(store.get(Table::Rows, b"replaced").unwrap().as_deref(), Some(&b"later"[..]), "lost after a scrub");
    put(&store, Table::Rows, &[(b"replaced", b"after")]);
    assert_eq!(everything(&store), before, "scrubbing changed what is there after opening again");
}

/// A batch that can be recognised after a crash: it touches several tables, replaces what the batch before it wrote,
/// and carries now and then a value of the greatest size.
pub fn numbered_batch(number: u64) -> Batch {
    let mut batch = Batch::default();
    let key = number.to_be_bytes();
    batch.put(Table::Operations, scattered(number), numbered_value(number));
    batch.put(Table::Rows, key, numbered_value(number + 1));
    batch.put(Table::Feed, key, []);
    batch.put(Table::Meta, *b"latest", key);
    batch.delete(Table::Feed, number.wrapping_sub(1).to_be_bytes());
    batch
}

/// What makes of a store one of another format, as far as who opens it can tell: that number, and nothing in any table that
/// follows from operations.
///
/// # Panics
/// When the store cannot be read.
pub fn of_another_format(read: &impl Read, format: u32) -> Batch {
    let mut batch = Batch::default();
    let everything = (Bound::Unbounded, Bound::Unbounded);
    for table in Table::ALL.into_iter().filter(|table| !matches!(table, Table::Meta | Table::Operations)) {
        let scanned = read.scan(table, everything, Direction::Ascending, &mut |key, _| {
            batch.delete(table, key);
            ControlFlow::Continue(())
        });
        scanned.unwrap();
    }
    batch.put(Table::Meta, FORMAT_KEY, format.to_be_bytes());
    batch
}

/// An operation that nobody can read: what bit rot leaves of one.
pub fn rotten_operation() -> Batch {
    let mut batch = Batch::default();
    batch.put(Table::Operations, [7; 32], *b"no operation");
    batch
}

/// Whether the store holds the [`numbered_batch`] of this number, and, if it is the `latest`, nothing beyond it.
///
/// # Panics
/// When it holds only a part of it, or holds it changed.
pub fn holds_numbered_batch(store: &impl Read, number: u64, latest: bool) -> bool {
    let key = number.to_be_bytes();
    let operation = store.get(Table::Operations, &scattered(number)).unwrap();
    let row = store.get(Table::Rows, &key).unwrap();
    assert_eq!(operation.is_some(), row.is_some(), "half of batch {number} is there");
    if let (Some(operation), Some(row)) = (&operation, &row) {
        assert!(*operation == numbered_value(number) && *row == numbered_value(number + 1), "batch {number} changed");
    }
    if latest {
        assert_eq!(
            store.get(Table::Meta, b"latest").unwrap().as_deref(),
            Some(&key[..]),
            "another batch is the latest"
        );
        assert_eq!(store.keys_with_prefix(Table::Feed, &[], 2).unwrap(), [key], "batch {number} is there in part");
    }
    operation.is_some()
}

/// Keys that come in no order, as hashes do.
fn scattered(number: u64) -> [u8; 8] {
    number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes()
}

fn numbered_value(number: u64) -> Vec<u8> {
    let length = if number.is_multiple_of(11) { 66_000 } else { 300 };
    scattered(number).into_iter().cycle().take(length).collect()
}
