//! Photos: files beside the operations, named by what is in them, that items refer to.
//!
//! An item refers to a photo in a field of its payload, so its audience, its erasure and its quota are those of the item. The
//! file travels by itself, in [chunks](CHUNK_BYTES) that are checked one by one against the photo's name.

mod chunks;
mod file;
mod glance;
mod reference;

pub use chunks::{CHUNK_BYTES, ChunkHashes, MAX_CHUNKS, PhotoId, chunk_count, chunk_range};
pub use file::{Facts, FileError, Format, inspect};
pub use glance::size_of;
pub use reference::{MAX_ALT, Photo, PhotoError};

/// The most bytes of a photo's file.
pub const MAX_PHOTO_BYTES: usize = 8 * 1024 * 1024;
/// The most pixels of a photo: four times what pages publish, and so few that a box with 512 MB of memory unpacks it with
/// room to spare.
pub const MAX_PIXELS: u64 = 16_000_000;
/// The most pixels of a picture that somebody chooses to publish: as many as telephones take. It is drawn anew, and smaller.
pub const MAX_SOURCE_PIXELS: u64 = 64_000_000;
/// The most photos of one item.
pub const MAX_PHOTOS: usize = 8;
