#![allow(clippy::unwrap_used)]

use super::*;

/// A segment of a JPEG file.
fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
    [&[0xff, marker][..], &length, body].concat()
}

const JFIF: &[u8] = b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0";

/// The frame of a JPEG picture: one colour, eight bits.
fn frame(width: u16, height: u16) -> Vec<u8> {
    let (width, height) = (width.to_be_bytes(), height.to_be_bytes());
    segment(0xc0, &[8, height[0], height[1], width[0], width[1], 1, 1, 0x11, 0])
}

/// A JPEG file in its parts: what it says before the picture, and what stands behind its end.
fn jpeg_with(before: &[u8], behind: &[u8]) -> Vec<u8> {
    let scan = [&segment(0xda, &[1, 1, 0, 0, 63, 0])[..], &[0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56]].concat();
    [&[0xff, 0xd8][..], &segment(0xe0, JFIF), before, &frame(640, 480), &scan, &[0xff, 0xd9], behind].concat()
}

fn webp_with(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut body = b"WEBP".to_vec();
    for (name, chunk) in chunks {
        body.extend(*name);
        body.extend(u32::try_from(chunk.len()).unwrap().to_le_bytes());
        body.extend(chunk);
        body.extend(vec![0; chunk.len() % 2]);
    }
    [&b"RIFF"[..], &u32::try_from(body.len()).unwrap().to_le_bytes(), &body].concat()
}

fn lossy_picture() -> Vec<u8> {
    [&[0x10, 0, 0, 0x9d, 0x01, 0x2a][..], &640u16.to_le_bytes(), &480u16.to_le_bytes(), &[0; 9]].concat()
}

fn header(flags: u8) -> Vec<u8> {
    vec![flags, 0, 0, 0, 0x7f, 0x02, 0, 0xdf, 0x01, 0]
}

#[test]
fn a_plain_picture_says_its_size() {
    let size = |format| Ok(Facts { format, width: 640, height: 480 });
    assert_eq!(inspect(&jpeg_with(&[], &[])), size(Format::Jpeg));
    let tables = [segment(0xdb, &[0; 65]), segment(0xc4, &[0; 20]), segment(0xdd, &[0, 8])].concat();
    assert_eq!(inspect(&jpeg_with(&tables, &[])), size(Format::Jpeg));
    assert_eq!(inspect(&jpeg_with(&segment(0xe2, b"ICC_PROFILE\0\x01\x01"), &[])), size(Format::Jpeg));
    assert_eq!(inspect(&webp_with(&[(b"VP8 ", lossy_picture())])), size(Format::WebP));
    assert_eq!(
        inspect(&webp_with(&[(b"VP8X", header(0x20)), (b"ICCP", vec![1; 3]), (b"VP8 ", lossy_picture())])),
        size(Format::WebP)
    );
    let lossless = [&[0x2f][..], &(639u32 | 479 << 14).to_le_bytes(), &[0; 3]].concat();
    assert_eq!(inspect(&webp_with(&[(b"VP8L", lossless)])), size(Format::WebP));
}

#[test]
fn whatever_says_more_than_the_picture_is_refused() {
    let more = [
        segment(0xe1, b"Exif\0\0MM\0*"),
        segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0<x/>"),
        segment(0xed, b"Photoshop 3.0\08BIM"),
        segment(0xe2, b"MPF\0"),
        segment(0xfe, b"gemaakt in de Kerkstraat"),
        segment(0xe0, b"JFXX\0\x10"),
        segment(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\x01\x01\0\0\0"),
    ];
    for more in more {
        assert_eq!(inspect(&jpeg_with(&more, &[])), Err(FileError::Metadata), "{more:?}");
    }
    assert_eq!(inspect(&jpeg_with(&[], b"filmpje")), Err(FileError::Metadata));
    let picture = || (b"VP8 ", lossy_picture());
    for name in [b"EXIF", b"XMP ", b"VERZ"] {
        assert_eq!(
            inspect(&webp_with(&[(b"VP8X", header(0)), picture(), (name, vec![1, 2])])),
            Err(FileError::Metadata)
        );
    }
    for flags in [0x08, 0x04, 0x0c] {
        assert_eq!(inspect(&webp_with(&[(b"VP8X", header(flags)), picture()])), Err(FileError::Metadata));
    }
    assert_eq!(inspect(&[webp_with(&[picture()]), vec![1]].concat()), Err(FileError::Metadata));
}

#[test]
fn what_is_no_picture_of_ours_is_refused() {
    for other in [&b"\x89PNG\r\n\x1a\n"[..], b"GIF89a", b"<svg/>", b"", b"RIFF\0\0\0\0WAVE"] {
        assert_eq!(inspect(other), Err(FileError::Format));
    }
    assert_eq!(inspect(&jpeg_with(&segment(0xc3, &[0; 9]), &[])), Err(FileError::Format), "lossless JPEG");
    assert_eq!(inspect(&webp_with(&[(b"VP8X", header(0x02)), (b"ANIM", vec![0; 6])])), Err(FileError::Format));
    assert_eq!(inspect(&vec![0xff; MAX_PHOTO_BYTES + 1]), Err(FileError::TooLarge));
    let large = [&[0xff, 0xd8][..], &frame(4000, 4001), &segment(0xda, &[0; 6]), &[0xff, 0xd9]].concat();
    assert_eq!(inspect(&large), Err(FileError::Pixels));
    let two = jpeg_with(&frame(1, 1), &[]);
    assert_eq!(inspect(&two), Err(FileError::Damaged), "two pictures");
    let scans = segment(0xda, &[0; 6]).repeat(MAX_SCANS + 1);
    let busy = [&[0xff, 0xd8][..], &frame(640, 480), &scans, &[0xff, 0xd9]].concat();
    assert_eq!(inspect(&busy), Err(FileError::Damaged), "a scan for every second of a decoder's time");
    let scan = segment(0xda, &[0; 6]);
    let early = [&[0xff, 0xd8][..], &scan, &frame(640, 480), &scan, &[0xff, 0xd9]].concat();
    assert_eq!(inspect(&early), Err(FileError::Damaged), "a scan before its frame");
    let profiled = webp_with(&[(b"ICCP", vec![1; 3]), (b"VP8 ", lossy_picture())]);
    assert_eq!(inspect(&profiled), Err(FileError::Metadata), "a profile that no header announces");
    let flat = [&[0xff, 0xd8][..], &frame(640, 0), &segment(0xda, &[0; 6]), &[0xff, 0xd9]].concat();
    assert_eq!(inspect(&flat), Err(FileError::Damaged));
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let whole =
        [jpeg_with(&segment(0xdb, &[0; 65]), &[]), webp_with(&[(b"VP8X", header(0)), (b"VP8 ", lossy_picture())])];
    for file in whole {
        assert!(inspect(&file).is_ok());
        for end in 0..file.len() {
            assert!(inspect(&file[..end]).is_err(), "{end} of {}", file.len());
        }
    }
}
