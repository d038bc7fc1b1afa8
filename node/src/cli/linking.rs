//! Two devices in one room: one shows a link, the other follows it, people compare six digits. The box only carries the
//! messages; the secret stands behind the `#` of the link.

use std::io::{self, BufRead, Write};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use dorpsplein_protocol::identity::{PublicKey, SecretKey};
use dorpsplein_protocol::linking::{Answering, LinkPurpose, LinkSecret, Offering};
use dorpsplein_protocol::operation::{DeviceCount, MAX_HOME_KEY_MS, ResidentId, Statement};
use serde_json::json;

use super::author::Author;
use super::choose;
use super::client::Client;
use super::door::Door;
use super::error::{CliError, InputError};
use super::key_file::KeyFile;
use super::signer::{self, Signer};
use super::waiting::wait_slowly;
use super::{Outcome, random};
use crate::clock;
use crate::links::DeviceLink;

/// How long the box keeps the messages, and so how long both sides wait for each other.
const PATIENCE: Duration = Duration::from_secs(600);
/// How long the new device waits until the box knows it: somebody has to compare six digits first.
const UNTIL_CONFIRMED: Duration = Duration::from_secs(600);

/// `device link`.
#[derive(Debug, Args)]
pub(super) struct LinkArgs {
    /// The link that the other side shows
    #[arg(value_name = "LINK")]
    link: String,
    /// The key file to make
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

/// What the adding side is for.
pub(super) enum Adding {
    /// A device of the author's own.
    Own,
    /// A device for somebody who lost theirs, and which devices are retired for it.
    Recovery(ResidentId, Vec<DeviceCount>),
    /// A key for the home network, for somebody else or for the author.
    HomeKey(Option<ResidentId>),
}

/// Adds a device of one's own that follows a link.
///
/// # Errors
/// [`CliError`].
pub(super) fn add(signer: &Signer, json: bool) -> Result<Outcome, CliError> {
    let door = signer.door()?;
    let mut author = signer.author(&door)?;
    add_linked(&door, &mut author, Adding::Own, json)
}

/// The adding side: shows the link, waits for the answer, has the digits compared, and signs.
///
/// # Errors
/// [`CliError`].
pub(super) fn add_linked(
    door: &Door,
    author: &mut Author<'_>,
    adding: Adding,
    json: bool,
) -> Result<Outcome, CliError> {
    let client = door.mailboxes().ok_or(InputError::BoxNotRunning)?;
    let home = author.device().home();
    let own = door.device(&author.device().key())?.resident.ok_or(InputError::NotAMember)?;
    let (purpose, resident) = match &adding {
        Adding::Own => (LinkPurpose::Device, choose::resident_id(door, &own)?),
        Adding::Recovery(resident, _) => (LinkPurpose::Recovery, *resident),
        Adding::HomeKey(Some(resident)) => (LinkPurpose::HomeKey, *resident),
        Adding::HomeKey(None) => (LinkPurpose::HomeKey, choose::resident_id(door, &own)?),
    };
    let secret = LinkSecret::from_random(random()?);
    let mailbox = secret.mailbox();
    let offering = Offering::new(secret, random()?, purpose, author.device().key(), resident);
    client.leave_message(&mailbox, "offer", offering.message())?;
    let shown = DeviceLink { site: door.site(), secret };
    show_link(&shown, json)?;
    let answered = wait_for_message(client, &mailbox, "answer")?;
    // One answer, whatever comes of it: after this the new device learns what the digits hang on.
    let answered = offering.take(&answered, &home)?;
    client.leave_message(&mailbox, "reveal", &answered.reveal)?;
    compare(&answered.digits)?;
    let (answer, now) = (answered.answer, clock::now());
    let statement = match adding {
        Adding::Own => Statement::DeviceAddition(answer.addition()),
        Adding::Recovery(resident, counts) => Statement::Recovery(answer.recovery(resident, counts)),
        Adding::HomeKey(_) => Statement::HomeKey(answer.home_key(resident, now.plus_millis(MAX_HOME_KEY_MS))),
    };
    let accepted = author.state(statement, now)?;
    let more = json!({ "device": answer.device.to_string(), "resident": resident.to_string() });
    signer::concluded(door, &accepted, "The new device can sign now.", more)
}

/// The new device's side.
///
/// # Errors
/// [`CliError`].
pub(super) fn link(args: &LinkArgs) -> Result<Outcome, CliError> {
    let DeviceLink { site, secret } = DeviceLink::parse(&args.link)?;
    let client = Client::new(site.clone());
    let door = Door::Site(client.clone());
    let home = door.home()?;
    let mailbox = secret.mailbox();
    let offered = client.take_message(&mailbox, "offer")?.ok_or(InputError::LinkGone)?;
    let device = SecretKey::from_seed(&random()?);
    let answering = Answering::new(secret, offered, &device, random()?, &home)?;
    let file = KeyFile::create(&args.key, device, home, site)?;
    match meet(&client, &mailbox, answering) {
        Ok(digits) => eprintln!("Compare these digits with the other side: {digits}"),
        Err(error) => {
            // Nobody has seen digits, so nobody has confirmed this key.
            file.discard()?;
            return Err(error);
        }
    }
    let key = file.device().key();
    // The file stays whatever happens now: the other side may confirm at any moment.
    wait_slowly("the confirmation on the other device", UNTIL_CONFIRMED, || knows(&door, &key))?;
    let device = door.device(&key)?;
    let words = if device.member {
        format!("This is a device of yours now. The key is in {}.", args.key.display())
    } else {
        format!(
            "The recovery is signed; it waits for another connector, and a day at least. The key is in {}.",
            args.key.display()
        )
    };
    let more = json!({ "device": key.to_string(), "resident": device.resident, "member": device.member });
    Ok(Outcome::new(words, more))
}

/// Answers the offer and waits for the last message; gives the six digits to show.
fn meet(client: &Client, mailbox: &str, answering: Answering) -> Result<String, CliError> {
    client.leave_message(mailbox, "answer", answering.message())?;
    let revealed = wait_for_message(client, mailbox, "reveal")?;
    Ok(answering.take(&revealed)?)
}

/// The other side's message, when it comes.
fn wait_for_message(client: &Client, mailbox: &str, slot: &str) -> Result<Vec<u8>, CliError> {
    let mut message = None;
    wait_slowly("the other device", PATIENCE, || {
        message = client.take_message(mailbox, slot)?;
        Ok(message.is_some())
    })?;
    Ok(message.unwrap_or_default())
}

/// Whether the register knows the new device: as a member's, or in a recovery that waits.
fn knows(door: &Door, key: &PublicKey) -> Result<bool, CliError> {
    if door.device(key)?.member {
        return Ok(true);
    }
    let key = key.to_string();
    Ok(door.register()?.proposals.iter().any(|proposal| proposal.statement.key.as_ref() == Some(&key)))
}

/// A script reads the link from a line of JSON before the one with the outcome.
fn show_link(link: &DeviceLink, json: bool) -> Result<(), CliError> {
    let link = link.url();
    let mut out = io::stdout().lock();
    let shown = if json {
        writeln!(out, "{}", json!({ "link": link }))
    } else {
        writeln!(
            out,
            "On the new device, within ten minutes, open\n  {link}\nor: dorpsplein device link '{link}' --key FILE"
        )
    };
    let failed = |source| CliError::Io { path: PathBuf::from("standard output"), source };
    shown.and_then(|()| out.flush()).map_err(failed)
}

/// Has somebody compare the digits; without a yes nothing is signed.
fn compare(digits: &str) -> Result<(), CliError> {
    eprint!("Does the new device show {digits}? Type yes if it does: ");
    let mut line = String::new();
    let failed = |source| CliError::Io { path: PathBuf::from("standard input"), source };
    io::stdin().lock().read_line(&mut line).map_err(failed)?;
    if matches!(line.trim().to_ascii_lowercase().as_str(), "yes" | "y" | "ja" | "j") {
        Ok(())
    } else {
        Err(InputError::OtherDigits.into())
    }
}
