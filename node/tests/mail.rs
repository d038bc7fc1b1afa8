//! Post by e-mail, and notices on telephones (`notices`), from a whole box to a server at the other end of a real socket: who gets it, when, what it says, and what
//! becomes of it when the server refuses it, is away or hangs up.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod mail_support;
#[path = "mail_support/notices.rs"]
mod notices;
mod site_support;
mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use dorpsplein_node::clock;
use dorpsplein_node::config::{Config, LocalNetwork, MailSettings, PushSettings, Security, WeeklyDay};
use dorpsplein_node::data_folder::DataFolder;
use dorpsplein_node::mail::Round;
use dorpsplein_node::run::{self, RunningBox};
use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::hex;
use dorpsplein_protocol::login::LoginProof;
use dorpsplein_protocol::operation::{
    DeviceCount, Edit, Field, Kind, MemberRemoval, ResidentId, Space, Statement, Value,
};
use dorpsplein_protocol::time::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};
use mail_support::{Arrived, MailServer, Mood};
use serde_json::json;
use site_support::{Answer, eventually, free_port, get, post, put};
use support::{DAY_MS, founder, fresh_key, resident, state, submit};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const MINUTE_MS: u64 = 60_000;
const WISH: &str = "address=anna%40post.example&frequency=daily&kind=news&kind=event";

/// A box that sends post, with Anna, who is logged in.
struct Village {
    url: String,
    port: u16,
    anna: Device,
    connector: Device,
    resident: ResidentId,
    cookie: String,
    dir: PathBuf,
    running: Option<RunningBox>,
    runtime: Runtime,
    _folder: TempDir,
}

fn zone() -> TimeZone {
    TimeZone::get("Europe/Amsterdam").unwrap()
}

fn local(at: Timestamp) -> Zoned {
    jiff::Timestamp::from_millisecond(at.as_millis().try_into().unwrap()).unwrap().to_zoned(zone())
}

fn instant(at: &Zoned) -> Timestamp {
    Timestamp::from_millis(at.timestamp().as_millisecond().try_into().unwrap())
}

impl Village {
    /// The day's post is made twelve hours from now, so that the box sends none by itself while the test runs; the eleven
    /// hours before that are quiet.
    fn new() -> Self {
        Self::with(None)
    }

    /// The same with a box that sends notices.
    fn with(push: Option<PushSettings>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("dorp");
        let (site, port) = (free_port(), free_port());
        let url = format!("http://127.0.0.1:{site}");
        let hour = local(clock::now()).hour().unsigned_abs();
        let mail = MailSettings {
            server: "127.0.0.1".to_owned(),
            port: Some(port),
            security: Security::None,
            user: None,
            from: "plein@dorp.example".to_owned(),
            weekly_on: WeeklyDay::Thursday,
            quiet_from: (hour + 1) % 24,
            quiet_until: (hour + 12) % 24,
        };
        let (mut connector, genesis) = founder("Dorp & Dal");
        let config = Config {
            site: format!("127.0.0.1:{site}").parse().unwrap(),
            listen: Vec::new(),
            mdns: LocalNetwork::Off,
            public_url: Some(url.clone()),
            mail: Some(mail),
            push,
            ..Config::new("Dorp & Dal".to_owned(), connector.home())
        };
        let data_folder = DataFolder::create(&dir, config, fresh_key()).unwrap();
        let runtime = Runtime::new().unwrap();
        let running = runtime.block_on(run::start(data_folder)).unwrap();
        let driver = running.driver();
        let anna = runtime.block_on(async {
            driver.submit(genesis.encode()).await.unwrap();
            resident(&driver, &mut connector).await
        });
        let membership = driver.registers().home().active(&anna.key()).unwrap().resident;
        let mut village = Self {
            url,
            port,
            anna,
            connector,
            resident: membership,
            cookie: String::new(),
            dir,
            running: Some(running),
            runtime,
            _folder: folder,
        };
        village.cookie = village.log_in();
        village
    }

    fn log_in(&self) -> String {
        let challenge = get(&format!("{}/api/v1/sessions/challenge", self.url), &[]).json();
        let challenge = challenge["challenge"].as_str().unwrap().to_owned();
        let bytes: [u8; 32] = hex::decode(&challenge).unwrap().try_into().unwrap();
        let host = self.url.strip_prefix("http://").unwrap();
        let signature = LoginProof::new(&self.anna.home(), &bytes, host).sign(self.anna.secret());
        let signature = hex::encode(signature.as_bytes());
        let login = json!({ "device": self.anna.key().to_string(), "challenge": challenge, "signature": signature });
        let json = ("content-type", "application/json");
        let answer = post(&format!("{}/api/v1/sessions", self.url), &[json], login.to_string().as_bytes());
        site_support::village::cookie(&answer)
    }

    /// What comes of sending a form on the page of the post.
    fn choose(&self, form: &str) -> Answer {
        post(&format!("{}/mijn-gegevens/post", self.url), &[FORM, ("cookie", &self.cookie)], form.as_bytes())
    }

    fn page(&self, path: &str) -> String {
        get(&format!("{}{path}", self.url), &[("cookie", &self.cookie)]).text().to_owned()
    }

    /// Anna writes something.
    fn write(&mut self, kind: Kind, space: Space, title: &str, starts: Option<DateTime>) {
        let text = |field, words: &str| Edit::Set { field, value: Value::Text(words.to_owned()) };
        let mut edits = vec![text(Field::TITLE, title)];
        edits.extend(starts.map(|at| text(Field::STARTS, &at.strftime("%Y-%m-%dT%H:%M").to_string())));
        if kind == Kind::EVENT {
            edits.push(text(Field::PLACE, "De Schuur"));
        }
        let place = Place { neighbourhood: self.anna.home(), space };
        let driver = self.running.as_ref().unwrap().driver();
        let signed = self.anna.create(place, kind, None, edits, clock::now());
        self.runtime.block_on(submit(&driver, &signed)).unwrap();
    }

    fn round(&self, at: Timestamp) -> Round {
        self.running.as_ref().unwrap().send_post(at).unwrap()
    }

    /// When the day's post is made next, so many days after the first time.
    fn due(&self, days: i32) -> Timestamp {
        let now = local(clock::now());
        instant(&now.checked_add(12.hours()).unwrap().round(jiff::Unit::Hour).unwrap())
            .plus_millis(MINUTE_MS + u64::try_from(days).unwrap() * DAY_MS + 3_600_000)
    }

    /// Asks for post, and says yes to the mail that asks.
    fn subscribe(&self, server: &MailServer) -> Arrived {
        assert_eq!(self.choose(WISH).status, 303);
        eventually("the mail that asks", || !server.arrived().is_empty());
        let asks = server.arrived().remove(0);
        let answer = post(&asks.link("/post/aanzetten/"), &[FORM], b"");
        assert!(answer.status == 200 && answer.text().contains("De post staat aan."), "{}", answer.text());
        asks
    }

    /// The files of the box in which these bytes stand.
    fn files_with(&self, bytes: &str) -> Vec<PathBuf> {
        fn look(folder: &Path, bytes: &[u8], found: &mut Vec<PathBuf>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    look(&path, bytes, found);
                } else if fs::read(&path).unwrap().windows(bytes.len()).any(|window| window == bytes) {
                    found.push(path);
                }
            }
        }
        let mut found = Vec::new();
        look(&self.dir, bytes.as_bytes(), &mut found);
        found
    }
}

impl Drop for Village {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.shutdown());
        }
    }
}

const SENT: Round = Round { sent: 1, refused: 0, waiting: 0, erased: 0 };
const WAITS: Round = Round { sent: 0, refused: 0, waiting: 1, erased: 0 };
const REFUSED: Round = Round { sent: 0, refused: 1, waiting: 0, erased: 0 };
const ERASED: Round = Round { sent: 0, refused: 0, waiting: 0, erased: 1 };

#[test]
fn post_begins_when_its_reader_says_so_and_ends_at_one_press() {
    let mut village = Village::new();
    let server = MailServer::open(village.port);
    assert_eq!(village.choose(WISH).status, 303);
    eventually("the mail that asks", || server.arrived().len() == 1);
    let asks = server.arrived().remove(0);
    assert_eq!((asks.from.as_str(), asks.to), ("plein@dorp.example", vec!["anna@post.example".to_owned()]));
    let asks = server.arrived().remove(0);
    let link = asks.link("/post/aanzetten/");
    assert!(link.starts_with(&village.url) && asks.part("text/html").contains(&link));
    assert!(village.page("/mijn-gegevens/post").contains("Kijk in uw mail."));
    village.write(Kind::NEWS, Space::Square, "Voor het begin", None);
    assert_eq!(village.round(village.due(0)), Round::default(), "nobody said yes");

    // A program that looks at links changes nothing; who presses the button does.
    assert!(get(&link, &[]).text().contains("Ja, stuur mij post"));
    assert!(village.page("/mijn-gegevens/post").contains("Kijk in uw mail."));
    assert!(post(&link, &[FORM], b"").text().contains("De post staat aan."));
    assert!(post(&link, &[FORM], b"").text().contains("Deze link werkt niet meer."));
    assert!(village.page("/mijn-gegevens/post").contains("De post staat aan."));

    let due = village.due(0);
    let evening = local(due).datetime().checked_add(6.hours()).unwrap();
    let begun = local(due).datetime().checked_sub(5.hours()).unwrap();
    village.write(Kind::NEWS, Space::Square, "Soep & <brood>", None);
    village.write(Kind::NEWS, Space::Members, "Alleen voor ons", None);
    village.write(Kind::EVENT, Space::Square, "Koor vanavond", Some(evening));
    village.write(Kind::EVENT, Space::Square, "Ontbijt dat voorbij is", Some(begun));
    village.write(Kind::OFFER, Space::Square, "Fiets te geef", None);
    let night = due.plus_millis(14 * 3_600_000);
    assert_eq!(village.round(night), Round::default(), "nothing is sent in the quiet hours");
    assert_eq!(village.round(due), SENT);
    assert_eq!(village.round(due.plus_millis(10 * MINUTE_MS)), Round::default(), "once a day");

    let digest = server.arrived().remove(1);
    let (text, html) = (digest.part("text/plain"), digest.part("text/html"));
    assert!(text.contains("- Soep & <brood>\r\n") && html.contains("Soep &#38; &#60;brood&#62;"), "{text}");
    assert!(text.contains("- Koor vanavond\r\n") && text.contains("De Schuur"), "{text}");
    for absent in ["Alleen voor ons", "Ontbijt dat voorbij is", "Fiets te geef", "Voor het begin"] {
        assert!(!text.contains(absent) && !html.contains(absent), "{absent}: {text}");
    }
    for remote in ["<img", "<style", "<link", "<script", " src=", "url("] {
        assert!(!html.contains(remote), "{remote}: {html}");
    }
    for link in html.split("href=\"").skip(1) {
        assert!(link.starts_with(&village.url), "{link}");
    }
    let stop = digest.link("/post/stoppen/");
    assert_eq!(digest.header("List-Unsubscribe"), format!("<{stop}>"));
    assert_eq!(digest.header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    assert_eq!(digest.header("Auto-Submitted"), "auto-generated");

    let file = village.dir.join(format!("mail/{}.json", village.resident));
    assert_eq!(village.files_with("anna@post.example"), std::slice::from_ref(&file), "the address is in no other file");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let one_click = post(&stop, &[FORM], b"List-Unsubscribe=One-Click");
    assert!(one_click.status == 200 && one_click.text().contains("Uw adres is hier gewist."));
    assert_eq!(village.files_with("anna@post.example"), Vec::<PathBuf>::new());
    village.write(Kind::NEWS, Space::Square, "Na het einde", None);
    assert_eq!(village.round(village.due(1)), Round::default());
    assert_eq!(server.arrived().len(), 2);
}

#[test]
fn nothing_is_told_twice_and_what_is_for_members_only_with_leave() {
    let mut village = Village::new();
    let server = MailServer::open(village.port);
    village.subscribe(&server);
    village.write(Kind::NEWS, Space::Square, "Soep", None);
    village.write(Kind::NEWS, Space::Members, "Alleen voor ons", None);
    assert_eq!(village.round(village.due(0)), SENT);
    assert_eq!(village.round(village.due(1)), Round::default(), "there is nothing new to tell");
    // With leave titles are named; nobody has to say yes again for an address that did.
    assert_eq!(village.choose(&format!("{WISH}&members=yes")).status, 303);
    assert!(village.page("/mijn-gegevens/post").contains("De post staat aan."));
    assert_eq!(village.round(village.due(2)), SENT);
    let digest = server.arrived().pop().unwrap().part("text/plain");
    assert!(digest.contains("- Alleen voor ons\r\n  alleen voor bewoners\r\n") && !digest.contains("Soep"), "{digest}");

    // Once a week, for who wants that: on a Thursday.
    assert_eq!(village.choose(&WISH.replace("daily", "weekly")).status, 303);
    village.write(Kind::NEWS, Space::Square, "Markt", None);
    let sent: Vec<_> = (3..10).filter(|days| village.round(village.due(*days)) == SENT).collect();
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert!(server.arrived().pop().unwrap().header("Subject").starts_with("Deze week"));

    // Who leaves is forgotten, with all they asked for.
    let export = get(&format!("{}/api/v1/mine", village.url), &[("cookie", &village.cookie)]).json();
    assert_eq!(export["mail"]["address"], "anna@post.example");
    assert_eq!(
        (export["mail"]["frequency"].as_str(), export["mail"]["confirmed"].as_bool()),
        (Some("weekly"), Some(true))
    );
    let counts = vec![DeviceCount { device: village.anna.key(), last: village.anna.sequence() + 1 }];
    let leaving = Statement::MemberRemoval(MemberRemoval { resident: village.resident, counts });
    let driver = village.running.as_ref().unwrap().driver();
    village.runtime.block_on(state(&driver, &mut village.anna, leaving));
    assert_eq!(village.round(clock::now()), ERASED);
    assert_eq!(village.files_with("anna@post.example"), Vec::<PathBuf>::new());
}

#[test]
fn a_server_may_be_away_put_off_hang_up_and_refuse() {
    let mut village = Village::new();
    let hour = 60 * MINUTE_MS;
    assert_eq!(village.choose(WISH).status, 303);
    let waits = village.round(clock::now().plus_millis(hour));
    assert_eq!(waits, WAITS, "the server is away");
    let server = MailServer::open(village.port);
    assert_eq!(village.round(clock::now().plus_millis(hour)), WAITS, "it is left alone for a while");
    assert_eq!(village.round(clock::now().plus_millis(3 * hour)), SENT, "it came back");
    let asks = server.arrived().remove(0);
    assert_eq!(post(&asks.link("/post/aanzetten/"), &[FORM], b"").status, 200);

    village.write(Kind::NEWS, Space::Square, "Soep", None);
    let due = village.due(0);
    server.is_in(Mood::PutsOff);
    assert_eq!(village.round(due), WAITS);
    server.is_in(Mood::BreaksOff);
    assert_eq!(village.round(due.plus_millis(31 * MINUTE_MS)), WAITS, "it hangs up in the middle");
    server.is_in(Mood::Takes);
    assert_eq!(village.round(due.plus_millis(2 * hour)), SENT, "nothing was lost");
    assert!(server.arrived().pop().unwrap().part("text/plain").contains("- Soep\r\n"));

    // A server that has no such mailbox is believed after five days.
    village.write(Kind::NEWS, Space::Square, "Brood", None);
    server.is_in(Mood::Refuses);
    for day in 1..=5 {
        assert_eq!(village.round(village.due(day)), REFUSED, "day {day}");
        assert_eq!(village.round(village.due(day).plus_millis(hour)), if day < 5 { Round::default() } else { ERASED });
        assert_eq!(village.page("/mijn-gegevens/post").contains("weigert hem"), day < 5);
    }
    assert_eq!(village.files_with("anna@post.example"), Vec::<PathBuf>::new());
    assert_eq!(server.arrived().len(), 2);
}

#[test]
fn what_is_wrong_is_said_and_kept_nowhere() {
    let village = Village::new();
    let server = MailServer::open(village.port);
    for (form, words) in [
        (WISH.replace("anna%40post.example", "anna"), "Dit is geen e-mailadres."),
        (WISH.replace("anna%40post.example", "a%40b.example%0d%0aRCPT+TO%3a%3cx%40y.example%3e"), "Dit is geen"),
        (WISH.replace("anna", &"a".repeat(300)), "Dit is geen e-mailadres."),
        ("address=anna%40post.example&frequency=daily".to_owned(), "Kies waarover u post wilt."),
    ] {
        let answer = village.choose(&form);
        assert!(answer.status == 422 && answer.text().contains(words), "{form}: {}", answer.text());
    }
    assert_eq!(village.choose(&"x".repeat(5000)).status, 413);
    let page = format!("{}/mijn-gegevens/post", village.url);
    let foreign = [FORM, ("cookie", village.cookie.as_str()), ("origin", "https://evil.example")];
    assert_eq!(post(&page, &foreign, WISH.as_bytes()).problem(), "not-permitted");
    assert_eq!(post(&page, &[FORM], WISH.as_bytes()).status, 303, "who is not logged in comes to the door");
    assert_eq!(get(&page, &[]).status, 401);
    assert_eq!(fs::read_dir(village.dir.join("mail")).unwrap().count(), 0);

    // A stranger's mailbox is not filled from here.
    assert_eq!(village.choose(WISH).status, 303);
    eventually("the mail that asks", || server.arrived().len() == 1);
    let another = village.choose(&WISH.replace("anna", "bram"));
    assert!(another.status == 422 && another.text().contains("Wacht tien minuten"), "{}", another.text());
    assert_eq!(village.choose(&WISH.replace("daily", "weekly")).status, 303, "what else is wished can be changed");

    // Who does not say yes is forgotten after two days.
    assert_eq!(village.files_with("anna@post.example").len(), 1);
    assert_eq!(village.round(clock::now().plus_millis(3 * DAY_MS)), ERASED);
    assert_eq!(village.files_with("post.example"), Vec::<PathBuf>::new());
    assert_eq!(village.choose("stop=yes").status, 303);
    assert_eq!(village.choose(WISH).status, 422, "being forgotten is no way around it");
    assert_eq!(server.arrived().len(), 1);
    assert!(post(&server.arrived()[0].link("/post/aanzetten/"), &[FORM], b"").text().contains("werkt niet meer"));
    let unknown = format!("{}/en/post/stop/{}", village.url, "0".repeat(64));
    assert!(post(&unknown, &[FORM], b"").text().contains("You get no more post."), "nobody learns who gets post");
}
