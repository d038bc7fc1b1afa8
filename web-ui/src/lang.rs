//! The languages of the site: two whole ones, and those of which a part of the texts is there.

// The heads of the folders in `locales`, as `build.rs` found them.
include!(concat!(env!("OUT_DIR"), "/languages.rs"));

/// A language the site speaks. Dutch is the default: it stands at `/`, the others under their tags, as `/en/`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// Dutch.
    #[default]
    Nl,
    /// English.
    En,
    /// A language that has a part of the texts; for the rest it falls back to a whole one.
    Partial(Partial),
}

/// A language that has every text, words for addresses, and a way to say dates. What is there in the languages' words
/// beside their texts is a match on this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Whole {
    /// Dutch.
    Nl,
    /// English.
    En,
}

/// One of the languages that have a part of the texts: a folder of `locales` beside the whole ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Partial(usize);

/// What such a folder says of its language.
struct Head {
    tag: &'static str,
    name: &'static str,
    locale: &'static str,
    right_to_left: bool,
    whole: Whole,
}

impl Lang {
    /// Every language, the default first.
    pub const ALL: [Self; 2 + PARTIAL.len()] = {
        let mut all = [Self::Nl; 2 + PARTIAL.len()];
        all[1] = Self::En;
        let mut at = 0;
        while at < PARTIAL.len() {
            all[2 + at] = Self::Partial(Partial(at));
            at += 1;
        }
        all
    };

    /// The language with this tag.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lang| lang.tag() == tag)
    }

    /// The BCP 47 tag, as `lang` and `hreflang` want it.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Nl => "nl",
            Self::En => "en",
            Self::Partial(partial) => partial.head().tag,
        }
    }

    /// The language and the country it is mostly read in, as Open Graph wants it.
    #[must_use]
    pub const fn locale(self) -> &'static str {
        match self {
            Self::Nl => "nl_NL",
            Self::En => "en_GB",
            Self::Partial(partial) => partial.head().locale,
        }
    }

    /// The language's name in that language, for the link that switches to it.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::Nl => "Nederlands",
            Self::En => "English",
            Self::Partial(partial) => partial.head().name,
        }
    }

    /// Whether it is written from right to left.
    #[must_use]
    pub const fn is_right_to_left(self) -> bool {
        match self {
            Self::Nl | Self::En => false,
            Self::Partial(partial) => partial.head().right_to_left,
        }
    }

    /// The language whose words stand where this one has none: in addresses, dates and the texts it lacks. A whole language
    /// has its own.
    #[must_use]
    pub const fn whole(self) -> Whole {
        match self {
            Self::Nl => Whole::Nl,
            Self::En => Whole::En,
            Self::Partial(partial) => partial.head().whole,
        }
    }

    /// The languages the switch on a page leads to.
    pub fn others(self) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |lang| *lang != self)
    }
}

impl From<Whole> for Lang {
    fn from(whole: Whole) -> Self {
        match whole {
            Whole::Nl => Self::Nl,
            Whole::En => Self::En,
        }
    }
}

impl Partial {
    /// Its place among the languages that have a part of the texts.
    #[cfg(feature = "pages")]
    pub(crate) const fn index(self) -> usize {
        self.0
    }

    const fn head(self) -> &'static Head {
        &PARTIAL[self.0]
    }
}
