//! `dorpsplein box`: which machines speak for the neighbourhood.

use clap::{Args, Subcommand};
use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::{BoxCertificate, BoxRetirement, Statement};
use serde_json::json;

use super::Outcome;
use super::box_link::{self, JoinArgs, LinkArgs};
use super::choose;
use super::error::{CliError, InputError};
use super::invite::DAY_MS;
use super::signer::{self, Asked, Signer, moment};
use crate::clock;
use crate::web::body::BoxBody;

/// What can be done about boxes.
#[derive(Debug, Subcommand)]
pub(super) enum BoxCommand {
    /// List the boxes with a certificate
    List(ListArgs),
    /// Print the link with which a second machine becomes a box of this neighbourhood
    Link(LinkArgs),
    /// On the second machine: make its data folder
    Join(JoinArgs),
    /// Certify a box, or renew its certificate
    Add(AddArgs),
    /// Retire a box: it no longer speaks for the neighbourhood
    Retire(RetireArgs),
}

/// `box list`.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    asked: Asked,
}

/// `box add`.
#[derive(Debug, Args)]
pub(super) struct AddArgs {
    #[command(flatten)]
    signer: Signer,
    /// The key of the box: 64 hexadecimal digits (`dorpsplein status` on that machine names it `own_box`)
    #[arg(value_name = "BOX")]
    box_key: String,
    /// For how many days
    #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(u16).range(1..=3650))]
    days: u16,
}

/// `box retire`.
#[derive(Debug, Args)]
pub(super) struct RetireArgs {
    #[command(flatten)]
    signer: Signer,
    /// The key of the box, or the beginning of it
    #[arg(value_name = "BOX")]
    box_key: String,
}

/// Carries out a command about boxes.
///
/// # Errors
/// [`CliError`].
pub(super) fn run(command: &BoxCommand) -> Result<Outcome, CliError> {
    match command {
        BoxCommand::List(args) => list(args),
        BoxCommand::Link(args) => box_link::link(args),
        BoxCommand::Join(args) => box_link::join(args),
        BoxCommand::Add(args) => add(args),
        BoxCommand::Retire(args) => retire(args),
    }
}

fn list(args: &ListArgs) -> Result<Outcome, CliError> {
    let door = args.asked.door()?;
    let (boxes, own) = (door.register()?.boxes, door.status()?.own_box);
    let line = |one: &BoxBody| {
        let this = if one.key == own { "  (this one)" } else { "" };
        format!("  {}  certified until {}{this}", one.key, moment(one.expires))
    };
    let words = boxes.iter().map(line).collect::<Vec<_>>().join("\n");
    Ok(Outcome::new(words, json!({ "boxes": boxes, "own_box": own })))
}

fn add(args: &AddArgs) -> Result<Outcome, CliError> {
    let key = PublicKey::from_hex(args.box_key.trim()).ok_or(InputError::Box)?;
    let door = args.signer.door()?;
    let mut author = args.signer.author(&door)?;
    let expires = clock::now().plus_millis(u64::from(args.days) * DAY_MS);
    let statement = Statement::BoxCertificate(BoxCertificate { key, expires });
    let done = format!("The box speaks for the neighbourhood until {}.", moment(expires.as_millis()));
    let more = json!({ "box": key.to_string(), "expires": expires.as_millis() });
    signer::state(&mut author, statement, &done, more)
}

fn retire(args: &RetireArgs) -> Result<Outcome, CliError> {
    let door = args.signer.door()?;
    let boxes = door.register()?.boxes;
    let one = choose::one("box", &args.box_key, distinct(&boxes).into_iter(), |one| &one.key)?;
    let statement = Statement::BoxRetirement(BoxRetirement { key: choose::public_key(&door, &one.key)? });
    let mut author = args.signer.author(&door)?;
    let done = format!("The box {} no longer speaks for the neighbourhood.", one.key);
    signer::state(&mut author, statement, &done, json!({ "box": one.key }))
}

/// A box that was renewed has several certificates and is still one box.
fn distinct(boxes: &[BoxBody]) -> Vec<&BoxBody> {
    let mut distinct: Vec<&BoxBody> = boxes.iter().collect();
    distinct.sort_by(|a, b| a.key.cmp(&b.key));
    distinct.dedup_by(|a, b| a.key == b.key);
    distinct
}
