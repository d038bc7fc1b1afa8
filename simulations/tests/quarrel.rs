//! A village whose connectors go at each other in the dark agrees about who is left when the lines are back.
#![allow(clippy::unwrap_used)]

use dorpsplein_simulations::scenarios::Report;
use dorpsplein_simulations::scenarios::quarrel::{Settings, run};

fn quarrel(seed: u64) -> Report {
    run(&Settings { seed, days: 1 }).unwrap()
}

#[test]
fn a_quarrel_in_partitions_ends_the_same_on_every_box() {
    for seed in 1..=6 {
        let report = quarrel(seed);
        assert_eq!(report.failures, [], "seed {seed}");
        assert!(report.partitions >= 2 && report.operations > 60, "seed {seed}: {report:?}");
    }
}

#[test]
fn one_seed_is_one_quarrel() {
    assert_eq!(quarrel(9), quarrel(9));
}
