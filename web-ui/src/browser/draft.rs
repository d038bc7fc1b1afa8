//! From the fields of a form to the edits that make an item.

use dorpsplein_protocol::operation::{Edit, Field, ItemId, Kind, Value};
use dorpsplein_protocol::time::CivilTime;

use super::trouble::Trouble;

/// The text in a field of a form, trimmed; none when it is empty.
pub(super) type Fields<'a> = &'a dyn Fn(&str) -> Option<String>;

/// An item that is not signed yet.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Draft {
    /// What sort of item.
    pub(super) kind: Kind,
    /// What a comment is about.
    pub(super) subject: Option<ItemId>,
    /// What it consists of.
    pub(super) edits: Vec<Edit>,
}

impl Draft {
    /// News: `title` and `body`.
    pub(super) fn news(fields: Fields<'_>) -> Result<Self, Trouble> {
        let edits = vec![needed(fields, "title", Field::TITLE)?, needed(fields, "body", Field::BODY)?];
        Ok(Self { kind: Kind::NEWS, subject: None, edits })
    }

    /// An event: `title`, when, and perhaps `place` and `body`.
    pub(super) fn event(fields: Fields<'_>) -> Result<Self, Trouble> {
        let (starts, ends) = times(fields)?;
        let mut edits = vec![needed(fields, "title", Field::TITLE)?, set(Field::STARTS, starts.as_str())];
        edits.extend(ends.map(|ends| set(Field::ENDS, ends.as_str())));
        edits.extend(fields("place").map(|place| set(Field::PLACE, &place)));
        edits.extend(fields("body").map(|body| set(Field::BODY, &body)));
        Ok(Self { kind: Kind::EVENT, subject: None, edits })
    }

    /// A comment on `subject`: `body`.
    pub(super) fn comment(fields: Fields<'_>, subject: ItemId) -> Result<Self, Trouble> {
        Ok(Self { kind: Kind::COMMENT, subject: Some(subject), edits: vec![needed(fields, "body", Field::BODY)?] })
    }

    /// A profile: `name`.
    pub(super) fn profile(fields: Fields<'_>) -> Result<Self, Trouble> {
        Ok(Self { kind: Kind::PROFILE, subject: None, edits: vec![needed(fields, "name", Field::NAME)?] })
    }
}

/// When an event starts and ends, on the clocks of the neighbourhood.
///
/// A start without a time is a whole day, and then so is the end. An end with a time and no date is on the day of the
/// start. An end that says no more than the start is left out; one before the start is refused.
fn times(fields: Fields<'_>) -> Result<(CivilTime, Option<CivilTime>), Trouble> {
    let whole_day = fields("all_day").is_some();
    let clock = |name| if whole_day { None } else { fields(name) };
    let starts_date = fields("starts_date").ok_or_else(incomplete)?;
    let starts_time = clock("starts_time");
    let ends_time = starts_time.as_ref().and_then(|_| clock("ends_time"));
    let ends_date = fields("ends_date");
    if ends_date.as_ref().is_some_and(|date| *date < starts_date) {
        return Err(incomplete());
    }
    let starts = civil(&starts_date, starts_time.as_deref())?;
    let ends = match (ends_date.filter(|date| *date != starts_date), ends_time) {
        (None, None) => None,
        (date, time) => Some(civil(date.as_deref().unwrap_or(&starts_date), time.as_deref())?),
    };
    match ends {
        Some(ends) if ends < starts => Err(incomplete()),
        ends => Ok((starts, ends)),
    }
}

fn civil(date: &str, time: Option<&str>) -> Result<CivilTime, Trouble> {
    // Some browsers add seconds to a time.
    let text = match time {
        Some(time) => format!("{date}T{}", time.get(..5).unwrap_or(time)),
        None => date.to_owned(),
    };
    CivilTime::parse(&text).map_err(|_| incomplete())
}

fn needed(fields: Fields<'_>, name: &str, field: Field) -> Result<Edit, Trouble> {
    fields(name).map(|text| set(field, &text)).ok_or_else(incomplete)
}

fn set(field: Field, text: &str) -> Edit {
    Edit::Set { field, value: Value::Text(text.to_owned()) }
}

/// The box would refuse it with this problem; there is no need to ask.
fn incomplete() -> Trouble {
    Trouble::foreseen("invalid-content")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// When the event with these fields is, as `starts` or `starts ends`; none when it is refused.
    fn when(given: &[(&str, &str)]) -> Option<String> {
        let fields = |name: &str| given.iter().find(|(field, _)| *field == name).map(|(_, text)| (*text).to_owned());
        let (starts, ends) = times(&fields).ok()?;
        Some(match ends {
            Some(ends) => format!("{} {}", starts.as_str(), ends.as_str()),
            None => starts.as_str().to_owned(),
        })
    }

    #[test]
    fn an_event_is_when_the_form_says() {
        let evening = [("starts_date", "2026-12-04"), ("starts_time", "20:00")];
        assert_eq!(when(&evening).unwrap(), "2026-12-04T20:00");
        let with = |more: &[(&'static str, &'static str)]| when(&[&evening[..], more].concat());
        assert_eq!(with(&[("ends_time", "22:30")]).unwrap(), "2026-12-04T20:00 2026-12-04T22:30");
        assert_eq!(
            with(&[("ends_date", "2026-12-05"), ("ends_time", "01:00")]).unwrap(),
            "2026-12-04T20:00 2026-12-05T01:00"
        );
        assert_eq!(with(&[("ends_date", "2026-12-04")]).unwrap(), "2026-12-04T20:00", "the same day says nothing more");
        assert_eq!(with(&[("ends_date", "2026-12-06")]).unwrap(), "2026-12-04T20:00 2026-12-06");
        assert_eq!(
            with(&[("all_day", "on"), ("ends_time", "22:30")]).unwrap(),
            "2026-12-04",
            "times that are not shown"
        );
        assert_eq!(when(&[("starts_date", "2026-12-04"), ("ends_time", "22:30")]).unwrap(), "2026-12-04");
        assert_eq!(when(&[("starts_date", "2026-12-04"), ("starts_time", "20:00:00")]).unwrap(), "2026-12-04T20:00");
    }

    #[test]
    fn an_event_that_ends_before_it_starts_is_refused_before_it_is_signed() {
        let evening = [("starts_date", "2026-12-04"), ("starts_time", "20:00")];
        assert_eq!(when(&[&evening[..], &[("ends_time", "19:00")]].concat()), None);
        assert_eq!(when(&[&evening[..], &[("ends_date", "2026-12-03")]].concat()), None);
        assert_eq!(when(&[("starts_time", "20:00")]), None, "no date");
        assert_eq!(when(&[("starts_date", "2026-02-30")]), None, "no such day");
    }

    #[test]
    fn what_is_needed_is_asked_for() {
        let nothing = |_: &str| None;
        assert!(Draft::news(&nothing).is_err());
        assert!(Draft::event(&nothing).is_err());
        assert!(Draft::profile(&nothing).is_err());
        assert!(Draft::comment(&nothing, ItemId::from_bytes([1; 32])).is_err());
        let title_only = |name: &str| (name == "title").then(|| "De brug is weer open".to_owned());
        assert!(Draft::news(&title_only).is_err(), "news is a story");
    }
}
