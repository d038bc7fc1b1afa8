//! Maps by what is a hash or chance already: a world of a whole country has a million of these, and a look into a sorted map
//! of so many waits for memory twenty times.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// A map whose keys are hashes or chance, or begin with such. It is never walked through, so nothing depends on its order.
pub(super) type ById<K, V> = HashMap<K, V, BuildHasherDefault<Folded>>;

/// A set of such keys.
pub(super) type Ids<K> = HashSet<K, BuildHasherDefault<Folded>>;

/// What was written, eight bytes at a time, folded into one number: the same in every run.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Folded(u64);

impl Folded {
    const fn fold(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

impl Hasher for Folded {
    fn write(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(8) {
            let mut number = [0; 8];
            number[..part.len()].copy_from_slice(part);
            self.fold(u64::from_le_bytes(number));
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.fold(number.into());
    }

    fn write_usize(&mut self, number: usize) {
        self.fold(number as u64);
    }

    fn finish(&self) -> u64 {
        // The map looks at the lowest bits first, and multiplying leaves the chance in the highest.
        self.0 ^ (self.0 >> 32)
    }
}
