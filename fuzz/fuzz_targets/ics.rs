//! A file that says it is a calendar: refused, or read within its bounds; what was read is written and read again as the same.
#![no_main]

use dorpsplein_calendar::{Calendar, MAX_EVENTS, Published, Zone, read, write};
use dorpsplein_protocol::time::{Day, Timestamp};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let zone = Zone::named("Europe/Amsterdam").expect("it is compiled in");
    let today = Day::parse("2026-01-01").expect("a day");
    let Ok(first) = read(bytes, &zone, today) else { return };
    assert!(first.events.len() <= MAX_EVENTS);
    assert!(first.events.iter().all(|event| event.key.len() <= 255 && event.except.len() <= 1_000));
    let published =
        |event| Published { event, created: Timestamp::default(), changed: Timestamp::default(), url: None };
    let events = first.events.iter().cloned().map(published).collect();
    let text = write(&Calendar { name: String::new(), source: None, url: None, events }, &zone);
    assert!(text.split("\r\n").all(|line| line.len() <= 75), "folded");
    assert!(read(text.as_bytes(), &zone, today).is_ok(), "what we write can be read");
});
