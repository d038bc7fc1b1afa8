//! The programs of this workspace, built once for each use.

use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result};

use crate::process::{Workspace, executable, output};

/// How a program is built.
#[derive(Clone, Copy)]
pub(crate) enum Profile<'a> {
    /// As the tests of the workspace are built, so that nothing is compiled twice.
    Tests,
    /// As the one who builds it runs it.
    Release,
    /// As people install it, for this machine or for another kind of machine.
    Dist(Option<&'a str>),
}

/// Builds the box and returns the path of its program.
pub(crate) fn build_box(workspace: &Workspace, profile: Profile<'_>) -> Result<PathBuf> {
    const NAME: &str = "dorpsplein";
    match profile {
        Profile::Tests => build(workspace, NAME, ["--workspace", "--bins", "--tests"]),
        Profile::Release => build(workspace, NAME, ["--release", "--package", "dorpsplein-node"]),
        Profile::Dist(target) => {
            let target = target.into_iter().flat_map(|target| ["--target", target]);
            build(workspace, NAME, ["--profile", "dist", "--package", "dorpsplein-node"].into_iter().chain(target))
        }
    }
}

/// Builds the simulator as it is measured and returns the path of its program.
pub(crate) fn build_simulator(workspace: &Workspace) -> Result<PathBuf> {
    build(workspace, SIMULATOR, ["--release", "--package", SIMULATOR])
}

/// Builds the simulator for the tests and returns the path of its program. It shares what it stands on with them, and only the
/// two packages that do its work are compiled once more, to be quick.
pub(crate) fn build_simulator_for_tests(workspace: &Workspace) -> Result<PathBuf> {
    let quick = ["dorpsplein-protocol", SIMULATOR].map(|package| format!("profile.dev.package.{package}.opt-level=2"));
    let quick = quick.iter().flat_map(|setting| ["--config", setting.as_str()]);
    build(workspace, SIMULATOR, ["--workspace", "--bin", SIMULATOR].into_iter().chain(quick))
}

/// The simulator's package, and its program.
const SIMULATOR: &str = "dorpsplein-simulations";

fn build<'a>(workspace: &Workspace, name: &str, arguments: impl IntoIterator<Item = &'a str>) -> Result<PathBuf> {
    let mut cargo = workspace.cargo(["build", "--locked", "--message-format=json-render-diagnostics"]);
    let messages = output(cargo.args(arguments).stderr(Stdio::inherit()))?;
    executable(&messages, name).with_context(|| format!("cargo built no program named {name}"))
}
