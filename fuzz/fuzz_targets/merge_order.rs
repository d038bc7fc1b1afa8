//! A history of one item, chosen by the fuzzer, applied in two orders: both come to the same.
#![no_main]

use std::collections::{BTreeMap, BTreeSet};

use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::item::{Document, History, project_single};
use dorpsplein_protocol::operation::{Edit, Field, ItemId, Kind, NeighbourhoodId, OperationId, Signed, Space, Value};
use dorpsplein_protocol::time::Timestamp;
use dorpsplein_protocol::validate::Valid;
use libfuzzer_sys::fuzz_target;

const NOW: Timestamp = Timestamp::from_millis(1_795_262_400_000);
/// More operations than this find nothing that fewer do not.
const MAX_OPERATIONS: usize = 12;

fuzz_target!(|bytes: &[u8]| {
    let Some(history) = history(bytes) else { return };
    let creation = &history[0];
    let mut single = Document::new(creation.header().item());
    single.apply(creation).expect("the first operation has no parents");
    assert_eq!(single.outcome().expect("it was built here"), project_single(creation.edits()));

    let ordered = History::new(history.clone());
    let (canonical, unplaced) = ordered.ordered();
    assert!(unplaced.is_empty());
    let mut one = Document::new(creation.header().item());
    canonical.iter().for_each(|valid| one.apply(valid).expect("parents come first"));
    let other = last_first(&history);
    assert_eq!(one.outcome().expect("it was built here"), other.outcome().expect("it was built here"));
});

/// Five bytes an operation: who, which parents, and one or two edits.
fn history(bytes: &[u8]) -> Option<Vec<Valid>> {
    let home = NeighbourhoodId::from_bytes([1; 32]);
    let place = Place { neighbourhood: home, space: Space::Square };
    let mut devices = [1, 2, 3, 4].map(|n| Device::new(SecretKey::from_seed(&[n; 32]), home));
    let mut all: Vec<Valid> = Vec::new();
    let mut last: BTreeMap<usize, OperationId> = BTreeMap::new();
    for step in bytes.chunks_exact(5).take(MAX_OPERATIONS) {
        let who = usize::from(step[0]) % devices.len();
        let edits: Vec<Edit> = vec![edit(step[2], step[3]), edit(step[3], step[4])];
        let operation = match all.first() {
            None => devices[who].create(place, Kind::EVENT, None, edits, NOW),
            Some(first) => {
                let seen = |choice: u8| all[usize::from(choice) % all.len()].id();
                let mut parents: Vec<OperationId> = last.get(&who).copied().into_iter().collect();
                if parents.is_empty() || step[1].is_multiple_of(2) {
                    parents.push(seen(step[1] / 2));
                }
                if step[0] > 200 {
                    parents.push(seen(step[4]));
                }
                devices[who].edit(place, ItemId::from(first.id()), parents, edits, NOW)
            }
        };
        last.insert(who, operation.id());
        all.push(valid(&operation)?);
    }
    (!all.is_empty()).then_some(all)
}

fn valid(operation: &Signed) -> Option<Valid> {
    Valid::check(&operation.clone().verify().ok()?).ok()
}

/// Applies whatever is ready, the latest signed first.
fn last_first(history: &[Valid]) -> Document {
    let mut document = Document::new(history[0].header().item());
    let mut applied = BTreeSet::new();
    while applied.len() < history.len() {
        let ready = |valid: &&Valid| {
            !applied.contains(&valid.id()) && valid.header().parents.iter().all(|parent| applied.contains(parent))
        };
        let next = history.iter().rev().find(ready).expect("a history has no loops");
        document.apply(next).expect("parents come first");
        applied.insert(next.id());
    }
    document
}

fn edit(what: u8, value: u8) -> Edit {
    let set = |field, value| Edit::Set { field, value };
    let text = |text: &str| Value::Text(text.to_owned());
    let words = ["", "Zomerfeest", "Één middag 🌻", "koken", "2026-12-04", "2026-12-04T20:00"];
    let word = words[usize::from(value) % words.len()];
    match what % 10 {
        0 => set(Field::TITLE, text(word)),
        1 => set(Field::STARTS, text(words[4 + usize::from(value) % 2])),
        2 => set(Field::CANCELLED, Value::Bool(value.is_multiple_of(2))),
        3 => set(Field::BODY, text(word)),
        4 => set([Field::TITLE, Field::TALENTS, Field::BODY, Field::ENDS][usize::from(value) % 4], Value::Null),
        5 => Edit::Add { field: set_of(what), member: word.to_owned() },
        6 => Edit::Remove { field: set_of(what), member: word.to_owned() },
        7 => set(Field(1000), Value::Int(i64::from(value))),
        8 => set(Field::SETTLED, Value::Bool(value.is_multiple_of(2))),
        _ => {
            Edit::Splice { field: Field::BODY, at: value.into(), delete: u32::from(what) / 16, insert: word.to_owned() }
        }
    }
}

/// One of the sets that take any words.
fn set_of(what: u8) -> Field {
    [Field::TALENTS, Field::CATEGORIES, Field::MODULES_OFF][usize::from(what / 16) % 3]
}
