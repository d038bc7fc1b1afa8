//! Files that say they are pictures, taken apart as a box does it: refused, or small ones and a clean one come out, each a
//! photo that any box takes. The box's own file is compiled here, without the rest of the box.
#![no_main]

use dorpsplein_protocol::photo::{MAX_PHOTO_BYTES, inspect, size_of};
use libfuzzer_sys::fuzz_target;

#[path = "../../node/src/photos/picture.rs"]
#[allow(dead_code, reason = "a box also draws pictures itself")]
mod picture;

/// Larger pictures take long, and nothing in a decoder asks how large one is but this bound itself.
const MAX_SIDE: u32 = 400;

fuzz_target!(|bytes: &[u8]| {
    // PNG, which is only ever somebody's own, tells its size at a fixed place.
    let png = bytes.get(16..24).filter(|_| bytes.starts_with(b"\x89PNG"));
    let side = |at: usize| png.and_then(|size| size[at..at + 4].try_into().ok()).map_or(0, u32::from_be_bytes);
    let sides = size_of(bytes).unwrap_or((side(0), side(4)));
    if sides.0.max(sides.1) > MAX_SIDE {
        return;
    }
    // A peer's file is looked at before it is taken apart.
    if inspect(bytes).is_ok()
        && let Ok(small) = picture::thumbnails(bytes)
    {
        for (width, file) in small {
            assert!(picture::WIDTHS.contains(&width));
            assert_eq!(inspect(&file).map(|facts| facts.width), Ok(width));
        }
    }
    if let Ok(file) = picture::publishable(bytes) {
        let facts = inspect(&file).expect("what is published from here is a photo");
        assert!(u32::from(facts.width.max(facts.height)) <= picture::LONGEST_SIDE && file.len() <= MAX_PHOTO_BYTES);
    }
});
