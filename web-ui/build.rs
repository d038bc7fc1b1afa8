//! Finds the languages: every folder of `locales` with its files. Dutch and English are whole; a folder beside theirs is a
//! language with a part of the texts, which says in its own texts what it is called and which of the two it falls back to.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The languages that have every text, and words for addresses and dates in the sources.
const WHOLE: [&str; 2] = ["nl", "en"];

/// What a language with a part of the texts says of itself, each on a line of one of its files: its name in that language,
/// language and country as Open Graph wants them, `ltr` or `rtl`, and `nl` or `en` for what it does not have.
const HEAD: [&str; 4] = ["language-name", "language-locale", "language-direction", "language-fallback"];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=locales");
    let locales = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("locales");
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it"));
    let folders = entries(&locales).into_iter().filter(|path| path.is_dir());
    let languages: BTreeMap<String, Vec<PathBuf>> = folders.map(|folder| (name(&folder), entries(&folder))).collect();
    let (mut heads, mut texts, mut partial) = (String::new(), String::new(), Vec::new());
    for (tag, files) in &languages {
        let sources: Vec<String> = files.iter().map(|file| format!("include_str!({:?})", text(file))).collect();
        let sources = format!("&[{}]", sources.join(", "));
        if WHOLE.contains(&tag.as_str()) {
            let constant = tag.to_uppercase();
            writeln!(texts, "const {constant}_SOURCES: &[&str] = {sources};").expect("a String takes all");
        } else {
            heads.push_str(&head(tag, files));
            partial.push(sources);
        }
    }
    let count = partial.len();
    let heads = format!("const PARTIAL: [Head; {count}] = [{heads}];\n");
    writeln!(texts, "const PARTIAL_SOURCES: [&[&str]; {count}] = [{}];", partial.join(", "))
        .expect("a String takes all");
    fs::write(out.join("languages.rs"), heads).expect("the build can write to its own folder");
    fs::write(out.join("texts.rs"), texts).expect("the build can write to its own folder");
}

/// The head of a language with a part of the texts, as `src/lang.rs` has it.
fn head(tag: &str, files: &[PathBuf]) -> String {
    assert!(
        (2..=3).contains(&tag.len()) && tag.bytes().all(|letter| letter.is_ascii_lowercase()),
        "locales/{tag}: a folder is called by its language's code, two or three small letters"
    );
    let texts: Vec<String> = files.iter().map(|file| fs::read_to_string(file).expect("texts are UTF-8")).collect();
    let said = HEAD.map(|id| {
        let lines = texts.iter().flat_map(|text| text.lines());
        let value = lines.filter_map(|line| line.split_once('=')).find(|(key, _)| key.trim() == id);
        value.unwrap_or_else(|| panic!("locales/{tag}: a language with a part of the texts says `{id} = …`")).1.trim()
    });
    let [name, locale, direction, fallback] = said;
    let right_to_left = match direction {
        "ltr" => false,
        "rtl" => true,
        other => panic!("locales/{tag}: `language-direction` is ltr or rtl, not {other}"),
    };
    let whole = match fallback {
        "nl" => "Nl",
        "en" => "En",
        other => panic!("locales/{tag}: `language-fallback` is nl or en, not {other}"),
    };
    format!(
        "Head {{ tag: {tag:?}, name: {name:?}, locale: {locale:?}, right_to_left: {right_to_left}, whole: Whole::{whole} }}, "
    )
}

/// What stands in a folder, in the order of the names; files only if they hold texts.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.expect("the folder can be read").path());
    let mut paths: Vec<PathBuf> =
        paths.filter(|path| path.is_dir() || path.extension().is_some_and(|ending| ending == "ftl")).collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> String {
    path.file_name().expect("an entry of a folder has a name").to_str().expect("it is called in letters").to_owned()
}

fn text(path: &Path) -> &str {
    path.to_str().expect("the tree lies at a path in UTF-8")
}
