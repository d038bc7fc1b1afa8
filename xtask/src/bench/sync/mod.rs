//! `cargo xtask bench sync`: what two boxes cost each other, measured on two real ones.
//!
//! Both are the released program in a process of its own, with a store on this disk, talking over QUIC on the loopback
//! interface; nothing of the way an operation goes is left out. A helper (`node/examples/sync_bench`) plays the people who
//! write. Bytes are counted twice: by the boxes, as frames with their prefixes as they went over the stream, and by the kernel, as what really went over
//! the interface with packets, acknowledgements and handshakes. Beside the figures stands what the machine allows, measured
//! in the same run.

mod counters;
pub(super) mod helper;
mod hostile;
pub(super) mod report;
mod rows;

use std::path::Path;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};

use crate::process::{Workspace, executable, output};
use crate::programs::{Profile, build_box};
use counters::Wire;
use helper::Helper;
use report::Report;

/// What to measure, and how much of it.
#[derive(Args)]
pub(crate) struct Options {
    /// Print one JSON object as the last line
    #[arg(long)]
    json: bool,
    /// Measure only these parts; all when left out
    #[arg(long, value_enum, value_delimiter = ',')]
    rows: Vec<Part>,
    /// How many operations are many
    #[arg(long, default_value_t = 100_000)]
    many: u64,
    /// How many live changes
    #[arg(long, default_value_t = 400)]
    live: u64,
}

/// A part of the table. Parts that need a filled box bring one about, without printing what that took.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// What the machine allows
    Limits,
    /// A cold copy of 10,000 operations
    Few,
    /// 10 recent changes among those
    Recent,
    /// A cold copy of many, and the receiver's memory
    Many,
    /// Nothing changed among many
    Nothing,
    /// 1,000 changes scattered over a year among many
    Scattered,
    /// One live change after another
    Live,
    /// The same while a neighbour does harm
    Hostile,
}

/// What all measurements need.
struct Bench<'a> {
    program: &'a Path,
    helper: Helper,
    wire: Wire,
    options: &'a Options,
    report: Report,
}

/// Measures and prints.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let program = build_box(workspace, Profile::Release)?;
    let helper = Helper::new(build_helper(workspace)?);
    let mut bench = Bench { program: &program, helper, wire: Wire::find(), options, report: Report::default() };
    if bench.wants(Part::Limits) {
        bench.limits()?;
    }
    if [Part::Few, Part::Recent].into_iter().any(|part| bench.wants(part)) {
        bench.few()?;
    }
    if [Part::Many, Part::Nothing, Part::Scattered, Part::Live].into_iter().any(|part| bench.wants(part)) {
        bench.many()?;
    }
    if bench.wants(Part::Hostile) {
        bench.hostile()?;
    }
    bench.report.print(options.json)
}

impl Bench<'_> {
    fn wants(&self, part: Part) -> bool {
        self.options.rows.is_empty() || self.options.rows.contains(&part)
    }
}

pub(super) fn build_helper(workspace: &Workspace) -> Result<std::path::PathBuf> {
    let mut cargo = workspace.cargo(["build", "--locked", "--release", "--message-format=json-render-diagnostics"]);
    cargo.args(["--package", "dorpsplein-node", "--example", "sync_bench"]);
    let messages = output(cargo.stderr(std::process::Stdio::inherit()))?;
    executable(&messages, "sync_bench").context("cargo built no helper")
}
