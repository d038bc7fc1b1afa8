//! The index on the disk: which fields it has, how it is opened, and what it says of itself.
//!
//! Nothing in it is needed: whatever is wrong with it, the folder is emptied and filled anew from the rows. It stores no
//! text, only words in dictionaries, without their places.

use std::collections::{BTreeMap, BTreeSet, HashMap, btree_map};
use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use dorpsplein_protocol::operation::ItemId;
use tantivy::columnar::BytesColumn;
use tantivy::directory::MmapDirectory;
use tantivy::schema::{BytesOptions, FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{TextAnalyzer, WhitespaceTokenizer};
use tantivy::{
    DocAddress, DocSet, Index as Engine, IndexReader, IndexSettings, ReloadPolicy, Searcher, SegmentOrdinal,
    TERMINATED, TantivyDocument, TantivyError, Term,
};
use thiserror::Error;

use super::entry::Entry;
use super::words::{forms, reversed, stem};

/// The form of the index: what the fields hold, and how words are made. A folder of another form is made anew.
const FORMAT: &str = "1";
/// The file that says so, written last.
const FORMAT_FILE: &str = "format";
/// The folder within, which the engine has to itself.
const ENGINE_FOLDER: &str = "tantivy";

/// Words from this length on, in characters, are also found by what they end in: they may be compounds.
pub(super) const MIN_COMPOUND_CHARS: usize = 7;

/// The name of what takes apart the words of a field, as the schema carries it.
const WORDS: &str = "words";

/// Why the index cannot be used.
#[derive(Debug, Error)]
pub enum IndexError {
    /// The folder cannot be read or written.
    #[error("cannot use {path}: {source}")]
    Folder {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The engine refused: the disk is full, or somebody touched its files.
    #[error("the search index cannot be used: {0}")]
    Engine(#[from] TantivyError),
    /// A checksum differs, or the engine broke off over what it read.
    #[error("the search index is damaged")]
    Damaged,
    /// The rows could not be read.
    #[error(transparent)]
    Store(#[from] dorpsplein_protocol::store::StoreError),
    /// Another process or thread writes to it.
    #[error("the search index is in use")]
    Busy,
}

/// The fields of an entry.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields {
    pub(super) id: Field,
    pub(super) mark: Field,
    pub(super) kind: Field,
    pub(super) members_only: Field,
    pub(super) created: Field,
    pub(super) over: Field,
    pub(super) title: Texts,
    pub(super) body: Texts,
}

/// The fields of one text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Texts {
    /// Its words.
    pub(super) words: Field,
    /// Their stems.
    pub(super) stems: Field,
    /// Its long words, also without their endings, from their end to their beginning.
    pub(super) tails: Field,
}

/// An open index.
pub(super) struct Index {
    folder: PathBuf,
    pub(super) engine: Engine,
    pub(super) fields: Fields,
    reader: IndexReader,
}

impl Index {
    /// Opens the index in a folder; one that is missing, damaged or of another form is begun anew, empty. Says whether it
    /// was.
    ///
    /// # Errors
    /// [`IndexError`] when the folder cannot be used at all.
    pub(super) fn open(folder: &Path) -> Result<(Self, bool), IndexError> {
        if has_format(folder) {
            match guarded(|| Self::open_sound(folder)) {
                Ok(index) => return Ok((index, false)),
                Err(error) => tracing::warn!(%error, folder = %folder.display(), "the search index is made anew"),
            }
        }
        Ok((Self::begin(folder)?, true))
    }

    /// Empties the folder and begins an index there.
    ///
    /// # Errors
    /// [`IndexError`].
    pub(super) fn begin(folder: &Path) -> Result<Self, IndexError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| IndexError::Folder { path, source }
        };
        match fs::remove_dir_all(folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(folder)(error)),
            Ok(()) | Err(_) => {}
        }
        let engine_folder = folder.join(ENGINE_FOLDER);
        fs::create_dir_all(&engine_folder).map_err(failed(&engine_folder))?;
        let (schema, fields) = schema();
        let directory = MmapDirectory::open(&engine_folder).map_err(TantivyError::from)?;
        let engine = Engine::create(directory, schema, IndexSettings::default())?;
        let index = Self::over(folder, engine, fields)?;
        let file = folder.join(FORMAT_FILE);
        crate::data_folder::files::write(&file, FORMAT.as_bytes(), false).map_err(failed(&file))?;
        Ok(index)
    }

    /// What can be searched at this moment.
    pub(super) fn searcher(&self) -> Searcher {
        self.reader.searcher()
    }

    /// Has searches see what was written last.
    ///
    /// # Errors
    /// [`IndexError::Engine`].
    pub(super) fn reload(&self) -> Result<(), IndexError> {
        Ok(self.reader.reload()?)
    }

    /// How many entries it has.
    pub(super) fn len(&self) -> u64 {
        self.searcher().num_docs()
    }

    /// How many bytes its files take.
    pub(super) fn bytes(&self) -> u64 {
        let files = fs::read_dir(self.folder.join(ENGINE_FOLDER)).into_iter().flatten().flatten();
        files.filter_map(|file| file.metadata().ok()).map(|metadata| metadata.len()).sum()
    }

    /// The mark of an item's entry, if it has one.
    ///
    /// # Errors
    /// [`IndexError::Engine`].
    pub(super) fn mark_of(&self, id: &ItemId) -> Result<Option<u64>, IndexError> {
        let searcher = self.searcher();
        for segment in searcher.segment_readers() {
            let ids = segment.inverted_index(self.fields.id)?;
            let found = ids.read_postings(&self.id_term(id), IndexRecordOption::Basic).map_err(TantivyError::from)?;
            let Some(mut found) = found else { continue };
            while found.doc() != TERMINATED {
                if !segment.is_deleted(found.doc()) {
                    return Ok(segment.fast_fields().u64("mark")?.first(found.doc()));
                }
                found.advance();
            }
        }
        Ok(None)
    }

    /// The marks of all entries, by item.
    ///
    /// # Errors
    /// [`IndexError`].
    pub(super) fn marks(&self) -> Result<HashMap<ItemId, u64>, IndexError> {
        let searcher = self.searcher();
        let mut marks = HashMap::new();
        let mut ids = Ids::of(&searcher);
        for (number, segment) in (0..).zip(searcher.segment_readers()) {
            let column = segment.fast_fields().u64("mark")?;
            for doc in segment.doc_ids_alive() {
                let id = ids.at(DocAddress::new(number, doc))?.ok_or(IndexError::Damaged)?;
                marks.insert(id, column.first(doc).ok_or(IndexError::Damaged)?);
            }
        }
        Ok(marks)
    }

    /// What an item's entry is deleted by.
    pub(super) fn id_term(&self, id: &ItemId) -> Term {
        Term::from_field_bytes(self.fields.id, id.as_bytes())
    }

    /// An entry as the engine takes it.
    pub(super) fn document(&self, entry: &Entry) -> TantivyDocument {
        let fields = &self.fields;
        let mut document = TantivyDocument::new();
        document.add_bytes(fields.id, entry.id.as_bytes());
        document.add_u64(fields.mark, entry.mark());
        document.add_u64(fields.kind, u64::from(entry.kind.0));
        document.add_u64(fields.members_only, u64::from(entry.members_only));
        document.add_u64(fields.created, entry.created);
        document.add_u64(fields.over, entry.over);
        for (texts, words) in [(fields.title, &entry.title), (fields.body, &entry.body)] {
            let stems: BTreeSet<String> = words.iter().map(|word| stem(word)).collect();
            let forms = words.iter().flat_map(|word| forms(word));
            let long = forms.filter(|form| form.chars().count() >= MIN_COMPOUND_CHARS);
            let tails: BTreeSet<String> = long.map(|form| reversed(&form)).collect();
            document.add_text(texts.words, words.join(" "));
            document.add_text(texts.stems, joined(&stems));
            document.add_text(texts.tails, joined(&tails));
        }
        document
    }

    fn open_sound(folder: &Path) -> Result<Self, IndexError> {
        let engine_folder = folder.join(ENGINE_FOLDER);
        forget_unfinished(&engine_folder);
        let directory = MmapDirectory::open(&engine_folder).map_err(TantivyError::from)?;
        let engine = Engine::open(directory)?;
        let (schema, fields) = schema();
        if engine.schema() != schema || !engine.validate_checksum()?.is_empty() {
            return Err(IndexError::Damaged);
        }
        Self::over(folder, engine, fields)
    }

    fn over(folder: &Path, engine: Engine, fields: Fields) -> Result<Self, IndexError> {
        let words = TextAnalyzer::from(WhitespaceTokenizer::default());
        engine.tokenizers().register(WORDS, words);
        // Nobody has to watch the folder: who writes says so. Nothing is stored, so nothing stored is kept in memory.
        let reader = engine.reader_builder().reload_policy(ReloadPolicy::Manual).doc_store_cache_num_blocks(1);
        let reader = reader.try_into()?;
        Ok(Self { folder: folder.to_owned(), engine, fields, reader })
    }
}

/// Which items the entries of one state of the index are of.
pub(super) struct Ids<'a> {
    searcher: &'a Searcher,
    /// By part of the index; opened when something is asked of it.
    columns: BTreeMap<SegmentOrdinal, Option<BytesColumn>>,
}

impl<'a> Ids<'a> {
    pub(super) const fn of(searcher: &'a Searcher) -> Self {
        Self { searcher, columns: BTreeMap::new() }
    }

    /// The item of an entry.
    ///
    /// # Errors
    /// [`IndexError::Engine`].
    pub(super) fn at(&mut self, at: DocAddress) -> Result<Option<ItemId>, IndexError> {
        let column = match self.columns.entry(at.segment_ord) {
            btree_map::Entry::Occupied(column) => column.into_mut(),
            btree_map::Entry::Vacant(place) => {
                place.insert(self.searcher.segment_reader(at.segment_ord).fast_fields().bytes("id")?)
            }
        };
        let Some(column) = column else { return Ok(None) };
        let Some(place) = column.term_ords(at.doc_id).next() else { return Ok(None) };
        let mut bytes = Vec::with_capacity(32);
        column.ord_to_bytes(place, &mut bytes).map_err(TantivyError::from)?;
        Ok(ItemId::try_from(bytes.as_slice()).ok())
    }
}

/// Does something with the engine, which breaks off in a panic over some files that are not what it wrote.
///
/// # Errors
/// What `act` says, and [`IndexError::Damaged`] when it breaks off.
pub(super) fn guarded<T>(act: impl FnOnce() -> Result<T, IndexError>) -> Result<T, IndexError> {
    catch_unwind(AssertUnwindSafe(act)).unwrap_or(Err(IndexError::Damaged))
}

fn joined(words: &BTreeSet<String>) -> String {
    words.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}

fn has_format(folder: &Path) -> bool {
    fs::read(folder.join(FORMAT_FILE)).is_ok_and(|found| found == FORMAT.as_bytes())
}

/// Removes what was being written in one go when the process ended. What cannot be removed does no harm.
fn forget_unfinished(folder: &Path) {
    for file in fs::read_dir(folder).into_iter().flatten().flatten() {
        if file.file_name().to_string_lossy().starts_with(".tmp")
            && let Err(error) = fs::remove_file(file.path())
        {
            tracing::warn!(%error, file = %file.path().display(), "left in the search index");
        }
    }
}

fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(WORDS)
        .set_index_option(IndexRecordOption::Basic)
        .set_fieldnorms(false);
    let words = TextOptions::default().set_indexing_options(indexing);
    let id = schema.add_bytes_field("id", BytesOptions::default().set_indexed().set_fast());
    let mark = schema.add_u64_field("mark", FAST);
    let kind = schema.add_u64_field("kind", INDEXED);
    let members_only = schema.add_u64_field("members_only", INDEXED);
    let created = schema.add_u64_field("created", FAST);
    let over = schema.add_u64_field("over", FAST);
    let mut texts = |name: &str| Texts {
        words: schema.add_text_field(name, words.clone()),
        stems: schema.add_text_field(&format!("{name}_stems"), words.clone()),
        tails: schema.add_text_field(&format!("{name}_tails"), words.clone()),
    };
    let (title, body) = (texts("title"), texts("body"));
    (schema.build(), Fields { id, mark, kind, members_only, created, over, title, body })
}
