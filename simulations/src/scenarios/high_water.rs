//! The water rises. The board that watches it writes an alert and updates it fifty times within a day, in its
//! organisation's name, for all villages along the river. Meanwhile a third of the boxes lose their power and lines come and
//! go. How soon does each village have the last update?
//!
//! What is for neighbours reaches those with whom one has an agreement, and goes no further. So the board is a
//! neighbourhood of its own that agrees with every village.

use super::draft::Draft;
use super::geography::{self, river};
use super::habits::{Pace, live, members, populate};
use super::lines::{AT_HOME, STORM};
use super::troubles::{Weather, strike};
use super::{PATIENCE, Settings, end_of};
use crate::plan::{Deed, Millis, Moment, Part, Plan, Trouble, VillageId};
use crate::world::{HOUR, MINUTE};

use rand::RngExt;

/// How many times the alert is updated, its first version not counted.
const UPDATES: u32 = 50;
/// When the first version is written.
const ALERT: Millis = 14 * HOUR;
/// How much later each next one is, at least and at most.
const EVERY: [Millis; 2] = [8 * MINUTE, 20 * MINUTE];
/// How many boxes the water board has.
const BOARD_BOXES: u32 = 3;
/// How many inhabitants a village has on average.
const INHABITANTS: u32 = 2_500;
/// How many in a hundred take part.
const SHARE: f64 = 4.0;

/// The plan; usually 30 villages and the board for two days.
pub(super) fn plan(settings: &Settings) -> Plan {
    let (count, days) = (settings.neighbourhoods_or(30, 2), settings.days_or(2).max(2));
    let total = settings.residents.unwrap_or(INHABITANTS * count as u32);
    let mut draft = Draft::new("high-water", settings.seed, end_of(days), PATIENCE);
    let map = river(count);
    let sizes = geography::sizes(&mut draft.random, count, total);
    for (spot, inhabitants) in map.spots.iter().zip(sizes) {
        let village = draft.ordinary_village(inhabitants, spot.place);
        populate(&mut draft, village, members(inhabitants, SHARE, 6));
        live(&mut draft, village, &(0..days), &Pace::ORDINARY);
    }
    let board = draft.village("Waterschap".to_owned(), 0, map.spots[count].place, BOARD_BOXES);
    draft.connect_at_home(board, AT_HOME);
    let writer = draft.person(board, Part::Founder, 1);
    draft.person(board, Part::Connector, 1);
    for [a, b] in map.pairs {
        draft.befriend(a as VillageId, b as VillageId, STORM);
    }
    let mut at = ALERT;
    draft.act(at - HOUR, writer, Deed::Write { shared: true, official: true });
    for update in 0..=UPDATES {
        draft.act(at, writer, Deed::Alert(update));
        at += draft.random.random_range(EVERY[0]..=EVERY[1]);
    }
    everybody_looks(&mut draft, ALERT..at + HOUR);
    // The worst of it comes at the end.
    the_lights_go_out(&mut draft, board, at - 2 * HOUR..at);
    let storm = Weather { lines_down: 40.0, down_for: MINUTE..HOUR, ..Weather::ORDINARY };
    strike(&mut draft, &storm, &(ALERT..at + 2 * HOUR));
    draft.nobody_acts_before_they_come();
    draft.finish()
}

/// Whoever is a member opens the page a few times while the water rises.
fn everybody_looks(draft: &mut Draft, during: std::ops::Range<Millis>) {
    for person in 0..draft.plan.people.len() as u32 {
        for _ in 0..draft.random.random_range(1..=4) {
            let at = draft.random.random_range(during.clone());
            draft.act(at, person, Deed::Read);
        }
    }
}

/// One village box in three loses its power once, in the last hours before the last update, for one to four hours.
fn the_lights_go_out(draft: &mut Draft, board: VillageId, during: std::ops::Range<Millis>) {
    let villages: Vec<_> = draft.plan.boxes.iter().filter(|machine| machine.village != board).collect();
    let boxes: Vec<_> = villages.iter().map(|machine| machine.id).collect();
    for (number, machine) in boxes.into_iter().enumerate() {
        if number % 3 == 0 {
            let at = draft.random.random_range(during.clone());
            let long = draft.random.random_range(HOUR..4 * HOUR);
            let moment = [Moment::Before, Moment::Torn, Moment::Synced][draft.random.random_range(0..3)];
            draft.fault(at, Trouble::PowerCut(machine, moment, long));
        }
    }
}
