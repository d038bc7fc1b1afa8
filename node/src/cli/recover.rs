//! `dorpsplein recover`: a connector, face to face with somebody who lost their devices, links a new one.

use clap::Args;
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{Recovery, Statement};
use serde_json::json;
use std::path::PathBuf;

use super::choose;
use super::error::CliError;
use super::key_file::KeyFile;
use super::linking::{self, Adding};
use super::signer::{self, Signer};
use super::{Outcome, random};
use crate::clock;
use crate::web::body::{DeviceEntryBody, DeviceStateBody, ResidentBody};

/// `recover`.
#[derive(Debug, Args)]
pub(super) struct RecoverArgs {
    #[command(flatten)]
    signer: Signer,
    /// Who lost a device: the id, or as much of its beginning as names only one
    #[arg(value_name = "RESIDENT")]
    resident: String,
    /// A device that was lost, or the beginning of its key; may be given more than once; by default all of them
    #[arg(long, value_name = "DEVICE")]
    lost: Vec<String>,
    /// Make the new key file here, on this machine, instead of linking another device
    #[arg(long, value_name = "FILE")]
    new: Option<PathBuf>,
}

/// Links a new device for somebody who lost theirs.
///
/// # Errors
/// [`CliError`].
pub(super) fn run(args: &RecoverArgs, json: bool) -> Result<Outcome, CliError> {
    let door = args.signer.door()?;
    let register = door.register()?;
    let resident = choose::resident(&register, &args.resident)?;
    let counts = choose::counts(&door, lost(resident, &args.lost)?.into_iter())?;
    let id = choose::resident_id(&door, &resident.id)?;
    let mut author = args.signer.author(&door)?;
    let Some(path) = &args.new else {
        return linking::add_linked(&door, &mut author, Adding::Recovery(id, counts), json);
    };
    let home = author.device().home();
    let secret = SecretKey::from_seed(&random()?);
    let recovery = Recovery::sign(&secret, &home, &id, counts);
    let device = secret.public().to_string();
    let file = KeyFile::create(path, secret, home, author.site().clone())?;
    let accepted = match author.state(Statement::Recovery(recovery), clock::now()) {
        Ok(accepted) => accepted,
        Err(error) => {
            if error.is_final() {
                file.discard()?;
            }
            return Err(error);
        }
    };
    let done = format!(
        "{} has a new device; the lost ones can no longer sign. Its key is in {}.",
        resident.id,
        path.display()
    );
    signer::concluded(&door, &accepted, &done, json!({ "device": device, "resident": resident.id }))
}

/// The devices that are said to be lost: those named, or all that can still sign.
fn lost<'a>(resident: &'a ResidentBody, named: &[String]) -> Result<Vec<&'a DeviceEntryBody>, CliError> {
    if named.is_empty() {
        return Ok(resident.devices.iter().filter(|device| device.state == DeviceStateBody::Active).collect());
    }
    let find = |name: &String| choose::one("device", name, resident.devices.iter(), |device| &device.key);
    Ok(named.iter().map(find).collect::<Result<_, _>>()?)
}
