//! What residents tell connectors about an item, what connectors ask its maker, and what the maker answers.

use clap::Args;
use dorpsplein_protocol::compose::{Place, about};
use dorpsplein_protocol::operation::{Edit, Field, ItemId, Kind, ModerationReason, Space};
use dorpsplein_protocol::time::Day;

use super::error::{CliError, InputError};
use super::moderate::ItemArgs;
use super::resident::{posted, text};
use super::{Outcome, on_item};
use crate::clock;

/// `resident report`.
#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    #[command(flatten)]
    item: ItemArgs,
    /// Why: spam, insult, private-data, unlawful, mistake or other
    #[arg(long, value_parser = reason)]
    reason: ModerationReason,
    /// In your own words, for the connectors
    #[arg(long)]
    note: Option<String>,
}

/// `resident still-right`.
#[derive(Debug, Args)]
pub(super) struct StillRightArgs {
    #[command(flatten)]
    item: ItemArgs,
    /// By when you look again, such as 2027-03-01
    #[arg(long, value_name = "DAY")]
    until: String,
}

fn reason(name: &str) -> Result<ModerationReason, InputError> {
    ModerationReason::from_name(name).ok_or(InputError::Reason)
}

/// Tells the connectors that something is wrong with an item.
///
/// # Errors
/// [`CliError`].
pub(super) fn report(args: &ReportArgs) -> Result<Outcome, CliError> {
    let mut edits = vec![text(Field::CATEGORY, args.reason.name())];
    edits.extend(args.note.as_ref().map(|note| text(Field::BODY, note)));
    say(&args.item, Kind::REPORT, edits)
}

/// Asks the maker of an item whether it still holds.
///
/// # Errors
/// [`CliError`].
pub(super) fn ask_review(args: &ItemArgs) -> Result<Outcome, CliError> {
    say(args, Kind::REVIEW_REQUEST, Vec::new())
}

/// Says that something of one's own still holds.
///
/// # Errors
/// [`CliError`].
pub(super) fn still_right(args: &StillRightArgs) -> Result<Outcome, CliError> {
    let until = Day::parse(&args.until).map_err(|_| InputError::Day(args.until.clone()))?;
    let edit = text(Field::REVIEW_BY, &until.to_string());
    on_item::act(&args.item.signer, &args.item.item, "It still holds.", |_| edit)
}

/// Makes an item about another one, for members.
fn say(args: &ItemArgs, kind: Kind, more: Vec<Edit>) -> Result<Outcome, CliError> {
    let item = ItemId::from_hex(args.item.trim()).ok_or(InputError::Item)?;
    let door = args.signer.door()?;
    let mut author = args.signer.author(&door)?;
    let place = Place { neighbourhood: author.device().home(), space: Space::Members };
    let edits = [about(item)].into_iter().chain(more).collect();
    let accepted = author.say(|device| device.create(place, kind, None, edits, clock::now()))?;
    Ok(posted(&accepted, &door))
}
