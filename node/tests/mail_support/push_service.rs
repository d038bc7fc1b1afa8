//! The other end of a notice: a push service (RFC 8030) that speaks HTTP on a real socket and keeps what arrives, and browsers
//! behind it, which read what is meant for them.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use web_push_native::p256::SecretKey;
use web_push_native::p256::ecdsa::signature::Verifier;
use web_push_native::p256::ecdsa::{Signature, VerifyingKey};

/// A notice that arrived.
#[derive(Clone, Debug)]
pub(crate) struct Handed {
    /// Which browser it is for, as its path.
    pub(crate) path: String,
    /// By names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    /// As it came: encrypted.
    pub(crate) body: Vec<u8>,
}

impl Handed {
    /// What its signature says (RFC 8292), once it is checked, and the key that it was made with.
    pub(crate) fn signed(&self) -> (Value, String) {
        let words = self.headers["authorization"].strip_prefix("vapid t=").unwrap();
        let (token, key) = words.split_once(", k=").unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let bytes = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).unwrap();
        let known = VerifyingKey::from_sec1_bytes(&bytes(key)).unwrap();
        known.verify(signed.as_bytes(), &Signature::from_slice(&bytes(signature)).unwrap()).unwrap();
        let claims = serde_json::from_slice(&bytes(signed.split_once('.').unwrap().1)).unwrap();
        (claims, key.to_owned())
    }
}

/// A browser that takes notices.
pub(crate) struct Browser {
    key: SecretKey,
    secret: [u8; 16],
    /// Where its service takes notices for it.
    pub(crate) endpoint: String,
}

impl Browser {
    /// One with a key from a number.
    pub(crate) fn new(service: &PushService, number: u8) -> Self {
        let key = SecretKey::from_slice(&[number; 32]).unwrap();
        Self { key, secret: [number; 16], endpoint: format!("{}/browser/{number}", service.url()) }
    }

    /// What it asks a box for.
    pub(crate) fn wish(&self, kinds: &[&str], alerts_at_night: bool) -> Value {
        use web_push_native::p256::elliptic_curve::sec1::ToEncodedPoint;
        let key = self.key.public_key().to_encoded_point(false);
        json!({
            "endpoint": self.endpoint,
            "p256dh": BASE64URL_NOPAD.encode(key.as_bytes()),
            "auth": BASE64URL_NOPAD.encode(&self.secret),
            "lang": "nl",
            "kinds": kinds,
            "alerts_at_night": alerts_at_night,
        })
    }

    /// What a notice for it says.
    pub(crate) fn reads(&self, handed: &Handed) -> Value {
        assert!(self.endpoint.ends_with(&handed.path), "{} is for another browser", handed.path);
        let words = web_push_native::decrypt(handed.body.clone(), &self.key, &self.secret.into()).unwrap();
        serde_json::from_slice(&words).unwrap()
    }
}

/// The service. It is away from when it is dropped.
pub(crate) struct PushService {
    address: SocketAddr,
    handed: Arc<Mutex<Vec<Handed>>>,
    status: Arc<AtomicU16>,
    closing: Arc<AtomicBool>,
    doorman: Option<JoinHandle<()>>,
}

impl PushService {
    /// Opens it at a port of this machine.
    pub(crate) fn open(port: u16) -> Self {
        let socket = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let address = socket.local_addr().unwrap();
        let (handed, status) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicU16::new(201)));
        let closing = Arc::new(AtomicBool::new(false));
        let doorman = {
            let (handed, status, closing) = (Arc::clone(&handed), Arc::clone(&status), Arc::clone(&closing));
            std::thread::spawn(move || {
                for visit in socket.incoming() {
                    if closing.load(Ordering::SeqCst) {
                        return;
                    }
                    // A client that hangs up is none of the service's business.
                    let _ = answer(&visit.unwrap(), &handed, status.load(Ordering::SeqCst));
                }
            })
        };
        Self { address, handed, status, closing, doorman: Some(doorman) }
    }

    /// Where it is.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it answers from now on. It keeps what it answers with 201.
    pub(crate) fn answers(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    /// What it took so far.
    pub(crate) fn handed(&self) -> Vec<Handed> {
        self.handed.lock().unwrap().clone()
    }
}

impl Drop for PushService {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
        self.doorman.take().unwrap().join().unwrap();
    }
}

/// One request (RFC 9112), after which it hangs up.
fn answer(visit: &TcpStream, handed: &Mutex<Vec<Handed>>, status: u16) -> std::io::Result<()> {
    let mut reader = BufReader::new(visit);
    let mut lines = reader.by_ref().lines();
    let first = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    let mut words = first.split(' ');
    assert_eq!(words.next(), Some("POST"), "{first}");
    let path = words.next().unwrap().to_owned();
    let mut headers = BTreeMap::new();
    for line in lines.by_ref() {
        let line = line?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers["content-length"].parse().unwrap();
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    if status == 201 {
        handed.lock().unwrap().push(Handed { path, headers, body });
    }
    let retry = if status == 429 { "retry-after: 600\r\n" } else { "" };
    let text = format!("HTTP/1.1 {status} Said\r\n{retry}content-length: 0\r\nconnection: close\r\n\r\n");
    (&mut &*visit).write_all(text.as_bytes())
}
