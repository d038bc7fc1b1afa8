//! The pictures of the demonstration, drawn here: nobody's photos, of places that do not exist.
//!
//! A drawing says the colour of each place, from the left upper corner (0, 0) to the right lower one (1, 1).

mod fen;
mod green;
mod keys;

use dorpsplein_protocol::photo::{Photo, PhotoId, inspect};

use crate::photos::picture::{PictureError, drawn};

const WIDTH: u32 = 960;
const HEIGHT: u32 = 640;

type Colour = [u8; 3];

/// The village green: a great lime tree, the church behind it, and a bench.
pub(super) fn green() -> Result<Vec<u8>, PictureError> {
    draw(green::at)
}

/// The bench by the fen, with its little plate.
pub(super) fn fen() -> Result<Vec<u8>, PictureError> {
    draw(fen::at)
}

/// Three keys and a small wooden boat, on somebody's table.
pub(super) fn keys() -> Result<Vec<u8>, PictureError> {
    draw(keys::at)
}

/// What refers to a picture in an item, with words for who cannot see it.
pub(super) fn reference(file: &[u8], alt: &str) -> Option<Photo> {
    let (facts, id) = (inspect(file).ok()?, PhotoId::of(file)?);
    let length = u32::try_from(file.len()).ok()?;
    Some(Photo { id, length, width: facts.width, height: facts.height, alt: alt.to_owned() })
}

fn draw(at: fn(f64, f64) -> Colour) -> Result<Vec<u8>, PictureError> {
    drawn(WIDTH, HEIGHT, |x, y| at(f64::from(x) / f64::from(WIDTH), f64::from(y) / f64::from(HEIGHT)))
}

fn within(x: f64, y: f64, across: [f64; 2], down: [f64; 2]) -> bool {
    x >= across[0] && x <= across[1] && y >= down[0] && y <= down[1]
}

fn round(x: f64, y: f64, middle: f64, height: f64, wide: f64, high: f64) -> bool {
    ((x - middle) / wide).powi(2) + ((y - height) / high).powi(2) < 1.0
}

fn mix(from: Colour, to: Colour, part: f64) -> Colour {
    let part = part.clamp(0.0, 1.0);
    std::array::from_fn(|at| (f64::from(from[at]) * (1.0 - part) + f64::from(to[at]) * part).round() as u8)
}

/// Smooth noise between -1 and 1.
fn rough(x: f64, y: f64) -> f64 {
    ((x * 1.7 + y * 0.9).sin() + (x * 0.8 - y * 2.1 + 1.3).sin() + (x * 3.1 + y * 2.7 + (x * 0.6).sin()).sin()) / 3.0
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::elzenbroek::ELZENBROEK;
    use super::super::maasdorp::MAASDORP;
    use super::*;

    #[test]
    fn every_drawing_is_a_photo_that_may_be_published() {
        for draw in [green, fen, keys] {
            let file = draw().unwrap();
            let photo = reference(&file, "Een tekening").unwrap();
            assert_eq!((u32::from(photo.width), u32::from(photo.height)), (WIDTH, HEIGHT));
            assert!(file.len() < 500_000, "{} bytes", file.len());
        }
    }

    #[test]
    fn every_picture_belongs_to_news() {
        for village in [&MAASDORP, &ELZENBROEK] {
            assert!(village.pictures.iter().all(|picture| picture.under < village.news.len()), "{}", village.name);
        }
    }
}
