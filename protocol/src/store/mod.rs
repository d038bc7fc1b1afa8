//! What a replica needs of a store: sorted bytes, read at any time, changed only by one atomic, durable [`Batch`].

mod batch;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod memory;

use std::ops::{Bound, ControlFlow};

use thiserror::Error;

pub use batch::Batch;
pub(crate) use batch::Staged;
pub use memory::MemoryStore;

/// The format of the tables below. A store of another format is refused, never guessed at.
pub const FORMAT: u32 = 6;
/// The earliest format whose operations are those of [`FORMAT`], byte for byte: all else can be derived anew from them.
pub const OLDEST_FORMAT: u32 = 4;
/// Where a store says which format it is of, in [`Table::Meta`].
pub(crate) const FORMAT_KEY: &[u8] = b"format";
/// How long a key of a table may be, in bytes; the shortest has one.
pub const MAX_KEY: usize = 65_535;

/// A sorted map inside the store. Keys are built so that a range of keys is a question people ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Table {
    /// Facts about the store itself, by name; among them its format.
    Meta = 0,
    /// Every operation kept, by id: its transfer form, without the payload where that was erased or never came. All other
    /// tables but `Meta`, `Erasures` and `Receipts` follow from this one.
    Operations = 1,
    /// neighbourhood ‖ space ‖ hour ‖ id: the sets that are reconciled.
    Spaces = 2,
    /// item ‖ id: the operations of an item.
    Items = 3,
    /// device ‖ sequence ‖ id: what a device signed, in its own order.
    Devices = 4,
    /// id ‖ item: which items to look at again when something arrives or changes: what they miss, and what they answer.
    Waiting = 5,
    /// device ‖ id: operations kept without being permitted yet, counted against their author; the value says how.
    Undecided = 6,
    /// item: its row.
    Rows = 7,
    /// 0 ‖ inverted time of pinning ‖ item, or 1 ‖ inverted time ‖ item: news and events, pinned first, then latest first.
    Feed = 8,
    /// civil start ‖ 0 ‖ item: events that happen once, in calendar order; what of them readers ask for.
    Agenda = 9,
    /// subject ‖ time ‖ item: comments, oldest first.
    Threads = 10,
    /// home ‖ resident ‖ item: profiles.
    Directory = 11,
    /// inverted time ‖ operation: what connectors did to items and why, latest first.
    Log = 12,
    /// device ‖ sequence ‖ id: operations that share their number with another one of their device.
    Forks = 13,
    /// neighbourhood ‖ space ‖ id: operations whose payload is not here and that no erasure explains.
    Incomplete = 14,
    /// item: when its erasure took effect on this box, or it left an audience, and in which space. This box's own
    /// observation.
    Erasures = 15,
    /// neighbourhood ‖ space ‖ peer's neighbourhood ‖ time: that a peer was in step. This box's own observation.
    Receipts = 16,
    /// item: the key in `Log` of its maker's objection, as long as no connector has answered it.
    Objections = 17,
    /// item: for whom an item is that moved from the audience it was made for, or that answers such a one; who had it before;
    /// and in which spaces its operations lie beside those their headers name.
    Audiences = 18,
    /// photo ‖ item: which items refer to a photo; the value says who made the item and how large the file is said to be.
    Photos = 19,
    /// neighbourhood or item ‖ time ‖ item: what connectors said that is taken of it; what was said last comes last.
    Acceptances = 20,
    /// neighbourhood ‖ time ‖ item: posts of neighbours that are counted by the day.
    Days = 21,
    /// inverted time ‖ item: posts of neighbours that wait for a connector, latest first.
    Awaiting = 22,
    /// kind ‖ pinned, neither or settled ‖ inverted time or title ‖ item: lists of one kind; what of it readers ask for. The
    /// title is of small letters, cut off.
    Lists = 23,
    /// last day ‖ item: events that recur, with all that says when.
    Recurring = 24,
    /// subject ‖ kind ‖ time ‖ item: updates of alerts, and who signed up, oldest first.
    Attached = 25,
    /// kind ‖ what it is about ‖ time ‖ item: settings, reports, review requests, consents; what was said last comes last.
    Desk = 26,
    /// day ‖ item: by when somebody looks whether a post is still true.
    Reviews = 27,
}

impl Table {
    /// All tables, in order.
    pub const ALL: [Self; 28] = [
        Self::Meta,
        Self::Operations,
        Self::Spaces,
        Self::Items,
        Self::Devices,
        Self::Waiting,
        Self::Undecided,
        Self::Rows,
        Self::Feed,
        Self::Agenda,
        Self::Threads,
        Self::Directory,
        Self::Log,
        Self::Forks,
        Self::Incomplete,
        Self::Erasures,
        Self::Receipts,
        Self::Objections,
        Self::Audiences,
        Self::Photos,
        Self::Acceptances,
        Self::Days,
        Self::Awaiting,
        Self::Lists,
        Self::Recurring,
        Self::Attached,
        Self::Desk,
        Self::Reviews,
    ];

    /// The tables that say what is visible. They follow from the operations that count and can be made again: what a rebuild
    /// drops and a test compares. (`Forks` and `Incomplete` follow from `Operations` too, also from those that do not count; which of these are
    /// kept depends on the room there was.)
    pub const ROWS: [Self; 16] = [
        Self::Rows,
        Self::Feed,
        Self::Agenda,
        Self::Threads,
        Self::Directory,
        Self::Log,
        Self::Objections,
        Self::Photos,
        Self::Acceptances,
        Self::Days,
        Self::Awaiting,
        Self::Lists,
        Self::Recurring,
        Self::Attached,
        Self::Desk,
        Self::Reviews,
    ];

    /// The tables whose keys or values hold what people wrote; those of all others are ids, times and counts. What a store has to
    /// go through so that nothing is left of what was erased.
    pub const WORDS: [Self; 4] = [Self::Operations, Self::Rows, Self::Log, Self::Lists];
}

/// In which order a range is visited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the lowest key up.
    Ascending,
    /// From the highest key down.
    Descending,
}

/// Is shown key and value of one entry after the other, until it breaks.
pub type Visit<'a> = &'a mut dyn FnMut(&[u8], &[u8]) -> ControlFlow<()>;

/// A range of keys.
pub type KeyRange<'a> = (Bound<&'a [u8]>, Bound<&'a [u8]>);

/// Whether no key can be in a range, also where it ends before it starts: maps and engines may panic on such a one.
pub fn is_empty_range((lower, upper): &KeyRange<'_>) -> bool {
    match (lower, upper) {
        (Bound::Included(a), Bound::Included(b)) => a > b,
        (Bound::Included(a) | Bound::Excluded(a), Bound::Included(b) | Bound::Excluded(b)) => a >= b,
        _ => false,
    }
}

/// Why the store did not do what was asked. After an error of [`Store::commit`] nothing of that batch is visible.
#[derive(Debug, Error)]
pub enum StoreError {
    /// There is no room: reading goes on, writing waits for somebody to free some.
    #[error("the disk is full")]
    Full,
    /// The medium failed or refuses writing.
    #[error("the disk could not be used: {0}")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What is on the disk is not what was written there.
    #[error("what is on the disk is damaged: {0}")]
    Damaged(&'static str),
    /// The data folder is of another format than [`FORMAT`].
    #[error("the data is of format {found}, this program reads format {FORMAT}{}", if *found > FORMAT { ": a newer version of it wrote them, use that one. Nothing was changed" } else { "" })]
    Format {
        /// The format found.
        found: u32,
    },
}

/// The format a store says it is of; none for one that holds nothing yet.
///
/// # Errors
/// [`StoreError`] when it cannot be read, or says no number.
pub fn format_of(read: &impl Read) -> Result<Option<u32>, StoreError> {
    let found = read.get(Table::Meta, FORMAT_KEY)?;
    let number = |found: Vec<u8>| found.try_into().map(u32::from_be_bytes);
    found.map(number).transpose().map_err(|_| StoreError::Damaged("the format"))
}

/// Reading a store. Implementations see every batch that was committed, whole, and none that was not.
pub trait Read {
    /// The value of `key`, or none.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Damaged`].
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Calls `visit(key, value)` for the keys of `range` in order until it breaks.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Damaged`].
    fn scan(&self, table: Table, range: KeyRange<'_>, direction: Direction, visit: Visit<'_>)
    -> Result<(), StoreError>;

    /// Calls `visit(key, value)` for the keys that start with `prefix` in order until it breaks.
    ///
    /// # Errors
    /// As [`Read::scan`].
    fn scan_prefix(
        &self,
        table: Table,
        prefix: &[u8],
        direction: Direction,
        visit: Visit<'_>,
    ) -> Result<(), StoreError> {
        let end = prefix_end(prefix);
        let upper = end.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
        self.scan(table, (Bound::Included(prefix), upper), direction, visit)
    }

    /// The keys that start with `prefix`, ascending, at most `limit`.
    ///
    /// # Errors
    /// As [`Read::scan`].
    fn keys_with_prefix(&self, table: Table, prefix: &[u8], limit: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut keys = Vec::new();
        if limit == 0 {
            return Ok(keys);
        }
        self.scan_prefix(table, prefix, Direction::Ascending, &mut |key, _| {
            keys.push(key.to_vec());
            if keys.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        Ok(keys)
    }
}

/// Reading and writing a store.
pub trait Store: Read {
    /// Makes the whole batch durable: when this returns, no power cut undoes it. All of it becomes visible, or nothing.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing of the batch is visible. Only when the medium failed in the middle of writing may the
    /// whole of it turn out to be there, once the store reads the medium again; so a caller that goes on opens anew what
    /// it derived from the store.
    fn commit(&self, batch: &Batch) -> Result<(), StoreError>;

    /// Makes the files forget the values of [`Table::WORDS`] that were replaced or deleted before this was called. Says how
    /// many bytes that wrote. Readers and commits may go on meanwhile, and see nothing of it.
    ///
    /// A store whose files never hold a former value has nothing to do.
    ///
    /// # Errors
    /// [`StoreError`]; then former values may still be there, and nothing else changed.
    fn scrub(&self) -> Result<u64, StoreError> {
        Ok(0)
    }
}

impl<R: Read + ?Sized> Read for &R {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        (**self).get(table, key)
    }

    fn scan(
        &self,
        table: Table,
        range: KeyRange<'_>,
        direction: Direction,
        visit: &mut dyn FnMut(&[u8], &[u8]) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        (**self).scan(table, range, direction, visit)
    }
}

impl<R: Read + ?Sized> Read for std::sync::Arc<R> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        (**self).get(table, key)
    }

    fn scan(
        &self,
        table: Table,
        range: KeyRange<'_>,
        direction: Direction,
        visit: &mut dyn FnMut(&[u8], &[u8]) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        (**self).scan(table, range, direction, visit)
    }
}

impl<S: Store + ?Sized> Store for std::sync::Arc<S> {
    fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        (**self).commit(batch)
    }

    fn scrub(&self) -> Result<u64, StoreError> {
        (**self).scrub()
    }
}

/// The first key after all keys that start with `prefix`; none when there is no such key.
pub fn prefix_end(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|byte| *byte != u8::MAX)?;
    let mut end = prefix[..=last].to_vec();
    end[last] += 1;
    Some(end)
}
