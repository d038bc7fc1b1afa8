//! Pictures unpacked: small ones for pages, and a clean one for whoever publishes. The only file that names the image library.
//!
//! What comes from elsewhere may be made to hurt. How large a picture says it is is looked at before anything of it is
//! unpacked; [`inspect`](dorpsplein_protocol::photo::inspect) has bounded before how often a decoder goes over it. A pixel
//! takes three bytes, and six more while a progressive JPEG file is read.

use std::io::Cursor;

use dorpsplein_protocol::photo::{MAX_PIXELS, MAX_SOURCE_PIXELS};
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{PixelType, Resizer};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::webp::WebPEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ExtendedColorType, ImageDecoder, ImageError, ImageReader, Limits, RgbImage, RgbaImage};
use thiserror::Error;

/// The widths in pixels of the small pictures for pages: a list on a telephone, and a page on a desk.
pub const WIDTHS: [u16; 2] = [320, 1280];
/// The longest side in pixels of a picture that is published from here.
pub const LONGEST_SIDE: u32 = 2048;
/// The bytes of a pixel in four channels: what is unpacked takes no more than this for each, and some room to work.
const PIXEL_BYTES: u64 = 4;
/// That room, in bytes.
const WORK_BYTES: u64 = 64 << 20;
/// The quality of JPEG files made here: nobody sees the difference at these sizes.
const QUALITY: u8 = 82;

/// Why a file gives no picture.
#[derive(Debug, Error)]
pub enum PictureError {
    /// More pixels than are ever unpacked.
    #[error("the picture has more than {most} pixels")]
    TooLarge {
        /// How many it may have.
        most: u64,
    },
    /// Not a picture of a format that is read here, or a damaged one.
    #[error("the picture cannot be read: {0}")]
    Unreadable(#[from] ImageError),
    /// It could not be made smaller.
    #[error("the picture cannot be made smaller: {0}")]
    Resize(String),
}

/// The small pictures of a photo, with their widths; none of a width that the photo itself does not have. For the worst one of
/// [`MAX_PIXELS`] it takes 138 MB of memory (`node/tests/photo_memory.rs`).
///
/// # Errors
/// [`PictureError`].
pub fn thumbnails(file: &[u8]) -> Result<Vec<(u16, Vec<u8>)>, PictureError> {
    // Whoever published it has turned it upright.
    let (picture, _) = unpack(file, MAX_PIXELS)?;
    let smaller = WIDTHS.into_iter().filter(|width| u32::from(*width) < picture.width());
    smaller.map(|width| Ok((width, pack(&scaled(&picture, u32::from(width))?)?))).collect()
}

/// A picture of at most [`MAX_SOURCE_PIXELS`] as it may be published: upright, no side longer than [`LONGEST_SIDE`], and a
/// JPEG file that holds nothing else.
///
/// # Errors
/// [`PictureError`].
pub fn publishable(file: &[u8]) -> Result<Vec<u8>, PictureError> {
    let (mut picture, orientation) = unpack(file, MAX_SOURCE_PIXELS)?;
    let longest = picture.width().max(picture.height());
    if longest > LONGEST_SIDE {
        let width = u64::from(picture.width()) * u64::from(LONGEST_SIDE) / u64::from(longest);
        picture = scaled(&picture, u32::try_from(width.max(1)).unwrap_or(LONGEST_SIDE))?;
    }
    let mut upright = DynamicImage::ImageRgb8(picture);
    upright.apply_orientation(orientation);
    pack(&upright.into_rgb8())
}

/// A picture of at most [`MAX_SOURCE_PIXELS`] as a logo: upright, within these sides, and a WebP file that one can see through
/// where one could before. On white as a JPEG file, where that would have more than so many bytes.
///
/// # Errors
/// [`PictureError`].
pub fn logo(file: &[u8], width: u16, height: u16, most_bytes: usize) -> Result<Vec<u8>, PictureError> {
    let (mut picture, orientation) = decode(file, MAX_SOURCE_PIXELS)?;
    picture.apply_orientation(orientation);
    let (width, height) = (u32::from(width), u32::from(height));
    let small = if picture.width() > width || picture.height() > height {
        let clear = picture.into_rgba8();
        let (from_width, from_height) = clear.dimensions();
        let scale = (f64::from(width) / f64::from(from_width)).min(f64::from(height) / f64::from(from_height));
        // Both are far below what a u32 holds, and at least a pixel is left.
        let side = |side: u32| ((f64::from(side) * scale).round() as u32).max(1);
        let (width, height) = (side(from_width), side(from_height));
        let pixels = resized(clear.as_raw(), clear.dimensions(), (width, height), PixelType::U8x4)?;
        RgbaImage::from_raw(width, height, pixels).ok_or_else(unfit)?
    } else {
        picture.into_rgba8()
    };
    let mut packed = Vec::new();
    let encoder = WebPEncoder::new_lossless(&mut packed);
    encoder.encode(small.as_raw(), small.width(), small.height(), ExtendedColorType::Rgba8)?;
    if packed.len() <= most_bytes { Ok(packed) } else { pack(&on_white(DynamicImage::ImageRgba8(small))) }
}

/// A picture drawn in code, as a JPEG file.
///
/// # Errors
/// [`PictureError`].
pub fn drawn(width: u32, height: u32, colour: impl Fn(u32, u32) -> [u8; 3]) -> Result<Vec<u8>, PictureError> {
    pack(&RgbImage::from_fn(width, height, |x, y| image::Rgb(colour(x, y))))
}

fn unpack(file: &[u8], most: u64) -> Result<(RgbImage, Orientation), PictureError> {
    let (picture, orientation) = decode(file, most)?;
    Ok((on_white(picture), orientation))
}

fn decode(file: &[u8], most: u64) -> Result<(DynamicImage, Orientation), PictureError> {
    let mut reader = ImageReader::new(Cursor::new(file)).with_guessed_format().map_err(ImageError::IoError)?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(most * PIXEL_BYTES + WORK_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > most {
        return Err(PictureError::TooLarge { most });
    }
    let orientation = decoder.orientation()?;
    let picture = DynamicImage::from_decoder(decoder)?;
    Ok((picture, orientation))
}

/// What one can see through becomes white, as paper is.
fn on_white(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let clear = picture.into_rgba8();
    let mix = |channel: u8, alpha: u8| {
        let (channel, alpha) = (u16::from(channel), u16::from(alpha));
        u8::try_from((channel * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
    };
    RgbImage::from_fn(clear.width(), clear.height(), |x, y| {
        let [red, green, blue, alpha] = clear.get_pixel(x, y).0;
        image::Rgb([mix(red, alpha), mix(green, alpha), mix(blue, alpha)])
    })
}

fn scaled(picture: &RgbImage, width: u32) -> Result<RgbImage, PictureError> {
    let height = u64::from(picture.height()) * u64::from(width) / u64::from(picture.width());
    let height = u32::try_from(height.max(1)).unwrap_or(LONGEST_SIDE);
    let pixels = resized(picture.as_raw(), picture.dimensions(), (width, height), PixelType::U8x3)?;
    RgbImage::from_raw(width, height, pixels).ok_or_else(unfit)
}

fn resized(pixels: &[u8], from: (u32, u32), to: (u32, u32), kind: PixelType) -> Result<Vec<u8>, PictureError> {
    let failed = |error: &dyn std::fmt::Display| PictureError::Resize(error.to_string());
    let from = ImageRef::new(from.0, from.1, pixels, kind).map_err(|error| failed(&error))?;
    let mut small = Image::new(to.0, to.1, kind);
    Resizer::new().resize(&from, &mut small, None).map_err(|error| failed(&error))?;
    Ok(small.into_vec())
}

fn unfit() -> PictureError {
    PictureError::Resize("its size does not fit".to_owned())
}

fn pack(picture: &RgbImage) -> Result<Vec<u8>, PictureError> {
    let mut file = Vec::new();
    let encoder = &mut JpegEncoder::new_with_quality(&mut file, QUALITY);
    encoder.encode(picture.as_raw(), picture.width(), picture.height(), ExtendedColorType::Rgb8)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use dorpsplein_protocol::photo::{Facts, FileError, Format, inspect};

    use super::*;

    /// A picture whose left half is dark.
    fn picture(width: u32, height: u32) -> Vec<u8> {
        drawn(width, height, |x, _| if x < width / 2 { [20, 30, 20] } else { [230, 220, 200] }).unwrap()
    }

    /// A JPEG file with EXIF that says how it was held, and where.
    fn from_a_telephone(plain: &[u8], orientation: u8) -> Vec<u8> {
        let mut tiff = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
        tiff.extend([orientation, 0, 0, 0, 0, 0, 0]);
        let length = u16::try_from(tiff.len() + 2).unwrap().to_be_bytes();
        [&plain[..2], &[0xff, 0xe1], &length, &tiff, &plain[2..]].concat()
    }

    #[test]
    fn what_is_published_is_upright_and_says_nothing_but_the_picture() {
        let plain = picture(3000, 1500);
        let telephone = from_a_telephone(&plain, 6);
        assert_eq!(inspect(&telephone), Err(FileError::Metadata));
        let published = publishable(&telephone).unwrap();
        let facts = Facts { format: Format::Jpeg, width: 1024, height: 2048 };
        assert_eq!(inspect(&published), Ok(facts), "turned a quarter, and no longer than it may be");
        let (turned, _) = unpack(&published, MAX_PIXELS).unwrap();
        let (top, bottom) = (turned.get_pixel(512, 100).0, turned.get_pixel(512, 1900).0);
        assert!(top[0] < 60 && bottom[0] > 200, "{top:?} {bottom:?}: what was left is on top");
    }

    #[test]
    fn small_pictures_are_of_the_widths_that_pages_ask_for() {
        let small = thumbnails(&picture(1600, 1200)).unwrap();
        let sizes: Vec<_> = small.iter().map(|(width, file)| (*width, inspect(file).unwrap())).collect();
        assert_eq!(sizes.iter().map(|(width, _)| *width).collect::<Vec<_>>(), WIDTHS);
        assert!(sizes.iter().all(|(width, facts)| facts.width == *width && facts.height == width / 4 * 3));
        assert!(thumbnails(&picture(300, 200)).unwrap().is_empty(), "small enough as it is");
        assert_eq!(thumbnails(&picture(1280, 3)).unwrap().len(), 1, "a strip keeps a height");
    }

    #[test]
    fn what_one_sees_through_becomes_white() {
        let mut clear = image::RgbaImage::from_pixel(8, 8, image::Rgba([0, 0, 0, 0]));
        clear.put_pixel(0, 0, image::Rgba([10, 20, 30, 255]));
        let flat = on_white(DynamicImage::ImageRgba8(clear));
        assert_eq!((flat.get_pixel(0, 0).0, flat.get_pixel(4, 4).0), ([10, 20, 30], [255, 255, 255]));
    }

    #[test]
    fn a_logo_is_small_and_one_sees_through_it_where_one_could_before() {
        let clear =
            image::RgbaImage::from_fn(1280, 640, |x, _| image::Rgba([90, 40, 120, if x < 640 { 255 } else { 0 }]));
        let mut png = Cursor::new(Vec::new());
        clear.write_to(&mut png, image::ImageFormat::Png).unwrap();
        let small = logo(png.get_ref(), 320, 128, 32_768).unwrap();
        assert_eq!(inspect(&small), Ok(Facts { format: Format::WebP, width: 256, height: 128 }));
        let shown = image::load_from_memory(&small).unwrap().into_rgba8();
        assert_eq!((shown.get_pixel(60, 60).0, shown.get_pixel(200, 60).0[3]), ([90, 40, 120, 255], 0));
        assert_eq!(
            inspect(&logo(png.get_ref(), 320, 128, 10).unwrap()).unwrap().format,
            Format::Jpeg,
            "too many bytes"
        );
        assert!(matches!(logo(b"<svg onload='alert(1)'/>", 320, 128, 32_768), Err(PictureError::Unreadable(_))));
    }

    #[test]
    fn a_picture_that_says_it_is_enormous_is_not_unpacked() {
        // A PNG of 60,000 by 60,000 pixels in a hundred bytes: 10 GB when unpacked.
        let mut header = b"IHDR".to_vec();
        header.extend(60_000u32.to_be_bytes());
        header.extend(60_000u32.to_be_bytes());
        header.extend([8, 2, 0, 0, 0]);
        let chunk = |body: &[u8]| {
            let length = u32::try_from(body.len() - 4).unwrap().to_be_bytes();
            [&length[..], body, &crc(body).to_be_bytes()].concat()
        };
        let data = [&b"IDAT"[..], &[0x78, 0x9c, 0x03, 0, 0, 0, 0, 1]].concat();
        let bomb = [&b"\x89PNG\r\n\x1a\n"[..], &chunk(&header), &chunk(&data), &chunk(b"IEND")].concat();
        assert!(matches!(publishable(&bomb), Err(PictureError::TooLarge { most: MAX_SOURCE_PIXELS })));
        assert!(matches!(thumbnails(b"\xff\xd8\xff\xe0 en verder niets"), Err(PictureError::Unreadable(_))));
        assert!(publishable(b"<svg/>").is_err());
    }

    /// CRC-32 as PNG has it.
    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
        })
    }
}
