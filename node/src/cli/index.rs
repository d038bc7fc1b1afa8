//! `dorpsplein index`: the search index of a box.

use std::time::{Duration, Instant};

use clap::{Args, Subcommand};
use indicatif::{HumanBytes, ProgressBar, ProgressStyle};
use serde_json::json;

use super::Outcome;
use super::door::{Door, StoppedDoor};
use super::error::CliError;
use super::signer::Asked;
use crate::search::IndexState;

/// How often a box is asked how far it is.
const LOOK: Duration = Duration::from_millis(100);

/// What can be done with the index.
#[derive(Debug, Subcommand)]
pub(super) enum IndexCommand {
    /// Show how many items it holds and how large it is
    Status(StatusArgs),
    /// Throw it away and make it anew from what the box holds; whether or not the box is running
    Rebuild(RebuildArgs),
}

/// `index status`.
#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    #[command(flatten)]
    asked: Asked,
}

/// `index rebuild`.
#[derive(Debug, Args)]
pub(super) struct RebuildArgs {
    #[command(flatten)]
    asked: Asked,
    /// How many seconds to wait at most for a box that is running
    #[arg(long, default_value_t = 600)]
    wait: u64,
}

/// Carries out a command about the index.
///
/// # Errors
/// [`CliError`].
pub(super) fn run(command: &IndexCommand, json: bool) -> Result<Outcome, CliError> {
    match command {
        IndexCommand::Status(args) => status(args),
        IndexCommand::Rebuild(args) => rebuild(args, json),
    }
}

fn status(args: &StatusArgs) -> Result<Outcome, CliError> {
    let door = args.asked.door()?;
    let state = match &door {
        Door::Stopped(stopped) => stopped.search_index()?.state(),
        _ => door.keeping(args.asked.secret()?.as_ref())?.index()?,
    };
    Ok(Outcome::new(in_words(&state), json!(state)))
}

fn rebuild(args: &RebuildArgs, json: bool) -> Result<Outcome, CliError> {
    let (door, begun) = (args.asked.door()?, Instant::now());
    let bar = if json { ProgressBar::hidden() } else { bar() };
    let state = match &door {
        Door::Stopped(stopped) => rebuild_here(stopped, &door, &bar)?,
        _ => rebuild_there(args, &door, &bar)?,
    };
    bar.finish_and_clear();
    let took = begun.elapsed();
    let mut body = json!(state);
    body["took_ms"] = json!(u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
    Ok(Outcome::new(format!("{}\nmade anew in {:.1} s", in_words(&state), took.as_secs_f64()), body))
}

fn rebuild_here(stopped: &StoppedDoor, door: &Door, bar: &ProgressBar) -> Result<IndexState, CliError> {
    let search = stopped.search_index()?;
    search.rebuild(&*stopped.state.store, &door.home()?, &|looked_at, of| show(bar, looked_at, of))?;
    Ok(search.state())
}

fn rebuild_there(args: &RebuildArgs, door: &Door, bar: &ProgressBar) -> Result<IndexState, CliError> {
    let client = door.keeping(args.asked.secret()?.as_ref())?;
    let (before, until) = (client.rebuild_index()?, Instant::now() + Duration::from_secs(args.wait));
    loop {
        let state = client.index()?;
        show(bar, state.looked_at, state.of);
        if state.complete && state.rounds > before.rounds {
            return Ok(state);
        }
        if Instant::now() >= until {
            return Err(CliError::TooSlow("making the index anew"));
        }
        std::thread::sleep(LOOK);
    }
}

fn in_words(state: &IndexState) -> String {
    format!("{} items can be found; the index takes {}", state.entries, HumanBytes(state.bytes))
}

fn show(bar: &ProgressBar, looked_at: u64, of: u64) {
    bar.set_length(of);
    bar.set_position(looked_at);
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::new(0).with_message("looking at items");
    match ProgressStyle::with_template("{msg:20} {bar:30} {pos} of {len} {eta}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
