//! The commands, as a person and a script use them: the real program, real folders, real boxes.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod site_support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use dorpsplein_node::cli::{Client, InvitationLink, KeyFile, Site};
use dorpsplein_node::{clock, letters};
use dorpsplein_protocol::compose::Place;
use dorpsplein_protocol::identity::letter_code::Purpose;
use dorpsplein_protocol::identity::{PublicKey, SecretKey};
use dorpsplein_protocol::operation::{self, Edit, Field, Kind, NeighbourhoodId, OperationId, Signed, Space};
use rustix::process::Signal;
use serde_json::Value;
use site_support::{Serving, dorpsplein, eventually, fails, free_port, init, says};

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().unwrap().to_owned()
}

/// A village with a running box and one resident.
struct Village {
    dir: String,
    url: String,
    key: String,
    id: Value,
    serving: Serving,
}

/// Two villages from nothing: founded, running, with a resident each and a treaty between them.
fn two_villages(folder: &Path) -> [Village; 2] {
    let villages = [("noord", "Noorddorp", "Anna"), ("zuid", "Zuidwijk", "Bert")].map(|(dir, name, resident)| {
        let (dir, key) = (path(folder, dir), path(folder, &format!("{resident}.key")));
        let founded = init(Path::new(&dir), name);
        let serving = Serving::start(&["serve", "--dir", &dir]);
        let invitation = text(&founded["invitation"]);
        let joined = says(&["resident", "join", "--invitation", invitation, "--key", &key, "--name", resident]);
        assert_eq!(joined["neighbourhood_id"], founded["neighbourhood_id"]);
        assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
        Village { dir, url: serving.text("url"), key, id: founded["neighbourhood_id"].clone(), serving }
    });
    let [north, south] = &villages;
    let offer = says(&["treaty", "offer", "--dir", &north.dir, "--to", &south.url]);
    says(&["treaty", "accept", "--dir", &south.dir, text(&offer["link"])]);
    for dir in [&north.dir, &south.dir] {
        eventually("the treaty", || says(&["treaty", "list", "--dir", dir])["neighbours"][0]["state"] == "in-force");
    }
    villages
}

fn show(url: &str, item: &str) -> Value {
    says(&["resident", "show", "--url", url, "--item", item])
}

fn stands(url: &str, item: &str) -> bool {
    dorpsplein(&["resident", "show", "--url", url, "--item", item]).status.success()
}

/// From an event written here to an answer from next door that stands at home.
#[test]
fn neighbours_read_each_other_and_answer() {
    let folder = tempfile::tempdir().unwrap();
    let [north, south] = two_villages(folder.path());
    let key = &north.key;
    let event = says(&[
        "resident",
        "post",
        "--url",
        &north.url,
        "--key",
        key,
        "--kind",
        "event",
        "--title",
        "Soep in de schuur",
        "--body",
        "Iedereen is welkom.",
        "--starts",
        "2999-12-04T17:30",
        "--ends",
        "2999-12-04T19:00",
        "--place",
        "De schuur",
        "--audience",
        "neighbours",
    ]);
    let event = text(&event["item"]);
    eventually("the event", || stands(&south.url, event));
    let shown = show(&south.url, event);
    assert_eq!(shown["content"]["starts"], "2999-12-04T17:30");
    assert_eq!((&shown["author"]["name"], &shown["author"]["home"]), (&"Anna".into(), &north.id));

    let answer = says(&["resident", "comment", "--key", &south.key, "--item", event, "--body", "Ik neem brood mee."]);
    let answer = text(&answer["item"]);
    eventually("the answer", || stands(&north.url, answer));
    let shown = show(&north.url, answer);
    assert_eq!((&shown["content"]["body"], &shown["author"]["name"]), (&"Ik neem brood mee.".into(), &"Bert".into()));
    assert_eq!(shown["neighbourhood"], north.id, "an answer lives where its subject lives");
    for Village { serving, .. } in [north, south] {
        serving.stop(Signal::TERM);
    }
}

/// What is for the own square never gets next door: no post, no name.
#[test]
fn what_is_said_at_home_stays_at_home() {
    let folder = tempfile::tempdir().unwrap();
    let [north, south] = two_villages(folder.path());
    let own = says(&["resident", "post", "--key", &north.key, "--title", "Alleen voor ons", "--body", "Stil."]);

    let (cor, invitation) = (path(folder.path(), "cor.key"), says(&["invite", "--dir", &north.dir]));
    let invitation = text(&invitation["invitation"]);
    says(&["resident", "join", "--invitation", invitation, "--key", &cor, "--name", "Cor", "--audience", "square"]);
    let post = says(&["resident", "post", "--key", &cor, "--title", "Te leen: ladder", "--audience", "neighbours"]);
    let post = text(&post["item"]);
    eventually("the ladder", || stands(&south.url, post));
    let name_at = |url: &str| show(url, post)["author"]["name"].clone();
    assert_eq!((name_at(&north.url), name_at(&south.url)), ("Cor".into(), Value::Null));

    // The ladder came later than the post for the square, so that had its chance.
    let (problem, _) = fails(&["resident", "show", "--url", &south.url, "--item", text(&own["item"])]);
    assert_eq!(problem["type"], "/problems/not-found");
    for Village { serving, .. } in [north, south] {
        serving.stop(Signal::INT);
    }
}

/// Connectors who sit at a table sign with both boxes off; the boxes find each other when they are on.
#[test]
fn a_treaty_can_be_signed_with_both_boxes_off() {
    let folder = tempfile::tempdir().unwrap();
    let [north, south] = ["noord", "zuid"].map(|name| {
        let dir = path(folder.path(), name);
        let id = init(Path::new(&dir), name)["neighbourhood_id"].clone();
        (dir, id)
    });
    let to_itself = fails(&["treaty", "offer", "--dir", &north.0, "--to", text(&north.1)]).1;
    assert!(to_itself.ends_with("no treaty with itself"), "{to_itself}");
    let offer = says(&["treaty", "offer", "--dir", &north.0, "--to", text(&south.1), "--direction", "send"]);
    let accepted = says(&["treaty", "accept", "--dir", &south.0, text(&offer["link"]), "--direction", "receive"]);
    assert_eq!(accepted["with"], north.1);

    let boxes = [&north.0, &south.0].map(|dir| Serving::start(&["serve", "--dir", dir]));
    for (dir, other, sends) in [(&north.0, &south.1, true), (&south.0, &north.1, false)] {
        let neighbour = || says(&["treaty", "list", "--dir", dir])["neighbours"][0].clone();
        eventually("the treaty", || neighbour()["state"] == "in-force");
        let neighbour = neighbour();
        assert_eq!(
            (&neighbour["id"], neighbour["sends"] == true, neighbour["receives"] == true),
            (other, sends, !sends)
        );
    }
    boxes.into_iter().for_each(|serving| serving.stop(Signal::TERM));
}

/// Commands at the same moment take turns with the connector's key, which never signs two things with one number.
#[test]
fn commands_at_once_take_turns() {
    let folder = tempfile::tempdir().unwrap();
    let dir = path(folder.path(), "dorp");
    init(Path::new(&dir), "Dorp");
    let serving = Serving::start(&["serve", "--dir", &dir]);
    let commands: Vec<_> = (0..6)
        .map(|_| {
            std::thread::spawn({
                let dir = dir.clone();
                move || says(&["invite", "--dir", &dir])["key"].clone()
            })
        })
        .collect();
    let keys: Vec<_> = commands.into_iter().map(|command| command.join().unwrap()).collect();
    let client = Client::new(Site::parse(&serving.text("url")).unwrap());
    for key in &keys {
        let key = PublicKey::from_hex(text(key)).unwrap();
        assert!(!client.invitation(&key).unwrap().used);
    }
    // The genesis, the certificate and the first invitation came before.
    let written: Value = serde_json::from_slice(&fs::read(Path::new(&dir).join("connector.key")).unwrap()).unwrap();
    assert_eq!(written["sequence"], 3 + keys.len());
    serving.stop(Signal::TERM);
}

/// A connector's commands go through the same door whether or not the box is running.
#[test]
fn a_connector_invites_with_the_box_on_and_off() {
    let folder = tempfile::tempdir().unwrap();
    let dir = path(folder.path(), "dorp");
    init(Path::new(&dir), "Dorp");
    let off = says(&["invite", "--dir", &dir, "--role", "connector"]);
    assert_eq!(says(&["status", "--dir", &dir])["running"], false);

    let serving = Serving::start(&["serve", "--dir", &dir]);
    let status = says(&["status", "--dir", &dir]);
    assert_eq!((status["running"].clone(), status["name"].clone()), (true.into(), "Dorp".into()));
    assert_eq!(says(&["status", "--url", &serving.text("url")])["neighbourhood_id"], status["neighbourhood_id"]);
    let on = says(&["invite", "--dir", &dir, "--days", "3"]);
    for (index, invitation) in [off, on].iter().enumerate() {
        let key = path(folder.path(), &format!("{index}.key"));
        says(&["resident", "join", "--invitation", text(&invitation["invitation"]), "--key", &key, "--name", "Cor"]);
    }
    assert_eq!(says(&["status", "--dir", &dir])["residents"], 3);
    serving.stop(Signal::TERM);
    assert_eq!(says(&["status", "--dir", &dir])["residents"], 3, "and it is all there when the box is off again");
}

/// Letters name the address that visitors type; commands on the box's own machine need not reach it.
#[test]
fn letters_name_the_public_address() {
    let folder = tempfile::tempdir().unwrap();
    let dir = path(folder.path(), "dorp");
    let site = format!("127.0.0.1:{}", free_port());
    let here = ["--site", &site, "--mdns", "off", "--listen", "/ip4/127.0.0.1/udp/0/quic-v1"];
    let public = ["init", "--dir", &dir, "--name", "Dorp", "--public-url", "https://plein.example/"];
    let invite = || text(&says(&["invite", "--dir", &dir])["invitation"]).to_owned();
    let founded = says(&[&public[..], &here].concat());
    let off = invite();
    let serving = Serving::start(&["serve", "--dir", &dir]);
    let on = invite();
    for invitation in [text(&founded["invitation"]), &off, &on] {
        assert!(invitation.starts_with("https://plein.example/meedoen#"), "{invitation}");
    }
    serving.stop(Signal::TERM);
}

/// What was signed and could not be sent is sent first, with the number it had.
#[test]
fn a_command_that_dies_before_it_sends_makes_no_resident_fork() {
    let folder = tempfile::tempdir().unwrap();
    let (dir, key) = (path(folder.path(), "dorp"), path(folder.path(), "anna.key"));
    let founded = init(Path::new(&dir), "Dorp");
    let serving = Serving::start(&["serve", "--dir", &dir]);
    says(&["resident", "join", "--invitation", text(&founded["invitation"]), "--key", &key, "--name", "Anna"]);

    // A command signs, and dies.
    let mut file = KeyFile::open(Path::new(&key)).unwrap();
    let home = file.device().home();
    let place = Place { neighbourhood: home, space: Space::Square };
    let title = Edit::Set { field: Field::TITLE, value: operation::Value::Text("Eerste".to_owned()) };
    let lost = file.sign(|device| device.create(place, Kind::NEWS, None, vec![title], clock::now())).unwrap();
    let lost = Signed::decode(&lost).unwrap().id().to_string();
    drop(file);

    // The next one sends that first, and goes on counting.
    let next = says(&["resident", "post", "--key", &key, "--title", "Tweede"]);
    let device = |item: &str| {
        let shown = says(&["resident", "show", "--url", &serving.text("url"), "--item", item]);
        text(&shown["author"]["device"]).to_owned()
    };
    assert_eq!(device(&lost), device(text(&next["item"])));
    let written: Value = serde_json::from_slice(&fs::read(&key).unwrap()).unwrap();
    assert_eq!((written["sequence"].clone(), written["pending"].clone()), (4.into(), Value::Null));
    assert_eq!(written["previous"], next["id"]);

    // A copy of the file from before would fork the device, and is not used.
    let mut old = written.clone();
    (old["sequence"], old["previous"]) = (3.into(), lost.into());
    fs::write(&key, old.to_string()).unwrap();
    let (_, line) = fails(&["resident", "post", "--key", &key, "--title", "Derde"]);
    assert!(line.contains("is an old copy"), "{line}");

    // Nobody there is no reason to take a number.
    serving.stop(Signal::TERM);
    fs::write(&key, written.to_string()).unwrap();
    let (problem, line) = fails(&["resident", "post", "--key", &key, "--title", "Derde"]);
    assert_eq!(problem["type"], "about:blank");
    assert!(line.contains("does not answer"), "{line}");
    let after: Value = serde_json::from_slice(&fs::read(&key).unwrap()).unwrap();
    assert_eq!(after["sequence"], 4);
}

/// Somebody whose command died while joining asks for the same again, and is in.
#[test]
fn joining_goes_on_where_it_broke_off() {
    let folder = tempfile::tempdir().unwrap();
    let (dir, key) = (path(folder.path(), "dorp"), path(folder.path(), "anna.key"));
    let founded = init(Path::new(&dir), "Dorp");
    let serving = Serving::start(&["serve", "--dir", &dir]);
    let link = InvitationLink::parse(text(&founded["invitation"])).unwrap();
    let home = NeighbourhoodId::from_hex(text(&founded["neighbourhood_id"])).unwrap();
    let one_time = letters::key_of(&link.code, Purpose::Letter, &home);
    let invitation = Client::new(link.site.clone()).invitation(&one_time.public()).unwrap();
    let invitation = OperationId::from_hex(&invitation.operation).unwrap();
    let mut file = KeyFile::create(Path::new(&key), SecretKey::from_seed(&[1; 32]), home, link.site.clone()).unwrap();
    file.sign(|device| device.claim(invitation, &one_time, [0; 16], clock::now())).unwrap();
    drop(file);

    let join = ["resident", "join", "--invitation", text(&founded["invitation"]), "--key", &key, "--name", "Anna"];
    let joined = says(&join);
    assert_eq!(joined["device"], SecretKey::from_seed(&[1; 32]).public().to_string(), "with the key it began with");
    assert!(fails(&join).1.ends_with("is a member already"));
    assert_eq!(says(&["status", "--dir", &dir])["residents"], 2);
    serving.stop(Signal::TERM);
}

/// A used letter, one nobody wrote, half a one: one clear line each, and no key file is left behind.
#[test]
fn a_letter_works_once() {
    let folder = tempfile::tempdir().unwrap();
    let dir = path(folder.path(), "dorp");
    let founded = init(Path::new(&dir), "Dorp");
    let serving = Serving::start(&["serve", "--dir", &dir]);
    let invitation = text(&founded["invitation"]);
    let (anna, bert) = (path(folder.path(), "anna.key"), path(folder.path(), "bert.key"));
    says(&["resident", "join", "--invitation", invitation, "--key", &anna, "--name", "Anna"]);

    let (site, _) = invitation.split_once('#').unwrap();
    let (unknown, half) = (format!("{site}#{}", "7".repeat(12)), &invitation[..invitation.len() - 5]);
    for (invitation, kind) in
        [(invitation, "/problems/invitation-used"), (&unknown, "/problems/unknown-invitation"), (half, "about:blank")]
    {
        let join = ["resident", "join", "--invitation", invitation, "--key", &bert, "--name", "Bert"];
        assert_eq!(fails(&join).0["type"], kind);
        assert!(!Path::new(&bert).exists(), "no key of nobody is left behind");
    }
    serving.stop(Signal::TERM);
}

/// Every obstacle at the start is one clear line and exit code 1.
#[test]
fn each_obstacle_is_one_clear_line() {
    let folder = tempfile::tempdir().unwrap();
    let dir = path(folder.path(), "dorp");
    init(Path::new(&dir), "Dorp");
    let line = |arguments: &[&str]| fails(arguments).1;

    assert!(line(&["init", "--dir", &dir, "--name", "Dorp"]).ends_with("exists already and is not empty"));
    let nameless = path(folder.path(), "naamloos");
    assert!(line(&["init", "--dir", &nameless, "--name", " "]).contains("at most 80 characters"));
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["dorp"], "what did not get to its end leaves nothing behind");
    assert!(line(&["serve", "--dir", &path(folder.path(), "nergens")]).contains("is not a data folder"));

    let serving = Serving::start(&["serve", "--dir", &dir]);
    assert!(line(&["serve", "--dir", &dir]).ends_with("is in use by another dorpsplein"));

    // Another village on the port that is taken.
    let other = path(folder.path(), "ander");
    let site = serving.text("url").replace("http://", "");
    says(&[
        "init",
        "--dir",
        &other,
        "--name",
        "Ander",
        "--site",
        &site,
        "--mdns",
        "off",
        "--listen",
        "/ip4/127.0.0.1/udp/0/quic-v1",
    ]);
    assert!(line(&["serve", "--dir", &other]).ends_with("the port is in use by another program"));
    serving.stop(Signal::TERM);

    fs::write(Path::new(&dir).join("format"), "7\n").unwrap();
    assert!(line(&["serve", "--dir", &dir]).contains("is of format 7"));

    let key = path(folder.path(), "geen.key");
    assert!(line(&["resident", "post", "--key", &key, "--title", "x"]).contains("geen.key"));
    assert!(
        line(&["treaty", "accept", "--dir", &other, "https://plein.example/over-dit-plein#verdrag=x"])
            .contains("treaty link")
    );
    assert!(line(&["treaty", "offer", "--dir", &other, "--to", "buren"]).contains("neighbourhood is named by"));
}

/// A wrong command line is exit code 2.
#[test]
fn a_wrong_command_line_is_told_apart() {
    for arguments in [&["inviet"][..], &["invite"], &["invite", "--dir", "x", "--days", "31"], &["status"]] {
        assert_eq!(dorpsplein(arguments).status.code(), Some(2), "{arguments:?}");
    }
}

/// What cannot be read of `RUST_LOG` is told and left aside, and the command goes on.
#[test]
fn a_wrong_filter_of_the_log_is_told() {
    let said = |filter: &str| {
        let command = Command::new(env!("CARGO_BIN_EXE_dorpsplein"))
            .args(["completions", "bash"])
            .env("RUST_LOG", filter)
            .output();
        let command = command.unwrap();
        assert!(command.status.success() && !command.stdout.is_empty(), "{filter}");
        String::from_utf8(command.stderr).unwrap()
    };
    assert!(said("dorpsplein_node=loud").contains("RUST_LOG is left aside"));
    assert_eq!(said("warn,dorpsplein_node=debug"), "");
}
