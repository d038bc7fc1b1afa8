//! The form in which the villages of the demonstration are written down, and how "next Tuesday" becomes a date.

use crate::photos::picture::PictureError;
use dorpsplein_protocol::operation::{Field, Kind, ModerationReason};
use jiff::civil::{Date, DateTime, Time, Weekday};

/// An invented village: who lives there and what they have to tell each other.
#[derive(Debug)]
pub(super) struct Village {
    /// Its name.
    pub name: &'static str,
    /// The line under its name.
    pub tagline: &'static str,
    /// Who answers the telephone about the site.
    pub help_name: &'static str,
    /// The number to call: not in use by anybody.
    pub help_phone: &'static str,
    /// When.
    pub help_hours: &'static str,
    /// Its residents; the first is the founding connector.
    pub residents: &'static [Resident],
    /// Its news, oldest first.
    pub news: &'static [News],
    /// Its events.
    pub events: &'static [Event],
    /// What its people offer, ask for and found.
    pub posts: &'static [Post],
    /// Events that happen more often, or for which people sign up.
    pub gatherings: &'static [Gathering],
    /// The residents who are connectors beside the founder.
    pub connectors: &'static [&'static str],
    /// Its organisations.
    pub organisations: &'static [Organisation],
    /// The parts of the village.
    pub areas: &'static [&'static str],
    /// What a connector hid.
    pub hidden: &'static [Hidden],
    /// The pictures of its news.
    pub pictures: &'static [Picture],
}

/// A picture of a piece of news.
#[derive(Debug)]
pub(super) struct Picture {
    /// The news: its place in the list.
    pub under: usize,
    /// What is on it.
    pub alt: &'static str,
    /// Draws it.
    pub draw: fn() -> Result<Vec<u8>, PictureError>,
}

/// An invented organisation.
#[derive(Debug)]
pub(super) struct Organisation {
    /// Its name.
    pub name: &'static str,
    /// What it says about itself.
    pub about: &'static str,
    /// The resident who speaks for it.
    pub speaker: &'static str,
}

/// An answer that a connector hid.
#[derive(Debug)]
pub(super) struct Hidden {
    /// The news of this village that it answers: its place in the table.
    pub under: usize,
    /// The answer.
    pub comment: Comment,
    /// The connector who hid it.
    pub by: &'static str,
    /// Why.
    pub reason: ModerationReason,
    /// In the connector's own words.
    pub note: &'static str,
}

/// An invented resident.
#[derive(Debug)]
pub(super) struct Resident {
    /// Their name, unique over all villages.
    pub name: &'static str,
    /// What they say about themselves.
    pub about: &'static str,
    /// What they like, know and can.
    pub talents: &'static [&'static str],
}

/// Who may read something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Audience {
    /// Visitors of the own square.
    Square,
    /// The neighbours as well.
    Neighbours,
}

/// A news item.
#[derive(Debug)]
pub(super) struct News {
    /// The name of its author.
    pub by: &'static str,
    /// How many days ago it was written, at least 1.
    pub days_ago: u8,
    /// At what time of that day.
    pub at: Time,
    /// Who may read it.
    pub audience: Audience,
    /// Its title.
    pub title: &'static str,
    /// Its text.
    pub body: &'static str,
    /// Who answered.
    pub comments: &'static [Comment],
}

/// An offer, a request, a club, a group or an alert.
#[derive(Debug)]
pub(super) struct Post {
    /// What sort of post.
    pub kind: Kind,
    /// The name of its author.
    pub by: &'static str,
    /// How many days ago it was written, at least 1.
    pub days_ago: u8,
    /// At what time of that day.
    pub at: Time,
    /// Who may read it.
    pub audience: Audience,
    /// Its title, or its name.
    pub title: &'static str,
    /// Its text.
    pub body: &'static str,
    /// What else it says.
    pub facts: &'static [(Field, &'static str)],
    /// Who answered; of an alert how things stood.
    pub comments: &'static [Comment],
}

/// More about an event.
#[derive(Debug)]
pub(super) struct Gathering {
    /// The event: its place in the list.
    pub event: usize,
    /// How it recurs, if it does.
    pub repeats: Option<&'static str>,
    /// For how many people there is room.
    pub capacity: Option<u32>,
    /// Who comes, with how many.
    pub coming: &'static [(&'static str, u8)],
}

/// An event.
#[derive(Debug)]
pub(super) struct Event {
    /// The name of its author.
    pub by: &'static str,
    /// Its day.
    pub day: Day,
    /// From when to when; none for a whole day.
    pub hours: Option<(Time, Time)>,
    /// Where.
    pub place: &'static str,
    /// Who may read it.
    pub audience: Audience,
    /// Its title.
    pub title: &'static str,
    /// Its text.
    pub body: &'static str,
    /// Whether it was called off afterwards.
    pub cancelled: bool,
    /// Who answered.
    pub comments: &'static [Comment],
}

/// An answer to news or to an event, perhaps from a resident of the other village.
#[derive(Debug)]
pub(super) struct Comment {
    /// The name of its author.
    pub by: &'static str,
    /// How many minutes after the item or the comment before it.
    pub minutes_later: u32,
    /// Its text.
    pub body: &'static str,
}

/// A day counted from the day of the demonstration, so that the agenda is never in the past.
#[derive(Clone, Copy, Debug)]
pub(super) enum Day {
    /// Today (0), tomorrow (1), and so on.
    In(i8),
    /// The first such weekday after tomorrow, or so many weeks after that one.
    On(Weekday, i8),
}

impl Day {
    /// The date, seen from `today`.
    pub(super) fn date(self, today: Date) -> Date {
        let days = match self {
            Self::In(days) => i32::from(days),
            Self::On(weekday, weeks) => {
                let after_tomorrow = (today.weekday().until(weekday) as i32 - 2).rem_euclid(7) + 2;
                after_tomorrow + 7 * i32::from(weeks)
            }
        };
        today.saturating_add(jiff::Span::new().days(days))
    }
}

impl Event {
    /// Its start as an operation carries it: `2026-12-04T20:00`, or `2026-12-04` for a whole day.
    pub(super) fn starts(&self, today: Date) -> String {
        self.at(today, self.hours.map(|(start, _)| start))
    }

    /// Its end, if it has one of its own.
    pub(super) fn ends(&self, today: Date) -> Option<String> {
        self.hours.map(|(_, end)| self.at(today, Some(end)))
    }

    fn at(&self, today: Date, time: Option<Time>) -> String {
        let date = self.day.date(today);
        match time {
            Some(time) => DateTime::from_parts(date, time).strftime("%Y-%m-%dT%H:%M").to_string(),
            None => date.to_string(),
        }
    }
}

/// A time of day, as the tables of the villages write it.
pub(super) const fn at(hour: i8, minute: i8) -> Time {
    Time::constant(hour, minute, 0, 0)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use dorpsplein_protocol::time::CivilTime;
    use jiff::civil::date;

    use super::super::villages;
    use super::*;

    #[test]
    fn a_weekday_is_always_after_tomorrow_and_within_nine_days() {
        for offset in 0..7 {
            let today = date(2026, 11, 16).saturating_add(jiff::Span::new().days(offset));
            for weekday in Weekday::Monday.cycle_forward().take(7) {
                let found = Day::On(weekday, 0).date(today);
                assert_eq!(found.weekday(), weekday);
                let days = found.duration_since(today).as_hours() / 24;
                assert!((2..=8).contains(&days), "{weekday:?} seen from {today} is {found}");
                assert_eq!(Day::On(weekday, 2).date(today).duration_since(found).as_hours(), 14 * 24);
            }
        }
        assert_eq!(Day::In(1).date(date(2026, 12, 31)), date(2027, 1, 1));
    }

    #[test]
    fn the_villages_hold_what_a_visitor_needs_to_see() {
        let all = villages();
        assert!(all.iter().map(|village| village.news.len()).sum::<usize>() >= 12);
        assert!(all.iter().map(|village| village.events.len()).sum::<usize>() >= 30);
        assert!(all.iter().map(|village| village.residents.len()).sum::<usize>() >= 10);
        for village in all {
            let shared = village.news.iter().filter(|news| news.audience == Audience::Neighbours).count();
            assert!(shared > 0 && shared < village.news.len(), "{} shares some and keeps some", village.name);
        }
    }

    #[test]
    fn every_author_lives_in_one_of_the_villages_and_reads_what_they_answer() {
        let mut names = HashSet::new();
        for village in villages() {
            assert!(village.residents.iter().all(|resident| names.insert(resident.name)), "a name is used twice");
        }
        for village in villages() {
            let at_home = |name: &str| village.residents.iter().any(|resident| resident.name == name);
            let items = village.news.iter().map(|news| (news.by, news.audience, news.comments));
            let events = village.events.iter().map(|event| (event.by, event.audience, event.comments));
            for (by, audience, comments) in items.chain(events) {
                assert!(at_home(by), "{by} writes in {}", village.name);
                for comment in comments {
                    assert!(names.contains(comment.by), "{} answers", comment.by);
                    assert!(at_home(comment.by) || audience == Audience::Neighbours, "{} reads that", comment.by);
                }
            }
        }
    }

    #[test]
    fn a_village_is_more_than_its_founder() {
        for village in villages() {
            let residents: Vec<_> = village.residents.iter().map(|resident| resident.name).collect();
            assert!(village.connectors.len() >= 2 && !village.areas.is_empty() && !village.hidden.is_empty());
            assert!(village.connectors.iter().all(|name| residents[1..].contains(name)), "the founder is one already");
            assert!(village.organisations.iter().all(|organisation| residents.contains(&organisation.speaker)));
            for hidden in village.hidden {
                assert!(village.news.len() > hidden.under && village.connectors.contains(&hidden.by));
                assert_ne!(hidden.by, hidden.comment.by, "nobody moderates themselves here");
            }
        }
    }

    #[test]
    fn every_event_has_real_times_that_end_after_they_start() {
        let today = date(2026, 12, 30);
        for event in villages().into_iter().flat_map(|village| village.events) {
            let starts = CivilTime::parse(&event.starts(today)).ok();
            assert!(starts.is_some(), "{}", event.title);
            if let Some(ends) = event.ends(today) {
                assert!(CivilTime::parse(&ends).ok() > starts, "{}", event.title);
            }
        }
    }
}
