//! Every plan makes sense by itself.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::plan::{Deed, Part, Trouble};

/// A scenario's plan in a size that is quick to make.
fn small(scenario: &Scenario, seed: u64) -> Plan {
    let country = Settings { seed, neighbourhoods: Some(12), residents: Some(20_000), days: Some(7) };
    let usual = Settings { seed, ..Settings::default() };
    (scenario.plan)(if scenario.name == "country" { &country } else { &usual })
}

#[test]
fn one_seed_is_one_plan_and_another_seed_another() {
    for scenario in &ALL {
        assert_eq!(small(scenario, 7), small(scenario, 7), "{}", scenario.name);
        assert_ne!(small(scenario, 7), small(scenario, 8), "{}", scenario.name);
        assert_eq!(small(scenario, 7).scenario, scenario.name);
        assert!(named(scenario.name).is_some());
    }
    assert!(named("utopia").is_none());
}

#[test]
fn everything_happens_in_order_and_before_the_end() {
    for scenario in &ALL {
        for seed in 1..4 {
            let plan = small(scenario, seed);
            assert!(plan.acts.is_sorted_by_key(|act| act.at), "{}", plan.scenario);
            assert!(plan.faults.is_sorted_by_key(|fault| fault.at), "{}", plan.scenario);
            assert!(plan.acts.iter().all(|act| act.at < plan.ends), "{}", plan.scenario);
            assert!(plan.faults.iter().all(|fault| fault.at < plan.ends), "{}", plan.scenario);
            assert!(plan.acts.len() > 30 && plan.patience >= HOUR, "{}", plan.scenario);
        }
    }
}

#[test]
fn all_that_is_named_is_there() {
    for scenario in &ALL {
        for seed in 1..4 {
            let plan = small(scenario, seed);
            let villages: BTreeSet<_> = plan.villages.iter().map(|village| village.id).collect();
            let home: BTreeMap<_, _> = plan.boxes.iter().map(|machine| (machine.id, machine.village)).collect();
            let lines: BTreeSet<_> = plan.lines.iter().map(|line| line.id).collect();
            let people: BTreeMap<_, _> = plan.people.iter().map(|person| (person.id, person)).collect();
            assert_eq!(villages.len(), plan.villages.len());
            assert_eq!(people.len(), plan.people.len());
            assert!(home.values().all(|village| villages.contains(village)));
            assert!(plan.lines.iter().all(|line| line.boxes.iter().all(|at| home.contains_key(at))));
            assert!(plan.lines.iter().all(|line| line.boxes[0] != line.boxes[1]));
            assert!(plan.treaties.iter().flatten().all(|village| villages.contains(village)));
            for person in &plan.people {
                assert!(!person.devices.is_empty());
                assert!(person.devices.iter().all(|at| home.get(at) == Some(&person.village)));
            }
            for fault in &plan.faults {
                assert!(match fault.what {
                    Trouble::LineDown(line, long) => lines.contains(&line) && long > 0,
                    Trouble::BoxOff(at, _) | Trouble::PowerCut(at, ..) => home.contains_key(&at),
                    Trouble::ClockJump(at, _) | Trouble::DiskFull(at, _) => home.contains_key(&at),
                });
            }
            for act in &plan.acts {
                let devices = people[&act.who].devices.len();
                assert!(match &act.what {
                    Deed::AddDevice(number) | Deed::Edit(number) => *number <= 1 && devices >= 1,
                    Deed::JoinWithLetterOf(whom) | Deed::Remove(whom) | Deed::Rescue(whom) => {
                        people.contains_key(whom)
                    }
                    Deed::Agree(village) | Deed::EndTreaty(village) => villages.contains(village),
                    _ => true,
                });
            }
        }
    }
}

#[test]
fn every_village_has_one_founder_and_nobody_acts_before_they_come() {
    for scenario in &ALL {
        let plan = small(scenario, 5);
        for village in &plan.villages {
            let of_village = plan.people.iter().filter(|person| person.village == village.id);
            assert_eq!(of_village.filter(|person| person.part == Part::Founder).count(), 1, "{}", plan.scenario);
        }
        let mut came = BTreeSet::new();
        for act in &plan.acts {
            if matches!(act.what, Deed::Join | Deed::JoinWithLetterOf(_)) {
                came.insert(act.who);
            }
            // In chaos anybody may try anything at any time.
            let newcomer = plan.people[act.who as usize].part == Part::Newcomer;
            assert!(!newcomer || scenario.name == "chaos" || came.contains(&act.who), "{}: {act:?}", plan.scenario);
        }
    }
}

#[test]
fn a_country_has_the_people_it_says_it_has() {
    let plan = (named("country").unwrap().plan)(&Settings { seed: 1, days: Some(1), ..Settings::default() });
    assert_eq!(plan.villages.len(), 130);
    assert_eq!(plan.villages.iter().map(|village| village.inhabitants).sum::<u32>(), 750_000);
    let share = plan.people.len() as f64 / 750_000.0;
    assert!((0.04..0.10).contains(&share), "{share}");
}

#[test]
fn high_water_is_known_to_all_and_a_third_of_the_boxes_lose_power() {
    let plan = small(named("high-water").unwrap(), 3);
    let alerts = plan.acts.iter().filter(|act| matches!(act.what, Deed::Alert(_))).count();
    let readers: BTreeSet<_> = plan.acts.iter().filter(|act| act.what == Deed::Read).map(|act| act.who).collect();
    assert!(alerts == 51 && readers.len() > 2_000, "{alerts} updates, {} readers", readers.len());
    let dark = plan.faults.iter().filter_map(|fault| match fault.what {
        Trouble::PowerCut(at, ..) => Some(at),
        _ => None,
    });
    let dark: BTreeSet<_> = dark.collect();
    assert!(dark.len() * 3 >= plan.boxes.len() - 3, "{} of {}", dark.len(), plan.boxes.len());
}
