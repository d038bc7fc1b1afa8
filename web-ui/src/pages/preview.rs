//! What somebody writes, as it will stand.

use askama::Template;

use super::RenderError;
use super::partial::rendered;
use super::shell::Shell;
use crate::Lang;
use crate::paths::PostKind;
use crate::view::{Comment, EventPage, Frame, ItemPage, Role, Stated};

/// What is being written.
#[derive(Debug)]
pub enum Shown {
    /// A post that is no event.
    Item(Box<ItemPage>),
    /// An event.
    Event(Box<EventPage>),
    /// A comment, or how things stand with an alert.
    Words(Box<Comment>),
}

#[derive(Template)]
#[template(path = "preview.html")]
struct Preview<'a> {
    s: Shell<'a>,
    shown: &'a Shown,
    level: u8,
}

/// A part of a page: what is being written with the very templates of the page it will have, its heading at `level`.
///
/// # Errors
/// [`RenderError`].
pub fn preview(frame: &Frame, shown: &Shown, level: u8, lang: Lang) -> Result<String, RenderError> {
    let s = Shell::new(frame, lang, None, |_| String::new());
    rendered(&Preview { s, shown, level }, lang)
}
