//! The Debian package in a clean Debian with its own systemd: installed, used, killed, hung, upgraded, removed, purged.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::machine::Machine;
use crate::process::{Workspace, output, works};
use crate::setup;

const SERVICE: &str = "dorpsplein";
const STATE: &str = "/var/lib/dorpsplein";
const BOX: &str = "/var/lib/dorpsplein/plein";
const KEY: &str = "/var/lib/dorpsplein/plein/box.key";
const PROGRAM: &str = "/usr/bin/dorpsplein";
const SITE: &str = "http://127.0.0.1:8080";
/// How long a box may take to start, to stop, or to be found hung.
const PATIENCE: Duration = Duration::from_secs(120);
const LOOK: Duration = Duration::from_millis(200);

/// What the service may take of the machine's memory, in bytes (`MemoryMax=384M`).
const MEMORY_MAX: &str = "402653184";
/// Listening at the ports of the web, as the kernel writes a set of rights (`CAP_NET_BIND_SERVICE`).
const PORTS_OF_THE_WEB: &str = "0000000000000400";
/// In place of three minutes, for who waits for it.
const IMPATIENT: &str = "[Service]\nWatchdogSec=5s\nRestartSec=1s\n";

/// A machine with the package.
struct Trial {
    machine: Machine,
}

/// Carries the package through its life; returns what was seen, in order.
pub(super) fn run(workspace: &Workspace, deb: &Path) -> Result<Vec<&'static str>> {
    setup::debootstrap(workspace)?;
    let trial = Trial { machine: Machine::start()? };
    let lived = trial.life(deb);
    if lived.is_err() {
        trial.machine.run(["journalctl", "--no-pager", "--lines=60", "--unit", SERVICE])?;
    }
    lived
}

impl Trial {
    fn life(&self, deb: &Path) -> Result<Vec<&'static str>> {
        let mut seen = Vec::new();
        let mut see = |what: &'static str| {
            println!("tried: {what}");
            seen.push(what);
        };

        self.install(deb)?;
        self.has(STATE, true)?;
        self.asks()?;
        see("installs, and its service asks on a page as long as there is no square");
        let square = self.begin()?;
        self.is_well(&square)?;
        see("serves the square that was begun meanwhile");
        self.is_confined()?;
        see("runs without rights but one, within its memory, and writes nowhere but in its folder");
        self.is_started_again_after("KILL")?;
        self.is_well(&square)?;
        see("is killed, and serves again by itself");
        self.hangs()?;
        self.is_well(&square)?;
        see("hangs, is found so, and serves again by itself");

        let before = self.shows("MainPID")?;
        self.install(&self.upgrade(deb)?)?;
        self.is_well(&square)?;
        ensure!(self.shows("MainPID")? != before, "the former version still runs");
        see("upgrades, and the new version serves the same square");
        self.machine.run(["systemctl", "stop", SERVICE])?;
        ensure!(self.shows("Result")? == "success", "the box did not stop in order");
        see("stops in order");

        self.machine.run(["dpkg", "--remove", "dorpsplein"])?;
        self.has(PROGRAM, false)?;
        self.has(KEY, true)?;
        see("is removed, and the square is kept");
        self.install(deb)?;
        self.is_well(&square)?;
        see("is installed again, and serves the square that was kept");
        self.machine.run(["dpkg", "--purge", "dorpsplein"])?;
        self.has(STATE, false)?;
        self.has("/etc/default/dorpsplein", false)?;
        ensure!(!works(&mut self.machine.command(["getent", "passwd", "dorpsplein"])), "its user is still there");
        ensure!(!works(&mut self.machine.command(["systemctl", "cat", SERVICE])), "its service is still there");
        see("is purged, and nothing is left");
        Ok(seen)
    }

    fn has(&self, path: &str, wanted: bool) -> Result<()> {
        let is_there = self.machine.inside(path).exists();
        ensure!(is_there == wanted, "{path} is {}", if wanted { "missing" } else { "still there" });
        Ok(())
    }

    fn install(&self, deb: &Path) -> Result<()> {
        let inside = self.machine.inside("/opt/dorpsplein.deb");
        fs::copy(deb, inside).with_context(|| format!("cannot copy {}", deb.display()))?;
        self.machine.run(["dpkg", "--install", "/opt/dorpsplein.deb"])
    }

    /// The same package with a later version.
    fn upgrade(&self, deb: &Path) -> Result<PathBuf> {
        let (taken, later) = (self.machine.inside("/opt/apart"), self.machine.inside("/opt/later.deb"));
        output(Command::new("dpkg-deb").arg("--raw-extract").arg(deb).arg(&taken))?;
        let control = taken.join("DEBIAN/control");
        let text = fs::read_to_string(&control).context("a package has a control file")?;
        let lines = text.lines().map(|line| match line.strip_prefix("Version: ") {
            Some(version) => format!("Version: {version}+later\n"),
            None => format!("{line}\n"),
        });
        fs::write(&control, lines.collect::<String>()).context("cannot write the control file")?;
        output(Command::new("dpkg-deb").args(["--root-owner-group", "--build"]).arg(&taken).arg(&later))?;
        Ok(later)
    }

    /// What systemd says of the service.
    fn shows(&self, property: &str) -> Result<String> {
        self.machine.says(["systemctl", "show", "--value", "--property", property, SERVICE])
    }

    /// The page of a box without a square.
    fn asks(&self) -> Result<()> {
        let page = patiently(|| self.machine.says(["curl", "--silent", "--fail", &format!("{SITE}/en/")]))?;
        ensure!(page.contains("The code of the box"), "another page: {page}");
        Ok(())
    }

    /// Begins a square by command, as the service's user; returns its id.
    fn begin(&self) -> Result<Value> {
        let begun = self.of_the_user(&["init", "--dir", BOX, "--name", "Proefdorp", "--mdns", "off"]).output()?;
        ensure!(begun.status.success(), "no square was begun: {}", String::from_utf8_lossy(&begun.stderr));
        let mut begun: Value = serde_json::from_slice(&begun.stdout).context("`init` said no JSON")?;
        Ok(begun["neighbourhood_id"].take())
    }

    /// The program as the service's user, with its answers in JSON.
    fn of_the_user(&self, arguments: &[&str]) -> Command {
        self.machine.command([&["runuser", "--user", "dorpsplein", "--", PROGRAM, "--json"], arguments].concat())
    }

    /// The service runs, it is this square that answers, and the doctor finds nothing wrong but the clock, which this machine has
    /// from the one beneath.
    fn is_well(&self, square: &Value) -> Result<()> {
        let status = patiently(|| {
            let said = output(&mut self.of_the_user(&["status", "--url", SITE]))?;
            Ok(serde_json::from_str::<Value>(&said)?)
        })?;
        ensure!(status["neighbourhood_id"] == *square, "another square answers: {status}");
        ensure!(self.shows("ActiveState")? == "active", "the service is {}", self.shows("ActiveState")?);
        let doctor = self.of_the_user(&["doctor", "--dir", BOX]).output()?;
        let doctor: Value = serde_json::from_slice(&doctor.stdout).context("`doctor` said no JSON")?;
        let findings = doctor["findings"].as_array().context("the doctor found nothing at all")?;
        let wrong = findings.iter().find(|one| one["state"] == "wrong" && one["part"] != "clock");
        ensure!(wrong.is_none(), "the doctor says: {wrong:?}");
        Ok(())
    }

    /// The box has the rights that its unit file leaves it, and no others.
    fn is_confined(&self) -> Result<()> {
        let process = self.shows("MainPID")?;
        let status = self.machine.says(["cat", &format!("/proc/{process}/status")])?;
        for (name, wanted) in
            [("NoNewPrivs", "1"), ("Seccomp", "2"), ("CapEff", PORTS_OF_THE_WEB), ("CapBnd", PORTS_OF_THE_WEB)]
        {
            let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            ensure!(line.map(str::trim) == Some(wanted), "{name} is {line:?} and not {wanted}");
        }
        let bound = self.machine.says(["sh", "-c", "cd /sys/fs/cgroup; at=system.slice/dorpsplein.service; cat $at/memory.max memory/$at/memory.limit_in_bytes 2>/dev/null || true"])?;
        ensure!(bound == MEMORY_MAX, "the bound on memory is {bound:?}");
        let touches = |path: &str| {
            works(&mut self.machine.command(["nsenter", "--target", &process, "--mount", "--", "touch", path]))
        };
        ensure!(touches(&format!("{STATE}/trial")), "it cannot write in its folder");
        for folder in ["/etc", "/usr/bin", "/var", "/home"] {
            ensure!(!touches(&format!("{folder}/trial")), "it can write in {folder}");
        }
        Ok(())
    }

    /// Stops it in the middle, and waits until systemd misses its signs of life.
    fn hangs(&self) -> Result<()> {
        let drop_in = self.machine.inside("/etc/systemd/system/dorpsplein.service.d");
        fs::create_dir_all(&drop_in).context("cannot make a folder in the root")?;
        fs::write(drop_in.join("trial.conf"), IMPATIENT).context("cannot write in the root")?;
        self.machine.run(["systemctl", "daemon-reload"])?;
        self.machine.run(["systemctl", "restart", SERVICE])?;
        self.is_started_again_after("STOP")?;
        fs::remove_dir_all(&drop_in).context("cannot remove a folder of the root")?;
        self.machine.run(["systemctl", "daemon-reload"])
    }

    /// Sends the box a signal, and waits until systemd has started it again.
    fn is_started_again_after(&self, signal: &str) -> Result<()> {
        let count = || -> Result<u32> { Ok(self.shows("NRestarts")?.parse()?) };
        let before = count()?;
        self.machine.run(["systemctl", "kill", &format!("--signal={signal}"), SERVICE])?;
        patiently(|| {
            ensure!(count()? > before, "nobody started the service again");
            Ok(())
        })
    }
}

/// What comes of something that cannot be done yet.
fn patiently<T>(mut of: impl FnMut() -> Result<T>) -> Result<T> {
    let begun = Instant::now();
    loop {
        match of() {
            Ok(came) => return Ok(came),
            Err(error) if begun.elapsed() > PATIENCE => return Err(error),
            Err(_) => thread::sleep(LOOK),
        }
    }
}
