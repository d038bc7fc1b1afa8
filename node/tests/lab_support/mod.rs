//! A small internet on this machine: network namespaces with real routers between them, and boxes that run in them.
//!
//! Needs root, `iproute2`, `util-linux` and `nftables`. Everything is gone when the test ends: a namespace lives as long as
//! the process that holds it, and that one ends by itself after ten minutes whatever happens.

#![allow(dead_code, unreachable_pub, reason = "each test uses its part")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

pub mod gateway;

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use dorpsplein_node::data_folder::addresses::{AddressBook, KeptRecord};
use serde_json::Value;
use tempfile::TempDir;

/// Set where a machine has to be able to make namespaces: there a test fails instead of being left out.
const REQUIRED: &str = "DORPSPLEIN_REQUIRE_NAMESPACES";

/// What boxes listen on, behind the address.
pub const QUIC: &str = "udp/4080/quic-v1";
pub const TCP: &str = "tcp/4080";

/// How long boxes may take to find a way to each other on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// The end of a namespace that nobody ended.
const HELD_SECONDS: &str = "600";

/// The internet in the middle: it forwards between the networks of houses.
pub struct Internet {
    middle: Namespace,
}

/// A network namespace.
pub struct Namespace {
    holder: Child,
}

/// A box in a namespace, with its data folder.
pub struct LabBox {
    pub name: &'static str,
    pub dir: String,
    pub neighbourhood: String,
    pub key: String,
    pub place: Namespace,
    _folder: TempDir,
    serving: Option<Child>,
}

/// Whether namespaces can be made here. If not, says so on standard error and, where they are required, fails.
pub fn available(test: &str) -> bool {
    let tried = [("unshare", &["--net", "true"][..]), ("ip", &["-V"]), ("nft", &["--version"])];
    let missing = tried.iter().find(|(program, arguments)| {
        let ran = Command::new(program).args(*arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
        !ran.is_ok_and(|status| status.success())
    });
    let Some((program, _)) = missing else { return true };
    let reason = format!("`{program}` does not work here; it takes root, iproute2, util-linux and nftables");
    assert!(env::var_os(REQUIRED).is_none_or(|value| value.is_empty()), "{test}: {reason}");
    eprintln!("SKIPPED {test}: {reason}. Set {REQUIRED}=1 to make that a failure.");
    false
}

impl Namespace {
    fn new() -> Self {
        let holder = Command::new("unshare").args(["--net", "sleep", HELD_SECONDS]).spawn().unwrap();
        let own = fs::read_link("/proc/self/ns/net").unwrap();
        let theirs = format!("/proc/{}/ns/net", holder.id());
        eventually("a namespace of its own", || fs::read_link(&theirs).is_ok_and(|link| link != own));
        let namespace = Self { holder };
        namespace.run("echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6; ip link set dev lo up");
        namespace
    }

    /// Runs shell commands in it, all of which have to work.
    pub fn run(&self, script: &str) {
        run_in(self.holder.id(), script);
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        command_in(self.holder.id(), program, arguments)
    }

    fn dorpsplein(&self, arguments: &[&str]) -> Output {
        self.command(env!("CARGO_BIN_EXE_dorpsplein"), arguments).output().unwrap()
    }

    /// Runs a command of the program in it, which has to work, and reads its line of JSON.
    pub fn says(&self, arguments: &[&str]) -> Value {
        let output = self.dorpsplein(&[arguments, &["--json"]].concat());
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {error}");
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

fn command_in(holder: u32, program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("nsenter");
    command.arg(format!("--net=/proc/{holder}/ns/net")).arg("--").arg(program).args(arguments);
    command
}

/// Runs shell commands in the namespace of this process, all of which have to work.
fn run_in(holder: u32, script: &str) {
    let output = command_in(holder, "sh", &["-ec", script]).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}: {error}");
}

impl Drop for Namespace {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

impl Internet {
    /// An internet without anybody on it.
    pub fn new() -> Self {
        let middle = Namespace::new();
        middle.run(
            "echo 1 > /proc/sys/net/ipv4/ip_forward
             nft add table ip lab
             nft add chain ip lab cut '{ type filter hook forward priority 0; policy accept; }'",
        );
        Self { middle }
    }

    /// A line from the internet to a machine: the end here is called `line` and has the first address of the network
    /// 203.0.113.`net`/29, the other `wan`.
    fn line(&self, line: &str, net: u8) -> Namespace {
        let machine = Namespace::new();
        let pid = machine.holder.id();
        self.middle.run(&format!(
            "ip link add name {line} type veth peer name wan netns {pid}
             ip addr add 203.0.113.{}/29 dev {line}; ip link set dev {line} up",
            net + 1
        ));
        machine.run("ip link set dev wan up");
        machine
    }

    /// A machine on the internet itself, with the address 203.0.113.(`net` + 2).
    pub fn machine(&self, line: &str, net: u8) -> Namespace {
        let machine = self.line(line, net);
        machine.run(&format!(
            "ip addr add 203.0.113.{}/29 dev wan; ip route add default via 203.0.113.{}",
            net + 2,
            net + 1
        ));
        machine
    }

    /// A router with the address 203.0.113.(`net` + 2) and a machine 192.168.1.10 behind it, as at anybody's home.
    ///
    /// Who is behind it gets out, and answers from where they asked get in, from that port of that address only; the
    /// port they leave by is always the same, `port`.
    pub fn home(&self, line: &str, net: u8, port: u16) -> (Namespace, Namespace) {
        let (router, machine) = (self.line(line, net), Namespace::new());
        router.run(&format!(
            "ip addr add 203.0.113.{address}/29 dev wan; ip route add default via 203.0.113.{gateway}
             ip link add name lan type veth peer name eth0 netns {pid}
             ip addr add 192.168.1.1/24 dev lan; ip link set dev lan up
             echo 1 > /proc/sys/net/ipv4/ip_forward
             nft add table ip home
             nft add chain ip home out '{{ type nat hook postrouting priority 100; }}'
             nft add rule ip home out oifname wan udp sport 4080 masquerade to :{port}
             nft add rule ip home out oifname wan masquerade
             nft add chain ip home input '{{ type filter hook input priority 0; policy drop; }}'
             nft add rule ip home input iifname != wan accept
             nft add chain ip home through '{{ type filter hook forward priority 0; policy drop; }}'
             nft add rule ip home through iifname lan accept
             nft add rule ip home through ct state established,related accept",
            address = net + 2,
            gateway = net + 1,
            pid = machine.holder.id(),
        ));
        machine
            .run("ip addr add 192.168.1.10/24 dev eth0; ip link set dev eth0 up; ip route add default via 192.168.1.1");
        (router, machine)
    }

    /// Another address for the router of a home, by which its line is known outside: `address` in place of
    /// 203.0.113.(`net` + 2).
    pub fn known_by(&self, line: &str, net: u8, router: &Namespace, address: Ipv4Addr) {
        router.run(&format!(
            "ip addr add {address}/32 dev wan
             nft flush chain ip home out
             nft add rule ip home out oifname wan udp sport 4080 snat to {address}:4080
             nft add rule ip home out oifname wan snat to {address}"
        ));
        self.middle.run(&format!("ip route add {address}/32 via 203.0.113.{} dev {line}", net + 2));
    }

    /// Nothing goes between two lines any more; `None` stands for all lines.
    pub fn cut(&self, one: &str, other: Option<&str>) {
        match other {
            Some(other) => self.middle.run(&format!(
                "nft add rule ip lab cut iifname {one} oifname {other} drop
                 nft add rule ip lab cut iifname {other} oifname {one} drop"
            )),
            None => self.middle.run(&format!(
                "nft add rule ip lab cut iifname {one} drop; nft add rule ip lab cut oifname {one} drop"
            )),
        }
    }

    /// Everything goes again.
    pub fn mend(&self) {
        self.middle.run("nft flush chain ip lab cut");
    }
}

/// Gives a machine with an address 203.0.113.`from` another one of the same network. The provider does not ask.
pub fn readdress(machine: &Namespace, gateway: u8, from: u8, to: u8) {
    machine.run(&format!(
        "ip addr add 203.0.113.{to}/29 dev wan
         ip addr del 203.0.113.{from}/29 dev wan
         ip addr show dev wan | grep -q 203.0.113.{to} || ip addr add 203.0.113.{to}/29 dev wan
         ip route replace default via 203.0.113.{gateway}"
    ));
}

impl LabBox {
    /// A neighbourhood called `name` with a box at `place`, whose machine calls itself `address`. It speaks QUIC only: on a
    /// loaded machine TCP may be quicker, and takes most of a minute to notice that nobody is there.
    pub fn found(name: &'static str, place: Namespace, address: &str) -> Self {
        Self::found_on(name, place, address, QUIC)
    }

    /// The same over this transport.
    pub fn found_on(name: &'static str, place: Namespace, address: &str, transport: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("plein").to_str().unwrap().to_owned();
        let public_url = format!("http://{address}:8080");
        let listen = format!("/ip4/0.0.0.0/{transport}");
        let listen = ["--listen", &listen];
        let place_and_site = ["--site", "0.0.0.0:8080", "--public-url", &public_url, "--mdns", "off"];
        place.says(&[&["init", "--dir", &dir, "--name", name][..], &listen, &place_and_site].concat());
        let settings = PathBuf::from(&dir).join("box.toml");
        let text = fs::read_to_string(&settings).unwrap();
        assert!(text.contains("\nupnp = true\n"), "there is no router here that could be asked");
        fs::write(&settings, text.replace("\nupnp = true\n", "\nupnp = false\n")).unwrap();
        let status = place.says(&["status", "--dir", &dir]);
        let text = |key: &str| status[key].as_str().unwrap().to_owned();
        let (neighbourhood, key) = (text("neighbourhood_id"), text("own_box"));
        Self { name, dir, neighbourhood, key, place, _folder: folder, serving: None }
    }

    /// Has the box, which is stopped, ask its router to let neighbours in.
    pub fn ask_the_router(&self) {
        let settings = PathBuf::from(&self.dir).join("box.toml");
        let text = fs::read_to_string(&settings).unwrap();
        fs::write(&settings, text.replace("\nupnp = false\n", "\nupnp = true\n")).unwrap();
    }

    /// Makes a treaty with another box's neighbourhood; both boxes are stopped.
    pub fn agree_with(&self, other: &Self) {
        let offer = other.place.says(&["treaty", "offer", "--dir", &other.dir, "--to", &self.neighbourhood]);
        self.place.says(&["treaty", "accept", "--dir", &self.dir, offer["link"].as_str().unwrap()]);
    }

    /// Starts the box and waits until it is ready.
    pub fn serve(&mut self) {
        let program = env!("CARGO_BIN_EXE_dorpsplein");
        let mut command = self.place.command(program, &["serve", "--dir", &self.dir, "--json"]);
        let log = fs::File::options().create(true).append(true).open(self.log()).unwrap();
        let level = env::var("RUST_LOG").unwrap_or_else(|_| "warn,dorpsplein_node=debug".to_owned());
        let mut child = command.env("RUST_LOG", level).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut ready = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut ready).unwrap();
        self.serving = Some(child);
        assert!(ready.contains("url"), "{} is not ready: {ready}", self.name);
    }

    fn log(&self) -> PathBuf {
        Path::new(&self.dir).with_extension("log")
    }

    /// Stops the box, as pulling the plug does.
    pub fn pull_the_plug(&mut self) {
        let mut child = self.serving.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Somebody joins, with the first invitation; returns their key file.
    pub fn resident(&self, name: &str) -> String {
        let invitation = self.place.says(&["invite", "--dir", &self.dir]);
        let key = Path::new(&self.dir).with_extension("key").to_str().unwrap().to_owned();
        let invitation = invitation["invitation"].as_str().unwrap();
        self.place.says(&["resident", "join", "--invitation", invitation, "--key", &key, "--name", name]);
        key
    }

    /// Writes something for neighbours; returns the item.
    pub fn post(&self, key: &str, title: &str) -> String {
        let words = ["--title", title, "--body", "Om tien uur bij de sluis.", "--audience", "neighbours"];
        let posted = self.place.says(&[&["resident", "post", "--key", key][..], &words].concat());
        posted["item"].as_str().unwrap().to_owned()
    }

    /// Whether a visitor of the site can read an item.
    pub fn shows(&self, item: &str) -> bool {
        let url = "http://127.0.0.1:8080";
        self.place.dorpsplein(&["resident", "show", "--url", url, "--item", item]).status.success()
    }

    /// How this box and its peers reach each other.
    pub fn ways(&self) -> Value {
        self.place.says(&["status", "--dir", &self.dir])["ways"].clone()
    }

    /// The way to another box; null when there is no session.
    pub fn way_to(&self, other: &Self) -> Value {
        let ways = self.ways();
        let mut peers = ways["peers"].as_array().into_iter().flatten();
        peers.find(|way| way["key"] == other.key).cloned().unwrap_or(Value::Null)
    }

    /// What it keeps of others' addresses.
    pub fn addresses(&self) -> Vec<KeptRecord> {
        AddressBook::of(Path::new(&self.dir)).read().unwrap()
    }

    /// Waits for something that has to do with this box; if it does not come, shows how the box fares.
    pub fn eventually(&self, what: &str, mut holds: impl FnMut(&Self) -> bool) {
        let begun = Instant::now();
        while !holds(self) {
            if begun.elapsed() > PATIENCE {
                let log = fs::read_to_string(self.log()).unwrap_or_default();
                let last: Vec<_> = log.lines().rev().take(60).collect();
                let last = last.into_iter().rev().collect::<Vec<_>>().join("\n");
                panic!("{}: not within {PATIENCE:?}: {what}\n{}\n{last}", self.name, self.ways());
            }
            thread::sleep(Duration::from_millis(200));
        }
        eprintln!("{}: {what}, after {:?}", self.name, begun.elapsed());
    }
}

impl Drop for LabBox {
    fn drop(&mut self) {
        if let Some(child) = &mut self.serving {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "not within {PATIENCE:?}: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}
