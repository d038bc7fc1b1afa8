//! The code on paper: the one secret of an invitation letter or of a resident's spare card (*reservekaart*).
//!
//! Twelve symbols that people can type, 60 bits. The register holds the public half of the key behind a code, so whoever
//! has the register can try codes at leisure; [`ITERATIONS`] rounds of PBKDF2 make each try dear. What stretches is the
//! shell's: a library in a box, WebCrypto in a browser. Both give it what stands here.

use std::fmt;

use super::crockford;
use crate::operation::NeighbourhoodId;

pub use super::crockford::CodeError;

/// Rounds of PBKDF2-HMAC-SHA-256 between a code and its key: what OWASP asks for passwords, under a second on a telephone.
pub const ITERATIONS: u32 = 600_000;

/// The symbols of a code, without the dashes between groups of four.
pub const SYMBOLS: usize = 12;

/// What a code is for. The same code gives unrelated keys for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The one-time key of an invitation.
    Letter,
    /// The key of a resident's spare card, which can only add a device.
    Card,
}

/// A code of 60 bits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LetterCode(u64);

impl LetterCode {
    /// The code made of the first 60 bits of good randomness, which the caller supplies.
    pub fn from_random(bytes: [u8; 8]) -> Self {
        Self(u64::from_be_bytes(bytes) >> 4)
    }

    /// Reads a code as people copy it: upper or lower case, I and L for 1, O for 0, spaces and dashes anywhere.
    ///
    /// # Errors
    /// [`CodeError::Symbol`] and [`CodeError::Length`].
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let value = crockford::decode(text, SYMBOLS)?;
        u64::try_from(value).map(Self).map_err(|_| CodeError::Range)
    }

    /// The twelve symbols without dashes: what stands behind the `#` of a link, and what is stretched.
    pub fn compact(&self) -> String {
        crockford::encode(self.0.into(), SYMBOLS)
    }
}

impl Purpose {
    /// The salt of PBKDF2: the purpose and the neighbourhood, so that a table of tried codes serves one village only.
    pub fn salt(self, neighbourhood: &NeighbourhoodId) -> Vec<u8> {
        let purpose: &[u8] = match self {
            Self::Letter => b"dorpsplein/letter/1",
            Self::Card => b"dorpsplein/card/1",
        };
        [purpose, neighbourhood.as_bytes()].concat()
    }
}

/// In groups of four, as it is printed: `7K3M-92XQ-A4TD`.
impl fmt::Display for LetterCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let symbols = self.compact();
        write!(f, "{}-{}-{}", &symbols[..4], &symbols[4..8], &symbols[8..])
    }
}

/// A code is a secret: it is not shown by accident.
impl fmt::Debug for LetterCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LetterCode(…)")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_code_is_read_as_people_copy_it() {
        let code = LetterCode::parse("7K3M-92XQ-A4TD").unwrap();
        assert_eq!(code.to_string(), "7K3M-92XQ-A4TD");
        assert_eq!(code.compact(), "7K3M92XQA4TD");
        for copied in ["7k3m 92xq a4td", " 7K3M92XQA4TD\n", "7k3m–92xq–a4td", "7-K-3-M-9-2-X-Q-A-4-T-D"] {
            assert_eq!(LetterCode::parse(copied), Ok(code), "{copied}");
        }
        let ones_and_noughts = LetterCode::parse("1011-0101-1010").unwrap();
        for copied in ["IOlL-oiOI-lOl0", "i0ii-0l0l-L0L0"] {
            assert_eq!(LetterCode::parse(copied), Ok(ones_and_noughts), "{copied}");
        }
    }

    #[test]
    fn what_is_no_code_says_what_is_wrong_with_it() {
        let length = |found| CodeError::Length { found, expected: SYMBOLS };
        assert_eq!(LetterCode::parse(""), Err(length(0)));
        assert_eq!(LetterCode::parse("7K3M-92XQ-A4T"), Err(length(11)));
        assert_eq!(LetterCode::parse(&"7".repeat(100_000)), Err(length(13)), "what is too long is not read to its end");
        for strange in ["7K3M-92XQ-A4TU", "7K3M_92XQ_A4TD", "7K3M-92XQ-A4T!", "7K3M-92XQ-A4Té"] {
            assert_eq!(LetterCode::parse(strange), Err(CodeError::Symbol), "{strange}");
        }
    }

    #[test]
    fn every_bit_of_randomness_but_the_last_four_is_in_the_code() {
        assert_eq!(LetterCode::from_random([0xff; 8]).compact(), "ZZZZZZZZZZZZ");
        assert_eq!(LetterCode::from_random([0; 8]).compact(), "000000000000");
        for bit in 0..64 {
            let code = LetterCode::from_random((1_u64 << bit).to_be_bytes());
            assert_eq!(code.0 == 0, bit < 4);
            assert_eq!(LetterCode::parse(&code.to_string()), Ok(code));
        }
    }

    #[test]
    fn letters_and_cards_are_salted_apart_and_villages_too() {
        let (here, there) = (NeighbourhoodId::from_bytes([1; 32]), NeighbourhoodId::from_bytes([2; 32]));
        assert_ne!(Purpose::Letter.salt(&here), Purpose::Card.salt(&here));
        assert_ne!(Purpose::Letter.salt(&here), Purpose::Letter.salt(&there));
        assert_eq!(Purpose::Letter.salt(&here), [b"dorpsplein/letter/1".as_slice(), &[1; 32]].concat());
    }

    #[test]
    fn a_code_is_not_shown_by_accident() {
        assert!(!format!("{:?}", LetterCode::from_random([0xff; 8])).contains('Z'));
    }
}
