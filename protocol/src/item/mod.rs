//! Items: typed edits in, an Automerge document built locally, typed content out.

mod document;
mod history;
mod kept;

pub use document::{Document, DocumentError};
pub use history::{History, OrderError, Placed};
pub use kept::Kept;

use std::collections::{BTreeMap, BTreeSet};

use crate::operation::{AreaId, Edit, Field, OperationId, Value};
use crate::photo::{MAX_PHOTOS, Photo};
use crate::projection::{Conflict, Content, ItemPhoto};
use crate::recurrence::Recurrence;
use crate::time::{CivilTime, Day};
use crate::validate::MAX_EXCEPT;

/// What an item's edits come to: its fields, and where concurrent edits disagree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The fields as they stand.
    pub content: Content,
    /// Fields with more than one version.
    pub conflicts: Vec<Conflict>,
}

/// The fields that hold one value and are not spliced: concurrent settings of these can disagree.
const SCALARS: [Field; 26] = [
    Field::TITLE,
    Field::STARTS,
    Field::ENDS,
    Field::PLACE,
    Field::CANCELLED,
    Field::NAME,
    Field::ABOUT,
    Field::ACCEPTS,
    Field::KINDS,
    Field::PER_DAY,
    Field::AREA,
    Field::CATEGORY,
    Field::REVIEW_BY,
    Field::SETTLED,
    Field::CAPACITY,
    Field::REPEATS,
    Field::ALL_DAY,
    Field::UID,
    Field::SOURCE,
    Field::PHONE,
    Field::EMAIL,
    Field::WEBSITE,
    Field::HOURS,
    Field::PARTY,
    Field::ON_BEHALF,
    Field::TAGLINE,
];

/// The outcome of one operation's edits alone, without building a document: what most items need.
///
/// Equal to the outcome of the [`Document`] with that one operation; a property test holds the two together.
pub fn project_single(edits: &[Edit]) -> Outcome {
    let mut content = Content::default();
    let mut sets: BTreeMap<Field, BTreeSet<String>> = BTreeMap::new();
    for edit in edits {
        match edit {
            Edit::Set { field: Field::BODY, value } => content.body = Some(text_of(value)),
            // Nothing else than nothing is a value for a set: all its members go.
            Edit::Set { field, .. } if field.is_set() => drop(sets.remove(field)),
            Edit::Set { field, value } => set_scalar(&mut content, *field, value),
            Edit::Splice { field: Field::BODY, at, delete, insert } => {
                let body = content.body.take().unwrap_or_default();
                content.body = Some(splice(&body, *at, *delete, insert));
            }
            Edit::Add { field, member } if field.is_set() => {
                sets.entry(*field).or_default().insert(member.clone());
            }
            Edit::Remove { field, member } => {
                sets.entry(*field).or_default().remove(member);
            }
            Edit::Splice { .. } | Edit::Add { .. } | Edit::Create { .. } | Edit::Unknown(_) => {}
            Edit::Moderate { .. } | Edit::Pin(_) | Edit::Official(_) => {}
            Edit::Erase { .. } | Edit::Appeal(_) | Edit::Audience(_) => {}
        }
    }
    content.body = content.body.filter(|body| !body.is_empty());
    sets.into_iter().for_each(|(field, members)| set_members(&mut content, field, members));
    Outcome { content, conflicts: Vec::new() }
}

fn splice(text: &str, at: u32, delete: u32, insert: &str) -> String {
    let at = at as usize;
    let rest = text.chars().skip(at).skip(delete as usize);
    text.chars().take(at).chain(insert.chars()).chain(rest).collect()
}

/// A body set to nothing is an empty text.
fn text_of(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        _ => String::new(),
    }
}

/// Validation has made sure of the types; a value of another type leaves the field empty.
fn set_scalar(content: &mut Content, field: Field, value: &Value) {
    let text = || match value {
        Value::Text(text) if !text.is_empty() => Some(text.clone()),
        _ => None,
    };
    let civil = || text().and_then(|text| CivilTime::parse(&text).ok());
    let yes = *value == Value::Bool(true);
    match field {
        Field::TITLE => content.title = text(),
        Field::PLACE => content.place = text(),
        Field::NAME => content.name = text(),
        Field::STARTS => content.starts = civil(),
        Field::ENDS => content.ends = civil(),
        Field::CANCELLED => content.cancelled = yes,
        Field::ABOUT => content.about = id(value),
        Field::ACCEPTS | Field::KINDS | Field::PER_DAY => {
            content.acceptance.get_or_insert_default().set(field, value);
        }
        Field::AREA => content.area = id(value).map(AreaId::from),
        Field::CATEGORY => content.category = text(),
        Field::REVIEW_BY => content.review_by = text().and_then(|text| Day::parse(&text).ok()),
        Field::SETTLED => content.settled = yes,
        Field::CAPACITY => content.capacity = number(value),
        Field::REPEATS => content.repeats = text().and_then(|text| Recurrence::parse(&text).ok()),
        Field::ALL_DAY => content.all_day = yes,
        Field::UID => content.uid = text(),
        Field::SOURCE => content.source = text(),
        Field::PHONE => content.phone = text(),
        Field::EMAIL => content.email = text(),
        Field::WEBSITE => content.website = text(),
        Field::HOURS => content.hours = text(),
        Field::PARTY => content.party = number(value),
        Field::ON_BEHALF => content.on_behalf = text(),
        Field::TAGLINE => content.tagline = text(),
        field if field.is_photo() => set_photos(content, field, std::slice::from_ref(value)),
        _ => {}
    }
}

fn id(value: &Value) -> Option<OperationId> {
    match value {
        Value::Bytes(bytes) => OperationId::try_from(bytes.as_slice()).ok(),
        _ => None,
    }
}

fn number<T: TryFrom<i64>>(value: &Value) -> Option<T> {
    match value {
        Value::Int(number) => T::try_from(*number).ok(),
        _ => None,
    }
}

/// The members of a set, sorted.
fn set_members(content: &mut Content, field: Field, members: impl IntoIterator<Item = String>) {
    let members = members.into_iter();
    match field {
        Field::TALENTS => content.talents = members.collect(),
        Field::EXCEPT => content.except = members.filter_map(|day| Day::parse(&day).ok()).take(MAX_EXCEPT).collect(),
        Field::TOKENS => content.tokens = members.collect(),
        Field::CATEGORIES => content.categories = members.collect(),
        Field::MODULES_OFF => content.modules_off = members.collect(),
        Field::AREAS => {
            let areas: Vec<AreaId> = members.filter_map(|area| AreaId::from_hex(&area)).collect();
            if !areas.is_empty() {
                content.acceptance.get_or_insert_default().areas = areas;
            }
        }
        _ => {}
    }
}

/// The photos of one field: one, or more where devices filled it at once. An item has no more than it may have in all, of
/// which those in the first fields count.
fn set_photos(content: &mut Content, field: Field, values: &[Value]) {
    content.photos.retain(|photo| photo.field != field);
    content.photos.extend(values.iter().filter_map(Photo::of).map(|photo| ItemPhoto { field, photo }));
    content.photos.sort_by_key(|photo| photo.field);
    content.photos.truncate(MAX_PHOTOS);
}
