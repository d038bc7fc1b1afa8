//! A village on the command line: a running box, and people with key files.

#![allow(dead_code, unreachable_pub, reason = "each test uses its part")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

use rustix::process::Signal;
use serde_json::Value;
use tempfile::TempDir;

use crate::site_support::{Serving, eventually, fails, free_port, free_udp_port, init, says};

/// A village with a running box and its founding connector.
pub struct Village {
    folder: TempDir,
    /// The data folder.
    pub dir: String,
    /// The address of its site.
    pub url: String,
    /// The neighbourhood.
    pub id: String,
    serving: Option<Serving>,
}

/// Somebody with a key file.
pub struct Person {
    /// The key file.
    pub key: String,
    /// Who they are.
    pub resident: String,
    /// Their device.
    pub device: String,
}

/// A text of an answer.
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

impl Village {
    /// A new village called `name`, with its box running.
    pub fn new(name: &str) -> Self {
        Self::within(tempfile::tempdir().unwrap(), name)
    }

    /// The same, on a disk of its own.
    pub fn within(folder: TempDir, name: &str) -> Self {
        let dir = folder.path().join("plein").to_str().unwrap().to_owned();
        let founded = init(Path::new(&dir), name);
        let serving = Serving::start(&["serve", "--dir", &dir]);
        let (url, id) = (serving.text("url"), text(&founded["neighbourhood_id"]).to_owned());
        Self { folder, dir, url, id, serving: Some(serving) }
    }

    /// Two villages with a treaty in force.
    pub fn neighbours() -> [Self; 2] {
        let [north, south] = [Self::new("Noorddorp"), Self::new("Zuidwijk")];
        let offer = says(&["treaty", "offer", "--dir", &north.dir, "--to", &south.url]);
        says(&["treaty", "accept", "--dir", &south.dir, text(&offer["link"])]);
        for village in [&north, &south] {
            eventually("the treaty", || {
                says(&["treaty", "list", "--dir", &village.dir])["neighbours"][0]["state"] == "in-force"
            });
        }
        [north, south]
    }

    /// A file in the village's own folder.
    pub fn file(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// Somebody joins with an invitation of the founder.
    pub fn join(&self, name: &str) -> Person {
        let invitation = says(&["invite", "--dir", &self.dir]);
        self.join_with(name, text(&invitation["invitation"]))
    }

    /// Somebody joins with this invitation.
    pub fn join_with(&self, name: &str, invitation: &str) -> Person {
        let key = self.file(&format!("{name}.key"));
        let joined = says(&["resident", "join", "--invitation", invitation, "--key", &key, "--name", name]);
        Person { key, resident: text(&joined["resident"]).to_owned(), device: text(&joined["device"]).to_owned() }
    }

    /// Somebody joins and is made a connector; returns who it is.
    pub fn connector(&self, name: &str) -> Person {
        let person = self.join(name);
        let made = says(&["member", "role", &person.resident, "connector", "--dir", &self.dir]);
        assert_eq!(made["counts"], true, "with fewer than three connectors one signature is enough");
        person
    }

    /// A question about the box, by its folder.
    pub fn ask(&self, command: &[&str]) -> Value {
        says(&[command, &["--dir", &self.dir]].concat())
    }

    /// What the register says of a resident.
    pub fn member(&self, resident: &str) -> Value {
        let members = self.ask(&["member", "list", "--all"])["members"].clone();
        let found = members.as_array().unwrap().iter().find(|member| member["id"] == resident).cloned();
        found.unwrap_or_else(|| panic!("{resident} is not in {members}"))
    }

    /// The second box of the village: its folder and its key, certified and not started yet.
    pub fn second_box(&self) -> (String, String) {
        let link = self.ask(&["box", "link"]);
        let dir = self.file("tweede");
        let site = format!("127.0.0.1:{}", free_port());
        let listen = format!("/ip4/127.0.0.1/udp/{}/quic-v1", free_udp_port());
        let join = ["box", "join", text(&link["link"]), "--dir", &dir, "--mdns", "off", "--site", &site];
        let joined = says(&[&join[..], &["--listen", &listen]].concat());
        assert_eq!(joined["neighbourhood_id"], self.id);
        let key = text(&joined["box"]).to_owned();
        assert_eq!(self.ask(&["box", "add", &key])["counts"], true);
        (dir, key)
    }

    /// Stops the box, which must end without an error.
    pub fn stop(mut self) {
        self.serving.take().unwrap().stop(Signal::TERM);
    }

    /// Ends the box at once, as when somebody pulls the plug.
    pub fn cut_the_power(&mut self) {
        self.serving.take().unwrap().kill();
    }

    /// Starts the box again.
    pub fn power_on(&mut self) {
        self.serving = Some(Serving::start(&["serve", "--dir", &self.dir]));
    }

    /// Stops the box for as long as `meanwhile` takes.
    pub fn while_stopped<T>(&mut self, meanwhile: impl FnOnce(&Self) -> T) -> T {
        self.serving.take().unwrap().stop(Signal::TERM);
        let done = meanwhile(self);
        self.serving = Some(Serving::start(&["serve", "--dir", &self.dir]));
        done
    }
}

impl Person {
    /// A command of theirs that works.
    pub fn does(&self, command: &[&str]) -> Value {
        says(&[command, &["--key", &self.key]].concat())
    }

    /// A command of theirs that is refused, with this problem type; returns the line for people.
    pub fn is_refused(&self, command: &[&str], kind: &str) -> String {
        let (problem, line) = fails(&[command, &["--key", &self.key]].concat());
        assert_eq!(problem["type"], format!("/problems/{kind}"), "{line}");
        line
    }

    /// A command of theirs that comes to nothing before anything is signed; returns the line for people.
    pub fn fails(&self, command: &[&str]) -> String {
        let (problem, line) = fails(&[command, &["--key", &self.key]].concat());
        assert_eq!(problem["type"], "about:blank", "{line}");
        line
    }

    /// A copy of the key file as it is now.
    pub fn copied_key(&self) -> Self {
        let key = format!("{}.copy", self.key);
        fs::copy(&self.key, &key).unwrap();
        Self { key, resident: self.resident.clone(), device: self.device.clone() }
    }
}
