//! The addresses of what is found: the question and its filter stand in them, so that a link to a search can be kept.

use super::{Page, encode, query};
use crate::Lang;

/// A sort of thing that can be looked for by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SearchKind {
    /// News.
    News,
    /// Events.
    Event,
    /// What people offer.
    Offer,
    /// What people ask for.
    Request,
    /// Clubs and organisations.
    Listing,
    /// Groups.
    Group,
    /// Alerts, and how things stand with them.
    Alert,
    /// Comments.
    Comment,
    /// People, for residents who are logged in.
    Person,
}

impl SearchKind {
    /// Every kind, in the order in which a page offers them.
    pub const ALL: [Self; 9] = [
        Self::News,
        Self::Event,
        Self::Offer,
        Self::Request,
        Self::Listing,
        Self::Group,
        Self::Alert,
        Self::Comment,
        Self::Person,
    ];

    /// Its name in an address.
    #[must_use]
    pub const fn value(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::News, _) => query::news(lang),
            (Self::Event, _) => query::event(lang),
            (Self::Offer, Lang::Nl) => "aanbod",
            (Self::Offer, Lang::En) => "offer",
            (Self::Request, Lang::Nl) => "vraag",
            (Self::Request, Lang::En) => "request",
            (Self::Listing, Lang::Nl) => "club",
            (Self::Listing, Lang::En) => "listing",
            (Self::Group, Lang::Nl) => "groep",
            (Self::Group, Lang::En) => "group",
            (Self::Alert, Lang::Nl) => "belangrijk",
            (Self::Alert, Lang::En) => "alert",
            (Self::Comment, Lang::Nl) => "reactie",
            (Self::Comment, Lang::En) => "comment",
            (Self::Person, Lang::Nl) => "mens",
            (Self::Person, Lang::En) => "person",
        }
    }

    /// The kind with this name in an address.
    #[must_use]
    pub fn from_value(value: &str, lang: Lang) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.value(lang) == value)
    }

    /// The id of the text for many of them, as on a filter.
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
            Self::Comment => "search-kind-comments",
            Self::Person => "search-kind-people",
        }
    }

    /// The id of the text for one of them, as on something found.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::News => "search-one-news",
            Self::Event => "search-one-event",
            Self::Offer => "search-one-offer",
            Self::Request => "search-one-request",
            Self::Listing => "search-one-listing",
            Self::Group => "search-one-group",
            Self::Alert => "search-one-alert",
            Self::Comment => "search-one-comment",
            Self::Person => "search-one-person",
        }
    }
}

/// What is found for a question, of one kind or all, from after the place `after` on.
#[must_use]
pub fn search_for(lang: Lang, question: &str, kind: Option<SearchKind>, after: Option<&str>) -> String {
    let kind = kind.map(|kind| format!("&{}={}", query::kind(lang), kind.value(lang))).unwrap_or_default();
    let after = after.map(|after| format!("&{}={}", query::after(lang), encode(after))).unwrap_or_default();
    format!("{}?{}={}{kind}{after}", Page::Search.pattern(lang), query::QUESTION, encode(question))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_name_of_its_own_in_both_languages() {
        for lang in Lang::ALL {
            for kind in SearchKind::ALL {
                assert_eq!(SearchKind::from_value(kind.value(lang), lang), Some(kind));
            }
            assert_eq!(SearchKind::from_value("", lang), None);
        }
    }

    #[test]
    fn a_question_stays_within_its_place() {
        let path = search_for(Lang::Nl, "soep & \"brood\"#x", Some(SearchKind::Event), Some("w00&"));
        assert_eq!(path, "/zoeken?q=soep%20%26%20%22brood%22%23x&soort=activiteit&na=w00%26");
        assert_eq!(search_for(Lang::En, "é", None, None), "/en/search?q=%C3%A9");
    }
}
