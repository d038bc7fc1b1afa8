//! The site in front of a whole box: every page in both languages, what each answer carries, and what becomes of what
//! residents write.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod site_support;

use std::io::Read;
use std::path::Path;

use dorpsplein_web_ui::Lang;
use dorpsplein_web_ui::pages::problems;
use dorpsplein_web_ui::paths::{self, AgendaQuery, Page};
use rustix::process::Signal;
use site_support::{Answer, Serving, get, init, post, says};
use tempfile::TempDir;

/// A village with one event and one news item.
struct Village {
    serving: Serving,
    url: String,
    news: String,
    event: String,
    comment: String,
    alert: String,
    folder: TempDir,
}

impl Village {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (dir, key) = (folder.path().join("dorp"), folder.path().join("anna.key"));
        let founded = init(Path::new(&dir), "Dorp");
        let serving = Serving::start(&["serve", "--dir", dir.to_str().unwrap()]);
        let key = key.to_str().unwrap();
        let invitation = founded["invitation"].as_str().unwrap();
        let anna = says(&["resident", "join", "--invitation", invitation, "--key", key, "--name", "Anna <b>"]);
        // An alert is a connector's to write.
        let anna = anna["resident"].as_str().unwrap();
        says(&["member", "role", anna, "connector", "--dir", dir.to_str().unwrap()]);
        let item = |value: serde_json::Value| value["item"].as_str().unwrap().to_owned();
        let hostile = "<script>alert(1)</script> & http://example.org/a";
        let news = item(says(&["resident", "post", "--key", key, "--title", hostile, "--body", hostile]));
        let event = item(says(&[
            "resident",
            "post",
            "--key",
            key,
            "--kind",
            "event",
            "--title",
            "Soep",
            "--starts",
            "2999-12-04T17:30",
        ]));
        let comment = item(says(&["resident", "comment", "--key", key, "--item", &event, "--body", "Ik kom."]));
        let water = ["--title", "Hoog water", "--body", "De Veerweg gaat dicht."];
        let alert = item(says(&[&["resident", "post", "--key", key, "--kind", "alert"][..], &water].concat()));
        let url = serving.text("url");
        Self { serving, url, news, event, comment, alert, folder }
    }

    fn get(&self, path: &str) -> Answer {
        get(&format!("{}{path}", self.url), &[])
    }

    /// Anna writes something.
    fn post(&self, title: &str) {
        let key = self.folder.path().join("anna.key");
        says(&["resident", "post", "--key", key.to_str().unwrap(), "--title", title, "--body", "Kom kijken."]);
    }

    /// An item that the page can be about.
    fn subject(&self, page: Page) -> &str {
        match page {
            Page::Event => &self.event,
            Page::Update => &self.alert,
            _ => &self.news,
        }
    }
}

/// Whether a page is for those who are logged in, and shows others a door.
fn is_for_residents(page: Page) -> bool {
    page.pattern(Lang::Nl).starts_with(Page::Desk.pattern(Lang::Nl))
        || matches!(page, Page::Log | Page::Mail | Page::MyData | Page::People)
}

#[test]
fn every_page_stands_in_every_language_and_carries_the_rules() {
    let village = Village::new();
    for (page, lang) in Page::ALL.into_iter().flat_map(|page| Lang::ALL.map(|lang| (page, lang))) {
        let path = page.path(lang, village.subject(page));
        let answer = village.get(&path);
        assert_eq!(answer.status, if is_for_residents(page) { 401 } else { 200 }, "{path}");
        assert!(answer.text().contains(&format!("<html lang=\"{}\"", lang.tag())), "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe-inline"), "{path}: {policy}");
        assert!(!policy.contains("'unsafe-eval'"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert!(!answer.text().contains("<script>alert"), "{path} lets a resident write its script");
    }
    village.serving.stop(Signal::TERM);
}

#[test]
fn a_comment_has_a_proof_and_every_item_only_its_own_page() {
    let village = Village::new();
    assert_eq!(village.get(&paths::who_says_this(Lang::Nl, &village.comment)).status, 200);
    for path in [
        paths::item(Lang::Nl, &village.event),
        paths::event(Lang::En, &village.news),
        paths::item(Lang::Nl, &village.comment),
        paths::item(Lang::En, &"0".repeat(64)),
        paths::event(Lang::Nl, "..%2f"),
        paths::news_before(Lang::Nl, "nonsense"),
        paths::agenda_of(Lang::En, &AgendaQuery { on: Some("yesterday".to_owned()), ..AgendaQuery::default() }),
        "/nergens".to_owned(),
        "/en/nowhere".to_owned(),
    ] {
        let answer = village.get(&path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.text().contains(&format!("<html lang=\"{}\"", paths::lang_of(&path).tag())), "{path}");
    }
    assert_eq!(post(&format!("{}/agenda", village.url), &[], b"").status, 405);
    for (below, home) in [("/en", "/en/"), ("/fy", "/fy/")] {
        let moved = village.get(below);
        assert_eq!((moved.status.as_u16(), moved.header("location")), (308, home));
    }
}

#[test]
fn every_problem_has_a_page_of_its_own() {
    let village = Village::new();
    for problem in problems::ALL {
        for path in [format!("/problems/{problem}"), format!("/en/problems/{problem}")] {
            assert_eq!(village.get(&path).status, 200, "{path}");
        }
    }
    assert_eq!(village.get("/problems/nonsense").status, 404);
}

#[test]
fn files_are_kept_for_ever_and_come_in_two_encodings() {
    let village = Village::new();
    let home = village.get("/");
    let path = home.text().split("href=\"/static/").nth(1).unwrap().split('"').next().unwrap();
    let url = format!("{}/static/{path}", village.url);
    let (plain, small) = (get(&url, &[("accept-encoding", "identity")]), get(&url, &[("accept-encoding", "br")]));
    assert!(plain.header("cache-control").contains("immutable"));
    assert_eq!((plain.header("content-encoding"), small.header("content-encoding")), ("", "br"));
    assert_ne!(plain.header("etag"), small.header("etag"));
    let mut unpacked = Vec::new();
    brotli::Decompressor::new(small.body.as_slice(), 4096).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain.body);
    let known = get(&url, &[("accept-encoding", "br"), ("if-none-match", small.header("etag"))]);
    assert_eq!((known.status.as_u16(), known.body.len()), (304, 0));
    assert_eq!(village.get("/static/square.0000000000000000.css").status, 404);
    assert_eq!(village.get("/favicon.ico").header("content-type"), "image/svg+xml");
}

#[test]
fn pages_are_small_for_who_can_unpack_them() {
    let village = Village::new();
    let url = format!("{}/", village.url);
    let (plain, small) = (get(&url, &[("accept-encoding", "identity")]), get(&url, &[("accept-encoding", "br")]));
    assert_eq!(small.header("content-encoding"), "br");
    assert!(small.header("vary").contains("accept-encoding") && plain.header("vary").contains("accept-encoding"));
    let mut unpacked = Vec::new();
    brotli::Decompressor::new(small.body.as_slice(), 4096).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain.body);
    assert!(small.body.len() * 2 < plain.body.len());
}

#[test]
fn pages_are_kept_until_something_changes_and_only_for_visitors() {
    let village = Village::new();
    let url = format!("{}/", village.url);
    let asked = [("accept-encoding", "br")];
    let first = get(&url, &asked);
    let tag = first.header("etag");
    assert!(tag.starts_with('"') && tag.ends_with('"'), "{tag}");
    let plain = get(&url, &[("accept-encoding", "identity")]);
    assert_ne!(plain.header("etag"), tag);
    let known = get(&url, &[("accept-encoding", "br"), ("if-none-match", tag)]);
    assert_eq!((known.status.as_u16(), known.body.len()), (304, 0));
    assert!(known.header("content-security-policy").starts_with("default-src 'none'"));

    village.post("De molen draait zaterdag");
    let changed = get(&url, &[("accept-encoding", "br"), ("if-none-match", tag)]);
    assert_eq!(changed.status, 200);
    assert_ne!(changed.header("etag"), tag);
    assert!(village.get("/").text().contains("De molen draait zaterdag"));

    let somebody = get(&url, &[("cookie", "session=00")]);
    assert_eq!((somebody.status.as_u16(), somebody.header("etag")), (200, ""));
    let searched = village.get("/zoeken?q=molen");
    assert_eq!((searched.header("etag"), searched.header("cache-control")), ("", "no-store"));
}

/// An alert in one request: what a telephone on a bad line gets has to fit in the first packets of a connection.
const FIRST_PACKETS: usize = 14_000;

#[test]
fn an_alert_can_be_read_in_one_small_request() {
    let village = Village::new();
    let key = village.folder.path().join("anna.key");
    let update = "Het water zakt. De weg gaat om zes uur weer open.".repeat(8);
    for _ in 0..6 {
        says(&["resident", "update", "--key", key.to_str().unwrap(), "--item", &village.alert, "--body", &update]);
    }
    let url = format!("{}{}", village.url, paths::item(Lang::Nl, &village.alert));
    let answer = get(&url, &[("accept-encoding", "br")]);
    assert_eq!(answer.header("content-encoding"), "br");
    assert!(answer.body.len() < FIRST_PACKETS, "{} bytes", answer.body.len());
    let plain = get(&url, &[("accept-encoding", "identity")]);
    assert_eq!(plain.text().matches("Het water zakt.").count(), 6 * 8);
    assert!(!plain.text().contains("data-state=\"reading\""), "nothing waits for a script");
}

#[test]
fn what_changed_stands_in_the_history_until_it_is_erased() {
    let village = Village::new();
    let key = village.folder.path().join("anna.key");
    let key = key.to_str().unwrap();
    let edit = |words: &[&str]| says(&[&["resident", "edit", "--key", key, &village.event][..], words].concat());
    edit(&["--title", "Soep en brood", "--place", "De Schuur", "--body", "Kom allemaal eten."]);
    assert!(edit(&["--place", "De Deel"])["id"].is_string());
    assert!(edit(&["--place", "De Deel"])["id"].is_null(), "nothing is different");
    let page = village.get(&paths::event(Lang::Nl, &village.event));
    let history = Page::History.path(Lang::Nl, &village.event);
    assert!(page.text().contains(&history) && page.text().contains("Gewijzigd op"));
    let said = village.get(&history);
    for words in ["Soep en brood", "De Schuur", "<del>Schuur</del><ins>Deel</ins>", "Anna &#60;b&#62;"] {
        assert!(said.text().contains(words), "{words}: {}", said.text());
    }
    let form = village.get(&Page::Edit.path(Lang::Nl, &village.event));
    for words in [
        "value=\"Soep en brood\"",
        "value=\"De Deel\"",
        "value=\"2999-12-04\"",
        "value=\"17:30\"",
        ">\nKom allemaal eten.",
    ] {
        assert!(form.text().contains(words), "{words}");
    }
    says(&["resident", "erase", "--key", key, &village.event]);
    let gone = village.get(&history);
    assert!(!gone.text().contains("De Schuur") && !gone.text().contains("Soep"), "{}", gone.text());
    assert_eq!(village.get(&Page::Edit.path(Lang::Nl, &village.event)).status, 404);
}

#[test]
fn a_post_can_be_handed_on_without_asking_anybody() {
    let village = Village::new();
    let path = Page::Share.path(Lang::Nl, &village.alert);
    let page = village.get(&path);
    let text = page.text();
    for link in [
        "https://wa.me/?text=Dorp%3A%20Hoog%20water",
        "sms:?body=Dorp%3A",
        "https://www.facebook.com/sharer/sharer.php?u=http%3A%2F%2F",
    ] {
        assert!(text.contains(link), "{link}: {text}");
    }
    assert!(text.contains("<svg class=\"qr\""), "{text}");
    let asked = village.get(&format!("{path}?server=%40anna%40mastodon.example"));
    assert!(asked.text().contains("https://mastodon.example/share?text=Dorp%3A%20Hoog"));
    let wrong = village.get(&format!("{path}?server=%22%3E%3Cscript%3E"));
    assert!(wrong.text().contains("aria-invalid=\"true\"") && !wrong.text().contains("<script>\""));
    let elsewhere = text.split("src=\"").skip(1).filter(|address| !address.starts_with('/'));
    assert_eq!(elsewhere.count(), 0, "nothing is asked of anybody else");
}

#[test]
fn a_preview_is_the_page_and_stores_nothing() {
    use dorpsplein_protocol::operation::{Edit, Field, Kind, MAX_TRANSFER, Payload, Value};

    let village = Village::new();
    let before = village.get("/api/v1/status").json();
    let ask = |edits: Vec<Edit>, headers: &[(&str, &str)]| {
        let manner = format!("lang=nl&level=2&space=square&device={}", "0".repeat(64));
        let payload = Payload::Edits(edits).encode();
        post(&format!("{}/api/v1/previews?{manner}", village.url), headers, &payload)
    };
    let cbor = [("content-type", "application/cbor")];
    let set = |field, text: &str| Edit::Set { field, value: Value::Text(text.to_owned()) };
    let create = || Edit::Create { kind: Kind::NEWS, subject: None, speaks_for: None };
    let written = vec![create(), set(Field::TITLE, "Soep <b>"), set(Field::BODY, "Kom *ook*\n\n- kip <script>")];
    let shown = ask(written.clone(), &cbor);
    assert_eq!((shown.status.as_u16(), shown.header("cache-control")), (200, "no-store"));
    for words in ["<h2 class=\"headline\"", "Soep &#60;b&#62;", "<em>ook</em>", "<li>kip &lt;script&gt;</li>"] {
        assert!(shown.text().contains(words), "{words}: {}", shown.text());
    }
    let refused = |answer: Answer, status: u16, problem: &str| {
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (status, problem))
    };
    let other = [cbor[0], ("origin", "https://elders.example")];
    refused(ask(written.clone(), &other), 403, "not-permitted");
    refused(ask(written.clone(), &[("content-type", "text/plain")]), 415, "malformed");
    refused(ask(vec![set(Field::TITLE, "x")], &cbor), 400, "invalid-content");
    refused(ask(vec![create(), set(Field::TITLE, &"x".repeat(300))], &cbor), 400, "text-too-long");
    let large = post(
        &format!("{}/api/v1/previews?lang=nl&level=2&space=square&device={}", village.url, "0".repeat(64)),
        &cbor,
        &[0; MAX_TRANSFER + 1],
    );
    refused(large, 413, "too-large");
    assert_eq!(village.get("/api/v1/status").json()["items"], before["items"]);
    assert!(before["items"].is_u64() && !village.get("/").text().contains("Kom ook"));
}
