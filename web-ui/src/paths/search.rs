//! The addresses of what is found: the question and its filter stand in them, so that a link to a search can be kept.

use super::{Page, PostKind, encode, query};
use crate::{Lang, Whole};

/// A sort of thing that can be looked for by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SearchKind {
    /// Posts of this sort; with alerts, how things stand with them.
    Post(PostKind),
    /// Comments.
    Comment,
    /// People, for residents who are logged in.
    Person,
}

impl SearchKind {
    /// Every kind, in the order in which a page offers them.
    pub const ALL: [Self; 9] = [
        Self::Post(PostKind::News),
        Self::Post(PostKind::Event),
        Self::Post(PostKind::Offer),
        Self::Post(PostKind::Request),
        Self::Post(PostKind::Listing),
        Self::Post(PostKind::Group),
        Self::Post(PostKind::Alert),
        Self::Comment,
        Self::Person,
    ];

    /// Its name in an address.
    #[must_use]
    pub const fn value(self, lang: Lang) -> &'static str {
        match (self, lang.whole()) {
            (Self::Post(kind), _) => kind.value(lang),
            (Self::Comment, Whole::Nl) => "reactie",
            (Self::Comment, Whole::En) => "comment",
            (Self::Person, Whole::Nl) => "mens",
            (Self::Person, Whole::En) => "person",
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
            Self::Post(kind) => kind.plural_text(),
            Self::Comment => "search-kind-comments",
            Self::Person => "search-kind-people",
        }
    }

    /// The id of the text for one of them, as on something found.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Post(PostKind::News) => "search-one-news",
            Self::Post(PostKind::Event) => "search-one-event",
            Self::Post(PostKind::Offer) => "search-one-offer",
            Self::Post(PostKind::Request) => "search-one-request",
            Self::Post(PostKind::Listing) => "search-one-listing",
            Self::Post(PostKind::Group) => "search-one-group",
            Self::Post(PostKind::Alert) => "search-one-alert",
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
        let path = search_for(Lang::Nl, "soep & \"brood\"#x", Some(SearchKind::Post(PostKind::Event)), Some("w00&"));
        assert_eq!(path, "/zoeken?q=soep%20%26%20%22brood%22%23x&soort=activiteit&na=w00%26");
        assert_eq!(search_for(Lang::En, "é", None, None), "/en/search?q=%C3%A9");
    }
}
