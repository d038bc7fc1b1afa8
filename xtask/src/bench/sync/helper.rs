//! The helper that plays people, as a program that says one line of JSON.

use std::io::{BufRead, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The built helper.
pub(in crate::bench) struct Helper {
    path: PathBuf,
}

impl Helper {
    pub(in crate::bench) const fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Runs it on a folder; its progress bars go to our standard error.
    pub(in crate::bench) fn run<T: DeserializeOwned>(
        &self,
        command: &str,
        folder: &Path,
        arguments: &[&str],
    ) -> Result<T> {
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

    /// Founds the villages in a folder, and gives the first one so many items of a year, with `more` said about them. Returns
    /// the folder of its box, which does not run.
    pub(in crate::bench) fn fill(&self, folder: &Path, items: u64, more: &[&str]) -> Result<PathBuf> {
        let _founded: Value = self.run("begin", folder, &[])?;
        let count = items.to_string();
        let _filled: Value = self.run("fill", folder, &[&["--count", &count, "--when", "year"], more].concat())?;
        Ok(folder.join("maasdorp"))
    }

    /// Starts it on a folder; it goes on until it is told to [finish](Errand::finish).
    pub(in crate::bench) fn start(&self, command: &str, folder: &Path, arguments: &[&str]) -> Result<Errand> {
        let mut process = Command::new(&self.path)
            .arg(command)
            .arg(folder)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", self.path.display()))?;
        let stdout = process.stdout.take().context("standard output is piped")?;
        Ok(Errand { process, lines: BufReader::new(stdout).lines() })
    }
}

/// The helper while it is at work.
pub(in crate::bench) struct Errand {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Errand {
    /// What it says next.
    pub(in crate::bench) fn said(&mut self) -> Result<Value> {
        let line = self.lines.next().context("the helper ended without a word")??;
        serde_json::from_str(&line).with_context(|| format!("the helper said {line:?}"))
    }

    /// Has it end, and hears what it did.
    pub(in crate::bench) fn finish(mut self) -> Result<Value> {
        drop(self.process.stdin.take());
        let said = self.said()?;
        let status = self.process.wait()?;
        ensure!(status.success(), "the helper failed ({status})");
        Ok(said)
    }
}

impl Drop for Errand {
    /// A measurement that failed leaves nobody behind.
    fn drop(&mut self) {
        if matches!(self.process.try_wait(), Ok(None)) {
            let _ = self.process.kill();
            let _ = self.process.wait();
        }
    }
}
