//! The demo, started for measuring and ended with it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use tempfile::TempDir;

/// Two running boxes in one process, with data of their own that goes when this does.
pub(super) struct Demo {
    process: Child,
    ready: Ready,
    _data: TempDir,
}

/// The line the demo prints with `--json` when both sites answer.
#[derive(Deserialize)]
struct Ready {
    sites: Vec<Site>,
}

#[derive(Deserialize)]
struct Site {
    url: String,
    invitation: String,
}

impl Demo {
    /// Starts the demo and waits until it says that both sites answer.
    pub(super) fn start(program: &Path) -> Result<Self> {
        let data = tempfile::tempdir().context("cannot make a folder for the demo")?;
        let mut process = Command::new(program)
            .args(["demo", "--json", "--dir"])
            .arg(data.path())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let stdout = process.stdout.take().context("standard output is piped")?;
        let ready = BufReader::new(stdout)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| serde_json::from_str::<Ready>(&line).ok());
        let Some(ready) = ready else {
            let status = process.wait()?;
            anyhow::bail!("the demo ended ({status}) before it was ready");
        };
        ensure!(!ready.sites.is_empty(), "the demo is ready without a site");
        Ok(Self { process, ready, _data: data })
    }

    /// The address of the first site.
    pub(super) fn first_site(&self) -> &str {
        &self.ready.sites[0].url
    }

    /// An invitation to the first site, as it stands in a QR code.
    pub(super) fn invitation(&self) -> &str {
        &self.ready.sites[0].invitation
    }

    /// The memory the kernel counts as resident for the whole process.
    pub(super) fn resident_bytes(&self) -> Result<f64> {
        const BYTES_PER_KIB: f64 = 1024.0;
        let path = format!("/proc/{}/status", self.process.id());
        let status = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("the kernel tells no VmRSS")?;
        let kib: f64 = line.trim().trim_end_matches(" kB").parse().context("VmRSS is not a number")?;
        Ok(kib * BYTES_PER_KIB)
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // A demo that has ended by itself needs no ending; nothing else can go wrong here.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
