//! What the tests need, brought where it can be brought, and otherwise asked for with the exact command.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::bench::target_folder;
use crate::process::{Workspace, output, program, run, works};

/// The compilation target of the browser's module.
pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The oldest Node.js that the drivers of the browser run on.
const NODE_MAJOR: u32 = 20;

/// Names a browser other than Debian's Chromium.
const CHROMIUM_VARIABLE: &str = "DORPSPLEIN_CHROMIUM";

/// Where Debian puts Chromium.
const CHROMIUM: &str = "/usr/bin/chromium";

/// Makes sure that the compiler can compile for the browser.
pub(crate) fn wasm_target(workspace: &Workspace) -> Result<()> {
    let sysroot = output(&mut program(workspace.root(), "rustc", ["--print", "sysroot"]))?;
    if Path::new(sysroot.trim()).join("lib/rustlib").join(WASM_TARGET).is_dir() {
        return Ok(());
    }
    run(&mut program(workspace.root(), "rustup", ["target", "add", WASM_TARGET])).with_context(|| {
        format!("install Rust's target {WASM_TARGET}, for example with `rustup target add {WASM_TARGET}`")
    })
}

/// Makes sure that the compiler can compile for another kind of machine.
pub(crate) fn rust_target(workspace: &Workspace, target: &str) -> Result<()> {
    run(&mut program(workspace.root(), "rustup", ["target", "add", target]))
        .with_context(|| format!("Rust's target {target} is needed, and a linker for it (CARGO_TARGET_…_LINKER)"))
}

/// What makes Debian packages; brought when it is missing.
pub(crate) fn cargo_deb(workspace: &Workspace) -> Result<()> {
    if works(&mut workspace.cargo(["deb", "--version"])) {
        return Ok(());
    }
    println!("cargo-deb is missing; installing it");
    run(&mut workspace.cargo(["install", "--locked", "cargo-deb"]))
        .context("a Debian package needs cargo-deb: `cargo install --locked cargo-deb`")
}

/// What makes a clean root of Debian, installed from Debian's packages when it is missing.
pub(crate) fn debootstrap(workspace: &Workspace) -> Result<()> {
    ensure!(output(Command::new("id").arg("-u"))?.trim() == "0", "only root can try a package in a root of its own");
    if !works(Command::new("debootstrap").arg("--version")) {
        debian_packages(workspace, &["debootstrap"]).context("a clean root is made with debootstrap")?;
    }
    Ok(())
}

/// Whether tests run under cargo-nextest; brings it when it is missing. Without it plain `cargo test` does.
pub(crate) fn nextest(workspace: &Workspace) -> bool {
    if works(&mut workspace.cargo(["nextest", "--version"])) {
        return true;
    }
    println!("cargo-nextest is missing; installing it");
    if let Err(error) = run(&mut workspace.cargo(["install", "--locked", "cargo-nextest"])) {
        println!("{error:#}; the tests run under `cargo test` instead");
        return false;
    }
    works(&mut workspace.cargo(["nextest", "--version"]))
}

/// The browser the tests drive, installed from Debian's packages when it is missing.
pub(crate) fn chromium(workspace: &Workspace) -> Result<PathBuf> {
    if let Some(named) = env::var_os(CHROMIUM_VARIABLE) {
        let path = PathBuf::from(named);
        ensure!(
            works(Command::new(&path).arg("--version")),
            "{CHROMIUM_VARIABLE} names {}, which does not start",
            path.display()
        );
        return Ok(path);
    }
    if !works(Command::new(CHROMIUM).arg("--version")) {
        debian_packages(workspace, &["chromium"])
            .with_context(|| format!("the tests need Chromium; another one can be named in {CHROMIUM_VARIABLE}"))?;
    }
    Ok(PathBuf::from(CHROMIUM))
}

/// What asks a box for the same page over and over, installed from Debian's packages when it is missing.
pub(crate) fn wrk(workspace: &Workspace) -> Result<()> {
    if output(Command::new("which").arg("wrk")).is_err() {
        debian_packages(workspace, &["wrk"]).context("measuring pages needs wrk")?;
    }
    Ok(())
}

/// What makes up requests from an OpenAPI document, in a folder of its own beside what is compiled, in one version.
pub(crate) fn schemathesis(workspace: &Workspace) -> Result<PathBuf> {
    const VERSION: &str = "schemathesis==4.32.5";
    let folder = target_folder(workspace)?.join("schemathesis");
    let program_in = |name: &str| folder.join("bin").join(name);
    if !works(Command::new(program_in("schemathesis")).arg("--version")) {
        if !works(Command::new("python3").args(["-m", "ensurepip", "--version"])) {
            debian_packages(workspace, &["python3-venv"]).context("Schemathesis needs Python")?;
        }
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        run(Command::new(program_in("pip")).args(["install", "--quiet", VERSION]))?;
    }
    Ok(program_in("schemathesis"))
}

/// The C++ compiler that builds libFuzzer, installed from Debian's packages when it is missing. `None` when it is here, otherwise
/// why not, with what to type. Another one can be named in `CXX`, as everywhere.
pub(crate) fn cxx(workspace: &Workspace) -> Option<String> {
    let named = env::var_os("CXX").unwrap_or_else(|| "c++".into());
    if works(Command::new(named).arg("--version")) {
        return None;
    }
    let missing = debian_packages(workspace, &["g++"]).err()?;
    Some(format!("{missing:#}; fuzzing needs a C++ compiler, because libFuzzer is written in C++"))
}

/// Who gives certificates in the tests of https, installed from Debian's packages when it is missing. `None` when it is here,
/// otherwise why not, with what to type.
pub(crate) fn pebble(workspace: &Workspace) -> Option<String> {
    // The two of them are in one package.
    if output(Command::new("which").args(["pebble", "pebble-challtestsrv"])).is_ok() {
        return None;
    }
    let missing = debian_packages(workspace, &["pebble"]).err()?;
    Some(format!("{missing:#}; the tests in which a box obtains a certificate are left out"))
}

/// What the tests with home routers need: network namespaces, and the programs that set them up. `None` when they can be
/// made here, otherwise why not; nothing of it can be brought for somebody who may not make a namespace at all.
pub(crate) fn namespaces(workspace: &Workspace) -> Result<Option<String>> {
    if output(Command::new("id").arg("-u"))?.trim() != "0" {
        return Ok(Some("only root can make network namespaces; the tests with home routers are left out".to_owned()));
    }
    if !works(Command::new("unshare").args(["--net", "true"])) {
        return Ok(Some(
            "this system makes no network namespaces; the tests with home routers are left out".to_owned(),
        ));
    }
    if !works(Command::new("ip").arg("-V")) || !works(Command::new("nft").arg("--version")) {
        debian_packages(workspace, &["iproute2", "nftables"]).context("the tests with home routers need ip and nft")?;
    }
    Ok(None)
}

/// Node.js, recent enough, and the packages of `web-ui/e2e` in the versions of its lockfile.
pub(crate) fn browser_drivers(workspace: &Workspace) -> Result<()> {
    let version = || output(Command::new("node").arg("--version"));
    if version().is_err() || !works(Command::new("npm").arg("--version")) {
        debian_packages(workspace, &["nodejs", "npm"]).context("the tests in a browser need Node.js and npm")?;
    }
    let version = version()?;
    let major = node_major(&version);
    ensure!(
        major.is_some_and(|major| major >= NODE_MAJOR),
        "the tests in a browser need Node.js {NODE_MAJOR} or newer, and this is {}",
        version.trim()
    );
    if drivers_are_current(&workspace.e2e()) {
        return Ok(());
    }
    run(&mut program(&workspace.e2e(), "npm", ["ci"]))
}

fn node_major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// Whether `npm ci` has run since the lockfile last changed. npm leaves a lockfile of its own in what it installed.
fn drivers_are_current(e2e: &Path) -> bool {
    let changed = |path: &str| e2e.join(path).metadata().and_then(|metadata| metadata.modified()).ok();
    match (changed("node_modules/.package-lock.json"), changed("package-lock.json")) {
        (Some(installed), Some(wanted)) => installed >= wanted,
        _ => false,
    }
}

/// Installs Debian packages where this user may, and otherwise says what to type.
fn debian_packages(workspace: &Workspace, packages: &[&str]) -> Result<()> {
    let names = packages.join(" ");
    let root = workspace.root();
    if !works(Command::new("apt-get").arg("--version")) {
        bail!("install {names} the way this system does, then try again");
    }
    let is_root = output(Command::new("id").arg("-u"))?.trim() == "0";
    ensure!(is_root, "type `sudo apt-get install --yes {names}`, then try again");
    println!("installing {names}");
    run(program(root, "apt-get", ["update", "--quiet"]).env("DEBIAN_FRONTEND", "noninteractive"))?;
    let mut install = program(root, "apt-get", ["install", "--yes", "--quiet", "--no-install-recommends"]);
    run(install.args(packages).env("DEBIAN_FRONTEND", "noninteractive"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_of_node_is_read() {
        assert_eq!(node_major("v20.20.2\n"), Some(20));
        assert_eq!(node_major("v8.0.0"), Some(8));
        assert_eq!(node_major("twenty"), None);
    }
}
