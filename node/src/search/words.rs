//! From text to words, the same way for what is written and for what is asked.
//!
//! A word is a run of letters and digits; an apostrophe within belongs to it and is left out (`foto's` is `fotos`). Words
//! are lower case and without diacritics, so that `cafe` finds `Café`.

use std::sync::LazyLock;

use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, RawTokenizer, Stemmer, StopWordFilter, TextAnalyzer, WhitespaceTokenizer,
};

/// Words longer than this, in bytes, are no words: addresses, keys, somebody asleep on the keyboard.
pub(super) const MAX_WORD_BYTES: usize = 40;

static FOLDING: LazyLock<TextAnalyzer> = LazyLock::new(|| {
    TextAnalyzer::builder(RawTokenizer::default()).filter(LowerCaser).filter(AsciiFoldingFilter).build()
});

static STEMMING: LazyLock<TextAnalyzer> = LazyLock::new(stems);

static STOPPING: LazyLock<TextAnalyzer> = LazyLock::new(|| {
    let stop = |language| StopWordFilter::new(language).unwrap_or_else(|| StopWordFilter::remove([]));
    TextAnalyzer::builder(WhitespaceTokenizer::default())
        .filter(stop(Language::Dutch))
        .filter(stop(Language::English))
        .build()
});

/// What takes words apart that were joined by spaces, and leaves of each its Dutch stem.
pub(super) fn stems() -> TextAnalyzer {
    TextAnalyzer::builder(WhitespaceTokenizer::default()).filter(Stemmer::new(Language::Dutch)).build()
}

/// The words of a text, in its order.
pub(super) fn words(text: &str) -> impl Iterator<Item = String> {
    pieces(text).filter_map(|piece| match piece {
        Piece::Word(word) => folded(word),
        Piece::Between(_) => None,
    })
}

/// A text in pieces that make it up again when they are joined.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let in_word = first.is_alphanumeric();
        let end = rest.char_indices().find(|(_, letter)| {
            let goes_on = letter.is_alphanumeric() || (in_word && (is_apostrophe(*letter) || is_mark(*letter)));
            goes_on != in_word
        });
        let (piece, after) = rest.split_at(end.map_or(rest.len(), |(at, _)| at));
        rest = after;
        Some(if in_word { Piece::Word(piece) } else { Piece::Between(piece) })
    })
}

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// A run of letters and digits, with the apostrophes that belong to it.
    Word(&'a str),
    /// What stands between two words.
    Between(&'a str),
}

/// A word as it is looked for; none for what is too long to be one.
pub(super) fn folded(word: &str) -> Option<String> {
    let bare: String = word.chars().filter(|letter| !is_apostrophe(*letter) && !is_mark(*letter)).collect();
    if bare.is_empty() || bare.len() > MAX_WORD_BYTES {
        return None;
    }
    if bare.is_ascii() { Some(bare.to_ascii_lowercase()) } else { first_token(&FOLDING, &bare) }
}

/// The Dutch stem of a folded word.
pub(super) fn stem(word: &str) -> String {
    first_token(&STEMMING, word).unwrap_or_else(|| word.to_owned())
}

/// Whether a folded word says nothing about what a text is about, in Dutch or in English.
pub(super) fn is_filler(word: &str) -> bool {
    first_token(&STOPPING, word).is_none()
}

/// A word from its end to its beginning: compounds that end in one word (`buurtfeest`) then begin alike.
pub(super) fn reversed(word: &str) -> String {
    word.chars().rev().collect()
}

fn first_token(analyzer: &TextAnalyzer, text: &str) -> Option<String> {
    let mut analyzer = analyzer.clone();
    let mut tokens = analyzer.token_stream(text);
    tokens.advance().then(|| tokens.token().text.clone())
}

/// The marks that people write for an apostrophe.
const fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | '’' | '‘' | '´' | '`' | 'ʼ')
}

/// A diacritic that stands behind its letter as a character of its own.
const fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn all(text: &str) -> Vec<String> {
        words(text).collect()
    }

    #[test]
    fn case_diacritics_and_apostrophes_do_not_matter() {
        assert_eq!(all("Café De IJssel, 's avonds!"), ["cafe", "de", "ijssel", "s", "avonds"]);
        assert_eq!(all("FOTO'S foto’s fotos"), ["fotos", "fotos", "fotos"]);
        assert_eq!(all("coo\u{308}peratie coöperatie"), ["cooperatie", "cooperatie"]);
        assert_eq!(all("truus@dorp.example 10.30 uur"), ["truus", "dorp", "example", "10", "30", "uur"]);
    }

    #[test]
    fn what_is_no_word_is_left_out() {
        assert_eq!(all(""), Vec::<String>::new());
        assert_eq!(all("\u{0}\u{7}\t…—\"'()"), Vec::<String>::new());
        assert_eq!(all(&format!("kort {} woord", "a".repeat(41))), ["kort", "woord"]);
    }

    #[test]
    fn words_of_one_stem_meet() {
        for (one, other) in [
            ("fietsen", "fiets"),
            ("activiteiten", "activiteit"),
            ("fotos", "foto"),
            ("vergaderingen", "vergadering"),
            ("buren", "buur"),
        ] {
            assert_eq!(stem(one), stem(other), "{one}");
        }
        assert_ne!(stem("markt"), stem("merk"));
    }

    #[test]
    fn little_words_are_known() {
        for word in ["de", "het", "een", "van", "the", "is"] {
            assert!(is_filler(word), "{word}");
        }
        assert!(!is_filler("molen") && !is_filler("fiets"));
    }

    proptest! {
        #[test]
        fn the_pieces_of_any_text_make_it_up_again(text in "\\PC{0,80}") {
            let joined: String = pieces(&text).map(|piece| match piece {
                Piece::Word(part) | Piece::Between(part) => part,
            }).collect();
            prop_assert_eq!(joined, text);
        }

        #[test]
        fn no_text_makes_a_word_that_is_too_long_or_has_a_space(text in any::<String>()) {
            for word in words(&text) {
                prop_assert!(!word.is_empty() && !word.contains(char::is_whitespace));
                prop_assert!(!stem(&word).is_empty());
            }
        }
    }
}
