//! Every attack in the library is held off, and an attack that works would be noticed.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use dorpsplein_protocol::authority::Reason;
use dorpsplein_protocol::operation::Kind;
use dorpsplein_simulations::attacks::{ALL, Attack, Blow, Class, Expected, Report, run};

/// One test for each part of the library, so that they run side by side.
macro_rules! held_off {
    ($($name:ident: $part:literal),+ $(,)?) => {
        $(
            #[test]
            fn $name() {
                let reports: Vec<Report> = ALL[$part].iter().map(|attack| run(attack).unwrap()).collect();
                let broken: Vec<&Report> = reports.iter().filter(|report| !report.held).collect();
                assert!(broken.is_empty(), "{broken:#?}");
            }
        )+

        #[test]
        fn no_part_of_the_library_is_left_out() {
            assert_eq!(ALL.len(), [$($part),+].len());
        }
    };
}

held_off! {
    forged_and_replayed_operations_change_nothing: 0,
    forked_withheld_expired_and_backdated_operations_change_nothing: 1,
    items_in_wrong_places_change_nothing: 2,
    nobody_takes_rights_that_nobody_gave: 3,
    nothing_comes_back_that_was_taken_away: 4,
    nobody_locks_the_village_out: 5,
    a_stolen_key_for_the_home_network_posts_and_replies_and_no_more: 6,
}

#[test]
fn the_library_has_attacks_of_every_sort_and_no_name_twice() {
    let all: Vec<&Attack> = ALL.iter().flat_map(|attacks| attacks.iter()).collect();
    let names: BTreeSet<&str> = all.iter().map(|attack| attack.name).collect();
    assert_eq!(names.len(), all.len());
    let classes: BTreeSet<Class> = all.iter().map(|attack| attack.class).collect();
    assert_eq!(classes.len(), 12, "{classes:?}");
}

#[test]
fn an_attack_that_works_is_noticed() {
    let post = |stage: &mut dorpsplein_simulations::attacks::Stage| {
        let place = stage.home.square();
        let post = stage.anne.hand.device().create(place, Kind::NEWS, None, Vec::new(), stage.now());
        Ok(Blow::at_home(stage, &post))
    };
    for expects in [Expected::Refused(Reason::NotAMember), Expected::Known, Expected::Waits("not-a-member")] {
        let works = Attack { name: "works", class: Class::Forged, actor: "a resident", expects, make: post };
        let report = run(&works).unwrap();
        assert!(!report.held, "{report:?}");
    }
}
