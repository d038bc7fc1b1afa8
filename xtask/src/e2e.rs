//! The tests in a real browser: two boxes, Chromium, and the journeys of `web-ui/e2e/tests`.

use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};

use crate::process::{Workspace, cores, program, run_to_the_end};
use crate::programs::{Profile, build_box};
use crate::setup;
use crate::steps::{Outcome, Steps};

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
    let cores = cores();
    let mut lines = Vec::new();
    for (files, at_once) in [(others, cores), (measuring, 1)] {
        let run = |files: &[PathBuf], at_once: usize| {
            let mut node = program(
                &workspace.e2e(),
                "node",
                ["--test", "--test-reporter=spec", "--test-reporter-destination=stdout"],
            );
            node.arg(format!("--test-concurrency={at_once}"));
            if let Some(pattern) = pattern {
                node.arg(format!("--test-name-pattern={pattern}"));
            }
            node.args(files).env("DORPSPLEIN_BIN", built).env("DORPSPLEIN_CHROMIUM", chromium);
            run_to_the_end(&mut node, |line| line.contains('ℹ') || line.contains(PLACE_OF_A_FAILURE))
        };
        let (said, status) = run(&files, at_once)?;
        let failed: Vec<_> = files.into_iter().filter(|file| is_named_as_failed(file, &said)).collect();
        lines.extend(said);
        if status.success() {
            continue;
        }
        ensure!((1..=TRIED_AGAIN).contains(&failed.len()), "the tests in a browser failed ({status})");
        println!("\n=== once more and by itself, because it failed: {failed:?}");
        let (said, status) = run(&failed, 1)?;
        ensure!(status.success(), "the tests in a browser failed twice ({status}): {failed:?}");
        lines.extend(said);
        lines.push(format!("FLAKY: passed at the second time: {failed:?}"));
    }
    Ok(Outcome::Passed(lines))
}

/// How many files that failed get a second chance: a browser and a box on a machine with other work are late now and then, and
/// what is broken fails twice.
const TRIED_AGAIN: usize = 3;

/// What Node.js writes before the place of a test that failed.
const PLACE_OF_A_FAILURE: &str = "test at ";

/// Whether one of the lines gives this file as the place of a failure.
fn is_named_as_failed(file: &Path, said: &[String]) -> bool {
    let Some(name) = file.file_name().and_then(|name| name.to_str()) else { return false };
    said.iter().any(|line| line.contains(PLACE_OF_A_FAILURE) && line.contains(&format!("/{name}:")))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_failed_is_told_from_what_the_runner_says() {
        let said = ["ℹ fail 2".to_owned(), "test at tests/offline.test.js:206:1".to_owned()];
        assert!(is_named_as_failed(Path::new("/e2e/tests/offline.test.js"), &said));
        assert!(!is_named_as_failed(Path::new("/e2e/tests/line.test.js"), &said));
        assert!(!is_named_as_failed(Path::new("/e2e/tests/writing.test.js"), &said));
    }
}
