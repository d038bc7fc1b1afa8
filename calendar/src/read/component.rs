//! Single events of a file.

use std::collections::{BTreeMap, BTreeSet};

use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarParameter, ICalendarParameterName,
    ICalendarProperty, ICalendarStatus, ICalendarValue, Uri,
};
use dorpsplein_protocol::time::{CivilTime, Day};

use super::text;
use super::{MAX_EVENTS, Read, Skipped, SkippedWhy};
use crate::event::Event;
use crate::recurrence::{Steps, Times, times};
use crate::zone::Zone;

/// The longest `UID` that is taken, in bytes: with which time it is behind it, it still fits its field.
const MAX_UID_BYTES: usize = 200;

/// What reads the events of a file.
pub(super) struct Reader<'a> {
    pub(super) file: &'a ICalendar,
    pub(super) zone: &'a Zone,
    pub(super) today: Day,
    pub(super) all_cancelled: bool,
    pub(super) steps: Steps,
}

/// What an event says beside its times.
struct Words {
    uid: String,
    sequence: u32,
    title: String,
    body: String,
    place: Option<String>,
    website: Option<String>,
    category: Option<String>,
    cancelled: bool,
}

impl Reader<'_> {
    pub(super) fn fill(mut self, read: &mut Read) {
        let mut found: BTreeMap<String, Event> = BTreeMap::new();
        let mut changed: BTreeMap<String, BTreeSet<Day>> = BTreeMap::new();
        let file = self.file;
        let events = || file.components.iter().filter(|one| one.component_type == ICalendarComponentType::VEvent);
        // What was changed of a recurring event first: it says on which days that does not happen as usual.
        let (alone, whole): (Vec<_>, Vec<_>) = events().partition(|one| one.is_recurrence_override());
        for component in alone.into_iter().chain(whole) {
            let taken = self.event(component, &mut changed);
            match taken {
                Ok(events) => events.into_iter().for_each(|event| self.add(event, &mut found, read)),
                Err(why) => read.skipped.push(Skipped { title: called(component), why }),
            }
        }
        read.events = found.into_values().collect();
        read.events.sort_by(|a, b| (&a.starts, &a.key).cmp(&(&b.starts, &b.key)));
    }

    /// Keeps an event that is not over; of two with one name the one that was changed more often.
    fn add(&self, event: Event, found: &mut BTreeMap<String, Event>, read: &mut Read) {
        if event.last_day().is_some_and(|last| last < self.today) {
            read.past += 1;
        } else if found.len() >= MAX_EVENTS && !found.contains_key(&event.key) {
            read.skipped.push(Skipped { title: event.title, why: SkippedWhy::TooMany });
        } else if found.get(&event.key).is_none_or(|known| known.sequence <= event.sequence) {
            found.insert(event.key.clone(), event);
        }
    }

    /// What a component says: one event, or its single times.
    fn event(
        &mut self,
        component: &ICalendarComponent,
        changed: &mut BTreeMap<String, BTreeSet<Day>>,
    ) -> Result<Vec<Event>, SkippedWhy> {
        let words = self.words(component)?;
        let file = self.alone(component);
        if let Some(entry) = component.property(&ICalendarProperty::RecurrenceId) {
            if entry.params.iter().any(|param| param.name == ICalendarParameterName::Range) {
                return Err(SkippedWhy::AllLater);
            }
            let original = self.original_time(entry).ok_or(SkippedWhy::NoStart)?;
            changed.entry(words.uid.clone()).or_default().insert(original.day());
            let (starts, ends) =
                times(&file, self.zone, self.today, &mut self.steps)?.once().ok_or(SkippedWhy::NoStart)?;
            let key = keyed(&words.uid, &original);
            return Ok(vec![words.at(key, starts, ends)]);
        }
        let except = changed.get(&words.uid).cloned().unwrap_or_default();
        Ok(match times(&file, self.zone, self.today, &mut self.steps)? {
            Times::Once { starts, ends } => vec![words.at(words.uid.clone(), starts, ends)],
            Times::Recurring { starts, ends, rule, except: without } => {
                let event = words.at(words.uid.clone(), starts, ends);
                let except = without.into_iter().chain(except).collect::<BTreeSet<_>>().into_iter().collect();
                vec![Event { repeats: Some(rule), except, ..event }]
            }
            Times::Single(all) => {
                let kept = all.into_iter().filter(|(starts, _)| !except.contains(&starts.day()));
                kept.map(|(starts, ends)| words.at(keyed(&words.uid, &starts), starts, ends)).collect()
            }
        })
    }

    /// A file with this component and the time zones, and nothing else to be looked at.
    fn alone(&self, component: &ICalendarComponent) -> ICalendar {
        let mut head = ICalendarComponent::new(ICalendarComponentType::VCalendar);
        let zones = self.file.components.iter().filter(|one| one.component_type == ICalendarComponentType::VTimezone);
        let flat = |one: &ICalendarComponent| ICalendarComponent { component_ids: Vec::new(), ..one.clone() };
        let mut alone = flat(component);
        // To be put in the place of another time is no matter of its own times.
        alone.entries.retain(|entry| entry.name != ICalendarProperty::RecurrenceId);
        alone.entries.iter_mut().filter(|entry| entry.name == ICalendarProperty::Dtstart).for_each(name_utc);
        let parts: Vec<_> = zones.map(flat).chain([alone]).collect();
        head.component_ids = (1..).take(parts.len()).collect();
        ICalendar { components: [head].into_iter().chain(parts).collect() }
    }

    /// Which time of a recurring event this one stands for.
    fn original_time(&self, entry: &ICalendarEntry) -> Option<CivilTime> {
        let mut start = entry.clone();
        start.name = ICalendarProperty::Dtstart;
        let component =
            ICalendarComponent { entries: vec![start], ..ICalendarComponent::new(ICalendarComponentType::VEvent) };
        times(&self.alone(&component), self.zone, self.today, &mut Steps::default())
            .ok()?
            .once()
            .map(|(starts, _)| starts)
    }

    fn words(&self, component: &ICalendarComponent) -> Result<Words, SkippedWhy> {
        let said = |property: &ICalendarProperty| component.property(property).and_then(|entry| entry.values.first());
        let said_text = |property: &ICalendarProperty| said(property).and_then(ICalendarValue::as_text);
        let uid = said_text(&ICalendarProperty::Uid).map(str::trim).unwrap_or_default();
        if uid.is_empty() || uid.len() > MAX_UID_BYTES || uid.contains(char::is_control) {
            return Err(SkippedWhy::NoUid);
        }
        let sequence = match said(&ICalendarProperty::Sequence) {
            Some(ICalendarValue::Integer(sequence)) => u32::try_from(*sequence).unwrap_or(0),
            _ => 0,
        };
        let website = match said(&ICalendarProperty::Url) {
            Some(ICalendarValue::Uri(Uri::Location(address))) => text::website(address),
            Some(value) => value.as_text().and_then(text::website),
            None => None,
        };
        let cancelled =
            matches!(said(&ICalendarProperty::Status), Some(ICalendarValue::Status(ICalendarStatus::Cancelled)));
        let body = said_text(&ICalendarProperty::Description).map(text::body).unwrap_or_default();
        let place = said_text(&ICalendarProperty::Location).map(text::line).filter(|place| !place.is_empty());
        Ok(Words {
            uid: uid.to_owned(),
            sequence,
            title: said_text(&ICalendarProperty::Summary)
                .map(text::line)
                .filter(|title| !title.is_empty())
                .unwrap_or_else(|| "…".to_owned()),
            body,
            place,
            website,
            category: said_text(&ICalendarProperty::Categories).and_then(text::category),
            cancelled: cancelled || self.all_cancelled,
        })
    }
}

impl Words {
    /// The event with these words at this time.
    fn at(&self, key: String, starts: CivilTime, ends: Option<CivilTime>) -> Event {
        Event {
            key,
            sequence: self.sequence,
            title: self.title.clone(),
            body: self.body.clone(),
            place: self.place.clone(),
            website: self.website.clone(),
            category: self.category.clone(),
            starts,
            ends,
            repeats: None,
            except: Vec::new(),
            cancelled: self.cancelled,
        }
    }
}

/// A start in UTC says so by the name of that zone: the library goes through the times of a rule by name alone.
fn name_utc(start: &mut ICalendarEntry) {
    let Some(ICalendarValue::PartialDateTime(at)) = start.values.first_mut() else { return };
    if (at.tz_hour, at.tz_minute) == (Some(0), Some(0)) {
        (at.tz_hour, at.tz_minute) = (None, None);
        start.params.retain(|param| param.name != ICalendarParameterName::Tzid);
        start.add_param(ICalendarParameter::tzid("Etc/UTC".to_owned()));
    }
}

/// By what one time of several is known again.
fn keyed(uid: &str, time: &CivilTime) -> String {
    format!("{uid}#{}", time.as_str())
}

/// What a component is called, for whoever has to find it in the file.
fn called(component: &ICalendarComponent) -> String {
    let summary = component.property(&ICalendarProperty::Summary).and_then(|entry| entry.values.first()?.as_text());
    let title = text::line(summary.or_else(|| component.uid()).unwrap_or_default());
    if title.is_empty() { "…".to_owned() } else { title }
}
