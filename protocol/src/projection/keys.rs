//! How rows are keyed.

use super::acceptance::{acceptance_key, day_key};
use super::{ItemRow, Welcome};
use crate::operation::{ItemId, Kind, NeighbourhoodId, OperationId, Space};
use crate::store::Table;
use crate::sync::SpaceId;
use crate::time::Timestamp;

/// Stands in the key of a hidden comment before its id: it keeps its place in the thread and is not counted.
const HIDDEN: [u8; 1] = [0];

/// The keys under which a row is found beside `Rows`, in the tables that list items.
pub(crate) fn row_writes(row: &ItemRow) -> Vec<(Table, Vec<u8>)> {
    let mut writes = Vec::new();
    let id = row.id.as_bytes();
    if let Some(welcomed) = row.welcome {
        if welcomed.counted {
            writes.push((Table::Days, day_key(row)));
        }
        if welcomed.welcome == Welcome::AfterApproval {
            writes.push((Table::Awaiting, [&inverted(row.created)[..], id].concat()));
        }
    }
    if !row.is_listed() {
        if let (Kind::COMMENT, Some(_), Some(subject)) = (row.kind, &row.hidden, row.subject) {
            writes.push((Table::Threads, [&thread_key(&subject, row.created)[..], &HIDDEN, id].concat()));
        }
        return writes;
    }
    match row.kind {
        Kind::NEWS => writes.push((Table::Feed, feed_key(row))),
        Kind::EVENT => {
            writes.push((Table::Feed, feed_key(row)));
            if let Some(starts) = &row.content.starts {
                writes.push((Table::Agenda, [starts.as_str().as_bytes(), &[0], id].concat()));
            }
        }
        Kind::COMMENT => {
            if let Some(subject) = row.subject {
                writes.push((Table::Threads, [&thread_key(&subject, row.created)[..], id].concat()));
            }
        }
        Kind::PROFILE => {
            let (home, resident) = (row.author.home, row.author.resident);
            writes.push((Table::Directory, [home.as_bytes(), resident.as_bytes(), id].map(|part| &part[..]).concat()));
        }
        Kind::ACCEPTANCE if row.space == Space::Members => {
            writes.extend(acceptance_key(row).map(|key| (Table::Acceptances, key)));
        }
        _ => {}
    }
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

fn inverted(time: Timestamp) -> [u8; 8] {
    (!time.as_millis()).to_be_bytes()
}

fn time_key(time: Timestamp) -> [u8; 8] {
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
