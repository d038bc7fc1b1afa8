//! The Debian package in a clean root: installed, used as its service would be, upgraded, removed, purged.
//!
//! The root is Debian's own smallest one. No service manager runs in it, so what the unit file asks for is done by hand as
//! far as a mount namespace goes: its user, no new privileges, no capabilities, its limit of files, and a root that can
//! only be read but for the box's folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tempfile::TempDir;

use crate::http;
use crate::process::{Workspace, output, run as run_command};
use crate::setup;

/// The Debian that the package is tried on.
const SUITE: &str = "bookworm";
/// Another place than Debian's own to fetch it from.
const MIRROR_VARIABLE: &str = "DORPSPLEIN_DEBIAN_MIRROR";

const STATE: &str = "/var/lib/dorpsplein";
const BOX: &str = "/var/lib/dorpsplein/plein";
const SITE: &str = "127.0.0.1:18980";
const LISTEN: &str = "/ip4/127.0.0.1/tcp/18981";
/// How long a box may take to start, or to stop.
const PATIENCE: Duration = Duration::from_secs(120);

/// What the unit file asks for, as far as it can be done here. What follows is run by it.
const CONFINED: &str = r#"
mount -t proc none /proc && mount --rbind / /mnt && mount -o remount,bind,ro /mnt &&
mount --bind /var/lib/dorpsplein /mnt/var/lib/dorpsplein && mount -t tmpfs none /mnt/tmp &&
exec chroot /mnt prlimit --nofile=8192 setpriv --reuid=dorpsplein --regid=dorpsplein --clear-groups --no-new-privs \
    --inh-caps=-all --ambient-caps=-all --bounding-set=-all "$@"
"#;

/// A root with the package in it.
struct Root {
    folder: TempDir,
}

/// Carries the package through its life; returns what was seen, in order.
pub(super) fn run(workspace: &Workspace, deb: &Path) -> Result<Vec<&'static str>> {
    setup::debootstrap(workspace)?;
    let root = Root::new()?;
    let mut seen = Vec::new();
    let mut see = |what: &'static str| {
        println!("tried: {what}");
        seen.push(what);
    };

    root.install(deb)?;
    root.has(STATE, true)?;
    see("installs");

    let begun = root.begin()?;
    see("asks on a page as long as it has no square, with its root read-only and without privileges");
    root.serve(&begun)?;
    see("serves the square that was begun meanwhile");

    root.install(&root.upgrade(deb)?)?;
    root.has("/var/lib/dorpsplein/plein/box.key", true)?;
    root.serve(&begun)?;
    see("upgrades, and serves the same square");

    root.dpkg(&["--remove", "dorpsplein"])?;
    root.has("/usr/bin/dorpsplein", false)?;
    root.has("/var/lib/dorpsplein/plein/box.key", true)?;
    see("is removed, and the square is kept");

    root.install(deb)?;
    root.serve(&begun)?;
    see("is installed again, and serves the square that was kept");

    root.dpkg(&["--purge", "dorpsplein"])?;
    root.has(STATE, false)?;
    root.has("/etc/default/dorpsplein", false)?;
    let user = root.chroot(&["getent", "passwd", "dorpsplein"]).status()?;
    ensure!(!user.success(), "the user is still there after a purge");
    see("is purged, and nothing is left");
    Ok(seen)
}

impl Root {
    fn new() -> Result<Self> {
        let folder = tempfile::tempdir().context("cannot make a folder for the root")?;
        let mut debootstrap = Command::new("debootstrap");
        debootstrap.args(["--variant=minbase", SUITE]).arg(folder.path());
        debootstrap.args(std::env::var_os(MIRROR_VARIABLE));
        output(&mut debootstrap).context("Debian's smallest root cannot be made")?;
        Ok(Self { folder })
    }

    fn inside(&self, path: &str) -> PathBuf {
        self.folder.path().join(path.trim_start_matches('/'))
    }

    fn has(&self, path: &str, wanted: bool) -> Result<()> {
        ensure!(self.inside(path).exists() == wanted, "{path} is {}", if wanted { "missing" } else { "still there" });
        Ok(())
    }

    fn chroot(&self, command: &[&str]) -> Command {
        let mut chroot = Command::new("chroot");
        chroot.arg(self.folder.path()).args(command);
        chroot
    }

    fn dpkg(&self, arguments: &[&str]) -> Result<()> {
        run_command(self.chroot(&["dpkg"]).args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
    }

    fn install(&self, deb: &Path) -> Result<()> {
        fs::copy(deb, self.inside("/tmp/dorpsplein.deb")).with_context(|| format!("cannot copy {}", deb.display()))?;
        self.dpkg(&["--install", "/tmp/dorpsplein.deb"])
    }

    /// The same package with a later version.
    fn upgrade(&self, deb: &Path) -> Result<PathBuf> {
        let (taken, later) = (self.inside("/tmp/apart"), self.inside("/tmp/later.deb"));
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

    /// Runs the program as its service would be run.
    fn confined(&self, arguments: &[&str]) -> Command {
        let mut unshare = Command::new("unshare");
        unshare.args(["--mount", "chroot"]).arg(self.folder.path()).args(["sh", "-c", CONFINED, "sh", "dorpsplein"]);
        unshare.args(arguments);
        unshare
    }

    fn says(&self, arguments: &[&str]) -> Result<Value> {
        let said = output(self.confined(arguments).arg("--json"))?;
        serde_json::from_str(&said).with_context(|| format!("{arguments:?} said {said}"))
    }

    /// Starts the service in an empty folder, begins a square by command while its page waits, and has it go on as the box.
    fn begin(&self) -> Result<Value> {
        let site = format!("http://{SITE}");
        let mut serving = self.start(&["--set", &format!("site={SITE}"), "--set", "mdns=off"])?;
        let mut begin = || {
            let page = patiently(&mut serving, || http::get(&site, "/en/")?.text())?;
            ensure!(page.contains("The code of the box"), "another page: {page}");
            let init =
                ["init", "--dir", BOX, "--name", "Proefdorp", "--site", SITE, "--listen", LISTEN, "--mdns", "off"];
            let begun = self.says(&init)?["neighbourhood_id"].take();
            ensure!(begun.is_string(), "no neighbourhood");
            Ok(begun)
        };
        match begin() {
            Ok(begun) => self.stop(serving, &begun).map(|()| begun),
            Err(error) => {
                serving.kill().and_then(|()| serving.wait()).context("cannot stop the box")?;
                Err(error)
            }
        }
    }

    /// Starts the box, asks it who it is, has the doctor look at it, and stops it in order.
    fn serve(&self, neighbourhood: &Value) -> Result<()> {
        let serving = self.start(&[])?;
        self.stop(serving, neighbourhood)
    }

    /// Starts the program as the service does.
    fn start(&self, more: &[&str]) -> Result<Child> {
        let arguments = [&["serve", "--first-run", "--dir", BOX], more].concat();
        self.confined(&arguments).spawn().context("cannot start the box")
    }

    /// Asks a box that was started who it is, has the doctor look at it, and stops it in order.
    fn stop(&self, mut serving: Child, neighbourhood: &Value) -> Result<()> {
        let site = format!("http://{SITE}");
        let status = patiently(&mut serving, || self.says(&["status", "--url", &site]));
        // It exits with an error when something is wrong; that its clock is nobody's and that it stands alone are notes.
        let healthy = status.and_then(|status| self.says(&["doctor", "--dir", BOX]).map(|_| status));
        let stopped = run_command(Command::new("kill").args(["-TERM", &serving.id().to_string()]));
        let ended = serving.wait().context("cannot wait for the box")?;
        let status = healthy.context("the box does not answer, or is not well")?;
        stopped?;
        ensure!(ended.success(), "the box ended with {ended}");
        ensure!(status["neighbourhood_id"] == *neighbourhood, "another square answers: {status}");
        Ok(())
    }
}

/// What comes of something that a box which starts cannot do yet.
fn patiently<T>(serving: &mut Child, mut of: impl FnMut() -> Result<T>) -> Result<T> {
    let begun = Instant::now();
    loop {
        match of() {
            Ok(came) => return Ok(came),
            Err(error) if begun.elapsed() > PATIENCE || serving.try_wait()?.is_some() => return Err(error),
            Err(_) => std::thread::sleep(Duration::from_millis(200)),
        }
    }
}
