//! What is attached to an item beside comments: how things stand with an alert, and who signed up for an event or a group.

use std::collections::BTreeSet;

use super::ItemRow;
use super::keys::time_key;
use super::read::rows_of;
use crate::operation::{ItemId, Kind};
use crate::store::{Read, StoreError, Table};

/// Who of those who signed up has a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// So many of the sign-ups, from the first on, have their places; all after them wait.
    pub admitted: usize,
    /// How many people that are.
    pub people: u32,
    /// How many people wait.
    pub waiting: u32,
}

/// The updates of an alert, oldest first, without the hidden ones.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn updates(read: &impl Read, alert: &ItemId) -> Result<Vec<ItemRow>, StoreError> {
    attached(read, alert, Kind::UPDATE)
}

/// Who signed up for an event or a group, in the order in which they did; of several by one resident, or by one organisation
/// through them, the first. Whoever shows it says who may read the names: numbers are for all who see the event.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn sign_ups(read: &impl Read, subject: &ItemId) -> Result<Vec<ItemRow>, StoreError> {
    let mut rows = attached(read, subject, Kind::SIGN_UP)?;
    let mut known = BTreeSet::new();
    rows.retain(|row| known.insert((row.author.home, row.author.resident, row.speaks_for)));
    Ok(rows)
}

/// Who of these sign-ups, in their order, has a place when there is room for `capacity` people; without one everybody has.
///
/// Nobody goes before whoever signed up earlier, also not a single person before a family for whom there is no room: so
/// nobody who has a place loses it when others stay away.
pub fn places(capacity: Option<u32>, sign_ups: &[ItemRow]) -> Places {
    let room = capacity.unwrap_or(u32::MAX);
    let mut places = Places::default();
    for row in sign_ups {
        let party = u32::from(row.content.party.unwrap_or(1));
        let fits = places.waiting == 0 && places.people.checked_add(party).is_some_and(|people| people <= room);
        if fits {
            places.admitted += 1;
            places.people += party;
        } else {
            places.waiting = places.waiting.saturating_add(party);
        }
    }
    places
}

/// subject ‖ kind ‖ time ‖ item.
pub(super) fn attached_key(row: &ItemRow) -> Option<Vec<u8>> {
    let subject = row.subject?;
    Some([&prefix(&subject, row.kind)[..], &time_key(row.created), row.id.as_bytes()].concat())
}

fn attached(read: &impl Read, subject: &ItemId, kind: Kind) -> Result<Vec<ItemRow>, StoreError> {
    rows_of(read, &read.keys_with_prefix(Table::Attached, &prefix(subject, kind), usize::MAX)?)
}

fn prefix(subject: &ItemId, kind: Kind) -> Vec<u8> {
    [&subject.as_bytes()[..], &kind.0.to_be_bytes()].concat()
}
