//! What helps at a shell: completions, and manual pages, both made from the commands themselves.

use std::fs;
use std::io;
use std::path::PathBuf;

use clap::{Args, Command};
use clap_complete::Shell;
use serde_json::json;

use super::Outcome;
use super::error::{CliError, InputError};

/// `completions`.
#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// For which shell
    shell: Shell,
}

/// `man`.
#[derive(Debug, Args)]
pub(super) struct ManArgs {
    /// The folder to write the pages into, one for each command
    #[arg(long, value_name = "FOLDER")]
    to: PathBuf,
}

/// What a shell reads to complete commands.
///
/// # Errors
/// [`InputError::Unshowable`], which no shell asks for.
pub(super) fn completions(mut command: Command, args: &CompletionsArgs) -> Result<Outcome, CliError> {
    let mut script = Vec::new();
    let name = command.get_name().to_owned();
    clap_complete::generate(args.shell, &mut command, name, &mut script);
    let script = String::from_utf8(script).map_err(|_| InputError::Unshowable)?;
    let json = json!({ "script": script });
    Ok(Outcome::new(script.trim_end().to_owned(), json))
}

/// Writes the manual pages.
///
/// # Errors
/// [`CliError::Io`].
pub(super) fn man(command: Command, args: &ManArgs) -> Result<Outcome, CliError> {
    let failed = |source| CliError::Io { path: args.to.clone(), source };
    fs::create_dir_all(&args.to).map_err(failed)?;
    clap_mangen::generate_to(command, &args.to).map_err(failed)?;
    let entries = fs::read_dir(&args.to).and_then(Iterator::collect::<io::Result<Vec<_>>>).map_err(failed)?;
    let pages = entries.iter().filter(|entry| entry.path().extension().is_some_and(|end| end == "1")).count();
    Ok(Outcome::new(format!("{pages} pages in {}", args.to.display()), json!({ "pages": pages, "folder": args.to })))
}
