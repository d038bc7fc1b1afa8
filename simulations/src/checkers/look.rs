//! How checkers look into a box: at what is on its disk, and without being counted as the box's own work.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Bound, ControlFlow};

use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::{Header, ItemId, OperationId, Signed, Space};
use dorpsplein_protocol::projection::{self, ItemRow};
use dorpsplein_protocol::replica::MAX_UNDECIDED_PER_DEVICE;
use dorpsplein_protocol::store::{Direction, KeyRange, Read, StoreError, Table};

use crate::world::{Disk, World};

/// The whole of a table.
pub(super) const EVERYTHING: KeyRange<'static> = (Bound::Unbounded, Bound::Unbounded);

/// Shows every row of a box, with its stored form.
pub(super) fn each_row(disk: &Disk, mut show: impl FnMut(ItemRow, &[u8])) -> Result<(), StoreError> {
    let mut damaged = false;
    disk.scan(Table::Rows, EVERYTHING, Direction::Ascending, &mut |_, bytes| {
        match ItemRow::decode(bytes) {
            Ok(row) => show(row, bytes),
            Err(_) => damaged = true,
        }
        ControlFlow::Continue(())
    })?;
    disk.take_cost();
    if damaged { Err(StoreError::Damaged("a row")) } else { Ok(()) }
}

/// An operation that is on a disk, with or without its payload.
pub(super) fn operation(disk: &Disk, id: &OperationId) -> Result<Option<Signed>, StoreError> {
    let found = projection::operation(disk, id)?;
    disk.take_cost();
    found.map(|bytes| Signed::decode(&bytes).map_err(|_| StoreError::Damaged("an operation"))).transpose()
}

/// Whether an operation is on a disk and counts there.
pub(super) fn counts(disk: &Disk, id: &OperationId) -> Result<bool, StoreError> {
    let Some(stored) = operation(disk, id)? else { return Ok(false) };
    let key = [&stored.header().device.as_bytes()[..], id.as_bytes()].concat();
    let waits = disk.get(Table::Undecided, &key)?.is_some();
    disk.take_cost();
    Ok(!waits)
}

/// Whether something waits on this disk for a time that has not come by the box's clock. What such a box does not count yet
/// it cannot know to count: its clock is behind.
pub(super) fn waits_for_a_time(disk: &Disk) -> Result<bool, StoreError> {
    let mut waits = false;
    disk.scan(Table::Waiting, EVERYTHING, Direction::Ascending, &mut |key, _| {
        // Times are keys that start with 24 zeros, which no id does.
        waits = key.starts_with(&[0; 24]);
        ControlFlow::Break(())
    })?;
    disk.take_cost();
    Ok(waits)
}

/// The operations of each device that a disk keeps without counting them.
pub(super) fn undecided(disk: &Disk) -> Result<BTreeMap<PublicKey, Vec<OperationId>>, StoreError> {
    let mut found: BTreeMap<PublicKey, Vec<OperationId>> = BTreeMap::new();
    disk.scan(Table::Undecided, EVERYTHING, Direction::Ascending, &mut |key, _| {
        if let (Some(device), Ok(id)) = (device_of(key), OperationId::try_from(&key[32..])) {
            found.entry(device).or_default().push(id);
        }
        ControlFlow::Continue(())
    })?;
    disk.take_cost();
    Ok(found)
}

/// The devices of which a disk keeps as much without counting it as there is room for: more of that may be dropped.
pub(super) fn without_room(disk: &Disk) -> Result<BTreeSet<PublicKey>, StoreError> {
    let full = |(device, ids): (PublicKey, Vec<OperationId>)| (ids.len() >= MAX_UNDECIDED_PER_DEVICE).then_some(device);
    Ok(undecided(disk)?.into_iter().filter_map(full).collect())
}

/// How many operations of a device are kept beside those there is room for, because of the numbers that it used twice: of
/// every such number one that counted until the other came, within one and the same input.
pub(super) fn proofs_of_forks(disk: &Disk, device: &PublicKey) -> Result<usize, StoreError> {
    let mut numbers = BTreeSet::new();
    for key in disk.keys_with_prefix(Table::Forks, device.as_bytes(), usize::MAX)? {
        numbers.extend(key.get(..40).map(<[u8]>::to_vec));
    }
    disk.take_cost();
    Ok(numbers.len())
}

/// Whether a device signed two operations with one number, as far as this disk knows.
pub(super) fn has_forked(disk: &Disk, device: &PublicKey) -> Result<bool, StoreError> {
    let forked = !disk.keys_with_prefix(Table::Forks, device.as_bytes(), 1)?.is_empty();
    disk.take_cost();
    Ok(forked)
}

/// The items that those next door may count otherwise: somebody wrote something about them with a device that forked, and
/// not all of it is theirs to see. What lost, or what follows on something that lost, can be for the village alone, or for
/// another one. What answers such an item goes with it.
pub(super) fn forked_out_of_sight(world: &World) -> Result<BTreeSet<ItemId>, StoreError> {
    let mut items = BTreeSet::new();
    for simulated in world.boxes() {
        for fork in projection::forks(&simulated.disk)? {
            let signed = signed_with(&simulated.disk, &fork.device)?;
            let is_hidden = |header: &Header| {
                header.neighbourhood() != header.home() || !matches!(header.space, Space::Register | Space::Neighbours)
            };
            if signed.iter().any(|operation| is_hidden(operation.header())) {
                items.extend(signed.iter().map(|operation| operation.header().item()));
            }
        }
        simulated.disk.take_cost();
    }
    with_answers(world, items)
}

/// The items about which somebody wrote something with a device of which some box keeps as much without counting it as there
/// is room for: what cannot be counted when it comes, such as what came without its text, that box may drop.
pub(super) fn without_room_anywhere(world: &World) -> Result<BTreeSet<ItemId>, StoreError> {
    let mut devices = BTreeSet::new();
    for simulated in world.boxes() {
        devices.extend(without_room(&simulated.disk)?);
    }
    let mut items = BTreeSet::new();
    for simulated in world.boxes() {
        for device in &devices {
            items.extend(signed_with(&simulated.disk, device)?.iter().map(|operation| operation.header().item()));
        }
    }
    with_answers(world, items)
}

/// All that is on a disk and was signed with a device.
fn signed_with(disk: &Disk, device: &PublicKey) -> Result<Vec<Signed>, StoreError> {
    let mut signed = Vec::new();
    for key in disk.keys_with_prefix(Table::Devices, device.as_bytes(), usize::MAX)? {
        let id = OperationId::try_from(&key[40..]).map_err(|_| StoreError::Damaged("a device's operation"))?;
        signed.extend(operation(disk, &id)?);
    }
    Ok(signed)
}

/// These items, and what answers them on any box.
fn with_answers(world: &World, items: BTreeSet<ItemId>) -> Result<BTreeSet<ItemId>, StoreError> {
    let mut answers = BTreeSet::new();
    for simulated in world.boxes().filter(|_| !items.is_empty()) {
        let is_out = |row: &ItemRow| row.subject.is_some_and(|subject| items.contains(&subject));
        each_row(&simulated.disk, |row, _| answers.extend(is_out(&row).then_some(row.id)))?;
    }
    Ok(items.into_iter().chain(answers).collect())
}

/// The device that a key of such a table starts with.
fn device_of(key: &[u8]) -> Option<PublicKey> {
    Some(PublicKey::from_bytes(key.get(..32)?.try_into().ok()?))
}
