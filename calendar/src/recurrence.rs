//! When an event of another calendar happens: as one of our rules where one says the same, else time by time.

use std::collections::BTreeSet;

use calcard::common::timezone::Tz;
use calcard::icalendar::dates::{CalendarErrorType, TimeOrDelta};
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarFrequency, ICalendarProperty, ICalendarRecurrenceRule, ICalendarValue,
};
use chrono::{DateTime, TimeDelta, TimeZone};
use dorpsplein_protocol::recurrence::Recurrence;
use dorpsplein_protocol::time::{CivilTime, Day};

use crate::read::SkippedWhy;
use crate::zone::{Zone, as_it_stands};

/// The most single times that an event becomes.
pub const MAX_TIMES: usize = 366;
/// How many days ahead single times are made, and a rule of ours is held against that of the file.
pub const WINDOW_DAYS: u32 = 400;
/// The most times of one event that are gone through: a daily one of half a century.
const MAX_STEPS: usize = 20_000;
/// The most of a whole file.
const MAX_STEPS_IN_ALL: usize = 400_000;

/// How many times of events may still be gone through.
pub(crate) struct Steps(usize);

impl Default for Steps {
    fn default() -> Self {
        Self(MAX_STEPS_IN_ALL)
    }
}

/// When an event is.
#[derive(Debug)]
pub(crate) enum Times {
    /// Once.
    Once { starts: CivilTime, ends: Option<CivilTime> },
    /// Again and again, as one of our rules says.
    Recurring { starts: CivilTime, ends: Option<CivilTime>, rule: Recurrence, except: Vec<Day> },
    /// At these times of the coming [`WINDOW_DAYS`].
    Single(Vec<(CivilTime, Option<CivilTime>)>),
}

impl Times {
    /// The one time, if it is one.
    pub(crate) fn once(self) -> Option<(CivilTime, Option<CivilTime>)> {
        match self {
            Self::Once { starts, ends } => Some((starts, ends)),
            Self::Recurring { starts, ends, .. } => Some((starts, ends)),
            Self::Single(all) => all.into_iter().next(),
        }
    }
}

/// One time as the library works it out.
type Expanded = (DateTime<Tz>, TimeOrDelta<DateTime<Tz>, TimeDelta>);

/// When the one event of `file` is, on the clocks of `zone`.
pub(crate) fn times(file: &ICalendar, zone: &Zone, today: Day, steps: &mut Steps) -> Result<Times, SkippedWhy> {
    let event = file.components.last().ok_or(SkippedWhy::NoStart)?;
    let rule = the_rule(event)?;
    let all = expanded(file, zone, steps)?;
    let all_day = is_all_day(event);
    let has_end = event.has_property(&ICalendarProperty::Dtend) || event.has_property(&ICalendarProperty::Duration);
    let civil = |(starts, ends): &Expanded| {
        let (starts, ends) = civil_times(starts, ends, all_day, zone)?;
        // An end that nobody said is left unsaid.
        Some((starts, ends.filter(|_| has_end)))
    };
    let first = all.first().and_then(civil).ok_or(SkippedWhy::NoStart)?;
    if !event.is_recurrent() {
        return Ok(Times::Once { starts: first.0, ends: first.1 });
    }
    let last = today.plus_days(WINDOW_DAYS).unwrap_or(Day::LAST);
    let within = |(starts, _): &(CivilTime, Option<CivilTime>)| (today..=last).contains(&starts.day());
    let coming: Vec<_> = all.iter().filter_map(civil).filter(within).collect();
    if let Some((rule, except)) = rule.and_then(|rule| same_rule(rule, event, &first.0, today, last, &coming)) {
        return Ok(Times::Recurring { starts: first.0, ends: first.1, rule, except });
    }
    if coming.len() > MAX_TIMES { Err(SkippedWhy::TooOften) } else { Ok(Times::Single(coming)) }
}

/// The rule of an event, as it stands in the file. One that comes true more than once a day is not gone through at all.
fn the_rule(event: &ICalendarComponent) -> Result<Option<&ICalendarRecurrenceRule>, SkippedWhy> {
    let mut rules = event.properties(&ICalendarProperty::Rrule).flat_map(|entry| &entry.values);
    let rule = match (rules.next(), rules.next()) {
        (None, _) => return Ok(None),
        (Some(ICalendarValue::RecurrenceRule(rule)), None) => &**rule,
        // Two rules were given up by RFC 5545; a rule that cannot be read says nothing.
        _ => return Err(SkippedWhy::TooOften),
    };
    let daily_at_most = matches!(
        rule.freq,
        ICalendarFrequency::Daily
            | ICalendarFrequency::Weekly
            | ICalendarFrequency::Monthly
            | ICalendarFrequency::Yearly
    );
    let once_a_day = rule.byhour.len() <= 1 && rule.byminute.len() <= 1 && rule.bysecond.len() <= 1;
    if daily_at_most && once_a_day { Ok(Some(rule)) } else { Err(SkippedWhy::TooOften) }
}

/// Every time of the event, by start, as far as may be gone through.
fn expanded(file: &ICalendar, zone: &Zone, steps: &mut Steps) -> Result<Vec<Expanded>, SkippedWhy> {
    let most = MAX_STEPS.min(steps.0);
    if most == 0 {
        return Err(SkippedWhy::TooOften);
    }
    let expanded = file.expand_dates(zone.for_expanding(), most);
    steps.0 = steps.0.saturating_sub(expanded.events.len().max(1));
    match expanded.errors.first().map(|error| &error.error) {
        Some(CalendarErrorType::RRule(_)) => return Err(SkippedWhy::TooOften),
        Some(_) => return Err(SkippedWhy::NoStart),
        None => {}
    }
    let mut all: Vec<Expanded> = expanded.events.into_iter().map(|event| (event.start, event.end)).collect();
    all.sort_by_key(|(starts, _)| *starts);
    Ok(all)
}

/// Our rule with the days on which it does not come true, where that says the same as the file for the coming days.
fn same_rule(
    rule: &ICalendarRecurrenceRule,
    event: &ICalendarComponent,
    first: &CivilTime,
    today: Day,
    last: Day,
    coming: &[(CivilTime, Option<CivilTime>)],
) -> Option<(Recurrence, Vec<Day>)> {
    if event.has_property(&ICalendarProperty::Rdate) {
        return None;
    }
    let ours = Recurrence::parse(&with_civil_end(rule)).ok()?;
    let said: BTreeSet<&CivilTime> = coming.iter().map(|(starts, _)| starts).collect();
    let from = today.max(first.day());
    let by_rule: Vec<CivilTime> = ours.occurrences(first, from..=last).collect();
    let missing = by_rule.iter().filter(|time| !said.contains(time)).map(CivilTime::day).collect::<Vec<_>>();
    let excepted = event.properties(&ICalendarProperty::Exdate).map(|entry| entry.values.len()).sum::<usize>();
    let covers = coming.len() + missing.len() == by_rule.len() && missing.len() <= excepted;
    (covers && missing.len() <= MAX_TIMES).then_some((ours, missing))
}

/// A rule as ours are written: its end is a day, its parts without what is said twice.
fn with_civil_end(rule: &ICalendarRecurrenceRule) -> String {
    let mut plain = rule.clone();
    if let Some(until) = &mut plain.until {
        // What the last day is on our clocks shows when the times are held against each other.
        (until.hour, until.minute, until.second) = (None, None, None);
        (until.tz_hour, until.tz_minute) = (None, None);
    }
    plain.interval = plain.interval.filter(|interval| *interval > 1);
    (plain.byhour, plain.byminute, plain.bysecond) = Default::default();
    plain.wkst = None;
    plain.to_string()
}

/// Whether the event is of whole days.
fn is_all_day(event: &ICalendarComponent) -> bool {
    let start = event.property(&ICalendarProperty::Dtstart).and_then(|entry| entry.values.first());
    matches!(start, Some(ICalendarValue::PartialDateTime(start)) if !start.has_time())
}

/// Start and end on the clocks of the neighbourhood. Whole days end with their last one, not with the day after it.
fn civil_times(
    starts: &DateTime<Tz>,
    ends: &TimeOrDelta<DateTime<Tz>, TimeDelta>,
    all_day: bool,
    zone: &Zone,
) -> Option<(CivilTime, Option<CivilTime>)> {
    let ends = match ends {
        TimeOrDelta::Time(ends) => *ends,
        // The library takes the length off the clocks, so it is put on the clocks: they may be set in between.
        TimeOrDelta::Delta(length) => {
            let shown = starts.naive_local().checked_add_signed(*length)?;
            let ends = starts.timezone().from_local_datetime(&shown).earliest();
            ends.or_else(|| starts.checked_add_signed(*length))?
        }
    };
    if all_day {
        let day = |at: &DateTime<Tz>| Day::parse(&at.naive_local().format("%Y-%m-%d").to_string()).ok();
        let first = day(starts)?;
        let last = ends.naive_local().checked_sub_signed(TimeDelta::days(1));
        let last = last.and_then(|last| Day::parse(&last.format("%Y-%m-%d").to_string()).ok());
        let last = last.filter(|last| *last > first).map(CivilTime::from);
        return Some((CivilTime::from(first), last));
    }
    let civil = |at: &DateTime<Tz>| {
        if at.timezone().is_floating() { as_it_stands(at.naive_local()) } else { zone.civil(at.timestamp()) }
    };
    let start = civil(starts)?;
    let end = civil(&ends).filter(|end| *end > start);
    Some((start, end))
}
