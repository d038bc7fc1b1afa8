//! The pages one reads: news, and one item or event.

use askama::Template;

use super::shell::Shell;
use crate::paths::{self, Page, PostKind};
use crate::view::{EventPage, ItemPage, NewsPage, Role, Stated, ThreadEntry};

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
#[template(path = "event.html")]
pub(super) struct Event<'a> {
    pub(super) s: Shell<'a>,
    pub(super) page: &'a EventPage,
}

impl Event<'_> {
    /// The file with this event, for the reader's own calendar.
    fn calendar_path(&self) -> String {
        paths::event_calendar(self.s.lang, &self.page.id)
    }
}
