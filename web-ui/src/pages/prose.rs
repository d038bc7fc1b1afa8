//! The residents' own words: paragraphs, line breaks, links, excerpts and initials.
//!
//! Nothing here makes HTML. Text is cut into pieces and the templates escape each piece.

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Span<'a> {
    /// Words.
    Text(&'a str),
    /// An `http` or `https` address, shown as it was written.
    Link(&'a str),
}

/// A paragraph, as lines of pieces.
pub(super) type Paragraph<'a> = Vec<Vec<Span<'a>>>;

/// Cuts a text at its empty lines into paragraphs, and those into lines and links.
pub(super) fn paragraphs(text: &str) -> Vec<Paragraph<'_>> {
    let mut paragraphs = vec![Vec::new()];
    for line in text.lines().map(str::trim_end) {
        if line.trim().is_empty() {
            paragraphs.push(Vec::new());
        } else if let Some(paragraph) = paragraphs.last_mut() {
            paragraph.push(spans(line));
        }
    }
    paragraphs.retain(|paragraph: &Paragraph<'_>| !paragraph.is_empty());
    paragraphs
}

/// The beginning of a text on one line, at most `max` characters, cut between words.
pub(super) fn excerpt(text: &str, max: usize) -> String {
    let mut line = String::new();
    let mut left = max;
    for word in text.split_whitespace() {
        let length = word.chars().count() + usize::from(!line.is_empty());
        if length > left {
            return cut_off(line, word, left);
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        left -= length;
    }
    line
}

/// Ends an excerpt before `next`; a first word that is too long by itself is cut within.
fn cut_off(mut line: String, next: &str, left: usize) -> String {
    if line.is_empty() {
        line.extend(next.chars().take(left));
    }
    line.truncate(line.trim_end_matches([',', '.', ';', ':', '-', ' ']).len());
    line.push('…');
    line
}

/// The first letters of the first and the last word of a name: "Truus van Verhoeven" gives "TV".
pub(super) fn initials(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let ends = match words.as_slice() {
        [] => vec![],
        [only] => vec![*only],
        [first, .., last] => vec![*first, *last],
    };
    let letters = ends.into_iter().filter_map(|word| word.chars().find(|letter| letter.is_alphanumeric()));
    letters.flat_map(char::to_uppercase).collect()
}

/// A hexadecimal key or id in groups of four, so that people can read it to each other.
pub(super) fn grouped(hex: &str) -> String {
    let letters: Vec<char> = hex.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// The address, if it is one that a page may link to: `http` or `https`.
pub(super) fn web_address(address: &str) -> Option<&str> {
    (scheme_length(address).is_some() && link_length(address) == address.len()).then_some(address)
}

/// The digits of a telephone number with a leading `+`, for a `tel:` link; the `(0)` of "+31 (0)24" is not dialled.
pub(super) fn dialled(phone: &str) -> String {
    phone.replace("(0)", "").chars().filter(|letter| letter.is_ascii_digit() || *letter == '+').collect()
}

fn spans(line: &str) -> Vec<Span<'_>> {
    let mut spans = Vec::new();
    let mut words_from = 0;
    let mut at = 0;
    while at < line.len() {
        let length = if starts_word(line, at) { link_length(&line[at..]) } else { 0 };
        if length > 0 {
            if words_from < at {
                spans.push(Span::Text(&line[words_from..at]));
            }
            spans.push(Span::Link(&line[at..at + length]));
            at += length;
            words_from = at;
        } else {
            at += line[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    if words_from < line.len() {
        spans.push(Span::Text(&line[words_from..]));
    }
    spans
}

/// An address begins where a word does: `xhttp://` is none.
fn starts_word(line: &str, at: usize) -> bool {
    line[..at].chars().next_back().is_none_or(|before| !before.is_alphanumeric())
}

/// How many bytes of `text`, from its start, are a web address; 0 when it does not start with one.
fn link_length(text: &str) -> usize {
    let Some(scheme) = scheme_length(text) else { return 0 };
    let end = text.find(|letter: char| letter.is_whitespace() || letter.is_control() || "<>\"'`".contains(letter));
    let mut address = &text[..end.unwrap_or(text.len())];
    // Punctuation at the end belongs to the sentence, and so does a bracket that was opened before the address.
    while let Some(last) = address.chars().next_back() {
        let closes_nothing = last == ')' && address.matches(')').count() > address.matches('(').count();
        if !closes_nothing && !".,;:!?…*_]}”’".contains(last) {
            break;
        }
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
    use Span::{Link, Text};

    #[test]
    fn empty_lines_part_paragraphs_and_single_breaks_stay_lines() {
        let text = "Een\ntwee\r\n\r\n \n\ndrie\n";
        assert_eq!(paragraphs(text), vec![vec![vec![Text("Een")], vec![Text("twee")]], vec![vec![Text("drie")]]]);
        assert!(paragraphs(" \n ").is_empty());
    }

    #[test]
    fn addresses_become_links_without_the_sentence_around_them() {
        assert_eq!(
            spans("Zie https://maasdorp.example/soep (of HTTP://a.example/x_(y))."),
            vec![
                Text("Zie "),
                Link("https://maasdorp.example/soep"),
                Text(" (of "),
                Link("HTTP://a.example/x_(y)"),
                Text(")."),
            ]
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
        ] {
            assert_eq!(spans(text), vec![Text(text)], "{text}");
            assert_eq!(web_address(text), None, "{text}");
        }
        assert_eq!(web_address("https://boxwijk.example:8443/"), Some("https://boxwijk.example:8443/"));
        assert_eq!(web_address("https://boxwijk.example/\" onclick=x"), None);
    }

    #[test]
    fn a_link_ends_before_quotes_and_brackets() {
        assert_eq!(
            spans("<a href='https://a.example/'onmouseover=x>"),
            vec![Text("<a href='"), Link("https://a.example/"), Text("'onmouseover=x>")]
        );
    }

    #[test]
    fn an_excerpt_ends_between_words() {
        assert_eq!(excerpt("Zaterdag spitten\nwe het  bed om.", 100), "Zaterdag spitten we het bed om.");
        assert_eq!(excerpt("Zaterdag, spitten we", 12), "Zaterdag…");
        assert_eq!(excerpt("Ééééén woord", 3), "Ééé…");
        assert_eq!(excerpt("", 3), "");
    }

    #[test]
    fn initials_take_the_first_and_the_last_name() {
        assert_eq!(initials("Truus van Verhoeven"), "TV");
        assert_eq!(initials("élodie"), "É");
        assert_eq!(initials("  "), "");
        assert_eq!(initials("(Jan) de \"Wit\""), "JW");
    }

    #[test]
    fn keys_are_grouped_and_numbers_dialled() {
        assert_eq!(grouped("9f2c41aa03"), "9f2c 41aa 03");
        assert_eq!(dialled("+31 (0)24 000-00 00"), "+31240000000");
    }
}
