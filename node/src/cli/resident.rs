//! `dorpsplein resident`: somebody who lives here, on the command line, with nothing but a key file and the public API.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use dorpsplein_protocol::compose::Place;
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::identity::letter_code::Purpose;
use dorpsplein_protocol::operation::{Edit, Field, ItemId, Kind, NeighbourhoodId, OperationId, Space, Value};
use dorpsplein_protocol::validate::MAX_NAME;
use serde_json::json;

use super::author::Author;
use super::client::Client;
use super::door::Door;
use super::edit;
use super::error::{CliError, InputError};
use super::key_file::KeyFile;
use super::leaving;
use super::moderate::ItemArgs;
use super::post;
use super::report;
use super::{Outcome, random};
use crate::links::{InvitationLink, Site};
use crate::web::body::{AcceptedBody, ItemBody};
use crate::{clock, letters};

/// What a resident can do.
#[derive(Debug, Subcommand)]
pub(super) enum ResidentCommand {
    /// Join a neighbourhood with an invitation and make a key file
    Join(JoinArgs),
    /// Write a post: news, an event, an offer, a request, a listing, a group, an alert
    Post(Box<post::PostArgs>),
    /// Change something you wrote: only what is different is signed
    Edit(Box<edit::EditArgs>),
    /// Connectors: say how things stand with an alert
    Update(post::UpdateArgs),
    /// Sign up for an event, or join a group
    SignUp(post::SignUpArgs),
    /// Say that an offer or a request of your own is arranged
    Settle(ItemArgs),
    /// Answer a post
    Comment(CommentArgs),
    /// Tell the connectors that something is wrong with an item
    Report(report::ReportArgs),
    /// Say that something of your own still holds
    StillRight(report::StillRightArgs),
    /// Show an item, as anybody can
    Show(ShowArgs),
    /// Erase an item of your own, here and wherever it went
    Erase(ItemArgs),
    /// Show an item of your own to more or fewer people from now on
    Audience(leaving::AudienceArgs),
    /// Object to what a connector did to an item of your own
    Appeal(leaving::AppealArgs),
    /// List the neighbours whose boxes erased an item too
    Receipts(leaving::ReceiptsArgs),
    /// Write all you made here into a folder, readable without this program
    Export(leaving::ExportArgs),
    /// Erase all you made here and end your membership
    Leave(leaving::LeaveArgs),
}

/// `resident join`.
#[derive(Debug, Args)]
pub(super) struct JoinArgs {
    /// The invitation link
    #[arg(long, value_name = "URL")]
    invitation: String,
    /// The key file to make (or to go on with, if an earlier attempt broke off)
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Your name, as others will see it
    #[arg(long)]
    name: String,
    /// Who may see your name
    #[arg(long, value_name = "AUDIENCE", value_parser = audience, default_value = "neighbours")]
    audience: Space,
}

/// `resident comment`.
#[derive(Debug, Args)]
pub(super) struct CommentArgs {
    /// The site to hand it in at; by default the one where the key is at home
    #[arg(long)]
    url: Option<String>,
    /// Your key file
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The item to answer
    #[arg(long, value_name = "ID")]
    item: String,
    /// The text
    #[arg(long)]
    body: String,
}

/// `resident show`.
#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// The site to ask
    #[arg(long)]
    url: String,
    /// The item
    #[arg(long, value_name = "ID")]
    item: String,
}

/// The audience that somebody named.
///
/// # Errors
/// [`InputError::Audience`].
pub(super) fn audience(name: &str) -> Result<Space, InputError> {
    Space::audience_named(name).ok_or(InputError::Audience)
}

/// Carries out a resident's command.
///
/// # Errors
/// [`CliError`].
pub(super) fn run(command: &ResidentCommand) -> Result<Outcome, CliError> {
    match command {
        ResidentCommand::Join(args) => join(args),
        ResidentCommand::Post(args) => post::post(args),
        ResidentCommand::Edit(args) => edit::edit(args),
        ResidentCommand::Update(args) => post::update(args),
        ResidentCommand::SignUp(args) => post::sign_up(args),
        ResidentCommand::Settle(args) => post::settle(args),
        ResidentCommand::Comment(args) => comment(args),
        ResidentCommand::Report(args) => report::report(args),
        ResidentCommand::StillRight(args) => report::still_right(args),
        ResidentCommand::Show(args) => show(args),
        ResidentCommand::Erase(args) => leaving::erase(args),
        ResidentCommand::Audience(args) => leaving::show_to(args),
        ResidentCommand::Appeal(args) => leaving::appeal(args),
        ResidentCommand::Receipts(args) => leaving::receipts(args),
        ResidentCommand::Export(args) => leaving::export(args),
        ResidentCommand::Leave(args) => leaving::leave(args),
    }
}

fn join(args: &JoinArgs) -> Result<Outcome, CliError> {
    let name = checked_name(&args.name)?;
    let link = InvitationLink::parse(&args.invitation)?;
    let client = Client::new(link.site.clone());
    let strange = || CliError::Client(super::client::ClientError::NotABox { site: link.site.as_str().to_owned() });
    let home = NeighbourhoodId::from_hex(&client.status()?.neighbourhood_id).ok_or_else(strange)?;
    let one_time = letters::key_of(&link.code, Purpose::Letter, &home);
    let invitation = client.invitation(&one_time.public())?;
    let operation = OperationId::from_hex(&invitation.operation).ok_or_else(strange)?;
    let parents: Option<Vec<_>> = invitation.parents.iter().map(|id| OperationId::from_hex(id)).collect();
    let parents = parents.ok_or_else(strange)?;
    let door = Door::Site(client);
    let new = !args.key.exists();
    let mut author = if new {
        let secret = SecretKey::from_seed(&random()?);
        Author::new(KeyFile::create(&args.key, secret, home, link.site.clone())?, &door)
    } else {
        resumed(&args.key, home, &door)?
    };
    if !door.device(&author.device().key())?.member {
        let nonce = random()?;
        let claim = author.say(|device| device.claim_after(parents, operation, &one_time, nonce, clock::now()));
        if let Err(error) = claim {
            // Only a key that was made just now is certainly nobody's.
            if new && matches!(&error, CliError::Client(refused) if refused.is_final()) {
                author.discard()?;
            }
            return Err(error);
        }
    }
    let place = Place { neighbourhood: home, space: args.audience };
    let edits = vec![text(Field::NAME, name)];
    let profile = author.say(|device| device.create(place, Kind::PROFILE, None, edits, clock::now()))?;
    let device = door.device(&author.device().key())?;
    Ok(Outcome::new(
        format!("{name} now lives in {}. The key is in {}.", door.status()?.name, args.key.display()),
        json!({
            "neighbourhood_id": home.to_string(),
            "resident": device.resident,
            "device": author.device().key().to_string(),
            "profile": profile.item,
            "url": link.site.as_str(),
        }),
    ))
}

/// A name that will be taken, because the name is told only when the invitation is used already.
pub(super) fn checked_name(name: &str) -> Result<&str, InputError> {
    let name = name.trim();
    let length = name.chars().count();
    if (1..=MAX_NAME).contains(&length) && !name.chars().any(char::is_control) {
        Ok(name)
    } else {
        Err(InputError::Name)
    }
}

/// The key file of an attempt to join that broke off before the name was told.
fn resumed<'a>(path: &Path, home: NeighbourhoodId, door: &'a Door) -> Result<Author<'a>, CliError> {
    let author = Author::open(path, door)?;
    if author.device().home() != home {
        return Err(InputError::OtherHome.into());
    }
    if author.device().sequence() > 1 {
        return Err(InputError::AlreadyMember.into());
    }
    Ok(author)
}

fn comment(args: &CommentArgs) -> Result<Outcome, CliError> {
    let subject = ItemId::from_hex(&args.item).ok_or(InputError::Item)?;
    let door = door_of(&args.key, args.url.as_deref())?;
    let mut author = Author::open(&args.key, &door)?;
    // Residents may answer what is for members; somebody from next door has nothing to log in with.
    let item = match door.item(&subject) {
        Err(CliError::Client(missing)) if missing.is_final() => door.item_for(author.device().secret(), &subject)?,
        item => item?,
    };
    let place = place_of(&item).ok_or(InputError::Item)?;
    let edits = vec![text(Field::BODY, &args.body)];
    let accepted = author.say(|device| device.create(place, Kind::COMMENT, Some(subject), edits, clock::now()))?;
    Ok(posted(&accepted, &door))
}

/// An answer lives where its subject lives.
pub(super) fn place_of(item: &ItemBody) -> Option<Place> {
    place_named(&item.neighbourhood, &item.space)
}

/// A place as the API names it.
pub(super) fn place_named(neighbourhood: &str, space: &str) -> Option<Place> {
    Some(Place { neighbourhood: NeighbourhoodId::from_hex(neighbourhood)?, space: Space::audience_named(space)? })
}

fn show(args: &ShowArgs) -> Result<Outcome, CliError> {
    let id = ItemId::from_hex(&args.item).ok_or(InputError::Item)?;
    let item = Door::Site(Client::new(Site::parse(&args.url)?)).item(&id)?;
    let line = |label: &str, value: &Option<String>| {
        value.as_ref().map(|value| format!("{label:<9}{value}\n")).unwrap_or_default()
    };
    let words = [
        line("title", &item.content.title),
        line("name", &item.content.name),
        line("starts", &item.content.starts),
        line("ends", &item.content.ends),
        line("place", &item.content.place),
        line("by", &Some(item.author.name.clone().unwrap_or_else(|| item.author.resident.clone()))),
        line("audience", &Some(item.space.clone())),
        line("comments", &Some(item.comments.to_string())),
        item.content.body.as_ref().map(|body| format!("\n{body}\n")).unwrap_or_default(),
    ];
    Ok(Outcome::new(words.concat().trim_end().to_owned(), json!(item)))
}

/// What a command says that wrote something.
pub(super) fn posted(accepted: &AcceptedBody, door: &Door) -> Outcome {
    Outcome::new(format!("Written: {} at {}", accepted.item, door.address()), json!(accepted))
}

/// The door at the given site, or at the one where the key is at home.
pub(super) fn door_of(key: &Path, url: Option<&str>) -> Result<Door, CliError> {
    let site = match url {
        Some(url) => Site::parse(url)?,
        None => KeyFile::open(key)?.site().clone(),
    };
    Ok(Door::Site(Client::new(site)))
}

/// The edit that sets a field to some words.
pub(super) fn text(field: Field, words: &str) -> Edit {
    Edit::Set { field, value: Value::Text(words.to_owned()) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_name_is_checked_before_the_invitation_is_used() {
        assert_eq!(checked_name("  Anna de Vries "), Ok("Anna de Vries"));
        for bad in ["", "  ", "Anna\nde Vries", &"é".repeat(MAX_NAME + 1)] {
            assert_eq!(checked_name(bad), Err(InputError::Name), "{bad:?}");
        }
    }
}
