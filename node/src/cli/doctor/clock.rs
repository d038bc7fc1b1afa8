//! The clock: whether somebody keeps it right, and whether it stands behind what was written here before.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use jiff::Zoned;

use super::Finding;

/// File systems round; a clock that is set in the meantime may jump a little.
const ROUNDING: Duration = Duration::from_secs(120);

const PART: &str = "clock";

/// Looks at the clock.
pub(super) fn look(dir: &Path) -> Finding {
    let now = Zoned::now().strftime("%Y-%m-%d %H:%M").to_string();
    let written = [dir.to_owned(), dir.join("store")].iter().filter_map(|folder| newest(folder)).max();
    if written.is_some_and(|written| written > SystemTime::now() + ROUNDING) {
        return Finding::wrong(PART, "doctor-clock-behind", "doctor-clock-todo", now);
    }
    match synchronised() {
        Some(true) => Finding::well(PART, "doctor-clock-well", now),
        Some(false) => Finding::wrong(PART, "doctor-clock-adrift", "doctor-clock-todo", now),
        None => Finding::note(PART, "doctor-clock-unknown", "doctor-clock-unknown-todo", now),
    }
}

/// When something in a folder was last written.
fn newest(folder: &Path) -> Option<SystemTime> {
    let entries = fs::read_dir(folder).ok()?;
    entries.filter_map(|entry| entry.ok()?.metadata().ok()?.modified().ok()).max()
}

/// Whether the system says that its clock follows a time server; none where it does not say.
fn synchronised() -> Option<bool> {
    let asked = Command::new("timedatectl").args(["show", "--property=NTPSynchronized", "--value"]).output().ok()?;
    match String::from_utf8_lossy(&asked.stdout).trim() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}
