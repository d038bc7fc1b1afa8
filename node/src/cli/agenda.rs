//! `dorpsplein agenda`: taking over events of other calendars.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use dorpsplein_calendar::check_size;
use dorpsplein_protocol::compose::Place;
use dorpsplein_protocol::operation::{Edit, Field, ItemId, Kind, Space, Value};
use dorpsplein_protocol::projection::Content;
use dorpsplein_protocol::recurrence::Recurrence;
use dorpsplein_protocol::time::{CivilTime, Day};
use serde_json::json;

use super::Outcome;
use super::author::Author;
use super::choose;
use super::client::ClientError;
use super::door::{Door, StoppedDoor, refused};
use super::error::{CliError, InputError};
use super::resident::audience;
use super::signer::{Asked, Signer, moment};
use crate::clock;
use crate::sources::Sources;
use crate::sources::proposals::{changes, creation};
use crate::web::body::{CalendarProposalBody, ContentBody, ImportedCalendarBody, PassedOverBody, SourcesBody};
use crate::web::error::{Problem, ProblemBody, kind_of};
use crate::web::local;

/// What can be done with other calendars.
#[derive(Debug, Subcommand)]
pub(super) enum AgendaCommand {
    /// Read a calendar file (.ics); what it says waits until a connector publishes it
    Import(ImportArgs),
    /// What other calendars say, and what of it waits
    Proposals(ProposalsArgs),
    /// Publish what waits, or change and call off what was published; signed with your key
    Publish(PublishArgs),
    /// Leave something out, unless its source changes it
    PassOver(PassOverArgs),
}

/// `agenda import`.
#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// The file
    file: PathBuf,
    #[command(flatten)]
    asked: Asked,
}

/// `agenda proposals`.
#[derive(Debug, Args)]
pub(super) struct ProposalsArgs {
    #[command(flatten)]
    asked: Asked,
}

/// `agenda publish`.
#[derive(Debug, Args)]
pub(super) struct PublishArgs {
    #[command(flatten)]
    signer: Signer,
    /// The events, by the name they have in their calendar, or the beginning of it
    #[arg(required_unless_present_any = ["all", "source"])]
    events: Vec<String>,
    /// Everything of this calendar: its address, or file: and its name
    #[arg(long, conflicts_with = "events")]
    source: Option<String>,
    /// Everything that waits
    #[arg(long, conflicts_with_all = ["events", "source"])]
    all: bool,
    /// Who may read what is new: members, square, neighbours, or circle:ID
    #[arg(long, value_name = "AUDIENCE", value_parser = audience, default_value = "square")]
    audience: Space,
    /// What new ones belong to, one of the square's categories
    #[arg(long)]
    category: Option<String>,
}

/// `agenda pass-over`.
#[derive(Debug, Args)]
pub(super) struct PassOverArgs {
    /// The event, by the name it has in its calendar, or the beginning of it
    event: String,
    #[command(flatten)]
    asked: Asked,
}

/// Carries out a command about other calendars.
///
/// # Errors
/// [`CliError`].
pub(super) fn run(command: &AgendaCommand) -> Result<Outcome, CliError> {
    match command {
        AgendaCommand::Import(args) => import(args),
        AgendaCommand::Proposals(args) => proposals(args),
        AgendaCommand::Publish(args) => publish(args),
        AgendaCommand::PassOver(args) => pass_over(args),
    }
}

fn import(args: &ImportArgs) -> Result<Outcome, CliError> {
    let unreadable = |source| CliError::Io { path: args.file.clone(), source };
    let length = fs::metadata(&args.file).map_err(unreadable)?.len();
    // What is too large is not read at all.
    check_size(length).map_err(InputError::Calendar)?;
    let file = fs::read(&args.file).map_err(unreadable)?;
    let name = args.file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let door = args.asked.door()?;
    let imported = match &door {
        Door::Stopped(stopped) => {
            let read = stopped.sources()?.import(name, &file, clock::now()).map_err(|error| refused(error.into()))?;
            ImportedCalendarBody::from(&read)
        }
        _ => door.keeping(args.asked.secret()?.as_ref())?.import_calendar(name, &file)?,
    };
    let mut lines = vec![format!("{} events wait at the desk; {} are over", imported.events, imported.past)];
    lines.extend(imported.skipped.iter().map(|one| format!("left out: {}: {}", one.title, one.why)));
    Ok(Outcome::new(lines.join("\n"), json!(imported)))
}

fn proposals(args: &ProposalsArgs) -> Result<Outcome, CliError> {
    let door = args.asked.door()?;
    let body = door.calendar_sources(&args.asked)?;
    let mut lines: Vec<String> = Vec::new();
    for source in &body.sources {
        let visited = source.visited.map(|at| format!(", looked at {}", moment(at))).unwrap_or_default();
        lines.push(format!("{} ({}): {} events{visited}", source.name, source.id, source.events));
        lines.extend(source.trouble.as_ref().map(|trouble| format!("  cannot be read: {trouble}")));
        lines.extend(body.proposals.iter().filter(|one| one.source == source.id).map(line));
    }
    if lines.is_empty() {
        lines.push("no other calendars".to_owned());
    }
    Ok(Outcome::new(lines.join("\n"), json!(body)))
}

fn line(one: &CalendarProposalBody) -> String {
    format!("  {}: {} {} ({})", one.what, one.event.starts.as_str(), one.event.title, one.event.key)
}

fn publish(args: &PublishArgs) -> Result<Outcome, CliError> {
    let door = args.signer.door()?;
    let body = door.calendar_sources(&args.signer.as_asked())?;
    let wanted: Vec<&CalendarProposalBody> = if args.all {
        body.proposals.iter().collect()
    } else if let Some(source) = &args.source {
        body.proposals.iter().filter(|one| one.source == *source).collect()
    } else {
        let chosen = |name: &String| one_of(&body, name);
        args.events.iter().map(chosen).collect::<Result<_, _>>()?
    };
    let mut author = args.signer.author(&door)?;
    let (mut items, mut left) = (Vec::new(), Vec::new());
    for one in wanted {
        match take_over(&mut author, &door, one, args) {
            Ok(item) => items.push(item),
            // What another connector published is theirs to change; the rest goes on.
            Err(CliError::Client(ClientError::Refused(problem))) if is_anothers(&problem) => {
                left.push(one.event.key.clone())
            }
            Err(error) => return Err(error),
        }
    }
    let mut words = format!("taken over: {}", items.len());
    if !left.is_empty() {
        words.push_str(&format!("; published by others, who alone can change it: {}", left.join(", ")));
    }
    Ok(Outcome::new(words, json!({ "items": items, "left": left })))
}

/// Signs what a proposal asks, and says which item it is now.
fn take_over(
    author: &mut Author<'_>,
    door: &Door,
    one: &CalendarProposalBody,
    args: &PublishArgs,
) -> Result<String, CliError> {
    let Some(item) = &one.item else {
        let place = Place { neighbourhood: author.device().home(), space: args.audience };
        let edits = creation(&one.event, &one.source, args.category.as_deref());
        return Ok(author.say(|device| device.create(place, Kind::EVENT, None, edits, clock::now()))?.item);
    };
    let id = ItemId::from_hex(item).ok_or(InputError::Item)?;
    let body = door.item(&id)?;
    let heads = body.heads.iter().map(|id| choose::operation_id(door, id)).collect::<Result<Vec<_>, _>>()?;
    let space = Space::audience_named(&body.space).ok_or(InputError::Audience)?;
    let place = Place { neighbourhood: author.device().home(), space };
    let edits = match one.what.as_str() {
        "changed" => changes(&one.event, &content(&body.content)),
        _ => vec![Edit::Set { field: Field::CANCELLED, value: Value::Bool(true) }],
    };
    if !edits.is_empty() {
        author.say(|device| device.edit(place, id, heads, edits, clock::now()))?;
    }
    Ok(item.clone())
}

/// What an item says of when and where it is, as far as another calendar says so too.
fn content(body: &ContentBody) -> Content {
    let civil = |text: &Option<String>| text.as_ref().and_then(|text| CivilTime::parse(text).ok());
    Content {
        title: body.title.clone(),
        body: body.body.clone(),
        place: body.place.clone(),
        website: body.website.clone(),
        starts: civil(&body.starts),
        ends: civil(&body.ends),
        repeats: body.repeats.as_ref().and_then(|rule| Recurrence::parse(rule).ok()),
        except: body.except.iter().filter_map(|day| Day::parse(day).ok()).collect(),
        cancelled: body.cancelled,
        ..Content::default()
    }
}

/// Whether only somebody else can change it.
fn is_anothers(problem: &ProblemBody) -> bool {
    kind_of(&problem.kind) == Some("not-the-author")
}

/// The proposal about the event whose name in its calendar begins like that.
fn one_of<'a>(body: &'a SourcesBody, beginning: &str) -> Result<&'a CalendarProposalBody, InputError> {
    let mut found = body.proposals.iter().filter(|one| one.event.key.starts_with(beginning));
    let first = found.next().ok_or_else(|| InputError::NoProposal(beginning.to_owned()))?;
    match (first.event.key == beginning, found.next()) {
        (true, _) | (false, None) => Ok(first),
        (false, Some(_)) => Err(InputError::ManyProposals(beginning.to_owned())),
    }
}

fn pass_over(args: &PassOverArgs) -> Result<Outcome, CliError> {
    let door = args.asked.door()?;
    let body = door.calendar_sources(&args.asked)?;
    let one = one_of(&body, &args.event)?;
    let passed = PassedOverBody { key: one.event.key.clone(), print: one.print.clone() };
    match &door {
        Door::Stopped(stopped) => {
            stopped.sources()?.pass_over(&passed.key, &passed.print).map_err(|error| refused(error.into()))?;
        }
        _ => door.keeping(args.asked.secret()?.as_ref())?.pass_over(&passed)?,
    }
    Ok(Outcome::new(format!("{} is left out, unless its source changes it", one.event.title), json!(passed)))
}

impl Door {
    /// What other calendars say, for whoever has the box's folder, and connectors.
    fn calendar_sources(&self, asked: &Asked) -> Result<SourcesBody, CliError> {
        match self {
            Self::Stopped(stopped) => {
                let state = stopped.state.clone().with_sources(stopped.sources()?);
                local::calendar_sources(&state).map_err(|problem: Problem| refused(problem))
            }
            _ => Ok(self.keeping(asked.secret()?.as_ref())?.calendar_sources()?),
        }
    }
}

impl StoppedDoor {
    /// What other calendars say, in the folder.
    fn sources(&self) -> Result<Sources, CliError> {
        let path: &Path = self.folder.path();
        Ok(Sources::open(path, &self.folder.config().agenda.sources)?)
    }
}
