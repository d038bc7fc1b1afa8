//! `cargo xtask picture`: the pictures that the documents show: of pages, from the last run of the browser tests, and of a
//! simulated run.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::{Workspace, output, run as run_command};
use crate::programs::build_simulator;
use crate::setup;

/// What is shown, by the name the browser tests give it and the name it has in `docs/pictures`.
const PICTURES: [(&str, &str); 5] = [
    ("home-desk-light.png", "home.png"),
    ("home-telephone-dark.png", "home-telephone.png"),
    ("proof-phone.png", "who-says-this.png"),
    ("agenda-maand-1280-light.png", "agenda-month.png"),
    ("desk-queue.png", "desk.png"),
];
/// The simulated run that is shown, and the size of its picture.
const SIMULATED: ([&str; 3], &str) = (["town", "--seed", "3"], "--window-size=1180,990");

/// Simulates a run for its picture, and copies the other pictures from `web-ui/e2e/results` to `docs/pictures`.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let (from, to) = (workspace.e2e().join("results"), workspace.root().join("docs/pictures"));
    fs::create_dir_all(&to).with_context(|| format!("cannot make {}", to.display()))?;
    simulated(workspace)?;
    for (taken, shown) in PICTURES {
        fs::copy(from.join(taken), to.join(shown))
            .with_context(|| format!("there is no picture {taken}; run `cargo xtask e2e` first"))?;
        println!("docs/pictures/{shown}");
    }
    Ok(())
}

/// The report of a simulated run, as a browser shows it.
fn simulated(workspace: &Workspace) -> Result<()> {
    let folder = tempfile::tempdir().context("cannot make a folder for the report")?;
    let page = folder.path().join("report.html");
    let mut simulator = Command::new(build_simulator(workspace)?);
    run_command(simulator.current_dir(workspace.root()).args(SIMULATED.0).arg("--report").arg(&page))?;
    let mut chromium = Command::new(setup::chromium(workspace)?);
    chromium.args(["--headless", "--disable-gpu", "--hide-scrollbars", "--virtual-time-budget=1000", SIMULATED.1]);
    if output(Command::new("id").arg("-u"))?.trim() == "0" {
        // Chromium's own sandbox refuses to run as root.
        chromium.arg("--no-sandbox");
    }
    let picture = workspace.root().join("docs/pictures/simulated.png");
    chromium.arg(format!("--screenshot={}", picture.display())).arg(format!("file://{}", page.display()));
    output(&mut chromium)?;
    println!("docs/pictures/simulated.png");
    Ok(())
}
