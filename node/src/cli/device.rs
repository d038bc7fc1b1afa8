//! `dorpsplein device`: what a resident signs with.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{DeviceAddition, DeviceRetirement, Statement};
use serde_json::json;

use super::choose;
use super::error::CliError;
use super::key_file::KeyFile;
use super::linking;
use super::signer::{self, Asked, Signer, moment};
use super::{Outcome, random};
use crate::web::body::{DeviceEntryBody, DeviceStateBody};

/// What can be done about devices.
#[derive(Debug, Subcommand)]
pub(super) enum DeviceCommand {
    /// List the devices of the key's resident, or of another
    List(ListArgs),
    /// Add a device of your own: prints a link for it and waits, or makes a second key file at once
    Add(AddArgs),
    /// Retire a device of your own, or as a connector one of somebody else: it can no longer sign
    Retire(RetireArgs),
    /// Become a device of somebody who shows you a link (`device add` or `recover` printed it)
    Link(linking::LinkArgs),
}

/// `device list`.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    asked: Asked,
    /// The resident; by default the one whose key it is
    #[arg(long, value_name = "RESIDENT", required_unless_present_any = ["key", "dir"])]
    resident: Option<String>,
}

/// `device add`.
#[derive(Debug, Args)]
pub(super) struct AddArgs {
    #[command(flatten)]
    signer: Signer,
    /// Make the new key file here, on this machine, instead of linking another one
    #[arg(long, value_name = "FILE")]
    new: Option<PathBuf>,
}

/// `device retire`.
#[derive(Debug, Args)]
pub(super) struct RetireArgs {
    #[command(flatten)]
    signer: Signer,
    /// The device: its key, or as much of its beginning as names only one
    #[arg(value_name = "DEVICE")]
    device: String,
    /// The number of the last operation that counts; by default the last one known
    #[arg(long, value_name = "NUMBER")]
    last: Option<u64>,
}

/// Carries out a command about devices.
///
/// # Errors
/// [`CliError`].
pub(super) fn run(command: &DeviceCommand, json: bool) -> Result<Outcome, CliError> {
    match command {
        DeviceCommand::List(args) => list(args),
        DeviceCommand::Add(args) => add(args, json),
        DeviceCommand::Retire(args) => retire(args),
        DeviceCommand::Link(args) => linking::link(args),
    }
}

fn list(args: &ListArgs) -> Result<Outcome, CliError> {
    let door = args.asked.door()?;
    let register = door.register()?;
    let own = args.asked.secret()?.map(|secret| secret.public().to_string());
    let resident = match (&args.resident, &own) {
        (Some(resident), _) => choose::resident(&register, resident)?,
        (None, own) => choose::device(&register, own.as_deref().unwrap_or_default())?.0,
    };
    let lines = resident.devices.iter().map(|device| line(device, own.as_deref()));
    let cards = resident.cards.iter().map(|card| format!("  {card}  recovery card"));
    let words = lines.chain(cards).collect::<Vec<_>>().join("\n");
    Ok(Outcome::new(words, json!({ "resident": resident.id, "devices": resident.devices, "cards": resident.cards })))
}

fn line(device: &DeviceEntryBody, own: Option<&str>) -> String {
    let state = match device.state {
        DeviceStateBody::Active => "active",
        DeviceStateBody::Retired => "retired",
        DeviceStateBody::Removed => "removed",
    };
    let to = device.counts_to.map(|to| format!(", counts up to operation {to}")).unwrap_or_default();
    let this = if own == Some(device.key.as_str()) { "  (this key)" } else { "" };
    format!("  {}  {state}, since {}{to}{this}", device.key, moment(device.added))
}

fn add(args: &AddArgs, json: bool) -> Result<Outcome, CliError> {
    match &args.new {
        Some(path) => add_here(args, path),
        None => linking::add(&args.signer, json),
    }
}

/// Both devices are on this machine: no link is needed.
fn add_here(args: &AddArgs, path: &Path) -> Result<Outcome, CliError> {
    let door = args.signer.door()?;
    let mut author = args.signer.author(&door)?;
    let home = author.device().home();
    let secret = SecretKey::from_seed(&random()?);
    let addition = DeviceAddition::sign(&secret, &home, &author.device().key());
    let new = secret.public().to_string();
    let file = KeyFile::create(path, secret, home, author.site().clone())?;
    let added = author.state(Statement::DeviceAddition(addition), crate::clock::now());
    let accepted = match added {
        Ok(accepted) => accepted,
        Err(error) => {
            // The file is given up only when the box certainly does not have it.
            if error.is_final() {
                file.discard()?;
            }
            return Err(error);
        }
    };
    let done = format!("The new device is yours. Its key is in {}.", path.display());
    signer::concluded(&door, &accepted, &done, json!({ "device": new }))
}

fn retire(args: &RetireArgs) -> Result<Outcome, CliError> {
    let door = args.signer.door()?;
    let register = door.register()?;
    let (owner, device) = choose::device(&register, &args.device)?;
    let key = choose::public_key(&door, &device.key)?;
    let mut author = args.signer.author(&door)?;
    // A device that retires itself signs one more operation, and that one counts.
    let known = if key == author.device().key() { author.device().sequence() + 1 } else { door.device(&key)?.sequence };
    let last = args.last.unwrap_or_else(|| device.counts_to.map_or(known, |to| to.min(known)));
    let statement = Statement::DeviceRetirement(DeviceRetirement { device: key, last });
    let done = format!("{} can no longer sign. What it signed up to operation {last} counts.", device.key);
    signer::state(&mut author, statement, &done, json!({ "device": device.key, "resident": owner.id, "last": last }))
}
