//! Photos on real boxes: handed in over HTTP, on the disk, next door, on pages, and gone.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use dorpsplein_node::clock;
use dorpsplein_node::config::{Config, LocalNetwork, PhotoRoom};
use dorpsplein_node::data_folder::DataFolder;
use dorpsplein_node::data_folder::peers::{Peer, PeerBook};
use dorpsplein_node::photos::picture::drawn;
use dorpsplein_node::run::{self, RunningBox};
use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::hex;
use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::login::LoginProof;
use dorpsplein_protocol::operation::{
    BoxCertificate, Edit, Field, ItemId, Kind, Space, Statement, Treaty, TreatyDirection, Value,
};
use dorpsplein_protocol::photo::{Photo, PhotoId, inspect};
use serde_json::Value as Json;
use support::{DAY_MS, founder, fresh_key, resident, state, submit};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(60);

/// A neighbourhood with one box and one resident besides its connector.
struct Village {
    _parent: TempDir,
    path: PathBuf,
    key: PublicKey,
    connector: Device,
    resident: Device,
    running: RunningBox,
    /// The cookie of the resident.
    cookie: String,
}

/// An answer: its status, its headers' values by name, its body.
struct Answer {
    status: u16,
    headers: ureq::http::HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    fn problem(&self) -> String {
        let body: Json = serde_json::from_slice(&self.body).unwrap();
        body["type"].as_str().unwrap().trim_start_matches("/problems/").to_owned()
    }
}

fn ask(request: ureq::RequestBuilder<ureq::typestate::WithoutBody>) -> Answer {
    tokio::task::block_in_place(|| answer(request.config().http_status_as_error(false).build().call().unwrap()))
}

fn send(request: ureq::RequestBuilder<ureq::typestate::WithBody>, body: &[u8]) -> Answer {
    tokio::task::block_in_place(|| answer(request.config().http_status_as_error(false).build().send(body).unwrap()))
}

fn answer(mut response: ureq::http::Response<ureq::Body>) -> Answer {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer { status, headers, body: response.body_mut().read_to_vec().unwrap() }
}

impl Village {
    async fn found(name: &str, photos: PhotoRoom) -> Self {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("box");
        let (mut connector, genesis) = founder(name);
        let config = Config {
            site: "127.0.0.1:0".parse().unwrap(),
            listen: vec!["/ip4/127.0.0.1/udp/0/quic-v1".parse().unwrap()],
            mdns: LocalNetwork::Off,
            photos,
            ..Config::new(name.to_owned(), connector.home())
        };
        let box_key = fresh_key();
        let key = box_key.public();
        let running = run::start(DataFolder::create(&path, config, box_key).unwrap()).await.unwrap();
        let driver = running.driver();
        driver.submit(genesis.encode()).await.unwrap();
        let expires = clock::now().plus_millis(300 * DAY_MS);
        state(&driver, &mut connector, Statement::BoxCertificate(BoxCertificate { key, expires })).await;
        let resident = resident(&driver, &mut connector).await;
        let cookie = log_in(&running, &resident);
        Self { _parent: parent, path, key, connector, resident, running, cookie }
    }

    async fn make_treaty_with(&mut self, other: &mut Village) {
        let expires = clock::now().plus_millis(300 * DAY_MS);
        let terms = |with, accepts| {
            Statement::Treaty(Treaty { with, accepts, direction: TreatyDirection::Both, kinds: Vec::new(), expires })
        };
        let (ours, theirs) = (self.connector.home(), other.connector.home());
        let offer = state(&other.running.driver(), &mut other.connector, terms(ours, None)).await;
        let peer = Peer {
            key: other.key,
            neighbourhood: theirs,
            addresses: other.running.addresses().to_vec(),
            site: Some(other.running.site_url().to_owned()),
            introduced: true,
        };
        PeerBook::of(&self.path).add(peer).unwrap();
        state(&self.running.driver(), &mut self.connector, terms(theirs, Some(offer.operation))).await;
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.running.site_url())
    }

    fn hand_in(&self, file: &[u8]) -> Answer {
        send(ureq::post(self.url("/api/v1/photos")).header("cookie", &self.cookie), file)
    }

    fn look(&self, photo: &PhotoId, size: &str) -> Answer {
        ask(ureq::get(self.url(&format!("/photos/{photo}/{size}"))))
    }

    /// Hands in a photo and writes an item that shows it.
    async fn post(&mut self, space: Space, file: &[u8]) -> ItemId {
        let handed_in = self.hand_in(file);
        assert_eq!(handed_in.status, 201, "{}", String::from_utf8_lossy(&handed_in.body));
        let body: Json = serde_json::from_slice(&handed_in.body).unwrap();
        let side = |name: &str| u16::try_from(body[name].as_u64().unwrap()).unwrap();
        let photo = Photo {
            id: PhotoId::from_hex(body["id"].as_str().unwrap()).unwrap(),
            length: u32::try_from(file.len()).unwrap(),
            width: side("width"),
            height: side("height"),
            alt: "De brink met de linde".to_owned(),
        };
        let edits = vec![
            Edit::Set { field: Field::TITLE, value: Value::Text("De linde bloeit".to_owned()) },
            Edit::Set { field: Field::BODY, value: Value::Text("Kom kijken.".to_owned()) },
            Edit::Set { field: Field::PHOTOS[0], value: photo.value() },
        ];
        let place = Place { neighbourhood: self.resident.home(), space };
        let post = self.resident.create(place, Kind::NEWS, None, edits, clock::now());
        submit(&self.running.driver(), &post).await.unwrap().item
    }

    async fn erase(&mut self, item: ItemId, space: Space) {
        let place = Place { neighbourhood: self.resident.home(), space };
        let edits = vec![Edit::Erase { kind: Kind::NEWS, reason: None, note: String::new() }];
        let erase = self.resident.edit(place, item, vec![item.into()], edits, clock::now());
        submit(&self.running.driver(), &erase).await.unwrap();
    }

    /// How many files of photos are on the disk, small pictures included.
    fn files(&self) -> usize {
        files_below(&self.path.join("photos"))
    }
}

fn files_below(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files_below(&path) } else { 1 }).sum()
}

fn log_in(running: &RunningBox, device: &Device) -> String {
    let sessions = format!("{}/api/v1/sessions", running.site_url());
    let asked: Json = serde_json::from_slice(&ask(ureq::get(format!("{sessions}/challenge"))).body).unwrap();
    let challenge = asked["challenge"].as_str().unwrap();
    let bytes: [u8; 32] = hex::decode(challenge).unwrap().try_into().unwrap();
    let host = running.site_url().split_once("://").unwrap().1;
    let signature = LoginProof::new(&device.home(), &bytes, host).sign(device.secret());
    let login = serde_json::json!({
        "device": device.key().to_string(),
        "challenge": challenge,
        "signature": hex::encode(signature.as_bytes()),
    });
    let request = ureq::post(&sessions).header("content-type", "application/json");
    let answer = send(request, login.to_string().as_bytes());
    assert_eq!(answer.status, 201);
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !tokio::task::block_in_place(&mut holds) {
        assert!(begun.elapsed() < PATIENCE, "not within {PATIENCE:?}: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A picture with so much going on in it that its file has several chunks.
fn busy(side: u32) -> Vec<u8> {
    drawn(side, side, |x, y| {
        let mix = x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503) ^ (x * y);
        [(mix >> 3) as u8, (mix >> 11) as u8, (mix >> 19) as u8]
    })
    .unwrap()
}

fn plain(shade: u8) -> Vec<u8> {
    drawn(64, 48, |_, _| [shade, 90, 60]).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_is_seen_next_door_and_gone_from_both_disks_when_its_item_is_erased() {
    let mut elzenbroek = Village::found("Elzenbroek", PhotoRoom::default()).await;
    let mut maasdorp = Village::found("Maasdorp", PhotoRoom::default()).await;
    let (shared, own) = (busy(1400), busy(500));
    assert!(shared.len() > 10 * 65_536, "{} bytes are to come in many chunks", shared.len());
    let item = elzenbroek.post(Space::Neighbours, &shared).await;
    let at_home = elzenbroek.post(Space::Square, &own).await;
    maasdorp.make_treaty_with(&mut elzenbroek).await;

    let photo = PhotoId::of(&shared).unwrap();
    eventually("the photo is next door", || maasdorp.look(&photo, "whole").status == 200).await;
    assert_eq!(maasdorp.look(&photo, "whole").body, shared, "byte for byte");
    let small = maasdorp.look(&photo, "320");
    assert_eq!(inspect(&small.body).unwrap().width, 320, "made there, not sent");
    let page = ask(ureq::get(maasdorp.url(&format!("/bericht/{item}"))));
    let html = String::from_utf8(page.body).unwrap();
    let srcset =
        format!("srcset=\"/photos/{photo}/320 320w, /photos/{photo}/1280 1280w, /photos/{photo}/whole 1400w\"");
    assert!(html.contains(&srcset) && html.contains("alt=\"De brink met de linde\""), "{html}");

    // What stays at home is next door as if it did not exist.
    let (hidden, nothing) = (PhotoId::of(&own).unwrap(), PhotoId::from_bytes([7; 32]));
    let [hidden, nothing] = [hidden, nothing].map(|photo| maasdorp.look(&photo, "whole"));
    assert_eq!((hidden.status, &hidden.body), (404, &nothing.body));
    assert_eq!(elzenbroek.look(&PhotoId::of(&own).unwrap(), "whole").status, 200);

    elzenbroek.erase(item, Space::Neighbours).await;
    eventually("gone next door", || maasdorp.look(&photo, "whole").status == 404 && maasdorp.files() == 0).await;
    assert_eq!(elzenbroek.look(&photo, "whole").status, 404);
    elzenbroek.erase(at_home, Space::Square).await;
    eventually("and nothing is left at home", || elzenbroek.files() == 0).await;
    maasdorp.running.shutdown().await;
    elzenbroek.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_photo_of_somebody_who_lives_here_is_taken_in() {
    let room = PhotoRoom { resident_mb: 1, neighbour_mb: 1 };
    let mut village = Village::found("Maasdorp", room).await;
    let file = plain(1);
    let stranger = send(ureq::post(village.url("/api/v1/photos")), &file);
    assert_eq!((stranger.status, stranger.problem().as_str()), (401, "not-logged-in"));
    let telephone = [&file[..2], &[0xff, 0xe1, 0, 10], b"Exif\0\0MM", &file[2..]].concat();
    let pixels = [
        &[0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0xff, 0xff, 0xff, 0xff, 1, 1, 0x11, 0][..],
        &[0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0xff, 0xd9],
    ]
    .concat();
    let hollow = [
        &[0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 9, 0, 9, 1, 1, 0x11, 0][..],
        &[0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0xff, 0xd9],
    ]
    .concat();
    // Who asks first is told before it sends any of it.
    let huge =
        ureq::post(village.url("/api/v1/photos")).header("cookie", &village.cookie).header("expect", "100-continue");
    let huge = send(huge, &vec![0xff; 8 * 1024 * 1024 + 1]);
    assert_eq!((huge.status, huge.problem().as_str()), (413, "photo-too-large"));
    let refused: [(&[u8], u16, &str); 5] = [
        (&telephone, 400, "photo-metadata"),
        (b"GIF89a", 415, "photo-format"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "photo-format"),
        (&pixels, 413, "photo-too-large"),
        (&hollow, 415, "photo-format"),
    ];
    for (file, status, problem) in refused {
        let answer = village.hand_in(file);
        assert_eq!((answer.status, answer.problem().as_str()), (status, problem));
    }
    assert_eq!(village.files(), 0, "nothing of all that was kept");
    // A million bytes are soon full.
    let large = busy(760);
    assert!((500_000..1_000_000).contains(&large.len()), "{}", large.len());
    let item = village.post(Space::Square, &large).await;
    let full = village.hand_in(&busy(761));
    assert_eq!((full.status, full.problem().as_str()), (507, "photo-quota"));
    village.erase(item, Space::Square).await;
    assert_eq!(village.hand_in(&busy(761)).status, 201, "there is room again");
    village.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_keeps_what_everybody_may_see_and_nothing_else() {
    let mut village = Village::found("Maasdorp", PhotoRoom::default()).await;
    let file = plain(2);
    let item = village.post(Space::Square, &file).await;
    let photo = PhotoId::of(&file).unwrap();
    let first = village.look(&photo, "whole");
    assert_eq!((first.status, first.header("cache-control")), (200, "private, max-age=31536000, immutable"));
    assert_eq!((first.header("content-type"), first.header("x-content-type-options")), ("image/jpeg", "nosniff"));
    let policy = first.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("img-src 'self' data:"));
    let address = village.url(&format!("/photos/{photo}/whole"));
    let again = || ask(ureq::get(&address).header("if-none-match", first.header("etag")));
    assert_eq!((again().status, again().body.len()), (304, 0));
    for nowhere in ["/photos/zz/whole", &format!("/photos/{photo}/320"), &format!("/photos/{photo}/../../box.key")] {
        assert_eq!(ask(ureq::get(village.url(nowhere))).status, 404, "{nowhere}");
    }
    village.erase(item, Space::Square).await;
    assert_eq!(again().status, 404, "also for who asks whether it is still there");
    let members = plain(3);
    village.post(Space::Members, &members).await;
    let address = village.url(&format!("/photos/{}/whole", PhotoId::of(&members).unwrap()));
    assert_eq!(ask(ureq::get(&address)).status, 404);
    let seen = ask(ureq::get(&address).header("cookie", &village.cookie));
    assert_eq!((seen.status, seen.header("cache-control")), (200, "no-store"));
    village.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn photos_outlive_a_restart_and_what_nobody_shows_does_not() {
    let mut village = Village::found("Maasdorp", PhotoRoom::default()).await;
    let (shown, stray) = (plain(4), plain(5));
    village.post(Space::Square, &shown).await;
    assert_eq!(village.hand_in(&stray).status, 201);
    assert_eq!(village.files(), 2);
    village.running.shutdown().await;
    std::fs::write(village.path.join("photos/ab.new"), b"half").unwrap();
    village.running = run::start(DataFolder::open(&village.path).unwrap()).await.unwrap();
    eventually("what nobody refers to is gone", || village.files() <= 2).await;
    eventually("and what is shown is there", || {
        village.look(&PhotoId::of(&shown).unwrap(), "whole").body == shown
            && !village
                .path
                .join("photos")
                .join(&PhotoId::of(&stray).unwrap().to_string()[..2])
                .join(&PhotoId::of(&stray).unwrap().to_string()[2..])
                .exists()
    })
    .await;
    village.running.shutdown().await;
}
