//! How an item refers to a photo: a value of bytes in one of the fields for that.

use thiserror::Error;

use super::{MAX_PHOTO_BYTES, MAX_PIXELS, PhotoId};
use crate::codec::{self, CodecError};
use crate::operation::{Edit, Value};

/// The most characters of the words that say what is on a photo.
pub const MAX_ALT: usize = 300;

/// A photo of an item: the file, and what a page has to know before it comes.
///
/// Encoded as the array `[photo, length, width, height, alt]` in a [`Value::Bytes`], which a version that does not know the
/// field keeps and passes on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Photo {
    /// The file.
    pub id: PhotoId,
    /// How many bytes it has.
    pub length: u32,
    /// How many pixels it is wide.
    pub width: u16,
    /// How many pixels it is high.
    pub height: u16,
    /// What is on it, for who cannot see it.
    pub alt: String,
}

codec::array_codec!(Photo { id, length, width, height, alt });

/// Why bytes are no reference to a photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PhotoError {
    /// Not in the one accepted form.
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// The length, the width or the height is nought or beyond its bound, or the words are longer than [`MAX_ALT`] or hold
    /// control characters.
    #[error("a photo is named with its size, and with at most {MAX_ALT} characters about it")]
    Bounds,
}

impl Photo {
    /// The value of the field.
    pub fn value(&self) -> Value {
        Value::Bytes(codec::encode(self))
    }

    /// Reads the value of a field.
    ///
    /// # Errors
    /// [`PhotoError`].
    pub fn read(bytes: &[u8]) -> Result<Self, PhotoError> {
        let photo: Self = codec::decode_canonical(bytes)?;
        let size = 1..=MAX_PHOTO_BYTES;
        let pixels = u64::from(photo.width) * u64::from(photo.height);
        let words = photo.alt.chars().count() <= MAX_ALT && !photo.alt.contains(char::is_control);
        let fits = size.contains(&(photo.length as usize)) && (1..=MAX_PIXELS).contains(&pixels) && words;
        if fits { Ok(photo) } else { Err(PhotoError::Bounds) }
    }

    /// The photo that an edit puts into an item, if it does.
    pub fn set_by(edit: &Edit) -> Option<Self> {
        match edit {
            Edit::Set { field, value } if field.is_photo() => Self::of(value),
            _ => None,
        }
    }

    /// The photo in the value of a field, if there is one.
    pub fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Bytes(bytes) => Self::read(bytes).ok(),
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Text(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn photo() -> Photo {
        let id = PhotoId::from_bytes([9; 32]);
        Photo { id, length: 120_000, width: 1600, height: 1200, alt: "De brink met de grote linde".to_owned() }
    }

    fn bytes(photo: &Photo) -> Vec<u8> {
        let Value::Bytes(bytes) = photo.value() else { panic!("a reference is bytes") };
        bytes
    }

    #[test]
    fn a_reference_reads_back_and_one_out_of_bounds_does_not() {
        assert_eq!(Photo::read(&bytes(&photo())), Ok(photo()));
        let wrong = [
            Photo { length: 0, ..photo() },
            Photo { length: MAX_PHOTO_BYTES as u32 + 1, ..photo() },
            Photo { width: 0, ..photo() },
            Photo { height: 0, ..photo() },
            Photo { width: 4000, height: 4001, ..photo() },
            Photo { alt: "é".repeat(MAX_ALT + 1), ..photo() },
            Photo { alt: "twee\nregels".to_owned(), ..photo() },
        ];
        for wrong in wrong {
            assert_eq!(Photo::read(&bytes(&wrong)), Err(PhotoError::Bounds), "{wrong:?}");
        }
        let largest = Photo { width: 4000, height: 4000, alt: "é".repeat(MAX_ALT), ..photo() };
        assert_eq!(Photo::read(&bytes(&largest)), Ok(largest));
    }

    #[test]
    fn only_the_one_form_is_a_reference() {
        let mut long = bytes(&photo());
        long.push(0);
        assert!(matches!(Photo::read(&long), Err(PhotoError::Codec(_))));
        assert!(matches!(Photo::read(&[0x80]), Err(PhotoError::Codec(_))));
        assert_eq!(Photo::of(&Value::Null), None);
        assert_eq!(Photo::of(&photo().value()), Some(photo()));
    }
}
