//! Every mistake that can be planted is found by a checker, and without one the same plans pass. With the feature `planted`:
//! `cargo nextest run -p dorpsplein-simulations --features planted --test planted`.
#![cfg(feature = "planted")]
#![allow(clippy::unwrap_used)]

use dorpsplein_protocol::planted::Bug;
use dorpsplein_simulations::scenarios::{self, Settings};
use dorpsplein_simulations::soak::{Order, hunt};
use dorpsplein_simulations::trial::try_out;

/// How many runs a mistake may stay hidden; `cargo run ... -- planted` says how many each took.
const RUNS: usize = 120;

fn order(names: &[&str]) -> Order {
    let scenarios = names.iter().map(|name| scenarios::named(name).unwrap()).collect();
    Order { scenarios, fixed: 0, fresh_from: 1 }
}

/// Looks for a mistake, and makes sure that the plan in which it was found passes without it.
fn found_by(bug: Bug, scenarios: &[&str]) -> &'static str {
    let hunt = hunt(bug.name(), &order(scenarios), RUNS).unwrap();
    let (scenario, seed, failure) = hunt.found.unwrap_or_else(|| panic!("{} stays hidden", bug.name()));
    let plan = (scenarios::named(scenario).unwrap().plan)(&Settings { seed, ..Settings::default() });
    let without = try_out(&plan, &mut ()).unwrap();
    assert!(without.failures().is_empty(), "seed {seed} of {scenario} fails anyway: {:?}", without.failures());
    failure.checker
}

/// One test for each mistake, so that they run side by side.
macro_rules! found {
    ($($test:ident: $bug:ident in $scenarios:expr,)+) => {
        $(
            #[test]
            fn $test() {
                found_by(Bug::$bug, &$scenarios);
            }
        )+

        #[test]
        fn no_mistake_is_left_out() {
            assert_eq!(Bug::ALL.to_vec(), [$(Bug::$bug),+]);
        }
    };
}

found! {
    signatures_that_nobody_looks_at: SkipsSignatures in ["chaos"],
    parents_that_are_dropped: DropsParents in ["chaos"],
    edits_applied_to_what_is_there: AppliesToWhatIsThere in ["chaos"],
    clocks_that_decide: LatestClockWins in ["chaos"],
    a_set_filtered_for_each_peer: FiltersPerPeer in ["chaos"],
    a_last_batch_that_is_dropped: DropsTheLastBatch in ["chaos"],
    a_space_that_is_forgotten: ForgetsASpace in ["chaos"],
    whoever_asks_is_served: ServesAnybody in ["chaos"],
    a_square_shown_next_door: ShowsTheSquare in ["chaos"],
    what_waits_is_not_woken: ForgetsToWake in ["chaos"],
    what_was_decided_stays: NeverDecidesAgain in ["chaos"],
    a_letter_redeemed_twice: RedeemsTwice in ["chaos"],
    counts_of_a_removal_ignored: IgnoresCounts in ["chaos"],
    a_second_signature_of_ones_own: EndorsesOneself in ["siege"],
    a_fork_that_goes_on: NeverFreezes in ["chaos"],
    home_keys_that_are_trusted: TrustsHomeKeys in ["siege"],
    residents_who_pin: ResidentsPin in ["chaos"],
    erased_texts_that_are_kept: KeepsTheErased in ["chaos"],
    any_number_kept: KeepsAnyNumber in ["chaos"],
    closed_sessions_kept: KeepsClosedSessions in ["chaos"],
    acknowledged_before_the_sync: AcknowledgesBeforeSync in ["chaos"],
    torn_records_read: ReadsTornRecords in ["chaos"],
}
