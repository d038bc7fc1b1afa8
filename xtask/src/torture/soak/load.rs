//! What people do all day at one box: read, look things up, leave in the middle of it, write, show photos, change and erase.

use std::collections::VecDeque;
use std::fmt;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::http;
use crate::process::output;

/// Between two requests of one reader.
const GLANCE: Duration = Duration::from_millis(20);
/// Between two acts of one writer.
const THOUGHT: Duration = Duration::from_secs(4);
/// How long somebody looks at an open page.
const LOOK: Duration = Duration::from_millis(300);
/// So many posts of one resident stand on the square; then the oldest is erased for each new one.
const STANDING: usize = 10;
/// Of so many requests that are not answered it is told why.
const EXPLAINED: usize = 8;

/// What readers ask for, one after the other. After each round they leave in the middle of something.
const READ: [&str; 12] = [
    "/",
    "/agenda",
    "/agenda.ics",
    "/en/",
    "/nieuws.atom",
    "/zoeken?q=licht",
    "/api/v1/items",
    "/api/v1/search?q=straat",
    "/vraag-en-aanbod",
    "/api/v1/status",
    "/over-dit-plein",
    "/toegankelijkheid",
];

/// The load, and what it has done.
pub(super) struct Load<'a> {
    program: &'a Path,
    keys: &'a [PathBuf],
    photo: &'a Path,
    site: &'a str,
    over: AtomicBool,
    writing: AtomicBool,
    answered: AtomicU64,
    unanswered: AtomicU64,
    why: Mutex<Vec<String>>,
    operations: AtomicU64,
    dropped: AtomicU64,
}

/// What it has done so far.
#[derive(Clone, Debug)]
pub(super) struct Done {
    /// Requests that were answered.
    pub(super) answered: u64,
    /// Requests, and acts of writers, that were not.
    pub(super) unanswered: u64,
    /// Why not, of the first few of them.
    pub(super) why: Vec<String>,
    /// Posts, changes and erasures that were accepted.
    pub(super) operations: u64,
    /// Lines that were dropped in the middle.
    pub(super) dropped: u64,
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { answered, unanswered, why, operations, dropped } = self;
        write!(
            f,
            "{answered} requests answered and {unanswered} not, {operations} posts, changes and erasures, {dropped} lines dropped"
        )?;
        why.iter().try_for_each(|why| write!(f, "\nnot answered: {why}"))
    }
}

impl Done {
    pub(super) fn json(&self) -> Value {
        json!({
            "answered": self.answered, "unanswered": self.unanswered, "why": self.why, "operations": self.operations,
            "dropped": self.dropped,
        })
    }
}

impl<'a> Load<'a> {
    /// On a site, by residents with these key files.
    pub(super) const fn new(program: &'a Path, keys: &'a [PathBuf], photo: &'a Path, site: &'a str) -> Self {
        let (over, writing) = (AtomicBool::new(false), AtomicBool::new(false));
        let [answered, unanswered, operations, dropped] = [const { AtomicU64::new(0) }; 4];
        let why = Mutex::new(Vec::new());
        Self { program, keys, photo, site, over, writing, answered, unanswered, why, operations, dropped }
    }

    /// Whether residents write from now on.
    pub(super) fn write(&self, writing: bool) {
        self.writing.store(writing, Ordering::Relaxed);
    }

    /// What was done so far.
    pub(super) fn done(&self) -> Done {
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Done {
            answered: of(&self.answered),
            unanswered: of(&self.unanswered),
            why: self.why.lock().map_or_else(|_| Vec::new(), |why| why.clone()),
            operations: of(&self.operations),
            dropped: of(&self.dropped),
        }
    }

    /// Everybody is busy until `meanwhile` is done.
    pub(super) fn during<T>(&self, readers: usize, meanwhile: impl FnOnce() -> Result<T>) -> Result<T> {
        thread::scope(|scope| {
            let reading: Vec<_> = (0..readers).map(|_| scope.spawn(|| self.read())).collect();
            let writing: Vec<_> = self.keys.iter().map(|key| scope.spawn(|| self.write_with(key))).collect();
            let result = meanwhile();
            self.over.store(true, Ordering::Relaxed);
            let broke_off = reading.into_iter().chain(writing).any(|person| person.join().is_err());
            anyhow::ensure!(!broke_off, "a reader or a writer broke off");
            result
        })
    }

    fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    fn count<T>(&self, what: &str, asked: &Result<T>, as_done: &AtomicU64) {
        let Err(error) = asked else {
            as_done.fetch_add(1, Ordering::Relaxed);
            return;
        };
        self.unanswered.fetch_add(1, Ordering::Relaxed);
        if let Ok(mut why) = self.why.lock()
            && why.len() < EXPLAINED
        {
            why.push(format!("{what}: {error:#}"));
        }
    }

    fn read(&self) {
        while !self.is_over() {
            for path in READ {
                self.count(path, &http::get(self.site, path), &self.answered);
                thread::sleep(GLANCE);
                if self.is_over() {
                    return;
                }
            }
            for path in ["/api/v1/events", "/api/v1/items"] {
                let left = self.leave(path);
                self.count(path, &left, &self.dropped);
            }
        }
    }

    /// Asks, reads the beginning of the answer, and is gone: so does who closes a page that is kept up to date.
    fn leave(&self, path: &str) -> Result<()> {
        let host = self.site.strip_prefix("http://").context("a site at home is plain http")?;
        let mut stream = TcpStream::connect(host)?;
        stream.set_read_timeout(Some(LOOK))?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\n\r\n")?;
        let mut beginning = [0; 64];
        let read = stream.read(&mut beginning)?;
        anyhow::ensure!(beginning[..read].starts_with(b"HTTP/1.1 200"), "{path} is not answered");
        thread::sleep(LOOK);
        Ok(())
    }

    fn write_with(&self, key: &Path) {
        let (mut standing, mut number) = (VecDeque::new(), 0_u32);
        while !self.is_over() {
            if self.writing.load(Ordering::Relaxed) {
                number += 1;
                let acted = self.act(key, &mut standing, number);
                self.count("a writer", &acted, &self.operations);
            }
            self.rest(THOUGHT);
        }
    }

    /// Posts, every third time with a photo; changes what was posted last; erases the oldest when there are enough.
    fn act(&self, key: &Path, standing: &mut VecDeque<String>, number: u32) -> Result<()> {
        match number % 3 {
            0 if standing.len() > STANDING => {
                let oldest = standing.pop_front().context("there are enough")?;
                self.says(&["erase", &oldest], key).map(drop)
            }
            1 | 0 => {
                let photo = self.photo.to_str().context("a folder for temporary files has a name in UTF-8")?;
                let mut post = vec!["post", "--audience", "square", "--title", "Het licht knippert"];
                post.extend(["--body", "Bij ons in de straat ging vanavond drie keer het licht uit. Bij u ook?"]);
                if number.is_multiple_of(2) {
                    post.extend(["--photo", photo, "--alt", "Een donkere straat"]);
                }
                let said = self.says(&post, key)?;
                standing.push_back(said["item"].as_str().context("a post has an id")?.to_owned());
                Ok(())
            }
            _ => {
                let Some(last) = standing.back() else { return Ok(()) };
                let title = format!("Het licht knippert weer ({number})");
                self.says(&["edit", last, "--title", &title], key).map(drop)
            }
        }
    }

    fn says(&self, arguments: &[&str], key: &Path) -> Result<Value> {
        let mut command = Command::new(self.program);
        command.args(["--json", "resident"]).args(arguments).args(["--url", self.site, "--key"]).arg(key);
        let said = output(command.env("RUST_LOG", "error"))?;
        serde_json::from_str(said.trim()).context("what the program says")
    }

    /// Waits, but not when it is over.
    fn rest(&self, whole: Duration) {
        const PART: Duration = Duration::from_millis(200);
        for _ in 0..whole.as_millis() / PART.as_millis() {
            if self.is_over() {
                return;
            }
            thread::sleep(PART);
        }
    }
}
