//! A machine with 512 MB of memory: a box that has no more for itself than its service gives it copies a village with ten thousand
//! posts, shows photos and pages, and is never short. Needs a memory cgroup, which takes root; left out where there is none.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(target_os = "linux")]

mod cli_support;
mod site_support;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::sync::Arc;

use cli_support::{Village, text};
use dorpsplein_node::cli::{Author, Door, open_invitation};
use dorpsplein_node::clock;
use dorpsplein_node::data_folder::{DataFolder, connector_key, running};
use dorpsplein_node::disk_store::DiskStore;
use dorpsplein_node::driver;
use dorpsplein_node::photos::picture::drawn;
use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{Edit, Field, Kind, Role, Space, Value as FieldValue};
use futures::{StreamExt as _, stream};
use rustix::process::Signal;
use site_support::{Serving, eventually, get};

/// What the service of the Debian package may take at most (`packaging/dorpsplein.service`), of 512 MB: the rest is the system's.
const MOST_BYTES: u64 = 384 << 20;
/// How much stands on the square.
const ITEMS: usize = 10_000;
const PHOTOS: usize = 4;
/// Posts that are handed in at one time while the village is filled.
const AT_ONCE: usize = 256;

/// A group of processes that have so much memory together, page cache and all. Gone when dropped.
struct Room {
    folder: PathBuf,
}

impl Room {
    /// One with this much, without any swap; or why there is none on this machine.
    fn of(bytes: u64) -> io::Result<Self> {
        let root = Path::new("/sys/fs/cgroup");
        let unified = root.join("cgroup.controllers").exists();
        let (parent, limit, swap) = if unified {
            fs::write(root.join("cgroup.subtree_control"), "+memory")?;
            (root.to_owned(), "memory.max", "memory.swap.max")
        } else {
            (root.join("memory"), "memory.limit_in_bytes", "memory.swappiness")
        };
        let room = Self { folder: parent.join(format!("dorpsplein-test-{}", process::id())) };
        fs::create_dir(&room.folder)?;
        fs::write(room.folder.join(limit), bytes.to_string())?;
        // A kernel without swap has no such file.
        if room.folder.join(swap).exists() {
            fs::write(room.folder.join(swap), "0")?;
        }
        Ok(room)
    }

    /// The program, in this room from its first moment on.
    fn program(&self) -> Command {
        let mut shell = Command::new("sh");
        let enter = r#"echo $$ > "$0" && exec "$@""#;
        shell.args(["-c", enter]).arg(self.folder.join("cgroup.procs")).arg(env!("CARGO_BIN_EXE_dorpsplein"));
        shell
    }

    /// The most it ever took, and how often somebody was killed because there was no more.
    fn toll(&self) -> (u64, u64) {
        let number =
            |name: &str| -> Option<u64> { fs::read_to_string(self.folder.join(name)).ok()?.trim().parse().ok() };
        let peak = number("memory.peak").or_else(|| number("memory.max_usage_in_bytes")).unwrap_or_default();
        let events = ["memory.events", "memory.oom_control"].map(|name| fs::read_to_string(self.folder.join(name)));
        let events = events.into_iter().find_map(Result::ok).unwrap();
        let killed = events.lines().find_map(|line| line.strip_prefix("oom_kill ")).unwrap();
        (peak, killed.parse().unwrap())
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        // Not empty while a box that failed is still on its way out.
        let _ = fs::remove_dir(&self.folder);
    }
}

/// Puts posts of a resident on the square of a box that does not run.
fn fill(dir: &str) {
    let (dir, now) = (Path::new(dir), clock::now());
    let door = Door::open(dir).unwrap();
    let mut connector = Author::open(&connector_key(dir), &door).unwrap();
    let one_time = SecretKey::from_seed(&[2; 32]);
    open_invitation(&mut connector, one_time.public(), Role::Resident, 30, now).unwrap();
    let invitation = door.invitation(&one_time.public()).unwrap();
    let mut device = Device::new(SecretKey::from_seed(&[3; 32]), door.home().unwrap());
    door.submit(&device.claim(invitation, &one_time, [7; 16], now).encode()).unwrap();
    drop(connector);
    drop(door);

    let folder = DataFolder::open(dir).unwrap();
    let home = folder.config().neighbourhood;
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let store = Arc::new(DiskStore::open(&folder.store_path()).unwrap());
        let driver = driver::start(store, home, folder.box_key().public(), None).await.unwrap();
        let handle = driver.handle();
        let place = Place { neighbourhood: home, space: Space::Square };
        let posts = (0..ITEMS).map(|number| {
            let set = |field, text: String| Edit::Set { field, value: FieldValue::Text(text) };
            let body = format!("Nummer {number}. {}", "Wie kan, neemt een kruiwagen mee naar de moestuin. ".repeat(6));
            let edits = vec![set(Field::TITLE, format!("Bericht {number}")), set(Field::BODY, body)];
            device.create(place, Kind::NEWS, None, edits, now).encode()
        });
        let mut answers = stream::iter(posts).map(|post| handle.submit(post)).buffered(AT_ONCE);
        while let Some(answer) = answers.next().await {
            answer.unwrap();
        }
        drop(answers);
        driver.stop().await;
    });
}

/// How many operations the running box of a data folder holds.
fn operations(dir: &str) -> u64 {
    let running = running(Path::new(dir)).unwrap().unwrap();
    let token = format!("Bearer {}", running.token);
    let sync = get(&format!("{}/api/v1/sync", running.url), &[("authorization", &token)]).json();
    sync["operations"].as_u64().unwrap()
}

#[test]
fn a_box_with_what_its_service_gives_it_copies_ten_thousand_posts_and_is_never_short() {
    let room = match Room::of(MOST_BYTES) {
        Ok(room) => room,
        Err(error) => return eprintln!("left out: this machine makes no memory cgroup here ({error})"),
    };
    let mut village = Village::new("Krapdorp");
    let anna = village.join("Anna");
    let (dir, _) = village.second_box();
    village.while_stopped(|village| fill(&village.dir));

    let small = Serving::start_as(room.program().args(["serve", "--dir", &dir]));
    let url = small.text("url");
    let all = operations(&village.dir);
    assert!(all > ITEMS as u64, "{all}");
    eventually("copying ten thousand posts", || operations(&dir) >= all);

    let photo = village.file("foto.jpg");
    for number in 0..PHOTOS {
        let shade = |x: u32, y: u32| [(x * 7 + y * 13) as u8, (x ^ y) as u8, (number * 20) as u8];
        fs::write(&photo, drawn(2048, 1536, shade).unwrap()).unwrap();
        let title = format!("Foto {number}");
        let post = ["resident", "post", "--url", &url, "--title", &title, "--audience", "square"];
        let posted = anna.does(&[&post[..], &["--photo", &photo, "--alt", "De dijk"]].concat());
        let shown = get(&format!("{url}/bericht/{}", text(&posted["item"])), &[]);
        assert!(shown.text().contains(&title));
    }
    for page in ["/", "/agenda", "/vraag-en-aanbod", "/zoeken?q=kruiwagen", "/feed.xml", "/api/v1/items"] {
        assert!(get(&format!("{url}{page}"), &[]).status.as_u16() < 500, "{page}");
    }
    eventually("the other box to have what was posted here", || operations(&village.dir) == operations(&dir));
    small.stop(Signal::TERM);
    let (peak, killed) = room.toll();
    println!("{} MB at its peak, with its page cache, of {} MB", peak >> 20, MOST_BYTES >> 20);
    assert_eq!(killed, 0);
    village.stop();
}
