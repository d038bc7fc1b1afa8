//! How much memory a box takes.

use std::thread;
use std::time::Duration;

use anyhow::Result;
use serde_json::json;

use super::{Bench, village};
use crate::bench::search::until_complete;
use crate::bench::site::{first_link, hang_photos};
use crate::bench::sync::report::Aim;
use crate::bench::wrk;
use crate::house::House;
use crate::{http, setup};

/// How long a box is left alone before its memory at rest is read.
const REST: Duration = Duration::from_secs(10);
const AIM_IDLE_BYTES: f64 = 48.0 * MIB;
const AIM_LOAD_BYTES: f64 = 96.0 * MIB;
const MIB: f64 = 1024.0 * 1024.0;

impl Bench<'_> {
    /// Of a box with a square full of posts and photos: at rest, while eight connections ask for its pages, and at rest after it.
    pub(super) fn memory(&mut self) -> Result<()> {
        setup::wrk(self.workspace)?;
        let folder = village()?;
        let dir = self.helper.fill(folder.path(), self.options.items, &["--what", "square"])?;
        let house = House::start(&self.program, &dir)?;
        hang_photos(&self.program, &self.helper, &dir, self.options.photos)?;
        until_complete(&house, 0)?;
        house.stop()?;
        let house = House::start(&self.program, &dir)?;
        http::get(house.site(), "/")?;
        thread::sleep(REST);
        let work =
            format!("{} items, {} photos", crate::bench::readable(self.options.items as f64), self.options.photos);
        let idle = house.begin_peak()?;
        let aim = Some(Aim::AtMost(AIM_IDLE_BYTES));
        self.report.add("memory", &work, "resident, idle after a start", (idle, "bytes"), aim);
        let pages = [
            "/".to_owned(),
            "/agenda".to_owned(),
            first_link(&house, "/agenda", "/activiteit/")?,
            first_link(&house, "/", "/bericht/")?,
            "/zoeken?q=koffie+molen".to_owned(),
        ];
        for page in &pages {
            wrk::ask(&format!("{}{page}", house.site()), self.options.seconds, &[])?;
        }
        let aim = Some(Aim::AtMost(AIM_LOAD_BYTES));
        let figure = "resident at its peak, 8 connections";
        self.report.add("memory", &work, figure, (house.peak_bytes()?, "bytes"), aim);
        thread::sleep(REST);
        self.report.add("memory", &work, "resident, idle after it", (house.resident_bytes()?, "bytes"), None);
        self.report.note("pages under load", json!(pages.len()));
        house.stop()
    }
}
