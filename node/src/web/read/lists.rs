//! The news, and when events are.

use std::ops::ControlFlow;

use dorpsplein_protocol::operation::Kind;
use dorpsplein_protocol::projection::{self, ItemRow, ListCursor};
use dorpsplein_protocol::store::{Direction, Read, StoreError, Table};
use dorpsplein_web_ui::{Lang, pages, view};

use super::super::local_time::Civil;
use super::item;
use super::{ReadError, Reader};

/// News items on one page.
const NEWS_PER_PAGE: usize = 20;
/// The most events of today and tomorrow on the home page.
const MOST_SOON: usize = 64;

impl Reader {
    /// The home page, or the older news from a cursor on.
    pub(in super::super) fn news_page(&self, before: Option<&str>, lang: Lang) -> Result<String, ReadError> {
        let cursor: Option<ListCursor> = before.map(str::parse).transpose().map_err(|_| ReadError::NotFound)?;
        let (rows, older) = self.news_rows(cursor.as_ref())?;
        let soon = if before.is_none() { self.soon()? } else { Vec::new() };
        let items = rows.iter().map(|row| self.news_teaser(row)).collect::<Result<_, StoreError>>()?;
        let page = view::NewsPage {
            words: self.welcome_words().filter(|_| before.is_none()),
            soon,
            items,
            before: before.map(str::to_owned),
            older: older.map(|cursor| cursor.to_string()),
        };
        Ok(pages::news(&self.frame(), &page, lang)?)
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
    fn news_rows(&self, cursor: Option<&ListCursor>) -> Result<(Vec<ItemRow>, Option<ListCursor>), StoreError> {
        let (mut rows, next) = projection::list_of(&self.store, Kind::NEWS, &self.filter(), cursor, NEWS_PER_PAGE)?;
        rows.retain(|row| self.shows(row));
        Ok((rows, next))
    }

    /// Whether there is any news that this visitor may see.
    pub(super) fn has_news(&self) -> Result<bool, StoreError> {
        Ok(!self.news_rows(None)?.0.is_empty())
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
        self.events_between(today, today.tomorrow().unwrap_or(today), &self.filter(), MOST_SOON)
    }
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
