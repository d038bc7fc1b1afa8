//! What the machine allows, measured beside everything else: nothing here is ours.

use std::fs::File;
use std::hint::black_box;
use std::io::Write;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};

/// How long each limit is measured.
const MEASURING: Duration = Duration::from_secs(2);
/// What one small commit writes, about, in bytes.
const SMALL_BYTES: usize = 4096;
/// What a commit of a full group writes, about, in bytes.
const LARGE_BYTES: usize = 256 * 1024;

/// How many signatures can be checked, on one core and on all, and how many times the disk below `folder` can be waited for.
pub(crate) fn measure(folder: &Path) -> Result<Value> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let all: f64 = thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(signatures)).collect();
        workers.into_iter().map(|worker| worker.join().unwrap_or_default()).sum()
    });
    Ok(json!({
        "cores": cores,
        "signatures_per_s_one_core": signatures(),
        "signatures_per_s_all_cores": all,
        "fdatasync_per_s_4_kib": waits(folder, SMALL_BYTES)?,
        "fdatasync_per_s_256_kib": waits(folder, LARGE_BYTES)?,
    }))
}

/// Strict checks of signatures per second over a header of the usual length.
fn signatures() -> f64 {
    let key = SigningKey::from_bytes(&[1; 32]);
    let message = [7u8; 300];
    let signature = key.sign(&message);
    per_second(|| {
        let good = key.verifying_key().verify_strict(black_box(&message), &signature);
        assert!(good.is_ok());
        Ok(())
    })
    .unwrap_or_default()
}

/// Appends of so many bytes that were waited for, per second.
fn waits(folder: &Path, bytes: usize) -> Result<f64> {
    let path = folder.join("limit");
    let mut file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    let content = vec![7; bytes];
    let rate = per_second(|| {
        file.write_all(&content)?;
        Ok(file.sync_data()?)
    })?;
    std::fs::remove_file(&path)?;
    Ok(rate)
}

fn per_second(mut work: impl FnMut() -> Result<()>) -> Result<f64> {
    let begun = Instant::now();
    let mut count = 0u32;
    while begun.elapsed() < MEASURING {
        work()?;
        count += 1;
    }
    Ok(f64::from(count) / begun.elapsed().as_secs_f64())
}
