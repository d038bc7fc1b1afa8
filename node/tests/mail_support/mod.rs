//! The other end of the post: a server that speaks SMTP (RFC 5321) on a real socket and keeps what arrives, and that can be
//! told to refuse, to put off, to break off in the middle, and to be away.

pub(crate) mod push_service;

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// What a server says to who wants to bring a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Takes it.
    Takes,
    /// Has no such mailbox.
    Refuses,
    /// Takes it later.
    PutsOff,
    /// Hangs up in the middle of it.
    BreaksOff,
}

/// A mail that arrived.
#[derive(Clone, Debug)]
pub(crate) struct Arrived {
    /// Who it said it is from, to the server.
    pub(crate) from: String,
    /// For whom.
    pub(crate) to: Vec<String>,
    /// All of it, with its headers, as it came.
    pub(crate) data: String,
}

impl Arrived {
    /// A header on one line; empty when it is not there.
    pub(crate) fn header(&self, name: &str) -> String {
        let head = self.data.split("\r\n\r\n").next().unwrap();
        let lines = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        let line = lines.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")).map(str::to_owned));
        line.unwrap_or_default()
    }

    /// The part of this media type, decoded.
    pub(crate) fn part(&self, media_type: &str) -> String {
        let boundary = self.data.split("boundary=\"").nth(1).unwrap().split('"').next().unwrap();
        let (border, kind) = (format!("--{boundary}"), format!("Content-Type: {media_type}"));
        let part = self.data.split(border.as_str()).skip(1).find(|part| part.contains(&kind)).unwrap();
        let (head, body) = part.split_once("\r\n\r\n").unwrap();
        if head.contains("quoted-printable") { from_quoted_printable(body) } else { body.to_owned() }
    }

    /// The first address of the site in its words that has this path before a secret.
    pub(crate) fn link(&self, path: &str) -> String {
        let text = self.part("text/plain");
        let at = text.find(path).unwrap_or_else(|| panic!("no {path} in {text}"));
        let begin = text[..at].rfind("http").unwrap();
        text[begin..].split_whitespace().next().unwrap().to_owned()
    }
}

/// RFC 2045, section 6.7.
fn from_quoted_printable(text: &str) -> String {
    let text = text.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        if *first == b'=' {
            bytes.push(u8::from_str_radix(std::str::from_utf8(&more[..2]).unwrap(), 16).unwrap());
            rest = &more[2..];
        } else {
            bytes.push(*first);
            rest = more;
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// The server. It is away from when it is dropped.
pub(crate) struct MailServer {
    address: SocketAddr,
    arrived: Arc<Mutex<Vec<Arrived>>>,
    mood: Arc<Mutex<Mood>>,
    closing: Arc<AtomicBool>,
    doorman: Option<JoinHandle<()>>,
}

impl MailServer {
    /// Opens it at a port of this machine.
    pub(crate) fn open(port: u16) -> Self {
        let socket = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let address = socket.local_addr().unwrap();
        let (arrived, mood) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Mood::Takes)));
        let closing = Arc::new(AtomicBool::new(false));
        let doorman = {
            let (arrived, mood, closing) = (Arc::clone(&arrived), Arc::clone(&mood), Arc::clone(&closing));
            std::thread::spawn(move || {
                for visit in socket.incoming() {
                    if closing.load(Ordering::SeqCst) {
                        return;
                    }
                    // A client that hangs up is none of the server's business.
                    let _ = talk(&visit.unwrap(), &arrived, &mood);
                }
            })
        };
        Self { address, arrived, mood, closing, doorman: Some(doorman) }
    }

    /// How it takes what comes from now on.
    pub(crate) fn is_in(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// What has arrived so far.
    pub(crate) fn arrived(&self) -> Vec<Arrived> {
        self.arrived.lock().unwrap().clone()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
        self.doorman.take().unwrap().join().unwrap();
    }
}

/// One session (RFC 5321, section 3): greeting, who comes, from whom, for whom, the mail, and so on until it ends.
fn talk(visit: &TcpStream, arrived: &Mutex<Vec<Arrived>>, mood: &Mutex<Mood>) -> std::io::Result<()> {
    let mut lines = BufReader::new(visit);
    let say = |line: &str| (&mut &*visit).write_all(format!("{line}\r\n").as_bytes());
    let (mut greeted, mut from, mut to) = (false, None::<String>, Vec::new());
    say("220 mail.example ESMTP")?;
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Ok(());
        }
        assert!(line.ends_with("\r\n") && line.len() <= 512, "RFC 5321, section 4.5.3.1.4: {line:?}");
        let line = line.trim_end();
        let upper = line.to_ascii_uppercase();
        let path = || line.split_once('<').unwrap().1.split('>').next().unwrap().to_owned();
        let now = *mood.lock().unwrap();
        if upper.starts_with("EHLO ") {
            greeted = true;
            say("250-mail.example at your service\r\n250-8BITMIME\r\n250 SIZE 1000000")?;
        } else if upper.starts_with("MAIL FROM:<") && greeted {
            from = Some(path());
            say("250 OK")?;
        } else if upper.starts_with("RCPT TO:<") && from.is_some() {
            match now {
                Mood::Refuses => say("550 5.1.1 no such mailbox here")?,
                Mood::PutsOff => say("451 4.7.1 come back later")?,
                Mood::Takes | Mood::BreaksOff => {
                    to.push(path());
                    say("250 OK")?;
                }
            }
        } else if upper == "DATA" && !to.is_empty() {
            say("354 end with a dot")?;
            if now == Mood::BreaksOff {
                return Ok(());
            }
            let data = data(&mut lines)?;
            let mail = Arrived { from: from.take().unwrap(), to: std::mem::take(&mut to), data };
            arrived.lock().unwrap().push(mail);
            say("250 OK, it is here")?;
        } else if upper == "RSET" {
            (from, to) = (None, Vec::new());
            say("250 OK")?;
        } else if upper == "NOOP" {
            say("250 OK")?;
        } else if upper == "QUIT" {
            return say("221 goodbye");
        } else {
            say("503 5.5.1 not now, or not at all")?;
        }
    }
}

/// The mail up to the line with a dot alone, other dots at the beginning of a line taken off (section 4.5.2).
fn data(lines: &mut impl BufRead) -> std::io::Result<String> {
    let mut data = String::new();
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        assert!(line.ends_with("\r\n") && line.len() <= 1000, "section 4.5.3.1.6: {line:?}");
        if line == ".\r\n" {
            return Ok(data);
        }
        data.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
