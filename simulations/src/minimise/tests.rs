//! Plans that fail by a rule of our own, so that what has to be left is known.

#![allow(clippy::unwrap_used)]

use crate::plan::{Act, Deed, Fault, Line, Machine, Moment, Person, Village};

use super::*;

const VILLAGES: u32 = 9;
const HOUR: u64 = 3_600_000;

/// Nine villages in a ring with two boxes and six people each, and forty things an hour for a day.
fn big() -> Plan {
    let quality =
        Quality { latency: 20, jitter: 9, bandwidth: 500, loss: 0.1, breakage: 0.1, duplication: 0.1, reordering: 0.1 };
    let people = |village: u32| {
        (0..6).map(move |at| Person {
            id: village * 6 + at,
            village,
            devices: vec![village * 2],
            part: if at == 0 { Part::Founder } else { Part::Resident },
            seed: at.into(),
        })
    };
    let act = |at: u64| Act {
        at: at * HOUR / 40,
        who: u32::try_from(at % 54).unwrap(),
        what: if at.is_multiple_of(3) { Deed::Erase } else { Deed::Read },
        seed: at,
    };
    let fault = |at: u64| {
        let machine = u32::try_from(at % 18).unwrap();
        let what = if at.is_multiple_of(2) {
            Trouble::PowerCut(machine, Moment::Torn, HOUR)
        } else {
            Trouble::LineDown(machine, HOUR)
        };
        Fault { at: at * HOUR, what }
    };
    Plan {
        scenario: "test".to_owned(),
        seed: 1,
        ends: 30 * HOUR,
        patience: HOUR,
        villages: (0..VILLAGES)
            .map(|id| Village { id, name: format!("Village {id}"), inhabitants: 900, place: [0.0, 0.0] })
            .collect(),
        boxes: (0..VILLAGES * 2).map(|id| Machine { id, village: id / 2, clock_error: 5000 }).collect(),
        lines: (0..VILLAGES * 2)
            .map(|id| Line { id, boxes: [id, (id + 1) % (VILLAGES * 2)], quality, dials: Dials::First })
            .collect(),
        treaties: (0..VILLAGES).map(|id| [id, (id + 1) % VILLAGES]).collect(),
        people: (0..VILLAGES).flat_map(people).collect(),
        acts: (0..960).map(act).collect(),
        faults: (0..24).map(fault).collect(),
        planted: None,
    }
}

/// A failure that needs two acts by people of different villages, one power cut and one line.
fn fails(plan: &Plan) -> bool {
    let erased = |who| plan.acts.iter().any(|act| act.who == who && act.what == Deed::Erase);
    let cut = plan.faults.iter().any(|fault| matches!(fault.what, Trouble::PowerCut(6, ..)));
    erased(15) && erased(21) && cut && plan.lines.iter().any(|line| line.id == 6)
}

#[test]
fn a_failure_is_cut_down_to_what_it_needs() {
    let plan = big();
    assert!(fails(&plan), "the plan to begin with fails");
    let small = minimise(&plan, &mut |plan| ControlFlow::Continue(fails(plan)));
    assert!(small.complete && fails(&small.plan));
    let left = &small.plan;
    assert_eq!(left.villages.iter().map(|village| village.id).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(left.boxes.iter().map(|machine| machine.id).collect::<Vec<_>>(), [6, 7]);
    assert_eq!((left.acts.len(), left.faults.len(), left.lines.len(), left.treaties.len()), (2, 1, 1, 0));
    assert_eq!(left.people.iter().filter(|person| person.part != Part::Founder).count(), 2);
    assert!(left.boxes.iter().all(|machine| machine.clock_error == 0), "clocks that do not matter are right");
    assert!(left.lines[0].quality.loss == 0.0 && left.lines[0].quality.latency == 20);
    assert!(left.ends < plan.ends);
    assert!(small.tried < 500, "{} plans were tried", small.tried);
}

#[test]
fn what_is_left_cannot_miss_a_single_element() {
    let small = minimise(&big(), &mut |plan| ControlFlow::Continue(fails(plan))).plan;
    for kind in KINDS {
        for at in candidates(&small, kind) {
            assert!(!fails(&pruned(without(&small, kind, |other| other == at))));
        }
    }
}

#[test]
fn a_search_that_is_broken_off_keeps_the_best_so_far() {
    let plan = big();
    let mut left = 20;
    let small = minimise(&plan, &mut |plan| {
        left -= 1;
        if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(fails(plan)) }
    });
    assert!(!small.complete && fails(&small.plan));
    assert!(size(&small.plan) < size(&plan), "{} elements", size(&small.plan));
}

#[test]
fn a_plan_that_fails_whatever_is_in_it_ends_up_empty() {
    let small = minimise(&big(), &mut |_| ControlFlow::Continue(true));
    assert_eq!(size(&small.plan), 0);
}

#[test]
fn a_plan_that_needs_what_hangs_in_the_air_keeps_it() {
    let mut plan = big();
    plan.faults.push(Fault { at: 0, what: Trouble::BoxOff(99, 1) });
    // Nothing can be taken out of it, which takes a try for every element.
    plan.acts.truncate(9);
    let needs = |plan: &Plan| plan.faults.iter().any(|fault| matches!(fault.what, Trouble::BoxOff(99, _)));
    let small = minimise(&plan, &mut |plan| ControlFlow::Continue(needs(plan)));
    assert!(needs(&small.plan));
}
