//! How the machine is that a box runs on: its disk, its memory, and what this process took of them since it started. Asked of the
//! kernel each time; where it has no answer, as on a system without `/proc`, there is none.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use dorpsplein_protocol::time::Timestamp;
use rustix::fs::statvfs;

use crate::clock;
use crate::data_folder::last_backup;

/// What systemd's time service touches as soon as the clock follows a time server.
const FOLLOWS_TIME: &str = "/run/systemd/timesync/synchronized";

/// The machine of a box, from its start on.
#[derive(Clone, Debug)]
pub struct Machine {
    dir: PathBuf,
    started: Instant,
    since: Timestamp,
}

/// How it is at one moment. All sizes in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Vitals {
    /// When the box started.
    pub since: Timestamp,
    /// How long it has been running.
    pub running: Duration,
    /// What is free for it on its disk, and how large that is.
    pub disk: Option<[u64; 2]>,
    /// Its resident memory.
    pub resident: Option<u64>,
    /// What of the machine's memory can still be had, and how much that has.
    pub memory: Option<[u64; 2]>,
    /// What it has had written to the disk since it started.
    pub written: Option<u64>,
    /// When a backup of it was last made here.
    pub backup: Option<Timestamp>,
    /// Whether the system says that its clock follows a time server; it says nothing about other services than systemd's.
    pub clock_follows: bool,
}

impl Machine {
    /// The machine on which the box of the data folder `dir` starts at this moment.
    pub fn of(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), started: Instant::now(), since: clock::now() }
    }

    /// How it is now.
    pub fn vitals(&self) -> Vitals {
        let disk = statvfs(&self.dir).ok();
        let backup = last_backup::read(&self.dir).unwrap_or_else(|error| {
            tracing::warn!(%error, "when the last backup was made cannot be read");
            None
        });
        let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let io = fs::read_to_string("/proc/self/io").unwrap_or_default();
        Vitals {
            since: self.since,
            running: self.started.elapsed(),
            disk: disk.map(|disk| [disk.f_bavail, disk.f_blocks].map(|blocks| blocks.saturating_mul(disk.f_frsize))),
            resident: kib(&status, "VmRSS:"),
            memory: kib(&memory, "MemAvailable:").zip(kib(&memory, "MemTotal:")).map(Into::into),
            written: number(&io, "write_bytes:"),
            backup,
            clock_follows: Path::new(FOLLOWS_TIME).exists(),
        }
    }
}

impl Vitals {
    /// What it writes in a day, in bytes; none before it has run for an hour, of which a day would be a guess.
    pub fn written_a_day(&self) -> Option<u64> {
        const HOUR: Duration = Duration::from_secs(3600);
        const DAY_S: u128 = 24 * 3600;
        let written = self.written.filter(|_| self.running >= HOUR)?;
        u64::try_from(u128::from(written) * DAY_S / u128::from(self.running.as_secs())).ok()
    }
}

/// A figure that the kernel gives in KiB, in bytes.
fn kib(text: &str, name: &str) -> Option<u64> {
    number(text, name)?.checked_mul(1024)
}

/// The number behind a name at the beginning of a line.
fn number(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().trim_end_matches("kB").trim_end().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_the_kernel_are_read() {
        assert_eq!(kib("MemTotal:       24105000 kB\nMemAvailable:    512 kB\n", "MemAvailable:"), Some(512 * 1024));
        assert_eq!(number("rchar: 1\nwrite_bytes: 4096\ncancelled_write_bytes: 8\n", "write_bytes:"), Some(4096));
        assert_eq!(number("write_bytes: many\n", "write_bytes:"), None);
    }

    #[test]
    fn what_is_written_in_a_day_is_said_from_the_first_hour_on() {
        let vitals = |minutes: u64| Vitals {
            written: Some(1_000_000),
            running: Duration::from_secs(minutes * 60),
            ..Vitals::default()
        };
        assert_eq!(vitals(59).written_a_day(), None);
        assert_eq!(vitals(120).written_a_day(), Some(12_000_000));
    }
}
