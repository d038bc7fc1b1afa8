//! The ring, small: it converges, it is the same run from the same seed, and its checkers can fail.
#![allow(clippy::unwrap_used)]

use dorpsplein_simulations::faults::Fault;
use dorpsplein_simulations::scenarios::Report;
use dorpsplein_simulations::scenarios::ring::{Settings, run};

fn ring(seed: u64, fault: Option<Fault>) -> Report {
    run(&Settings { seed, neighbourhoods: 4, residents: 5, days: 1, fault }).unwrap()
}

#[test]
fn a_ring_with_loss_breaks_and_partitions_agrees() {
    for seed in 1..=4 {
        let report = ring(seed, None);
        assert_eq!(report.failures, [], "seed {seed}");
        assert!(report.minutes_until_quiet.is_some_and(|minutes| minutes <= 30), "seed {seed}: {report:?}");
        assert!(report.operations > 100 && report.visible > 100, "seed {seed}: {report:?}");
        assert!(report.broken > 4 && report.partitions > 4, "seed {seed}: {report:?}");
    }
}

#[test]
fn one_seed_is_one_run_and_another_seed_another() {
    let first = ring(7, None);
    assert_eq!(first, ring(7, None), "seed 7 twice");
    assert_ne!(first.trace, ring(8, None).trace);
}

#[test]
fn two_villages_are_a_ring_too() {
    let report = run(&Settings { seed: 3, neighbourhoods: 2, residents: 3, days: 1, fault: None }).unwrap();
    assert_eq!(report.failures, []);
}

#[test]
fn a_box_that_drops_one_operation_for_ever_is_found() {
    let report = ring(1, Some(Fault::DropsOneForEver { at: 2 }));
    assert!(report.failures.iter().any(|failure| failure.checker == "convergence"), "{report:?}");
    assert_eq!(report.minutes_until_quiet, None);
}

#[test]
fn boxes_that_tell_everybody_are_found() {
    let report = ring(1, Some(Fault::TellsEverybody));
    assert!(report.failures.iter().any(|failure| failure.checker == "leaks"), "{report:?}");
}
