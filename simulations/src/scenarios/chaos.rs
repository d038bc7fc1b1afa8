//! Everything that can happen may happen, in a world so small that a run takes about a second: the scenario to run with
//! thousands of seeds.
//!
//! Not all of it at once. Each seed chooses how large the world is, how bad its lines and how wrong its clocks are, and
//! which deeds are frequent, so that runs differ from each other and rare things meet in some of them.

use std::ops::Range;

use super::draft::Draft;
use super::geography::{self, Map};
use super::habits::newcomer;
use super::rhythm::moment;
use super::siege::besiege;
use super::troubles::{Weather, strike};
use super::{PATIENCE, Settings, end_of};
use crate::plan::{Deed, Part, PersonId, Plan, Quality, Trouble, VillageId};
use crate::world::{DAY, HOUR, MINUTE};

use rand::RngExt;

/// How many deeds there are all together, at least and at most.
const DEEDS: Range<u32> = 60..160;
/// How often each hostile party does harm on the first day.
const HARMS_A_DAY: u32 = 8;
/// How many sorts of deed [`deed`] knows.
const SORTS: u32 = 28;

/// The plan; usually two to four villages for one to three days.
pub(super) fn plan(settings: &Settings) -> Plan {
    let mut draft = Draft::new("chaos", settings.seed, 0, PATIENCE);
    let days = settings.days.unwrap_or_else(|| draft.random.random_range(1..=3)).max(1);
    draft.plan.ends = end_of(days);
    let usual = draft.random.random_range(1..=4);
    let count = settings.neighbourhoods.unwrap_or(usual).max(1) as usize;
    let map = any_map(&mut draft, count);
    let total = settings.residents.unwrap_or(150 * count as u32);
    let sizes = geography::sizes(&mut draft.random, count, total);
    for (spot, inhabitants) in map.spots.iter().zip(sizes) {
        let name = draft.names.village(&mut draft.random);
        let boxes = draft.random.random_range(1..=3);
        let village = draft.village(name, inhabitants, spot.place, boxes);
        let quality = any_line(&mut draft);
        draft.connect_at_home(village, quality);
        settle(&mut draft, village, days);
        if draft.random.random_range(0..4) == 0 {
            besiege(&mut draft, village, 1, HARMS_A_DAY);
        }
    }
    for [a, b] in &map.pairs {
        let quality = any_line(&mut draft);
        let pair = [*a as VillageId, *b as VillageId];
        // Some do not agree yet.
        match draft.random.random_range(0..8) {
            0 => draft.connect(pair[0], pair[1], quality),
            _ => draft.befriend(pair[0], pair[1], quality),
        }
    }
    wrong_clocks(&mut draft);
    let weights: Vec<u32> = (0..SORTS).map(|_| draft.random.random_range(0_u32..5).pow(2)).collect();
    for _ in 0..draft.random.random_range(DEEDS) {
        something(&mut draft, &weights, &map, days);
    }
    let weather = any_weather(&mut draft);
    strike(&mut draft, &weather, &(0..end_of(days)));
    a_night_apart(&mut draft, days);
    draft.finish()
}

/// Villages in a circle, or all beside each other.
fn any_map(draft: &mut Draft, count: usize) -> Map {
    if draft.random.random_bool(0.5) { geography::circle(count) } else { geography::town(count) }
}

fn any_line(draft: &mut Draft) -> Quality {
    let random = &mut draft.random;
    Quality {
        latency: random.random_range(1..300),
        jitter: random.random_range(0..200),
        bandwidth: random.random_range(20..5_000),
        loss: random.random_range(0.0..0.2),
        breakage: random.random_range(0.0..0.02),
        duplication: if random.random_bool(0.5) { random.random_range(0.0..0.05) } else { 0.0 },
        reordering: if random.random_bool(0.5) { random.random_range(0.0..0.05) } else { 0.0 },
    }
}

fn any_weather(draft: &mut Draft) -> Weather {
    let random = &mut draft.random;
    let mut often = |most: f64| if random.random_bool(0.6) { random.random_range(0.0..most) } else { 0.0 };
    Weather {
        lines_down: often(20.0),
        down_for: MINUTE..10 * HOUR,
        boxes_off: often(5.0),
        power_cuts: often(15.0),
        off_for: 10_000..5 * HOUR,
        clock_jumps: often(1.0),
        full_disks: often(3.0),
    }
}

/// Three to seven members from the start, one to four of them connectors, and a newcomer or two.
fn settle(draft: &mut Draft, village: VillageId, days: u32) {
    let (members, connectors) = (draft.random.random_range(3..=7), draft.random.random_range(1..=4));
    for number in 0..members {
        let part = match number {
            0 => Part::Founder,
            _ if number < connectors => Part::Connector,
            _ => Part::Resident,
        };
        let devices = draft.random.random_range(1..=2);
        let person = draft.person(village, part, devices);
        if devices == 2 {
            let at = draft.random.random_range(0..6 * HOUR);
            draft.act(at, person, Deed::AddDevice(1));
        }
    }
    for _ in 0..draft.random.random_range(0..=2) {
        let at = draft.random.random_range(0..end_of(days) / 2);
        let person = newcomer(draft, village, at);
        if draft.random.random_bool(0.3) {
            let copier = draft.person(village, Part::Newcomer, 1);
            draft.act(at + MINUTE, copier, Deed::JoinWithLetterOf(person));
        }
    }
}

/// In one world of three some box has no idea what day it is.
fn wrong_clocks(draft: &mut Draft) {
    if draft.random.random_range(0..3) > 0 {
        return;
    }
    for at in 0..draft.plan.boxes.len() {
        let most = match draft.random.random_range(0..8) {
            0 => 365 * DAY,
            1 => DAY,
            2 => 20 * MINUTE,
            _ => continue,
        };
        draft.plan.boxes[at].clock_error = draft.random.random_range(-(most as i64)..=most as i64);
    }
}

/// In one world of two all lines are down for the same hours, and things happen on every side.
fn a_night_apart(draft: &mut Draft, days: u32) {
    if draft.random.random_bool(0.5) {
        return;
    }
    let at = draft.random.random_range(0..end_of(days) / 2);
    let long = draft.random.random_range(HOUR..DAY);
    for line in 0..draft.plan.lines.len() {
        let line = draft.plan.lines[line].id;
        draft.fault(at, Trouble::LineDown(line, long));
    }
}

/// Somebody does something: of most sorts anybody, of those that only connectors can do mostly one of these.
fn something(draft: &mut Draft, weights: &[u32], map: &Map, days: u32) {
    let people = draft.plan.people.len() as u32;
    let sort = weighted(draft, weights);
    let mut who = draft.random.random_range(0..people);
    let village = draft.who(who).village;
    let neighbours = draft.people_of(village).to_vec();
    if sort >= FIRST_HEAVY && draft.random.random_bool(0.8) {
        let trusted = |person: &&PersonId| matches!(draft.who(**person).part, Part::Founder | Part::Connector);
        let trusted: Vec<PersonId> = neighbours.iter().filter(trusted).copied().collect();
        who = trusted[draft.random.random_range(0..trusted.len())];
    }
    let whom = neighbours[draft.random.random_range(0..neighbours.len())];
    let other = neighbour(draft, map, village);
    let second = u8::from(draft.random.random_bool(0.4));
    let shared = draft.random.random_bool(0.6);
    let day = draft.random.random_range(0..days);
    let at = moment(&mut draft.random, day);
    let what = deed(sort, second, shared, whom, other);
    draft.act(at, who, what);
}

/// A village beside this one, to which a line leads; itself when there is none.
fn neighbour(draft: &mut Draft, map: &Map, village: VillageId) -> VillageId {
    let here = village as usize;
    let beside = |[a, b]: &[usize; 2]| if *a == here { Some(*b) } else { (*b == here).then_some(*a) };
    let beside: Vec<usize> = map.pairs.iter().filter_map(beside).collect();
    if beside.is_empty() { village } else { beside[draft.random.random_range(0..beside.len())] as VillageId }
}

/// Up to this sort, not included, people write, answer, edit and move.
const WRITING: u32 = 9;
/// From this sort on it takes a connector.
const FIRST_HEAVY: u32 = 16;

/// The deed of a sort.
fn deed(sort: u32, device: u8, shared: bool, whom: PersonId, other: VillageId) -> Deed {
    match sort {
        0 | 1 => Deed::Write { shared, official: false },
        2 => Deed::Write { shared, official: true },
        3 | 4 => Deed::Answer,
        5 => Deed::Edit(device),
        6 => Deed::EditTwice,
        7 => Deed::Show { wider: shared },
        8 => Deed::Picture(device),
        9 => Deed::Erase,
        10 => Deed::Read,
        11 => Deed::Appeal,
        12 => Deed::LosePhone,
        13 => Deed::RetireDevice,
        14 => Deed::RestoreBackup,
        15 => Deed::Return,
        16 | 17 => Deed::Moderate,
        18 => Deed::Endorse,
        19 => Deed::Remove(whom),
        20 => Deed::Rescue(whom),
        21 => Deed::Promote(whom),
        22 => Deed::Demote(whom),
        23 => Deed::EndTreaty(other),
        24 => Deed::Agree(other),
        25 => Deed::Gather,
        26 if shared => Deed::Gather,
        26 => Deed::LeaveCircle,
        _ if shared => Deed::Veto,
        _ => Deed::Leave,
    }
}

/// One of the sorts, each as often as its weight says; what people write is always among them.
fn weighted(draft: &mut Draft, weights: &[u32]) -> u32 {
    let total: u32 = weights.iter().sum();
    let mut left = draft.random.random_range(0..total + 20);
    for (sort, weight) in weights.iter().enumerate() {
        if left < *weight {
            return sort as u32;
        }
        left -= weight;
    }
    draft.random.random_range(0..WRITING)
}
