//! The texts and the templates fit each other: nothing is missing, nothing is left over, nothing is inline.
#![allow(clippy::unwrap_used)]

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use dorpsplein_web_ui::Lang;
use dorpsplein_web_ui::locale::Texts;
use dorpsplein_web_ui::pages::problems;

fn here(folder: &str) -> PathBuf {
    PathBuf::from(folder)
}

/// Every file under a folder with one of these extensions, with its text.
fn files(folder: &Path, extension: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|ending| ending == extension) {
            found.push((path.clone(), fs::read_to_string(&path).unwrap()));
        }
    }
    found
}

/// The languages that have every text.
const WHOLE: [Lang; 2] = [Lang::Nl, Lang::En];

/// The ids of a language's texts, with the names of the values each takes.
fn texts(lang: Lang) -> BTreeMap<String, BTreeSet<String>> {
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (_, source) in files(&here("locales").join(lang.tag()), "ftl") {
        let mut current = None;
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            if let Some((id, _)) =
                line.split_once(" =").filter(|_| line.starts_with(|first: char| first.is_alphabetic()))
            {
                assert!(texts.insert(id.to_owned(), BTreeSet::new()).is_none(), "{id} stands twice in {}", lang.tag());
                current = Some(id.to_owned());
            }
            let names = line.split('$').skip(1).map(|rest| rest.split([' ', '}']).next().unwrap().to_owned());
            if let Some(values) = current.as_ref().and_then(|id| texts.get_mut(id)) {
                values.extend(names);
            }
        }
    }
    texts
}

/// The words between double quotes in the templates and the sources: every text id that is used is among them.
fn quoted() -> BTreeSet<String> {
    let mut sources = files(&here("templates"), "html");
    sources.extend(files(&here("src"), "rs"));
    // The commands that speak both languages.
    sources.extend(files(&here("../node/src/cli"), "rs"));
    // What a box says before it has a square.
    sources.extend(files(&here("../node/src/first_run"), "rs"));
    sources.extend(files(&here("../node/src/web/first_run"), "rs"));
    sources.into_iter().flat_map(|(_, text)| text.split('"').map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[test]
fn both_languages_have_the_same_texts_with_the_same_values() {
    let (nl, en) = (texts(Lang::Nl), texts(Lang::En));
    assert!(nl.len() > 100, "the texts were found: {}", nl.len());
    assert_eq!(nl, en);
}

#[test]
fn a_language_with_a_part_of_the_texts_has_no_others() {
    let whole = texts(Lang::Nl);
    let partial = Lang::ALL.into_iter().filter(|lang| !WHOLE.contains(lang));
    let mut found = 0;
    for lang in partial {
        for (id, values) in texts(lang).into_iter().filter(|(id, _)| !id.starts_with("language-")) {
            assert_eq!(Some(&values), whole.get(&id), "{id} in {}", lang.tag());
            assert!(Texts::of(lang).has(&id), "{id} in {}", lang.tag());
            found += 1;
        }
    }
    assert!(found > 20, "the texts in Frisian were found: {found}");
}

#[test]
fn every_text_can_be_said() {
    for lang in Lang::ALL {
        for (id, values) in texts(lang).into_iter().filter(|(id, _)| !id.starts_with("language-")) {
            let said = match values.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
                [] => Texts::of(lang).say(&id).map(Cow::into_owned),
                ["count"] => Texts::of(lang).count(&id, 3),
                [name] => Texts::of(lang).fill(&id, name, "Maasdorp"),
                more => panic!("{id} takes {more:?}: a text takes one value at most"),
            };
            assert!(!said.unwrap().is_empty(), "{id}");
        }
    }
}

#[test]
fn every_text_is_used_and_every_used_text_exists() {
    let (known, quoted) = (texts(Lang::Nl), quoted());
    for id in known.keys() {
        let is_problem = id.strip_prefix("problem-").is_some_and(|problem| quoted.contains(problem));
        assert!(is_problem || quoted.contains(id), "nothing says {id}");
    }
    for (path, text) in files(&here("templates"), "html") {
        for call in ["s.say(\"", "s.fill(\"", "s.count(\""] {
            for rest in text.split(call).skip(1) {
                let id = rest.split('"').next().unwrap();
                assert!(known.contains_key(id), "{} says {id}, which no language has", path.display());
            }
        }
    }
}

#[test]
fn every_problem_has_its_sentence() {
    let known = texts(Lang::Nl);
    let sentences: BTreeSet<_> = known.keys().filter(|id| id.starts_with("problem-")).cloned().collect();
    let problems: BTreeSet<_> =
        problems::ALL.into_iter().chain([problems::OTHER]).map(|problem| format!("problem-{problem}")).collect();
    assert_eq!(sentences, problems);
}

#[test]
fn no_template_carries_a_style_a_script_or_a_handler_of_its_own() {
    // The two style sheets: the policy of a page names each by its hash.
    const SHEETS: [&str; 2] = ["<style>{{ s.style()|safe }}</style>", "<style>{{ s.frame.theme|safe }}</style>"];
    for (path, text) in files(&here("templates"), "html") {
        let text = SHEETS.iter().fold(text, |text, sheet| text.replace(sheet, ""));
        for tag in text.split('<').skip(1) {
            let tag = tag.split('>').next().unwrap().to_lowercase();
            // A block of data for other programs is not run.
            let is_data = tag == "script type=\"application/ld+json\"";
            let inline_script = tag.starts_with("script") && !tag.contains(" src=") && !is_data;
            let handler = tag.split_whitespace().any(|word| word.starts_with("on") && word.contains('='));
            assert!(!inline_script && !handler, "{}: <{tag}>", path.display());
            assert!(!tag.starts_with("style") && !tag.contains(" style="), "{}: <{tag}>", path.display());
        }
        assert!(!text.contains("|safe") && !text.contains("| safe"), "{} marks text as safe", path.display());
    }
}
