//! A photo's name, and how its chunks are checked against it while they arrive.
//!
//! The name is the SHA-256 of the hashes of the chunks, one after the other. So whoever has the name can check the list of
//! hashes, and with the list every chunk by itself, whoever brings it and in whatever order. A tree of hashes would save the
//! list, at most 4 KiB once a photo, and add a path to each chunk; a list of hashes beside the hash of the whole file would be
//! two names that a liar could let contradict each other.

use std::ops::Range;

use sha2::{Digest, Sha256};

use super::MAX_PHOTO_BYTES;
use crate::hash_id::hash_id;

/// The bytes of every chunk of a photo but its last, which may be shorter.
pub const CHUNK_BYTES: usize = 64 * 1024;
/// The most chunks of a photo.
pub const MAX_CHUNKS: usize = MAX_PHOTO_BYTES / CHUNK_BYTES;

hash_id! {
    /// A photo: the SHA-256 of the SHA-256 hashes of its chunks, one after the other.
    PhotoId
}

/// The hashes of a photo's chunks, in order: 1 to [`MAX_CHUNKS`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChunkHashes(Vec<[u8; 32]>);

/// How many chunks a file of so many bytes has.
pub const fn chunk_count(length: usize) -> usize {
    length.div_ceil(CHUNK_BYTES)
}

/// Where the chunk `index` stands in a file of `length` bytes; an empty range when it is not in it.
pub fn chunk_range(length: usize, index: usize) -> Range<usize> {
    let start = index.saturating_mul(CHUNK_BYTES).min(length);
    start..start.saturating_add(CHUNK_BYTES).min(length)
}

impl PhotoId {
    /// The name of a whole file; `None` when it is empty or too large to be a photo's.
    pub fn of(file: &[u8]) -> Option<Self> {
        ChunkHashes::of(file).map(|hashes| hashes.photo())
    }
}

impl ChunkHashes {
    /// Those of a whole file; `None` when it is empty or has more than [`MAX_PHOTO_BYTES`].
    pub fn of(file: &[u8]) -> Option<Self> {
        let fits = !file.is_empty() && file.len() <= MAX_PHOTO_BYTES;
        fits.then(|| Self(file.chunks(CHUNK_BYTES).map(|chunk| Sha256::digest(chunk).into()).collect()))
    }

    /// Reads a list that a peer sent, if it is the one of `photo`.
    pub fn read(bytes: &[u8], photo: &PhotoId) -> Option<Self> {
        let (hashes, rest) = bytes.as_chunks::<32>();
        let fits = rest.is_empty() && (1..=MAX_CHUNKS).contains(&hashes.len());
        let is_named = || Sha256::digest(bytes).as_slice() == photo.as_bytes();
        (fits && is_named()).then(|| Self(hashes.to_vec()))
    }

    /// The list as it is sent: the hashes one after the other.
    pub fn bytes(&self) -> Vec<u8> {
        self.0.concat()
    }

    /// The name of the photo.
    pub fn photo(&self) -> PhotoId {
        PhotoId(Sha256::digest(self.bytes()).into())
    }

    /// How many chunks the photo has.
    pub const fn count(&self) -> usize {
        self.0.len()
    }

    /// Whether `data` is the chunk `index` of the photo.
    pub fn admits(&self, index: usize, data: &[u8]) -> bool {
        let Some(hash) = self.0.get(index) else { return false };
        let full = index + 1 < self.0.len();
        let fits = if full { data.len() == CHUNK_BYTES } else { (1..=CHUNK_BYTES).contains(&data.len()) };
        fits && Sha256::digest(data).as_slice() == hash
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn file(length: usize) -> Vec<u8> {
        (0..length).map(|at| (at % 251) as u8).collect()
    }

    #[test]
    fn every_chunk_is_checked_by_itself_against_the_name() {
        let file = file(2 * CHUNK_BYTES + 5);
        let photo = PhotoId::of(&file).unwrap();
        let hashes = ChunkHashes::read(&ChunkHashes::of(&file).unwrap().bytes(), &photo).unwrap();
        assert_eq!((hashes.count(), chunk_count(file.len())), (3, 3));
        for index in 0..3 {
            let chunk = &file[chunk_range(file.len(), index)];
            assert!(hashes.admits(index, chunk));
            assert!(!hashes.admits((index + 1) % 3, chunk), "in another place");
            let mut other = chunk.to_vec();
            other[0] ^= 1;
            assert!(!hashes.admits(index, &other) && !hashes.admits(index, &chunk[1..]));
        }
        assert!(!hashes.admits(3, &[]) && chunk_range(file.len(), 3).is_empty());
    }

    #[test]
    fn a_list_that_is_not_the_photos_is_refused() {
        let file = file(CHUNK_BYTES + 1);
        let (photo, list) = (PhotoId::of(&file).unwrap(), ChunkHashes::of(&file).unwrap().bytes());
        assert!(ChunkHashes::read(&list, &photo).is_some());
        let mut other = list.clone();
        other[40] ^= 1;
        for wrong in [other, list[..32].to_vec(), list[..63].to_vec(), Vec::new(), [list.clone(), list].concat()] {
            assert_eq!(ChunkHashes::read(&wrong, &photo), None);
        }
        let long = vec![7; 32 * (MAX_CHUNKS + 1)];
        let named = PhotoId(Sha256::digest(&long).into());
        assert_eq!(ChunkHashes::read(&long, &named), None, "longer than a photo may be");
    }

    #[test]
    fn what_is_no_photos_file_has_no_name() {
        assert_eq!(PhotoId::of(&[]), None);
        assert_eq!(PhotoId::of(&vec![0; MAX_PHOTO_BYTES + 1]), None);
        assert_eq!(ChunkHashes::of(&vec![0; MAX_PHOTO_BYTES]).unwrap().count(), MAX_CHUNKS);
        let photo = PhotoId::of(b"een foto").unwrap();
        assert_eq!(PhotoId::from_hex(&photo.to_string()), Some(photo));
    }
}
