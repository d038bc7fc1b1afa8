//! Taking over events of other calendars on the command line, with a box that runs and with one that does not.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod site_support;

use std::fs;
use std::path::Path;

use rustix::process::Signal;
use site_support::{Serving, fails, get, init, says};

fn calendar(more: &str) -> String {
    let event = |uid: &str, title: &str, more: &str| {
        format!("BEGIN:VEVENT\r\nUID:{uid}\r\nSUMMARY:{title}\r\nDTSTART:20990103T190000Z\r\n{more}END:VEVENT\r\n")
    };
    let (first, second) = (event("Volley@kolk", "Volleybal", more), event("yoga@kolk", "Yoga", ""));
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{first}{second}END:VCALENDAR\r\n")
}

#[test]
fn a_file_waits_is_published_and_followed() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("dorp");
    init(Path::new(&dir), "Dorp");
    let dir = dir.to_str().unwrap();
    let file = folder.path().join("sporthal.ics");
    let import = |more: &str| {
        fs::write(&file, calendar(more)).unwrap();
        says(&["agenda", "import", file.to_str().unwrap(), "--dir", dir])
    };
    assert_eq!(import("")["events"], 2, "of a box that does not run");
    let published = says(&["agenda", "publish", "Volley", "--category", "Sport", "--dir", dir]);
    let item = published["items"][0].as_str().unwrap().to_owned();
    says(&["agenda", "pass-over", "yoga@kolk", "--dir", dir]);
    let waiting = || says(&["agenda", "proposals", "--dir", dir])["proposals"].as_array().unwrap().clone();
    assert_eq!(waiting(), Vec::<serde_json::Value>::new());

    let serving = Serving::start(&["serve", "--dir", dir]);
    import("SEQUENCE:1\r\nLOCATION:Zaal 2\r\n");
    let changed = waiting();
    assert_eq!((changed.len(), changed[0]["what"].as_str()), (1, Some("changed")));
    assert_eq!(changed[0]["item"], item.as_str(), "known again by its UID");
    says(&["agenda", "publish", "--all", "--dir", dir]);
    import("SEQUENCE:2\r\nLOCATION:Zaal 2\r\nSTATUS:CANCELLED\r\n");
    assert_eq!(waiting()[0]["what"], "cancelled");
    says(&["agenda", "publish", "--source", "file:sporthal.ics", "--dir", dir]);
    assert!(waiting().is_empty());
    let text = get(&format!("{}/activiteit/{item}.ics", serving.text("url")), &[]).text().to_owned();
    for line in ["UID:Volley@kolk", "CATEGORIES:Sport", "STATUS:CANCELLED", "LOCATION:Zaal 2", "SEQUENCE:2", "T200000"]
    {
        assert!(text.contains(line), "{line}: {text}");
    }
    serving.stop(Signal::TERM);
}

#[test]
fn a_file_that_is_too_large_is_not_read_and_every_other_is_refused_for_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("dorp");
    init(Path::new(&dir), "Dorp");
    let file = folder.path().join("groot.ics");
    fs::File::create(&file).unwrap().set_len(50_000_000).unwrap();
    let refused = || fails(&["agenda", "import", file.to_str().unwrap(), "--dir", dir.to_str().unwrap()]).1;
    assert!(refused().contains("larger than 2 MB"));
    for (bytes, why) in [
        (&b"nonsense"[..], "no calendar"),
        (b"BEGIN:VCALENDAR\r\nX:\xff\r\nEND:VCALENDAR\r\n", "UTF-8"),
        (b"BEGIN:VCALENDAR\r\n", "breaks off"),
    ] {
        fs::write(&file, bytes).unwrap();
        assert!(refused().contains(why), "{why}");
    }
}
