//! Many letters at once, on the command line: a page to print, whose codes let one person in each.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cli_support;
mod site_support;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use cli_support::{Village, text};
use dorpsplein_web_ui::qr::QrImage;
use site_support::{dorpsplein, fails, says};

/// What stands in the elements of a page that have this attribute.
fn marked<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let opening = format!(" {attribute}>");
    html.split(&opening).skip(1).map(|rest| rest.split('<').next().unwrap()).collect()
}

fn open_invitations(village: &Village) -> usize {
    village.ask(&["invite", "list"])["invitations"].as_array().unwrap().len()
}

#[test]
fn letters_for_a_street_are_made_at_once_and_each_lets_one_person_in() {
    let village = Village::new("Maasdorp");
    let before = open_invitations(&village);
    let file = village.file("dijkstraat.html");
    let made = says(&["invite", "--dir", &village.dir, "--count", "3", "--days", "14", "--letters", &file]);
    let html = fs::read_to_string(&file).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "whoever reads it can join");

    let codes = marked(&html, "data-code");
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), 3, "{codes:?}");
    assert!(codes.iter().all(|code| !made.to_string().contains(code)), "a script's log holds no codes");
    let host = village.url.split_once("://").unwrap().1;
    assert_eq!(marked(&html, "data-address"), [format!("{host}/meedoen").as_str(); 3]);
    let numbers = made["keys"].as_array().unwrap().iter().map(text);
    let numbers: Vec<_> = numbers.map(|key| format!("{} {}", &key[..4], &key[4..8])).collect();
    assert_eq!(marked(&html, "data-number"), numbers);
    let links = codes.iter().map(|code| format!("{}/meedoen#{}", village.url, code.replace('-', "")));
    let links: Vec<_> = links.collect();
    for link in &links {
        assert!(html.contains(&QrImage::of(link).unwrap().path), "a camera reads {link}");
    }
    // The file needs nothing from elsewhere.
    assert!(!html.contains("href=") && !html.contains("src=") && !html.contains("<script"));
    assert!(html.contains("<style>"), "the look comes along");

    assert_eq!(open_invitations(&village), before + 3);
    let names = ["Aafke", "Bouke", "Corrie"];
    let joined: BTreeSet<_> =
        names.iter().zip(&links).map(|(name, link)| village.join_with(name, link).resident).collect();
    assert_eq!(joined.len(), 3);
    let again = ["resident", "join", "--invitation", &links[0], "--key", &village.file("x.key"), "--name", "Dirk"];
    assert_eq!(fails(&again).0["type"], "/problems/invitation-used");
    village.stop();
}

#[test]
fn codes_are_never_overwritten_and_nothing_is_left_of_letters_that_were_refused() {
    let mut village = Village::new("Maasdorp");
    let bert = village.join("Bert");
    let file = village.file("letters.html");
    let of_bert = bert.is_refused(&["invite", "--count", "2", "--letters", &file], "not-a-connector");
    assert!(of_bert.contains("ask a connector"), "{of_bert}");
    assert!(!Path::new(&file).exists());

    // Also while the box is not running, and in English.
    village.while_stopped(|village| {
        says(&["invite", "--dir", &village.dir, "--count", "1", "--letters", &file, "--lang", "en"]);
    });
    let html = fs::read_to_string(&file).unwrap();
    assert!(html.contains("<html lang=\"en\"") && html.contains("/en/join"));
    let before = open_invitations(&village);
    let (_, line) = fails(&["invite", "--dir", &village.dir, "--letters", &file]);
    assert!(line.contains("exists"), "{line}");
    assert_eq!((fs::read_to_string(&file).unwrap(), open_invitations(&village)), (html, before));

    let two = says(&["invite", "--dir", &village.dir, "--count", "2"]);
    assert_eq!(two["invitations"].as_array().unwrap().len(), 2, "without a file they are shown");
    for wrong in
        [&["--count", "0"][..], &["--count", "101"], &["--count", "2", "--role", "connector"], &["--lang", "en"]]
    {
        let asked = [&["invite", "--dir", &village.dir], wrong].concat();
        assert_eq!(dorpsplein(&asked).status.code(), Some(2), "{wrong:?}");
    }
    village.stop();
}
