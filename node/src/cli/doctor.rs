//! `dorpsplein doctor`: what is well with a box and its machine, and what is not. Each finding was tried with the real
//! thing: the disk is written and synced, ports are asked or taken, the local network is listened to, the site is visited.

mod clock;
mod disk;
mod folder;
mod https;
mod local_network;
mod outside;
mod ports;

use std::path::PathBuf;

use clap::Args;
use dorpsplein_web_ui::locale::{MissingText, Texts};
use serde::Serialize;
use serde_json::json;

use super::Outcome;
use super::config::Instead;
use super::error::CliError;
use super::language::Spoken;
use crate::web::assets;

/// `doctor`.
#[derive(Debug, Args)]
pub(super) struct DoctorArgs {
    /// The data folder of the box
    #[arg(long, env = "DORPSPLEIN_DIR")]
    dir: PathBuf,
    #[command(flatten)]
    spoken: Spoken,
    #[command(flatten)]
    instead: Instead,
}

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    /// As it should be.
    Well,
    /// The box runs with it; somebody should know.
    Note,
    /// Something is to be done.
    Wrong,
}

/// One thing that was looked at.
struct Finding {
    /// What part of a box it is about, for scripts.
    part: &'static str,
    state: State,
    /// The text that says how it is.
    says: &'static str,
    /// The text that says what to do.
    todo: Option<&'static str>,
    /// What both may name.
    value: String,
}

impl Finding {
    fn well(part: &'static str, says: &'static str, value: impl Into<String>) -> Self {
        Self { part, state: State::Well, says, todo: None, value: value.into() }
    }

    fn note(part: &'static str, says: &'static str, todo: &'static str, value: impl Into<String>) -> Self {
        Self { part, state: State::Note, says, todo: Some(todo), value: value.into() }
    }

    fn wrong(part: &'static str, says: &'static str, todo: &'static str, value: impl Into<String>) -> Self {
        Self { part, state: State::Wrong, says, todo: Some(todo), value: value.into() }
    }
}

/// Looks at everything.
///
/// # Errors
/// [`CliError::Text`] when the language lacks a text.
pub(super) fn run(args: &DoctorArgs) -> Result<Outcome, CliError> {
    let findings = examine(args);
    let lang = args.spoken.lang();
    let texts = Texts::of(lang);
    let (mut lines, mut bodies) = (Vec::new(), Vec::new());
    for finding in &findings {
        let says = texts.fill(finding.says, "value", &finding.value)?;
        let todo = finding.todo.map(|todo| texts.fill(todo, "value", &finding.value)).transpose()?;
        lines.push(format!("{:<9} {says}", word(texts, finding.state)?));
        lines.extend(todo.iter().map(|todo| format!("{:<9} → {todo}", "")));
        bodies.push(json!({ "part": finding.part, "state": finding.state, "says": says, "todo": todo }));
    }
    let wrong = findings.iter().filter(|finding| finding.state == State::Wrong).count();
    lines.push(String::new());
    lines.push(if wrong == 0 {
        texts.say("doctor-all-well")?.into_owned()
    } else {
        texts.count("doctor-count", wrong)?
    });
    let outcome = Outcome::new(lines.join("\n"), json!({ "lang": lang.tag(), "wrong": wrong, "findings": bodies }));
    Ok(if wrong == 0 { outcome } else { outcome.failed() })
}

fn examine(args: &DoctorArgs) -> Vec<Finding> {
    let mut findings = vec![program()];
    findings.extend(disk::look(&args.dir));
    findings.push(clock::look(&args.dir));
    let Some(folder) = folder::look(&args.dir, &args.instead.overrides(), &mut findings) else { return findings };
    findings.extend(ports::look(&folder));
    findings.push(local_network::look(&folder));
    findings.push(outside::reached(&args.dir, &folder));
    findings.push(outside::site(&folder.settings));
    findings.extend(https::certificate(&args.dir, &folder.settings, crate::clock::now()));
    findings.extend(outside::certificate(&folder));
    findings
}

fn program() -> Finding {
    let version = env!("CARGO_PKG_VERSION");
    if assets::script_url().is_none() {
        return Finding::wrong("program", "doctor-program-reading", "doctor-program-reading-todo", version);
    }
    Finding::well("program", "doctor-program", version)
}

fn word(texts: &Texts, state: State) -> Result<String, MissingText> {
    let id = match state {
        State::Well => "doctor-well",
        State::Note => "doctor-note",
        State::Wrong => "doctor-wrong",
    };
    texts.say(id).map(Into::into)
}
