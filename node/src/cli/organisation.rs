//! `dorpsplein organisation`: clubs, shops and others, which have no key and speak through residents.

use clap::{ArgAction, Args, Subcommand};
use dorpsplein_protocol::operation::{Organisation, OrganisationId, SpeakerChange, Statement};
use serde_json::json;

use super::Outcome;
use super::choose;
use super::door::Door;
use super::error::CliError;
use super::signer::{self, Asked, Signer};
use crate::clock;
use crate::web::body::OrganisationBody;

/// What can be done about organisations.
#[derive(Debug, Subcommand)]
pub(super) enum OrganisationCommand {
    /// Make an organisation a member, with its first speaker
    Add(AddArgs),
    /// Let a resident speak for an organisation, or no longer
    Speaker(SpeakerArgs),
    /// List the organisations and who speaks for them
    List(ListArgs),
}

/// `organisation add`.
#[derive(Debug, Args)]
pub(super) struct AddArgs {
    #[command(flatten)]
    signer: Signer,
    /// Its first speaker: the id of a resident, or the beginning of it
    #[arg(long, value_name = "RESIDENT")]
    speaker: String,
}

/// `organisation speaker`.
#[derive(Debug, Args)]
pub(super) struct SpeakerArgs {
    #[command(flatten)]
    signer: Signer,
    /// The organisation: its id, or the beginning of it
    #[arg(value_name = "ORGANISATION")]
    organisation: String,
    /// The resident: the id, or the beginning of it
    #[arg(value_name = "RESIDENT")]
    resident: String,
    /// They no longer speak for it; what they said for it until now stays
    #[arg(long, action = ArgAction::SetTrue)]
    no_longer: bool,
}

/// `organisation list`.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    asked: Asked,
}

/// Carries out a command about organisations.
///
/// # Errors
/// [`CliError`].
pub(super) fn run(command: &OrganisationCommand) -> Result<Outcome, CliError> {
    match command {
        OrganisationCommand::Add(args) => add(args),
        OrganisationCommand::Speaker(args) => speaker(args),
        OrganisationCommand::List(args) => list(args),
    }
}

fn add(args: &AddArgs) -> Result<Outcome, CliError> {
    let door = args.signer.door()?;
    let register = door.register()?;
    let speaker = choose::resident(&register, &args.speaker)?;
    let statement = Statement::Organisation(Organisation { speaker: choose::resident_id(&door, &speaker.id)? });
    let mut author = args.signer.author(&door)?;
    let accepted = author.state(statement, clock::now())?;
    let done = format!(
        "The organisation is a member: {id}\nIts speaker writes for it with\n  \
         dorpsplein resident post --for {id} --key FILE …",
        id = accepted.id
    );
    signer::concluded(&door, &accepted, &done, json!({ "organisation": accepted.id, "speaker": speaker.id }))
}

fn speaker(args: &SpeakerArgs) -> Result<Outcome, CliError> {
    let door = args.signer.door()?;
    let id = chosen(&door, &args.organisation)?;
    let register = door.register()?;
    let resident = choose::resident(&register, &args.resident)?;
    let counts = if args.no_longer { choose::counts(&door, resident.devices.iter())? } else { Vec::new() };
    let statement = Statement::SpeakerChange(SpeakerChange {
        organisation: id,
        resident: choose::resident_id(&door, &resident.id)?,
        speaks: !args.no_longer,
        counts,
    });
    let mut author = args.signer.author(&door)?;
    let speaks = if args.no_longer { "no longer speaks" } else { "speaks" };
    let done = format!("{} {speaks} for {}.", resident.id, id);
    let more = json!({ "organisation": id.to_string(), "resident": resident.id, "speaks": !args.no_longer });
    signer::state(&mut author, statement, &done, more)
}

/// The organisation whose id begins like that.
///
/// # Errors
/// [`CliError`].
pub(super) fn chosen(door: &Door, beginning: &str) -> Result<OrganisationId, CliError> {
    let organisations = door.register()?.organisations;
    let one = choose::one("organisation", beginning, organisations.iter(), |organisation| &organisation.id)?;
    Ok(choose::operation_id(door, &one.id)?.into())
}

fn list(args: &ListArgs) -> Result<Outcome, CliError> {
    let organisations = args.asked.door()?.register()?.organisations;
    let words = if organisations.is_empty() {
        "No organisations yet.".to_owned()
    } else {
        organisations.iter().map(line).collect::<Vec<_>>().join("\n")
    };
    Ok(Outcome::new(words, json!({ "organisations": organisations })))
}

fn line(organisation: &OrganisationBody) -> String {
    let speakers: Vec<_> = organisation.speakers.iter().map(|speaker| choose::short(speaker)).collect();
    let speakers = if speakers.is_empty() { "nobody".to_owned() } else { speakers.join(", ") };
    format!("  {}  speaks through {speakers}", organisation.id)
}
