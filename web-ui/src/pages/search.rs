//! The page of what is found.

use askama::Template;

use super::RenderError;
use super::partial::rendered;
use super::shell::Shell;
use crate::Lang;
use crate::paths::{self, Page, SearchKind};
use crate::view::{Fit, Frame, Role, SearchPage, Target};

#[derive(Template)]
#[template(path = "search.html")]
struct Search<'a> {
    s: Shell<'a>,
    page: &'a SearchPage,
}

/// What is found.
///
/// # Errors
/// [`RenderError`].
pub fn search(frame: &Frame, page: &SearchPage, lang: Lang) -> Result<String, RenderError> {
    let path = |lang| {
        if page.question.is_empty() {
            Page::Search.pattern(lang).to_owned()
        } else {
            paths::search_for(lang, &page.question, page.kind, page.after.as_deref())
        }
    };
    let shell = Shell::new(frame, lang, Some(Page::Search), path);
    rendered(&Search { s: shell, page }, lang)
}

impl SearchPage {
    /// The question of one kind, from its beginning.
    fn kind_path(&self, s: &Shell<'_>, kind: &SearchKind) -> String {
        paths::search_for(s.lang, &self.question, Some(*kind), None)
    }

    /// The question of every kind, from its beginning.
    fn all_path(&self, s: &Shell<'_>) -> String {
        paths::search_for(s.lang, &self.question, None, None)
    }

    /// The same question from its beginning.
    fn first_path(&self, s: &Shell<'_>) -> String {
        paths::search_for(s.lang, &self.question, self.kind, None)
    }

    /// The next page of this question.
    fn next_path(&self, s: &Shell<'_>, next: &str) -> String {
        paths::search_for(s.lang, &self.question, self.kind, Some(next))
    }

    /// Whether only this kind was asked for.
    fn is_of(&self, kind: &SearchKind) -> bool {
        self.kind.as_ref() == Some(kind)
    }
}

impl Target {
    /// Its address.
    #[must_use]
    pub fn path(&self, lang: Lang) -> String {
        if self.page == Page::People {
            return format!("{}#p{}", Page::People.pattern(lang), self.id);
        }
        let fragment = self.comment.as_ref().map(|id| format!("#c{id}")).unwrap_or_default();
        format!("{}{fragment}", self.page.path(lang, &self.id))
    }
}
