//! Pages of plain words: how to take part, what was done so that everybody can, and who gets to see what.

use askama::Template;

use super::RenderError;
use super::partial::rendered;
use super::shell::Shell;
use crate::Lang;
use crate::locale::MissingText;
use crate::paths::Page;
use crate::view::Frame;

/// A heading with what stands below it, by their text ids.
struct Chapter {
    heading: &'static str,
    paragraphs: &'static [&'static str],
    /// Where to go from here: the text of the link, and the page.
    onward: Option<(&'static str, Page)>,
}

const fn chapter(heading: &'static str, paragraphs: &'static [&'static str]) -> Chapter {
    Chapter { heading, paragraphs, onward: None }
}

impl Chapter {
    const fn onward(self, text: &'static str, page: Page) -> Self {
        Self { onward: Some((text, page)), ..self }
    }
}

const HELP: [Chapter; 8] = [
    chapter("guide-read", &["guide-read-1", "guide-read-2"]).onward("guide-read-link", Page::News),
    chapter("guide-join", &["guide-join-1", "guide-join-2"]).onward("guide-join-link", Page::Join),
    chapter("guide-write", &["guide-write-1", "guide-write-2", "guide-write-3"])
        .onward("guide-write-link", Page::Write),
    chapter("guide-lost", &["guide-lost-1", "guide-lost-2"]),
    chapter("guide-device", &["guide-device-1"]).onward("guide-device-link", Page::MyData),
    chapter("guide-wrong", &["guide-wrong-1", "guide-wrong-2"]),
    chapter("guide-larger", &["guide-larger-1"]).onward("guide-larger-link", Page::Accessibility),
    chapter("guide-who", &["guide-who-1"]).onward("guide-who-link", Page::Privacy),
];

const ACCESSIBILITY: [Chapter; 4] = [
    chapter("access-what", &["access-what-1", "access-what-2", "access-what-3"]),
    chapter("access-tested", &["access-tested-1", "access-tested-2"]),
    chapter("access-limits", &["access-limits-1", "access-limits-2"]),
    chapter("access-tell", &["access-tell-1"]),
];

const PRIVACY: [Chapter; 7] = [
    chapter("privacy-where", &["privacy-where-1", "privacy-where-2"]).onward("privacy-where-link", Page::About),
    chapter("privacy-what", &["privacy-what-1", "privacy-what-2", "privacy-what-3", "privacy-what-4"]),
    chapter("privacy-who", &["privacy-who-1", "privacy-who-2", "privacy-who-3"]),
    chapter("privacy-not", &["privacy-not-1", "privacy-not-2"]),
    chapter("privacy-device", &["privacy-device-1"]),
    chapter("privacy-rights", &["privacy-rights-1", "privacy-rights-2", "privacy-rights-3"])
        .onward("privacy-rights-link", Page::MyData),
    chapter("privacy-log", &["privacy-log-1"]).onward("privacy-log-link", Page::Log),
];

const OFFLINE: [Chapter; 1] =
    [chapter("offline-what", &["offline-what-1", "offline-what-2"]).onward("offline-what-link", Page::News)];

#[derive(Template)]
#[template(path = "guide.html")]
struct Guide<'a> {
    s: Shell<'a>,
    title: &'static str,
    intro: &'static str,
    chapters: &'static [Chapter],
}

impl Guide<'_> {
    fn onward(&self, chapter: &Chapter) -> Option<(&'static str, &'static str)> {
        let onward = chapter.onward.filter(|(_, page)| self.s.may_lead_to(*page));
        onward.map(|(text, page)| (text, self.s.page_path(page)))
    }

    /// A paragraph with the name of the neighbourhood filled in where it wants one.
    fn words(&self, id: &str) -> Result<String, MissingText> {
        self.s.fill(id, "name", &self.s.neighbourhood().name)
    }
}

/// How to read, join and write, and what to do when something is wrong.
///
/// # Errors
/// [`RenderError`].
pub fn help(frame: &Frame, lang: Lang) -> Result<String, RenderError> {
    guide(frame, lang, Page::Help, ("guide-title", "guide-intro"), &HELP)
}

/// What was done so that everybody can use the site, what is missing, and whom to tell.
///
/// # Errors
/// [`RenderError`].
pub fn accessibility(frame: &Frame, lang: Lang) -> Result<String, RenderError> {
    guide(frame, lang, Page::Accessibility, ("access-title", "access-intro"), &ACCESSIBILITY)
}

/// What is kept, where, who gets to see it, and what one can ask for.
///
/// # Errors
/// [`RenderError`].
pub fn privacy(frame: &Frame, lang: Lang) -> Result<String, RenderError> {
    guide(frame, lang, Page::Privacy, ("privacy-title", "privacy-intro"), &PRIVACY)
}

/// What stands in the place of a page when there is no line and it was not kept.
///
/// # Errors
/// [`RenderError`].
pub fn offline(frame: &Frame, lang: Lang) -> Result<String, RenderError> {
    guide(frame, lang, Page::Offline, ("offline-title", "offline-intro"), &OFFLINE)
}

fn guide(
    frame: &Frame,
    lang: Lang,
    page: Page,
    (title, intro): (&'static str, &'static str),
    chapters: &'static [Chapter],
) -> Result<String, RenderError> {
    let s = Shell::new(frame, lang, Some(page), |lang| page.pattern(lang).to_owned());
    rendered(&Guide { s, title, intro, chapters }, lang)
}
