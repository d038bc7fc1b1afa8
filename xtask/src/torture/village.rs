//! A village to torture: real boxes, real residents with key files, everything by the program's own commands.

use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::process::output;

/// The program, and where the village's folders are.
pub(crate) struct Village {
    program: PathBuf,
    root: PathBuf,
    /// The key files of the residents.
    pub(super) keys: Vec<PathBuf>,
}

impl Village {
    /// Founds it with one box, which does not run yet.
    pub(crate) fn found(program: &Path, root: &Path) -> Result<Self> {
        let village = Self { program: program.to_owned(), root: root.to_owned(), keys: Vec::new() };
        let dir = village.dir(FIRST);
        let mut found = village.command(&["init", "--name", "Stormdorp"]);
        village.says(settle(found.arg("--dir").arg(&dir))?)?;
        Ok(village)
    }

    /// So many residents join. The first box has to run.
    pub(super) fn move_in(&mut self, residents: usize) -> Result<()> {
        for number in 0..residents {
            let invited = self.founder("invite", &[])?;
            let key = self.root.join(format!("resident-{number}.key"));
            let name = format!("Bewoner {number}");
            let mut join = self.command(&["resident", "join", "--name", &name, "--invitation"]);
            self.says(join.arg(text(&invited, "invitation")?).arg("--key").arg(&key))?;
            self.keys.push(key);
        }
        Ok(())
    }

    /// Adds a box to it, which is not running yet. The first one has to run: it hands out the link.
    pub(super) fn add_box(&self, name: &str) -> Result<()> {
        let link = self.founder("box", &["link"])?;
        let mut join = self.command(&["box", "join", text(&link, "link")?]);
        let joined = self.says(settle(join.arg("--dir").arg(self.dir(name)))?)?;
        self.founder("box", &["add", text(&joined, "box")?])?;
        Ok(())
    }

    /// The folder of one of its boxes.
    pub(crate) fn dir(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// The program.
    pub(super) fn program(&self) -> &Path {
        &self.program
    }

    /// What a command of the founder says.
    fn founder(&self, command: &str, arguments: &[&str]) -> Result<Value> {
        self.says(self.command(&[command]).args(arguments).arg("--dir").arg(self.dir(FIRST)))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--json").args(arguments).env("RUST_LOG", "error");
        command
    }

    fn says(&self, command: &mut Command) -> Result<Value> {
        let said = output(command)?;
        serde_json::from_str(said.trim()).with_context(|| format!("what the program says: {said:?}"))
    }
}

/// The box the village was founded with.
pub(crate) const FIRST: &str = "first";

/// With ports of its own, on this machine only.
fn settle(command: &mut Command) -> Result<&mut Command> {
    let site = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let listen = UdpSocket::bind("127.0.0.1:0")?.local_addr()?;
    let listen = format!("/ip4/127.0.0.1/udp/{}/quic-v1", listen.port());
    Ok(command.args(["--mdns", "off", "--site", &site.to_string(), "--listen", &listen]))
}

fn text<'a>(said: &'a Value, name: &str) -> Result<&'a str> {
    said[name].as_str().with_context(|| format!("the program says no {name}: {said}"))
}
