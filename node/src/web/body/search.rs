//! What is found, on the wire.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SearchBody {
    /// How it fits the question.
    pub fit: FitBody,
    /// What fits best first; at most twenty.
    pub hits: Vec<SearchHitBody>,
    /// Where to go on, if there is more.
    pub next: Option<String>,
    /// Whether all there is was looked through. While a box makes its index anew, something may be missing.
    pub complete: bool,
}

/// How what was found fits the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FitBody {
    /// It has all the words.
    Words,
    /// It has words that are written almost alike.
    Alike,
    /// It has one or some of the words.
    Some,
}

/// Something found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SearchHitBody {
    /// The item.
    pub item: String,
    /// Its kind.
    pub kind: String,
    /// What it is about, for a comment.
    pub subject: Option<String>,
    /// Its title or a person's name; of a comment that of what it is about.
    pub title: String,
    /// The part of its text where it was found, on one line.
    pub excerpt: String,
    /// Where it lives.
    pub neighbourhood: String,
    /// When it was made, in milliseconds since 1970.
    pub created: u64,
    /// When it starts, for an event: a civil time.
    pub starts: Option<String>,
}

/// What somebody may be looking for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SuggestionsBody {
    /// What fits best first; at most six.
    pub suggestions: Vec<SuggestionBody>,
}

/// One thing somebody may be looking for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SuggestionBody {
    /// Its title.
    pub title: String,
    /// Its kind.
    pub kind: String,
    /// Its kind, as people say it.
    pub label: String,
    /// Its address on this site.
    pub url: String,
}
