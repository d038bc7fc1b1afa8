//! What criterion left behind: for each benchmark its description and its estimates.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use walkdir::WalkDir;

use super::Figure;

/// Part of criterion's `benchmark.json`.
#[derive(Deserialize)]
struct Benchmark {
    full_id: String,
    throughput: Option<Throughput>,
}

/// How much work one iteration does.
#[derive(Deserialize)]
struct Throughput {
    #[serde(rename = "Elements")]
    elements: Option<f64>,
}

/// Part of criterion's `estimates.json`; times are in nanoseconds per iteration.
#[derive(Deserialize)]
struct Estimates {
    mean: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
}

/// A figure for every benchmark below criterion's folder: microseconds, or elements per second where they are counted.
pub(super) fn figures(folder: &Path) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.with_context(|| format!("no benchmarks in {}", folder.display()))?;
        let newest = entry.path().parent().and_then(Path::file_name).is_some_and(|name| name == "new");
        if newest && entry.file_name() == "benchmark.json" {
            let benchmark: Benchmark = read(entry.path())?;
            let estimates: Estimates = read(&entry.path().with_file_name("estimates.json"))?;
            figures.push(figure(benchmark, &estimates));
        }
    }
    Ok(figures)
}

fn figure(benchmark: Benchmark, estimates: &Estimates) -> Figure {
    const NANOSECONDS_PER_SECOND: f64 = 1e9;
    const NANOSECONDS_PER_MICROSECOND: f64 = 1e3;
    let nanoseconds = estimates.mean.point_estimate;
    match benchmark.throughput.and_then(|throughput| throughput.elements) {
        Some(elements) => Figure::new(benchmark.full_id, elements * NANOSECONDS_PER_SECOND / nanoseconds, "per second"),
        None => Figure::new(benchmark.full_id, nanoseconds / NANOSECONDS_PER_MICROSECOND, "µs"),
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not what criterion writes", path.display()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn counted_work_becomes_a_rate_and_other_work_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, benchmark: &str| {
            let new = folder.path().join(name).join("new");
            fs::create_dir_all(&new).unwrap();
            fs::write(new.join("benchmark.json"), benchmark).unwrap();
            fs::write(new.join("estimates.json"), r#"{"mean":{"point_estimate":2000000.0}}"#).unwrap();
        };
        write("a", r#"{"full_id":"ingest/10000","throughput":{"Elements":10000}}"#);
        write("b", r#"{"full_id":"home of 50 items","throughput":null}"#);
        let figures = figures(folder.path()).unwrap();
        let shown: Vec<_> = figures.iter().map(|f| format!("{} {} {}", f.what, f.value, f.unit)).collect();
        assert_eq!(shown, ["ingest/10000 5000000 per second", "home of 50 items 2000 µs"]);
    }
}
