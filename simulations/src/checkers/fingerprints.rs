//! Finding many texts of 32 bytes in a great many bytes, at any position.

use super::by_id::ById;

/// The table of bits has two to this many: with half a million fingerprints one place in sixteen is looked at more closely.
const PLACES_BITS: u32 = 26;
/// How far the places lie apart at which a text is looked at. The eight bytes at one of them are in every text of 32 bytes
/// that starts there or up to so many bytes before.
const STRIDE: usize = 8;

/// 32 bytes that occur nowhere else.
pub(super) type Fingerprint = [u8; 32];

/// Fingerprints and all that each stands for: short texts may be written twice. A table of bits has one for what each of the
/// first [`STRIDE`] groups of eight bytes in each of them hashes to, so that a text is looked at in every eighth place only,
/// and nearly every place is decided at once, however many fingerprints there are.
pub(super) struct Fingerprints<T> {
    known: ById<Fingerprint, Vec<T>>,
    places: Vec<u64>,
}

impl<T> Default for Fingerprints<T> {
    fn default() -> Self {
        Self { known: ById::default(), places: vec![0; 1 << (PLACES_BITS - 6)] }
    }
}

impl<T: PartialEq> Fingerprints<T> {
    /// Looks out for a fingerprint from here on.
    pub(super) fn insert(&mut self, fingerprint: Fingerprint, stands_for: T) {
        for group in fingerprint.windows(8).take(STRIDE) {
            let (word, bit) = place(group);
            self.places[word] |= bit;
        }
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
        let groups = bytes.chunks_exact(8).enumerate().filter(|(_, group)| {
            let (word, bit) = place(group);
            self.places[word] & bit != 0
        });
        let starts = groups.flat_map(|(number, _)| (number * STRIDE).saturating_sub(STRIDE - 1)..=number * STRIDE);
        let windows = starts.filter_map(|start| bytes.get(start..)?.first_chunk::<32>());
        windows.filter_map(|window| self.known.get(window).map(Vec::as_slice))
    }
}

/// The word and the bit in the table that eight bytes hash to.
fn place(bytes: &[u8]) -> (usize, u64) {
    let first = bytes.first_chunk().copied().map_or(0, u64::from_le_bytes);
    let hash = first.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - PLACES_BITS);
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
