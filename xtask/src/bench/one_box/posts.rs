//! Many residents at once.

use anyhow::{Context, Result};
use serde_json::Value;

use super::Bench;
use crate::bench::readable;
use crate::bench::sync::report::Aim;
use crate::house::House;

/// Who writes at once.
const RESIDENTS: u32 = 50;
const AIM_RATE: f64 = 1_500.0;
const AIM_SLOW_MS: f64 = 50.0;

impl Bench<'_> {
    /// Posts that residents hand in at once and wait for, each durable and on the pages when it is answered; and the same as a share
    /// of how often the disk can be waited for at all.
    pub(super) fn posts(&mut self) -> Result<()> {
        let folder = super::village()?;
        let dir = self.helper.fill(folder.path(), 0, &[])?;
        let limits: Value = self.helper.run("limits", folder.path(), &[])?;
        let waits = figure(&limits, "fdatasync_per_s_4_kib")?;
        let house = House::start(&self.program, &dir)?;
        let (at_once, count) = (RESIDENTS.to_string(), self.options.posts.to_string());
        let arguments = ["--site", house.site(), "--at-once", &at_once, "--count", &count];
        let said: Value = self.helper.run("residents", folder.path(), &arguments)?;
        let rate = figure(&said, "posts")? / figure(&said, "seconds")?;
        let times = &said["answered_ms"];
        let work = format!("{} posts of {RESIDENTS} residents", readable(self.options.posts as f64));
        self.report.add("posts", &work, "durable", (rate, "/s"), Some(Aim::AtLeast(AIM_RATE)));
        self.report.add("posts", &work, "answered, p50", (figure(times, "p50")?, "ms"), None);
        let aim = Some(Aim::AtMost(AIM_SLOW_MS));
        self.report.add("posts", &work, "answered, p99", (figure(times, "p99")?, "ms"), aim);
        self.report.add("posts", "the disk by itself", "4 KiB written and waited for", (waits, "/s"), None);
        self.report.add("posts", &work, "for each time the disk was waited for", (rate / waits, ""), None);
        house.stop()
    }
}

fn figure(said: &Value, name: &str) -> Result<f64> {
    said[name].as_f64().with_context(|| format!("the helper says no {name}"))
}
