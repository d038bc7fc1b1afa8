//! Putting a box away, and bringing it back.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{Bench, size_of};
use crate::bench::sync::report::Aim;
use crate::process::output;

const MEGABYTE: f64 = 1e6;
const AIM_MEGABYTES: f64 = 100.0;
/// Made up; what it costs to make a key of it is in the figures.
const PASSPHRASE: &str = "de lantaarn bij het sluisje brandt";

impl Bench<'_> {
    /// A backup of many operations and many megabytes of photos in one encrypted file, and a box made of it, which takes in every
    /// operation through the one door, derives everything anew, and holds every photo against its name.
    pub(super) fn backup(&mut self) -> Result<()> {
        let dir = self.many()?;
        let root = dir.parent().context("the villages have a folder")?.to_owned();
        let megabytes = self.options.photos_mb.to_string();
        let hung: Value = self.helper.run("hang", &root, &["--megabytes", &megabytes])?;
        let (secret, file, back) = (root.join("passphrase"), root.join("village.backup"), root.join("restored"));
        fs::write(&secret, PASSPHRASE).context("cannot write the passphrase")?;

        let (made, took) = self.says("backup", &["--dir", text(&dir)?, "--to", text(&file)?], &secret)?;
        ensure!(made["photos"] == hung["photos"], "the backup has {} of {} photos", made["photos"], hung["photos"]);
        let size = size_of(&file)? as f64;
        let work = format!("backup, {} photos", hung["photos"]);
        self.report.add("backup", &work, "the file", (size / MEGABYTE, "MB"), None);
        let aim = Some(Aim::AtLeast(AIM_MEGABYTES));
        self.report.add("backup", &work, "put away", (size / MEGABYTE / took.as_secs_f64(), "MB/s"), aim);

        let (restored, took) = self.says("restore", &[text(&file)?, "--to", text(&back)?], &secret)?;
        ensure!(restored["photos"] == hung["photos"], "{} photos came back", restored["photos"]);
        ensure!(restored["operations"] == made["operations"], "{} operations came back", restored["operations"]);
        ensure!(restored["differing_tables"] == json!(0), "other rows came of it: {}", restored["differing_tables"]);
        let operations = restored["operations"].as_f64().context("a restored box counts operations")?;
        self.report.add("restore", "the same", "brought back", (size / MEGABYTE / took.as_secs_f64(), "MB/s"), aim);
        let each = (operations / took.as_secs_f64(), "/s");
        self.report.add("restore", "the same", "operations checked and derived", each, None);
        self.report.add("restore", "the same", "took", (took.as_secs_f64(), "s"), None);
        fs::remove_file(&file).context("cannot remove the backup")?;
        fs::remove_dir_all(&back).context("cannot remove the restored box")
    }

    /// What a command of the program says, and how long it took.
    fn says(&self, command: &str, arguments: &[&str], secret: &Path) -> Result<(Value, Duration)> {
        let begun = Instant::now();
        let mut program = Command::new(&self.program);
        program.args(["--json", command]).args(arguments).arg("--passphrase-file").arg(secret);
        let said = output(program.env("RUST_LOG", "error"))?;
        let took = begun.elapsed();
        Ok((serde_json::from_str(said.trim()).with_context(|| format!("`{command}` said {said:?}"))?, took))
    }
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a folder for temporary files has a name in UTF-8")
}
