//! Deterministic CBOR (RFC 8949, section 4.2): one value, one encoding, and bounds before parsing.
//!
//! [`scan`] walks foreign bytes once without allocating and refuses what is too deep, too many or not in the one
//! canonical form; [`decode_canonical`] then decodes a known type and compares its own encoding byte by byte, because
//! a decoder that merely accepts canonical input also accepts some that is not.

use minicbor::data::Type;
use minicbor::decode::Error as DecodeError;
use minicbor::encode::Write;
use minicbor::{Decode, Decoder, Encode};
use thiserror::Error;

/// How deep arrays and maps may nest.
pub const MAX_DEPTH: usize = 8;
/// How many values one encoded object may hold, counting arrays and maps themselves.
pub const MAX_VALUES: usize = 4096;

/// Why bytes are not an acceptable encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CodecError {
    /// The bytes end early, go on after the value, or are not of the expected type.
    #[error("not an encoding of the expected form")]
    Malformed,
    /// The same value has another, shorter or ordered, encoding.
    #[error("not the canonical encoding")]
    NotCanonical,
    /// Arrays or maps nest deeper than [`MAX_DEPTH`], or there are more than [`MAX_VALUES`] values.
    #[error("nested too deep or too many values")]
    TooDeep,
}

impl CodecError {
    /// The problem's stable name, in the API and on a page.
    pub const fn problem(&self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::NotCanonical => "not-canonical",
            Self::TooDeep => "too-deep",
        }
    }
}

/// The canonical encoding of `value`.
pub fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    // Without `expect`, which brings the code that prints the error into the browser's module.
    let Ok(bytes) = minicbor::to_vec(value) else {
        unreachable!("appending to a vector does not fail, and our encoders raise no errors of their own")
    };
    bytes
}

/// Decodes exactly one canonical value of type `T` that fills `bytes`.
///
/// # Errors
/// [`CodecError`], each variant as documented there.
pub fn decode_canonical<'b, T: Decode<'b, ()> + Encode<()>>(bytes: &'b [u8]) -> Result<T, CodecError> {
    scan(bytes)?;
    decode_shaped(bytes)
}

/// As [`decode_canonical`], for a type whose shape alone bounds what decoding it can cost: nothing in it nests, and nothing
/// is kept that it does not know. Only what is refused is looked at twice.
///
/// # Errors
/// [`CodecError`], each variant as documented there.
pub fn decode_shaped<'b, T: Decode<'b, ()> + Encode<()>>(bytes: &'b [u8]) -> Result<T, CodecError> {
    let refuse = |otherwise| scan(bytes).err().unwrap_or(otherwise);
    let value: T = minicbor::decode(bytes).map_err(|_| refuse(CodecError::Malformed))?;
    let mut expected = Expected(bytes);
    match minicbor::encode(&value, &mut expected) {
        Ok(()) if expected.0.is_empty() => Ok(value),
        Ok(()) | Err(_) => Err(refuse(CodecError::NotCanonical)),
    }
}

/// Takes an encoding as long as it is the one that is expected; keeps what is still to come.
struct Expected<'b>(&'b [u8]);

/// The encoding is another one.
struct Differs;

impl Write for Expected<'_> {
    type Error = Differs;

    fn write_all(&mut self, written: &[u8]) -> Result<(), Differs> {
        self.0 = self.0.strip_prefix(written).ok_or(Differs)?;
        Ok(())
    }
}

/// Checks that `bytes` hold exactly one CBOR value in canonical form, within the bounds of this module.
///
/// Accepted are integers, byte and text strings, arrays, maps with sorted unique keys, booleans and null; no floats,
/// tags, other simple values or indefinite lengths. Costs one pass, no allocation.
///
/// # Errors
/// [`CodecError`], each variant as documented there.
pub fn scan(bytes: &[u8]) -> Result<(), CodecError> {
    let mut scanner = Scanner { bytes, at: 0, values: 0 };
    scanner.value(0)?;
    if scanner.at == bytes.len() { Ok(()) } else { Err(CodecError::Malformed) }
}

/// Takes the whole value that starts at `start`, whatever it is, and moves `decoder` behind it: what a later version
/// added is kept byte for byte.
///
/// # Errors
/// When the bytes there are not a value in canonical form.
pub fn take_value<'b>(decoder: &mut Decoder<'b>, start: usize) -> Result<&'b [u8], DecodeError> {
    let bytes = decoder.input();
    let mut scanner = Scanner { bytes, at: start, values: 0 };
    scanner.value(0).map_err(|_| DecodeError::message("not a canonical value"))?;
    decoder.set_position(scanner.at);
    Ok(&bytes[start..scanner.at])
}

/// Reads null, or a value.
///
/// # Errors
/// When it is neither.
pub fn optional<'b, T: Decode<'b, C>, C>(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Option<T>, DecodeError> {
    if decoder.datatype()? == Type::Null {
        return decoder.null().map(|()| None);
    }
    decoder.decode_with(context).map(Some)
}

/// Encodes and decodes a struct as a CBOR array of its fields, in this order and no others. A field marked `bytes` is a
/// byte string of fixed length, one marked `optional` may be null; the others write themselves.
///
/// A derived decoder reads past elements it does not know, which [`decode_canonical`] then refuses. This one refuses at
/// once, and takes a fraction of the room in the browser's module.
macro_rules! array_codec {
    ($name:ident { $($field:ident $(: $form:ident)?),+ $(,)? }) => {
        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                encoder: &mut minicbor::Encoder<W>,
                context: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                encoder.array([$(stringify!($field)),+].len() as u64)?;
                $(crate::codec::array_codec!(@encode encoder, context, self.$field $(, $form)?);)+
                Ok(())
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(decoder: &mut minicbor::Decoder<'b>, context: &mut C) -> Result<Self, minicbor::decode::Error> {
                if decoder.array()? != Some([$(stringify!($field)),+].len() as u64) {
                    return Err(minicbor::decode::Error::message("an array of another length"));
                }
                Ok(Self { $($field: crate::codec::array_codec!(@decode decoder, context $(, $form)?)),+ })
            }
        }
    };
    (@encode $encoder:ident, $context:ident, $value:expr $(, optional)?) => { $encoder.encode_with(&$value, $context)? };
    (@encode $encoder:ident, $context:ident, $value:expr, bytes) => { $encoder.bytes(&$value)? };
    (@decode $decoder:ident, $context:ident) => { $decoder.decode_with($context)? };
    (@decode $decoder:ident, $context:ident, optional) => { crate::codec::optional($decoder, $context)? };
    (@decode $decoder:ident, $context:ident, bytes) => {
        $decoder.bytes()?.try_into().map_err(|_| minicbor::decode::Error::message("bytes of another length"))?
    };
}
pub(crate) use array_codec;

struct Scanner<'b> {
    bytes: &'b [u8],
    at: usize,
    values: usize,
}

impl Scanner<'_> {
    fn value(&mut self, depth: usize) -> Result<(), CodecError> {
        self.values += 1;
        if depth > MAX_DEPTH || self.values > MAX_VALUES {
            return Err(CodecError::TooDeep);
        }
        let first = *self.take(1)?.first().ok_or(CodecError::Malformed)?;
        let (major, info) = (first >> 5, first & 0x1f);
        if major == 7 {
            return match info {
                20..=22 => Ok(()),
                _ => Err(CodecError::NotCanonical),
            };
        }
        let argument = self.argument(info)?;
        match major {
            0 | 1 => Ok(()),
            2 => self.string(argument).map(drop),
            3 => std::str::from_utf8(self.string(argument)?).map(drop).map_err(|_| CodecError::Malformed),
            4 => (0..self.count(argument)?).try_for_each(|_| self.value(depth + 1)),
            5 => self.map(argument, depth),
            _ => Err(CodecError::NotCanonical),
        }
    }

    fn map(&mut self, entries: u64, depth: usize) -> Result<(), CodecError> {
        let mut previous: Option<(usize, usize)> = None;
        for _ in 0..self.count(entries)? {
            let start = self.at;
            self.value(depth + 1)?;
            let key = (start, self.at);
            if previous.is_some_and(|(from, to)| self.bytes[from..to] >= self.bytes[key.0..key.1]) {
                return Err(CodecError::NotCanonical);
            }
            previous = Some(key);
            self.value(depth + 1)?;
        }
        Ok(())
    }

    /// Every value takes at least one byte, so a count beyond what is left is refused before looping over it.
    fn count(&self, argument: u64) -> Result<usize, CodecError> {
        usize::try_from(argument).ok().filter(|n| *n <= self.bytes.len() - self.at).ok_or(CodecError::Malformed)
    }

    fn string(&mut self, length: u64) -> Result<&[u8], CodecError> {
        let length = usize::try_from(length).map_err(|_| CodecError::Malformed)?;
        self.take(length)
    }

    fn argument(&mut self, info: u8) -> Result<u64, CodecError> {
        let (value, smallest) = match info {
            0..=23 => return Ok(u64::from(info)),
            24 => (self.big_endian(1)?, 24),
            25 => (self.big_endian(2)?, 0x100),
            26 => (self.big_endian(4)?, 0x1_0000),
            27 => (self.big_endian(8)?, 0x1_0000_0000),
            31 => return Err(CodecError::NotCanonical),
            _ => return Err(CodecError::Malformed),
        };
        if value < smallest { Err(CodecError::NotCanonical) } else { Ok(value) }
    }

    fn big_endian(&mut self, width: usize) -> Result<u64, CodecError> {
        Ok(self.take(width)?.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
    }

    fn take(&mut self, length: usize) -> Result<&[u8], CodecError> {
        let end = self.at.checked_add(length).ok_or(CodecError::Malformed)?;
        let taken = self.bytes.get(self.at..end).ok_or(CodecError::Malformed)?;
        self.at = end;
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_canonical_and_names_what_is_wrong() {
        assert_eq!(scan(&[0x83, 0x01, 0x61, b'a', 0xf6]), Ok(()));
        assert_eq!(scan(&[0x18, 0x17]), Err(CodecError::NotCanonical), "23 has a one-byte form");
        assert_eq!(scan(&[0x9f, 0xff]), Err(CodecError::NotCanonical), "indefinite length");
        assert_eq!(scan(&[0xa2, 0x02, 0x00, 0x01, 0x00]), Err(CodecError::NotCanonical), "keys out of order");
        assert_eq!(scan(&[0xa2, 0x01, 0x00, 0x01, 0x00]), Err(CodecError::NotCanonical), "key twice");
        assert_eq!(scan(&[0xf9, 0x3c, 0x00]), Err(CodecError::NotCanonical), "float");
        assert_eq!(scan(&[0x01, 0x01]), Err(CodecError::Malformed), "trailing byte");
        assert_eq!(scan(&[0x62, 0xff, 0xfe]), Err(CodecError::Malformed), "not UTF-8");
        assert_eq!(
            scan(&[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
            Err(CodecError::Malformed),
            "huge count"
        );
        assert_eq!(scan(&[0x81; 64]), Err(CodecError::TooDeep));
        let mut wide = vec![0x99, 0x20, 0x00];
        wide.extend([0u8; 0x2000]);
        assert_eq!(scan(&wide), Err(CodecError::TooDeep), "8192 values");
    }
}
