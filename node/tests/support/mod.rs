//! What the tests of whole boxes share: a neighbourhood that was just founded, and people in it.

#![allow(clippy::unwrap_used, dead_code, reason = "a test fails by panicking, and no test file needs all of this")]

use std::collections::BTreeMap;
use std::ops::{Bound, ControlFlow};
use std::sync::atomic::{AtomicU8, Ordering};

use dorpsplein_node::clock;
use dorpsplein_node::driver::DriverHandle;
use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{
    BoxCertificate, Edit, Field, Invitation, ItemId, Kind, MAX_PARENTS, Role, Signed, Space, Statement, Value,
};
use dorpsplein_protocol::replica::{Accepted, Refusal};
use dorpsplein_protocol::store::{Direction, Read, Table};

/// A day, in milliseconds.
pub(crate) const DAY_MS: u64 = 24 * 3_600_000;

/// A key that no other call of this process gives.
pub(crate) fn fresh_key() -> SecretKey {
    static COUNT: AtomicU8 = AtomicU8::new(1);
    SecretKey::from_seed(&[COUNT.fetch_add(1, Ordering::Relaxed); 32])
}

/// A neighbourhood's first connector and the operation that begins it.
pub(crate) fn founder(name: &str) -> (Device, Signed) {
    Device::found(fresh_key(), name, [7; 16], clock::now())
}

/// Hands in the genesis, and the certificate of the box with this key.
pub(crate) async fn found(driver: &DriverHandle, connector: &mut Device, genesis: &Signed, box_key: &SecretKey) {
    driver.submit(genesis.encode()).await.unwrap();
    let expires = clock::now().plus_millis(365 * DAY_MS);
    state(driver, connector, Statement::BoxCertificate(BoxCertificate { key: box_key.public(), expires })).await;
}

/// Says something in the register.
pub(crate) async fn state(driver: &DriverHandle, device: &mut Device, statement: Statement) -> Accepted {
    let mut heads = driver.registers().home().heads();
    heads.truncate(MAX_PARENTS);
    let signed = device.state(heads, statement, clock::now());
    driver.submit(signed.encode()).await.unwrap()
}

/// A new resident, who joined with an invitation of `connector`.
pub(crate) async fn resident(driver: &DriverHandle, connector: &mut Device) -> Device {
    let one_time = fresh_key();
    let expires = clock::now().plus_millis(DAY_MS);
    let invitation = Invitation { key: one_time.public(), role: Role::Resident, expires };
    let invited = state(driver, connector, Statement::Invitation(invitation)).await;
    let mut device = Device::new(fresh_key(), connector.home());
    let claim = device.claim(invited.operation, &one_time, [9; 16], clock::now());
    driver.submit(claim.encode()).await.unwrap();
    device
}

/// A news item, signed and not handed in.
pub(crate) fn news(device: &mut Device, space: Space, title: &str) -> Signed {
    let at = Place { neighbourhood: device.home(), space };
    let edits = vec![set(Field::TITLE, title), text("Zaterdag om tien uur bij de molen. Neem zelf een schep mee.")];
    device.create(at, Kind::NEWS, None, edits, clock::now())
}

/// A comment on an item of any neighbourhood, signed and not handed in.
pub(crate) fn comment(device: &mut Device, on: ItemId, at: Place, body: &str) -> Signed {
    device.create(at, Kind::COMMENT, Some(on), vec![text(body)], clock::now())
}

/// Hands in an operation.
pub(crate) async fn submit(driver: &DriverHandle, operation: &Signed) -> Result<Accepted, Refusal> {
    driver.submit(operation.encode()).await
}

/// Everything a store holds.
pub(crate) fn dump(store: &impl Read) -> BTreeMap<(Table, Vec<u8>), Vec<u8>> {
    let mut all = BTreeMap::new();
    for table in Table::ALL {
        store
            .scan(table, (Bound::Unbounded, Bound::Unbounded), Direction::Ascending, &mut |key, value| {
                all.insert((table, key.to_vec()), value.to_vec());
                ControlFlow::Continue(())
            })
            .unwrap();
    }
    all
}

fn set(field: Field, value: &str) -> Edit {
    Edit::Set { field, value: Value::Text(value.to_owned()) }
}

fn text(body: &str) -> Edit {
    Edit::Splice { field: Field::BODY, at: 0, delete: 0, insert: body.to_owned() }
}
