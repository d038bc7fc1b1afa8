//! The pages with many items: news and agenda.

use std::ops::ControlFlow;

use dorpsplein_protocol::operation::Kind;
use dorpsplein_protocol::projection::{self, FeedCursor, ItemRow, Occurrence};
use dorpsplein_protocol::store::{Direction, Read, StoreError, Table};
use dorpsplein_protocol::time::{CivilTime, Day};
use dorpsplein_web_ui::{Lang, pages, view};
use jiff::civil::Date;

use super::super::local_time::Civil;
use super::item::{self, contested};
use super::{ReadError, Reader, posts};

/// News items on one page.
const NEWS_PER_PAGE: usize = 20;
/// Events on one page of the agenda.
const EVENTS_PER_PAGE: usize = 60;
/// The most events of today and tomorrow on the home page.
const MOST_SOON: usize = 64;
/// How far ahead the agenda looks: what recurs for ever has to end somewhere.
const HORIZON_DAYS: u32 = 400;
/// How many days an event on the home page may lie ahead: today and tomorrow.
const SOON_DAYS: i64 = 1;

impl Reader {
    /// The home page, or the older news from a cursor on.
    pub(in super::super) fn news_page(&self, before: Option<&str>, lang: Lang) -> Result<String, ReadError> {
        let cursor: Option<FeedCursor> = before.map(str::parse).transpose().map_err(|_| ReadError::NotFound)?;
        let (rows, older) = self.news_rows(cursor.as_ref())?;
        let soon = if before.is_none() { self.soon()? } else { Vec::new() };
        let items = rows.iter().map(|row| self.news_teaser(row)).collect::<Result<_, StoreError>>()?;
        let page = view::NewsPage {
            soon,
            items,
            before: before.map(str::to_owned),
            older: older.map(|cursor| cursor.to_string()),
        };
        Ok(pages::news(&self.frame(), &page, lang)?)
    }

    /// The coming events, from today or another day on.
    pub(in super::super) fn agenda_page(&self, from: Option<&str>, lang: Lang) -> Result<String, ReadError> {
        let asked = from.map(str::parse::<Date>).transpose().map_err(|_| ReadError::NotFound)?;
        let first = asked.unwrap_or(self.local_now.date());
        let mut events = self.events_from(first, EVENTS_PER_PAGE + 1)?;
        let later = events.get(EVENTS_PER_PAGE).map(|event| event.when.first_day()).filter(|day| *day > first);
        if let Some(later) = later {
            events.retain(|event| event.when.first_day() < later);
        }
        Ok(pages::agenda(&self.frame(), &view::AgendaPage { events, from: asked, later }, lang)?)
    }

    /// How many items can be read by whoever comes by.
    pub(in super::super) fn count_items(&self) -> Result<usize, StoreError> {
        let mut count = 0;
        let all = (std::ops::Bound::Unbounded, std::ops::Bound::Unbounded);
        self.store.scan(Table::Rows, all, Direction::Ascending, &mut |_, value| {
            count += usize::from(ItemRow::decode(value).is_ok_and(|row| self.shows_to_everybody(&row)));
            ControlFlow::Continue(())
        })?;
        Ok(count)
    }

    /// One page of news, and the cursor of the next.
    fn news_rows(&self, cursor: Option<&FeedCursor>) -> Result<(Vec<ItemRow>, Option<FeedCursor>), StoreError> {
        let is_news = |row: &ItemRow| row.kind == Kind::NEWS && self.shows(row);
        projection::feed_of(&self.store, cursor, NEWS_PER_PAGE, is_news)
    }

    fn news_teaser(&self, row: &ItemRow) -> Result<view::NewsTeaser, StoreError> {
        Ok(view::NewsTeaser {
            id: row.id.to_string(),
            title: item::title(row),
            body: row.content.body.clone().unwrap_or_default(),
            author: self.author(&row.author)?,
            written: super::local_time::local(row.created),
            pinned: row.pinned.is_some(),
            photo: self.photos(row).into_iter().find(|photo| photo.is_here),
            comments: self.comment_count(&row.id)?,
        })
    }

    /// The events of today and tomorrow.
    fn soon(&self) -> Result<Vec<view::EventTeaser>, StoreError> {
        let today = self.local_now.date();
        let mut events = self.events_from(today, MOST_SOON)?;
        events.retain(|event| event.when.first_day().duration_since(today).as_hours() <= SOON_DAYS * 24);
        Ok(events)
    }

    fn events_from(&self, first: Date, limit: usize) -> Result<Vec<view::EventTeaser>, StoreError> {
        let (Ok(from), Some(to)) = (CivilTime::parse(&first.to_string()), horizon(first)) else {
            return Ok(Vec::new());
        };
        let times = projection::agenda_between(&self.store, &from, to, &self.filter(), limit)?;
        let shown = times.iter().filter(|time| self.shows(&time.row));
        Ok(shown.filter_map(|time| self.event_teaser(time)).collect())
    }

    /// An event without a start has no place in an agenda; validation lets none in.
    fn event_teaser(&self, time: &Occurrence) -> Option<view::EventTeaser> {
        let row = &time.row;
        let starts = super::local_time::civil(&time.starts)?;
        let ends = posts::ends(time).as_ref().and_then(super::local_time::civil);
        Some(view::EventTeaser {
            id: row.id.to_string(),
            title: item::title(row),
            when: when(starts, ends),
            place: row.content.place.clone(),
            cancelled: contested::cancelled(row),
            contested: contested::any(row),
            origin: self.origin(&row.neighbourhood),
        })
    }
}

/// The last day that the agenda shows from a day on.
fn horizon(first: Date) -> Option<Day> {
    Day::parse(&first.to_string()).ok().map(|day| day.plus_days(HORIZON_DAYS).unwrap_or(Day::LAST))
}

/// An event's time as pages say it. A start without a time of day is a whole day, whatever the end says.
pub(super) fn when(starts: Civil, ends: Option<Civil>) -> view::When {
    match (starts, ends) {
        (Civil::Day(first), ends) => view::When::AllDay { first, last: ends.map_or(first, Civil::date) },
        (Civil::Time(starts), Some(Civil::Time(ends))) => view::When::Timed { starts, ends: Some(ends) },
        (Civil::Time(starts), Some(Civil::Day(_)) | None) => view::When::Timed { starts, ends: None },
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, datetime};

    use super::*;

    #[test]
    fn a_start_without_a_time_is_a_whole_day() {
        let day = date(2026, 12, 4);
        let evening = datetime(2026, 12, 4, 20, 0, 0, 0);
        assert_eq!(when(Civil::Day(day), None), view::When::AllDay { first: day, last: day });
        assert_eq!(when(Civil::Day(day), Some(Civil::Time(evening))), view::When::AllDay { first: day, last: day });
        assert_eq!(
            when(Civil::Time(evening), Some(Civil::Day(day))),
            view::When::Timed { starts: evening, ends: None }
        );
    }
}
