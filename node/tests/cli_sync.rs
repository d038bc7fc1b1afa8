//! How a box keeps up with others: told to those who look after it, in words and in figures, and to nobody else.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cli_support;
mod site_support;

use std::path::Path;

use cli_support::{Village, text};
use dorpsplein_node::cli::{Author, Door};
use dorpsplein_node::clock;
use dorpsplein_protocol::compose::Taking;
use dorpsplein_protocol::operation::OperationId;
use serde_json::Value;
use site_support::{dorpsplein, eventually, fails, get, post, says};

/// What shows that somebody has the folder of a running box.
fn token(village: &Village) -> String {
    let running = std::fs::read_to_string(format!("{}/running.json", village.dir)).unwrap();
    let running: Value = serde_json::from_str(&running).unwrap();
    format!("Bearer {}", text(&running["token"]))
}

#[test]
fn a_box_tells_how_it_keeps_up_and_compares_notes_when_asked() {
    let [north, south] = Village::neighbours();
    let anna = north.join("Anna");
    let posted = says(&["resident", "post", "--key", &anna.key, "--title", "Soep", "--audience", "neighbours"]);
    eventually("the post next door", || {
        get(&format!("{}/api/v1/items/{}", south.url, text(&posted["item"])), &[]).status == 200
    });
    let now = south.ask(&["sync", "now"]);
    assert_eq!(now["in_step"], true, "{now}");
    let status = south.ask(&["sync", "status"]);
    let neighbour = &status["neighbours"][0];
    assert_eq!((&neighbour["name"], &neighbour["sessions"]), (&"Noorddorp".into(), &1.into()), "{status}");
    assert!(neighbour["carried"]["bytes_received"].as_u64().unwrap() > 0);
    let words = String::from_utf8(dorpsplein(&["sync", "status", "--dir", &south.dir]).stdout).unwrap();
    assert!(words.contains("Noorddorp: in step"), "{words}");
    // A connector asks from elsewhere; a resident, and who has no key, is not told.
    let connector = north.connector("Bea");
    assert!(connector.does(&["sync", "status"])["operations"].as_u64().unwrap() > 0);
    anna.is_refused(&["sync", "status"], "not-a-connector");
    assert!(fails(&["sync", "status", "--url", &north.url]).1.contains("name your key file"));
    south.stop();
    north.stop();
}

#[test]
fn figures_are_for_those_who_look_after_the_box_and_name_no_resident() {
    let village = Village::new("Maasdorp");
    let anna = village.join("Anna van der Figuren");
    let metrics = format!("{}/metrics", village.url);
    assert_eq!(get(&metrics, &[]).problem(), "not-logged-in");
    assert_eq!(get(&metrics, &[("authorization", "Bearer 00")]).problem(), "not-logged-in");
    let figures = get(&metrics, &[("authorization", &token(&village))]);
    assert_eq!(figures.status, 200);
    let shown = figures.text();
    for family in [
        "dorpsplein_operations{",
        "dorpsplein_submitted_total{result=\"accepted\"}",
        "dorpsplein_commits_total ",
        "dorpsplein_store_bytes ",
        "dorpsplein_disk_free_bytes ",
        "dorpsplein_disk_written_bytes_total ",
        "dorpsplein_machine_memory_available_bytes ",
        "process_resident_memory_bytes ",
    ] {
        assert!(shown.contains(family), "{family} in {shown}");
    }
    for secret in ["Anna", "Figuren", &anna.resident, &anna.resident[..12], &anna.device, &anna.device[..12]] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    let lines = shown.lines().filter(|line| !line.starts_with('#'));
    for line in lines {
        assert!(line.rsplit(' ').next().unwrap().parse::<f64>().is_ok(), "{line}");
    }
    assert_eq!(post(&format!("{}/api/v1/sync", village.url), &[], b"").problem(), "not-logged-in");
    village.stop();
}

#[test]
fn connectors_say_what_is_taken_of_what_neighbours_share() {
    let [north, south] = Village::neighbours();
    let anna = north.join("Anna");
    let north_id = &north.id[..12];
    south.ask(&["treaty", "take", north_id, "after-approval"]);
    let posted = says(&["resident", "post", "--key", &anna.key, "--title", "Rommelmarkt", "--audience", "neighbours"]);
    let item = text(&posted["item"]).to_owned();
    let held = || south.ask(&["sync", "status"])["operations"].clone();
    let before = held();
    eventually("the post next door", || held() != before || south.ask(&["sync", "now"])["in_step"] == true);
    let seen = || get(&format!("{}/api/v1/items/{item}", south.url), &[]).status == 200;
    assert!(!seen(), "it waits for a connector");
    south.ask(&["treaty", "approve", &item]);
    eventually("the post on the square", seen);
    south.ask(&["treaty", "approve", &item, "--refuse"]);
    assert!(!seen());
    south.stop();
    north.stop();
}

#[test]
fn what_is_said_last_is_heard_whatever_the_clocks_say() {
    let [north, mut south] = Village::neighbours();
    let anna = north.join("Anna");
    let bea = south.connector("Bea");
    // Bea's clock is eight minutes ahead, which a box still believes.
    {
        let door = Door::open(Path::new(&south.dir)).unwrap();
        let about = OperationId::from_hex(&north.id).unwrap();
        let ahead = clock::now().plus_millis(8 * 60_000);
        let taking = Taking { about, accepts: 2, kinds: 0, per_day: 0, areas: Vec::new() };
        let mut bea = Author::open(Path::new(&bea.key), &door).unwrap();
        bea.say(|device| device.take(&taking, None, ahead)).unwrap();
    }
    let posted = says(&["resident", "post", "--key", &anna.key, "--title", "Rommelmarkt", "--audience", "neighbours"]);
    let address = format!("/api/v1/items/{}", text(&posted["item"]));
    let seen = |village: &Village| get(&format!("{}{address}", village.url), &[]).status == 200;
    eventually("both hold the same", || south.ask(&["sync", "now"])["in_step"] == true);
    assert!(!seen(&south), "it is not wanted");
    south.ask(&["treaty", "take", &north.id[..12], "at-once"]);
    eventually("the founder is heard, whose clock is right", || seen(&south));
    // From elsewhere as well, and at a box that is not running.
    bea.does(&["treaty", "take", &north.id[..12], "not"]);
    eventually("Bea is heard again", || !seen(&south));
    south.while_stopped(|south| south.ask(&["treaty", "take", &north.id[..12], "at-once"]));
    eventually("and the founder", || seen(&south));
    let token = token(&south);
    let taking = format!("{}/api/v1/takings/{}", south.url, north.id);
    assert_eq!(get(&taking, &[("authorization", &token)]).json()["accepts"], 0);
    assert_eq!(get(&taking, &[]).problem(), "not-logged-in", "it is nobody else's business");
    south.stop();
    north.stop();
}

#[test]
fn when_a_neighbour_was_last_heard_of_survives_a_restart() {
    let [north, mut south] = Village::neighbours();
    eventually("both hold the same", || south.ask(&["sync", "now"])["in_step"] == true);
    north.stop();
    let last = |village: &Village| village.ask(&["sync", "status"])["neighbours"][0]["last_contact"].as_u64();
    let before = last(&south).unwrap();
    south.while_stopped(|_| ());
    assert!(last(&south).unwrap() >= before, "not a word since, and still known");
    south.stop();
}
