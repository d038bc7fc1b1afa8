//! What a photo's file is, without unpacking it: a picture of a known format and size, and nothing beside the picture.
//!
//! A telephone writes into a photo where and when it was taken and with what. Who publishes a photo draws it anew, which
//! leaves that out; here it is checked that they did, by going through the parts of the file and accepting only those that a
//! picture needs. What stands behind the picture is refused too.

use thiserror::Error;

use super::{MAX_PHOTO_BYTES, MAX_PIXELS};

/// A format of a photo's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JPEG (ISO/IEC 10918-1), sequential or progressive, with Huffman coding.
    Jpeg,
    /// WebP (RFC 9649), not moving.
    WebP,
}

/// What a file says about its picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Its format.
    pub format: Format,
    /// How many pixels it is wide.
    pub width: u16,
    /// How many pixels it is high.
    pub height: u16,
}

/// Why a file is no photo to be published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FileError {
    /// More than [`MAX_PHOTO_BYTES`].
    #[error("a photo has at most {MAX_PHOTO_BYTES} bytes")]
    TooLarge,
    /// Neither JPEG nor WebP.
    #[error("a photo is a JPEG or WebP file")]
    Format,
    /// It holds more than a picture: EXIF, XMP, a comment, a second picture, or something behind its end.
    #[error(
        "the file says more than the picture: where it was taken, with what, or something else that must not travel along"
    )]
    Metadata,
    /// More than [`MAX_PIXELS`].
    #[error("a photo has at most {MAX_PIXELS} pixels")]
    Pixels,
    /// It ends early, or its parts do not fit together.
    #[error("the file is damaged")]
    Damaged,
}

impl Format {
    /// The media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::WebP => "image/webp",
        }
    }

    /// The format of a file that begins like this.
    pub fn of(start: &[u8]) -> Option<Self> {
        if start.starts_with(&[0xff, 0xd8, 0xff]) {
            Some(Self::Jpeg)
        } else if start.starts_with(b"RIFF") && start.get(8..12) == Some(b"WEBP") {
            Some(Self::WebP)
        } else {
            None
        }
    }
}

impl FileError {
    /// The problem's stable name, in the API and on a page.
    pub const fn problem(self) -> &'static str {
        match self {
            Self::TooLarge | Self::Pixels => "photo-too-large",
            Self::Format | Self::Damaged => "photo-format",
            Self::Metadata => "photo-metadata",
        }
    }
}

/// The most scans of a JPEG picture. An ordinary progressive one has ten; a decoder goes over the whole picture for each, so
/// a small file with thousands would keep it busy for minutes.
const MAX_SCANS: usize = 64;

/// Goes through a file once and says what it is. Unpacks nothing and allocates nothing.
///
/// # Errors
/// [`FileError`].
pub fn inspect(file: &[u8]) -> Result<Facts, FileError> {
    if file.len() > MAX_PHOTO_BYTES {
        return Err(FileError::TooLarge);
    }
    let format = Format::of(file).ok_or(FileError::Format)?;
    let (width, height) = match format {
        Format::Jpeg => jpeg(file)?,
        Format::WebP => webp(file)?,
    };
    let narrow = |side: u32| u16::try_from(side).map_err(|_| FileError::Pixels);
    let pixels = u64::from(width) * u64::from(height);
    match pixels {
        0 => Err(FileError::Damaged),
        1..=MAX_PIXELS => Ok(Facts { format, width: narrow(width)?, height: narrow(height)? }),
        _ => Err(FileError::Pixels),
    }
}

/// The marker segments of a JPEG file (ISO/IEC 10918-1, annex B).
fn jpeg(file: &[u8]) -> Result<(u32, u32), FileError> {
    let (mut size, mut scans) = (None, 0);
    let mut rest = &file[2..];
    loop {
        let (marker, after) = next_marker(rest)?;
        if marker == 0xd9 {
            let end = if after.is_empty() { Ok(()) } else { Err(FileError::Metadata) };
            return end.and(size.filter(|_| scans > 0).ok_or(FileError::Damaged));
        }
        let length = after.first_chunk().map(|length| usize::from(u16::from_be_bytes(*length)));
        let body = length.and_then(|length| after.get(2..length)).ok_or(FileError::Damaged)?;
        rest = &after[body.len() + 2..];
        match marker {
            0xc0..=0xc2 => {
                let side = |at: usize| Some(u32::from(u16::from_be_bytes([*body.get(at)?, *body.get(at + 1)?])));
                let found = side(3).zip(side(1)).ok_or(FileError::Damaged)?;
                if size.replace(found).is_some() {
                    return Err(FileError::Damaged);
                }
            }
            // Tables, and how often a decoder may start anew.
            0xc4 | 0xdb | 0xdd => {}
            0xda => {
                scans += 1;
                // A scan before its frame is nothing a decoder can read.
                if scans > MAX_SCANS || size.is_none() {
                    return Err(FileError::Damaged);
                }
                rest = behind_scan(rest)?;
            }
            0xe0 if body.starts_with(b"JFIF\0") && has_no_thumbnail(body) => {}
            0xe2 if body.starts_with(b"ICC_PROFILE\0") => {}
            0xee if body.starts_with(b"Adobe") => {}
            0xe0..=0xef | 0xfe => return Err(FileError::Metadata),
            // Lossless, hierarchical and arithmetic coding, and what belongs to them: no browser shows it.
            _ => return Err(FileError::Format),
        }
    }
}

/// The marker that comes next, and what stands behind it. Any number of fill bytes may precede it.
fn next_marker(bytes: &[u8]) -> Result<(u8, &[u8]), FileError> {
    let fill = bytes.iter().take_while(|byte| **byte == 0xff).count();
    match bytes.get(fill) {
        Some(marker) if fill > 0 && *marker != 0 => Ok((*marker, &bytes[fill + 1..])),
        _ => Err(FileError::Damaged),
    }
}

/// The first byte behind the coded picture: a marker that is neither an escaped 255 nor a restart.
fn behind_scan(coded: &[u8]) -> Result<&[u8], FileError> {
    let ends = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xd0..=0xd7 | 0xff);
    let end = coded.windows(2).position(ends).ok_or(FileError::Damaged)?;
    Ok(&coded[end..])
}

/// Whether a JFIF header carries no small picture of its own, which may show what was cut off.
fn has_no_thumbnail(jfif: &[u8]) -> bool {
    jfif.len() == 14 && jfif[12..] == [0, 0]
}

/// The chunks of a WebP file (RFC 9649, section 2).
fn webp(file: &[u8]) -> Result<(u32, u32), FileError> {
    let announced = file.get(4..8).and_then(|size| size.first_chunk()).map(|size| u32::from_le_bytes(*size) as usize);
    match announced.map(|announced| announced.saturating_add(8)) {
        Some(end) if end == file.len() => {}
        Some(end) if end < file.len() => return Err(FileError::Metadata),
        _ => return Err(FileError::Damaged),
    }
    let (mut canvas, mut picture) = (None, None);
    let mut rest = file.get(12..).ok_or(FileError::Damaged)?;
    while !rest.is_empty() {
        let name: &[u8; 4] = rest.first_chunk().ok_or(FileError::Damaged)?;
        let length = rest[4..].first_chunk().map(|length| u32::from_le_bytes(*length) as usize);
        let end = length.and_then(|length| length.checked_add(8)).ok_or(FileError::Damaged)?;
        let body = rest.get(8..end).ok_or(FileError::Damaged)?;
        match name {
            b"VP8X" if canvas.is_none() && picture.is_none() => canvas = Some(extended(body)?),
            b"VP8 " if picture.is_none() => picture = Some(lossy(body)?),
            b"VP8L" if picture.is_none() => picture = Some(lossless(body)?),
            b"VP8X" | b"VP8 " | b"VP8L" => return Err(FileError::Damaged),
            b"ICCP" | b"ALPH" if canvas.is_some() => {}
            b"ANIM" | b"ANMF" => return Err(FileError::Format),
            _ => return Err(FileError::Metadata),
        }
        // Chunks begin at even places.
        rest = rest.get(end + end % 2..).ok_or(FileError::Damaged)?;
    }
    let picture = picture.ok_or(FileError::Damaged)?;
    if canvas.is_some_and(|canvas| canvas != picture) { Err(FileError::Damaged) } else { Ok(picture) }
}

/// The size in an extended header, which also says what else there is.
fn extended(body: &[u8]) -> Result<(u32, u32), FileError> {
    let [flags, _, _, _, width @ .., _, _, _] = body else { return Err(FileError::Damaged) };
    let side = |bytes: &[u8]| match bytes {
        [low, middle, high] => Ok(u32::from_le_bytes([*low, *middle, *high, 0]) + 1),
        _ => Err(FileError::Damaged),
    };
    let (exif, xmp, moving) = (flags & 0x08 != 0, flags & 0x04 != 0, flags & 0x02 != 0);
    match (exif || xmp, moving) {
        (true, _) => Err(FileError::Metadata),
        (false, true) => Err(FileError::Format),
        (false, false) => Ok((side(width)?, side(&body[7..])?)),
    }
}

/// The size in a key frame of VP8 (RFC 6386, section 9.1).
fn lossy(body: &[u8]) -> Result<(u32, u32), FileError> {
    let [first, _, _, 0x9d, 0x01, 0x2a, w0, w1, h0, h1, ..] = body else { return Err(FileError::Damaged) };
    let side = |low: u8, high: u8| u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
    if first & 1 == 0 { Ok((side(*w0, *w1), side(*h0, *h1))) } else { Err(FileError::Damaged) }
}

/// The size in a lossless picture (RFC 9649, section 3.4).
fn lossless(body: &[u8]) -> Result<(u32, u32), FileError> {
    let [0x2f, size @ ..] = body else { return Err(FileError::Damaged) };
    let bits = size.first_chunk().map(|bits| u32::from_le_bytes(*bits)).ok_or(FileError::Damaged)?;
    Ok(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
}

#[cfg(test)]
mod tests;
