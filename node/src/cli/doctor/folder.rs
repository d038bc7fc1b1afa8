//! The data folder, its settings, and the box that runs on it, or does not.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::process::geteuid;

use super::Finding;
use crate::cli::client::Client;
use crate::cli::door::Door;
use crate::config::{Config, Overrides, Place};
use crate::data_folder::{self, DataFolder, FORMAT, FolderError, Running, read_config_with};
use crate::links::Site;
use crate::web::body::StatusBody;

/// A folder that can be looked at further.
pub(super) struct Looked {
    /// The settings, with what is given instead of them.
    pub(super) settings: Config,
    /// The box that runs on it.
    pub(super) running: Option<Running>,
    /// What the box says of itself; it need not be running.
    pub(super) status: Option<StatusBody>,
}

const PART: &str = "folder";

/// Looks at the folder; none when there is no more to see.
pub(super) fn look(dir: &Path, overrides: &Overrides, findings: &mut Vec<Finding>) -> Option<Looked> {
    let path = dir.to_string_lossy().into_owned();
    let settings = match read_config_with(dir, overrides) {
        Ok(settings) => {
            findings.push(Finding::well("settings", "doctor-settings", path.clone()));
            Some(settings)
        }
        Err(FolderError::Config { source, .. }) => {
            let place = source.mistakes().first().map(|mistake| place(&mistake.place)).unwrap_or_default();
            findings.push(Finding::wrong("settings", "doctor-settings-wrong", "doctor-settings-todo", place));
            None
        }
        // There is no such folder, which is found below.
        Err(_) => None,
    };
    let (standing, running) = stand(dir, overrides);
    findings.push(of_the_folder(&path, standing.as_ref().err()));
    findings.extend(owner(dir));
    let settings = settings?;
    let status = match (standing, &running) {
        (Ok(Some(folder)), _) => stopped(folder, &path, findings),
        (Ok(None), Some(running)) => asked(running, &path, findings),
        _ => return None,
    };
    let running = running.filter(|_| status.is_some());
    Some(Looked { settings, running, status })
}

/// The folder, if nobody uses it; or none, and the box that does.
fn stand(dir: &Path, overrides: &Overrides) -> (Result<Option<DataFolder>, FolderError>, Option<Running>) {
    match DataFolder::open_with(dir, overrides) {
        Ok(folder) => (Ok(Some(folder)), None),
        Err(FolderError::InUse { path }) => match data_folder::running(dir) {
            Ok(Some(running)) => (Ok(None), Some(running)),
            Ok(None) => (Err(FolderError::InUse { path }), None),
            Err(error) => (Err(error), None),
        },
        Err(error) => (Err(error), None),
    }
}

fn of_the_folder(path: &str, error: Option<&FolderError>) -> Finding {
    let wrong = |says, todo, value: &str| Finding::wrong(PART, says, todo, value);
    match error {
        // What is wrong with the settings was said.
        None | Some(FolderError::Config { .. }) => Finding::well(PART, "doctor-folder", path),
        Some(FolderError::NotOne { .. } | FolderError::NotEmpty { .. }) => {
            wrong("doctor-folder-none", "doctor-folder-none-todo", path)
        }
        Some(FolderError::Version { found, .. }) => match found.parse::<u32>() {
            Ok(found) if found > FORMAT => wrong("doctor-folder-newer", "doctor-folder-newer-todo", &found.to_string()),
            _ => wrong("doctor-folder-other", "doctor-folder-other-todo", found),
        },
        Some(FolderError::InUse { .. }) => wrong("doctor-folder-in-use", "doctor-folder-in-use-todo", path),
        Some(FolderError::Damaged { path }) => {
            wrong("doctor-folder-damaged", "doctor-folder-damaged-todo", &path.to_string_lossy())
        }
        Some(FolderError::Exposed { path }) => {
            wrong("doctor-folder-exposed", "doctor-folder-exposed-todo", &path.to_string_lossy())
        }
        Some(FolderError::Io { path, source }) => {
            let value = format!("{}: {source}", path.display());
            wrong("doctor-folder-unreadable", "doctor-disk-permission-todo", &value)
        }
    }
}

/// Whoever starts a box as another user than before leaves files that the first can no longer write.
fn owner(dir: &Path) -> Option<Finding> {
    let (owner, own) = (dir.metadata().ok()?.uid(), geteuid().as_raw());
    let other = owner != own;
    other.then(|| Finding::note(PART, "doctor-folder-owner", "doctor-folder-owner-todo", owner.to_string()))
}

/// Opens the box that is not running, as `serve` would.
fn stopped(folder: DataFolder, path: &str, findings: &mut Vec<Finding>) -> Option<StatusBody> {
    findings.push(Finding::note("box", "doctor-box-stopped", "doctor-box-stopped-todo", path));
    match Door::stopped(folder).and_then(|door| door.status()) {
        Ok(status) => Some(status),
        Err(error) => {
            findings.push(Finding::wrong("box", "doctor-store", "doctor-store-todo", error.to_string()));
            None
        }
    }
}

/// Asks the box that runs.
fn asked(running: &Running, path: &str, findings: &mut Vec<Finding>) -> Option<StatusBody> {
    let silent = || Finding::wrong("box", "doctor-box-silent", "doctor-box-silent-todo", running.url.clone());
    let status = Site::parse(&running.url).ok().and_then(|site| Client::new(site).status().ok());
    let own = data_folder::box_public_key(Path::new(path)).ok().map(|key| key.to_string());
    match status {
        Some(status) if own.as_ref().is_none_or(|own| *own == status.own_box) => {
            findings.push(Finding::well("box", "doctor-box-runs", running.url.clone()));
            Some(status)
        }
        _ => {
            findings.push(silent());
            None
        }
    }
}

fn place(place: &Place) -> String {
    match place {
        Place::File { line, column } => format!("box.toml:{line}:{column}"),
        elsewhere => elsewhere.to_string(),
    }
}
