//! Frames made smaller for the wire, with Brotli (RFC 7932). A function of the bytes; how a packed frame is told from a
//! plain one is the transport's business.

use std::io::Read;

use brotli::Decompressor;
use brotli::enc::BrotliEncoderParams;
use thiserror::Error;

use super::MAX_FRAME;

/// Frames with fewer bytes than this go as they are: there is little in them to be found twice.
const WORTHWHILE: usize = 256;
/// How hard to look for repetitions, out of 11. Measured in `docs/wire-format.md`.
const QUALITY: i32 = 4;
/// How far back to look, as a power of two: a whole frame.
const WINDOW_BITS: i32 = 20;
/// How much is unpacked at a time.
const STEP: usize = 16 * 1024;

/// Why bytes are not a packed frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PackingError {
    /// They come to more than [`MAX_FRAME`] bytes.
    #[error("a packed frame unpacks to too many bytes")]
    TooLarge,
    /// They are not what a packer made.
    #[error("a packed frame cannot be unpacked")]
    Malformed,
}

/// A frame in fewer bytes; none when it is short or does not shrink.
pub fn pack(frame: &[u8]) -> Option<Vec<u8>> {
    if frame.len() < WORTHWHILE {
        return None;
    }
    let params = BrotliEncoderParams {
        quality: QUALITY,
        lgwin: WINDOW_BITS,
        size_hint: frame.len(),
        ..BrotliEncoderParams::default()
    };
    let mut packed = Vec::with_capacity(frame.len() / 2);
    brotli::BrotliCompress(&mut &frame[..], &mut packed, &params).ok()?;
    (packed.len() < frame.len()).then_some(packed)
}

/// The frame that was packed. Memory grows with what comes out, up to [`MAX_FRAME`] bytes and a fixed amount.
///
/// # Errors
/// [`PackingError`].
pub fn unpack(packed: &[u8]) -> Result<Vec<u8>, PackingError> {
    let mut reader = Decompressor::new(packed, STEP);
    let mut frame = Vec::new();
    loop {
        let filled = frame.len();
        if filled > MAX_FRAME {
            return Err(PackingError::TooLarge);
        }
        frame.resize(filled + STEP, 0);
        let read = reader.read(&mut frame[filled..]).map_err(|_| PackingError::Malformed)?;
        frame.truncate(filled + read);
        if read == 0 {
            return Ok(frame);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_frame_that_repeats_itself_shrinks_and_comes_back() {
        let frame: Vec<u8> = b"De brug is dicht tot maandag. ".iter().copied().cycle().take(MAX_FRAME).collect();
        let packed = pack(&frame).unwrap();
        assert!(packed.len() < 1000, "{} bytes", packed.len());
        assert_eq!(unpack(&packed), Ok(frame));
    }

    #[test]
    fn what_does_not_shrink_stays_plain() {
        let mut state = 1u64;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        })
        .take(5_000)
        .collect();
        assert_eq!(pack(&noise), None);
        assert_eq!(pack(&[7; WORTHWHILE - 1]), None, "too short to try");
    }

    #[test]
    fn a_small_frame_that_unpacks_to_a_large_one_is_refused() {
        let mut bomb = Vec::new();
        let params = BrotliEncoderParams { quality: QUALITY, ..BrotliEncoderParams::default() };
        brotli::BrotliCompress(&mut vec![0; 64 * MAX_FRAME].as_slice(), &mut bomb, &params).unwrap();
        assert!(bomb.len() < 4_096, "{} bytes", bomb.len());
        assert_eq!(unpack(&bomb), Err(PackingError::TooLarge));
        let whole = pack(&[5; 4_000]).unwrap();
        assert_eq!(unpack(&whole[..whole.len() - 2]), Err(PackingError::Malformed));
    }

    proptest! {
        /// Whatever is packed comes back; whatever comes in ends within its bounds.
        #[test]
        fn packing_loses_nothing_and_unpacking_ends(bytes in prop::collection::vec(0u8..9, 0..2_000)) {
            if let Some(packed) = pack(&bytes) {
                prop_assert_eq!(unpack(&packed).unwrap(), bytes.clone());
            }
            if let Ok(frame) = unpack(&bytes) {
                prop_assert!(frame.len() <= MAX_FRAME + STEP);
            }
        }
    }
}
