//! Our agenda as a file for other calendars.

use calcard::common::PartialDateTime;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarDuration, ICalendarEntry, ICalendarParameter,
    ICalendarProperty, ICalendarStatus, ICalendarValue, ICalendarValueType, Uri,
};
use dorpsplein_protocol::recurrence::{Ends, Recurrence};
use dorpsplein_protocol::time::{CivilTime, Day, Timestamp};
use jiff::civil::DateTime;

use crate::event::Event;
use crate::zone::{Change, Zone};

/// The media type of such a file (RFC 5545, section 8.1).
pub const MEDIA_TYPE: &str = "text/calendar; charset=utf-8";

/// Who made the file.
const PRODUCT: &str = "-//Dorpsplein//Agenda//NL";
/// How often whoever subscribes may ask again, in seconds (RFC 7986, section 5.7).
const REFRESH_SECONDS: i64 = 3600;

/// A calendar as a whole.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// What it is called (RFC 7986, section 5.1).
    pub name: String,
    /// Where this file is, if the site knows its own address.
    pub source: Option<String>,
    /// Where its events can be read, likewise.
    pub url: Option<String>,
    /// The events.
    pub events: Vec<Published>,
}

/// An event as it stands on a square.
#[derive(Clone, Debug)]
pub struct Published {
    /// What it says. Its key is its name for other calendars, the same for ever (RFC 5545, section 3.8.4.7); its sequence is
    /// never less than it was.
    pub event: Event,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub changed: Timestamp,
    /// Its page, if the site knows its own address.
    pub url: Option<String>,
}

/// The file: lines of at most 75 bytes, ended as the RFC wants them.
///
/// Times are on the wall clock of the neighbourhood, with the rules of its zone in the file: eight o'clock stays eight
/// o'clock wherever it is read.
pub fn write(calendar: &Calendar, zone: &Zone) -> String {
    let mut file = ICalendar { components: vec![head(calendar)] };
    let mut add = |component: ICalendarComponent, into: usize| {
        let id = file.components.len();
        file.components.push(component);
        file.components[into].component_ids.push(u32::try_from(id).unwrap_or(u32::MAX));
        id
    };
    if calendar.events.iter().any(|event| !event.event.starts.is_all_day()) {
        let mut rules = ICalendarComponent::new(ICalendarComponentType::VTimezone);
        rules.add_property(ICalendarProperty::Tzid, zone.name());
        let place = add(rules, 0);
        for change in zone.changes(BEGINNING) {
            add(clock_change(&change), place);
        }
    }
    for event in &calendar.events {
        add(component(event, zone), 0);
    }
    let mut text = String::new();
    file.write_to(&mut text).expect("writing to a String cannot fail");
    text
}

/// From when on the rules of a zone are told: 1 January 1996, since when the clocks of the European Union change together.
const BEGINNING: jiff::Timestamp = jiff::Timestamp::constant(820_454_400, 0);

fn head(calendar: &Calendar) -> ICalendarComponent {
    use ICalendarProperty as P;
    let mut head = ICalendarComponent::new(ICalendarComponentType::VCalendar);
    head.add_property(P::Version, "2.0");
    head.add_property(P::Prodid, PRODUCT);
    head.add_property(P::Name, calendar.name.as_str());
    // What calendars asked for before there was NAME.
    head.add_property(P::Other("X-WR-CALNAME".to_owned()), calendar.name.as_str());
    let refresh = ICalendarDuration::from_seconds(REFRESH_SECONDS);
    let as_duration = [ICalendarParameter::value(ICalendarValueType::Duration)];
    head.add_property_with_params(P::RefreshInterval, as_duration, refresh);
    if let Some(source) = &calendar.source {
        let as_uri = [ICalendarParameter::value(ICalendarValueType::Uri)];
        head.add_property_with_params(P::Source, as_uri, Uri::Location(source.clone()));
    }
    if let Some(url) = &calendar.url {
        head.add_property(P::Url, Uri::Location(url.clone()));
    }
    head
}

/// The day of the year on which the clocks are set, for ever: the law names the last Sunday of a month.
fn clock_change(change: &Change) -> ICalendarComponent {
    let kind = if change.summer { ICalendarComponentType::Daylight } else { ICalendarComponentType::Standard };
    let mut component = ICalendarComponent::new(kind);
    let offset = |seconds: i32| {
        let (hours, minutes) = (seconds.unsigned_abs() / 3600, seconds.unsigned_abs() % 3600 / 60);
        PartialDateTime {
            tz_hour: u8::try_from(hours).ok(),
            tz_minute: u8::try_from(minutes).ok(),
            tz_minus: seconds < 0,
            ..PartialDateTime::default()
        }
    };
    component.add_property(ICalendarProperty::Dtstart, clock_time(change.at));
    component.add_property(ICalendarProperty::Tzoffsetfrom, offset(change.from_seconds));
    component.add_property(ICalendarProperty::Tzoffsetto, offset(change.to_seconds));
    component.add_property(ICalendarProperty::Tzname, change.name.as_str());
    let rule = format!("FREQ=YEARLY;BYMONTH={};BYDAY=-1SU", change.at.month());
    component.add_property(ICalendarProperty::Rrule, rule);
    component
}

fn component(published: &Published, zone: &Zone) -> ICalendarComponent {
    use ICalendarProperty as P;
    let Published { event, created, changed, url } = published;
    let mut component = ICalendarComponent::new(ICalendarComponentType::VEvent);
    component.add_uid(&event.key);
    component.add_property(P::Dtstamp, utc(*changed));
    component.add_property(P::Created, utc(*created));
    component.add_property(P::LastModified, utc(*changed));
    component.add_sequence(event.sequence.into());
    component.entries.push(time(P::Dtstart, &event.starts, zone));
    if let Some(ends) = end(&event.starts, event.ends.as_ref()) {
        component.entries.push(time(P::Dtend, &ends, zone));
    }
    if let Some(rule) = &event.repeats {
        component.add_property(P::Rrule, rule_text(rule, &event.starts, zone));
        for day in &event.except {
            component.entries.push(time(P::Exdate, &event.starts.on(*day), zone));
        }
    }
    component.add_property(P::Summary, event.title.as_str());
    if !event.body.is_empty() {
        component.add_property(P::Description, event.body.as_str());
    }
    for (property, text) in [(P::Location, &event.place), (P::Categories, &event.category)] {
        if let Some(text) = text.as_deref().filter(|text| !text.is_empty()) {
            component.add_property(property, text);
        }
    }
    let status = if event.cancelled { ICalendarStatus::Cancelled } else { ICalendarStatus::Confirmed };
    component.add_property(P::Status, ICalendarValue::Status(status));
    if let Some(url) = url {
        component.add_property(P::Url, Uri::Location(url.clone()));
    }
    component
}

/// The end as calendars have it: of whole days the day after the last one (RFC 5545, section 3.6.1). None where an end says
/// nothing, or lies before the start.
fn end(starts: &CivilTime, ends: Option<&CivilTime>) -> Option<CivilTime> {
    if starts.is_all_day() {
        let last = ends.map_or(starts.day(), CivilTime::day).max(starts.day());
        return last.plus_days(1).map(CivilTime::from);
    }
    ends.filter(|ends| !ends.is_all_day() && *ends > starts).cloned()
}

/// A civil time: a date, or a time with the name of its zone.
fn time(property: ICalendarProperty, time: &CivilTime, zone: &Zone) -> ICalendarEntry {
    let entry = ICalendarEntry::new(property);
    let date = date(time.day());
    let clock = time.as_str().get(11..).and_then(|clock| clock.split_once(':'));
    let number = |text: &str| text.parse().ok();
    match clock {
        None => entry.with_param(ICalendarParameter::value(ICalendarValueType::Date)).with_value(date),
        Some((hour, minute)) => {
            let at = PartialDateTime { hour: number(hour), minute: number(minute), second: Some(0), ..date };
            entry.with_param(ICalendarParameter::tzid(zone.name().to_owned())).with_value(at)
        }
    }
}

fn date(day: Day) -> PartialDateTime {
    let (year, month, day) = day.parts();
    PartialDateTime {
        year: u16::try_from(year).ok(),
        month: u8::try_from(month).ok(),
        day: u8::try_from(day).ok(),
        ..PartialDateTime::default()
    }
}

fn clock_time(at: DateTime) -> PartialDateTime {
    PartialDateTime {
        year: Some(at.year().unsigned_abs()),
        month: Some(at.month().unsigned_abs()),
        day: Some(at.day().unsigned_abs()),
        hour: Some(at.hour().unsigned_abs()),
        minute: Some(at.minute().unsigned_abs()),
        second: Some(at.second().unsigned_abs()),
        ..PartialDateTime::default()
    }
}

fn utc(at: Timestamp) -> PartialDateTime {
    PartialDateTime::from_utc_timestamp(i64::try_from(at.as_millis() / 1000).unwrap_or(0))
}

/// A rule as it stands in a file: of an event with a time of day its end is an instant (RFC 5545, section 3.3.10).
fn rule_text(rule: &Recurrence, starts: &CivilTime, zone: &Zone) -> String {
    let whole = rule.to_string();
    let Ends::On(day) = rule.ends() else { return whole };
    if starts.is_all_day() {
        return whole;
    }
    let endless = Recurrence::new(rule.every().clone(), rule.interval(), Ends::Never);
    match (endless, zone.end_of(day)) {
        (Ok(endless), Some(end)) => format!("{endless};UNTIL={}", end.strftime("%Y%m%dT%H%M%SZ")),
        _ => whole,
    }
}
