//! Where people live: how large neighbourhoods are, which lie beside which, and where on the map.

use std::f64::consts::TAU;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// The fewest inhabitants of a neighbourhood.
pub(super) const SMALLEST: u32 = 150;
/// How far sizes spread: the standard deviation of their logarithm. With it one in six is more than two and a half times
/// as large as the middle one.
const SPREAD: f64 = 0.9;

/// A neighbourhood on the map.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Spot {
    /// The town whose quarter it is, counted from 0; none for a village.
    pub(super) town: Option<usize>,
    /// Where it lies, each from 0 to 1.
    pub(super) place: [f32; 2],
}

/// Neighbourhoods and which of them agree with which.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Map {
    /// The neighbourhoods.
    pub(super) spots: Vec<Spot>,
    /// Pairs of them, each once, the lower number first.
    pub(super) pairs: Vec<[usize; 2]>,
}

/// How many live in each of `count` neighbourhoods: many small ones, some large ones, `total` all together, the largest
/// first. At least [`SMALLEST`] live in each, also where `total` is too few for that.
pub(super) fn sizes(random: &mut ChaCha8Rng, count: usize, total: u32) -> Vec<u32> {
    let mut weights: Vec<f64> = (0..count).map(|_| (SPREAD * standard_normal(random)).exp()).collect();
    weights.sort_by(|a, b| b.total_cmp(a));
    let sum: f64 = weights.iter().sum();
    let spare = f64::from(total.saturating_sub(SMALLEST * count as u32));
    let mut sizes: Vec<u32> = weights.iter().map(|weight| SMALLEST + (spare * weight / sum) as u32).collect();
    let rest = total.saturating_sub(sizes.iter().sum());
    if let Some(largest) = sizes.first_mut() {
        *largest += rest;
    }
    sizes
}

/// All neighbourhoods in a circle, each beside the next.
pub(super) fn circle(count: usize) -> Map {
    let spots = (0..count).map(|at| Spot { town: None, place: on_circle([0.5, 0.5], 0.42, at, count) }).collect();
    let mut map = Map { spots, pairs: Vec::new() };
    for at in 0..count {
        map.agree(at, (at + 1) % count);
    }
    map
}

/// The quarters of one town in a circle, every one beside every other: so that what one shares reaches all.
pub(super) fn town(count: usize) -> Map {
    let mut map = circle(count);
    for spot in &mut map.spots {
        spot.town = Some(0);
    }
    for at in 0..count {
        for other in at + 1..count {
            map.agree(at, other);
        }
    }
    map
}

/// Villages along a river, each beside the next, and at the end of the list the water board that agrees with all of them.
pub(super) fn river(villages: usize) -> Map {
    let along = |at: usize| (at as f32 + 0.5) / villages as f32;
    let bend = |at: usize| 0.45 + 0.25 * (along(at) * 9.0).sin();
    let spots = (0..villages).map(|at| Spot { town: None, place: [0.04 + 0.92 * along(at), bend(at)] });
    let mut map = Map { spots: spots.collect(), pairs: Vec::new() };
    map.spots.push(Spot { town: None, place: [0.5, 0.95] });
    for at in 1..villages {
        map.agree(at - 1, at);
    }
    for at in 0..villages {
        map.agree(at, villages);
    }
    map
}

/// A country: towns whose quarters lie in a circle, villages in rows that lead from one town to another or end at the sea.
/// The quarters come first.
pub(super) fn country(random: &mut ChaCha8Rng, count: usize) -> Map {
    let mut map = Map::default();
    let towns = (count / 26 + 1).min(count / 3);
    let centres: Vec<[f32; 2]> = (0..towns).map(|town| spread_out(random, town, towns)).collect();
    let mut quarters: Vec<Vec<usize>> = Vec::new();
    for (town, centre) in centres.iter().enumerate() {
        let size = random.random_range(5..=9).min(count * 2 / 5 / towns).max(3);
        let first = map.spots.len();
        for at in 0..size {
            map.spots.push(Spot { town: Some(town), place: on_circle(*centre, 0.055, at, size) });
        }
        for at in 0..size {
            map.agree(first + at, first + (at + 1) % size);
        }
        quarters.push((first..first + size).collect());
    }
    let mut row = 0;
    while map.spots.len() < count {
        let length = random.random_range(3..=7).min(count - map.spots.len());
        let from = row % towns.max(1);
        // Of each town's rows every other one leads to the next town; the others end at the sea, or in a bog.
        let leads_on = towns > 1 && (row / towns).is_multiple_of(2);
        let to = leads_on.then(|| (from + 1) % towns);
        map.lay_row(random, length, quarters.get(from), to.and_then(|to| quarters.get(to)));
        row += 1;
    }
    map
}

impl Map {
    /// Two neighbourhoods agree, unless they have already or are one.
    fn agree(&mut self, a: usize, b: usize) {
        let pair = [a.min(b), a.max(b)];
        if a != b && !self.pairs.contains(&pair) {
            self.pairs.push(pair);
        }
    }

    fn lay_row(&mut self, random: &mut ChaCha8Rng, length: usize, from: Option<&Vec<usize>>, to: Option<&Vec<usize>>) {
        let mut pick = |quarters: &Vec<usize>| quarters[random.random_range(0..quarters.len())];
        let (start, end) = (from.map(&mut pick), to.map(&mut pick));
        let origin = start.map_or([0.5, 0.5], |at| self.spots[at].place);
        let target = end.map_or_else(
            || [random.random_range(0.02..0.98), random.random_range(0.02..0.98)],
            |at| self.spots[at].place,
        );
        let mut before = start;
        for step in 1..=length {
            let way = step as f32 / (length + 1) as f32;
            let sideways = |from: f32, to: f32, random: &mut ChaCha8Rng| {
                (from + (to - from) * way + random.random_range(-0.03_f32..0.03)).clamp(0.01, 0.99)
            };
            let place = [sideways(origin[0], target[0], random), sideways(origin[1], target[1], random)];
            self.spots.push(Spot { town: None, place });
            let here = self.spots.len() - 1;
            if let Some(before) = before {
                self.agree(before, here);
            }
            before = Some(here);
        }
        if let (Some(last), Some(end)) = (before, end) {
            self.agree(last, end);
        }
    }
}

/// Where the town with this number lies: towns lie apart.
fn spread_out(random: &mut ChaCha8Rng, town: usize, towns: usize) -> [f32; 2] {
    let columns = (towns as f32).sqrt().ceil().max(1.0);
    let rows = (towns as f32 / columns).ceil().max(1.0);
    let (column, row) = (town as f32 % columns, (town as f32 / columns).floor());
    let mut off = || random.random_range(-0.25_f32..0.25);
    [((column + 0.5 + off()) / columns).clamp(0.08, 0.92), ((row + 0.5 + off()) / rows).clamp(0.08, 0.92)]
}

fn on_circle(centre: [f32; 2], radius: f32, at: usize, count: usize) -> [f32; 2] {
    let angle = TAU * at as f64 / count as f64;
    [centre[0] + radius * angle.cos() as f32, centre[1] + radius * angle.sin() as f32]
}

/// A normally distributed number with mean 0 and deviation 1 (Box and Muller, 1958).
fn standard_normal(random: &mut ChaCha8Rng) -> f64 {
    let (radius, angle): (f64, f64) = (random.random(), random.random());
    (-2.0 * (1.0 - radius).ln()).sqrt() * (TAU * angle).cos()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rand::SeedableRng;

    use super::*;

    fn reached(map: &Map) -> usize {
        let (mut seen, mut next) = (BTreeSet::from([0]), vec![0]);
        while let Some(at) = next.pop() {
            for [a, b] in &map.pairs {
                let other = if *a == at {
                    *b
                } else if *b == at {
                    *a
                } else {
                    continue;
                };
                if seen.insert(other) {
                    next.push(other);
                }
            }
        }
        seen.len()
    }

    #[test]
    fn sizes_sum_up_and_spread() {
        let sizes = sizes(&mut ChaCha8Rng::seed_from_u64(1), 130, 750_000);
        assert_eq!(sizes.iter().sum::<u32>(), 750_000);
        assert!(sizes.is_sorted_by(|a, b| a >= b));
        assert!(sizes[129] >= SMALLEST && sizes[129] < 2_000 && sizes[0] > 15_000, "{sizes:?}");
    }

    #[test]
    fn too_few_people_are_still_a_village_each() {
        assert_eq!(sizes(&mut ChaCha8Rng::seed_from_u64(1), 4, 10), [SMALLEST; 4]);
    }

    #[test]
    fn every_map_hangs_together_and_lies_on_the_page() {
        let country = |count| country(&mut ChaCha8Rng::seed_from_u64(count as u64), count);
        for map in [circle(8), town(9), river(30), country(2), country(10), country(130), country(500)] {
            assert_eq!(reached(&map), map.spots.len());
            assert!(map.spots.iter().all(|spot| spot.place.iter().all(|at| (0.0..=1.0).contains(at))));
            let pairs: BTreeSet<_> = map.pairs.iter().collect();
            assert_eq!(pairs.len(), map.pairs.len());
            assert!(map.pairs.iter().all(|[a, b]| a < b && *b < map.spots.len()));
        }
    }

    #[test]
    fn a_country_has_as_many_neighbours_each_however_large_it_is() {
        for count in [50, 130, 500] {
            let map = country(&mut ChaCha8Rng::seed_from_u64(3), count);
            assert_eq!(map.spots.len(), count);
            let each = 2.0 * map.pairs.len() as f64 / count as f64;
            assert!((2.0..2.8).contains(&each), "{each} neighbours each in a country of {count}");
        }
    }

    #[test]
    fn a_river_has_a_water_board_that_knows_everybody() {
        let map = river(5);
        assert_eq!(map.pairs.iter().filter(|[_, b]| *b == 5).count(), 5);
    }
}
