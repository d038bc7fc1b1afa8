//! A plan in the making.

use std::collections::BTreeMap;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::lines::AT_HOME;
use super::names::Names;
use crate::plan::{
    Act, BoxId, Deed, Dials, Fault, Line, LineId, Machine, Millis, Part, Person, PersonId, Plan, Quality, Trouble,
    Village, VillageId,
};

/// A plan in the making: what is added gets a name and chance of its own.
pub(super) struct Draft {
    /// What there is so far.
    pub(super) plan: Plan,
    /// What is chosen by chance while the plan is made.
    pub(super) random: ChaCha8Rng,
    /// Names of villages.
    pub(super) names: Names,
    boxes: BTreeMap<VillageId, Vec<BoxId>>,
    people: BTreeMap<VillageId, Vec<PersonId>>,
}

impl Draft {
    /// A plan of a scenario in which nothing is yet.
    pub(super) fn new(scenario: &str, seed: u64, ends: Millis, patience: Millis) -> Self {
        let plan = Plan {
            scenario: scenario.to_owned(),
            seed,
            ends,
            patience,
            villages: Vec::new(),
            boxes: Vec::new(),
            lines: Vec::new(),
            treaties: Vec::new(),
            people: Vec::new(),
            acts: Vec::new(),
            faults: Vec::new(),
            planted: None,
        };
        Self {
            plan,
            random: ChaCha8Rng::seed_from_u64(seed),
            names: Names::default(),
            boxes: BTreeMap::new(),
            people: BTreeMap::new(),
        }
    }

    /// Adds a village with so many boxes, with clocks as [`Draft::clock_error`] draws them.
    pub(super) fn village(&mut self, name: String, inhabitants: u32, place: [f32; 2], boxes: u32) -> VillageId {
        let id = self.plan.villages.len() as VillageId;
        self.plan.villages.push(Village { id, name, inhabitants, place });
        for _ in 0..boxes {
            let clock_error = self.clock_error();
            self.machine(id, clock_error);
        }
        id
    }

    /// Adds a village as most are: with a name by chance and one or two boxes, beside each other.
    pub(super) fn ordinary_village(&mut self, inhabitants: u32, place: [f32; 2]) -> VillageId {
        let name = self.names.village(&mut self.random);
        let boxes = self.random.random_range(1..=2);
        let village = self.village(name, inhabitants, place, boxes);
        self.connect_at_home(village, AT_HOME);
        village
    }

    /// Adds a box to a village.
    pub(super) fn machine(&mut self, village: VillageId, clock_error: i64) -> BoxId {
        let id = self.plan.boxes.len() as BoxId;
        self.plan.boxes.push(Machine { id, village, clock_error });
        self.boxes.entry(village).or_default().push(id);
        id
    }

    /// How far the clock of an ordinary box is off: less than two minutes either way.
    pub(super) fn clock_error(&mut self) -> i64 {
        self.random.random_range(-120_000..=120_000)
    }

    /// Lays a line between two boxes.
    pub(super) fn line(&mut self, boxes: [BoxId; 2], quality: Quality, dials: Dials) -> LineId {
        let id = self.plan.lines.len() as LineId;
        self.plan.lines.push(Line { id, boxes, quality, dials });
        id
    }

    /// Connects the boxes of a village in a row, and the last with the first where there are three or more.
    pub(super) fn connect_at_home(&mut self, village: VillageId, quality: Quality) {
        let boxes = self.boxes_of(village).to_vec();
        for pair in boxes.windows(2) {
            self.line([pair[0], pair[1]], quality, Dials::Both);
        }
        if let [first, _, .., last] = boxes[..] {
            self.line([last, first], quality, Dials::Both);
        }
    }

    /// Lets two villages agree from the start, and lays lines between their boxes.
    pub(super) fn befriend(&mut self, a: VillageId, b: VillageId, quality: Quality) {
        self.plan.treaties.push([a, b]);
        self.connect(a, b, quality);
    }

    /// Lays lines between the boxes of two villages, one for each box of the one that has more: each side can be without
    /// one. Behind some routers nobody gets in.
    pub(super) fn connect(&mut self, a: VillageId, b: VillageId, quality: Quality) {
        let (here, there) = (self.boxes_of(a).to_vec(), self.boxes_of(b).to_vec());
        for number in 0..here.len().max(there.len()) {
            let dials = match self.random.random_range(0..10) {
                0..6 => Dials::Both,
                6 | 7 => Dials::First,
                _ => Dials::Second,
            };
            self.line([here[number % here.len()], there[number % there.len()]], quality, dials);
        }
    }

    /// Adds somebody; each of their devices talks to a box of the village, most to the one nearby.
    pub(super) fn person(&mut self, village: VillageId, part: Part, devices: usize) -> PersonId {
        let boxes = self.boxes_of(village).to_vec();
        let nearby = boxes[self.random.random_range(0..boxes.len())];
        let elsewhere = |random: &mut ChaCha8Rng| {
            if random.random_bool(0.7) { nearby } else { boxes[random.random_range(0..boxes.len())] }
        };
        let devices = (0..devices.max(1)).map(|_| elsewhere(&mut self.random)).collect();
        let (id, seed) = (self.plan.people.len() as PersonId, self.random.random());
        self.plan.people.push(Person { id, village, devices, part, seed });
        self.people.entry(village).or_default().push(id);
        id
    }

    /// Lets somebody do something.
    pub(super) fn act(&mut self, at: Millis, who: PersonId, what: Deed) {
        let seed = self.random.random();
        self.plan.acts.push(Act { at, who, what, seed });
    }

    /// Lets something go wrong.
    pub(super) fn fault(&mut self, at: Millis, what: Trouble) {
        self.plan.faults.push(Fault { at, what });
    }

    /// The boxes of a village.
    pub(super) fn boxes_of(&self, village: VillageId) -> &[BoxId] {
        self.boxes.get(&village).map_or(&[], Vec::as_slice)
    }

    /// The people of a village, in the order in which they were added.
    pub(super) fn people_of(&self, village: VillageId) -> &[PersonId] {
        self.people.get(&village).map_or(&[], Vec::as_slice)
    }

    /// Somebody, by their name here.
    pub(super) fn who(&self, person: PersonId) -> &Person {
        &self.plan.people[person as usize]
    }

    /// Takes out what newcomers would do before they ask for a letter.
    pub(super) fn nobody_acts_before_they_come(&mut self) {
        let joins = self.plan.acts.iter().filter(|act| matches!(act.what, Deed::Join | Deed::JoinWithLetterOf(_)));
        let came: BTreeMap<PersonId, Millis> = joins.map(|act| (act.who, act.at)).collect();
        let is_newcomer = |who: PersonId| self.plan.people[who as usize].part == Part::Newcomer;
        let early = |act: &Act| is_newcomer(act.who) && came.get(&act.who).is_none_or(|came| act.at < *came);
        let acts: Vec<Act> = self.plan.acts.iter().filter(|act| !early(act)).cloned().collect();
        self.plan.acts = acts;
    }

    /// The plan, in the order of time, without what would happen after its end.
    pub(super) fn finish(self) -> Plan {
        let mut plan = self.plan;
        plan.acts.retain(|act| act.at < plan.ends);
        plan.faults.retain(|fault| fault.at < plan.ends);
        plan.acts.sort_by_key(|act| act.at);
        plan.faults.sort_by_key(|fault| fault.at);
        plan
    }
}
