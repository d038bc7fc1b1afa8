//! It is summer. In every second village the box is off for three weeks, and some lines go with it. Whoever stays at home
//! writes on; when the boxes are back they catch up.

use super::draft::Draft;
use super::geography::{self, circle};
use super::habits::{Pace, live, members, populate};
use super::lines::GLASS;
use super::troubles::{Weather, strike};
use super::{PATIENCE, Settings, end_of};
use crate::plan::{Plan, Trouble, VillageId};
use crate::world::DAY;

use rand::RngExt;

/// How many inhabitants a village has on average.
const INHABITANTS: u32 = 800;
/// How many in a hundred take part.
const SHARE: f64 = 4.0;

/// The plan; usually eight villages for 30 days, at least 25.
pub(super) fn plan(settings: &Settings) -> Plan {
    let (count, days) = (settings.neighbourhoods_or(8, 2), settings.days_or(30).max(25));
    let total = settings.residents.unwrap_or(INHABITANTS * count as u32);
    let mut draft = Draft::new("holiday", settings.seed, end_of(days), PATIENCE);
    let map = circle(count);
    let sizes = geography::sizes(&mut draft.random, count, total);
    for (spot, inhabitants) in map.spots.iter().zip(sizes) {
        let village = draft.ordinary_village(inhabitants, spot.place);
        populate(&mut draft, village, members(inhabitants, SHARE, 6));
        live(&mut draft, village, &(0..days), &Pace { writes: 3.0, mishaps: 5.0, ..Pace::ORDINARY });
        if village.is_multiple_of(2) {
            // Of two boxes one stays on in half the villages: then the other catches up from beside it.
            let boxes = draft.boxes_of(village).to_vec();
            let stays = usize::from(boxes.len() == 2 && draft.random.random_bool(0.5));
            let leaves = draft.random.random_range(DAY..3 * DAY);
            for away in boxes.into_iter().skip(stays) {
                draft.fault(leaves, Trouble::BoxOff(away, 21 * DAY));
            }
        }
    }
    for [a, b] in map.pairs {
        draft.befriend(a as VillageId, b as VillageId, GLASS);
    }
    strike(&mut draft, &Weather::ORDINARY, &(0..end_of(days)));
    draft.finish()
}
