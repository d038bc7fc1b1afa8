//! What residents tell connectors is between them, and what connectors ask is between them and the maker.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod site_support;

use std::path::Path;

use rustix::process::Signal;
use serde_json::Value;
use site_support::{Serving, fails, get, init, says};

#[test]
fn a_report_is_read_by_who_made_it_and_by_connectors_alone() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("dorp");
    init(Path::new(&dir), "Dorp");
    let dir = dir.to_str().unwrap();
    let serving = Serving::start(&["serve", "--dir", dir]);
    let url = serving.text("url");
    let join = |name: &str| {
        let key = folder.path().join(name).to_str().unwrap().to_owned();
        let invitation = says(&["invite", "--dir", dir]);
        let invitation = invitation["invitation"].as_str().unwrap();
        says(&["resident", "join", "--invitation", invitation, "--key", &key, "--name", name]);
        key
    };
    let (anna, bram) = (join("Anna"), join("Bram"));
    let item = |value: Value| value["item"].as_str().unwrap().to_owned();
    let offer = ["--kind", "offer", "--title", "Ladder", "--body", "Te leen.", "--review-by", "2026-01-05"];
    let offer = item(says(&[&["resident", "post", "--key", &bram][..], &offer].concat()));
    let report =
        item(says(&["resident", "report", "--key", &anna, &offer, "--reason", "mistake", "--note", "Hij is stuk."]));
    // Nobody objects to a report; but to whom it is not there, that is what the box says.
    let not_there = |key: &[&str], id: &str| {
        let (problem, _) = fails(&[&["resident", "appeal", "--note", "Zo is het niet."], key, &[id]].concat());
        problem["type"] == "/problems/not-found"
    };
    assert_eq!(get(&format!("{url}/api/v1/items/{report}"), &[]).status, 404);
    assert_eq!(get(&format!("{url}/api/v1/operations/{report}"), &[]).status, 404);
    assert!(not_there(&["--key", &bram], &report), "the maker of what it is about does not read it");
    assert!(!not_there(&["--key", &anna], &report), "who made it does");
    assert!(!not_there(&["--dir", dir], &report), "and so does a connector");

    let (problem, _) = fails(&["moderate", "ask-review", "--key", &anna, &offer]);
    assert_eq!(problem["type"], "/problems/not-a-connector");
    let asked = item(says(&["moderate", "ask-review", "--dir", dir, &offer]));
    assert!(!not_there(&["--key", &bram], &asked) && not_there(&["--key", &anna], &asked));
    let market = get(&format!("{url}/vraag-en-aanbod"), &[]);
    assert!(market.text().contains("card faded"));
    says(&["resident", "still-right", "--key", &bram, &offer, "--until", "2999-01-01"]);
    let market = get(&format!("{url}/vraag-en-aanbod"), &[]);
    assert!(!market.text().contains("card faded"));
    serving.stop(Signal::TERM);
}
