//! The ring, small: it converges, and it is the same run from the same seed.
#![allow(clippy::unwrap_used)]

use dorpsplein_simulations::run::{Outcome, carry_out};
use dorpsplein_simulations::scenarios::{Settings, named};

fn ring(seed: u64, neighbourhoods: u32) -> Outcome {
    let (residents, days) = (Some(150 * neighbourhoods), Some(1));
    let settings = Settings { seed, neighbourhoods: Some(neighbourhoods), residents, days };
    carry_out(&(named("ring").unwrap().plan)(&settings), &mut ()).unwrap()
}

#[test]
fn a_ring_with_loss_breaks_and_partitions_agrees() {
    for seed in 1..=2 {
        let outcome = ring(seed, 4);
        assert_eq!(outcome.failures, [], "seed {seed}");
        let counts = &outcome.counts;
        assert!(outcome.settled_after.is_some_and(|millis| millis <= 30 * 60_000), "seed {seed}: {counts:?}");
        assert!(counts.operations > 100 && counts.broken > 4 && counts.partitions > 4, "seed {seed}: {counts:?}");
    }
}

#[test]
fn two_villages_are_a_ring_too() {
    assert_eq!(ring(3, 2).failures, []);
}
