//! What connectors work with: how the square is set up, what residents report, what was asked and agreed to.

use std::ops::ControlFlow;

use super::ItemRow;
use super::keys::time_key;
use super::read::rows_of;
use crate::operation::{ItemId, Kind, OperationId, Space};
use crate::store::{Direction, Read, StoreError, Table};

/// How the square is set up, as connectors last said; none if they never did.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn setting(read: &impl Read) -> Result<Option<ItemRow>, StoreError> {
    last(read, &prefix(Kind::SETTING, None))
}

/// What residents report, oldest first within what it is about, without what connectors dealt with; at most `limit`. For its
/// maker and the connectors.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn reports(read: &impl Read, limit: usize) -> Result<Vec<ItemRow>, StoreError> {
    rows_of(read, &read.keys_with_prefix(Table::Desk, &Kind::REPORT.0.to_be_bytes(), limit)?)
}

/// Every request of connectors to look whether something is still true, also those that were [answered](is_answered), oldest
/// first within what it is about; at most `limit`. For the maker of what it is about and the connectors.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn review_requests(read: &impl Read, limit: usize) -> Result<Vec<ItemRow>, StoreError> {
    rows_of(read, &read.keys_with_prefix(Table::Desk, &Kind::REVIEW_REQUEST.0.to_be_bytes(), limit)?)
}

/// The last request of connectors to look whether an item is still true.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn review_request(read: &impl Read, item: &ItemId) -> Result<Option<ItemRow>, StoreError> {
    last(read, &prefix(Kind::REVIEW_REQUEST, Some((*item).into())))
}

/// That people agreed to what is said about or for them in an item, oldest first. For connectors.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn consents(read: &impl Read, item: &ItemId) -> Result<Vec<ItemRow>, StoreError> {
    let prefix = prefix(Kind::CONSENT, Some((*item).into()));
    rows_of(read, &read.keys_with_prefix(Table::Desk, &prefix, usize::MAX)?)
}

/// Whether the maker of an item answered the request to look whether it is still true: it is to be looked at again later than
/// the day (in UTC) on which it was asked, or it is settled or gone.
pub fn is_answered(request: &ItemRow, item: &ItemRow) -> bool {
    let gone = item.erased.is_some() || item.content.settled;
    gone || item.content.review_by.is_some_and(|day| day > request.created.day())
}

/// kind ‖ what it is about, or zeros ‖ time ‖ item.
pub(super) fn desk_key(row: &ItemRow) -> Option<Vec<u8>> {
    if row.space != Space::Members || (row.content.about.is_none() && row.kind != Kind::SETTING) {
        return None;
    }
    let about = row.content.about.filter(|_| row.kind != Kind::SETTING);
    Some([&prefix(row.kind, about)[..], &time_key(row.created), row.id.as_bytes()].concat())
}

fn prefix(kind: Kind, about: Option<OperationId>) -> Vec<u8> {
    let about = about.unwrap_or_else(|| OperationId::from_bytes([0; 32]));
    [&kind.0.to_be_bytes()[..], about.as_bytes()].concat()
}

fn last(read: &impl Read, prefix: &[u8]) -> Result<Option<ItemRow>, StoreError> {
    let mut last = Vec::new();
    read.scan_prefix(Table::Desk, prefix, Direction::Descending, &mut |key, _| {
        last.push(key.to_vec());
        ControlFlow::Break(())
    })?;
    Ok(rows_of(read, &last)?.pop())
}
