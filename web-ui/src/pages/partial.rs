//! Pages in a language that has a part of the texts. Such a page says so on `<html>`, its body is in the language it falls
//! back to, as most of what it says is, and every text that the language does have carries its `lang`.
//!
//! A text does not know where it will stand: in a paragraph it can have an element around it, in an attribute, a title or a
//! drawing it cannot. So it goes into the page between two marks, and they are replaced when the page is whole.

use std::borrow::Cow;

use askama::Template;

use super::RenderError;
use super::shell::Shell;
use crate::Lang;

/// Stands before a text of the page's own language, and behind it: noncharacters, which no text has (Unicode, section 23.7).
const BEGIN: char = '\u{FDD0}';
const END: char = '\u{FDD1}';

/// Elements in which no element can stand around a text: those with only text in them, and drawings. The former take the
/// language themselves.
const OPAQUE: [(&str, bool); 6] =
    [("title", true), ("option", true), ("textarea", true), ("script", false), ("style", false), ("svg", false)];

/// What the shell knows of a language that has a part of the texts.
impl Shell<'_> {
    /// Whether the page's language has a part of the texts.
    pub(super) const fn falls_back(&self) -> bool {
        matches!(self.lang, Lang::Partial(_))
    }

    /// The language of what a page says without a mark of its own: of a language that has a part of the texts, the one it
    /// falls back to.
    pub(super) fn spoken(&self) -> Lang {
        self.lang.whole().into()
    }

    /// A text with its marks, where it is in a language that has a part of the texts.
    pub(super) fn marked(&self, id: &str, text: Cow<'static, str>) -> Cow<'static, str> {
        if self.falls_back() && self.texts.has(id) { mark(&text).into() } else { text }
    }
}

/// A text with the marks around it.
fn mark(text: &str) -> String {
    format!("{BEGIN}{text}{END}")
}

/// A page, with the marks of its texts replaced.
pub(super) fn rendered(page: &impl Template, lang: Lang) -> Result<String, RenderError> {
    let html = page.render()?;
    Ok(if matches!(lang, Lang::Partial(_)) { tagged(&html, lang) } else { html })
}

fn tagged(html: &str, lang: Lang) -> String {
    let direction = if lang.is_right_to_left() { " dir=\"rtl\"" } else { "" };
    let attributes = format!(" lang=\"{}\"{direction}", lang.tag());
    let mut page = String::with_capacity(html.len() + html.len() / 16);
    let mut rest = html;
    while let Some((text, from_tag)) = rest.find('<').map(|at| rest.split_at(at)) {
        push_text(&mut page, text, &attributes);
        let (tag, behind) = from_tag.find('>').map_or((from_tag, ""), |end| from_tag.split_at(end));
        page.extend(without_marks(tag));
        rest = behind;
        let name = tag[1..].split(|letter: char| !letter.is_ascii_alphanumeric()).next().unwrap_or_default();
        let Some((_, is_text)) = OPAQUE.iter().find(|(opaque, _)| *opaque == name) else { continue };
        let content = rest.find(&format!("</{name}")).map_or(rest, |end| &rest[..end]);
        if *is_text && content.contains(BEGIN) && !tag.contains(" lang=") {
            page.push_str(&attributes);
        }
        page.extend(without_marks(content));
        rest = &rest[content.len()..];
    }
    push_text(&mut page, rest, &attributes);
    page
}

/// Text between tags, with an element around what stands between marks. Whatever stands in it, the elements are closed: a
/// mark that a resident got into their words changes nothing.
fn push_text(page: &mut String, text: &str, attributes: &str) {
    let mut depth = 0_usize;
    for letter in text.chars() {
        match letter {
            BEGIN => {
                depth += 1;
                if depth == 1 {
                    page.push_str("<span");
                    page.push_str(attributes);
                    page.push('>');
                }
            }
            END if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    page.push_str("</span>");
                }
            }
            END => (),
            letter => page.push(letter),
        }
    }
    if depth > 0 {
        page.push_str("</span>");
    }
}

fn without_marks(text: &str) -> impl Iterator<Item = &str> {
    text.split([BEGIN, END])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_text_carries_its_language_wherever_it_can() {
        let frisian = Lang::from_tag("fy").unwrap();
        let tagged =
            |html: &str| tagged(&html.replace('{', &BEGIN.to_string()).replace('}', &END.to_string()), frisian);
        for (made, expected) in [
            ("<p>{Nijs} en meer</p>", "<p><span lang=\"fy\">Nijs</span> en meer</p>"),
            ("<nav aria-label=\"{Menu}\">x</nav>", "<nav aria-label=\"Menu\">x</nav>"),
            ("<title>{Nijs} · Dorp</title>", "<title lang=\"fy\">Nijs · Dorp</title>"),
            (
                "<option value=\"a\">{In}</option><i>{y}</i>",
                "<option value=\"a\" lang=\"fy\">In</option><i><span lang=\"fy\">y</span></i>",
            ),
            ("<svg><text>{Nijs}</text></svg>{x}", "<svg><text>Nijs</text></svg><span lang=\"fy\">x</span>"),
            ("<p>{a {b} c}</p>", "<p><span lang=\"fy\">a b c</span></p>"),
            ("<p>}x{<b>}y</b>{", "<p>x<span lang=\"fy\"></span><b>y</b><span lang=\"fy\"></span>"),
            ("{<", "<span lang=\"fy\"></span><"),
        ] {
            assert_eq!(tagged(made), expected);
        }
    }
}
