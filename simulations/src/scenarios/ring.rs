//! Villages in a ring, each with an agreement with the next: people join, write, edit from two devices and answer next
//! door, over lines that lose, break and are down for hours.

use super::draft::Draft;
use super::geography::{self, circle};
use super::habits::{Pace, live, members, newcomer, populate};
use super::lines::{AT_HOME, TELEPHONE};
use super::troubles::{Weather, strike};
use super::{PATIENCE, Settings, end_of};
use crate::plan::{Deed, Part, Plan};
use crate::world::HOUR;

use rand::RngExt;

/// How many inhabitants a village usually has.
const INHABITANTS: u32 = 200;
/// How many in a hundred of them take part.
const SHARE: f64 = 5.0;

/// The plan; usually 8 villages for 3 days.
pub(super) fn plan(settings: &Settings) -> Plan {
    let (count, days) = (settings.neighbourhoods_or(8, 2), settings.days_or(3));
    let mut draft = Draft::new("ring", settings.seed, end_of(days), PATIENCE);
    let map = circle(count);
    let total = settings.residents.unwrap_or(INHABITANTS * count as u32);
    let sizes = geography::sizes(&mut draft.random, count, total);
    for (spot, inhabitants) in map.spots.iter().zip(sizes) {
        let name = draft.names.village(&mut draft.random);
        let village = draft.village(name, inhabitants, spot.place, 2);
        draft.connect_at_home(village, AT_HOME);
        populate(&mut draft, village, members(inhabitants, SHARE, 5) / 2);
        // The others come in during the first hours; one letter is photographed.
        let mut last = None;
        for _ in 0..members(inhabitants, SHARE, 5) / 2 {
            let at = draft.random.random_range(0..6 * HOUR);
            last = Some((newcomer(&mut draft, village, at), at));
        }
        if let Some((holder, at)) = last {
            let copier = draft.person(village, Part::Newcomer, 1);
            draft.act(at + HOUR, copier, Deed::JoinWithLetterOf(holder));
        }
        live(&mut draft, village, &(0..days), &Pace::LIVELY);
    }
    for [a, b] in map.pairs {
        draft.befriend(a as u32, b as u32, TELEPHONE);
    }
    strike(&mut draft, &Weather::BAD, &(0..end_of(days)));
    draft.nobody_acts_before_they_come();
    draft.finish()
}
