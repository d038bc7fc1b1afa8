//! One item and its comments: the pages of news and events.

use data_encoding::HEXLOWER;
use dorpsplein_protocol::operation::{Field, ItemId, Kind, OperationId, Value};
use dorpsplein_protocol::projection::{Conflict, Content, Erasure, ItemRow, Moderation};
use dorpsplein_protocol::store::StoreError;
use dorpsplein_protocol::time::{CivilTime, Timestamp};
use dorpsplein_web_ui::paths::PostKind;
use dorpsplein_web_ui::{Lang, markdown, pages, view};

use super::super::body::{AuthorBody, ConflictBody, ContentBody, ItemBody, ModeratedBody, ValueBody};
use super::super::local_time::{self, Civil};
use super::lists::when;
use super::standing::handle;
use super::{ReadError, Reader, posts};

/// The characters of the text that stand in for a title nobody gave.
const BORROWED_TITLE_CHARS: usize = 60;

impl Reader {
    /// One post that is no event, with its comments.
    pub(in super::super) fn item_page(&self, id: &ItemId, lang: Lang) -> Result<String, ReadError> {
        if let Some(gone) = self.gone_page(id, lang)? {
            return Ok(gone);
        }
        let row = self.visible(id)?;
        let kind = posts::post_kind(row.kind).filter(|kind| *kind != PostKind::Event).ok_or(ReadError::NotFound)?;
        self.check_is_on(kind.list())?;
        let updates = self.updates_of(&row)?;
        let page = view::ItemPage {
            id: row.id.to_string(),
            kind,
            facts: self.facts(&row, &updates),
            updates: (kind == PostKind::Alert).then(|| self.updates(&updates)).transpose()?,
            consents: self.consents(&row)?,
            sign_ups: (kind == PostKind::Group).then(|| self.sign_ups(&row)).transpose()?,
            title: title(&row),
            body: row.content.body.clone().unwrap_or_default(),
            author: self.author(&row.author)?,
            written: local_time::local(row.created),
            edited: row.edited.map(local_time::local),
            disagreements: self.disagreements(&row),
            fate: self.fate(&row)?,
            handle: self.handle_of_post(&row)?,
            photos: self.photos(&row),
            thread: self.thread(&row)?,
            preview: self.preview(&row, lang)?,
        };
        Ok(pages::item(&self.frame(), &page, lang)?)
    }

    /// One event with its comments.
    pub(in super::super) fn event_page(&self, id: &ItemId, lang: Lang) -> Result<String, ReadError> {
        if let Some(gone) = self.gone_page(id, lang)? {
            return Ok(gone);
        }
        let row = self.visible(id)?;
        if row.kind != Kind::EVENT {
            return Err(ReadError::NotFound);
        }
        let page = view::EventPage {
            id: row.id.to_string(),
            title: title(&row),
            body: row.content.body.clone().unwrap_or_default(),
            author: self.author(&row.author)?,
            written: local_time::local(row.created),
            edited: row.edited.map(local_time::local),
            when: contested::when(&row).ok_or(ReadError::NotFound)?,
            place: contested::place(&row),
            cancelled: contested::cancellation(&row),
            repeats: posts::repeats(&row),
            source: row.content.source.clone(),
            facts: self.facts(&row, &[]),
            sign_ups: self.sign_ups(&row)?,
            disagreements: self.disagreements(&row),
            fate: self.fate(&row)?,
            handle: handle(&row),
            photos: self.photos(&row),
            thread: self.thread(&row)?,
            preview: self.preview(&row, lang)?,
        };
        Ok(pages::event(&self.frame(), &page, lang)?)
    }

    /// An item as the API shows it.
    pub(in super::super) fn item_body(&self, id: &ItemId) -> Result<ItemBody, ReadError> {
        let row = self.visible(id)?;
        let hex = |ids: &[OperationId]| ids.iter().map(ToString::to_string).collect();
        Ok(ItemBody {
            id: row.id.to_string(),
            kind: row.kind.name().map(str::to_owned),
            subject: row.subject.map(|subject| subject.to_string()),
            neighbourhood: row.neighbourhood.to_string(),
            space: row.space.name(),
            author: AuthorBody {
                device: row.author.device.to_string(),
                resident: row.author.resident.to_string(),
                home: row.author.home.to_string(),
                name: self.author_name(&row.author)?,
            },
            created: row.created.as_millis(),
            edited: row.edited.map(Timestamp::as_millis),
            content: ContentBody { photos: self.photo_bodies(&row), ..content_body(&row.content) },
            conflicts: row.conflicts.iter().map(conflict_body).collect(),
            heads: hex(&row.heads),
            operations: hex(&row.operations),
            comments: self.comment_count(&row.id)?,
            speaks_for: row.speaks_for.map(|organisation| organisation.to_string()),
            pinned: row.pinned.is_some(),
            official: row.official.is_some(),
            hidden: row.hidden.as_ref().map(hidden_body),
            erased: row.erased.as_ref().map(erased_body),
            appeal: row.appeal.as_ref().map(|appeal| appeal.note.clone()),
            proof: self.proof(&row)?,
        })
    }

    pub(super) fn thread(&self, row: &ItemRow) -> Result<view::Thread, StoreError> {
        let entries = self.comments(&row.id)?;
        let entries = entries.iter().map(|comment| self.thread_entry(comment)).collect::<Result<_, StoreError>>()?;
        Ok(view::Thread { neighbourhood: row.neighbourhood.to_string(), space: row.space.name(), entries })
    }

    /// A comment in a thread. Of a hidden one only the place: who may still read it does so on its own page.
    fn thread_entry(&self, row: &ItemRow) -> Result<view::ThreadEntry, StoreError> {
        if row.hidden.is_some() {
            return Ok(view::ThreadEntry::Hidden(row.id.to_string()));
        }
        Ok(view::ThreadEntry::Comment(Box::new(self.comment(row)?)))
    }

    /// A comment, or how things stand with an alert.
    pub(super) fn comment(&self, row: &ItemRow) -> Result<view::Comment, StoreError> {
        Ok(view::Comment {
            id: row.id.to_string(),
            author: self.author(&row.author)?,
            written: local_time::local(row.created),
            edited: row.edited.map(local_time::local),
            body: row.content.body.clone().unwrap_or_default(),
            photos: self.photos(row),
            fate: self.fate(row)?,
            handle: handle(row),
        })
    }
}

fn hidden_body(hidden: &Moderation) -> ModeratedBody {
    ModeratedBody {
        by: hidden.by.resident.to_string(),
        at: hidden.at.as_millis(),
        reason: Some(hidden.reason.name().to_owned()),
        note: hidden.note.clone(),
    }
}

fn erased_body(erased: &Erasure) -> ModeratedBody {
    ModeratedBody {
        by: erased.by.resident.to_string(),
        at: erased.at.as_millis(),
        reason: erased.reason.map(|reason| reason.name().to_owned()),
        note: erased.note.clone(),
    }
}

fn content_body(content: &Content) -> ContentBody {
    let civil = |time: &Option<CivilTime>| time.as_ref().map(|time| time.as_str().to_owned());
    ContentBody {
        title: content.title.clone(),
        body: content.body.clone(),
        starts: civil(&content.starts),
        ends: civil(&content.ends),
        place: content.place.clone(),
        repeats: content.repeats.as_ref().map(ToString::to_string),
        except: content.except.iter().map(ToString::to_string).collect(),
        capacity: content.capacity,
        party: content.party,
        settled: content.settled,
        review_by: content.review_by.as_ref().map(ToString::to_string),
        category: content.category.clone(),
        area: content.area.as_ref().map(ToString::to_string),
        phone: content.phone.clone(),
        email: content.email.clone(),
        website: content.website.clone(),
        hours: content.hours.clone(),
        on_behalf: content.on_behalf.clone(),
        uid: content.uid.clone(),
        source: content.source.clone(),
        cancelled: content.cancelled,
        name: content.name.clone(),
        talents: content.talents.clone(),
        photos: Vec::new(),
    }
}

fn conflict_body(conflict: &Conflict) -> ConflictBody {
    let said = |value: &Value| match value {
        Value::Null => ValueBody::Nothing,
        Value::Bool(yes) => ValueBody::Bool(*yes),
        Value::Int(number) => ValueBody::Int(*number),
        Value::Text(text) => ValueBody::Text(text.clone()),
        Value::Bytes(bytes) => ValueBody::Text(HEXLOWER.encode(bytes)),
    };
    ConflictBody { field: conflict.field.0, values: conflict.values.iter().map(said).collect() }
}

/// An item's title on one line; where nobody gave one, the beginning of its text, so that there is always something to
/// click on.
pub(super) fn title(row: &ItemRow) -> String {
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let title = row.content.title.as_deref().map(one_line).unwrap_or_default();
    if !title.is_empty() {
        return title;
    }
    let body = row.content.body.as_deref().map(|body| one_line(&markdown::words(body))).unwrap_or_default();
    let borrowed: String = body.chars().take(BORROWED_TITLE_CHARS).collect();
    if borrowed.is_empty() { "…".to_owned() } else { borrowed }
}

/// What concurrent edits say differently about what people act on: shown side by side, never picked from.
pub(super) mod contested {
    use super::{Civil, CivilTime, Field, ItemRow, Value, local_time, view, when as said};

    /// Whether anything people act on is contested.
    pub(in super::super) fn any(row: &ItemRow) -> bool {
        [Field::STARTS, Field::ENDS, Field::PLACE, Field::CANCELLED]
            .iter()
            .any(|field| !versions(row, *field).is_empty())
    }

    /// Whether any version says that the event is called off.
    pub(in super::super) fn cancelled(row: &ItemRow) -> bool {
        row.content.cancelled || versions(row, Field::CANCELLED).contains(&Value::Bool(true))
    }

    /// When the event is; none for an event without a start.
    pub(in super::super) fn when(row: &ItemRow) -> Option<view::Stated<view::When>> {
        let starts = row.content.starts.as_ref().and_then(local_time::civil)?;
        let ends = row.content.ends.as_ref().and_then(local_time::civil);
        let start_versions: Vec<Civil> = versions(row, Field::STARTS).iter().filter_map(civil).collect();
        let end_versions: Vec<Option<Civil>> = versions(row, Field::ENDS).iter().map(civil).collect();
        // Both lists begin with the version that counts, so versions of one edit stand at one place; where a list is
        // shorter, that edit left the field as it was.
        let count = start_versions.len().max(end_versions.len());
        let all = (0..count).map(|at| {
            let starts = start_versions.get(at).copied().unwrap_or(starts);
            said(starts, end_versions.get(at).copied().unwrap_or(ends))
        });
        Some(stated(said(starts, ends), all))
    }

    /// Where the event is.
    pub(in super::super) fn place(row: &ItemRow) -> view::Stated<Option<String>> {
        let all = versions(row, Field::PLACE).iter().map(|value| match value {
            Value::Text(place) if !place.is_empty() => Some(place.clone()),
            _ => None,
        });
        stated(row.content.place.clone(), all)
    }

    /// Whether the event is called off.
    pub(in super::super) fn cancellation(row: &ItemRow) -> view::Stated<bool> {
        stated(row.content.cancelled, versions(row, Field::CANCELLED).iter().map(|value| *value == Value::Bool(true)))
    }

    fn versions(row: &ItemRow, field: Field) -> &[Value] {
        row.conflicts.iter().find(|conflict| conflict.field == field).map_or(&[], |conflict| &conflict.values)
    }

    fn civil(value: &Value) -> Option<Civil> {
        let Value::Text(text) = value else { return None };
        CivilTime::parse(text).ok().as_ref().and_then(local_time::civil)
    }

    fn stated<T: PartialEq>(agreed: T, versions: impl Iterator<Item = T>) -> view::Stated<T> {
        let mut claims: Vec<view::Claim<T>> = Vec::new();
        for value in versions {
            if claims.iter().all(|claim| claim.value != value) {
                claims.push(view::Claim { value, by: None });
            }
        }
        if claims.len() > 1 { view::Stated::Contested(claims) } else { view::Stated::Agreed(agreed) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use dorpsplein_protocol::identity::PublicKey;
    use dorpsplein_protocol::operation::{NeighbourhoodId, ResidentId, Space};
    use dorpsplein_protocol::projection::Author;
    use jiff::civil::datetime;

    use super::*;

    fn event(content: Content, conflicts: Vec<Conflict>) -> ItemRow {
        let home = NeighbourhoodId::from_bytes([1; 32]);
        let author = Author { device: PublicKey::from_bytes([2; 32]), resident: ResidentId::from_bytes([3; 32]), home };
        let created = Timestamp::from_millis(0);
        let row = ItemRow::bare(ItemId::from_bytes([4; 32]), Kind::EVENT, Space::Square, author, created);
        ItemRow { content, conflicts, ..row }
    }

    fn starting(text: &str) -> Content {
        Content { starts: CivilTime::parse(text).ok(), ..Content::default() }
    }

    #[test]
    fn two_starts_are_both_shown() {
        let values = vec![Value::Text("2026-12-04T20:00".to_owned()), Value::Text("2026-12-04T19:00".to_owned())];
        let row = event(starting("2026-12-04T20:00"), vec![Conflict { field: Field::STARTS, values }]);
        let Some(view::Stated::Contested(claims)) = contested::when(&row) else { panic!("both must stand") };
        let starts = |at: usize| claims[at].value.clone();
        assert_eq!(starts(0), view::When::Timed { starts: datetime(2026, 12, 4, 20, 0, 0, 0), ends: None });
        assert_eq!(starts(1), view::When::Timed { starts: datetime(2026, 12, 4, 19, 0, 0, 0), ends: None });
        assert!(contested::any(&row));
    }

    #[test]
    fn an_event_that_one_of_two_calls_off_is_listed_as_off_and_shown_as_both() {
        let values = vec![Value::Bool(false), Value::Bool(true)];
        let row = event(starting("2026-12-04"), vec![Conflict { field: Field::CANCELLED, values }]);
        assert!(contested::cancelled(&row));
        assert!(matches!(contested::cancellation(&row), view::Stated::Contested(claims) if claims.len() == 2));
    }

    #[test]
    fn an_event_without_disagreement_is_agreed() {
        let row = event(starting("2026-12-04"), Vec::new());
        assert!(!contested::any(&row));
        assert_eq!(contested::place(&row), view::Stated::Agreed(None));
        assert!(matches!(contested::when(&row), Some(view::Stated::Agreed(_))));
    }

    #[test]
    fn there_is_always_a_title_to_click_on() {
        let named = |title: &str, body: &str| {
            let content = Content { title: Some(title.to_owned()), body: Some(body.to_owned()), ..Content::default() };
            super::title(&event(content, Vec::new()))
        };
        assert_eq!(named("  Soep \n vandaag ", ""), "Soep vandaag");
        assert_eq!(named(" ", "Kom ook"), "Kom ook");
        assert_eq!(named("", ""), "…");
        assert_eq!(named("", &"é".repeat(100)).chars().count(), BORROWED_TITLE_CHARS);
    }

    #[test]
    fn what_edits_disagree_on_is_said_in_json_and_read_as_the_same() {
        let values =
            vec![Value::Null, Value::Bool(true), Value::Int(-3), Value::Text("nee".to_owned()), Value::Bytes(vec![7])];
        let body = conflict_body(&Conflict { field: Field::STARTS, values });
        let json = serde_json::to_string(&body).unwrap();
        assert!(json.ends_with(r#""values":[null,true,-3,"nee","07"]}"#), "{json}");
        assert_eq!(serde_json::from_str::<ConflictBody>(&json).unwrap(), body);
        // No field holds as much, and as a number with a fraction it would not be written as it was read.
        let large = json.replace("-3", &"5".repeat(123));
        assert!(serde_json::from_str::<ConflictBody>(&large).is_err());
    }
}
