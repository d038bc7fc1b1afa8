//! The pages on which somebody changes what they wrote, and on which everybody sees what it said before.

use askama::Template;

use super::RenderError;
use super::partial::rendered;
use super::prose;
use super::shell::Shell;
use crate::Lang;
use crate::locale::MissingText;
use crate::paths::Page;
use crate::view::{FactValue, Frame, HistoryPage, WordsPage};

#[derive(Template)]
#[template(path = "words.html")]
struct Words<'a> {
    s: Shell<'a>,
    page: &'a WordsPage,
}

#[derive(Template)]
#[template(path = "history.html")]
struct History<'a> {
    s: Shell<'a>,
    page: &'a HistoryPage,
}

/// Writing or changing the words of a comment, or of how things stand with an alert.
///
/// # Errors
/// [`RenderError`].
pub fn words(frame: &Frame, page: &WordsPage, lang: Lang) -> Result<String, RenderError> {
    let (here, id) = match &page.editing {
        Some(handle) => (Page::Edit, &handle.id),
        None => (Page::Update, &page.subject.id),
    };
    let s = Shell::new(frame, lang, Some(here), |lang| here.path(lang, id)).in_list(page.subject.kind.list());
    rendered(&Words { s, page }, lang)
}

/// What an item said before.
///
/// # Errors
/// [`RenderError`].
pub fn history(frame: &Frame, page: &HistoryPage, lang: Lang) -> Result<String, RenderError> {
    let path = |lang| Page::History.path(lang, &page.id);
    let s = Shell::new(frame, lang, Some(Page::History), path).in_list(page.subject.kind.list());
    rendered(&History { s, page }, lang)
}

impl Shell<'_> {
    /// What a fact says, on one line; none where it says nothing.
    pub(super) fn said(&self, said: &FactValue) -> Result<Option<String>, MissingText> {
        Ok(match said {
            FactValue::Nothing => None,
            FactValue::Words(words) => Some(words.clone()),
            FactValue::Yes => Some(self.say("history-yes")?.into_owned()),
            FactValue::When(when) => Some(self.when(when)),
            FactValue::Repeats(repeats) => Some(self.repeats(repeats)),
        })
    }

    /// What became different between two texts.
    pub(super) fn difference<'t>(&self, before: &'t str, after: &'t str) -> prose::Difference<'t> {
        prose::difference(before, after)
    }
}
