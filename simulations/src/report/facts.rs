//! What a run comes down to: one table for people, one JSON object for programs.

use serde::Serialize;

use super::course::Spread;
use super::measured::{float, percentiles};
use super::words;
use crate::checkers::Failure;
use crate::plan::{Deed, Part, Plan};
use crate::recording::commit;
use crate::run::Outcome;
use crate::samples::Watched;
use crate::world::{Counts, MINUTE};

/// What carrying a plan out took of the machine that did it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Effort {
    /// How long it took, in milliseconds.
    pub real_ms: u64,
    /// The most memory the process ever used, in bytes; none where the system does not tell.
    pub peak_memory_bytes: Option<u64>,
}

/// What a run comes down to. As JSON it is one object; times are in milliseconds unless a name says otherwise.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The scenario.
    pub scenario: String,
    /// The seed: the same one gives the same run.
    pub seed: u64,
    /// The commit of the program; see [`commit`].
    pub commit: String,
    /// How many neighbourhoods.
    pub neighbourhoods: usize,
    /// How many boxes, all together.
    pub boxes: usize,
    /// How many lines between them.
    pub lines: usize,
    /// How many agreements between neighbours at the start.
    pub treaties: usize,
    /// How many people live there, most of whom only read.
    pub inhabitants: u64,
    /// How many of them have a device, founders and newcomers among them.
    pub people: usize,
    /// How many of these are out for harm.
    pub hostile: usize,
    /// Things people did.
    pub acts: usize,
    /// Of these, how many meant harm.
    pub harms: usize,
    /// Things that went wrong by plan.
    pub faults: usize,
    /// What happened in the world.
    pub counts: Counts,
    /// How soon what was shared stood next door; none when nothing was shared.
    pub spread: Option<SpreadFact>,
    /// How soon the updates of an alert stood in every village, all of them together; none when there was no alert.
    pub updates: Option<SpreadFact>,
    /// How soon the last update of an alert stood in every village; none when there was no alert.
    pub last_update: Option<SpreadFact>,
    /// Bytes that boxes received, all together.
    pub bytes_received: u64,
    /// Bytes of the operations they had to receive, each once.
    pub bytes_least: u64,
    /// How long the run lasted on the world's clock, until everybody agreed.
    pub simulated_ms: u64,
    /// How long everybody needed after the last act and the last fault until all agreed, in minutes; none if they did not.
    pub minutes_until_quiet: Option<u64>,
    /// How long it took.
    pub real_ms: u64,
    /// The most memory it took, in bytes, where the system tells.
    pub peak_memory_bytes: Option<u64>,
    /// The hash over everything that happened.
    pub trace: String,
    /// What was not as it has to be.
    pub failures: Vec<Failure>,
}

/// How soon something arrived, in milliseconds: half of it, nine of ten, ninety-nine of a hundred, all.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct SpreadFact {
    /// Half.
    pub p50: u64,
    /// Nine of ten.
    pub p90: u64,
    /// Ninety-nine of a hundred.
    pub p99: u64,
    /// All.
    pub p100: u64,
    /// How many arrivals that is about.
    pub arrivals: usize,
}

impl Report {
    /// What came of a plan.
    #[must_use]
    pub fn new(plan: &Plan, outcome: &Outcome, effort: Effort) -> Self {
        let samples = &outcome.samples;
        let mut delays: Vec<u32> = samples.spread.iter().map(|(_, delay)| *delay).collect();
        let hostile = plan.people.iter().filter(|person| person.part == Part::Hostile);
        Self {
            scenario: plan.scenario.clone(),
            seed: plan.seed,
            commit: commit(),
            neighbourhoods: plan.villages.len(),
            boxes: plan.boxes.len(),
            lines: plan.lines.len(),
            treaties: plan.treaties.len(),
            inhabitants: plan.villages.iter().map(|village| u64::from(village.inhabitants)).sum(),
            people: plan.people.len(),
            hostile: hostile.count(),
            acts: plan.acts.len(),
            harms: plan.acts.iter().filter(|act| matches!(act.what, Deed::Harm(_))).count(),
            faults: plan.faults.len(),
            counts: outcome.counts.clone(),
            spread: percentiles(&mut delays).map(|spread| SpreadFact::new(spread, delays.len())),
            updates: arrivals(outcome.samples.watched.values()),
            last_update: arrivals(outcome.samples.watched.values().max_by_key(|watched| watched.accepted)),
            bytes_received: samples.received.values().sum(),
            bytes_least: samples.minimum.values().sum(),
            simulated_ms: plan.ends + outcome.settled_after.unwrap_or(plan.patience),
            minutes_until_quiet: outcome.settled_after.map(|after| after / MINUTE),
            real_ms: effort.real_ms,
            peak_memory_bytes: effort.peak_memory_bytes,
            trace: outcome.trace.clone(),
            failures: outcome.failures.clone(),
        }
    }

    /// The facts, each with its name, for the table on the terminal and on the page.
    #[must_use]
    pub fn rows(&self) -> Vec<(&'static str, String)> {
        let counts = &self.counts;
        let mut rows = vec![
            ("scenario", format!("{}, seed {}", self.scenario, self.seed)),
            ("commit", self.commit.clone()),
            ("neighbourhoods", self.neighbourhood_row()),
            ("people", self.people_row()),
            ("acts", with_part(self.acts as u64, self.harms as u64, "meant to harm")),
            ("operations", format!("{} accepted from people", words::count(counts.operations))),
            ("verified", format!("{} signatures, by all boxes together", words::count(counts.taken_in))),
            ("refused", self.refused_row()),
            ("trouble", self.trouble_row()),
            (
                "lines carried",
                format!("{} in {} frames", words::bytes(float(counts.bytes)), words::count(counts.frames)),
            ),
        ];
        if let Some(ratio) = self.bytes_over_least() {
            let (got, least) = (words::bytes(float(self.bytes_received)), words::bytes(float(self.bytes_least)));
            rows.push((
                "boxes received",
                format!("{got}, {} the least that would have done ({least})", words::times(ratio)),
            ));
        }
        rows.extend(self.spread.map(|spread| ("next door within", spread.to_string())));
        rows.extend(self.updates.map(|spread| ("updates within", spread.to_string())));
        rows.extend(self.last_update.map(|spread| ("last update within", spread.to_string())));
        rows.push(("all agree after", self.quiet_row()));
        rows.push(("time", self.time_row()));
        rows.extend(self.peak_memory_bytes.map(|bytes| ("memory", format!("{} at most", words::bytes(float(bytes))))));
        rows.push(("trace", self.trace.clone()));
        rows
    }

    /// How many times the least that would have done was received; none when nothing had to be.
    #[must_use]
    pub fn bytes_over_least(&self) -> Option<f64> {
        (self.bytes_least > 0).then(|| float(self.bytes_received) / float(self.bytes_least))
    }

    /// How many times faster than the world the machine was; none when it was too quick to tell.
    #[must_use]
    pub fn speed(&self) -> Option<f64> {
        (self.real_ms > 0).then(|| float(self.simulated_ms) / float(self.real_ms))
    }

    fn neighbourhood_row(&self) -> String {
        format!(
            "{} with {}, {} and {}",
            self.neighbourhoods,
            words::several(self.boxes as u64, "box", "boxes"),
            words::several(self.lines as u64, "line", "lines"),
            words::several(self.treaties as u64, "agreement", "agreements"),
        )
    }

    fn people_row(&self) -> String {
        let inhabitants = words::several(self.inhabitants, "inhabitant", "inhabitants");
        let share = 100.0 * self.people as f64 / float(self.inhabitants.max(1));
        let members =
            format!("{inhabitants}, {} with a device of their own ({share:.1} %)", words::count(self.people as u64));
        if self.hostile == 0 { members } else { format!("{members}, {} out for harm", self.hostile) }
    }

    fn refused_row(&self) -> String {
        let refused = &self.counts.refused;
        if refused.is_empty() {
            return "nothing".to_owned();
        }
        let mut most: Vec<(&String, &u64)> = refused.iter().collect();
        most.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), *name));
        let named: Vec<String> = most.iter().map(|(name, count)| format!("{name} {}", words::count(**count))).collect();
        format!("{}: {}", words::count(refused.values().sum()), named.join(", "))
    }

    fn trouble_row(&self) -> String {
        let counts = &self.counts;
        let named = [
            words::several(counts.partitions, "line down", "lines down"),
            words::several(counts.broken, "stream broken", "streams broken"),
            words::several(counts.shut_down, "box shut down", "boxes shut down"),
            words::several(counts.power_cuts, "power cut", "power cuts"),
            words::several(counts.full, "write on a full disk", "writes on a full disk"),
            words::several(counts.clock_jumps, "clock that jumped", "clocks that jumped"),
        ];
        let named: Vec<String> = named.into_iter().filter(|text| !text.starts_with("0 ")).collect();
        if named.is_empty() { "none".to_owned() } else { named.join(", ") }
    }

    fn quiet_row(&self) -> String {
        match self.minutes_until_quiet {
            Some(0) => "less than a minute".to_owned(),
            Some(minutes) => words::duration(float(minutes * MINUTE)),
            None => "never".to_owned(),
        }
    }

    fn time_row(&self) -> String {
        let days = words::duration(float(self.simulated_ms));
        let real = words::duration(float(self.real_ms));
        let speed =
            self.speed().map_or(String::new(), |speed| format!(", {} times as fast", words::count(speed as u64)));
        format!("{days} in {real}{speed}")
    }
}

impl SpreadFact {
    fn new(spread: Spread, arrivals: usize) -> Self {
        let Spread { half, most, nearly_all, all } = spread;
        let whole = |millis: f64| millis as u64;
        Self { p50: whole(half), p90: whole(most), p99: whole(nearly_all), p100: whole(all), arrivals }
    }
}

impl std::fmt::Display for SpreadFact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [half, most, nearly, all] =
            [self.p50, self.p90, self.p99, self.p100].map(|millis| words::duration(float(millis)));
        write!(f, "{half} (half), {most} (9 of 10), {nearly} (99 of 100), {all} (all)")
    }
}

/// How soon operations that were watched stood in each village.
fn arrivals<'a>(watched: impl IntoIterator<Item = &'a Watched>) -> Option<SpreadFact> {
    let delays = watched.into_iter().flat_map(|watched| {
        watched.reached.values().map(|at| u32::try_from(at.saturating_sub(watched.accepted)).unwrap_or(u32::MAX))
    });
    let mut delays: Vec<u32> = delays.collect();
    percentiles(&mut delays).map(|spread| SpreadFact::new(spread, delays.len()))
}

fn with_part(all: u64, part: u64, what: &str) -> String {
    if part == 0 { words::count(all) } else { format!("{}, {} of which {what}", words::count(all), words::count(part)) }
}
