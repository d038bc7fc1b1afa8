//! Changing what stands here: the form with it, and what it said before.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use dorpsplein_protocol::operation::{AreaId, Field, ItemId, Kind, Value};
use dorpsplein_protocol::projection::{self, Conflict, Content, ItemRow, Version};
use dorpsplein_protocol::recurrence::{Ends, Every, InMonth, Recurrence};
use dorpsplein_protocol::store::StoreError;
use dorpsplein_protocol::time::CivilTime;
use dorpsplein_web_ui::{Lang, pages, view};

use super::super::local_time;
use super::item::title;
use super::lists::when;
use super::standing::handle;
use super::{ReadError, Reader, posts};

/// The fields of which a maker chooses a version, with the texts that name them.
const CHOSEN: [(Field, &str); 15] = [
    (Field::TITLE, "write-field-title"),
    (Field::STARTS, view::fact::STARTS),
    (Field::ENDS, view::fact::ENDS),
    (Field::PLACE, "event-where"),
    (Field::CANCELLED, view::fact::CANCELLED),
    (Field::AREA, "fact-area"),
    (Field::CATEGORY, "fact-category"),
    (Field::REVIEW_BY, "write-field-review"),
    (Field::SETTLED, view::fact::SETTLED),
    (Field::CAPACITY, "write-field-capacity"),
    (Field::REPEATS, "event-repeats"),
    (Field::PHONE, "fact-phone"),
    (Field::EMAIL, "fact-email"),
    (Field::WEBSITE, "fact-website"),
    (Field::HOURS, "fact-hours"),
];

impl Reader {
    /// The form in which the maker of an item changes it. Its words are on the item's page already, so whoever may see that
    /// may see this; what they sign decides.
    pub(in super::super) fn edit_page(&self, id: &ItemId, lang: Lang) -> Result<String, ReadError> {
        let row = self.visible(id)?;
        if row.erased.is_some() {
            return Err(ReadError::NotFound);
        }
        let filled = self.filled(&row);
        if let Some(kind) = posts::post_kind(row.kind) {
            let page = view::WritePage { kind, choices: self.choices()?, filled, editing: Some(handle(&row)) };
            return Ok(pages::write(&self.frame(), &page, lang)?);
        }
        if !matches!(row.kind, Kind::COMMENT | Kind::UPDATE) {
            return Err(ReadError::NotFound);
        }
        let subject = self.subject_of(&row)?;
        let page = view::WordsPage { update: row.kind == Kind::UPDATE, editing: Some(handle(&row)), subject, filled };
        Ok(pages::words(&self.frame(), &page, lang)?)
    }

    /// The form in which one says how things stand with an alert.
    pub(in super::super) fn update_page(&self, id: &ItemId, lang: Lang) -> Result<String, ReadError> {
        let row = self.visible(id)?;
        if row.kind != Kind::ALERT || row.erased.is_some() {
            return Err(ReadError::NotFound);
        }
        let subject = self.as_subject(&row).ok_or(ReadError::NotFound)?;
        let page = view::WordsPage { update: true, editing: None, subject, filled: view::Filled::default() };
        Ok(pages::words(&self.frame(), &page, lang)?)
    }

    /// What an item said before.
    pub(in super::super) fn history_page(&self, id: &ItemId, lang: Lang) -> Result<String, ReadError> {
        let row = self.visible(id)?;
        let of_subject = row.kind.is_post();
        let subject =
            if of_subject { self.as_subject(&row).ok_or(ReadError::NotFound)? } else { self.subject_of(&row)? };
        let all = projection::versions(&self.store, &row)?;
        let mut versions = Vec::with_capacity(all.len());
        let mut before: Option<&Version> = None;
        for version in &all {
            versions.push(self.version(&row, before, version)?);
            before = Some(version);
        }
        versions.reverse();
        let page = view::HistoryPage { id: row.id.to_string(), subject, of_subject, versions };
        Ok(pages::history(&self.frame(), &page, lang)?)
    }

    /// Facts of which concurrent edits left several versions.
    pub(super) fn disagreements(&self, row: &ItemRow) -> Vec<view::Disagreement> {
        let one = |conflict: &Conflict| {
            let (_, fact) = CHOSEN.iter().find(|(field, _)| *field == conflict.field)?;
            let choice =
                |value: &Value| view::Choice { said: self.value_said(row, conflict.field, value), value: coded(value) };
            let versions = conflict.values.iter().map(choice).collect();
            Some(view::Disagreement { fact, field: conflict.field.0, versions })
        };
        row.conflicts.iter().filter_map(one).collect()
    }

    /// The post that an answer is about, as far as this visitor may see it.
    fn subject_of(&self, row: &ItemRow) -> Result<view::Subject, ReadError> {
        let subject = self.visible(&row.subject.ok_or(ReadError::NotFound)?)?;
        self.as_subject(&subject).ok_or(ReadError::NotFound)
    }

    fn as_subject(&self, row: &ItemRow) -> Option<view::Subject> {
        Some(view::Subject {
            id: row.id.to_string(),
            kind: posts::post_kind(row.kind)?,
            title: title(row),
            neighbourhood: row.neighbourhood.to_string(),
            space: row.space.name(),
        })
    }

    fn version(&self, row: &ItemRow, before: Option<&Version>, now: &Version) -> Result<view::Version, StoreError> {
        let (device, home) = now.by;
        let register = self.registers.get(&home);
        let resident = register.and_then(|register| Some(register.membership(&device)?.resident));
        let by = resident.map_or(row.author, |resident| projection::Author { device, resident, home });
        // What was said to residents alone is theirs, also after the item was shown to more people.
        let was_for_them = |version: &Version| self.reaches(&ItemRow { space: version.audience, ..row.clone() });
        let open = was_for_them(now) && before.is_none_or(was_for_them);
        Ok(view::Version {
            at: local_time::local(now.at),
            by: self.author(&by)?,
            first: now.operation == row.id.into(),
            changes: open.then(|| self.changes(row, before.map(|before| &before.content), &now.content)),
        })
    }

    fn changes(&self, row: &ItemRow, before: Option<&Content>, after: &Content) -> Vec<view::Change> {
        let nothing = Content::default();
        let before = self.facts_of(row, before.unwrap_or(&nothing));
        let after = self.facts_of(row, after);
        let both =
            before.into_iter().zip(after).map(|((fact, before), (_, after))| view::Change { fact, before, after });
        both.filter(|change| change.before != change.after).collect()
    }

    /// What an item says, fact by fact, always in the same order.
    fn facts_of(&self, row: &ItemRow, content: &Content) -> Vec<(&'static str, view::FactValue)> {
        let words = |words: &Option<String>| words.clone().map_or(view::FactValue::Nothing, view::FactValue::Words);
        let yes = |yes: bool| if yes { view::FactValue::Yes } else { view::FactValue::Nothing };
        let starts = content.starts.as_ref().and_then(local_time::civil);
        let ends = content.ends.as_ref().and_then(local_time::civil);
        let photos: Vec<&str> = content.photos.iter().map(|at| at.photo.alt.as_str()).collect();
        vec![
            ("write-field-title", words(&content.title)),
            ("event-when", starts.map_or(view::FactValue::Nothing, |starts| view::FactValue::When(when(starts, ends)))),
            ("event-repeats", self.repeats_of(content)),
            (view::fact::CANCELLED, yes(content.cancelled)),
            ("event-where", words(&content.place)),
            ("write-field-body", words(&content.body)),
            (view::fact::PHOTOS, words(&(!photos.is_empty()).then(|| photos.join("\n")))),
            ("fact-phone", words(&content.phone)),
            ("fact-email", words(&content.email)),
            ("fact-website", words(&content.website)),
            ("fact-hours", words(&content.hours)),
            ("fact-category", words(&content.category)),
            ("fact-area", words(&content.area.as_ref().and_then(|area| self.area_name(row, area)))),
            ("write-field-review", words(&content.review_by.as_ref().map(ToString::to_string))),
            ("write-field-capacity", words(&content.capacity.map(|people| people.to_string()))),
            (view::fact::SETTLED, yes(content.settled)),
            (view::fact::PARTY, words(&content.party.map(|people| people.to_string()))),
        ]
    }

    fn repeats_of(&self, content: &Content) -> view::FactValue {
        let repeats = content.starts.as_ref().zip(content.repeats.as_ref());
        let repeats = repeats.and_then(|(starts, rule)| posts::repeats_of(Some(rule), starts));
        repeats.map_or(view::FactValue::Nothing, view::FactValue::Repeats)
    }

    /// What one value of a field says.
    fn value_said(&self, row: &ItemRow, field: Field, value: &Value) -> view::FactValue {
        let civil = |text: &str| CivilTime::parse(text).ok().as_ref().and_then(local_time::civil);
        match (field, value) {
            (_, Value::Bool(true)) => view::FactValue::Yes,
            (Field::STARTS | Field::ENDS, Value::Text(text)) => {
                civil(text).map_or(view::FactValue::Nothing, |at| view::FactValue::When(when(at, None)))
            }
            (Field::REPEATS, Value::Text(rule)) => {
                self.repeats_of(&Content { repeats: Recurrence::parse(rule).ok(), ..row.content.clone() })
            }
            (Field::AREA, Value::Bytes(bytes)) => {
                let area = <[u8; 32]>::try_from(bytes.as_slice()).ok().map(AreaId::from_bytes);
                let name = area.and_then(|area| self.area_name(row, &area));
                name.map_or(view::FactValue::Nothing, view::FactValue::Words)
            }
            (_, Value::Text(text)) if !text.is_empty() => view::FactValue::Words(text.clone()),
            (_, Value::Int(number)) => view::FactValue::Words(number.to_string()),
            _ => view::FactValue::Nothing,
        }
    }

    /// What stands in the form of an item.
    fn filled(&self, row: &ItemRow) -> view::Filled {
        let content = &row.content;
        let words = |words: &Option<String>| words.clone().unwrap_or_default();
        let day = |time: &Option<CivilTime>| time.as_ref().map(|time| time.day().to_string()).unwrap_or_default();
        let clock = |time: &Option<CivilTime>| {
            time.as_ref().and_then(|time| time.as_str().get(11..16)).unwrap_or_default().to_owned()
        };
        let (repeats, until) = repeats_in_form(content);
        let shown: BTreeMap<u16, view::Photo> =
            content.photos.iter().map(|at| at.field.0).zip(self.photos(row)).collect();
        let lengths = content.photos.iter().map(|at| (at.field.0, at.photo.length));
        view::Filled {
            title: words(&content.title),
            body: words(&content.body),
            starts_date: day(&content.starts),
            starts_time: clock(&content.starts),
            ends_date: day(&content.ends),
            ends_time: clock(&content.ends),
            all_day: content.starts.as_ref().is_some_and(CivilTime::is_all_day),
            repeats: repeats.unwrap_or_default().to_owned(),
            repeats_otherwise: if repeats.is_some() { None } else { posts::repeats(row) },
            repeats_until: until,
            capacity: content.capacity.map(|people| people.to_string()).unwrap_or_default(),
            place: words(&content.place),
            phone: words(&content.phone),
            email: words(&content.email),
            website: words(&content.website),
            hours: words(&content.hours),
            category: words(&content.category),
            area: content.area.as_ref().map(ToString::to_string).unwrap_or_default(),
            review_by: content.review_by.as_ref().map(ToString::to_string).unwrap_or_default(),
            cancelled: content.cancelled,
            settled: content.settled,
            photos: lengths
                .filter_map(|(field, length)| {
                    Some(view::KeptPhoto { photo: shown.get(&field)?.clone(), field, length })
                })
                .collect(),
        }
    }
}

/// How an event recurs as its form names it, and until which day; none where the form has no name for it.
fn repeats_in_form(content: &Content) -> (Option<&'static str>, String) {
    let Some((starts, rule)) = content.starts.as_ref().zip(content.repeats.as_ref()) else {
        return (Some(""), String::new());
    };
    let first = starts.day();
    let (_, _, number) = first.parts();
    let nth = u8::try_from((number - 1) / 7 + 1).unwrap_or(1);
    let name = match (rule.every(), rule.interval()) {
        (Every::Week(days), 1) if days.is_empty() => Some("weekly"),
        (Every::Week(days), 2) if days.is_empty() => Some("fortnightly"),
        (Every::Month(Some(InMonth::Nth(of, day))), 1) if (*of, *day) == (nth, first.weekday()) => {
            Some("monthly-weekday")
        }
        (Every::Month(Some(InMonth::LastOf(day))), 1) if *day == first.weekday() => Some("monthly-last-weekday"),
        (Every::Month(None), 1) => Some("monthly-day"),
        (Every::Year(None), 1) => Some("yearly"),
        _ => None,
    };
    match rule.ends() {
        Ends::Never => (name, String::new()),
        Ends::On(day) => (name, if name.is_some() { day.to_string() } else { String::new() }),
        Ends::After(_) => (None, String::new()),
    }
}

/// A value for the browser's module: a letter for its type, and the value.
fn coded(value: &Value) -> String {
    match value {
        Value::Null => "n".to_owned(),
        Value::Bool(yes) => format!("b{yes}"),
        Value::Int(number) => format!("i{number}"),
        Value::Text(text) => format!("t{text}"),
        Value::Bytes(bytes) => format!("x{}", HEXLOWER.encode(bytes)),
    }
}
