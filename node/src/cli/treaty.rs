//! `dorpsplein treaty`: two neighbourhoods agree, each with its own signature.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::{NeighbourhoodId, OperationId, Statement, Treaty, TreatyDirection, TreatyEnd};
use dorpsplein_protocol::time::Timestamp;
use serde_json::json;

use super::Outcome;
use super::author::Author;
use super::choose;
use super::client::{Client, ClientError};
use super::door::Door;
use super::error::{CliError, InputError};
use super::invite::DAY_MS;
use super::signer::{self, Asked, Signer};
use super::status::neighbour_line;
use super::taking;
use crate::clock;
use crate::data_folder::connector_key;
use crate::links::{Site, TreatyLink, TreatyOffer};
use crate::web::body::AcceptedBody;

/// What can be done about treaties.
#[derive(Debug, Subcommand)]
pub(super) enum TreatyCommand {
    /// Offer a treaty and print the link for the other connector
    Offer(OfferArgs),
    /// Accept the treaty behind a link
    Accept(AcceptArgs),
    /// End the treaty with a neighbourhood: what was shared stays there, nothing new flows
    End(EndArgs),
    /// List the neighbours
    List(ListArgs),
    /// Say what is taken of what a neighbour shares: at once, after a connector approved it, or not
    Take(taking::TakeArgs),
    /// Approve one post of a neighbour, or say that it is not wanted
    Approve(taking::ApproveArgs),
}

/// `treaty offer`.
#[derive(Debug, Args)]
pub(super) struct OfferArgs {
    /// The data folder of the box
    #[arg(long)]
    dir: PathBuf,
    /// Your key file; by default the founding connector's in the data folder
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The other neighbourhood: its id, or the address of its site
    #[arg(long)]
    to: String,
    #[command(flatten)]
    terms: Terms,
}

/// `treaty accept`.
#[derive(Debug, Args)]
pub(super) struct AcceptArgs {
    /// The data folder of the box
    #[arg(long)]
    dir: PathBuf,
    /// Your key file; by default the founding connector's in the data folder
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The link that the other connector sent
    link: String,
    #[command(flatten)]
    terms: Terms,
}

/// `treaty end`.
#[derive(Debug, Args)]
pub(super) struct EndArgs {
    #[command(flatten)]
    signer: Signer,
    /// The other neighbourhood: its id or the beginning of it, or the address of its site
    #[arg(long = "with", value_name = "NEIGHBOURHOOD")]
    with: String,
}

/// `treaty list`.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    asked: Asked,
}

/// What one side agrees to.
#[derive(Clone, Copy, Debug, Args)]
pub struct Terms {
    /// What goes which way
    #[arg(long, value_enum, default_value_t = Direction::Both)]
    direction: Direction,
    /// For how many days
    #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(u16).range(1..=3650))]
    days: u16,
}

/// What goes which way, on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Direction {
    /// Both ways
    Both,
    /// What we share goes there
    Send,
    /// What they share comes here
    Receive,
}

impl Terms {
    /// Both ways, for a year.
    pub const USUAL: Self = Self { direction: Direction::Both, days: 365 };

    /// The statement of these terms.
    pub fn statement(self, with: NeighbourhoodId, accepts: Option<OperationId>, now: Timestamp) -> Statement {
        let direction = match self.direction {
            Direction::Both => TreatyDirection::Both,
            Direction::Send => TreatyDirection::Send,
            Direction::Receive => TreatyDirection::Receive,
        };
        let expires = now.plus_millis(u64::from(self.days) * DAY_MS);
        Statement::Treaty(Treaty { with, accepts, direction, kinds: Vec::new(), expires })
    }
}

/// Carries out a command about treaties, whether or not the box is running.
///
/// # Errors
/// [`CliError`].
pub(super) fn run(command: &TreatyCommand) -> Result<Outcome, CliError> {
    match command {
        TreatyCommand::Offer(args) => offer(args),
        TreatyCommand::Accept(args) => accept(args),
        TreatyCommand::End(args) => end(args),
        TreatyCommand::List(args) => list(args),
        TreatyCommand::Take(args) => taking::take(args),
        TreatyCommand::Approve(args) => taking::approve(args),
    }
}

/// Offers a treaty to the neighbourhood `with`: the statement, and the link for the other connector.
///
/// # Errors
/// [`CliError`].
pub fn offer_to(
    connector: &mut Author<'_>,
    door: &Door,
    with: NeighbourhoodId,
    terms: Terms,
    now: Timestamp,
) -> Result<(TreatyLink, AcceptedBody), CliError> {
    if door.status()?.neighbourhood_id == with.to_string() {
        return Err(InputError::OwnNeighbourhood.into());
    }
    let accepted = connector.state(terms.statement(with, None, now), now)?;
    Ok((treaty_link(door, &accepted)?, accepted))
}

/// What another connector needs to know of this box and its side of a treaty.
///
/// # Errors
/// [`CliError`] when the box does not answer.
pub fn treaty_link(door: &Door, side: &AcceptedBody) -> Result<TreatyLink, CliError> {
    let status = door.status()?;
    let strange = || ClientError::NotABox { site: door.address() };
    let offer = TreatyOffer {
        neighbourhood: NeighbourhoodId::from_hex(&status.neighbourhood_id).ok_or_else(strange)?,
        operation: OperationId::from_hex(&side.id).ok_or_else(strange)?,
        box_key: PublicKey::from_hex(&status.own_box).ok_or_else(strange)?,
        addresses: door.box_addresses(),
    };
    Ok(TreatyLink { site: door.site(), offer })
}

/// Accepts the treaty behind a link, and tells the box whom to dial.
///
/// # Errors
/// [`CliError`].
pub fn accept_from(
    connector: &mut Author<'_>,
    door: &Door,
    link: &TreatyLink,
    terms: Terms,
    now: Timestamp,
) -> Result<AcceptedBody, CliError> {
    if door.status()?.neighbourhood_id == link.offer.neighbourhood.to_string() {
        return Err(InputError::OwnNeighbourhood.into());
    }
    // First whom to dial, then the promise: the other way round a crash would leave a promise nobody hears of.
    door.introduce(link)?;
    connector.state(terms.statement(link.offer.neighbourhood, Some(link.offer.operation), now), now)
}

fn offer(args: &OfferArgs) -> Result<Outcome, CliError> {
    let with = neighbourhood_of(&args.to)?;
    let door = Door::open(&args.dir)?;
    let mut connector = Author::open(&key_of(&args.dir, args.key.as_ref()), &door)?;
    let (link, accepted) = offer_to(&mut connector, &door, with, args.terms, clock::now())?;
    let url = link.url();
    let letter = format!("The offer is signed. Send this link to the connector of the other neighbourhood:\n  {url}");
    let more = json!({ "link": url, "neighbourhood_id": link.offer.neighbourhood.to_string() });
    let outcome = signer::concluded(&door, &accepted, &letter, more)?;
    Ok(outcome
        .with_words(|words| if words == letter { words } else { format!("{words}\nThen send this link:\n  {url}") }))
}

fn accept(args: &AcceptArgs) -> Result<Outcome, CliError> {
    let link = TreatyLink::parse(&args.link)?;
    let door = Door::open(&args.dir)?;
    let mut connector = Author::open(&key_of(&args.dir, args.key.as_ref()), &door)?;
    let accepted = accept_from(&mut connector, &door, &link, args.terms, clock::now())?;
    let done = format!("The treaty with {} is signed. The boxes find each other by themselves.", link.site.as_str());
    signer::concluded(&door, &accepted, &done, json!({ "with": link.offer.neighbourhood.to_string() }))
}

fn key_of(dir: &Path, key: Option<&PathBuf>) -> PathBuf {
    key.cloned().unwrap_or_else(|| connector_key(dir))
}

fn end(args: &EndArgs) -> Result<Outcome, CliError> {
    let door = args.signer.door()?;
    let neighbours = door.status()?.neighbours;
    let with = match Site::parse(&args.with) {
        Ok(_) => neighbourhood_of(&args.with)?,
        Err(_) => {
            let one = choose::one("neighbour", &args.with, neighbours.iter(), |neighbour| &neighbour.id)?;
            NeighbourhoodId::from_hex(&one.id).ok_or_else(|| door.strange())?
        }
    };
    let mut author = args.signer.author(&door)?;
    let done = "The treaty has ended. What was shared until now stays there; nothing new flows.";
    signer::state(&mut author, Statement::TreatyEnd(TreatyEnd { with }), done, json!({ "with": with.to_string() }))
}

fn list(args: &ListArgs) -> Result<Outcome, CliError> {
    let neighbours = args.asked.door()?.status()?.neighbours;
    let words = if neighbours.is_empty() {
        "No neighbours yet.".to_owned()
    } else {
        neighbours.iter().map(neighbour_line).collect::<Vec<_>>().join("\n")
    };
    Ok(Outcome::new(words, json!({ "neighbours": neighbours })))
}

/// A neighbourhood by its id, or by asking its site.
pub(super) fn neighbourhood_of(text: &str) -> Result<NeighbourhoodId, CliError> {
    if let Some(id) = NeighbourhoodId::from_hex(text) {
        return Ok(id);
    }
    let site = Site::parse(text).map_err(|_| InputError::Neighbourhood)?;
    let status = Client::new(site).status()?;
    NeighbourhoodId::from_hex(&status.neighbourhood_id).ok_or_else(|| InputError::Neighbourhood.into())
}
