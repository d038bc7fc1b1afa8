//! Photos on this box: their files, what is made of them for pages, and the thread that keeps them.
//!
//! Which photos are to be here is the replica's to say (`protocol/src/replica/photos.rs`); this module reads and writes.

mod folder;
mod keeper;
pub mod picture;

pub use folder::{Inventory, PhotoFolder};
pub use keeper::{KeepError, Keeper, KeeperHandle, Photos, start};
