//! The pages one reads: news, agenda, and one item of either.

use askama::Template;

use super::prose::Span;
use super::shell::Shell;
use crate::paths::{Page, PostKind};
use crate::view::{AgendaPage, Date, EventPage, EventTeaser, ItemPage, NewsPage, Role, Stated, ThreadEntry};

#[derive(Template)]
#[template(path = "news.html")]
pub(super) struct News<'a> {
    pub(super) s: Shell<'a>,
    pub(super) page: &'a NewsPage,
}

#[derive(Template)]
#[template(path = "item.html")]
pub(super) struct Item<'a> {
    pub(super) s: Shell<'a>,
    pub(super) page: &'a ItemPage,
}

#[derive(Template)]
#[template(path = "agenda.html")]
pub(super) struct Agenda<'a> {
    pub(super) s: Shell<'a>,
    pub(super) page: &'a AgendaPage,
    pub(super) months: Vec<Month<'a>>,
}

#[derive(Template)]
#[template(path = "event.html")]
pub(super) struct Event<'a> {
    pub(super) s: Shell<'a>,
    pub(super) page: &'a EventPage,
}

/// The events of one month, by day.
#[derive(Debug)]
pub(super) struct Month<'a> {
    pub(super) first: Date,
    pub(super) days: Vec<Day<'a>>,
}

/// The events of one day.
#[derive(Debug)]
pub(super) struct Day<'a> {
    pub(super) date: Date,
    pub(super) events: Vec<&'a EventTeaser>,
}

/// Groups events, which come by first day, into days and months. What began before `from` stands under `from`: it is
/// still going on.
pub(super) fn months(events: &[EventTeaser], from: Date) -> Vec<Month<'_>> {
    let mut months: Vec<Month<'_>> = Vec::new();
    for event in events {
        let date = event.when.first_day().max(from);
        let first = date.first_of_month();
        if months.last().is_none_or(|month| month.first != first) {
            months.push(Month { first, days: Vec::new() });
        }
        let Some(month) = months.last_mut() else { continue };
        match month.days.last_mut().filter(|day| day.date == date) {
            Some(day) => day.events.push(event),
            None => month.days.push(Day { date, events: vec![event] }),
        }
    }
    months
}
