//! A village of two people at one box, and the way in.

use std::path::Path;

use dorpsplein_node::cli::KeyFile;
use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::hex;
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::login::LoginProof;
use dorpsplein_protocol::operation::{NeighbourhoodId, OperationId, Signed};
use dorpsplein_protocol::time::Timestamp;
use rustix::process::Signal;
use serde_json::{Value, json};

use super::{Answer, Serving, get, init, post, says};

/// What is sent as JSON.
pub const JSON: (&str, &str) = ("content-type", "application/json");
/// What is sent as CBOR.
pub const CBOR: (&str, &str) = ("content-type", "application/cbor");

/// A running box with its founder and one resident, Anna.
pub struct Village {
    pub url: String,
    pub home: NeighbourhoodId,
    pub founder: KeyFile,
    pub anna: KeyFile,
    serving: Serving,
    folder: tempfile::TempDir,
}

impl Village {
    /// Founds it.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let (dir, key) = (path("dorp"), path("anna.key"));
        let founded = init(Path::new(&dir), "Dorp");
        let serving = Serving::start(&["serve", "--dir", &dir]);
        let invitation = founded["invitation"].as_str().unwrap();
        let joined = says(&["resident", "join", "--invitation", invitation, "--key", &key, "--name", "Anna"]);
        Self {
            url: joined["url"].as_str().unwrap().to_owned(),
            home: NeighbourhoodId::from_hex(founded["neighbourhood_id"].as_str().unwrap()).unwrap(),
            founder: KeyFile::open(&Path::new(&dir).join("connector.key")).unwrap(),
            anna: KeyFile::open(Path::new(&key)).unwrap(),
            serving,
            folder,
        }
    }

    /// An address of the API.
    pub fn at(&self, path: &str) -> String {
        format!("{}/api/v1/{path}", self.url)
    }

    /// The host in its address.
    pub fn host(&self) -> &str {
        self.url.split_once("://").unwrap().1
    }

    /// A challenge to log in with.
    pub fn challenge(&self) -> String {
        get(&self.at("sessions/challenge"), &[]).json()["challenge"].as_str().unwrap().to_owned()
    }

    /// What a device sends to log in at a site that calls itself `host`.
    pub fn login(&self, device: &SecretKey, challenge: &str, host: &str) -> Value {
        let bytes: [u8; 32] = hex::decode(challenge).unwrap().try_into().unwrap();
        let signature = LoginProof::new(&self.home, &bytes, host).sign(device);
        let signature = hex::encode(signature.as_bytes());
        json!({ "device": device.public().to_string(), "challenge": challenge, "signature": signature })
    }

    /// What comes of logging in.
    pub fn knock(&self, login: &Value, headers: &[(&str, &str)]) -> Answer {
        post(&self.at("sessions"), &[&[JSON], headers].concat(), login.to_string().as_bytes())
    }

    /// The cookie of somebody who logs in.
    pub fn enter(&self, who: &KeyFile) -> String {
        let answer = self.knock(&self.login(who.device().secret(), &self.challenge(), self.host()), &[]);
        assert_eq!(answer.status, 201);
        cookie(&answer)
    }

    /// A page as somebody with this cookie gets it.
    pub fn page(&self, path: &str, cookie: &str) -> Answer {
        get(&format!("{}{path}", self.url), &[("cookie", cookie)])
    }

    /// The time of the box.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(get(&self.at("status"), &[]).json()["time"].as_u64().unwrap())
    }

    /// Has Anna sign, and hands it in: the operation.
    pub fn anna_sends(&mut self, sign: impl FnOnce(&mut Device) -> Signed) -> OperationId {
        let signed = self.anna.sign(sign).unwrap();
        let answer = post(&self.at("operations"), &[CBOR], &signed);
        assert_eq!(answer.status, 201, "{}", answer.text());
        self.anna.settle().unwrap();
        OperationId::from_hex(answer.json()["id"].as_str().unwrap()).unwrap()
    }

    /// Asks the box to stop, and waits until it has.
    pub fn stop(self) {
        self.serving.stop(Signal::TERM);
        drop(self.folder);
    }

    /// Who is logged in with this cookie.
    pub fn who(&self, cookie: &str) -> Answer {
        get(&self.at("sessions"), &[("cookie", cookie)])
    }
}

/// The cookie that an answer sets, as a browser sends it back.
pub fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}
