//! Mistakes planted in the program itself, one for each run, and how many seeds it takes until a checker finds each.

use dorpsplein_protocol::planted::Bug;
use serde::Serialize;
use thiserror::Error;

use crate::plan::Plan;
use crate::scenarios::{self, Settings};
use crate::trial::try_out;
use crate::world::WorldError;

/// The scenarios in which planted mistakes are looked for, one after the other for every seed.
pub const SCENARIOS: [&str; 2] = ["chaos", "siege"];

/// The plan names a mistake that cannot be planted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum UnknownBug {
    /// There is none of this name.
    #[error("there is no mistake called {0}")]
    NoSuchName(String),
    /// The program was built without mistakes, as it has to be but for this.
    #[error("this program has no mistakes planted in it: build it with the feature `planted`")]
    NotBuilt,
}

/// The mistake is made on this thread until this is dropped.
#[derive(Debug)]
#[must_use = "the mistake is taken away as soon as this is dropped"]
pub struct Planted(());

/// Plants a mistake by its name, or none.
///
/// # Errors
/// [`UnknownBug`].
pub fn plant(name: Option<&str>) -> Result<Planted, UnknownBug> {
    let find = |name: &str| Bug::named(name).ok_or_else(|| UnknownBug::NoSuchName(name.to_owned()));
    set(name.map(find).transpose()?)?;
    Ok(Planted(()))
}

impl Drop for Planted {
    fn drop(&mut self) {
        // Nothing was planted where that cannot be done.
        set(None).ok();
    }
}

#[cfg(feature = "planted")]
fn set(bug: Option<Bug>) -> Result<(), UnknownBug> {
    dorpsplein_protocol::planted::plant(bug);
    Ok(())
}

#[cfg(not(feature = "planted"))]
const fn set(bug: Option<Bug>) -> Result<(), UnknownBug> {
    if bug.is_some() { Err(UnknownBug::NotBuilt) } else { Ok(()) }
}

/// What it took to find a planted mistake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hunt {
    /// The mistake.
    pub bug: &'static str,
    /// What is wrong, in a sentence.
    pub about: &'static str,
    /// The scenario and the seed in which it was found, the checker and what it found; none when it was not.
    pub found: Option<Found>,
    /// How many plans were carried out.
    pub runs: u64,
}

/// How a planted mistake was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Found {
    /// The scenario.
    pub scenario: String,
    /// Its seed; seeds are counted from 1.
    pub seed: u64,
    /// The checker.
    pub checker: String,
    /// What it found.
    pub found: String,
}

/// Looks for one mistake: seed after seed, each in every one of [`SCENARIOS`], until a checker finds something or `seeds`
/// are over.
///
/// # Errors
/// [`WorldError`]; also when the program was built without mistakes.
pub fn hunt(bug: Bug, seeds: u64) -> Result<Hunt, WorldError> {
    let mut hunt = Hunt { bug: bug.name(), about: bug.about(), found: None, runs: 0 };
    for seed in 1..=seeds {
        for scenario in SCENARIOS.iter().filter_map(|name| scenarios::named(name)) {
            let settings = Settings { seed, ..Settings::default() };
            let plan = Plan { planted: Some(bug.name().to_owned()), ..(scenario.plan)(&settings) };
            let ending = try_out(&plan, &mut ())?;
            hunt.runs += 1;
            if let Some(failure) = ending.failures().first() {
                let (scenario, checker) = (plan.scenario, failure.checker.to_owned());
                hunt.found = Some(Found { scenario, seed, checker, found: failure.found.clone() });
                return Ok(hunt);
            }
        }
    }
    Ok(hunt)
}

/// Looks for every mistake there is; `each` is told of each as it goes.
///
/// # Errors
/// As [`hunt`].
pub fn hunt_all(seeds: u64, mut each: impl FnMut(&Hunt)) -> Result<Vec<Hunt>, WorldError> {
    let mut hunts = Vec::new();
    for bug in Bug::ALL {
        let hunt = hunt(*bug, seeds)?;
        each(&hunt);
        hunts.push(hunt);
    }
    Ok(hunts)
}
