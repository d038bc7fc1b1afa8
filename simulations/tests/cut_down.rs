//! A plan that fails is cut down to a handful of elements, written to a file, and fails from there the same way.
#![allow(clippy::unwrap_used)]

use dorpsplein_simulations::minimise::size;
use dorpsplein_simulations::plan::{Act, Deed, Fault, Part, Plan, Trouble};
use dorpsplein_simulations::recording::Recording;
use dorpsplein_simulations::scenarios::{Settings, named};
use dorpsplein_simulations::trial::{cut_down, try_out};
use dorpsplein_simulations::world::{HOUR, MINUTE};

/// A ring in which every founder writes while all lines are down, and nobody gets time to agree after that.
fn too_late() -> Plan {
    let settings = Settings { seed: 5, neighbourhoods: Some(3), residents: Some(450), days: Some(1) };
    let mut plan = (named("ring").unwrap().plan)(&settings);
    plan.faults.retain(|fault| matches!(fault.what, Trouble::LineDown(..)));
    let down = plan.lines.iter().map(|line| Fault { at: plan.ends - HOUR, what: Trouble::LineDown(line.id, HOUR) });
    plan.faults.extend(down.collect::<Vec<_>>());
    plan.faults.sort_by_key(|fault| fault.at);
    let what = Deed::Write { shared: true, official: false };
    let founders = plan.people.iter().filter(|person| person.part == Part::Founder);
    let late = founders.map(|person| Act { at: plan.ends - MINUTE, who: person.id, what: what.clone(), seed: 9 });
    plan.acts.extend(late.collect::<Vec<_>>());
    plan.acts.sort_by_key(|act| act.at);
    plan.patience = 0;
    plan
}

#[test]
fn a_failure_of_hundreds_of_elements_is_cut_down_to_a_handful_and_replayed() {
    let plan = too_late();
    let ending = try_out(&plan, &mut ()).unwrap();
    let failure = ending.failures().iter().find(|failure| failure.checker == "convergence").unwrap().clone();
    assert!(size(&plan) > 100, "{} elements to begin with", size(&plan));

    let small = cut_down(&plan, failure.checker, &mut || true);
    assert!(small.complete);
    assert!(size(&small.plan) <= 8, "{:#?}", small.plan);
    assert!(small.plan.acts.len() <= 1, "{:#?}", small.plan.acts);

    let folder = tempfile::tempdir().unwrap();
    let file = Recording::new(&failure, small.plan).save(folder.path()).unwrap();
    let recording = Recording::load(&file).unwrap();
    for _ in 0..2 {
        let again = try_out(&recording.plan, &mut ()).unwrap();
        assert!(again.is_found_by(&recording.checker), "{:?}", again.failures());
    }
}

#[test]
fn time_that_is_up_leaves_a_plan_that_fails() {
    let plan = too_late();
    let mut left = 6;
    let small = cut_down(&plan, "convergence", &mut || {
        left -= 1;
        left > 0
    });
    assert!(!small.complete && small.tried == 5);
    assert!(try_out(&small.plan, &mut ()).unwrap().is_found_by("convergence"));
}
