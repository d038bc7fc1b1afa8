//! `dorpsplein serve`: the box runs.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::Outcome;
use super::config::Instead;
use super::error::CliError;
use super::{manager, runtime};
use crate::data_folder::DataFolder;
use crate::run;
use crate::web::assets;

/// `serve`.
#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// The data folder of the box
    #[arg(long, env = "DORPSPLEIN_DIR")]
    dir: PathBuf,
    #[command(flatten)]
    instead: Instead,
}

/// Runs a box until it is asked to stop.
///
/// # Errors
/// [`CliError`] when it cannot start.
pub(super) fn run(args: &ServeArgs, json: bool) -> Result<Outcome, CliError> {
    let folder = DataFolder::open_with(&args.dir, &args.instead.overrides())?;
    let name = folder.config().name.clone();
    let runtime = runtime()?;
    let mut running = runtime.block_on(run::start(folder))?;
    let stop = {
        let _within = runtime.enter();
        run::stop_requested()?
    };
    let reading_only = say_if_reading_only();
    let url = running.site_url().to_owned();
    let addresses: Vec<_> = running.addresses().iter().map(ToString::to_string).collect();
    let ready = json!({ "url": url, "addresses": addresses, "reading_only": reading_only });
    Outcome::new(format!("{name} is at {url}. Ctrl-C stops it."), ready).print(json);
    manager::ready();
    let life = runtime.spawn(manager::live(running.driver()));
    let ended = runtime.block_on(running.until_stopped(stop));
    manager::stopping();
    runtime.block_on(running.shutdown());
    life.abort();
    ended?;
    Ok(Outcome::silent())
}

/// Says so, and returns true, when this program was built without the browser's module.
pub fn say_if_reading_only() -> bool {
    let reading_only = assets::script_url().is_none();
    if reading_only {
        eprintln!(
            "This program was built without the browser's module: its sites are for reading only. \
             The build said what was missing."
        );
    }
    reading_only
}
