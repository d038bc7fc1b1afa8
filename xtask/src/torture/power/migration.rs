//! The power goes while a box brings the data of an earlier version to the form of this one: at every sync of that, and as often
//! anywhere else. Whatever is left, the box opens with everything that its village was told.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::Value;

use super::volume::{Event, Volume};
use super::{is_sync, mounted};
use crate::fixture;
use crate::house::House;
use crate::process::{Workspace, run};
use crate::torture::checked::item_at;

/// What a release left whose store is of an earlier format (`cargo xtask fixture`).
const EARLIER: &str = "node/tests/fixtures/0.1.0.tar.br";
/// The box in it, and what visitors were shown.
const BOX: &str = "plein";
const TOLD: &str = "told.json";

/// What was recorded, and what has to be shown whatever happens.
pub(super) struct Migration {
    /// What had happened to the disk before.
    pub(super) before: usize,
    pub(super) events: Vec<(Instant, Event)>,
    told: BTreeMap<String, Value>,
    /// The folder of the box, on the disk.
    pub(super) box_folder: PathBuf,
}

impl Migration {
    /// Has a box bring that data along on a disk that is recorded, until its site answers.
    pub(super) fn record(workspace: &Workspace, built: &Path, folder: &Path) -> Result<Self> {
        let earlier = folder.join("earlier");
        fs::create_dir(&earlier).context("cannot make a place for the village")?;
        fixture::unpack(&workspace.root().join(EARLIER), &earlier)?;
        let told = fs::read(earlier.join(TOLD)).context("cannot read what was told")?;
        let told = serde_json::from_slice(&told).context("what was told is JSON")?;
        let at = folder.join("disk");
        fs::create_dir(&at).context("cannot make a place for the disk")?;
        let disk = Arc::new(Mutex::new(Volume::new()));
        let mounted = mounted::mount(&disk, &at)?;
        let mut copy = Command::new("cp");
        run(copy.arg("--recursive").arg(earlier.join(BOX)).arg(&at))?;
        // What lay there before is on the disk: it is the migration that is cut, not the copying.
        let mut synced = Command::new("find");
        run(synced.arg(at.join(BOX)).args(["-exec", "sync", "{}", "+"]))?;
        let happened = || disk.lock().unwrap_or_else(PoisonError::into_inner).log().len();
        let before = happened();
        let house = House::start(built, &at.join(BOX))?;
        shows(&house, &told)?;
        house.kill()?;
        mounted.umount_and_join().context("cannot unmount the disk")?;
        let events = disk.lock().unwrap_or_else(PoisonError::into_inner).log().to_vec();
        let exchanged = events.iter().any(|(_, event)| matches!(event, Event::Exchanged { .. }));
        ensure!(exchanged, "this version has nothing to bring along of {EARLIER}, so there is nothing to break off");
        Ok(Self { before, events, told, box_folder: PathBuf::from(BOX) })
    }

    /// Directly after every sync, and as many moments anywhere.
    pub(super) fn points(&self, chance: &mut StdRng) -> Vec<usize> {
        let range = self.before..self.events.len();
        let syncs = range.clone().filter(|at| is_sync(&self.events[*at].1)).map(|at| at + 1);
        let mut points: Vec<usize> = syncs.collect();
        points.extend((0..points.len()).map(|_| chance.random_range(range.clone()) + 1).collect::<Vec<_>>());
        points.sort_unstable();
        points
    }

    /// Starts the box on what a cut left, and looks for everything.
    pub(super) fn looked_at(&self, built: &Path, dir: &Path) -> Result<()> {
        let house = House::start(built, dir).context("it does not start")?;
        shows(&house, &self.told)?;
        ensure!(!dir.join("migrating").exists(), "it leaves something of the former store behind");
        house.kill()
    }
}

/// That all of it is shown; a later version may tell more.
fn shows(house: &House, told: &BTreeMap<String, Value>) -> Result<()> {
    for (item, told) in told {
        let shown = item_at(house, item).with_context(|| format!("LOST: {item}"))?;
        ensure!(holds(&shown, told), "LOST: of {item} it shows {shown}, and {told} was told");
    }
    Ok(())
}

fn holds(shown: &Value, told: &Value) -> bool {
    match (shown, told) {
        (Value::Object(shown), Value::Object(told)) => {
            told.iter().all(|(name, told)| shown.get(name).is_some_and(|shown| holds(shown, told)))
        }
        (Value::Array(shown), Value::Array(told)) => {
            shown.len() == told.len() && shown.iter().zip(told).all(|(shown, told)| holds(shown, told))
        }
        (shown, told) => shown == told,
    }
}
