//! Running other programs from the workspace's folder.

use std::env;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// What `cargo run` sets for this program and must not reach the cargo it starts: some build scripts watch these, and
/// would rebuild half the tree each time somebody switches between `cargo xtask` and plain cargo.
const NOT_INHERITED: [&str; 4] = ["CARGO_BIN_", "CARGO_CRATE_", "CARGO_MANIFEST_", "CARGO_PKG_"];

/// The workspace on disk.
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The workspace this program belongs to.
    pub(crate) fn find() -> Result<Self> {
        let package = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| OsString::from(env!("CARGO_MANIFEST_DIR")));
        let root = Path::new(&package).parent().context("xtask lies in the workspace's folder")?;
        Ok(Self { root: root.to_path_buf() })
    }

    /// The folder that holds every package.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of the tests in a browser.
    pub(crate) fn e2e(&self) -> PathBuf {
        self.root.join("web-ui/e2e")
    }

    /// Cargo, in the workspace's folder, building boxes that must have the browser's module.
    pub(crate) fn cargo<const N: usize>(&self, arguments: [&str; N]) -> Command {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
        cargo.current_dir(&self.root).args(arguments).env("DORPSPLEIN_REQUIRE_BROWSER_MODULE", "1");
        for (name, _) in env::vars_os() {
            if name.to_str().is_some_and(|name| NOT_INHERITED.iter().any(|prefix| name.starts_with(prefix))) {
                cargo.env_remove(name);
            }
        }
        cargo
    }
}

/// A program other than cargo, in a folder.
pub(crate) fn program<const N: usize>(folder: &Path, name: &str, arguments: [&str; N]) -> Command {
    let mut command = Command::new(name);
    command.current_dir(folder).args(arguments);
    command
}

/// Runs a command with its output on ours.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    let status = command.status().with_context(|| format!("cannot start `{shown}`"))?;
    ensure!(status.success(), "`{shown}` failed ({status})");
    Ok(())
}

/// Runs a command silently and returns what it wrote to its standard output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let shown = shown(command);
    let output = command.output().with_context(|| format!("cannot start `{shown}`"))?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`{shown}` failed ({}): {}", output.status, complaint.trim());
    String::from_utf8(output.stdout).with_context(|| format!("`{shown}` wrote something that is not text"))
}

/// Whether a program can be started and says that all is well.
pub(crate) fn works(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Runs a command with its output on ours and returns the lines that `keep` wants to see again at the end.
pub(crate) fn run_keeping(command: &mut Command, keep: fn(&str) -> bool) -> Result<Vec<String>> {
    let (kept, status) = run_to_the_end(command, keep)?;
    ensure!(status.success(), "`{}` failed ({status})", shown(command));
    Ok(kept)
}

/// The same, of a command that may fail: the caller decides what its status means.
pub(crate) fn run_to_the_end(command: &mut Command, keep: fn(&str) -> bool) -> Result<(Vec<String>, ExitStatus)> {
    let shown = shown(command);
    if std::io::stdout().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always").env("FORCE_COLOR", "1");
    }
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{shown}`"))?;
    let stdout = child.stdout.take().context("standard output is piped")?;
    let stderr = child.stderr.take().context("standard error is piped")?;
    let errors = thread::spawn(move || forward(stderr, &mut std::io::stderr(), keep));
    let mut kept = forward(stdout, &mut std::io::stdout(), keep)?;
    kept.extend(errors.join().map_err(|_| anyhow::anyhow!("the thread that reads `{shown}` panicked"))??);
    let status = child.wait().with_context(|| format!("cannot wait for `{shown}`"))?;
    Ok((kept, status))
}

fn forward(from: impl Read, to: &mut impl Write, keep: fn(&str) -> bool) -> Result<Vec<String>> {
    let mut kept = Vec::new();
    for line in BufReader::new(from).split(b'\n') {
        let line = line?;
        to.write_all(&line)?;
        to.write_all(b"\n")?;
        let text = String::from_utf8_lossy(&line);
        if keep(&text) {
            kept.push(text.trim().to_owned());
        }
    }
    Ok(kept)
}

/// The command as a person would type it.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// How many things this machine does at once.
pub(crate) fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// The path of a program that cargo built, from what `--message-format=json` made it say.
pub(crate) fn executable(messages: &str, name: &str) -> Option<PathBuf> {
    messages.lines().find_map(|line| {
        let message: Message = serde_json::from_str(line).ok()?;
        let is_it = message.target?.name == name && !message.profile?.test;
        message.executable.filter(|_| is_it)
    })
}

/// One line of what cargo says of a build; most kinds of line have neither field.
#[derive(Deserialize)]
struct Message {
    target: Option<Target>,
    executable: Option<PathBuf>,
    profile: Option<BuiltAs>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

#[derive(Deserialize)]
struct BuiltAs {
    test: bool,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_command_that_fails_is_an_error_that_names_it() {
        let error = run(&mut Command::new("false")).unwrap_err();
        assert!(error.to_string().contains("`false` failed"), "{error}");
    }

    #[test]
    fn wanted_lines_of_both_streams_are_kept() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo Summary one; echo other; echo Summary two >&2"]);
        let mut kept = run_keeping(&mut command, |line| line.contains("Summary")).unwrap();
        kept.sort();
        assert_eq!(kept, ["Summary one", "Summary two"]);
    }

    #[test]
    fn what_cargo_sets_for_this_program_stays_here() {
        let cargo = Workspace::find().unwrap().cargo(["--version"]);
        let removed = cargo.get_envs().any(|(name, value)| name == "CARGO_MANIFEST_DIR" && value.is_none());
        assert!(removed, "tests run under cargo, so the variable is there to be removed");
    }

    #[test]
    fn a_program_is_told_from_its_own_unit_tests() {
        let messages = r#"
{"reason":"compiler-artifact","target":{"name":"dorpsplein"},"profile":{"test":true},"executable":"/t/deps/dorpsplein-1"}
{"reason":"compiler-artifact","target":{"name":"other"},"profile":{"test":false},"executable":"/t/other"}
{"reason":"compiler-artifact","target":{"name":"dorpsplein"},"profile":{"test":false},"executable":"/t/dorpsplein"}
{"reason":"build-finished","success":true}"#;
        assert_eq!(executable(messages, "dorpsplein"), Some(PathBuf::from("/t/dorpsplein")));
        assert_eq!(executable(messages, "none"), None);
    }
}
