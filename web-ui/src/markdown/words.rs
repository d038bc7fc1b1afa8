//! The writer of words: a text without its marks.

use super::MAX_PARSED;
use super::address::Address;
use super::events::{self, Element, Listener};

/// Writes what it hears, line by line.
#[derive(Default)]
pub(super) struct WordWriter {
    out: String,
    /// Whether the address of a link stands behind its words.
    addresses: bool,
    /// The link that is open, and where its words begin.
    link: Option<(Option<Address>, usize)>,
    /// What is open; of a list the number of its next point.
    open: Vec<Element>,
    /// Where the mark of a point was written that has no words yet.
    marked: Option<usize>,
}

impl WordWriter {
    /// One that writes the address of a link behind its words.
    pub(super) fn with_addresses() -> Self {
        Self { addresses: true, ..Self::default() }
    }

    /// Ends the line that is written, if there is something on it.
    fn end_line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with('\n') && self.marked != Some(self.out.len()) {
            self.out.push('\n');
        }
    }

    /// The mark of the next point of the list that is open.
    fn mark(&mut self) -> String {
        match self.open.last_mut() {
            Some(Element::Numbers(number)) => {
                *number += 1;
                format!("{}. ", *number - 1)
            }
            _ => "- ".to_owned(),
        }
    }
}

/// The words of a text.
pub(super) fn of(text: &str, mut writer: WordWriter) -> String {
    if text.len() > MAX_PARSED {
        return text.to_owned();
    }
    events::read(text, &mut writer);
    writer.out.truncate(writer.out.trim_end().len());
    writer.out
}

impl Listener for WordWriter {
    fn open(&mut self, element: Element) {
        match element {
            Element::Emphasis | Element::Strong => {}
            Element::Point => {
                self.end_line();
                let mark = self.mark();
                self.out.push_str(&mark);
                self.marked = Some(self.out.len());
            }
            _ => self.end_line(),
        }
        self.open.push(element);
    }

    fn close(&mut self) {
        if !matches!(self.open.pop(), Some(Element::Emphasis | Element::Strong)) {
            self.end_line();
        }
    }

    fn open_link(&mut self, to: Option<Address>) {
        self.link = Some((to, self.out.len()));
    }

    fn close_link(&mut self) {
        let Some((Some(address), words)) = self.link.take() else { return };
        let shown = &self.out[words..];
        let is_address = shown == address.as_str() || address.as_str().strip_suffix('/') == Some(shown);
        if self.addresses && !is_address {
            self.out.push_str(&format!(" ({})", address.as_str()));
        }
    }

    fn text(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn line_break(&mut self) {
        self.out.push('\n');
    }

    fn rule(&mut self) {
        self.end_line();
    }
}
