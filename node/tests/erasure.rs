//! An erasure on a real store: no value of any table holds the words any more, also after the box was opened again; and
//! once the store was scrubbed no byte of its files does.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::ops::{Bound, ControlFlow};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use dorpsplein_node::clock;
use dorpsplein_node::disk_store::DiskStore;
use dorpsplein_node::driver::{self, ScrubPace};
use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{Edit, Field, ItemId, Kind, Signed, Space, Value};
use dorpsplein_protocol::projection;
use dorpsplein_protocol::replica::{Effect, Input, Replica, Ticket};
use dorpsplein_protocol::store::{Direction, Read, Store, StoreError, Table};
use dorpsplein_protocol::time::Timestamp;

/// Words that are to be found nowhere any more.
const SECRET: &str = "Mijn sleutel ligt onder de derde bloempot";
const NOW: Timestamp = Timestamp::from_millis(1_795_262_400_000);

/// The tables in which these words stand.
fn tables_with(store: &impl Read, words: &str) -> Vec<Table> {
    let has = |table: &Table| {
        let mut found = false;
        let everything = (Bound::Unbounded, Bound::Unbounded);
        store
            .scan(*table, everything, Direction::Ascending, &mut |key, value| {
                found |= contains(key, words) || contains(value, words);
                ControlFlow::Continue(())
            })
            .unwrap();
        found
    };
    Table::ALL.into_iter().filter(has).collect()
}

fn contains(bytes: &[u8], words: &str) -> bool {
    bytes.windows(words.len()).any(|window| window == words.as_bytes())
}

/// A box's replica on a store in a folder.
struct Village {
    store: std::sync::Arc<DiskStore>,
    replica: Replica<std::sync::Arc<DiskStore>>,
}

impl Village {
    fn open(folder: &Path, founder: &Device) -> Self {
        let store = std::sync::Arc::new(DiskStore::open(folder).unwrap());
        let own = SecretKey::from_seed(&[9; 32]).public();
        let replica = Replica::open(store.clone(), founder.home(), own, NOW).unwrap();
        Self { store, replica }
    }

    fn handle(&mut self, input: Input) -> Vec<Effect> {
        let effects = self.replica.handle(NOW, input).unwrap();
        self.store.commit(&effects.batch).unwrap();
        self.replica.committed();
        effects.after
    }

    fn submit(&mut self, operation: &Signed) -> ItemId {
        let effects = self.handle(Input::Submit { ticket: Ticket(1), operation: operation.encode() });
        let answer = effects.iter().find_map(|effect| match effect {
            Effect::Answer { result, .. } => Some(*result),
            _ => None,
        });
        answer.unwrap().unwrap().item
    }
}

/// The files below a folder in which these words stand.
fn files_with(folder: &Path, words: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, words));
        } else if contains(&std::fs::read(&path).unwrap(), words) {
            found.push(path);
        }
    }
    found
}

/// What may stand between the writing of an item and its erasure.
#[derive(Clone, Copy, Debug)]
enum Between {
    Nothing,
    Restart,
    /// A scrub for something else writes the words out to a table's file.
    Scrub,
    /// A reader that began before goes on reading for a while.
    Reader,
}

#[test]
fn once_the_store_was_scrubbed_no_byte_of_the_folder_holds_the_words() {
    for between in [Between::Nothing, Between::Restart, Between::Scrub, Between::Reader] {
        let folder = tempfile::tempdir().unwrap();
        let (mut founder, genesis) = Device::found(SecretKey::from_seed(&[1; 32]), "Wilgendam", [2; 16], NOW);
        let place = Place { neighbourhood: founder.home(), space: Space::Square };
        let mut village = Village::open(folder.path(), &founder);
        village.submit(&genesis);
        let text = |words: &str| vec![Edit::Set { field: Field::TITLE, value: Value::Text(words.to_owned()) }];
        let other = village.submit(&founder.create(place, Kind::NEWS, None, text("De brug gaat dicht"), NOW));
        let item = village.submit(&founder.create(place, Kind::NEWS, None, text(SECRET), NOW));
        match between {
            Between::Nothing => {}
            Between::Restart => {
                drop(village);
                village = Village::open(folder.path(), &founder);
            }
            Between::Scrub => drop(village.store.scrub().unwrap()),
            Between::Reader => {}
        }
        let reader = matches!(between, Between::Reader).then(|| read_slowly(&village.store));
        assert!(!files_with(folder.path(), SECRET).is_empty(), "the test looks for them in the wrong way");
        assert_eq!(village.replica.owes_scrub(), None);
        let erase = Edit::Erase { kind: Kind::NEWS, reason: None, note: String::new() };
        village.submit(&founder.edit(place, item, vec![item.into()], vec![erase], NOW));
        assert!(
            !files_with(folder.path(), SECRET).is_empty(),
            "{between:?}: an erasure by itself leaves former values"
        );

        if reader.is_none() {
            drop(village);
            village = Village::open(folder.path(), &founder);
        }
        let owed = village.replica.owes_scrub().expect("a scrub is owed, after a restart too").get();
        assert!(village.store.scrub().unwrap() > 0);
        assert_eq!(files_with(folder.path(), SECRET), Vec::<PathBuf>::new(), "{between:?}");
        if let Some(reader) = reader {
            reader.join().unwrap().unwrap();
        }
        village.handle(Input::Scrubbed { dropped: owed });
        assert_eq!(village.replica.owes_scrub(), None);
        assert!(projection::item(&village.store, &item).unwrap().unwrap().erased.is_some());
        assert!(projection::item(&village.store, &other).unwrap().unwrap().erased.is_none());
        drop(village);
        let village = Village::open(folder.path(), &founder);
        assert_eq!(village.replica.owes_scrub(), None, "nothing is owed any more, also after a restart");
    }
}

/// Goes through a table from another thread, for as long as it takes to erase and begin to scrub.
fn read_slowly(store: &std::sync::Arc<DiskStore>) -> JoinHandle<Result<(), StoreError>> {
    let store = store.clone();
    std::thread::spawn(move || {
        let everything = (Bound::Unbounded, Bound::Unbounded);
        store.scan(Table::Operations, everything, Direction::Ascending, &mut |_, _| {
            std::thread::sleep(Duration::from_millis(500));
            ControlFlow::Continue(())
        })
    })
}

#[test]
fn after_an_erasure_and_a_restart_no_table_holds_the_words() {
    let folder = tempfile::tempdir().unwrap();
    let (mut founder, genesis) = Device::found(SecretKey::from_seed(&[1; 32]), "Wilgendam", [2; 16], NOW);
    let place = Place { neighbourhood: founder.home(), space: Space::Square };
    let mut village = Village::open(folder.path(), &founder);
    village.submit(&genesis);
    let text = |field| Edit::Set { field, value: Value::Text(SECRET.to_owned()) };
    let edits = vec![text(Field::TITLE), text(Field::BODY)];
    let item = village.submit(&founder.create(place, Kind::NEWS, None, edits, NOW));
    let changed = founder.edit(place, item, vec![item.into()], vec![text(Field::PLACE)], NOW);
    village.submit(&changed);
    assert_eq!(tables_with(&village.store, SECRET), [Table::Operations, Table::Rows]);

    let erase = Edit::Erase { kind: Kind::NEWS, reason: None, note: String::new() };
    village.submit(&founder.edit(place, item, vec![changed.id()], vec![erase], NOW));
    assert_eq!(tables_with(&village.store, SECRET), []);
    drop(village);
    let village = Village::open(folder.path(), &founder);
    assert_eq!(tables_with(&village.store, SECRET), []);
    assert!(projection::item(&village.store, &item).unwrap().unwrap().erased.is_some());
}

/// The whole way: a driver is told of an erasure, is stopped before the store was scrubbed, and is started again.
#[tokio::test]
async fn a_driver_has_the_words_gone_soon_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let store = std::sync::Arc::new(DiskStore::open(folder.path()).unwrap());
    let (mut founder, genesis) = Device::found(SecretKey::from_seed(&[1; 32]), "Wilgendam", [2; 16], clock::now());
    let own = SecretKey::from_seed(&[9; 32]).public();
    let place = Place { neighbourhood: founder.home(), space: Space::Square };
    let driver = driver::start(store.clone(), founder.home(), own, None).await.unwrap();
    let handle = driver.handle();
    handle.submit(genesis.encode()).await.unwrap();
    let words = vec![Edit::Set { field: Field::TITLE, value: Value::Text(SECRET.to_owned()) }];
    let post = founder.create(place, Kind::NEWS, None, words, clock::now());
    let item = handle.submit(post.encode()).await.unwrap().item;
    let erase = Edit::Erase { kind: Kind::NEWS, reason: None, note: String::new() };
    let erasure = founder.edit(place, item, vec![item.into()], vec![erase], clock::now());
    handle.submit(erasure.encode()).await.unwrap();
    driver.stop().await;
    assert!(!files_with(folder.path(), SECRET).is_empty(), "five minutes are not over");

    let pace = ScrubPace { settle: Duration::from_millis(100), ..ScrubPace::default() };
    let driver = driver::start_at_pace(store.clone(), founder.home(), own, None, pace).await.unwrap();
    let began = Instant::now();
    // What the box notes about a scrub it owes.
    while store.get(Table::Meta, b"dropped").unwrap().is_some() {
        assert!(began.elapsed() < Duration::from_secs(60), "it was not scrubbed");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(files_with(folder.path(), SECRET), Vec::<PathBuf>::new());
    driver.stop().await;
    let replica = Replica::open(store, founder.home(), own, clock::now()).unwrap();
    assert_eq!(replica.owes_scrub(), None, "remembered in the way that a replica reads");
}
