//! From the code on a letter or a card to the key behind it, and new codes.

use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::identity::letter_code::{ITERATIONS, LetterCode, Purpose};
use dorpsplein_protocol::operation::NeighbourhoodId;
use pbkdf2::pbkdf2_hmac_array;
use sha2::Sha256;

/// A new code of good randomness.
///
/// # Errors
/// When the operating system gives no randomness.
pub fn new_code() -> Result<LetterCode, getrandom::Error> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes)?;
    Ok(LetterCode::from_random(bytes))
}

/// The key behind a code. Takes some tenths of a second on purpose: see [`ITERATIONS`].
pub fn key_of(code: &LetterCode, purpose: Purpose, neighbourhood: &NeighbourhoodId) -> SecretKey {
    let salt = purpose.salt(neighbourhood);
    SecretKey::from_seed(&pbkdf2_hmac_array::<Sha256, 32>(code.compact().as_bytes(), &salt, ITERATIONS))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_code_gives_the_key_that_browsers_make_of_it() {
        // The browser's tests check the same file with WebCrypto.
        let vectors = include_str!("../../protocol/tests/vectors/codes.json");
        let vectors: serde_json::Value = serde_json::from_str(vectors).unwrap();
        let vectors = vectors["vectors"].as_array().unwrap();
        assert_eq!(vectors.len(), 2, "a letter and a card");
        for vector in vectors {
            let text = |name: &str| vector[name].as_str().unwrap();
            let purpose = match text("purpose") {
                "letter" => Purpose::Letter,
                "card" => Purpose::Card,
                other => panic!("{other} is no purpose"),
            };
            let neighbourhood = NeighbourhoodId::from_hex(text("neighbourhood")).unwrap();
            let code = LetterCode::parse(text("written")).unwrap();
            assert_eq!(code.to_string(), text("code"));
            let key = key_of(&code, purpose, &neighbourhood);
            assert_eq!(key.public().to_string(), text("key"));
        }
    }

    #[test]
    fn no_two_codes_are_alike() {
        assert_ne!(new_code().unwrap(), new_code().unwrap());
    }
}
