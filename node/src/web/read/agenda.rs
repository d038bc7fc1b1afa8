//! The agenda: which days are shown, and what is on then.

use dorpsplein_protocol::operation::AreaId;
use dorpsplein_protocol::projection::{self, Filter, Occurrence};
use dorpsplein_protocol::store::StoreError;
use dorpsplein_protocol::time::{CivilTime, Day};
use dorpsplein_web_ui::paths::{AgendaQuery, AgendaView};
use dorpsplein_web_ui::{Lang, pages, view};
use jiff::ToSpan;
use jiff::civil::Date;

use super::super::local_time;
use super::item::{self, contested};
use super::lists::when;
use super::{ReadError, Reader, posts};

/// How many days the list shows: six weeks.
const LIST_DAYS: i32 = 42;
/// Times on a page of the list; a day is never torn in two.
const EVENTS_PER_PAGE: usize = 60;
/// The most times in a week or a month.
const MOST_IN_A_PERIOD: usize = 500;
/// How many days back is looked for what began earlier and is still going on.
const LOOK_BACK_DAYS: i32 = 31;
/// How far ahead is looked for something later: what recurs for ever has to end somewhere.
const HORIZON_DAYS: i32 = 400;

impl Reader {
    /// The agenda as it was asked for.
    pub(in super::super) fn agenda_page(&self, asked: AgendaQuery, lang: Lang) -> Result<String, ReadError> {
        let page = self.agenda_view(asked)?;
        Ok(pages::agenda(&self.frame(), &page, lang)?)
    }

    /// What of the agenda is asked for: this part of the neighbourhood, this category.
    pub(in super::super) fn agenda_filter(&self, asked: &AgendaQuery) -> Result<Filter, ReadError> {
        let area = asked.area.as_deref().map(|area| AreaId::from_hex(area).ok_or(ReadError::NotFound)).transpose()?;
        Ok(Filter { area, category: asked.category.clone(), ..self.filter() })
    }

    fn agenda_view(&self, asked: AgendaQuery) -> Result<view::AgendaPage, ReadError> {
        let day = |on: &str| on.parse::<Date>().ok().filter(|day| civil_day(*day).is_some());
        let on = match asked.on.as_deref() {
            Some(on) => day(on).ok_or(ReadError::NotFound)?,
            None => self.local_now.date(),
        };
        let filter = self.agenda_filter(&asked)?;
        let (first, last, earlier, later) = period(asked.view, on);
        let mut page = view::AgendaPage {
            first,
            last,
            events: Vec::new(),
            earlier,
            later,
            choices: self.choices()?,
            site_url: self.site_url.as_deref().map(str::to_owned),
            asked,
        };
        match page.asked.view {
            AgendaView::List => self.fill_list(&mut page, &filter)?,
            AgendaView::Week | AgendaView::Month => {
                page.events = self.events_between(first, last, &filter, MOST_IN_A_PERIOD)?;
            }
        }
        Ok(page)
    }

    /// What comes in the days of a list, and the day on which the next one begins: where this one is full, or where after
    /// these weeks there is something again.
    fn fill_list(&self, page: &mut view::AgendaPage, filter: &Filter) -> Result<(), StoreError> {
        page.events = self.events_between(page.first, page.last, filter, EVENTS_PER_PAGE + 1)?;
        let over = page.events.get(EVENTS_PER_PAGE).map(|event| event.when.first_day());
        if let Some(over) = over.filter(|over| *over > page.first) {
            page.events.retain(|event| event.when.first_day() < over);
            page.later = Some(over);
        } else if let Some(after) = page.later.take() {
            let next = self.times_between(after, plus_days(after, HORIZON_DAYS), filter, 1)?;
            page.later = next.first().and_then(|time| posts::date(time.starts.day()));
        }
        let now = self.local_now;
        // What is over leaves; what has no end is on for the rest of its day.
        page.events.retain(|event| match event.when {
            view::When::Timed { ends: Some(ends), starts } if ends >= starts => ends > now,
            view::When::Timed { .. } | view::When::AllDay { .. } => event.when.last_day() >= now.date(),
        });
        Ok(())
    }

    /// What is on from one day to another, by start: also what began before and goes on. At most `limit` that begin then.
    pub(super) fn events_between(
        &self,
        first: Date,
        last: Date,
        filter: &Filter,
        limit: usize,
    ) -> Result<Vec<view::EventTeaser>, StoreError> {
        let before = match first.yesterday() {
            Ok(yesterday) => self.times_between(plus_days(first, -LOOK_BACK_DAYS), yesterday, filter, limit)?,
            Err(_) => Vec::new(),
        };
        let going_on = before.iter().filter_map(|time| self.event_teaser(time)).filter(|event| event.when.is_on(first));
        let times = self.times_between(first, last, filter, limit)?;
        Ok(going_on.chain(times.iter().filter_map(|time| self.event_teaser(time))).collect())
    }

    /// The times that begin on one of these days.
    fn times_between(
        &self,
        first: Date,
        last: Date,
        filter: &Filter,
        limit: usize,
    ) -> Result<Vec<Occurrence>, StoreError> {
        let (Some(from), Some(to)) = (civil_day(first), civil_day(last)) else { return Ok(Vec::new()) };
        let mut times = projection::agenda_between(&self.store, &CivilTime::from(from), to, filter, limit)?;
        times.retain(|time| self.shows(&time.row));
        Ok(times)
    }

    /// An event without a start has no place in an agenda; validation lets none in.
    fn event_teaser(&self, time: &Occurrence) -> Option<view::EventTeaser> {
        let row = &time.row;
        let starts = local_time::civil(&time.starts)?;
        let ends = posts::ends(time).as_ref().and_then(local_time::civil);
        Some(view::EventTeaser {
            id: row.id.to_string(),
            title: item::title(row),
            when: when(starts, ends),
            place: row.content.place.clone(),
            cancelled: contested::cancelled(row),
            contested: contested::any(row),
            origin: self.origin(&row.neighbourhood),
            photo: self.photos(row).into_iter().find(|photo| photo.is_here),
        })
    }
}

/// The days that a view shows, and those on which the one before and the one after it are asked for.
fn period(view: AgendaView, on: Date) -> (Date, Date, Option<Date>, Option<Date>) {
    let around = |first: Date, last: Date| (first, last, first.yesterday().ok(), last.tomorrow().ok());
    match view {
        AgendaView::List => {
            let last = plus_days(on, LIST_DAYS - 1);
            (on, last, None, last.tomorrow().ok())
        }
        AgendaView::Week => {
            let monday = plus_days(on, -i32::from(on.weekday().to_monday_zero_offset()));
            let (first, last, _, later) = around(monday, plus_days(monday, 6));
            (first, last, monday.checked_sub(7.days()).ok(), later)
        }
        AgendaView::Month => {
            let (first, last, earlier, later) = around(on.first_of_month(), on.last_of_month());
            (first, last, earlier.map(Date::first_of_month), later)
        }
    }
}

fn plus_days(day: Date, days: i32) -> Date {
    day.saturating_add(days.days())
}

/// A day as the protocol has it; none before 1970 and after 2999.
fn civil_day(date: Date) -> Option<Day> {
    Day::parse(&date.to_string()).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_week_begins_on_monday_and_a_month_on_its_first() {
        let on = date(2026, 11, 22);
        assert_eq!(
            period(AgendaView::Week, on),
            (date(2026, 11, 16), on, Some(date(2026, 11, 9)), Some(date(2026, 11, 23)))
        );
        assert_eq!(
            period(AgendaView::Month, on),
            (date(2026, 11, 1), date(2026, 11, 30), Some(date(2026, 10, 1)), Some(date(2026, 12, 1)))
        );
        assert_eq!(period(AgendaView::List, on), (on, date(2027, 1, 2), None, Some(date(2027, 1, 3))));
    }
}
