//! `cargo xtask package`: what people install: a Debian package and a tarball, of one finished program.
//!
//! All of it is laid ready in `package` of the target folder, where `cargo deb` takes it for what cargo built; what comes
//! of it is in `package/finished`.

mod machine;
mod trial;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde::Serialize;
use serde_json::json;

use crate::bench::target_folder;
use crate::process::{Workspace, output, run as run_command, works};
use crate::programs::{Profile, build_box};
use crate::setup;

/// How large the program may be without its symbols, and the Debian package, in bytes.
const AIMS: [u64; 2] = [32_000_000, 12_000_000];
/// How exposed the service may be, in tenths, by the reckoning of systemd, where 100 is a program without any restriction.
const MOST_EXPOSED: u32 = 20;

/// The package that is packed.
const PACKAGE: &str = "dorpsplein-node";
/// What is in the tarball beside the program, its manual pages and its completions.
const BESIDE: [&str; 7] = [
    "README.md",
    "CHANGELOG.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "docs/operator.md",
    "packaging/box.toml",
    "packaging/dorpsplein.service",
];

/// What to pack.
#[derive(Args)]
pub(crate) struct Options {
    /// For another kind of machine, such as aarch64-unknown-linux-gnu; x86_64-unknown-linux-musl for a static program.
    #[arg(long, value_name = "TRIPLE")]
    target: Option<String>,
    /// Pack this program instead of building one.
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// Also install, use, upgrade, remove and purge the Debian package in a clean Debian with a systemd of its own (takes root, and
    /// debootstrap).
    #[arg(long = "try")]
    trial: bool,
    /// Print one JSON object as the last line.
    #[arg(long)]
    json: bool,
}

/// What was made.
#[derive(Serialize)]
pub(crate) struct Made {
    /// What it is, for people.
    pub(crate) what: &'static str,
    path: PathBuf,
    /// How large it is.
    pub(crate) bytes: u64,
    /// The most it may be, in bytes, where there is such an aim.
    pub(crate) aim_bytes: Option<u64>,
}

/// Makes the packages and says how large they are.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let made = make(workspace, options.target.as_deref(), options.program.as_deref())?;
    println!();
    for one in &made {
        let aim = one.aim_bytes.map(|aim| format!("aim: {:.1} MB", megabytes(aim))).unwrap_or_default();
        println!("{:<20} {:>8.2} MB  {aim:<14} {}", one.what, megabytes(one.bytes), one.path.display());
    }
    let [_, deb, _] = &made;
    let tried = options.trial.then(|| trial::run(workspace, &deb.path)).transpose()?;
    if options.json {
        println!("{}", json!({ "made": made, "tried": tried }));
    }
    Ok(())
}

/// Makes the packages, of this program or of one that is built: the program without its symbols, the Debian package, the tarball.
pub(crate) fn make(workspace: &Workspace, target: Option<&str>, program: Option<&Path>) -> Result<[Made; 3]> {
    setup::cargo_deb(workspace)?;
    let stage = Stage::new(workspace, target)?;
    let built = match program {
        Some(program) => program.to_owned(),
        None => build(workspace, target)?,
    };
    let program = stage.program(&built)?;
    stage.helps(workspace, &program)?;
    check_unit(workspace, &program, target.is_none())?;
    let deb = stage.debian(workspace)?;
    let tarball = stage.tarball(workspace)?;
    Ok([
        Made::of("program, stripped", program, Some(AIMS[0]))?,
        Made::of("Debian package", deb, Some(AIMS[1]))?,
        Made::of("tarball", tarball, None)?,
    ])
}

/// Builds the program for people, and returns its path.
fn build(workspace: &Workspace, target: Option<&str>) -> Result<PathBuf> {
    setup::wasm_target(workspace)?;
    if let Some(target) = target {
        setup::rust_target(workspace, target)?;
    }
    build_box(workspace, Profile::Dist(target))
}

/// Where everything is laid ready.
struct Stage {
    folder: PathBuf,
    target: Option<String>,
}

impl Stage {
    fn new(workspace: &Workspace, target: Option<&str>) -> Result<Self> {
        let folder = target_folder(workspace)?.join("package");
        let stage = Self { folder, target: target.map(str::to_owned) };
        for folder in [stage.release(), stage.finished()] {
            if folder.exists() {
                fs::remove_dir_all(&folder).with_context(|| format!("cannot clear {}", folder.display()))?;
            }
            fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        Ok(stage)
    }

    fn release(&self) -> PathBuf {
        self.target.iter().fold(self.folder.clone(), |folder, target| folder.join(target)).join("release")
    }

    fn finished(&self) -> PathBuf {
        self.folder.join("finished")
    }

    /// A copy of the program without its symbols.
    fn program(&self, built: &Path) -> Result<PathBuf> {
        let copy = self.release().join("dorpsplein");
        fs::copy(built, &copy).with_context(|| format!("cannot copy {}", built.display()))?;
        let own = self.target.as_deref().filter(|target| !target.starts_with(std::env::consts::ARCH));
        let strip =
            own.map_or_else(|| "strip".to_owned(), |target| format!("{}-strip", target.replace("-unknown", "")));
        run_command(Command::new(&strip).arg("--strip-all").arg(&copy))
            .with_context(|| format!("{strip} is in Debian's binutils"))?;
        Ok(copy)
    }

    /// Manual pages and completions: said by the program itself, or, where it is for another kind of machine, by one of
    /// this machine.
    fn helps(&self, workspace: &Workspace, program: &Path) -> Result<()> {
        let here = match works(Command::new(program).arg("--version")) {
            true => program.to_owned(),
            false => build_box(workspace, Profile::Tests)?,
        };
        let pages = self.release().join("man");
        output(Command::new(&here).args(["man", "--to"]).arg(&pages))?;
        // cargo-deb does this for what lies in the sources, and takes these for something that cargo built.
        run_command(Command::new("gzip").args(["--best", "--no-name", "--recursive"]).arg(&pages))?;
        let folder = self.release().join("completions");
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        for (shell, name) in [("bash", "dorpsplein"), ("zsh", "_dorpsplein"), ("fish", "dorpsplein.fish")] {
            let script = output(Command::new(&here).args(["completions", shell]))?;
            fs::write(folder.join(name), script).with_context(|| format!("cannot write {name}"))?;
        }
        Ok(())
    }

    fn debian(&self, workspace: &Workspace) -> Result<PathBuf> {
        let mut deb =
            workspace.cargo(["deb", "--no-build", "--no-strip", "--locked", "--package", PACKAGE, "--output"]);
        deb.arg(self.finished()).env("CARGO_TARGET_DIR", &self.folder);
        deb.args(self.target.iter().flat_map(|target| ["--target", target.as_str()]));
        run_command(&mut deb)?;
        let made = fs::read_dir(self.finished())?.collect::<std::io::Result<Vec<_>>>()?;
        let mut made = made.into_iter().map(|entry| entry.path());
        made.find(|path| path.extension().is_some_and(|end| end == "deb")).context("cargo deb made no package")
    }

    fn tarball(&self, workspace: &Workspace) -> Result<PathBuf> {
        let triple = match &self.target {
            Some(target) => target.clone(),
            None => host(workspace)?,
        };
        let name = format!("dorpsplein-{}-{triple}", env!("CARGO_PKG_VERSION"));
        let folder = self.folder.join(&name);
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("cannot clear {}", folder.display()))?;
        }
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let mut copy = Command::new("cp");
        copy.arg("--recursive").args(["dorpsplein", "man", "completions"].map(|part| self.release().join(part)));
        run_command(copy.args(BESIDE.map(|file| workspace.root().join(file))).arg(&folder))?;
        let tarball = self.finished().join(format!("{name}.tar.gz"));
        let mut tar = Command::new("tar");
        tar.args(["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--create", "--gzip", "--file"]);
        run_command(tar.arg(&tarball).arg("--directory").arg(&self.folder).arg(&name))?;
        fs::remove_dir_all(&folder).with_context(|| format!("cannot clear {}", folder.display()))?;
        Ok(tarball)
    }
}

/// Has systemd read the unit file, where it is here, and say how exposed the service is.
fn check_unit(workspace: &Workspace, program: &Path, runs_here: bool) -> Result<()> {
    if !works(Command::new("systemd-analyze").arg("--version")) {
        println!("systemd is not on this machine; the unit file was not checked");
        return Ok(());
    }
    let unit = workspace.root().join("packaging/dorpsplein.service");
    let exposed = MOST_EXPOSED.to_string();
    let mut security = Command::new("systemd-analyze");
    security.args(["security", "--offline=true", "--no-pager", "--threshold", &exposed]).arg(&unit);
    let said = output(&mut security).context("the service is more exposed than it may be")?;
    println!("{}", said.lines().last().unwrap_or_default().trim());
    if !runs_here {
        return Ok(());
    }
    // It looks whether the program is where the unit says.
    let folder = tempfile::tempdir().context("cannot make a folder for the unit file")?;
    let text = fs::read_to_string(&unit).with_context(|| format!("cannot read {}", unit.display()))?;
    let copy = folder.path().join("dorpsplein.service");
    fs::write(&copy, text.replace("/usr/bin/dorpsplein", &program.to_string_lossy()))
        .context("cannot copy the unit")?;
    let verified = Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&copy).output()?;
    let complaint = String::from_utf8_lossy(&verified.stderr);
    ensure!(verified.status.success() && !complaint.contains("dorpsplein.service"), "the unit file: {complaint}");
    Ok(())
}

impl Made {
    fn of(what: &'static str, path: PathBuf, aim_bytes: Option<u64>) -> Result<Self> {
        let bytes = fs::metadata(&path).with_context(|| format!("{} is missing", path.display()))?.len();
        Ok(Self { what, path, bytes, aim_bytes })
    }
}

/// The kind of this machine.
fn host(workspace: &Workspace) -> Result<String> {
    let said = output(Command::new("rustc").current_dir(workspace.root()).arg("-vV"))?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc does not say its host")?;
    Ok(host.to_owned())
}

#[expect(clippy::cast_precision_loss, reason = "sizes of files, for people to read")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
