//! `dorpsplein theme`: how the square looks and what is on it, and its colours and measures as a file.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use clap::builder::OsStringValueParser;
use clap::{Args, Subcommand};
use dorpsplein_protocol::compose::Setting;
use dorpsplein_protocol::operation::Edit;
use dorpsplein_protocol::photo::Photo;
use dorpsplein_protocol::time::Timestamp;
use dorpsplein_web_ui::modules::Module;
use dorpsplein_web_ui::theme::{MAX_THEME_FILE_BYTES, Theme, TooClose};
use serde_json::json;

use super::Outcome;
use super::door::Door;
use super::error::{CliError, InputError};
use super::photo;
use super::signer::{Asked, Signer};
use crate::clock;
use crate::web::body::ThemeFile;

/// What can be done about the look of a square.
#[derive(Debug, Subcommand)]
pub(super) enum ThemeCommand {
    /// Show how the square looks and what is on it
    Show(ShowArgs),
    /// Connectors: say how the square looks and what is on it; what is not named stays as it is
    Set(Box<SetArgs>),
    /// Write its colours and measures into a file
    Export(ExportArgs),
    /// Connectors: take the logo, colours and measures of a file
    Import(ImportArgs),
}

/// `theme show`.
#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    #[command(flatten)]
    asked: Asked,
}

/// `theme set`.
#[derive(Debug, Args)]
pub(super) struct SetArgs {
    #[command(flatten)]
    signer: Signer,
    /// The name on the site; empty for the one in the register
    #[arg(long)]
    name: Option<String>,
    /// What stands under the name; empty for none
    #[arg(long)]
    tagline: Option<String>,
    /// The words on the home page; empty for none
    #[arg(long)]
    words: Option<String>,
    /// The number to call for help; empty for the one in box.toml
    #[arg(long)]
    phone: Option<String>,
    /// Who answers there, and when
    #[arg(long)]
    hours: Option<String>,
    /// The picture beside the name; an empty name takes it away
    #[arg(long, value_name = "FILE", value_parser = OsStringValueParser::new())]
    logo: Option<OsString>,
    /// A category for posts, all of them each time; an empty one for none
    #[arg(long = "category", value_name = "NAME")]
    categories: Option<Vec<String>>,
    /// Switch a part on: market, people, clubs, groups, alerts, search
    #[arg(long = "on", value_name = "PART", value_parser = module)]
    on: Vec<Module>,
    /// Switch a part off
    #[arg(long = "off", value_name = "PART", value_parser = module)]
    off: Vec<Module>,
    /// A colour or a measure, such as brand=#1d5a4b/#93ccb4 (by day and by night) or text=1.25rem
    #[arg(long = "token", value_name = "NAME=VALUE")]
    tokens: Vec<String>,
}

/// `theme export`.
#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    #[command(flatten)]
    asked: Asked,
    /// The file to write; it must not exist yet
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// `theme import`.
#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    #[command(flatten)]
    signer: Signer,
    /// The file
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// The part that somebody named.
fn module(name: &str) -> Result<Module, InputError> {
    Module::named(name).ok_or(InputError::Module)
}

/// Carries out a command about the look of a square.
///
/// # Errors
/// [`CliError`].
pub(super) fn run(command: &ThemeCommand) -> Result<Outcome, CliError> {
    match command {
        ThemeCommand::Show(args) => show(args),
        ThemeCommand::Set(args) => set(args),
        ThemeCommand::Export(args) => export(args),
        ThemeCommand::Import(args) => import(args),
    }
}

fn show(args: &ShowArgs) -> Result<Outcome, CliError> {
    let setting = args.asked.door()?.setting()?;
    let line = |name: &str, value: &Option<String>| value.as_ref().map(|value| format!("{name:<11}{value}"));
    let list = |name: &str, values: &[String]| (!values.is_empty()).then(|| format!("{name:<11}{}", values.join(", ")));
    let lines = [
        line("name", &setting.name),
        line("tagline", &setting.tagline),
        line("phone", &setting.phone),
        line("hours", &setting.hours),
        line("words", &setting.words),
        line("logo", &setting.logo.as_ref().map(|logo| logo.id.clone())),
        list("categories", &setting.categories),
        list("off", &setting.modules_off),
        list("tokens", &setting.tokens),
    ];
    let words: Vec<String> = lines.into_iter().flatten().collect();
    let words = if words.is_empty() { "All is as usual.".to_owned() } else { words.join("\n") };
    Ok(Outcome::new(words, json!(setting)))
}

fn set(args: &SetArgs) -> Result<Outcome, CliError> {
    let logo = args.logo.as_ref().filter(|file| !file.is_empty()).map(Path::new);
    let read = |file: &Path| photo::logo(&fs::read(file).map_err(|source| unreadable(file, source))?, file);
    let picture = logo.map(read).transpose()?.into_iter().collect();
    let door = args.signer.door()?;
    let before = door.setting()?;
    let mut theme = Theme::read(before.tokens.iter().map(String::as_str));
    for member in &args.tokens {
        let (name, value) = member.split_once('=').unwrap_or((member, ""));
        theme.set(name, value).map_err(InputError::Token)?;
    }
    check(&theme)?;
    let said = before.said.map(Timestamp::from_millis);
    let mut setting = before.setting();
    let texts = [
        (&mut setting.name, &args.name),
        (&mut setting.tagline, &args.tagline),
        (&mut setting.words, &args.words),
        (&mut setting.phone, &args.phone),
        (&mut setting.hours, &args.hours),
    ];
    for (text, given) in texts {
        if let Some(given) = given {
            *text = Some(given.trim().to_owned()).filter(|given| !given.is_empty());
        }
    }
    if let Some(categories) = &args.categories {
        setting.categories = categories.iter().filter(|category| !category.trim().is_empty()).cloned().collect();
    }
    setting.modules_off.retain(|name| args.on.iter().all(|on| on.name() != name));
    setting.modules_off.extend(args.off.iter().map(|module| module.name().to_owned()));
    setting.modules_off.sort();
    setting.modules_off.dedup();
    setting.tokens = theme.members();
    if args.logo.is_some() {
        setting.logo = None;
    }
    say(&args.signer, &door, setting, picture, said, "The square is set up like that from now on.")
}

fn export(args: &ExportArgs) -> Result<Outcome, CliError> {
    let file = args.asked.door()?.theme_file()?;
    let text = serde_json::to_string_pretty(&file).map_err(|error| unreadable(&args.file, error.into()))?;
    let mut options = fs::OpenOptions::new();
    let made = options.write(true).create_new(true).open(&args.file);
    made.and_then(|mut made| std::io::Write::write_all(&mut made, text.as_bytes()))
        .map_err(|source| unreadable(&args.file, source))?;
    let words = format!(
        "{} colours and measures{} are in {}.",
        file.tokens.len(),
        if file.logo.is_some() { ", and the logo," } else { "" },
        args.file.display()
    );
    Ok(Outcome::new(words, json!(file)))
}

fn import(args: &ImportArgs) -> Result<Outcome, CliError> {
    let (theme, logo) = from_file(&args.file)?;
    check(&theme)?;
    let door = args.signer.door()?;
    let before = door.setting()?;
    let said = before.said.map(Timestamp::from_millis);
    let setting = Setting { tokens: theme.members(), ..before.setting() };
    say(&args.signer, &door, setting, logo.into_iter().collect(), said, "The square looks like that from now on.")
}

/// The theme in a file and the logo with it, read within bounds.
fn from_file(path: &Path) -> Result<(Theme, Option<photo::Prepared>), CliError> {
    let unfit = |reason: String| InputError::ThemeFile { path: path.to_owned(), reason };
    let length = fs::metadata(path).map_err(|source| unreadable(path, source))?.len();
    if length > MAX_THEME_FILE_BYTES {
        return Err(unfit(format!("a theme has at most {MAX_THEME_FILE_BYTES} bytes")).into());
    }
    let text = fs::read(path).map_err(|source| unreadable(path, source))?;
    let file: ThemeFile = serde_json::from_slice(&text).map_err(|error| unfit(error.to_string()))?;
    let theme = file.theme().map_err(|error| unfit(error.to_string()))?;
    let logo = file.logo().map_err(|error| unfit(error.to_string()))?;
    Ok((theme, logo.map(|logo| photo::logo(&logo, path)).transpose()?))
}

/// What cannot be read is not signed.
fn check(theme: &Theme) -> Result<(), InputError> {
    let TooClose { pair, scheme, ratio } = match theme.too_close().first() {
        Some(close) => *close,
        None => return Ok(()),
    };
    // Rounded down: 4.496 is not the 4.5 that it takes.
    let ratio = (ratio * 100.0).floor() / 100.0;
    Err(InputError::Contrast {
        upper: pair.upper,
        ground: pair.ground,
        scheme: scheme.name(),
        ratio: format!("{ratio:.2}"),
        least: format!("{:.1}", pair.least),
    })
}

fn say(
    signer: &Signer,
    door: &Door,
    mut setting: Setting,
    picture: Vec<photo::Prepared>,
    said: Option<Timestamp>,
    done: &str,
) -> Result<Outcome, CliError> {
    let mut author = signer.author(door)?;
    let logo = photo::hand_in(picture, door, author.device())?;
    setting.logo = logo.iter().find_map(reference).or(setting.logo);
    let accepted = author.say(|device| device.set_up(&setting, said, clock::now()))?;
    Ok(Outcome::new(done.to_owned(), json!(accepted)))
}

fn reference(edit: &Edit) -> Option<Photo> {
    Photo::set_by(edit)
}

fn unreadable(path: &Path, source: std::io::Error) -> CliError {
    CliError::Io { path: path.to_owned(), source }
}
