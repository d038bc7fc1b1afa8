//! The helper that plays people, as a program that says one line of JSON.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::de::DeserializeOwned;

/// The built helper.
pub(super) struct Helper {
    path: PathBuf,
}

impl Helper {
    pub(super) const fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Runs it on a folder; its progress bars go to our standard error.
    pub(super) fn run<T: DeserializeOwned>(&self, command: &str, folder: &Path, arguments: &[&str]) -> Result<T> {
        let output = Command::new(&self.path)
            .arg(command)
            .arg(folder)
            .args(arguments)
            .stderr(std::process::Stdio::inherit())
            .output()
            .with_context(|| format!("cannot start {}", self.path.display()))?;
        ensure!(output.status.success(), "`sync_bench {command}` failed ({})", output.status);
        let text = String::from_utf8_lossy(&output.stdout);
        serde_json::from_str(text.trim()).with_context(|| format!("`sync_bench {command}` said {text:?}"))
    }
}
