//! The connectors' desk: how it goes with the square, counted without naming anybody, and the first steps of a new one.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Bound, ControlFlow};

use dorpsplein_protocol::operation::{Kind, ResidentId};
use dorpsplein_protocol::projection::ItemRow;
use dorpsplein_protocol::store::{Direction, Read, StoreError, Table};
use dorpsplein_web_ui::paths::PostKind;
use dorpsplein_web_ui::view::{self, Count, FirstStep, Silence};
use jiff::ToSpan as _;
use jiff::civil::Date;

use super::super::local_time;
use super::Reader;
use super::item::title;

/// How many weeks are counted.
const WEEKS: usize = 12;
/// How far the agenda is looked ahead, in days.
const AHEAD_DAYS: i64 = 14;
/// The most events that are counted ahead.
const MOST_AHEAD: usize = 500;
/// How long a request may wait before it is said that nobody answered, in milliseconds: three days.
const ANSWERED_MS: u64 = 3 * 24 * 3_600_000;
/// The most requests without an answer on the page.
const UNANSWERED: usize = 10;

/// What stands on the square of its own neighbourhood, gone through once. Costs a read of every row, which only connectors ask for.
#[derive(Default)]
pub(super) struct Census {
    /// The first thing that each resident wrote here, of posts and comments.
    pub(super) firsts: BTreeMap<ResidentId, ItemRow>,
    /// What was written of each sort.
    posts: BTreeMap<Kind, Vec<(Date, ResidentId)>>,
    /// Requests that are not arranged.
    requests: Vec<ItemRow>,
}

impl Census {
    /// Goes through the rows.
    pub(super) fn take(reader: &Reader) -> Result<Self, StoreError> {
        let (mut census, mut damaged, home) = (Self::default(), false, reader.home());
        let all = (Bound::Unbounded, Bound::Unbounded);
        reader.store.scan(Table::Rows, all, Direction::Ascending, &mut |_, value| {
            let Ok(row) = ItemRow::decode(value) else {
                damaged = true;
                return ControlFlow::Break(());
            };
            if row.neighbourhood == home && row.author.home == home && row.is_listed() {
                census.count(row);
            }
            ControlFlow::Continue(())
        })?;
        if damaged { Err(StoreError::Damaged("a row")) } else { Ok(census) }
    }

    fn count(&mut self, row: ItemRow) {
        let day = local_time::local(row.created).date();
        if row.kind.is_post() {
            self.posts.entry(row.kind).or_default().push((day, row.author.resident));
        }
        if row.kind == Kind::REQUEST && !row.content.settled {
            self.requests.push(row.clone());
        }
        if row.kind.is_post() || row.kind == Kind::COMMENT {
            let first = self.firsts.entry(row.author.resident).or_insert_with(|| row.clone());
            if (row.created, row.id) < (first.created, first.id) {
                *first = row;
            }
        }
    }
}

impl Reader {
    /// How it goes with the square.
    pub(super) fn pulse_page(&self) -> Result<view::PulsePage, StoreError> {
        let census = Census::take(self)?;
        let today = self.local_now.date();
        let weeks = weeks(today);
        let modules = self.modules();
        let kinds = PostKind::ALL.into_iter().filter(|kind| modules.has_kind(*kind));
        let kinds = kinds.map(|kind| {
            let written = Kind::from_name(kind.name()).and_then(|kind| census.posts.get(&kind));
            pulse(kind, written.map(Vec::as_slice).unwrap_or_default(), &weeks, today)
        });
        let last_day = today.saturating_add(AHEAD_DAYS.days());
        let mut ahead = self.events_between(today, last_day, &self.filter(), MOST_AHEAD)?;
        ahead.retain(|event| !event.cancelled);
        Ok(view::PulsePage {
            top: self.desk_top(),
            kinds: kinds.collect(),
            events_ahead: ahead.len(),
            unanswered: self.unanswered(census.requests)?,
            weeks,
        })
    }

    fn unanswered(&self, mut requests: Vec<ItemRow>) -> Result<Vec<view::Unanswered>, StoreError> {
        requests.retain(|row| row.created.plus_millis(ANSWERED_MS) < self.now && self.shows(row));
        requests.sort_by_key(|row| row.created);
        let mut unanswered = Vec::new();
        for row in requests {
            if unanswered.len() < UNANSWERED && self.comment_count(&row.id)? == 0 {
                let written = local_time::local(row.created);
                unanswered.push(view::Unanswered { id: row.id.to_string(), title: title(&row), written });
            }
        }
        Ok(unanswered)
    }

    /// What a new square does first; nothing once all of it is done.
    pub(super) fn first_steps(&self) -> Result<Vec<(FirstStep, bool)>, StoreError> {
        let register = self.registers.home();
        let named = self.shown_help().is_some() && self.shown_tagline().is_some();
        let neighbour = !self.neighbour_links().is_empty();
        let steps = [
            (FirstStep::Founded, true),
            (FirstStep::Household, register.resident_count() > 1 || self.open_invitations() > 0),
            (FirstStep::News, self.has_news()?),
            (FirstStep::Named, named),
            (FirstStep::SecondConnector, register.connector_count() > 1),
            (FirstStep::SecondBox, register.boxes().count() > 1),
            (FirstStep::Neighbour, neighbour),
        ];
        let all_done = steps.iter().all(|(_, done)| *done);
        Ok(if all_done { Vec::new() } else { steps.into() })
    }
}

/// The Mondays of the last weeks, the oldest first.
fn weeks(today: Date) -> Vec<Date> {
    let monday = today.saturating_sub(i64::from(today.weekday().to_monday_zero_offset()).days());
    let back = (0..WEEKS).rev().filter_map(|weeks| i64::try_from(weeks).ok());
    back.map(|weeks| monday.saturating_sub((weeks * 7).days())).collect()
}

/// How it goes with one sort.
fn pulse(kind: PostKind, written: &[(Date, ResidentId)], weeks: &[Date], today: Date) -> view::KindPulse {
    let last = written.iter().map(|(day, _)| *day).max();
    let silence = match last.map(|last| today.duration_since(last).as_hours() / 24) {
        None => Silence::Ever,
        Some(..7) => Silence::None,
        Some(7..14) => Silence::Week,
        Some(_) => Silence::Fortnight,
    };
    let counts = weeks.iter().map(|monday| {
        let next = monday.saturating_add(7.days());
        let within: Vec<_> = written.iter().filter(|(day, _)| (*monday..next).contains(day)).collect();
        let persons: BTreeSet<_> = within.iter().map(|(_, who)| who).collect();
        Count::of(within.len(), persons.len())
    });
    view::KindPulse { kind, last, silence, counts: counts.collect() }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn weeks_begin_on_mondays_and_end_with_this_one() {
        let weeks = weeks(date(2026, 11, 22));
        assert_eq!(
            (weeks.len(), weeks.first(), weeks.last()),
            (WEEKS, Some(&date(2026, 8, 31)), Some(&date(2026, 11, 16)))
        );
        assert_eq!(super::weeks(date(2026, 11, 23)).last(), Some(&date(2026, 11, 23)));
    }

    #[test]
    fn a_count_from_fewer_than_five_persons_is_not_told() {
        let today = date(2026, 11, 22);
        let who = |number: u8| ResidentId::from_bytes([number; 32]);
        let busy: Vec<_> = (0..5).map(|number| (date(2026, 11, 17), who(number))).collect();
        let few: Vec<_> = (0..9).map(|number| (date(2026, 11, 10), who(number % 4))).collect();
        let told = pulse(PostKind::News, &[busy, few].concat(), &weeks(today), today);
        assert_eq!(told.counts[WEEKS - 3..], [Count::Nothing, Count::Few, Count::Exactly(5)]);
        assert_eq!((told.last, told.silence), (Some(date(2026, 11, 17)), Silence::None));
    }

    #[test]
    fn silence_is_told_after_a_week_and_after_two() {
        let today = date(2026, 11, 22);
        let silence = |day| pulse(PostKind::Offer, &[(day, ResidentId::from_bytes([1; 32]))], &[], today).silence;
        assert_eq!(silence(date(2026, 11, 16)), Silence::None);
        assert_eq!(silence(date(2026, 11, 15)), Silence::Week);
        assert_eq!(silence(date(2026, 11, 8)), Silence::Fortnight);
        assert_eq!(pulse(PostKind::Offer, &[], &[], today).silence, Silence::Ever);
    }
}
