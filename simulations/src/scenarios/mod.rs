//! What is run from the command line: who lives where, what goes wrong with the lines, and what is checked at the end.

pub mod ring;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::checkers::Failure;

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
