//! The API in front of a whole box: what it takes, what it refuses and by which name, and what it shows to whom.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod site_support;

use dorpsplein_node::cli::{Site, found};
use dorpsplein_node::config::{Flag, LocalNetwork, Overrides};
use dorpsplein_node::data_folder::DataFolder;
use dorpsplein_node::first_run::Founding;
use dorpsplein_node::run::{self, RunningBox};
use dorpsplein_node::{clock, letters};
use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::identity::cose::Envelope;
use dorpsplein_protocol::identity::letter_code::Purpose;
use dorpsplein_protocol::identity::{PublicKey, SecretKey};
use dorpsplein_protocol::operation::{
    Claim, ClaimProof, Edit, Field, Header, Invitation, Kind, MAX_PAYLOAD, MAX_TRANSFER, NeighbourhoodId, OperationId,
    PURPOSE, Payload, Role, Signed, Space, Statement, Value, transfer,
};
use dorpsplein_protocol::time::Timestamp;
use dorpsplein_web_ui::pages::problems;
use site_support::{Answer, get, post};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const CBOR: (&str, &str) = ("content-type", "application/cbor");

/// A box with its connector and one resident, Anna.
struct Village {
    url: String,
    home: NeighbourhoodId,
    invitation: (OperationId, SecretKey),
    anna: Device,
    running: Option<RunningBox>,
    runtime: Runtime,
    _folder: TempDir,
}

impl Village {
    fn new() -> Self {
        Self::with(&[])
    }

    /// The same, with these settings.
    fn with(settings: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("dorp");
        let flags: Vec<Flag> = settings.iter().map(|setting| setting.parse().unwrap()).collect();
        let instead = Overrides::default().with_flags(&flags);
        let founded = found(&Founding {
            dir: dir.clone(),
            name: "Dorp".to_owned(),
            tagline: None,
            help: None,
            site: Some("127.0.0.1:0".parse().unwrap()),
            listen: Some(Vec::new()),
            public_url: None,
            mdns: LocalNetwork::Off,
            https: None,
            first: Role::Resident,
            now: clock::now(),
        });
        let founded = founded.unwrap();
        let runtime = Runtime::new().unwrap();
        let running = runtime.block_on(run::start(DataFolder::open_with(&dir, &instead).unwrap())).unwrap();
        let url = running.site_url().to_owned();
        let secret = letters::key_of(&founded.invitation.code, Purpose::Letter, &founded.neighbourhood);
        let invitation = get(&format!("{url}/api/v1/invitations/{}", secret.public()), &[]).json();
        let operation = OperationId::from_hex(invitation["operation"].as_str().unwrap()).unwrap();
        let home = founded.neighbourhood;
        let anna = Device::new(SecretKey::from_seed(&[1; 32]), home);
        let mut village =
            Self { url, home, invitation: (operation, secret), anna, running: Some(running), runtime, _folder: folder };
        let claim = village.anna.claim(operation, &village.invitation.1, [0; 16], clock::now());
        assert_eq!(village.submit(&claim.encode()).status, 201);
        village
    }

    fn get(&self, path: &str) -> Answer {
        get(&format!("{}{path}", self.url), &[])
    }

    fn submit(&self, operation: &[u8]) -> Answer {
        post(&format!("{}/api/v1/operations", self.url), &[CBOR], operation)
    }

    fn square(&self) -> Place {
        Place { neighbourhood: self.home, space: Space::Square }
    }

    fn news(&mut self, title: &str) -> Signed {
        let place = self.square();
        self.anna.create(place, Kind::NEWS, None, vec![text(Field::TITLE, title)], clock::now())
    }

    /// All that would change if anything were stored: what visitors read, the register, and the last of each device.
    fn dump(&self) -> Vec<serde_json::Value> {
        let mut status = self.get("/api/v1/status").json();
        status["time"] = serde_json::Value::Null;
        let devices = [self.anna.key(), stranger().key()].map(|key| self.get(&format!("/api/v1/devices/{key}")).json());
        [vec![status], devices.to_vec()].concat()
    }

    /// Hands in what must be refused by this name, and sees that nothing came of it.
    fn refuses(&self, what: &str, operation: &[u8], problem: &str) {
        let before = self.dump();
        let answer = self.submit(operation);
        assert_eq!(answer.problem(), problem, "{what}");
        assert!(answer.status.is_client_error(), "{what}");
        assert!(problems::ALL.contains(&problem), "{problem} has no sentence");
        assert_eq!(self.dump(), before, "{what} left something behind");
        if let Ok(signed) = Signed::decode(operation) {
            assert_eq!(self.get(&format!("/api/v1/operations/{}", signed.id())).status, 404, "{what}");
        }
    }
}

impl Drop for Village {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.shutdown());
        }
    }
}

fn text(field: Field, words: &str) -> Edit {
    Edit::Set { field, value: Value::Text(words.to_owned()) }
}

/// Somebody who lives nowhere, with a key all the same.
fn stranger() -> Device {
    Device::new(SecretKey::from_seed(&[9; 32]), NeighbourhoodId::from_bytes([9; 32]))
}

/// A transfer whose envelope is signed and whose payload is any bytes at all.
fn with_payload(secret: &SecretKey, like: &Header, payload: &[u8]) -> Vec<u8> {
    let mut header = like.clone();
    header.payload_hash = Payload::hash(payload);
    header.payload_length = u32::try_from(payload.len()).unwrap();
    transfer(&Envelope::sign(secret, PURPOSE, header.encode()).encode(), payload)
}

#[test]
fn what_is_signed_well_is_taken_once_and_known_the_second_time() {
    let mut village = Village::new();
    let news = village.news("Soep");
    let id = news.id().to_string();
    let first = village.submit(&news.encode());
    assert_eq!((first.status.as_u16(), first.header("location")), (201, format!("/api/v1/operations/{id}").as_str()));
    assert_eq!(first.json(), serde_json::json!({ "id": id, "item": id, "known": false }));
    let again = village.submit(&news.encode());
    assert_eq!((again.status.as_u16(), again.json()["known"].clone()), (200, true.into()));

    let raw = village.get(&format!("/api/v1/operations/{id}"));
    assert_eq!((raw.header("content-type"), &raw.body), ("application/cbor", &news.encode()));
    let item = village.get(&format!("/api/v1/items/{id}")).json();
    assert_eq!((item["content"]["title"].clone(), item["space"].clone()), ("Soep".into(), "square".into()));
    assert_eq!(item["proof"]["operations"], serde_json::json!([id]));
    for id in item["proof"]["membership"].as_array().unwrap() {
        let raw = village.get(&format!("/api/v1/operations/{}", id.as_str().unwrap()));
        assert!(Signed::decode(&raw.body).unwrap().verify().is_ok(), "the proof can be fetched and checked");
    }
}

/// From ever another address, as somebody does who has many.
#[test]
fn one_device_hands_in_so_much_wherever_it_comes_from() {
    let mut village = Village::with(&["proxies=127.0.0.1"]);
    let url = format!("{}/api/v1/operations", village.url);
    let from = |number: usize, bytes: &[u8]| {
        let address = format!("203.0.113.{}", number % 200);
        post(&url, &[CBOR, ("x-forwarded-for", &address)], bytes)
    };
    let first = village.news("Soep").encode();
    assert_eq!(from(0, &first).status, 201);
    let too_many = (1..1000).find_map(|number| {
        let news = village.news(&format!("Soep {number}")).encode();
        let answer = from(number, &news);
        (answer.status != 201).then_some((number, news, answer))
    });
    let (number, news, answer) = too_many.unwrap();
    assert!(number >= 200 && answer.status == 429 && answer.problem() == "rate-limited", "{number}: {answer:?}");
    let wait: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=2).contains(&wait), "{wait}");
    let stranger = stranger().create(village.square(), Kind::NEWS, None, Vec::new(), clock::now());
    assert_ne!(from(0, &stranger.encode()).status, 429, "others have their own");
    assert_eq!(
        village.submit(&news).status,
        201,
        "it was stored nowhere, and may come later; this machine is not bounded"
    );
}

#[test]
fn a_changed_byte_is_refused_wherever_it_is() {
    let mut village = Village::new();
    let news = village.news("Soep met ballen").encode();
    for at in (0..news.len()).step_by(5).chain([news.len() - 1]) {
        let mut changed = news.clone();
        changed[at] ^= 1;
        let before = village.dump();
        let answer = village.submit(&changed);
        assert!(answer.status.is_client_error(), "byte {at}: {}", answer.status);
        assert!(problems::ALL.contains(&answer.problem().as_str()), "{} has no sentence", answer.problem());
        assert_eq!(village.dump(), before, "byte {at}");
    }
    // A byte of the payload, and one of the signature, which ends the envelope.
    let payload = Signed::decode(&news).unwrap().payload().unwrap().len();
    let changed = |at: usize| {
        let mut changed = news.clone();
        changed[at] ^= 1;
        changed
    };
    village.refuses("a changed word", &changed(news.len() - 1), "payload-mismatch");
    village.refuses("a changed signature", &changed(news.len() - payload - 10), "bad-signature");
    assert_eq!(village.submit(&news).status, 201, "unchanged it is taken");
}

#[test]
fn what_is_no_operation_is_refused_by_its_name() {
    let mut village = Village::new();
    let news = village.news("Soep");
    let (bytes, secret) = (news.encode(), SecretKey::from_seed(&[1; 32]));
    village.refuses("nothing", &[], "malformed");
    village.refuses("text", b"Soep om vijf uur", "malformed");
    village.refuses("half of it", &bytes[..bytes.len() / 2], "malformed");
    village.refuses("one byte more", &[&bytes[..], &[0]].concat(), "malformed");
    // The array of two is announced in two bytes where one would do.
    village.refuses("another encoding", &[&[0x98, 0x02], &bytes[1..]].concat(), "not-canonical");
    village.refuses("arrays without end", &[0x81; 50_000], "too-deep");
    village.refuses(
        "a payload of arrays without end",
        &with_payload(&secret, news.header(), &[0x81; 50_000]),
        "too-deep",
    );
    village.refuses("more than an operation", &vec![0x41; MAX_TRANSFER + 1], "too-large");
    // A client that asks first is spared the sending.
    let asking = [CBOR, ("expect", "100-continue")];
    let answer = post(&format!("{}/api/v1/operations", village.url), &asking, &vec![0; 10 * 1024 * 1024]);
    assert_eq!(answer.problem(), "too-large");
    let long = with_payload(&secret, news.header(), &[0x60; MAX_PAYLOAD + 1]);
    village.refuses("a payload that is too long", &long, "too-large");
    let other_version = Header { version: 2, ..news.header().clone() };
    village.refuses(
        "a later version",
        &with_payload(&secret, &other_version, news.payload().unwrap()),
        "unsupported-version",
    );
    let forged = with_payload(&SecretKey::from_seed(&[2; 32]), news.header(), news.payload().unwrap());
    village.refuses("a foreign signature", &forged, "bad-signature");
    let weak = Header { device: PublicKey::from_bytes([0; 32]), ..news.header().clone() };
    village.refuses("a key that verifies anything", &with_payload(&secret, &weak, news.payload().unwrap()), "weak-key");
    assert_eq!(village.submit(&bytes).status, 201, "and the box goes on");
}

#[test]
fn nobody_joins_without_a_letter_of_their_own() {
    let village = Village::new();
    let (invitation, one_time) = (village.invitation.0, &village.invitation.1);
    let newcomer = || Device::new(SecretKey::from_seed(&[3; 32]), village.home);
    let now = clock::now();

    let unknown = OperationId::from_bytes([5; 32]);
    village.refuses(
        "an unknown invitation",
        &newcomer().claim(unknown, one_time, [0; 16], now).encode(),
        "unknown-invitation",
    );
    village.refuses(
        "a used invitation",
        &newcomer().claim(invitation, one_time, [0; 16], now).encode(),
        "invitation-used",
    );

    // A relay puts its own key in the place of the one the letter was opened on.
    let proof = ClaimProof::new(&village.home, &invitation, &newcomer().key(), &[0; 16]).sign(one_time);
    let claim = Claim { invitation, nonce: [0; 16], proof };
    let mut relay = Device::new(SecretKey::from_seed(&[4; 32]), village.home);
    let swapped = relay.state(vec![invitation], Statement::Claim(claim), now);
    village.refuses("a claim with a swapped key", &swapped.encode(), "claim-proof");

    let key = SecretKey::from_seed(&[6; 32]).public();
    assert_eq!(village.get(&format!("/api/v1/invitations/{key}")).problem(), "unknown-invitation");
    assert_eq!(village.get("/api/v1/invitations/nonsense").problem(), "unknown-invitation");
}

#[test]
fn everybody_stays_within_their_rights() {
    let mut village = Village::new();
    let now = clock::now();
    let title = || vec![text(Field::TITLE, "Soep")];
    let place = village.square();

    let mut nobody = Device::new(SecretKey::from_seed(&[9; 32]), village.home);
    let post = nobody.create(place, Kind::NEWS, None, title(), now);
    village.refuses("a post by somebody who does not live here", &post.encode(), "not-a-member");

    let space = Space::Circle(dorpsplein_protocol::operation::CircleId::from_bytes([1; 32]));
    let post = village.anna.create(Place { space, ..place }, Kind::NEWS, None, title(), now);
    village.refuses("a circle the village is not in", &post.encode(), "space-not-allowed");
    let elsewhere = Place { neighbourhood: NeighbourhoodId::from_bytes([8; 32]), ..place };
    let post = village.anna.create(elsewhere, Kind::NEWS, None, title(), now);
    village.refuses("a post that belongs elsewhere", &post.encode(), "wrong-neighbourhood");

    let hour = 3_600_000;
    let post = village.anna.create(place, Kind::NEWS, None, title(), now.plus_millis(hour));
    village.refuses("a post of tomorrow", &post.encode(), "future-time");

    let heads = village.get("/api/v1/status").json()["register_heads"].clone();
    let heads: Vec<_> =
        heads.as_array().unwrap().iter().map(|id| OperationId::from_hex(id.as_str().unwrap()).unwrap()).collect();
    let invitation = Invitation {
        key: SecretKey::from_seed(&[7; 32]).public(),
        role: Role::Resident,
        expires: now.plus_millis(hour),
    };
    let statement = village.anna.state(heads, Statement::Invitation(invitation), now);
    village.refuses("an invitation by a resident", &statement.encode(), "not-a-connector");

    let post = village.news("Soep");
    assert_eq!(village.submit(&post.encode()).status, 201, "and what one may do goes on working");
}

#[test]
fn a_number_used_twice_is_refused_by_its_name() {
    let mut village = Village::new();
    let (sequence, previous) = (village.anna.sequence(), village.anna.previous());
    let first = village.news("Soep");
    assert_eq!(village.submit(&first.encode()).status, 201);
    village.anna = Device::resume(SecretKey::from_seed(&[1; 32]), village.home, sequence, previous);
    let twin = village.news("Stamppot");
    village.refuses("two operations with one number", &twin.encode(), "forked");
}

#[test]
fn only_cbor_from_this_site_or_from_a_program_is_read() {
    let mut village = Village::new();
    let news = village.news("Soep").encode();
    let url = format!("{}/api/v1/operations", village.url);
    let as_json = post(&url, &[("content-type", "application/json")], &news);
    assert_eq!((as_json.status.as_u16(), as_json.problem().as_str()), (415, "malformed"));
    let foreign = post(&url, &[CBOR, ("origin", "https://kwaad.example")], &news);
    assert_eq!((foreign.status.as_u16(), foreign.problem().as_str()), (403, "not-permitted"));
    let origin = village.url.clone();
    assert_eq!(post(&url, &[CBOR, ("origin", &origin)], &news).status, 201);
}

#[test]
fn parameters_and_bodies_that_cannot_be_read_are_a_problem_too() {
    let village = Village::new();
    let preview = post(&format!("{}/api/v1/previews?lang=nl&level=two", village.url), &[CBOR], b"");
    assert_eq!((preview.status.as_u16(), preview.problem().as_str()), (400, "malformed"));
    let login = format!("{}/api/v1/sessions", village.url);
    let untyped = post(&login, &[], b"{}");
    assert_eq!((untyped.status.as_u16(), untyped.problem().as_str()), (415, "malformed"));
    let empty = post(&login, &[("content-type", "application/json")], b"{}");
    assert_eq!((empty.status.as_u16(), empty.problem().as_str()), (422, "malformed"));
}

#[test]
fn what_is_not_there_and_what_is_not_to_be_seen_are_one_answer() {
    let village = Village::new();
    let nowhere = village.get(&format!("/api/v1/items/{}", "0".repeat(64)));
    for path in [
        "/api/v1/items/x",
        "/api/v1/operations/x",
        "/api/v1/nonsense",
        &format!("/api/v1/operations/{}", "0".repeat(64)),
    ] {
        let answer = village.get(path);
        assert_eq!((answer.status, &answer.body), (nowhere.status, &nowhere.body), "{path}");
    }
    assert_eq!(nowhere.problem(), "not-found");
    assert_eq!(post(&format!("{}/api/v1/status", village.url), &[], b"").status, 405);
}

#[test]
fn a_device_learns_what_the_box_has_seen_of_it() {
    let mut village = Village::new();
    let news = village.news("Soep");
    village.submit(&news.encode());
    let device = village.get(&format!("/api/v1/devices/{}", village.anna.key())).json();
    assert_eq!((device["member"].clone(), device["role"].clone()), (true.into(), "resident".into()));
    assert_eq!(
        (device["sequence"].clone(), device["last_operation"].clone()),
        (2.into(), news.id().to_string().into())
    );
    let unknown = village.get(&format!("/api/v1/devices/{}", stranger().key())).json();
    assert_eq!((unknown["member"].clone(), unknown["sequence"].clone()), (false.into(), 0.into()));
}

#[test]
fn the_api_describes_itself() {
    let village = Village::new();
    let described = village.get("/api/v1/openapi.json").json();
    let paths: Vec<_> = described["paths"].as_object().unwrap().keys().cloned().collect();
    let expected = [
        "agenda/imports",
        "agenda/passed-over",
        "agenda/sources",
        "backup",
        "bundles",
        "bundles/{neighbourhood}/{space}",
        "devices/{key}",
        "events",
        "forks",
        "index",
        "introductions",
        "invitations/{key}",
        "items",
        "items/{id}",
        "items/{id}/receipts",
        "links/{id}/{slot}",
        "log",
        "mine",
        "operations",
        "operations/{id}",
        "photos",
        "previews",
        "push",
        "register",
        "residents",
        "search",
        "sessions",
        "sessions/challenge",
        "setting",
        "status",
        "suggestions",
        "sync",
        "takings/{about}",
    ];
    assert_eq!(paths, expected.map(|path| format!("/api/v1/{path}")));
    assert!(described["openapi"].as_str().unwrap().starts_with("3.1"));
}

#[test]
fn an_old_time_is_taken_as_the_author_says_it() {
    let mut village = Village::new();
    let place = village.square();
    let then = Timestamp::from_millis(clock::now().as_millis() - 86_400_000);
    let news = village.anna.create(place, Kind::NEWS, None, vec![text(Field::TITLE, "Gisteren")], then);
    assert_eq!(village.submit(&news.encode()).status, 201);
    assert_eq!(village.get(&format!("/api/v1/items/{}", news.id())).json()["created"], then.as_millis());
    assert!(Site::parse(&village.url).unwrap().is_loopback());
}

#[test]
fn older_news_is_a_page_further() {
    let mut village = Village::new();
    for number in 0..25 {
        let news = village.news(&format!("Bericht {number:02}"));
        assert_eq!(village.submit(&news.encode()).status, 201);
    }
    let home = village.get("/");
    let shown =
        |page: &Answer| (0..25).filter(|number| page.text().contains(&format!(">Bericht {number:02}<"))).count();
    assert_eq!(shown(&home), 20);
    let older = home.text().split("href=\"/?voor=").nth(1).unwrap().split('"').next().unwrap();
    let last = village.get(&format!("/?voor={older}"));
    assert_eq!(shown(&last), 5);
    assert!(!last.text().contains("href=\"/?voor="), "there is nothing older");
    assert_eq!(village.get("/api/v1/status").json()["items"], 25);
}
