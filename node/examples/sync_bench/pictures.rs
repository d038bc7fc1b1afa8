//! Photos to measure with: no two alike, and as hard to pack as a real one.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use image::{ImageFormat, Rgb, RgbImage};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::village::bar;

/// Pixels, as a phone of some years ago takes them.
const SIZE: (u32, u32) = (1600, 1200);
/// Grain of so many shades makes a photo about as large as one of a garden.
const GRAIN: u8 = 24;

/// Writes so many JPEG files, named `0.jpg` and on.
pub(crate) fn make(folder: &Path, count: u32) -> Result<Value> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let bar = bar(u64::from(count), "photos are made");
    let mut bytes = 0;
    for number in 0..count {
        let path = folder.join(format!("{number}.jpg"));
        picture(number).save_with_format(&path, ImageFormat::Jpeg)?;
        bytes += fs::metadata(&path)?.len();
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(json!({ "photos": count, "bytes": bytes }))
}

/// A sky that runs into a field, with grain.
fn picture(number: u32) -> RgbImage {
    let mut random = ChaCha8Rng::seed_from_u64(u64::from(number));
    let hue: [u8; 3] = random.random();
    RgbImage::from_fn(SIZE.0, SIZE.1, |x, y| {
        let slope = u8::try_from((x / 16 + y / 8) % 200).unwrap_or_default();
        let grain: u8 = random.random_range(0..GRAIN);
        Rgb(hue.map(|shade| shade.wrapping_add(slope).saturating_add(grain)))
    })
}
