//! Looking for things at a real box: who finds what, what becomes of the index when the power is cut or somebody deletes
//! it, and what is left in its files of what was erased.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cli_support;
mod site_support;

use std::fs;
use std::path::{Path, PathBuf};

use cli_support::{Person, Village, text};
use serde_json::Value;
use site_support::{eventually, fails, get, says};

/// The titles of what a visitor finds.
fn found(village: &Village, question: &str) -> Vec<String> {
    titles(&says(&["search", question, "--url", &village.url]))
}

fn titles(answer: &Value) -> Vec<String> {
    answer["hits"].as_array().unwrap().iter().map(|hit| text(&hit["title"]).to_owned()).collect()
}

fn finds(village: &Village, question: &str, title: &str) -> bool {
    found(village, question).iter().any(|one| one == title)
}

fn posts(person: &Person, title: &str, body: &str, audience: &str) -> String {
    let posted = person.does(&["resident", "post", "--title", title, "--body", body, "--audience", audience]);
    text(&posted["item"]).to_owned()
}

/// The titles of what is suggested.
fn suggested(village: &Village, typed: &str) -> Vec<String> {
    let answer = get(&format!("{}/api/v1/suggestions?q={typed}", village.url), &[]).json();
    answer["suggestions"].as_array().unwrap().iter().map(|one| text(&one["title"]).to_owned()).collect()
}

fn index_folder(village: &Village) -> PathBuf {
    Path::new(&village.dir).join("search")
}

/// Whether a word stands in a dictionary of the index, also of one that is no longer searched: what lies beside the parts
/// that are is taken to hold it. A dictionary packs its words, so their bytes cannot be looked for.
fn stands_in_files(folder: &Path, word: &str) -> bool {
    // Where a file goes while it is looked for, nothing is known yet.
    dictionaries_have(&folder.join("tantivy"), word).unwrap_or(true)
}

fn dictionaries_have(folder: &Path, word: &str) -> tantivy::Result<bool> {
    let searcher = tantivy::Index::open_in_dir(folder)?.reader()?.searcher();
    let parts: Vec<String> = searcher.segment_readers().iter().map(|part| part.segment_id().uuid_string()).collect();
    for file in fs::read_dir(folder)? {
        let name = file?.file_name().into_string().unwrap();
        let belongs = parts.iter().any(|part| name.starts_with(part.as_str()));
        if !belongs && !name.starts_with('.') && name != "meta.json" {
            return Ok(true);
        }
    }
    for part in searcher.segment_readers() {
        for (field, entry) in searcher.schema().fields() {
            if !entry.is_indexed() {
                continue;
            }
            let dictionary = part.inverted_index(field)?;
            let mut words = dictionary.terms().stream()?;
            while words.advance() {
                if words.key() == word.as_bytes() {
                    return Ok(true);
                }
            }
        }
    }
    Ok(false)
}

#[test]
fn everybody_finds_what_they_may_read_and_nothing_else() {
    let village = Village::new("Maasdorp");
    let [anna, bert] = ["Anna", "Bert"].map(|name| village.join(name));
    let open = posts(&anna, "Rommelmarkt op het plein", "Bij regen in de Café-zaal.", "square");
    posts(&anna, "Rommel in de schuur", "De sleutel ligt bij Truus.", "members");
    anna.does(&["resident", "post", "--kind", "event", "--title", "Rommelroute", "--starts", "2999-05-01"]);
    anna.does(&["resident", "comment", "--item", &open, "--body", "Ik breng een hobbelpaard mee."]);
    eventually("the comment is found", || finds(&village, "hobbelpaarden", "Rommelmarkt op het plein"));

    // A visitor.
    let mut all = found(&village, "rommel");
    all.sort();
    assert_eq!(all, ["Rommelmarkt op het plein", "Rommelroute"]);
    assert_eq!(found(&village, "romelmarkt"), ["Rommelmarkt op het plein"], "with a typing error");
    assert_eq!(found(&village, "cafe regen"), ["Rommelmarkt op het plein"], "in the text");
    assert!(found(&village, "sleutel").is_empty() && suggested(&village, "sleu").is_empty());
    assert_eq!(suggested(&village, "rommelr"), ["Rommelroute"]);
    assert_eq!(titles(&says(&["search", "rommel", "--kind", "event", "--url", &village.url])), ["Rommelroute"]);
    assert!(fails(&["search", "x", "--kind", "setting", "--url", &village.url]).1.contains("can be looked for"));

    // A member, and people: members find them, visitors do not, also where the profile is for everybody.
    assert_eq!(titles(&bert.does(&["search", "sleutels"])), ["Rommel in de schuur"]);
    assert_eq!(titles(&bert.does(&["search", "anna"])), ["Anna"]);
    assert!(found(&village, "anna").is_empty() && suggested(&village, "ann").is_empty());

    // What a connector hides is in no list; a comment on it neither.
    village.ask(&["moderate", "hide", &open, "--reason", "spam"]);
    assert!(found(&village, "hobbelpaard").is_empty(), "at once, however far the index is");
    assert!(titles(&anna.does(&["search", "rommelmarkt"])).is_empty(), "also for who wrote it");
    village.ask(&["moderate", "show", &open, "--reason", "mistake"]);
    eventually("it is found again", || finds(&village, "rommelmarkt", "Rommelmarkt op het plein"));
    village.stop();
}

#[test]
fn the_page_is_a_plain_form_and_goes_on_where_it_ended() {
    let village = Village::new("Maasdorp");
    let anna = village.join("Anna");
    for number in 1..=23 {
        posts(&anna, &format!("Molen {number}"), "Bij de molen", "square");
    }
    eventually("the last is found", || finds(&village, "molen 23", "Molen 23"));
    let page = get(&format!("{}/zoeken?q=molen", village.url), &[]);
    let links = |page: &str| page.matches("<h3 ").count();
    assert_eq!((page.status.as_u16(), links(page.text())), (200, 20));
    assert!(page.text().contains("<mark>"), "what was looked for is marked");
    let next =
        page.text().split("href=\"").map(|rest| rest.split('"').next().unwrap()).find(|link| link.contains("na="));
    let next = next.unwrap().replace("&#38;", "&").replace("&amp;", "&");
    let last = get(&format!("{}{next}", village.url), &[]);
    assert_eq!(links(last.text()), 3);
    assert!(get(&format!("{}/en/search?q=molen&kind=event", village.url), &[]).text().contains("Nothing found"));
    assert_eq!(get(&format!("{}/zoeken?q=molen&na=w12", village.url), &[]).status, 404, "no place in a list");

    // Bad input is looked for as words, or not at all.
    for odd in ["", "%00%1b%7f", "%22*%29+AND+%28", "%ff%fe", &"a".repeat(7000), &"molen+".repeat(1200), "%3Cscript%3E"]
    {
        let page = get(&format!("{}/zoeken?q={odd}", village.url), &[]);
        assert_eq!(page.status, 200, "{odd}");
        assert!(!page.text().contains("<script>"), "{odd}");
        let answer = get(&format!("{}/api/v1/search?q={odd}", village.url), &[]);
        assert_eq!(answer.status, 200, "{odd}");
        assert_eq!(get(&format!("{}/api/v1/suggestions?q={odd}", village.url), &[]).status, 200, "{odd}");
    }
    assert_eq!(get(&format!("{}/api/v1/search?q=x&kind=nothing", village.url), &[]).problem(), "not-found");
    assert_eq!(get(&format!("{}/api/v1/index", village.url), &[]).problem(), "not-logged-in");
    village.stop();
}

#[test]
fn what_is_erased_is_gone_from_the_files_of_the_index() {
    let village = Village::new("Maasdorp");
    let anna = village.join("Anna");
    let word = "bloempotgeheim";
    let item = posts(&anna, "Sleutel", &format!("Die ligt onder de {word}"), "square");
    posts(&anna, "Molen", "Bij de molen", "square");
    eventually("it is found", || finds(&village, word, "Sleutel"));
    assert!(stands_in_files(&index_folder(&village), word));
    anna.does(&["resident", "erase", &item]);
    assert!(found(&village, word).is_empty());
    eventually("its words are gone", || !stands_in_files(&index_folder(&village), word));
    assert!(finds(&village, "molens", "Molen"));
    village.stop();
}

#[test]
fn the_index_survives_a_power_cut_and_whatever_is_done_to_its_files() {
    let mut village = Village::new("Maasdorp");
    let anna = village.join("Anna");
    posts(&anna, "Molen", "Bij de molen", "square");
    // The power goes before or while the index follows.
    village.cut_the_power();
    village.power_on();
    eventually("it is found after a power cut", || finds(&village, "molen", "Molen"));

    fs::remove_dir_all(index_folder(&village)).unwrap();
    let state = village.ask(&["index", "rebuild"]);
    assert!(state["complete"] == true && state["entries"].as_u64().unwrap() >= 2, "{state}");
    assert!(finds(&village, "molen", "Molen"), "made anew while the box runs");

    let folder = index_folder(&village);
    village.while_stopped(|village| {
        fs::remove_dir_all(&folder).unwrap();
        assert!(village.ask(&["index", "rebuild"])["entries"].as_u64().unwrap() >= 2);
        assert_eq!(titles(&village.ask(&["search", "molen"])), ["Molen"], "the box is not running");
        for file in fs::read_dir(folder.join("tantivy")).unwrap().flatten() {
            fs::write(file.path(), b"somebody wrote here").unwrap();
        }
    });
    eventually("it is found in an index made anew", || finds(&village, "molen", "Molen"));
    assert_eq!(village.ask(&["index", "status"])["complete"], true);
    village.stop();
}
