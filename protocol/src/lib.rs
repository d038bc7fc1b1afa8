//! What a neighbourhood's boxes agree on.
pub mod codec;
pub mod identity;
pub mod operation;
pub mod time;
#[cfg(feature = "replica")]
pub mod store;
