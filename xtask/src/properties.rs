//! Tests of properties, and where their random numbers come from: the same ones in every run that decides something, fresh
//! ones beside it.

use std::hash::{BuildHasher, RandomState};
use std::process::Command;

use anyhow::Result;

use crate::process::{Workspace, run_to_the_end};
use crate::steps::Outcome;

/// What proptest reads its seed from.
const SEED: &str = "PROPTEST_RNG_SEED";

/// The seed with which every run of the tests draws the same numbers.
const FIXED: &str = "12";

/// Lets the tests that a command runs draw the same random numbers each time: whether they pass is no matter of luck.
pub(crate) fn fixed(tests: &mut Command) -> &mut Command {
    tests.env(SEED, FIXED)
}

/// Tests the properties of what is agreed about once more with numbers nobody drew before. A failure is told at the end and
/// fails nothing: it was there before the change that is tested.
pub(crate) fn with_fresh_numbers(workspace: &Workspace, with_nextest: bool) -> Result<Outcome> {
    let seed = fresh_seed().to_string();
    println!("random numbers from {SEED}={seed}");
    // With nextest the whole workspace is named: a part of it by itself has other features and would be compiled once more.
    let which: &[&str] = if with_nextest {
        &["nextest", "run", "--workspace", "-E", "package(dorpsplein-protocol) + package(dorpsplein-calendar)"]
    } else {
        &["test", "--package", "dorpsplein-protocol", "--package", "dorpsplein-calendar"]
    };
    let mut tests = workspace.cargo([]);
    let (_, status) = run_to_the_end(tests.args(which).arg("--locked").env(SEED, &seed), |_| false)?;
    Ok(Outcome::Passed(vec![if status.success() {
        format!("properties: none is broken by the fresh numbers of {SEED}={seed}")
    } else {
        format!("NEW FAULT: a property does not hold, see above; run it again with {SEED}={seed}")
    }]))
}

/// A seed nobody ran before, short enough to be typed over from a screen.
pub(crate) fn fresh_seed() -> u64 {
    // The standard library seeds its hash maps from the system; a hash of nothing is that seed.
    RandomState::new().hash_one(()) >> 32
}
