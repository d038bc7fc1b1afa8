//! `cargo xtask torture power`: the power goes at chosen moments of a recorded run of a box. Only what was really synced is left,
//! and of the rest any part; the box has to start on that, without any repair, and show everything a resident was told by then.

mod migration;
mod mounted;
mod platter;
mod volume;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::Args;
use indicatif::ProgressBar;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;

use super::checked::stands;
use super::village::{FIRST, Village};
use super::writers::{Told, Writers};
use super::{Run, bar, write_photo};
use crate::house::House;
use crate::process::Workspace;
use migration::Migration;
use platter::Platter;
use volume::{Event, Volume};

/// How much to torture.
#[derive(Args)]
pub(crate) struct Options {
    /// At how many moments the power goes
    #[arg(long, default_value_t = 100)]
    points: usize,
    /// For how many seconds residents write while it is recorded
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// What is chosen by chance is chosen the same again with the same number
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Check the check: as if the disk kept nothing that it is asked to keep. Then something has to get lost
    #[arg(long)]
    ignore_syncs: bool,
    /// Instead, cut the power at every sync of a start that brings the data of an earlier version along
    #[arg(long, conflicts_with_all = ["points", "seconds", "ignore_syncs"])]
    migration: bool,
    #[command(flatten)]
    run: Run,
}

/// Posts that are looked for after each cut: the last ones before it, and as many of the earlier ones.
const LOOKED_FOR: usize = 20;
/// Losses that are told one by one.
const TOLD_ONE_BY_ONE: usize = 5;

/// What was recorded.
struct Recording {
    /// What had happened to the disk before.
    before: usize,
    events: Vec<(Instant, Event)>,
    /// What residents were told, by when.
    told: Vec<Told>,
    /// The folder of the box, on the disk.
    box_folder: PathBuf,
}

/// Tortures, and prints what came of it.
///
/// # Errors
/// When after a cut the box does not start or something a resident was told is gone; with `--ignore-syncs` when nothing is.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let built = options.run.program(workspace)?;
    let folder = tempfile::tempdir().context("cannot make a folder for the village")?;
    let mut chance = StdRng::seed_from_u64(options.seed);
    if options.migration {
        return cut_a_migration(workspace, &built, folder.path(), options, &mut chance);
    }
    let recording = record(&built, folder.path(), options)?;
    let points = points(&recording, options.points, &mut chance);
    let syncs = recording.events[recording.before..].iter().filter(|(_, event)| is_sync(event)).count();
    println!(
        "recorded {} acts on the disk, {syncs} of them syncs, while {} posts were told",
        recording.events.len() - recording.before,
        recording.told.len()
    );
    let played = Played { events: &recording.events, before: recording.before, points: &points };
    let losses = played.cut(options.ignore_syncs, folder.path(), &mut chance, |left, point, chance| {
        looked_at(&built, &left.join(&recording.box_folder), &recording, point, chance)
    })?;
    say(options, &recording, syncs, points.len(), &losses)
}

/// The same of a start that brings the data of an earlier version along.
fn cut_a_migration(
    workspace: &Workspace,
    built: &Path,
    folder: &Path,
    options: &Options,
    chance: &mut StdRng,
) -> Result<()> {
    let migration = Migration::record(workspace, built, folder)?;
    let points = migration.points(chance);
    println!("recorded {} acts on the disk of a migration", migration.events.len() - migration.before);
    let played = Played { events: &migration.events, before: migration.before, points: &points };
    let losses = played
        .cut(false, folder, chance, |left, _, _| migration.looked_at(built, &left.join(&migration.box_folder)))?;
    losses.iter().take(TOLD_ONE_BY_ONE).for_each(|loss| println!("{loss}"));
    println!(
        "{} power cuts, half of them at each sync, {} with something lost, or no start",
        points.len(),
        losses.len()
    );
    if options.run.json {
        println!(
            "{}",
            json!({ "migration": true, "points": points.len(), "lost": losses.len(), "seed": options.seed })
        );
    }
    ensure!(losses.is_empty(), "{} of {} power cuts lost something", losses.len(), points.len());
    Ok(())
}

/// What happened to a disk, and when the power goes.
struct Played<'a> {
    events: &'a [(Instant, Event)],
    /// What had happened before, and is kept for sure.
    before: usize,
    points: &'a [usize],
}

impl Played<'_> {
    /// Makes what each cut leaves, has it looked at, and returns what was lost.
    fn cut(
        &self,
        ignore_syncs: bool,
        folder: &Path,
        chance: &mut StdRng,
        look: impl Fn(&Path, usize, &mut StdRng) -> Result<()>,
    ) -> Result<Vec<String>> {
        let mut platter = Platter::new(ignore_syncs);
        self.events[..self.before].iter().for_each(|(_, event)| platter.take(event));
        platter.settle();
        let (mut taken, mut losses) = (self.before, Vec::new());
        let bar: ProgressBar = bar(self.points.len() as u64);
        for point in self.points {
            self.events[taken..*point].iter().for_each(|(_, event)| platter.take(event));
            taken = *point;
            let left = folder.join("left");
            platter.cut(&left, chance)?;
            if let Err(loss) = look(&left, *point, chance) {
                losses.push(format!("cut after act {point}: {loss:#}"));
            }
            fs::remove_dir_all(&left).with_context(|| format!("cannot remove {}", left.display()))?;
            bar.set_message(format!("{} lost", losses.len()));
            bar.inc(1);
        }
        bar.finish_and_clear();
        Ok(losses)
    }
}

/// Has residents write to a box whose disk is recorded.
fn record(built: &Path, folder: &Path, options: &Options) -> Result<Recording> {
    let photo = folder.join("street.jpg");
    write_photo(&photo)?;
    let at = folder.join("disk");
    fs::create_dir(&at).context("cannot make a place for the disk")?;
    let disk = Arc::new(Mutex::new(Volume::new()));
    let mounted = mounted::mount(&disk, &at)?;
    let happened = || disk.lock().unwrap_or_else(PoisonError::into_inner).log().len();

    let mut village = Village::found(built, &at)?;
    let house = House::start(built, &village.dir(FIRST))?;
    village.move_in(options.run.writers)?;
    house.stop()?;
    let before = happened();
    let house = House::start(built, &village.dir(FIRST))?;
    let writers = Writers { program: village.program(), keys: &village.keys, photo: &photo };
    let site = house.site().to_owned();
    let (told, ()) = writers.write_during(&site, || {
        thread::sleep(Duration::from_secs(options.seconds));
        house.kill()
    })?;
    let box_folder = village.dir(FIRST).strip_prefix(&at).context("the box lies on the disk")?.to_owned();
    mounted.umount_and_join().context("cannot unmount the disk")?;
    let events = disk.lock().unwrap_or_else(PoisonError::into_inner).log().to_vec();
    ensure!(!told.is_empty(), "nobody was told anything, so there is nothing to lose");
    Ok(Recording { before, events, told, box_folder })
}

/// The moments: half of them directly after something was synced, when most hangs on it; the others anywhere.
fn points(recording: &Recording, wanted: usize, chance: &mut StdRng) -> Vec<usize> {
    let range = recording.before..recording.events.len();
    let syncs: Vec<usize> = range.clone().filter(|at| is_sync(&recording.events[*at].1)).map(|at| at + 1).collect();
    let mut points: Vec<usize> = (0..wanted)
        .map(|number| match number % 2 {
            0 if !syncs.is_empty() => syncs[chance.random_range(0..syncs.len())],
            _ => chance.random_range(range.clone()) + 1,
        })
        .collect();
    points.sort_unstable();
    points
}

fn is_sync(event: &Event) -> bool {
    matches!(event, Event::Synced { .. })
}

/// Starts the box on what a cut left, and looks for what residents had been told.
fn looked_at(built: &Path, dir: &Path, recording: &Recording, point: usize, chance: &mut StdRng) -> Result<()> {
    let cut_at = recording.events[point - 1].0;
    let by_then: Vec<&Told> = recording.told.iter().filter(|told| told.at <= cut_at).collect();
    let (earlier, last) = by_then.split_at(by_then.len().saturating_sub(LOOKED_FOR));
    let back = (0..LOOKED_FOR.min(earlier.len())).map(|_| earlier[chance.random_range(0..earlier.len())]);
    let house = House::start(built, dir).context("it does not start")?;
    for told in last.iter().copied().chain(back.collect::<Vec<_>>()) {
        stands(&house, told)?;
    }
    house.kill()
}

fn say(options: &Options, recording: &Recording, syncs: usize, points: usize, losses: &[String]) -> Result<()> {
    for loss in losses.iter().take(TOLD_ONE_BY_ONE) {
        println!("{loss}");
    }
    println!("{points} power cuts, {} with something lost that a resident was told, or no start", losses.len());
    if options.run.json {
        let acts = recording.events.len() - recording.before;
        println!(
            "{}",
            json!({
                "points": points, "lost": losses.len(), "acts": acts, "syncs": syncs, "told": recording.told.len(),
                "ignored_syncs": options.ignore_syncs, "seed": options.seed,
            })
        );
    }
    if options.ignore_syncs {
        ensure!(!losses.is_empty(), "a disk that keeps nothing was not found out: this check checks nothing");
        println!("so a box whose disk, or whose program, keeps nothing is found out");
        return Ok(());
    }
    ensure!(losses.is_empty(), "{} of {points} power cuts lost something", losses.len());
    Ok(())
}
