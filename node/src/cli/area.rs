//! `dorpsplein area`: the parts of a neighbourhood, such as the villages on one square.

use clap::{Args, Subcommand};
use dorpsplein_protocol::operation::{AreaId, Statement, SubArea, SubAreaEnd};
use serde_json::json;

use super::Outcome;
use super::choose;
use super::error::CliError;
use super::signer::{self, Asked, Signer};
use crate::clock;

/// What can be done about parts of the neighbourhood.
#[derive(Debug, Subcommand)]
pub(super) enum AreaCommand {
    /// Distinguish a part of the neighbourhood
    Add(AddArgs),
    /// No longer distinguish it; what was filed under it stays
    End(EndArgs),
    /// List the parts
    List(ListArgs),
}

/// `area add`.
#[derive(Debug, Args)]
pub(super) struct AddArgs {
    #[command(flatten)]
    signer: Signer,
    /// Its name
    #[arg(value_name = "NAME")]
    name: String,
}

/// `area end`.
#[derive(Debug, Args)]
pub(super) struct EndArgs {
    #[command(flatten)]
    signer: Signer,
    /// The part: its id, or the beginning of it
    #[arg(value_name = "AREA")]
    area: String,
}

/// `area list`.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    asked: Asked,
}

/// Carries out a command about parts of the neighbourhood.
///
/// # Errors
/// [`CliError`].
pub(super) fn run(command: &AreaCommand) -> Result<Outcome, CliError> {
    match command {
        AreaCommand::Add(args) => add(args),
        AreaCommand::End(args) => end(args),
        AreaCommand::List(args) => list(args),
    }
}

fn add(args: &AddArgs) -> Result<Outcome, CliError> {
    let name = super::resident::checked_name(&args.name)?;
    let door = args.signer.door()?;
    let mut author = args.signer.author(&door)?;
    let accepted = author.state(Statement::SubArea(SubArea { name: name.to_owned() }), clock::now())?;
    let done = format!("{name} is a part of the neighbourhood now: {}", accepted.id);
    signer::concluded(&door, &accepted, &done, json!({ "area": accepted.id, "name": name }))
}

fn end(args: &EndArgs) -> Result<Outcome, CliError> {
    let door = args.signer.door()?;
    let areas = door.register()?.areas;
    let area = choose::one("area", &args.area, areas.iter(), |area| &area.id)?;
    let id: AreaId = choose::operation_id(&door, &area.id)?.into();
    let mut author = args.signer.author(&door)?;
    let done = format!("{} is no longer distinguished.", area.name);
    signer::state(&mut author, Statement::SubAreaEnd(SubAreaEnd { area: id }), &done, json!({ "area": area.id }))
}

fn list(args: &ListArgs) -> Result<Outcome, CliError> {
    let areas = args.asked.door()?.register()?.areas;
    let words = if areas.is_empty() {
        "The neighbourhood has no parts.".to_owned()
    } else {
        areas.iter().map(|area| format!("  {}  {}", area.id, area.name)).collect::<Vec<_>>().join("\n")
    };
    Ok(Outcome::new(words, json!({ "areas": areas })))
}
