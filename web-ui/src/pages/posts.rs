//! The lists of offers and requests, clubs, groups, alerts and people.

use askama::Template;

use super::RenderError;
use super::shell::Shell;
use crate::Lang;
use crate::paths::{self, ListQuery, Page, PostKind};
use crate::view::{AreaChoice, Frame, PeoplePage, PostsPage, Role};

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

/// A link that narrows a list, or widens it again.
struct Choice {
    text: String,
    path: String,
    chosen: bool,
}

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
    let s = Shell::new(frame, lang, Some(page.list), paths::list(lang.other(), page.list, &page.asked));
    Ok(Posts { s, page, words }.render()?)
}

/// Who lives here.
///
/// # Errors
/// [`RenderError`].
pub fn people(frame: &Frame, page: &PeoplePage, lang: Lang) -> Result<String, RenderError> {
    let s = Shell::new(frame, lang, Some(Page::People), Page::People.pattern(lang.other()).to_owned());
    Ok(People { s, page }.render()?)
}

impl Posts<'_> {
    fn kinds(&self) -> Result<Vec<Choice>, askama::Error> {
        let all = self.choice(self.s.say("list-all")?.into_owned(), self.page.asked.kind.is_none(), |asked| {
            asked.kind = None;
        });
        let each = |(kind, text): &(PostKind, &'static str)| {
            let chosen = self.page.asked.kind == Some(*kind);
            Ok(self.choice(self.s.say(text)?.into_owned(), chosen, |asked| asked.kind = Some(*kind)))
        };
        self.offered(all, self.words.kinds.iter().map(each))
    }

    fn categories(&self) -> Result<Vec<Choice>, askama::Error> {
        let chosen = &self.page.asked.category;
        let all = self.choice(self.s.say("list-every-category")?.into_owned(), chosen.is_none(), |asked| {
            asked.category = None;
        });
        let each = |category: &String| {
            let is_chosen = chosen.as_ref() == Some(category);
            Ok(self.choice(category.clone(), is_chosen, |asked| asked.category = Some(category.clone())))
        };
        self.offered(all, self.page.choices.categories.iter().map(each))
    }

    fn areas(&self) -> Result<Vec<Choice>, askama::Error> {
        let chosen = &self.page.asked.area;
        let all = self.choice(self.s.say("list-every-area")?.into_owned(), chosen.is_none(), |asked| {
            asked.area = None;
        });
        let each = |area: &AreaChoice| {
            let is_chosen = chosen.as_ref() == Some(&area.id);
            Ok(self.choice(area.name.clone(), is_chosen, |asked| asked.area = Some(area.id.clone())))
        };
        self.offered(all, self.page.choices.areas.iter().map(each))
    }

    /// The choices with the one for all of them; none where there is nothing to choose.
    fn offered(
        &self,
        all: Choice,
        choices: impl Iterator<Item = Result<Choice, askama::Error>>,
    ) -> Result<Vec<Choice>, askama::Error> {
        let choices: Vec<Choice> = choices.collect::<Result<_, _>>()?;
        Ok(if choices.is_empty() { choices } else { [all].into_iter().chain(choices).collect() })
    }

    fn choice(&self, text: String, chosen: bool, change: impl FnOnce(&mut ListQuery)) -> Choice {
        let mut asked = ListQuery { after: None, ..self.page.asked.clone() };
        change(&mut asked);
        Choice { text, path: paths::list(self.s.lang, self.page.list, &asked), chosen }
    }

    fn next_path(&self, next: &str) -> String {
        let asked = ListQuery { after: Some(next.to_owned()), ..self.page.asked.clone() };
        paths::list(self.s.lang, self.page.list, &asked)
    }

    fn first_path(&self) -> String {
        paths::list(self.s.lang, self.page.list, &ListQuery { after: None, ..self.page.asked.clone() })
    }
}
