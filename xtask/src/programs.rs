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
    build(workspace, profile, "dorpsplein-node", "dorpsplein")
}

/// Builds the simulator and returns the path of its program. Among the tests it shares what it stands on with them, and only
/// the two packages that do its work are compiled once more, to be quick.
pub(crate) fn build_simulator(workspace: &Workspace, profile: Profile<'_>) -> Result<PathBuf> {
    const NAME: &str = "dorpsplein-simulations";
    if !matches!(profile, Profile::Tests) {
        return build(workspace, profile, NAME, NAME);
    }
    let mut cargo = workspace.cargo(["build", "--locked", "--message-format=json-render-diagnostics"]);
    cargo.args(["--workspace", "--bin", NAME]);
    for package in ["dorpsplein-protocol", NAME] {
        cargo.arg("--config").arg(format!("profile.dev.package.{package}.opt-level=2"));
    }
    program(&output(cargo.stderr(Stdio::inherit()))?, NAME)
}

fn build(workspace: &Workspace, profile: Profile<'_>, package: &str, name: &str) -> Result<PathBuf> {
    let mut cargo = workspace.cargo(["build", "--locked", "--message-format=json-render-diagnostics"]);
    match profile {
        Profile::Tests => cargo.args(["--workspace", "--bins", "--tests"]),
        Profile::Release => cargo.args(["--release", "--package", package]),
        Profile::Dist(target) => cargo
            .args(["--profile", "dist", "--package", package])
            .args(target.iter().flat_map(|target| ["--target", target])),
    };
    program(&output(cargo.stderr(Stdio::inherit()))?, name)
}

fn program(messages: &str, name: &str) -> Result<PathBuf> {
    executable(messages, name).with_context(|| format!("cargo built no program named {name}"))
}
