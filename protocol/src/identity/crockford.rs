//! Crockford's base 32 (<https://www.crockford.com/base32.html>): what people copy from paper and read to each other.
//!
//! Written here and not taken from a library, because every visitor's browser downloads it.

use thiserror::Error;

/// The 32 symbols, without I, L, O and U.
const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Why a text is not the code it should be: what somebody who copied it can look at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CodeError {
    /// A sign that no code has.
    #[error("a code has letters and digits, and no U")]
    Symbol,
    /// More or fewer signs than such a code has.
    #[error("the code has {found} signs and should have {expected}")]
    Length {
        /// How many it has, without spaces and dashes.
        found: usize,
        /// How many it should have.
        expected: usize,
    },
    /// The right signs, and a number too large to be such a code.
    #[error("there is no such code")]
    Range,
}

/// The lowest `5 * length` bits of `value` as `length` upper-case symbols, the highest first; at most 26.
pub(crate) fn encode(value: u128, length: usize) -> String {
    let shifts = (0..length).rev().map(|at| 5 * at);
    shifts.map(|shift| char::from(SYMBOLS[usize::from((value >> shift) as u8 & 0x1f)])).collect()
}

/// Reads exactly `length` symbols forgivingly: upper or lower case, I and L as 1, O as 0, spaces and dashes anywhere.
pub(crate) fn decode(text: &str, length: usize) -> Result<u128, CodeError> {
    let (mut value, mut found) = (0_u128, 0);
    for symbol in text.chars().filter(|symbol| !symbol.is_whitespace() && !matches!(symbol, '-' | '–' | '—')) {
        let digit = digit(symbol).ok_or(CodeError::Symbol)?;
        if value >> 123 != 0 {
            // Five more bits would not fit; only a code of 26 symbols gets here.
            return Err(CodeError::Range);
        }
        value = value << 5 | u128::from(digit);
        found += 1;
        if found > length {
            break;
        }
    }
    if found == length { Ok(value) } else { Err(CodeError::Length { found, expected: length }) }
}

fn digit(symbol: char) -> Option<u8> {
    let symbol = match symbol.to_ascii_uppercase() {
        'I' | 'L' => '1',
        'O' => '0',
        other => other,
    };
    let at = SYMBOLS.iter().position(|known| char::from(*known) == symbol)?;
    u8::try_from(at).ok()
}
