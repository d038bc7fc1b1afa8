//! What people sign with, on the command line: a second device, a lost one, a card on paper.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cli_support;
mod site_support;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use cli_support::{Person, Village, text};
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::linking::{Answering, LinkPurpose, LinkSecret, Offering};
use dorpsplein_protocol::operation::{NeighbourhoodId, ResidentId};
use serde_json::Value;
use site_support::{dorpsplein, eventually, fails, get, put, says};

const CBOR: (&str, &str) = ("content-type", "application/cbor");

/// A command that talks with somebody: it shows a link, asks a question and says what came of it.
struct Talking {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Talking {
    fn begin(command: &[&str]) -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_dorpsplein"));
        program.args(command).arg("--json").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = program.spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, out }
    }

    fn line(&mut self) -> Value {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("no JSON: {line:?}"))
    }

    /// Answers its question, and reads the last line and what stands on standard error.
    fn answered(mut self, answer: &str) -> (Value, String) {
        writeln!(self.child.stdin.take().unwrap(), "{answer}").unwrap();
        self.ended()
    }

    /// The last line, and what stands on standard error.
    fn ended(mut self) -> (Value, String) {
        let last = self.line();
        let errors = self.child.wait_with_output().unwrap().stderr;
        (last, String::from_utf8(errors).unwrap())
    }
}

fn devices(person: &Person) -> Vec<(String, String)> {
    let listed = person.does(&["device", "list"])["devices"].clone();
    let mut devices: Vec<_> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|device| (text(&device["key"]).to_owned(), text(&device["state"]).to_owned()))
        .collect();
    devices.sort();
    devices
}

fn sorted(mut devices: Vec<(String, &str)>) -> Vec<(String, String)> {
    devices.sort();
    devices.into_iter().map(|(key, state)| (key, state.to_owned())).collect()
}

fn six_digits(said: &str) -> String {
    let digits = said.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 6);
    digits.unwrap_or_else(|| panic!("no six digits in {said}")).to_owned()
}

/// A second key file on the same machine; and a device that one retires oneself can no longer sign.
#[test]
fn a_second_device_is_added_and_retired() {
    let village = Village::new("Maasdorp");
    let [anna, bert] = ["Anna", "Bert"].map(|name| village.join(name));
    let laptop = village.file("laptop.key");
    let added = anna.does(&["device", "add", "--new", &laptop]);
    let laptop = Person { key: laptop, resident: anna.resident.clone(), device: text(&added["device"]).to_owned() };
    laptop.does(&["resident", "post", "--title", "Vanaf de laptop"]);
    let both = |first: &'static str| sorted(vec![(anna.device.clone(), first), (laptop.device.clone(), "active")]);
    assert_eq!(devices(&laptop), both("active"));
    assert!(anna.fails(&["device", "add", "--new", &laptop.key]).contains("a key is never overwritten"));

    bert.is_refused(&["device", "retire", &anna.device], "not-a-connector");
    laptop.does(&["device", "retire", &anna.device[..10]]);
    assert_eq!(devices(&laptop), both("retired"));
    anna.is_refused(&["device", "add", "--new", &village.file("derde.key")], "after-removal");
    assert!(!Path::new(&village.file("derde.key")).exists(), "no key of nobody is left behind");
    // Nor does a device that retires itself sign anything more.
    laptop.does(&["device", "retire", &laptop.device]);
    laptop.is_refused(&["device", "add", "--new", &village.file("vierde.key")], "after-removal");
    village.stop();
}

/// Two devices, a link, six digits that people compare; with a no nothing is signed.
#[test]
fn two_devices_meet_through_a_link() {
    let mut village = Village::new("Maasdorp");
    let anna = village.join("Anna");
    let phone = village.file("phone.key");

    let mut adding = Talking::begin(&["device", "add", "--key", &anna.key]);
    let link = text(&adding.line()["link"]).to_owned();
    assert!(link.starts_with(&format!("{}/toestel#", village.url)), "{link}");
    let new = Talking::begin(&["device", "link", &link, "--key", &phone]);
    let (added, asked) = adding.answered("yes");
    assert_eq!(added["counts"], true, "{asked}");
    let (linked, shown) = new.ended();
    assert_eq!((&linked["device"], &linked["member"]), (&added["device"], &true.into()));
    assert_eq!(six_digits(&asked), six_digits(&shown), "both sides show the same six digits");
    says(&["resident", "post", "--key", &phone, "--title", "Vanaf de telefoon"]);

    let mut adding = Talking::begin(&["device", "add", "--key", &anna.key]);
    let link = text(&adding.line()["link"]).to_owned();
    let tablet = village.file("tablet.key");
    let mut new = Talking::begin(&["device", "link", &link, "--key", &tablet]);
    let (refused, line) = adding.answered("no");
    assert!(text(&refused["title"]).contains("nothing was signed"), "{line}");
    new.child.kill().unwrap();
    new.child.wait().unwrap();
    assert_eq!(anna.does(&["device", "list"])["devices"].as_array().unwrap().len(), 2);

    let gone = format!("{}/toestel#{}", village.url, "7".repeat(26));
    assert!(fails(&["device", "link", &gone, "--key", &village.file("x")]).1.contains("has run out"));
    assert!(fails(&["device", "link", "plein", "--key", &village.file("x")]).1.contains("not a whole link"));
    village.while_stopped(|village| {
        assert!(fails(&["device", "add", "--dir", &village.dir]).1.contains("the box is not running"));
    });
    village.stop();
}

/// Off until a connector has read the risk; then a key that posts, and neither invites nor logs in nor prolongs itself.
#[test]
fn a_key_for_the_home_network_posts_and_does_nothing_else() {
    let village = Village::new("Maasdorp");
    let anna = village.join("Anna");
    let words = String::from_utf8(dorpsplein(&["home-key", "allow", "--dir", &village.dir]).stdout).unwrap();
    assert!(words.contains("--accept-risk") && words.contains("wifi"), "{words}");
    assert_eq!(village.ask(&["home-key", "show"])["allowed"], false, "reading about it changes nothing");
    anna.is_refused(&["home-key", "allow", "--accept-risk"], "not-a-connector");
    assert_eq!(village.ask(&["home-key", "allow", "--accept-risk"])["allowed"], true);

    let phone = village.file("phone.key");
    let mut giving = Talking::begin(&["home-key", "give", "--key", &anna.key]);
    let link = text(&giving.line()["link"]).to_owned();
    let new = Talking::begin(&["device", "link", &link, "--key", &phone]);
    let (given, asked) = giving.answered("yes");
    assert_eq!(given["resident"], anna.resident, "{asked}");
    new.ended();
    let phone = Person { key: phone, resident: anna.resident.clone(), device: text(&given["device"]).to_owned() };
    let known = get(&format!("{}/api/v1/devices/{}", village.url, phone.device), &[]).json();
    assert!(known["home_key"].as_u64().is_some() && known["member"] == true, "{known}");

    let item = text(&phone.does(&["resident", "post", "--title", "Vanaf de bank"])["item"]).to_owned();
    phone.does(&["resident", "comment", "--item", &item, "--body", "Met een kop thee."]);
    phone.is_refused(&["device", "add", "--new", &village.file("meer.key")], "home-key");
    phone.is_refused(&["card", "make"], "home-key");
    phone.is_refused(&["search", "thee"], "home-key");

    assert_eq!(village.ask(&["home-key", "forbid"])["allowed"], false);
    phone.does(&["resident", "post", "--title", "Nog één keer"]);
    phone.does(&["device", "retire", &phone.device]);
    phone.is_refused(&["resident", "post", "--title", "Te laat"], "after-removal");
    village.stop();
}

/// What lies in a slot of a mailbox, as soon as something does.
fn message(village: &Village, secret: &LinkSecret, slot: &str) -> Vec<u8> {
    let place = format!("{}/api/v1/links/{}/{slot}", village.url, secret.mailbox());
    eventually(slot, || get(&place, &[]).status == 200);
    get(&place, &[]).body
}

/// Leaves a message in a slot, and gives the problem's name if it was not taken.
fn leave(village: &Village, secret: &LinkSecret, slot: &str, message: &[u8]) -> Option<String> {
    let answer = put(&format!("{}/api/v1/links/{}/{slot}", village.url, secret.mailbox()), &[CBOR], message);
    (answer.status != 204).then(|| answer.problem())
}

/// Somebody photographed the link and answers in the place of the new device. What the digits hang on is shown when their
/// answer is in, and then there is no other answer.
#[test]
fn who_photographed_the_link_answers_once_and_before_the_digits_are_known() {
    let village = Village::new("Maasdorp");
    let anna = village.join("Anna");
    let home = NeighbourhoodId::from_hex(&village.id).unwrap();
    let mut adding = Talking::begin(&["device", "add", "--key", &anna.key]);
    let link = text(&adding.line()["link"]).to_owned();
    let secret = LinkSecret::parse(link.split_once('#').unwrap().1).unwrap();
    let offered = message(&village, &secret, "offer");
    let [first, better] = [1, 2].map(|seed| {
        let key = SecretKey::from_seed(&[seed; 32]);
        Answering::new(secret, offered.clone(), &key, [seed; 32], &home).unwrap()
    });
    assert_eq!(leave(&village, &secret, "reveal", b"early").as_deref(), Some("not-found"));
    assert_eq!(leave(&village, &secret, "answer", first.message()), None);
    let revealed = message(&village, &secret, "reveal");
    assert_eq!(leave(&village, &secret, "answer", better.message()).as_deref(), Some("link-taken"));
    let (refused, asked) = adding.answered("no");
    assert_eq!(six_digits(&asked), first.take(&revealed).unwrap());
    assert_ne!(six_digits(&asked), better.take(&revealed).unwrap());
    assert!(text(&refused["title"]).contains("nothing was signed"), "{asked}");
    assert_eq!(devices(&anna).len(), 1);
    village.stop();
}

/// Somebody stands between the two and shows the new device another nonce than the one they had committed to.
#[test]
fn a_new_device_shows_no_digits_that_were_chosen_after_its_answer() {
    let village = Village::new("Maasdorp");
    let home = NeighbourhoodId::from_hex(&village.id).unwrap();
    let secret = LinkSecret::from_random([3; 16]);
    let impostor = SecretKey::from_seed(&[4; 32]).public();
    let offering = |nonce| Offering::new(secret, nonce, LinkPurpose::Device, impostor, ResidentId::from_bytes([5; 32]));
    assert_eq!(leave(&village, &secret, "offer", offering([6; 32]).message()), None);
    let key = village.file("new.key");
    let link = format!("{}/toestel#{}", village.url, secret.compact());
    let new = Talking::begin(&["device", "link", &link, "--key", &key]);
    let answered = message(&village, &secret, "answer");
    assert!(Path::new(&key).exists(), "the key is kept before it is sent");
    let chosen_later = offering([7; 32]).take(&answered, &home).unwrap().reveal;
    assert_eq!(leave(&village, &secret, "reveal", &chosen_later), None);
    let (refused, said) = new.ended();
    assert!(text(&refused["title"]).contains("somebody else stands between"), "{refused}");
    assert!(!said.contains("Compare these digits"), "{said}");
    assert!(!Path::new(&key).exists(), "nor is the key kept that they were told");
    village.stop();
}

/// A code on paper adds a device when all others are lost, more than once, and nothing else.
#[test]
fn a_recovery_card_adds_a_device() {
    let village = Village::new("Maasdorp");
    let anna = village.join("Anna");
    let card = anna.does(&["card", "make"]);
    let code = text(&card["code"]);
    assert_eq!(village.member(&anna.resident)["cards"][0], card["card"]);
    let used = ["first.key", "second.key"].map(|name| {
        let key = village.file(name);
        let used = says(&["card", "use", "--code", &code.to_lowercase(), "--url", &village.url, "--key", &key]);
        assert_eq!(used["resident"], anna.resident);
        Person { key, resident: anna.resident.clone(), device: text(&used["device"]).to_owned() }
    });
    used[1].does(&["device", "retire", &anna.device]);
    used[1].does(&["resident", "post", "--title", "Ik ben er weer"]);

    let use_with = |code: &str| {
        fails(&["card", "use", "--code", code, "--url", &village.url, "--key", &village.file("third.key")]).1
    };
    assert!(use_with("7K3M-92XQ-A4TD").contains("nobody in this neighbourhood has a card with this code"));
    assert!(use_with("7K3M").contains("twelve letters and digits"));
    assert!(!Path::new(&village.file("third.key")).exists());
    village.stop();
}

/// A connector gives a resident a new device; for a connector it takes two, a day, and no objection.
#[test]
fn a_lost_telephone_is_replaced() {
    let village = Village::new("Maasdorp");
    let [anna, bert] = ["Anna", "Bert"].map(|name| village.connector(name));
    let cor = village.join("Cor");
    let new = village.file("cor-new.key");
    let line = cor.is_refused(&["recover", &anna.resident, "--new", &new], "not-a-connector");
    assert!(line.contains("ask a connector") && !Path::new(&new).exists(), "{line}");
    let recovered = anna.does(&["recover", &cor.resident, "--new", &new]);
    assert_eq!(recovered["counts"], true);
    let back = Person { key: new, resident: cor.resident.clone(), device: text(&recovered["device"]).to_owned() };
    back.does(&["resident", "post", "--title", "Nieuwe telefoon"]);
    assert_eq!(devices(&back), sorted(vec![(cor.device.clone(), "retired"), (back.device.clone(), "active")]));
    cor.is_refused(&["device", "add", "--new", &village.file("x")], "after-removal");

    let proposed = anna.does(&["recover", &bert.resident, "--new", &village.file("thief.key")]);
    assert_eq!(proposed["counts"], false);
    let waiting = village.ask(&["proposals"])["proposals"][0].clone();
    let day = waiting["endorse_after"].as_u64().unwrap() - waiting["signed"].as_u64().unwrap();
    assert_eq!(day, 24 * 3_600_000);
    let operation = text(&proposed["operation"]);
    let (problem, _) = fails(&["endorse", operation, "--dir", &village.dir]);
    assert_eq!(problem["type"], "/problems/too-early");
    // The device that is said to be lost is not: its owner objects.
    bert.does(&["veto", operation]);
    assert_eq!(village.ask(&["proposals"])["proposals"][0]["vetoed"], true);
    let words = String::from_utf8(dorpsplein(&["proposals", "--url", &village.url]).stdout).unwrap();
    assert!(words.contains("vetoed: it will not count"), "{words}");
    assert_eq!(devices(&bert), [(bert.device.clone(), "active".to_owned())]);
    village.stop();
}
