//! Two sets find their difference, whatever it is, and hostile sections cost no more than honest ones.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use negentropy::{Id, Negentropy, NegentropyStorageVector};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::*;

fn place(number: u32, spread: u32) -> Place {
    let id = Sha256::digest(number.to_be_bytes()).into();
    Place { hour: u64::from(number / spread), id: OperationId::from_bytes(id) }
}

fn tree(places: impl IntoIterator<Item = Place>) -> Tree {
    let mut tree = Tree::default();
    for place in places {
        tree.insert_place(place);
    }
    tree
}

/// What a comparison of two sets came to, and what it took.
#[derive(Debug, Default)]
struct Outcome {
    leader: Found,
    follower: Found,
    bytes: usize,
    largest: usize,
    messages: usize,
}

/// Lets two sets compare, every message through its encoding.
fn compare(leader: &Tree, follower: &Tree, window: u8) -> Outcome {
    let mut outcome = Outcome::default();
    let mut message = Comparison::begin(leader, window);
    loop {
        for (side, found) in [(follower, &mut outcome.follower), (leader, &mut outcome.leader)] {
            let bytes = minicbor::to_vec(&message).unwrap();
            assert_eq!(minicbor::decode::<Comparison>(&bytes).unwrap(), message);
            outcome.bytes += bytes.len();
            outcome.largest = outcome.largest.max(bytes.len());
            outcome.messages += 1;
            assert!(outcome.messages < 500, "they never come to an end");
            message = message.answer(side, found).unwrap();
        }
        if message.is_over() {
            return outcome;
        }
    }
}

fn difference(of: &BTreeSet<Place>, without: &BTreeSet<Place>) -> BTreeSet<OperationId> {
    of.difference(without).map(|place| place.id).collect()
}

/// Every operation only one side holds becomes known to the other side.
fn assert_found(outcome: &Outcome, leader: &BTreeSet<Place>, follower: &BTreeSet<Place>) {
    let set = |ids: &[&Vec<OperationId>]| ids.iter().flat_map(|ids| ids.iter().copied()).collect::<BTreeSet<_>>();
    let only_follower = set(&[&outcome.leader.missing_here, &outcome.follower.missing_there]);
    let only_leader = set(&[&outcome.follower.missing_here, &outcome.leader.missing_there]);
    assert_eq!(only_follower, difference(follower, leader));
    assert_eq!(only_leader, difference(leader, follower));
}

#[test]
fn equal_sets_have_nothing_to_say_after_the_first_message() {
    let places: BTreeSet<Place> = (0..10_000).map(|n| place(n, 5)).collect();
    let tree = tree(places);
    let outcome = compare(&tree, &tree, 0);
    assert_eq!((outcome.leader, outcome.follower), Default::default());
    assert_eq!(outcome.messages, 2);
}

#[test]
fn an_empty_set_is_told_everything_in_the_order_of_the_hours() {
    let all: BTreeSet<Place> = (0..30_000).map(|n| place(n, 7)).collect();
    let in_order: Vec<OperationId> = all.iter().map(|place| place.id).collect();
    let outcome = compare(&Tree::default(), &tree(all.clone()), 1);
    assert_eq!(outcome.leader.missing_here, in_order);
    assert!(outcome.bytes < 33 * 30_000, "{} bytes", outcome.bytes);
    assert!(outcome.largest < BUDGET + 4096, "{} bytes", outcome.largest);
    let outcome = compare(&tree(all), &Tree::default(), 1);
    assert_eq!(outcome.follower.missing_here, in_order);
    assert!(outcome.largest < BUDGET + 4096, "{} bytes", outcome.largest);
}

#[test]
fn scattered_differences_cost_little_each() {
    let all: BTreeSet<Place> = (0..100_000).map(|n| place(n, 11)).collect();
    let without = |from: u32| all.iter().copied().filter(|p| p.id.as_bytes()[0] != from as u8).collect::<BTreeSet<_>>();
    let (some, whole) = (without(3), tree(all.clone()));
    let differing = all.len() - some.len();
    assert!((300..500).contains(&differing), "{differing}");
    let outcome = compare(&tree(some.clone()), &whole, 2);
    assert_found(&outcome, &some, &all);
    assert!(outcome.bytes < 500 * differing, "{} bytes for {differing}", outcome.bytes);
    let recent: BTreeSet<Place> = all.iter().copied().take(all.len() - 10).collect();
    let outcome = compare(&tree(recent.clone()), &whole, 2);
    assert_found(&outcome, &recent, &all);
    assert!(outcome.bytes < 2_500, "{} bytes", outcome.bytes);
}

#[test]
fn two_ids_that_are_alike_in_one_window_are_told_apart_in_another() {
    let mut alike = [9; 32];
    let one = Place { hour: 5, id: OperationId::from_bytes(alike) };
    alike[31] = 1;
    let other = Place { hour: 5, id: OperationId::from_bytes(alike) };
    let (here, there) = (BTreeSet::from([one]), BTreeSet::from([other]));
    assert_eq!(compare(&tree(here.clone()), &tree(there.clone()), 0).leader, Found::default());
    assert_found(&compare(&tree(here.clone()), &tree(there.clone()), 3), &here, &there);
}

#[test]
fn sections_out_of_order_and_lists_beyond_their_bounds_are_refused() {
    let section = |hour, content| Section { end: Place { hour, id: Place::START.id }, content };
    let sections = vec![section(9, Content::Settled), section(3, Content::Settled)];
    let backwards = Comparison { window: 0, sections };
    assert_eq!(backwards.answer(&Tree::default(), &mut Found::default()), Err(OutOfOrder));
    let listing = |count| Comparison { window: 0, sections: vec![section(9, Content::Listed(vec![[1; 8]; count]))] };
    let decoded = |comparison: &Comparison| minicbor::decode::<Comparison>(&minicbor::to_vec(comparison).unwrap());
    assert!(decoded(&listing(MAX_LISTED)).is_ok());
    assert!(decoded(&listing(MAX_LISTED + 1)).is_err());
    assert!(decoded(&Comparison { window: WINDOWS, sections: Vec::new() }).is_err());
    let many = vec![section(9, Content::Settled); MAX_SECTIONS as usize + 1];
    assert!(decoded(&Comparison { window: 0, sections: many }).is_err());
}

/// What the `negentropy` crate needs for the same, every operation that only one side holds.
fn negentropy_bytes(leader: &BTreeSet<Place>, follower: &BTreeSet<Place>) -> (usize, BTreeSet<OperationId>) {
    let storage = |places: &BTreeSet<Place>| {
        let mut storage = NegentropyStorageVector::new();
        for place in places {
            storage.insert(place.hour, Id::from_byte_array(*place.id.as_bytes())).unwrap();
        }
        storage.seal().unwrap();
        storage
    };
    let (ours, theirs) = (storage(leader), storage(follower));
    let mut client = Negentropy::borrowed(&ours, 60_000).unwrap();
    let mut server = Negentropy::borrowed(&theirs, 60_000).unwrap();
    let (mut bytes, mut message) = (0, client.initiate().unwrap());
    let (mut have, mut need) = (Vec::new(), Vec::new());
    loop {
        let answer = server.reconcile(&message).unwrap();
        bytes += message.len() + answer.len();
        match client.reconcile_with_ids(&answer, &mut have, &mut need).unwrap() {
            Some(next) => message = next,
            None => break,
        }
    }
    (bytes, have.iter().chain(&need).map(|id| OperationId::from_bytes(id.to_bytes())).collect())
}

#[test]
fn finds_what_negentropy_finds_in_fewer_bytes() {
    let all: BTreeSet<Place> = (0..20_000).map(|n| place(n, 4)).collect();
    for (name, modulus) in [("one in 256", 0u8), ("one in 16", 15), ("half", 127)] {
        let keep =
            |place: &&Place| place.id.as_bytes()[5] & !modulus != 0 || modulus == 0 && place.id.as_bytes()[5] != 0;
        let some: BTreeSet<Place> = all.iter().filter(keep).copied().collect();
        let outcome = compare(&tree(some.clone()), &tree(all.clone()), 0);
        assert_found(&outcome, &some, &all);
        let (bytes, found) = negentropy_bytes(&some, &all);
        assert_eq!(found, difference(&all, &some), "{name}");
        assert!(outcome.bytes < bytes, "{name}: {} bytes, where negentropy takes {bytes}", outcome.bytes);
    }
}

proptest! {
    /// Whatever two sets hold, each side learns exactly what only the other has.
    #[test]
    fn both_sides_learn_exactly_what_they_miss(
        shared in prop::collection::btree_set(0u32..3_000, 0..1_200),
        ours in prop::collection::btree_set(3_000u32..4_000, 0..90),
        theirs in prop::collection::btree_set(4_000u32..9_000, 0..90),
        spread in prop::sample::select(vec![1u32, 3, 50, 10_000]),
        window in 0u8..WINDOWS,
    ) {
        // Numbers that lie far apart share their hours.
        let at = |n: &u32| Place { hour: u64::from(n % 1_000 / spread), ..place(*n, 1) };
        let leader: BTreeSet<Place> = shared.iter().chain(&ours).map(at).collect();
        let follower: BTreeSet<Place> = shared.iter().chain(&theirs).map(at).collect();
        let outcome = compare(&tree(leader.clone()), &tree(follower.clone()), window);
        assert_found(&outcome, &leader, &follower);
    }

    /// Whatever comes in, it is refused or answered, in a message that is not too large.
    #[test]
    fn any_sections_are_answered_or_refused(
        sections in prop::collection::vec((0u64..40, any::<[u8; 2]>(), 0u8..4, prop::collection::vec(any::<[u8; 8]>(), 0..9)), 0..40),
    ) {
        let here = tree((0..2_000).map(|n| place(n, 50)));
        let (mut hour, mut comparison) = (0, Comparison { window: 0, sections: Vec::new() });
        for (ahead, prefix, kind, short) in sections {
            hour += ahead / 4;
            let mut id = [0; 32];
            id[..2].copy_from_slice(&prefix);
            let content = match kind {
                0 => Content::Settled,
                1 => Content::Fingerprint(Fingerprint([7; 16])),
                2 => Content::Listed(short),
                _ => Content::Differs { here: vec![OperationId::from_bytes([3; 32])], there: short },
            };
            comparison.sections.push(Section { end: Place { hour, id: OperationId::from_bytes(id) }, content });
        }
        let bytes = minicbor::to_vec(&comparison).unwrap();
        prop_assert_eq!(&minicbor::decode::<Comparison>(&bytes).unwrap(), &comparison);
        if let Ok(answer) = comparison.answer(&here, &mut Found::default()) {
            prop_assert!(minicbor::to_vec(&answer).unwrap().len() < 2 * BUDGET);
        }
    }
}
