//! `cargo xtask bench site`: what pages cost at a real box, the released program in a process of its own, asked by `wrk` over
//! eight connections on the loopback interface; and how soon what somebody writes in a real browser is durable and on the page.

use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};

use super::search;
use super::sync::build_helper;
use super::sync::helper::Helper;
use super::sync::report::{Aim, Report};
use super::wrk;
use crate::house::House;
use crate::http;
use crate::process::{Workspace, output, program};
use crate::programs::{Profile, build_box};
use crate::setup;

/// How much to measure.
#[derive(Args)]
pub(crate) struct Options {
    /// Print one JSON object as the last line
    #[arg(long)]
    json: bool,
    /// How many posts the square has; every tenth is an event
    #[arg(long, default_value_t = 10_000)]
    items: u64,
    /// How many photos it has, eight to a post
    #[arg(long, default_value_t = 500)]
    photos: u32,
    /// For how many seconds each page is asked for
    #[arg(long, default_value_t = 5)]
    seconds: u32,
    /// How often somebody writes in the browser; 0 leaves the browser out
    #[arg(long, default_value_t = 300)]
    posts: u32,
    /// How often each page is opened in a browser with a slow line and a slow processor; 0 leaves that out
    #[arg(long, default_value_t = 5)]
    paints: u32,
}

/// The most photos one post takes.
const PHOTOS_A_POST: usize = 8;
/// How long a box is left alone before its memory at rest is read.
const REST: Duration = Duration::from_secs(10);
/// What is aimed at: so many requests a second for pages, feeds, and feeds that the reader has already.
const AIM_PAGES: f64 = 3_000.0;
const AIM_CALENDAR: f64 = 200.0;
const AIM_KNOWN: f64 = 10_000.0;
/// Of a hundred answers 99 come within so many milliseconds; what is written is durable and on the page within so many.
const AIM_PAGE_MS: f64 = 10.0;
const AIM_POSTING_MS: f64 = 100.0;
/// The first words stand on the screen within so many milliseconds, over a line of 50 KB/s with round trips of 2 s, on a
/// processor four times slower.
const AIM_PAINT_MS: f64 = 3_000.0;
/// Bytes of a page with its style sheet, of the script for reading, and of all that writing takes, in brotli.
const AIM_PAGE_BYTES: f64 = 20.0 * 1024.0;
const AIM_READING_BYTES: f64 = 5.0 * 1024.0;
const AIM_WRITING_BYTES: f64 = 60.0 * 1024.0;

/// Measures and prints.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    setup::wrk(workspace)?;
    let built = build_box(workspace, Profile::Release)?;
    let helper = Helper::new(build_helper(workspace)?);
    let folder = tempfile::tempdir().context("cannot make a folder for the village")?;
    let dir = helper.fill(folder.path(), options.items, &["--what", "square"])?;
    let mut report = Report::default();
    report.note("connections", json!(wrk::CONNECTIONS));
    let house = House::start(&built, &dir)?;
    hang_photos(&built, &helper, &dir, options.photos)?;
    thread::sleep(REST);
    report.add("memory", "the box at rest", "resident", (house.resident_bytes()?, "bytes"), None);
    of_pages(&house, options.seconds, &mut report)?;
    of_the_calendar(&house, options.seconds, &mut report)?;
    search::until_complete(&house, 0)?;
    search::of_questions(&house, options.seconds, &mut report)?;
    report.add("memory", "the box after it", "resident, at its peak", (house.peak_bytes()?, "bytes"), None);
    of_sizes(&house, &mut report)?;
    if options.posts > 0 {
        of_posting(workspace, &built, &house, &dir, options.posts, &mut report)?;
    }
    if options.paints > 0 {
        of_painting(workspace, &house, options.paints, &mut report)?;
    }
    house.stop()?;
    report.print(options.json)
}

/// A connector writes news with so many photos, eight to a post.
pub(super) fn hang_photos(built: &Path, helper: &Helper, dir: &Path, count: u32) -> Result<()> {
    let folder = tempfile::tempdir().context("cannot make a folder for photos")?;
    let count_text = count.to_string();
    let _made: Value = helper.run("pictures", folder.path(), &["--count", &count_text])?;
    let paths: Vec<_> = (0..count).map(|number| folder.path().join(format!("{number}.jpg"))).collect();
    for (number, some) in paths.chunks(PHOTOS_A_POST).enumerate() {
        let mut post = Command::new(built);
        post.args(["resident", "post", "--json", "--key"]).arg(dir.join("connector.key"));
        post.args(["--title", &format!("Foto's van de optocht, deel {}", number + 1), "--body", "Wie herkent u?"]);
        for path in some {
            post.arg("--photo").arg(path).args(["--alt", "Een veld onder een lucht vol wolken"]);
        }
        let _said = output(&mut post)?;
    }
    Ok(())
}

/// The pages people open most.
fn of_pages(house: &House, seconds: u32, report: &mut Report) -> Result<()> {
    let event = first_link(house, "/agenda", "/activiteit/")?;
    let item = first_link(house, "/", "/bericht/")?;
    let pages = [("home", "/"), ("agenda", "/agenda"), ("an event", &event), ("a post with photos", &item)];
    for (name, path) in pages {
        let work = format!("{name}, for visitors");
        let load = wrk::ask(&format!("{}{path}", house.site()), seconds, &[])?;
        report.add("pages", &work, "answers", (load.each_second, "/s"), Some(Aim::AtLeast(AIM_PAGES)));
        report.add("pages", &work, "answered, p99", (load.slow_ms, "ms"), Some(Aim::AtMost(AIM_PAGE_MS)));
    }
    Ok(())
}

/// The calendar of all events, whole and for whoever has it already.
fn of_the_calendar(house: &House, seconds: u32, report: &mut Report) -> Result<()> {
    let url = format!("{}/agenda.ics", house.site());
    let load = wrk::ask(&url, seconds, &[])?;
    report.add("calendar", ".ics of all events", "answers", (load.each_second, "/s"), Some(Aim::AtLeast(AIM_CALENDAR)));
    let calendar = http::get(house.site(), "/agenda.ics")?;
    let text = calendar.text()?;
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let events = text.matches("BEGIN:VEVENT").count() as f64;
    report.add("calendar", ".ics of all events", "events", (events, ""), None);
    let tag = calendar.tag().context("the calendar has no tag")?;
    let load = wrk::ask(&url, seconds, &[&format!("If-None-Match: {tag}")])?;
    report.add("calendar", "the same, unchanged", "answers", (load.each_second, "/s"), Some(Aim::AtLeast(AIM_KNOWN)));
    Ok(())
}

/// What comes over the wire for somebody who reads, and for somebody who writes.
fn of_sizes(house: &House, report: &mut Report) -> Result<()> {
    let site = house.site();
    for (name, path) in [("home", "/"), ("agenda", "/agenda"), ("asks and offers", "/vraag-en-aanbod")] {
        let page = http::get(site, path)?.len_on_the_wire();
        report.add("sizes", name, "HTML and CSS, brotli", (page, "bytes"), Some(Aim::AtMost(AIM_PAGE_BYTES)));
    }
    let reading = scripts_for_reading(site)?;
    report.add("sizes", "reading", "scripts, brotli", (reading, "bytes"), Some(Aim::AtMost(AIM_READING_BYTES)));
    let writing = super::of_the_module(site, &http::get(site, "/schrijven")?.text()?)?;
    let together = writing.last().context("the module has a size")?.value;
    report.add(
        "sizes",
        "writing",
        "scripts and wasm, brotli",
        (together, "bytes"),
        Some(Aim::AtMost(AIM_WRITING_BYTES)),
    );
    Ok(())
}

/// What a page for reading has a browser fetch: all its scripts but the one that starts the module.
fn scripts_for_reading(site: &str) -> Result<f64> {
    let page = http::get(site, "/")?.text()?;
    let reading = super::scripts(&page).filter(|name| !name.contains("/app."));
    reading.map(|name| Ok(http::get(site, name)?.len_on_the_wire())).sum()
}

/// Somebody writes in a browser, again and again.
fn of_posting(
    workspace: &Workspace,
    built: &Path,
    house: &House,
    dir: &Path,
    posts: u32,
    report: &mut Report,
) -> Result<()> {
    #[derive(Deserialize)]
    struct Invited {
        invitation: String,
    }
    let chromium = setup::chromium(workspace)?;
    setup::browser_drivers(workspace)?;
    let invited = output(Command::new(built).args(["invite", "--json", "--dir"]).arg(dir))?;
    let invited: Invited = serde_json::from_str(&invited).context("what `invite` says")?;
    let mut node = program(&workspace.e2e(), "node", ["bench/posting.js", house.site()]);
    node.args([&invited.invitation, &posts.to_string()]).env("DORPSPLEIN_CHROMIUM", chromium);
    let mut times: Vec<f64> = serde_json::from_str(output(&mut node)?.trim()).context("what the browser measured")?;
    ensure!(times.len() == posts as usize, "the browser wrote {} of {posts} posts", times.len());
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times.get(times.len() * share / 100).or(times.last()).copied().unwrap_or(f64::NAN);
    report.add("posting", "from the button to the page", "durable, p50", (at(50), "ms"), None);
    let aim = Some(Aim::AtMost(AIM_POSTING_MS));
    report.add("posting", "from the button to the page", "durable, p99", (at(99), "ms"), aim);
    Ok(())
}

/// Somebody far from a mast opens pages for the first time on an old telephone.
fn of_painting(workspace: &Workspace, house: &House, times: u32, report: &mut Report) -> Result<()> {
    let chromium = setup::chromium(workspace)?;
    setup::browser_drivers(workspace)?;
    let event = first_link(house, "/agenda", "/activiteit/")?;
    let item = first_link(house, "/", "/bericht/")?;
    let pages = [
        ("home", "/"),
        ("agenda", "/agenda"),
        ("an event", &event),
        ("a post with photos", &item),
        ("write", "/schrijven"),
    ];
    for (name, path) in pages {
        let mut node = program(&workspace.e2e(), "node", ["bench/painting.js", house.site(), path]);
        node.arg(times.to_string()).env("DORPSPLEIN_CHROMIUM", &chromium);
        let mut paints: Vec<f64> =
            serde_json::from_str(output(&mut node)?.trim()).context("what the browser measured")?;
        ensure!(paints.len() == times as usize, "the browser painted {name} {} of {times} times", paints.len());
        paints.sort_by(f64::total_cmp);
        let median = paints.get(paints.len() / 2).copied().unwrap_or(f64::NAN);
        let work = format!("{name}, 50 KB/s, 2 s, 4x slower");
        report.add("painting", &work, "first contentful paint, p50", (median, "ms"), Some(Aim::AtMost(AIM_PAINT_MS)));
    }
    Ok(())
}

/// The first address on a page that begins so.
pub(super) fn first_link(house: &House, path: &str, begins: &str) -> Result<String> {
    let page = http::get(house.site(), path)?.text()?;
    let rest =
        page.split(&format!("href=\"{begins}")).nth(1).with_context(|| format!("{path} links to no {begins}"))?;
    let id = rest.split(['"', '#', '?']).next().unwrap_or_default();
    Ok(format!("{begins}{id}"))
}
