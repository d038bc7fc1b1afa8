//! The set of operations of one space, in order of (hour, id), with sums kept up to date: what two boxes compare.

use std::cmp::Ordering;
use std::ops::Range;

use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

use crate::operation::OperationId;
use crate::time::Timestamp;

/// The most places in one block; a block that grows beyond is halved.
const BLOCK: usize = 512;

/// Where an operation stands in the order of its space: by the hour it was signed in, then by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Hours since 1970, by the author's clock.
    pub hour: u64,
    /// The operation.
    pub id: OperationId,
}

impl Place {
    /// Before every operation.
    pub const START: Self = Self { hour: 0, id: OperationId::from_bytes([0; 32]) };
    /// Behind every operation: no time is that late.
    pub const END: Self = Self { hour: u64::MAX, id: OperationId::from_bytes([u8::MAX; 32]) };
}

/// Stands for a set of operations: the first half of SHA-256(sum of the ids modulo 2^256 ‖ count), both little-endian,
/// the count as eight bytes. Equal sets have equal fingerprints; to make unequal ones equal takes some 2^64 attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Fingerprint(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 16]);

/// The operations of one space.
///
/// Kept in blocks with a sum each, so that adding and taking away cost one block, and the fingerprint of any range costs
/// the blocks in it and parts of two.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// None of them is empty.
    blocks: Vec<Block>,
    length: usize,
    sum: Sum,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Block {
    places: Vec<Place>,
    sum: Sum,
}

/// A position between two operations: a block, and how many of its places lie before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Position {
    block: usize,
    offset: usize,
}

impl Tree {
    /// Adds an operation; one that is there already changes nothing. Says whether it was new.
    pub fn insert(&mut self, time: Timestamp, id: &OperationId) -> bool {
        self.insert_place(Place { hour: time.hour(), id: *id })
    }

    /// Takes an operation out. Says whether it was there.
    pub fn remove(&mut self, time: Timestamp, id: &OperationId) -> bool {
        let place = Place { hour: time.hour(), id: *id };
        let Position { block, offset } = self.position(&place);
        let Some(found) = self.blocks.get_mut(block).filter(|block| block.places.get(offset) == Some(&place)) else {
            return false;
        };
        found.places.remove(offset);
        found.sum.subtract(id);
        if found.places.is_empty() {
            self.blocks.remove(block);
        }
        self.sum.subtract(id);
        self.length -= 1;
        true
    }

    pub(crate) fn insert_place(&mut self, place: Place) -> bool {
        if self.blocks.is_empty() {
            self.blocks.push(Block::default());
        }
        // What comes behind all others goes to the end of the last block.
        let Position { block, offset } = match self.position(&place) {
            Position { block, .. } if block == self.blocks.len() => {
                Position { block: block - 1, offset: self.blocks[block - 1].places.len() }
            }
            position => position,
        };
        let found = &mut self.blocks[block];
        if found.places.get(offset) == Some(&place) {
            return false;
        }
        found.places.insert(offset, place);
        found.sum.add(&place.id);
        if found.places.len() > BLOCK {
            let behind = Block::of(found.places.split_off(BLOCK / 2));
            found.sum.take_away(&behind.sum);
            self.blocks.insert(block + 1, behind);
        }
        self.sum.add(&place.id);
        self.length += 1;
        true
    }

    /// How many operations there are.
    pub const fn len(&self) -> usize {
        self.length
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The fingerprint of the whole.
    pub fn fingerprint(&self) -> Fingerprint {
        self.sum.fingerprint(self.length)
    }

    /// The same without some operations: what nobody compares, but for a mistake that is planted.
    pub(crate) fn without(&self, out: impl Fn(&OperationId) -> bool) -> Self {
        let mut tree = Self::default();
        for place in self.places(&(Place::START..Place::END)).filter(|place| !out(&place.id)) {
            tree.insert_place(*place);
        }
        tree
    }

    /// The operations from the start of a range up to its end, which is not in it.
    pub fn places(&self, range: &Range<Place>) -> impl Iterator<Item = &Place> {
        let from = self.position(&range.start);
        let end = range.end;
        let blocks = self.blocks.get(from.block..).unwrap_or_default().iter();
        blocks.flat_map(|block| &block.places).skip(from.offset).take_while(move |place| **place < end)
    }

    /// How many operations a range holds, and their fingerprint.
    pub fn summary(&self, range: &Range<Place>) -> (usize, Fingerprint) {
        let (from, to) = (self.position(&range.start), self.position(&range.end));
        let (mut count, mut sum) = (0, Sum::default());
        for index in from.block..=to.block {
            let Some(block) = self.blocks.get(index) else { break };
            let start = if index == from.block { from.offset } else { 0 };
            let end = if index == to.block { to.offset } else { block.places.len() };
            if start >= end {
                continue;
            }
            count += end - start;
            if end - start == block.places.len() {
                sum.join(&block.sum);
            } else {
                block.places[start..end].iter().for_each(|place| sum.add(&place.id));
            }
        }
        (count, sum.fingerprint(count))
    }

    /// Where to cut a range of `count` operations so that it falls into `parts` of about the same size: the places at
    /// which the second and every later part begin. There are at least as many operations as parts.
    pub fn cuts(&self, range: &Range<Place>, count: usize, parts: usize) -> Vec<Place> {
        let mut at = self.position(&range.start);
        let mut cuts = Vec::with_capacity(parts.saturating_sub(1));
        for part in 1..parts {
            let mut ahead = count * part / parts - count * (part - 1) / parts;
            while let Some(block) = self.blocks.get(at.block) {
                let left = block.places.len() - at.offset;
                if ahead < left {
                    at.offset += ahead;
                    cuts.push(block.places[at.offset]);
                    break;
                }
                ahead -= left;
                at = Position { block: at.block + 1, offset: 0 };
            }
        }
        cuts
    }

    /// The last operation before a place, if there is one.
    pub fn before(&self, place: &Place) -> Option<&Place> {
        let Position { block, offset } = self.position(place);
        match offset.checked_sub(1) {
            Some(offset) => self.blocks.get(block)?.places.get(offset),
            None => self.blocks.get(block.checked_sub(1)?)?.places.last(),
        }
    }

    /// The position of the first operation that is not before `place`.
    fn position(&self, place: &Place) -> Position {
        let last_before = |block: &Block| block.places.last().is_some_and(|last| last.cmp(place) == Ordering::Less);
        let block = self.blocks.partition_point(last_before);
        let offset = self.blocks.get(block).map_or(0, |block| block.places.partition_point(|other| other < place));
        Position { block, offset }
    }
}

impl Block {
    fn of(places: Vec<Place>) -> Self {
        let mut sum = Sum::default();
        places.iter().for_each(|place| sum.add(&place.id));
        Self { places, sum }
    }
}

/// A number modulo 2^256, the lowest 64 bits first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum([u64; 4]);

impl Sum {
    fn of(id: &OperationId) -> Self {
        let mut digits = [0; 4];
        for (digit, bytes) in digits.iter_mut().zip(id.as_bytes().chunks_exact(8)) {
            *digit = bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte));
        }
        Self(digits)
    }

    fn add(&mut self, id: &OperationId) {
        self.join(&Self::of(id));
    }

    fn subtract(&mut self, id: &OperationId) {
        self.take_away(&Self::of(id));
    }

    fn join(&mut self, other: &Self) {
        let mut carry = false;
        for (digit, other) in self.0.iter_mut().zip(other.0) {
            let (total, first) = digit.overflowing_add(other);
            let (total, second) = total.overflowing_add(u64::from(carry));
            (*digit, carry) = (total, first | second);
        }
    }

    fn take_away(&mut self, other: &Self) {
        let mut borrow = false;
        for (digit, other) in self.0.iter_mut().zip(other.0) {
            let (rest, first) = digit.overflowing_sub(other);
            let (rest, second) = rest.overflowing_sub(u64::from(borrow));
            (*digit, borrow) = (rest, first | second);
        }
    }

    fn fingerprint(&self, count: usize) -> Fingerprint {
        let mut hash = Sha256::new();
        self.0.iter().for_each(|digit| hash.update(digit.to_le_bytes()));
        hash.update((count as u64).to_le_bytes());
        let mut half = [0; 16];
        half.copy_from_slice(&hash.finalize()[..16]);
        Fingerprint(half)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn place(hour: u64, number: u32) -> Place {
        Place { hour, id: OperationId::from_bytes(Sha256::digest(number.to_be_bytes()).into()) }
    }

    fn time(place: &Place) -> Timestamp {
        Timestamp::from_millis(place.hour * 3_600_000)
    }

    /// What a tree of these places has to say about a range, added up one by one.
    fn plainly(places: &BTreeSet<Place>, range: Range<Place>) -> (usize, Fingerprint) {
        let mut sum = Sum::default();
        let count = places.range(range).map(|place| sum.add(&place.id)).count();
        (count, sum.fingerprint(count))
    }

    #[test]
    fn blocks_that_split_and_vanish_keep_their_sums() {
        let all: BTreeSet<Place> = (0..5_000).map(|n| place(u64::from(n) / 9, n)).collect();
        let mut tree = Tree::default();
        for place in all.iter().rev() {
            assert!(tree.insert(time(place), &place.id));
            assert!(!tree.insert(time(place), &place.id), "once is enough");
        }
        let in_order: Vec<Place> = all.iter().copied().collect();
        for window in in_order.windows(700).step_by(311) {
            let range = window[0]..window[699];
            assert_eq!(tree.summary(&range), plainly(&all, range.clone()));
            let cuts = tree.cuts(&range, 699, 16);
            assert_eq!(cuts.len(), 15);
            let ends = cuts.iter().chain([&range.end]);
            let sizes: Vec<usize> = std::iter::once(&range.start)
                .chain(&cuts)
                .zip(ends)
                .map(|(start, end)| tree.summary(&(*start..*end)).0)
                .collect();
            assert_eq!(sizes.iter().sum::<usize>(), 699);
            assert!(sizes.iter().all(|size| (43..=44).contains(size)), "{sizes:?}");
        }
        assert_eq!(tree.summary(&(Place::START..Place::END)), (5_000, tree.fingerprint()));
        for place in in_order.iter().skip(1) {
            assert!(tree.remove(time(place), &place.id));
            assert!(!tree.remove(time(place), &place.id));
        }
        let mut one = Tree::default();
        one.insert(time(&in_order[0]), &in_order[0].id);
        assert_eq!(tree, one);
        assert!(tree.remove(time(&in_order[0]), &in_order[0].id));
        assert_eq!(tree, Tree::default());
    }

    proptest! {
        /// Whatever comes and goes in whatever order, a tree says of every range what its members add up to.
        #[test]
        fn a_tree_is_the_set_it_was_told(
            steps in prop::collection::vec((any::<bool>(), 0u64..6, 0u32..400), 0..1_500),
            bounds in prop::collection::vec((0u64..7, 0u32..400), 2),
        ) {
            let (mut tree, mut set) = (Tree::default(), BTreeSet::new());
            for (comes, hour, number) in steps {
                let place = place(hour, number);
                if comes {
                    prop_assert_eq!(tree.insert(time(&place), &place.id), set.insert(place));
                } else {
                    prop_assert_eq!(tree.remove(time(&place), &place.id), set.remove(&place));
                }
            }
            let (a, b) = (place(bounds[0].0, bounds[0].1), place(bounds[1].0, bounds[1].1));
            let range = a.min(b)..a.max(b);
            prop_assert_eq!(tree.summary(&range), plainly(&set, range.clone()));
            prop_assert!(tree.places(&range).eq(set.range(range.clone())));
            prop_assert_eq!(tree.before(&range.end), set.range(..range.end).next_back());
            prop_assert_eq!((tree.len(), tree.fingerprint()), plainly(&set, Place::START..Place::END));
        }
    }
}
