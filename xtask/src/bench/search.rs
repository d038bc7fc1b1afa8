//! `cargo xtask bench search`: what finding things costs at a real box, the released program in a process of its own, asked
//! by `wrk` over eight connections on the loopback interface.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde::Deserialize;
use serde_json::json;

use super::sync::build_helper;
use super::sync::helper::Helper;
use super::sync::report::{Aim, Report};
use super::wrk;
use crate::house::House;
use crate::process::Workspace;
use crate::programs::{Profile, build_box};
use crate::setup;

/// How much to measure.
#[derive(Args)]
pub(crate) struct Options {
    /// Print one JSON object as the last line
    #[arg(long)]
    json: bool,
    /// How many items the square has
    #[arg(long, default_value_t = 10_000)]
    items: u64,
    /// For how many seconds each question is asked
    #[arg(long, default_value_t = 5)]
    seconds: u32,
}

/// How long making the index may take.
const PATIENCE: Duration = Duration::from_secs(600);
/// How often to look whether it is made.
const LOOK: Duration = Duration::from_millis(20);
/// How long a box is left alone before its memory at rest is read.
const REST: Duration = Duration::from_secs(8);
/// What is aimed at: of a hundred answers 99 come within this many milliseconds.
const AIM_MS: f64 = 15.0;

/// What people ask: a name for the table, and an address.
const QUESTIONS: [(&str, &str); 8] = [
    ("one common word", "/api/v1/search?q=molen"),
    ("two words", "/api/v1/search?q=soep+schuur"),
    ("three words, inflected", "/api/v1/search?q=oude+fietsbanden+pompen"),
    ("a typing error", "/api/v1/search?q=apeltart"),
    ("words that nothing has together", "/api/v1/search?q=xyzzyxyz+molen+harmonica"),
    ("nothing", "/api/v1/search?q=xyzzyxyzzy"),
    ("while typing", "/api/v1/suggestions?q=appel"),
    ("the page", "/zoeken?q=koffie+molen"),
];

/// How the index stands.
#[derive(Deserialize)]
pub(super) struct IndexState {
    complete: bool,
    rounds: u64,
    entries: u64,
    bytes: u64,
}

/// Measures and prints.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    setup::wrk(workspace)?;
    let program = build_box(workspace, Profile::Release)?;
    let helper = Helper::new(build_helper(workspace)?);
    let folder = tempfile::tempdir().context("cannot make a folder for the village")?;
    let dir = helper.fill(folder.path(), options.items, &[])?;
    let mut report = Report::default();
    let house = House::start(&program, &dir)?;
    of_the_index(&house, options.items, &mut report)?;
    of_questions(&house, options.seconds, &mut report)?;
    thread::sleep(REST);
    report.add("search", "the box at rest", "resident memory", (house.resident_bytes()?, "bytes"), None);
    house.stop()?;
    report.print(options.json)
}

/// What making the index takes, and how large it is.
fn of_the_index(house: &House, items: u64, report: &mut Report) -> Result<()> {
    let first = until_complete(house, 0)?;
    thread::sleep(REST);
    let before = house.begin_peak()?;
    let begun = Instant::now();
    house.have_done("/api/v1/index")?;
    let state = until_complete(house, first.rounds)?;
    let took = begun.elapsed().as_secs_f64();
    ensure!(state.entries >= items, "{} of {items} items can be found", state.entries);
    let more = house.peak_bytes()? - before;
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let (entries, bytes) = (state.entries as f64, state.bytes as f64);
    report.add("index", "making the index anew", "took", (took, "s"), None);
    report.add("index", "making the index anew", "memory on top, at its peak", (more, "bytes"), None);
    report.add("index", "the index", "entries", (entries, ""), None);
    report.add("index", "the index", "on the disk", (bytes, "bytes"), None);
    report.note("connections", json!(wrk::CONNECTIONS));
    Ok(())
}

/// Asks every question for so many seconds.
pub(super) fn of_questions(house: &House, seconds: u32, report: &mut Report) -> Result<()> {
    for (name, path) in QUESTIONS {
        let load = wrk::ask(&format!("{}{path}", house.site()), seconds, &[])?;
        report.add("search", name, "answers", (load.each_second, "/s"), None);
        report.add("search", name, "answered, p50", (load.half_ms, "ms"), None);
        report.add("search", name, "answered, p99", (load.slow_ms, "ms"), Some(Aim::AtMost(AIM_MS)));
    }
    Ok(())
}

/// Waits until everything can be found, and so many rounds of looking through it all were made before.
pub(super) fn until_complete(house: &House, rounds: u64) -> Result<IndexState> {
    let begun = Instant::now();
    loop {
        let state: IndexState = house.ask("/api/v1/index")?;
        if state.complete && state.rounds > rounds {
            return Ok(state);
        }
        ensure!(begun.elapsed() < PATIENCE, "the index was not made");
        thread::sleep(LOOK);
    }
}
