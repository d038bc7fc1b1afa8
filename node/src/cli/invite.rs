//! `dorpsplein invite`: a letter for somebody new.

use std::path::PathBuf;

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
use super::letter_sheets::{LetterLang, LetterSheets};
use super::signer::{self, Asked, Signer, moment};
use super::waiting::progress;
use crate::links::{InvitationLink, Site};
use crate::web::body::{AcceptedBody, InvitationStateBody, IssuedInvitationBody};
use crate::{clock, letters};

/// A day, in milliseconds.
pub const DAY_MS: u64 = 24 * 3_600_000;

/// The most letters at a time, as on the connectors' desk: each leaves an invitation in the register for good.
const MOST_LETTERS: i64 = 100;

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
    /// How many letters to make, for one resident each
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=MOST_LETTERS), conflicts_with = "role")]
    count: u8,
    /// Write the letters to this file, to print: a page that opens in any browser, one sheet of A4 for each
    #[arg(long, value_name = "FILE", conflicts_with = "role")]
    letters: Option<PathBuf>,
    /// The language of the letters
    #[arg(long, value_enum, default_value_t = LetterLang::Nl, requires = "letters")]
    lang: LetterLang,
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
        None if args.count == 1 && args.letters.is_none() => make(args),
        None => make_many(args),
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

/// Makes letters one by one. Those that were made stay made, whatever happens to the next.
fn make_many(args: &InviteArgs) -> Result<Outcome, CliError> {
    let door = args.signer.door()?;
    let mut connector = args.signer.author(&door)?;
    let sheets = args.letters.as_deref().map(|path| LetterSheets::begin(path, &door, args.lang)).transpose()?;
    let mut made = Made { sheets, invitations: Vec::new() };
    let bar = progress(usize::from(args.count));
    for _ in 0..args.count {
        let one = made.one_more(&mut connector, door.site(), args.days);
        if let Err(error) = one {
            bar.abandon();
            made.give_up()?;
            return Err(error);
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(made.outcome(args.days))
}

/// The letters of one command.
struct Made {
    sheets: Option<LetterSheets>,
    invitations: Vec<(InvitationLink, PublicKey)>,
}

impl Made {
    fn one_more(&mut self, connector: &mut Author<'_>, site: Site, days: u8) -> Result<(), CliError> {
        let now = clock::now();
        let (link, key) = invite(connector, site, Role::Resident, days, now)?;
        if let Some(sheets) = &mut self.sheets {
            sheets.add(&link, &key, expiry(now, days))?;
        }
        self.invitations.push((link, key));
        Ok(())
    }

    /// Says what there is nevertheless, because codes stand nowhere else.
    fn give_up(self) -> Result<(), CliError> {
        match self.sheets {
            Some(sheets) if sheets.count() == 0 => return sheets.discard(),
            Some(sheets) => eprintln!("{} letters were made and are in {}.", sheets.count(), sheets.path().display()),
            None => self.invitations.iter().for_each(|(link, _)| eprintln!("  {}  code: {}", link.url(), link.code)),
        }
        Ok(())
    }

    fn outcome(self, days: u8) -> Outcome {
        let count = self.invitations.len();
        let Some(sheets) = self.sheets else {
            let lines = self.invitations.iter().map(|(link, _)| format!("  {}  code: {}", link.url(), link.code));
            let lines = lines.collect::<Vec<_>>().join("\n");
            let made = self.invitations.iter().map(|(link, key)| {
                json!({ "invitation": link.url(), "code": link.code.to_string(), "key": key.to_string() })
            });
            let more = json!({ "invitations": made.collect::<Vec<_>>(), "days": days });
            return Outcome::new(
                format!("{count} invitations, for one person each, open for {days} days:\n{lines}"),
                more,
            );
        };
        let path = sheets.path().display();
        let words = format!(
            "{count} letters, for one person each, open for {days} days. Open {path} in a browser and print it: one sheet \
             each. The codes stand nowhere else, so delete the file when the letters are on paper."
        );
        // Codes are for paper: what a script keeps in its log names the invitations only.
        let keys: Vec<_> = self.invitations.iter().map(|(_, key)| key.to_string()).collect();
        Outcome::new(words, json!({ "letters": sheets.path(), "keys": keys, "days": days }))
    }
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
    let expires = expiry(now, days);
    connector.state(Statement::Invitation(Invitation { key, role, expires }), now)
}

fn expiry(now: Timestamp, days: u8) -> Timestamp {
    now.plus_millis(u64::from(days) * DAY_MS)
}
