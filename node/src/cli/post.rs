//! Writing posts of every kind on the command line, how things stand with an alert, and signing up.

use std::path::PathBuf;

use clap::Args;
use dorpsplein_protocol::compose::Place;
use dorpsplein_protocol::operation::{AreaId, Edit, Field, ItemId, Kind, Space, Value};
use dorpsplein_protocol::recurrence::Recurrence;
use dorpsplein_protocol::time::{CivilTime, Day};

use super::author::Author;
use super::door::Door;
use super::error::{CliError, InputError};
use super::moderate::ItemArgs;
use super::photo::{self, PhotoArgs};
use super::resident::{audience, door_of, place_of, posted, text};
use super::signer::Signer;
use super::{Outcome, choose, on_item, organisation};
use crate::clock;

/// `resident post`.
#[derive(Debug, Args)]
pub(super) struct PostArgs {
    /// The site to hand it in at; by default the one where the key is at home
    #[arg(long)]
    url: Option<String>,
    /// Your key file
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// What to write: news, event, offer, request, listing (a club or organisation), group; a connector also alert
    #[arg(long, value_parser = post_kind, default_value = "news")]
    kind: Kind,
    /// The title; of a listing or a group its name
    #[arg(long)]
    title: String,
    /// The text
    #[arg(long, default_value = "")]
    body: String,
    /// Who may read it: members, square (whoever visits the site), neighbours, or circle:ID
    #[arg(long, value_name = "AUDIENCE", value_parser = audience, default_value = "square")]
    audience: Space,
    /// The organisation in whose name you write, if you speak for one: its id, or the beginning of it
    #[arg(long = "for", value_name = "ORGANISATION")]
    speaks_for: Option<String>,
    #[command(flatten)]
    times: TimeArgs,
    /// Where it is
    #[arg(long)]
    place: Option<String>,
    /// What it belongs to, one of the square's categories
    #[arg(long)]
    category: Option<String>,
    /// The part of the neighbourhood it is about: its id, or the beginning of it
    #[arg(long)]
    area: Option<String>,
    /// By when you look whether it is still right, such as 2027-03-01
    #[arg(long, value_name = "DAY")]
    review_by: Option<String>,
    #[command(flatten)]
    contact: ContactArgs,
    /// For whom you write it down, with their consent
    #[arg(long, value_name = "NAME")]
    on_behalf: Option<String>,
    #[command(flatten)]
    photos: PhotoArgs,
}

/// How to reach who is behind a post.
#[derive(Debug, Args)]
pub(super) struct ContactArgs {
    /// The number to call
    #[arg(long)]
    pub(super) phone: Option<String>,
    /// The address for mail
    #[arg(long)]
    pub(super) email: Option<String>,
    /// The address of the site
    #[arg(long)]
    pub(super) website: Option<String>,
    /// When it is open
    #[arg(long)]
    pub(super) hours: Option<String>,
}

/// When an event is, and for how many.
#[derive(Debug, Args)]
struct TimeArgs {
    /// When the event starts: 2026-12-04T20:00, or 2026-12-04 for a whole day
    #[arg(long, value_name = "TIME")]
    starts: Option<String>,
    /// When the event ends
    #[arg(long, value_name = "TIME")]
    ends: Option<String>,
    /// How it recurs, as calendars say it: FREQ=MONTHLY;BYDAY=1TH
    #[arg(long, value_name = "RULE")]
    repeats: Option<String>,
    /// A day on which it does not happen; may be given more than once
    #[arg(long, value_name = "DAY")]
    except: Vec<String>,
    /// For how many people there is room
    #[arg(long, value_name = "PEOPLE")]
    capacity: Option<u32>,
}

/// `resident update`.
#[derive(Debug, Args)]
pub(super) struct UpdateArgs {
    #[command(flatten)]
    signer: Signer,
    /// The alert
    #[arg(long, value_name = "ID")]
    item: String,
    /// How things stand
    #[arg(long)]
    body: String,
    /// The alert is over
    #[arg(long)]
    over: bool,
}

/// `resident sign-up`.
#[derive(Debug, Args)]
pub(super) struct SignUpArgs {
    #[command(flatten)]
    signer: Signer,
    /// The event or the group
    #[arg(long, value_name = "ID")]
    item: String,
    /// For how many people
    #[arg(long, value_name = "PEOPLE", default_value_t = 1)]
    party: u8,
}

/// The kind of post that somebody named.
fn post_kind(name: &str) -> Result<Kind, InputError> {
    Kind::from_name(name).filter(|kind| kind.is_post()).ok_or_else(|| InputError::PostKind(name.to_owned()))
}

/// Writes a post.
///
/// # Errors
/// [`CliError`].
pub(super) fn post(args: &PostArgs) -> Result<Outcome, CliError> {
    let mut edits = post_edits(args)?;
    let photos = args.photos.prepare()?;
    let door = door_of(&args.key, args.url.as_deref())?;
    if let Some(beginning) = &args.area {
        let areas = door.register()?.areas;
        let area = choose::one("area", beginning, areas.iter(), |area| &area.id)?;
        let area: AreaId = choose::operation_id(&door, &area.id)?.into();
        edits.push(Edit::Set { field: Field::AREA, value: Value::Bytes(area.as_bytes().to_vec()) });
    }
    let mut author = Author::open(&args.key, &door)?;
    edits.extend(photo::hand_in(photos, &door, author.device())?);
    let place = Place { neighbourhood: author.device().home(), space: args.audience };
    let accepted = match &args.speaks_for {
        None => author.say(|device| device.create(place, args.kind, None, edits, clock::now()))?,
        Some(beginning) => {
            let organisation = organisation::chosen(&door, beginning)?;
            author.say(|device| device.create_for(organisation, place, args.kind, edits, clock::now()))?
        }
    };
    Ok(posted(&accepted, &door))
}

/// Says how things stand with an alert.
///
/// # Errors
/// [`CliError`].
pub(super) fn update(args: &UpdateArgs) -> Result<Outcome, CliError> {
    let over = Edit::Set { field: Field::SETTLED, value: Value::Bool(true) };
    let edits = [text(Field::BODY, &args.body)].into_iter().chain(args.over.then_some(over)).collect();
    attach(&args.signer, &args.item, Kind::UPDATE, edits)
}

/// Signs up for an event, or joins a group.
///
/// # Errors
/// [`CliError`].
pub(super) fn sign_up(args: &SignUpArgs) -> Result<Outcome, CliError> {
    let party = Edit::Set { field: Field::PARTY, value: Value::Int(args.party.into()) };
    attach(&args.signer, &args.item, Kind::SIGN_UP, vec![party])
}

/// Says that an offer or a request is arranged.
///
/// # Errors
/// [`CliError`].
pub(super) fn settle(args: &ItemArgs) -> Result<Outcome, CliError> {
    let edit = Edit::Set { field: Field::SETTLED, value: Value::Bool(true) };
    on_item::act(&args.signer, &args.item, "It is marked as arranged.", |_| edit)
}

/// Makes an item about another one, where that lives.
fn attach(signer: &Signer, item: &str, kind: Kind, edits: Vec<Edit>) -> Result<Outcome, CliError> {
    let subject = ItemId::from_hex(item.trim()).ok_or(InputError::Item)?;
    let door: Door = signer.door()?;
    let mut author = signer.author(&door)?;
    let place = place_of(&door.item_for(author.device().secret(), &subject)?).ok_or(InputError::Item)?;
    let accepted = author.say(|device| device.create(place, kind, Some(subject), edits, clock::now()))?;
    Ok(posted(&accepted, &door))
}

/// What a post consists of but for its area and photos, checked before anything is signed.
fn post_edits(args: &PostArgs) -> Result<Vec<Edit>, CliError> {
    let mut edits = vec![text(Field::TITLE, &args.title)];
    let body = Some(&args.body).filter(|body| !body.is_empty());
    edits.extend(body.map(|body| text(Field::BODY, body)));
    edits.extend(time_edits(args.kind, &args.times)?);
    let texts = [
        (Field::PLACE, &args.place),
        (Field::CATEGORY, &args.category),
        (Field::PHONE, &args.contact.phone),
        (Field::EMAIL, &args.contact.email),
        (Field::WEBSITE, &args.contact.website),
        (Field::HOURS, &args.contact.hours),
        (Field::ON_BEHALF, &args.on_behalf),
    ];
    edits.extend(texts.iter().filter_map(|(field, words)| Some(text(*field, words.as_deref()?))));
    edits.extend(
        args.review_by.as_deref().map(|day| checked_day(day).map(|day| text(Field::REVIEW_BY, &day))).transpose()?,
    );
    Ok(edits)
}

fn time_edits(kind: Kind, times: &TimeArgs) -> Result<Vec<Edit>, CliError> {
    let TimeArgs { starts, ends, repeats, except, capacity } = times;
    let with_time = |field, time: &String| -> Result<Edit, CliError> {
        let civil = CivilTime::parse(time).map_err(|_| InputError::Time(time.clone()))?;
        Ok(text(field, civil.as_str()))
    };
    if kind != Kind::EVENT {
        let of_events = starts.is_some() || ends.is_some() || repeats.is_some() || capacity.is_some();
        return if of_events || !except.is_empty() { Err(InputError::NotAnEvent.into()) } else { Ok(Vec::new()) };
    }
    let mut edits = vec![with_time(Field::STARTS, starts.as_ref().ok_or(InputError::NoStart)?)?];
    edits.extend(ends.as_ref().map(|ends| with_time(Field::ENDS, ends)).transpose()?);
    if let Some(rule) = repeats {
        let rule = Recurrence::parse(rule).map_err(|error| InputError::Recurrence(rule.clone(), error))?;
        edits.push(text(Field::REPEATS, &rule.to_string()));
    }
    for day in except {
        edits.push(Edit::Add { field: Field::EXCEPT, member: checked_day(day)? });
    }
    edits.extend(capacity.map(|people| Edit::Set { field: Field::CAPACITY, value: Value::Int(people.into()) }));
    Ok(edits)
}

pub(super) fn checked_day(day: &str) -> Result<String, InputError> {
    Day::parse(day).map(|day| day.to_string()).map_err(|_| InputError::Day(day.to_owned()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        post: PostArgs,
    }

    /// What a post consists of that was typed like that.
    fn typed(words: &[&str]) -> Result<Vec<Edit>, String> {
        let line = ["post", "--key", "unused", "--title", "Soep"].iter().chain(words);
        let line = Line::try_parse_from(line).map_err(|error| error.to_string())?;
        post_edits(&line.post).map_err(|error| error.to_string())
    }

    #[test]
    fn an_event_has_a_real_start_and_news_has_none() {
        let event = ["--kind", "event", "--starts", "2026-12-04T20:00"];
        assert_eq!(typed(&[&event[..], &["--place", "De Schuur"]].concat()).unwrap().len(), 3);
        assert_eq!(typed(&["--kind", "event"]).unwrap_err(), InputError::NoStart.to_string());
        let nonsense = InputError::Time("2026-02-30".to_owned()).to_string();
        assert_eq!(typed(&["--kind", "event", "--starts", "2026-02-30"]).unwrap_err(), nonsense);
        assert_eq!(typed(&["--starts", "2026-12-04"]).unwrap_err(), InputError::NotAnEvent.to_string());
    }

    #[test]
    fn a_rule_is_signed_in_its_one_form() {
        let event = ["--kind", "event", "--starts", "2026-12-03T20:00", "--repeats"];
        let edits = typed(&[&event[..], &["BYDAY=1TH;FREQ=MONTHLY"]].concat()).unwrap();
        assert!(edits.contains(&text(Field::REPEATS, "FREQ=MONTHLY;BYDAY=1TH")), "{edits:?}");
        assert!(typed(&[&event[..], &["elke week"]].concat()).unwrap_err().contains("cannot be followed"));
        let but = [&event[..], &["FREQ=WEEKLY", "--except", "2026-12-24", "--capacity", "12"]].concat();
        assert_eq!(typed(&but).unwrap().len(), 5);
        assert!(typed(&[&event[..], &["FREQ=WEEKLY", "--except", "kerst"]].concat()).is_err());
    }

    #[test]
    fn every_kind_of_post_can_be_named_and_no_other() {
        for kind in Kind::POSTS {
            assert_eq!(post_kind(kind.name().unwrap()).unwrap(), kind);
        }
        for other in ["comment", "profile", "setting", "nonsense"] {
            assert!(post_kind(other).is_err(), "{other}");
        }
        let listing = ["--kind", "listing", "--phone", "024 000 00 00", "--review-by", "2027-03-01"];
        assert_eq!(typed(&listing).unwrap().len(), 3);
        assert!(typed(&["--kind", "offer", "--review-by", "later"]).unwrap_err().contains("no day"));
    }
}
