//! The tests in a real browser: two boxes, Chromium, and the journeys of `web-ui/e2e/tests`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;

use anyhow::{Context, Result};

use crate::process::{Workspace, executable, output, program, run_keeping};
use crate::setup;
use crate::steps::{Outcome, Steps};

/// How a box is built.
#[derive(Clone, Copy)]
pub(crate) enum Profile {
    /// As the tests of the workspace are built, so that nothing is compiled twice.
    Tests,
    /// As a village runs it.
    Release,
}

/// Runs only these tests, or only those whose name matches a pattern.
pub(crate) fn run_alone(workspace: &Workspace, pattern: Option<&str>) -> Result<()> {
    let mut steps = Steps::new();
    run_steps(workspace, &mut steps, pattern)?;
    steps.finish();
    Ok(())
}

/// Sets up the browser, builds a box and runs the tests, as steps of a longer run.
pub(crate) fn run_steps(workspace: &Workspace, steps: &mut Steps, pattern: Option<&str>) -> Result<()> {
    let mut chromium = PathBuf::new();
    steps.run("set up the browser", || {
        chromium = setup::chromium(workspace)?;
        setup::browser_drivers(workspace)?;
        Ok(Outcome::passed())
    })?;
    let mut built = PathBuf::new();
    steps.run("build the box", || {
        built = build_box(workspace, Profile::Tests)?;
        Ok(Outcome::passed())
    })?;
    steps.run("in a browser", || journeys(workspace, &built, &chromium, pattern))
}

/// The tests that measure, and that nothing else may disturb.
const BY_THEMSELVES: &str = "lighthouse.test.js";

fn journeys(workspace: &Workspace, built: &Path, chromium: &Path, pattern: Option<&str>) -> Result<Outcome> {
    let (measuring, others): (Vec<_>, Vec<_>) =
        test_files(workspace)?.into_iter().partition(|file| file.ends_with(BY_THEMSELVES));
    // A file starts two boxes and a browser and mostly waits for them: one for each core is done soonest.
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let mut lines = Vec::new();
    for (files, at_once) in [(others, cores), (measuring, 1)] {
        let mut node =
            program(&workspace.e2e(), "node", ["--test", "--test-reporter=spec", "--test-reporter-destination=stdout"]);
        node.arg(format!("--test-concurrency={at_once}"));
        if let Some(pattern) = pattern {
            node.arg(format!("--test-name-pattern={pattern}"));
        }
        node.args(files).env("DORPSPLEIN_BIN", built).env("DORPSPLEIN_CHROMIUM", chromium);
        lines.extend(run_keeping(&mut node, |line| line.contains('ℹ'))?);
    }
    Ok(Outcome::Passed(lines))
}

/// The test files by name: what Node.js makes of a folder differs between its versions.
fn test_files(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let folder = workspace.e2e().join("tests");
    let listing = fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let mut files = listing.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    files.retain(|path| path.to_string_lossy().ends_with(".test.js"));
    files.sort();
    Ok(files)
}

/// Builds the box and returns the path of its program.
pub(crate) fn build_box(workspace: &Workspace, profile: Profile) -> Result<PathBuf> {
    let mut cargo = workspace.cargo(["build", "--locked", "--message-format=json-render-diagnostics"]);
    match profile {
        Profile::Tests => cargo.args(["--workspace", "--bins", "--tests"]),
        Profile::Release => cargo.args(["--release", "--package", "dorpsplein-node"]),
    };
    let messages = output(cargo.stderr(Stdio::inherit()))?;
    executable(&messages, "dorpsplein").context("cargo built no program named dorpsplein")
}
