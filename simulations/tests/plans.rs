//! A plan is one run, to the last byte, and whatever is taken out of it, it can be carried out.
#![allow(clippy::unwrap_used)]

use dorpsplein_simulations::plan::{Moment, Plan, Trouble};
use dorpsplein_simulations::run::{Outcome, carry_out};
use dorpsplein_simulations::scenarios::{Settings, named};

fn plan(scenario: &str, seed: u64) -> Plan {
    let settings = Settings { seed, neighbourhoods: Some(3), residents: Some(450), days: Some(1) };
    (named(scenario).unwrap().plan)(&settings)
}

fn run(plan: &Plan) -> Outcome {
    carry_out(plan, &mut ()).unwrap()
}

#[test]
fn one_plan_is_one_run_and_another_seed_another() {
    let first = run(&plan("ring", 7));
    assert_eq!(first, run(&plan("ring", 7)));
    assert_ne!(first.trace, run(&plan("ring", 8)).trace);
    assert!(first.counts.operations > 50 && first.counts.taken_in > first.counts.operations, "{:?}", first.counts);
}

#[test]
fn whatever_is_taken_out_of_a_plan_it_runs() {
    let whole = plan("ring", 3);
    let without: [fn(&mut Plan); 9] = [
        |plan| drop(plan.villages.remove(1)),
        |plan| plan.boxes.retain(|machine| machine.id != 0),
        |plan| plan.boxes.clear(),
        |plan| plan.lines.clear(),
        |plan| plan.treaties.clear(),
        |plan| drop(plan.people.remove(0)),
        |plan| plan.people.clear(),
        |plan| plan.acts.retain(|act| act.who % 2 == 0),
        |plan| plan.faults.clear(),
    ];
    for (number, take_out) in without.into_iter().enumerate() {
        let mut cut = whole.clone();
        take_out(&mut cut);
        let outcome = run(&cut);
        assert_eq!(outcome.failures, [], "without {number}");
    }
}

#[test]
fn what_goes_wrong_with_what_is_not_there_goes_wrong_with_nothing() {
    let mut cut = plan("ring", 3);
    let absent = [
        Trouble::LineDown(9_999, 10),
        Trouble::BoxOff(9_999, 10),
        Trouble::PowerCut(9_999, Moment::Torn, 10),
        Trouble::ClockJump(9_999, -10),
        Trouble::DiskFull(9_999, 10),
    ];
    let at = cut.faults.first().unwrap().at;
    cut.faults.splice(0..0, absent.map(|what| dorpsplein_simulations::plan::Fault { at, what }));
    assert_eq!(run(&cut), run(&plan("ring", 3)));
}

#[test]
fn boxes_that_lose_power_in_every_way_and_fill_up_agree_in_the_end() {
    let mut troubled = plan("ring", 5);
    let hour = 3_600_000;
    troubled.faults.clear();
    for machine in &troubled.boxes {
        let moments = [Moment::Before, Moment::Torn, Moment::Synced];
        for (number, moment) in (0..).zip(moments) {
            let at = (8 + 4 * number) * hour;
            let what = Trouble::PowerCut(machine.id, moment, hour / 4);
            troubled.faults.push(dorpsplein_simulations::plan::Fault { at, what });
            let what = Trouble::DiskFull(machine.id, hour / 2);
            troubled.faults.push(dorpsplein_simulations::plan::Fault { at: at + hour, what });
        }
    }
    troubled.faults.sort_by_key(|fault| fault.at);
    let outcome = run(&troubled);
    assert_eq!(outcome.failures, []);
    let boxes = troubled.boxes.len() as u64;
    let counts = outcome.counts;
    assert!(counts.power_cuts > boxes && counts.torn > 0 && counts.full > 0, "{counts:?}");
}
