#![allow(clippy::unwrap_used)]

use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::{Edit, Field, ItemId, Kind, NeighbourhoodId, ResidentId, Space, Value};
use dorpsplein_protocol::projection::{Author, Content, ItemRow};
use dorpsplein_protocol::time::{CivilTime, Day, Timestamp};
use tempfile::TempDir;

use super::proposals::{What, changes, creation, proposals};
use super::*;

/// 22 November 2026, in the afternoon.
const NOW: Timestamp = Timestamp::from_millis(1_795_356_000_000);

fn calendar(events: &str) -> Vec<u8> {
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-WR-CALNAME:Gymzaal\r\n{events}END:VCALENDAR\r\n").into_bytes()
}

fn event(uid: &str, more: &str) -> String {
    format!("BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART;TZID=Europe/Amsterdam:20261203T200000\r\n{more}END:VEVENT\r\n")
}

fn today() -> Day {
    Day::parse("2026-11-22").unwrap()
}

/// What an event of a source became when a connector published it.
fn published(sources: &Sources, at: usize) -> ItemRow {
    let kept = sources.kept();
    let (id, source) = kept.sources.first_key_value().unwrap();
    let event = &source.events[at];
    let author = Author {
        device: PublicKey::from_bytes([2; 32]),
        resident: ResidentId::from_bytes([3; 32]),
        home: NeighbourhoodId::from_bytes([1; 32]),
    };
    ItemRow {
        content: Content {
            title: Some(event.title.clone()),
            body: Some(event.body.clone()),
            place: event.place.clone(),
            starts: Some(event.starts.clone()),
            ends: event.ends.clone(),
            repeats: event.repeats.clone(),
            except: event.except.clone(),
            uid: Some(event.key.clone()),
            source: Some(id.clone()),
            ..Content::default()
        },
        ..ItemRow::bare(ItemId::from_bytes([4; 32]), Kind::EVENT, Space::Square, author, NOW)
    }
}

fn opened(folder: &TempDir) -> Sources {
    Sources::open(folder.path(), &[]).unwrap()
}

#[test]
fn what_a_source_says_waits_until_it_stands_on_the_square() {
    let folder = TempDir::new().unwrap();
    let sources = opened(&folder);
    let file = calendar(&event("a@b", "SUMMARY:Volleybal\r\n"));
    assert_eq!(sources.import("gymzaal.ics", &file, NOW).unwrap().events.len(), 1);
    let waiting = proposals(&sources.kept(), &[], today());
    assert_eq!((waiting.len(), &waiting[0].what), (1, &What::New));
    let edits = creation(&waiting[0].event, &waiting[0].source, None);
    assert!(edits.contains(&Edit::Set { field: Field::UID, value: Value::Text("a@b".to_owned()) }));
    assert!(edits.contains(&Edit::Set { field: Field::SOURCE, value: Value::Text("file:gymzaal.ics".to_owned()) }));
    assert_eq!(proposals(&sources.kept(), &[published(&sources, 0)], today()), [], "known again by its UID");
    // Nothing is twice there when the same file is handed in again, and another start of the box knows it still.
    sources.import("gymzaal.ics", &file, NOW).unwrap();
    assert_eq!(opened(&folder).kept(), sources.kept());
    assert_eq!(proposals(&sources.kept(), &[], today()).len(), 1);
}

#[test]
fn what_a_source_changes_or_calls_off_is_proposed_again() {
    let folder = TempDir::new().unwrap();
    let sources = opened(&folder);
    sources.import("gymzaal.ics", &calendar(&event("a@b", "SUMMARY:Volleybal\r\n")), NOW).unwrap();
    let row = published(&sources, 0);
    let moved = event("a@b", "SUMMARY:Volleybal\r\nSEQUENCE:1\r\nLOCATION:Gymzaal\r\n");
    sources.import("gymzaal.ics", &calendar(&moved), NOW).unwrap();
    let waiting = proposals(&sources.kept(), std::slice::from_ref(&row), today());
    let place = Edit::Set { field: Field::PLACE, value: Value::Text("Gymzaal".to_owned()) };
    assert_eq!(changes(&waiting[0].event, &row.content), [place], "just what differs");
    let off = event("a@b", "SUMMARY:Volleybal\r\nSEQUENCE:2\r\nSTATUS:CANCELLED\r\n");
    sources.import("gymzaal.ics", &calendar(&off), NOW).unwrap();
    let waiting = proposals(&sources.kept(), std::slice::from_ref(&row), today());
    assert!(matches!(waiting[0].what, What::Cancelled(_)));
    assert_eq!(waiting[0].what.row(), Some(&row));
    let gone = calendar(&event("other@b", "SUMMARY:Yoga\r\n"));
    sources.import("gymzaal.ics", &gone, NOW).unwrap();
    let waiting = proposals(&sources.kept(), &[row], today());
    assert!(waiting.iter().any(|proposal| matches!(proposal.what, What::Gone(_))), "what it no longer has");
}

#[test]
fn what_was_passed_over_comes_back_only_when_the_source_changes_it() {
    let folder = TempDir::new().unwrap();
    let sources = opened(&folder);
    sources.import("a.ics", &calendar(&event("a@b", "SUMMARY:Volleybal\r\n")), NOW).unwrap();
    let proposal = proposals(&sources.kept(), &[], today()).remove(0);
    sources.pass_over(&proposal.event.key, &proposal.print).unwrap();
    assert_eq!(proposals(&sources.kept(), &[], today()), []);
    sources.import("a.ics", &calendar(&event("a@b", "SEQUENCE:7\r\nSUMMARY:Volleybal\r\n")), NOW).unwrap();
    assert_eq!(proposals(&sources.kept(), &[], today()), [], "it says the same");
    sources.import("a.ics", &calendar(&event("a@b", "SUMMARY:Voetbal\r\n")), NOW).unwrap();
    assert_eq!(proposals(&opened(&folder).kept(), &[], today()).len(), 1);
}

#[test]
fn a_bad_file_changes_nothing() {
    let folder = TempDir::new().unwrap();
    let sources = opened(&folder);
    sources.import("a.ics", &calendar(&event("a@b", "")), NOW).unwrap();
    let before = sources.kept();
    for bad in [&b"nonsense"[..], &[b'a'; 2_000_001], &b"BEGIN:VCALENDAR\r\n"[..]] {
        assert!(matches!(sources.import("a.ics", bad, NOW), Err(ImportError::Read(_))));
    }
    for at in 0..MAX_SOURCES {
        let imported = sources.import(&format!("{at}.ics"), &calendar(&event("a@b", "")), NOW);
        assert_eq!(imported.is_ok(), at + 1 < MAX_SOURCES, "{at}");
    }
    assert_eq!(sources.kept().sources["file:a.ics"], before.sources["file:a.ics"]);
}

#[test]
fn an_address_that_fails_keeps_what_it_said_before() {
    let folder = TempDir::new().unwrap();
    let source = AgendaSource { url: "https://gymzaal.example/a.ics".to_owned(), name: None, hours: 24 };
    let sources = Sources::open(folder.path(), std::slice::from_ref(&source)).unwrap();
    let bytes = calendar(&event("a@b", ""));
    let fetched = Fetched::Changed { bytes, etag: Some("\"1\"".to_owned()), last_modified: None };
    sources.found(&source, Ok(fetched), NOW).unwrap();
    sources.found(&source, Err(FetchError::Status(500)), NOW.plus_millis(1)).unwrap();
    let known = sources.kept().sources[&source.url].clone();
    assert_eq!((known.events.len(), known.name.as_str(), known.etag.as_deref()), (1, "Gymzaal", Some("\"1\"")));
    assert_eq!(known.trouble.as_deref(), Some("the site answers with status 500"));
    sources.found(&source, Ok(Fetched::Unchanged), NOW).unwrap();
    assert_eq!(sources.kept().sources[&source.url].trouble, None);
    assert_eq!(opened(&folder).kept().sources.len(), 0, "an address that the settings no longer name is forgotten");
}

#[test]
fn an_event_that_is_the_same_needs_no_edit() {
    let folder = TempDir::new().unwrap();
    let sources = opened(&folder);
    let weekly = "SUMMARY:Koor\r\nRRULE:FREQ=WEEKLY\r\nEXDATE;TZID=Europe/Amsterdam:20261224T200000\r\n";
    sources.import("koor.ics", &calendar(&event("k@b", weekly)), NOW).unwrap();
    let (row, kept) = (published(&sources, 0), sources.kept());
    let event = &kept.sources["file:koor.ics"].events[0];
    assert_eq!(event.except, [Day::parse("2026-12-24").unwrap()]);
    assert_eq!(changes(event, &row.content), []);
    let earlier = Content { starts: CivilTime::parse("2026-12-03T19:00").ok(), except: Vec::new(), ..row.content };
    assert_eq!(changes(event, &earlier).len(), 2, "the start, and a day on which it is not");
}
