//! What connectors look into: devices that forked, and which neighbours erased what was erased here.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use minicbor::{Decode, Encode};

use super::keys::space_prefix;
use crate::codec;
use crate::identity::PublicKey;
use crate::operation::{ItemId, NeighbourhoodId, OperationId};
use crate::store::{Direction, Read, StoreError, Table};
use crate::sync::SpaceId;
use crate::time::Timestamp;

/// Two or more operations of one device with one number. All of them are kept; which one counts say the
/// [`branches`](super::branches()) of the device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fork {
    /// The device.
    pub device: PublicKey,
    /// The number.
    pub sequence: u64,
    /// The operations, lowest id first; at least two.
    pub operations: Vec<OperationId>,
}

/// Since when a neighbourhood is known to have erased what was erased here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The neighbourhood.
    pub neighbourhood: NeighbourhoodId,
    /// When one of its boxes was first found in step after the erasure, by this box's clock. An honest box then holds the
    /// erasure and has applied it; what a dishonest one does with its copy, nobody can know.
    pub since: Timestamp,
}

/// When payloads went in a space, on this box or next door: since then a peer in step there has dropped them too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct ErasedHere {
    #[n(0)]
    pub(crate) space: SpaceId,
    #[n(1)]
    pub(crate) at: Timestamp,
    /// Whether the item was erased; if not, it left this space and stays where it lives.
    #[n(2)]
    pub(crate) whole: bool,
}

impl ErasedHere {
    pub(crate) fn encode(all: &Vec<Self>) -> Vec<u8> {
        codec::encode(all)
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Vec<Self>, StoreError> {
        minicbor::decode(bytes).map_err(|_| StoreError::Damaged("the time of an erasure"))
    }
}

/// The devices that signed two operations with one number, decided or not, in the order of their keys.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn forks(read: &impl Read) -> Result<Vec<Fork>, StoreError> {
    let mut forks: Vec<Fork> = Vec::new();
    let mut damaged = false;
    read.scan_prefix(Table::Forks, &[], Direction::Ascending, &mut |key, _| {
        let Some((device, sequence, id)) = split_fork_key(key) else {
            damaged = true;
            return ControlFlow::Break(());
        };
        match forks.last_mut().filter(|fork| (fork.device, fork.sequence) == (device, sequence)) {
            Some(fork) => fork.operations.push(id),
            None => forks.push(Fork { device, sequence, operations: vec![id] }),
        }
        ControlFlow::Continue(())
    })?;
    if damaged { Err(StoreError::Damaged("a fork")) } else { Ok(forks) }
}

/// The neighbourhoods whose boxes were in step with this one since an item was erased here, or left the audience they
/// belong to, in the order of their ids; of what was erased the box's own neighbourhood is among them when it has more than
/// one box. Empty for what is neither.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn receipts(read: &impl Read, item: &ItemId) -> Result<Vec<Receipt>, StoreError> {
    let Some(erased) = read.get(Table::Erasures, item.as_bytes())? else { return Ok(Vec::new()) };
    let mut receipts: BTreeMap<NeighbourhoodId, Timestamp> = BTreeMap::new();
    for gone in ErasedHere::decode(&erased)? {
        let prefix = space_prefix(&gone.space.neighbourhood, &gone.space.space);
        read.scan_prefix(Table::Receipts, &prefix, Direction::Ascending, &mut |key, _| {
            if let Some((neighbourhood, since)) = split_receipt(&key[prefix.len()..])
                && since >= gone.at
                && (gone.whole || neighbourhood != gone.space.neighbourhood)
            {
                let first = receipts.entry(neighbourhood).or_insert(since);
                *first = since.min(*first);
            }
            ControlFlow::Continue(())
        })?;
    }
    Ok(receipts.into_iter().map(|(neighbourhood, since)| Receipt { neighbourhood, since }).collect())
}

/// The key of a time at which a neighbourhood was found in step.
pub(crate) fn receipt_key(space: &SpaceId, peer: &NeighbourhoodId, at: Timestamp) -> Vec<u8> {
    [&receipt_prefix(space, peer)[..], &at.as_millis().to_be_bytes()].concat()
}

/// What the keys of all such times start with.
pub(crate) fn receipt_prefix(space: &SpaceId, peer: &NeighbourhoodId) -> Vec<u8> {
    [&space_prefix(&space.neighbourhood, &space.space)[..], peer.as_bytes()].concat()
}

/// neighbourhood ‖ time.
pub(crate) fn split_receipt(rest: &[u8]) -> Option<(NeighbourhoodId, Timestamp)> {
    let (neighbourhood, time) = rest.split_at_checked(32)?;
    let time = u64::from_be_bytes(time.try_into().ok()?);
    Some((neighbourhood.try_into().ok()?, Timestamp::from_millis(time)))
}

/// device ‖ sequence ‖ id.
fn split_fork_key(key: &[u8]) -> Option<(PublicKey, u64, OperationId)> {
    let device = PublicKey::from_bytes(key.get(..32)?.try_into().ok()?);
    let sequence = u64::from_be_bytes(key.get(32..40)?.try_into().ok()?);
    Some((device, sequence, key.get(40..)?.try_into().ok()?))
}
