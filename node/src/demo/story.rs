//! What the invented residents did over the past two weeks, in the order of time.

use std::collections::BTreeMap;

use dorpsplein_protocol::operation::Kind;
use dorpsplein_protocol::time::Timestamp;
use jiff::Span;
use jiff::civil::{Date, DateTime, Time};

use super::village::{Audience, Comment, Event, Gathering, Hidden, News, Post, Village, at};
use crate::web::local_time;

/// How many days ago the first event was announced; the last was yesterday.
const FIRST_ANNOUNCEMENT_DAYS: usize = 11;
/// The hours at which people sit down to announce something.
const ANNOUNCEMENTS: [Time; 7] = [at(9, 5), at(19, 40), at(13, 20), at(16, 45), at(10, 30), at(20, 15), at(11, 50)];
/// How much later than it was written an answer is hidden.
pub(super) const UNTIL_HIDDEN_MINUTES: u64 = 25;
/// How long it takes until the next one signs up.
const UNTIL_NEXT_SIGN_UP_MINUTES: u64 = 190;
/// How much later than its announcement an event is called off.
const UNTIL_CANCELLED_MINUTES: u64 = 600;
/// Nobody writes before this hour, when the baker gets up, nor at or after [`BEDTIME`].
const SUNRISE: i8 = 6;
/// See [`SUNRISE`].
const BEDTIME: i8 = 23;
/// When those write who would have written at night.
const AFTER_BREAKFAST: i8 = 8;
/// A minute, in milliseconds.
pub(super) const MINUTE_MS: u64 = 60_000;

/// News or an event of one of the villages, by its place in the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Topic {
    /// Which village: its place in the list of villages.
    pub(super) village: usize,
    /// Which item: its place among the village's news, then its events, then its other posts.
    pub(super) number: usize,
}

/// Something somebody did.
#[derive(Clone, Copy, Debug)]
pub(super) struct Act {
    /// When.
    pub(super) at: Timestamp,
    /// Who.
    pub(super) by: &'static str,
    /// What it is about.
    pub(super) topic: Topic,
    /// Who may read it.
    pub(super) audience: Audience,
    /// What it was.
    pub(super) deed: Deed,
}

/// What somebody did.
#[derive(Clone, Copy, Debug)]
pub(super) enum Deed {
    /// Wrote news.
    News(&'static News),
    /// Announced an event.
    Event(&'static Event, Option<&'static Gathering>),
    /// Wrote another post.
    Post(&'static Post),
    /// Told how things stand with an alert.
    Update(&'static Comment),
    /// Signed up, with so many people.
    SignUp(u8),
    /// Called it off.
    Cancel,
    /// Answered.
    Comment(&'static Comment),
    /// Answered in a way that a connector hid.
    Hidden(&'static Hidden),
}

/// All that happened in the villages until `now`, earliest first.
pub(super) fn acts(villages: &[&'static Village], now: Timestamp) -> Vec<Act> {
    let today = local_time::local(now).date();
    let mut acts = Vec::new();
    for (village, told) in villages.iter().enumerate() {
        for (number, news) in told.news.iter().enumerate() {
            let topic = Topic { village, number };
            let at = written(news.days_ago, news.at, today);
            acts.push(Act { at, by: news.by, topic, audience: news.audience, deed: Deed::News(news) });
            acts.extend(answers(topic, news.audience, news.comments, at, now));
            for hidden in told.hidden.iter().filter(|hidden| hidden.under == number) {
                let written = at.plus_millis(u64::from(hidden.comment.minutes_later) * MINUTE_MS);
                let at = awake(written).min(earlier(now, UNTIL_HIDDEN_MINUTES));
                let deed = Deed::Hidden(hidden);
                acts.push(Act { at, by: hidden.comment.by, topic, audience: news.audience, deed });
            }
        }
        for (index, event) in told.events.iter().enumerate() {
            let topic = Topic { village, number: told.news.len() + index };
            let at = announced(village, index, told.events.len(), today);
            let gathering = told.gatherings.iter().find(|gathering| gathering.event == index);
            acts.push(Act { at, by: event.by, topic, audience: event.audience, deed: Deed::Event(event, gathering) });
            if event.cancelled {
                let at = awake(at.plus_millis(UNTIL_CANCELLED_MINUTES * MINUTE_MS)).min(now);
                acts.push(Act { at, by: event.by, topic, audience: event.audience, deed: Deed::Cancel });
            }
            acts.extend(answers(topic, event.audience, event.comments, at, now));
            acts.extend(sign_ups(topic, event.audience, gathering, at, now));
        }
        for (index, post) in told.posts.iter().enumerate() {
            let topic = Topic { village, number: told.news.len() + told.events.len() + index };
            let at = written(post.days_ago, post.at, today);
            acts.push(Act { at, by: post.by, topic, audience: post.audience, deed: Deed::Post(post) });
            let said = answers(topic, post.audience, post.comments, at, now);
            acts.extend(said.map(|act| match act.deed {
                Deed::Comment(told) if post.kind == Kind::ALERT => Act { deed: Deed::Update(told), ..act },
                _ => act,
            }));
        }
    }
    acts.sort_by_key(|act| act.at);
    acts
}

/// How many items a visitor of each village's site can read when all of it has arrived: profiles, news, events and
/// comments, its own and what the others share.
pub(super) fn readable(villages: &[&'static Village]) -> Vec<usize> {
    let profiles: usize = villages.iter().map(|village| village.residents.len() + village.organisations.len()).sum();
    let mut counts: BTreeMap<usize, usize> = (0..villages.len()).map(|village| (village, profiles)).collect();
    for act in acts(villages, Timestamp::from_millis(u64::MAX / 2)) {
        if matches!(act.deed, Deed::Cancel | Deed::Hidden(_)) {
            continue;
        }
        for (village, count) in &mut counts {
            *count += usize::from(*village == act.topic.village || act.audience == Audience::Neighbours);
        }
    }
    counts.into_values().collect()
}

fn answers(
    topic: Topic,
    audience: Audience,
    comments: &'static [Comment],
    from: Timestamp,
    now: Timestamp,
) -> impl Iterator<Item = Act> {
    comments.iter().scan(from, move |at, comment| {
        *at = awake(at.plus_millis(u64::from(comment.minutes_later) * MINUTE_MS)).min(now);
        Some(Act { at: *at, by: comment.by, topic, audience, deed: Deed::Comment(comment) })
    })
}

/// Those who come sign up one after the other, from the announcement on.
fn sign_ups(
    topic: Topic,
    audience: Audience,
    gathering: Option<&'static Gathering>,
    from: Timestamp,
    now: Timestamp,
) -> impl Iterator<Item = Act> {
    let coming = gathering.map_or(&[][..], |gathering| gathering.coming);
    coming.iter().scan(from, move |at, (by, party)| {
        *at = awake(at.plus_millis(UNTIL_NEXT_SIGN_UP_MINUTES * MINUTE_MS)).min(now);
        Some(Act { at: *at, by, topic, audience, deed: Deed::SignUp(*party) })
    })
}

/// News and posts are written at the hour that their tables say, on a day counted back from today.
fn written(days_ago: u8, at: Time, today: Date) -> Timestamp {
    let day = today.saturating_sub(Span::new().days(i64::from(days_ago)));
    local_time::instant(DateTime::from_parts(day, at))
}

/// Events are announced one after the other, in the order of their table.
fn announced(village: usize, index: usize, events: usize, today: Date) -> Timestamp {
    let days_ago = FIRST_ANNOUNCEMENT_DAYS - index * FIRST_ANNOUNCEMENT_DAYS / events;
    let day = today.saturating_sub(Span::new().days(i64::try_from(days_ago).unwrap_or(1)));
    let time = ANNOUNCEMENTS[(index + village * 3) % ANNOUNCEMENTS.len()];
    local_time::instant(DateTime::from_parts(day, time))
}

/// So many minutes before a moment.
fn earlier(moment: Timestamp, minutes: u64) -> Timestamp {
    Timestamp::from_millis(moment.as_millis().saturating_sub(minutes * MINUTE_MS))
}

/// The same moment, or after breakfast if it is at night.
fn awake(at: Timestamp) -> Timestamp {
    let local = local_time::local(at);
    let morning = match local.hour() {
        hour if hour < SUNRISE => local.date(),
        hour if hour >= BEDTIME => local.date().saturating_add(Span::new().days(1)),
        _ => return at,
    };
    local_time::instant(morning.at(AFTER_BREAKFAST, local.minute(), 0, 0))
}

#[cfg(test)]
mod tests {
    use super::super::villages;
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);

    #[test]
    fn everything_happened_in_order_and_before_now() {
        let acts = acts(&villages(), NOW);
        assert!(acts.is_sorted_by_key(|act| act.at));
        assert!(acts.iter().all(|act| act.at <= NOW));
        let hours = acts.iter().map(|act| local_time::local(act.at).hour());
        assert!(hours.into_iter().all(|hour| (SUNRISE..BEDTIME).contains(&hour)), "villages sleep");
        let two_weeks = 15 * 24 * 60 * MINUTE_MS;
        assert!(acts.iter().all(|act| NOW.as_millis() - act.at.as_millis() < two_weeks));
    }

    #[test]
    fn nobody_answers_or_calls_off_what_is_not_there_yet() {
        let mut there = std::collections::HashSet::new();
        for act in acts(&villages(), NOW) {
            match act.deed {
                Deed::News(_) | Deed::Event(..) | Deed::Post(_) => assert!(there.insert(act.topic)),
                Deed::Cancel | Deed::Comment(_) | Deed::Hidden(_) | Deed::Update(_) | Deed::SignUp(_) => {
                    assert!(there.contains(&act.topic));
                }
            }
        }
    }

    #[test]
    fn neighbours_read_less_of_each_other_than_of_themselves() {
        let villages = villages();
        let all = acts(&villages, NOW).iter().filter(|act| !matches!(act.deed, Deed::Cancel)).count();
        let residents: usize = villages.iter().map(|village| village.residents.len()).sum();
        for count in readable(&villages) {
            assert!(count > residents && count < all + residents);
        }
    }
}
