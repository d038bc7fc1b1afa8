//! The part of a text in which somebody finds what they looked for.

use std::collections::HashMap;

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

/// Takes parts of the texts that answer one question, and remembers which words it met: most stand in many texts.
pub(crate) struct Excerpts {
    /// Every word that was looked for, in all its forms.
    wanted: Vec<Vec<String>>,
    /// Of words as they were written, whether they fit.
    known: HashMap<String, bool>,
}

impl Excerpts {
    /// For the texts that answer this question.
    pub(crate) fn of(question: &Question) -> Self {
        Self { wanted: question.words().iter().map(|word| forms(word)).collect(), known: HashMap::new() }
    }

    /// The part of a text around the first word of the question, on one line; its beginning where there is none.
    pub(crate) fn excerpt(&mut self, text: &str) -> Excerpt {
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let all: Vec<Piece<'_>> = pieces(&line).collect();
        let first = all.iter().position(|piece| self.fits(*piece)).unwrap_or(0);
        let start = start_before(&all, first);
        let (mut chars, mut end) = (0, start);
        while end < all.len() && (chars < EXCERPT_CHARS || end <= first) {
            chars += all[end].text().chars().count();
            end += 1;
        }
        let fits: Vec<bool> = all[start..end].iter().map(|piece| self.fits(*piece)).collect();
        Excerpt { begins_later: start > 0, pieces: joined(&all[start..end], &fits), ends_earlier: end < all.len() }
    }

    /// Whether a piece is a word that was looked for.
    fn fits(&mut self, piece: Piece<'_>) -> bool {
        let Piece::Word(word) = piece else { return false };
        if let Some(known) = self.known.get(word) {
            return *known;
        }
        let fits = folded(word).is_some_and(|folded| fits(&folded, &self.wanted));
        self.known.insert(word.to_owned(), fits);
        fits
    }
}

/// The piece with which to begin, so that some text stands before the piece `first`.
fn start_before(all: &[Piece<'_>], first: usize) -> usize {
    let (mut start, mut chars) = (first, 0);
    while start > 0 && chars < BEFORE_CHARS {
        start -= 1;
        chars += all[start].text().chars().count();
    }
    // What is near the beginning begins there; an excerpt never begins with what stands between words.
    if start <= 2 {
        0
    } else if matches!(all[start], Piece::Word(_)) {
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
fn joined(pieces: &[Piece<'_>], fits: &[bool]) -> Vec<(String, bool)> {
    let mut all: Vec<(String, bool)> = Vec::new();
    for (piece, fits) in pieces.iter().zip(fits) {
        let piece = piece.text().chars().take(EXCERPT_CHARS);
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
        let Excerpt { begins_later, pieces, ends_earlier } = Excerpts::of(&Question::asked(question)).excerpt(text);
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
            let found = Excerpts::of(&Question::asked(&question)).excerpt(&text);
            let chars: usize = found.pieces.iter().map(|(text, _)| text.chars().count()).sum();
            prop_assert!(chars <= 3 * EXCERPT_CHARS + BEFORE_CHARS);
        }

        #[test]
        fn what_was_met_before_changes_no_excerpt(texts in prop::collection::vec("[a-c ]{0,40}", 1..4), question in "[a-c]{4}( [a-c]{4})?") {
            let question = Question::asked(&question);
            let mut excerpts = Excerpts::of(&question);
            for text in texts {
                prop_assert_eq!(excerpts.excerpt(&text), Excerpts::of(&question).excerpt(&text));
            }
        }
    }
}
