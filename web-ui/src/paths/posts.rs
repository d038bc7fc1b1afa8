//! The sorts of posts, and the addresses of the lists they stand in.

use super::{Page, encode, query};
use crate::{Lang, Whole};

/// A sort of post.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PostKind {
    /// News.
    #[default]
    News,
    /// An event.
    Event,
    /// Something somebody offers.
    Offer,
    /// Something somebody asks for.
    Request,
    /// A club, shop or organisation.
    Listing,
    /// A group.
    Group,
    /// An alert, made by connectors.
    Alert,
}

impl PostKind {
    /// Every sort, in the order in which pages name them.
    pub const ALL: [Self; 7] =
        [Self::News, Self::Event, Self::Offer, Self::Request, Self::Listing, Self::Group, Self::Alert];

    /// Its name in the API and in forms, which is that of the protocol.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::News => "news",
            Self::Event => "event",
            Self::Offer => "offer",
            Self::Request => "request",
            Self::Listing => "listing",
            Self::Group => "group",
            Self::Alert => "alert",
        }
    }

    /// The sort with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Its name in an address.
    #[must_use]
    pub const fn value(self, lang: Lang) -> &'static str {
        match (self, lang.whole()) {
            (Self::News, _) => query::news(lang),
            (Self::Event, _) => query::event(lang),
            (Self::Offer, Whole::Nl) => "aanbod",
            (Self::Request, Whole::Nl) => "vraag",
            (Self::Listing, Whole::Nl) => "club",
            (Self::Group, Whole::Nl) => "groep",
            (Self::Alert, Whole::Nl) => "belangrijk",
            (kind, Whole::En) => kind.name(),
        }
    }

    /// The sort with this name in an address.
    #[must_use]
    pub fn from_value(value: &str, lang: Lang) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.value(lang) == value)
    }

    /// The bit that stands for it in what is taken of a neighbour, as the protocol has it.
    #[must_use]
    pub const fn bit(self) -> u8 {
        1 << self as u8
    }

    /// The id of the text for many of them.
    #[must_use]
    pub const fn plural_text(self) -> &'static str {
        match self {
            Self::News => "search-kind-news",
            Self::Event => "search-kind-events",
            Self::Offer => "search-kind-offers",
            Self::Request => "search-kind-requests",
            Self::Listing => "search-kind-listings",
            Self::Group => "search-kind-groups",
            Self::Alert => "search-kind-alerts",
        }
    }

    /// The page one such post has to itself.
    #[must_use]
    pub const fn page(self) -> Page {
        if matches!(self, Self::Event) { Page::Event } else { Page::Item }
    }

    /// The list it stands in.
    #[must_use]
    pub const fn list(self) -> Page {
        match self {
            Self::News => Page::News,
            Self::Event => Page::Agenda,
            Self::Offer | Self::Request => Page::Market,
            Self::Listing => Page::Clubs,
            Self::Group => Page::Groups,
            Self::Alert => Page::Alerts,
        }
    }
}

/// What a list is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// Only this sort; where a list has one sort it is left out.
    pub kind: Option<PostKind>,
    /// Only this category.
    pub category: Option<String>,
    /// Only this part of the neighbourhood, by its id.
    pub area: Option<String>,
    /// Go on after this place.
    pub after: Option<String>,
}

/// A list, or a part of it.
#[must_use]
pub fn list(lang: Lang, page: Page, asked: &ListQuery) -> String {
    let kind = asked.kind.map(|kind| (query::kind(lang), kind.value(lang)));
    let words = [
        (query::category(lang), &asked.category),
        (query::area(lang), &asked.area),
        (query::after(lang), &asked.after),
    ];
    let words = words.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)));
    let asked: Vec<String> =
        kind.into_iter().chain(words).map(|(name, value)| format!("{name}={}", encode(value))).collect();
    let path = page.pattern(lang);
    if asked.is_empty() { path.to_owned() } else { format!("{path}?{}", asked.join("&")) }
}

/// Writing a post of this sort.
#[must_use]
pub fn write_kind(lang: Lang, kind: PostKind) -> String {
    format!("{}?{}={}", Page::Write.pattern(lang), query::kind(lang), kind.value(lang))
}
