//! Two whole boxes on this machine: folders, stores, replicas, network and sites, as they run in a village hall.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use dorpsplein_node::clock;
use dorpsplein_node::config::{Config, LocalNetwork};
use dorpsplein_node::data_folder::DataFolder;
use dorpsplein_node::data_folder::peers::{Peer, PeerBook};
use dorpsplein_node::disk_store::DiskStore;
use dorpsplein_node::run::{self, RunningBox};
use dorpsplein_protocol::authority::TreatyStage;
use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::{ItemId, OperationId, Signed, Space, Statement, Treaty, TreatyDirection};
use dorpsplein_protocol::projection;
use serde_json::Value;
use support::{DAY_MS, comment, founder, fresh_key, news, resident, state, submit};
use tempfile::TempDir;

/// How long the boxes may take to agree. They take a moment; a loaded machine takes its time.
const PATIENCE: Duration = Duration::from_secs(40);

/// A neighbourhood with one box and one resident besides its connector.
struct Village {
    _parent: TempDir,
    path: PathBuf,
    key: PublicKey,
    connector: Device,
    resident: Device,
    running: RunningBox,
}

impl Village {
    async fn found(name: &str, listen: &str) -> Self {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("box");
        let (mut connector, genesis) = founder(name);
        let config = Config {
            site: "127.0.0.1:0".parse().unwrap(),
            listen: vec![listen.parse().unwrap()],
            mdns: LocalNetwork::Off,
            ..Config::new(name.to_owned(), connector.home())
        };
        let box_key = fresh_key();
        let key = box_key.public();
        let folder = DataFolder::create(&path, config, box_key).unwrap();
        let running = run::start(folder).await.unwrap();
        let box_key = DataFolder::open(&path).expect_err("the folder of a running box is in use");
        assert!(box_key.to_string().ends_with("is in use by another dorpsplein"), "{box_key}");
        let driver = running.driver();
        driver.submit(genesis.encode()).await.unwrap();
        certify(&driver, &mut connector, key).await;
        let resident = resident(&driver, &mut connector).await;
        Self { _parent: parent, path, key, connector, resident, running }
    }

    /// Accepts what `other` offered, and learns where its box is.
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
        for (running, with) in [(&self.running, theirs), (&other.running, ours)] {
            let driver = running.driver();
            eventually("a treaty in force on both sides", || {
                let treaty = driver.registers().treaty(&with, clock::now());
                treaty.is_some_and(|treaty| treaty.stage == TreatyStage::InForce)
            })
            .await;
        }
    }

    fn neighbours_place(&self) -> Place {
        Place { neighbourhood: self.connector.home(), space: Space::Neighbours }
    }

    /// What a visitor of the site is told of an item; none when there is no such item for them.
    fn item(&self, id: &ItemId) -> Option<Value> {
        get_json(&format!("{}/api/v1/items/{id}", self.running.site_url()))
    }
}

async fn certify(driver: &dorpsplein_node::driver::DriverHandle, connector: &mut Device, key: PublicKey) {
    let expires = clock::now().plus_millis(300 * DAY_MS);
    let certificate = dorpsplein_protocol::operation::BoxCertificate { key, expires };
    state(driver, connector, Statement::BoxCertificate(certificate)).await;
}

fn get_json(url: &str) -> Option<Value> {
    match ureq::get(url).call() {
        Ok(mut response) => Some(response.body_mut().read_json().unwrap()),
        Err(ureq::Error::StatusCode(404)) => None,
        Err(error) => panic!("{url}: {error}"),
    }
}

async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !tokio::task::block_in_place(&mut holds) {
        assert!(begun.elapsed() < PATIENCE, "not within {PATIENCE:?}: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Whether the store of a box that does not run holds an operation, visible or not.
fn holds(path: &Path, operation: &OperationId) -> bool {
    let store = DiskStore::open(&path.join("store")).unwrap();
    projection::operation(&store, operation).unwrap().is_some()
}

/// The story of one post: shared with the neighbours it is read there, answered there, and the answer is read at home.
/// What is for the own square stays at home.
async fn a_post_is_read_next_door_and_answered(listen: &str) {
    let mut elzenbroek = Village::found("Elzenbroek", listen).await;
    let mut maasdorp = Village::found("Maasdorp", listen).await;
    let early = news(&mut elzenbroek.resident, Space::Neighbours, "Al voor de afspraak geschreven");
    submit(&elzenbroek.running.driver(), &early).await.unwrap();
    maasdorp.make_treaty_with(&mut elzenbroek).await;

    let at_home = news(&mut elzenbroek.resident, Space::Square, "Alleen voor ons eigen dorp");
    let shared = news(&mut elzenbroek.resident, Space::Neighbours, "Wie helpt mee bij de molen?");
    for post in [&at_home, &shared] {
        submit(&elzenbroek.running.driver(), post).await.unwrap();
    }
    let item = ItemId::from(shared.id());
    eventually("both posts for neighbours are next door", || {
        maasdorp.item(&item).is_some() && maasdorp.item(&early.id().into()).is_some()
    })
    .await;
    let read = maasdorp.item(&item).unwrap();
    assert_eq!(read["content"]["title"], "Wie helpt mee bij de molen?");
    assert_eq!(read["author"]["home"], elzenbroek.connector.home().to_string());
    assert_eq!(raw(&maasdorp.running, &shared), shared.encode(), "the signed bytes are the author's own");

    let answer = comment(&mut maasdorp.resident, item, elzenbroek.neighbours_place(), "Wij komen met zijn drieën.");
    submit(&maasdorp.running.driver(), &answer).await.unwrap();
    eventually("the answer is at home", || elzenbroek.item(&answer.id().into()).is_some()).await;
    let read = elzenbroek.item(&answer.id().into()).unwrap();
    assert_eq!(read["subject"], item.to_string());
    assert_eq!(read["author"]["home"], maasdorp.connector.home().to_string());

    assert!(elzenbroek.item(&at_home.id().into()).is_some());
    assert!(maasdorp.item(&at_home.id().into()).is_none());
    maasdorp.running.shutdown().await;
    elzenbroek.running.shutdown().await;
    assert!(holds(&maasdorp.path, &shared.id()), "the looking works");
    assert!(!holds(&maasdorp.path, &at_home.id()), "what is for the own square never left it");
}

fn raw(running: &RunningBox, operation: &Signed) -> Vec<u8> {
    let url = format!("{}/api/v1/operations/{}", running.site_url(), operation.id());
    tokio::task::block_in_place(|| ureq::get(&url).call().unwrap().body_mut().read_to_vec().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_is_read_next_door_and_answered_over_quic() {
    a_post_is_read_next_door_and_answered("/ip4/127.0.0.1/udp/0/quic-v1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_is_read_next_door_and_answered_over_tcp() {
    a_post_is_read_next_door_and_answered("/ip4/127.0.0.1/tcp/0").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_box_that_was_away_catches_up() {
    let listen = "/ip4/127.0.0.1/udp/0/quic-v1";
    let mut elzenbroek = Village::found("Elzenbroek", listen).await;
    let mut maasdorp = Village::found("Maasdorp", listen).await;
    maasdorp.make_treaty_with(&mut elzenbroek).await;

    let answered = news(&mut elzenbroek.resident, Space::Neighbours, "Eerst dit");
    submit(&elzenbroek.running.driver(), &answered).await.unwrap();
    eventually("a first post", || maasdorp.item(&answered.id().into()).is_some()).await;
    maasdorp.running.shutdown().await;

    let missed: Vec<Signed> =
        (0..20).map(|n| news(&mut elzenbroek.resident, Space::Neighbours, &format!("Gemist bericht {n}"))).collect();
    for post in &missed {
        submit(&elzenbroek.running.driver(), post).await.unwrap();
    }
    maasdorp.running = run::start(DataFolder::open(&maasdorp.path).unwrap()).await.unwrap();
    eventually("all that was missed", || missed.iter().all(|post| maasdorp.item(&post.id().into()).is_some())).await;

    let late =
        comment(&mut maasdorp.resident, answered.id().into(), elzenbroek.neighbours_place(), "We waren een week weg.");
    submit(&maasdorp.running.driver(), &late).await.unwrap();
    eventually("and an answer goes the other way", || elzenbroek.item(&late.id().into()).is_some()).await;
    maasdorp.running.shutdown().await;
    elzenbroek.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_use_is_one_clear_line() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("box");
    let (connector, _) = founder("Maasdorp");
    let config = Config {
        site: taken.local_addr().unwrap(),
        listen: Vec::new(),
        mdns: LocalNetwork::Off,
        ..Config::new("Maasdorp".to_owned(), connector.home())
    };
    let folder = DataFolder::create(&path, config.clone(), fresh_key()).unwrap();
    let error = run::start(folder).await.err().expect("the port is taken").to_string();
    assert_eq!(error, format!("the site cannot listen on {}: the port is in use by another program", config.site));

    drop(taken);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = format!("/ip4/127.0.0.1/tcp/{}", taken.local_addr().unwrap().port());
    let config = Config { site: "127.0.0.1:0".parse().unwrap(), listen: vec![listen.parse().unwrap()], ..config };
    std::fs::write(path.join("box.toml"), config.render()).unwrap();
    let error = run::start(DataFolder::open(&path).unwrap()).await.err().expect("the port is taken").to_string();
    assert!(error.contains(&listen) && !error.contains('\n'), "{error}");

    drop(taken);
    run::start(DataFolder::open(&path).unwrap()).await.expect("the port is free again").shutdown().await;
}
