//! What a neighbour that means harm costs the others.
//!
//! Two honest boxes pass each other changes, one at a time, as in the row about live changes; meanwhile a third process,
//! with the key of a box that has a treaty with both, does its worst to one of the two. What the changes take is compared
//! with what they took before anybody did harm, in the same run.

use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::Bench;
use super::report::Aim;
use super::rows::{PATIENCE, READS, Villages, WRITES};
use crate::house::House;

/// The village whose box means harm.
const HARMS: &str = "waterkant";
/// What it does, and what that is called.
const CONDUCTS: [(&str, &str); 4] = [
    ("floods", "a neighbour that floods"),
    ("lies", "a neighbour that lies about roots"),
    ("stalls", "a neighbour that stalls"),
    ("streams", "a neighbour that opens 10,000 streams"),
];
/// How long it has been doing harm before the first change.
const UNDER_WAY: Duration = Duration::from_secs(2);
/// How long boxes are left alone after it.
const REST: Duration = Duration::from_secs(3);
/// How much more memory one hostile neighbour may cost a box, in bytes. What a neighbour can make a box keep, by the
/// constants of `node/src/net`, `node/src/driver` and `protocol/src/sync`: unread bytes of four connections (8 MiB), what
/// waits to be sent to it (4 MiB), three frames under way and what they decode to (some 12 MiB), the ids it says it holds
/// (8 MiB); the rest is the store's cache and what the allocator keeps.
const BOUND_BYTES: f64 = 64.0 * 1024.0 * 1024.0;

impl Bench<'_> {
    /// Every conduct against either box. Both are started anew for each: who was put out for one is let in for the next.
    pub(super) fn hostile(&mut self) -> Result<()> {
        let villages = self.villages(true)?;
        self.meet_the_villain(&villages)?;
        let (writes, reads, _) = self.meet(&villages)?;
        let quiet = self.live_p99(&villages, &writes, &reads)?;
        reads.stop()?;
        writes.stop()?;
        self.report.add("hostile", "two honest boxes alone", "handed in → readable there, p99", (quiet, "ms"), None);
        for name in [READS, WRITES] {
            for conduct in CONDUCTS {
                self.endure(&villages, name, conduct, quiet)?;
            }
        }
        Ok(())
    }

    /// One conduct against the box of this name.
    fn endure(&mut self, villages: &Villages, name: &str, conduct: (&str, &str), quiet: f64) -> Result<()> {
        let (conduct, who) = conduct;
        let (writes, reads, _) = self.meet(villages)?;
        let (victim, whose) = match name {
            READS => (&reads, "at the box that reads"),
            _ => (&writes, "at the box that writes"),
        };
        let row = format!("hostile-{conduct}-{}", if name == READS { "reads" } else { "writes" });
        let before = victim.begin_peak()?;
        let mut villain = self.helper.start("harm", villages.path(), &["--victim", name, "--conduct", conduct])?;
        ensure!(villain.said()?["at_the_door"] == true, "the villain did not get in");
        thread::sleep(UNDER_WAY);
        let most = self.live_p99(villages, &writes, &reads)?;
        let more = victim.peak_bytes()? - before;
        let done = villain.finish()?;
        let work = format!("{who}, {whose}");
        let aim = Some(Aim::AtMost(2.0 * quiet));
        self.report.add(&row, &work, "the others' p99", (most, "ms"), aim);
        self.report.add(&row, &work, "memory, beyond before", (more, "bytes"), Some(Aim::AtMost(BOUND_BYTES)));
        self.report.note(&row, done);
        thread::sleep(REST);
        reads.stop()?;
        writes.stop()
    }

    /// The box that will mean harm is honest for once: afterwards both others hold its register and believe it.
    fn meet_the_villain(&self, villages: &Villages) -> Result<()> {
        let houses = [WRITES, READS, HARMS].map(|name| House::start(self.program, &villages.dir(name)));
        let [writes, reads, harms] = houses;
        let (writes, reads, harms) = (writes?, reads?, harms?);
        let begun = std::time::Instant::now();
        let knows_both = |house: &House| {
            let sessions = house.sync()?.sessions;
            anyhow::Ok(sessions.len() == 2 && sessions.iter().all(|session| session.in_step))
        };
        while !(knows_both(&writes)? && knows_both(&reads)? && knows_both(&harms)?) {
            ensure!(begun.elapsed() < PATIENCE, "three boxes did not come to the same");
            thread::sleep(Duration::from_millis(100));
        }
        harms.stop()?;
        reads.stop()?;
        writes.stop()
    }

    fn live_p99(&self, villages: &Villages, writes: &House, reads: &House) -> Result<f64> {
        let count = self.options.live.to_string();
        let arguments = ["--writes", writes.site(), "--reads", reads.site(), "--count", &count];
        let live: Value = self.helper.run("live", villages.path(), &arguments)?;
        live["from_handing_in_ms"]["p99"].as_f64().with_context(|| json!({ "no p99": live }).to_string())
    }
}
