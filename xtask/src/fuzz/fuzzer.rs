//! One target at work: libFuzzer's options, and what it says.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::build::Target;
use crate::process::run as run_command;

/// How long a target runs: as often as this, or so many seconds if that is sooner.
pub(super) struct Bounds {
    pub(super) executions: u64,
    pub(super) seconds: Option<u64>,
}

/// What came of it.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) target: String,
    pub(super) executions: u64,
    pub(super) took: Duration,
    /// Edges of the code that were reached.
    pub(super) coverage: u64,
    /// Inputs that each reach something the others do not.
    pub(super) corpus: u64,
    pub(super) finding: Option<Finding>,
}

/// An input that broke something.
#[derive(Debug)]
pub(super) struct Finding {
    /// What broke, as libFuzzer calls it.
    pub(super) what: String,
    /// What was said just before.
    pub(super) last_words: Vec<String>,
    input: Option<PathBuf>,
}

/// One input that takes longer than this, in seconds, or more memory than this, in megabytes, is a finding.
const SLOW_SECONDS: u32 = 20;
const MOST_MB: u32 = 2_048;
/// Lines of a finding that are shown.
const LAST_WORDS: usize = 12;

impl Run {
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    pub(super) fn per_second(&self) -> f64 {
        self.executions as f64 / self.took.as_secs_f64().max(0.001)
    }
}

impl Finding {
    /// Whether the input is none of those in the folder `known`.
    pub(super) fn is_made_up(&self, known: &Path) -> Result<bool> {
        let Some(input) = &self.input else { return Ok(false) };
        let broke = fs::read(input).with_context(|| format!("cannot read {}", input.display()))?;
        for file in fs::read_dir(known).with_context(|| format!("cannot list {}", known.display()))? {
            let path = file?.path();
            if fs::read(&path).with_context(|| format!("cannot read {}", path.display()))? == broke {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Puts the input where it is not forgotten.
    pub(super) fn keep(&self, folder: &Path) -> Result<PathBuf> {
        let input = self.input.as_ref().context("libFuzzer wrote no file with the input")?;
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let kept = folder.join(input.file_name().context("a file has a name")?);
        fs::copy(input, &kept).with_context(|| format!("cannot keep {}", input.display()))?;
        Ok(kept)
    }
}

/// Runs a target on the inputs in `known` and on what it makes of them; those that reach something new are put into `found`.
/// All that libFuzzer says goes into a file beside them.
pub(super) fn run(
    program: &Path,
    known: &Path,
    found: &Path,
    place: &Path,
    target: &Target,
    bounds: &Bounds,
) -> Result<Run> {
    let (findings, logs) = (place.join("findings").join(&target.name), place.join("logs"));
    for folder in [found, &findings, &logs] {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let log = logs.join(format!("{}.log", target.name));
    let mut log = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
    let mut command = Command::new(program);
    command.args([found, known]).args(options(target)).arg(format!("-runs={}", bounds.executions));
    command.arg(format!("-artifact_prefix={}/", findings.display()));
    if let Some(seconds) = bounds.seconds {
        command.arg(format!("-max_total_time={seconds}"));
    }
    let started = Instant::now();
    let mut child = command
        .args(["-print_final_stats=1", "-reload=0"])
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", program.display()))?;
    let mut heard = Heard::default();
    for line in BufReader::new(child.stderr.take().context("standard error is piped")?).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        writeln!(log, "{line}")?;
        heard.line(line);
    }
    let status = child.wait().with_context(|| format!("cannot wait for {}", program.display()))?;
    let Heard { executions, coverage, corpus, what, input, last, .. } = heard;
    let finding = (!status.success()).then(|| Finding {
        what: what.unwrap_or_else(|| format!("that it ends with {status}")),
        last_words: last.into(),
        input,
    });
    Ok(Run { target: target.name.clone(), executions, took: started.elapsed(), coverage, corpus, finding })
}

/// Gives a target one input, with all it says on our output.
pub(super) fn give(program: &Path, input: &Path) -> Result<()> {
    ensure!(input.is_file(), "{} is no file", input.display());
    run_command(Command::new(program).arg(input))
}

/// Puts into an empty folder the fewest inputs of the others that reach as much.
pub(super) fn merge(program: &Path, target: &Target, into: &Path, from: &[PathBuf]) -> Result<()> {
    let mut command = Command::new(program);
    command.arg("-merge=1").args(options(target)).arg(into).args(from);
    run_command(command.stdout(Stdio::null()).stderr(Stdio::null()))
}

fn options(target: &Target) -> [String; 3] {
    [format!("-max_len={}", target.longest), format!("-timeout={SLOW_SECONDS}"), format!("-rss_limit_mb={MOST_MB}")]
}

/// What libFuzzer has said so far.
#[derive(Default)]
struct Heard {
    executions: u64,
    coverage: u64,
    corpus: u64,
    what: Option<String>,
    input: Option<PathBuf>,
    last: VecDeque<String>,
}

impl Heard {
    fn line(&mut self, line: String) {
        if let Some(rest) = line.strip_prefix('#') {
            // `#4096 pulse  cov: 812 ft: 1702 corp: 96/11Kb lim: 4096 exec/s: 2048 rss: 61Mb`
            let words: Vec<&str> = rest.split_whitespace().collect();
            let after = |name: &str| {
                let place = words.iter().position(|word| *word == name)?;
                words.get(place + 1)?.split('/').next()?.parse().ok()
            };
            self.executions = words.first().and_then(|number| number.parse().ok()).unwrap_or(self.executions);
            self.coverage = after("cov:").unwrap_or(self.coverage);
            self.corpus = after("corp:").unwrap_or(self.corpus);
            return;
        }
        if let Some(count) = line.strip_prefix("stat::number_of_executed_units:") {
            self.executions = count.trim().parse().unwrap_or(self.executions);
        } else if let Some((_, path)) = line.split_once("Test unit written to ") {
            self.input = Some(PathBuf::from(path.trim()));
        } else if let Some(what) = line.strip_prefix("SUMMARY: libFuzzer: ") {
            self.what = Some(what.trim().to_owned());
        } else if self.what.is_none() && !line.trim().is_empty() && !line.starts_with("stat::") {
            self.last.push_back(line);
            if self.last.len() > LAST_WORDS {
                self.last.pop_front();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn an_input_is_made_up_if_it_is_none_of_the_corpus() {
        let folder = tempfile::tempdir().unwrap();
        let corpus = folder.path().join("corpus");
        fs::create_dir(&corpus).unwrap();
        fs::write(corpus.join("known"), b"een").unwrap();
        let found = |bytes: Option<&[u8]>| {
            let input = bytes.map(|bytes| {
                let path = folder.path().join("crash");
                fs::write(&path, bytes).unwrap();
                path
            });
            Finding { what: String::new(), last_words: Vec::new(), input }.is_made_up(&corpus).unwrap()
        };
        assert!(found(Some(b"twee")));
        assert!(!found(Some(b"een")));
        assert!(!found(None), "what breaks without an input breaks always");
    }

    #[test]
    fn what_libfuzzer_says_is_understood() {
        let mut heard = Heard::default();
        for line in [
            "INFO: Seed: 1",
            "#4096\tpulse  cov: 812 ft: 1702 corp: 96/11Kb lim: 4096 exec/s: 2048 rss: 61Mb",
            "thread '<unnamed>' panicked at protocol/src/codec.rs:1:1:",
            "artifact_prefix='./'; Test unit written to /tmp/crash-ab",
            "stat::number_of_executed_units: 5000",
            "SUMMARY: libFuzzer: deadly signal",
        ] {
            heard.line(line.to_owned());
        }
        assert_eq!((heard.executions, heard.coverage, heard.corpus), (5000, 812, 96));
        assert_eq!(heard.what.as_deref(), Some("deadly signal"));
        assert_eq!(heard.input.as_deref(), Some(Path::new("/tmp/crash-ab")));
        assert!(heard.last.iter().any(|line| line.contains("panicked")));
    }
}
