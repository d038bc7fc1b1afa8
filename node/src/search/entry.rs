//! What the index holds of an item.

use dorpsplein_protocol::operation::{ItemId, Kind, NeighbourhoodId, Space};
use dorpsplein_protocol::projection::{Content, ItemRow};
use dorpsplein_protocol::time::CivilTime;
use dorpsplein_web_ui::markdown;
use sha2::{Digest, Sha256};

use super::words::words;

/// A moment on the wall clock as one number that grows with time: 202612042000 is 4 December 2026, 20.00.
pub(crate) type ClockNumber = u64;

/// Stands for a moment that never comes.
pub(super) const NEVER: ClockNumber = u64::MAX;

/// 23.59, as the end of a number on the clock.
const LAST_MINUTE: ClockNumber = 2_359;

/// An item as it can be found. Of its texts only the words, in no order that says anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The item.
    pub(super) id: ItemId,
    /// Its kind.
    pub(super) kind: Kind,
    /// Whether only residents who are logged in can find it.
    pub(super) members_only: bool,
    /// When it was made, in milliseconds since 1970.
    pub(super) created: u64,
    /// From when on it is over.
    pub(super) over: ClockNumber,
    /// The words of its title, or of a person's name; each once.
    pub(super) title: Vec<String>,
    /// The words of all its other texts; each once.
    pub(super) body: Vec<String>,
}

impl Entry {
    /// What is to be found of an item on the site of the neighbourhood `home`; none for what is in no list there, for
    /// anybody.
    pub(super) fn of(row: &ItemRow, home: &NeighbourhoodId) -> Option<Self> {
        if !row.is_listed() || !is_searchable(row.kind) {
            return None;
        }
        let is_from_here = row.neighbourhood == *home;
        let members_only = match row.space {
            Space::Members if is_from_here => true,
            Space::Square if is_from_here => row.kind == Kind::PROFILE,
            Space::Neighbours | Space::Circle(_) => row.kind == Kind::PROFILE,
            Space::Members | Space::Square | Space::Register => return None,
        };
        let (title, mut body) = texts(&row.content);
        let story = row.content.body.as_deref().map(markdown::words);
        body.extend(story.as_deref());
        Some(Self {
            id: row.id,
            kind: row.kind,
            members_only,
            created: row.created.as_millis(),
            over: if row.kind == Kind::EVENT { over(&row.content) } else { NEVER },
            title: distinct(&title),
            body: distinct(&body),
        })
    }

    /// A number that is another one when anything in the entry is: what is in the index is compared by it.
    pub(super) fn mark(&self) -> u64 {
        let mut hash = Sha256::new();
        hash.update(self.id.as_bytes());
        hash.update(self.kind.0.to_be_bytes());
        hash.update([u8::from(self.members_only)]);
        hash.update(self.created.to_be_bytes());
        hash.update(self.over.to_be_bytes());
        for texts in [&self.title, &self.body] {
            for word in texts {
                hash.update(word);
                hash.update(b" ");
            }
            hash.update(b"\n");
        }
        let digest: [u8; 32] = hash.finalize().into();
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        u64::from_be_bytes(first)
    }
}

/// Whether items of a kind can be found: what people read on the square, and nothing by which it is looked after.
pub(crate) const fn is_searchable(kind: Kind) -> bool {
    kind.is_post() || matches!(kind, Kind::COMMENT | Kind::UPDATE | Kind::PROFILE)
}

/// Whether an item is an event that is over when the clock shows `now`.
pub(crate) fn is_over(row: &ItemRow, now: ClockNumber) -> bool {
    row.kind == Kind::EVENT && over(&row.content) < now
}

/// A civil time as a number; a whole day is over when it ends.
pub(super) fn clock_number(time: &CivilTime) -> ClockNumber {
    if time.is_all_day() {
        return end_of_day(time.as_str());
    }
    let digits: String = time.as_str().chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(NEVER)
}

/// The texts by which an item is called, and its others but for its story, of which the words are to be found alone.
fn texts(content: &Content) -> (Vec<&str>, Vec<&str>) {
    let Content { title, name, place, talents, photos, category, phone, email, website, hours, on_behalf, .. } =
        content;
    let called = [title, name].into_iter().flatten().map(String::as_str).collect();
    let single = [place, category, phone, email, website, hours, on_behalf].into_iter().flatten();
    let photos = photos.iter().map(|photo| &photo.photo.alt);
    (called, single.chain(talents).chain(photos).map(String::as_str).collect())
}

/// When an event is over: when it ends, or where nobody says when that is, with the day on which it begins; one that
/// recurs with the day on which it does so for the last time, if there is one.
fn over(content: &Content) -> ClockNumber {
    let Some(starts) = &content.starts else { return NEVER };
    match (&content.repeats, &content.ends) {
        (Some(repeats), _) => repeats.last_day(starts).map_or(NEVER, |day| end_of_day(&day.to_string())),
        (None, Some(ends)) => clock_number(ends),
        (None, None) => end_of_day(starts.as_str()),
    }
}

/// The last minute of a day: what follows it in the text does not count.
fn end_of_day(text: &str) -> ClockNumber {
    let day: Option<ClockNumber> = text.get(..10).and_then(|day| day.replace('-', "").parse().ok());
    day.map_or(NEVER, |day| day * 10_000 + LAST_MINUTE)
}

fn distinct(texts: &[&str]) -> Vec<String> {
    let mut all: Vec<String> = texts.iter().flat_map(|text| words(text)).collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use dorpsplein_protocol::recurrence::Recurrence;

    use super::*;

    fn event(starts: &str, ends: Option<&str>, repeats: Option<&str>) -> Content {
        let civil = |text: &str| CivilTime::parse(text).unwrap();
        Content {
            starts: Some(civil(starts)),
            ends: ends.map(civil),
            repeats: repeats.map(|rule| Recurrence::parse(rule).unwrap()),
            ..Content::default()
        }
    }

    #[test]
    fn an_event_is_over_when_it_has_ended_for_the_last_time() {
        for (starts, ends, repeats, expected) in [
            ("2026-12-04T20:00", Some("2026-12-04T22:30"), None, 202_612_042_230),
            ("2026-12-04T20:00", None, None, 202_612_042_359),
            ("2026-12-04", None, None, 202_612_042_359),
            ("2026-12-04", Some("2026-12-06"), None, 202_612_062_359),
            ("2026-12-04T20:00", Some("2026-12-04T22:30"), Some("FREQ=WEEKLY;COUNT=3"), 202_612_182_359),
            ("2026-12-04T20:00", None, Some("FREQ=DAILY"), NEVER),
        ] {
            assert_eq!(over(&event(starts, ends, repeats)), expected, "{starts} {ends:?} {repeats:?}");
        }
        assert_eq!(over(&Content::default()), NEVER);
    }

    #[test]
    fn every_text_that_people_read_can_be_found() {
        let text = |text: &str| Some(text.to_owned());
        let content = Content {
            title: text("titel"),
            place: text("plek"),
            category: text("soort"),
            phone: text("0123456"),
            email: text("post@dorp.example"),
            website: text("https://dorp.example"),
            hours: text("maandag"),
            on_behalf: text("oma"),
            talents: vec!["breien".to_owned()],
            tagline: text("leus"),
            ..Content::default()
        };
        let (called, more) = texts(&content);
        assert_eq!(called, ["titel"]);
        let more = distinct(&more);
        for word in ["plek", "soort", "0123456", "post", "dorp", "maandag", "oma", "breien"] {
            assert!(more.iter().any(|one| one == word), "{word}");
        }
        assert!(!more.iter().any(|one| one == "leus"), "what a square is called is no item");
    }
}
