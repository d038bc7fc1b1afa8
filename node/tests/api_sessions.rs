//! Logging in with the key of a device, the pages behind that door, and the mailboxes of devices that meet, against a box
//! as people run it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod site_support;

use dorpsplein_node::cli::KeyFile;
use dorpsplein_protocol::compose::Place;
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{
    self, DeviceRetirement, Edit, Field, ItemId, Kind, ModerationAct, ModerationReason, OperationId, Space, Statement,
};
use dorpsplein_protocol::time::Timestamp;
use serde_json::json;
use site_support::village::{CBOR, Village, cookie};
use site_support::{delete, get, post, put};

#[test]
fn a_device_logs_in_once_with_a_challenge_and_out_when_it_is_retired() {
    let mut village = Village::new();
    let anna = SecretKey::from_seed(&village.anna.device().secret().to_seed());
    assert_eq!(village.who("taal=nl").problem(), "not-logged-in");

    let login = village.login(&anna, &village.challenge(), village.host());
    let answer = village.knock(&login, &[]);
    assert_eq!(answer.status, 201);
    assert_eq!(answer.json()["device"], anna.public().to_string());
    assert!(answer.header("set-cookie").ends_with("; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict"));
    let here = cookie(&answer);
    assert_eq!(village.who(&here).json()["role"], "resident");
    assert_eq!(village.knock(&login, &[]).problem(), "login-expired", "the same challenge again");

    let login = village.login(&anna, &village.challenge(), village.host());
    let origin = format!("https://{}", village.host());
    let answer = village.knock(&login, &[("origin", &origin)]);
    assert!(answer.header("set-cookie").ends_with("; Secure"), "a page that came by https");
    let there = cookie(&answer);
    assert_eq!(delete(&village.at("sessions"), &[("cookie", &there)]).status, 204);
    assert_eq!(village.who(&there).problem(), "not-logged-in");
    assert_eq!(village.who(&here).status, 200, "logging out here leaves the other session alone");

    let status = get(&village.at("status"), &[]).json();
    let heads = status["register_heads"].as_array().unwrap().iter();
    let parents = heads.map(|id| OperationId::from_hex(id.as_str().unwrap()).unwrap()).collect();
    let now = Timestamp::from_millis(status["time"].as_u64().unwrap());
    let device = anna.public();
    let last = village.anna.device().sequence() + 1;
    let retirement = Statement::DeviceRetirement(DeviceRetirement { device, last });
    let retired = village.anna.sign(|anna| anna.state(parents, retirement, now)).unwrap();
    assert_eq!(post(&village.at("operations"), &[CBOR], &retired).status, 201);
    assert_eq!(village.who(&here).problem(), "not-logged-in", "at once");
    let login = village.login(&anna, &village.challenge(), village.host());
    assert_eq!(village.knock(&login, &[]).problem(), "not-a-member");
}

#[test]
fn who_has_no_key_of_a_resident_is_not_let_in() {
    let village = Village::new();
    let anna = SecretKey::from_seed(&village.anna.device().secret().to_seed());
    let stranger = SecretKey::from_seed(&[9; 32]);
    let challenge = village.challenge();

    let elsewhere = village.login(&anna, &challenge, "evil.example");
    assert_eq!(village.knock(&elsewhere, &[]).problem(), "bad-signature", "meant for another site");
    let mut borrowed = village.login(&stranger, &challenge, village.host());
    assert_eq!(village.knock(&borrowed, &[]).problem(), "not-a-member");
    borrowed["device"] = json!(anna.public().to_string());
    assert_eq!(village.knock(&borrowed, &[]).problem(), "bad-signature", "in another's name");
    let made_up = village.login(&anna, &"ab".repeat(32), village.host());
    assert_eq!(village.knock(&made_up, &[]).problem(), "login-expired");
    let good = village.login(&anna, &challenge, village.host());
    assert_eq!(village.knock(&good, &[("origin", "https://evil.example")]).problem(), "not-permitted");
    for bad in [json!({}), json!([]), json!({ "device": "x", "challenge": challenge, "signature": "" })] {
        assert_eq!(village.knock(&bad, &[]).problem(), "malformed", "{bad}");
    }
    assert_eq!(village.knock(&good, &[]).status, 201, "none of this used the challenge up");
}

#[test]
fn pages_behind_the_door_say_with_their_status_who_is_not_let_in() {
    let village = Village::new();
    for path in ["/mijn-gegevens", "/en/my-data", "/logboek", "/beheer", "/en/desk/members", "/beheer/lid/niemand"] {
        let outside = village.page(path, "");
        assert_eq!(outside.status, 401, "{path}");
        assert_eq!(outside.header("www-authenticate"), "Dorpsplein-Session");
        assert!(outside.header("content-type").starts_with("text/html"), "people read it");
        assert!(outside.text().contains("data-area=\"login\"") && !outside.text().contains("data-session"), "{path}");
    }
    let problem = get(&village.at("log"), &[]);
    assert_eq!((problem.problem().as_str(), problem.status.as_u16()), ("not-logged-in", 401), "as the API says it");

    let anna = village.enter(&village.anna);
    let inside = village.page("/mijn-gegevens", &anna);
    assert!(inside.text().contains("data-session") && inside.text().contains("Anna"));
    assert_eq!((inside.status.as_u16(), inside.header("cache-control")), (200, "no-store"));
    assert_eq!(village.page("/logboek", &anna).status, 200);
    for path in ["/beheer", "/en/desk/members", "/beheer/lid/niemand"] {
        let refused = village.page(path, &anna);
        assert_eq!(refused.status, 403, "{path}: a resident is no connector");
        assert_eq!((refused.header("www-authenticate"), refused.header("cache-control")), ("", "no-store"));
    }
    let founder = village.enter(&village.founder);
    assert_eq!(village.page("/beheer", &founder).status, 200);
    assert_eq!(village.page("/beheer/lid/niemand", &founder).status, 404);
}

/// What a visitor gets of every address at which something of an item could stand.
fn everything(village: &Village, ids: &[OperationId], cookie: &str) -> Vec<String> {
    let mut paths: Vec<String> =
        ["/", "/en", "/agenda", "/en/agenda", "/over", "/api/v1/status", "/api/v1/forks"].map(str::to_owned).to_vec();
    for id in ids {
        for place in ["bericht", "activiteit", "en/news", "en/event", "api/v1/items", "api/v1/operations"] {
            paths.push(format!("/{place}/{id}"));
        }
        paths.push(format!("/api/v1/items/{id}/receipts"));
        paths.push(format!("/bericht/{id}/wie-zegt-dit"));
    }
    paths.iter().map(|path| village.page(path, cookie).text().to_owned()).collect()
}

#[test]
fn what_is_for_members_is_there_for_residents_who_are_logged_in_and_for_nobody_else() {
    let mut village = Village::new();
    let operations = village.at("operations");
    let place = Place { neighbourhood: village.home, space: Space::Members };
    let now = village.now();
    let words = "De sleutel hangt achter de klok";
    let title = |text: &str| Edit::Set { field: Field::TITLE, value: operation::Value::Text(text.to_owned()) };
    let starts = Edit::Set { field: Field::STARTS, value: operation::Value::Text("2099-12-04".to_owned()) };
    let public = village.anna.sign(|anna| {
        anna.create(Place { space: Space::Square, ..place }, Kind::NEWS, None, vec![title("Voor iedereen")], now)
    });
    assert_eq!(post(&operations, &[CBOR], &public.unwrap()).status, 201);
    village.anna.settle().unwrap();
    let status = || get(&village.at("status"), &[]).json()["items"].clone();
    let (before, nothing) = (status(), OperationId::from_bytes([7; 32]));
    let unseen = everything(&village, &[nothing], "");

    let mut made = Vec::new();
    for (kind, edits) in [(Kind::NEWS, vec![title(words)]), (Kind::EVENT, vec![title(words), starts])] {
        let signed = village.anna.sign(|anna| anna.create(place, kind, None, edits, now)).unwrap();
        let answer = post(&operations, &[CBOR], &signed);
        assert_eq!(answer.status, 201, "{}", answer.text());
        village.anna.settle().unwrap();
        made.push(OperationId::from_hex(answer.json()["id"].as_str().unwrap()).unwrap());
    }
    assert_eq!(get(&village.at("status"), &[]).json()["items"], before, "not even counted");
    for id in &made {
        let unseen_now = everything(&village, &[*id], "");
        for (before, now) in unseen.iter().zip(&unseen_now) {
            // The same in every byte, but for the id that was asked for and the clock.
            let asked = now.replace(&id.to_string(), &nothing.to_string());
            let timeless = |text: &str| text.split("\"time\":").next().unwrap().to_owned();
            assert_eq!(timeless(before), timeless(&asked));
        }
    }

    let anna = village.enter(&village.anna);
    for (id, path) in made.iter().zip(["bericht", "activiteit"]) {
        let page = village.page(&format!("/{path}/{id}"), &anna);
        assert_eq!((page.status.as_u16(), page.header("cache-control")), (200, "no-store"), "{}", page.text());
        assert!(page.text().contains(words) && page.text().contains("Alleen voor bewoners"));
        assert_eq!(village.page(&format!("/api/v1/items/{id}"), &anna).json()["space"], "members");
    }
    assert!(village.page("/", &anna).text().contains(words));
    assert!(village.page("/agenda?op=2099-12-01", &anna).text().contains(words));
    assert!(!village.page("/agenda?op=2099-12-01", "").text().contains(words));

    // To everybody, and back.
    for (to, status) in [(Space::Square, 200), (Space::Members, 404)] {
        let row = village.page(&format!("/api/v1/items/{}", made[0]), &anna).json();
        let heads =
            row["heads"].as_array().unwrap().iter().map(|id| OperationId::from_hex(id.as_str().unwrap()).unwrap());
        let heads: Vec<OperationId> = heads.collect();
        let at = Place { space: Space::audience_named(row["space"].as_str().unwrap()).unwrap(), ..place };
        let moved = village.anna.sign(|anna| anna.show_to(at, made[0].into(), heads, to, now)).unwrap();
        assert_eq!(post(&operations, &[CBOR], &moved).status, 201);
        village.anna.settle().unwrap();
        assert_eq!(village.page(&format!("/bericht/{}", made[0]), "").status, status);
        assert_eq!(village.page("/", "").text().contains(words), to == Space::Square);
    }
}

#[test]
fn an_objection_stands_on_the_desk_however_much_is_done_after_it() {
    let mut village = Village::new();
    let (operations, place) = (village.at("operations"), Place { neighbourhood: village.home, space: Space::Square });
    let mut now = village.now();
    let mut say = |who: &mut KeyFile, item: Option<ItemId>, parents: &[OperationId], edit: Edit| {
        now = now.plus_millis(1);
        let operation = who.sign(|device| match item {
            Some(item) => device.edit(place, item, parents.to_vec(), vec![edit], now),
            None => device.create(place, Kind::NEWS, None, vec![edit], now),
        });
        let answer = post(&operations, &[CBOR], &operation.unwrap());
        assert_eq!(answer.status, 201, "{}", answer.text());
        who.settle().unwrap();
        OperationId::from_hex(answer.json()["id"].as_str().unwrap()).unwrap()
    };
    let title = |text: &str| Edit::Set { field: Field::TITLE, value: operation::Value::Text(text.to_owned()) };
    let moderate = |act| Edit::Moderate { act, reason: ModerationReason::Insult, note: String::new() };
    let made = ["Praatje", "Rommelmarkt"].map(|text| say(&mut village.anna, None, &[], title(text)));
    let [hidden, pinned] = made.map(ItemId::from);
    let hiding = say(&mut village.founder, Some(hidden), &[made[0]], moderate(ModerationAct::Hide));
    say(&mut village.anna, Some(hidden), &[hiding], Edit::Appeal("Het was een grapje van mij".into()));
    let mut last = made[1];
    for n in 0..60 {
        last = say(&mut village.founder, Some(pinned), &[last], Edit::Pin(n % 2 == 0));
    }

    let founder = village.enter(&village.founder);
    let first_page = get(&village.at("log"), &[("cookie", &founder)]);
    assert_eq!(first_page.json()["entries"].as_array().unwrap().len(), 50);
    assert!(!first_page.text().contains("grapje"), "the log has moved on");
    for path in ["/beheer", "/en/desk"] {
        assert!(village.page(path, &founder).text().contains("Het was een grapje van mij"), "{path}");
    }
    say(&mut village.founder, Some(hidden), &[hiding], moderate(ModerationAct::Show));
    assert!(!village.page("/beheer", &founder).text().contains("grapje"), "it is answered");
}

#[test]
fn three_messages_pass_through_a_mailbox_that_tells_nothing() {
    let village = Village::new();
    let place = |mailbox: &str, slot: &str| village.at(&format!("links/{mailbox}/{slot}"));
    let (mailbox, other) = ("1f".repeat(32), "2e".repeat(32));
    assert_eq!(put(&place(&mailbox, "answer"), &[CBOR], b"answer").problem(), "not-found", "no offer yet");
    assert_eq!(put(&place(&mailbox, "offer"), &[CBOR], b"offer").status, 204);
    assert_eq!(put(&place(&mailbox, "reveal"), &[CBOR], b"reveal").problem(), "not-found", "no answer yet");
    assert_eq!(get(&place(&mailbox, "offer"), &[]).body, b"offer");

    // What is not there yet, never was, or cannot be: the same bytes.
    let nothing = get(&place(&mailbox, "answer"), &[]);
    for (mailbox, slot) in [(other.as_str(), "offer"), ("zz", "offer"), (mailbox.as_str(), "third")] {
        let answer = get(&place(mailbox, slot), &[]);
        assert_eq!((answer.status, &answer.body), (nothing.status, &nothing.body), "{mailbox}/{slot}");
    }
    assert_eq!(nothing.problem(), "not-found");

    assert_eq!(put(&place(&mailbox, "answer"), &[CBOR], b"answer").status, 204);
    assert_eq!(put(&place(&mailbox, "answer"), &[CBOR], b"answer").status, 204, "a receipt got lost");
    assert_eq!(put(&place(&mailbox, "answer"), &[CBOR], b"another").problem(), "link-taken");
    assert_eq!(get(&place(&mailbox, "answer"), &[]).body, b"answer");
    assert_eq!(put(&place(&mailbox, "reveal"), &[CBOR], b"reveal").status, 204);
    assert_eq!(put(&place(&mailbox, "reveal"), &[CBOR], b"another").problem(), "link-taken");
    assert_eq!(get(&place(&mailbox, "reveal"), &[]).body, b"reveal");
    assert_eq!(put(&place(&other, "offer"), &[CBOR], &[0; 513]).problem(), "too-large");
    assert_eq!(put(&place(&other, "offer"), &[CBOR], &[0; 512]).status, 204);
    let foreign = put(&place(&"3d".repeat(32), "offer"), &[CBOR, ("origin", "https://evil.example")], b"offer");
    assert_eq!(foreign.problem(), "not-permitted");
}
