//! The names of what may stand behind the `?` of a path.

use crate::{Lang, Whole};

/// On the news: show what is older than this cursor.
#[must_use]
pub const fn before(lang: Lang) -> &'static str {
    match lang.whole() {
        Whole::Nl => "voor",
        Whole::En => "before",
    }
}

/// The server of another service that somebody wants to hand something on at.
pub const SERVER: &str = "server";

/// On the page of what is found: what was asked. The same in every language, as people know it from elsewhere.
pub const QUESTION: &str = "q";

/// On a list: only this category.
#[must_use]
pub const fn category(lang: Lang) -> &'static str {
    match lang.whole() {
        Whole::Nl => "categorie",
        Whole::En => "category",
    }
}

/// On a list: only this part of the neighbourhood.
#[must_use]
pub const fn area(lang: Lang) -> &'static str {
    match lang.whole() {
        Whole::Nl => "gebied",
        Whole::En => "area",
    }
}

/// On a list and on the page of what is found: go on after this place.
#[must_use]
pub const fn after(lang: Lang) -> &'static str {
    match lang.whole() {
        Whole::Nl => "na",
        Whole::En => "after",
    }
}

/// On the agenda: how it is shown, see [`AgendaView`](super::AgendaView).
#[must_use]
pub const fn view(lang: Lang) -> &'static str {
    match lang.whole() {
        Whole::Nl => "weergave",
        Whole::En => "view",
    }
}

/// On the agenda: the day (`2026-12-24`) it is about.
#[must_use]
pub const fn on(lang: Lang) -> &'static str {
    match lang.whole() {
        Whole::Nl => "op",
        Whole::En => "on",
    }
}

/// On the write page: what to write, see [`news`] and [`event`]. On that of what is found: what to find.
#[must_use]
pub const fn kind(lang: Lang) -> &'static str {
    match lang.whole() {
        Whole::Nl => "soort",
        Whole::En => "kind",
    }
}

/// On the page of people: only who has this talent. The same word in every language.
pub const TALENT: &str = "talent";

/// The value of [`kind`] for news.
#[must_use]
pub const fn news(lang: Lang) -> &'static str {
    match lang.whole() {
        Whole::Nl => "nieuws",
        Whole::En => "news",
    }
}

/// The value of [`kind`] for an event.
#[must_use]
pub const fn event(lang: Lang) -> &'static str {
    match lang.whole() {
        Whole::Nl => "activiteit",
        Whole::En => "event",
    }
}
