//! What residents write, in a small part of Markdown: as HTML ([`html()`]) and as words ([`plain`], [`words()`]).
//!
//! The text is read by a parser of CommonMark and written by a writer of our own, which knows the elements of
//! [`ELEMENTS`] and escapes all else. So there is nothing to clean afterwards: what somebody writes as HTML is shown as
//! it was written, a picture of another site is a link to it, and an address that is not of the web is words.
//!
//! Where Markdown surprises who never heard of it, this is closer to what they meant: a line break is one, a line below a
//! text is a line, indented words are no program, and `[so]: begins a sentence` that does not disappear.

mod address;
mod events;
mod html;
mod words;

use std::fmt;

use askama::filters::HtmlSafe;

use html::HtmlWriter;
use words::WordWriter;

pub(crate) use address::web_address;

/// Every element that comes out. Of attributes there are `href` and `rel` of `a`, and `start` of `ol`.
pub const ELEMENTS: [&str; 15] =
    ["a", "blockquote", "br", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "small", "strong", "ul"];

/// The most elements inside each other; what is deeper is shown at this depth.
pub const MAX_DEPTH: usize = 16;

/// The most bytes that are read as Markdown; a longer text, which only edits that met can come to, is shown as it was
/// written.
pub const MAX_PARSED: usize = 128 * 1024;

/// HTML that came from [`html()`]: its text is escaped, and its elements are those of [`ELEMENTS`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// The HTML.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there are headings in it, so that what it stands in needs one as well.
    #[must_use]
    pub fn has_headings(&self) -> bool {
        self.0.contains("<h3>")
    }
}

impl fmt::Display for Html {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Templates put it in as it is.
impl HtmlSafe for Html {}

/// The text as HTML. Its headings begin at `h3`, below the `h2` of what it stands in, and skip no level. At most a few
/// hundred times as long as the text, and for each character of it by no more than a bounded number.
#[must_use]
pub fn html(text: &str) -> Html {
    if text.len() > MAX_PARSED {
        return Html(html::as_written(text));
    }
    let mut writer = HtmlWriter::default();
    events::read(text, &mut writer);
    Html(writer.finish())
}

/// The text without its marks, for where there is no HTML: line by line, the address of a link behind its words.
#[must_use]
pub fn plain(text: &str) -> String {
    words::of(text, WordWriter::with_addresses())
}

/// The words of the text, for an excerpt and for the index: as [`plain`], without the addresses behind other words.
#[must_use]
pub fn words(text: &str) -> String {
    words::of(text, WordWriter::default())
}

#[cfg(test)]
mod tests;
