//! How an address is spelled in a language: Dutch and English have words for each, a language with a part of the texts puts
//! its tag before those of the language it falls back to.

use std::collections::HashMap;
use std::sync::{LazyLock, PoisonError, RwLock};

use crate::{Lang, Whole};

/// The addresses of the languages that have no words of their own. Each is made once and stays: there are as many as there
/// are addresses in the sources, times those languages.
static MADE: LazyLock<RwLock<HashMap<(Lang, &'static str), &'static str>>> = LazyLock::new(RwLock::default);

/// An address in a language, of which the sources have the Dutch form and the English one, which begins with `/en`.
pub(super) fn spelled(lang: Lang, dutch: &'static str, english: &'static str) -> &'static str {
    match lang {
        Lang::Nl => dutch,
        Lang::En => english,
        Lang::Partial(_) => match lang.whole() {
            Whole::Nl => below(lang, dutch),
            Whole::En => below(lang, english.strip_prefix("/en").unwrap_or(english)),
        },
    }
}

fn below(lang: Lang, path: &'static str) -> &'static str {
    let key = (lang, path);
    // A thread that panicked in here left the map as it was: it is changed in one step.
    if let Some(made) = MADE.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return made;
    }
    let mut all = MADE.write().unwrap_or_else(PoisonError::into_inner);
    all.entry(key).or_insert_with(|| Box::leak(format!("/{}{path}", lang.tag()).into_boxed_str()))
}
