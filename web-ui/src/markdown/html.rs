//! The writer of HTML: a fixed set of elements, and every character of a text escaped.

use super::MAX_DEPTH;
use super::address::{Address, Span, spans};
use super::events::{Element, Listener};

/// The level of the first heading: what a text stands in has the levels above.
const FIRST_HEADING: u8 = 3;
/// The last level that HTML has.
const LAST_HEADING: u8 = 6;

/// Writes what it hears.
#[derive(Default)]
pub(super) struct HtmlWriter {
    out: String,
    /// The ends of what is open; empty for what was too deep to be written.
    ends: Vec<&'static str>,
    /// How many of them are not empty.
    depth: usize,
    /// How deep their author wrote the headings that the text stands under now.
    headings: Vec<u8>,
    /// The link that is open, and where its words begin.
    link: Option<(Option<Address>, usize)>,
}

impl HtmlWriter {
    /// What was written.
    pub(super) fn finish(self) -> String {
        self.out
    }

    fn begin(&mut self, start: &str, end: &'static str) {
        self.out.push_str(start);
        self.ends.push(end);
        self.depth += usize::from(!end.is_empty());
    }

    /// As [`begin`](Self::begin), unless that is too deep.
    fn nest(&mut self, start: &str, end: &'static str) {
        // A list has a point in it, a point a paragraph, a paragraph a link and its host.
        if self.depth + 5 > MAX_DEPTH { self.begin("", "") } else { self.begin(start, end) }
    }

    /// The level at which a heading is shown that its author wrote so deep: one below the heading it stands under.
    fn level(&mut self, written: u8) -> u8 {
        while self.headings.last().is_some_and(|above| *above >= written) {
            self.headings.pop();
        }
        let level = (FIRST_HEADING + u8::try_from(self.headings.len()).unwrap_or(LAST_HEADING)).min(LAST_HEADING);
        self.headings.push(written);
        level
    }

    fn start_link(&mut self, address: &Address) {
        self.out.push_str("<a href=\"");
        escape(address.as_str(), &mut self.out);
        self.out.push_str("\" rel=\"nofollow ugc noopener\">");
    }

    /// Where a link leads, for who would believe its words.
    fn end_link(&mut self, address: &Address) {
        self.out.push_str(" <small>(");
        escape(address.host(), &mut self.out);
        self.out.push_str(")</small></a>");
    }
}

impl Listener for HtmlWriter {
    fn open(&mut self, element: Element) {
        match element {
            Element::Paragraph => self.begin("<p>", "</p>"),
            Element::Heading(written) => match self.level(written) {
                3 => self.begin("<h3>", "</h3>"),
                4 => self.begin("<h4>", "</h4>"),
                5 => self.begin("<h5>", "</h5>"),
                _ => self.begin("<h6>", "</h6>"),
            },
            Element::Quote => self.nest("<blockquote>", "</blockquote>"),
            Element::Bullets => self.nest("<ul>", "</ul>"),
            Element::Numbers(1) => self.nest("<ol>", "</ol>"),
            Element::Numbers(first) => self.nest(&format!("<ol start=\"{first}\">"), "</ol>"),
            // The points of a list that was too deep to be one are lines of the point it stands in.
            Element::Point if self.ends.last().is_some_and(|list| list.is_empty()) => self.begin("<br>", ""),
            Element::Point => self.begin("<li>", "</li>"),
            Element::Emphasis => self.nest("<em>", "</em>"),
            Element::Strong => self.nest("<strong>", "</strong>"),
        }
    }

    fn close(&mut self) {
        if let Some(end) = self.ends.pop() {
            self.out.push_str(end);
            self.depth -= usize::from(!end.is_empty());
        }
    }

    fn open_link(&mut self, to: Option<Address>) {
        if let Some(address) = &to {
            self.start_link(address);
        }
        self.link = Some((to, self.out.len()));
    }

    fn close_link(&mut self) {
        let Some((Some(address), words)) = self.link.take() else { return };
        let mut written = String::new();
        escape(address.as_str(), &mut written);
        let shown = &self.out[words..];
        // Words that are the address need no address behind them.
        if shown == written || written.strip_suffix('/') == Some(shown) {
            self.out.push_str("</a>");
        } else {
            self.end_link(&address);
        }
    }

    fn text(&mut self, text: &str) {
        if self.link.is_some() {
            escape(text, &mut self.out);
            return;
        }
        for span in spans(text) {
            match span {
                Span::Text(words) => escape(words, &mut self.out),
                Span::Link(shown, address) => {
                    self.start_link(&address);
                    escape(shown, &mut self.out);
                    if shown.to_ascii_lowercase().contains(address.host()) {
                        self.out.push_str("</a>");
                    } else {
                        self.end_link(&address);
                    }
                }
            }
        }
    }

    fn line_break(&mut self) {
        self.out.push_str("<br>");
    }

    fn rule(&mut self) {
        self.out.push_str("<hr>");
    }
}

/// A text as it was written: paragraphs and lines, and nothing else.
pub(super) fn as_written(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut in_paragraph = false;
    for line in text.lines().map(str::trim_end) {
        match (line.is_empty(), in_paragraph) {
            (true, true) => out.push_str("</p>"),
            (true, false) => {}
            (false, true) => out.push_str("<br>"),
            (false, false) => out.push_str("<p>"),
        }
        in_paragraph = !line.is_empty();
        escape(line, &mut out);
    }
    if in_paragraph {
        out.push_str("</p>");
    }
    out
}

/// Every character that HTML gives a meaning, in text and in attributes.
fn escape(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Nothing that a screen reader or a terminal would act on.
            control if control.is_control() => out.push(' '),
            // What Unicode keeps for itself is no part of HTML.
            letter if matches!(u32::from(letter) & 0xffff, 0xfffe | 0xffff) => out.push('\u{fffd}'),
            '\u{fdd0}'..='\u{fdef}' => out.push('\u{fffd}'),
            letter => out.push(letter),
        }
    }
}
