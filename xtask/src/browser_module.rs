//! The tests of the browser's module by itself: what it decides, and that it signs as native code does.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::process::{Workspace, program, run, run_keeping};
use crate::properties;
use crate::setup::{self, WASM_TARGET};
use crate::steps::{Outcome, Steps};

/// The profile in which a box compiles the module, in the workspace's `Cargo.toml`.
const PROFILE: &str = "browser";

/// The form of SHA-2 in the module that boxes serve; `node/build/browser_module.rs` says why.
const COMPACT_SHA2: &str = "--cfg\u{1f}sha2_backend_soft=\"compact\"";

/// Runs only [`vectors`], with what it needs.
pub(crate) fn run_alone(workspace: &Workspace) -> Result<()> {
    let mut steps = Steps::new();
    run_steps(workspace, &mut steps)?;
    steps.finish();
    Ok(())
}

/// Compares WebAssembly with native code, as steps of a longer run.
pub(crate) fn run_steps(workspace: &Workspace, steps: &mut Steps) -> Result<()> {
    steps.run("set up Node.js", || {
        setup::browser_drivers(workspace)?;
        Ok(Outcome::passed())
    })?;
    steps.run("the same bytes in WebAssembly", || vectors(workspace))
}

/// Runs the unit tests of what the module decides, compiled for this machine.
pub(crate) fn decisions(workspace: &Workspace, with_nextest: bool) -> Result<Outcome> {
    let runner: &[&str] = if with_nextest { &["nextest", "run"] } else { &["test"] };
    let mut tests = workspace.cargo([]);
    tests.args(runner).args(["--locked", "--package", "dorpsplein-web-ui", "--lib"]);
    tests.args(["--no-default-features", "--features", "inside"]);
    Ok(Outcome::Passed(run_keeping(properties::fixed(&mut tests), |line| {
        line.contains("Summary") || line.contains("test result:")
    })?))
}

/// Compiles the module as boxes do, with the protocol's test vectors in it, and compares what it makes of them with the
/// bytes on file, which the native tests are held to as well.
fn vectors(workspace: &Workspace) -> Result<Outcome> {
    let folder = target_folder(workspace).join("vectors-module");
    let mut cargo = workspace.cargo(["rustc", "--locked", "--package", "dorpsplein-web-ui", "--lib"]);
    cargo.args(["--crate-type", "cdylib", "--no-default-features", "--features", "vectors"]);
    cargo.args(["--target", WASM_TARGET, "--profile", PROFILE, "--target-dir"]).arg(&folder);
    run(cargo.env("CARGO_ENCODED_RUSTFLAGS", COMPACT_SHA2))?;

    let glue = folder.join("glue");
    Bindgen::new()
        .input_path(folder.join(WASM_TARGET).join(PROFILE).join("dorpsplein_web_ui.wasm"))
        .out_name("vectors")
        .nodejs(true)?
        .typescript(false)
        .generate(&glue)
        .context("cannot make the glue of the module with the test vectors")?;

    let mut node = program(&workspace.e2e(), "node", ["--test", "--test-reporter=spec", "vectors/wasm.test.js"]);
    node.env("DORPSPLEIN_VECTORS_MODULE", glue.join("vectors.js"));
    Ok(Outcome::Passed(run_keeping(&mut node, |line| line.contains('ℹ'))?))
}

fn target_folder(workspace: &Workspace) -> PathBuf {
    let named = env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    workspace.root().join(named.as_deref().unwrap_or(Path::new("target")))
}
