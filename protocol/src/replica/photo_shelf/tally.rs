//! Photos with their bytes, summed up while they come and go: the figures are asked for after every commit.

use std::collections::{BTreeMap, BTreeSet};

use crate::photo::PhotoId;

/// Photos with their bytes, and the sum of those.
#[derive(Default)]
pub(super) struct Tally {
    photos: BTreeMap<PhotoId, u64>,
    bytes: u64,
}

impl Tally {
    /// Counts a photo with so many bytes, or no longer. Says whether it was not counted before and is now.
    pub(super) fn set(&mut self, photo: &PhotoId, bytes: Option<u64>) -> bool {
        let before = match bytes {
            Some(bytes) => self.photos.insert(*photo, bytes),
            None => self.photos.remove(photo),
        };
        self.bytes = self.bytes + bytes.unwrap_or_default() - before.unwrap_or_default();
        bytes.is_some() && before.is_none()
    }

    /// Which photos.
    pub(super) fn photos(&self) -> impl Iterator<Item = &PhotoId> {
        self.photos.keys()
    }

    /// How many.
    pub(super) fn count(&self) -> usize {
        self.photos.len()
    }

    /// How many bytes together.
    pub(super) const fn bytes(&self) -> u64 {
        self.bytes
    }
}

/// Puts a photo into a set, or takes it out.
pub(super) fn put(set: &mut BTreeSet<PhotoId>, photo: &PhotoId, is_in: bool) {
    if is_in {
        set.insert(*photo);
    } else {
        set.remove(photo);
    }
}
