//! The driver on a real store, without a network.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use dorpsplein_node::disk_store::DiskStore;
use dorpsplein_node::driver::{self, Driver, RETRY};
use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::operation::{Signed, Space};
use dorpsplein_protocol::projection;
use dorpsplein_protocol::replica::Refusal;
use dorpsplein_protocol::store::{Batch, Direction, KeyRange, Read, Store, StoreError, Table};
use support::{dump, founder, fresh_key, news, resident, submit};
use tempfile::TempDir;

/// A real store whose disk fails on request, and that counts its commits.
struct Troubled {
    store: DiskStore,
    failing: AtomicBool,
    commits: AtomicUsize,
}

impl Read for Troubled {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.store.get(table, key)
    }

    fn scan(
        &self,
        table: Table,
        range: KeyRange<'_>,
        direction: Direction,
        visit: &mut dyn FnMut(&[u8], &[u8]) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.store.scan(table, range, direction, visit)
    }
}

impl Store for Troubled {
    fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        if self.failing.load(Ordering::SeqCst) {
            return Err(StoreError::Full);
        }
        self.commits.fetch_add(1, Ordering::SeqCst);
        self.store.commit(batch)
    }
}

/// A driver of a neighbourhood that was just founded.
struct Village {
    folder: TempDir,
    store: Arc<Troubled>,
    driver: Driver,
    connector: Device,
}

impl Village {
    async fn found() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (mut connector, genesis) = founder("Maasdorp");
        let box_key = fresh_key();
        let store = DiskStore::open(folder.path()).unwrap();
        let store = Arc::new(Troubled { store, failing: AtomicBool::new(false), commits: AtomicUsize::new(0) });
        let driver = driver::start(Arc::clone(&store), connector.home(), box_key.public(), None).await.unwrap();
        support::found(&driver.handle(), &mut connector, &genesis, &box_key).await;
        Self { folder, store, driver, connector }
    }
}

#[tokio::test]
async fn an_operation_with_any_byte_altered_is_refused_and_stores_nothing() {
    let mut village = Village::found().await;
    let driver = village.driver.handle();
    let good = news(&mut village.connector, Space::Square, "De molen draait weer").encode();
    let before = dump(&*village.store);
    let mut kinds = BTreeSet::new();
    for at in 0..good.len() {
        let mut altered = good.clone();
        altered[at] ^= 1 << (at % 8);
        let refusal = driver.submit(altered).await.expect_err("an altered operation was accepted");
        kinds.insert(refusal.problem());
    }
    assert!(driver.submit(Vec::new()).await.is_err());
    assert!(driver.submit(vec![0x81; 200_000]).await.is_err());
    assert_eq!(dump(&*village.store), before, "something was stored");
    for kind in ["malformed", "not-canonical", "payload-mismatch", "bad-signature"] {
        assert!(kinds.contains(kind), "no refusal was {kind}: {kinds:?}");
    }
    let accepted = driver.submit(good.clone()).await.unwrap();
    assert!(!accepted.known && driver.submit(good).await.unwrap().known, "the original is as good as ever");
    assert!(projection::item(&*village.store, &accepted.item).unwrap().is_some());
    village.driver.stop().await;
}

#[tokio::test]
async fn who_is_no_member_is_refused() {
    let village = Village::found().await;
    let driver = village.driver.handle();
    let mut stranger = Device::new(fresh_key(), village.connector.home());
    let before = dump(&*village.store);
    let refusal = submit(&driver, &news(&mut stranger, Space::Square, "Hallo")).await.unwrap_err();
    assert_eq!(refusal.problem(), "not-a-member");
    assert_eq!(dump(&*village.store), before, "something was stored");
    village.driver.stop().await;
}

#[tokio::test]
async fn what_waits_together_shares_commits_and_every_answer_is_its_own() {
    let mut village = Village::found().await;
    let driver = village.driver.handle();
    let mut changes = driver.subscribe();
    let operations: Vec<Signed> =
        (0..100).map(|n| news(&mut village.connector, Space::Square, &format!("Bericht {n}"))).collect();
    let before = village.store.commits.load(Ordering::SeqCst);
    let answers = futures::future::join_all(operations.iter().map(|operation| submit(&driver, operation))).await;
    for (operation, answer) in operations.iter().zip(answers) {
        assert_eq!(answer.unwrap().operation, operation.id());
    }
    let commits = village.store.commits.load(Ordering::SeqCst) - before;
    assert!(commits < 50, "{commits} commits for 100 operations that waited together");

    let mut changed = BTreeSet::new();
    while changed.len() < operations.len() {
        let items = tokio::time::timeout(Duration::from_secs(5), changes.recv()).await;
        changed.extend(items.expect("those who listen hear of every item").unwrap().iter().copied());
    }

    // Stopping lets go of the folder, and what was answered is in it.
    village.driver.stop().await;
    drop(village.store);
    let store = DiskStore::open(village.folder.path()).unwrap();
    for operation in &operations {
        assert_eq!(projection::operation(&store, &operation.id()).unwrap(), Some(operation.encode()));
    }
}

#[tokio::test]
async fn a_disk_that_fails_is_waited_for() {
    let mut village = Village::found().await;
    let driver = village.driver.handle();
    let mut resident = resident(&driver, &mut village.connector).await;
    let first = submit(&driver, &news(&mut resident, Space::Square, "Voor de storing")).await.unwrap();
    let before = dump(&*village.store);

    village.store.failing.store(true, Ordering::SeqCst);
    let second = news(&mut resident, Space::Square, "Tijdens de storing");
    assert_eq!(submit(&driver, &second).await, Err(Refusal::Storage));
    assert_eq!(submit(&driver, &second).await, Err(Refusal::Storage), "and again, without asking the disk");
    assert!(!driver.status().writable);
    assert!(projection::item(&*village.store, &first.item).unwrap().is_some(), "reading goes on");
    assert!(driver.registers().home().membership(&resident.key()).is_some(), "the registers stay known");
    assert_eq!(dump(&*village.store), before);

    village.store.failing.store(false, Ordering::SeqCst);
    let mut status = driver.watch_status();
    let works_again = status.wait_for(|status| status.writable);
    tokio::time::timeout(RETRY * 3, works_again).await.expect("the driver tries again").unwrap();
    let accepted = submit(&driver, &second).await.unwrap();
    assert!(!accepted.known, "the refused operation was stored nowhere");
    village.driver.stop().await;
}

#[tokio::test]
async fn a_driver_that_stopped_refuses() {
    let mut village = Village::found().await;
    let driver = village.driver.handle();
    village.driver.stop().await;
    let late = news(&mut village.connector, Space::Square, "Te laat");
    let answer = tokio::time::timeout(Duration::from_secs(5), submit(&driver, &late)).await;
    assert_eq!(answer.expect("an answer, at once"), Err(Refusal::Storage));
}
