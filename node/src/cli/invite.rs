//! `dorpsplein invite`: a letter for somebody new.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::identity::letter_code::Purpose;
use dorpsplein_protocol::operation::{Invitation, Role, Statement};
use dorpsplein_protocol::time::Timestamp;
use serde_json::json;

use super::Outcome;
use super::author::Author;
use super::door::Door;
use super::error::CliError;
use super::links::{InvitationLink, Site};
use crate::clock;
use crate::data_folder::connector_key;
use crate::letters;

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
    let (link, key) = invite(&mut connector, door.site(), role, args.days, clock::now())?;
    let (url, code) = (link.url(), link.code);
    Ok(Outcome::new(
        format!("An invitation for one person, open for {} days:\n  {url}\n  code: {code}", args.days),
        json!({ "invitation": url, "code": code.to_string(), "key": key.to_string(), "days": args.days }),
    ))
}

/// Makes a letter with the connector's key: the link with its code, and the public half of its one-time key.
///
/// # Errors
/// [`CliError`].
pub fn invite(
    connector: &mut Author<'_>,
    site: Site,
    role: Role,
    days: u8,
    now: Timestamp,
) -> Result<(InvitationLink, PublicKey), CliError> {
    let code = letters::new_code()?;
    let key = letters::key_of(&code, Purpose::Letter, &connector.device().home()).public();
    open_invitation(connector, key, role, days, now)?;
    Ok((InvitationLink { site, code }, key))
}

/// Opens an invitation for whoever has the secret half of `key`.
///
/// # Errors
/// [`CliError`].
pub fn open_invitation(
    connector: &mut Author<'_>,
    key: PublicKey,
    role: Role,
    days: u8,
    now: Timestamp,
) -> Result<(), CliError> {
    let expires = now.plus_millis(u64::from(days) * DAY_MS);
    connector.state(Statement::Invitation(Invitation { key, role, expires }), now)?;
    Ok(())
}
