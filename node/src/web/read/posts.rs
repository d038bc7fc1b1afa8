//! Offers and requests, clubs, groups, alerts and people: their lists, and what they say beside their text.

use dorpsplein_protocol::operation::{AreaId, Kind};
use dorpsplein_protocol::projection::{self, Filter, ItemRow, ListCursor, Occurrence, Places};
use dorpsplein_protocol::recurrence::{self, Ends, Recurrence};
use dorpsplein_protocol::store::StoreError;
use dorpsplein_protocol::time::{CivilTime, Day, Weekday};
use dorpsplein_web_ui::paths::{ListQuery, Page, PostKind};
use dorpsplein_web_ui::{Lang, pages, view};
use jiff::civil::Date;

use super::super::local_time;
use super::item::{self, title};
use super::standing::handle;
use super::{ReadError, Reader};

/// Posts on one page of a list.
const POSTS_PER_PAGE: usize = 20;
/// Alerts on top of every page; of more the latest.
const MOST_ALERTS: usize = 3;

/// What sort of post an item is; none for what is no post.
pub(super) fn post_kind(kind: Kind) -> Option<PostKind> {
    kind.name().and_then(PostKind::from_name)
}

impl Reader {
    /// A list of posts of one kind, or of offers and requests together.
    pub(in super::super) fn posts_page(&self, list: Page, asked: ListQuery, lang: Lang) -> Result<String, ReadError> {
        let kinds = match (list, asked.kind) {
            (Page::Market, Some(PostKind::Offer)) => &[Kind::OFFER][..],
            (Page::Market, Some(PostKind::Request)) => &[Kind::REQUEST],
            (Page::Market, _) => &[Kind::OFFER, Kind::REQUEST],
            (Page::Clubs, _) => &[Kind::LISTING],
            (Page::Groups, _) => &[Kind::GROUP],
            _ => &[Kind::ALERT],
        };
        let area = asked.area.as_deref().map(|area| AreaId::from_hex(area).ok_or(ReadError::NotFound)).transpose()?;
        let filter = Filter { area, category: asked.category.clone(), ..self.filter() };
        let (rows, next) = self.listed(kinds, &filter, asked.after.as_deref())?;
        let posts = rows.iter().map(|row| self.post_teaser(row)).collect::<Result<Vec<_>, StoreError>>()?;
        let page = view::PostsPage {
            list,
            posts: posts.into_iter().flatten().collect(),
            asked,
            choices: self.choices()?,
            next: next.map(|cursor| cursor.to_string()),
        };
        Ok(pages::posts(&self.frame(), &page, lang)?)
    }

    /// What this visitor is asked to see of a list, before anything is left out of it.
    pub(super) fn filter(&self) -> Filter {
        Filter { members: self.visitor.is_some(), ..Filter::default() }
    }

    /// What posts can be filed under here.
    pub(in super::super) fn choices(&self) -> Result<view::Choices, StoreError> {
        let categories = self.content_of_setting().categories.clone();
        let areas = self.registers.home().areas();
        let mut areas: Vec<_> =
            areas.map(|(id, name)| view::AreaChoice { id: id.to_string(), name: name.to_owned() }).collect();
        areas.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        Ok(view::Choices { categories, areas })
    }

    /// What everybody has to know now, latest first.
    pub(super) fn open_alerts(&self) -> Result<Vec<view::OpenAlert>, StoreError> {
        let (rows, _) = projection::list_of(&self.store, Kind::ALERT, &self.filter(), None, POSTS_PER_PAGE)?;
        let mut open = Vec::new();
        for row in rows.iter().filter(|row| self.shows(row)) {
            let updates = self.updates_of(row)?;
            if !is_over(row, &updates) {
                let told = updates.last().map_or(row.created, |update| update.created);
                open.push(view::OpenAlert { id: row.id.to_string(), title: title(row), told: local_time::local(told) });
            }
        }
        open.sort_by_key(|alert| std::cmp::Reverse(alert.told));
        open.truncate(MOST_ALERTS);
        Ok(open)
    }

    /// What a post says beside its text. `updates` are those of an alert, of which the last may say that it is over.
    pub(super) fn facts(&self, row: &ItemRow, updates: &[ItemRow]) -> view::Facts {
        let content = &row.content;
        let review_by = content.review_by.and_then(date);
        view::Facts {
            settled: is_over(row, updates),
            review_by,
            stale: review_by.is_some_and(|day| day < self.local_now.date()),
            category: content.category.clone(),
            area: content.area.as_ref().and_then(|area| self.area_name(row, area)),
            place: content.place.clone(),
            phone: content.phone.clone(),
            email: content.email.clone(),
            website: content.website.clone(),
            hours: content.hours.clone(),
            on_behalf: content.on_behalf.clone(),
        }
    }

    /// How things stand with an alert, oldest first; nothing of any other post.
    pub(super) fn updates_of(&self, row: &ItemRow) -> Result<Vec<ItemRow>, StoreError> {
        if row.kind == Kind::ALERT { projection::updates(&self.store, &row.id) } else { Ok(Vec::new()) }
    }

    /// The same as pages show it, latest first.
    pub(super) fn updates(&self, rows: &[ItemRow]) -> Result<Vec<view::Comment>, StoreError> {
        rows.iter().rev().filter(|row| self.shows(row)).map(|row| self.comment(row)).collect()
    }

    /// Who signed up for an event or joined a group. The names are for residents who are logged in.
    pub(super) fn sign_ups(&self, row: &ItemRow) -> Result<view::SignUps, StoreError> {
        let rows = projection::sign_ups(&self.store, &row.id)?;
        let capacity = row.content.capacity;
        let Places { admitted, people, waiting } = projection::places(capacity, &rows);
        let [people, waiting] = [people, waiting].map(|count| count as usize);
        let name = |(at, row): (usize, &ItemRow)| {
            Ok(view::SignUp {
                author: self.author(&row.author)?,
                party: usize::from(row.content.party.unwrap_or(1)),
                waits: at >= admitted,
                handle: handle(row),
            })
        };
        let names = || rows.iter().enumerate().map(name).collect::<Result<_, StoreError>>();
        let names = self.visitor.map(|_| names()).transpose()?;
        Ok(view::SignUps { capacity: capacity.map(|people| people as usize), people, waiting, names })
    }

    /// The rows of a list that this visitor may see, and where the next page goes on. Kinds that stand together have one order.
    fn listed(
        &self,
        kinds: &[Kind],
        filter: &Filter,
        after: Option<&str>,
    ) -> Result<(Vec<ItemRow>, Option<ListCursor>), ReadError> {
        let after: Option<ListCursor> = after.map(str::parse).transpose().map_err(|_| ReadError::NotFound)?;
        let mut rows = Vec::new();
        let mut is_more = false;
        for kind in kinds {
            let (page, cursor) = projection::list_of(&self.store, *kind, filter, after.as_ref(), POSTS_PER_PAGE)?;
            rows.extend(page.into_iter().map(|row| (ListCursor::of(&row), row)));
            is_more |= cursor.is_some();
        }
        // The places of kinds that stand together are in one order.
        rows.sort_by(|(a, _), (b, _)| a.cmp(b));
        is_more |= rows.len() > POSTS_PER_PAGE;
        rows.truncate(POSTS_PER_PAGE);
        let next = rows.last().and_then(|(cursor, _)| cursor.clone()).filter(|_| is_more);
        let shown = rows.into_iter().map(|(_, row)| row).filter(|row| self.shows(row));
        Ok((shown.collect(), next))
    }

    fn post_teaser(&self, row: &ItemRow) -> Result<Option<view::PostTeaser>, StoreError> {
        let Some(kind) = post_kind(row.kind) else { return Ok(None) };
        Ok(Some(view::PostTeaser {
            id: row.id.to_string(),
            kind,
            title: item::title(row),
            body: row.content.body.clone().unwrap_or_default(),
            author: self.author(&row.author)?,
            written: local_time::local(row.created),
            pinned: row.pinned.is_some(),
            facts: self.facts(row, &self.updates_of(row)?),
            photo: self.photos(row).into_iter().find(|photo| photo.is_here),
            comments: self.comment_count(&row.id)?,
        }))
    }

    /// The name of a part of the neighbourhood where an item lives; none once it is no longer distinguished.
    pub(super) fn area_name(&self, row: &ItemRow, area: &AreaId) -> Option<String> {
        let register = self.registers.get(&row.neighbourhood)?;
        register.areas().find(|(id, _)| id == area).map(|(_, name)| name.to_owned())
    }
}

/// Whether a post is arranged, or an alert over: its maker said so, or a later update.
pub(super) fn is_over(post: &ItemRow, updates: &[ItemRow]) -> bool {
    post.content.settled || updates.iter().any(|update| update.content.settled)
}

/// A day as pages have it.
pub(super) fn date(day: Day) -> Option<Date> {
    day.to_string().parse().ok()
}

/// How an event recurs, as pages say it.
pub(super) fn repeats(row: &ItemRow) -> Option<view::Repeats> {
    repeats_of(row.content.repeats.as_ref(), row.content.starts.as_ref()?)
}

/// How something recurs that first happens at `starts`.
pub(super) fn repeats_of(rule: Option<&Recurrence>, starts: &CivilTime) -> Option<view::Repeats> {
    let rule = rule?;
    let first = date(starts.day())?;
    let every = match rule.every() {
        recurrence::Every::Day => view::Every::Day,
        recurrence::Every::Week(days) if days.is_empty() => view::Every::Week(vec![first.weekday()]),
        recurrence::Every::Week(days) => view::Every::Week(days.iter().map(|day| weekday(*day)).collect()),
        recurrence::Every::Month(day) => view::Every::Month(day.map_or(number_of(first), in_month)),
        recurrence::Every::Year(None) => view::Every::Year(first.month(), number_of(first)),
        recurrence::Every::Year(Some((month, day))) => view::Every::Year((*month).cast_signed(), in_month(*day)),
    };
    let until = match rule.ends() {
        Ends::Never => None,
        Ends::On(_) | Ends::After(_) => rule.last_day(starts).and_then(date),
    };
    Some(view::Repeats { every, interval: rule.interval(), until })
}

fn number_of(date: Date) -> view::InMonth {
    view::InMonth::Number(date.day().unsigned_abs())
}

const fn in_month(day: recurrence::InMonth) -> view::InMonth {
    match day {
        recurrence::InMonth::Number(number) => view::InMonth::Number(number),
        recurrence::InMonth::Last => view::InMonth::Last,
        recurrence::InMonth::Nth(nth, day) => view::InMonth::Nth(nth, weekday(day)),
        recurrence::InMonth::LastOf(day) => view::InMonth::LastOf(weekday(day)),
    }
}

const fn weekday(day: Weekday) -> jiff::civil::Weekday {
    match day {
        Weekday::Monday => jiff::civil::Weekday::Monday,
        Weekday::Tuesday => jiff::civil::Weekday::Tuesday,
        Weekday::Wednesday => jiff::civil::Weekday::Wednesday,
        Weekday::Thursday => jiff::civil::Weekday::Thursday,
        Weekday::Friday => jiff::civil::Weekday::Friday,
        Weekday::Saturday => jiff::civil::Weekday::Saturday,
        Weekday::Sunday => jiff::civil::Weekday::Sunday,
    }
}

/// When an occurrence ends: as long after its start as the first one.
pub(super) fn ends(occurrence: &Occurrence) -> Option<CivilTime> {
    let content = &occurrence.row.content;
    let (first, ends) = (content.starts.as_ref()?, content.ends.as_ref()?);
    let days = ends.day().days_since(first.day());
    occurrence.starts.day().plus_days(days).map(|day| ends.on(day))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn pages_know_the_posts_that_the_protocol_knows() {
        let kinds: Vec<_> = PostKind::ALL.iter().map(|kind| Kind::from_name(kind.name()).unwrap()).collect();
        assert_eq!(kinds, Kind::POSTS);
        for (kind, page) in Kind::POSTS.into_iter().zip(PostKind::ALL) {
            assert_eq!(post_kind(kind), Some(page));
            assert_eq!(kind.post_bit(), page.bit());
        }
        assert_eq!(post_kind(Kind::COMMENT), None);
    }
}
