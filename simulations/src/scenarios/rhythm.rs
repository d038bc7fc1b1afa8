//! When people do things: hardly at night, most after dinner, otherwise on Sunday than on Tuesday.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::plan::Millis;
use crate::world::{DAY, HOUR};

/// How busy each hour of a working day is, beside the others.
const WORKING_DAY: [u32; 24] = [1, 0, 0, 0, 0, 1, 3, 8, 9, 6, 8, 6, 9, 8, 5, 5, 6, 8, 9, 15, 18, 16, 10, 4];
/// How busy each hour of a Saturday or Sunday is, beside the others.
const DAY_OFF: [u32; 24] = [2, 1, 0, 0, 0, 0, 1, 3, 6, 11, 14, 13, 10, 9, 9, 9, 10, 10, 8, 12, 14, 13, 10, 5];
/// How busy each day is beside the others, from the Saturday on which runs begin.
const WEEK: [f64; 7] = [1.2, 1.1, 0.9, 0.9, 1.0, 0.9, 1.0];

/// A moment of a day, counted from 0, as busy hours have more of them.
pub(super) fn moment(random: &mut ChaCha8Rng, day: u32) -> Millis {
    let hours = if day % 7 < 2 { &DAY_OFF } else { &WORKING_DAY };
    let mut left = random.random_range(0..hours.iter().sum());
    let hour = hours.iter().position(|busy| {
        let found = left < *busy;
        left = left.saturating_sub(*busy);
        found
    });
    u64::from(day) * DAY + hour.map_or(12, |hour| hour as u64) * HOUR + random.random_range(0..HOUR)
}

/// How busy a day is, counted from 0; the mean over a week is 1.
pub(super) fn busy(day: u32) -> f64 {
    WEEK[day as usize % WEEK.len()]
}

/// How often something happens that happens `mean` times on average, by chance and independently; at most 1000 times.
pub(super) fn times(random: &mut ChaCha8Rng, mean: f64) -> u32 {
    let (limit, mut product, mut count) = ((-mean).exp(), 1.0, 0);
    loop {
        product *= random.random::<f64>();
        if product <= limit || count == 1000 {
            return count;
        }
        count += 1;
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn a_moment_lies_in_its_day_and_rarely_at_night() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let mut at_night = 0;
        for _ in 0..2_000 {
            let moment = moment(&mut random, 3);
            assert!((3 * DAY..4 * DAY).contains(&moment));
            at_night += u32::from(moment % DAY < 6 * HOUR);
        }
        assert!(at_night < 60, "{at_night} of 2000 at night");
    }

    #[test]
    fn what_happens_by_chance_happens_as_often_as_it_should() {
        let mut random = ChaCha8Rng::seed_from_u64(2);
        for mean in [0.0, 0.3, 4.0] {
            let total: u32 = (0..4_000).map(|_| times(&mut random, mean)).sum();
            let found = f64::from(total) / 4_000.0;
            assert!((found - mean).abs() < 0.15, "{found} instead of {mean}");
        }
    }

    #[test]
    fn a_week_is_as_busy_as_seven_days() {
        let week: f64 = (0..7).map(busy).sum();
        assert!((week - 7.0).abs() < 1e-9);
    }
}
