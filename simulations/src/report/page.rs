//! The page: the verdict, the figures, the table of checkers, the facts, and how to run it again.

use std::collections::BTreeSet;

use askama::Template;

use super::figures::{self, Figure};
use super::measured::{self, float};
use super::{Report, words};
use crate::checkers::Failure;
use crate::plan::Plan;
use crate::run::{Outcome, Watched};
use crate::scenarios;

/// The style sheet; it stands in the page.
const STYLE: &str = include_str!("../../templates/report.css");

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    style: &'static str,
    title: String,
    scenario: &'a str,
    seed: u64,
    headline: String,
    about: &'static str,
    verdict: String,
    verdict_says: String,
    failures: Vec<&'a Failure>,
    more: Vec<&'a Failure>,
    numbers: Vec<(String, &'static str)>,
    figures: Vec<Figure>,
    checkers: Vec<Row>,
    facts: Vec<(&'static str, String)>,
    command: String,
}

/// A checker, how often it looked, and how often it found something.
struct Row {
    name: &'static str,
    about: &'static str,
    looked: String,
    found: usize,
}

/// The report of a run as one HTML page: no script, and nothing that is fetched.
///
/// # Errors
/// [`askama::Error`] when the page cannot be written down, which only a formatter out of memory does.
pub fn page(plan: &Plan, outcome: &Outcome, report: &Report, command: String) -> Result<String, askama::Error> {
    let about = scenarios::named(&plan.scenario).map_or("", |scenario| scenario.about);
    let (verdict, verdict_says) = verdict(report);
    let (failures, more) = first_of_each(&report.failures);
    let page = Page {
        style: STYLE,
        title: format!("{}, seed {}: Dorpsplein, simulated", plan.scenario, plan.seed),
        scenario: &plan.scenario,
        seed: plan.seed,
        headline: headline(plan, report),
        about,
        verdict,
        verdict_says,
        failures,
        more,
        numbers: numbers(report),
        figures: figures::all(&measured::course(plan, outcome)),
        checkers: watched(outcome),
        facts: report.rows(),
        command,
    };
    page.render()
}

/// The first thing each checker found, and the rest.
fn first_of_each(failures: &[Failure]) -> (Vec<&Failure>, Vec<&Failure>) {
    let mut seen = BTreeSet::new();
    failures.iter().partition(|failure| seen.insert(failure.checker))
}

fn headline(plan: &Plan, report: &Report) -> String {
    let days = plan.ends.div_ceil(crate::world::DAY);
    format!(
        "{} and {}, for {}",
        words::several(report.neighbourhoods as u64, "neighbourhood", "neighbourhoods"),
        words::several(report.inhabitants, "inhabitant", "inhabitants"),
        words::several(days, "day", "days"),
    )
}

fn verdict(report: &Report) -> (String, String) {
    if !report.failures.is_empty() {
        let found = words::several(report.failures.len() as u64, "thing is", "things are");
        return (format!("{found} not as they have to be"), "The first thing each checker found:".to_owned());
    }
    let agreed = match report.minutes_until_quiet {
        Some(minutes) => format!(
            "All boxes agreed {} after the last act and the last fault.",
            words::duration(float(minutes.max(1) * crate::world::MINUTE)),
        ),
        None => String::new(),
    };
    ("Everything held".to_owned(), agreed)
}

/// The figures one asks for first.
fn numbers(report: &Report) -> Vec<(String, &'static str)> {
    let mut numbers = vec![
        (words::count(report.counts.operations), "operations accepted from people"),
        (words::count(report.counts.taken_in), "signatures verified, by all boxes"),
    ];
    if let Some(spread) = &report.spread {
        numbers.push((words::duration(float(spread.p50)), "until half of the posts stand next door"));
        numbers.push((words::duration(float(spread.p99)), "until 99 of 100 do"));
    }
    if let Some(spread) = &report.last_update {
        numbers.push((words::duration(float(spread.p100)), "until the last update stood in every village"));
    }
    if let Some(ratio) = report.bytes_over_least() {
        numbers.push((words::times(ratio), "the bytes that had to be received"));
    }
    if report.faults > 0 {
        numbers.push((words::count(report.faults as u64), "things that went wrong on purpose"));
    }
    numbers
}

fn watched(outcome: &Outcome) -> Vec<Row> {
    let found = |name: &str| outcome.failures.iter().filter(|failure| failure.checker == name).count();
    let row = |checker: &Watched| Row {
        name: checker.checker,
        about: checker.about,
        looked: words::count(checker.looked),
        found: found(checker.checker),
    };
    outcome.watched.iter().map(row).collect()
}
