//! A box in a process of its own.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::http;

/// How long a box may take to stop.
const STOPPING: Duration = Duration::from_secs(30);

/// A running box.
pub(crate) struct House {
    process: Child,
    site: String,
    token: String,
}

/// Part of what the API says about keeping up.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Sync {
    /// Operations held.
    pub(crate) operations: u64,
    /// The open sessions.
    pub(crate) sessions: Vec<Session>,
}

/// Part of what it says of a session.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Session {
    pub(crate) in_step: bool,
    pub(crate) comparisons: u64,
    pub(crate) caught_up_us: Option<u64>,
    pub(crate) carried: Carried,
}

/// What a session carried.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Carried {
    pub(crate) bytes_sent: u64,
    pub(crate) bytes_received: u64,
}

impl House {
    /// Starts the box of a folder and waits until its site answers.
    pub(crate) fn start(program: &Path, dir: &Path) -> Result<Self> {
        #[derive(Deserialize)]
        struct Running {
            url: String,
            token: String,
        }
        let mut process = Command::new(program)
            .args(["serve", "--json", "--dir"])
            .arg(dir)
            .env("RUST_LOG", "error")
            // As the service runs it.
            .env("MALLOC_ARENA_MAX", "2")
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let stdout = process.stdout.take().context("standard output is piped")?;
        let ready = BufReader::new(stdout).lines().map_while(Result::ok).next();
        if ready.is_none() {
            bail!("the box in {} ended ({}) before it was ready", dir.display(), process.wait()?);
        }
        let running = running_file(dir);
        let text = fs::read_to_string(&running).with_context(|| format!("cannot read {}", running.display()))?;
        let running: Running = serde_json::from_str(&text).context("a box says how to reach it")?;
        Ok(Self { process, site: running.url, token: running.token })
    }

    /// The address of its site.
    pub(crate) fn site(&self) -> &str {
        &self.site
    }

    /// What shows that somebody has its folder.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// How it keeps up.
    pub(crate) fn sync(&self) -> Result<Sync> {
        self.ask("/api/v1/sync")
    }

    /// The most memory that was ever resident, in bytes.
    pub(crate) fn peak_bytes(&self) -> Result<f64> {
        self.memory("VmHWM:")
    }

    /// Has the kernel watch for a new peak, and says what is resident now, in bytes.
    pub(crate) fn begin_peak(&self) -> Result<f64> {
        const FORGET_THE_PEAK: &str = "5";
        let path = format!("/proc/{}/clear_refs", self.process.id());
        fs::write(&path, FORGET_THE_PEAK).with_context(|| format!("cannot write {path}"))?;
        self.resident_bytes()
    }

    /// The memory that is resident, in bytes.
    pub(crate) fn resident_bytes(&self) -> Result<f64> {
        self.memory("VmRSS:")
    }

    /// What of it is no file's: what the program asked for and did not give back, in bytes.
    pub(crate) fn anonymous_bytes(&self) -> Result<f64> {
        self.memory("RssAnon:")
    }

    /// What it has had written to a disk since it was started, in bytes: what the kernel counts for the process when it
    /// hands pages over to be written. A file system in memory counts for nothing.
    pub(crate) fn written_bytes(&self) -> Result<u64> {
        let path = format!("/proc/{}/io", self.process.id());
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
        let bytes =
            text.lines().find_map(|line| line.strip_prefix("write_bytes:")).context("the kernel counts no bytes")?;
        bytes.trim().parse().context("bytes are a number")
    }

    /// Has it compare notes with everybody now.
    pub(crate) fn compare(&self) -> Result<()> {
        self.have_done("/api/v1/sync")
    }

    /// Asks an address of the API as whoever has the box's folder.
    pub(crate) fn ask<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        let body = http::get_as(&self.site, path, Some(&self.token))?;
        serde_json::from_str(&body.text()?).with_context(|| format!("what {path} says"))
    }

    /// Has something done at an address of the API.
    pub(crate) fn have_done(&self, path: &str) -> Result<()> {
        http::post_as(&self.site, path, &self.token).map(drop)
    }

    /// How many descriptors it has open: files, sockets.
    pub(crate) fn open_descriptors(&self) -> Result<usize> {
        let path = format!("/proc/{}/fd", self.process.id());
        Ok(fs::read_dir(&path).with_context(|| format!("cannot list {path}"))?.count())
    }

    /// How many threads it has.
    pub(crate) fn threads(&self) -> Result<f64> {
        self.status("Threads:")?.parse().context("threads are a number")
    }

    fn memory(&self, name: &str) -> Result<f64> {
        const BYTES_PER_KIB: f64 = 1024.0;
        let kib: f64 = self.status(name)?.trim_end_matches(" kB").parse().context("memory is a number")?;
        Ok(kib * BYTES_PER_KIB)
    }

    /// What the kernel says of the process under a name.
    fn status(&self, name: &str) -> Result<String> {
        let path = format!("/proc/{}/status", self.process.id());
        let status = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
        let value = status.lines().find_map(|line| line.strip_prefix(name));
        Ok(value.with_context(|| format!("the kernel does not tell {name}"))?.trim().to_owned())
    }

    /// Kills it, as a power cut does to a program.
    pub(crate) fn kill(mut self) -> Result<()> {
        self.process.kill().context("cannot kill a box")?;
        self.process.wait().context("cannot wait for a killed box")?;
        Ok(())
    }

    /// Stops it in an orderly way.
    pub(crate) fn stop(mut self) -> Result<()> {
        let id = i32::try_from(self.process.id()).ok().and_then(Pid::from_raw).context("a process has an id")?;
        kill_process(id, Signal::TERM).context("cannot stop a box")?;
        let begun = Instant::now();
        loop {
            if let Some(status) = self.process.try_wait()? {
                ensure!(status.success(), "a box stopped with {status}");
                return Ok(());
            }
            ensure!(begun.elapsed() < STOPPING, "a box did not stop");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for House {
    /// A measurement that failed leaves no box behind.
    fn drop(&mut self) {
        if matches!(self.process.try_wait(), Ok(None)) {
            let _ = self.process.kill();
            let _ = self.process.wait();
        }
    }
}

fn running_file(dir: &Path) -> PathBuf {
    dir.join("running.json")
}
