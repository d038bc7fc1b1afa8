//! The agenda: a list of the coming weeks, a week, or a month.

use askama::Template;

use super::RenderError;
use super::choices::{Choice, among_areas, among_categories};
use super::partial::rendered;
use super::shell::Shell;
use crate::Lang;
use crate::paths::{self, AgendaQuery, AgendaView, Page, PostKind};
use crate::view::{AgendaPage, Date, EventTeaser, Frame};

/// The agenda as it was asked for.
///
/// # Errors
/// [`RenderError`].
pub fn agenda(frame: &Frame, page: &AgendaPage, lang: Lang) -> Result<String, RenderError> {
    let s = Shell::new(frame, lang, Some(Page::Agenda), |lang| paths::agenda_of(lang, &page.asked));
    let (months, weeks) = match page.asked.view {
        AgendaView::List => (months(&page.events, page.first), Vec::new()),
        AgendaView::Week => (Vec::new(), vec![days(page.first, page.last, &page.events)]),
        AgendaView::Month => (Vec::new(), weeks(page)),
    };
    rendered(&Agenda { s, page, months, weeks }, lang)
}

#[derive(Template)]
#[template(path = "agenda.html")]
struct Agenda<'a> {
    s: Shell<'a>,
    page: &'a AgendaPage,
    months: Vec<Month<'a>>,
    weeks: Vec<Vec<Day<'a>>>,
}

/// The events of one month, by day.
#[derive(Debug)]
struct Month<'a> {
    first: Date,
    days: Vec<Day<'a>>,
}

/// The events of one day.
#[derive(Debug)]
struct Day<'a> {
    date: Date,
    events: Vec<&'a EventTeaser>,
}

/// Groups events, which come by first day, into days and months. What began before `from` stands under `from`: it is
/// still going on.
fn months(events: &[EventTeaser], from: Date) -> Vec<Month<'_>> {
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

/// Every day from the first to the last, each with what is going on then.
fn days(first: Date, last: Date, events: &[EventTeaser]) -> Vec<Day<'_>> {
    let on = |date: Date| events.iter().filter(move |event| event.when.is_on(date)).collect();
    let dates = std::iter::successors(Some(first), |date| date.tomorrow().ok()).take_while(|date| *date <= last);
    dates.map(|date| Day { date, events: on(date) }).collect()
}

/// The weeks that a month has a part in, Monday to Sunday.
fn weeks(page: &AgendaPage) -> Vec<Vec<Day<'_>>> {
    let mut weeks: Vec<Vec<Day<'_>>> = Vec::new();
    for day in days(page.first, page.last, &page.events) {
        match weeks.last_mut().filter(|_| day.date.weekday() != jiff::civil::Weekday::Monday) {
            Some(week) => week.push(day),
            None => weeks.push(vec![day]),
        }
    }
    weeks
}

impl Agenda<'_> {
    /// The ways to show it.
    fn views(&self) -> Result<Vec<Choice>, askama::Error> {
        let each = |view: AgendaView| {
            let text = match view {
                AgendaView::List => "agenda-view-list",
                AgendaView::Week => "agenda-view-week",
                AgendaView::Month => "agenda-view-month",
            };
            let path = self.path(|asked| asked.view = view);
            Ok(Choice { text: self.s.say(text)?.into_owned(), path, chosen: self.page.asked.view == view })
        };
        AgendaView::ALL.into_iter().map(each).collect()
    }

    fn categories(&self) -> Result<Vec<Choice>, askama::Error> {
        among_categories(&self.s, &self.page.choices, self.page.asked.category.as_deref(), |category| {
            self.path(|asked| asked.category = category)
        })
    }

    fn areas(&self) -> Result<Vec<Choice>, askama::Error> {
        among_areas(&self.s, &self.page.choices, self.page.asked.area.as_deref(), |area| {
            self.path(|asked| asked.area = area)
        })
    }

    /// The agenda as it was asked for but for a change.
    fn path(&self, change: impl FnOnce(&mut AgendaQuery)) -> String {
        let mut asked = self.page.asked.clone();
        change(&mut asked);
        paths::agenda_of(self.s.lang, &asked)
    }

    /// The same from another day on, or from today.
    fn path_on(&self, day: Option<&Date>) -> String {
        self.path(|asked| asked.on = day.map(ToString::to_string))
    }

    /// What the days that are shown are called; none for a list, of which each day has its own heading.
    fn period(&self) -> Option<String> {
        match self.page.asked.view {
            AgendaView::List => None,
            AgendaView::Week => Some(self.s.week_heading(self.page.first, self.page.last)),
            AgendaView::Month => Some(self.s.month_heading(&self.page.first)),
        }
    }

    /// The words of the links to what is earlier and later.
    const fn ways(&self) -> (&'static str, &'static str) {
        match self.page.asked.view {
            AgendaView::List => ("agenda-from-today", "agenda-later"),
            AgendaView::Week => ("agenda-week-before", "agenda-week-after"),
            AgendaView::Month => ("agenda-month-before", "agenda-month-after"),
        }
    }

    /// How many days of its first week come before a month.
    fn days_before(&self) -> i8 {
        self.page.first.weekday().to_monday_zero_offset()
    }

    /// The days of a week, as they stand above a month: short, and whole.
    fn weekdays(&self) -> Vec<(&'static str, &'static str)> {
        self.s.weekdays()
    }

    /// The file of what is shown here, of every day there is.
    fn calendar_path(&self) -> String {
        paths::calendar(self.s.lang, &self.page.asked)
    }

    /// Its whole address, as one gives it to a calendar.
    fn calendar_address(&self) -> Option<String> {
        self.page.site_url.as_ref().map(|site| format!("{site}{}", self.calendar_path()))
    }

    /// The same in the form that has a telephone ask its calendar (`webcal:`), which stands for http and https alike.
    fn calendar_subscription(&self) -> Option<String> {
        let address = self.calendar_address()?;
        address.split_once("://").map(|(_, rest)| format!("webcal://{rest}"))
    }
}
