//! `cargo xtask test`: everything, from formatting to two villages in a real browser.

use anyhow::Result;

use crate::process::{Workspace, cores, run, run_keeping, run_to_the_end, works};
use crate::steps::{Outcome, Steps};
use crate::{browser_module, e2e, fuzz, properties, setup, soak, tidy};

/// Sets up what is missing and runs every check and test; stops at the first that fails.
pub(crate) fn run_everything(workspace: &Workspace, quick: bool) -> Result<()> {
    let mut steps = Steps::new();
    let mut with_nextest = false;
    steps.run("set up Rust", || {
        setup::wasm_target(workspace)?;
        with_nextest = setup::nextest(workspace);
        Ok(Outcome::passed())
    })?;
    let mut with_namespaces = false;
    steps.run("set up network namespaces", || {
        let missing = setup::namespaces(workspace)?;
        with_namespaces = missing.is_none();
        Ok(missing.map_or_else(Outcome::passed, Outcome::Skipped))
    })?;
    let mut with_pebble = false;
    steps.run("set up a giver of certificates", || {
        let missing = setup::pebble(workspace);
        with_pebble = missing.is_none();
        Ok(missing.map_or_else(Outcome::passed, Outcome::Skipped))
    })?;
    check_sources(workspace, &mut steps)?;
    steps.run("tests", || rust_tests(workspace, with_nextest, [with_namespaces, with_pebble]))?;
    steps.run("tests of the browser's module", || browser_module::decisions(workspace, with_nextest))?;
    steps.run("documentation", || {
        let mut doc =
            workspace.cargo(["doc", "--workspace", "--no-deps", "--document-private-items", "--locked", "--quiet"]);
        run(doc.env("RUSTDOCFLAGS", "-D warnings"))?;
        Ok(Outcome::passed())
    })?;
    steps.run("examples in the documentation", || {
        run(&mut workspace.cargo(["test", "--workspace", "--doc", "--locked", "--quiet"]))?;
        Ok(Outcome::passed())
    })?;
    if quick {
        let left_out = || Ok(Outcome::Skipped("left out by --quick".to_owned()));
        steps.run("tests with planted mistakes", left_out)?;
        steps.run("hostile bytes", left_out)?;
        steps.run("simulated chaos and siege", left_out)?;
        steps.run("in a browser", left_out)?;
    } else {
        steps.run("tests with planted mistakes", || planted(workspace))?;
        fuzz::run_steps(workspace, &mut steps)?;
        soak::run_steps(workspace, &mut steps)?;
        steps.run("properties with fresh numbers", || properties::with_fresh_numbers(workspace, with_nextest))?;
        browser_module::run_steps(workspace, &mut steps)?;
        e2e::run_steps(workspace, &mut steps, None)?;
    }
    steps.finish();
    Ok(())
}

/// What can be said of the sources without running them.
fn check_sources(workspace: &Workspace, steps: &mut Steps) -> Result<()> {
    steps.run("formatting", || {
        run(&mut workspace.cargo(["fmt", "--all", "--check"]))?;
        Ok(Outcome::passed())
    })?;
    steps.run("tidy", || {
        tidy::run(workspace)?;
        Ok(Outcome::passed())
    })?;
    steps.run("dependencies", || dependencies(workspace))?;
    steps.run("clippy", || {
        run(&mut workspace.cargo(["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]))?;
        Ok(Outcome::passed())
    })?;
    steps.run("clippy for the browser", || {
        for package in FOR_THE_BROWSER {
            run(workspace
                .cargo(["clippy", "--locked", "--target", setup::WASM_TARGET])
                .args(package)
                .args(["--", "-D", "warnings"]))?;
        }
        Ok(Outcome::passed())
    })
}

/// The packages, with their features, that must compile where there is no clock, no file and no thread.
const FOR_THE_BROWSER: [&[&str]; 5] = [
    &["--package", "dorpsplein-protocol", "--lib"],
    &["--package", "dorpsplein-protocol", "--lib", "--no-default-features"],
    &["--package", "dorpsplein-web-ui", "--lib", "--no-default-features", "--features", "browser"],
    &["--package", "dorpsplein-web-ui", "--lib", "--no-default-features", "--features", "inside"],
    &["--package", "dorpsplein-web-ui", "--lib", "--no-default-features", "--features", "meeting"],
];

/// Licences, known flaws, doubles and origins of what we depend on, where cargo-deny is there to tell.
fn dependencies(workspace: &Workspace) -> Result<Outcome> {
    if !works(&mut workspace.cargo(["deny", "--version"])) {
        return Ok(Outcome::Skipped(
            "cargo-deny is not installed: type `cargo install --locked cargo-deny`".to_owned(),
        ));
    }
    run(&mut workspace.cargo(["deny", "--all-features", "check", "bans", "licenses", "sources"]))?;
    if !works(&mut workspace.cargo(["deny", "fetch", "db"])) {
        let unknown = "dependencies: the database of known flaws is out of reach, so none were looked for";
        return Ok(Outcome::Passed(vec![unknown.to_owned()]));
    }
    // Told and no failure: a flaw that became known today was there before the change that is tested.
    let mut advisories = workspace.cargo(["deny", "--all-features", "check", "advisories"]);
    let (told, status) = run_to_the_end(&mut advisories, |line| line.contains("error["))?;
    let verdict = if status.success() { "no known flaws" } else { "KNOWN FLAWS, see above" };
    Ok(Outcome::Passed(told.into_iter().chain([format!("dependencies: {verdict}")]).collect()))
}

/// Where the tests with home routers, and those in which a box obtains a certificate, are not to leave themselves out.
const REQUIRED: [&str; 2] = ["DORPSPLEIN_REQUIRE_NAMESPACES", "DORPSPLEIN_REQUIRE_PEBBLE"];

/// `present` says of each of [`REQUIRED`] whether what it needs is here.
fn rust_tests(workspace: &Workspace, with_nextest: bool, present: [bool; 2]) -> Result<Outcome> {
    let required = REQUIRED.into_iter().zip(present.map(|present| if present { "1" } else { "" }));
    if with_nextest {
        let mut nextest = workspace.cargo(["nextest", "run", "--workspace", "--locked"]);
        // Tests with real processes mostly wait for each other: half as many again as there are cores keep these busy.
        let cores = cores();
        nextest.args(["--test-threads", &(cores + cores.div_ceil(2)).to_string()]);
        return Ok(Outcome::Passed(run_keeping(properties::fixed(nextest.envs(required)), is_nextest_summary)?));
    }
    let mut tests = workspace.cargo(["test", "--workspace", "--lib", "--bins", "--tests", "--locked"]);
    Ok(Outcome::Passed(run_keeping(properties::fixed(tests.envs(required)), |line| line.contains("test result:"))?))
}

/// The simulator's own tests once more, in a program with mistakes in it that have to be found.
fn planted(workspace: &Workspace) -> Result<Outcome> {
    let mut tests =
        workspace.cargo(["test", "--package", "dorpsplein-simulations", "--locked", "--features", "planted"]);
    tests.args(["--test", "planted", "--test", "recorded", "--test", "cut_down"]);
    Ok(Outcome::Passed(run_keeping(&mut tests, |line| line.contains("test result:"))?))
}

fn is_nextest_summary(line: &str) -> bool {
    line.contains("Summary") && line.contains("run")
}
