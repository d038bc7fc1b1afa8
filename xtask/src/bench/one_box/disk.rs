//! What a box takes of the disk, and what it writes to it.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{Bench, READS, at_rest, room_of, village};
use crate::bench::readable;
use crate::bench::search::until_complete;
use crate::bench::sync::report::Aim;
use crate::house::House;

const AIM_ROOM_BYTES: f64 = 10e6;
const AIM_LIVE: f64 = 8.0;
const AIM_BULK: f64 = 3.0;
/// How many posts come one by one.
const LIVE: u64 = 1_000;
/// How long a neighbour's box may take to copy everything.
const PATIENCE: Duration = Duration::from_secs(30 * 60);
const LOOK: Duration = Duration::from_millis(100);

impl Bench<'_> {
    /// The room that operations of ten fields and 300 characters take, with the rows made of them and the search index; and what
    /// comes to it while nothing happens.
    pub(super) fn disk(&mut self) -> Result<()> {
        let folder = village()?;
        let empty = self.helper.fill(folder.path(), 0, &[])?;
        let before = room_of(&empty.join("store"))?;
        let _filled: Value =
            self.helper.run("fill", folder.path(), &["--count", &self.options.items.to_string(), "--when", "year"])?;
        let house = House::start(&self.program, &empty)?;
        until_complete(&house, 0)?;
        let written = at_rest(&house)?;
        let (store, search, all) = (room_of(&empty.join("store"))?, room_of(&empty.join("search"))?, room_of(&empty)?);
        let work = format!("{} operations", readable(self.options.items as f64));
        let aim = Some(Aim::AtMost(AIM_ROOM_BYTES));
        self.report.add("disk", &work, "the whole folder", (all as f64, "bytes"), aim);
        self.report.add("disk", &work, "of that the store", (store as f64, "bytes"), None);
        self.report.add("disk", &work, "of that the search index", (search as f64, "bytes"), None);
        self.report.note("store before the operations, bytes", json!(before));

        thread::sleep(Duration::from_secs(self.options.idle_seconds));
        let work = format!("nothing happens for {} s", self.options.idle_seconds);
        let grown = room_of(&empty)?.saturating_sub(all);
        self.report.add("idle", &work, "the folder has grown by", (grown as f64, "bytes"), Some(Aim::AtMost(0.0)));
        let more = house.written_bytes()? - written;
        self.report.add("idle", &work, "written to the disk", (more as f64, "bytes"), None);
        house.stop()
    }

    /// What goes to the disk for each byte of operations: as they come in one by one, each waited for; and when a neighbour's
    /// box copies all there is. What the file system writes for its own journal the kernel counts for nobody.
    pub(super) fn writes(&mut self) -> Result<()> {
        let dir = self.many()?;
        let root = dir.parent().context("the villages have a folder")?.to_owned();
        let writes = House::start(&self.program, &dir)?;
        until_complete(&writes, 0)?;
        let before = at_rest(&writes)?;
        let count = LIVE.to_string();
        let arguments = ["--site", writes.site(), "--at-once", "1", "--count", &count, "--seed", "21"];
        let live: Value = self.helper.run("residents", &root, &arguments)?;
        let bytes = live["bytes"].as_f64().context("the helper counts bytes")?;
        let written = (at_rest(&writes)? - before) as f64;
        ensure!(written > 0.0, "the kernel counted no byte: have TMPDIR name a folder on a disk");
        let work = format!("{} posts one by one", readable(LIVE as f64));
        let aim = Some(Aim::AtMost(AIM_LIVE));
        self.report.add("writes", &work, "written, for each byte of them", (written / bytes, ""), aim);
        self.report.add("writes", &work, "an operation is", (bytes / LIVE as f64, "bytes"), None);

        let reads = House::start(&self.program, &root.join(READS))?;
        let (begun, wanted) = (Instant::now(), writes.sync()?.operations);
        while reads.sync()?.operations < wanted {
            ensure!(begun.elapsed() < PATIENCE, "the box next door did not come to the same");
            thread::sleep(LOOK);
        }
        until_complete(&reads, 0)?;
        let written = at_rest(&reads)? as f64;
        let all = bytes / LIVE as f64 * wanted as f64;
        let work = format!("{} operations at once", readable(wanted as f64));
        let aim = Some(Aim::AtMost(AIM_BULK));
        self.report.add("writes", &work, "written, for each byte of them", (written / all, ""), aim);
        reads.stop()?;
        writes.stop()
    }
}
