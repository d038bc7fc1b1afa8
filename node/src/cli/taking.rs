//! What a neighbourhood takes of what others share: connectors say it, for a neighbour or for one post of one.

use clap::{Args, ValueEnum};
use dorpsplein_protocol::compose::Taking;
use dorpsplein_protocol::operation::{AreaId, ItemId, Kind, NeighbourhoodId, OperationId};
use dorpsplein_protocol::time::Timestamp;
use serde_json::json;

use super::Outcome;
use super::choose;
use super::door::Door;
use super::error::{CliError, InputError};
use super::signer::Signer;
use crate::clock;

/// `treaty take`.
#[derive(Debug, Args)]
pub(super) struct TakeArgs {
    #[command(flatten)]
    signer: Signer,
    /// The neighbour: its number, or the beginning of it (`dorpsplein treaty list`)
    neighbour: String,
    /// How what they share is taken
    #[arg(value_enum)]
    how: How,
    /// Only these kinds; all when left out
    #[arg(long = "kind", value_enum)]
    kinds: Vec<TakenKind>,
    /// So many posts a day at once, by the day they were written; the others wait for approval. 0 for all
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=10_000))]
    per_day: u16,
    /// Only what is about this part of their neighbourhood: its number. May be said more than once; all when left out
    #[arg(long = "area", value_name = "AREA")]
    areas: Vec<String>,
}

/// `treaty approve`.
#[derive(Debug, Args)]
pub(super) struct ApproveArgs {
    #[command(flatten)]
    signer: Signer,
    /// The post: its number
    item: String,
    /// It is not wanted here
    #[arg(long)]
    refuse: bool,
}

/// How something that others share is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum How {
    /// It stands on the square as soon as it comes
    AtOnce,
    /// It waits for a connector
    AfterApproval,
    /// It does not come on the square
    Not,
}

/// A kind of post.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum TakenKind {
    /// News
    News,
    /// Events
    Events,
    /// Things to give, to lend or to do for somebody
    Offers,
    /// What somebody needs
    Requests,
    /// Clubs and organisations
    Listings,
    /// What people do together
    Groups,
    /// What everybody has to know now
    Alerts,
}

impl TakenKind {
    const fn kind(self) -> Kind {
        match self {
            Self::News => Kind::NEWS,
            Self::Events => Kind::EVENT,
            Self::Offers => Kind::OFFER,
            Self::Requests => Kind::REQUEST,
            Self::Listings => Kind::LISTING,
            Self::Groups => Kind::GROUP,
            Self::Alerts => Kind::ALERT,
        }
    }
}

/// Says what is taken of what a neighbour shares.
///
/// # Errors
/// [`CliError`].
pub(super) fn take(args: &TakeArgs) -> Result<Outcome, CliError> {
    let door = args.signer.door()?;
    let neighbours = door.status()?.neighbours;
    let one = choose::one("neighbour", &args.neighbour, neighbours.iter(), |neighbour| &neighbour.id)?;
    let about: NeighbourhoodId = NeighbourhoodId::from_hex(&one.id).ok_or(InputError::About)?;
    let kinds = args.kinds.iter().fold(0, |sum, kind| sum | kind.kind().post_bit());
    let area = |text: &String| AreaId::from_hex(text.trim()).ok_or(InputError::About);
    let areas = args.areas.iter().map(area).collect::<Result<Vec<_>, _>>()?;
    let accepts = match args.how {
        How::AtOnce => 0,
        How::AfterApproval => 1,
        How::Not => 2,
    };
    say(&args.signer, &door, &Taking { about: about.into(), accepts, kinds, per_day: args.per_day, areas })
}

/// Approves one post of a neighbour, or refuses it.
///
/// # Errors
/// [`CliError`].
pub(super) fn approve(args: &ApproveArgs) -> Result<Outcome, CliError> {
    let about = ItemId::from_hex(args.item.trim()).ok_or(InputError::About)?;
    let accepts = if args.refuse { 2 } else { 0 };
    let door = args.signer.door()?;
    let about = OperationId::from(about);
    say(&args.signer, &door, &Taking { about, accepts, kinds: 0, per_day: 0, areas: Vec::new() })
}

fn say(signer: &Signer, door: &Door, taking: &Taking) -> Result<Outcome, CliError> {
    let mut author = signer.author(door)?;
    // A clock that is behind says it a moment after what was said last, or nobody would hear.
    let said = door.taking(author.device().secret(), &taking.about)?;
    let said = said.map(|said| Timestamp::from_millis(said.said));
    let accepted = author.say(|device| device.take(taking, said, clock::now()))?;
    let json = json!({ "operation": accepted.id, "about": taking.about.to_string(), "accepts": taking.accepts });
    let words = match taking.accepts {
        0 => "It stands on the square.",
        1 => "From now on it waits for a connector: `dorpsplein treaty approve` lets one post in.",
        _ => "It does not stand on the square.",
    };
    Ok(Outcome::new(words.to_owned(), json))
}
