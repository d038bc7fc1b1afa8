//! One run: the bar while it lasts, what came of it, and what is done when it fails.

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use dorpsplein_simulations::checkers::Failure;
use dorpsplein_simulations::minimise::{Minimised, size};
use dorpsplein_simulations::plan::Plan;
use dorpsplein_simulations::progress::Bar;
use dorpsplein_simulations::recording::Recording;
use dorpsplein_simulations::report::{Effort, Report, page};
use dorpsplein_simulations::trial::{Ending, cut_down, try_out};

use super::{Failing, Output};

/// Carries a plan out, tells what came of it, and cuts the plan down if it failed.
pub(super) fn play(plan: &Plan, again: String, output: &Output) -> anyhow::Result<ExitCode> {
    let (ending, effort) = carry_out(plan)?;
    if let Some(failure) = ending.failures().first() {
        told(plan, ending.failures());
        keep(plan, failure, &output.failing)?;
    }
    tell(plan, &ending, effort, again, output)
}

/// Runs a recorded failure again, and says whether it still fails as it did.
pub(super) fn replay(path: &Path, recording: &Recording, output: &Output) -> anyhow::Result<ExitCode> {
    let Recording { checker, found, commit, plan } = recording;
    eprintln!("recorded at {commit}: {checker}: {found}");
    let (ending, effort) = carry_out(plan)?;
    told(plan, ending.failures());
    let now = match ending.failures() {
        [] => "it no longer fails",
        _ if ending.is_found_by(checker) => "it still fails the same way",
        _ => "it fails, but otherwise than it did",
    };
    eprintln!("{now}");
    let again = format!("cargo run --release -p dorpsplein-simulations -- --replay {}", path.display());
    tell(plan, &ending, effort, again, output)
}

/// Cuts a plan down that failed, and writes what is left to a file.
pub(super) fn keep(plan: &Plan, failure: &Failure, failing: &Failing) -> anyhow::Result<()> {
    let deadline = Instant::now() + Duration::from_secs(60 * u64::from(failing.minimise));
    let small = cut_down(plan, failure.checker, &mut || Instant::now() < deadline);
    let Minimised { plan: left, tried, complete } = small;
    let whole = if complete { "nothing more can be taken out" } else { "time was up" };
    eprintln!("cut down from {} elements to {} in {tried} runs: {whole}", size(plan), size(&left));
    let path = Recording::new(failure, left).save(&failing.failures)?;
    eprintln!("run it again: cargo run --release -p dorpsplein-simulations -- --replay {}", path.display());
    Ok(())
}

/// Says what the checkers found, with the seed.
pub(super) fn told(plan: &Plan, failures: &[Failure]) {
    for failure in failures {
        eprintln!("{} with seed {}: {}: {}", plan.scenario, plan.seed, failure.checker, failure.found);
    }
}

fn carry_out(plan: &Plan) -> anyhow::Result<(Ending, Effort)> {
    let mut bar = Bar::new(&plan.scenario);
    let started = Instant::now();
    let ending = try_out(plan, &mut bar).with_context(|| format!("seed {} could not be run", plan.seed))?;
    let real_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    bar.finish();
    Ok((ending, Effort { real_ms, peak_memory_bytes: peak_memory() }))
}

fn tell(plan: &Plan, ending: &Ending, effort: Effort, again: String, output: &Output) -> anyhow::Result<ExitCode> {
    let outcome = match ending {
        Ending::Done(outcome) => outcome,
        Ending::Panicked(failure) => {
            if output.json {
                println!(
                    "{}",
                    serde_json::json!({ "scenario": plan.scenario, "seed": plan.seed, "failures": [failure] })
                );
            }
            return Ok(ExitCode::FAILURE);
        }
    };
    let report = Report::new(plan, outcome, effort);
    if let Some(path) = &output.report {
        let page = page(plan, outcome, &report, again)?;
        fs::write(path, page).with_context(|| format!("cannot write {}", path.display()))?;
    }
    if output.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        for (name, value) in report.rows() {
            println!("{name:<18} {value}");
        }
    }
    Ok(if report.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The most memory this process ever used, in bytes, where the system tells.
fn peak_memory() -> Option<u64> {
    const BYTES_PER_KIB: u64 = 1024;
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * BYTES_PER_KIB)
}
