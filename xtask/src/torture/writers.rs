//! People who go on writing whatever becomes of the box, and remember what they were told.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::process::output;

/// After a refusal, how long somebody waits before writing again.
const PAUSE: Duration = Duration::from_millis(30);
/// Every so many posts there is a photo with it.
const PHOTO_EVERY: u64 = 4;

/// What a resident was told stands on the square.
#[derive(Clone, Debug)]
pub(super) struct Told {
    /// The item, in hexadecimal.
    pub(super) item: String,
    /// Whether a photo went with it.
    pub(super) photo: bool,
    /// By when they had been told.
    pub(super) at: Instant,
}

/// Residents who write.
pub(super) struct Writers<'a> {
    /// The program they write with.
    pub(super) program: &'a Path,
    /// Their key files; each is one person's.
    pub(super) keys: &'a [PathBuf],
    /// A photo they show.
    pub(super) photo: &'a Path,
}

impl Writers<'_> {
    /// All of them write to the site until `meanwhile` is done; returns what they were told stands there, and what that
    /// said.
    pub(super) fn write_during<T>(&self, site: &str, meanwhile: impl FnOnce() -> Result<T>) -> Result<(Vec<Told>, T)> {
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            let writing: Vec<_> =
                self.keys.iter().map(|key| scope.spawn(|| self.write_until(&done, key, site))).collect();
            let result = meanwhile();
            done.store(true, Ordering::Relaxed);
            let mut told = Vec::new();
            for writer in writing {
                told.extend(writer.join().map_err(|_| anyhow::anyhow!("a writer broke off"))??);
            }
            Ok((told, result?))
        })
    }

    fn write_until(&self, done: &AtomicBool, key: &Path, site: &str) -> Result<Vec<Told>> {
        let mut told = Vec::new();
        let mut number = 0;
        while !done.load(Ordering::Relaxed) {
            number += 1;
            let photo = number % PHOTO_EVERY == 0;
            // A box that is killed answers nobody; what it did not say it need not keep.
            match self.post(key, site, photo) {
                Ok(said) => {
                    let item = said["item"].as_str().context("a post has an id")?.to_owned();
                    told.push(Told { item, photo, at: Instant::now() });
                }
                Err(_) => thread::sleep(PAUSE),
            }
        }
        Ok(told)
    }

    fn post(&self, key: &Path, site: &str, photo: bool) -> Result<Value> {
        let mut post = Command::new(self.program);
        post.args(["resident", "post", "--json", "--url", site, "--title", "Het licht knippert", "--key"]).arg(key);
        post.args(["--body", "Bij ons in de straat ging vanavond drie keer het licht uit. Bij u ook?"]);
        if photo {
            post.arg("--photo").arg(self.photo).args(["--alt", "Een donkere straat"]);
        }
        Ok(serde_json::from_str(output(&mut post)?.trim())?)
    }
}
