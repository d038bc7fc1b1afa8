//! `cargo xtask soak`: the simulator with seed after seed, on every core by itself, and what all of it comes to.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::process::{Workspace, cores};
use crate::programs::{build_simulator, build_simulator_for_tests};
use crate::properties::fresh_seed;
use crate::steps::{Outcome, Steps};

/// The seeds of the fixed set, from 1: so many with each scenario.
const FIXED_SEEDS: u32 = 50;
/// For how many minutes `cargo xtask test` looks on with seeds that nobody ran before.
const FRESH_MINUTES: u32 = 2;
/// How long a failure is cut down, in minutes, when a person waits for more.
const MINIMISE_MINUTES: u32 = 3;
/// After so many times the time it was given, and so many minutes, a run that does not end is ended.
const PATIENCE: (u32, u32) = (3, 10);

/// Runs the simulator for so long, from fresh seeds or from the one that is given.
pub(crate) fn run_alone(workspace: &Workspace, minutes: u32, seed: Option<u64>, scenarios: &[String]) -> Result<()> {
    let program = build_simulator(workspace)?;
    let order = Order { minutes, fixed: 0, scenarios };
    let soaked = soak(workspace, &program, &order, seed)?;
    for line in soaked.found_nothing()? {
        println!("{line}");
    }
    Ok(())
}

/// Builds the simulator and lets it run the fixed set and then fresh seeds, as steps of a longer run. A failure of the fixed
/// set fails the run. One that a fresh seed finds is told at the end and fails nothing: it was there before the change that is
/// tested, and whether it is met is luck.
pub(crate) fn run_steps(workspace: &Workspace, steps: &mut Steps) -> Result<()> {
    let mut program = None;
    steps.run("build the simulator", || {
        program = Some(build_simulator_for_tests(workspace)?);
        Ok(Outcome::passed())
    })?;
    let program = program.context("the step before built it")?;
    steps.run("simulated chaos and siege", || {
        let order = Order { minutes: 0, fixed: FIXED_SEEDS, scenarios: &[] };
        Ok(Outcome::Passed(soak(workspace, &program, &order, None)?.found_nothing()?))
    })?;
    steps.run("chaos and siege with fresh seeds", || {
        let order = Order { minutes: FRESH_MINUTES, fixed: 0, scenarios: &[] };
        Ok(Outcome::Passed(soak(workspace, &program, &order, None)?.lines))
    })
}

/// What came of running seeds.
struct Soaked {
    /// In words, for the end of the run.
    lines: Vec<String>,
    failures: usize,
}

impl Soaked {
    /// The lines, if no run failed.
    fn found_nothing(self) -> Result<Vec<String>> {
        let Self { lines, failures } = self;
        ensure!(failures == 0, "the simulator found {failures} failures; the lines above say how to run each again");
        Ok(lines)
    }
}

/// What each core is to run.
struct Order<'a> {
    minutes: u32,
    /// The seeds of the fixed set, which the first core begins with.
    fixed: u32,
    scenarios: &'a [String],
}

/// Part of the JSON that one core's simulator ends with.
#[derive(Deserialize)]
struct Tally {
    runs: BTreeMap<String, u64>,
    fresh: Option<[u64; 2]>,
    simulated_ms: u64,
    operations: u64,
    acts: u64,
    faults: u64,
    broken_streams: u64,
    failures: Vec<serde_json::Value>,
}

/// Runs on every core, and returns the lines that say what all of it came to.
fn soak(workspace: &Workspace, program: &Path, order: &Order<'_>, seed: Option<u64>) -> Result<Soaked> {
    // The fixed set is for one core.
    let cores = if order.minutes == 0 { 1 } else { cores() };
    let mut running = Vec::new();
    for core in 0..cores {
        let seed = seed.map_or_else(fresh_seed, |seed| seed.wrapping_add((core as u64) << 32));
        let mut command = Command::new(program);
        command.current_dir(workspace.root()).args(["soak", "--json"]);
        command.args(["--minutes", &order.minutes.to_string(), "--minimise", &MINIMISE_MINUTES.to_string()]);
        command.args(["--seed", &seed.to_string()]);
        if core == 0 {
            command.args(["--fixed", &order.fixed.to_string()]);
        }
        for scenario in order.scenarios {
            command.args(["--scenario", scenario]);
        }
        println!("core {core}: fresh seeds from {seed}");
        running.push(Core::start(core, &mut command)?);
    }
    let limit = Duration::from_secs(60 * u64::from(order.minutes * PATIENCE.0 + PATIENCE.1));
    let started = Instant::now();
    let mut tallies = Vec::new();
    for core in running {
        tallies.push(core.finish(limit.saturating_sub(started.elapsed()))?);
    }
    let mut lines = summary(&tallies);
    let failures: usize = tallies.iter().map(|tally| tally.failures.len()).sum();
    if failures > 0 {
        lines.push(format!("NEW FAULT: {failures} runs failed; the lines that begin with `run it again` say how"));
    }
    Ok(Soaked { lines, failures })
}

/// A simulator on a core of its own.
struct Core {
    child: Child,
    lines: thread::JoinHandle<Option<String>>,
    errors: thread::JoinHandle<Option<String>>,
    number: usize,
}

impl Core {
    fn start(number: usize, command: &mut Command) -> Result<Self> {
        let spawned = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = spawned.context("cannot start the simulator")?;
        let lines = child.stdout.take().context("standard output is piped")?;
        let errors = child.stderr.take().context("standard error is piped")?;
        let (lines, errors) =
            (thread::spawn(move || pass_on(number, lines)), thread::spawn(move || pass_on(number, errors)));
        Ok(Self { child, lines, errors, number })
    }

    /// Waits until it ends, or ends it when that takes longer than `limit`; what it says last is its tally.
    fn finish(mut self, limit: Duration) -> Result<Tally> {
        const GLANCE: Duration = Duration::from_millis(200);
        let started = Instant::now();
        while self.child.try_wait().context("cannot wait for the simulator")?.is_none() {
            if started.elapsed() >= limit {
                self.child.kill().context("cannot end the simulator")?;
                self.child.wait().context("cannot wait for the simulator")?;
                anyhow::bail!("core {} did not come to an end; its last line above names the seed", self.number);
            }
            thread::sleep(GLANCE);
        }
        let heard = [self.lines, self.errors].map(thread::JoinHandle::join);
        let [Ok(last), Ok(_)] = heard else { anyhow::bail!("a thread that listens to a simulator panicked") };
        let last = last.with_context(|| format!("the simulator on core {} said nothing", self.number))?;
        serde_json::from_str(&last).with_context(|| format!("the simulator on core {} broke off: {last}", self.number))
    }
}

/// Prints what a simulator says, each line with its core, but for JSON; returns the last line.
fn pass_on(core: usize, from: impl Read) -> Option<String> {
    let mut last = None;
    for line in BufReader::new(from).lines().map_while(Result::ok) {
        if !line.starts_with('{') {
            println!("[{core}] {line}");
        }
        last = Some(line);
    }
    last
}

fn said_of(fresh: &[String]) -> String {
    if fresh.is_empty() { "no fresh seeds".to_owned() } else { format!("fresh seeds {}", fresh.join(" and ")) }
}

/// What all cores together did.
fn summary(tallies: &[Tally]) -> Vec<String> {
    const YEAR_MS: f64 = 365.25 * 86_400_000.0;
    let sum = |part: fn(&Tally) -> u64| tallies.iter().map(part).sum::<u64>();
    let mut runs: BTreeMap<&str, u64> = BTreeMap::new();
    for (name, count) in tallies.iter().flat_map(|tally| &tally.runs) {
        *runs.entry(name).or_default() += count;
    }
    let runs: Vec<String> = runs.iter().map(|(name, count)| format!("{count} of {name}")).collect();
    let fresh: Vec<String> =
        tallies.iter().filter_map(|tally| tally.fresh).map(|[first, last]| format!("{first} to {last}")).collect();
    vec![
        format!("simulator: {} runs, {}", runs.join(" and "), said_of(&fresh)),
        format!(
            "simulator: {:.1} simulated years, {} acts, {} operations accepted, {} faults, {} broken streams, {} failures",
            sum(|tally| tally.simulated_ms) as f64 / YEAR_MS,
            sum(|tally| tally.acts),
            sum(|tally| tally.operations),
            sum(|tally| tally.faults),
            sum(|tally| tally.broken_streams),
            sum(|tally| tally.failures.len() as u64),
        ),
    ]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const TALLY: &str = r#"{"runs":{"chaos":3,"siege":2},"fresh":[7,9],"simulated_ms":31557600000,"operations":5,"acts":9,
        "faults":4,"broken_streams":1,"failures":[]}"#;

    fn shell(script: &str) -> Result<Tally> {
        let core = Core::start(0, Command::new("sh").args(["-c", script])).unwrap();
        core.finish(Duration::from_secs(20))
    }

    #[test]
    fn what_every_core_did_is_added_up() {
        let tallies = [serde_json::from_str(TALLY).unwrap(), serde_json::from_str(TALLY).unwrap()];
        let lines = summary(&tallies);
        assert_eq!(lines[0], "simulator: 6 of chaos and 4 of siege runs, fresh seeds 7 to 9 and 7 to 9");
        assert!(lines[1].contains("2.0 simulated years") && lines[1].contains("8 faults"), "{lines:?}");
    }

    #[test]
    fn what_fails_is_told_and_fails_who_asks_for_nothing() {
        let soaked = |failures| Soaked { lines: vec!["simulator".to_owned()], failures };
        assert_eq!(soaked(0).found_nothing().unwrap(), ["simulator"]);
        assert!(soaked(2).found_nothing().unwrap_err().to_string().contains("2 failures"));
    }

    #[test]
    fn the_last_line_is_the_tally_and_another_one_an_error() {
        let tally = shell(&format!("echo one line; echo '{}'", TALLY.replace('\n', ""))).unwrap();
        assert_eq!(tally.runs["chaos"], 3);
        let Err(error) = shell("echo it broke") else { panic!("this is no tally") };
        assert!(format!("{error:#}").contains("broke off: it broke"), "{error:#}");
    }

    #[test]
    fn a_simulator_that_never_ends_is_ended() {
        let core = Core::start(1, Command::new("sleep").arg("600")).unwrap();
        let Err(error) = core.finish(Duration::from_millis(100)) else { panic!("it sleeps") };
        assert!(error.to_string().contains("core 1 did not come to an end"), "{error}");
    }
}
