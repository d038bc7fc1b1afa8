//! One village with three boxes and a council of five. The lines between the boxes are down most of the time, and on each
//! side people remove, demote, retire and recover each other, and sign for it. A neighbour with whom they agree looks on,
//! and has to come to the same. When the lines are back, every box says the same about everybody, and somebody is left who
//! can let others in.

use super::draft::Draft;
use super::habits::{Pace, everyday};
use super::lines::{AT_HOME, TELEPHONE};
use super::rhythm::moment;
use super::{PATIENCE, Settings, end_of};
use crate::plan::{Deed, Part, PersonId, Plan, Trouble, VillageId};
use crate::world::{DAY, HOUR};

use rand::RngExt;

/// How many boxes the village has: each can be cut off from the others.
const BOXES: u32 = 3;
/// How many connectors there are beside the founder.
const CONNECTORS: usize = 4;
/// How many other people take part.
const RESIDENTS: usize = 6;
/// How often somebody goes at somebody else, a day.
const BLOWS_A_DAY: u32 = 60;

/// The plan; usually for two days.
pub(super) fn plan(settings: &Settings) -> Plan {
    let days = settings.days_or(2);
    let mut draft = Draft::new("quarrel", settings.seed, end_of(days), PATIENCE);
    let total = settings.residents.unwrap_or(240);
    let village = draft.village("Kibbelveen".to_owned(), total, [0.35, 0.5], BOXES);
    let beside = draft.village("Vredehof".to_owned(), total, [0.75, 0.5], 1);
    draft.connect_at_home(village, AT_HOME);
    draft.befriend(village, beside, TELEPHONE);
    for _ in 0..=CONNECTORS {
        let part = if draft.people_of(village).is_empty() { Part::Founder } else { Part::Connector };
        let person = draft.person(village, part, 2);
        draft.act(HOUR, person, Deed::AddDevice(1));
    }
    for _ in 0..RESIDENTS {
        draft.person(village, Part::Resident, 1);
    }
    draft.person(beside, Part::Founder, 1);
    draft.person(beside, Part::Resident, 1);
    for person in draft.people_of(village).to_vec() {
        everyday(&mut draft, person, &(0..days), &Pace { writes: 5.0, ..Pace::LIVELY });
    }
    for day in 0..days {
        cut_off(&mut draft, day);
        for _ in 0..BLOWS_A_DAY {
            blow(&mut draft, village, day);
        }
    }
    draft.finish()
}

/// Every line of a day is down for hours: long enough that each side goes its own way, and never for ever.
fn cut_off(draft: &mut Draft, day: u32) {
    for line in 0..draft.plan.lines.len() {
        let line = draft.plan.lines[line].id;
        let at = u64::from(day) * DAY + draft.random.random_range(8 * HOUR..10 * HOUR);
        let long = draft.random.random_range(4 * HOUR..12 * HOUR);
        draft.fault(at, Trouble::LineDown(line, long));
    }
}

/// Somebody goes at somebody else, or signs for it.
fn blow(draft: &mut Draft, village: VillageId, day: u32) {
    let people = draft.people_of(village).to_vec();
    let pick = |draft: &mut Draft, of: &[PersonId]| of[draft.random.random_range(0..of.len())];
    let by = pick(draft, &people[..=CONNECTORS]);
    let whom = pick(draft, &people);
    let deed = match draft.random.random_range(0..20) {
        0..8 => Deed::Endorse,
        8..11 => Deed::Promote(whom),
        11..14 => Deed::Remove(whom),
        14..16 => Deed::Demote(whom),
        16 => Deed::RetireDevice,
        17 => Deed::Rescue(whom),
        18 => Deed::Veto,
        _ => Deed::LosePhone,
    };
    let at = moment(&mut draft.random, day);
    draft.act(at, by, deed);
    if draft.random.random_bool(0.1) {
        let at = moment(&mut draft.random, day);
        draft.act(at, whom, Deed::Return);
    }
}
