//! `dorpsplein serve`: the box runs.

use std::path::PathBuf;
use std::pin::Pin;

use clap::Args;
use dorpsplein_web_ui::Lang;
use dorpsplein_web_ui::qr::for_console;
use serde_json::json;
use tokio::task::JoinHandle;

use super::Outcome;
use super::config::Instead;
use super::error::CliError;
use super::{manager, runtime};
use crate::config::{self, Config};
use crate::data_folder::{DataFolder, FolderError, config_file, is_finished};
use crate::first_run::{self, Shown};
use crate::run;
use crate::web::assets;

/// `serve`.
#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// The data folder of the box
    #[arg(long, env = "DORPSPLEIN_DIR")]
    dir: PathBuf,
    /// If the folder is not there yet, ask what a square needs on a page for the local network first
    #[arg(long)]
    first_run: bool,
    #[command(flatten)]
    instead: Instead,
}

/// Runs a box until it is asked to stop.
///
/// # Errors
/// [`CliError`] when it cannot start.
pub(super) fn run(args: &ServeArgs, json: bool) -> Result<Outcome, CliError> {
    let runtime = runtime()?;
    let mut asked = None;
    if args.first_run && !is_finished(&args.dir) {
        match runtime.block_on(first_run(args, json))? {
            Some(waited) => asked = Some(waited),
            None => return Ok(Outcome::silent()),
        }
    }
    let folder = DataFolder::open_with(&args.dir, &args.instead.overrides())?;
    let name = folder.config().name.clone();
    let mut running = runtime.block_on(run::start(folder))?;
    let Asked { stop, alive } = match asked {
        Some(asked) => asked,
        None => {
            let _within = runtime.enter();
            Asked { stop: Box::pin(run::stop_requested()?), alive: None }
        }
    };
    let reading_only = say_if_reading_only();
    let url = running.site_url().to_owned();
    let addresses: Vec<_> = running.addresses().iter().map(ToString::to_string).collect();
    let ready = json!({ "url": url, "addresses": addresses, "reading_only": reading_only });
    Outcome::new(format!("{name} is at {url}. Ctrl-C stops it."), ready).print(json);
    manager::ready();
    if let Some(alive) = alive {
        alive.abort();
    }
    let life = runtime.spawn(manager::live(running.driver()));
    let ended = runtime.block_on(running.until_stopped(stop));
    manager::stopping();
    runtime.block_on(running.shutdown());
    life.abort();
    ended?;
    Ok(Outcome::silent())
}

/// What a first start leaves for the rest: who waits for a stop, and who gives signs of life until the box does.
struct Asked {
    stop: Pin<Box<dyn Future<Output = ()>>>,
    alive: Option<JoinHandle<()>>,
}

/// Asks on a page what a square needs, until there is one; none when the process was asked to stop.
async fn first_run(args: &ServeArgs, json: bool) -> Result<Option<Asked>, CliError> {
    // The folder is not there, so its settings are the usual ones and what is given instead of them.
    let file = config_file(&args.dir);
    let usual = config::read(&Config::example().render(), &args.instead.overrides());
    let usual = usual.map_err(|source| FolderError::Config { path: file, source })?.config;
    let mut stop: Pin<Box<dyn Future<Output = ()>>> = Box::pin(run::stop_requested()?);
    manager::ready();
    let alive = tokio::spawn(manager::wait());
    let asking = first_run::ask(&args.dir, &usual, move |shown| say(shown, json));
    tokio::select! {
        asked = asking => asked?,
        () = &mut stop => {
            manager::stopping();
            return Ok(None);
        }
    }
    Ok(Some(Asked { stop, alive: Some(alive) }))
}

/// Shows where the page is and the code for it, in both languages: nobody has chosen one yet. A telephone's camera reads where
/// the page is, and never the code: whoever types that has seen this console.
fn say(shown: &Shown, json: bool) {
    let Shown { url, code } = shown;
    let words = [Lang::Nl, Lang::En].map(|lang| first_run::in_words(lang, url));
    let qr = for_console(url).unwrap_or_default();
    let text = format!("{}\n{}\n\n    {code}\n\n{}", words[0], words[1], qr.trim_end());
    Outcome::new(text, json!({ "first_run": url, "code": code })).print(json);
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
