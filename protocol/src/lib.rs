//! What a neighbourhood's boxes agree on: signed operations, items, the register and replication.
//!
//! This crate decides everything and touches nothing: no clock, no randomness, no sockets, no files, no threads. A shell
//! (a box, a simulation, a browser) brings those. The modules build on each other from the top of this list down:
//!
//! - [`time`], [`hex`], [`codec`], [`identity`]: instants, ids as text, deterministic CBOR, keys and the signed envelope;
//! - [`operation`], [`validate`], [`compose`], [`proof`]: what is signed, what of it makes sense, how a device makes it,
//!   how a reader checks it;
//! - [`recurrence`]: how an event recurs;
//! - [`photo`]: files that items refer to, named by what is in them, and what such a file may be;
//! - [`login`], [`linking`]: how a device proves itself to a site, and how two devices meet;
//! - [`item`], [`authority`]: what edits come to, and who may make them;
//! - [`store`], [`projection`], [`sync`]: what is kept, what pages read of it, how two boxes compare it;
//! - [`bundle`], [`archive`]: what a space holds, as a file; all that a store holds, for a backup;
//! - [`replica`]: the one door, through which every operation enters;
//! - [`planted`]: deliberate mistakes, none of them in what is shipped, to check the simulator's checkers.
//!
//! Without the feature `replica` only the first five lines remain: what a browser needs.

pub mod codec;
pub mod compose;
mod hash_id;
pub mod hex;
pub mod identity;
pub mod linking;
pub mod login;
pub mod operation;
pub mod photo;
pub mod planted;
pub mod proof;
pub mod recurrence;
pub mod time;
pub mod validate;

#[cfg(feature = "replica")]
pub mod archive;
#[cfg(feature = "replica")]
pub mod authority;
#[cfg(feature = "replica")]
pub mod bundle;
#[cfg(feature = "replica")]
pub mod item;
#[cfg(feature = "replica")]
pub mod projection;
#[cfg(feature = "replica")]
pub mod replica;
#[cfg(feature = "replica")]
pub mod store;
#[cfg(feature = "replica")]
pub mod sync;
