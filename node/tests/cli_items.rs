//! What people wrote and what becomes of it, on the command line: moderated, objected to, taken along, erased.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cli_support;
mod site_support;

use std::fs;
use std::path::Path;

use cli_support::{Person, Village, text};
use serde_json::Value;
use site_support::{dorpsplein, eventually, fails, get, says};

fn stands(url: &str, item: &str) -> bool {
    dorpsplein(&["resident", "show", "--url", url, "--item", item]).status.success()
}

fn posted(person: &Person, title: &str, audience: &str) -> String {
    let posted = person.does(&["resident", "post", "--title", title, "--audience", audience]);
    text(&posted["item"]).to_owned()
}

/// What a connector does to somebody's words, with a reason; what the author says to that; and where everybody reads it.
#[test]
fn connectors_moderate_and_members_read_why() {
    let village = Village::new("Maasdorp");
    let [anna, bert] = ["Anna", "Bert"].map(|name| village.join(name));
    let item = posted(&anna, "Koop nu mijn vitamines", "square");
    bert.is_refused(&["moderate", "hide", &item, "--reason", "spam"], "not-a-connector");
    village.ask(&["moderate", "hide", &item, "--reason", "spam", "--note", "Reclame, al drie keer"]);
    assert!(!stands(&village.url, &item), "it is hidden from visitors");
    assert!(!get(&format!("{}/", village.url), &[]).text().contains("vitamines"));
    anna.does(&["resident", "appeal", &item, "--note", "Het is geen reclame"]);
    bert.is_refused(&["resident", "appeal", &item, "--note", "Ik vind ook wat"], "not-found");
    village.ask(&["moderate", "show", &item, "--reason", "mistake"]);
    assert!(stands(&village.url, &item));

    let other = posted(&bert, "Buurtborrel", "square");
    posted(&anna, "Iets nieuwers", "square");
    village.ask(&["moderate", "pin", &other]);
    let front = get(&format!("{}/", village.url), &[]);
    assert!(front.text().find("Buurtborrel") < front.text().find("Iets nieuwers"), "what is pinned comes first");
    village.ask(&["moderate", "unpin", &other]);
    let answer = anna.does(&["resident", "comment", "--item", &other, "--body", "De gemeente betaalt de worst."]);
    let answer = text(&answer["item"]);
    let official = |item: &str| says(&["resident", "show", "--url", &village.url, "--item", item])["official"].clone();
    bert.is_refused(&["moderate", "official", answer], "not-a-connector");
    village.ask(&["moderate", "official", answer]);
    assert_eq!(official(answer), true);
    village.ask(&["moderate", "official", answer, "--no-longer"]);
    assert_eq!(official(answer), false);
    village.ask(&["moderate", "erase", &other, "--reason", "at-request"]);

    let log = bert.does(&["moderate", "log"])["entries"].clone();
    let mut acts: Vec<_> = log.as_array().unwrap().iter().map(|entry| text(&entry["act"]).to_owned()).collect();
    acts.sort_unstable();
    assert_eq!(acts, ["appeal", "erase", "hide", "mark-official", "show", "unmark-official"], "{log}");
    let hidden = log.as_array().unwrap().iter().find(|entry| entry["act"] == "hide").unwrap().clone();
    assert_eq!((&hidden["reason"], &hidden["note"]), (&"spam".into(), &"Reclame, al drie keer".into()));
    assert!(fails(&["moderate", "log", "--url", &village.url]).1.contains("only members read this"));
    assert_eq!(get(&format!("{}/api/v1/log", village.url), &[]).problem(), "not-logged-in");
    village.stop();
}

/// What its author erases is gone here and next door, and the neighbour's box says so.
#[test]
fn what_is_erased_is_gone_next_door_too() {
    let [north, mut south] = Village::neighbours();
    let [anna, bert] = ["Anna", "Bert"].map(|name| north.join(name));
    let item = posted(&anna, "Te geef: een kinderfiets", "neighbours");
    eventually("the bicycle", || stands(&south.url, &item));
    let answer = bert.does(&["resident", "comment", "--item", &item, "--body", "Graag!"]);
    bert.is_refused(&["resident", "erase", &item], "not-the-author");
    anna.does(&["resident", "erase", &item]);
    let content = |url: &str| get(&format!("{url}/api/v1/items/{item}"), &[]).json()["content"]["title"].clone();
    assert_eq!(content(&north.url), Value::Null);
    eventually("the erasure next door", || content(&south.url) == Value::Null);
    // The boxes compare what they hold each time they meet, and that is when the north learns of it.
    south.while_stopped(|_| ());
    eventually("the receipt", || {
        let receipts = says(&["resident", "receipts", &item, "--url", &north.url])["receipts"].clone();
        receipts[0]["neighbourhood"] == south.id
    });
    assert!(stands(&north.url, text(&answer["item"])), "an answer keeps standing");
    assert!(anna.fails(&["resident", "erase", &item]).contains("erased already"));
    for village in [north, south] {
        village.stop();
    }
}

/// Everything that somebody can be found by: each page and each answer of a box.
fn everything_said(url: &str, items: &[&str]) -> String {
    let pages = ["/", "/agenda", "/over-dit-plein", "/en/", "/en/agenda"].map(str::to_owned).into_iter();
    let answers = ["status", "register", "forks"].map(|name| format!("/api/v1/{name}")).into_iter();
    let own = items.iter().flat_map(|item| {
        [
            format!("/nieuws/{item}"),
            format!("/activiteit/{item}"),
            format!("/wie-zegt-dit/{item}"),
            format!("/api/v1/items/{item}"),
        ]
    });
    pages
        .chain(answers)
        .chain(own)
        .map(|path| String::from_utf8_lossy(&get(&format!("{url}{path}"), &[]).body).into_owned())
        .collect()
}

/// Somebody takes along all they made, and leaves; nothing of it is left on any page or in any answer, here or next door.
#[test]
fn somebody_takes_everything_along_and_leaves() {
    let [north, south] = Village::neighbours();
    let anna = north.join("Aaltje Vergeetmeniet");
    let item = posted(&anna, "Vergeetmenietjes te geef", "neighbours");
    let event =
        anna.does(&["resident", "post", "--kind", "event", "--title", "Vergeetmenietfeest", "--starts", "2999-05-01"]);
    let event = text(&event["item"]).to_owned();
    let theirs = south.join("Bert");
    let news = posted(&theirs, "Wie heeft er bloemen?", "neighbours");
    eventually("the neighbour's question", || stands(&north.url, &news));
    let answer = anna.does(&["resident", "comment", "--item", &news, "--body", "Ik heb vergeetmenietjes."]);
    let answer = text(&answer["item"]).to_owned();
    eventually("the answer", || stands(&south.url, &answer));
    let items = [&item[..], &event, &answer, &news];
    for url in [&north.url, &south.url] {
        assert!(everything_said(url, &items).to_lowercase().contains("vergeetmeniet"));
    }

    let folder = north.file("van-mij");
    let exported = anna.does(&["resident", "export", "--to", &folder]);
    assert_eq!(exported["items"], 4, "a profile, news, an event, an answer next door");
    let items_file: Value = serde_json::from_slice(&fs::read(Path::new(&folder).join("items.json")).unwrap()).unwrap();
    let titles: Vec<_> =
        items_file.as_array().unwrap().iter().filter_map(|item| item["content"]["title"].as_str()).collect();
    assert!(titles.contains(&"Vergeetmenietjes te geef") && titles.contains(&"Vergeetmenietfeest"), "{titles:?}");
    let me: Value = serde_json::from_slice(&fs::read(Path::new(&folder).join("me.json")).unwrap()).unwrap();
    assert_eq!((&me["resident"], &me["membership"]["role"]), (&anna.resident.clone().into(), &"resident".into()));
    let operations = fs::read_dir(Path::new(&folder).join("operations")).unwrap().count();
    assert_eq!(operations, 4);
    assert!(anna.fails(&["resident", "export", "--to", &folder]).contains("exists already"));

    assert!(anna.fails(&["resident", "leave"]).contains("erases 4 things you made"));
    let left = anna.does(&["resident", "leave", "--yes"]);
    assert_eq!(left["erased"], 4);
    assert_eq!(north.member(&anna.resident)["present"], false);
    anna.is_refused(&["resident", "post", "--title", "Toch nog"], "after-removal");
    assert!(!everything_said(&north.url, &items).to_lowercase().contains("vergeetmeniet"), "nothing is left at home");
    eventually("the erasure next door", || {
        !everything_said(&south.url, &items).to_lowercase().contains("vergeetmeniet")
    });
    for village in [north, south] {
        village.stop();
    }
}

/// A copied key signs two things with one number; a connector decides which of them counts.
#[test]
fn a_forked_device_waits_for_a_connector() {
    let [north, south] = Village::neighbours();
    let [anna, cor, bert] = [north.join("Anna"), north.join("Cor"), south.join("Bert")];
    let question = posted(&bert, "Wie komt er schaken?", "neighbours");
    eventually("the question", || stands(&north.url, &question));
    let copy = anna.copied_key();
    let kept = anna.does(&["resident", "post", "--title", "Ik heb een schaakbord over"]);
    // The square stays at home, so the box next door cannot know that this number was used.
    let answer = ["resident", "comment", "--item", &question, "--body", "Ik!", "--url", &south.url];
    eventually("the register next door", || {
        dorpsplein(&[&answer[..], &["--key", &copy.key]].concat()).status.success()
    });
    let fork = || north.ask(&["fork", "list"])["forks"][0].clone();
    eventually("the proof", || fork()["device"] == anna.device);
    assert_eq!((&fork()["resident"], &fork()["kept"]), (&anna.resident.clone().into(), &Value::Null));
    let line = anna.is_refused(&["resident", "post", "--title", "Nog een"], "frozen");
    assert!(line.contains("dorpsplein fork list"), "{line}");

    let id = text(&kept["id"]);
    assert!(anna.fails(&["fork", "decide", "--keep", "ffff"]).contains("no operation of a fork"));
    cor.is_refused(&["fork", "decide", "--keep", id], "not-a-connector");
    north.ask(&["fork", "decide", "--keep", &id[..16]]);
    assert_eq!(fork()["kept"], kept["id"]);
    assert!(stands(&north.url, text(&kept["item"])));
    anna.does(&["resident", "post", "--title", "Ik schrijf weer"]);
    for village in [north, south] {
        village.stop();
    }
}
