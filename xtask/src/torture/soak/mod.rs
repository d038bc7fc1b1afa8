//! `cargo xtask torture soak`: two boxes under a mixed load for an hour or longer, and whether they keep what they do not need:
//! memory, open files, threads.
//!
//! Memory that follows what people write is no leak, and it grows just as evenly. So residents write in every other phase only,
//! while others read and look up all the time, and memory is explained by both: so many bytes for each request, and so many for
//! each operation that is kept. What is written is soon erased again, so that pages stay as large as they were.

mod fit;
mod load;
mod samples;

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::{Value, json};

use super::village::{FIRST, Village};
use super::{Run, bar, write_photo};
use crate::house::House;
use crate::process::Workspace;
use fit::{Effect, each};
use load::Load;
use samples::{Sample, block_line, drawing};

/// How long, and with how many.
#[derive(Args)]
pub(crate) struct Options {
    /// For how many minutes
    #[arg(long, default_value_t = 60)]
    minutes: u32,
    /// How many read at the same time
    #[arg(long, default_value_t = 4)]
    readers: usize,
    /// Draw what was measured into this file (SVG)
    #[arg(long, value_name = "FILE")]
    drawing: Option<PathBuf>,
    #[command(flatten)]
    run: Run,
}

/// The box that copies the first one, and is stopped and started again in every phase.
const SECOND: &str = "second";
/// Phases of a run; residents write in every other one. The first four warm up: caches fill, threads come.
const PHASES: u32 = 24;
const WARMING: usize = 4;
/// Samples of a phase.
const SAMPLES: u32 = 10;
/// Fewer bytes a request than the smallest piece that an allocator hands out: so not one piece is kept of each.
const MOST_PER_REQUEST: f64 = 16.0;
/// What an operation may keep in memory until the store has written out what it holds: its keys and values (5 KB), the item's row
/// and its document.
const MOST_PER_OPERATION: f64 = 32.0 * 1024.0;
/// Open files and threads for each thousand requests: one that is kept of each hundredth request would be ten.
const MOST_PER_THOUSAND: f64 = 0.1;

/// Soaks, and prints what came of it.
///
/// # Errors
/// When memory, open files or threads grow with what is asked for, or the load itself broke off.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let built = options.run.program(workspace)?;
    let folder = tempfile::tempdir().context("cannot make a folder for the village")?;
    let photo = folder.path().join("street.jpg");
    write_photo(&photo)?;
    let mut village = Village::found(&built, folder.path())?;
    let house = House::start(&built, &village.dir(FIRST))?;
    village.move_in(options.run.writers)?;
    village.add_box(SECOND)?;

    let site = house.site().to_owned();
    let load = Load::new(village.program(), &village.keys, &photo, &site);
    let phase = Duration::from_secs(60 * u64::from(options.minutes)) / PHASES;
    let bar = bar(u64::from(PHASES));
    let samples = load.during(options.readers, || {
        let (begun, mut samples) = (Instant::now(), Vec::new());
        for number in 0..PHASES {
            load.write(number % 2 == 0);
            let second = House::start(&built, &village.dir(SECOND))?;
            for sample in 1..=SAMPLES {
                let until = phase * number + phase * sample / SAMPLES;
                std::thread::sleep(until.saturating_sub(begun.elapsed()));
                samples.push(Sample::take(&house, &village.dir(FIRST), begun.elapsed(), &load)?);
            }
            second.stop()?;
            bar.set_message(samples.last().map(Sample::to_string).unwrap_or_default());
            bar.inc(1);
        }
        Ok(samples)
    })?;
    bar.finish_and_clear();
    house.stop()?;
    tell(options, &load, &samples)
}

/// One thing that must not grow with what is asked for.
struct Verdict {
    what: &'static str,
    effect: Effect,
    most: f64,
}

impl Verdict {
    /// What is known of it, give or take twice the standard error.
    fn word(&self) -> &'static str {
        let Effect { each, error } = self.effect;
        if each - 2.0 * error > self.most {
            "GROWS"
        } else if each + 2.0 * error <= self.most {
            "flat"
        } else {
            "too short a run to tell"
        }
    }
}

fn tell(options: &Options, load: &Load<'_>, samples: &[Sample]) -> Result<()> {
    let warm = &samples[samples.len().min(WARMING * SAMPLES as usize)..];
    let grows = |figure: fn(&Sample) -> f64| each(warm, SAMPLES as usize, figure);
    let memory = grows(|sample| sample.anonymous);
    let thousand = |effect: Effect| Effect { each: effect.each * 1000.0, error: effect.error * 1000.0 };
    let verdicts = [
        Verdict { what: "bytes of memory for each request", effect: memory.request, most: MOST_PER_REQUEST },
        Verdict { what: "bytes of memory for each operation", effect: memory.operation, most: MOST_PER_OPERATION },
        Verdict {
            what: "open files for 1,000 requests",
            effect: thousand(grows(|sample| sample.descriptors).request),
            most: MOST_PER_THOUSAND,
        },
        Verdict {
            what: "threads for 1,000 requests",
            effect: thousand(grows(|sample| sample.threads).request),
            most: MOST_PER_THOUSAND,
        },
    ];
    let done = load.done();
    println!("{} minutes, {done}", options.minutes);
    for (what, line) in [
        ("memory", block_line(samples, |sample| sample.anonymous)),
        ("open files", block_line(samples, |sample| sample.descriptors)),
        ("threads", block_line(samples, |sample| sample.threads)),
        ("disk", block_line(samples, |sample| sample.disk)),
    ] {
        println!("{what:<11} {line}");
    }
    for verdict in &verdicts {
        let Effect { each, error } = verdict.effect;
        println!("{:<36} {each:>9.3} ± {:.3}, at most {}: {}", verdict.what, 2.0 * error, verdict.most, verdict.word());
    }
    if let Some(path) = &options.drawing {
        fs::write(path, drawing(samples)).with_context(|| format!("cannot write {}", path.display()))?;
        println!("drawn in {}", path.display());
    }
    if options.run.json {
        let said: Vec<Value> = verdicts
            .iter()
            .map(|verdict| {
                let Effect { each, error } = verdict.effect;
                json!({ "what": verdict.what, "each": each, "error": error, "most": verdict.most, "verdict": verdict.word() })
            })
            .collect();
        let samples: Vec<Value> = samples.iter().map(Sample::json).collect();
        println!(
            "{}",
            json!({ "minutes": options.minutes, "done": done.json(), "verdicts": said, "samples": samples })
        );
    }
    ensure!(done.answered > 0 && done.operations > 0, "the load did nothing");
    ensure!(done.unanswered * 100 <= done.answered, "{} requests were not answered", done.unanswered);
    let growing: Vec<_> = verdicts.iter().filter(|verdict| verdict.word() == "GROWS").map(|v| v.what).collect();
    ensure!(growing.is_empty(), "what grows: {}", growing.join(", "));
    Ok(())
}
