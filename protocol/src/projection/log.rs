//! What connectors did to items and why, and what authors said to that.

use std::cmp::Reverse;
use std::ops::{Bound, ControlFlow};

use minicbor::{Decode, Encode};

use super::cursor::LogCursor;
use super::{Author, ItemRow};
use crate::codec::{self, CodecError};
use crate::operation::{Edit, ItemId, Kind, ModerationAct, ModerationReason, NeighbourhoodId, Space};
use crate::store::{Direction, Read, StoreError, Table};
use crate::time::Timestamp;

/// One line of the moderation log. It is there as long as its operation counts and can be read: the lines about an item
/// that is erased go with it, but for the erasure itself and the appeal against it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct LogEntry {
    /// The item.
    #[n(0)]
    pub item: ItemId,
    /// What sort of item.
    #[n(1)]
    pub kind: Kind,
    /// Where it lives.
    #[n(2)]
    pub neighbourhood: NeighbourhoodId,
    /// Who is entitled to it.
    #[n(3)]
    pub space: Space,
    /// What was done.
    #[n(4)]
    pub act: LogAct,
    /// By whom.
    #[n(5)]
    pub by: Author,
    /// Why; none for acts that take no reason.
    #[n(6)]
    pub reason: Option<ModerationReason>,
    /// In words; may be empty.
    #[n(7)]
    pub note: String,
    /// When, as they say.
    #[n(8)]
    pub at: Timestamp,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum LogAct {
    /// A connector hid it.
    #[n(0)]
    Hide,
    /// A connector showed it again.
    #[n(1)]
    Show,
    /// A connector put it on top of the news.
    #[n(2)]
    Pin,
    /// A connector let it go from there.
    #[n(3)]
    Unpin,
    /// A connector marked it as the official answer.
    #[n(4)]
    MarkOfficial,
    /// A connector took that back.
    #[n(5)]
    UnmarkOfficial,
    /// A connector erased it. What its own maker erases is nobody else's business and not in the log.
    #[n(6)]
    Erase,
    /// Its author objected.
    #[n(7)]
    Appeal,
}

impl LogAct {
    /// The act's name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hide => "hide",
            Self::Show => "show",
            Self::Pin => "pin",
            Self::Unpin => "unpin",
            Self::MarkOfficial => "mark-official",
            Self::UnmarkOfficial => "unmark-official",
            Self::Erase => "erase",
            Self::Appeal => "appeal",
        }
    }
}

impl LogEntry {
    /// The line about one permitted operation on the item of `row`; none when it is nothing for the log.
    pub(crate) fn of(row: &ItemRow, edits: &[Edit], by: Author, at: Timestamp) -> Option<Self> {
        let (act, reason, note) = match edits {
            [Edit::Moderate { act: ModerationAct::Hide, reason, note }] => (LogAct::Hide, Some(*reason), note.clone()),
            [Edit::Moderate { act: ModerationAct::Show, reason, note }] => (LogAct::Show, Some(*reason), note.clone()),
            [Edit::Pin(pinned)] => (if *pinned { LogAct::Pin } else { LogAct::Unpin }, None, String::new()),
            [Edit::Official(marked)] => {
                (if *marked { LogAct::MarkOfficial } else { LogAct::UnmarkOfficial }, None, String::new())
            }
            [Edit::Erase { reason: Some(reason), note, .. }] => (LogAct::Erase, Some(*reason), note.clone()),
            [Edit::Appeal(note)] => (LogAct::Appeal, None, note.clone()),
            _ => return None,
        };
        let (item, kind, neighbourhood, space) = (row.id, row.kind, row.neighbourhood, row.space);
        Some(Self { item, kind, neighbourhood, space, act, by, reason, note, at })
    }

    /// Of the lines about one item, each under its key: the objection that no connector has answered.
    ///
    /// An objection is to what was done before it. One that is dated before anything was done comes from a clock that is
    /// slow, and is to the first thing that was done. Where nothing was done there is nothing to object to.
    pub(crate) fn open_objection(lines: impl Iterator<Item = (Vec<u8>, Self)>) -> Option<Vec<u8>> {
        let (objections, deeds): (Vec<_>, Vec<_>) = lines.partition(|(_, line)| line.act == LogAct::Appeal);
        let (key, objection) = objections.into_iter().max_by_key(|(key, line)| (line.at, Reverse(key.clone())))?;
        let first = deeds.iter().map(|(_, line)| line.at).min()?;
        let answered = deeds.iter().any(|(_, line)| line.at > objection.at.max(first));
        (!answered).then_some(key)
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        minicbor::decode(bytes).map_err(|_| CodecError::Malformed)
    }
}

/// The moderation log, latest first, at most `limit` lines; and where to go on, if there is more. It tells of every
/// neighbourhood whose items are here; whoever shows it chooses.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn moderation_log(
    read: &impl Read,
    after: Option<&LogCursor>,
    limit: usize,
) -> Result<(Vec<LogEntry>, Option<LogCursor>), StoreError> {
    let lower = after.map_or(Bound::Unbounded, |cursor| Bound::Excluded(cursor.key()));
    let (mut entries, mut last, mut more, mut damaged) = (Vec::new(), None, false, false);
    read.scan(Table::Log, (lower, Bound::Unbounded), Direction::Ascending, &mut |key, value| {
        if entries.len() == limit {
            more = true;
            return ControlFlow::Break(());
        }
        match LogEntry::decode(value) {
            Ok(entry) => entries.push(entry),
            Err(_) => {
                damaged = true;
                return ControlFlow::Break(());
            }
        }
        last = Some(key.to_vec());
        ControlFlow::Continue(())
    })?;
    if damaged {
        return Err(StoreError::Damaged("a line of the log"));
    }
    Ok((entries, last.filter(|_| more).map(LogCursor::after)))
}

/// All objections that no connector has answered, the oldest first, however much was done to other items since. As
/// [`moderation_log`] it tells of every neighbourhood whose items are here.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn open_objections(read: &impl Read) -> Result<Vec<LogEntry>, StoreError> {
    let mut keys = Vec::new();
    read.scan(Table::Objections, (Bound::Unbounded, Bound::Unbounded), Direction::Ascending, &mut |_, key| {
        keys.push(key.to_vec());
        ControlFlow::Continue(())
    })?;
    // Keys of the log have the latest first.
    keys.sort_by(|a, b| b.cmp(a));
    let mut objections = Vec::with_capacity(keys.len());
    for key in keys {
        // It was answered between the two reads when it is gone.
        let line = read.get(Table::Log, &key)?.map(|bytes| LogEntry::decode(&bytes));
        objections.extend(line.transpose().map_err(|_| StoreError::Damaged("a line of the log"))?);
    }
    Ok(objections)
}
