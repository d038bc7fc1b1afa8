//! The table of rights: every cell against what was meant, and the document against the code.
#![allow(clippy::unwrap_used)]
// What touches nothing is the crate; its tests read documents.
#![allow(clippy::disallowed_methods)]

use std::path::Path;

use dorpsplein_protocol::authority::{Act, Standing, may};
use dorpsplein_protocol::operation::{Kind, Role};

/// Kinds with the same rights, in the order of the columns of the document.
const COLUMNS: [&[Kind]; 11] = [
    &[Kind::NEWS, Kind::EVENT],
    &[Kind::GROUP],
    &[Kind::OFFER, Kind::REQUEST, Kind::LISTING],
    &[Kind::PROFILE],
    &[Kind::COMMENT],
    &[Kind::SIGN_UP],
    &[Kind::ALERT],
    &[Kind::UPDATE],
    &[Kind::REPORT],
    &[Kind::SETTING, Kind::REVIEW_REQUEST, Kind::CONSENT],
    &[Kind::ACCEPTANCE],
];

/// What was meant, written down a second time and by hand: for each act who may do it to the kinds of each column. `r` a
/// resident, `c` a connector, `v` a visitor.
const MEANT: [(Act, [&str; 11]); 11] = [
    (Act::Create, ["rc", "rc", "rc", "rc", "", "", "c", "", "rc", "c", "c"]),
    (Act::EditOwn, ["rc", "rc", "rc", "rc", "rcv", "rcv", "c", "c", "", "", ""]),
    (Act::EditOther, ["", "", "", "", "", "", "", "", "", "", ""]),
    (Act::Moderate, ["c", "c", "c", "c", "c", "c", "c", "c", "c", "", ""]),
    (Act::Pin, ["c", "c", "", "", "", "", "c", "", "", "", ""]),
    (Act::MarkOfficial, ["", "", "", "", "c", "", "", "", "", "", ""]),
    (Act::Widen, ["rc", "rc", "rc", "rc", "", "", "c", "", "", "", ""]),
    (Act::Narrow, ["rc", "rc", "rc", "rc", "", "", "c", "", "", "", ""]),
    (Act::EraseOwn, ["rc", "rc", "rc", "rc", "rcv", "rcv", "rc", "rc", "rc", "c", ""]),
    (Act::EraseOther, ["c", "c", "c", "c", "c", "c", "c", "c", "c", "c", ""]),
    (Act::Appeal, ["rc", "rc", "rc", "rc", "rcv", "rcv", "rc", "rc", "", "", ""]),
];

/// The same of answers: to which kinds one can answer with a kind, and who can.
const ANSWERS: [(Kind, &[Kind], &str); 3] = [
    (
        Kind::COMMENT,
        &[Kind::NEWS, Kind::EVENT, Kind::OFFER, Kind::REQUEST, Kind::LISTING, Kind::GROUP, Kind::ALERT],
        "rcv",
    ),
    (Kind::SIGN_UP, &[Kind::EVENT, Kind::GROUP], "rcv"),
    (Kind::UPDATE, &[Kind::ALERT], "c"),
];

/// Whoever may, as letters.
fn allowed(act: Act, kind: Kind) -> String {
    let letter = |standing| match standing {
        Standing::Home(Role::Resident) => 'r',
        Standing::Home(Role::Connector) => 'c',
        Standing::Visitor => 'v',
        Standing::HomeKey => unreachable!("has a table of its own"),
    };
    let others = Standing::ALL.into_iter().filter(|standing| *standing != Standing::HomeKey);
    others.filter(|standing| may(*standing, act, kind)).map(letter).collect()
}

#[test]
fn every_cell_of_the_table_is_as_meant() {
    let mut kinds = COLUMNS.concat();
    kinds.sort_unstable();
    assert_eq!(kinds, Kind::ALL, "every kind has its column");
    let acts: Vec<Act> = Act::all().filter(|act| !matches!(act, Act::Answer(_))).collect();
    assert_eq!(MEANT.map(|(act, _)| act).as_slice(), acts, "every act has its line, in the order of the code");
    for (act, cells) in MEANT {
        for (kinds, meant) in COLUMNS.into_iter().zip(cells) {
            for kind in kinds {
                assert_eq!(allowed(act, *kind), meant, "{act:?} and {kind:?}");
            }
        }
    }
}

#[test]
fn every_answer_is_as_meant() {
    for kind in Kind::ALL {
        for subject in Kind::ALL {
            let meant = ANSWERS.iter().find(|(answer, subjects, _)| *answer == kind && subjects.contains(&subject));
            let meant = meant.map_or("", |(_, _, who)| who);
            assert_eq!(allowed(Act::Answer(subject), kind), meant, "{kind:?} about {subject:?}");
        }
        assert_eq!(kind.answers(), ANSWERS.iter().any(|(answer, _, _)| *answer == kind));
    }
}

#[test]
fn a_key_for_the_home_network_posts_and_replies_and_that_is_all() {
    let posts = [Kind::NEWS, Kind::EVENT, Kind::OFFER, Kind::REQUEST];
    let replies = [Kind::COMMENT, Kind::SIGN_UP];
    for kind in Kind::ALL {
        for act in Act::all() {
            let meant = match act {
                Act::Create => posts.contains(&kind),
                Act::EditOwn | Act::EraseOwn => posts.contains(&kind) || replies.contains(&kind),
                Act::Answer(_) => replies.contains(&kind) && may(Standing::Home(Role::Resident), act, kind),
                _ => false,
            };
            assert_eq!(may(Standing::HomeKey, act, kind), meant, "{act:?} and {kind:?}");
            assert!(!meant || may(Standing::Home(Role::Resident), act, kind), "never more than its resident may");
        }
    }
}

#[test]
fn nobody_does_anything_with_a_kind_this_version_does_not_know() {
    for unknown in [Kind(0), Kind(17), Kind(999)] {
        for act in Act::all().chain([Act::Answer(Kind(999))]) {
            assert_eq!(allowed(act, unknown), "", "{act:?} and {unknown:?}");
        }
        for kind in Kind::ALL {
            assert_eq!(allowed(Act::Answer(unknown), kind), "", "{kind:?} about {unknown:?}");
        }
    }
}

fn in_words(act: Act) -> &'static str {
    match act {
        Act::Create => "make it",
        Act::Answer(_) => "answer with it",
        Act::EditOwn => "edit one's own",
        Act::EditOther => "edit somebody else's",
        Act::Moderate => "hide it, show it again",
        Act::Pin => "pin it",
        Act::MarkOfficial => "mark it as the official answer",
        Act::Widen => "show one's own to more people",
        Act::Narrow => "show one's own to fewer people",
        Act::EraseOwn => "erase one's own",
        Act::EraseOther => "erase somebody else's, with a reason",
        Act::Appeal => "object to what was done to one's own",
    }
}

fn who(letters: &str) -> &'static str {
    match letters {
        "" => "–",
        "rc" => "residents",
        "rcv" => "residents, visitors",
        "c" => "connectors",
        other => panic!("no words for {other}"),
    }
}

fn names(kinds: &[Kind]) -> String {
    let names: Vec<&str> = kinds.iter().map(|kind| kind.name().unwrap()).collect();
    names.join(", ")
}

/// The tables as they stand in the document.
fn tables() -> [String; 2] {
    let heads = COLUMNS.map(names).join(" | ");
    let mut acts = format!("| | {heads} |\n|---|{}\n", "---|".repeat(COLUMNS.len()));
    for act in Act::all().filter(|act| !matches!(act, Act::Answer(_))) {
        let cells = COLUMNS.map(|kinds| who(&allowed(act, kinds[0])));
        acts += &format!("| {} | {} |\n", in_words(act), cells.join(" | "));
    }
    let mut answers = String::from("| what answers | what | by |\n|---|---|---|\n");
    for kind in Kind::ALL.into_iter().filter(|kind| kind.answers()) {
        let letters = |subject: &Kind| allowed(Act::Answer(*subject), kind);
        let subjects: Vec<Kind> = Kind::ALL.into_iter().filter(|subject| !letters(subject).is_empty()).collect();
        answers += &format!("| {} | {} | {} |\n", names(&[kind]), names(&subjects), who(&letters(&subjects[0])));
    }
    [acts, answers]
}

#[test]
fn the_document_shows_the_tables_of_the_code() {
    let path = Path::new("../docs/authority.md");
    let document = std::fs::read_to_string(path).unwrap();
    for table in tables() {
        assert!(document.contains(&table), "docs/authority.md does not hold a table of rights; paste this:\n\n{table}");
    }
}
