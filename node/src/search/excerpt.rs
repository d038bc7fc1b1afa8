//! The part of a text in which somebody finds what they looked for.

use super::find::Question;
use super::words::{Piece, folded, forms, pieces};

/// How many characters an excerpt has, about: some three lines on a telephone.
const EXCERPT_CHARS: usize = 180;
/// How many of them stand before the first word that was looked for.
const BEFORE_CHARS: usize = 50;

/// Words from this length on, in characters, are marked where a longer one begins or ends with them.
const MIN_PART: usize = 4;

/// A part of a text in pieces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Excerpt {
    /// Whether something was left out before it.
    pub(crate) begins_later: bool,
    /// The text, each with whether it is a word that was looked for.
    pub(crate) pieces: Vec<(String, bool)>,
    /// Whether something was left out after it.
    pub(crate) ends_earlier: bool,
}

/// The part of a text around the first word of the question, on one line; its beginning where there is none.
pub(crate) fn excerpt(text: &str, question: &Question) -> Excerpt {
    let wanted: Vec<Vec<String>> = question.words().iter().map(|word| forms(word)).collect();
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let all: Vec<(&str, bool)> = pieces(&line)
        .map(|piece| match piece {
            Piece::Word(word) => (word, folded(word).is_some_and(|word| fits(&word, &wanted))),
            Piece::Between(text) => (text, false),
        })
        .collect();
    let first = all.iter().position(|(_, fits)| *fits).unwrap_or(0);
    let start = start_before(&all, first);
    let (mut chars, mut end) = (0, start);
    while end < all.len() && (chars < EXCERPT_CHARS || end <= first) {
        chars += all[end].0.chars().count();
        end += 1;
    }
    Excerpt { begins_later: start > 0, pieces: joined(&all[start..end]), ends_earlier: end < all.len() }
}

/// The piece with which to begin, so that some text stands before the piece `first`.
fn start_before(all: &[(&str, bool)], first: usize) -> usize {
    let (mut start, mut chars) = (first, 0);
    while start > 0 && chars < BEFORE_CHARS {
        start -= 1;
        chars += all[start].0.chars().count();
    }
    // What is near the beginning begins there; an excerpt never begins with what stands between words.
    if start <= 2 {
        0
    } else if all[start].0.starts_with(char::is_alphanumeric) {
        start
    } else {
        start + 1
    }
}

/// Whether a folded word is one of those looked for, or is of one stem with it, or begins or ends with it. Both come in all
/// their forms.
fn fits(word: &str, wanted: &[Vec<String>]) -> bool {
    let own = forms(word);
    wanted.iter().any(|wanted| {
        let is_part = |part: &String| {
            let is_long = part.chars().count() >= MIN_PART;
            is_long && own.iter().any(|own| own.starts_with(part.as_str()) || own.ends_with(part.as_str()))
        };
        wanted.last() == own.last() || wanted.iter().any(is_part)
    })
}

/// Pieces of one sort that follow each other, as one; a very long word is cut.
fn joined(pieces: &[(&str, bool)]) -> Vec<(String, bool)> {
    let mut all: Vec<(String, bool)> = Vec::new();
    for (piece, fits) in pieces {
        let piece = piece.chars().take(EXCERPT_CHARS);
        match all.last_mut().filter(|(_, last)| last == fits) {
            Some((text, _)) => text.extend(piece),
            None => all.push((piece.collect(), *fits)),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str, question: &str) -> String {
        let Excerpt { begins_later, pieces, ends_earlier } = excerpt(text, &Question::asked(question));
        let words: String =
            pieces.iter().map(|(text, fits)| if *fits { format!("[{text}]") } else { text.clone() }).collect();
        format!("{}{words}{}", if begins_later { "… " } else { "" }, if ends_earlier { " …" } else { "" })
    }

    #[test]
    fn what_was_looked_for_is_marked_however_it_is_written() {
        let text = "Wie heeft er een FIETS over?\n\nOok kinderfietsen zijn welkom, en een fietsenrek.";
        assert_eq!(
            shown(text, "fiets"),
            "Wie heeft er een [FIETS] over? Ook [kinderfietsen] zijn welkom, en een [fietsenrek]."
        );
        assert_eq!(shown("Café De IJssel", "cafe"), "[Café] De IJssel");
    }

    #[test]
    fn an_excerpt_is_taken_around_the_first_of_the_words() {
        let text = format!("{} Bij de molen staat koffie. {}", "Lang verhaal. ".repeat(40), "En nog meer. ".repeat(40));
        let shown = shown(&text, "molen");
        assert!(shown.starts_with("… ") && shown.ends_with(" …"), "{shown}");
        assert!(shown.contains("Bij de [molen] staat koffie."), "{shown}");
        assert!(shown.chars().count() < EXCERPT_CHARS + 40, "{shown}");
    }

    #[test]
    fn where_nothing_is_marked_the_beginning_is_shown() {
        assert_eq!(shown("Soep en brood", "molen"), "Soep en brood");
        assert_eq!(shown("", "molen"), "");
    }

    proptest! {
        #[test]
        fn every_text_has_an_excerpt_that_is_short(text in any::<String>(), question in any::<String>()) {
            let found = excerpt(&text, &Question::asked(&question));
            let chars: usize = found.pieces.iter().map(|(text, _)| text.chars().count()).sum();
            prop_assert!(chars <= 3 * EXCERPT_CHARS + BEFORE_CHARS);
        }
    }
}
