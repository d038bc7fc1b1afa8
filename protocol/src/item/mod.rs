//! Items: typed edits in, an Automerge document built locally, typed content out.

mod document;
mod history;
mod kept;

pub use document::{Document, DocumentError};
pub use history::{History, OrderError, Placed};
pub use kept::Kept;

use crate::operation::{Edit, Field, Value};
use crate::photo::{MAX_PHOTOS, Photo};
use crate::projection::{Conflict, Content, ItemPhoto};
use crate::time::CivilTime;

/// What an item's edits come to: its fields, and where concurrent edits disagree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The fields as they stand.
    pub content: Content,
    /// Fields with more than one version.
    pub conflicts: Vec<Conflict>,
}

/// The fields that hold one value and are not spliced: concurrent settings of these can disagree.
const SCALARS: [Field; 10] = [
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
];

/// The outcome of one operation's edits alone, without building a document: what most items need.
///
/// Equal to the outcome of the [`Document`] with that one operation; a property test holds the two together.
pub fn project_single(edits: &[Edit]) -> Outcome {
    let mut content = Content::default();
    let mut talents = std::collections::BTreeSet::new();
    for edit in edits {
        match edit {
            Edit::Set { field: Field::BODY, value } => content.body = Some(text_of(value)),
            // Nothing else than nothing is a value for a set: all its members go.
            Edit::Set { field: Field::TALENTS, .. } => talents.clear(),
            Edit::Set { field, value } => set_scalar(&mut content, *field, value),
            Edit::Splice { field: Field::BODY, at, delete, insert } => {
                let body = content.body.take().unwrap_or_default();
                content.body = Some(splice(&body, *at, *delete, insert));
            }
            Edit::Add { field: Field::TALENTS, member } => drop(talents.insert(member.clone())),
            Edit::Remove { field: Field::TALENTS, member } => drop(talents.remove(member)),
            Edit::Splice { .. } | Edit::Add { .. } | Edit::Remove { .. } | Edit::Create { .. } | Edit::Unknown(_) => {}
            Edit::Moderate { .. } | Edit::Pin(_) | Edit::Official(_) => {}
            Edit::Erase { .. } | Edit::Appeal(_) | Edit::Audience(_) => {}
        }
    }
    content.body = content.body.filter(|body| !body.is_empty());
    content.talents = talents.into_iter().collect();
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
    let text = match value {
        Value::Text(text) if !text.is_empty() => Some(text.clone()),
        _ => None,
    };
    match field {
        Field::TITLE => content.title = text,
        Field::PLACE => content.place = text,
        Field::NAME => content.name = text,
        Field::STARTS => content.starts = text.and_then(|text| CivilTime::parse(&text).ok()),
        Field::ENDS => content.ends = text.and_then(|text| CivilTime::parse(&text).ok()),
        Field::CANCELLED => content.cancelled = *value == Value::Bool(true),
        Field::ABOUT | Field::ACCEPTS | Field::KINDS | Field::PER_DAY => {
            content.acceptance.get_or_insert_default().set(field, value);
        }
        field if field.is_photo() => set_photos(content, field, std::slice::from_ref(value)),
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
