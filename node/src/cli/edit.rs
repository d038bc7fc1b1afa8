//! `dorpsplein resident edit`: changes what one wrote, and signs what is different and nothing else.

use clap::Args;
use dorpsplein_protocol::compose::text_edit;
use dorpsplein_protocol::operation::{Edit, Field, ItemId, OperationId, Value};
use dorpsplein_protocol::time::CivilTime;
use serde_json::json;

use super::Outcome;
use super::error::{CliError, InputError};
use super::post::{ContactArgs, checked_day};
use super::resident::{place_of, text};
use super::signer::Signer;
use crate::clock;
use crate::web::body::ContentBody;

/// `resident edit`. What is not named stays as it is; an empty text empties its field.
#[derive(Debug, Args)]
pub(super) struct EditArgs {
    #[command(flatten)]
    signer: Signer,
    /// The item: its id
    #[arg(value_name = "ITEM")]
    item: String,
    /// The title
    #[arg(long)]
    title: Option<String>,
    /// The text
    #[arg(long)]
    body: Option<String>,
    /// When the event starts: 2026-12-04T20:00, or 2026-12-04 for a whole day
    #[arg(long, value_name = "TIME")]
    starts: Option<String>,
    /// When the event ends
    #[arg(long, value_name = "TIME")]
    ends: Option<String>,
    /// Where it is
    #[arg(long)]
    place: Option<String>,
    /// Whether the event is called off
    #[arg(long, value_name = "YES")]
    cancelled: Option<bool>,
    /// What it belongs to, one of the square's categories
    #[arg(long)]
    category: Option<String>,
    /// By when you look whether it is still right, such as 2027-03-01
    #[arg(long, value_name = "DAY")]
    review_by: Option<String>,
    #[command(flatten)]
    contact: ContactArgs,
}

/// Changes an item.
///
/// # Errors
/// [`CliError`].
pub(super) fn edit(args: &EditArgs) -> Result<Outcome, CliError> {
    let id = ItemId::from_hex(args.item.trim()).ok_or(InputError::Item)?;
    let door = args.signer.door()?;
    let mut author = args.signer.author(&door)?;
    let item = door.item_for(author.device().secret(), &id)?;
    let edits = changes(args, &item.content)?;
    if edits.is_empty() {
        return Ok(Outcome::new("Nothing is different, so nothing was signed.".to_owned(), json!({ "item": item.id })));
    }
    let place = place_of(&item).ok_or(InputError::Item)?;
    let parents: Option<Vec<_>> = item.heads.iter().map(|head| OperationId::from_hex(head)).collect();
    let parents = parents.ok_or_else(|| door.strange())?;
    let accepted = author.say(|device| device.edit(place, id, parents, edits, clock::now()))?;
    Ok(Outcome::new("It is changed. Its page tells what it said before.".to_owned(), json!(accepted)))
}

/// What is different from the item as it stands.
fn changes(args: &EditArgs, now: &ContentBody) -> Result<Vec<Edit>, CliError> {
    let time = |given: &Option<String>| -> Result<Option<String>, CliError> {
        let checked = |time: &String| match time.as_str() {
            "" => Ok(String::new()),
            time => CivilTime::parse(time)
                .map(|civil| civil.as_str().to_owned())
                .map_err(|_| InputError::Time(time.to_owned())),
        };
        Ok(given.as_ref().map(checked).transpose()?)
    };
    let day = |given: &Option<String>| -> Result<Option<String>, CliError> {
        let checked = |day: &String| if day.is_empty() { Ok(String::new()) } else { checked_day(day) };
        Ok(given.as_ref().map(checked).transpose()?)
    };
    let texts = [
        (Field::TITLE, args.title.clone(), &now.title),
        (Field::STARTS, time(&args.starts)?, &now.starts),
        (Field::ENDS, time(&args.ends)?, &now.ends),
        (Field::PLACE, args.place.clone(), &now.place),
        (Field::CATEGORY, args.category.clone(), &now.category),
        (Field::REVIEW_BY, day(&args.review_by)?, &now.review_by),
        (Field::PHONE, args.contact.phone.clone(), &now.phone),
        (Field::EMAIL, args.contact.email.clone(), &now.email),
        (Field::WEBSITE, args.contact.website.clone(), &now.website),
        (Field::HOURS, args.contact.hours.clone(), &now.hours),
    ];
    let different = texts.into_iter().filter_map(|(field, wanted, now)| {
        let wanted = wanted?;
        match (wanted.is_empty(), now) {
            (true, None) => None,
            (true, Some(_)) => Some(Edit::Set { field, value: Value::Null }),
            (false, Some(now)) if *now == wanted => None,
            (false, _) => Some(text(field, &wanted)),
        }
    });
    let mut edits: Vec<Edit> = different.collect();
    let before = now.body.as_deref().unwrap_or_default();
    edits.extend(args.body.as_deref().filter(|body| *body != before).map(|body| text_edit(before, body)));
    let cancelled = args.cancelled.filter(|cancelled| *cancelled != now.cancelled);
    edits.extend(cancelled.map(|yes| Edit::Set { field: Field::CANCELLED, value: Value::Bool(yes) }));
    Ok(edits)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        edit: EditArgs,
    }

    fn typed(words: &[&str]) -> Result<Vec<Edit>, String> {
        let line = ["edit", "--key", "unused", "00"].iter().chain(words);
        let line = Line::try_parse_from(line).map_err(|error| error.to_string())?;
        let now = ContentBody {
            title: Some("Soep".to_owned()),
            body: Some("Kom eten".to_owned()),
            place: Some("De Schuur".to_owned()),
            ..ContentBody::default()
        };
        changes(&line.edit, &now).map_err(|error| error.to_string())
    }

    #[test]
    fn only_what_is_different_is_signed() {
        assert_eq!(
            typed(&["--title", "Soep", "--body", "Kom eten", "--phone", "", "--cancelled", "false"]).unwrap(),
            []
        );
        let changed = typed(&["--title", "Stamppot", "--body", "Kom mee eten", "--place", "", "--cancelled", "true"]);
        assert_eq!(
            changed.unwrap(),
            [
                text(Field::TITLE, "Stamppot"),
                Edit::Set { field: Field::PLACE, value: Value::Null },
                Edit::Splice { field: Field::BODY, at: 4, delete: 0, insert: "mee ".to_owned() },
                Edit::Set { field: Field::CANCELLED, value: Value::Bool(true) },
            ]
        );
        assert_eq!(
            typed(&["--starts", "2026-02-30"]).unwrap_err(),
            InputError::Time("2026-02-30".to_owned()).to_string()
        );
    }
}
