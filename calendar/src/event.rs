//! An event as it came from another calendar, in the terms of this one.

use dorpsplein_protocol::recurrence::Recurrence;
use dorpsplein_protocol::time::{CivilTime, Day};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// By what an event of another calendar is known again: its `UID`, and for one of several times behind a `#` which one.
pub type Key = String;

/// An event, on the clocks of the neighbourhood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its name in the calendar it came from; at most 255 characters.
    pub key: Key,
    /// How often it was changed there.
    pub sequence: u32,
    /// What it is called; one line of at most 200 characters.
    pub title: String,
    /// What is said about it; may be empty.
    pub body: String,
    /// Where it is; one line of at most 200 characters.
    pub place: Option<String>,
    /// Its page elsewhere: an `http` or `https` address.
    pub website: Option<String>,
    /// The first of its categories; at most 40 characters.
    pub category: Option<String>,
    /// When it starts, for the first time.
    #[serde(serialize_with = "as_text", deserialize_with = "civil_time")]
    pub starts: CivilTime,
    /// When it ends, the last day itself included; for the first time.
    #[serde(serialize_with = "as_optional_text", deserialize_with = "optional_civil_time")]
    pub ends: Option<CivilTime>,
    /// How it recurs.
    #[serde(serialize_with = "rule_as_text", deserialize_with = "optional_rule")]
    pub repeats: Option<Recurrence>,
    /// On which days it does not, sorted.
    #[serde(serialize_with = "days_as_text", deserialize_with = "days")]
    pub except: Vec<Day>,
    /// Whether it is called off.
    pub cancelled: bool,
}

impl Event {
    /// The last day on which it is, as far as it has one; none when it recurs for ever.
    pub fn last_day(&self) -> Option<Day> {
        let length = self.ends.as_ref().map_or(0, |ends| ends.day().days_since(self.starts.day()));
        let last = match &self.repeats {
            None => Some(self.starts.day()),
            Some(rule) => rule.last_day(&self.starts),
        };
        last.map(|day| day.plus_days(length).unwrap_or(Day::LAST))
    }
}

fn as_text<S: Serializer>(time: &CivilTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(time.as_str())
}

fn as_optional_text<S: Serializer>(time: &Option<CivilTime>, serializer: S) -> Result<S::Ok, S::Error> {
    time.as_ref().map(CivilTime::as_str).serialize(serializer)
}

fn rule_as_text<S: Serializer>(rule: &Option<Recurrence>, serializer: S) -> Result<S::Ok, S::Error> {
    rule.as_ref().map(ToString::to_string).serialize(serializer)
}

fn days_as_text<S: Serializer>(days: &[Day], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(days.iter().map(ToString::to_string))
}

fn civil_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<CivilTime, D::Error> {
    CivilTime::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

fn optional_civil_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<CivilTime>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| CivilTime::parse(&text).map_err(serde::de::Error::custom)).transpose()
}

fn optional_rule<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Recurrence>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| Recurrence::parse(&text).map_err(serde::de::Error::custom)).transpose()
}

fn days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Day>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    texts.iter().map(|text| Day::parse(text).map_err(serde::de::Error::custom)).collect()
}
