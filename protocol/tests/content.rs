//! What edits of every field come to: the same in every order, alone or in a document, and after being stored.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use dorpsplein_protocol::codec;
use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::item::{Document, Outcome, project_single};
use dorpsplein_protocol::operation::{Edit, Field, ItemId, Kind, NeighbourhoodId, OperationId, Signed, Space, Value};
use dorpsplein_protocol::projection::Content;
use dorpsplein_protocol::recurrence::Recurrence;
use dorpsplein_protocol::time::{CivilTime, Day, Timestamp};
use dorpsplein_protocol::validate::Valid;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const NOW: Timestamp = Timestamp::from_millis(1_796_000_000_000);

fn text(field: Field, texts: &[&'static str]) -> impl Strategy<Value = Edit> + use<> {
    select(texts.to_vec()).prop_map(move |text| Edit::Set { field, value: Value::Text(text.to_owned()) })
}

fn number(field: Field) -> impl Strategy<Value = Edit> {
    (1..4_i64).prop_map(move |number| Edit::Set { field, value: Value::Int(number) })
}

fn flag(field: Field) -> impl Strategy<Value = Edit> {
    any::<bool>().prop_map(move |yes| Edit::Set { field, value: Value::Bool(yes) })
}

fn id(field: Field) -> impl Strategy<Value = Edit> {
    (0..3_u8).prop_map(move |byte| Edit::Set { field, value: Value::Bytes(vec![byte; 32]) })
}

/// A set, with what can be in it.
fn set() -> impl Strategy<Value = Edit> {
    let sets = vec![
        (Field::TALENTS, ["koken", "snoeien"]),
        (Field::EXCEPT, ["2026-12-24", "2026-12-31"]),
        (Field::TOKENS, ["accent=#0a7d4f", "hoek=4px"]),
        (Field::CATEGORIES, ["sport", "muziek"]),
        (Field::MODULES_OFF, ["groepen", "clubs"]),
        (Field::AREAS, ["0101010101010101010101010101010101010101010101010101010101010101"; 2]),
    ];
    (select(sets), 0..2_usize, 0..8_u8).prop_map(|((field, members), which, how)| match how {
        0 => Edit::Set { field, value: Value::Null },
        1 | 2 => Edit::Remove { field, member: members[which].to_owned() },
        _ => Edit::Add { field, member: members[which].to_owned() },
    })
}

/// An edit of any field that items of this version have, but for photos; of few values, so that edits disagree often.
fn edit() -> impl Strategy<Value = Edit> {
    let words = [Field::TITLE, Field::PLACE, Field::NAME, Field::CATEGORY, Field::UID, Field::SOURCE, Field::HOURS];
    let more = [Field::ON_BEHALF, Field::TAGLINE, Field::BODY];
    let words: Vec<Field> = words.into_iter().chain(more).collect();
    let known: Vec<Field> = (1..=43).map(Field).filter(|field| !field.is_photo()).collect();
    prop_oneof![
        4 => set(),
        2 => (select(words), select(vec!["Linde", "Eik", ""]))
            .prop_map(|(field, word)| Edit::Set { field, value: Value::Text(word.to_owned()) }),
        1 => text(Field::STARTS, &["2026-12-03T20:00", "2026-12-04"]),
        1 => text(Field::ENDS, &["2026-12-03T22:00", "2026-12-05"]),
        1 => text(Field::REVIEW_BY, &["2027-01-01", "2027-06-01"]),
        1 => text(Field::REPEATS, &["FREQ=WEEKLY;BYDAY=TH", "FREQ=MONTHLY;BYDAY=1TH;COUNT=9"]),
        1 => text(Field::PHONE, &["0123 456 789", "112"]),
        1 => text(Field::EMAIL, &["club@maasdorp.example"]),
        1 => text(Field::WEBSITE, &["https://maasdorp.example/club"]),
        1 => prop_oneof![flag(Field::CANCELLED), flag(Field::SETTLED), flag(Field::ALL_DAY)],
        1 => prop_oneof![number(Field::CAPACITY), number(Field::PARTY), number(Field::KINDS), number(Field::PER_DAY)],
        1 => prop_oneof![id(Field::ABOUT), id(Field::AREA)],
        1 => select(known).prop_map(|field| Edit::Set { field, value: Value::Null }),
    ]
}

fn place() -> Place {
    Place { neighbourhood: NeighbourhoodId::from_bytes([1; 32]), space: Space::Square }
}

fn valid(signed: &Signed) -> Valid {
    Valid::check(&signed.clone().verify().unwrap()).unwrap()
}

/// What three devices do to one item, each having seen what it made itself and what others told it: `(who, tells, edits)`.
fn told(steps: &[(usize, usize, Vec<Edit>)]) -> Vec<Valid> {
    let device = |seed: u8| Device::new(SecretKey::from_seed(&[seed; 32]), place().neighbourhood);
    let mut devices = [device(1), device(2), device(3)];
    let first = devices[0].create(place(), Kind::EVENT, None, Vec::new(), NOW);
    let item = ItemId::from(first.id());
    let mut seen: [BTreeSet<OperationId>; 3] = std::array::from_fn(|_| BTreeSet::from([first.id()]));
    let mut all = vec![valid(&first)];
    for (who, tells, edits) in steps {
        let heard = seen[*tells].clone();
        seen[*who].extend(heard);
        let parents: Vec<OperationId> = seen[*who].iter().copied().collect();
        let made = devices[*who].edit(place(), item, parents, edits.clone(), NOW);
        seen[*who] = BTreeSet::from([made.id()]);
        all.push(valid(&made));
    }
    all
}

/// The outcome of a document to which these were applied in an order that `seed` chooses.
fn applied(operations: &[Valid], mut seed: u64) -> Outcome {
    let mut document = Document::new(operations[0].id().into());
    let (mut left, mut done) = (operations.to_vec(), BTreeSet::new());
    while !left.is_empty() {
        let ready = |valid: &Valid| valid.header().parents.iter().all(|parent| done.contains(parent));
        let able: Vec<usize> = (0..left.len()).filter(|at| ready(&left[*at])).collect();
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let next = left.remove(able[(seed >> 33) as usize % able.len()]);
        document.apply(&next).unwrap();
        done.insert(next.id());
    }
    document.outcome().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_operation_comes_to_the_same_alone_and_in_a_document(edits in vec(edit(), 0..30)) {
        let mut device = Device::new(SecretKey::from_seed(&[3; 32]), place().neighbourhood);
        let only = valid(&device.create(place(), Kind::LISTING, None, edits, NOW));
        prop_assert_eq!(applied(std::slice::from_ref(&only), 0), project_single(only.edits()));
    }

    #[test]
    fn every_order_comes_to_the_same(
        steps in vec((0..3_usize, 0..3_usize, vec(edit(), 1..4)), 1..12),
        seeds in any::<[u64; 3]>(),
    ) {
        let operations = told(&steps);
        let first = applied(&operations, seeds[0]);
        prop_assert_eq!(&applied(&operations, seeds[1]), &first);
        prop_assert_eq!(&applied(&operations, seeds[2]), &first);
        let stored = codec::encode(&first.content);
        prop_assert_eq!(minicbor::decode::<Content>(&stored).unwrap(), first.content);
    }
}

/// Who adds a member while somebody else clears the set keeps it: what was not seen is not taken away.
#[test]
fn a_member_that_was_not_seen_stays() {
    let add = |member: &str| Edit::Add { field: Field::CATEGORIES, member: member.to_owned() };
    let clear = Edit::Set { field: Field::CATEGORIES, value: Value::Null };
    let steps =
        [(0, 0, vec![add("sport")]), (1, 0, vec![clear]), (0, 0, vec![add("muziek")]), (2, 1, vec![add("kunst")])];
    let mut steps = steps.to_vec();
    steps.push((0, 2, vec![add("sport")]));
    steps.push((1, 0, vec![Edit::Remove { field: Field::CATEGORIES, member: "sport".to_owned() }]));
    let content = applied(&told(&steps), 5).content;
    assert_eq!(content.categories, ["kunst", "muziek"]);
}

#[test]
fn what_is_absent_takes_no_room() {
    assert_eq!(codec::encode(&Content::default()), [0xa0]);
    let plain = Content { title: Some("Nieuws".to_owned()), body: Some("Kort.".to_owned()), ..Content::default() };
    assert_eq!(codec::encode(&plain).len(), 1 + (1 + 7) + (1 + 6));
}

#[test]
fn of_too_many_days_the_first_count() {
    let days: Vec<Day> = (0..400).filter_map(|days| Day::FIRST.plus_days(days)).collect();
    let all: Vec<Edit> = days.iter().map(|day| Edit::Add { field: Field::EXCEPT, member: day.to_string() }).collect();
    assert_eq!(project_single(&all).content.except, days[..366]);
}

#[test]
fn an_event_says_when_it_happens_and_when_not() {
    let happens = |content: &Content, from: &str, to: &str| -> Vec<String> {
        let days = Day::parse(from).unwrap()..=Day::parse(to).unwrap();
        content.occurrences(days).map(|at| at.as_str().to_owned()).collect()
    };
    let starts = CivilTime::parse("2026-12-03T20:00").ok();
    let once = Content { starts: starts.clone(), ..Content::default() };
    assert_eq!(happens(&once, "2026-12-03", "2026-12-03"), ["2026-12-03T20:00"]);
    assert!(happens(&once, "2026-12-04", "2027-12-31").is_empty());
    let repeats = Recurrence::parse("FREQ=WEEKLY").ok();
    let except = vec![Day::parse("2026-12-10").unwrap()];
    let weekly = Content { starts, repeats, except, ..Content::default() };
    assert_eq!(happens(&weekly, "2026-12-01", "2026-12-17"), ["2026-12-03T20:00", "2026-12-17T20:00"]);
    assert!(happens(&Content::default(), "1970-01-01", "2999-12-31").is_empty(), "what has no start never happens");
}
