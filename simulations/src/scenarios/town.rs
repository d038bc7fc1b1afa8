//! The nine quarters of one town, each a neighbourhood with its own square, and organisations that write for the whole
//! town: the library, the municipality, the football club.
//!
//! A circle is the audience meant for this. Nobody may write to one yet, so the quarters agree with each other in pairs and
//! what is for all of them goes to the neighbours: nine quarters are 36 agreements.

use super::draft::Draft;
use super::geography::{self, town};
use super::habits::{Pace, gather, live, members, populate};
use super::lines::{AT_HOME, GLASS};
use super::rhythm::{moment, times};
use super::troubles::{Weather, strike};
use super::{PATIENCE, Settings, end_of};
use crate::plan::{Deed, Plan, VillageId};

use rand::RngExt;

/// How many inhabitants a quarter has on average.
const INHABITANTS: u32 = 3_000;
/// How many in a hundred take part.
const SHARE: f64 = 4.0;
/// How many people of a quarter write in the name of an organisation.
const SPEAKERS: usize = 3;

/// The plan; usually nine quarters for a week.
pub(super) fn plan(settings: &Settings) -> Plan {
    let (count, days) = (settings.neighbourhoods_or(9, 2), settings.days_or(7));
    let total = settings.residents.unwrap_or(INHABITANTS * count as u32);
    let mut draft = Draft::new("town", settings.seed, end_of(days), PATIENCE);
    let map = town(count);
    let sizes = geography::sizes(&mut draft.random, count, total);
    let name = draft.names.village(&mut draft.random);
    for (number, (spot, inhabitants)) in map.spots.iter().zip(sizes).enumerate() {
        let quarter = draft.names.quarter(&name, number);
        let boxes = draft.random.random_range(1..=2);
        let village = draft.village(quarter, inhabitants, spot.place, boxes);
        draft.connect_at_home(village, AT_HOME);
        populate(&mut draft, village, members(inhabitants, SHARE, 8));
        live(&mut draft, village, &(0..days), &Pace { shared: 0.2, ..Pace::ORDINARY });
        for_the_town(&mut draft, village, days);
    }
    gather(&mut draft, 0);
    for [a, b] in map.pairs {
        draft.befriend(a as VillageId, b as VillageId, GLASS);
    }
    strike(&mut draft, &Weather::ORDINARY, &(0..end_of(days)));
    draft.finish()
}

/// Some of a quarter write to the whole town in the name of their organisation, about once a day each.
fn for_the_town(draft: &mut Draft, village: VillageId, days: u32) {
    let people = draft.people_of(village).to_vec();
    for _ in 0..SPEAKERS {
        let speaker = people[draft.random.random_range(0..people.len())];
        for day in 0..days {
            for _ in 0..times(&mut draft.random, 1.0) {
                let at = moment(&mut draft.random, day);
                draft.act(at, speaker, Deed::Write { shared: true, official: true });
            }
        }
    }
}
