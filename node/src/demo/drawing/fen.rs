//! The fen of Elzenbroek in the evening: reeds, the trees on the other side in the water, and the bench.

use super::{Colour, mix, rough, round, within};

/// The line of the far shore.
const HORIZON: f64 = 0.46;

/// The colour at a place between 0 and 1.
pub(super) fn at(x: f64, y: f64) -> Colour {
    let shore = 0.74 + 0.03 * (x * 5.0 + 0.8).sin() + 0.012 * rough(x * 40.0, 3.0);
    bench(x, y).or_else(|| reeds(x, y, shore)).unwrap_or_else(|| {
        if y > shore {
            let light = 0.5 + 0.5 * rough(x * 90.0, y * 40.0) - 0.8 * (y - 0.8);
            return mix([88, 112, 58], [142, 150, 78], light);
        }
        if y < HORIZON { far_side(x, y) } else { water(x, y) }
    })
}

fn far_side(x: f64, y: f64) -> Colour {
    let tops = 0.40 - 0.035 * rough(x * 22.0, 1.0) - 0.02 * rough(x * 70.0, 2.0);
    if y > tops { mix([46, 66, 52], [74, 92, 62], 0.5 + 0.5 * rough(x * 60.0, y * 60.0)) } else { sky(x, y) }
}

/// What stands above it, upside down and moving a little.
fn water(x: f64, y: f64) -> Colour {
    let above = 2.0 * HORIZON - y + 0.012 * rough(x * 10.0, y * 160.0);
    let tops = 0.40 - 0.035 * rough(x * 22.0, 1.0);
    let mirrored = if above > tops { [57, 76, 56] } else { sky(x, above) };
    mix(mirrored, [70, 104, 122], 0.28 + 0.12 * rough(x * 14.0, y * 220.0))
}

fn sky(x: f64, y: f64) -> Colour {
    let clear = mix([124, 168, 206], [244, 222, 186], y / HORIZON);
    let cloud = rough(x * 6.0 + 1.0, y * 18.0) + 0.5 * rough(x * 13.0, y * 34.0);
    if cloud > 0.6 { mix(clear, [252, 244, 230], (cloud - 0.6).min(0.6)) } else { clear }
}

/// Reeds on both sides, a third of them with a cob.
fn reeds(x: f64, y: f64, shore: f64) -> Option<Colour> {
    (0..26).find_map(|number: u8| {
        let place = f64::from(number);
        let root = if number < 15 { 0.015 + 0.0115 * place } else { 0.53 + 0.018 * place };
        let up = (shore + 0.02 - y) / (0.16 + 0.06 * (place * 2.3).sin());
        let leaning = root + 0.02 * (place * 1.7).sin() * up * up;
        let cob = number.is_multiple_of(3) && up > 0.8 && up < 0.98;
        let wide = if cob { 0.0046 } else { 0.0016 };
        let is_here = (0.0..=1.0).contains(&up) && (x - leaning).abs() < wide;
        is_here.then_some(if cob { [96, 66, 42] } else { [104, 128, 62] })
    })
}

fn bench(x: f64, y: f64) -> Option<Colour> {
    let wood = mix([134, 92, 56], [168, 120, 76], 0.5 + 0.5 * rough(x * 14.0, y * 160.0));
    if within(x, y, [0.535, 0.565], [0.607, 0.628]) {
        return Some([214, 196, 120]);
    }
    if within(x, y, [0.40, 0.70], [0.60, 0.635]) || within(x, y, [0.40, 0.70], [0.65, 0.685]) {
        return Some(wood);
    }
    if within(x, y, [0.385, 0.715], [0.745, 0.775]) {
        return Some(mix(wood, [60, 40, 26], 0.12));
    }
    let post = |left: f64| {
        within(x, y, [left, left + 0.012], [0.59, 0.75]) || within(x, y, [left - 0.006, left + 0.018], [0.775, 0.885])
    };
    if post(0.425) || post(0.665) {
        return Some([74, 52, 36]);
    }
    let in_its_shadow = y > 0.875 && y < 0.9 && round(x, y, 0.55, 0.888, 0.19, 0.014);
    in_its_shadow.then_some([66, 84, 44])
}
