//! What is found, of entries written by hand.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use dorpsplein_protocol::operation::{ItemId, Kind};
use tempfile::TempDir;

use super::entry::{Entry, NEVER};
use super::find::{Manner, Question, Scope};
use super::index::Index;
use super::upkeep::Round;
use super::words::words;

const NOW: u64 = 202_611_221_300;

/// An index with some entries.
struct Shelf {
    index: Index,
    _folder: TempDir,
}

impl Shelf {
    fn with(entries: &[Entry]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let index = Index::begin(&folder.path().join("search")).unwrap();
        let shelf = Self { index, _folder: folder };
        shelf.put(entries);
        shelf
    }

    fn put(&self, entries: &[Entry]) -> Round {
        let all = |writer: &_, round: &mut _| {
            entries.iter().try_for_each(|entry| self.index.put(writer, &entry.id, Some(entry), true, round))
        };
        self.index.write(all).unwrap()
    }

    fn remove(&self, number: u8) {
        self.index.write(|writer, round| self.index.put(writer, &id(number), None, true, round)).unwrap();
    }

    /// The numbers of the entries found, in their order, in the strictest manner that finds any.
    fn find(&self, question: &str) -> Vec<u8> {
        self.find_as(&Question::asked(question), true, &[])
    }

    fn find_as(&self, question: &Question, members: bool, kinds: &[Kind]) -> Vec<u8> {
        let scope = Scope { members, kinds, now: NOW };
        let look = |question: &Question, manner| self.index.find(question, manner, &scope, None, 100).unwrap();
        let strict = look(question, Manner::Words);
        let found = if strict.is_empty() {
            let further = self.index.further(question).unwrap();
            let mut found = further.iter().map(|(manner, question)| look(question, *manner));
            found.find(|found| !found.is_empty()).unwrap_or_default()
        } else {
            strict
        };
        found.iter().map(|found| found.id.as_bytes()[0]).collect()
    }
}

fn id(number: u8) -> ItemId {
    ItemId::from_bytes([number; 32])
}

/// News; the higher its number, the newer.
fn news(number: u8, title: &str, body: &str) -> Entry {
    let distinct = |text: &str| {
        let mut all: Vec<String> = words(text).collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    Entry {
        id: id(number),
        kind: Kind::NEWS,
        members_only: false,
        created: u64::from(number),
        over: NEVER,
        title: distinct(title),
        body: distinct(body),
    }
}

#[test]
fn words_are_found_however_they_are_inflected_or_written() {
    let shelf = Shelf::with(&[
        news(1, "Wie heeft er een kinderfiets over?", "Voor mijn kleindochter"),
        news(2, "Koffie in het Café", "Iedereen is welkom"),
        news(3, "Foto’s van de watersnood", "Voor de tentoonstelling"),
    ]);
    for (question, expected) in [
        ("kinderfietsen", 1),
        ("fiets", 1),
        ("FIETSEN", 1),
        ("kleindochters", 1),
        ("cafe", 2),
        ("CAFÉ koffie", 2),
        ("de koffie van het café", 2),
        ("foto", 3),
        ("fotos", 3),
        ("tentoon", 3),
    ] {
        assert_eq!(shelf.find(question), [expected], "{question}");
    }
    assert!(shelf.find("molen").is_empty() && shelf.find("").is_empty() && shelf.find("?!").is_empty());
}

#[test]
fn a_typing_error_is_forgiven_and_two_in_a_long_word() {
    let shelf = Shelf::with(&[news(1, "Rommelmarkt", "op het plein"), news(2, "Vergadering", "over de molen")]);
    for (question, expected) in
        [("romelmarkt", 1), ("rommelmakrt", 1), ("rommelmartk op plien", 1), ("vergaderig", 2), ("vrgaderng", 2)]
    {
        assert_eq!(shelf.find(question), [expected], "{question}");
    }
    assert!(shelf.find("mol").contains(&2), "the beginning of a word");
    assert!(shelf.find("xlen").is_empty(), "two errors in four letters are another word");
    assert!(shelf.find("pl").is_empty());
}

#[test]
fn all_words_count_and_any_of_them_where_no_text_has_all() {
    let shelf = Shelf::with(&[news(1, "Soep", "in de schuur"), news(2, "Brood", "bij de bakker")]);
    assert_eq!(shelf.find("soep schuur"), [1]);
    let mut some = shelf.find("soep bakker");
    some.sort_unstable();
    assert_eq!(some, [1, 2]);
}

#[test]
fn where_any_word_will_do_errors_are_forgiven_only_in_what_the_reader_sees_nowhere() {
    let soup = [news(1, "Soep", "in de schuur"), news(2, "Broud", "bij de bakker")];
    let found = |shelf: &Shelf, members| {
        let mut found = shelf.find_as(&Question::asked("soep brood"), members, &[]);
        found.sort_unstable();
        found
    };
    let shelf = Shelf::with(&soup);
    assert_eq!(found(&shelf, false), [1, 2], "nobody wrote brood as it is looked for");
    let members = Entry { members_only: true, ..news(3, "Brood", "alleen voor ons") };
    shelf.put(&[members]);
    assert_eq!(found(&shelf, false), [1, 2], "what members wrote changes nothing for others");
    assert_eq!(found(&shelf, true), [1, 3]);
}

#[test]
fn a_title_comes_before_a_text_and_what_is_newer_before_what_is_older() {
    let over = Entry { kind: Kind::EVENT, over: NOW - 1, ..news(9, "Molen", "") };
    let coming = Entry { kind: Kind::EVENT, over: NOW, ..news(3, "Molen", "") };
    let shelf = Shelf::with(&[
        news(1, "Molen", ""),
        news(2, "Molens", ""),
        coming,
        news(4, "Wandeling", "langs de molen"),
        news(5, "Molenwiek", ""),
        over,
    ]);
    assert_eq!(shelf.find("molen"), [3, 1, 2, 5, 9, 4], "as it is, by its stem, as a beginning; over; in the text");
}

#[test]
fn what_is_for_members_is_found_by_members_and_only_what_was_asked_for() {
    let members = Entry { members_only: true, ..news(1, "Sleutel van de schuur", "") };
    let event = Entry { kind: Kind::EVENT, ..news(2, "Schuur open", "") };
    let shelf = Shelf::with(&[members, event, news(3, "Verf voor de schuur", "")]);
    let question = Question::asked("schuur");
    let sorted = |mut found: Vec<u8>| {
        found.sort_unstable();
        found
    };
    assert_eq!(sorted(shelf.find_as(&question, true, &[])), [1, 2, 3]);
    assert_eq!(sorted(shelf.find_as(&question, false, &[])), [2, 3]);
    assert_eq!(shelf.find_as(&question, false, &[Kind::EVENT]), [2]);
    assert_eq!(sorted(shelf.find_as(&question, true, &[Kind::EVENT, Kind::NEWS])), [1, 2, 3]);
    assert!(shelf.find_as(&question, true, &[Kind::PROFILE]).is_empty());
}

#[test]
fn while_somebody_types_the_last_word_is_a_beginning() {
    let shelf = Shelf::with(&[news(1, "Rommelmarkt op het plein", ""), news(2, "Romantische muziek", "")]);
    let typed = |text: &str| shelf.find_as(&Question::typed(text), false, &[]);
    assert_eq!(typed("rom"), [2, 1]);
    assert_eq!(typed("romm"), [1]);
    assert_eq!(typed("rommelmarkt op het p"), [1]);
    assert_eq!(typed("romelm"), [1], "also with an error in it");
    assert!(typed("ro ").is_empty(), "a word that is done is that word");
}

#[test]
fn a_list_goes_on_where_a_page_of_it_ended() {
    let entries: Vec<Entry> = (1..=50).map(|number| news(number, "Molen", "")).collect();
    let shelf = Shelf::with(&entries);
    let scope = Scope { members: false, kinds: &[], now: NOW };
    let (mut after, mut all) = (None, Vec::new());
    loop {
        let page = shelf.index.find(&Question::asked("molen"), Manner::Words, &scope, after, 7).unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.rank);
        all.extend(page.iter().map(|found| found.id.as_bytes()[0]));
    }
    assert_eq!(all, (1..=50).rev().collect::<Vec<u8>>());
}

#[test]
fn many_small_writes_leave_few_parts_and_what_is_removed_leaves_no_words() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("search");
    let shelf = Shelf { index: Index::begin(&path).unwrap(), _folder: folder };
    for number in 1..=40 {
        shelf.put(&[news(number, "Molen", "Bloempotgeheim onder de derde")]);
    }
    assert!(shelf.index.searcher().segment_readers().len() <= 12);
    assert!(has_word(&path, "bloempotgeheim"));
    for number in 1..=40 {
        shelf.remove(number);
    }
    assert!(!has_word(&path, "bloempotgeheim") && !has_word(&path, "miehegtopmeolb"));
    assert_eq!((shelf.index.len(), shelf.find("molen")), (0, vec![]));
}

#[test]
fn an_index_is_opened_again_or_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("search");
    let write = || {
        let shelf = Shelf { index: Index::begin(&path).unwrap(), _folder: tempfile::tempdir().unwrap() };
        shelf.put(&[news(1, "Molen", "")]);
    };
    write();
    assert!(matches!(Index::open(&path).unwrap(), (index, false) if index.len() == 1));

    std::fs::write(path.join("format"), "0").unwrap();
    assert!(matches!(Index::open(&path).unwrap(), (index, true) if index.len() == 0));

    for damage in [cut_in_half, turn_a_bit, remove] {
        for number in 0.. {
            write();
            let mut files: Vec<_> =
                std::fs::read_dir(path.join("tantivy")).unwrap().map(|file| file.unwrap().path()).collect();
            files.sort();
            let Some(file) = files.get(number) else { break };
            damage(file);
            let (index, _) = Index::open(&path).unwrap();
            let shelf = Shelf { index, _folder: tempfile::tempdir().unwrap() };
            shelf.put(&[news(2, "Molenaar", "")]);
            assert!(shelf.find("molenaar").contains(&2), "{}", file.display());
        }
    }
}

#[test]
fn what_was_removed_before_the_process_ended_is_scrubbed_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("search");
    let shelf = Shelf { index: Index::begin(&path).unwrap(), _folder: tempfile::tempdir().unwrap() };
    shelf.put(&[news(1, "Bloempotgeheim", ""), news(2, "Molen", "")]);
    shelf.index.delete_without_scrubbing(&id(1));
    drop(shelf);
    assert!(has_word(&path, "bloempotgeheim"));
    let (index, anew) = Index::open(&path).unwrap();
    index.scrub().unwrap();
    assert!(!anew && !has_word(&path, "bloempotgeheim") && index.len() == 1);
}

fn cut_in_half(file: &std::path::Path) {
    let bytes = std::fs::read(file).unwrap();
    std::fs::write(file, &bytes[..bytes.len() / 2]).unwrap();
}

fn turn_a_bit(file: &std::path::Path) {
    let mut bytes = std::fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    if let Some(byte) = bytes.get_mut(middle) {
        *byte ^= 4;
    }
    std::fs::write(file, bytes).unwrap();
}

fn remove(file: &std::path::Path) {
    std::fs::remove_file(file).unwrap();
}

/// Whether a word stands in a dictionary of the index, also of one that is no longer searched: what lies beside the parts
/// that are is taken to hold it.
fn has_word(folder: &std::path::Path, word: &str) -> bool {
    let index = Index::open(folder).unwrap().0;
    let searcher = index.searcher();
    let parts: Vec<String> = searcher.segment_readers().iter().map(|part| part.segment_id().uuid_string()).collect();
    let files = std::fs::read_dir(folder.join("tantivy")).unwrap().map(|file| file.unwrap().file_name());
    let mut names = files.map(|name| name.into_string().unwrap()).filter(|name| !name.starts_with('.'));
    if names.any(|name| name != "meta.json" && !parts.iter().any(|part| name.starts_with(part.as_str()))) {
        return true;
    }
    let fields: Vec<_> = searcher.schema().fields().filter(|(_, entry)| entry.is_indexed()).collect();
    searcher.segment_readers().iter().any(|part| {
        fields.iter().any(|(field, _)| {
            let dictionary = part.inverted_index(*field).unwrap();
            let mut terms = dictionary.terms().stream().unwrap();
            let mut found = false;
            while terms.advance() {
                found |= terms.key() == word.as_bytes();
            }
            found
        })
    })
}

#[test]
fn a_word_that_nothing_has_is_looked_for_once() {
    let shelf = Shelf::with(&[news(1, "De molen draait", "Zaterdag is hij open."), news(2, "Harmonica te leen", "")]);
    let further = |question: Question| shelf.index.further(&question).unwrap();
    let asked = |text| Question::asked(text);
    assert_eq!(further(asked("xyzzyxyz molen harmonica")), [(Manner::Some, asked("molen harmonica"))]);
    assert_eq!(further(asked("xyzzyxyz plughplugh")), []);
    let both = asked("moln harmonica");
    assert_eq!(further(both.clone()), [(Manner::Alike, both.clone()), (Manner::Some, both)]);
    assert_eq!(further(asked("xyzzyxyz")), [(Manner::Alike, asked("xyzzyxyz"))]);
    assert_eq!(further(asked("")), []);
    assert_eq!(further(Question::typed("xyzzyxyz harm")), [(Manner::Some, Question::typed("harm"))]);
    assert_eq!(further(Question::typed("harm xyzzyxyz")), [(Manner::Some, asked("harm"))]);
    assert_eq!(shelf.find("xyzzyxyz molen harmonica"), [2, 1]);
}
