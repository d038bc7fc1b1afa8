//! A space on a stick: from one box to its neighbour's without a line between them, through the same door as everything.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cli_support;
mod site_support;

use cli_support::{Village, text};
use site_support::{dorpsplein, eventually, get, post as hand_in, says};

#[test]
fn what_is_shared_travels_on_a_stick_and_what_is_not_stays() {
    let [mut north, mut south] = Village::neighbours();
    let anna = north.join("Anna");
    let post = |village: &Village, title: &str, audience: &str| {
        let command = ["resident", "post", "--key", &anna.key, "--url", &village.url, "--title", title];
        text(&says(&[&command[..], &["--audience", audience]].concat())["item"]).to_owned()
    };
    let file = north.file("stick.dorpsplein");
    south.while_stopped(|south| {
        post(&north, "Voor de buren", "neighbours");
        post(&north, "Voor ons plein", "square");
        north.while_stopped(|north| {
            let export = ["bundle", "export", "--dir", &north.dir, "--to", &file, "--space", "neighbours"];
            let made = says(&export);
            assert_eq!(made["for_everybody"], false);
            let words = String::from_utf8(dorpsplein(&export).stdout).unwrap();
            assert!(words.contains("not encrypted"), "{words}");

            let took = says(&["bundle", "import", "--dir", &south.dir, &file]);
            assert!(took["taken"].as_u64().unwrap() >= 1, "{took}");
            assert_eq!((&took["refused"], &took["unreadable"]), (&0.into(), &0.into()), "{took}");
            let again = says(&["bundle", "import", "--dir", &south.dir, &file]);
            assert_eq!(again["taken"], 0, "the same file twice brings nothing more: {again}");

            let status = says(&["status", "--dir", &south.dir]);
            assert!(status["items"].as_u64().unwrap() >= 1, "it can be read there: {status}");

            // A file that was cut off is told as such, and brings what is whole.
            let bytes = std::fs::read(&file).unwrap();
            let short = north.file("kort.dorpsplein");
            std::fs::write(&short, &bytes[..bytes.len() - 10]).unwrap();
            let output = dorpsplein(&["bundle", "import", "--dir", &south.dir, &short]);
            assert!(!output.status.success());
            assert!(String::from_utf8(output.stderr).unwrap().contains("cut off"));
        });
    });
    north.stop();
    south.stop();
}

#[test]
fn boxes_that_run_write_and_read_bundles_too() {
    let [mut north, mut south] = Village::neighbours();
    let anna = north.join("Anna");
    let file = north.file("stick.dorpsplein");
    let post = |url: &str, title: &str| {
        let command = ["resident", "post", "--key", &anna.key, "--url", url, "--title", title];
        text(&says(&[&command[..], &["--audience", "neighbours"]].concat())["item"]).to_owned()
    };
    // Written while the line is down, carried by hand, read while the other box runs.
    let item = south.while_stopped(|_| {
        let item = post(&north.url, "Voor de buren");
        let made = north.ask(&["bundle", "export", "--to", &file, "--space", "neighbours"]);
        assert!(made["operations"].as_u64().unwrap() > 1, "{made}");
        item
    });
    let seen = |url: &str| get(&format!("{url}/api/v1/items/{item}"), &[]).status == 200;
    north.while_stopped(|_| {
        let took = south.ask(&["bundle", "import", &file]);
        assert_eq!((&took["refused"], &took["unreadable"]), (&0.into(), &0.into()), "{took}");
        assert!(seen(&south.url), "{took}");
    });
    // An answer goes home the same way, also of somebody whom the other register does not say anything of there yet.
    let answer = north.while_stopped(|north| {
        let bert = south.join("Bert");
        let answer = bert.does(&["resident", "comment", "--item", &item, "--body", "Ik kom."]);
        let home = south.file("antwoorden.dorpsplein");
        south.ask(&["bundle", "export", "--to", &home, "--space", "neighbours", "--of", &north.id[..12]]);
        (text(&answer["item"]).to_owned(), home)
    });
    let there = south.while_stopped(|_| {
        north.ask(&["bundle", "import", &answer.1]);
        get(&format!("{}/api/v1/items/{}", north.url, answer.0), &[]).status
    });
    assert_eq!(there, 200, "the answer stands at home");
    // What a neighbour shares and is here can be carried on, and only by who looks after the box.
    let theirs = south.file("van-de-buren.dorpsplein");
    let made = south.ask(&["bundle", "export", "--to", &theirs, "--space", "neighbours", "--of", &north.id[..12]]);
    assert!(made["operations"].as_u64().unwrap() > 1, "{made}");
    let took = north.ask(&["bundle", "import", &theirs]);
    assert_eq!((&took["taken"], &took["refused"]), (&0.into(), &0.into()), "home again, nothing is new: {took}");
    let pages = format!("{}/api/v1/bundles/{}/members", north.url, north.id);
    assert_eq!(get(&pages, &[]).problem(), "not-logged-in");
    assert_eq!(hand_in(&format!("{}/api/v1/bundles", north.url), &[], b"").problem(), "not-logged-in");
    eventually("it stays", || seen(&south.url));
    north.stop();
    south.stop();
}

#[test]
fn two_villages_without_a_line_agree_and_share_with_sticks_alone() {
    let [mut north, mut south] = [Village::new("Noorddorp"), Village::new("Zuidwijk")];
    let (anna, sticks) = (north.join("Anna"), [north.file("heen.dorpsplein"), north.file("terug.dorpsplein")]);
    let post = ["resident", "post", "--key", &anna.key, "--title", "Soep", "--audience", "neighbours"];
    let item = text(&says(&post)["item"]).to_owned();
    north.while_stopped(|north| {
        south.while_stopped(|south| {
            let offer = north.ask(&["treaty", "offer", "--to", &south.id]);
            north.ask(&["bundle", "export", "--to", &sticks[0], "--space", "neighbours"]);
            south.ask(&["treaty", "accept", text(&offer["link"])]);
            south.ask(&["bundle", "import", &sticks[0]]);
            south.ask(&["bundle", "export", "--to", &sticks[1]]);
            north.ask(&["bundle", "import", &sticks[1]]);
            for village in [north, south] {
                assert_eq!(village.ask(&["treaty", "list"])["neighbours"][0]["state"], "in-force");
            }
            // What came before the treaty held is in the same file, once more.
            south.ask(&["bundle", "import", &sticks[0]]);
            let shared = south.ask(&["status"])["items"].as_u64().unwrap();
            assert!(shared >= 1, "the post is here");
        });
    });
    assert_eq!(get(&format!("{}/api/v1/items/{item}", south.url), &[]).status, 200);
    north.stop();
    south.stop();
}
