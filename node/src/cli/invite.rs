//! `dorpsplein invite`: a letter for somebody new.

use clap::{Args, Subcommand, ValueEnum};
use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::identity::letter_code::Purpose;
use dorpsplein_protocol::operation::{Invitation, InvitationWithdrawal, Role, Statement};
use dorpsplein_protocol::time::Timestamp;
use serde_json::json;

use super::Outcome;
use super::author::Author;
use super::choose;
use super::error::CliError;
use super::links::{InvitationLink, Site};
use super::signer::{self, Asked, Signer, moment};
use crate::web::body::{AcceptedBody, InvitationStateBody, IssuedInvitationBody};
use crate::{clock, letters};

/// A day, in milliseconds.
pub const DAY_MS: u64 = 24 * 3_600_000;

/// `invite`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct InviteArgs {
    #[command(subcommand)]
    command: Option<InviteCommand>,
    #[command(flatten)]
    signer: Signer,
    /// What the new resident is trusted with
    #[arg(long, value_enum, default_value_t = RoleName::Resident)]
    role: RoleName,
    /// How many days the invitation is open
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u8).range(1..=30))]
    days: u8,
}

/// What can be done about invitations that were made.
#[derive(Debug, Subcommand)]
enum InviteCommand {
    /// List the open invitations
    List(ListArgs),
    /// Take an open invitation back
    Withdraw(WithdrawArgs),
}

/// `invite list`.
#[derive(Debug, Args)]
struct ListArgs {
    #[command(flatten)]
    asked: Asked,
    /// Also those that were used, taken back or have run out
    #[arg(long)]
    all: bool,
}

/// `invite withdraw`.
#[derive(Debug, Args)]
struct WithdrawArgs {
    #[command(flatten)]
    signer: Signer,
    /// The invitation: its operation or its key, or the beginning of either
    #[arg(value_name = "INVITATION")]
    invitation: String,
}

/// A role on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum RoleName {
    /// May write and answer
    Resident,
    /// May also invite and agree with neighbours
    Connector,
}

impl RoleName {
    /// The role.
    pub(super) const fn role(self) -> Role {
        match self {
            Self::Resident => Role::Resident,
            Self::Connector => Role::Connector,
        }
    }

    /// Its name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Resident => "resident",
            Self::Connector => "connector",
        }
    }
}

/// Carries out a command about invitations, whether or not the box is running.
///
/// # Errors
/// [`CliError`].
pub(super) fn run(args: &InviteArgs) -> Result<Outcome, CliError> {
    match &args.command {
        None => make(args),
        Some(InviteCommand::List(args)) => list(args),
        Some(InviteCommand::Withdraw(args)) => withdraw(args),
    }
}

fn make(args: &InviteArgs) -> Result<Outcome, CliError> {
    let door = args.signer.door()?;
    let mut connector = args.signer.author(&door)?;
    let code = letters::new_code()?;
    let key = letters::key_of(&code, Purpose::Letter, &connector.device().home()).public();
    let accepted = open_invitation(&mut connector, key, args.role.role(), args.days, clock::now())?;
    let link = InvitationLink { site: door.site(), code };
    let url = link.url();
    let letter = format!("An invitation for one person, open for {} days:\n  {url}\n  code: {code}", args.days);
    let more = json!({ "invitation": url, "code": code.to_string(), "key": key.to_string(), "days": args.days });
    let outcome = signer::concluded(&door, &accepted, &letter, more)?;
    // Nobody else will ever know the code, so it is shown also while the second signature is waited for.
    Ok(outcome.with_words(|words| if words == letter { words } else { format!("{letter}\n{words}") }))
}

fn list(args: &ListArgs) -> Result<Outcome, CliError> {
    let invitations = args.asked.door()?.register()?.invitations;
    let now = clock::now().as_millis();
    let open = |one: &IssuedInvitationBody| {
        matches!(one.state, InvitationStateBody::Open | InvitationStateBody::Proposed) && now < one.expires
    };
    let shown: Vec<_> = invitations.iter().filter(|one| args.all || open(one)).collect();
    let words = if shown.is_empty() {
        "No open invitations.".to_owned()
    } else {
        shown.iter().map(|one| line(one, now)).collect::<Vec<_>>().join("\n")
    };
    Ok(Outcome::new(words, json!({ "invitations": shown })))
}

fn line(invitation: &IssuedInvitationBody, now: u64) -> String {
    let state = match (invitation.state, &invitation.used_by) {
        (InvitationStateBody::Open, _) if now >= invitation.expires => "has run out".to_owned(),
        (InvitationStateBody::Open, _) => format!("open until {}", moment(invitation.expires)),
        (InvitationStateBody::Used, Some(by)) => format!("used by {}", choose::short(by)),
        (InvitationStateBody::Used, None) => "used".to_owned(),
        (InvitationStateBody::Withdrawn, _) => "taken back".to_owned(),
        (InvitationStateBody::Proposed, _) => "waits for a second signature".to_owned(),
    };
    format!("  {}  {}, {state}, made by {}", invitation.operation, invitation.role, choose::short(&invitation.by))
}

fn withdraw(args: &WithdrawArgs) -> Result<Outcome, CliError> {
    let door = args.signer.door()?;
    let invitations = door.register()?.invitations;
    let all = invitations.iter().flat_map(|one| [(one, &one.operation), (one, &one.key)]);
    let (one, _) = choose::one("invitation", &args.invitation, all, |(_, id)| id)?;
    let invitation = choose::operation_id(&door, &one.operation)?;
    let mut author = args.signer.author(&door)?;
    let statement = Statement::InvitationWithdrawal(InvitationWithdrawal { invitation });
    let done = "The invitation is taken back: nobody can join with it any more.";
    signer::state(&mut author, statement, done, json!({ "invitation": one.operation }))
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
) -> Result<AcceptedBody, CliError> {
    let expires = now.plus_millis(u64::from(days) * DAY_MS);
    connector.state(Statement::Invitation(Invitation { key, role, expires }), now)
}
