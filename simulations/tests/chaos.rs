//! Chaos, a few seeds of it: nothing is wrong in the end, and something happened on the way.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use dorpsplein_simulations::run::carry_out;
use dorpsplein_simulations::scenarios::{Settings, named};

/// How many seeds.
const SEEDS: std::ops::RangeInclusive<u64> = 1..=6;

#[test]
fn chance_brings_something_to_look_at() {
    let mut all: BTreeMap<String, u64> = BTreeMap::new();
    for seed in SEEDS {
        let plan = (named("chaos").unwrap().plan)(&Settings { seed, ..Settings::default() });
        let outcome = carry_out(&plan, &mut ()).unwrap();
        assert_eq!(outcome.failures, [], "seed {seed}");
        let counts = outcome.counts;
        let faults = [("power cuts", counts.power_cuts), ("torn", counts.torn), ("partitions", counts.partitions)];
        let faults = faults.into_iter().map(|(name, count)| (name.to_owned(), count));
        let refused = counts.refused.into_iter().map(|(name, count)| (format!("refused: {name}"), count));
        for (name, count) in counts.deeds.into_iter().chain(faults).chain(refused) {
            *all.entry(name).or_default() += count;
        }
    }
    let expected = [
        "written",
        "edited",
        "answered",
        "answered next door",
        "shown to more people",
        "shown to fewer people",
        "erased",
        "erased by a connector",
        "hidden",
        "objected",
        "pinned",
        "forked",
        "forks decided",
        "recoveries",
        "removed",
        "endorsed",
        "joined",
        "devices added",
        "organisations",
        "power cuts",
        "torn",
        "partitions",
        "refused: not-a-member",
    ];
    let missing: Vec<_> = expected.iter().filter(|name| !all.contains_key(**name)).collect();
    assert!(missing.is_empty(), "{missing:?} of {all:#?}");
}
