//! The addresses of the feeds (Atom, RFC 4287), and of all that is read by programs rather than people.

use super::{CALENDAR_ENDING, Page, calendar_pattern, spelled};
use crate::Lang;

/// A feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Feed {
    /// The news.
    News,
    /// The coming events.
    Agenda,
    /// What everybody has to know at once.
    Alerts,
}

impl Feed {
    /// Every feed.
    pub const ALL: [Self; 3] = [Self::News, Self::Agenda, Self::Alerts];

    /// Its address.
    #[must_use]
    pub fn pattern(self, lang: Lang) -> &'static str {
        let (dutch, english) = match self {
            Self::News => ("/nieuws.atom", "/en/news.atom"),
            Self::Agenda => ("/agenda.atom", "/en/agenda.atom"),
            Self::Alerts => ("/belangrijk.atom", "/en/alerts.atom"),
        };
        spelled(lang, dutch, english)
    }

    /// The page that shows the same to people.
    #[must_use]
    pub const fn page(self) -> Page {
        match self {
            Self::News => Page::News,
            Self::Agenda => Page::Agenda,
            Self::Alerts => Page::Alerts,
        }
    }

    /// The feed of a page; none where there is none.
    #[must_use]
    pub fn of(page: Page) -> Option<Self> {
        Self::ALL.into_iter().find(|feed| feed.page() == page)
    }
}

/// Whether a path (without `?` and what follows) leads to a file for programs: a feed or a calendar.
#[must_use]
pub fn is_file(path: &str) -> bool {
    let fixed = |lang| Feed::ALL.map(|feed| feed.pattern(lang)).contains(&path) || path == calendar_pattern(lang);
    Lang::ALL.into_iter().any(fixed)
        || path.strip_suffix(CALENDAR_ENDING).and_then(super::locate).is_some_and(|place| place.page == Page::Event)
}

#[cfg(test)]
mod tests {
    use super::super::event_calendar;
    use super::*;

    #[test]
    fn files_are_told_from_pages() {
        for lang in Lang::ALL {
            assert!(Feed::ALL.iter().all(|feed| is_file(feed.pattern(lang)) && Feed::of(feed.page()) == Some(*feed)));
            assert!(is_file(calendar_pattern(lang)) && is_file(&event_calendar(lang, "9f2c")));
        }
        assert!(!is_file("/agenda") && !is_file("/bericht/9f2c.ics") && !is_file("/activiteit/9f2c"));
    }
}
