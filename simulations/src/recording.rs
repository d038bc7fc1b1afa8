//! A failure on paper: the plan that fails, what found it, and the program it was found in. A file of it can be run again,
//! and is a regression test once the fault is mended.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::checkers::Failure;
use crate::plan::Plan;

/// A plan and how it failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    /// The checker that found it.
    pub checker: String,
    /// What it found.
    pub found: String,
    /// The commit of the program it was found in; see [`commit`].
    pub commit: String,
    /// The plan.
    pub plan: Plan,
}

/// A recording could not be written or read.
#[derive(Debug, Error)]
pub enum RecordingError {
    /// The file or its folder cannot be used; the caller can name another.
    #[error("{path}: {error}")]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The file holds something else, or comes from another version of the simulator.
    #[error("{path} is not a recorded failure: {error}")]
    Form {
        /// Which one.
        path: PathBuf,
        /// Where it differs.
        error: serde_json::Error,
    },
}

impl Recording {
    /// How a plan failed in this program.
    #[must_use]
    pub fn new(failure: &Failure, plan: Plan) -> Self {
        Self { checker: failure.checker.to_owned(), found: failure.found.clone(), commit: commit(), plan }
    }

    /// Writes it to a folder, which is made if need be, and returns the file: `SCENARIO-SEED-CHECKER.json`.
    ///
    /// # Errors
    /// [`RecordingError`].
    pub fn save(&self, folder: &Path) -> Result<PathBuf, RecordingError> {
        let checker = self.checker.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
        let path = folder.join(format!("{}-{}-{checker}.json", self.plan.scenario, self.plan.seed));
        let in_file = |error| RecordingError::File { path: path.clone(), error };
        fs::create_dir_all(folder).map_err(in_file)?;
        let text =
            serde_json::to_string_pretty(self).map_err(|error| RecordingError::Form { path: path.clone(), error })?;
        fs::write(&path, text + "\n").map_err(in_file)?;
        Ok(path)
    }

    /// Reads it back.
    ///
    /// # Errors
    /// [`RecordingError`].
    pub fn load(path: &Path) -> Result<Self, RecordingError> {
        let text =
            fs::read_to_string(path).map_err(|error| RecordingError::File { path: path.to_path_buf(), error })?;
        serde_json::from_str(&text).map_err(|error| RecordingError::Form { path: path.to_path_buf(), error })
    }
}

/// The commit of the sources this program was built from, marked when they have changed since; `unknown` where there is
/// no repository or no `git`.
#[must_use]
pub fn commit() -> String {
    let described = Command::new("git")
        .args(["-C", env!("CARGO_MANIFEST_DIR"), "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"])
        .output();
    match described {
        Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        _ => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn plan() -> Plan {
        Plan {
            scenario: "chaos".to_owned(),
            seed: 7,
            ends: 10,
            patience: 10,
            villages: Vec::new(),
            boxes: Vec::new(),
            lines: Vec::new(),
            treaties: Vec::new(),
            people: Vec::new(),
            acts: Vec::new(),
            faults: Vec::new(),
            planted: None,
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let failure = Failure { checker: "monotone reading", found: "something went away".to_owned() };
        let recording = Recording::new(&failure, plan());
        let path = recording.save(&folder.path().join("failures")).unwrap();
        assert!(path.ends_with("failures/chaos-7-monotone-reading.json"), "{}", path.display());
        assert_eq!(Recording::load(&path).unwrap(), recording);
    }

    #[test]
    fn a_file_that_is_something_else_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("other.json");
        assert!(matches!(Recording::load(&path), Err(RecordingError::File { .. })));
        fs::write(&path, "{}").unwrap();
        let error = Recording::load(&path).unwrap_err();
        assert!(error.to_string().contains("other.json is not a recorded failure"), "{error}");
    }
}
