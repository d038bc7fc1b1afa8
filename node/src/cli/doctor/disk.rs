//! The disk beneath the data folder: room, and whether what is written gets there.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::process;
use std::time::{Duration, Instant};

use indicatif::HumanBytes;
use rustix::fs::{StatVfsMountFlags, statvfs};

use super::Finding;
use crate::disk_store::RESERVE_BYTES;

/// With less room than this somebody should think about it, in bytes.
const LOW_BYTES: u64 = 1_000_000_000;
/// Whoever posts something waits for one sync, at least.
const SLOW: Duration = Duration::from_millis(500);
/// What is written to try.
const PROBE: [u8; 4096] = [0x5a; 4096];

const PART: &str = "disk";

/// Looks at the disk; nothing where there is no folder.
pub(super) fn look(dir: &Path) -> Vec<Finding> {
    if !dir.is_dir() {
        return Vec::new();
    }
    let disk = match statvfs(dir) {
        Ok(disk) => disk,
        Err(errno) => return vec![refused(&errno.into())],
    };
    if disk.f_flag.contains(StatVfsMountFlags::RDONLY) {
        return vec![Finding::wrong(PART, "doctor-disk-readonly", "doctor-disk-readonly-todo", dir.to_string_lossy())];
    }
    vec![room(disk.f_bavail.saturating_mul(disk.f_frsize)), written(dir)]
}

fn room(free: u64) -> Finding {
    let value = HumanBytes(free).to_string();
    match free {
        free if free < RESERVE_BYTES => Finding::wrong(PART, "doctor-disk-full", "doctor-disk-full-todo", value),
        free if free < LOW_BYTES => Finding::note(PART, "doctor-disk-low", "doctor-disk-full-todo", value),
        _ => Finding::well(PART, "doctor-disk-room", value),
    }
}

/// Writes a small file beside the others, as durably as the store does, and removes it.
fn written(dir: &Path) -> Finding {
    let path = dir.join(format!(".doctor-{}", process::id()));
    let begun = Instant::now();
    let written = write(dir, &path);
    let took = begun.elapsed();
    let removed = match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    };
    match written.and(removed) {
        Err(error) => refused(&error),
        Ok(()) if took > SLOW => {
            Finding::note(PART, "doctor-disk-slow", "doctor-disk-slow-todo", took.as_millis().to_string())
        }
        Ok(()) => Finding::well(PART, "doctor-disk-writes", took.as_millis().to_string()),
    }
}

fn write(dir: &Path, path: &Path) -> io::Result<()> {
    let mut file = File::options().write(true).create_new(true).open(path)?;
    file.write_all(&PROBE)?;
    file.sync_all()?;
    File::open(dir)?.sync_all()
}

fn refused(error: &io::Error) -> Finding {
    let todo = match error.kind() {
        io::ErrorKind::PermissionDenied => "doctor-disk-permission-todo",
        io::ErrorKind::ReadOnlyFilesystem => "doctor-disk-readonly-todo",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "doctor-disk-full-todo",
        _ => "doctor-disk-refuses-todo",
    };
    Finding::wrong(PART, "doctor-disk-refuses", todo, error.to_string())
}
