//! What is run from the command line: each scenario makes a [`Plan`] from a seed and nothing else.

mod chaos;
mod country;
mod draft;
mod geography;
mod habits;
mod high_water;
mod holiday;
mod lines;
mod names;
mod quarrel;
mod rhythm;
mod ring;
mod siege;
mod town;
mod troubles;

use crate::plan::{Millis, Plan};
use crate::world::{DAY, HOUR};

/// How long everybody gets to agree after the last act and the last fault.
const PATIENCE: Millis = 12 * HOUR;

/// What a scenario is made from. What is left out is what the scenario is usually run with.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings {
    /// The seed: the same one gives the same plan.
    pub seed: u64,
    /// How many neighbourhoods.
    pub neighbourhoods: Option<u32>,
    /// How many inhabitants all together, most of whom only read.
    pub residents: Option<u32>,
    /// For how many days.
    pub days: Option<u32>,
}

/// A scenario.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is about, in one sentence.
    pub about: &'static str,
    /// What it is usually run with.
    pub usual: &'static str,
    /// Makes its plan.
    pub plan: fn(&Settings) -> Plan,
}

/// All scenarios.
pub const ALL: [Scenario; 8] = [
    Scenario {
        name: "ring",
        about: "Villages in a ring, each with an agreement with the next, over lines that lose, break and are down.",
        usual: "8 villages of 200 inhabitants, 3 days",
        plan: ring::plan,
    },
    Scenario {
        name: "country",
        about: "A whole country for a month: towns, villages in rows, and 750,000 inhabitants.",
        usual: "130 neighbourhoods with 750,000 inhabitants, 30 days",
        plan: country::plan,
    },
    Scenario {
        name: "high-water",
        about: "An alert with fifty updates while a third of the boxes lose power and lines come and go.",
        usual: "30 villages of 2,500 inhabitants and the water board, 2 days",
        plan: high_water::plan,
    },
    Scenario {
        name: "town",
        about: "The quarters of one town, with organisations that write for all of it.",
        usual: "9 quarters of 3,000 inhabitants, 7 days",
        plan: town::plan,
    },
    Scenario {
        name: "quarrel",
        about: "One village whose connectors remove, demote and recover each other while its boxes are cut off.",
        usual: "2 villages, 2 days",
        plan: quarrel::plan,
    },
    Scenario {
        name: "holiday",
        about: "Villages whose boxes are off for three weeks.",
        usual: "8 villages of 800 inhabitants, 30 days",
        plan: holiday::plan,
    },
    Scenario {
        name: "siege",
        about: "Hostile parties at a third of the boxes.",
        usual: "6 villages of 160 inhabitants, 1 day",
        plan: siege::plan,
    },
    Scenario {
        name: "chaos",
        about: "A small world in which everything that can happen may happen: the one for thousands of seeds.",
        usual: "1 to 4 villages, 1 to 3 days, as chance has it",
        plan: chaos::plan,
    },
];

/// The scenario with this name.
pub fn named(name: &str) -> Option<&'static Scenario> {
    ALL.iter().find(|scenario| scenario.name == name)
}

impl Settings {
    /// For how many days, at least one.
    fn days_or(&self, usual: u32) -> u32 {
        self.days.unwrap_or(usual).max(1)
    }

    /// How many neighbourhoods, at least `least`.
    fn neighbourhoods_or(&self, usual: u32, least: u32) -> usize {
        self.neighbourhoods.unwrap_or(usual).max(least) as usize
    }
}

/// When a run of so many days ends.
fn end_of(days: u32) -> Millis {
    u64::from(days) * DAY
}

#[cfg(test)]
mod tests;
