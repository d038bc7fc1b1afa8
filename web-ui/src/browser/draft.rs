//! From the fields of a form to the edits that make an item.

use dorpsplein_protocol::compose::{about, text_edit};
use dorpsplein_protocol::operation::{AreaId, Edit, Field, ItemId, Kind, Value};
use dorpsplein_protocol::recurrence::{Ends, Every, InMonth, Recurrence};
use dorpsplein_protocol::time::{CivilTime, Day};

use super::trouble::Trouble;

/// The text in a field of a form, trimmed; none when it is empty.
pub(super) type Fields<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The fields of a form that are texts as they are, with those of a post.
const TEXTS: [(&str, Field); 10] = [
    ("title", Field::TITLE),
    ("body", Field::BODY),
    ("place", Field::PLACE),
    ("phone", Field::PHONE),
    ("email", Field::EMAIL),
    ("website", Field::WEBSITE),
    ("hours", Field::HOURS),
    ("category", Field::CATEGORY),
    ("review_by", Field::REVIEW_BY),
    ("on_behalf", Field::ON_BEHALF),
];

/// The fields of a form that are checked or not.
const FLAGS: [(&str, Field); 2] = [("cancelled", Field::CANCELLED), ("settled", Field::SETTLED)];

/// What the form says of a recurrence that it has no name for.
const AS_IT_IS: &str = "as-it-is";

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
    /// A post, a comment, or how things stand with an alert: what `subject` is about is an answer's alone.
    pub(super) fn of(kind: Kind, fields: Fields<'_>, subject: Option<ItemId>) -> Result<Self, Trouble> {
        let edits = edits(kind, fields)?;
        let has = |field| edits.iter().any(|edit| matches!(edit, Edit::Set { field: one, .. } if *one == field));
        let complete = if kind.is_post() {
            has(Field::TITLE) && (kind == Kind::EVENT || has(Field::BODY))
        } else {
            has(Field::BODY)
        };
        let edits = edits.into_iter().filter(|edit| *edit != as_it_is()).collect();
        if complete { Ok(Self { kind, subject, edits }) } else { Err(incomplete()) }
    }

    /// What makes the item of the fields `before` that of the fields `after`, and nothing else. `body` is the text exactly as
    /// it stands: its words are edited in place, so that two who change it at once both keep theirs.
    pub(super) fn changes(kind: Kind, before: Fields<'_>, body: &str, after: Fields<'_>) -> Result<Vec<Edit>, Trouble> {
        Self::of(kind, after, None)?;
        // What stands there may lack what the form wants.
        let (before, after) = (edits(kind, before).unwrap_or_default(), edits(kind, after)?);
        let value_in = |edits: &[Edit], of: Field| {
            edits.iter().find_map(|edit| match edit {
                Edit::Set { field, value } if *field == of => Some(value.clone()),
                _ => None,
            })
        };
        let mut fields: Vec<Field> = Vec::new();
        for field in before.iter().chain(&after).filter_map(set_field) {
            // A handful; a sort is 3 KB that everybody would download.
            if let Err(at) = fields.binary_search(&field) {
                fields.insert(at, field);
            }
        }
        let changed = fields.into_iter().filter_map(|field| {
            let (was, is) = (value_in(&before, field), value_in(&after, field));
            match (was == is, is) {
                (true, _) => None,
                (false, Some(Value::Text(text))) if field == Field::BODY => Some(text_edit(body, &text)),
                (false, None) if field == Field::BODY => Some(text_edit(body, "")),
                (false, is) => Some(Edit::Set { field, value: is.unwrap_or(Value::Null) }),
            }
        });
        Ok(changed.collect())
    }

    /// That somebody comes to `subject`, or joins it: `party`, of how many people; one unless it is said.
    pub(super) fn sign_up(fields: Fields<'_>, subject: ItemId) -> Result<Self, Trouble> {
        let party = number(fields, "party", Field::PARTY)?;
        let alone = Edit::Set { field: Field::PARTY, value: Value::Int(1) };
        Ok(Self { kind: Kind::SIGN_UP, subject: Some(subject), edits: vec![party.unwrap_or(alone)] })
    }

    /// That somebody agreed to what a connector wrote down for them in `item`: `on_behalf`, who, and `consent`, how. None where
    /// the author writes for themselves.
    pub(super) fn consent(fields: Fields<'_>, item: ItemId) -> Option<Self> {
        let who = set(Field::NAME, &fields("on_behalf")?);
        let how = fields("consent").map(|how| set(Field::CATEGORY, &how));
        let edits = [about(item), who].into_iter().chain(how).collect();
        Some(Self { kind: Kind::CONSENT, subject: None, edits })
    }

    /// A profile: `name`.
    pub(super) fn profile(fields: Fields<'_>) -> Result<Self, Trouble> {
        Ok(Self { kind: Kind::PROFILE, subject: None, edits: vec![needed(fields, "name", Field::NAME)?] })
    }
}

/// What a form says of an item, as far as it has `title`, `body`, `place`, `phone`, `email`, `website`, `hours`, `category`,
/// `area`, `review_by`, `capacity`, `cancelled` and `settled`; of an event when it is.
fn edits(kind: Kind, fields: Fields<'_>) -> Result<Vec<Edit>, Trouble> {
    let mut edits = Vec::new();
    if kind == Kind::EVENT {
        let (starts, ends) = times(fields)?;
        edits.push(set(Field::STARTS, starts.as_str()));
        edits.extend(ends.map(|ends| set(Field::ENDS, ends.as_str())));
        if fields("repeats").as_deref() == Some(AS_IT_IS) {
            edits.push(as_it_is());
        } else {
            edits.extend(recurrence(fields, &starts)?.map(|rule| set(Field::REPEATS, &rule.to_string())));
        }
    }
    for (name, field) in TEXTS {
        edits.extend(fields(name).map(|text| set(field, &text)));
    }
    edits.extend(number(fields, "capacity", Field::CAPACITY)?);
    if let Some(area) = fields("area") {
        let area = AreaId::from_hex(&area).ok_or_else(incomplete)?;
        edits.push(Edit::Set { field: Field::AREA, value: Value::Bytes(area.as_bytes().to_vec()) });
    }
    for (name, field) in FLAGS {
        edits.extend(fields(name).map(|_| Edit::Set { field, value: Value::Bool(true) }));
    }
    Ok(edits)
}

/// Stands for a recurrence that the form has no name for and leaves as it is.
fn as_it_is() -> Edit {
    set(Field::REPEATS, AS_IT_IS)
}

fn set_field(edit: &Edit) -> Option<Field> {
    if let Edit::Set { field, .. } = edit { Some(*field) } else { None }
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

/// How an event recurs: `repeats` says which days, with the first one as the example; `repeats_until` on which day it ends.
fn recurrence(fields: Fields<'_>, starts: &CivilTime) -> Result<Option<Recurrence>, Trouble> {
    let first = starts.day();
    let (_, _, number) = first.parts();
    let nth = u8::try_from((number - 1) / 7 + 1).unwrap_or(1);
    let (every, interval) = match fields("repeats").as_deref() {
        None => return Ok(None),
        Some("weekly") => (Every::Week(Vec::new()), 1),
        Some("fortnightly") => (Every::Week(Vec::new()), 2),
        Some("monthly-weekday") => (Every::Month(Some(InMonth::Nth(nth, first.weekday()))), 1),
        Some("monthly-last-weekday") => (Every::Month(Some(InMonth::LastOf(first.weekday()))), 1),
        Some("monthly-day") => (Every::Month(None), 1),
        Some("yearly") => (Every::Year(None), 1),
        Some(_) => return Err(incomplete()),
    };
    let ends = match fields("repeats_until") {
        None => Ends::Never,
        Some(until) => Ends::On(Day::parse(&until).ok().filter(|until| *until >= first).ok_or_else(incomplete)?),
    };
    Recurrence::new(every, interval, ends).map(Some).map_err(|_| incomplete())
}

/// A whole number, if one is given.
fn number(fields: Fields<'_>, name: &str, field: Field) -> Result<Option<Edit>, Trouble> {
    let given = fields(name).map(|text| text.parse::<i64>().map_err(|_| incomplete())).transpose()?;
    Ok(given.map(|number| Edit::Set { field, value: Value::Int(number) }))
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
        assert!(Draft::of(Kind::NEWS, &nothing, None).is_err());
        assert!(Draft::of(Kind::EVENT, &nothing, None).is_err());
        assert!(Draft::profile(&nothing).is_err());
        assert!(Draft::of(Kind::COMMENT, &nothing, Some(ItemId::from_bytes([1; 32]))).is_err());
        let title_only = |name: &str| (name == "title").then(|| "De brug is weer open".to_owned());
        assert!(Draft::of(Kind::NEWS, &title_only, None).is_err(), "news is a story");
    }

    #[test]
    fn consent_is_put_on_record_for_who_is_written_for() {
        let item = ItemId::from_bytes([1; 32]);
        assert_eq!(Draft::consent(&|name| (name == "consent").then(|| "spoken".to_owned()), item), None);
        let fields = |name: &str| match name {
            "on_behalf" => Some("Opa Dirk".to_owned()),
            "consent" => Some("spoken".to_owned()),
            _ => None,
        };
        let expected = vec![about(item), set(Field::NAME, "Opa Dirk"), set(Field::CATEGORY, "spoken")];
        assert_eq!(Draft::consent(&fields, item).unwrap().edits, expected);
    }

    /// The rule of an event that first happens on that day.
    fn rule(first: &str, more: &[(&str, &str)]) -> Option<String> {
        let fields = |name: &str| more.iter().find(|(field, _)| *field == name).map(|(_, text)| (*text).to_owned());
        recurrence(&fields, &CivilTime::parse(first).unwrap()).ok()?.map(|rule| rule.to_string())
    }

    #[test]
    fn the_first_time_is_the_example_for_the_others() {
        let thursday = "2026-12-03T20:00";
        assert_eq!(rule(thursday, &[]), None);
        assert_eq!(rule(thursday, &[("repeats", "weekly")]).unwrap(), "FREQ=WEEKLY");
        assert_eq!(rule(thursday, &[("repeats", "fortnightly")]).unwrap(), "FREQ=WEEKLY;INTERVAL=2");
        assert_eq!(rule(thursday, &[("repeats", "monthly-weekday")]).unwrap(), "FREQ=MONTHLY;BYDAY=1TH");
        assert_eq!(rule("2026-12-29", &[("repeats", "monthly-weekday")]).unwrap(), "FREQ=MONTHLY;BYDAY=5TU");
        assert_eq!(rule(thursday, &[("repeats", "monthly-last-weekday")]).unwrap(), "FREQ=MONTHLY;BYDAY=-1TH");
        assert_eq!(rule(thursday, &[("repeats", "monthly-day")]).unwrap(), "FREQ=MONTHLY");
        let until = [("repeats", "yearly"), ("repeats_until", "2030-12-31")];
        assert_eq!(rule(thursday, &until).unwrap(), "FREQ=YEARLY;UNTIL=20301231");
    }

    #[test]
    fn a_rule_that_ends_before_it_begins_is_refused() {
        let fields = |name: &str| match name {
            "repeats" => Some("weekly".to_owned()),
            "repeats_until" => Some("2026-12-01".to_owned()),
            _ => None,
        };
        assert!(recurrence(&fields, &CivilTime::parse("2026-12-03").unwrap()).is_err());
    }

    /// What changes an event with these fields into one with those, its text being `body`.
    fn changed(before: &[(&str, &str)], body: &str, after: &[(&str, &str)]) -> Vec<Edit> {
        let fields = |given: &[(&str, &str)], name: &str| {
            given.iter().find(|(field, _)| *field == name).map(|(_, text)| (*text).to_owned())
        };
        Draft::changes(Kind::EVENT, &|name| fields(before, name), body, &|name| fields(after, name)).unwrap()
    }

    #[test]
    fn only_what_changed_is_signed() {
        let soup = [("title", "Soep"), ("starts_date", "2026-12-04"), ("place", "De Schuur"), ("body", "Kom ook eten")];
        assert_eq!(changed(&soup, "Kom ook eten", &soup), []);
        let moved = [("title", "Soep"), ("starts_date", "2026-12-05"), ("body", "Kom ook mee eten")];
        assert_eq!(
            changed(&soup, "Kom ook eten", &moved),
            [
                Edit::Splice { field: Field::BODY, at: 8, delete: 0, insert: "mee ".to_owned() },
                set(Field::STARTS, "2026-12-05"),
                Edit::Set { field: Field::PLACE, value: Value::Null },
            ]
        );
        let space_before = changed(&soup, " Kom ook eten\n", &[&soup[..3], &[("body", "Kom ook")]].concat());
        assert_eq!(
            space_before,
            [Edit::Splice { field: Field::BODY, at: 0, delete: 14, insert: "Kom ook".to_owned() }]
        );
    }

    #[test]
    fn a_recurrence_without_a_name_stays_until_it_gets_one() {
        let odd = [("title", "Markt"), ("starts_date", "2026-12-04"), ("repeats", AS_IT_IS)];
        assert_eq!(changed(&odd, "", &odd), []);
        assert_eq!(changed(&odd, "", &odd[..2]), [Edit::Set { field: Field::REPEATS, value: Value::Null }]);
        let weekly = [odd[0], odd[1], ("repeats", "weekly")];
        assert_eq!(changed(&odd, "", &weekly), [set(Field::REPEATS, "FREQ=WEEKLY")]);
    }

    #[test]
    fn numbers_are_numbers() {
        let party = |text: &'static str| move |name: &str| (name == "party").then(|| text.to_owned());
        let subject = ItemId::from_bytes([1; 32]);
        let three = Draft::sign_up(&party("3"), subject).unwrap();
        assert_eq!(three.edits, [Edit::Set { field: Field::PARTY, value: Value::Int(3) }]);
        assert!(Draft::sign_up(&party("drie"), subject).is_err());
        assert_eq!(Draft::sign_up(&|_| None, subject).unwrap().edits.len(), 1, "one comes alone");
    }
}
