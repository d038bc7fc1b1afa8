//! What a box has at one moment, and how that looks drawn.

use std::fmt::{self, Write as _};
use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};
use walkdir::WalkDir;

use super::load::Load;
use crate::house::House;

/// What a box has at one moment. All are numbers to calculate with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    /// Since the beginning.
    minutes: f64,
    /// Requests that were answered so far.
    pub(super) requests: f64,
    /// Operations that were accepted so far.
    pub(super) operations: f64,
    /// Resident memory, in bytes.
    resident: f64,
    /// That of it which is not a file's: what was asked for and not given back.
    pub(super) anonymous: f64,
    /// Open descriptors: files, sockets.
    pub(super) descriptors: f64,
    pub(super) threads: f64,
    /// The data folder, in bytes.
    pub(super) disk: f64,
}

impl Sample {
    /// Looks at a box and its data folder.
    #[expect(clippy::cast_precision_loss, reason = "counts and sizes are far smaller than 2^52")]
    pub(super) fn take(house: &House, dir: &Path, at: Duration, load: &Load<'_>) -> Result<Self> {
        let done = load.done();
        let mut disk = 0;
        for entry in WalkDir::new(dir) {
            // The store removes files while it is looked at.
            disk += entry.and_then(|entry| entry.metadata()).map_or(0, |metadata| metadata.len());
        }
        Ok(Self {
            minutes: at.as_secs_f64() / 60.0,
            requests: done.answered as f64,
            operations: done.operations as f64,
            resident: house.resident_bytes()?,
            anonymous: house.anonymous_bytes()?,
            descriptors: house.open_descriptors()? as f64,
            threads: house.threads()?,
            disk: disk as f64,
        })
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "minutes": self.minutes, "requests": self.requests, "operations": self.operations,
            "resident_bytes": self.resident, "anonymous_bytes": self.anonymous, "descriptors": self.descriptors, "threads": self.threads,
            "disk_bytes": self.disk,
        })
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { resident, descriptors, threads, .. } = self;
        write!(f, "{:.1} MB, {descriptors} open files, {threads} threads", resident / 1e6)
    }
}

/// How many characters a line of blocks has at most.
const WIDTH: usize = 60;

/// A figure over time in one line, each block as high as it is between nothing and the most, and what it was first, last and at
/// most.
pub(super) fn block_line(samples: &[Sample], figure: impl Fn(&Sample) -> f64) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let figures: Vec<f64> = samples.iter().map(figure).collect();
    let most = figures.iter().copied().fold(0.0, f64::max);
    let mut line: String = figures
        .chunks(figures.len().div_ceil(WIDTH).max(1))
        .map(|chunk| {
            let high = chunk.iter().copied().fold(0.0, f64::max);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 7")]
            let step = if most > 0.0 { (high / most * 7.0).round() as usize } else { 0 };
            BLOCKS[step.min(7)]
        })
        .collect();
    let (first, last) = (figures.first().copied().unwrap_or_default(), figures.last().copied().unwrap_or_default());
    let [first, last, most] = [first, last, most].map(readable);
    line += &format!("  {first} first, {last} last, {most} at most");
    line
}

fn readable(figure: f64) -> String {
    if figure >= 1e6 { format!("{:.1} M", figure / 1e6) } else { format!("{figure:.0}") }
}

/// All of it as a picture: each figure between nothing and the most it was, over time.
pub(super) fn drawing(samples: &[Sample]) -> String {
    const WIDE: f64 = 720.0;
    const HIGH: f64 = 120.0;
    type Figure = fn(&Sample) -> f64;
    let rows: [(&str, Figure); 6] = [
        ("resident memory", |sample| sample.resident),
        ("of it what is no file's", |sample| sample.anonymous),
        ("open files", |sample| sample.descriptors),
        ("threads", |sample| sample.threads),
        ("data folder", |sample| sample.disk),
        ("operations", |sample| sample.operations),
    ];
    let all = samples.last().map_or(1.0, |sample| sample.minutes).max(f64::MIN_POSITIVE);
    let mut drawn = String::new();
    let mut top = 0.0;
    for (name, figure) in rows {
        let most = samples.iter().map(figure).fold(f64::MIN_POSITIVE, f64::max);
        let mut points = String::new();
        for sample in samples {
            let (x, y) = (sample.minutes / all * WIDE, top + HIGH - figure(sample) / most * (HIGH - 30.0));
            write!(points, "{x:.1},{y:.1} ").expect("writing to a String cannot fail");
        }
        drawn += &format!(
            r##"<text x="4" y="{:.0}">{name}, at most {}</text><polyline points="{points}" fill="none" stroke="#246"/>"##,
            top + 16.0,
            readable(most)
        );
        drawn += &format!(r##"<path d="M0 {0:.0}H{WIDE:.0}" stroke="#999"/>"##, top + HIGH);
        top += HIGH + 10.0;
    }
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE:.0} {top:.0}" font-family="sans-serif" font-size="12">{drawn}</svg>"#
    )
}
