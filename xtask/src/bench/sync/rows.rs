//! The measurements.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::report::Aim;
use super::{Bench, Part};
use crate::house::House;

/// The box that writes, and the one that reads, below the folder of the villages.
pub(super) const WRITES: &str = "maasdorp";
pub(super) const READS: &str = "elzenbroek";
/// How many operations are few.
const FEW: u64 = 10_000;
/// How many changes are recent.
const RECENT: u64 = 10;
/// How many changes are scattered over a year.
const SCATTERED: u64 = 1_000;
/// How long two boxes may take to be in step.
pub(super) const PATIENCE: Duration = Duration::from_secs(30 * 60);
/// How often to look.
const LOOK: Duration = Duration::from_millis(20);
/// How long a box is left alone before its memory at rest is read.
const REST: Duration = Duration::from_secs(8);

/// Villages that are founded and agreed, their boxes stopped.
pub(super) struct Villages {
    folder: TempDir,
    /// Resident memory of a box with an empty square, in bytes.
    empty_bytes: f64,
}

/// What filling a box took.
#[derive(Deserialize)]
struct Filled {
    bytes_each: f64,
    packed_bytes_each: f64,
    seconds: f64,
}

/// What being in step again took.
pub(super) struct CaughtUp {
    /// From the opening of the session until both sides held the same, on the reader's clock.
    seconds: f64,
    /// What the session carried, both ways, as packed frames.
    stream_bytes: f64,
    /// What the kernel counted, the handshake of the connection included.
    wire_bytes: f64,
}

impl Villages {
    pub(super) fn dir(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }
}

impl Bench<'_> {
    /// What the machine allows.
    pub(super) fn limits(&mut self) -> Result<()> {
        let folder = tempfile::tempdir()?;
        let limits: Value = self.helper.run("limits", folder.path(), &[])?;
        let figure = |name: &str| limits[name].as_f64().with_context(|| format!("no {name}"));
        for (name, said) in [
            ("signatures_per_s_one_core", "signatures checked, one core"),
            ("signatures_per_s_all_cores", "signatures checked, all cores"),
            ("fdatasync_per_s_4_kib", "4 KiB written and waited for"),
            ("fdatasync_per_s_256_kib", "256 KiB written and waited for"),
        ] {
            self.report.add("limits", "the machine", said, (figure(name)?, "per second"), None);
        }
        self.report.note("cores", limits["cores"].clone());
        self.report.note("wire", json!(self.wire.described()));
        Ok(())
    }

    /// A cold copy of few operations, and recent changes among them.
    pub(super) fn few(&mut self) -> Result<()> {
        let villages = self.villages(false)?;
        self.fill(&villages, FEW, "year")?;
        let (writes, reads, caught_up) = self.meet(&villages)?;
        self.report_cold("cold-10000", "cold copy of 10,000", FEW, &caught_up, Part::Few);
        reads.stop()?;
        writes.stop()?;
        if self.wants(Part::Recent) {
            let idle = self.reconnecting(&villages)?;
            self.fill(&villages, RECENT, "now")?;
            let (writes, reads, caught_up) = self.meet(&villages)?;
            let work = "10 recent changes among 10,000";
            self.add("recent-10", work, "until in step", (caught_up.seconds * 1000.0, "ms"), Some(Aim::AtMost(30.0)));
            let beyond = (caught_up.wire_bytes - idle, "bytes");
            let aim = Some(Aim::AtMost(9_000.0));
            self.add("recent-10", work, "on the wire, beyond reconnecting", beyond, aim);
            self.add("recent-10", work, "in packed frames", (caught_up.stream_bytes, "bytes"), None);
            reads.stop()?;
            writes.stop()?;
        }
        Ok(())
    }

    /// A cold copy of many operations, and what comes after it.
    pub(super) fn many(&mut self) -> Result<()> {
        let many = self.options.many;
        let villages = self.villages(false)?;
        self.fill(&villages, many, "year")?;
        let (mut writes, mut reads, caught_up) = self.meet(&villages)?;
        let work = format!("cold copy of {}", crate::bench::readable(many as f64));
        self.report_cold(&format!("cold-{many}"), &work, many, &caught_up, Part::Many);
        if self.wants(Part::Many) {
            let aim = Some(Aim::AtMost(160e6));
            self.add("memory", &work, "receiver's memory at its peak", (reads.peak_bytes()?, "bytes"), aim);
        }
        reads.stop()?;
        (reads, _) = self.arrive(&villages, &writes)?;
        if self.wants(Part::Many) {
            thread::sleep(REST);
            let each = (reads.resident_bytes()? - villages.empty_bytes) / many as f64;
            let aim = Some(Aim::AtMost(1024.0));
            self.add("memory", "after a restart", "resident for each cold item", (each, "bytes"), aim);
        }
        if self.wants(Part::Nothing) {
            reads.stop()?;
            let caught_up;
            (reads, caught_up) = self.arrive(&villages, &writes)?;
            let work = "nothing changed among many, reconnected";
            self.add("nothing", work, "until in step", (caught_up.seconds * 1000.0, "ms"), Some(Aim::AtMost(20.0)));
            self.add("nothing", work, "in frames", (caught_up.stream_bytes, "bytes"), None);
            self.add("nothing", work, "on the wire, handshake too", (caught_up.wire_bytes, "bytes"), None);
            self.compare_notes(&reads)?;
        }
        if self.wants(Part::Scattered) {
            reads.stop()?;
            writes.stop()?;
            let idle = self.reconnecting(&villages)?;
            let filled = self.fill(&villages, SCATTERED, "scattered")?;
            let caught_up;
            (writes, reads, caught_up) = self.meet(&villages)?;
            let work = "1,000 changes over a year among many";
            self.add("scattered-1000", work, "until in step", (caught_up.seconds * 1000.0, "ms"), None);
            let twice = 2.0 * SCATTERED as f64 * (filled.bytes_each + 64.0);
            let beyond = (caught_up.wire_bytes - idle, "bytes");
            self.add("scattered-1000", work, "on the wire, beyond reconnecting", beyond, Some(Aim::AtMost(twice)));
            self.add("scattered-1000", work, "in packed frames", (caught_up.stream_bytes, "bytes"), None);
        }
        if self.wants(Part::Live) {
            self.live(&villages, &writes, &reads)?;
        }
        reads.stop()?;
        writes.stop()
    }

    /// Nothing changed, on a session that is open: one comparison. The time is an upper bound, looked at from outside.
    fn compare_notes(&mut self, reads: &House) -> Result<()> {
        thread::sleep(REST);
        let session = |sync: crate::house::Sync| sync.sessions.into_iter().next().context("a session is open");
        let (before, octets, begun) = (session(reads.sync()?)?, self.wire.octets()?, Instant::now());
        reads.compare()?;
        let mut after = session(reads.sync()?)?;
        while after.comparisons == before.comparisons {
            ensure!(begun.elapsed() < PATIENCE, "the boxes did not compare notes");
            after = session(reads.sync()?)?;
        }
        let (took, wire) = (begun.elapsed(), self.wire.octets()? - octets);
        let carried = |session: &crate::house::Session| session.carried.bytes_sent + session.carried.bytes_received;
        let work = "nothing changed among many, compared";
        self.add("compared", work, "at most", (took.as_secs_f64() * 1000.0, "ms"), Some(Aim::AtMost(20.0)));
        let stream = (carried(&after) - carried(&before)) as f64;
        self.add("compared", work, "in frames", (stream, "bytes"), Some(Aim::AtMost(400.0)));
        self.add("compared", work, "on the wire", (wire as f64, "bytes"), None);
        Ok(())
    }

    fn live(&mut self, villages: &Villages, writes: &House, reads: &House) -> Result<()> {
        let count = self.options.live.to_string();
        let arguments = ["--writes", writes.site(), "--reads", reads.site(), "--count", &count];
        let live: Value = self.helper.run("live", villages.path(), &arguments)?;
        let figure = |from: &str, share: &str| live[from][share].as_f64().with_context(|| format!("no {share}"));
        let work = "one live change";
        let (half, most) = (figure("from_durable_ms", "p50")?, figure("from_durable_ms", "p99")?);
        self.add("live", work, "durable → readable next door, p50", (half, "ms"), Some(Aim::AtMost(3.0)));
        self.add("live", work, "durable → readable next door, p99", (most, "ms"), Some(Aim::AtMost(15.0)));
        let (half, most) = (figure("from_handing_in_ms", "p50")?, figure("from_handing_in_ms", "p99")?);
        self.add("live", work, "handed in → readable there, p50", (half, "ms"), None);
        self.add("live", work, "handed in → readable there, p99", (most, "ms"), None);
        Ok(())
    }

    fn report_cold(&mut self, row: &str, work: &str, count: u64, caught_up: &CaughtUp, part: Part) {
        if !self.wants(part) {
            return;
        }
        let count = count as f64;
        let rate = (count / caught_up.seconds, "per second");
        self.add(row, work, "verified, durable, rows derived", rate, Some(Aim::AtLeast(10_000.0)));
        let wire = (caught_up.wire_bytes / count, "bytes");
        self.add(row, work, "on the wire, each", wire, Some(Aim::AtMost(600.0)));
        self.add(row, work, "in packed frames, each", (caught_up.stream_bytes / count, "bytes"), None);
    }

    fn add(&mut self, row: &str, work: &str, figure: &'static str, value: (f64, &'static str), aim: Option<Aim>) {
        self.report.add(row, work, figure, value, aim);
    }

    /// Villages with a treaty in force, residents in one of them, and nothing written; with `harm` also one whose box is to
    /// mean harm.
    pub(super) fn villages(&self, harm: bool) -> Result<Villages> {
        let folder = tempfile::tempdir().context("cannot make a folder for the villages")?;
        let arguments = ["--host", self.wire.host(), "--harm"];
        let arguments = if harm { &arguments[..] } else { &arguments[..2] };
        let _: Value = self.helper.run("begin", folder.path(), arguments)?;
        let mut villages = Villages { folder, empty_bytes: 0.0 };
        let (writes, reads, _) = self.meet(&villages)?;
        thread::sleep(REST);
        villages.empty_bytes = reads.resident_bytes()?;
        reads.stop()?;
        writes.stop()?;
        Ok(villages)
    }

    fn fill(&mut self, villages: &Villages, count: u64, when: &str) -> Result<Filled> {
        let arguments = ["--count", &count.to_string(), "--when", when, "--seed", &(count + 1).to_string()];
        let filled: Filled = self.helper.run("fill", villages.path(), &arguments)?;
        if when == "year" {
            self.report.note(
                &format!("operations-{count}"),
                json!({
                    "plain_bytes_each": filled.bytes_each.round(),
                    "packed_all_at_once_bytes_each": filled.packed_bytes_each.round(),
                    "written_per_s": (count as f64 / filled.seconds).round(),
                }),
            );
        }
        Ok(filled)
    }

    /// What the kernel counts when two boxes that hold the same meet again: what is to be left out of what changes cost.
    fn reconnecting(&self, villages: &Villages) -> Result<f64> {
        let (writes, reads, idle) = self.meet(villages)?;
        reads.stop()?;
        writes.stop()?;
        Ok(idle.wire_bytes)
    }

    /// Starts both boxes and waits until they hold the same.
    pub(super) fn meet(&self, villages: &Villages) -> Result<(House, House, CaughtUp)> {
        let writes = House::start(self.program, &villages.dir(WRITES))?;
        let (reads, caught_up) = self.arrive(villages, &writes)?;
        Ok((writes, reads, caught_up))
    }

    /// Starts the box that reads and waits until it holds what the one that writes holds.
    fn arrive(&self, villages: &Villages, writes: &House) -> Result<(House, CaughtUp)> {
        let (before, begun) = (self.wire.octets()?, Instant::now());
        let reads = House::start(self.program, &villages.dir(READS))?;
        let wanted = writes.sync()?.operations;
        let bar = ProgressBar::new(wanted).with_message("catching up");
        let style = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} {per_sec} {eta}")?;
        let bar = bar.with_style(style);
        loop {
            let sync = reads.sync()?;
            bar.set_position(sync.operations);
            let session = sync.sessions.first().filter(|session| session.in_step);
            if let Some((session, caught_up)) = session.and_then(|session| Some((session, session.caught_up_us?)))
                && sync.operations >= wanted.max(writes.sync()?.operations)
            {
                bar.finish_and_clear();
                let seconds = caught_up as f64 / 1e6;
                ensure!(seconds <= begun.elapsed().as_secs_f64(), "the box says it took longer than we waited");
                let stream_bytes = (session.carried.bytes_sent + session.carried.bytes_received) as f64;
                let wire_bytes = (self.wire.octets()? - before) as f64;
                return Ok((reads, CaughtUp { seconds, stream_bytes, wire_bytes }));
            }
            ensure!(begun.elapsed() < PATIENCE, "the boxes are not in step after {PATIENCE:?}");
            thread::sleep(LOOK);
        }
    }
}
