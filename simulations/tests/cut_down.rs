//! A plan is cut down, by running it, to a handful of elements that still do what was looked for; written to a file, it
//! does so from there as well.
#![allow(clippy::unwrap_used)]

use std::ops::ControlFlow;

use dorpsplein_simulations::checkers::Failure;
use dorpsplein_simulations::minimise::{minimise, size};
use dorpsplein_simulations::plan::Plan;
use dorpsplein_simulations::recording::Recording;
use dorpsplein_simulations::run::carry_out;
use dorpsplein_simulations::scenarios::{Settings, named};

fn ring(seed: u64) -> Plan {
    let settings = Settings { seed, neighbourhoods: Some(2), residents: Some(300), days: Some(1) };
    (named("ring").unwrap().plan)(&settings)
}

/// Whether somebody came with a letter that somebody else had used. It takes two people and a place, and is refused, as it
/// has to be; here it stands for a failure.
fn letter_came_twice(plan: &Plan) -> bool {
    carry_out(plan, &mut ()).unwrap().counts.refused.contains_key("invitation-used")
}

#[test]
fn a_day_of_two_villages_is_cut_down_to_the_few_things_that_matter() {
    let plan = (1..40).map(ring).find(letter_came_twice).unwrap();
    assert!(size(&plan) > 100, "{} elements to begin with", size(&plan));

    let small = minimise(&plan, &mut |smaller| ControlFlow::Continue(letter_came_twice(smaller)));
    assert!(small.complete);
    assert!(size(&small.plan) <= 10, "{:#?}", small.plan);
    assert_eq!(small.plan.villages.len(), 1, "{:#?}", small.plan);

    let folder = tempfile::tempdir().unwrap();
    let failure = Failure { checker: "letters", found: "a letter came twice".to_owned() };
    let file = Recording::new(&failure, small.plan.clone()).save(folder.path()).unwrap();
    let replayed = Recording::load(&file).unwrap().plan;
    let outcomes = [&small.plan, &replayed, &replayed].map(|plan| carry_out(plan, &mut ()).unwrap());
    assert!(outcomes[0] == outcomes[1] && outcomes[1] == outcomes[2], "from the file it is the same run");
    assert!(letter_came_twice(&replayed));
}

/// The whole way: a mistake in the program, a checker that finds it, the smallest plan, and its replay.
#[cfg(feature = "planted")]
#[test]
fn a_planted_mistake_is_cut_down_and_fails_from_its_file_the_same_way() {
    use dorpsplein_simulations::trial::{cut_down, try_out};

    let plan = (1..40).map(|seed| Plan { planted: Some("keeps-the-erased".to_owned()), ..ring(seed) });
    let fails = |plan: &Plan| try_out(plan, &mut ()).unwrap().is_found_by("erasure");
    let plan = plan.into_iter().find(fails).unwrap();
    let failure = try_out(&plan, &mut ()).unwrap().failures()[0].clone();

    let small = cut_down(&plan, failure.checker, &mut || true);
    assert!(small.complete && size(&small.plan) <= 10, "{:#?}", small.plan);

    let folder = tempfile::tempdir().unwrap();
    let file = Recording::new(&failure, small.plan).save(folder.path()).unwrap();
    let recording = Recording::load(&file).unwrap();
    let again = try_out(&recording.plan, &mut ()).unwrap();
    assert!(again.is_found_by(&recording.checker), "{:?}", again.failures());
    let mended = Plan { planted: None, ..recording.plan };
    assert_eq!(try_out(&mended, &mut ()).unwrap().failures(), []);
}
