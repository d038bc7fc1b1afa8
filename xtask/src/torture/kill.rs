//! `cargo xtask torture kill`: boxes are killed (`kill -9`) at random moments while residents write, show photos, and a second
//! box copies. Whatever a resident was told stands on the square has to stand there when the box is started again, without
//! any repair; and at the end every box shows what a box shows that has derived everything anew.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;
use rand::RngExt;
use serde_json::json;

use super::checked::{item_at, stands};
use super::village::{FIRST, Village};
use super::writers::{Told, Writers};
use super::{Run, bar, write_photo};
use crate::house::House;
use crate::process::Workspace;

/// How much to torture.
#[derive(Args)]
pub(crate) struct Options {
    /// How often boxes are killed
    #[arg(long, default_value_t = 25)]
    rounds: u32,
    #[command(flatten)]
    run: Run,
}

/// The box that copies the first one.
const SECOND: &str = "second";
/// The box that comes when all is over and derives everything anew.
const WITNESS: &str = "witness";
/// A box lives between so many milliseconds.
const LIFE_MS: std::ops::Range<u64> = 50..1500;
/// Items from earlier rounds that are looked for again in each.
const LOOK_BACK: usize = 20;
/// How long boxes may take to agree when all is over.
const PATIENCE: Duration = Duration::from_secs(300);

/// What came of it.
#[derive(Default)]
struct Toll {
    kills: u32,
    told: Vec<Told>,
    /// How long starting again took.
    starts: Vec<Duration>,
}

/// Tortures, and prints what came of it.
///
/// # Errors
/// When something that a resident was told is gone, boxes do not agree with the witness, or a box does not start again.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let built = options.run.program(workspace)?;
    let folder = tempfile::tempdir().context("cannot make a folder for the village")?;
    let photo = folder.path().join("street.jpg");
    write_photo(&photo)?;
    let mut village = Village::found(&built, folder.path())?;
    let house = House::start(&built, &village.dir(FIRST))?;
    village.move_in(options.run.writers)?;
    village.add_box(SECOND)?;
    house.stop()?;

    let writers = Writers { program: village.program(), keys: &village.keys, photo: &photo };
    let mut toll = Toll::default();
    let bar = bar(u64::from(options.rounds));
    for _ in 0..options.rounds {
        one_round(&village, &writers, &mut toll)?;
        bar.set_message(format!("{} posts told", toll.told.len()));
        bar.inc(1);
    }
    bar.finish_and_clear();
    let compared = compare_with_a_witness(&village, &toll)?;
    print(options, &toll, compared)
}

/// Both boxes live for a moment, one or both are killed, and the first has to have kept its word.
fn one_round(village: &Village, writers: &Writers<'_>, toll: &mut Toll) -> Result<()> {
    let mut random = rand::rng();
    let first = House::start(village.program(), &village.dir(FIRST))?;
    let second = House::start(village.program(), &village.dir(SECOND))?;
    let site = first.site().to_owned();
    let life = Duration::from_millis(random.random_range(LIFE_MS));
    let also_the_second = random.random_bool(0.5);
    let (told, ()) = writers.write_during(&site, || {
        thread::sleep(life);
        first.kill()?;
        if also_the_second { second.kill() } else { second.stop() }
    })?;
    toll.kills += 1 + u32::from(also_the_second);

    let begun = Instant::now();
    let again = House::start(village.program(), &village.dir(FIRST))?;
    toll.starts.push(begun.elapsed());
    let known = toll.told.len();
    let back = (0..LOOK_BACK.min(known)).map(|_| toll.told[random.random_range(0..known)].clone());
    for told in told.iter().cloned().chain(back.collect::<Vec<_>>()) {
        stands(&again, &told)?;
    }
    toll.told.extend(told);
    again.stop()
}

/// A third box comes and derives everything from operations alone; then all three have to show the same of every item.
/// Returns how many were compared.
fn compare_with_a_witness(village: &Village, toll: &Toll) -> Result<usize> {
    let first = House::start(village.program(), &village.dir(FIRST))?;
    village.add_box(WITNESS)?;
    let second = House::start(village.program(), &village.dir(SECOND))?;
    let witness = House::start(village.program(), &village.dir(WITNESS))?;
    let begun = Instant::now();
    for Told { item, .. } in &toll.told {
        loop {
            let shown = [&first, &second, &witness].map(|house| item_at(house, item).ok());
            if shown[0].is_some() && shown.windows(2).all(|two| two[0] == two[1]) {
                break;
            }
            if begun.elapsed() > PATIENCE {
                bail!("the boxes do not show the same of {item}: {shown:?}");
            }
            thread::sleep(Duration::from_millis(100));
        }
    }
    for house in [first, second, witness] {
        house.stop()?;
    }
    Ok(toll.told.len())
}

fn print(options: &Options, toll: &Toll, compared: usize) -> Result<()> {
    let mut starts = toll.starts.clone();
    starts.sort_unstable();
    let slowest = starts.last().copied().unwrap_or_default();
    let usual = starts.get(starts.len() / 2).copied().unwrap_or_default();
    let photos = toll.told.iter().filter(|told| told.photo).count();
    println!(
        "rounds {}, boxes killed {}, posts told {}, of these with a photo {photos}",
        options.rounds,
        toll.kills,
        toll.told.len()
    );
    println!("lost 0; {compared} items equal on three boxes, one of which derived everything anew");
    println!("started again after a kill: half within {} ms, all within {} ms", usual.as_millis(), slowest.as_millis());
    if options.run.json {
        let said = json!({
            "rounds": options.rounds, "kills": toll.kills, "told": toll.told.len(), "photos": photos, "lost": 0,
            "compared": compared, "start_p50_ms": usual.as_secs_f64() * 1e3, "start_max_ms": slowest.as_secs_f64() * 1e3,
        });
        println!("{said}");
    }
    Ok(())
}
