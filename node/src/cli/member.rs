//! `dorpsplein member`: who lives here, and what they are trusted with.

use clap::{Args, Subcommand};
use dorpsplein_protocol::operation::{MemberRemoval, Role, RoleChange, Statement};
use serde_json::json;

use super::Outcome;
use super::choose;
use super::door::Door;
use super::error::CliError;
use super::invite::RoleName;
use super::signer::{self, Asked, Signer, moment};
use crate::web::body::{DeviceStateBody, RegisterBody, ResidentBody};

/// What can be done about members.
#[derive(Debug, Subcommand)]
pub(super) enum MemberCommand {
    /// List the members; with a key also the names they told
    List(ListArgs),
    /// Show a member out, as a connector: what they made until now stays
    Remove(RemoveArgs),
    /// Make a member a connector, or a resident again
    Role(RoleArgs),
}

/// `member list`.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    asked: Asked,
    /// Also those who are no longer a member
    #[arg(long)]
    all: bool,
}

/// `member remove`.
#[derive(Debug, Args)]
pub(super) struct RemoveArgs {
    #[command(flatten)]
    signer: Signer,
    /// The member: the id, or as much of its beginning as names only one
    #[arg(value_name = "RESIDENT")]
    resident: String,
}

/// `member role`.
#[derive(Debug, Args)]
pub(super) struct RoleArgs {
    #[command(flatten)]
    signer: Signer,
    /// The member: the id, or as much of its beginning as names only one
    #[arg(value_name = "RESIDENT")]
    resident: String,
    /// What they are trusted with from now on
    #[arg(value_enum)]
    role: RoleName,
}

/// Carries out a command about members.
///
/// # Errors
/// [`CliError`].
pub(super) fn run(command: &MemberCommand) -> Result<Outcome, CliError> {
    match command {
        MemberCommand::List(args) => list(args),
        MemberCommand::Remove(args) => remove(args),
        MemberCommand::Role(args) => role(args),
    }
}

fn list(args: &ListArgs) -> Result<Outcome, CliError> {
    let door = args.asked.door()?;
    let register = door.register()?;
    let names = match args.asked.secret()? {
        Some(secret) => door.names(&secret)?,
        None => Vec::new(),
    };
    let name = |id: &str| names.iter().find(|named| named.id == id).and_then(|named| named.name.clone());
    let shown: Vec<_> = register.residents.iter().filter(|resident| args.all || resident.present).collect();
    let lines = shown.iter().map(|resident| line(resident, name(&resident.id).as_deref()));
    let head = match register.signatures_needed {
        1 => format!("{} connectors: heavy acts need one signature", register.connectors),
        needed => format!("{} connectors: heavy acts need {needed} signatures", register.connectors),
    };
    let words = std::iter::once(head).chain(lines).collect::<Vec<_>>().join("\n");
    let members: Vec<_> = shown
        .iter()
        .map(|resident| {
            let mut member = json!(resident);
            member["name"] = json!(name(&resident.id));
            member
        })
        .collect();
    Ok(Outcome::new(
        words,
        json!({ "members": members, "connectors": register.connectors, "signatures_needed": register.signatures_needed }),
    ))
}

fn line(resident: &ResidentBody, name: Option<&str>) -> String {
    let active = resident.devices.iter().filter(|device| device.state == DeviceStateBody::Active).count();
    let devices = if active == 1 { "1 device".to_owned() } else { format!("{active} devices") };
    let gone = if resident.present { "" } else { ", no longer a member" };
    format!(
        "  {}  {:<9}  {devices}, since {}{gone}  {}",
        resident.id,
        resident.role,
        moment(resident.admitted),
        name.unwrap_or("(no name told)")
    )
}

fn remove(args: &RemoveArgs) -> Result<Outcome, CliError> {
    let door = args.signer.door()?;
    let register = door.register()?;
    let resident = choose::resident(&register, &args.resident)?;
    let statement = removal(&door, resident)?;
    let mut author = args.signer.author(&door)?;
    let done = format!("{} is no longer a member.", resident.id);
    signer::state(&mut author, statement, &done, json!({ "resident": resident.id }))
}

/// The statement that removes somebody and keeps all they signed until now.
///
/// # Errors
/// [`CliError`].
fn removal(door: &Door, resident: &ResidentBody) -> Result<Statement, CliError> {
    let counts = choose::counts(door, resident.devices.iter())?;
    Ok(Statement::MemberRemoval(MemberRemoval { resident: choose::resident_id(door, &resident.id)?, counts }))
}

fn role(args: &RoleArgs) -> Result<Outcome, CliError> {
    let door = args.signer.door()?;
    let register = door.register()?;
    let resident = choose::resident(&register, &args.resident)?;
    let statement = role_change(&door, resident, args.role.role())?;
    let mut author = args.signer.author(&door)?;
    let said = format!("{} is a {} now.{}", resident.id, args.role.name(), advice(&register, args.role));
    signer::state(&mut author, statement, &said, json!({ "resident": resident.id, "role": args.role.name() }))
}

fn role_change(door: &Door, resident: &ResidentBody, role: Role) -> Result<Statement, CliError> {
    let counts = match role {
        Role::Connector => Vec::new(),
        Role::Resident => choose::counts(door, resident.devices.iter())?,
    };
    let resident = choose::resident_id(door, &resident.id)?;
    Ok(Statement::RoleChange(RoleChange { resident, role, counts }))
}

/// What changes for everybody when the third connector comes.
fn advice(register: &RegisterBody, role: RoleName) -> &'static str {
    if role == RoleName::Connector && register.connectors == 2 {
        " There are three connectors now: from here on two of them must sign a heavy act."
    } else {
        ""
    }
}
