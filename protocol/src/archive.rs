//! All that a store holds, for a backup: which operations, in which order they go back in, frames of them, and what its rows
//! come to.
//!
//! Operations are all there is to keep: every other table follows from them, or is this box's own observation of them
//! ([`Table::Erasures`], [`Table::Receipts`]) and is made anew. They go back in through the one door, as a
//! [bundle](crate::bundle) does; so a backup that somebody meddled with brings in nothing that nobody signed.

use std::collections::BTreeSet;
use std::ops::{Bound, ControlFlow};

use minicbor::bytes::ByteVec;
use sha2::{Digest, Sha256};

use crate::operation::{MAX_TRANSFER, NeighbourhoodId, OperationId, Signed, Space};
use crate::photo::PhotoId;
use crate::projection;
use crate::store::{Direction, KeyRange, Read, StoreError, Table};
use crate::sync::{FRAME_OPERATIONS, MAX_FRAME, Message};
use crate::time::Timestamp;

const EVERYTHING: KeyRange<'static> = (Bound::Unbounded, Bound::Unbounded);

/// What a store holds at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inventory {
    /// Every operation, in an order in which few have to wait for another: the home register, the neighbours' registers, then
    /// all others, each as they were signed. 32 bytes for each.
    pub operations: Vec<OperationId>,
    /// Operations that are not what was written, by the key under which they lie: bit rot.
    pub damaged: Vec<OperationId>,
    /// The photos that are shown somewhere, lowest first.
    pub photos: Vec<PhotoId>,
    /// What each table of [`Table::ROWS`] comes to.
    pub rows: Vec<RowsDigest>,
}

/// What the rows of one table come to. Two boxes that hold the same operations have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowsDigest {
    /// The table.
    pub table: Table,
    /// How many entries it has.
    pub entries: u64,
    /// SHA-256 over all of them: of each key and each value its length (8 bytes, big-endian) and the bytes.
    pub hash: [u8; 32],
}

/// So many operations as fit a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// A message of a session with operations, at most [`MAX_FRAME`] bytes.
    pub bytes: Vec<u8>,
    /// How many operations are in it.
    pub operations: u64,
    /// How many of the ids are dealt with: those in it, and those that are not in the store any more.
    pub ids: usize,
}

/// Where an operation stands in the order.
type Rank = (u8, Timestamp, u64, OperationId);

/// Takes stock of a store whose neighbourhood is `home`. To be called with a view of one moment, or while nobody writes.
/// Reads and hashes everything: O(n), and 64 bytes of memory for each operation while it works.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn inventory(read: &impl Read, home: &NeighbourhoodId) -> Result<Inventory, StoreError> {
    let mut inventory = Inventory::default();
    let mut ranked: Vec<Rank> = Vec::new();
    let mut misnamed = false;
    read.scan(Table::Operations, EVERYTHING, Direction::Ascending, &mut |key, value| {
        match OperationId::try_from(key) {
            Err(_) => misnamed = true,
            Ok(id) => match Signed::decode(value).ok().filter(|signed| signed.id() == id) {
                Some(signed) => ranked.push(rank(&signed, home)),
                None => inventory.damaged.push(id),
            },
        }
        ControlFlow::Continue(())
    })?;
    if misnamed {
        return Err(StoreError::Damaged("a key of an operation"));
    }
    ranked.sort_unstable();
    inventory.operations = ranked.into_iter().map(|(.., id)| id).collect();
    inventory.photos = photos(read)?;
    inventory.rows = Table::ROWS.iter().map(|table| digest(read, *table)).collect::<Result<_, _>>()?;
    Ok(inventory)
}

fn rank(signed: &Signed, home: &NeighbourhoodId) -> Rank {
    let header = signed.header();
    let class = match (header.space, header.neighbourhood() == *home) {
        (Space::Register, true) => 0,
        (Space::Register, false) => 1,
        _ => 2,
    };
    (class, header.time, header.sequence, signed.id())
}

/// The photos that items refer to.
fn photos(read: &impl Read) -> Result<Vec<PhotoId>, StoreError> {
    let (mut photos, mut damaged): (Vec<PhotoId>, bool) = (Vec::new(), false);
    read.scan(Table::Photos, EVERYTHING, Direction::Ascending, &mut |key, _| {
        match key.get(..32).map(PhotoId::try_from) {
            Some(Ok(photo)) if photos.last() != Some(&photo) => photos.push(photo),
            Some(Ok(_)) => {}
            Some(Err(_)) | None => damaged = true,
        }
        ControlFlow::Continue(())
    })?;
    if damaged { Err(StoreError::Damaged("a key of a photo")) } else { Ok(photos) }
}

/// What a table comes to.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn digest(read: &impl Read, table: Table) -> Result<RowsDigest, StoreError> {
    let (mut hash, mut entries) = (Sha256::new(), 0);
    read.scan(table, EVERYTHING, Direction::Ascending, &mut |key, value| {
        for bytes in [key, value] {
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        }
        entries += 1;
        ControlFlow::Continue(())
    })?;
    Ok(RowsDigest { table, entries, hash: hash.finalize().into() })
}

/// A frame of the first of these operations, whole as they are kept. What was erased since is in it without its payload.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn frame(read: &impl Read, ids: &[OperationId]) -> Result<Frame, StoreError> {
    let (mut operations, mut bytes, mut dealt_with) = (Vec::new(), 0, 0);
    for id in ids.iter().take(FRAME_OPERATIONS) {
        // The largest operation still fits the frame.
        if bytes + MAX_TRANSFER + 16 * FRAME_OPERATIONS > MAX_FRAME {
            break;
        }
        if let Some(transfer) = projection::operation(read, id)? {
            bytes += transfer.len();
            operations.push(ByteVec::from(transfer));
        }
        dealt_with += 1;
    }
    let count = operations.len() as u64;
    let message = Message::Operations { operations, absent: Vec::new(), later: Vec::new(), more: false };
    Ok(Frame { bytes: message.encode(), operations: count, ids: dealt_with })
}

/// As [`inventory`], of a store of which not all can be read any more: reads each operation by itself, under every id that any
/// table still names. What a table of rows comes to that cannot be read is left out.
///
/// # Errors
/// [`StoreError`], but for [`StoreError::Damaged`].
pub fn salvage(read: &impl Read, home: &NeighbourhoodId) -> Result<Inventory, StoreError> {
    let mut inventory = Inventory::default();
    let mut ranked: Vec<Rank> = Vec::new();
    for id in named_anywhere(read)? {
        let kept = readable(projection::operation(read, &id))?.flatten();
        let signed = kept.and_then(|transfer| Signed::decode(&transfer).ok()).filter(|signed| signed.id() == id);
        match signed {
            Some(signed) => ranked.push(rank(&signed, home)),
            None => inventory.damaged.push(id),
        }
    }
    ranked.sort_unstable();
    inventory.operations = ranked.into_iter().map(|(.., id)| id).collect();
    inventory.photos = readable(photos(read))?.unwrap_or_default();
    for table in Table::ROWS {
        inventory.rows.extend(readable(digest(read, table))?);
    }
    Ok(inventory)
}

/// The ids of operations that any table names: all those that end in one, and as much of each as can be read.
fn named_anywhere(read: &impl Read) -> Result<BTreeSet<OperationId>, StoreError> {
    let mut ids = BTreeSet::new();
    for table in [Table::Operations, Table::Spaces, Table::Items, Table::Devices] {
        let scanned = read.scan(table, EVERYTHING, Direction::Ascending, &mut |key, _| {
            let id = key.len().checked_sub(32).map(|start| OperationId::try_from(&key[start..]));
            ids.extend(id.and_then(Result::ok));
            ControlFlow::Continue(())
        });
        readable(scanned)?;
    }
    Ok(ids)
}

/// None for what is damaged.
fn readable<T>(read: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(StoreError::Damaged(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
