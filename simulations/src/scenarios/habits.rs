//! How people live: how many of a village take part, how much they write, and what happens to them in a month.
//!
//! Nine in ten of those who take part hardly write: six do once in a while, three now and then, and one writes more than
//! all others together. That is how it goes on every square.

use std::ops::Range;

use rand::RngExt;

use super::draft::Draft;
use super::rhythm::{busy, moment, times};
use crate::plan::{Deed, Part, PersonId, VillageId};
use crate::world::{DAY, HOUR};

/// How much people do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// How often a member writes, answers or changes something in a week, on average.
    pub(super) writes: f64,
    /// How often a member opens the front page in a week, on average, as far as the run looks at that.
    pub(super) reads: f64,
    /// Which part of what is written is for the neighbours as well.
    pub(super) shared: f64,
    /// How often a connector looks after the square in a week.
    pub(super) tends: f64,
    /// How many in a hundred members come in, in a month.
    pub(super) arrivals: f64,
    /// How many in a hundred members lose a telephone, in a month; a fifth as many leave, and a fifth are shown out.
    pub(super) mishaps: f64,
}

impl Pace {
    /// An ordinary village.
    pub(super) const ORDINARY: Self =
        Self { writes: 1.0, reads: 0.5, shared: 0.4, tends: 2.0, arrivals: 4.0, mishaps: 2.0 };
    /// A handful of people who do little else: what small runs are about.
    pub(super) const LIVELY: Self =
        Self { writes: 25.0, reads: 7.0, shared: 0.5, tends: 7.0, arrivals: 0.0, mishaps: 20.0 };
}

/// How many of so many inhabitants take part, of whom `share` in a hundred do; never fewer than `least`.
pub(super) fn members(inhabitants: u32, share: f64, least: usize) -> usize {
    ((f64::from(inhabitants) * share / 100.0).round() as usize).max(least)
}

/// Gives a village so many members from the start: a founder, other connectors (one for every fifty members, two to six in
/// all), residents. One in five has a second device within the first days.
pub(super) fn populate(draft: &mut Draft, village: VillageId, members: usize) {
    let connectors = (1 + members / 50).clamp(2, 6);
    for number in 0..members {
        let part = match number {
            0 => Part::Founder,
            _ if number < connectors => Part::Connector,
            _ => Part::Resident,
        };
        let two = draft.random.random_bool(0.2);
        let person = draft.person(village, part, if two { 2 } else { 1 });
        if two {
            let at = draft.random.random_range(HOUR..4 * DAY);
            draft.act(at, person, Deed::AddDevice(1));
        }
    }
}

/// Lets somebody ask for a letter at a moment, and a second device some hours after.
pub(super) fn newcomer(draft: &mut Draft, village: VillageId, at: u64) -> PersonId {
    let person = draft.person(village, Part::Newcomer, 2);
    draft.act(at, person, Deed::Join);
    let later = at + draft.random.random_range(2 * HOUR..9 * HOUR);
    draft.act(later, person, Deed::AddDevice(1));
    person
}

/// Lets the people of a village live for some days, and others come to live there.
pub(super) fn live(draft: &mut Draft, village: VillageId, days: &Range<u32>, pace: &Pace) {
    let residents = draft.people_of(village).to_vec();
    let months = f64::from(days.end - days.start) / 30.0;
    let hundreds = residents.len() as f64 / 100.0;
    for person in &residents {
        everyday(draft, *person, days, pace);
    }
    for _ in 0..times(&mut draft.random, pace.arrivals * hundreds * months) {
        let day = draft.random.random_range(days.clone());
        let at = moment(&mut draft.random, day);
        let person = newcomer(draft, village, at);
        everyday(draft, person, &(day + 1..days.end), pace);
    }
    mishaps(draft, village, days, pace.mishaps * hundreds * months);
}

/// What one person does day by day.
pub(super) fn everyday(draft: &mut Draft, person: PersonId, days: &Range<u32>, pace: &Pace) {
    // The mean of this is about 1.
    let zeal = match draft.random.random_range(0..10) {
        0..6 => 0.2,
        6..9 => 1.2,
        _ => 5.0,
    };
    let (part, devices) = (draft.who(person).part, draft.who(person).devices.len());
    for day in days.clone() {
        for _ in 0..times(&mut draft.random, pace.writes * zeal * busy(day) / 7.0) {
            let at = moment(&mut draft.random, day);
            let deed = ordinary(draft, devices, pace.shared);
            draft.act(at, person, deed);
        }
        for _ in 0..times(&mut draft.random, pace.reads * zeal * busy(day) / 7.0) {
            let at = moment(&mut draft.random, day);
            draft.act(at, person, Deed::Read);
        }
        if matches!(part, Part::Founder | Part::Connector) {
            for _ in 0..times(&mut draft.random, pace.tends / 7.0) {
                let at = moment(&mut draft.random, day);
                let deed = if draft.random.random_bool(0.6) { Deed::Moderate } else { Deed::Endorse };
                draft.act(at, person, deed);
            }
        }
    }
}

/// Something somebody writes, answers or changes.
fn ordinary(draft: &mut Draft, devices: usize, shared: f64) -> Deed {
    let device = if devices > 1 { u8::from(draft.random.random_bool(0.4)) } else { 0 };
    let shared = draft.random.random_bool(shared);
    match draft.random.random_range(0..100) {
        0..30 => Deed::Write { shared, official: false },
        30..32 => Deed::Write { shared, official: true },
        32..70 => Deed::Answer,
        70..88 => Deed::Edit(device),
        88..92 if devices > 1 => Deed::EditTwice,
        92..94 => Deed::Show { wider: shared },
        94..96 => Deed::Picture(device),
        88..92 => Deed::Read,
        _ => Deed::Erase,
    }
}

/// The founder of a village gathers those next door in a circle on the first day, and again a day later, when another
/// connector has signed.
pub(super) fn gather(draft: &mut Draft, village: VillageId) {
    let founder = draft.people_of(village)[0];
    let at = draft.random.random_range(HOUR..5 * HOUR);
    draft.act(at, founder, Deed::Gather);
    draft.act(at + DAY, founder, Deed::Gather);
}

/// What happens to people: telephones are lost, people leave or are shown out and come back.
fn mishaps(draft: &mut Draft, village: VillageId, days: &Range<u32>, mean: f64) {
    let people = draft.people_of(village).to_vec();
    let is_connector =
        |draft: &Draft, person: PersonId| matches!(draft.who(person).part, Part::Founder | Part::Connector);
    let connectors: Vec<PersonId> = people.iter().copied().filter(|person| is_connector(draft, *person)).collect();
    let others: Vec<PersonId> = people.iter().copied().filter(|person| !is_connector(draft, *person)).collect();
    if connectors.is_empty() || others.is_empty() {
        return;
    }
    for _ in 0..times(&mut draft.random, mean * 2.0) {
        let day = draft.random.random_range(days.clone());
        let at = moment(&mut draft.random, day);
        let who = others[draft.random.random_range(0..others.len())];
        let connector = connectors[draft.random.random_range(0..connectors.len())];
        match draft.random.random_range(0..10) {
            0..5 => draft.act(at, who, Deed::LosePhone),
            5 => draft.act(at, connector, Deed::LosePhone),
            6 => draft.act(at, who, Deed::Leave),
            7 => {
                draft.act(at, connector, Deed::Remove(who));
                let back = at + draft.random.random_range(HOUR..10 * DAY);
                let deed = if draft.random.random_bool(0.5) { Deed::Rescue(who) } else { Deed::Promote(who) };
                draft.act(back, connector, deed);
                draft.act(back + HOUR, who, Deed::Return);
            }
            8 => draft.act(at, who, Deed::RetireDevice),
            _ => draft.act(at, who, Deed::RestoreBackup),
        }
    }
}
