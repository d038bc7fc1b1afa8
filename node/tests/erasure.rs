//! An erasure on a real store: no value of any table holds the words any more, also after the box was opened again.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::ops::{Bound, ControlFlow};
use std::path::Path;

use dorpsplein_node::disk_store::DiskStore;
use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{Edit, Field, ItemId, Kind, Signed, Space, Value};
use dorpsplein_protocol::projection;
use dorpsplein_protocol::replica::{Effect, Input, Replica, Ticket};
use dorpsplein_protocol::store::{Direction, Read, Store, Table};
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

    fn submit(&mut self, operation: &Signed) -> ItemId {
        let input = Input::Submit { ticket: Ticket(1), operation: operation.encode() };
        let effects = self.replica.handle(NOW, input).unwrap();
        self.store.commit(&effects.batch).unwrap();
        self.replica.committed();
        let answer = effects.after.iter().find_map(|effect| match effect {
            Effect::Answer { result, .. } => Some(*result),
            _ => None,
        });
        answer.unwrap().unwrap().item
    }
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
