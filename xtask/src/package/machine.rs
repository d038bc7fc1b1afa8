//! A clean Debian with a service manager of its own: systemd as its first process, with its own processes, mounts, network and
//! control groups, and the kernel of the machine beneath.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::process::{output, run};

/// The Debian that it is.
const SUITE: &str = "bookworm";
/// What is in it beside Debian's smallest root.
const PACKAGES: &str = "--include=systemd,systemd-sysv,dbus,curl";
/// Another place than Debian's own to fetch it from.
const MIRROR_VARIABLE: &str = "DORPSPLEIN_DEBIAN_MIRROR";
/// How long it may take to start.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(200);

/// Goes into a control group of its own in every hierarchy there is, and starts what follows where that is the root of them.
const OUTSIDE: &str = r#"
set -e
HIERARCHIES=$(awk '$3 ~ /^cgroup2?$/ { print $2 }' /proc/mounts)
export HIERARCHIES
for at in $HIERARCHIES; do
    mkdir -p "$at/$GROUP"
    for of in cpuset.cpus cpuset.mems; do [ ! -e "$at/$of" ] || cat "$at/$of" > "$at/$GROUP/$of"; done
    echo $$ > "$at/$GROUP/cgroup.procs"
done
exec unshare --cgroup --pid --fork --kill-child --mount --uts --ipc --net sh -c "$INSIDE"
"#;

/// Makes the root what a first process expects, and becomes it.
const INSIDE: &str = r#"
set -e
mount --make-rprivate /
ip link set lo up
mount --bind "$ROOT" "$ROOT"
mount -t proc proc "$ROOT/proc"
mount -t sysfs -o ro sysfs "$ROOT/sys"
[ -e /sys/fs/cgroup/cgroup.procs ] || mount -t tmpfs tmpfs "$ROOT/sys/fs/cgroup"
for at in $HIERARCHIES; do mkdir -p "$ROOT$at"; mount --bind "$at/$GROUP" "$ROOT$at"; done
mount -t tmpfs tmpfs "$ROOT/run"
mount -t tmpfs -o mode=755 tmpfs "$ROOT/dev"
for of in null zero full random urandom tty; do touch "$ROOT/dev/$of"; mount --bind "/dev/$of" "$ROOT/dev/$of"; done
mkdir "$ROOT/dev/pts" "$ROOT/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$ROOT/dev/pts"
ln -s pts/ptmx "$ROOT/dev/ptmx"
cd "$ROOT"
mkdir -p former
pivot_root . former
umount -l /former
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --log-target=journal
"#;

/// It runs until this is dropped.
pub(super) struct Machine {
    folder: TempDir,
    boot: Child,
    group: String,
    /// Its first process, as the machine beneath counts them.
    first: u32,
}

impl Machine {
    /// Makes one and starts it.
    pub(super) fn start() -> Result<Self> {
        let folder = tempfile::tempdir().context("cannot make a folder for the root")?;
        let mut debootstrap = Command::new("debootstrap");
        debootstrap.args(["--variant=minbase", PACKAGES, SUITE]).arg(folder.path());
        debootstrap.args(std::env::var_os(MIRROR_VARIABLE));
        output(&mut debootstrap).context("a clean Debian cannot be made")?;

        let group = format!("dorpsplein-{}", std::process::id());
        let mut boot = Command::new("sh");
        boot.args(["-c", OUTSIDE]).env("GROUP", &group).env("INSIDE", INSIDE).env("ROOT", folder.path());
        let boot = boot.stdin(Stdio::null()).stdout(Stdio::null()).spawn().context("cannot start a machine")?;
        let mut machine = Self { folder, boot, group, first: 0 };
        machine.until_it_runs()?;
        Ok(machine)
    }

    /// Where something in it lies, as seen from outside. Not for `/run`, `/dev` and the like.
    pub(super) fn inside(&self, path: &str) -> PathBuf {
        self.folder.path().join(path.trim_start_matches('/'))
    }

    /// A command in it.
    pub(super) fn command<S: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = S>) -> Command {
        let mut nsenter = Command::new("nsenter");
        nsenter.args(["--target", &self.first.to_string(), "--all", "--"]).args(words);
        nsenter.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("DEBIAN_FRONTEND", "noninteractive");
        nsenter
    }

    /// Runs a command in it with its output on ours.
    pub(super) fn run<const N: usize>(&self, words: [&str; N]) -> Result<()> {
        run(&mut self.command(words))
    }

    /// What a command in it says.
    pub(super) fn says<const N: usize>(&self, words: [&str; N]) -> Result<String> {
        Ok(output(&mut self.command(words))?.trim().to_owned())
    }

    fn until_it_runs(&mut self) -> Result<()> {
        let begun = Instant::now();
        let id = self.boot.id();
        loop {
            ensure!(
                self.boot.try_wait()?.is_none(),
                "the machine did not start: are there namespaces, and control groups?"
            );
            ensure!(begun.elapsed() < PATIENCE, "the machine did not start within {} s", PATIENCE.as_secs());
            thread::sleep(LOOK);
            let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
            let Some(first) = children.split_whitespace().next().and_then(|id| id.parse().ok()) else { continue };
            self.first = first;
            // It says "degraded" where one of Debian's own services has no place in a machine like this.
            let said = self.command(["systemctl", "is-system-running"]).stderr(Stdio::null()).output()?;
            if matches!(said.stdout.trim_ascii(), b"running" | b"degraded") {
                return Ok(());
            }
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let ended = self.boot.kill().and_then(|()| self.boot.wait());
        let hierarchies = output(Command::new("awk").args(["$3 ~ /^cgroup2?$/ { print $2 }", "/proc/mounts"]));
        let removed = hierarchies.map(|all| all.lines().all(|at| remove(&Path::new(at).join(&self.group))));
        if ended.is_err() || !matches!(removed, Ok(true)) {
            println!("left behind: a machine, or its control groups named {}", self.group);
        }
    }
}

/// Removes a control group and those in it; processes that are about to end may be in it for a moment.
fn remove(group: &Path) -> bool {
    let begun = Instant::now();
    loop {
        for one in fs::read_dir(group).into_iter().flatten().flatten() {
            if one.file_type().is_ok_and(|kind| kind.is_dir()) {
                remove(&one.path());
            }
        }
        if fs::remove_dir(group).is_ok() || !group.exists() {
            return true;
        }
        if begun.elapsed() > Duration::from_secs(5) {
            return false;
        }
        thread::sleep(LOOK);
    }
}
