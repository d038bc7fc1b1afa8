//! The report of a run: whole in itself, true to the run, and the same facts for programs.
#![allow(clippy::unwrap_used)]

use dorpsplein_simulations::checkers::Failure;
use dorpsplein_simulations::plan::Plan;
use dorpsplein_simulations::report::{Effort, Report, page};
use dorpsplein_simulations::run::{Outcome, carry_out};
use dorpsplein_simulations::scenarios::{Settings, named};

fn ring() -> (Plan, Outcome) {
    let settings = Settings { seed: 11, neighbourhoods: Some(3), residents: Some(450), days: Some(1) };
    let plan = (named("ring").unwrap().plan)(&settings);
    let outcome = carry_out(&plan, &mut ()).unwrap();
    (plan, outcome)
}

fn shown(plan: &Plan, outcome: &Outcome) -> (Report, String) {
    let report = Report::new(plan, outcome, Effort { real_ms: 1200, peak_memory_bytes: None });
    let page = page(plan, outcome, &report, "cargo run -- ring --seed 11".to_owned()).unwrap();
    (report, page)
}

#[test]
fn a_page_needs_nothing_beside_it_and_shows_all_that_was_measured() {
    let (plan, outcome) = ring();
    let (report, page) = shown(&plan, &outcome);
    for foreign in ["<script", "http:", "https:", "src=", "@import", "url(", "NaN", "inf\""] {
        assert!(!page.contains(foreign), "the page holds {foreign}");
    }
    for figure in
        ["How soon news is next door", "Who lives next to whom", "What each box received", "What the lines carried"]
    {
        assert!(page.contains(figure), "the page lacks {figure}");
    }
    for checker in &outcome.watched {
        assert!(page.contains(checker.checker) && page.contains(checker.about), "the page lacks {}", checker.checker);
    }
    for village in &plan.villages {
        assert!(page.contains(&village.name), "the map lacks {}", village.name);
    }
    assert!(page.contains(&outcome.trace) && page.contains("cargo run -- ring --seed 11"));
    assert_eq!(page.matches("<svg").count(), page.matches("</svg>").count());
    assert!(report.spread.is_some_and(|spread| spread.p50 <= spread.p90 && spread.p99 <= spread.p100));
}

#[test]
fn the_least_that_would_have_done_is_less_than_what_was_received() {
    let (plan, outcome) = ring();
    let (report, _) = shown(&plan, &outcome);
    assert!(report.bytes_over_least().is_some_and(|ratio| ratio > 1.0), "{report:?}");
}

#[test]
fn what_a_checker_finds_stands_at_the_top() {
    let (plan, mut outcome) = ring();
    let found = format!("{} has <nothing> of it", plan.villages[1].name);
    outcome.failures = vec![Failure { checker: "convergence", found }; 3];
    let (report, page) = shown(&plan, &outcome);
    assert!(page.contains("3 things are not as they have to be") && page.contains("2 more"));
    assert!(page.contains("&#60;nothing&#62;") || page.contains("&lt;nothing&gt;"));
    assert!(page.contains("does not agree"), "the village is marked on the map");
    assert_eq!(serde_json::to_value(&report).unwrap()["failures"].as_array().unwrap().len(), 3);
}

#[test]
fn the_table_and_the_json_tell_the_same() {
    let (plan, outcome) = ring();
    let (report, _) = shown(&plan, &outcome);
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["seed"], 11);
    assert_eq!(json["counts"]["operations"], outcome.counts.operations);
    assert_eq!(json["trace"], outcome.trace.as_str());
    let rows = report.rows();
    let row = |name: &str| rows.iter().find(|(row, _)| *row == name).map(|(_, value)| value.as_str());
    assert_eq!(row("scenario"), Some("ring, seed 11"));
    assert_eq!(row("trace"), Some(outcome.trace.as_str()));
    assert!(row("time").is_some_and(|time| time.contains("in 1.2 s, ")), "{:?}", row("time"));
}
