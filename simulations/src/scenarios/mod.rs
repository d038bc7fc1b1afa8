//! What is run from the command line: who lives where, what goes wrong with the lines, and what is checked at the end.

pub mod quarrel;
pub mod ring;

use std::collections::BTreeMap;

use dorpsplein_protocol::time::Timestamp;
use serde::Serialize;

use crate::checkers::{Failure, authority, convergence};
use crate::people::People;
use crate::world::{MINUTE, World, WorldError};

/// Lets people act until `end`, makes every line good, and lets a minute pass at a time until all checkers are content or
/// `patience` milliseconds are over. What they find then, and how many minutes it took; none if it was not enough.
fn settle_down(
    world: &mut World,
    people: &mut People,
    end: Timestamp,
    patience: u64,
) -> Result<(Vec<Failure>, Option<u64>), WorldError> {
    world.run_until(end, people)?;
    world.heal();
    let patience = end.plus_millis(patience);
    let mut failures = convergence::check(world)?;
    while !failures.is_empty() && world.now < patience {
        let next = world.now.plus_millis(MINUTE);
        world.run_until(next, people)?;
        failures = convergence::check(world)?;
    }
    let minutes = (world.now.as_millis() - end.as_millis()) / MINUTE;
    let minutes = failures.is_empty().then_some(minutes);
    failures.extend(authority::check(world)?);
    failures.extend(world.leaks.findings().iter().cloned());
    Ok((failures, minutes))
}

/// What a scenario ran: the part of its report that it knows before anything happens.
struct Run {
    scenario: &'static str,
    seed: u64,
    neighbourhoods: usize,
    residents: usize,
    days: u64,
}

impl Run {
    /// The report, with what the world counted and what [`settle_down`] found.
    fn report(self, world: &World, failures: Vec<Failure>, minutes: Option<u64>) -> Result<Report, WorldError> {
        let Self { scenario, seed, neighbourhoods, residents, days } = self;
        Ok(Report {
            scenario,
            seed,
            neighbourhoods,
            boxes: world.boxes().len(),
            residents,
            days,
            operations: world.counts.operations,
            refused: world.counts.refused.clone(),
            visible: convergence::visible(world)?,
            frames: world.counts.frames,
            bytes: world.counts.bytes,
            streams: world.counts.streams,
            broken: world.counts.broken,
            partitions: world.counts.partitions,
            minutes_until_quiet: minutes,
            trace: world.trace.hash(),
            failures,
        })
    }
}

/// What came of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Which scenario.
    pub scenario: &'static str,
    /// The seed: the same one gives the same run.
    pub seed: u64,
    /// How many neighbourhoods.
    pub neighbourhoods: usize,
    /// How many boxes, all together.
    pub boxes: usize,
    /// How many people in each neighbourhood, its founder not counted.
    pub residents: usize,
    /// For how many days they wrote.
    pub days: u64,
    /// Operations accepted from people.
    pub operations: u64,
    /// Submissions refused, by the name of the refusal: races lost, and boxes that did not know yet.
    pub refused: BTreeMap<&'static str, u64>,
    /// Items visible at the end, all boxes together.
    pub visible: usize,
    /// Frames sent.
    pub frames: u64,
    /// Bytes sent.
    pub bytes: u64,
    /// Streams opened.
    pub streams: u64,
    /// Streams that broke or were closed.
    pub broken: u64,
    /// Times a line was down.
    pub partitions: u64,
    /// How long after the last act and the last fault all agreed, in minutes of virtual time; none if they did not.
    pub minutes_until_quiet: Option<u64>,
    /// The hash over everything that happened.
    pub trace: String,
    /// What was not as it has to be.
    pub failures: Vec<Failure>,
}
