//! Seed after seed: a fixed set first, so that a fault does not come and go with luck, then fresh ones.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::checkers::Failure;
use crate::plan::Plan;
use crate::scenarios::{Scenario, Settings};
use crate::trial::{Ending, try_out};
use crate::world::WorldError;

/// What is to be run.
#[derive(Clone, Debug)]
pub struct Order {
    /// The scenarios, in turn.
    pub scenarios: Vec<&'static Scenario>,
    /// How many seeds of the fixed set, 1 and up, are run with each.
    pub fixed: u64,
    /// The first of the fresh seeds; the next one is one more.
    pub fresh_from: u64,
}

impl Order {
    /// Every scenario with every seed, in the order they are run: the fixed set, then fresh ones without end.
    pub fn runs(&self) -> impl Iterator<Item = (&'static Scenario, u64)> + '_ {
        let seeds = (1..=self.fixed).chain((0..).map(|at| self.fresh_from.wrapping_add(at)));
        seeds.flat_map(|seed| self.scenarios.iter().map(move |scenario| (*scenario, seed)))
    }
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// How many runs there were, by scenario.
    pub runs: BTreeMap<&'static str, u64>,
    /// The fresh seeds that were run, the first and the last; none if time was up before.
    pub fresh: Option<[u64; 2]>,
    /// Virtual time, all boxes counted once, in milliseconds.
    pub simulated_ms: u64,
    /// Operations that boxes accepted from people.
    pub operations: u64,
    /// What people did, hostile ones included.
    pub acts: u64,
    /// Lines that went down, boxes that lost power or were shut down, clocks that jumped, disks that were full.
    pub faults: u64,
    /// Streams that broke.
    pub broken_streams: u64,
    /// The runs that failed: scenario, seed, and the first thing that was found.
    pub failures: Vec<(&'static str, u64, Failure)>,
}

/// What is done with a plan in which the checkers found something.
pub type Failed<'a, E> = dyn FnMut(&Plan, &[Failure]) -> Result<(), E> + 'a;

/// Runs one scenario after another for as long as `goes_on`, which is told what comes next, says so. What the checkers
/// found in a run that failed is handed to `failed`.
///
/// # Errors
/// [`SoakError`] when a world could not go on; or what `failed` gives.
pub fn soak<E: From<SoakError>>(
    order: &Order,
    goes_on: &mut dyn FnMut(&Scenario, u64) -> bool,
    failed: &mut Failed<'_, E>,
) -> Result<Tally, E> {
    let mut tally = Tally::default();
    for (scenario, seed) in order.runs() {
        if !goes_on(scenario, seed) {
            break;
        }
        let plan = (scenario.plan)(&Settings { seed, ..Settings::default() });
        let ending = try_out(&plan, &mut ()).map_err(|error| SoakError { scenario: scenario.name, seed, error })?;
        tally.count(scenario.name, seed, order, &plan, &ending);
        if let Some(failure) = ending.failures().first() {
            tally.failures.push((scenario.name, seed, failure.clone()));
            failed(&plan, ending.failures())?;
        }
    }
    Ok(tally)
}

/// A world could not go on.
#[derive(Debug, thiserror::Error)]
#[error("{scenario} with seed {seed} could not be run: {error}")]
pub struct SoakError {
    /// In which scenario.
    pub scenario: &'static str,
    /// From which seed.
    pub seed: u64,
    /// Why.
    pub error: WorldError,
}

/// How a mistake in the program was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hunt {
    /// The mistake.
    pub bug: &'static str,
    /// How many plans were run, the one included that found it.
    pub runs: u64,
    /// What found it: the scenario, the seed and the first thing that was found; none when nothing did.
    pub found: Option<(&'static str, u64, Failure)>,
}

/// Plants a mistake and runs one scenario after another, with the same seeds as [`soak`], until a checker finds something;
/// at most `runs` of them.
///
/// # Errors
/// [`SoakError`]; for one, when this program was built without mistakes to plant.
pub fn hunt(bug: &'static str, order: &Order, runs: usize) -> Result<Hunt, SoakError> {
    let mut hunt = Hunt { bug, runs: 0, found: None };
    for (scenario, seed) in order.runs().take(runs) {
        let plan = Plan { planted: Some(bug.to_owned()), ..(scenario.plan)(&Settings { seed, ..Settings::default() }) };
        hunt.runs += 1;
        let ending = try_out(&plan, &mut ()).map_err(|error| SoakError { scenario: scenario.name, seed, error })?;
        if let Some(failure) = ending.failures().first() {
            hunt.found = Some((scenario.name, seed, failure.clone()));
            break;
        }
    }
    Ok(hunt)
}

impl Tally {
    fn count(&mut self, scenario: &'static str, seed: u64, order: &Order, plan: &Plan, ending: &Ending) {
        *self.runs.entry(scenario).or_default() += 1;
        if *self.runs.get(scenario).unwrap_or(&0) > order.fixed {
            self.fresh = Some([order.fresh_from, seed]);
        }
        self.simulated_ms += plan.ends;
        self.acts += plan.acts.len() as u64;
        self.faults += plan.faults.len() as u64;
        if let Ending::Done(outcome) = ending {
            self.operations += outcome.counts.operations;
            self.broken_streams += outcome.counts.broken;
        }
    }

    /// How much virtual time that was, in years.
    #[must_use]
    pub fn simulated_years(&self) -> f64 {
        const YEAR_MS: f64 = 365.25 * 86_400_000.0;
        self.simulated_ms as f64 / YEAR_MS
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::scenarios::named;

    fn order(fixed: u64) -> Order {
        Order { scenarios: ["chaos", "siege"].map(|name| named(name).unwrap()).to_vec(), fixed, fresh_from: u64::MAX }
    }

    #[test]
    fn the_fixed_seeds_come_first_and_fresh_ones_follow_without_end() {
        let order = order(2);
        let runs: Vec<(&str, u64)> = order.runs().map(|(scenario, seed)| (scenario.name, seed)).take(7).collect();
        let fixed = [("chaos", 1), ("siege", 1), ("chaos", 2), ("siege", 2)];
        assert_eq!(runs[..4], fixed);
        assert_eq!(runs[4..], [("chaos", u64::MAX), ("siege", u64::MAX), ("chaos", 0)], "the last seed is not the end");
    }

    #[test]
    fn what_is_run_is_counted() {
        let mut seeds = Vec::new();
        let tally = soak::<SoakError>(
            &order(1),
            &mut |scenario, seed| {
                seeds.push((scenario.name, seed));
                seeds.len() <= 1
            },
            &mut |_, _| Ok(()),
        );
        let tally = tally.unwrap();
        assert_eq!(tally.runs, BTreeMap::from([("chaos", 1)]));
        assert_eq!((tally.fresh, seeds.len()), (None, 2), "the second run was not allowed to begin");
        assert!(tally.simulated_years() > 0.0 && tally.acts > 0 && tally.operations > 0, "{tally:?}");
    }
}
