//! Finding many texts of 32 bytes in a great many bytes, at any position.

use std::collections::BTreeMap;

/// 32 bytes that occur nowhere else.
pub(super) type Fingerprint = [u8; 32];

/// Fingerprints and what each stands for. The first two bytes decide most positions.
pub(super) struct Fingerprints<T> {
    known: BTreeMap<Fingerprint, T>,
    starts: Vec<bool>,
}

impl<T> Default for Fingerprints<T> {
    fn default() -> Self {
        Self { known: BTreeMap::new(), starts: vec![false; 1 << 16] }
    }
}

impl<T> Fingerprints<T> {
    /// Looks out for a fingerprint from here on.
    pub(super) fn insert(&mut self, fingerprint: Fingerprint, stands_for: T) {
        self.starts[start(&fingerprint)] = true;
        self.known.insert(fingerprint, stands_for);
    }

    /// Whether there is nothing to look for.
    pub(super) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// What the fingerprints stand for that occur in `bytes`, in the order in which they do.
    pub(super) fn occurring_in<'a>(&'a self, bytes: &'a [u8]) -> impl Iterator<Item = &'a T> {
        let windows = bytes.windows(32).filter(|window| self.starts[start(window)]);
        windows.filter_map(|window| self.known.get(window))
    }
}

fn start(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
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
            assert_eq!(known.occurring_in(&text).collect::<Vec<_>>(), [&7], "after {before} bytes");
        }
        assert_eq!(known.occurring_in(&mark[1..]).count(), 0);
        assert_eq!(known.occurring_in(b"").count(), 0);
    }
}
