//! The texts, compiled in and parsed once per process.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentError, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::Lang;

// The files of every language, as `build.rs` found them.
include!(concat!(env!("OUT_DIR"), "/texts.rs"));

static NL: LazyLock<Texts> = LazyLock::new(|| Texts::parse(Lang::Nl, NL_SOURCES));
static EN: LazyLock<Texts> = LazyLock::new(|| Texts::parse(Lang::En, EN_SOURCES));
static PARTIAL: LazyLock<Vec<Texts>> = LazyLock::new(|| {
    let partial = Lang::ALL.into_iter().filter(|lang| matches!(lang, Lang::Partial(_)));
    partial.zip(PARTIAL_SOURCES).map(|(lang, sources)| Texts::parse(lang, sources)).collect()
});

/// A text that the page asked for and the language does not have, or that lacks a value it needs. The tests hold every
/// template to texts that exist, so a reader meets this only when a test was skipped.
#[derive(Debug, thiserror::Error)]
#[error("the text `{id}` in `{lang}` is missing or incomplete")]
pub struct MissingText {
    /// The text's id.
    pub id: String,
    /// The language's tag.
    pub lang: &'static str,
}

/// All texts of one language.
pub struct Texts {
    lang: Lang,
    bundle: FluentBundle<FluentResource>,
}

impl Texts {
    /// The texts of a language.
    #[must_use]
    pub fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::Nl => &NL,
            Lang::En => &EN,
            Lang::Partial(partial) => &PARTIAL[partial.index()],
        }
    }

    /// Whether the language has this text itself, and does not fall back to another for it.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.bundle.has_message(id)
    }

    /// A text without a value in it.
    ///
    /// # Errors
    /// [`MissingText`] when the language lacks it.
    pub fn say(&self, id: &str) -> Result<Cow<'_, str>, MissingText> {
        self.format(id, None)
    }

    /// A text with one value in it, under the name `name`.
    ///
    /// # Errors
    /// [`MissingText`] when the language lacks it or it wants another name.
    pub fn fill(&self, id: &str, name: &str, value: &str) -> Result<String, MissingText> {
        self.format(id, Some(&one(name, value.into()))).map(Cow::into_owned)
    }

    /// A text with a number in it, under the name `count`, in the plural form the number wants.
    ///
    /// # Errors
    /// [`MissingText`] when the language lacks it or it wants another name.
    pub fn count(&self, id: &str, count: usize) -> Result<String, MissingText> {
        self.format(id, Some(&one("count", count.into()))).map(Cow::into_owned)
    }

    fn format<'a>(&'a self, id: &str, args: Option<&'a FluentArgs<'_>>) -> Result<Cow<'a, str>, MissingText> {
        // What a language does not have is said in another, with that one's plurals.
        let whole = Lang::from(self.lang.whole());
        if whole != self.lang && !self.has(id) {
            return Self::of(whole).format(id, args);
        }
        let missing = || MissingText { id: id.to_owned(), lang: self.lang.tag() };
        let pattern = self.bundle.get_message(id).and_then(|message| message.value()).ok_or_else(missing)?;
        let mut errors: Vec<FluentError> = Vec::new();
        let text = self.bundle.format_pattern(pattern, args, &mut errors);
        if errors.is_empty() { Ok(text) } else { Err(missing()) }
    }

    /// Parses a language's files.
    ///
    /// # Panics
    /// On a file that does not parse or repeats an id: the files are part of the program, and a test reads them.
    fn parse(lang: Lang, sources: &[&str]) -> Self {
        let locale: LanguageIdentifier = lang.tag().parse().expect("every language has a valid tag");
        let mut bundle = FluentBundle::new_concurrent(vec![locale]);
        // Isolation marks would stand in titles and `alt` texts; the templates isolate names with <bdi> instead.
        bundle.set_use_isolating(false);
        for source in sources {
            let resource = FluentResource::try_new((*source).to_owned())
                .map_err(|(_, errors)| errors)
                .expect("the texts are compiled in, and a test parses them");
            bundle.add_resource(resource).expect("ids are unique across a language's files, and a test parses them");
        }
        Self { lang, bundle }
    }
}

fn one<'a>(name: &'a str, value: FluentValue<'a>) -> FluentArgs<'a> {
    let mut args = FluentArgs::with_capacity(1);
    args.set(name, value);
    args
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_number_chooses_its_plural() {
        assert_eq!(Texts::of(Lang::Nl).count("comments-count", 1).unwrap(), "1 reactie");
        assert_eq!(Texts::of(Lang::Nl).count("comments-count", 4).unwrap(), "4 reacties");
        assert_eq!(Texts::of(Lang::En).count("comments-count", 1).unwrap(), "1 comment");
    }

    #[test]
    fn a_missing_text_or_value_is_an_error_and_not_a_gap() {
        let texts = Texts::of(Lang::Nl);
        assert_eq!(texts.say("no-such-text").unwrap_err().id, "no-such-text");
        assert!(texts.say("comments-count").is_err(), "a count without its number");
    }

    #[test]
    fn what_a_language_lacks_is_said_in_another_with_its_plurals() {
        let frisian = Texts::of(Lang::from_tag("fy").unwrap());
        assert_eq!(frisian.say("nav-news").unwrap(), "Nijs");
        assert_eq!(frisian.count("comments-count", 1).unwrap(), "1 reaksje");
        assert_eq!(frisian.count("comments-count", 2).unwrap(), "2 reaksjes");
        assert_eq!(frisian.say("news-none").unwrap(), Texts::of(Lang::Nl).say("news-none").unwrap());
        assert_eq!(frisian.count("live-posts", 1).unwrap(), Texts::of(Lang::Nl).count("live-posts", 1).unwrap());
        assert_eq!(frisian.say("no-such-text").unwrap_err().lang, "nl");
    }
}
