//! Events in the order of the calendar: once, or each time they recur.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::{Bound, ControlFlow};

use minicbor::{Decode, Encode};

use super::lists::{Filter, Listed, Sieve};
use super::read::{ROWS_AT_A_TIME, range_keys, rows_of};
use super::{ItemRow, item};
use crate::codec;
use crate::operation::ItemId;
use crate::recurrence::Recurrence;
use crate::store::{Direction, Read, StoreError, Table};
use crate::time::{CivilTime, Day};

/// One time that an event happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The event.
    pub row: ItemRow,
    /// When it starts this time.
    pub starts: CivilTime,
}

/// What the index of recurring events holds of one, so that its times are known without its row.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
struct Recurring {
    #[n(0)]
    listed: Listed,
    #[n(1)]
    starts: CivilTime,
    #[n(2)]
    repeats: Recurrence,
    #[n(3)]
    except: Vec<Day>,
}

/// The key that stands for the last day of an event that recurs for ever.
const FOR_EVER: u32 = u32::MAX;

/// Every time an event happens that starts at or after `from`, up to and with the day `to`: in calendar order, at most
/// `limit`. An event that recurs is there once for each time.
///
/// Costs a look at a small entry for each event that is passed over and for each that recurs and has not ended by `from`, and
/// a row for each event in the answer.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn agenda_between(
    read: &impl Read,
    from: &CivilTime,
    to: Day,
    filter: &Filter,
    limit: usize,
) -> Result<Vec<Occurrence>, StoreError> {
    let sieve = filter.sieve();
    let mut times = single_times(read, from, to, &sieve, limit)?;
    add_recurring_times(read, from, to, &sieve, limit, &mut times)?;
    let mut rows: BTreeMap<ItemId, Option<ItemRow>> = BTreeMap::new();
    let mut found = Vec::with_capacity(times.len());
    for (starts, id) in times {
        let row = match rows.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(item(read, &id)?.filter(|row| filter.takes_row(row))),
        };
        // A row that went between the two reads is left out.
        found.extend(row.clone().map(|row| Occurrence { row, starts }));
    }
    Ok(found)
}

/// Events as such, each once: those that happen once and start on `from` or later, by start, and those that recur and have not
/// ended by then. At most `limit`.
///
/// Costs a look at a small entry for each event that is passed over, and a row for each in the answer.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn events_since(read: &impl Read, from: Day, filter: &Filter, limit: usize) -> Result<Vec<ItemRow>, StoreError> {
    let sieve = filter.sieve();
    let single = single_times(read, &CivilTime::from(from), Day::LAST, &sieve, limit)?;
    let mut ids: Vec<ItemId> = single.into_iter().map(|(_, id)| id).collect();
    let (lower, mut damaged) = (from.number().to_be_bytes(), false);
    let range = (Bound::Included(&lower[..]), Bound::Unbounded);
    read.scan(Table::Recurring, range, Direction::Ascending, &mut |key, value| {
        if ids.len() >= limit {
            return ControlFlow::Break(());
        }
        match (key.get(4..).and_then(|id| ItemId::try_from(id).ok()), minicbor::decode::<Recurring>(value)) {
            (Some(id), Ok(event)) => ids.extend(sieve.takes(&event.listed).then_some(id)),
            _ => damaged = true,
        }
        if damaged { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    if damaged {
        return Err(StoreError::Damaged("an entry of the agenda"));
    }
    let rows = ids.iter().map(|id| item(read, id)).collect::<Result<Vec<_>, _>>()?;
    // A row that went between the two reads is left out.
    Ok(rows.into_iter().flatten().filter(|row| filter.takes_row(row)).collect())
}

/// Events that happen once and start on or after the civil date or time `from`, in calendar order, at most `limit`.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn agenda(read: &impl Read, from: &str, limit: usize) -> Result<Vec<ItemRow>, StoreError> {
    agenda_of(read, from, limit, |_| true)
}

/// As [`agenda`], of those rows alone that are to be shown. Costs a read for each row that is passed over.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn agenda_of(
    read: &impl Read,
    from: &str,
    limit: usize,
    shows: impl Fn(&ItemRow) -> bool,
) -> Result<Vec<ItemRow>, StoreError> {
    let mut found = Vec::new();
    let mut lower = Bound::Included(from.as_bytes().to_vec());
    while found.len() < limit {
        let range = (lower.as_ref().map(Vec::as_slice), Bound::Unbounded);
        let keys = range_keys(read, Table::Agenda, range, ROWS_AT_A_TIME)?;
        let Some(last) = keys.last().cloned() else { break };
        found.extend(rows_of(read, &keys)?.into_iter().filter(&shows));
        lower = Bound::Excluded(last);
    }
    found.truncate(limit);
    Ok(found)
}

/// Where an event stands: what happens once by its start, what recurs by the last day on which it can happen.
pub(super) fn agenda_writes(row: &ItemRow) -> Option<(Table, Vec<u8>, Vec<u8>)> {
    let starts = row.content.starts.as_ref()?;
    let (id, listed) = (row.id.as_bytes(), Listed::of(row));
    let Some(repeats) = row.content.repeats.clone() else {
        return Some((Table::Agenda, [starts.as_str().as_bytes(), &[0], id].concat(), listed.encode()));
    };
    let last = repeats.last_day(starts).map_or(FOR_EVER, Day::number);
    let recurring = Recurring { listed, starts: starts.clone(), repeats, except: row.content.except.clone() };
    Some((Table::Recurring, [&last.to_be_bytes()[..], id].concat(), codec::encode(&recurring)))
}

/// The times of events that happen once, at most `limit`, in order.
fn single_times(
    read: &impl Read,
    from: &CivilTime,
    to: Day,
    sieve: &Sieve,
    limit: usize,
) -> Result<Vec<(CivilTime, ItemId)>, StoreError> {
    // Beyond every time of the last day.
    let end = format!("{to}U");
    let range = (Bound::Included(from.as_str().as_bytes()), Bound::Excluded(end.as_bytes()));
    let (mut times, mut failed) = (Vec::new(), None);
    read.scan(Table::Agenda, range, Direction::Ascending, &mut |key, listed| {
        if times.len() == limit {
            return ControlFlow::Break(());
        }
        match (sieve.takes_stored(listed), split_agenda_key(key)) {
            (Ok(false), _) => {}
            (Ok(true), Some(time)) => times.push(time),
            (Ok(true), None) => failed = Some(StoreError::Damaged("a key of the agenda")),
            (Err(error), _) => failed = Some(error),
        }
        if failed.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    failed.map_or(Ok(times), Err)
}

/// Adds the times of events that recur; of all the first `limit` remain, in order.
fn add_recurring_times(
    read: &impl Read,
    from: &CivilTime,
    to: Day,
    sieve: &Sieve,
    limit: usize,
    times: &mut Vec<(CivilTime, ItemId)>,
) -> Result<(), StoreError> {
    let lower = from.day().number().to_be_bytes();
    let (mut until, mut damaged) = (to, false);
    let range = (Bound::Included(&lower[..]), Bound::Unbounded);
    read.scan(Table::Recurring, range, Direction::Ascending, &mut |key, value| {
        let id = key.get(4..).and_then(|id| ItemId::try_from(id).ok());
        let (Some(id), Ok(event)) = (id, minicbor::decode::<Recurring>(value)) else {
            damaged = true;
            return ControlFlow::Break(());
        };
        if sieve.takes(&event.listed) && from.day() <= until {
            let all = event.repeats.occurrences(&event.starts, from.day()..=until);
            let happens = all.filter(|at| at >= from && event.except.binary_search(&at.day()).is_err());
            times.extend(happens.take(limit).map(|at| (at, id)));
            if times.len() > limit {
                times.sort_unstable();
                times.truncate(limit);
                // Nothing after the last of these is asked for.
                until = times.last().map_or(until, |(at, _)| at.day());
            }
        }
        ControlFlow::Continue(())
    })?;
    times.sort_unstable();
    if damaged { Err(StoreError::Damaged("an entry of the agenda")) } else { Ok(()) }
}

/// civil start ‖ 0 ‖ item.
fn split_agenda_key(key: &[u8]) -> Option<(CivilTime, ItemId)> {
    let (start, id) = key.split_at_checked(key.len().checked_sub(33)?)?;
    let start = CivilTime::parse(std::str::from_utf8(start).ok()?).ok()?;
    Some((start, ItemId::try_from(&id[1..]).ok()?))
}
