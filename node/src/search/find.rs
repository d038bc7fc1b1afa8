//! From what somebody typed to what is found.
//!
//! Of every word it is looked how it stands in a text: as it is, by its stem, as the beginning or the end of a longer
//! word, or with a typing error. Each has a weight, a title more than a text; the best of them counts, and the weights of
//! all words are added up. What is looked for are words and nothing else: an operator or a quotation mark has no meaning.

use std::ops::Bound;

use dorpsplein_protocol::operation::{ItemId, Kind};
use tantivy::query::{
    BooleanQuery, ConstScoreQuery, DisjunctionMaxQuery, EnableScoring, FuzzyTermQuery, Occur, Query, RangeQuery,
    TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, Score, Searcher, TERMINATED, Term};

use super::entry::ClockNumber;
use super::index::{Ids, Index, IndexError, Texts};
use super::ranking::{First, Rank};
use super::words::{forms, is_filler, reversed, words};

/// What is read of a question, in characters.
pub const MAX_QUESTION_CHARS: usize = 200;
/// The most words that are looked for.
const MAX_WORDS: usize = 12;
/// Words from this length on, in characters, may be the beginning of a longer one.
const MIN_BEGINNING: usize = 3;
/// Words from this length on, in characters, may be the end of a compound.
const MIN_TAIL: usize = 4;
/// Words from this length on, in characters, may have one typing error.
const MIN_ONE_ERROR: usize = 4;
/// Words from this length on, in characters, may have two.
const MIN_TWO_ERRORS: usize = 8;

/// How much it counts where a word is found: in a title, in another text.
struct Weights {
    title: Score,
    body: Score,
}

const AS_IT_IS: Weights = Weights { title: 20.0, body: 10.0 };
const BY_STEM: Weights = Weights { title: 18.0, body: 8.0 };
const BEGINNING: Weights = Weights { title: 16.0, body: 6.0 };
const TAIL: Weights = Weights { title: 14.0, body: 5.0 };
const WITH_ERRORS: Weights = Weights { title: 12.0, body: 4.0 };

/// What somebody typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Question {
    words: Vec<String>,
    /// Whether its last word may still be growing.
    is_growing: bool,
}

/// How strictly it is looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Every word, as somebody would write it.
    Words,
    /// Every word, perhaps with typing errors.
    Alike,
    /// Any word; with typing errors those that nobody wrote as they stand.
    Some,
}

/// Who looks, and for which part.
#[derive(Clone, Debug)]
pub(crate) struct Scope<'a> {
    /// Whether what is for members may be found.
    pub(crate) members: bool,
    /// Only these kinds; all where there are none.
    pub(crate) kinds: &'a [Kind],
    /// What the clock on the wall shows.
    pub(crate) now: ClockNumber,
}

/// Something found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Its place.
    pub(crate) rank: Rank,
    /// Which item.
    pub(crate) id: ItemId,
}

impl Question {
    /// Reads what somebody typed and sent.
    pub(crate) fn asked(text: &str) -> Self {
        Self::read(text, false)
    }

    /// Reads what somebody is typing: the last word may be the beginning of another one.
    pub(crate) fn typed(text: &str) -> Self {
        Self::read(text, true)
    }

    fn read(text: &str, is_typing: bool) -> Self {
        let text: String = text.chars().take(MAX_QUESTION_CHARS).collect();
        let all: Vec<String> = words(&text).collect();
        let growing = all.last().filter(|_| is_typing && text.ends_with(char::is_alphanumeric)).cloned();
        let counts = |word: &&String| Some(*word) == growing.as_ref() || !is_filler(word);
        let telling: Vec<&String> = all.iter().filter(counts).collect();
        // Who types little words alone is looking for those.
        let chosen = if telling.is_empty() { all.iter().collect() } else { telling };
        let mut words: Vec<String> = Vec::new();
        for word in chosen {
            if words.len() < MAX_WORDS && !words.contains(word) {
                words.push(word.clone());
            }
        }
        let is_growing = growing.is_some() && words.last() == growing.as_ref();
        Self { words, is_growing }
    }

    /// Whether there is nothing to look for.
    pub(crate) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The words that are looked for.
    pub(crate) fn words(&self) -> &[String] {
        &self.words
    }

    /// The least strict way to look for it.
    pub(crate) const fn loosest(&self) -> Manner {
        match self.words.len() {
            0 => Manner::Words,
            1 => Manner::Alike,
            _ => Manner::Some,
        }
    }
}

impl Index {
    /// The first `limit` entries after a place.
    ///
    /// # Errors
    /// [`IndexError`].
    pub(super) fn find(
        &self,
        question: &Question,
        manner: Manner,
        scope: &Scope<'_>,
        after: Option<Rank>,
        limit: usize,
    ) -> Result<Vec<Found>, IndexError> {
        if question.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        let searcher = self.searcher();
        let collector = First { limit, after, now: scope.now };
        let found = searcher.search(&self.query(&searcher, question, manner, scope)?, &collector)?;
        let mut ids = Ids::of(&searcher);
        let mut entry = |(rank, at)| Ok(ids.at(at)?.map(|id| Found { rank, id }));
        found.into_iter().filter_map(|found| entry(found).transpose()).collect()
    }

    fn query(
        &self,
        searcher: &Searcher,
        question: &Question,
        manner: Manner,
        scope: &Scope<'_>,
    ) -> Result<BooleanQuery, IndexError> {
        let last = question.words.len() - 1;
        let each = if manner == Manner::Some { Occur::Should } else { Occur::Must };
        let mut words = Vec::with_capacity(question.words.len());
        for (place, word) in question.words.iter().enumerate() {
            let is_growing = question.is_growing && place == last;
            // Asked of what this reader may see: what it may not must not change what it is shown.
            let seen = |way| self.within(way, scope);
            let is_written =
                manner == Manner::Some && is_any(searcher, self.ways(word, Manner::Words, is_growing), seen)?;
            let manner = if is_written { Manner::Words } else { manner };
            let best = DisjunctionMaxQuery::new(self.ways(word, manner, is_growing));
            words.push((each, Box::new(best) as Box<dyn Query>));
        }
        Ok(self.within(Box::new(BooleanQuery::new(words)), scope))
    }

    /// What of a query is for this reader, and of the kinds that are looked through.
    fn within(&self, query: Box<dyn Query>, scope: &Scope<'_>) -> BooleanQuery {
        let mut all = vec![(Occur::Must, query)];
        if !scope.members {
            all.push((Occur::Must, unscored(exactly(Term::from_field_u64(self.fields.members_only, 0)))));
        }
        if !scope.kinds.is_empty() {
            let kind = |kind: &Kind| exactly(Term::from_field_u64(self.fields.kind, u64::from(kind.0)));
            let kinds = scope.kinds.iter().map(|one| (Occur::Should, kind(one))).collect();
            all.push((Occur::Must, unscored(Box::new(BooleanQuery::new(kinds)))));
        }
        BooleanQuery::new(all)
    }

    /// How it is looked when nothing has all the words as somebody would write them: less strictly from one to the next. Words
    /// that nothing has, even with typing errors, are looked for once and no more, because that takes longest.
    ///
    /// # Errors
    /// [`IndexError`].
    pub(super) fn further(&self, question: &Question) -> Result<Vec<(Manner, Question)>, IndexError> {
        let same = |manner| (manner, question.clone());
        if question.words.len() < 2 {
            return Ok(question.words.iter().map(|_| same(Manner::Alike)).collect());
        }
        let known = self.without_unknown(question)?;
        Ok(if known.words.len() == question.words.len() {
            vec![same(Manner::Alike), same(Manner::Some)]
        } else if known.is_empty() {
            Vec::new()
        } else {
            vec![(Manner::Some, known)]
        })
    }

    fn without_unknown(&self, question: &Question) -> Result<Question, IndexError> {
        let searcher = self.searcher();
        let last = question.words.len().saturating_sub(1);
        let mut known = Question::default();
        for (place, word) in question.words.iter().enumerate() {
            let is_growing = question.is_growing && place == last;
            if is_any(&searcher, self.ways(word, Manner::Alike, is_growing), |way| way)? {
                known.words.push(word.clone());
                known.is_growing = is_growing;
            }
        }
        Ok(known)
    }

    /// All the ways in which one word can be found; the best counts. Those that cost most come last.
    fn ways(&self, word: &str, manner: Manner, is_growing: bool) -> Vec<Box<dyn Query>> {
        let mut ways: Vec<Box<dyn Query>> = Vec::new();
        let mut add = |weights: &Weights, way: &dyn Fn(Texts) -> Box<dyn Query>| {
            for (texts, weight) in [(self.fields.title, weights.title), (self.fields.body, weights.body)] {
                ways.push(Box::new(ConstScoreQuery::new(way(texts), weight)));
            }
        };
        let length = word.chars().count();
        add(&AS_IT_IS, &|texts| exactly(Term::from_field_text(texts.words, word)));
        let forms = forms(word);
        let stem = forms.last().map_or(word, String::as_str);
        add(&BY_STEM, &|texts| exactly(Term::from_field_text(texts.stems, stem)));
        if is_growing || length >= MIN_BEGINNING {
            add(&BEGINNING, &|texts| beginning(texts.words, word));
        }
        for form in forms.iter().filter(|form| form.chars().count() >= MIN_TAIL) {
            let tail = reversed(form);
            add(&TAIL, &|texts| beginning(texts.tails, &tail));
        }
        if manner != Manner::Words && length >= MIN_ONE_ERROR {
            let errors = if length >= MIN_TWO_ERRORS { 2 } else { 1 };
            add(&WITH_ERRORS, &|texts| with_errors(Term::from_field_text(texts.words, word), errors, is_growing));
            if stem != word && stem.chars().count() >= MIN_ONE_ERROR {
                add(&WITH_ERRORS, &|texts| with_errors(Term::from_field_text(texts.stems, stem), 1, false));
            }
        }
        ways
    }
}

/// Whether anything is found in one of the ways, each narrowed to what counts.
fn is_any<Q: Query>(
    searcher: &Searcher,
    ways: Vec<Box<dyn Query>>,
    narrowed: impl Fn(Box<dyn Query>) -> Q,
) -> Result<bool, IndexError> {
    for way in ways {
        let weight = narrowed(way).weight(EnableScoring::disabled_from_searcher(searcher))?;
        for segment in searcher.segment_readers() {
            if weight.scorer(segment, 1.0)?.doc() != TERMINATED {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn exactly(term: Term) -> Box<dyn Query> {
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}

fn with_errors(term: Term, errors: u8, is_growing: bool) -> Box<dyn Query> {
    // Two letters that changed places are one error.
    Box::new(if is_growing {
        FuzzyTermQuery::new_prefix(term, errors, true)
    } else {
        FuzzyTermQuery::new(term, errors, true)
    })
}

/// Everything that begins with a word.
fn beginning(field: Field, word: &str) -> Box<dyn Query> {
    let after = format!("{word}{}", char::MAX);
    let (lower, upper) = (Term::from_field_text(field, word), Term::from_field_text(field, &after));
    Box::new(RangeQuery::new(Bound::Included(lower), Bound::Excluded(upper)))
}

fn unscored(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words_of(text: &str) -> Vec<String> {
        Question::asked(text).words
    }

    #[test]
    fn operators_and_quotes_are_words_or_nothing() {
        assert_eq!(words_of("\"fiets\" AND -title:(oud^2) OR *~?[a TO b]"), ["fiets", "title", "oud", "2", "b"]);
        assert_eq!(words_of("\u{0}\u{1b}[31mmolen\r\n"), ["31mmolen"]);
        assert!(Question::asked("  \t\u{0} \"' ~*").is_empty());
    }

    #[test]
    fn little_words_count_only_when_there_are_no_others() {
        assert_eq!(words_of("waar is de fiets van Truus"), ["waar", "fiets", "truus"]);
        assert_eq!(words_of("de het een"), ["de", "het", "een"]);
        assert_eq!(Question::typed("molen de").words, ["molen", "de"], "it may become a longer word");
        assert_eq!(Question::typed("molen de ").words, ["molen"]);
    }

    #[test]
    fn a_long_question_is_cut() {
        let long = "woord ".repeat(100_000);
        assert_eq!(words_of(&long), ["woord", "wo"]);
        let many: Vec<String> = (0..1000).map(|number| format!("w{number}")).collect();
        assert_eq!(words_of(&many.join(" ")).len(), MAX_WORDS);
        assert!(Question::typed("mol").is_growing && !Question::typed("mol ").is_growing);
    }
}
