//! Hostile parties at a third of the boxes: members, connectors, boxes and neighbours out for harm, in the middle of
//! ordinary life.

use super::draft::Draft;
use super::geography::{self, circle};
use super::habits::{Pace, gather, live, members, populate};
use super::lines::TELEPHONE;
use super::rhythm::moment;
use super::troubles::{Weather, strike};
use super::{PATIENCE, Settings, end_of};
use crate::hostile::{self, HARMS};
use crate::plan::{Deed, Part, Plan, VillageId};

use rand::RngExt;

/// How many inhabitants a village has on average.
const INHABITANTS: u32 = 160;
/// How many in a hundred take part.
const SHARE: f64 = 4.0;
/// How often each hostile party does harm, a day.
const HARMS_A_DAY: u32 = 24;

/// The plan; usually six villages for a day.
pub(super) fn plan(settings: &Settings) -> Plan {
    let (count, days) = (settings.neighbourhoods_or(6, 2), settings.days_or(1));
    let total = settings.residents.unwrap_or(INHABITANTS * count as u32);
    let mut draft = Draft::new("siege", settings.seed, end_of(days), PATIENCE);
    let map = circle(count);
    let sizes = geography::sizes(&mut draft.random, count, total);
    for (spot, inhabitants) in map.spots.iter().zip(sizes) {
        let village = draft.ordinary_village(inhabitants, spot.place);
        populate(&mut draft, village, members(inhabitants, SHARE, 4));
        live(&mut draft, village, &(0..days), &Pace { writes: 15.0, ..Pace::LIVELY });
        if village == 1 {
            gather(&mut draft, village);
        }
        if village.is_multiple_of(3) {
            besiege(&mut draft, village, days, HARMS_A_DAY);
        }
    }
    for [a, b] in map.pairs {
        draft.befriend(a as VillageId, b as VillageId, TELEPHONE);
    }
    let weather = Weather { lines_down: 3.0, ..Weather::BAD };
    strike(&mut draft, &weather, &(0..end_of(days)));
    draft.finish()
}

/// Somebody out for harm lives in a village, or two do, one of whom may be made a connector by people who do not know.
pub(super) fn besiege(draft: &mut Draft, village: VillageId, days: u32, harms_a_day: u32) {
    let founder = draft.people_of(village)[0];
    let library: Vec<&str> = hostile::names().skip(HARMS.len()).collect();
    let at = moment(&mut draft.random, 0);
    draft.act(at, founder, Deed::AllowHomeKeys);
    for _ in 0..draft.random.random_range(1..=2) {
        let person = draft.person(village, Part::Hostile, 2);
        if draft.random.random_bool(0.3) {
            let at = moment(&mut draft.random, 0);
            draft.act(at, founder, Deed::Promote(person));
        }
        for day in 0..days {
            for _ in 0..harms_a_day {
                let at = moment(&mut draft.random, day);
                let of = if draft.random.random_bool(0.5) { HARMS } else { &library };
                let harm = of[draft.random.random_range(0..of.len())];
                draft.act(at, person, Deed::Harm(harm.to_owned()));
            }
        }
    }
}
