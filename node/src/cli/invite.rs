//! `dorpsplein invite`: a letter for somebody new.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{Invitation, Role, Statement};
use dorpsplein_protocol::time::Timestamp;
use serde_json::json;

use super::author::Author;
use super::door::Door;
use super::error::CliError;
use super::links::{InvitationLink, Site};
use super::{Outcome, random};
use crate::clock;
use crate::data_folder::connector_key;

/// A day, in milliseconds.
pub const DAY_MS: u64 = 24 * 3_600_000;

/// `invite`.
#[derive(Debug, Args)]
pub(super) struct InviteArgs {
    /// The data folder of the box
    #[arg(long)]
    dir: PathBuf,
    /// What the new resident is trusted with
    #[arg(long, value_enum, default_value_t = RoleName::Resident)]
    role: RoleName,
    /// How many days the invitation is open
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u8).range(1..=30))]
    days: u8,
}

/// A role on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum RoleName {
    /// May write and answer
    Resident,
    /// May also invite and agree with neighbours
    Connector,
}

/// Makes an invitation, whether or not the box is running.
///
/// # Errors
/// [`CliError`].
pub(super) fn run(args: &InviteArgs) -> Result<Outcome, CliError> {
    let door = Door::open(&args.dir)?;
    let role = match args.role {
        RoleName::Resident => Role::Resident,
        RoleName::Connector => Role::Connector,
    };
    let mut connector = Author::open(&connector_key(&args.dir), &door)?;
    let link = invite(&mut connector, door.site(), role, args.days, clock::now())?;
    let url = link.url();
    Ok(Outcome::new(
        format!("An invitation for one person, open for {} days:\n  {url}", args.days),
        json!({ "invitation": url, "key": link.secret.public().to_string(), "days": args.days }),
    ))
}

/// Makes an invitation with the connector's key.
///
/// # Errors
/// [`CliError`].
pub fn invite(
    connector: &mut Author<'_>,
    site: Site,
    role: Role,
    days: u8,
    now: Timestamp,
) -> Result<InvitationLink, CliError> {
    let secret = SecretKey::from_seed(&random()?);
    let expires = now.plus_millis(u64::from(days) * DAY_MS);
    connector.state(Statement::Invitation(Invitation { key: secret.public(), role, expires }), now)?;
    Ok(InvitationLink { site, secret })
}
