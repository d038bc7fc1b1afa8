//! Finding many texts of 32 bytes in a great many bytes, at any position.

use super::by_id::ById;

/// The table of bits has two to this many: with a million fingerprints one position in seventy is looked at more closely.
const START_BITS: u32 = 26;

/// 32 bytes that occur nowhere else.
pub(super) type Fingerprint = [u8; 32];

/// Fingerprints and all that each stands for: short texts may be written twice. A table of
/// bits, one for what the first eight bytes hash to, decides nearly every position, however many fingerprints there are.
pub(super) struct Fingerprints<T> {
    known: ById<Fingerprint, Vec<T>>,
    starts: Vec<u64>,
}

impl<T> Default for Fingerprints<T> {
    fn default() -> Self {
        Self { known: ById::default(), starts: vec![0; 1 << (START_BITS - 6)] }
    }
}

impl<T: PartialEq> Fingerprints<T> {
    /// Looks out for a fingerprint from here on.
    pub(super) fn insert(&mut self, fingerprint: Fingerprint, stands_for: T) {
        let (word, bit) = start(&fingerprint);
        self.starts[word] |= bit;
        let all = self.known.entry(fingerprint).or_default();
        if !all.contains(&stands_for) {
            all.push(stands_for);
        }
    }

    /// Whether there is nothing to look for.
    pub(super) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// What the fingerprints stand for that occur in `bytes`, in the order in which they do.
    pub(super) fn occurring_in<'a>(&'a self, bytes: &'a [u8]) -> impl Iterator<Item = &'a [T]> {
        let may_start = |window: &&[u8]| {
            let (word, bit) = start(window);
            self.starts[word] & bit != 0
        };
        let windows = bytes.windows(32).filter(may_start);
        windows.filter_map(|window| self.known.get(window.first_chunk::<32>()?).map(Vec::as_slice))
    }
}

/// The word and the bit in the table that the first eight bytes hash to.
fn start(bytes: &[u8]) -> (usize, u64) {
    let first = bytes.first_chunk().copied().map_or(0, u64::from_le_bytes);
    let hash = first.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - START_BITS);
    (usize::try_from(hash >> 6).unwrap_or_default(), 1 << (hash & 63))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_found_at_every_position() {
        let mut known = Fingerprints::default();
        let mark = *b"dit staat nergens anders, nooit!";
        known.insert(mark, 7);
        for before in 0..40 {
            let text = [&vec![b'd'; before][..], &mark, b"en nog wat"].concat();
            assert_eq!(known.occurring_in(&text).collect::<Vec<_>>(), [&[7][..]], "after {before} bytes");
        }
        assert_eq!(known.occurring_in(&mark[1..]).count(), 0);
        assert_eq!(known.occurring_in(b"").count(), 0);
    }
}
