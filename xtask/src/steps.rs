//! The steps of a chore: each is timed, the first failure ends the run, and the end shows what ran.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// How a step ended, when it did not fail.
pub(crate) enum Outcome {
    /// It ran. The lines (a test runner's own closing lines) are shown again at the end.
    Passed(Vec<String>),
    /// It did not run, and why.
    Skipped(String),
}

impl Outcome {
    /// It ran and has nothing to say.
    pub(crate) fn passed() -> Self {
        Self::Passed(Vec::new())
    }
}

/// The steps so far.
pub(crate) struct Steps {
    rows: Vec<(&'static str, Duration, String)>,
    closing_lines: Vec<String>,
    started: Instant,
}

impl Steps {
    pub(crate) fn new() -> Self {
        Self { rows: Vec::new(), closing_lines: Vec::new(), started: Instant::now() }
    }

    /// Runs one step. An error carries the name of the step; the caller returns it at once.
    pub(crate) fn run(&mut self, name: &'static str, step: impl FnOnce() -> Result<Outcome>) -> Result<()> {
        println!("\n=== {name}");
        let started = Instant::now();
        let result = step();
        let took = started.elapsed();
        match result {
            Ok(Outcome::Passed(lines)) => {
                self.rows.push((name, took, "passed".to_owned()));
                self.closing_lines.extend(lines);
                Ok(())
            }
            Ok(Outcome::Skipped(reason)) => {
                println!("skipped: {reason}");
                self.rows.push((name, took, format!("skipped: {reason}")));
                Ok(())
            }
            Err(error) => {
                self.rows.push((name, took, "FAILED".to_owned()));
                print!("{}", self.table());
                Err(error).with_context(|| format!("step `{name}` failed"))
            }
        }
    }

    /// Prints the table and, last, the test runners' own closing lines.
    pub(crate) fn finish(&self) {
        print!("{}", self.table());
        for line in &self.closing_lines {
            println!("{line}");
        }
    }

    fn table(&self) -> String {
        let mut text = String::from("\n=== what ran\n");
        for (name, took, outcome) in &self.rows {
            text.push_str(&format!("{name:<34} {:>8.1} s  {outcome}\n", took.as_secs_f64()));
        }
        text.push_str(&format!("{:<34} {:>8.1} s\n", "all together", self.started.elapsed().as_secs_f64()));
        text
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_failed_step_is_named_in_the_error_and_in_the_table() {
        let mut steps = Steps::new();
        steps.run("first", || Ok(Outcome::passed())).unwrap();
        let error = steps.run("second", || Err(anyhow::anyhow!("no such thing"))).unwrap_err();
        assert_eq!(format!("{error:#}"), "step `second` failed: no such thing");
        let table = steps.table();
        assert!(table.lines().any(|line| line.starts_with("first") && line.ends_with("passed")), "{table}");
        assert!(table.lines().any(|line| line.starts_with("second") && line.ends_with("FAILED")), "{table}");
    }

    #[test]
    fn a_skipped_step_says_why() {
        let mut steps = Steps::new();
        steps.run("licences", || Ok(Outcome::Skipped("cargo-deny is not installed".to_owned()))).unwrap();
        assert!(steps.table().contains("skipped: cargo-deny is not installed"));
    }
}
