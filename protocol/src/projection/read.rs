//! Reading rows. These functions take any store and may run while the replica writes.

use std::ops::{Bound, ControlFlow};

use super::ItemRow;
use super::cursor::FeedCursor;
use super::keys::is_hidden_in_thread;
use crate::identity::PublicKey;
use crate::operation::{ItemId, NeighbourhoodId, OperationId, ResidentId};
use crate::photo::PhotoId;
use crate::store::{Direction, Read, StoreError, Table};

/// How many rows are read at a time where some are passed over.
pub(super) const ROWS_AT_A_TIME: usize = 64;

/// The row of an item, also of one that is hidden or erased; none when it does not count here.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn item(read: &impl Read, id: &ItemId) -> Result<Option<ItemRow>, StoreError> {
    let bytes = read.get(Table::Rows, id.as_bytes())?;
    bytes.map(|bytes| ItemRow::decode(&bytes).map_err(|_| StoreError::Damaged("a row"))).transpose()
}

/// News and events: those that are pinned, the one pinned last first, then the others as they were written, latest first;
/// at most `limit`; and where to go on, if there is more.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn feed(
    read: &impl Read,
    after: Option<&FeedCursor>,
    limit: usize,
) -> Result<(Vec<ItemRow>, Option<FeedCursor>), StoreError> {
    let lower = after.map_or(Bound::Unbounded, |cursor| Bound::Excluded(cursor.key()));
    // One more than asked for says whether there is more.
    let mut keys = range_keys(read, Table::Feed, (lower, Bound::Unbounded), limit.saturating_add(1))?;
    let more = keys.len() > limit;
    keys.truncate(limit);
    let next = keys.last().filter(|_| more).map(|key| FeedCursor::after(key.clone()));
    Ok((rows_of(read, &keys)?, next))
}

/// What connectors of this neighbourhood said last about a neighbourhood or a post of one, and when.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn acceptance(read: &impl Read, about: &[u8; 32]) -> Result<Option<ItemRow>, StoreError> {
    let mut last = Vec::new();
    read.scan_prefix(Table::Acceptances, about, Direction::Descending, &mut |key, _| {
        last.push(key.to_vec());
        ControlFlow::Break(())
    })?;
    Ok(rows_of(read, &last)?.pop())
}

/// Posts of other neighbourhoods that wait for a connector, latest first, at most `limit`.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn awaiting(read: &impl Read, limit: usize) -> Result<Vec<ItemRow>, StoreError> {
    rows_of(read, &range_keys(read, Table::Awaiting, (Bound::Unbounded, Bound::Unbounded), limit)?)
}

/// The comments on an item, oldest first; also those that were hidden, which keep their place.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn thread(read: &impl Read, subject: &ItemId) -> Result<Vec<ItemRow>, StoreError> {
    rows_of(read, &read.keys_with_prefix(Table::Threads, subject.as_bytes(), usize::MAX)?)
}

/// How many comments an item has, without the hidden ones.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn thread_length(read: &impl Read, subject: &ItemId) -> Result<usize, StoreError> {
    let keys = read.keys_with_prefix(Table::Threads, subject.as_bytes(), usize::MAX)?;
    Ok(keys.iter().filter(|key| !is_hidden_in_thread(key)).count())
}

/// A resident's own profile, not one of an organisation they speak for; of several, the one made first. None when it is not visible here.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn profile(read: &impl Read, home: &NeighbourhoodId, resident: &ResidentId) -> Result<Option<ItemRow>, StoreError> {
    profile_of(read, home, resident, |_| true)
}

/// As [`profile`], of those alone that are to be shown.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn profile_of(
    read: &impl Read,
    home: &NeighbourhoodId,
    resident: &ResidentId,
    shows: impl Fn(&ItemRow) -> bool,
) -> Result<Option<ItemRow>, StoreError> {
    let prefix = [&home.as_bytes()[..], resident.as_bytes()].concat();
    let keys = read.keys_with_prefix(Table::Directory, &prefix, 16)?;
    let own = rows_of(read, &keys)?.into_iter().filter(|row| row.speaks_for.is_none() && shows(row));
    Ok(own.min_by_key(|row| (row.created, row.id)))
}

/// The items that refer to a photo.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn items_with_photo(read: &impl Read, photo: &PhotoId) -> Result<Vec<ItemId>, StoreError> {
    let keys = read.keys_with_prefix(Table::Photos, photo.as_bytes(), usize::MAX)?;
    let item = |key: &Vec<u8>| key.get(32..).and_then(|item| ItemId::try_from(item).ok());
    keys.iter().map(|key| item(key).ok_or(StoreError::Damaged("a reference to a photo"))).collect()
}

/// An operation in transfer form, null in the place of a payload that was erased; none when it is not here.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn operation(read: &impl Read, id: &OperationId) -> Result<Option<Vec<u8>>, StoreError> {
    read.get(Table::Operations, id.as_bytes())
}

/// The last operation of a device that is here, and its sequence number.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn last_of_device(read: &impl Read, device: &PublicKey) -> Result<Option<(u64, OperationId)>, StoreError> {
    let mut last = None;
    read.scan_prefix(Table::Devices, device.as_bytes(), Direction::Descending, &mut |key, _| {
        last = split_device_key(key);
        ControlFlow::Break(())
    })?;
    Ok(last)
}

/// Sequence and operation of a key in the table of devices.
fn split_device_key(key: &[u8]) -> Option<(u64, OperationId)> {
    let sequence = key.get(32..40)?.try_into().ok().map(u64::from_be_bytes)?;
    Some((sequence, key.get(40..)?.try_into().ok()?))
}

pub(super) fn range_keys(
    read: &impl Read,
    table: Table,
    range: crate::store::KeyRange<'_>,
    limit: usize,
) -> Result<Vec<Vec<u8>>, StoreError> {
    let mut keys = Vec::new();
    read.scan(table, range, Direction::Ascending, &mut |key, _| {
        if keys.len() == limit {
            return ControlFlow::Break(());
        }
        keys.push(key.to_vec());
        ControlFlow::Continue(())
    })?;
    Ok(keys)
}

/// The rows whose item id ends each key. A row that is gone between the two reads is left out.
pub(super) fn rows_of(read: &impl Read, keys: &[Vec<u8>]) -> Result<Vec<ItemRow>, StoreError> {
    let mut rows = Vec::with_capacity(keys.len());
    for key in keys {
        let id = key.len().checked_sub(32).and_then(|at| ItemId::try_from(&key[at..]).ok());
        let id = id.ok_or(StoreError::Damaged("a key that ends in no item"))?;
        rows.extend(item(read, &id)?);
    }
    Ok(rows)
}
