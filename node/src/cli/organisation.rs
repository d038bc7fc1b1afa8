//! `dorpsplein organisation`: clubs, shops and others, which have no key and speak through residents.

use clap::{ArgAction, Args, Subcommand};
use dorpsplein_protocol::compose::Place;
use dorpsplein_protocol::operation::{Field, Kind, Organisation, OrganisationId, Space, SpeakerChange, Statement};
use serde_json::json;

use super::Outcome;
use super::choose;
use super::door::Door;
use super::error::CliError;
use super::resident;
use super::signer::{self, Asked, Signer};
use crate::clock;
use crate::web::body::OrganisationBody;

/// What can be done about organisations.
#[derive(Debug, Subcommand)]
pub(super) enum OrganisationCommand {
    /// Make an organisation a member, with its first speaker
    Add(AddArgs),
    /// Tell the name of an organisation, as one of its speakers
    Name(NameArgs),
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

/// `organisation name`.
#[derive(Debug, Args)]
pub(super) struct NameArgs {
    #[command(flatten)]
    signer: Signer,
    /// The organisation: its id, or the beginning of it
    #[arg(value_name = "ORGANISATION")]
    organisation: String,
    /// Its name
    #[arg(value_name = "NAME")]
    name: String,
    /// What it says about itself
    #[arg(long, default_value = "")]
    about: String,
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
        OrganisationCommand::Name(args) => name(args),
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

/// A name is an item and not in the register, which cannot be erased.
fn name(args: &NameArgs) -> Result<Outcome, CliError> {
    let name = resident::checked_name(&args.name)?;
    let door = args.signer.door()?;
    let organisation = chosen(&door, &args.organisation)?;
    let mut author = args.signer.author(&door)?;
    let mut edits = vec![resident::text(Field::NAME, name)];
    if !args.about.is_empty() {
        edits.push(resident::text(Field::BODY, &args.about));
    }
    let place = Place { neighbourhood: author.device().home(), space: Space::Neighbours };
    let accepted = author.say(|device| device.create_for(organisation, place, Kind::PROFILE, edits, clock::now()))?;
    let done = format!("{organisation} is called {name}.");
    Ok(Outcome::new(done, json!({ "organisation": organisation.to_string(), "profile": accepted.item })))
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
