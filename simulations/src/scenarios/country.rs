//! A whole country for a month: towns whose quarters lie in a circle, villages in rows between them and towards the sea.

use super::draft::Draft;
use super::geography;
use super::habits::{Pace, gather, live, members, populate};
use super::lines::{AT_HOME, GLASS};
use super::troubles::{Weather, strike};
use super::{PATIENCE, Settings, end_of};
use crate::plan::Plan;
use crate::world::DAY;

use rand::RngExt;

/// How many inhabitants a neighbourhood has on average: 750,000 in 130 of them.
const INHABITANTS: u64 = 750_000;
/// In so many neighbourhoods.
const NEIGHBOURHOODS: u32 = 130;
/// How many in a hundred inhabitants take part.
const SHARE: f64 = 4.0;
/// One neighbourhood in so many founds a circle.
const CIRCLES: u32 = 6;
/// One box in so many has a clock that is off by more than minutes, up to a year.
const BAD_CLOCKS: u32 = 100;

/// The plan; usually 130 neighbourhoods with 750,000 inhabitants for 30 days. With another number of neighbourhoods the
/// number of inhabitants follows, so that each costs the same.
pub(super) fn plan(settings: &Settings) -> Plan {
    let (count, days) = (settings.neighbourhoods_or(NEIGHBOURHOODS, 2), settings.days_or(30));
    let usual = INHABITANTS * count as u64 / u64::from(NEIGHBOURHOODS);
    let total = settings.residents.unwrap_or_else(|| u32::try_from(usual).unwrap_or(u32::MAX));
    let mut draft = Draft::new("country", settings.seed, end_of(days), PATIENCE);
    let map = geography::country(&mut draft.random, count);
    let sizes = geography::sizes(&mut draft.random, count, total);
    let mut towns: Vec<String> = Vec::new();
    for (number, (spot, inhabitants)) in map.spots.iter().zip(sizes).enumerate() {
        let name = match spot.town {
            Some(town) => {
                if town == towns.len() {
                    let name = draft.names.village(&mut draft.random);
                    towns.push(name);
                }
                draft.names.quarter(&towns[town], number)
            }
            None => draft.names.village(&mut draft.random),
        };
        // One neighbourhood in three has a second box.
        let boxes = if draft.random.random_range(0..3) == 0 { 2 } else { 1 };
        let village = draft.village(name, inhabitants, spot.place, boxes);
        draft.connect_at_home(village, AT_HOME);
        populate(&mut draft, village, members(inhabitants, SHARE, 6));
        live(&mut draft, village, &(0..days), &Pace::ORDINARY);
        if village.is_multiple_of(CIRCLES) {
            gather(&mut draft, village);
        }
    }
    for [a, b] in map.pairs {
        draft.befriend(a as u32, b as u32, GLASS);
    }
    for at in 0..draft.plan.boxes.len() {
        if draft.random.random_range(0..BAD_CLOCKS) == 0 {
            let year = 365 * DAY as i64;
            draft.plan.boxes[at].clock_error = draft.random.random_range(-year..=year);
        }
    }
    strike(&mut draft, &Weather::ORDINARY, &(0..end_of(days)));
    draft.finish()
}
