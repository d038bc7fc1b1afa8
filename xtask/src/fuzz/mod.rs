//! `cargo xtask fuzz`: hostile bytes and odd orders for everything that reads what strangers bring, with libFuzzer, which lets
//! itself be led by the code that an input reaches. The targets are in the folder `fuzz`; the pinned compiler builds them.

mod build;
mod corpus;
mod fuzzer;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde_json::json;

use crate::process::{Workspace, cores};
use crate::setup;
use crate::steps::{Outcome, Steps};
use crate::torture::bar;
use build::{Speed, Target};
use fuzzer::{Bounds, Run};

/// What to fuzz, and for how long.
#[derive(Args)]
pub(crate) struct Options {
    /// Only these targets; all of them when none is named
    targets: Vec<String>,
    /// How often each target is executed
    #[arg(long, default_value_t = 100_000)]
    executions: u64,
    /// For how many seconds at most, each
    #[arg(long, value_name = "N")]
    seconds: Option<u64>,
    /// How many targets run at the same time
    #[arg(long, default_value_t = 1)]
    jobs: usize,
    /// Keep what was found in the repository: the fewest inputs that reach as much, packed
    #[arg(long)]
    keep: bool,
    /// Give a target this input and nothing else, as after a finding
    #[arg(long, value_name = "FILE", conflicts_with_all = ["keep", "json"])]
    input: Option<PathBuf>,
    /// Print one JSON object as the last line
    #[arg(long)]
    json: bool,
}

/// How much of each target a step of the tests sees, beside all of its corpus.
const SMOKE: Bounds = Bounds { executions: 20_000, seconds: Some(3) };

/// Fuzzes, and prints what came of it.
///
/// # Errors
/// When a target cannot be built, or found something: then it says how to run that again.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    if let Some(missing) = setup::cxx(workspace) {
        bail!("{missing}");
    }
    let targets = chosen(&build::targets(workspace)?, &options.targets)?;
    let place = build::place(workspace)?;
    let programs = build::programs(workspace, &place, &targets, Speed::Campaign)?;
    if let Some(input) = &options.input {
        let [target] = targets.as_slice() else { bail!("say which one target is to have the input") };
        return fuzzer::give(&programs[&target.name], input);
    }
    corpus::lay_ready(workspace, &place, &targets)?;
    let bounds = Bounds { executions: options.executions, seconds: options.seconds };
    let found = |target: &Target| place.join("found").join(&target.name);
    let runs = all(&targets, options.jobs, &bounds, |target| {
        fuzzer::run(&programs[&target.name], &known(&place, &target.name), &found(target), &place, target, &bounds)
    })?;
    print(&runs, options.json);
    found_nothing(workspace, &runs)?;
    if options.keep {
        for target in &targets {
            let from = [known(&place, &target.name), found(target)];
            corpus::keep(workspace, &programs[&target.name], target, &from)?;
        }
    }
    Ok(())
}

/// Gives each target all of its corpus and a little more, as a step of a longer run.
pub(crate) fn run_steps(workspace: &Workspace, steps: &mut Steps) -> Result<()> {
    let (mut targets, mut programs, mut place) = (Vec::new(), BTreeMap::new(), PathBuf::new());
    steps.run("build what fuzzes", || {
        if let Some(missing) = setup::cxx(workspace) {
            return Ok(Outcome::Skipped(missing));
        }
        targets = build::targets(workspace)?;
        place = build::place(workspace)?;
        programs = build::programs(workspace, &place, &targets, Speed::Smoke)?;
        Ok(Outcome::passed())
    })?;
    steps.run("hostile bytes", || {
        if programs.is_empty() {
            return Ok(Outcome::Skipped("it was not built".to_owned()));
        }
        corpus::lay_ready(workspace, &place, &targets)?;
        // What earlier runs found is left out, so that each of these is like the first.
        let found = tempfile::tempdir().context("cannot make a folder for what is found")?;
        let cores = cores();
        let runs = all(&targets, cores, &SMOKE, |target| {
            let found = found.path().join(&target.name);
            fuzzer::run(&programs[&target.name], &known(&place, &target.name), &found, &place, target, &SMOKE)
        })?;
        let executions: u64 = runs.iter().map(|run| run.executions).sum();
        let mut told = vec![format!("fuzzing: {} targets, {executions} executions", runs.len())];
        let (decided, new) = by_luck(runs, |run| known(&place, &run.target))?;
        found_nothing(workspace, &decided)?;
        if let Err(found) = found_nothing(workspace, &new) {
            told.push(format!("NEW FAULT: {found}"));
        }
        Ok(Outcome::Passed(told))
    })
}

/// Runs by whether luck had a part in what they found: an input of the corpus breaks something in every run, one that was made
/// up on the way was there to be found before the change that is tested, and fails nothing.
fn by_luck(runs: Vec<Run>, known: impl Fn(&Run) -> PathBuf) -> Result<(Vec<Run>, Vec<Run>)> {
    let (mut decided, mut new) = (Vec::new(), Vec::new());
    for run in runs {
        let made_up = match &run.finding {
            Some(finding) => finding.is_made_up(&known(&run))?,
            None => false,
        };
        if made_up { new.push(run) } else { decided.push(run) }
    }
    Ok((decided, new))
}

/// Where the corpus of the repository lies unpacked.
fn known(place: &Path, target: &str) -> PathBuf {
    place.join("corpus").join(target)
}

fn chosen(all: &[Target], named: &[String]) -> Result<Vec<Target>> {
    let names = || all.iter().map(|target| target.name.as_str()).collect::<Vec<_>>().join(", ");
    if let Some(unknown) = named.iter().find(|name| all.iter().all(|target| target.name != **name)) {
        bail!("there is no target {unknown}; there are {}", names());
    }
    let is_chosen = |target: &&Target| named.is_empty() || named.contains(&target.name);
    Ok(all.iter().filter(is_chosen).cloned().collect())
}

/// Runs every target, so many at a time, and returns what came of each in their order.
fn all(
    targets: &[Target],
    jobs: usize,
    bounds: &Bounds,
    run: impl Fn(&Target) -> Result<Run> + Sync,
) -> Result<Vec<Run>> {
    let bar = bar(bounds.executions.saturating_mul(targets.len() as u64));
    let (waiting, done) = (Mutex::new(targets.iter().enumerate()), Mutex::new(BTreeMap::new()));
    thread::scope(|scope| {
        let worker = || -> Result<()> {
            loop {
                let next = waiting.lock().map_err(|_| anyhow::anyhow!("another target broke off"))?.next();
                let Some((number, target)) = next else { return Ok(()) };
                bar.set_message(target.name.clone());
                let came = run(target)?;
                bar.inc(bounds.executions);
                done.lock().map_err(|_| anyhow::anyhow!("another target broke off"))?.insert(number, came);
            }
        };
        let workers: Vec<_> = (0..jobs.clamp(1, targets.len().max(1))).map(|_| scope.spawn(worker)).collect();
        for worker in workers {
            worker.join().map_err(|_| anyhow::anyhow!("a thread that runs targets panicked"))??;
        }
        Ok::<(), anyhow::Error>(())
    })?;
    bar.finish_and_clear();
    let done = done.into_inner().map_err(|_| anyhow::anyhow!("a target broke off"))?;
    Ok(done.into_values().collect())
}

fn print(runs: &[Run], as_json: bool) {
    println!(
        "{:<18} {:>12} {:>9} {:>9} {:>7} {:>9}",
        "target", "executions", "per s", "coverage", "corpus", "findings"
    );
    for run in runs {
        let Run { target, executions, coverage, corpus, finding, .. } = run;
        let findings = usize::from(finding.is_some());
        println!("{target:<18} {executions:>12} {:>9.0} {coverage:>9} {corpus:>7} {findings:>9}", run.per_second());
    }
    if as_json {
        let rows: Vec<_> = runs
            .iter()
            .map(|run| {
                json!({
                    "target": run.target, "executions": run.executions, "executions_per_s": run.per_second(),
                    "coverage": run.coverage, "corpus_files": run.corpus, "crashes": usize::from(run.finding.is_some()),
                })
            })
            .collect();
        let executions: u64 = runs.iter().map(|run| run.executions).sum();
        let crashes = runs.iter().filter(|run| run.finding.is_some()).count();
        println!("{}", json!({ "targets": rows, "executions": executions, "crashes": crashes }));
    }
}

/// That no target found anything.
fn found_nothing(workspace: &Workspace, runs: &[Run]) -> Result<()> {
    let findings: Vec<_> = runs.iter().filter_map(|run| Some((run, run.finding.as_ref()?))).collect();
    for (run, finding) in &findings {
        println!("\n{} found {}", run.target, finding.what);
        finding.last_words.iter().for_each(|line| println!("  {line}"));
        let kept = finding.keep(&workspace.root().join("fuzz/artifacts").join(&run.target))?;
        println!("run it again: cargo xtask fuzz {} --input {}", run.target, kept.display());
    }
    ensure!(findings.is_empty(), "fuzzing found {} faults; the lines above say how to run each again", findings.len());
    Ok(())
}
