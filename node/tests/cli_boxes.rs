//! Two boxes of one neighbourhood, as real processes: the second copies everything, either may be unplugged, and whoever
//! writes on one and goes on at the other is no fork.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cli_support;
mod site_support;

use std::path::Path;

use cli_support::{Village, text};
use rustix::process::Signal;
use serde_json::Value;
use site_support::{Serving, dorpsplein, eventually, fails, free_port, free_udp_port, get, says};

fn post(key: &str, url: &str, title: &str) -> String {
    let posted = says(&["resident", "post", "--key", key, "--url", url, "--title", title]);
    text(&posted["item"]).to_owned()
}

fn title_at(url: &str, item: &str) -> Option<Value> {
    let answer = get(&format!("{url}/api/v1/items/{item}"), &[]);
    (answer.status == 200).then(|| answer.json()["content"]["title"].clone())
}

#[test]
fn a_second_box_copies_everything_and_either_may_be_unplugged() {
    let mut village = Village::new("Maasdorp");
    let anna = village.join("Anna");
    let before = post(&anna.key, &village.url, "Van voor het tweede kastje");

    let (dir, key) = village.second_box();
    let second = Serving::start(&["serve", "--dir", &dir]);
    let url = second.text("url");
    eventually("the copy", || title_at(&url, &before).is_some());
    let boxes = says(&["box", "list", "--dir", &dir]);
    assert_eq!(boxes["boxes"].as_array().unwrap().len(), 2, "the register came along: {boxes}");
    assert_eq!(boxes["own_box"], key);

    // The first is unplugged; Anna goes on at the second, with the same key.
    let during = village.while_stopped(|_| post(&anna.key, &url, "Terwijl het eerste kastje uit stond"));
    eventually("the first catches up", || title_at(&village.url, &during).is_some());
    // The second is unplugged; Anna goes on at the first.
    second.stop(Signal::TERM);
    let after = post(&anna.key, &village.url, "Terwijl het tweede kastje uit stond");
    let second = Serving::start(&["serve", "--dir", &dir]);
    let url = second.text("url");
    eventually("the second catches up", || title_at(&url, &after).is_some());

    for site in [&village.url, &url] {
        assert_eq!(get(&format!("{site}/api/v1/forks"), &[]).json(), serde_json::json!([]), "no fork at {site}");
        for item in [&before, &during, &after] {
            assert!(title_at(site, item).is_some(), "{item} at {site}");
        }
    }
    second.stop(Signal::TERM);
    village.stop();
}

#[test]
fn a_box_without_a_certificate_is_shown_nothing() {
    let village = Village::new("Maasdorp");
    let anna = village.join("Anna");
    let item = post(&anna.key, &village.url, "Alleen voor wie hier woont");
    let link = village.ask(&["box", "link"]);
    let dir = village.file("vreemd");
    let site = format!("127.0.0.1:{}", free_port());
    let listen = format!("/ip4/127.0.0.1/udp/{}/quic-v1", free_udp_port());
    let join = ["box", "join", text(&link["link"]), "--dir", &dir, "--mdns", "off", "--site", &site];
    says(&[&join[..], &["--listen", &listen]].concat());
    let stranger = Serving::start(&["serve", "--dir", &dir]);
    std::thread::sleep(std::time::Duration::from_secs(3));
    assert_eq!(title_at(&stranger.text("url"), &item), None);
    let status = get(&format!("{}/api/v1/status", stranger.text("url")), &[]).json();
    assert_eq!((&status["residents"], &status["register_heads"]), (&0.into(), &serde_json::json!([])));
    stranger.stop(Signal::TERM);
    village.stop();
}

#[test]
fn a_link_that_is_none_and_a_place_that_is_taken_are_one_clear_line() {
    let village = Village::new("Maasdorp");
    let (problem, line) = fails(&["box", "join", "https://plein.example/", "--dir", &village.file("x")]);
    assert_eq!(problem["type"], "about:blank");
    assert!(line.contains("box link"), "{line}");
    assert!(!Path::new(&village.file("x")).exists(), "nothing was begun");
    let link = village.ask(&["box", "link"]);
    let (_, line) = fails(&["box", "join", text(&link["link"]), "--dir", &village.dir]);
    assert!(line.contains("exists already"), "{line}");
    let words = dorpsplein(&["box", "link", "--dir", &village.dir]);
    assert!(String::from_utf8(words.stdout).unwrap().contains("dorpsplein box join"));
    village.stop();
}
