//! What other programs fetch from a site: calendars, feeds, and what pages tell them.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod site_support;

use std::path::Path;

use dorpsplein_calendar::Zone;
use dorpsplein_protocol::time::Day;
use rustix::process::Signal;
use site_support::{Answer, Serving, get, init, says};
use tempfile::TempDir;

/// A village with a choir, a fair and something for members alone.
struct Village {
    serving: Serving,
    url: String,
    choir: String,
    hidden: String,
    _folder: TempDir,
}

impl Village {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (dir, key) = (folder.path().join("dorp"), folder.path().join("anna.key"));
        let founded = init(Path::new(&dir), "Dorp & Dal");
        let serving = Serving::start(&["serve", "--dir", dir.to_str().unwrap()]);
        let key = key.to_str().unwrap();
        let invitation = founded["invitation"].as_str().unwrap();
        says(&["resident", "join", "--invitation", invitation, "--key", key, "--name", "Anna"]);
        let event = |more: &[&str]| {
            let post = ["resident", "post", "--key", key, "--kind", "event"];
            says(&[&post[..], more].concat())["item"].as_str().unwrap().to_owned()
        };
        let rule = ["--repeats", "FREQ=MONTHLY;BYDAY=1TH", "--except", "2099-02-05", "--category", "Muziek"];
        let choir = event(
            &[
                &["--title", "Koor </script>", "--starts", "2099-01-01T20:00", "--ends", "2099-01-01T22:00"][..],
                &["--place", "De Schuur", "--body", "Kom **zingen**"],
                &rule,
            ]
            .concat(),
        );
        event(&["--title", "Kermis", "--starts", "2099-08-28", "--ends", "2099-08-30"]);
        let hidden = event(&["--title", "Geheim", "--starts", "2099-01-02", "--audience", "members"]);
        let url = serving.text("url");
        Self { serving, url, choir, hidden, _folder: folder }
    }

    fn get(&self, path: &str) -> Answer {
        get(&format!("{}{path}", self.url), &[])
    }
}

#[test]
fn the_agenda_is_a_calendar_for_everybody() {
    let village = Village::new();
    let all = village.get("/agenda.ics");
    assert_eq!((all.status.as_u16(), all.header("content-type")), (200, "text/calendar; charset=utf-8"));
    let text = all.text();
    assert!(
        text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
            && text.contains("\r\nNAME:Wat er te doen is in Dorp & Dal\r\n")
    );
    assert!(text.contains("DTEND;VALUE=DATE:20990831\r\n") && text.contains("RRULE:FREQ=MONTHLY;BYDAY=1TH\r\n"));
    assert!(text.contains("EXDATE;TZID=Europe/Amsterdam:20990205T200000\r\n"));
    assert!(!text.contains("Geheim"), "what is for members is in no calendar");
    let zone = Zone::named("Europe/Amsterdam").unwrap();
    let read = dorpsplein_calendar::read(text.as_bytes(), &zone, Day::parse("2099-01-01").unwrap()).unwrap();
    assert_eq!(read.events.len(), 2);
    assert!(read.events.iter().any(|event| event.key == format!("{}@dorpsplein", village.choir)));
    let music = village.get("/agenda.ics?categorie=Muziek").text().to_owned();
    assert!(music.contains("Koor") && !music.contains("Kermis"));
    assert!(village.get("/en/agenda.ics?category=Muziek").text().contains("SUMMARY:Koor"));
    assert_eq!(village.get("/agenda.ics?gebied=nergens").status, 404);
    village.serving.stop(Signal::TERM);
}

#[test]
fn one_event_is_a_file_and_what_is_for_members_is_none() {
    let village = Village::new();
    let one = village.get(&format!("/activiteit/{}.ics", village.choir));
    assert_eq!((one.status.as_u16(), one.header("content-type")), (200, "text/calendar; charset=utf-8"));
    assert_eq!(one.text().matches("BEGIN:VEVENT").count(), 1);
    for path in [format!("/activiteit/{}.ics", village.hidden), "/activiteit/x.ics".to_owned()] {
        assert_eq!(village.get(&path).status, 404, "{path}");
    }
    village.serving.stop(Signal::TERM);
}

#[test]
fn who_has_a_file_gets_it_only_when_it_changed() {
    let village = Village::new();
    for path in ["/agenda.ics", "/agenda.atom", "/nieuws.atom", "/belangrijk.atom"] {
        let first = village.get(path);
        assert_eq!(first.status, 200, "{path}");
        let url = format!("{}{path}", village.url);
        let known = get(&url, &[("if-none-match", first.header("etag"))]);
        assert_eq!((known.status.as_u16(), known.body.len()), (304, 0), "{path}");
        let since = get(&url, &[("if-modified-since", first.header("last-modified"))]);
        assert_eq!(since.status, 304, "{path}");
        let other = get(&url, &[("if-none-match", "\"x\""), ("if-modified-since", first.header("last-modified"))]);
        assert_eq!(other.status, 200, "a tag counts before a time: {path}");
    }
    village.serving.stop(Signal::TERM);
}

#[test]
fn feeds_and_pages_tell_programs_what_they_are() {
    let village = Village::new();
    let feed = village.get("/agenda.atom");
    assert_eq!(feed.header("content-type"), "application/atom+xml; charset=utf-8");
    let text = feed.text();
    assert!(text.contains("<title>Koor &#60;/script&#62;</title>") && !text.contains("Geheim"), "{text}");
    assert!(text.contains("<id>urn:uuid:") && text.contains("<content type=\"html\">&#60;p&#62;Kom "), "{text}");
    assert!(text.contains("De Schuur</summary>"));
    let page = village.get(&format!("/activiteit/{}", village.choir)).text().to_owned();
    let json = page.split("<script type=\"application/ld+json\">").nth(1).unwrap().split("</script>").next().unwrap();
    let facts: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!((facts["@type"].as_str(), facts["name"].as_str()), (Some("Event"), Some("Koor </script>")));
    assert_eq!(facts["startDate"], "2099-01-01T20:00:00+01:00");
    assert_eq!(facts["location"]["name"], "De Schuur");
    assert!(page.contains("<meta property=\"og:title\" content=\"Koor &#60;/script&#62;\">"));
    assert!(
        page.contains(&format!("<meta property=\"og:url\" content=\"{}/activiteit/{}\">", village.url, village.choir))
    );
    for (path, feed) in [("/", "/nieuws.atom"), ("/agenda", "/agenda.atom"), ("/en/alerts", "/en/alerts.atom")] {
        let link = format!("<link rel=\"alternate\" type=\"application/atom+xml\" href=\"{feed}\"");
        assert!(village.get(path).text().contains(&link), "{path}");
    }
    village.serving.stop(Signal::TERM);
}

#[test]
fn the_agenda_shows_a_list_a_week_and_a_month() {
    let village = Village::new();
    let list = village.get("/agenda?op=2098-12-25").text().to_owned();
    assert_eq!(list.matches("Koor").count(), 1, "the exception is passed over, and March is later");
    assert!(!list.contains("Geheim") && list.contains("href=\"/agenda?op=2099-03-05\""), "the next one begins there");
    let week = village.get("/agenda?weergave=week&op=2099-01-01").text().to_owned();
    assert!(week.contains("Week 1: 29 december 2098 tot en met 4 januari 2099") && week.contains("Koor"));
    let month = village.get("/en/agenda?view=month&on=2099-08-15").text().to_owned();
    assert_eq!(month.matches("Kermis").count(), 3, "it stands on each of its days");
    let music = village.get("/agenda?weergave=maand&op=2099-01-15&categorie=Sport").text().to_owned();
    assert!(!music.contains("Koor"));
    assert_eq!(village.get("/agenda?op=gisteren").status, 404);
    village.serving.stop(Signal::TERM);
}
