//! How large a picture says it is that somebody chose to publish, before anything unpacks it.
//!
//! What a telephone made holds more than a picture and is drawn anew anyway; so this looks past everything else, and takes PNG
//! as well. It promises nothing about the rest of the file: that is for [`inspect`](super::inspect), once it is drawn.

use super::{FileError, Format};

/// What a PNG file begins with (RFC 2083, section 3.1), up to the size in its first chunk.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR";

/// Width and height in pixels as the beginning of a JPEG, WebP or PNG file says.
///
/// # Errors
/// [`FileError::Format`] when it begins like none of these, [`FileError::Damaged`] when it says no size, or only behind what
/// was given here.
pub fn size_of(start: &[u8]) -> Result<(u32, u32), FileError> {
    let size = match Format::of(start) {
        Some(Format::Jpeg) => jpeg(start),
        Some(Format::WebP) => webp(start),
        None => png(start.strip_prefix(PNG).ok_or(FileError::Format)?),
    };
    size.filter(|(width, height)| *width > 0 && *height > 0).ok_or(FileError::Damaged)
}

fn png(header: &[u8]) -> Option<(u32, u32)> {
    let (width, rest) = header.split_first_chunk()?;
    Some((u32::from_be_bytes(*width), u32::from_be_bytes(*rest.first_chunk()?)))
}

/// The first frame header (ISO/IEC 10918-1, annex B.2.2), of whatever kind of coding.
fn jpeg(file: &[u8]) -> Option<(u32, u32)> {
    let mut rest = file.get(2..)?;
    loop {
        let fill = rest.iter().take_while(|byte| **byte == 0xff).count();
        let marker = rest.get(fill).filter(|_| fill > 0)?;
        let segment = &rest[fill + 1..];
        let length = usize::from(u16::from_be_bytes(*segment.first_chunk()?));
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            let side = |at: usize| Some(u32::from(u16::from_be_bytes(*segment.get(at..)?.first_chunk()?)));
            return Some((side(5)?, side(3)?));
        }
        // The picture itself begins, and nobody said how large it is.
        if matches!(marker, 0xd8..=0xda) || length < 2 {
            return None;
        }
        rest = segment.get(length..)?;
    }
}

/// The size in the first chunk, of whichever of the three kinds (RFC 9649, section 2; RFC 6386, section 9.1).
fn webp(file: &[u8]) -> Option<(u32, u32)> {
    let (name, body) = (file.get(12..16)?, file.get(20..)?);
    let narrow = |at: usize| Some(u32::from(u16::from_le_bytes(*body.get(at..)?.first_chunk()?)) & 0x3fff);
    let wide = |at: usize| Some(u32::from_le_bytes(*body.get(at..)?.first_chunk()?) & 0x00ff_ffff);
    match name {
        b"VP8X" => Some((wide(4)? + 1, u32::from_le_bytes([*body.get(7)?, *body.get(8)?, *body.get(9)?, 0]) + 1)),
        b"VP8 " => Some((narrow(6)?, narrow(8)?)),
        b"VP8L" => {
            let bits = u32::from_le_bytes(*body.get(1..)?.first_chunk()?);
            Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn png_of(width: u32, height: u32) -> Vec<u8> {
        [PNG, &width.to_be_bytes(), &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat()
    }

    /// A JPEG file as a telephone makes it: EXIF first, then the size.
    fn jpeg_of(width: u16, height: u16) -> Vec<u8> {
        let frame =
            [&[0xff, 0xc2, 0, 11, 8][..], &height.to_be_bytes(), &width.to_be_bytes(), &[1, 1, 0x11, 0]].concat();
        [&[0xff, 0xd8, 0xff, 0xe1, 0, 10][..], b"Exif\0\0MM", &[0xff, 0xc4, 0, 3, 7], &frame].concat()
    }

    fn webp_of(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        [&b"RIFF\0\0\0\0WEBP"[..], name, &[0; 4], body].concat()
    }

    #[test]
    fn every_format_says_how_large_it_is() {
        assert_eq!(size_of(&png_of(60_000, 3)), Ok((60_000, 3)));
        assert_eq!(size_of(&jpeg_of(4000, 3000)), Ok((4000, 3000)));
        let extended = webp_of(b"VP8X", &[0x08, 0, 0, 0, 0xff, 0xff, 0x01, 0x0f, 0, 0]);
        assert_eq!(size_of(&extended), Ok((0x2_0000, 16)));
        let lossy = webp_of(b"VP8 ", &[0, 0, 0, 0x9d, 1, 0x2a, 0x40, 0x41, 0x20, 0]);
        assert_eq!(size_of(&lossy), Ok((320, 32)));
        let lossless = webp_of(b"VP8L", &[0x2f, 0x3f, 0x01, 0x01, 0]);
        assert_eq!(size_of(&lossless), Ok((0x140, 5)));
    }

    #[test]
    fn what_says_no_size_is_no_picture_and_never_a_panic() {
        let others: [&[u8]; 5] =
            [b"", b"GIF89a\x01\0\x01\0", b"Beste buren, dit is een brief.", b"<svg/>", b"%PDF-1.7"];
        for other in others {
            assert_eq!(size_of(other), Err(FileError::Format));
        }
        let whole = [png_of(9, 9), jpeg_of(9, 9), webp_of(b"VP8X", &[0; 10])];
        for file in &whole {
            for end in 0..file.len() {
                let cut = size_of(&file[..end]);
                assert!(cut.is_err() || cut == size_of(file), "cut off after {end} bytes: {cut:?}");
            }
        }
        assert_eq!(size_of(&png_of(0, 9)), Err(FileError::Damaged));
        assert_eq!(
            size_of(&[0xff, 0xd8, 0xff, 0xda, 0, 8, 0, 0]),
            Err(FileError::Damaged),
            "the picture before its size"
        );
        assert_eq!(
            size_of(&[0xff, 0xd8, 0xff, 0xe1, 0, 1, 0, 0]),
            Err(FileError::Damaged),
            "a part shorter than itself"
        );
        assert_eq!(size_of(&webp_of(b"ANIM", &[0; 10])), Err(FileError::Damaged));
    }
}
