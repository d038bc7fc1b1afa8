//! One function per page: a [`Frame`], the page's view and a language in, a whole HTML document out.
//!
//! The templates stand in `templates/`; what they promise to the browser's module, and which parts they share, is in
//! `templates/README.md`. Without that module every page still reads: what needs a key says so instead.

mod agenda;
mod choices;
mod desk;
mod desk_health;
mod desk_queue;
mod devices;
mod editing;
mod feed;
mod first_run;
mod guide;
mod look;
mod mail;
mod moderation;
mod neighbour_map;
mod partial;
mod posts;
mod preview;
pub mod problems;
mod prose;
mod reading;
mod search;
mod sharing;
mod shell;
mod taking_part;
mod trust;

pub use agenda::agenda;
pub use desk::{
    areas, boxes, circles, desk, door, invitations, letter_sheets, letters, member, members, neighbours, organisations,
    sources,
};
pub use desk_health::health;
pub use desk_queue::{pulse, queue};
pub use devices::{device, my_data};
pub use editing::{history, words};
pub use feed::feed;
pub use first_run::first_run;
pub use guide::{accessibility, help, offline, privacy};
pub use look::look;
pub use mail::{confirmation, digest, mail, mail_link, notice};
pub use moderation::{gone, log};
pub use posts::{people, posts};
pub use preview::{Shown, preview};
pub use search::search;
pub use sharing::share;

use crate::Lang;
use crate::locale::MissingText;
use crate::paths::{self, Page};
use crate::view::{AboutPage, ErrorPage, EventPage, Frame, ItemPage, NewsPage, ProofPage, WritePage};
use partial::rendered;
use shell::Shell;

/// A page that could not be made: a text is missing, which the tests rule out. A caller can only answer 500.
#[derive(Debug, thiserror::Error)]
#[error("the page could not be made: {0}")]
pub struct RenderError(#[from] askama::Error);

impl From<MissingText> for RenderError {
    fn from(missing: MissingText) -> Self {
        Self(missing.into())
    }
}

/// The home page: today and tomorrow, then the news.
///
/// # Errors
/// [`RenderError`], as for every page here.
pub fn news(frame: &Frame, page: &NewsPage, lang: Lang) -> Result<String, RenderError> {
    let path = |lang| match &page.before {
        Some(cursor) => paths::news_before(lang, cursor),
        None => paths::news(lang).to_owned(),
    };
    let shell = Shell::new(frame, lang, Some(Page::News), path);
    rendered(&reading::News { s: shell, page }, lang)
}

/// One post that is no event, with its comments.
///
/// # Errors
/// [`RenderError`].
pub fn item(frame: &Frame, page: &ItemPage, lang: Lang) -> Result<String, RenderError> {
    let shell = Shell::new(frame, lang, Some(Page::Item), |lang| paths::item(lang, &page.id)).in_list(page.kind.list());
    rendered(&reading::Item { s: shell, page }, lang)
}

/// One event with its comments.
///
/// # Errors
/// [`RenderError`].
pub fn event(frame: &Frame, page: &EventPage, lang: Lang) -> Result<String, RenderError> {
    let shell = Shell::new(frame, lang, Some(Page::Event), |lang| paths::event(lang, &page.id));
    rendered(&reading::Event { s: shell, page }, lang)
}

/// Writing a post, or changing one.
///
/// # Errors
/// [`RenderError`].
pub fn write(frame: &Frame, page: &WritePage, lang: Lang) -> Result<String, RenderError> {
    let here = if page.editing.is_some() { Page::Edit } else { Page::Write };
    let path = |lang| match &page.editing {
        Some(handle) => Page::Edit.path(lang, &handle.id),
        None => paths::write_kind(lang, page.kind),
    };
    let shell = Shell::new(frame, lang, Some(here), path);
    rendered(&taking_part::Write { s: shell, page }, lang)
}

/// Becoming a resident by an invitation link. The invitation's secret stands behind the `#` of the address, which a
/// browser never sends: the server knows nothing of it, so the page has no content of its own.
///
/// # Errors
/// [`RenderError`].
pub fn join(frame: &Frame, lang: Lang) -> Result<String, RenderError> {
    let shell = Shell::new(frame, lang, Some(Page::Join), |lang| paths::join(lang).to_owned());
    rendered(&taking_part::Join { s: shell }, lang)
}

/// The square's boxes, neighbours and ways.
///
/// # Errors
/// [`RenderError`].
pub fn about(frame: &Frame, page: &AboutPage, lang: Lang) -> Result<String, RenderError> {
    let shell = Shell::new(frame, lang, Some(Page::About), |lang| paths::about(lang).to_owned());
    rendered(&trust::About { s: shell, page }, lang)
}

/// "Wie zegt dit?": who wrote an item, and the operations that prove it.
///
/// # Errors
/// [`RenderError`].
pub fn who_says_this(frame: &Frame, page: &ProofPage, lang: Lang) -> Result<String, RenderError> {
    let shell = Shell::new(frame, lang, Some(Page::WhoSaysThis), |lang| paths::who_says_this(lang, &page.id));
    rendered(&trust::Proof { s: shell, page }, lang)
}

/// What went wrong, and what to do next. The status code is the caller's.
///
/// # Errors
/// [`RenderError`].
pub fn error(frame: &Frame, page: &ErrorPage, lang: Lang) -> Result<String, RenderError> {
    let shell = Shell::new(frame, lang, None, Shell::located(&page.path));
    rendered(&trust::Error::new(shell, &page.failure), lang)
}
