//! `dorpsplein backup` and `dorpsplein restore`: a box kept for bad days, and made anew.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};

use age::secrecy::SecretString;
use clap::{Args, Subcommand};
use indicatif::{HumanBytes, ProgressBar};
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use serde_json::json;

use super::Outcome;
use super::client::Client;
use super::error::{CliError, InputError};
use super::waiting::progress;
use crate::backup::{self, Destination, Key, Lock, Made, Purpose, Restored, Source};
use crate::clock;
use crate::data_folder::{self, DataFolder, FolderError, last_backup};
use crate::disk_store::DiskStore;
use crate::links::Site;
use crate::photos::PhotoFolder;

/// How many of the latest backups in a folder stay, unless something else is said.
const KEEP: usize = 14;

/// `backup`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct BackupArgs {
    #[command(subcommand)]
    command: Option<BackupCommand>,
    /// The data folder of the box
    #[arg(long, required = true)]
    dir: Option<PathBuf>,
    /// The file to write; or a folder (end it with a slash), to which only what is new is added
    #[arg(long, required = true, value_name = "FILE|FOLDER")]
    to: Option<PathBuf>,
    /// How many of the latest backups in a folder stay
    #[arg(long, default_value_t = KEEP, value_name = "NUMBER")]
    keep: usize,
    /// Lock it with a public key of age rather than with a passphrase; may be given more than once
    #[arg(long = "recipient", value_name = "age1…", conflicts_with = "passphrase_file")]
    recipients: Vec<String>,
    /// Read the passphrase in this file, which only its owner should be able to read, rather than ask for it
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

/// What can be done with a backup that was made.
#[derive(Debug, Subcommand)]
enum BackupCommand {
    /// Really restore a backup into a folder that is thrown away again, open it, and derive everything anew
    Verify(VerifyArgs),
}

/// What opens a backup.
#[derive(Debug, Args)]
struct Opening {
    /// The file with the key of age that opens it, rather than a passphrase
    #[arg(long, value_name = "FILE", conflicts_with = "passphrase_file")]
    identity: Option<PathBuf>,
    /// Read the passphrase in this file rather than ask for it
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

/// `backup verify`.
#[derive(Debug, Args)]
struct VerifyArgs {
    /// The backup: a file, or a folder, of which the latest is meant
    backup: PathBuf,
    /// Where to restore it for a moment: a folder that does not exist or is empty. By default one for temporary things
    #[arg(long, value_name = "FOLDER")]
    scratch: Option<PathBuf>,
    #[command(flatten)]
    opening: Opening,
}

/// `restore`.
#[derive(Debug, Args)]
pub(super) struct RestoreArgs {
    /// The backup: a file, or a folder, of which the latest is meant
    backup: PathBuf,
    /// The data folder to make; it must not exist, or be empty
    #[arg(long)]
    to: PathBuf,
    #[command(flatten)]
    opening: Opening,
}

/// Makes a backup, or verifies one.
///
/// # Errors
/// [`CliError`].
pub(super) fn run(args: &BackupArgs, json: bool) -> Result<Outcome, CliError> {
    if let Some(BackupCommand::Verify(verify_args)) = &args.command {
        return verify(verify_args, json);
    }
    let (dir, to) = (args.dir.clone().unwrap_or_default(), args.to.clone().unwrap_or_default());
    let destination = Destination::of(&to, args.keep);
    let lock = lock(args, &destination)?;
    let bar = bar(json);
    let made = match DataFolder::open(&dir) {
        Ok(folder) => {
            let store = DiskStore::open(&folder.store_path())?;
            backup::make(&dir, Source::Stopped(&store), &photos(&dir)?, &destination, &lock, &bar)?
        }
        Err(FolderError::InUse { path }) => {
            let running = data_folder::running(&dir)?.ok_or(FolderError::InUse { path })?;
            let client = Client::new(Site::parse(&running.url)?).with_folder_token(running.token);
            let wire = io::BufReader::new(client.backup()?);
            backup::make(&dir, Source::Running(Box::new(wire)), &photos(&dir)?, &destination, &lock, &bar)?
        }
        Err(error) => return Err(error.into()),
    };
    // A disk that takes nothing any more is when a backup is needed most.
    if let Err(error) = last_backup::note(&dir, clock::now()) {
        eprintln!("The backup is made; that it was cannot be noted on this box: {error}");
    }
    Ok(told_of_making(&made))
}

/// Makes a box of a backup.
///
/// # Errors
/// [`CliError`].
pub(super) fn restore(args: &RestoreArgs, json: bool) -> Result<Outcome, CliError> {
    let key = args.opening.key()?;
    let restored = backup::restore(&args.backup, key, &args.to, Purpose::Keep, &bar(json))?;
    let dir = args.to.display();
    let mut lines = vec![format!("{} is back in {dir}: {}.", restored.name, counted(&restored))];
    lines.extend(shortfalls(&restored));
    lines.push(format!(
        "Start it with `dorpsplein serve --dir {dir}`, and only when the other machine never starts again: a box runs in one place. \
         What was written since the backup comes from other boxes and neighbours that have it; give them time before you sign \
         with the key in this folder."
    ));
    Ok(Outcome::new(lines.join("\n"), to_json(&restored)))
}

fn verify(args: &VerifyArgs, json: bool) -> Result<Outcome, CliError> {
    let key = args.opening.key()?;
    let scratch = match &args.scratch {
        Some(scratch) => scratch.clone(),
        None => std::env::temp_dir().join(format!("dorpsplein-verify-{}", std::process::id())),
    };
    let restored = backup::restore(&args.backup, key, &scratch, Purpose::Verify, &bar(json))?;
    let words = format!(
        "{} is a whole backup of {}: {}. It was restored, opened, and everything was derived anew.",
        restored.file.display(),
        restored.name,
        counted(&restored)
    );
    Ok(Outcome::new(words, to_json(&restored)))
}

fn photos(dir: &Path) -> Result<PhotoFolder, CliError> {
    let path = data_folder::photos_of(dir);
    PhotoFolder::open(&path).map_err(|source| CliError::Io { path, source })
}

fn told_of_making(made: &Made) -> Outcome {
    let file = made.file.display();
    let size = HumanBytes(made.bytes);
    let mut lines = vec![format!("{file}: {} operations and {} photos; {size} written.", made.operations, made.photos)];
    let more = [
        (made.absent_photos, "photos of posts are not on this box, and so not in the backup"),
        (made.damaged_photos, "photos are damaged on this box, and not in the backup"),
        (made.damaged_operations, "operations are damaged on this box, and not in the backup"),
    ];
    lines.extend(more.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("  {count} {what}.")));
    lines.push("Try it from time to time: `dorpsplein backup verify` restores it for a moment.".to_owned());
    let json = json!({
        "file": made.file, "operations": made.operations, "photos": made.photos, "absent_photos": made.absent_photos,
        "damaged_photos": made.damaged_photos, "damaged_operations": made.damaged_operations, "bytes": made.bytes,
    });
    Outcome::new(lines.join("\n"), json)
}

fn counted(restored: &Restored) -> String {
    format!("{} operations and {} photos", restored.operations, restored.photos)
}

/// What did not come back, in lines.
fn shortfalls(restored: &Restored) -> impl Iterator<Item = String> {
    let operations = restored.about.operations.saturating_sub(restored.operations);
    let more = [
        (operations, "operations were not taken in, because nothing here permits them any more"),
        (restored.lost_photos, "photos are gone or damaged in the backup; other boxes may have them"),
        (restored.about.damaged_operations, "operations were damaged on the box before the backup was made"),
    ];
    more.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("  {count} {what}."))
}

fn to_json(restored: &Restored) -> serde_json::Value {
    json!({
        "file": restored.file, "made": restored.about.made, "name": restored.name,
        "neighbourhood_id": restored.about.neighbourhood, "operations": restored.operations,
        "of_operations": restored.about.operations, "photos": restored.photos, "lost_photos": restored.lost_photos,
        "differing_tables": restored.differing,
    })
}

fn bar(json: bool) -> ProgressBar {
    if json { ProgressBar::hidden() } else { progress(0) }
}

/// What locks a new backup. A passphrase that is typed is asked for twice, unless a folder knows it already.
fn lock(args: &BackupArgs, destination: &Destination) -> Result<Lock, CliError> {
    if !args.recipients.is_empty() {
        let recipients = args.recipients.iter().map(|text| backup::recipient(text)).collect::<Result<_, _>>()?;
        return Ok(Lock::Recipients(recipients));
    }
    if let Some(file) = &args.passphrase_file {
        return Ok(Lock::Passphrase(passphrase_in(file)?));
    }
    let typed = ask("Passphrase for the backup: ")?;
    let is_known = matches!(destination, Destination::Folder(folder, _) if backup::is_locked_with_a_passphrase(folder));
    if !is_known && ask("The same once more: ")? != typed {
        return Err(InputError::PassphrasesDiffer.into());
    }
    Ok(Lock::Passphrase(backup::passphrase(typed)?))
}

impl Opening {
    fn key(&self) -> Result<Key, CliError> {
        Ok(match (&self.identity, &self.passphrase_file) {
            (Some(file), _) => Key::Identities(backup::identities(file)?),
            (None, Some(file)) => Key::Passphrase(passphrase_in(file)?),
            (None, None) => Key::Passphrase(SecretString::from(ask("Passphrase of the backup: ")?)),
        })
    }
}

/// The first line of a file.
fn passphrase_in(file: &Path) -> Result<SecretString, CliError> {
    let text = backup::small_text(file)?;
    Ok(backup::passphrase(text.lines().next().unwrap_or_default().to_owned())?)
}

/// Asks on the terminal, which shows nothing of what is typed.
fn ask(question: &str) -> Result<String, CliError> {
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        return Err(InputError::NoPassphrase.into());
    }
    let failed = |source| CliError::Io { path: "the terminal".into(), source };
    eprint!("{question}");
    io::stderr().flush().map_err(failed)?;
    let usual = tcgetattr(&stdin).map_err(|errno| failed(errno.into()))?;
    let mut silent = usual.clone();
    silent.local_modes.remove(LocalModes::ECHO);
    tcsetattr(&stdin, OptionalActions::Flush, &silent).map_err(|errno| failed(errno.into()))?;
    let mut line = String::new();
    let read = stdin.lock().read_line(&mut line);
    let restored = tcsetattr(&stdin, OptionalActions::Flush, &usual);
    eprintln!();
    read.map_err(failed)?;
    restored.map_err(|errno| failed(errno.into()))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
