//! The languages of the site.

/// A language the site speaks. Dutch is the default: it stands at `/`, English under `/en/`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// Dutch.
    #[default]
    Nl,
    /// English.
    En,
}

impl Lang {
    /// Every language, the default first.
    pub const ALL: [Self; 2] = [Self::Nl, Self::En];

    /// The BCP 47 tag, as `lang` and `hreflang` want it.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Nl => "nl",
            Self::En => "en",
        }
    }

    /// The language and the country it is mostly read in, as Open Graph wants it.
    #[must_use]
    pub const fn locale(self) -> &'static str {
        match self {
            Self::Nl => "nl_NL",
            Self::En => "en_GB",
        }
    }

    /// The language's name in that language, for the link that switches to it.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::Nl => "Nederlands",
            Self::En => "English",
        }
    }

    /// The language the switch on a page leads to.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Nl => Self::En,
            Self::En => Self::Nl,
        }
    }
}
