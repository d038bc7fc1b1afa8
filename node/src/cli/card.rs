//! `dorpsplein card`: the recovery card (*reservekaart*), a code on paper that can add a device and nothing else.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::identity::letter_code::{LetterCode, Purpose};
use dorpsplein_protocol::identity::{PublicKey, SecretKey};
use dorpsplein_protocol::operation::{DeviceAddition, NeighbourhoodId, OperationId, RecoveryKey, Statement};
use serde_json::json;

use super::client::Client;
use super::door::Door;
use super::error::{CliError, InputError};
use super::key_file::KeyFile;
use super::signer::{self, Signer};
use super::{Outcome, random};
use crate::links::Site;
use crate::{clock, letters};

/// What can be done with recovery cards.
#[derive(Debug, Subcommand)]
pub(super) enum CardCommand {
    /// Make a recovery card: prints a code to write down and keep at home
    Make(MakeArgs),
    /// Use a recovery card to make a new key file, when the old device is lost
    Use(UseArgs),
}

/// `card make`.
#[derive(Debug, Args)]
pub(super) struct MakeArgs {
    #[command(flatten)]
    signer: Signer,
}

/// `card use`.
#[derive(Debug, Args)]
pub(super) struct UseArgs {
    /// The code on the card, such as 7K3M-92XQ-A4TD
    #[arg(long)]
    code: String,
    /// The site of your neighbourhood
    #[arg(long)]
    url: String,
    /// The key file to make (or to go on with, if an earlier attempt broke off)
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

/// Carries out a command about recovery cards.
///
/// # Errors
/// [`CliError`].
pub(super) fn run(command: &CardCommand) -> Result<Outcome, CliError> {
    match command {
        CardCommand::Make(args) => make(args),
        CardCommand::Use(args) => use_card(args),
    }
}

fn make(args: &MakeArgs) -> Result<Outcome, CliError> {
    let door = args.signer.door()?;
    let mut author = args.signer.author(&door)?;
    let home = author.device().home();
    let code = letters::new_code()?;
    let card = letters::key_of(&code, Purpose::Card, &home);
    let registered = RecoveryKey::sign(&card, &home, &author.device().key());
    let key = registered.key.to_string();
    let accepted = author.state(Statement::RecoveryKey(registered), clock::now())?;
    let done = format!(
        "Your recovery card. Write this down and keep it at home; it is shown only now:\n  {code}\n\
         It can add a device of yours and nothing else:\n  dorpsplein card use --code … --url {} --key FILE",
        door.address()
    );
    signer::concluded(&door, &accepted, &done, json!({ "code": code.to_string(), "card": key }))
}

fn use_card(args: &UseArgs) -> Result<Outcome, CliError> {
    let code = LetterCode::parse(&args.code).map_err(|_| InputError::Code)?;
    let site = Site::parse(&args.url)?;
    let door = Door::Site(Client::new(site.clone()));
    let home = door.home()?;
    let card = letters::key_of(&code, Purpose::Card, &home);
    let register = door.register()?;
    let held_by = card.public().to_string();
    let owner = register.residents.iter().find(|resident| resident.cards.contains(&held_by));
    let owner = owner.ok_or(InputError::UnknownCard)?;
    let (new, made) = new_key(&args.key, home, site)?;
    let device = new.device().key();
    let known = door.device(&device)?;
    if !known.member
        && let Err(error) = door.submit(&addition(&door, card, new.device().secret(), home)?)
    {
        if made && error.is_final() {
            new.discard()?;
        }
        return Err(error);
    }
    Ok(Outcome::new(
        format!(
            "This is a device of yours now. The key is in {}.\nRetire the lost one: dorpsplein device list --key {}",
            args.key.display(),
            args.key.display()
        ),
        json!({ "device": device.to_string(), "resident": owner.id, "neighbourhood_id": home.to_string() }),
    ))
}

/// The new key, and whether it was made just now.
fn new_key(path: &Path, home: NeighbourhoodId, site: Site) -> Result<(KeyFile, bool), CliError> {
    if !path.exists() {
        return Ok((KeyFile::create(path, SecretKey::from_seed(&random()?), home, site)?, true));
    }
    let file = KeyFile::open(path)?;
    if file.device().home() != home {
        return Err(InputError::OtherHome.into());
    }
    if file.device().sequence() > 0 {
        return Err(InputError::AlreadyMember.into());
    }
    Ok((file, false))
}

/// What the card signs: the only thing it can. It counts on from what the box has seen of it, because paper cannot count.
fn addition(door: &Door, card: SecretKey, new: &SecretKey, home: NeighbourhoodId) -> Result<Vec<u8>, CliError> {
    let key: PublicKey = card.public();
    let seen = door.device(&key)?;
    let previous = match &seen.last_operation {
        Some(id) => Some(OperationId::from_hex(id).ok_or_else(|| door.strange())?),
        None => None,
    };
    let statement = Statement::DeviceAddition(DeviceAddition::sign(new, &home, &key));
    let mut card = Device::resume(card, home, seen.sequence, previous);
    Ok(card.state(door.heads()?, statement, clock::now()).encode())
}
