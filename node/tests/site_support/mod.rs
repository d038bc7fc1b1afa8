//! The program as people run it, and a plain reader of its site.

#![allow(dead_code, unreachable_pub, reason = "each test uses its part")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

pub mod village;

use std::io::{BufRead, BufReader};
use std::net::{TcpListener, UdpSocket};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use ureq::Agent;
use ureq::http::{HeaderMap, Response, StatusCode};

/// How long two boxes may take to agree on a loaded machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Runs the program to its end.
pub fn dorpsplein(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dorpsplein")).args(arguments).output().unwrap()
}

/// Runs a command that works, and reads its line of JSON.
pub fn says(arguments: &[&str]) -> Value {
    let output = dorpsplein(&[arguments, &["--json"]].concat());
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {error}");
    only_line(&output)
}

/// Runs a command that fails, and reads its problem object and its one line for people.
pub fn fails(arguments: &[&str]) -> (Value, String) {
    let output = dorpsplein(&[arguments, &["--json"]].concat());
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    let error = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(error.lines().count(), 1, "one clear line: {error}");
    assert!(error.starts_with("dorpsplein: "), "{error}");
    (only_line(&output), error.trim_end().to_owned())
}

fn only_line(output: &Output) -> Value {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(text.lines().count(), 1, "one line of JSON: {text}");
    serde_json::from_str(&text).unwrap()
}

/// A program that runs until it is asked to stop.
pub struct Serving {
    child: Child,
    says: BufReader<ChildStdout>,
    /// The line it says when it is ready.
    pub ready: Value,
}

impl Serving {
    /// Starts it and waits until it says that it is ready.
    pub fn start(arguments: &[&str]) -> Self {
        Self::start_as(Command::new(env!("CARGO_BIN_EXE_dorpsplein")).args(arguments))
    }

    /// The same, of a command that was made ready.
    pub fn start_as(command: &mut Command) -> Self {
        let mut child = command.arg("--json").stdout(Stdio::piped()).spawn().unwrap();
        let says = BufReader::new(child.stdout.take().unwrap());
        let mut serving = Self { child, says, ready: Value::Null };
        serving.ready = serving.next_line();
        serving
    }

    /// The next line it says.
    pub fn next_line(&mut self) -> Value {
        let mut line = String::new();
        self.says.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("it said {line:?}"))
    }

    /// A text of the line it said.
    pub fn text(&self, name: &str) -> String {
        self.ready[name].as_str().unwrap().to_owned()
    }

    /// Asks it to stop, as Ctrl-C or a service manager does, and waits until it has: without an error.
    pub fn stop(mut self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
        let status = self.child.wait().unwrap();
        assert!(status.success(), "stopped with {status}");
    }

    /// Ends it at once, and waits until it is gone.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Gone already after an orderly stop.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port of this machine that nobody uses at this moment.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The same for UDP.
pub fn free_udp_port() -> u16 {
    UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Makes a neighbourhood that keeps to this machine, at ports of its own; returns what the command said.
pub fn init(dir: &Path, name: &str) -> Value {
    let site = format!("127.0.0.1:{}", free_port());
    let dir = dir.to_str().unwrap();
    let listen = format!("/ip4/127.0.0.1/udp/{}/quic-v1", free_udp_port());
    says(&["init", "--dir", dir, "--name", name, "--site", &site, "--listen", &listen, "--mdns", "off"])
}

/// Waits until `look` says yes.
pub fn eventually(what: &str, mut look: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !look() {
        assert!(begun.elapsed() < PATIENCE, "{what} did not happen in {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, as it came over the wire.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header as text; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("no JSON: {}", String::from_utf8_lossy(&self.body)))
    }

    /// The name of the problem it tells.
    pub fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["status"], self.status.as_u16());
        problem["type"].as_str().unwrap().strip_prefix("/problems/").unwrap().to_owned()
    }

    fn of(mut response: Response<ureq::Body>) -> Self {
        let body = response.body_mut().read_to_vec().unwrap();
        Self { status: response.status(), headers: response.headers().clone(), body }
    }
}

fn agent() -> Agent {
    Agent::config_builder().http_status_as_error(false).max_redirects(0).proxy(None).build().into()
}

/// Asks an address, with more headers.
pub fn get(url: &str, headers: &[(&str, &str)]) -> Answer {
    let request = headers.iter().fold(agent().get(url), |request, (name, value)| request.header(*name, *value));
    Answer::of(request.call().unwrap())
}

/// Leaves bytes at an address.
pub fn put(url: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let request = headers.iter().fold(agent().put(url), |request, (name, value)| request.header(*name, *value));
    Answer::of(request.send(body).unwrap())
}

/// Has what is at an address removed.
pub fn delete(url: &str, headers: &[(&str, &str)]) -> Answer {
    let request = headers.iter().fold(agent().delete(url), |request, (name, value)| request.header(*name, *value));
    Answer::of(request.call().unwrap())
}

/// Hands bytes in at an address, with more headers.
pub fn post(url: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let request = headers.iter().fold(agent().post(url), |request, (name, value)| request.header(*name, *value));
    Answer::of(request.send(body).unwrap())
}
