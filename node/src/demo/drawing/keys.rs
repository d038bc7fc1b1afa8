//! What was found by the ferry: three keys on a ring, and a blue wooden boat on a cord.

use super::{Colour, mix, rough, within};

/// How much wider than high the picture is: what is round has to stay round.
const WIDER: f64 = 1.5;
/// The middle of the ring, and how large it is.
const RING: (f64, f64, f64) = (0.70, 0.33, 0.10);
/// Where the keys hang.
const HANGING: (f64, f64) = (0.78, 0.40);

/// A key: how far right and down it points, its length, its metal.
struct Key {
    right: f64,
    down: f64,
    long: f64,
    metal: Colour,
}

const KEYS: [Key; 3] = [
    Key { right: 0.939, down: 0.343, long: 0.30, metal: [196, 166, 88] },
    Key { right: 0.498, down: 0.867, long: 0.27, metal: [186, 190, 198] },
    Key { right: -0.178, down: 0.984, long: 0.24, metal: [170, 120, 80] },
];

/// The colour at a place between 0 and 1.
pub(super) fn at(x: f64, y: f64) -> Colour {
    let x = x * WIDER;
    let thing = boat(x, y).or_else(|| KEYS.iter().find_map(|one| key(x, y, one)));
    thing.or_else(|| ring(x, y)).or_else(|| cord(x, y)).unwrap_or_else(|| {
        let (left, up) = (x - 0.012, y - 0.018);
        let shaded = boat(left, up).is_some() || KEYS.iter().any(|one| key(left, up, one).is_some());
        mix(table(x, y), [40, 24, 14], if shaded { 0.3 } else { 0.0 })
    })
}

fn table(x: f64, y: f64) -> Colour {
    let (plank, within_plank) = ((y * 5.0).floor(), (y * 5.0).fract());
    if within_plank < 0.022 {
        return [92, 60, 38];
    }
    let grain = rough(x / WIDER * 7.0 + plank * 3.1, y * 110.0 + 2.2 * (x / WIDER * 4.0 + plank).sin());
    mix([150, 104, 66], [190, 142, 96], 0.5 + 0.5 * grain)
}

fn ring(x: f64, y: f64) -> Option<Colour> {
    let (across, down) = (x - RING.0, y - RING.1);
    let is_here = (across.hypot(down) - RING.2).abs() < 0.01;
    is_here.then(|| mix([120, 122, 128], [226, 228, 232], 0.5 + 0.5 * (down.atan2(across) * 2.0 + 1.0).sin()))
}

fn cord(x: f64, y: f64) -> Option<Colour> {
    let along = (0.62 - x) / 0.185;
    let hangs = 0.395 + 0.19 * along + 0.05 * (along * std::f64::consts::PI).sin();
    let is_here = (0.0..=1.0).contains(&along) && (y - hangs).abs() < 0.008;
    is_here.then(|| mix([206, 196, 176], [160, 148, 126], 0.5 + 0.5 * (x * 400.0).sin()))
}

fn key(x: f64, y: f64, key: &Key) -> Option<Colour> {
    let (across, down) = (x - HANGING.0, y - HANGING.1);
    let along = across * key.right + down * key.down;
    let aside = down * key.right - across * key.down;
    if !within(along, aside, [-0.011, key.long], [-0.06, 0.062]) {
        return None;
    }
    let shine = mix(key.metal, [255, 250, 235], 0.35 - 8.0 * aside);
    let teeth = 0.045 - 0.016 * (along * 160.0 + key.down * 2.0).sin();
    if (along - 0.045).hypot(aside) < 0.055 {
        let hole = (along - 0.02).hypot(aside) < 0.017;
        return (!hole).then_some(shine);
    }
    if within(along, aside, [0.09, key.long], [-0.013, 0.013]) {
        return Some(shine);
    }
    within(along, aside, [key.long - 0.075, key.long], [0.0, teeth]).then(|| mix(shine, [60, 50, 40], 0.12))
}

fn boat(x: f64, y: f64) -> Option<Colour> {
    let (x, y) = (x - 0.26, y - 0.58);
    if !within(x, y, [-0.2, 0.2], [-0.31, 0.11]) {
        return None;
    }
    if (0.0..=0.10).contains(&y) && x.abs() < 0.185 - 3.6 * y * y - 0.25 * y {
        let paint = mix([38, 84, 152], [74, 128, 196], 0.5 + 0.5 * rough(x * 8.0, y * 90.0));
        return Some(if y < 0.016 { [236, 232, 220] } else { mix(paint, [16, 36, 80], y * 3.0) });
    }
    if within(x, y, [-0.010, 0.006], [-0.30, 0.0]) {
        return Some([132, 92, 58]);
    }
    let cloth = 0.5 + 0.5 * rough(x * 20.0, y * 8.0);
    if y > -0.29 && y < -0.03 && x > 0.012 && x < 0.012 + (y + 0.29) * 0.52 {
        return Some(mix([244, 240, 228], [214, 208, 194], cloth));
    }
    let small_sail = y > -0.24 && y < -0.03 && x < -0.016 && x > -0.016 - (y + 0.24) * 0.36;
    small_sail.then(|| mix([198, 60, 50], [168, 44, 40], cloth))
}
