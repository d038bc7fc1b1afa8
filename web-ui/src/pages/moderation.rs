//! What was done to whole items: the page of one that is gone, and the log that members read.

use std::borrow::Cow;

use askama::Template;

use super::RenderError;
use super::partial::rendered;
use super::shell::Shell;
use crate::Lang;
use crate::locale::MissingText;
use crate::paths::{self, Page};
use crate::view::{Frame, GonePage, LogAct, LogPage, Reason, Role, ThreadEntry};

#[derive(Template)]
#[template(path = "gone.html")]
struct Gone<'a> {
    s: Shell<'a>,
    page: &'a GonePage,
}

#[derive(Template)]
#[template(path = "desk/log.html")]
struct Log<'a> {
    s: Shell<'a>,
    page: &'a LogPage,
}

/// An item that cannot be read here any more: who took it away and why, and what stands under it.
///
/// # Errors
/// [`RenderError`].
pub fn gone(frame: &Frame, page: &GonePage, lang: Lang) -> Result<String, RenderError> {
    let place = if page.event { Page::Event } else { Page::Item };
    let s = Shell::new(frame, lang, Some(place), |lang| place.path(lang, &page.id));
    rendered(&Gone { s, page }, lang)
}

/// The moderation log.
///
/// # Errors
/// [`RenderError`].
pub fn log(frame: &Frame, page: &LogPage, lang: Lang) -> Result<String, RenderError> {
    let path = |lang| match &page.before {
        Some(cursor) => paths::log_before(lang, cursor),
        None => Page::Log.pattern(lang).to_owned(),
    };
    let s = Shell::new(frame, lang, Some(Page::Log), path);
    rendered(&Log { s, page }, lang)
}

/// What these templates ask of the shell.
impl Shell<'_> {
    /// The reasons a form offers.
    pub(super) const fn reasons(&self) -> [Reason; 7] {
        Reason::ALL
    }

    /// A reason in words.
    pub(super) fn reason(&self, reason: &Reason) -> Result<Cow<'static, str>, MissingText> {
        self.say(match reason.0 {
            "spam" => "reason-spam",
            "insult" => "reason-insult",
            "private-data" => "reason-private-data",
            "unlawful" => "reason-unlawful",
            "mistake" => "reason-mistake",
            "at-request" => "reason-at-request",
            _ => "reason-other",
        })
    }

    /// The text for what was done.
    pub(super) const fn log_text(&self, act: &LogAct) -> &'static str {
        match act {
            LogAct::Hid => "log-hid",
            LogAct::Showed => "log-showed",
            LogAct::Pinned => "log-pinned",
            LogAct::Unpinned => "log-unpinned",
            LogAct::Official => "log-official",
            LogAct::Unofficial => "log-unofficial",
            LogAct::Erased => "log-erased",
            LogAct::Appealed => "log-appealed",
        }
    }

    /// The log from this place on.
    pub(super) fn log_before_path(&self, cursor: &str) -> String {
        paths::log_before(self.lang, cursor)
    }
}
