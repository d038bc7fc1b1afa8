//! `dorpsplein check`: whether the disk still holds what was written to it, and making good what can be made good.

use std::io::BufReader;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use indicatif::ProgressBar;
use serde_json::json;

use super::client::Client;
use super::error::{CliError, InputError};
use super::waiting::progress;
use super::{Outcome, runtime};
use crate::check::{self, Findings, Repaired};
use crate::data_folder::{self, DataFolder, FolderError};
use crate::links::Site;

/// The most names of what is lost that are told one by one.
const NAMED: usize = 20;

/// `check`.
#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// The data folder of the box, whether or not it is running
    #[arg(long)]
    dir: PathBuf,
    /// Make good what can be: throw away what is damaged, derive the rest anew, and fetch what other boxes have. The box must
    /// not be running; it runs for that while
    #[arg(long)]
    repair: bool,
    /// How many seconds to wait for other boxes at most
    #[arg(long, default_value_t = 120, value_name = "SECONDS", requires = "repair")]
    wait: u64,
}

/// Looks through a box. What is wrong and stays so makes the command fail.
///
/// # Errors
/// [`CliError`].
pub(super) fn run(args: &CheckArgs, json: bool) -> Result<Outcome, CliError> {
    match DataFolder::open(&args.dir) {
        Ok(folder) => stopped(args, folder, json),
        Err(FolderError::InUse { .. }) if args.repair => Err(InputError::RunningBox.into()),
        Err(FolderError::InUse { path }) => {
            let running = data_folder::running(&args.dir)?.ok_or(FolderError::InUse { path })?;
            let client = Client::new(Site::parse(&running.url)?).with_folder_token(running.token);
            let home = data_folder::read_config(&args.dir)?.neighbourhood;
            let mut wire = BufReader::new(client.backup()?);
            let findings = check::examine_running(&args.dir, home, &mut wire, &bar(json))?;
            Ok(told(&args.dir.display().to_string(), &findings, None))
        }
        Err(error) => Err(error.into()),
    }
}

fn stopped(args: &CheckArgs, folder: DataFolder, json: bool) -> Result<Outcome, CliError> {
    let (findings, beside) = check::examine(&folder, &bar(json))?;
    let dir = args.dir.display().to_string();
    if !args.repair || findings.is_well() {
        return Ok(told(&dir, &findings, None));
    }
    let mut repaired = check::replace(&folder, &findings, &beside)?;
    drop(beside);
    if !(findings.lost_operations.is_empty() && findings.damaged_photos.is_empty()) {
        let (patience, bar) = (Duration::from_secs(args.wait), bar(json));
        runtime()?.block_on(check::fetch(folder, &findings, &mut repaired, patience, &bar))?;
    }
    Ok(told(&dir, &findings, Some(&repaired)))
}

fn told(dir: &str, findings: &Findings, repaired: Option<&Repaired>) -> Outcome {
    let mut lines = vec![format!("{} operations and {} photos are whole.", findings.operations, findings.photos)];
    if findings.lost > 0 {
        lines.push(format!("  {} operations are damaged or gone.", findings.lost));
    } else if findings.differing > 0 {
        lines.push(format!("  {} tables are not what the operations come to.", findings.differing));
    }
    if !findings.damaged_photos.is_empty() {
        lines.push(format!("  {} photos are damaged.", findings.damaged_photos.len()));
    }
    if !findings.absent_photos.is_empty() {
        lines.push(format!("  {} photos are not here yet, or no more.", findings.absent_photos.len()));
    }
    let well = repaired.map_or(findings.is_well(), Repaired::is_whole);
    match repaired {
        None if well => {}
        None => lines.push(format!("Stop the box, and run `dorpsplein check --dir {dir} --repair`.")),
        Some(repaired) => lines.extend(told_of_repair(repaired)),
    }
    let outcome = Outcome::new(lines.join("\n"), to_json(findings, repaired));
    if well { outcome } else { outcome.failed() }
}

fn told_of_repair(repaired: &Repaired) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(before) = &repaired.before {
        lines.push(format!(
            "The store was derived anew. As it was it lies in {}: throw that away when all is well.",
            before.display()
        ));
    }
    if repaired.is_whole() {
        lines.push("All of it is good again.".to_owned());
        return lines;
    }
    let operations = repaired.gone_operations.iter().map(|id| format!("  operation {id}"));
    let photos = repaired.gone_photos.iter().map(|id| format!("  photo {id}"));
    let gone = repaired.gone_operations.len() + repaired.gone_photos.len();
    lines.push(format!("{gone} cannot be had from another box at the moment:"));
    lines.extend(operations.chain(photos).take(NAMED));
    lines.push(
        "What others bring later is taken in by itself; a backup may have it too (`dorpsplein restore`).".to_owned(),
    );
    lines
}

fn to_json(findings: &Findings, repaired: Option<&Repaired>) -> serde_json::Value {
    let names = |names: &mut dyn Iterator<Item = String>| names.collect::<Vec<_>>();
    let repaired = repaired.map(|repaired| {
        json!({
            "before": repaired.before,
            "gone_operations": names(&mut repaired.gone_operations.iter().map(ToString::to_string)),
            "gone_photos": names(&mut repaired.gone_photos.iter().map(ToString::to_string)),
        })
    });
    json!({
        "operations": findings.operations, "lost_operations": findings.lost, "photos": findings.photos,
        "damaged_photos": names(&mut findings.damaged_photos.iter().map(ToString::to_string)),
        "absent_photos": findings.absent_photos.len(), "differing_tables": findings.differing, "repaired": repaired,
    })
}

fn bar(json: bool) -> ProgressBar {
    if json { ProgressBar::hidden() } else { progress(0) }
}
