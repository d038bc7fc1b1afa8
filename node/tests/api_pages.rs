//! The site in front of a whole box: every page in both languages, what each answer carries, and what becomes of what
//! residents write.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod site_support;

use std::io::Read;
use std::path::Path;

use dorpsplein_web_ui::Lang;
use dorpsplein_web_ui::pages::problems;
use dorpsplein_web_ui::paths::{self, Page};
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
    _folder: TempDir,
}

impl Village {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (dir, key) = (folder.path().join("dorp"), folder.path().join("anna.key"));
        let founded = init(Path::new(&dir), "Dorp");
        let serving = Serving::start(&["serve", "--dir", dir.to_str().unwrap()]);
        let key = key.to_str().unwrap();
        let invitation = founded["invitation"].as_str().unwrap();
        says(&["resident", "join", "--invitation", invitation, "--key", key, "--name", "Anna <b>"]);
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
        let url = serving.text("url");
        Self { serving, url, news, event, comment, _folder: folder }
    }

    fn get(&self, path: &str) -> Answer {
        get(&format!("{}{path}", self.url), &[])
    }

    /// An item that the page can be about.
    fn subject(&self, page: Page) -> &str {
        match page {
            Page::Event => &self.event,
            _ => &self.news,
        }
    }
}

/// Whether a page is for those who are logged in, and shows others a door.
fn is_for_residents(page: Page) -> bool {
    page.pattern(Lang::Nl).starts_with(Page::Desk.pattern(Lang::Nl))
        || matches!(page, Page::Log | Page::MyData | Page::People)
}

#[test]
fn every_page_stands_in_both_languages_and_carries_the_rules() {
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
        paths::agenda_from(Lang::En, "yesterday"),
        "/nergens".to_owned(),
        "/en/nowhere".to_owned(),
    ] {
        let answer = village.get(&path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.text().contains(&format!("<html lang=\"{}\"", paths::lang_of(&path).tag())), "{path}");
    }
    assert_eq!(post(&format!("{}/agenda", village.url), &[], b"").status, 405);
    let english = village.get("/en");
    assert_eq!((english.status.as_u16(), english.header("location")), (308, "/en/"));
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
