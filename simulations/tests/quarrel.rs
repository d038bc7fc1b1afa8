//! A village whose connectors go at each other in the dark agrees about who is left when the lines are back.
#![allow(clippy::unwrap_used)]

use dorpsplein_simulations::run::carry_out;
use dorpsplein_simulations::scenarios::{Settings, named};

#[test]
fn a_quarrel_in_partitions_ends_the_same_on_every_box() {
    for seed in 1..=3 {
        let settings = Settings { seed, days: Some(1), ..Settings::default() };
        let outcome = carry_out(&(named("quarrel").unwrap().plan)(&settings), &mut ()).unwrap();
        assert_eq!(outcome.failures, [], "seed {seed}");
        let deeds = &outcome.counts.deeds;
        assert!(outcome.counts.partitions >= 2, "seed {seed}: {:?}", outcome.counts);
        let quarrels = ["removed", "demoted", "promoted", "endorsed", "recoveries", "rescued"];
        let blows: u64 = quarrels.iter().filter_map(|name| deeds.get(*name)).sum();
        assert!(blows > 8, "seed {seed}: {deeds:?}");
    }
}
