//! `cargo xtask bench box`: what a box takes of the machine it runs on: memory, disk, what it writes, how soon it is there, how
//! many people it can hold up at once, and how fast it is put away and brought back.
//!
//! Everything is measured on real boxes, each a process of its own with a store on this disk; a helper
//! (`node/examples/sync_bench`) plays the people. Beside the figures stands what the disk allows, measured in the same run.

mod backup;
mod disk;
mod memory;
mod posts;

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};
use tempfile::TempDir;

use super::search::until_complete;
use super::sync::build_helper;
use super::sync::helper::Helper;
use super::sync::report::{Aim, Report};
use crate::house::House;
use crate::http;
use crate::package;
use crate::process::Workspace;
use crate::programs::{Profile, build_box};

/// What to measure, and how much of it. Villages lie in the folder for temporary files (TMPDIR), which has to be on a disk.
#[derive(Args)]
pub(crate) struct Options {
    /// Print one JSON object as the last line
    #[arg(long)]
    json: bool,
    /// Measure only these parts; all when left out
    #[arg(long, value_enum, value_delimiter = ',', value_name = "NAME")]
    only: Vec<Part>,
    /// Measure this program instead of the one that people install, which is built (profile `dist`)
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// Have this program play the people (the example `sync_bench`) instead of a release build
    #[arg(long, value_name = "FILE")]
    helper: Option<PathBuf>,
    /// How many items the square has whose memory is measured, and how many operations those have whose room is
    #[arg(long, default_value_t = 10_000)]
    items: u64,
    /// How many photos that square has, eight to a post
    #[arg(long, default_value_t = 500)]
    photos: u32,
    /// How many operations are many: for the start, for writing in bulk and for the backup
    #[arg(long, default_value_t = 100_000)]
    many: u64,
    /// For how many seconds each page is asked for
    #[arg(long, default_value_t = 5)]
    seconds: u32,
    /// For how many seconds a box is left alone to see what it writes then
    #[arg(long, default_value_t = 120)]
    idle_seconds: u64,
    /// How many posts residents hand in at once, all together
    #[arg(long, default_value_t = 10_000)]
    posts: u64,
    /// How many megabytes of photos are in the backup
    #[arg(long, default_value_t = 2_000)]
    photos_mb: u64,
}

/// A part of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Resident memory, idle and under load
    Memory,
    /// Room on the disk, and what is written when nothing happens
    Disk,
    /// From the start to the first page
    Start,
    /// Bytes written to the disk for each byte of operations
    Writes,
    /// Many residents at once
    Posts,
    /// A backup, and bringing it back
    Backup,
    /// The program and the Debian package
    Size,
}

/// What is aimed at.
const AIM_START_MS: f64 = 300.0;
/// How often a box is started.
const STARTS: usize = 7;
/// A box has come to rest when it wrote nothing for so long, which is longer than it waits itself before it tidies its store; it
/// has to, within so long.
const QUIET: Duration = Duration::from_secs(8);
const COMES_TO_REST: Duration = Duration::from_secs(180);
/// How often to look.
const LOOK: Duration = Duration::from_millis(500);

/// What all measurements need.
struct Bench<'a> {
    workspace: &'a Workspace,
    program: PathBuf,
    helper: Helper,
    options: &'a Options,
    report: Report,
    /// A village with many operations, made when it is first asked for.
    many: Option<TempDir>,
}

/// Measures and prints.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let program = options.program.clone().map_or_else(|| build_box(workspace, Profile::Dist(None)), Ok)?;
    let helper = options.helper.clone().map_or_else(|| build_helper(workspace), Ok)?;
    let helper = Helper::new(helper);
    let mut bench = Bench { workspace, program, helper, options, report: Report::default(), many: None };
    for part in Part::value_variants() {
        if options.only.is_empty() || options.only.contains(part) {
            bench.measure(*part)?;
        }
    }
    bench.report.print(options.json)
}

impl Bench<'_> {
    fn measure(&mut self, part: Part) -> Result<()> {
        match part {
            Part::Memory => self.memory(),
            Part::Disk => self.disk(),
            Part::Start => self.start(),
            Part::Writes => self.writes(),
            Part::Posts => self.posts(),
            Part::Backup => self.backup(),
            Part::Size => self.size(),
        }
    }

    /// From the start of the process to a whole home page, of a box with many operations. The first time after they were
    /// written the box also makes its search index; what people meet is every later time.
    fn start(&mut self) -> Result<()> {
        let dir = self.many()?;
        let house = House::start(&self.program, &dir)?;
        until_complete(&house, 0)?;
        at_rest(&house)?;
        house.stop()?;
        let mut times = (0..STARTS).map(|_| self.first_page(&dir)).collect::<Result<Vec<_>>>()?;
        times.sort_unstable();
        let ms = |index: usize| times.get(index).map_or(f64::NAN, |time: &Duration| time.as_secs_f64() * 1_000.0);
        let work = format!("start with {} operations", super::readable(self.options.many as f64));
        let aim = Some(Aim::AtMost(AIM_START_MS));
        self.report.add("start", &work, "to the first page, median", (ms(STARTS / 2), "ms"), aim);
        self.report.add("start", &work, "to the first page, slowest", (ms(STARTS - 1), "ms"), None);
        Ok(())
    }

    fn first_page(&self, dir: &Path) -> Result<Duration> {
        let begun = Instant::now();
        let house = House::start(&self.program, dir)?;
        let page = http::get(house.site(), "/")?.text()?;
        let took = begun.elapsed();
        ensure!(page.contains("</html>"), "the home page is not whole");
        house.stop()?;
        Ok(took)
    }

    /// What people download and keep.
    fn size(&mut self) -> Result<()> {
        for made in package::make(self.workspace, None, Some(&self.program))? {
            let aim = made.aim_bytes.map(|most| Aim::AtMost(most as f64));
            self.report.add("size", made.what, "on the disk", (made.bytes as f64, "bytes"), aim);
        }
        Ok(())
    }

    /// The folder of a box with many operations, which is not running. Parts that come later find what earlier ones wrote.
    fn many(&mut self) -> Result<PathBuf> {
        if let Some(folder) = &self.many {
            return Ok(folder.path().join(WRITES));
        }
        let folder = village()?;
        let dir = self.helper.fill(folder.path(), self.options.many, &[])?;
        self.many = Some(folder);
        Ok(dir)
    }
}

/// The box that writes, and the one next door, below the folder of the villages.
const WRITES: &str = "maasdorp";
const READS: &str = "elzenbroek";

fn village() -> Result<TempDir> {
    tempfile::tempdir().context("cannot make a folder for the villages")
}

/// Waits until a box writes nothing any more, and says how many bytes it has written since it was started.
fn at_rest(house: &House) -> Result<u64> {
    let begun = Instant::now();
    let (mut written, mut since) = (house.written_bytes()?, Instant::now());
    while since.elapsed() < QUIET {
        ensure!(begun.elapsed() < COMES_TO_REST, "the box goes on writing with nobody asking for anything");
        thread::sleep(LOOK);
        let now = house.written_bytes()?;
        if now != written {
            (written, since) = (now, Instant::now());
        }
    }
    Ok(written)
}

/// What a folder takes on the disk, in bytes: blocks, not lengths, as `du` counts.
fn room_of(folder: &Path) -> Result<u64> {
    use std::os::unix::fs::MetadataExt;
    const BLOCK_BYTES: u64 = 512;
    let mut bytes = 0;
    for entry in walkdir::WalkDir::new(folder) {
        match entry.and_then(|entry| entry.metadata()) {
            Ok(metadata) => bytes += metadata.blocks() * BLOCK_BYTES,
            // A running box may remove a file in the meantime.
            Err(error) if error.io_error().is_some_and(|error| error.kind() == std::io::ErrorKind::NotFound) => {}
            Err(error) => return Err(error).with_context(|| format!("cannot measure {}", folder.display())),
        }
    }
    Ok(bytes)
}

/// How long a file is, in bytes.
fn size_of(file: &Path) -> Result<u64> {
    Ok(fs::metadata(file).with_context(|| format!("{} is missing", file.display()))?.len())
}
