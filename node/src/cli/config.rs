//! `dorpsplein config`: the settings of a box, looked at without starting it.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::Outcome;
use super::error::{CliError, InputError};
use crate::config::{Config, ConfigError, Flag, Overrides, Place, Read, SETTINGS, read};
use crate::data_folder::{FolderError, config_file};

/// `config`.
#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Look for mistakes in the settings: each is named with its line, its column and what to do
    Check(WhichArgs),
    /// Show the settings as they count, and where each of them is given
    Show(WhichArgs),
    /// Print a file with every setting there is, explained
    Example,
}

/// Which settings.
#[derive(Debug, Args)]
pub(super) struct WhichArgs {
    /// The file; box.toml of the data folder when left out
    #[arg(required_unless_present = "dir")]
    file: Option<PathBuf>,
    /// The data folder of the box
    #[arg(long, env = "DORPSPLEIN_DIR")]
    dir: Option<PathBuf>,
    #[command(flatten)]
    instead: Instead,
}

/// Settings that are given instead of those in the file.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Instead {
    /// A setting instead of what box.toml says, such as site=127.0.0.1:8080; may be given more than once
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<Flag>,
}

impl Instead {
    /// What the environment says, and what was given here.
    pub(super) fn overrides(&self) -> Overrides {
        Overrides::from_environment().with_flags(&self.set)
    }
}

/// Looks at settings.
///
/// # Errors
/// [`CliError`] when the file cannot be read, or of `show` when there are mistakes in it.
pub(super) fn run(command: &ConfigCommand) -> Result<Outcome, CliError> {
    match command {
        ConfigCommand::Check(args) => check(args),
        ConfigCommand::Show(args) => show(args),
        ConfigCommand::Example => {
            let text = Config::example().render();
            let json = json!({ "text": text });
            Ok(Outcome::new(text.trim_end().to_owned(), json))
        }
    }
}

fn check(args: &WhichArgs) -> Result<Outcome, CliError> {
    let (file, text) = args.read()?;
    match read(&text, &args.instead.overrides()) {
        Ok(_) => {
            let json = json!({ "file": file, "mistakes": [] });
            Ok(Outcome::new(format!("{}: no mistakes", file.display()), json))
        }
        Err(error) => {
            let json = json!({ "file": file, "mistakes": error.mistakes() });
            Ok(Outcome::new(in_words(&file, &error), json).failed())
        }
    }
}

/// A line for each mistake, as compilers write them, so that editors jump to it.
fn in_words(file: &Path, error: &ConfigError) -> String {
    let line = |mistake: &crate::config::Mistake| {
        let place = match &mistake.place {
            Place::File { line, column } => format!("{}:{line}:{column}", file.display()),
            elsewhere => elsewhere.to_string(),
        };
        format!("{place}: {}; {}", mistake.what, mistake.todo)
    };
    let mut lines: Vec<_> = error.mistakes().iter().map(line).collect();
    lines.push(match lines.len() {
        1 => "1 mistake".to_owned(),
        count => format!("{count} mistakes"),
    });
    lines.join("\n")
}

fn show(args: &WhichArgs) -> Result<Outcome, CliError> {
    let (file, text) = args.read()?;
    let settings =
        read(&text, &args.instead.overrides()).map_err(|source| FolderError::Config { path: file.clone(), source })?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let values = toml::Table::try_from(&settings.config).map_err(|_| InputError::Unshowable)?;
    let mut lines = Vec::new();
    let mut json = serde_json::Map::new();
    for (key, value, place) in shown(&settings, &values) {
        let from = match &place {
            None => "as usual".to_owned(),
            Some(Place::File { line, .. }) => format!("{name}, line {line}"),
            Some(elsewhere) => elsewhere.to_string(),
        };
        let line = value.map_or_else(|| format!("# {key} is not set"), |value| format!("{key} = {value}"));
        lines.push(if value.is_some() { format!("{line:<48}  # {from}") } else { line });
        json.insert(key.to_owned(), json!({ "value": value, "given": place }));
    }
    Ok(Outcome::new(lines.join("\n"), json!({ "file": file, "settings": Value::Object(json) })))
}

/// Every setting with its value, if it has one, and its place, if it was given. The calendars are one.
fn shown<'a>(settings: &Read, values: &'a toml::Table) -> Vec<(&'static str, Option<&'a toml::Value>, Option<Place>)> {
    let value = |key: &str| {
        let mut parts = key.split('.');
        let first = values.get(parts.next()?)?;
        parts.try_fold(first, |inside, part| inside.get(part))
    };
    let given = |key: &str| {
        let mut all = settings.given.iter().filter(|(setting, _)| setting.key.starts_with(key));
        all.next().map(|(_, place)| place.clone())
    };
    let single = SETTINGS.iter().filter(|setting| !setting.key.starts_with("agenda.source"));
    let keys = single.map(|setting| setting.key).chain(["agenda.source"]);
    keys.map(|key| (key, value(key), given(key))).collect()
}

impl WhichArgs {
    fn read(&self) -> Result<(PathBuf, String), CliError> {
        let in_folder = self.dir.as_deref().map(config_file);
        // The parser sees to it that one of both is there.
        let file = self.file.clone().or(in_folder).unwrap_or_default();
        let text = fs::read_to_string(&file).map_err(|source| CliError::Io { path: file.clone(), source })?;
        Ok((file, text))
    }
}
