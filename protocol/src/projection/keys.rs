//! How rows are keyed.

use super::acceptance::{acceptance_key, day_key};
use super::agenda::agenda_writes;
use super::attached::attached_key;
use super::desk::desk_key;
use super::lists::{Listed, list_key, review_key};
use super::{ItemRow, Welcome};
use crate::operation::{ItemId, Kind, NeighbourhoodId, OperationId, Space};
use crate::store::Table;
use crate::sync::SpaceId;
use crate::time::Timestamp;

/// Stands in the key of a hidden comment before its id: it keeps its place in the thread and is not counted.
const HIDDEN: [u8; 1] = [0];

/// Under which keys a row is found beside `Rows`, in the tables that list items, and what they say of it.
pub(crate) fn row_writes(row: &ItemRow) -> Vec<(Table, Vec<u8>, Vec<u8>)> {
    let mut writes = Vec::new();
    let mut put = |table, key: Option<Vec<u8>>| writes.extend(key.map(|key| (table, key, Vec::new())));
    let id = row.id.as_bytes();
    if let Some(welcomed) = row.welcome {
        put(Table::Days, welcomed.counted.then(|| day_key(row)));
        let waits = welcomed.welcome == Welcome::AfterApproval;
        put(Table::Awaiting, waits.then(|| [&inverted(row.created)[..], id].concat()));
    }
    if !row.is_listed() {
        if let (Kind::COMMENT, Some(_), Some(subject)) = (row.kind, &row.hidden, row.subject) {
            put(Table::Threads, Some([&thread_key(&subject, row.created)[..], &HIDDEN, id].concat()));
        }
        return writes;
    }
    put(Table::Reviews, review_key(row));
    match row.kind {
        Kind::NEWS | Kind::EVENT => put(Table::Feed, Some(feed_key(row))),
        Kind::COMMENT => {
            put(Table::Threads, row.subject.map(|subject| [&thread_key(&subject, row.created)[..], id].concat()));
        }
        Kind::PROFILE => {
            let (home, resident) = (row.author.home, row.author.resident);
            let key = [home.as_bytes(), resident.as_bytes(), id].map(|part| &part[..]).concat();
            put(Table::Directory, Some(key));
        }
        Kind::ACCEPTANCE if row.space == Space::Members => put(Table::Acceptances, acceptance_key(row)),
        Kind::UPDATE | Kind::SIGN_UP => put(Table::Attached, attached_key(row)),
        Kind::SETTING | Kind::REPORT | Kind::REVIEW_REQUEST | Kind::CONSENT => put(Table::Desk, desk_key(row)),
        _ => {}
    }
    writes.extend(list_key(row).map(|key| (Table::Lists, key, Listed::of(row).encode())));
    writes.extend(agenda_writes(row).filter(|_| row.kind == Kind::EVENT));
    writes
}

/// Whether a key of a thread is that of a comment that was hidden.
pub(super) const fn is_hidden_in_thread(key: &[u8]) -> bool {
    key.len() > 32 + 8 + 32
}

/// What the keys of the comments on an item begin with, oldest first.
fn thread_key(subject: &ItemId, created: Timestamp) -> Vec<u8> {
    [subject.as_bytes(), &time_key(created)[..]].concat()
}

/// What is pinned before what is not, then latest first: the bits of the time are turned round.
fn feed_key(row: &ItemRow) -> Vec<u8> {
    let (order, time) = row.pinned.map_or((1, row.created), |pinned| (0, pinned.at));
    [&[order][..], &inverted(time), row.id.as_bytes()].concat()
}

/// The key of what was done in the log, latest first.
pub(crate) fn log_key(time: Timestamp, operation: &OperationId) -> Vec<u8> {
    [&inverted(time)[..], operation.as_bytes()].concat()
}

pub(super) fn inverted(time: Timestamp) -> [u8; 8] {
    (!time.as_millis()).to_be_bytes()
}

pub(super) fn time_key(time: Timestamp) -> [u8; 8] {
    time.as_millis().to_be_bytes()
}

/// The key of an operation in the set that is reconciled.
pub(crate) fn space_key(neighbourhood: &NeighbourhoodId, space: &Space, time: Timestamp, id: &OperationId) -> Vec<u8> {
    let mut key = space_prefix(neighbourhood, space);
    key.extend(time.hour().to_be_bytes());
    key.extend(id.as_bytes());
    key
}

/// What all keys of one space start with.
pub(crate) fn space_prefix(neighbourhood: &NeighbourhoodId, space: &Space) -> Vec<u8> {
    let mut key = neighbourhood.as_bytes().to_vec();
    match space {
        Space::Register => key.push(0),
        Space::Members => key.push(1),
        Space::Square => key.push(2),
        Space::Neighbours => key.push(3),
        Space::Circle(circle) => {
            key.push(4);
            key.extend(circle.as_bytes());
        }
    }
    key
}

/// The parts of a key made by [`space_key`]: the space, the hour and the operation.
pub(crate) fn space_of_key(key: &[u8]) -> Option<(SpaceId, u64, OperationId)> {
    let neighbourhood = key.get(..32)?.try_into().ok()?;
    let (space, rest) = match key.get(32)? {
        0 => (Space::Register, 33),
        1 => (Space::Members, 33),
        2 => (Space::Square, 33),
        3 => (Space::Neighbours, 33),
        4 => (Space::Circle(key.get(33..65)?.try_into().ok()?), 65),
        _ => return None,
    };
    let hour = u64::from_be_bytes(key.get(rest..rest + 8)?.try_into().ok()?);
    Some((SpaceId { neighbourhood, space }, hour, key.get(rest + 8..)?.try_into().ok()?))
}
