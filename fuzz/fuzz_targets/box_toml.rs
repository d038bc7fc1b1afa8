//! The settings of a box as somebody typed them, and behind a zero byte what the command line says instead, a line each: every
//! mistake has a place in what was given, and what is understood is written and read again as the same.
#![no_main]

use dorpsplein_fuzz::config::{Config, Flag, Overrides, Place, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (file, flags) = text.split_once('\0').unwrap_or((text, ""));
    let flags: Vec<Flag> = flags.lines().filter_map(|flag| flag.parse().ok()).collect();
    let given = Overrides::default().with_flags(&flags);
    match read(file, &given) {
        Ok(read) => {
            let written = read.config.render();
            assert_eq!(Config::parse(&written).as_ref(), Ok(&read.config), "{written}");
        }
        Err(error) => {
            assert!(!error.mistakes().is_empty());
            for mistake in error.mistakes() {
                assert!(!mistake.what.is_empty() && !mistake.todo.is_empty());
                let Place::File { line, column } = mistake.place else { continue };
                let there = file.split('\n').nth(line - 1).expect("there is such a line");
                assert!((1..=there.chars().count() + 1).contains(&column), "line {line} has a column {column}");
            }
        }
    }
});
