//! Rules about source files: their size, what they must not leave behind, and what only some of them may name.

use super::Finding;
use super::tree::Tree;

/// A file with more lines of production code than this holds more than one idea.
const LONGEST_FILE: usize = 450;

/// What only a shell may do; the protocol decides and touches nothing. Clippy forbids the calls, this the imports.
const NOT_IN_PROTOCOL: [&str; 11] = [
    "getrandom::",
    "rand::",
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "std::time",
    "tokio::",
    "Instant::now",
    "SystemTime",
];

/// No source file is too long to hold one idea.
pub(super) fn length(tree: &Tree) -> Vec<Finding> {
    let sources = tree.files().filter(|(path, _)| is_production(path));
    sources
        .filter_map(|(path, text)| {
            let lines = production(text).lines().count();
            let message =
                format!("{lines} lines of production code, and {LONGEST_FILE} is the most: split it by meaning");
            (lines > LONGEST_FILE).then(|| Finding::of_file(path, message))
        })
        .collect()
}

/// Nothing is left for later, and nobody's own folders are named.
pub(super) fn unfinished(tree: &Tree) -> Vec<Finding> {
    // Put together here, so that this file does not find itself.
    let left_for_later = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:"), concat!("HA", "CK:")];
    let someones_folder = [concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/Us", "ers/")];
    let mut findings = Vec::new();
    for (path, text) in tree.files().filter(|(path, _)| !is_lockfile(path)) {
        for (number, line) in numbered(text) {
            if let Some(word) = left_for_later.iter().find(|word| line.contains(**word)) {
                findings.push(Finding::of_line(path, number, format!("`{word}`: finish it, or file an issue")));
            }
            if let Some(folder) = someones_folder.iter().find(|folder| line.contains(**folder)) {
                findings.push(Finding::of_line(path, number, format!("`{folder}` is a folder of one machine")));
            }
        }
    }
    findings
}

/// Only the store names its engine, so that another engine means another file.
pub(super) fn store_engine(tree: &Tree) -> Vec<Finding> {
    let engine = concat!("fj", "all");
    let home = "node/src/disk_store";
    let mut findings = Vec::new();
    for (path, text) in tree.ending(".rs").filter(|(path, _)| !path.starts_with(home)) {
        for (number, line) in numbered(text) {
            if [format!("{engine}::"), format!("use {engine}")].iter().any(|name| has_word(line, name)) {
                findings.push(Finding::of_line(path, number, format!("only {home} names the store's engine")));
            }
        }
    }
    findings
}

/// The protocol has no clock, randomness, files, sockets or threads.
pub(super) fn pure_protocol(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.below("protocol/src") {
        for (number, line) in numbered(production(text)).filter(|(_, line)| !line.trim_start().starts_with("//")) {
            if let Some(name) = NOT_IN_PROTOCOL.iter().find(|name| has_word(line, name)) {
                let message = format!("`{name}`: the protocol decides and touches nothing; make it an argument");
                findings.push(Finding::of_line(path, number, message));
            }
        }
    }
    findings
}

/// Rust and JavaScript that is neither a test nor a benchmark.
fn is_production(path: &str) -> bool {
    let aside = ["tests", "benches", "e2e", "fuzz"];
    (path.ends_with(".rs") || path.ends_with(".js")) && !path.split('/').any(|part| aside.contains(&part))
}

fn is_lockfile(path: &str) -> bool {
    path.ends_with("Cargo.lock") || path.ends_with("package-lock.json")
}

/// The part of a file before its unit tests, which stand last.
fn production(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or(text)
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().zip(1..).map(|(line, number)| (number, line))
}

/// Whether a line has this text where a word begins.
fn has_word(line: &str, text: &str) -> bool {
    line.match_indices(text).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|character| character.is_alphanumeric() || character == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_is_found_and_its_tests_do_not_count() {
        let long = "let a = 1;\n".repeat(LONGEST_FILE + 1);
        let tested = format!("let a = 1;\n#[cfg(test)]\n{long}");
        let tree =
            Tree::of(&[("node/src/long.rs", &long), ("node/src/tested.rs", &tested), ("node/tests/t.rs", &long)]);
        let findings = length(&tree);
        assert_eq!(findings.iter().map(|finding| finding.path.as_str()).collect::<Vec<_>>(), ["node/src/long.rs"]);
    }

    #[test]
    fn what_is_left_for_later_is_found() {
        let tree =
            Tree::of(&[("docs/a.md", concat!("fine\nTO", "DO: write\n")), ("b.sh", concat!("cd /ro", "ot/x\n"))]);
        let found: Vec<_> = unfinished(&tree).into_iter().map(|finding| (finding.path, finding.line)).collect();
        assert_eq!(found, [("b.sh".to_owned(), 1), ("docs/a.md".to_owned(), 2)]);
    }

    #[test]
    fn only_the_store_names_its_engine() {
        let line = concat!("let db = fj", "all::open(path);\n");
        let tree = Tree::of(&[
            ("node/src/disk_store/mod.rs", line),
            ("node/src/driver.rs", line),
            ("node/src/web.rs", concat!("// a highfj", "all::list\n")),
        ]);
        let found: Vec<_> = store_engine(&tree).into_iter().map(|finding| finding.path).collect();
        assert_eq!(found, ["node/src/driver.rs"]);
    }

    #[test]
    fn the_protocol_takes_its_clock_as_an_argument() {
        let tree = Tree::of(&[
            ("protocol/src/a.rs", "use std::time::Duration;\n"),
            ("protocol/src/b.rs", "// std::time is not here\nfn operand::x() {}\n#[cfg(test)]\nuse rand::Rng;\n"),
            ("node/src/c.rs", "use std::time::Instant;\n"),
        ]);
        let found: Vec<_> = pure_protocol(&tree).into_iter().map(|finding| finding.path).collect();
        assert_eq!(found, ["protocol/src/a.rs"]);
    }
}
