//! Where this device's key lives: IndexedDB, and nowhere else.
//!
//! One record per neighbourhood, because another one may be served from this origin some day. With the key it keeps the
//! count of what was signed and the signed operations that the box has not confirmed, so that a crash at any moment
//! neither loses an operation nor uses a number twice.

use std::cell::Cell;
use std::collections::VecDeque;
use std::rc::Rc;

use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{NeighbourhoodId, OperationId};
use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, IdbDatabase, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransaction, Window};

use super::js;
use super::trouble::Trouble;

const DATABASE: &str = "dorpsplein";
const VERSION: u32 = 1;
const STORE: &str = "devices";

#[wasm_bindgen]
extern "C" {
    // web-sys has the durability of a transaction only behind a compiler flag for the whole build.
    type Transactions;
    #[wasm_bindgen(method, catch)]
    fn transaction(this: &Transactions, store: &str, mode: &str, options: &Object) -> Result<IdbTransaction, JsValue>;
}

/// The devices of this origin.
pub(super) struct KeyStore(IdbDatabase);

/// A device with what it has signed and not delivered.
pub(super) struct HeldDevice {
    /// The key and its count.
    pub(super) device: Device,
    /// Whether the box has taken the claim: before that, this is nobody's device yet.
    pub(super) admitted: bool,
    /// What is signed and not known to be with the box, in the order of its numbers, to be sent before anything else.
    pub(super) outbox: VecDeque<Parcel>,
    /// What the box did not take while nobody looked, until somebody throws it away.
    pub(super) refused: VecDeque<Refused>,
    /// How often the record was stored when this was read from it; 0 where there is none yet.
    pub(super) revision: Cell<u32>,
}

/// A signed operation that waits, with the files that have to be there before it.
pub(super) struct Parcel {
    /// The operation in transfer form.
    pub(super) transfer: Vec<u8>,
    /// The photos it refers to.
    pub(super) files: Vec<Vec<u8>>,
}

/// A signed operation that the box did not take.
pub(super) struct Refused {
    /// The operation in transfer form.
    pub(super) transfer: Vec<u8>,
    /// The name of the problem.
    pub(super) problem: String,
}

impl Parcel {
    /// An operation without photos.
    pub(super) const fn of(transfer: Vec<u8>) -> Self {
        Self { transfer, files: Vec::new() }
    }
}

impl HeldDevice {
    /// Whether this is a device that another one was to add, and has not as far as is known here.
    pub(super) fn is_waiting(&self) -> bool {
        !self.admitted && self.outbox.is_empty()
    }
}

impl KeyStore {
    /// Opens the store if there is one: who only reads gets nothing stored in their browser.
    pub(super) async fn find(window: &Window) -> Result<Option<Self>, Trouble> {
        let request = open_request(window)?;
        let missing = Rc::new(Cell::new(false));
        let noted = Rc::clone(&missing);
        let upgrade = Closure::once_into_js(move |event: Event| {
            noted.set(true);
            if let Some(transaction) = upgrading(&event).and_then(|request| request.transaction()) {
                // Where this fails, an empty database stays, and every answer from it is an error that is told.
                let _ = transaction.abort();
            }
        });
        request.set_onupgradeneeded(Some(upgrade.unchecked_ref()));
        match answer(&request).await {
            Err(_) if missing.get() => Ok(None),
            opened => opened?.dyn_into().map(|database| Some(Self(database))).map_err(unusable),
        }
    }

    /// Opens the store, making it if need be.
    pub(super) async fn create(window: &Window) -> Result<Self, Trouble> {
        let request = open_request(window)?;
        let upgrade = Closure::once_into_js(|event: Event| {
            let database = upgrading(&event).and_then(|request| request.result().ok()?.dyn_into::<IdbDatabase>().ok());
            // Where this fails, so does every transaction that follows, and that is told.
            database.map(|database| database.create_object_store(STORE));
        });
        request.set_onupgradeneeded(Some(upgrade.unchecked_ref()));
        answer(&request).await?.dyn_into().map(Self).map_err(unusable)
    }

    /// The device of a resident of `home`, if there is one here.
    pub(super) async fn load(&self, home: NeighbourhoodId) -> Result<Option<HeldDevice>, Trouble> {
        let (store, _) = self.store("readonly")?;
        let record = answer(&store.get(&key(home)).map_err(unusable)?).await?;
        if record.is_undefined() {
            return Ok(None);
        }
        read(home, &record).map(Some).ok_or(Trouble::Browser("the key it keeps is damaged"))
    }

    /// Keeps a device; done when it is on the disk, as far as a browser can tell.
    ///
    /// Looking whether another tab was sooner and storing is one transaction: where there is no lock, two tabs still never use
    /// one number.
    ///
    /// # Errors
    /// `other-tab` when the record is another than this was read from.
    pub(super) async fn save(&self, held: &HeldDevice) -> Result<(), Trouble> {
        let (store, transaction) = self.store("readwrite")?;
        let record = answer(&store.get(&key(held.device.home())).map_err(unusable)?).await?;
        if revision_in(&record) != held.revision.get() {
            return Err(Trouble::foreseen("other-tab"));
        }
        let next = held.revision.get() + 1;
        store.put_with_key(&write(held, next)?, &key(held.device.home())).map_err(unusable)?;
        complete(&transaction).await?;
        held.revision.set(next);
        Ok(())
    }

    /// Gives up the key of a device that never became anybody's, or is nobody's any more.
    pub(super) async fn remove(&self, home: NeighbourhoodId) -> Result<(), Trouble> {
        let (store, transaction) = self.store("readwrite")?;
        store.delete(&key(home)).map_err(unusable)?;
        complete(&transaction).await
    }

    fn store(&self, mode: &str) -> Result<(IdbObjectStore, IdbTransaction), Trouble> {
        let options = Object::new();
        // The default lets the browser say "stored" before it is on the disk: after a power cut the count could be too low.
        Reflect::set(&options, &"durability".into(), &"strict".into()).map_err(unusable)?;
        let database: &Transactions = self.0.unchecked_ref();
        let transaction = database.transaction(STORE, mode, &options).map_err(unusable)?;
        Ok((transaction.object_store(STORE).map_err(unusable)?, transaction))
    }
}

impl Drop for KeyStore {
    fn drop(&mut self) {
        self.0.close();
    }
}

fn open_request(window: &Window) -> Result<IdbOpenDbRequest, Trouble> {
    let factory = window.indexed_db().ok().flatten().ok_or(Trouble::Browser("it has no IndexedDB"))?;
    factory.open_with_u32(DATABASE, VERSION).map_err(unusable)
}

/// The request that found the store missing.
fn upgrading(event: &Event) -> Option<IdbOpenDbRequest> {
    event.target()?.dyn_into().ok()
}

fn key(home: NeighbourhoodId) -> JsValue {
    home.to_string().into()
}

fn write(held: &HeldDevice, revision: u32) -> Result<JsValue, Trouble> {
    let record = Object::new();
    let previous = held.device.previous().map_or(JsValue::NULL, |id| id.to_string().into());
    let bytes = |bytes: &Vec<u8>| JsValue::from(Uint8Array::from(bytes.as_slice()));
    let parcel = |parcel: &Parcel| {
        let files: Array = parcel.files.iter().map(bytes).collect();
        js::object(&[("transfer", bytes(&parcel.transfer)), ("files", files.into())]).map(JsValue::from)
    };
    let outbox = held.outbox.iter().map(parcel).collect::<Result<Array, _>>().map_err(unusable)?;
    let refused = |refused: &Refused| {
        let problem = JsValue::from(refused.problem.as_str());
        js::object(&[("transfer", bytes(&refused.transfer)), ("problem", problem)]).map(JsValue::from)
    };
    let refused = held.refused.iter().map(refused).collect::<Result<Array, _>>().map_err(unusable)?;
    let fields: [(&str, JsValue); 7] = [
        ("secret", Uint8Array::from(held.device.secret().to_seed().as_slice()).into()),
        // Exact up to 2^53: more than anybody signs.
        ("sequence", JsValue::from_f64(held.device.sequence() as f64)),
        ("previous", previous),
        ("admitted", held.admitted.into()),
        ("outbox", outbox.into()),
        ("refused", refused.into()),
        ("revision", revision.into()),
    ];
    for (name, value) in fields {
        Reflect::set(&record, &name.into(), &value).map_err(unusable)?;
    }
    Ok(record.into())
}

fn read(home: NeighbourhoodId, record: &JsValue) -> Option<HeldDevice> {
    let field = |name: &str| Reflect::get(record, &name.into()).ok();
    let bytes = |value: JsValue| value.dyn_into::<Uint8Array>().ok().map(|bytes| bytes.to_vec());
    let secret: [u8; 32] = bytes(field("secret")?)?.try_into().ok()?;
    let sequence = field("sequence")?.as_f64()? as u64;
    let previous = match field("previous")?.as_string() {
        Some(id) => Some(OperationId::from_hex(&id)?),
        None => None,
    };
    let outbox = field("outbox")?.dyn_into::<Array>().ok()?;
    // A record of before has none.
    let refused = field("refused")?.dyn_into::<Array>().unwrap_or_default();
    Some(HeldDevice {
        device: Device::resume(SecretKey::from_seed(&secret), home, sequence, previous),
        admitted: field("admitted")?.as_bool()?,
        outbox: outbox.iter().map(read_parcel).collect::<Option<_>>()?,
        refused: refused.iter().map(read_refused).collect::<Option<_>>()?,
        revision: Cell::new(revision_in(record)),
    })
}

/// How often a record was stored; 0 for none, and for one of before this was counted.
fn revision_in(record: &JsValue) -> u32 {
    js::at(record, &["revision"]).as_f64().unwrap_or_default() as u32
}

/// A parcel; in a record of before it is the operation alone.
fn read_parcel(value: JsValue) -> Option<Parcel> {
    if let Some(transfer) = value.dyn_ref::<Uint8Array>() {
        return Some(Parcel::of(transfer.to_vec()));
    }
    let files = js::at(&value, &["files"]).dyn_into::<Array>().ok()?;
    let files = files.iter().map(|file| file.dyn_into::<Uint8Array>().ok().map(|file| file.to_vec()));
    Some(Parcel { transfer: transfer_in(&value)?, files: files.collect::<Option<_>>()? })
}

fn read_refused(value: JsValue) -> Option<Refused> {
    Some(Refused { transfer: transfer_in(&value)?, problem: js::at(&value, &["problem"]).as_string()? })
}

fn transfer_in(value: &JsValue) -> Option<Vec<u8>> {
    js::at(value, &["transfer"]).dyn_into::<Uint8Array>().ok().map(|transfer| transfer.to_vec())
}

/// The result of a request.
async fn answer(request: &IdbRequest) -> Result<JsValue, Trouble> {
    let settled = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    JsFuture::from(settled).await.map_err(unusable)?;
    request.result().map_err(unusable)
}

/// Waits until everything in a transaction is stored.
async fn complete(transaction: &IdbTransaction) -> Result<(), Trouble> {
    let settled = Promise::new(&mut |resolve, reject| {
        transaction.set_oncomplete(Some(&resolve));
        transaction.set_onabort(Some(&reject));
    });
    JsFuture::from(settled).await.map(drop).map_err(unusable)
}

/// What the browser says of a failed store is about its disk and its settings; the page has one sentence for all of it.
fn unusable<T>(_: T) -> Trouble {
    Trouble::Browser("it cannot keep anything on this device")
}
