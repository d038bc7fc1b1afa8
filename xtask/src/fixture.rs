//! `cargo xtask fixture NAME`: a data folder as this release leaves it, packed small, for the tests of later ones: those have to
//! open it, show the same, and go on from there. Everybody in it is invented. Made once for each release, and never again.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use brotli::{CompressorWriter, Decompressor};
use clap::Args;
use serde_json::{Map, Value};

use crate::house::House;
use crate::http;
use crate::process::{Workspace, output, run as run_command};
use crate::programs::{Profile, build_box};

/// What to make.
#[derive(Args)]
pub(crate) struct Options {
    /// What it is called: the version of the release
    name: String,
    /// Have this program write it instead of a release build
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
}

/// Where they are kept.
const FOLDER: &str = "node/tests/fixtures";
/// The largest that goes into the repository.
const MOST_BYTES: u64 = 200_000;
/// Brotli at its hardest, with a window that holds the whole folder.
const QUALITY: u32 = 11;
const WINDOW_BITS: u32 = 24;

/// Makes one.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let to = workspace.root().join(FOLDER).join(format!("{}.tar.br", options.name));
    ensure!(!to.exists(), "{} exists: what a release wrote does not change afterwards", to.display());
    let program = options.program.clone().map_or_else(|| build_box(workspace, Profile::Release), Ok)?;
    let root = tempfile::tempdir().context("cannot make a folder for the village")?;
    let village = Village { program: &program, root: root.path() };
    village.live()?;
    let packed = pack(root.path())?;
    ensure!(packed.len() as u64 <= MOST_BYTES, "{} bytes are too many for the repository", packed.len());
    fs::create_dir_all(to.parent().context("a file lies in a folder")?)?;
    File::create(&to)
        .and_then(|mut file| file.write_all(&packed))
        .with_context(|| format!("cannot write {}", to.display()))?;
    println!("{}: {} bytes", to.display(), packed.len());
    Ok(())
}

/// A village that lives for a moment.
struct Village<'a> {
    program: &'a Path,
    root: &'a Path,
}

impl Village<'_> {
    /// Something of everything that people do, told by the program itself; beside the data folder `plein` stays the key of somebody
    /// who lives there, and what visitors are shown of each item.
    fn live(&self) -> Result<()> {
        let plein = self.path("plein")?;
        let here = ["--mdns", "off", "--site", "127.0.0.1:0", "--listen", "/ip4/127.0.0.1/udp/0/quic-v1"];
        self.says(&[&["init", "--name", "Overzijl", "--dir", &plein], &here[..]].concat())?;
        let house = House::start(self.program, Path::new(&plein))?;
        let anna = self.join("Anna", &plein)?;
        let bert = self.join("Bert", &plein)?;
        let mut told = Vec::new();
        let post = |key: &str, more: &[&str]| -> Result<String> {
            self.item(
                &[&["resident", "post", "--url", house.site(), "--audience", "square", "--key", key], more].concat(),
            )
        };
        let photo = self.path("street.jpg")?;
        crate::torture::write_photo(Path::new(&photo))?;
        let lights =
            ["--title", "Licht in de Kerkstraat", "--body", "Om acht uur gaan de lampen aan.", "--photo", &photo];
        let news = post(&anna, &[&lights[..], &["--alt", "Een donkere straat"]].concat())?;
        told.push(self.item(&["resident", "comment", "--item", &news, "--body", "Mooi!", "--key", &bert])?);
        told.push(news);
        let soup = post(&bert, &["--title", "Soep"])?;
        self.says(&["resident", "edit", &soup, "--title", "Erwtensoep", "--key", &bert])?;
        told.push(soup);
        told.push(post(&bert, &["--kind", "offer", "--title", "Een ladder te leen"])?);
        let secret = post(&anna, &["--title", "Dit had ik niet moeten zeggen"])?;
        self.says(&["resident", "erase", &secret, "--url", house.site(), "--key", &anna])?;
        self.tell(&house, &told)?;
        fs::remove_file(&photo)?;
        house.stop()
    }

    fn join(&self, name: &str, plein: &str) -> Result<String> {
        let invited = self.says(&["invite", "--dir", plein])?;
        let invitation = invited["invitation"].as_str().context("an invitation")?;
        let key = self.path(&format!("{name}.key").to_lowercase())?;
        self.says(&["resident", "join", "--name", name, "--invitation", invitation, "--key", &key])?;
        Ok(key)
    }

    /// What visitors are shown of these items, in a file.
    fn tell(&self, house: &House, items: &[String]) -> Result<()> {
        let mut shown = Map::new();
        for item in items {
            let body = http::get(house.site(), &format!("/api/v1/items/{item}"))?;
            shown.insert(item.clone(), serde_json::from_str(&body.text()?)?);
        }
        fs::write(self.root.join("told.json"), serde_json::to_vec_pretty(&shown)?).context("cannot write what was told")
    }

    fn item(&self, arguments: &[&str]) -> Result<String> {
        let said = self.says(arguments)?;
        Ok(said["item"].as_str().with_context(|| format!("no item: {said}"))?.to_owned())
    }

    fn says(&self, arguments: &[&str]) -> Result<Value> {
        let mut command = Command::new(self.program);
        let said = output(command.arg("--json").args(arguments).env("RUST_LOG", "error"))?;
        serde_json::from_str(said.trim()).with_context(|| format!("what the program says: {said:?}"))
    }

    fn path(&self, name: &str) -> Result<String> {
        Ok(self.root.join(name).to_str().context("a folder for temporary files has a name in UTF-8")?.to_owned())
    }
}

/// All of a folder in one file, the same bytes for the same folder.
pub(crate) fn pack(folder: &Path) -> Result<Vec<u8>> {
    let tarball = tempfile::NamedTempFile::new().context("cannot make a temporary file")?;
    let mut tar = Command::new("tar");
    tar.args([
        "--sort=name",
        "--owner=0",
        "--group=0",
        "--numeric-owner",
        "--mtime=@0",
        "--sparse",
        "--create",
        "--file",
    ]);
    run_command(tar.arg(tarball.path()).arg("--directory").arg(folder).arg("."))?;
    let mut packer = CompressorWriter::new(Vec::new(), 1 << 16, QUALITY, WINDOW_BITS);
    packer.write_all(&fs::read(tarball.path())?).context("cannot pack the folder")?;
    Ok(packer.into_inner())
}

/// Takes a folder that was packed apart again, into one that is there.
pub(crate) fn unpack(archive: &Path, into: &Path) -> Result<()> {
    const BUFFER: usize = 1 << 16;
    let mut tarball = tempfile::NamedTempFile::new().context("cannot make a temporary file")?;
    File::open(archive)
        .and_then(|file| std::io::copy(&mut Decompressor::new(file, BUFFER), &mut tarball))
        .with_context(|| format!("cannot unpack {}", archive.display()))?;
    let mut tar = Command::new("tar");
    run_command(tar.args(["--extract", "--file"]).arg(tarball.path()).arg("--directory").arg(into))
}
