//! Keys, and statements signed with them.

pub mod cose;
pub mod keys;

pub use keys::{PublicKey, SecretKey, Signature, SignatureError};
