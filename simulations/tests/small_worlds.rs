//! The great scenarios in a small world: nothing fails, and what each is about does happen.
#![allow(clippy::unwrap_used)]

use dorpsplein_simulations::run::{Outcome, carry_out};
use dorpsplein_simulations::scenarios::{Settings, named};

fn small(name: &str, neighbourhoods: Option<u32>, residents: u32, days: Option<u32>) -> Outcome {
    let settings = Settings { seed: 3, neighbourhoods, residents: Some(residents), days };
    let outcome = carry_out(&(named(name).unwrap().plan)(&settings), &mut ()).unwrap();
    assert_eq!(outcome.failures, [], "{name}");
    assert!(outcome.settled_after.is_some(), "{name}");
    outcome
}

#[test]
fn a_country_of_three_villages_agrees() {
    let counts = small("country", Some(3), 600, Some(2)).counts;
    assert!(counts.operations > 50 && counts.taken_in > counts.operations, "{counts:?}");
}

#[test]
fn every_village_gets_the_last_word_about_the_water() {
    let outcome = small("high-water", Some(6), 900, None);
    assert!(outcome.counts.power_cuts > 0 && outcome.counts.partitions > 0, "{:?}", outcome.counts);
}

#[test]
fn nine_quarters_of_a_town_agree() {
    let counts = small("town", None, 900, Some(2)).counts;
    assert!(counts.operations > 200, "{counts:?}");
}

#[test]
fn boxes_that_were_off_for_three_weeks_catch_up() {
    let counts = small("holiday", None, 600, None).counts;
    assert!(counts.shut_down > 4 && counts.operations > 200, "{counts:?}");
}

#[test]
fn whoever_besieges_a_village_knows_the_attack_library() {
    let counts = small("siege", Some(3), 300, None).counts;
    assert!(counts.deeds.get("attacks of the library").is_some_and(|count| *count > 0), "{counts:?}");
}
