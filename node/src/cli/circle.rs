//! `dorpsplein circle`: a named group of neighbourhoods, such as all of one town.

use clap::{Args, Subcommand};
use dorpsplein_protocol::operation::{
    CircleAdmission, CircleEnd, CircleFounding, CircleId, CircleJoining, CircleLeaving, NeighbourhoodId, Statement,
};
use serde_json::json;

use super::Outcome;
use super::choose;
use super::client::Client;
use super::door::Door;
use super::error::{CliError, InputError};
use super::signer::{self, Asked, Signer};
use super::treaty::neighbourhood_of;
use crate::clock;
use crate::links::Site;
use crate::web::body::CircleBody;

/// What can be done about circles.
#[derive(Debug, Subcommand)]
pub(super) enum CircleCommand {
    /// Begin a circle; this neighbourhood admits the others
    Found(FoundArgs),
    /// Let another neighbourhood into a circle that this one founded
    Admit(AdmitArgs),
    /// Join a circle that admitted this neighbourhood
    Join(JoinArgs),
    /// Leave a circle, or show another neighbourhood out of one's own
    Leave(LeaveArgs),
    /// End a circle that this neighbourhood founded
    End(EndArgs),
    /// List the circles
    List(ListArgs),
}

/// `circle found`.
#[derive(Debug, Args)]
pub(super) struct FoundArgs {
    #[command(flatten)]
    signer: Signer,
    /// Its name: of a town, not of a person
    #[arg(value_name = "NAME")]
    name: String,
}

/// `circle admit`.
#[derive(Debug, Args)]
pub(super) struct AdmitArgs {
    #[command(flatten)]
    signer: Signer,
    /// The circle: its id, or the beginning of it
    #[arg(value_name = "CIRCLE")]
    circle: String,
    /// Who may join: the id of a neighbourhood, or the address of its site
    #[arg(long, value_name = "NEIGHBOURHOOD")]
    neighbourhood: String,
}

/// `circle join`.
#[derive(Debug, Args)]
pub(super) struct JoinArgs {
    #[command(flatten)]
    signer: Signer,
    /// The circle: its id, or the beginning of it
    #[arg(value_name = "CIRCLE")]
    circle: String,
    /// The site of the neighbourhood that founded it
    #[arg(long, value_name = "URL")]
    founder: String,
}

/// `circle leave`.
#[derive(Debug, Args)]
pub(super) struct LeaveArgs {
    #[command(flatten)]
    signer: Signer,
    /// The circle: its id, or the beginning of it
    #[arg(value_name = "CIRCLE")]
    circle: String,
    /// Whom to show out, of a circle that this neighbourhood founded; by default this neighbourhood leaves
    #[arg(long, value_name = "NEIGHBOURHOOD")]
    neighbourhood: Option<String>,
}

/// `circle end`.
#[derive(Debug, Args)]
pub(super) struct EndArgs {
    #[command(flatten)]
    signer: Signer,
    /// The circle: its id, or the beginning of it
    #[arg(value_name = "CIRCLE")]
    circle: String,
}

/// `circle list`.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    asked: Asked,
}

/// Carries out a command about circles.
///
/// # Errors
/// [`CliError`].
pub(super) fn run(command: &CircleCommand) -> Result<Outcome, CliError> {
    match command {
        CircleCommand::Found(args) => found(args),
        CircleCommand::Admit(args) => admit(args),
        CircleCommand::Join(args) => join(args),
        CircleCommand::Leave(args) => leave(args),
        CircleCommand::End(args) => end(args),
        CircleCommand::List(args) => list(args),
    }
}

fn found(args: &FoundArgs) -> Result<Outcome, CliError> {
    let name = super::resident::checked_name(&args.name)?;
    let door = args.signer.door()?;
    let mut author = args.signer.author(&door)?;
    let statement = Statement::CircleFounding(CircleFounding { name: name.to_owned() });
    let accepted = author.state(statement, clock::now())?;
    let done = format!("The circle \"{name}\" has begun: {}", accepted.id);
    signer::concluded(&door, &accepted, &done, json!({ "circle": accepted.id, "name": name }))
}

fn admit(args: &AdmitArgs) -> Result<Outcome, CliError> {
    let neighbourhood = neighbourhood_of(&args.neighbourhood)?;
    let door = args.signer.door()?;
    let (circle, id) = chosen(&door, &args.circle)?;
    let mut author = args.signer.author(&door)?;
    let statement = Statement::CircleAdmission(CircleAdmission { circle: id, neighbourhood });
    let site = door.address();
    let done = format!(
        "The neighbourhood may join. One of its connectors does so with\n  \
         dorpsplein circle join {} --founder {site} --key FILE",
        circle.id
    );
    let more = json!({ "circle": circle.id, "neighbourhood": neighbourhood.to_string() });
    signer::state(&mut author, statement, &done, more)
}

fn join(args: &JoinArgs) -> Result<Outcome, CliError> {
    let founder = Client::new(Site::parse(&args.founder)?);
    let theirs = founder.register()?;
    let circle = choose::one("circle", &args.circle, theirs.circles.iter(), |circle| &circle.id)?;
    let door = args.signer.door()?;
    let mut author = args.signer.author(&door)?;
    let home = author.device().home().to_string();
    let admission = circle.admitted.iter().find(|admitted| admitted.neighbourhood == home);
    let admission = admission.ok_or(InputError::NotAdmitted)?;
    let statement = Statement::CircleJoining(CircleJoining {
        circle: choose::operation_id(&door, &circle.id)?.into(),
        founder: NeighbourhoodId::from_hex(&theirs.neighbourhood).ok_or_else(|| door.strange())?,
        admission: choose::operation_id(&door, &admission.admission)?,
    });
    let done = format!("The neighbourhood is in the circle {}.", circle.name.as_deref().unwrap_or(&circle.id));
    signer::state(&mut author, statement, &done, json!({ "circle": circle.id, "founder": theirs.neighbourhood }))
}

fn leave(args: &LeaveArgs) -> Result<Outcome, CliError> {
    let shown_out = args.neighbourhood.as_deref().map(neighbourhood_of).transpose()?;
    let door = args.signer.door()?;
    let (circle, id) = chosen(&door, &args.circle)?;
    let mut author = args.signer.author(&door)?;
    let neighbourhood = shown_out.unwrap_or_else(|| author.device().home());
    let statement = Statement::CircleLeaving(CircleLeaving { circle: id, neighbourhood });
    let done = format!("The neighbourhood {neighbourhood} is no longer in the circle.");
    let more = json!({ "circle": circle.id, "neighbourhood": neighbourhood.to_string() });
    signer::state(&mut author, statement, &done, more)
}

fn end(args: &EndArgs) -> Result<Outcome, CliError> {
    let door = args.signer.door()?;
    let (circle, id) = chosen(&door, &args.circle)?;
    let mut author = args.signer.author(&door)?;
    let statement = Statement::CircleEnd(CircleEnd { circle: id });
    signer::state(&mut author, statement, "The circle has ended.", json!({ "circle": circle.id }))
}

fn list(args: &ListArgs) -> Result<Outcome, CliError> {
    let circles = args.asked.door()?.register()?.circles;
    let words = if circles.is_empty() {
        "In no circle.".to_owned()
    } else {
        circles.iter().map(line).collect::<Vec<_>>().join("\n")
    };
    Ok(Outcome::new(words, json!({ "circles": circles })))
}

fn line(circle: &CircleBody) -> String {
    let name = circle.name.as_deref().unwrap_or("(name not known yet)");
    let admitted: Vec<_> = circle.admitted.iter().map(|one| choose::short(&one.neighbourhood)).collect();
    let admitted = if admitted.is_empty() { String::new() } else { format!(", admitted: {}", admitted.join(", ")) };
    let ended = if circle.ended { ", ended" } else { "" };
    format!("  {}  {name}, founded by {}{admitted}{ended}", circle.id, choose::short(&circle.founder))
}

/// A circle that this neighbourhood's register knows.
fn chosen(door: &Door, beginning: &str) -> Result<(CircleBody, CircleId), CliError> {
    let circles = door.register()?.circles;
    let circle = choose::one("circle", beginning, circles.into_iter(), |circle| &circle.id)?;
    let id = choose::operation_id(door, &circle.id)?.into();
    Ok((circle, id))
}
