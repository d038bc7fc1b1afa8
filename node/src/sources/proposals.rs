//! What other calendars say, held against what stands on the square: what a connector could publish, change or call off.

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::HEXLOWER;
use dorpsplein_calendar::Event;
use dorpsplein_protocol::operation::{Edit, Field, Value};
use dorpsplein_protocol::projection::{Content, ItemRow};
use dorpsplein_protocol::time::{CivilTime, Day};
use sha2::{Digest, Sha256};

use super::Kept;

/// What a source would have a connector do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// What.
    pub what: What,
    /// The event as the source says it; where the source says nothing any more, as it stands on the square.
    pub event: Event,
    /// The source, by its id.
    pub source: String,
    /// What tells this proposal from another about the same event.
    pub print: String,
}

/// What is proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// It stands nowhere yet.
    New,
    /// It stands on the square otherwise.
    Changed(Box<ItemRow>),
    /// The source calls it off.
    Cancelled(Box<ItemRow>),
    /// The source no longer has it.
    Gone(Box<ItemRow>),
}

impl What {
    /// The item that was published of it.
    pub fn row(&self) -> Option<&ItemRow> {
        match self {
            Self::New => None,
            Self::Changed(row) | Self::Cancelled(row) | Self::Gone(row) => Some(row),
        }
    }
}

/// Everything that is proposed: by source, then by start. `published` are the events of this square that came from another
/// calendar; `today` is the day on which what is over needs no more attention.
pub fn proposals(kept: &Kept, published: &[ItemRow], today: Day) -> Vec<Proposal> {
    let rows: BTreeMap<&str, &ItemRow> =
        published.iter().filter_map(|row| Some((row.content.uid.as_deref()?, row))).collect();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut all = Vec::new();
    for (id, source) in &kept.sources {
        let mut of_source = Vec::new();
        for event in &source.events {
            // Of one event in two calendars the first counts.
            if !seen.insert(&event.key) || event.last_day().is_some_and(|last| last < today) {
                continue;
            }
            if let Some(what) = difference(event, rows.get(event.key.as_str()).copied()) {
                let print = print(&what, event);
                of_source.push(Proposal { what, event: event.clone(), source: id.clone(), print });
            }
        }
        of_source.sort_by(|a, b| (&a.event.starts, &a.event.key).cmp(&(&b.event.starts, &b.event.key)));
        all.extend(of_source);
    }
    all.extend(gone(kept, &rows, &seen, today));
    all.retain(|proposal| !kept.is_passed_over(&proposal.event.key, &proposal.print));
    all
}

/// What a source no longer has, though it is still to come and the source was read.
fn gone(kept: &Kept, rows: &BTreeMap<&str, &ItemRow>, seen: &BTreeSet<&str>, today: Day) -> Vec<Proposal> {
    let mut all = Vec::new();
    for (key, row) in rows.iter().filter(|(key, row)| !seen.contains(*key) && !row.content.cancelled) {
        let source = row.content.source.as_deref().unwrap_or_default();
        let read = kept.sources.get(source).is_some_and(|source| source.trouble.is_none() && !source.events.is_empty());
        let Some(event) = as_event(key, &row.content) else { continue };
        if read && event.last_day().is_none_or(|last| last >= today) {
            let what = What::Gone(Box::new((*row).clone()));
            let print = print(&what, &event);
            all.push(Proposal { what, event, source: source.to_owned(), print });
        }
    }
    all
}

/// What is to be done so that the square says what the source says; none when it does.
fn difference(event: &Event, row: Option<&ItemRow>) -> Option<What> {
    let Some(row) = row else { return (!event.cancelled).then_some(What::New) };
    match (event.cancelled, row.content.cancelled) {
        (true, false) => Some(What::Cancelled(Box::new(row.clone()))),
        (true, true) => None,
        (false, _) => (!changes(event, &row.content).is_empty()).then(|| What::Changed(Box::new(row.clone()))),
    }
}

/// What the edits are that make a new item of an event. `source` is where it came from, `category` one of the square's.
pub fn creation(event: &Event, source: &str, category: Option<&str>) -> Vec<Edit> {
    let nothing = Content::default();
    let mut edits = changes(event, &nothing);
    edits.push(set(Field::UID, Value::Text(event.key.clone())));
    edits.push(set(Field::SOURCE, Value::Text(source.to_owned())));
    edits.extend(category.map(|category| set(Field::CATEGORY, Value::Text(category.to_owned()))));
    edits
}

/// What the edits are that have an item say what the event says; none when it does.
pub fn changes(event: &Event, content: &Content) -> Vec<Edit> {
    let text = |text: Option<&str>| {
        text.filter(|text| !text.is_empty()).map_or(Value::Null, |text| Value::Text(text.to_owned()))
    };
    let civil = |time: Option<&CivilTime>| text(time.map(CivilTime::as_str));
    let (rule, known_rule) = (event.repeats.as_ref(), content.repeats.as_ref());
    let said =
        |rule: Option<&dorpsplein_protocol::recurrence::Recurrence>| text(rule.map(ToString::to_string).as_deref());
    let fields = [
        (Field::TITLE, text(Some(&event.title)), text(content.title.as_deref())),
        (Field::BODY, text(Some(&event.body)), text(content.body.as_deref())),
        (Field::PLACE, text(event.place.as_deref()), text(content.place.as_deref())),
        (Field::WEBSITE, text(event.website.as_deref()), text(content.website.as_deref())),
        (Field::STARTS, civil(Some(&event.starts)), civil(content.starts.as_ref())),
        (Field::ENDS, civil(event.ends.as_ref()), civil(content.ends.as_ref())),
        (Field::REPEATS, said(rule), said(known_rule)),
    ];
    let mut edits: Vec<Edit> =
        fields.into_iter().filter(|(_, new, old)| new != old).map(|(field, new, _)| set(field, new)).collect();
    if event.cancelled != content.cancelled {
        edits.push(set(Field::CANCELLED, Value::Bool(event.cancelled)));
    }
    let days = |from: &[Day], without: &[Day]| {
        from.iter().filter(|day| !without.contains(day)).map(ToString::to_string).collect::<Vec<_>>()
    };
    let field = Field::EXCEPT;
    edits.extend(days(&event.except, &content.except).into_iter().map(|member| Edit::Add { field, member }));
    edits.extend(days(&content.except, &event.except).into_iter().map(|member| Edit::Remove { field, member }));
    edits
}

fn set(field: Field, value: Value) -> Edit {
    Edit::Set { field, value }
}

/// An item as an event of another calendar; none without a start.
pub(crate) fn as_event(key: &str, content: &Content) -> Option<Event> {
    Some(Event {
        key: key.to_owned(),
        sequence: 0,
        title: content.title.clone().unwrap_or_default(),
        body: content.body.clone().unwrap_or_default(),
        place: content.place.clone(),
        website: content.website.clone(),
        category: content.category.clone(),
        starts: content.starts.clone()?,
        ends: content.ends.clone(),
        repeats: content.repeats.clone(),
        except: content.except.clone(),
        cancelled: content.cancelled,
    })
}

/// What tells a proposal from another about the same event: what it is, and what the source says.
fn print(what: &What, event: &Event) -> String {
    let name = match what {
        What::New => "new",
        What::Changed(_) => "changed",
        What::Cancelled(_) => "cancelled",
        What::Gone(_) => return "gone".to_owned(),
    };
    let said = serde_json::to_vec(&Event { sequence: 0, ..event.clone() }).expect("an event is text and numbers");
    let hash = Sha256::new().chain_update(name).chain_update(said).finalize();
    HEXLOWER.encode(&hash[..16])
}
