//! Notices on telephones, from a whole box to a push service at the other end of a real socket: who is told, what and when,
//! and what becomes of a browser that is gone or a service that is away.

use super::mail_support::push_service::{Browser, PushService};
use super::*;
use dorpsplein_node::push::Round;
use dorpsplein_protocol::operation::DeviceRetirement;
use dorpsplein_protocol::operation::ItemId;

const JSON: (&str, &str) = ("content-type", "application/json");
const HOUR_MS: u64 = 60 * MINUTE_MS;

const SENT: Round = Round { sent: 1, refused: 0, waiting: 0, erased: 0 };
const WAITS: Round = Round { sent: 0, refused: 0, waiting: 1, erased: 0 };
const REFUSED: Round = Round { sent: 0, refused: 1, waiting: 0, erased: 0 };
const ERASED: Round = Round { sent: 0, refused: 0, waiting: 0, erased: 1 };

/// A box that sends notices, for which it is quiet from now until eleven hours from now, or never.
fn village(is_quiet: bool) -> Village {
    let hour = local(clock::now()).hour().unsigned_abs();
    Village::with(Some(PushSettings {
        contact: "mailto:plein@dorp.example".to_owned(),
        quiet_from: hour,
        quiet_until: if is_quiet { (hour + 11) % 24 } else { hour },
        private_addresses: true,
    }))
}

impl Village {
    fn asks(&self, wish: &serde_json::Value) -> Answer {
        let url = format!("{}/api/v1/push", self.url);
        post(&url, &[JSON, ("cookie", &self.cookie)], wish.to_string().as_bytes())
    }

    /// The connector writes something.
    fn told(&mut self, kind: Kind, space: Space, title: &str) {
        std::mem::swap(&mut self.anna, &mut self.connector);
        self.write(kind, space, title, None);
        std::mem::swap(&mut self.anna, &mut self.connector);
    }

    /// The connector says how it stands with an alert, or that it is over.
    fn updated(&mut self, alert: ItemId, space: Space, is_over: bool) {
        let mut edits = vec![Edit::Set { field: Field::BODY, value: Value::Text("Zo staat het nu.".to_owned()) }];
        edits.extend(is_over.then_some(Edit::Set { field: Field::SETTLED, value: Value::Bool(true) }));
        let place = Place { neighbourhood: self.connector.home(), space };
        let signed = self.connector.create(place, Kind::UPDATE, Some(alert), edits, clock::now());
        let driver = self.running.as_ref().unwrap().driver();
        self.runtime.block_on(submit(&driver, &signed)).unwrap();
    }

    fn notices(&self, at: Timestamp) -> Round {
        self.running.as_ref().unwrap().send_notices(at).unwrap()
    }
}

#[test]
fn a_device_that_asked_is_told_at_once_and_nobody_else_can_read_it() {
    let mut village = village(false);
    let service = PushService::open(0);
    let browser = Browser::new(&service, 7);
    village.told(Kind::NEWS, Space::Square, "Voor het begin");
    assert_eq!(village.asks(&browser.wish(&["news", "alert"], false)).status, 204);
    let page = village.page("/mijn-gegevens/post");
    assert!(
        page.contains("Meldingen staan aan op dit toestel.") && page.contains("Google, Apple of Mozilla"),
        "{page}"
    );

    let arrives = |count: usize| eventually("a notice", || service.handed().len() == count);
    village.told(Kind::NEWS, Space::Square, "Soep & <brood>");
    arrives(1);
    village.told(Kind::NEWS, Space::Members, "Alleen voor ons");
    arrives(2);
    village.told(Kind::ALERT, Space::Square, "Het water staat hoog");
    arrives(3);
    let handed = service.handed();
    let said: Vec<_> = handed.iter().map(|one| browser.reads(one)).collect();
    let titles: Vec<_> = said.iter().map(|one| one["title"].as_str().unwrap()).collect();
    let hidden = "Er is iets nieuws voor bewoners van Dorp & Dal";
    assert_eq!(titles, ["Soep & <brood>", hidden, "Belangrijk: Het water staat hoog"]);
    for one in &said {
        let path = one["path"].as_str().unwrap();
        assert!(path.starts_with("/bericht/") && village.page(path).contains("<h1"), "{path}");
        assert_eq!((one["lang"].as_str(), one.as_object().unwrap().len()), (Some("nl"), 3), "nothing else is said");
    }
    let key = page.split("data-push-key=\"").nth(1).unwrap().split('"').next().unwrap();
    for (one, urgency) in handed.iter().zip(["normal", "normal", "high"]) {
        let (claims, signed_by) = one.signed();
        assert_eq!((claims["aud"].as_str(), signed_by.as_str()), (Some(service.url().as_str()), key));
        assert_eq!(claims["sub"], "mailto:plein@dorp.example");
        assert_eq!((one.headers["content-encoding"].as_str(), one.headers["urgency"].as_str()), ("aes128gcm", urgency));
        let ttl: u64 = one.headers["ttl"].parse().unwrap();
        assert!((3600..=86_400).contains(&ttl), "{ttl}");
        assert_eq!(one.body.len(), handed[0].body.len(), "the length says nothing");
        assert!(!one.headers.contains_key("cookie") && !String::from_utf8_lossy(&one.body).contains("Soep"));
    }

    // What Anna wrote herself, what she did not ask for, and what she was told: no more of that.
    village.write(Kind::NEWS, Space::Square, "Van mij", None);
    village.told(Kind::OFFER, Space::Square, "Fiets te geef");
    assert_eq!(village.notices(clock::now()), Round::default());
    assert_eq!(service.handed().len(), 3);

    let file = village.dir.join(format!("push/{}.json", village.anna.key()));
    assert_eq!(village.files_with(&browser.endpoint), std::slice::from_ref(&file), "the address is in no other file");
    for private in [&file, &village.dir.join("push.key")] {
        assert_eq!(fs::metadata(private).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let mine = get(&format!("{}/api/v1/mine", village.url), &[("cookie", &village.cookie)]).json();
    assert_eq!(mine["push"][0]["endpoint"], browser.endpoint);

    // One press, without any script.
    assert_eq!(village.choose("stop_push=this").status, 303);
    assert_eq!(village.files_with(&browser.endpoint), Vec::<PathBuf>::new());
    village.told(Kind::NEWS, Space::Square, "Na het einde");
    assert_eq!(village.notices(clock::now()), Round::default());

    // A browser that is gone is forgotten, and so is a device that is retired.
    assert_eq!(village.asks(&browser.wish(&["news"], false)).status, 204);
    service.answers(410);
    village.told(Kind::NEWS, Space::Square, "Wie is er nog?");
    eventually("the browser is forgotten", || !file.exists());
    service.answers(201);
    assert_eq!(village.asks(&browser.wish(&["news"], false)).status, 204);
    let retirement = DeviceRetirement { device: village.anna.key(), last: village.anna.sequence() + 1 };
    let driver = village.running.as_ref().unwrap().driver();
    let retired = Statement::DeviceRetirement(retirement);
    village.runtime.block_on(state(&driver, &mut village.anna, retired));
    village.told(Kind::NEWS, Space::Square, "Niet voor een oud toestel");
    eventually("the device is forgotten", || !file.exists());
    assert_eq!(village.notices(clock::now()), Round::default());
    assert_eq!(service.handed().len(), 3);
}

#[test]
fn in_the_quiet_hours_only_alerts_come_and_only_for_who_chose_that() {
    let mut village = village(true);
    let service = PushService::open(0);
    let browser = Browser::new(&service, 8);
    let (night, morning) = (clock::now(), clock::now().plus_millis(12 * HOUR_MS));
    assert_eq!(village.asks(&browser.wish(&["news", "alert"], false)).status, 204);
    village.told(Kind::NEWS, Space::Square, "Soep");
    village.told(Kind::ALERT, Space::Square, "Het water staat hoog");
    assert_eq!(village.notices(night), Round::default(), "it is night");
    assert_eq!(village.notices(morning), Round { sent: 2, ..SENT });
    assert_eq!(village.notices(morning.plus_millis(HOUR_MS)), Round::default(), "nothing is told twice");
    let ttl: u64 = service.handed()[1].headers["ttl"].parse().unwrap();
    assert!(ttl <= 12 * 3600, "a telephone that is off does not ring in the next night: {ttl}");

    // With leave an alert wakes people, and nothing else does.
    assert_eq!(village.asks(&browser.wish(&["news", "alert"], true)).status, 204);
    village.told(Kind::ALERT, Space::Square, "De dijk breekt");
    eventually("the alert at night", || service.handed().len() == 3);
    assert_eq!(browser.reads(&service.handed()[2])["title"], "Belangrijk: De dijk breekt");
    for title in ["Een", "Twee", "Drie", "Vier", "Vijf"] {
        village.told(Kind::NEWS, Space::Square, title);
    }
    assert_eq!(village.notices(clock::now()), Round::default());
    assert_eq!(village.notices(morning), SENT, "many are one notice");
    let many = browser.reads(&service.handed()[3]);
    assert_eq!((many["title"].as_str(), many["path"].as_str()), (Some("5 nieuwe berichten"), Some("/")));
    assert_eq!(village.notices(morning.plus_millis(HOUR_MS)), Round::default());
    village.told(Kind::NEWS, Space::Square, "Te oud");
    assert_eq!(village.notices(morning.plus_millis(13 * HOUR_MS)), Round::default(), "what is a day old is no news");
}

#[test]
fn an_update_of_an_alert_is_told_as_an_alert_is() {
    let mut village = village(true);
    let service = PushService::open(0);
    let browser = Browser::new(&service, 11);
    let morning = clock::now().plus_millis(12 * HOUR_MS);
    village.told(Kind::ALERT, Space::Square, "Het water staat hoog");
    village.told(Kind::ALERT, Space::Members, "Sleutel kwijt");
    assert_eq!(village.asks(&browser.wish(&["alert"], false)).status, 204);
    let alert = |title: &str| {
        let page = village.page("/belangrijk");
        let before = page.split(title).next().unwrap();
        let id = before.rsplit("/bericht/").next().unwrap().split('"').next().unwrap();
        ItemId::from_hex(id).unwrap_or_else(|| panic!("{title}: {page}"))
    };
    let (water, key) = (alert("Het water staat hoog"), alert("Sleutel kwijt"));
    village.updated(water, Space::Square, false);
    village.updated(key, Space::Members, false);
    assert_eq!(village.notices(clock::now()), Round::default(), "it is night");
    assert_eq!(village.notices(morning), Round { sent: 2, ..SENT }, "the alerts themselves were there before");
    let said: Vec<_> = service.handed().iter().map(|one| browser.reads(one)).collect();
    assert_eq!(said[0]["title"], "Nieuw bericht over: Het water staat hoog");
    assert_eq!(said[0]["path"], format!("/bericht/{water}"), "the page of the alert");
    assert_eq!(said[1]["title"], "Er is iets nieuws voor bewoners van Dorp & Dal");
    assert_eq!(village.notices(morning), Round::default(), "nothing is told twice");
    assert!(service.handed().iter().all(|one| one.headers["urgency"] == "high"));

    // Of one that is over only that it is: what was said before is overtaken.
    village.updated(water, Space::Square, false);
    village.updated(water, Space::Square, true);
    assert_eq!(village.notices(morning), SENT);

    // Another sort of notice was asked for.
    assert_eq!(village.asks(&browser.wish(&["news"], false)).status, 204);
    village.updated(key, Space::Members, false);
    assert_eq!(village.notices(morning), Round::default());
}

#[test]
fn a_browser_that_is_reached_elsewhere_says_so_itself() {
    let mut village = village(false);
    let (before, after) = (PushService::open(0), PushService::open(0));
    let (old, new) = (Browser::new(&before, 12), Browser::new(&after, 13));
    let url = format!("{}/api/v1/push", village.url);
    let moves = |village: &Village, wish: &serde_json::Value| {
        put(&url, &[JSON, ("cookie", &village.cookie)], wish.to_string().as_bytes())
    };
    let moved = new.wish(&["offer"], true);
    assert_eq!(moves(&village, &moved).problem(), "not-found", "nobody asked for notices on this device");
    assert_eq!(village.asks(&old.wish(&["news"], false)).status, 204);
    assert_eq!(moves(&village, &json!({ "endpoint": "ftp://nergens" })).problem(), "malformed");
    assert_eq!(put(&url, &[JSON], moved.to_string().as_bytes()).problem(), "not-logged-in");
    let foreign = [JSON, ("cookie", village.cookie.as_str()), ("origin", "https://evil.example")];
    assert_eq!(put(&url, &foreign, moved.to_string().as_bytes()).problem(), "not-permitted");
    assert_eq!(moves(&village, &moved).status, 204);
    village.told(Kind::NEWS, Space::Square, "Soep");
    eventually("the notice elsewhere", || after.handed().len() == 1);
    assert_eq!(new.reads(&after.handed()[0])["title"], "Soep", "what it wants stays as it was");
    assert!(before.handed().is_empty());
    assert_eq!(village.files_with(&old.endpoint), Vec::<PathBuf>::new());
}

#[test]
fn a_push_service_may_be_away_put_off_and_refuse() {
    let mut village = village(true);
    let port = free_port();
    let browser = {
        let service = PushService::open(port);
        Browser::new(&service, 9)
    };
    assert_eq!(village.asks(&browser.wish(&["news"], false)).status, 204);
    village.told(Kind::NEWS, Space::Square, "Soep");
    let morning = clock::now().plus_millis(12 * HOUR_MS);
    let at = |minutes: u64| morning.plus_millis(minutes * MINUTE_MS);
    assert_eq!(village.notices(at(0)), WAITS, "it is away");
    let service = PushService::open(port);
    assert_eq!(village.notices(at(0)), WAITS, "it is left alone for a while");
    service.answers(503);
    assert_eq!(village.notices(at(2)), WAITS);
    service.answers(429);
    assert_eq!(village.notices(at(10)), WAITS);
    service.answers(201);
    assert_eq!(village.notices(at(15)), WAITS, "it said ten minutes");
    assert_eq!(village.notices(at(21)), SENT, "nothing was lost");
    assert_eq!(browser.reads(&service.handed()[0])["title"], "Soep");

    service.answers(400);
    for time in 1..=5_u64 {
        village.told(Kind::NEWS, Space::Square, &format!("Brood {time}"));
        let said = village.notices(at(30 + time));
        assert_eq!(said, if time < 5 { REFUSED } else { Round { erased: 1, ..REFUSED } }, "time {time}");
    }
    assert_eq!(village.files_with(&browser.endpoint), Vec::<PathBuf>::new());

    // Whoever leaves is forgotten.
    assert_eq!(village.asks(&browser.wish(&["news"], false)).status, 204);
    let counts = vec![DeviceCount { device: village.anna.key(), last: village.anna.sequence() + 1 }];
    let leaving = Statement::MemberRemoval(MemberRemoval { resident: village.resident, counts });
    let driver = village.running.as_ref().unwrap().driver();
    village.runtime.block_on(state(&driver, &mut village.anna, leaving));
    assert_eq!(village.notices(clock::now()), ERASED);
    assert_eq!(village.files_with(&browser.endpoint), Vec::<PathBuf>::new());
    assert_eq!(service.handed().len(), 1);
}

#[test]
fn a_wish_for_notices_that_is_wrong_is_refused_and_kept_nowhere() {
    let village = village(false);
    let service = PushService::open(0);
    let browser = Browser::new(&service, 10);
    let good = browser.wish(&["news"], false);
    let with = |name: &str, value: serde_json::Value| {
        let mut wish = good.clone();
        wish[name] = value;
        wish
    };
    for bad in [
        with("endpoint", "ftp://127.0.0.1/a".into()),
        with("endpoint", "a".repeat(2000).into()),
        with("p256dh", "AAAA".into()),
        with("auth", "AAAA".into()),
        with("lang", "xx".into()),
        with("kinds", json!([])),
        with("kinds", json!(["comment"])),
        json!([]),
    ] {
        assert_eq!(village.asks(&bad).problem(), "malformed", "{bad}");
    }
    assert_eq!(village.asks(&with("endpoint", "a".repeat(5000).into())).problem(), "too-large");
    let url = format!("{}/api/v1/push", village.url);
    assert_eq!(post(&url, &[JSON], good.to_string().as_bytes()).problem(), "not-logged-in");
    let foreign = [JSON, ("cookie", village.cookie.as_str()), ("origin", "https://evil.example")];
    assert_eq!(post(&url, &foreign, good.to_string().as_bytes()).problem(), "not-permitted");
    assert_eq!(fs::read_dir(village.dir.join("push")).unwrap().count(), 0);
    let without = Village::new();
    assert_eq!(without.asks(&good).problem(), "not-found");
    assert!(without.page("/mijn-gegevens/post").contains("Dit kastje verstuurt geen meldingen."));
}
