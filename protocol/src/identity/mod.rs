//! Keys, statements signed with them, and the codes that people carry keys in.

pub mod cose;
pub(crate) mod crockford;
pub mod keys;
pub mod letter_code;

pub use keys::{Keyring, PublicKey, SecretKey, Signature, SignatureError};
pub use letter_code::LetterCode;
