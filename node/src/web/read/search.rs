//! What somebody finds: what the index says may fit, as far as this reader may see it in the lists.

use std::str::FromStr;

use dorpsplein_protocol::operation::{ItemId, Kind};
use dorpsplein_protocol::projection::{self, ItemRow};
use dorpsplein_protocol::store::StoreError;
use dorpsplein_web_ui::locale::Texts;
use dorpsplein_web_ui::modules::Module;
use dorpsplein_web_ui::paths::{Page, PostKind, SearchKind};
use dorpsplein_web_ui::{Lang, markdown, pages, view};

use super::super::body::{FitBody, SearchBody, SearchHitBody, SuggestionBody, SuggestionsBody};
use super::super::local_time;
use super::{ReadError, Reader, item, lists};
use crate::search::{self, Excerpt, Excerpts, Found, IndexError, IndexState, Manner, Question, Rank, Scope, Search};

/// Things found on one page.
const HITS_PER_PAGE: usize = 20;
/// Suggestions at one time.
const SUGGESTIONS: usize = 6;
/// Entries taken from the index at a time.
const ENTRIES_AT_A_TIME: usize = 32;
/// How many times more are taken for one answer, where many of them are not for this reader.
const MAX_BATCHES: usize = 20;

/// What somebody asks for.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Asked {
    /// In their words.
    pub(in super::super) question: String,
    /// Of which kind; all when there is none.
    pub(in super::super) kind: Option<SearchKind>,
    /// From after which place on.
    pub(in super::super) after: Option<String>,
}

/// A place in the list of what is found: how it was looked, and behind what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    manner: Manner,
    rank: Rank,
}

/// Something this reader may see.
struct Seen {
    rank: Rank,
    row: ItemRow,
    /// What it is about, for a comment.
    subject: Option<ItemRow>,
}

/// What was found, and how.
struct Answer {
    manner: Manner,
    seen: Vec<Seen>,
    next: Option<Place>,
}

impl Reader {
    /// The page of what is found.
    pub(in super::super) fn search_page(&self, asked: &Asked, lang: Lang) -> Result<String, ReadError> {
        let index = self.index()?;
        let question = Question::asked(&asked.question);
        let answer = self.answer(index, &question, asked.kind, asked.after.as_deref(), HITS_PER_PAGE)?;
        let mut excerpts = Excerpts::of(&question);
        let hit = |seen| self.hit(seen, &mut excerpts);
        let hits = answer.seen.iter().map(hit).collect::<Result<_, StoreError>>()?;
        let modules = self.modules();
        let for_residents = |kind: &SearchKind| match kind {
            SearchKind::Post(kind) => modules.has_kind(*kind),
            SearchKind::Person => self.visitor.is_some() && modules.has(Module::People),
            SearchKind::Comment => true,
        };
        let page = view::SearchPage {
            question: asked.question.trim().chars().take(search::MAX_QUESTION_CHARS).collect(),
            kind: asked.kind,
            kinds: SearchKind::ALL.into_iter().filter(for_residents).collect(),
            hits,
            fit: answer.manner.into(),
            after: asked.after.clone(),
            next: answer.next.map(|place| place.to_string()),
            complete: index.is_complete(),
        };
        Ok(pages::search(&self.frame(), &page, lang)?)
    }

    /// What is found, as the API tells it.
    pub(in super::super) fn search_body(&self, asked: &Asked) -> Result<SearchBody, ReadError> {
        let index = self.index()?;
        let question = Question::asked(&asked.question);
        let answer = self.answer(index, &question, asked.kind, asked.after.as_deref(), HITS_PER_PAGE)?;
        let mut excerpts = Excerpts::of(&question);
        Ok(SearchBody {
            fit: answer.manner.into(),
            hits: answer.seen.iter().map(|seen| hit_body(seen, &mut excerpts)).collect(),
            next: answer.next.map(|place| place.to_string()),
            complete: index.is_complete(),
        })
    }

    /// What somebody may be looking for who typed so far.
    pub(in super::super) fn suggestions(&self, typed: &str, lang: Lang) -> Result<SuggestionsBody, ReadError> {
        let answer = self.answer(self.index()?, &Question::typed(typed), None, None, SUGGESTIONS)?;
        let suggestion = |seen: &Seen| {
            let kind = search_kind(seen.row.kind)?;
            let label = Texts::of(lang).say(kind.text()).map(|label| label.into_owned()).unwrap_or_default();
            let target = self.target(seen).ok()??;
            Some(SuggestionBody { title: title(seen), kind: kind_name(seen.row.kind), label, url: target.path(lang) })
        };
        Ok(SuggestionsBody { suggestions: answer.seen.iter().filter_map(suggestion).collect() })
    }

    /// How the search index stands.
    pub(in super::super) fn index_state(&self) -> Result<IndexState, ReadError> {
        Ok(self.index()?.state())
    }

    /// Has the search index made anew, and says how it stands.
    pub(in super::super) fn rebuild_index(&self) -> Result<IndexState, ReadError> {
        let index = self.index()?;
        index.ask_rebuild();
        Ok(index.state())
    }

    fn index(&self) -> Result<&Search, ReadError> {
        self.check_is_on(Page::Search)?;
        self.search.as_ref().ok_or(ReadError::NoSearch)
    }

    /// Looks in the strictest manner that finds something; a page that goes on goes on in the same.
    fn answer(
        &self,
        index: &Search,
        question: &Question,
        kind: Option<SearchKind>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Answer, ReadError> {
        let place: Option<Place> = after.map(str::parse).transpose().map_err(|()| ReadError::NotFound)?;
        let kinds = kind.map(kinds).unwrap_or_default();
        let now = search::clock_number(self.local_now);
        let scope = Scope { members: self.visitor.is_some(), kinds, now };
        let first = place.map_or(Manner::Words, |place| place.manner);
        let seen = self.look(index, question, first, &scope, place.map(|place| place.rank), limit + 1)?;
        if !seen.is_empty() || place.is_some() {
            return Ok(Answer::of(first, seen, limit));
        }
        for (manner, question) in index.further(question).map_err(no_search)? {
            let seen = self.look(index, &question, manner, &scope, None, limit + 1)?;
            if !seen.is_empty() {
                return Ok(Answer::of(manner, seen, limit));
            }
        }
        Ok(Answer::of(question.loosest(), Vec::new(), limit))
    }

    /// Takes from the index until there are `wanted` that this reader may see.
    fn look(
        &self,
        index: &Search,
        question: &Question,
        manner: Manner,
        scope: &Scope<'_>,
        mut after: Option<Rank>,
        wanted: usize,
    ) -> Result<Vec<Seen>, ReadError> {
        let mut all = Vec::new();
        for _ in 0..MAX_BATCHES {
            let found = index.find(question, manner, scope, after, ENTRIES_AT_A_TIME).map_err(no_search)?;
            for found in &found {
                all.extend(self.seen(found)?);
                if all.len() == wanted {
                    return Ok(all);
                }
            }
            after = found.last().map(|found| found.rank);
            if found.len() < ENTRIES_AT_A_TIME {
                break;
            }
        }
        Ok(all)
    }

    /// What was found, if it is in the lists of this reader: the index may lag behind, and says nothing of what a comment
    /// is about.
    fn seen(&self, found: &Found) -> Result<Option<Seen>, StoreError> {
        let Some(row) = projection::item(&self.store, &found.id)?.filter(|row| self.lists(row)) else {
            return Ok(None);
        };
        let subject = match row.subject.filter(|_| row.kind.answers()) {
            Some(subject) => match self.shown_subject(&subject)? {
                Some(subject) => Some(subject),
                None => return Ok(None),
            },
            None => None,
        };
        Ok(Some(Seen { rank: found.rank, row, subject }))
    }

    /// Whether an item is in the lists of this reader; people are for residents.
    fn lists(&self, row: &ItemRow) -> bool {
        search::is_searchable(row.kind)
            && self.shows(row)
            && self.is_on(row.kind)
            && (row.kind != Kind::PROFILE || self.visitor.is_some())
    }

    /// Whether the square has things of this kind.
    fn is_on(&self, kind: Kind) -> bool {
        let modules = self.modules();
        match search_kind(kind) {
            Some(SearchKind::Post(kind)) => modules.has_kind(kind),
            Some(SearchKind::Person) => modules.has(Module::People),
            Some(SearchKind::Comment) | None => true,
        }
    }

    fn shown_subject(&self, subject: &ItemId) -> Result<Option<ItemRow>, StoreError> {
        Ok(projection::item(&self.store, subject)?.filter(|row| self.shows(row) && self.is_on(row.kind)))
    }

    /// Where something stands; a person stands among the others, if they tell more than a name.
    fn target(&self, seen: &Seen) -> Result<Option<view::Target>, StoreError> {
        let row = seen.subject.as_ref().unwrap_or(&seen.row);
        if row.kind == Kind::PROFILE {
            let resident = row.author.resident;
            let is_there = row.author.home == self.home() && self.words_of(&resident)?.is_some();
            let target = || view::Target { page: Page::People, id: resident.to_string(), comment: None };
            return Ok(is_there.then(target));
        }
        let page = if row.kind == Kind::EVENT { Page::Event } else { Page::Item };
        let comment = seen.subject.as_ref().map(|_| seen.row.id.to_string());
        Ok(Some(view::Target { page, id: row.id.to_string(), comment }))
    }

    fn hit(&self, seen: &Seen, excerpts: &mut Excerpts) -> Result<view::Hit, StoreError> {
        let row = &seen.row;
        let is_person = row.kind == Kind::PROFILE;
        let starts = row.content.starts.as_ref().and_then(local_time::civil);
        let ends = row.content.ends.as_ref().and_then(local_time::civil);
        let Excerpt { begins_later, pieces, ends_earlier } = excerpts.excerpt(&text(row));
        Ok(view::Hit {
            kind: search_kind(row.kind).unwrap_or(SearchKind::Post(PostKind::News)),
            title: title(seen),
            target: self.target(seen)?,
            excerpt: view::Excerpt { begins_later, pieces, ends_earlier },
            author: if is_person { None } else { Some(self.author(&row.author)?) },
            written: local_time::local(row.created),
            when: starts.map(|starts| lists::when(starts, ends)),
            over: search::is_over(row, search::clock_number(self.local_now)),
            cancelled: item::contested::cancelled(row),
            origin: self.origin(&row.neighbourhood),
        })
    }
}

impl Answer {
    /// The first `limit` of what was seen, and where to go on if there was more.
    fn of(manner: Manner, mut seen: Vec<Seen>, limit: usize) -> Self {
        let more = seen.len() > limit;
        seen.truncate(limit);
        let next = seen.last().filter(|_| more).map(|last| Place { manner, rank: last.rank });
        Self { manner, seen, next }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let manner = match self.manner {
            Manner::Words => 'w',
            Manner::Alike => 'a',
            Manner::Some => 's',
        };
        write!(f, "{manner}{}", self.rank)
    }
}

impl FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (manner, rank) = text.split_at_checked(1).ok_or(())?;
        let manner = match manner {
            "w" => Manner::Words,
            "a" => Manner::Alike,
            "s" => Manner::Some,
            _ => return Err(()),
        };
        Ok(Self { manner, rank: rank.parse()? })
    }
}

impl From<Manner> for view::Fit {
    fn from(manner: Manner) -> Self {
        match manner {
            Manner::Words => Self::Words,
            Manner::Alike => Self::Alike,
            Manner::Some => Self::Some,
        }
    }
}

impl From<Manner> for FitBody {
    fn from(manner: Manner) -> Self {
        match manner {
            Manner::Words => Self::Words,
            Manner::Alike => Self::Alike,
            Manner::Some => Self::Some,
        }
    }
}

/// The kinds of items behind a filter.
const fn kinds(kind: SearchKind) -> &'static [Kind] {
    match kind {
        SearchKind::Post(PostKind::News) => &[Kind::NEWS],
        SearchKind::Post(PostKind::Event) => &[Kind::EVENT],
        SearchKind::Post(PostKind::Offer) => &[Kind::OFFER],
        SearchKind::Post(PostKind::Request) => &[Kind::REQUEST],
        SearchKind::Post(PostKind::Listing) => &[Kind::LISTING],
        SearchKind::Post(PostKind::Group) => &[Kind::GROUP],
        SearchKind::Post(PostKind::Alert) => &[Kind::ALERT, Kind::UPDATE],
        SearchKind::Comment => &[Kind::COMMENT],
        SearchKind::Person => &[Kind::PROFILE],
    }
}

/// The filter behind which a kind of item is; none for what cannot be found.
pub(in super::super) fn search_kind(kind: Kind) -> Option<SearchKind> {
    SearchKind::ALL.into_iter().find(|one| kinds(*one).contains(&kind))
}

/// An item's title or a person's name; of a comment that of what it is about. One line.
fn no_search(error: IndexError) -> ReadError {
    tracing::error!(%error, "nothing could be looked for");
    ReadError::NoSearch
}

fn title(seen: &Seen) -> String {
    let row = seen.subject.as_ref().unwrap_or(&seen.row);
    match &row.content.name {
        Some(name) if row.kind == Kind::PROFILE => name.split_whitespace().collect::<Vec<_>>().join(" "),
        _ => item::title(row),
    }
}

/// The texts of an item but its title, as one.
fn text(row: &ItemRow) -> String {
    let content = &row.content;
    let talents = content.talents.join(", ");
    let body = content.body.as_deref().map(markdown::words);
    let parts = [body.as_deref(), content.place.as_deref(), Some(talents.as_str())];
    parts.into_iter().flatten().filter(|part| !part.trim().is_empty()).collect::<Vec<_>>().join(" · ")
}

fn kind_name(kind: Kind) -> String {
    kind.name().unwrap_or_default().to_owned()
}

fn hit_body(seen: &Seen, excerpts: &mut Excerpts) -> SearchHitBody {
    let row = &seen.row;
    let Excerpt { begins_later, pieces, ends_earlier } = excerpts.excerpt(&text(row));
    let dots = |left_out: bool| if left_out { "…" } else { "" };
    let words: String = pieces.into_iter().map(|(text, _)| text).collect();
    SearchHitBody {
        item: row.id.to_string(),
        kind: kind_name(row.kind),
        subject: seen.subject.as_ref().map(|subject| subject.id.to_string()),
        title: title(seen),
        excerpt: format!("{}{words}{}", dots(begins_later), dots(ends_earlier)),
        neighbourhood: row.neighbourhood.to_string(),
        created: row.created.as_millis(),
        starts: row.content.starts.as_ref().map(|time| time.as_str().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_that_can_be_found_has_a_filter_and_no_other() {
        for kind in Kind::ALL {
            assert_eq!(search_kind(kind).is_some(), search::is_searchable(kind), "{:?}", kind.name());
        }
    }

    #[test]
    fn a_place_reads_back_and_nothing_else_does() {
        let rank = "000000140000019f0000000000000000000000ff";
        for manner in ["w", "a", "s"] {
            let text = format!("{manner}{rank}");
            assert_eq!(text.parse::<Place>().map(|place| place.to_string()), Ok(text));
        }
        for odd in ["", "w", "é", &format!("x{rank}"), &format!("w{rank}0"), rank] {
            assert!(odd.parse::<Place>().is_err(), "{odd}");
        }
    }
}
