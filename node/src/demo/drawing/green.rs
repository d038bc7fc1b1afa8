//! The village green of Maasdorp: a great lime tree, the church behind it, and a bench.

use super::{Colour, mix, rough, round, within};

/// The colour at a place between 0 and 1.
pub(super) fn at(x: f64, y: f64) -> Colour {
    let leaf = rough(x * 34.0, y * 24.0);
    let in_crown = round(x, y, 0.36, 0.36, 0.235 + 0.018 * leaf, 0.27 + 0.03 * leaf);
    if within(x, y, [0.60, 0.80], [0.705, 0.725])
        || (within(x, y, [0.62, 0.78], [0.725, 0.79]) && (x * 50.0) % 7.0 < 1.0)
    {
        return [92, 62, 40];
    }
    if in_crown {
        return mix([38, 84, 40], [128, 164, 66], 0.5 + 0.5 * leaf + 0.7 * (0.42 - y));
    }
    if within(x, y, [0.337, 0.383], [0.5, 0.76]) {
        return mix([70, 50, 36], [104, 78, 56], rough(x * 120.0, y * 9.0).abs());
    }
    church(x, y).unwrap_or_else(|| ground_and_sky(x, y))
}

fn church(x: f64, y: f64) -> Option<Colour> {
    let spire = y > 0.16 && y < 0.36 && (x - 0.795).abs() < (y - 0.16) * 0.21;
    let tower = within(x, y, [0.755, 0.835], [0.36, 0.64]);
    let roof = y > 0.44 && y < 0.53 && x > 0.835 && x < 0.99 - (0.53 - y) * 0.35;
    let nave = within(x, y, [0.835, 0.975], [0.53, 0.64]);
    let window = (round(x, y, 0.795, 0.43, 0.016, 0.03)) || (nave && (x * 100.0) % 4.6 < 1.4 && y > 0.56 && y < 0.62);
    match (spire || roof, window, tower || nave) {
        (true, ..) => Some([78, 84, 96]),
        (false, true, _) => Some([64, 66, 80]),
        (false, false, true) => Some(mix([176, 108, 84], [150, 88, 68], rough(x * 90.0, y * 90.0).abs())),
        (false, false, false) => None,
    }
}

fn ground_and_sky(x: f64, y: f64) -> Colour {
    if y > 0.64 {
        let path = (x - 0.5 - 0.16 * (y - 0.64)).abs() < 0.05 + 0.22 * (y - 0.64);
        let grass = mix([104, 142, 66], [148, 176, 86], 0.5 + 0.5 * rough(x * 70.0, y * 50.0));
        return if path { mix([206, 188, 150], grass, 0.12) } else { grass };
    }
    let sun = ((x - 0.14).powi(2) + ((y - 0.16) * 0.66).powi(2)).sqrt();
    let sky = mix([142, 186, 218], [232, 232, 214], y / 0.64);
    let cloud = rough(x * 7.0, y * 15.0) + 0.6 * rough(x * 15.0, y * 30.0);
    let sky = if cloud > 0.75 && y < 0.4 { mix(sky, [250, 248, 240], (cloud - 0.75).min(0.7)) } else { sky };
    mix([255, 240, 190], sky, (sun * 6.0).min(1.0))
}
