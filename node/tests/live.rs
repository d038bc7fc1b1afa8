//! What open pages are told, against a box as people run it: whom it reaches, when it ends, and how much it may take.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod site_support;

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use dorpsplein_protocol::compose::Place;
use dorpsplein_protocol::operation::{
    DeviceRetirement, Edit, Field, ItemId, Kind, OperationId, Space, Statement, Value,
};
use site_support::village::Village;
use site_support::{PATIENCE, delete, eventually, get};

/// As many streams as a box has places.
const PLACES: usize = 256;

/// A page that listens.
struct Stream {
    lines: BufReader<TcpStream>,
    heard: String,
}

impl Stream {
    /// Listens with these headers; the answer's first line.
    fn open(village: &Village, query: &str, headers: &str) -> (Self, String) {
        let mut socket = TcpStream::connect(village.host()).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let host = village.host();
        write!(socket, "GET /api/v1/events{query} HTTP/1.1\r\nhost: {host}\r\naccept-encoding: br\r\n{headers}\r\n")
            .unwrap();
        let mut stream = Self { lines: BufReader::new(socket), heard: String::new() };
        let status = stream.line().unwrap();
        (stream, status)
    }

    /// Listens as whoever has this cookie, and waits until the line stands.
    fn of(village: &Village, cookie: &str) -> Self {
        let (mut stream, status) = Self::open(village, "", &format!("cookie: {cookie}\r\n"));
        assert_eq!(status.trim(), "HTTP/1.1 200 OK");
        stream.until("retry:");
        assert!(stream.heard.to_lowercase().contains("content-type: text/event-stream"), "{}", stream.heard);
        stream
    }

    /// The next line; none when the stream is over.
    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.lines.read_line(&mut line).unwrap();
        self.heard.push_str(&line);
        (read > 0).then_some(line)
    }

    /// Listens until a line has this in it.
    fn until(&mut self, text: &str) -> String {
        loop {
            let line = self.line().unwrap_or_else(|| panic!("the stream ended before {text:?}: {}", self.heard));
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Listens until nothing more comes: the last chunk is empty (RFC 9112, section 7.1), or the line is down.
    fn read_to_the_end(&mut self) {
        while self.line().is_some_and(|line| line != "0\r\n") {}
    }

    /// The places in the sequence that it has named.
    fn ids(&self) -> Vec<String> {
        self.heard.lines().filter_map(|line| line.strip_prefix("id: ")).map(str::to_owned).collect()
    }
}

/// Anna writes something for this audience.
fn post(village: &mut Village, space: Space, kind: Kind, subject: Option<OperationId>, field: Field) -> OperationId {
    let (place, now) = (Place { neighbourhood: village.home, space }, village.now());
    let words = Edit::Set { field, value: Value::Text("De sleutel hangt achter de klok".to_owned()) };
    village.anna_sends(|anna| anna.create(place, kind, subject.map(ItemId::from), vec![words], now))
}

#[test]
fn what_is_for_members_is_told_to_members_and_leaves_no_gap_for_others() {
    let mut village = Village::new();
    let cookie = village.enter(&village.anna);
    let (mut visitor, mut anna) = (Stream::of(&village, ""), Stream::of(&village, &cookie));
    let secret = post(&mut village, Space::Members, Kind::NEWS, None, Field::TITLE);
    let reply = post(&mut village, Space::Members, Kind::COMMENT, Some(secret), Field::BODY);
    let public = post(&mut village, Space::Square, Kind::NEWS, None, Field::TITLE);
    let answer = post(&mut village, Space::Square, Kind::COMMENT, Some(public), Field::BODY);
    for stream in [&mut visitor, &mut anna] {
        let told = stream.until(&format!("\"item\":\"{answer}\""));
        assert!(told.contains("\"kind\":\"comment\"") && told.contains(&format!("\"subject\":\"{public}\"")), "{told}");
        assert!(!stream.heard.contains("sleutel"), "what it says is asked for by the page");
        stream.until("");
    }
    for id in [secret, reply] {
        assert!(anna.heard.contains(&id.to_string()));
        assert!(!visitor.heard.contains(&id.to_string()));
    }
    let numbers = |stream: &Stream| stream.ids().iter().map(|id| id.split_once('-').unwrap().1.to_owned()).collect();
    let (outside, inside): (Vec<String>, Vec<String>) = (numbers(&visitor), numbers(&anna));
    assert_eq!(outside, ["1", "2"], "nothing is missing where members were told something");
    assert_eq!(inside, ["1", "2", "3", "4"]);
}

#[test]
fn whoever_comes_back_is_told_what_was_new_meanwhile_and_else_that_they_missed_some() {
    let mut village = Village::new();
    let home = get(&format!("{}/", village.url), &[]);
    let position = home.text().split("data-live-after=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let first = post(&mut village, Space::Square, Kind::NEWS, None, Field::TITLE);
    let (mut stream, _) = Stream::open(&village, &format!("?after={position}"), "");
    stream.until(&first.to_string());
    let last = stream.ids().pop().unwrap();
    drop(stream);

    let second = post(&mut village, Space::Square, Kind::NEWS, None, Field::TITLE);
    let header = format!("last-event-id: {last}\r\n");
    let (mut stream, _) = Stream::open(&village, &format!("?after={position}"), &header);
    stream.until(&second.to_string());
    assert!(!stream.heard.contains(&first.to_string()), "what a browser says last counts");

    let (mut lost, _) = Stream::open(&village, "?after=00000000-7", "");
    lost.until("event: missed");
    let (elsewhere, status) = Stream::open(&village, "", "origin: https://evil.example\r\n");
    assert_eq!(status.trim(), "HTTP/1.1 403 Forbidden", "a page of another site does not listen");
    drop(elsewhere);
}

#[test]
fn a_stream_ends_when_its_reader_logs_out_is_retired_or_the_box_stops() {
    let mut village = Village::new();
    let leaving = village.enter(&village.anna);
    let (mut left, staying) = (Stream::of(&village, &leaving), village.enter(&village.anna));
    let mut stays = Stream::of(&village, &staying);
    assert_eq!(delete(&village.at("sessions"), &[("cookie", &leaving)]).status, 204);
    left.until("event: over");
    left.read_to_the_end();

    let now = village.now();
    let status = get(&village.at("status"), &[]).json();
    let heads = status["register_heads"].as_array().unwrap().iter();
    let parents = heads.map(|id| OperationId::from_hex(id.as_str().unwrap()).unwrap()).collect();
    let (device, last) = (village.anna.device().key(), village.anna.device().sequence() + 1);
    let retirement = Statement::DeviceRetirement(DeviceRetirement { device, last });
    village.anna_sends(|anna| anna.state(parents, retirement, now));
    stays.until("event: over");
    stays.read_to_the_end();
    assert!(!stays.heard.contains("event: news"));

    let mut visitor = Stream::of(&village, "");
    let begun = Instant::now();
    village.stop();
    visitor.read_to_the_end();
    assert!(begun.elapsed() < Duration::from_secs(4), "nobody waits for open pages");
}

#[test]
fn a_thousand_pages_that_listen_leave_room_for_those_that_read() {
    let village = Village::new();
    let mut held = Vec::new();
    let mut refused = 0;
    for _ in 0..1000 {
        let (stream, status) = Stream::open(&village, "", "connection: close\r\n");
        match status.trim() {
            "HTTP/1.1 200 OK" => held.push(stream),
            "HTTP/1.1 429 Too Many Requests" => refused += 1,
            other => panic!("{other}"),
        }
    }
    assert_eq!((held.len(), refused), (PLACES, 1000 - PLACES));
    assert_eq!(get(&format!("{}/", village.url), &[]).status, 200, "pages are read all the same");
    drop(held);
    eventually("a place", || Stream::open(&village, "", "").1.trim() == "HTTP/1.1 200 OK");
}
