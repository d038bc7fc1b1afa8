//! The table of rights: every cell against what was meant, and the document against the code.
#![allow(clippy::unwrap_used)]
// What touches nothing is the crate; its tests read documents.
#![allow(clippy::disallowed_methods)]

use std::path::Path;

use dorpsplein_protocol::authority::{Act, Standing, may};
use dorpsplein_protocol::operation::{Kind, Role};

const KINDS: [Kind; 5] = [Kind::NEWS, Kind::EVENT, Kind::COMMENT, Kind::PROFILE, Kind::ACCEPTANCE];

/// What was meant, written down a second time and by hand: for each act who may do it to news, an event, a comment, a
/// profile and an acceptance. `r` a resident, `c` a connector, `v` a visitor.
const MEANT: [(Act, [&str; 5]); 15] = [
    (Act::Create, ["rc", "rc", "", "rc", "c"]),
    (Act::Answer(Kind::NEWS), ["", "", "rcv", "", ""]),
    (Act::Answer(Kind::EVENT), ["", "", "rcv", "", ""]),
    (Act::Answer(Kind::COMMENT), ["", "", "", "", ""]),
    (Act::Answer(Kind::PROFILE), ["", "", "", "", ""]),
    (Act::EditOwn, ["rc", "rc", "rcv", "rc", ""]),
    (Act::EditOther, ["", "", "", "", ""]),
    (Act::Moderate, ["c", "c", "c", "c", ""]),
    (Act::Pin, ["c", "c", "", "", ""]),
    (Act::MarkOfficial, ["", "", "c", "", ""]),
    (Act::Widen, ["rc", "rc", "", "rc", ""]),
    (Act::Narrow, ["rc", "rc", "", "rc", ""]),
    (Act::EraseOwn, ["rc", "rc", "rcv", "rc", ""]),
    (Act::EraseOther, ["c", "c", "c", "c", ""]),
    (Act::Appeal, ["rc", "rc", "rcv", "rc", ""]),
];

/// Whoever may, as letters.
fn allowed(act: Act, kind: Kind) -> String {
    let letter = |standing| match standing {
        Standing::Home(Role::Resident) => 'r',
        Standing::Home(Role::Connector) => 'c',
        Standing::Visitor => 'v',
    };
    Standing::ALL.into_iter().filter(|standing| may(*standing, act, kind)).map(letter).collect()
}

#[test]
fn every_cell_of_the_table_is_as_meant() {
    assert_eq!(MEANT.map(|(act, _)| act), Act::ALL, "every act has its line, in the order of the code");
    for (act, cells) in MEANT {
        for (kind, meant) in KINDS.into_iter().zip(cells) {
            assert_eq!(allowed(act, kind), meant, "{act:?} and {kind:?}");
        }
    }
}

#[test]
fn nobody_does_anything_with_a_kind_this_version_does_not_know() {
    for act in Act::ALL.into_iter().chain([Act::Answer(Kind(999))]) {
        let kinds =
            if matches!(act, Act::Answer(Kind::NEWS | Kind::EVENT)) { vec![Kind(99)] } else { vec![Kind(0), Kind(99)] };
        for kind in kinds {
            assert_eq!(allowed(act, kind), "", "{act:?} and {kind:?}");
        }
    }
}

fn in_words(act: Act) -> String {
    let of = |kind: Kind| {
        if kind == Kind::EVENT { format!("an {}", kind.name().unwrap()) } else { format!("a {}", kind.name().unwrap()) }
    };
    match act {
        Act::Create => "make it".into(),
        Act::Answer(Kind::NEWS) => "answer news with it".into(),
        Act::Answer(kind) => format!("answer {} with it", of(kind)),
        Act::EditOwn => "edit one's own".into(),
        Act::EditOther => "edit somebody else's".into(),
        Act::Moderate => "hide it, show it again".into(),
        Act::Pin => "pin it".into(),
        Act::MarkOfficial => "mark it as the official answer".into(),
        Act::Widen => "show one's own to more people".into(),
        Act::Narrow => "show one's own to fewer people".into(),
        Act::EraseOwn => "erase one's own".into(),
        Act::EraseOther => "erase somebody else's, with a reason".into(),
        Act::Appeal => "object to what was done to one's own".into(),
    }
}

/// The table as it stands in the document.
fn table() -> String {
    let cell = |act, kind| match allowed(act, kind).as_str() {
        "" => "–".to_owned(),
        "rc" => "residents".to_owned(),
        "rcv" => "residents, visitors".to_owned(),
        "c" => "connectors".to_owned(),
        other => panic!("no words for {other}"),
    };
    let mut text = String::from("| | news | event | comment | profile | acceptance |\n|---|---|---|---|---|---|\n");
    for act in Act::ALL {
        let cells = KINDS.map(|kind| cell(act, kind));
        text += &format!("| {} | {} |\n", in_words(act), cells.join(" | "));
    }
    text
}

#[test]
fn the_document_shows_the_table_of_the_code() {
    let path = Path::new("../docs/authority.md");
    let document = std::fs::read_to_string(path).unwrap();
    let table = table();
    assert!(document.contains(&table), "docs/authority.md does not hold the table of rights; paste this:\n\n{table}");
}
