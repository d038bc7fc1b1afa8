//! What is written is read by somebody else's reader, and by our own as it was; and known odd calendars come out right.
#![allow(clippy::unwrap_used)]

use dorpsplein_calendar::{Calendar, Event, Published, ReadError, SkippedWhy, Zone, read, write};
use dorpsplein_protocol::recurrence::Recurrence;
use dorpsplein_protocol::time::{CivilTime, Day, Timestamp};
use icalendar::{Component, parser};
use proptest::prelude::*;

fn zone() -> Zone {
    Zone::named("Europe/Amsterdam").unwrap()
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn civil(text: &str) -> CivilTime {
    CivilTime::parse(text).unwrap()
}

fn event(key: &str, starts: &str, ends: Option<&str>) -> Event {
    Event {
        key: key.to_owned(),
        sequence: 0,
        title: "Soep".to_owned(),
        body: String::new(),
        place: None,
        website: None,
        category: None,
        starts: civil(starts),
        ends: ends.map(civil),
        repeats: None,
        except: Vec::new(),
        cancelled: false,
    }
}

fn recurring(starts: &str, ends: Option<&str>, rule: &str, except: &[&str]) -> Event {
    let except = except.iter().map(|text| day(text)).collect();
    Event { repeats: Some(Recurrence::parse(rule).unwrap()), except, ..event("elke@buurt", starts, ends) }
}

fn written(events: Vec<Event>) -> String {
    let at = Timestamp::from_millis(1_795_000_000_000);
    let published = |event| Published { event, created: at, changed: at, url: None };
    let calendar = Calendar {
        name: "Agenda van Maasdorp".to_owned(),
        source: Some("https://plein.example/agenda.ics".to_owned()),
        url: None,
        events: events.into_iter().map(published).collect(),
    };
    write(&calendar, &zone())
}

fn read_back(text: &str) -> Vec<Event> {
    let read = read(text.as_bytes(), &zone(), day("2026-01-01")).unwrap();
    assert_eq!(read.skipped, []);
    read.events
}

/// A calendar with these lines in its one event.
fn with(lines: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:a@b\r\nSUMMARY:Koor\r\n{lines}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

fn one(lines: &str) -> Event {
    let events = read_back(&with(lines));
    assert_eq!(events.len(), 1, "{events:?}");
    events.into_iter().next().unwrap()
}

#[test]
fn somebody_else_reads_what_we_write() {
    let fair = Event {
        body: "Kom ook; neem iets mee, dank!\nTot dan \\o/".to_owned(),
        place: Some("De Schuur, achterom".to_owned()),
        cancelled: true,
        sequence: 3,
        ..event("kermis@buurt", "2026-08-28", Some("2026-08-30"))
    };
    let choir = recurring("2026-12-03T20:00", Some("2026-12-03T22:00"), "FREQ=MONTHLY;BYDAY=1TH", &["2027-01-07"]);
    let text = written(vec![fair, choir]);
    assert!(text.split("\r\n").all(|line| line.len() <= 75), "folded");
    let unfolded = parser::unfold(&text);
    let calendar = parser::read_calendar(&unfolded).unwrap();
    let events: Vec<_> = calendar.components.iter().filter(|one| one.name == "VEVENT").collect();
    let said = |at: usize, name: &str| events[at].find_prop(name).map(|property| property.val.to_string());
    assert_eq!(said(0, "UID").unwrap(), "kermis@buurt");
    assert_eq!(said(0, "DTSTART").unwrap(), "20260828");
    assert_eq!(said(0, "DTEND").unwrap(), "20260831", "the day after the last one");
    assert_eq!(said(0, "SEQUENCE").unwrap(), "3");
    assert_eq!(said(0, "STATUS").unwrap(), "CANCELLED");
    assert_eq!(said(0, "DESCRIPTION").unwrap(), "Kom ook; neem iets mee, dank!\nTot dan \\o/");
    assert_eq!(said(1, "DTSTART").unwrap(), "20261203T200000");
    assert_eq!(said(1, "RRULE").unwrap(), "FREQ=MONTHLY;BYDAY=1TH");
    assert_eq!(said(1, "EXDATE").unwrap(), "20270107T200000");
    let typed: icalendar::Calendar = text.parse().unwrap();
    let summaries = typed.components.iter().filter_map(|one| one.as_event()?.get_summary());
    assert_eq!(summaries.collect::<Vec<_>>(), ["Soep", "Soep"]);
}

#[test]
fn the_rules_of_the_zone_stand_in_the_file() {
    let text = written(vec![event("a@b", "2026-03-29T10:00", None)]);
    for line in [
        "BEGIN:VTIMEZONE\r\nTZID:Europe/Amsterdam\r\n",
        "BEGIN:DAYLIGHT\r\nDTSTART:19960331T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\n",
        "BEGIN:STANDARD\r\nDTSTART:19961027T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nTZNAME:CET\r\n",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n",
        "DTSTART;TZID=Europe/Amsterdam:20260329T100000\r\n",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(!written(vec![event("a@b", "2026-03-29", None)]).contains("VTIMEZONE"), "whole days have no zone");
}

#[test]
fn what_ends_on_a_day_ends_with_its_last_second_there() {
    let winter = written(vec![recurring("2026-11-05T20:00", None, "FREQ=WEEKLY;UNTIL=20261217", &[])]);
    assert!(winter.contains("RRULE:FREQ=WEEKLY;UNTIL=20261217T225959Z\r\n"), "{winter}");
    let summer = written(vec![recurring("2026-05-05", None, "FREQ=WEEKLY;UNTIL=20260630", &[])]);
    assert!(summer.contains("RRULE:FREQ=WEEKLY;UNTIL=20260630\r\n"), "of whole days a day: {summer}");
}

#[test]
fn eight_o_clock_stays_eight_o_clock_when_the_clocks_are_set() {
    // A weekly meeting over the last Sunday of March and of October.
    for starts in ["2026-03-22T20:00", "2026-10-18T20:00"] {
        let meeting = recurring(starts, Some(&starts.replace("20:00", "22:00")), "FREQ=WEEKLY;COUNT=4", &[]);
        assert_eq!(read_back(&written(vec![meeting.clone()])), [meeting]);
    }
    // From the evening before the clocks are set until that evening.
    for (starts, ends) in [("2026-03-28T20:00", "2026-03-29T20:00"), ("2026-10-24T20:00", "2026-10-25T20:00")] {
        let night = recurring(starts, Some(ends), "FREQ=WEEKLY;COUNT=4", &[]);
        assert_eq!(read_back(&written(vec![night.clone()])), [night]);
    }
    // Instants in UTC become what the clocks show on that day.
    assert_eq!(one("DTSTART:20260328T190000Z").starts, civil("2026-03-28T20:00"));
    assert_eq!(one("DTSTART:20260329T180000Z").starts, civil("2026-03-29T20:00"));
    assert_eq!(one("DTSTART:20261025T190000Z").starts, civil("2026-10-25T20:00"));
    // A rule in UTC moves on our clocks, so it becomes its single times.
    let moving = read_back(&with("DTSTART:20260325T190000Z\r\nRRULE:FREQ=WEEKLY;COUNT=2"));
    let starts: Vec<_> = moving.iter().map(|event| (event.key.as_str(), event.starts.as_str())).collect();
    assert_eq!(starts, [("a@b#2026-03-25T20:00", "2026-03-25T20:00"), ("a@b#2026-04-01T21:00", "2026-04-01T21:00")]);
}

#[test]
fn the_first_thursday_with_an_exception_comes_back_as_it_was() {
    let choir = recurring("2026-12-03T20:00", Some("2026-12-03T22:00"), "FREQ=MONTHLY;BYDAY=1TH", &["2027-01-07"]);
    assert_eq!(read_back(&written(vec![choir.clone()])), [choir]);
}

#[test]
fn whole_days_are_as_many_as_they_were() {
    for ends in [None, Some("2026-08-30")] {
        let fair = event("kermis@buurt", "2026-08-28", ends);
        assert_eq!(read_back(&written(vec![fair.clone()])), [fair]);
    }
    // The last of them is longer than the others.
    let long = recurring("2027-10-29", Some("2027-10-31"), "FREQ=DAILY", &[]);
    assert_eq!(read_back(&written(vec![long.clone()])), [long]);
    assert_eq!(one("DTSTART;VALUE=DATE:20260828\r\nDTEND;VALUE=DATE:20260831").ends, Some(civil("2026-08-30")));
    assert_eq!(one("DTSTART;VALUE=DATE:20260828\r\nDURATION:P3D").ends, Some(civil("2026-08-30")));
    assert_eq!(one("DTSTART;VALUE=DATE:20260828").ends, None);
}

#[test]
fn a_time_that_was_moved_is_an_event_of_its_own() {
    let text = with("SEQUENCE:1\r\nDTSTART;TZID=Europe/Amsterdam:20261203T200000\r\nRRULE:FREQ=WEEKLY;COUNT=4")
        .replace(
            "END:VCALENDAR",
            "BEGIN:VEVENT\r\nUID:a@b\r\nSEQUENCE:2\r\nSUMMARY:Koor (in de kerk)\r\n\
         RECURRENCE-ID;TZID=Europe/Amsterdam:20261210T200000\r\nDTSTART;TZID=Europe/Amsterdam:20261211T190000\r\n\
         END:VEVENT\r\nEND:VCALENDAR",
        );
    let events = read_back(&text);
    let short: Vec<_> = events.iter().map(|one| (one.key.as_str(), one.starts.as_str(), one.except.len())).collect();
    assert_eq!(short, [("a@b", "2026-12-03T20:00", 1), ("a@b#2026-12-10T20:00", "2026-12-11T19:00", 0)]);
    assert_eq!(events[0].except, [day("2026-12-10")]);
    assert_eq!(events[1].title, "Koor (in de kerk)");
}

#[test]
fn the_words_of_a_calendar_are_cut_to_what_fits() {
    let long = "é".repeat(300);
    let event =
        one(&format!("DTSTART:20260605T100000\r\nLOCATION:{long}\r\nURL:javascript:alert(1)\r\nCATEGORIES:Sport,Spel"));
    assert_eq!(event.place.unwrap().chars().count(), 200);
    assert_eq!((event.website, event.category.as_deref()), (None, Some("Sport")));
    let script = one("DTSTART:20260605T100000\r\nDESCRIPTION:<script>alert(1)</script>\\nTot dan");
    assert_eq!(script.body, "<script>alert(1)</script>\nTot dan", "words are words; pages escape them");
}

#[test]
fn what_was_taken_back_is_cancelled() {
    assert!(one("DTSTART:20260605T100000\r\nSTATUS:CANCELLED").cancelled);
    let taken_back = with("DTSTART:20260605T100000").replace("PRODID:x", "PRODID:x\r\nMETHOD:CANCEL");
    assert!(read_back(&taken_back)[0].cancelled);
}

#[test]
fn what_is_over_stays_away() {
    let read = read(with("DTSTART:20200605T100000").as_bytes(), &zone(), day("2026-01-01")).unwrap();
    assert_eq!((read.events.len(), read.past), (0, 1));
}

#[test]
fn a_rule_that_is_too_much_is_named_and_costs_little() {
    let too_often = |rule: &str| {
        let text = with(&format!("DTSTART:20260605T100000\r\nRRULE:{rule}"));
        let read = read(text.as_bytes(), &zone(), day("2026-01-01")).unwrap();
        read.skipped.first().map(|skipped| skipped.why)
    };
    for rule in ["FREQ=SECONDLY", "FREQ=MINUTELY;INTERVAL=1", "FREQ=HOURLY", "FREQ=DAILY;BYHOUR=1,2,3"] {
        assert_eq!(too_often(rule), Some(SkippedWhy::TooOften), "{rule}");
    }
    // Never true, for ever.
    assert!(matches!(too_often("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), None | Some(_)));
    let endless = one("DTSTART:20260605T100000\r\nRRULE:FREQ=DAILY");
    assert_eq!(endless.repeats.unwrap().to_string(), "FREQ=DAILY", "for ever is what a rule of ours can say");
    let odd = read_back(&with("DTSTART:20260105T100000\r\nRRULE:FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1"));
    assert!((12..=15).contains(&odd.len()), "a rule that ours cannot say becomes its times: {}", odd.len());
}

#[test]
fn broken_files_are_refused_each_for_its_own_reason() {
    let refused = |bytes: &[u8]| read(bytes, &zone(), day("2026-01-01")).unwrap_err();
    let whole = with("DTSTART:20260605T100000");
    assert_eq!(refused(&vec![b'a'; 2_000_001]), ReadError::TooLarge);
    assert_eq!(refused(b""), ReadError::NotACalendar);
    assert_eq!(refused(b"<html><body>404</body></html>"), ReadError::NotACalendar);
    assert_eq!(refused(b"BEGIN:VCARD\r\nEND:VCARD\r\n"), ReadError::NotACalendar);
    assert_eq!(refused(b"BEGIN:VCALENDAR\r\nSUMMARY:caf\xe9\r\nEND:VCALENDAR"), ReadError::Encoding);
    let sixteen: Vec<u8> = whole.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(refused(&sixteen), ReadError::Encoding);
    assert_eq!(refused(whole.replace("END:VCALENDAR", "").as_bytes()), ReadError::Unfinished);
    let long = whole.replace("SUMMARY:Koor", &format!("SUMMARY:{}", "a".repeat(70_000)));
    assert_eq!(refused(long.as_bytes()), ReadError::LineTooLong { line: 6 });
    let folded = whole.replace("SUMMARY:Koor", &format!("SUMMARY:{}", "aaaaaaaaa\r\n ".repeat(8_000)));
    assert!(matches!(refused(folded.as_bytes()), ReadError::LineTooLong { .. }));
    let many = format!("BEGIN:VCALENDAR\r\n{}END:VCALENDAR\r\n", "BEGIN:VEVENT\r\nEND:VEVENT\r\n".repeat(10_001));
    assert_eq!(refused(many.as_bytes()), ReadError::TooManyComponents);
    let problems = [ReadError::TooLarge, ReadError::Encoding, ReadError::NotACalendar, ReadError::TooManyComponents];
    assert_eq!(problems.map(ReadError::problem).into_iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
}

#[test]
fn nothing_is_taken_that_could_not_be_known_again() {
    let text = with("DTSTART:20260605T100000").replace("UID:a@b\r\n", "");
    let read = read(text.as_bytes(), &zone(), day("2026-01-01")).unwrap();
    assert_eq!((read.events.len(), read.skipped[0].why), (0, SkippedWhy::NoUid));
}

fn a_day() -> impl Strategy<Value = Day> {
    (0_u32..2_000).prop_map(|days| day("2026-01-01").plus_days(days).unwrap())
}

fn a_rule() -> impl Strategy<Value = Option<Recurrence>> {
    let rules = [
        "FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=3;COUNT=10",
        "FREQ=WEEKLY",
        "FREQ=WEEKLY;INTERVAL=2",
        "FREQ=WEEKLY;COUNT=20",
        "FREQ=MONTHLY",
        "FREQ=YEARLY",
    ];
    prop_oneof![Just(None), proptest::sample::select(rules.to_vec()).prop_map(|rule| Recurrence::parse(rule).ok())]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever an event says: our reader gives it back, and somebody else's finds it.
    #[test]
    fn every_event_comes_back(
        title in "[ -~éüß€]{1,60}",
        body in "[ -~é\n]{0,200}",
        starts in a_day(),
        minutes in proptest::option::of((0_u32..24, 0_u32..60)),
        length in 0_u32..3,
        rule in a_rule(),
        cancelled in any::<bool>(),
    ) {
        let squeezed = title.split_whitespace().collect::<Vec<_>>().join(" ");
        prop_assume!(!squeezed.is_empty());
        let at = |day: Day| match minutes {
            // No clock shows the hour that is left out in March, and one shows twice the one in October.
            Some((hour, minute)) if hour != 2 => civil(&format!("{day}T{hour:02}:{minute:02}")),
            _ => CivilTime::from(day),
        };
        let ends = (length > 0).then(|| at(starts.plus_days(length).unwrap()));
        let event = Event {
            title: squeezed, body: body.trim().to_owned(), repeats: rule, cancelled,
            ends, starts: at(starts), ..event("a@b", "2026-01-01", None)
        };
        let text = written(vec![event.clone()]);
        prop_assert!(text.split("\r\n").all(|line| line.len() <= 75));
        let unfolded = parser::unfold(&text);
        let theirs = parser::read_calendar(&unfolded).unwrap();
        prop_assert_eq!(theirs.components.iter().filter(|one| one.name == "VEVENT").count(), 1);
        let read = read(text.as_bytes(), &zone(), day("2026-01-01")).unwrap();
        prop_assert_eq!(read.events, vec![event]);
    }

    /// Hostile bytes are refused or read; nothing panics, and nothing grows beyond its bounds.
    #[test]
    fn any_bytes_are_refused_or_read(lines in proptest::collection::vec("[A-Z:;=,0-9TZa-z\\\\ -]{0,80}", 0..40)) {
        let text = with(&lines.join("\r\n"));
        if let Ok(read) = read(text.as_bytes(), &zone(), day("2026-01-01")) {
            prop_assert!(read.events.len() <= dorpsplein_calendar::MAX_EVENTS);
            prop_assert!(read.events.iter().all(|event| event.key.len() <= 255 && event.title.chars().count() <= 200));
        }
    }
}
