//! The addresses of the agenda: as a list, a week or a month, of everything or a part of it; and the same as a file that
//! calendars subscribe to.

use super::{Page, encode, query, spelled};
use crate::{Lang, Whole};

/// How the agenda is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AgendaView {
    /// The coming weeks, day by day, without the days on which nothing is.
    #[default]
    List,
    /// The seven days of a week.
    Week,
    /// A month as a table of weeks.
    Month,
}

impl AgendaView {
    /// Every view, in the order in which a page offers them.
    pub const ALL: [Self; 3] = [Self::List, Self::Week, Self::Month];

    /// Its name in an address.
    #[must_use]
    pub const fn value(self, lang: Lang) -> &'static str {
        match (self, lang.whole()) {
            (Self::List, Whole::Nl) => "lijst",
            (Self::List, Whole::En) => "list",
            (Self::Week, _) => "week",
            (Self::Month, Whole::Nl) => "maand",
            (Self::Month, Whole::En) => "month",
        }
    }

    /// The view with this name in an address.
    #[must_use]
    pub fn from_value(value: &str, lang: Lang) -> Option<Self> {
        Self::ALL.into_iter().find(|view| view.value(lang) == value)
    }
}

/// What the agenda is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgendaQuery {
    /// How it is shown.
    pub view: AgendaView,
    /// A day (`2026-12-24`): the first of a list, any of a week or a month. None: today.
    pub on: Option<String>,
    /// Only this category.
    pub category: Option<String>,
    /// Only this part of the neighbourhood, by its id.
    pub area: Option<String>,
}

/// The agenda, or a part of it.
#[must_use]
pub fn agenda_of(lang: Lang, asked: &AgendaQuery) -> String {
    let view = (asked.view != AgendaView::List).then(|| (query::view(lang), asked.view.value(lang)));
    let on = asked.on.as_deref().map(|on| (query::on(lang), on));
    with_query(Page::Agenda.pattern(lang), view.into_iter().chain(on).chain(part(lang, asked)))
}

/// The file with all events, or those of a category and a part of the neighbourhood: for calendars that subscribe to it.
#[must_use]
pub fn calendar(lang: Lang, asked: &AgendaQuery) -> String {
    with_query(calendar_pattern(lang), part(lang, asked))
}

/// The same file as the router spells it.
#[must_use]
pub fn calendar_pattern(lang: Lang) -> &'static str {
    spelled(lang, "/agenda.ics", "/en/agenda.ics")
}

/// The file with one event. Its address is that of the event's page with this behind it: [`CALENDAR_ENDING`].
#[must_use]
pub fn event_calendar(lang: Lang, id: &str) -> String {
    format!("{}{CALENDAR_ENDING}", super::event(lang, id))
}

/// What stands behind the address of an event for its file.
pub const CALENDAR_ENDING: &str = ".ics";

fn part(lang: Lang, asked: &AgendaQuery) -> impl Iterator<Item = (&'static str, &str)> {
    let words = [(query::category(lang), &asked.category), (query::area(lang), &asked.area)];
    words.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)))
}

fn with_query<'a>(path: &str, asked: impl Iterator<Item = (&'static str, &'a str)>) -> String {
    let asked: Vec<String> = asked.map(|(name, value)| format!("{name}={}", encode(value))).collect();
    if asked.is_empty() { path.to_owned() } else { format!("{path}?{}", asked.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_view_has_a_name_of_its_own_in_every_language() {
        for lang in Lang::ALL {
            for view in AgendaView::ALL {
                assert_eq!(AgendaView::from_value(view.value(lang), lang), Some(view));
            }
            assert_eq!(AgendaView::from_value("", lang), None);
        }
    }

    #[test]
    fn what_is_asked_stands_in_the_address() {
        let asked = AgendaQuery {
            view: AgendaView::Month,
            on: Some("2026-12-01".to_owned()),
            category: Some("Sport & spel".to_owned()),
            area: None,
        };
        assert_eq!(agenda_of(Lang::Nl, &asked), "/agenda?weergave=maand&op=2026-12-01&categorie=Sport%20%26%20spel");
        assert_eq!(agenda_of(Lang::En, &AgendaQuery::default()), "/en/agenda");
        assert_eq!(calendar(Lang::Nl, &asked), "/agenda.ics?categorie=Sport%20%26%20spel");
        assert_eq!(calendar(Lang::En, &AgendaQuery::default()), "/en/agenda.ics");
    }
}
