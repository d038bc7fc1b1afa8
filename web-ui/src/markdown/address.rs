//! Addresses of the web: in the midst of a text, and whether one may be linked to.

use url::Url;

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Span<'a> {
    /// Words.
    Text(&'a str),
    /// An `http` or `https` address as it was written, and where it leads.
    Link(&'a str, Address),
}

/// An address that a page may link to: `http` or `https`, with a host and without a name or password before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address(Url);

impl Address {
    /// The address in a text that is nothing else.
    pub(super) fn read(text: &str) -> Option<Self> {
        scheme_length(text)?;
        let url = Url::parse(text).ok()?;
        // Whoever reads a link believes what stands first in it.
        let says_who = !url.username().is_empty() || url.password().is_some();
        (matches!(url.scheme(), "http" | "https") && url.has_host() && !says_who).then_some(Self(url))
    }

    /// The address in ASCII, as browsers have it.
    pub(super) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Where it leads, in ASCII: letters of other scripts that look like ours are seen to be others.
    pub(super) fn host(&self) -> &str {
        let host = self.0.host_str().unwrap_or_default();
        host.strip_prefix("www.").unwrap_or(host)
    }
}

/// The address, if it is one that a page may link to: `http` or `https`.
pub(crate) fn web_address(address: &str) -> Option<&str> {
    let whole = scheme_length(address).is_some() && link_length(address) == address.len();
    (whole && Address::read(address).is_some()).then_some(address)
}

/// The words and addresses of a text.
pub(super) fn spans(text: &str) -> Vec<Span<'_>> {
    let mut spans = Vec::new();
    let mut words_from = 0;
    let mut at = 0;
    while at < text.len() {
        let length = if starts_word(text, at) { link_length(&text[at..]) } else { 0 };
        let written = &text[at..at + length];
        if let Some(address) = Address::read(written) {
            if words_from < at {
                spans.push(Span::Text(&text[words_from..at]));
            }
            spans.push(Span::Link(written, address));
            at += length;
            words_from = at;
        } else {
            at += length.max(text[at..].chars().next().map_or(1, char::len_utf8));
        }
    }
    if words_from < text.len() {
        spans.push(Span::Text(&text[words_from..]));
    }
    spans
}

/// An address begins where a word does: `xhttp://` is none.
fn starts_word(text: &str, at: usize) -> bool {
    text[..at].chars().next_back().is_none_or(|before| !before.is_alphanumeric())
}

/// How many bytes of `text`, from its start, are a web address; 0 when it does not start with one.
fn link_length(text: &str) -> usize {
    let Some(scheme) = scheme_length(text) else { return 0 };
    let end = text.find(|letter: char| letter.is_whitespace() || letter.is_control() || "<>\"'`".contains(letter));
    let mut address = &text[..end.unwrap_or(text.len())];
    let (mut closed, opened) = (address.matches(')').count(), address.matches('(').count());
    // Punctuation at the end belongs to the sentence, and so does a bracket that was opened before the address.
    while let Some(last) = address.chars().next_back() {
        let closes_nothing = last == ')' && closed > opened;
        if !closes_nothing && !".,;:!?…*_]}”’".contains(last) {
            break;
        }
        closed -= usize::from(last == ')');
        address = &address[..address.len() - last.len_utf8()];
    }
    let has_host = address.get(scheme..).is_some_and(|rest| rest.starts_with(|first: char| first.is_alphanumeric()));
    if has_host { address.len() } else { 0 }
}

fn scheme_length(text: &str) -> Option<usize> {
    ["https://", "http://"].into_iter().find_map(|scheme| {
        let start = text.get(..scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some(scheme.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pieces of a text, links between brackets.
    fn pieces(text: &str) -> Vec<String> {
        let piece = |span: &Span<'_>| match span {
            Span::Text(words) => (*words).to_owned(),
            Span::Link(written, _) => format!("[{written}]"),
        };
        spans(text).iter().map(piece).collect()
    }

    #[test]
    fn addresses_become_links_without_the_sentence_around_them() {
        assert_eq!(
            pieces("Zie https://maasdorp.example/soep (of HTTP://a.example/x_(y))."),
            ["Zie ", "[https://maasdorp.example/soep]", " (of ", "[HTTP://a.example/x_(y)]", ")."]
        );
    }

    #[test]
    fn only_web_addresses_become_links() {
        for text in [
            "javascript:alert(1)",
            "JaVaScRiPt://https",
            "data:text/html,x",
            "xhttps://a.example",
            "https://",
            "http://.",
            "https://\u{202e}evil",
            "file:///etc/passwd",
            "https://bank.example@elders.example/",
        ] {
            assert_eq!(pieces(text), [text], "{text}");
            assert_eq!(web_address(text), None, "{text}");
        }
        assert_eq!(web_address("https://boxwijk.example:8443/"), Some("https://boxwijk.example:8443/"));
        assert_eq!(web_address("https://boxwijk.example/\" onclick=x"), None);
    }

    #[test]
    fn a_link_ends_before_quotes_and_brackets() {
        assert_eq!(
            pieces("<a href='https://a.example/'onmouseover=x>"),
            ["<a href='", "[https://a.example/]", "'onmouseover=x>"]
        );
    }

    #[test]
    fn a_host_is_said_in_letters_that_cannot_be_mistaken() {
        let host = |text: &str| Address::read(text).map(|address| address.host().to_owned());
        assert_eq!(host("https://www.Maasdorp.example/x").as_deref(), Some("maasdorp.example"));
        assert_eq!(host("https://b\u{0430}nk.example/").as_deref(), Some("xn--bnk-6cd.example"));
    }
}
