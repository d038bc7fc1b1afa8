//! From text to words, the same way for what is written and for what is asked.
//!
//! A word is a run of letters and digits; an apostrophe within belongs to it and is left out (`foto's` is `fotos`). Words
//! are lower case and without diacritics, so that `cafe` finds `Café`.

use std::cell::RefCell;
use std::sync::LazyLock;
use std::thread::LocalKey;

use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, RawTokenizer, Stemmer, StopWordFilter, TextAnalyzer, WhitespaceTokenizer,
};

/// Words longer than this, in bytes, are no words: addresses, keys, somebody asleep on the keyboard.
pub(super) const MAX_WORD_BYTES: usize = 40;

/// What is left of a word without the s of a plural, in characters, at least.
const MIN_STEM: usize = 4;

/// How many endings are taken off a word at most.
const MAX_ENDINGS: usize = 4;

thread_local! {
    static FOLDING: RefCell<TextAnalyzer> = RefCell::new(
        TextAnalyzer::builder(RawTokenizer::default()).filter(LowerCaser).filter(AsciiFoldingFilter).build(),
    );

    static STEMMING: RefCell<TextAnalyzer> = RefCell::new(
        TextAnalyzer::builder(RawTokenizer::default()).filter(Stemmer::new(Language::Dutch)).build(),
    );

    static STOPPING: RefCell<TextAnalyzer> = RefCell::new(ALL_FILLERS.clone());
}

static ALL_FILLERS: LazyLock<TextAnalyzer> = LazyLock::new(|| {
    let stop = |language| StopWordFilter::new(language).unwrap_or_else(|| StopWordFilter::remove([]));
    TextAnalyzer::builder(WhitespaceTokenizer::default())
        .filter(stop(Language::Dutch))
        .filter(stop(Language::English))
        .build()
});

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

impl<'a> Piece<'a> {
    /// As it stands there.
    pub(super) const fn text(self) -> &'a str {
        match self {
            Self::Word(text) | Self::Between(text) => text,
        }
    }
}

/// A word as it is looked for; none for what is too long to be one.
pub(super) fn folded(word: &str) -> Option<String> {
    let bare: String = word.chars().filter(|letter| !is_apostrophe(*letter) && !is_mark(*letter)).collect();
    if bare.is_empty() || bare.len() > MAX_WORD_BYTES {
        return None;
    }
    if bare.is_ascii() { Some(bare.to_ascii_lowercase()) } else { first_token(&FOLDING, &bare) }
}

/// The Dutch stem of a folded word: what is left when nothing more can be taken off.
pub(super) fn stem(word: &str) -> String {
    forms(word).pop().unwrap_or_else(|| word.to_owned())
}

/// A folded word, and what is left of it after each ending that is taken off; the last is its stem. (Once is not enough: of
/// `fietsen` that leaves `fiets`, and of `fiets` itself `fiet`.)
pub(super) fn forms(word: &str) -> Vec<String> {
    let mut forms = vec![word.to_owned()];
    for _ in 0..MAX_ENDINGS {
        let last = forms.last().map_or(word, String::as_str);
        let shorter = first_token(&STEMMING, last).map_or_else(String::new, |stem| one_sound(&stem));
        if shorter.is_empty() || forms.contains(&shorter) {
            break;
        }
        forms.push(shorter);
    }
    forms
}

/// A stem as it sounds at its end, where the algorithm leaves what spelling changes: `huiz` of `huizen` is `huis`, `briev`
/// is `brief`. And `fotos`, as people write it who forget the apostrophe, is `foto`.
fn one_sound(stem: &str) -> String {
    let is_vowel = |letter: Option<char>| letter.is_some_and(|letter| "aeiouy".contains(letter));
    if let Some(start) = stem.strip_suffix('z') {
        return format!("{start}s");
    }
    if let Some(start) = stem.strip_suffix('v') {
        return format!("{start}f");
    }
    let mut before = stem.strip_suffix('s').unwrap_or_default().chars().rev();
    let (last, second) = (before.next(), before.next());
    let is_plural = is_vowel(last) && last != Some('e') && second.is_some() && !is_vowel(second);
    match stem.strip_suffix('s') {
        Some(start) if is_plural && start.chars().count() >= MIN_STEM => start.to_owned(),
        Some(_) | None => stem.to_owned(),
    }
}

/// Whether a folded word says nothing about what a text is about, in Dutch or in English.
pub(super) fn is_filler(word: &str) -> bool {
    first_token(&STOPPING, word).is_none()
}

/// A word from its end to its beginning: compounds that end in one word (`buurtfeest`) then begin alike.
pub(super) fn reversed(word: &str) -> String {
    word.chars().rev().collect()
}

fn first_token(analyzer: &'static LocalKey<RefCell<TextAnalyzer>>, text: &str) -> Option<String> {
    analyzer.with_borrow_mut(|analyzer| {
        let mut tokens = analyzer.token_stream(text);
        tokens.advance().then(|| std::mem::take(&mut tokens.token_mut().text))
    })
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
            ("molens", "molen"),
            ("huizen", "huis"),
            ("brieven", "brief"),
            ("paginas", "pagina"),
            ("kinderfietsen", "kinderfiets"),
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
