//! The lists of offers and requests, clubs, groups, alerts and people.

use askama::Template;

use super::RenderError;
use super::choices::{Choice, among, among_areas, among_categories};
use super::partial::rendered;
use super::shell::Shell;
use crate::Lang;
use crate::paths::{self, ListQuery, Page, PostKind};
use crate::view::{Frame, PeoplePage, PostsPage, Role};

#[derive(Template)]
#[template(path = "posts.html")]
struct Posts<'a> {
    s: Shell<'a>,
    page: &'a PostsPage,
    words: ListWords,
}

#[derive(Template)]
#[template(path = "people.html")]
struct People<'a> {
    s: Shell<'a>,
    page: &'a PeoplePage,
}

/// What a list says about itself, by text ids.
struct ListWords {
    title: &'static str,
    intro: &'static str,
    none: &'static str,
    /// What one can write for it, with the text of the link.
    write: &'static [(PostKind, &'static str)],
    /// The sorts it can be narrowed to, with their texts.
    kinds: &'static [(PostKind, &'static str)],
}

const MARKET: ListWords = ListWords {
    title: "market-title",
    intro: "market-intro",
    none: "market-none",
    write: &[(PostKind::Offer, "market-write-offer"), (PostKind::Request, "market-write-request")],
    kinds: &[(PostKind::Offer, "market-offers"), (PostKind::Request, "market-requests")],
};
const CLUBS: ListWords = ListWords {
    title: "clubs-title",
    intro: "clubs-intro",
    none: "clubs-none",
    write: &[(PostKind::Listing, "clubs-write")],
    kinds: &[],
};
const GROUPS: ListWords = ListWords {
    title: "groups-title",
    intro: "groups-intro",
    none: "groups-none",
    write: &[(PostKind::Group, "groups-write")],
    kinds: &[],
};
const ALERTS: ListWords =
    ListWords { title: "alerts-title", intro: "alerts-intro", none: "alerts-none", write: &[], kinds: &[] };

/// A list of posts.
///
/// # Errors
/// [`RenderError`].
pub fn posts(frame: &Frame, page: &PostsPage, lang: Lang) -> Result<String, RenderError> {
    let words = match page.list {
        Page::Clubs => CLUBS,
        Page::Groups => GROUPS,
        Page::Alerts => ALERTS,
        _ => MARKET,
    };
    let s = Shell::new(frame, lang, Some(page.list), |lang| paths::list(lang, page.list, &page.asked));
    rendered(&Posts { s, page, words }, lang)
}

/// Who lives here.
///
/// # Errors
/// [`RenderError`].
pub fn people(frame: &Frame, page: &PeoplePage, lang: Lang) -> Result<String, RenderError> {
    let s = Shell::new(frame, lang, Some(Page::People), |lang| paths::people(lang, page.asked.as_deref()));
    rendered(&People { s, page }, lang)
}

impl People<'_> {
    /// Everybody with a talent.
    fn talent_path(&self, talent: &str) -> String {
        paths::people(self.s.lang, Some(talent))
    }

    /// The talents to narrow the page to, with how many people have each; none where nobody tells of one.
    fn talents(&self) -> Result<Vec<Choice>, askama::Error> {
        let all = self.s.say("people-all")?.into_owned();
        let values = self.page.talents.iter().map(|(talent, count)| (talent.as_str(), format!("{talent} ({count})")));
        Ok(among(all, self.page.asked.as_deref(), values, |talent| paths::people(self.s.lang, talent)))
    }
}

impl Posts<'_> {
    fn kinds(&self) -> Result<Vec<Choice>, askama::Error> {
        let all = self.s.say("list-all")?.into_owned();
        let each = |(kind, text): &(PostKind, &'static str)| Ok((*kind, self.s.say(text)?.into_owned()));
        let values = self.words.kinds.iter().map(each).collect::<Result<Vec<_>, askama::Error>>()?;
        Ok(among(all, self.page.asked.kind, values.into_iter(), |kind| self.path(|asked| asked.kind = kind)))
    }

    fn categories(&self) -> Result<Vec<Choice>, askama::Error> {
        among_categories(&self.s, &self.page.choices, self.page.asked.category.as_deref(), |category| {
            self.path(|asked| asked.category = category)
        })
    }

    fn areas(&self) -> Result<Vec<Choice>, askama::Error> {
        among_areas(&self.s, &self.page.choices, self.page.asked.area.as_deref(), |area| {
            self.path(|asked| asked.area = area)
        })
    }

    /// The beginning of the list as it was asked for but for a change.
    fn path(&self, change: impl FnOnce(&mut ListQuery)) -> String {
        let mut asked = ListQuery { after: None, ..self.page.asked.clone() };
        change(&mut asked);
        paths::list(self.s.lang, self.page.list, &asked)
    }

    fn next_path(&self, next: &str) -> String {
        let asked = ListQuery { after: Some(next.to_owned()), ..self.page.asked.clone() };
        paths::list(self.s.lang, self.page.list, &asked)
    }

    fn first_path(&self) -> String {
        paths::list(self.s.lang, self.page.list, &ListQuery { after: None, ..self.page.asked.clone() })
    }
}
