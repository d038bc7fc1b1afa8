//! The targets, built so that libFuzzer sees which code they reach: the compiler that the repository pins counts that for it,
//! and a C++ compiler builds libFuzzer itself. Neither a nightly compiler nor cargo-fuzz is needed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::bench::target_folder;
use crate::process::{Workspace, executable, output};

/// One of the programs that fuzz.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) name: String,
    /// The most bytes of an input.
    pub(super) longest: u32,
}

/// What cargo-fuzz passes too: count each edge of the code, tell what values are compared with, and say that it is fuzzing.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
                     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
                     -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1";

/// The part of `fuzz/Cargo.toml` that says what there is.
#[derive(Deserialize)]
struct Manifest {
    package: Package,
    bin: Vec<Bin>,
}

#[derive(Deserialize)]
struct Package {
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Metadata {
    longest: BTreeMap<String, u32>,
}

#[derive(Deserialize)]
struct Bin {
    name: String,
    path: String,
}

/// The targets, in the order of their manifest.
pub(super) fn targets(workspace: &Workspace) -> Result<Vec<Target>> {
    let path = manifest(workspace);
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let Manifest { package, bin } = toml::from_str(&text).with_context(|| format!("cannot read {}", path.display()))?;
    let mut targets = Vec::new();
    for Bin { name, .. } in bin.into_iter().filter(|bin| bin.path.starts_with("fuzz_targets")) {
        let longest = package.metadata.longest.get(&name);
        let longest =
            *longest.with_context(|| format!("say how long an input of {name} may be in {}", path.display()))?;
        targets.push(Target { name, longest });
    }
    Ok(targets)
}

/// The folder in which everything about fuzzing lies that is not in the repository.
pub(super) fn place(workspace: &Workspace) -> Result<PathBuf> {
    Ok(target_folder(workspace)?.join("fuzz"))
}

/// How the targets are built.
#[derive(Clone, Copy)]
pub(super) enum Speed {
    /// To run for long.
    Campaign,
    /// To run for seconds: built in less time, and slower.
    Smoke,
}

/// Builds these targets, and returns where each of their programs is.
pub(super) fn programs(
    workspace: &Workspace,
    place: &Path,
    targets: &[Target],
    speed: Speed,
) -> Result<BTreeMap<String, PathBuf>> {
    let profile = match speed {
        Speed::Campaign => "release",
        Speed::Smoke => "smoke",
    };
    let mut cargo = cargo(workspace, place, "build");
    // With a target said, what runs while building is not counted.
    cargo.args(["--profile", profile, "--target", &host(workspace)?]).env("RUSTFLAGS", FLAGS);
    cargo.args(targets.iter().flat_map(|target| ["--bin", target.name.as_str()]));
    let messages = output(cargo.arg("--message-format=json-render-diagnostics").stderr(Stdio::inherit()))?;
    let program = |target: &Target| {
        let path = executable(&messages, &target.name);
        Ok((target.name.clone(), path.with_context(|| format!("cargo built no program named {}", target.name))?))
    };
    targets.iter().map(program).collect()
}

/// Has examples of every target written into a folder, each in a folder of its own.
pub(super) fn seeds(workspace: &Workspace, place: &Path, into: &Path) -> Result<()> {
    output(cargo(workspace, place, "run").args(["--bin", "seeds", "--"]).arg(into).stderr(Stdio::inherit())).map(drop)
}

fn cargo(workspace: &Workspace, place: &Path, what: &str) -> Command {
    let mut cargo = workspace.cargo([what, "--locked"]);
    cargo.arg("--manifest-path").arg(manifest(workspace)).env("CARGO_TARGET_DIR", place);
    cargo
}

fn manifest(workspace: &Workspace) -> PathBuf {
    workspace.root().join("fuzz/Cargo.toml")
}

/// The machine that the compiler runs on, as it calls it.
fn host(workspace: &Workspace) -> Result<String> {
    let said = output(Command::new("rustc").arg("-vV").current_dir(workspace.root()))?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names its host")?;
    ensure!(!host.is_empty(), "rustc names no host");
    Ok(host.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn every_target_is_listed_and_explained() {
        let workspace = Workspace::find().unwrap();
        let listed: Vec<String> = targets(&workspace).unwrap().into_iter().map(|target| target.name).collect();
        let folder = fs::read_dir(workspace.root().join("fuzz/fuzz_targets")).unwrap();
        let mut files: Vec<_> =
            folder.map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect();
        let mut sorted = listed.clone();
        files.sort();
        sorted.sort();
        assert_eq!(sorted, files);
        let explained = fs::read_to_string(workspace.root().join("fuzz/README.md")).unwrap();
        let missing: Vec<_> = listed.iter().filter(|name| !explained.contains(&format!("| `{name}` |"))).collect();
        assert!(missing.is_empty(), "{missing:?}");
        let kept = |name: &String| workspace.root().join(format!("fuzz/corpus/{name}.tar.br")).is_file();
        assert!(listed.iter().all(kept), "each has a corpus: `cargo xtask fuzz --keep` makes one");
    }
}
