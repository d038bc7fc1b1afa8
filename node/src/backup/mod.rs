//! A box kept for bad days: one encrypted file, or a folder that grows only by what is new.
//!
//! ```text
//! FILE.age = age( tar( about.json, box.key, box.toml, …, operations/000000001.br, …, photos.txt, photos/ab/cdef…, … ) )
//! FOLDER/  = box-<time>.age   as FILE.age, without the photos; one for each backup
//!            photos/ab/cdef…  age( one photo ), written once; the name is keyed, so it tells nothing to a finder
//!            key.age          age( the folder's own key ), when a passphrase locks it
//!            recipients.txt   for whom the folder is locked, when no passphrase does
//! ```
//!
//! Both forms are [age](https://age-encryption.org/v1) and tar, so that `age -d` and `tar x` read them without us; an operation
//! frame ends in `.br` when it is packed with Brotli, in `.cbor` when it is not.
//!
//! What is kept is operations, files and settings, and nothing that follows from them. Restoring takes the operations in
//! through the one door, where each has to be signed by whom it says: so no backup, whoever made it, puts something on the
//! square that nobody wrote. And since all rows are derived anew on the way, [`restore()`] is at the same time the test that
//! they can be.

mod about;
mod archive;
mod error;
mod folder;
mod hanging;
mod lock;
mod make;
mod pieces;
mod restore;
mod taking_in;

pub use about::{About, FORMAT};
pub use error::BackupError;
pub use folder::is_locked_with_a_passphrase;
pub use lock::{Key, Lock, MIN_PASSPHRASE, identities, passphrase, recipient, small_text};
pub use make::{Destination, Made, Source, make};
pub use pieces::{MAX_PIECE, Piece, pieces};
pub(crate) use pieces::{from_wire, write_piece};
pub use restore::{Purpose, Restored, restore};
pub(crate) use taking_in::TakingIn;
