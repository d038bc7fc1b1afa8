//! `dorpsplein home-key`: keys for the home network, which post and reply for 30 days and do nothing else.

use clap::{Args, Subcommand};
use dorpsplein_protocol::operation::{HomeKeyPolicy, Statement};
use dorpsplein_web_ui::locale::{MissingText, Texts};
use serde_json::json;

use super::Outcome;
use super::choose;
use super::error::CliError;
use super::language::language_of_the_shell;
use super::linking::{self, Adding};
use super::signer::{self, Asked, Signer};

/// What can be done about keys for the home network.
#[derive(Debug, Subcommand)]
pub(super) enum HomeKeyCommand {
    /// Explain the risk, and with --accept-risk allow residents to have them
    Allow(AllowArgs),
    /// Allow them no longer; those that are there hold until they expire
    Forbid(ForbidArgs),
    /// Give one, to oneself or to the resident who stands beside you: links the telephone that follows a link
    Give(GiveArgs),
    /// Say whether they are allowed
    Show(ShowArgs),
}

/// `home-key allow`.
#[derive(Debug, Args)]
pub(super) struct AllowArgs {
    #[command(flatten)]
    signer: Signer,
    /// Whether the risk was read and is taken
    #[arg(long)]
    accept_risk: bool,
}

/// `home-key forbid`.
#[derive(Debug, Args)]
pub(super) struct ForbidArgs {
    #[command(flatten)]
    signer: Signer,
}

/// `home-key give`.
#[derive(Debug, Args)]
pub(super) struct GiveArgs {
    #[command(flatten)]
    signer: Signer,
    /// To whom: the id of a resident, or as much of its beginning as names only one; to yourself when left out
    #[arg(value_name = "RESIDENT")]
    resident: Option<String>,
}

/// `home-key show`.
#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    #[command(flatten)]
    asked: Asked,
}

/// Carries out a command about keys for the home network.
///
/// # Errors
/// [`CliError`].
pub(super) fn run(command: &HomeKeyCommand, json: bool) -> Result<Outcome, CliError> {
    match command {
        HomeKeyCommand::Allow(args) if !args.accept_risk => Ok(Outcome::new(risk()?, json!({ "allowed": false }))),
        HomeKeyCommand::Allow(args) => say(&args.signer, true),
        HomeKeyCommand::Forbid(args) => say(&args.signer, false),
        HomeKeyCommand::Give(args) => give(args, json),
        HomeKeyCommand::Show(args) => {
            let allowed = args.asked.door()?.register()?.home_keys;
            let words = if allowed { "Residents may have keys for the home network." } else { "There are none." };
            Ok(Outcome::new(words.to_owned(), json!({ "allowed": allowed })))
        }
    }
}

/// What somebody should know before it is switched on, in the language of the shell.
fn risk() -> Result<String, MissingText> {
    let texts = Texts::of(language_of_the_shell());
    let lines = ["home-keys-risk-line", "home-keys-risk-bounds", "home-keys-risk-better"];
    let lines = lines.map(|line| texts.say(line).map(|line| format!("- {line}")));
    let lines = lines.into_iter().collect::<Result<Vec<_>, _>>()?;
    let (heading, how) = (texts.say("home-keys-intro")?, texts.say("home-keys-accept")?);
    Ok(format!("{heading}\n\n{}\n\n{how}", lines.join("\n")))
}

fn say(signer: &Signer, allowed: bool) -> Result<Outcome, CliError> {
    let door = signer.door()?;
    let mut author = signer.author(&door)?;
    let done = if allowed {
        "Residents may have keys for the home network now."
    } else {
        "Nobody gets a key for the home network any more. Those that are there hold until they expire."
    };
    let statement = Statement::HomeKeyPolicy(HomeKeyPolicy { allowed });
    signer::state(&mut author, statement, done, json!({ "allowed": allowed }))
}

fn give(args: &GiveArgs, json: bool) -> Result<Outcome, CliError> {
    let door = args.signer.door()?;
    let mut author = args.signer.author(&door)?;
    let to = match &args.resident {
        Some(named) => {
            let register = door.register()?;
            Some(choose::resident_id(&door, &choose::resident(&register, named)?.id)?)
        }
        None => None,
    };
    linking::add_linked(&door, &mut author, Adding::HomeKey(to), json)
}
