//! The set of operations of one space, as reconciliation wants it: ordered by (hour, id), with its root kept up to date.

use negentropy::{Bound, Error, Id, Item, NegentropyStorageBase};

use super::{SpaceId, SpaceRoot};
use crate::operation::OperationId;
use crate::time::Timestamp;

/// Operation ids ordered by the hour they were signed in, then by id.
///
/// Adding costs a binary search and, as operations mostly come in the order of time, little moving; a root costs nothing.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    items: Vec<Item>,
    sum: [u8; 32],
}

impl Tree {
    /// Adds an operation; one that is there already changes nothing.
    pub fn insert(&mut self, time: Timestamp, id: &OperationId) {
        self.insert_hour(time.hour(), id);
    }

    pub(crate) fn insert_hour(&mut self, hour: u64, id: &OperationId) {
        let item = Item { timestamp: hour, id: Id::from_byte_array(*id.as_bytes()) };
        if let Err(at) = self.items.binary_search(&item) {
            self.items.insert(at, item);
            add(&mut self.sum, id.as_bytes());
        }
    }

    /// Takes an operation out; one that is not there changes nothing.
    pub fn remove(&mut self, time: Timestamp, id: &OperationId) {
        let item = Item { timestamp: time.hour(), id: Id::from_byte_array(*id.as_bytes()) };
        if let Ok(at) = self.items.binary_search(&item) {
            self.items.remove(at);
            subtract(&mut self.sum, id.as_bytes());
        }
    }

    /// How many operations there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The same without some operations: what nobody compares, but for a mistake that is planted.
    pub(crate) fn without(&self, out: impl Fn(&OperationId) -> bool) -> Self {
        let mut tree = Self::default();
        for item in &self.items {
            let id = OperationId::from_bytes(item.id.to_bytes());
            if !out(&id) {
                tree.insert_hour(item.timestamp, &id);
            }
        }
        tree
    }

    /// The root, for the space `id`.
    pub fn root(&self, id: SpaceId) -> SpaceRoot {
        SpaceRoot { id, count: self.items.len() as u64, sum: self.sum }
    }
}

/// Adds two 256-bit big-endian numbers, dropping the carry out of the top.
fn add(sum: &mut [u8; 32], id: &[u8; 32]) {
    let mut carry = 0;
    for (digit, other) in sum.iter_mut().zip(id).rev() {
        let total = u16::from(*digit) + u16::from(*other) + carry;
        *digit = total as u8;
        carry = total >> 8;
    }
}

/// Subtracts a 256-bit big-endian number from another, modulo 2^256.
fn subtract(sum: &mut [u8; 32], id: &[u8; 32]) {
    let mut borrow = 0;
    for (digit, other) in sum.iter_mut().zip(id).rev() {
        let total = 256 + u16::from(*digit) - u16::from(*other) - borrow;
        *digit = total as u8;
        borrow = u16::from(total < 256);
    }
}

impl NegentropyStorageBase for Tree {
    fn size(&self) -> Result<usize, Error> {
        Ok(self.items.len())
    }

    fn get_item(&self, i: usize) -> Result<Option<Item>, Error> {
        Ok(self.items.get(i).copied())
    }

    fn iterate(
        &self,
        begin: usize,
        end: usize,
        visit: &mut dyn FnMut(Item, usize) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let range = self.items.get(begin..end).ok_or(Error::BadRange)?;
        for (offset, item) in range.iter().enumerate() {
            if !visit(*item, begin + offset)? {
                break;
            }
        }
        Ok(())
    }

    fn find_lower_bound(&self, first: usize, last: usize, value: &Bound) -> usize {
        first + self.items[first..last].partition_point(|item| item < &value.item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_do_not_depend_on_order_or_repetition() {
        let ids: Vec<OperationId> = (0..200u8).map(|n| OperationId::from_bytes([n.wrapping_mul(37); 32])).collect();
        let mut forwards = Tree::default();
        let mut backwards = Tree::default();
        for (n, id) in ids.iter().enumerate() {
            forwards.insert_hour(n as u64 / 7, id);
            forwards.insert_hour(n as u64 / 7, id);
        }
        for (n, id) in ids.iter().enumerate().rev() {
            backwards.insert_hour(n as u64 / 7, id);
        }
        assert_eq!((forwards.items, forwards.sum), (backwards.items, backwards.sum));
    }
}
