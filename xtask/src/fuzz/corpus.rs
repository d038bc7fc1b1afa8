//! Inputs that are worth keeping: in the repository packed, a file for each target; unpacked in the target folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::build::{self, Target};
use super::fuzzer;
use crate::fixture;
use crate::process::Workspace;

/// The most of one target that goes into the repository, unpacked.
const MOST_FILES: usize = 400;
const MOST_BYTES: u64 = 64 * 1024;

/// Unpacks what the repository has of these targets. One that has nothing there yet begins with examples.
pub(super) fn lay_ready(workspace: &Workspace, place: &Path, targets: &[Target]) -> Result<()> {
    let unpacked = place.join("corpus");
    if targets.iter().any(|target| !packed(workspace, target).exists()) {
        build::seeds(workspace, place, &unpacked)?;
    }
    for target in targets {
        let (from, into) = (packed(workspace, target), unpacked.join(&target.name));
        if from.exists() {
            empty(&into)?;
            fixture::unpack(&from, &into)?;
        }
        fs::create_dir_all(&into).with_context(|| format!("cannot make {}", into.display()))?;
    }
    Ok(())
}

/// Packs into the repository the fewest of these inputs that reach as much as all of them, the shortest first if even those are
/// too many.
pub(super) fn keep(workspace: &Workspace, program: &Path, target: &Target, from: &[PathBuf]) -> Result<()> {
    let fewest = tempfile::tempdir().context("cannot make a folder for a corpus")?;
    fuzzer::merge(program, target, fewest.path(), from)?;
    let mut files: Vec<(u64, PathBuf)> = Vec::new();
    for entry in fs::read_dir(fewest.path())? {
        let entry = entry?;
        files.push((entry.metadata()?.len(), entry.path()));
    }
    files.sort();
    let (mut bytes, mut kept) = (0, 0);
    for (number, (length, path)) in files.iter().enumerate() {
        bytes += length;
        if number < MOST_FILES && bytes <= MOST_BYTES {
            kept += 1;
        } else {
            fs::remove_file(path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    let to = packed(workspace, target);
    let archive = fixture::pack(fewest.path())?;
    fs::create_dir_all(to.parent().context("a file lies in a folder")?)?;
    fs::write(&to, &archive).with_context(|| format!("cannot write {}", to.display()))?;
    println!("{}: {kept} of {} inputs, {} bytes packed", target.name, files.len(), archive.len());
    Ok(())
}

fn packed(workspace: &Workspace, target: &Target) -> PathBuf {
    workspace.root().join("fuzz/corpus").join(format!("{}.tar.br", target.name))
}

fn empty(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot empty {}", folder.display()))
        }
        Ok(()) | Err(_) => fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display())),
    }
}
