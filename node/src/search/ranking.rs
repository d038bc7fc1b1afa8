//! Which of the entries found come first, and the places in such a list.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt;
use std::str::FromStr;

use dorpsplein_protocol::hex;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

use super::entry::ClockNumber;

/// The place of an entry in the list of what is found: the higher, the earlier.
///
/// It says nothing of how often a word occurs elsewhere, so no place tells of what its reader may not see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    /// How well it fits; half of that for what is over.
    pub(super) score: u32,
    /// When it was made: of two that fit alike, the latest comes first.
    pub(super) created: u64,
    /// Tells apart what was made in the same millisecond.
    pub(super) mark: u64,
}

impl Rank {
    const BYTES: usize = 20;
}

impl fmt::Display for Rank {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}{:016x}{:016x}", self.score, self.created, self.mark)
    }
}

impl FromStr for Rank {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let bytes: [u8; Self::BYTES] = hex::decode(text).ok_or(())?.try_into().map_err(|_| ())?;
        let number = |from: usize| bytes[from..from + 8].iter().fold(0, |all, byte| all << 8 | u64::from(*byte));
        let score = bytes[..4].iter().fold(0, |all, byte| all << 8 | u32::from(*byte));
        Ok(Self { score, created: number(4), mark: number(12) })
    }
}

/// Collects the first entries after a place.
pub(super) struct First {
    pub(super) limit: usize,
    pub(super) after: Option<Rank>,
    pub(super) now: ClockNumber,
}

/// The same within a part of the index.
pub(super) struct FirstOfSegment {
    limit: usize,
    after: Option<Rank>,
    now: ClockNumber,
    segment: SegmentOrdinal,
    created: Column<u64>,
    over: Column<u64>,
    mark: Column<u64>,
    /// The last of those kept is on top.
    kept: BinaryHeap<Reverse<(Rank, DocId)>>,
}

impl Collector for First {
    type Fruit = Vec<(Rank, DocAddress)>;
    type Child = FirstOfSegment;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<FirstOfSegment> {
        let columns = reader.fast_fields();
        Ok(FirstOfSegment {
            limit: self.limit,
            after: self.after,
            now: self.now,
            segment,
            created: columns.u64("created")?,
            over: columns.u64("over")?,
            mark: columns.u64("mark")?,
            kept: BinaryHeap::with_capacity(self.limit + 1),
        })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, fruits: Vec<Self::Fruit>) -> tantivy::Result<Self::Fruit> {
        let mut all: Vec<_> = fruits.into_iter().flatten().collect();
        all.sort_unstable_by_key(|(rank, _)| Reverse(*rank));
        all.truncate(self.limit);
        Ok(all)
    }
}

impl SegmentCollector for FirstOfSegment {
    type Fruit = Vec<(Rank, DocAddress)>;

    fn collect(&mut self, doc: DocId, score: Score) {
        let is_over = self.over.first(doc).is_some_and(|over| over < self.now);
        let rank = Rank {
            score: whole(score) / if is_over { 2 } else { 1 },
            created: self.created.first(doc).unwrap_or_default(),
            mark: self.mark.first(doc).unwrap_or_default(),
        };
        if self.after.is_some_and(|after| rank >= after) {
            return;
        }
        if self.kept.len() == self.limit && self.kept.peek().is_some_and(|Reverse((last, _))| rank <= *last) {
            return;
        }
        self.kept.push(Reverse((rank, doc)));
        if self.kept.len() > self.limit {
            self.kept.pop();
        }
    }

    fn harvest(self) -> Self::Fruit {
        let segment = self.segment;
        self.kept.into_iter().map(|Reverse((rank, doc))| (rank, DocAddress::new(segment, doc))).collect()
    }
}

/// Scores here are sums of small whole numbers.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a sum of at most a dozen small numbers")]
fn whole(score: Score) -> u32 {
    score.round() as u32
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_place_reads_back() {
        let rank = Rank { score: 24, created: 1_795_262_400_000, mark: u64::MAX };
        assert_eq!(rank.to_string().parse(), Ok(rank));
        for odd in ["", "00", &"0".repeat(39), &"g".repeat(40), &"0".repeat(41), &"é".repeat(20)] {
            assert_eq!(odd.parse::<Rank>(), Err(()), "{odd}");
        }
    }

    #[test]
    fn what_fits_better_comes_first_and_then_what_is_newer() {
        let rank = |score, created| Rank { score, created, mark: 0 };
        assert!(rank(10, 0) > rank(9, 5) && rank(9, 5) > rank(9, 4));
    }
}
