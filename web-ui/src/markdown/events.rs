//! The parser's events, as few as the subset needs.

use std::borrow::Cow;

use pulldown_cmark::{Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd};

use super::address::Address;

/// What contains text, or other blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    /// A paragraph.
    Paragraph,
    /// A heading, as deep as its author wrote it, from 1 to 6.
    Heading(u8),
    /// What somebody else said.
    Quote,
    /// A list without numbers.
    Bullets,
    /// A list that begins with this number.
    Numbers(u64),
    /// One of a list.
    Point,
    /// Emphasised words.
    Emphasis,
    /// Words in bold type.
    Strong,
}

/// Somebody who is told of a text what it consists of, in order.
pub(super) trait Listener {
    /// An element begins.
    fn open(&mut self, element: Element);
    /// The element that began last ends.
    fn close(&mut self);
    /// A link begins; without an address one that may not be followed. Links are never inside each other.
    fn open_link(&mut self, to: Option<Address>);
    /// The link ends.
    fn close_link(&mut self);
    /// Words.
    fn text(&mut self, text: &str);
    /// A line ends, and another one begins.
    fn line_break(&mut self);
    /// A line across the page.
    fn rule(&mut self);
}

/// What keeps the beginning of a sentence from being taken for the definition of a link, and disappearing: a colon behind a
/// bracket is written so that it is nothing but a colon.
const DEFINITION: (&str, &str) = ("]:", "]\\:");

/// Reads a text aloud to a listener.
pub(super) fn read(text: &str, listener: &mut impl Listener) {
    let text = if text.contains(DEFINITION.0) {
        Cow::Owned(text.replace(DEFINITION.0, DEFINITION.1))
    } else {
        Cow::Borrowed(text)
    };
    let mut reading = Reading { listener, words: String::new(), open: Vec::new(), links: 0 };
    for (event, range) in Parser::new_ext(&text, Options::empty()).into_offset_iter() {
        reading.take(event, &text[range]);
    }
    reading.say_words();
}

struct Reading<'l, L> {
    listener: &'l mut L,
    /// Words that were read and not told yet: an address may go on in what comes next.
    words: String,
    /// Of every open tag whether the listener has to hear that it closes.
    open: Vec<Told>,
    /// How many links and pictures are open.
    links: usize,
}

/// What a listener was told of an open tag.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Element,
    /// A heading that is a text above a line.
    Underlined,
    Link,
    Nothing,
}

impl<L: Listener> Reading<'_, L> {
    fn take(&mut self, event: Event<'_>, source: &str) {
        match event {
            Event::Text(text) => self.words.push_str(&text),
            // As they wrote it: a backtick is more often an apostrophe than the beginning of a program, and HTML is none.
            Event::Code(_) | Event::Html(_) | Event::InlineHtml(_) => {
                let written = source.replace(DEFINITION.1, DEFINITION.0);
                self.words.push_str(&written);
            }
            Event::SoftBreak | Event::HardBreak => {
                self.say_words();
                self.listener.line_break();
            }
            Event::Rule => {
                self.say_words();
                self.listener.rule();
            }
            Event::Start(tag) => {
                self.say_words();
                let told = self.start(&tag, source);
                self.open.push(told);
            }
            Event::End(tag) => {
                if matches!(tag, TagEnd::CodeBlock | TagEnd::HtmlBlock) {
                    // The last line ends, and no other one begins.
                    self.words.truncate(self.words.trim_end().len());
                }
                self.say_words();
                self.end();
            }
            // What the options leave out.
            Event::InlineMath(_) | Event::DisplayMath(_) | Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>, source: &str) -> Told {
        let element = match tag {
            Tag::Paragraph | Tag::CodeBlock(_) | Tag::HtmlBlock => Element::Paragraph,
            // A line below a text is a line.
            Tag::Heading { .. } if !source.starts_with('#') => {
                self.listener.open(Element::Paragraph);
                return Told::Underlined;
            }
            Tag::Heading { level, .. } => Element::Heading(depth(*level)),
            Tag::BlockQuote(_) => Element::Quote,
            Tag::List(None) => Element::Bullets,
            Tag::List(Some(first)) => Element::Numbers(*first),
            Tag::Item => Element::Point,
            Tag::Emphasis => Element::Emphasis,
            Tag::Strong => Element::Strong,
            Tag::Link { link_type: LinkType::Email, .. } => return Told::Nothing,
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                self.links += 1;
                if self.links == 1 {
                    self.listener.open_link(Address::read(dest_url));
                }
                return Told::Link;
            }
            _ => return Told::Nothing,
        };
        self.listener.open(element);
        Told::Element
    }

    fn end(&mut self) {
        match self.open.pop() {
            Some(Told::Element) => self.listener.close(),
            Some(Told::Underlined) => {
                self.listener.close();
                self.listener.rule();
            }
            Some(Told::Link) => {
                self.links -= 1;
                if self.links == 0 {
                    self.listener.close_link();
                }
            }
            Some(Told::Nothing) | None => {}
        }
    }

    /// Tells what was read since the last mark.
    fn say_words(&mut self) {
        let words = std::mem::take(&mut self.words);
        for (at, line) in words.split('\n').enumerate() {
            if at > 0 {
                self.listener.line_break();
            }
            if !line.is_empty() {
                self.listener.text(line);
            }
        }
        self.words = words;
        self.words.clear();
    }
}

const fn depth(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}
