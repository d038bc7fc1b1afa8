//! `cargo xtask bench`: what this costs, measured, as a table for people and a file for machines.
//!
//! Speed comes from the criterion benchmarks of the packages; sizes and memory from a release build of the demo that
//! is asked the way a browser asks.

mod criterion;
mod demo;
pub(crate) mod one_box;
pub(crate) mod search;
pub(crate) mod site;
pub(crate) mod sync;
mod wrk;

use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::http;
use crate::process::{Workspace, output, run as run_command};
use crate::programs::{Profile, build_box};
use demo::Demo;

/// How long the demo is left alone before its memory is read: syncing and the first flush are over by then.
const REST: Duration = Duration::from_secs(10);

/// One measured figure.
#[derive(Serialize)]
struct Figure {
    what: String,
    value: f64,
    unit: &'static str,
}

impl Figure {
    fn new(what: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self { what: what.into(), value, unit }
    }
}

/// Measures everything, prints the table and writes `figures.json` into the target folder.
pub(crate) fn run(workspace: &Workspace, reuse: bool) -> Result<()> {
    let target = target_folder(workspace)?;
    if !reuse {
        run_command(&mut workspace.cargo(["bench", "--workspace", "--locked", "--bench", "*"]))?;
    }
    let mut figures = criterion::figures(&target.join("criterion"))?;
    figures.extend(of_the_demo(workspace)?);

    println!();
    for figure in &figures {
        println!("{:<64} {:>14} {}", figure.what, readable(figure.value), figure.unit);
    }
    let path = target.join("figures.json");
    fs::write(&path, serde_json::to_string_pretty(&figures)?)
        .with_context(|| format!("cannot write {}", path.display()))?;
    println!("\nas JSON: {}", path.display());
    Ok(())
}

/// Sizes on the wire of a first visit, and memory at rest.
fn of_the_demo(workspace: &Workspace) -> Result<Vec<Figure>> {
    let program = build_box(workspace, Profile::Release)?;
    let demo = Demo::start(&program)?;
    let site = demo.first_site();
    let home = http::get(site, "/")?;
    let mut figures = vec![Figure::new("home page with its style sheet, brotli", home.len_on_the_wire(), "bytes")];
    let page = home.text()?;
    figures.extend(of_the_module(site, &page)?);

    let behind_the_site = demo.invitation().len().saturating_sub(site.len());
    figures.push(Figure::new(
        "address of an invitation, beside that of the site",
        behind_the_site as f64,
        "characters",
    ));

    println!("leaving the demo alone for {} s, then reading its memory", REST.as_secs());
    thread::sleep(REST);
    figures.push(Figure::new("resident memory of the demo at rest, both boxes", demo.resident_bytes()?, "bytes"));
    Ok(figures)
}

/// The signing module as a browser fetches it: starter, glue and WebAssembly, each naming the next.
fn of_the_module(site: &str, page: &str) -> Result<Vec<Figure>> {
    let starter_url = scripts(page).find(|name| name.contains("/app.")).context("the page names no starter")?;
    let starter = http::get(site, starter_url)?;
    let starter_text = starter.text()?;
    let glue_name = attribute_ending(&starter_text, "\"./browser.", ".js").context("the starter names no glue")?;
    let glue = http::get(site, &format!("/static/browser.{glue_name}"))?;
    let glue_text = glue.text()?;
    let module_name = attribute_ending(&glue_text, "URL('", ".wasm").context("the glue names no WebAssembly")?;
    let module = http::get(site, &format!("/static/{module_name}"))?;
    let together = starter.len_on_the_wire() + glue.len_on_the_wire() + module.len_on_the_wire();
    Ok(vec![
        Figure::new("signing module: WebAssembly, brotli", module.len_on_the_wire(), "bytes"),
        Figure::new("signing module: with glue and starter, brotli", together, "bytes"),
    ])
}

/// The addresses of the scripts that a page names.
fn scripts(page: &str) -> impl Iterator<Item = &str> {
    let sources = page.split("src=\"").skip(1).filter_map(|rest| rest.split('"').next());
    sources.filter(|source| source.ends_with(".js"))
}

/// The first text after `start` that runs up to and including `end` without a quote in it.
fn attribute_ending<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    text.split(start).skip(1).find_map(|rest| rest.split(['"', '\'']).next().filter(|value| value.ends_with(end)))
}

/// Cargo's target folder for this workspace.
pub(crate) fn target_folder(workspace: &Workspace) -> Result<PathBuf> {
    #[derive(Deserialize)]
    struct Metadata {
        target_directory: PathBuf,
    }
    let text = output(&mut workspace.cargo(["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: Metadata = serde_json::from_str(&text).context("cargo's description of the workspace is odd")?;
    Ok(metadata.target_directory)
}

/// Three or more significant digits, with thin grouping for large numbers.
fn readable(value: f64) -> String {
    if value < 100.0 {
        return format!("{value:.2}");
    }
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        assert_eq!(readable(31.456), "31.46");
        assert_eq!(readable(999.0), "999");
        assert_eq!(readable(1_234_567.0), "1,234,567");
    }

    #[test]
    fn the_names_of_files_are_found_in_what_names_them() {
        let page = r#"<link href="/icon.svg"><link href="/static/a.1.css"><script src="/static/app.1.js"></script>"#;
        assert_eq!(attribute_ending(page, "href=\"", ".css"), Some("/static/a.1.css"));
        assert_eq!(attribute_ending(page, "src=\"", ".js"), Some("/static/app.1.js"));
        assert_eq!(attribute_ending("new URL('m.wasm', import.meta.url)", "URL('", ".wasm"), Some("m.wasm"));
        assert_eq!(attribute_ending(page, "src=\"", ".wasm"), None);
    }
}
