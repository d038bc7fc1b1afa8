//! The browser's module: it makes this device's key, keeps it, signs with it, and checks what others signed.
//!
//! [`start`] looks at the data attributes of the page (`templates/README.md` is the contract) and brings to life what is
//! there. From below upwards: [`page`] and [`api`] touch the document and the box; [`key_store`] keeps the device in
//! IndexedDB and [`lock`] keeps other tabs away meanwhile; [`author`] signs and hands in; [`join`], [`write`] and
//! [`proof`] are the three things people do.
//!
//! The private key leaves [`key_store`] in one direction only, into [`author`], and never as text: it is not sent, not
//! logged, not in the document, and no error carries it.

mod api;
mod author;
mod copies;
mod desk;
mod draft;
mod evidence;
mod form;
mod item_acts;
mod join;
mod js;
mod key_store;
mod leaving;
mod letters;
mod linking;
mod lock;
mod my_devices;
mod page;
mod passkey;
mod proof;
mod qr;
mod session;
mod spare;
mod stretch;
mod trouble;
#[cfg(feature = "vectors")]
pub mod vectors;
mod write;

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use author::Author;
use page::{Area, Page};
use trouble::Trouble;

/// Wires the page this module was loaded into.
///
/// # Errors
/// What keeps the module from reading the page at all. All else is told on the page.
#[wasm_bindgen]
pub async fn start() -> Result<(), JsValue> {
    let page = Rc::new(Page::current()?);
    if let Some(area) = page.area("join") {
        told(&area, join::start(&page, area.clone()).await);
    } else if let Some(area) = page.area("write").or_else(|| page.area("comment")) {
        told(&area, write::start(&page, area.clone()).await);
    } else if let Some(area) = page.area("device") {
        told(&area, spare::start(&page, area.clone()).await);
    } else {
        if let Some(area) = page.area("login") {
            told(&area, session::start(&page, area.clone()).await);
        }
        if page.is_for_those_logged_in() {
            session::watch(&page)?;
            my_data(&page);
        }
        if let Some(area) = page.proof() {
            let verdict = area.verdict().unwrap_or_else(|| area.clone());
            told(&verdict, proof::start(&page, area).await);
        }
        if let Some(area) = page.area("letters") {
            told(&area, letters::start(&page, area.clone()).await);
        }
        send_what_is_left(&page).await;
    }
    // Many forms, each with a place of its own to tell what happens: what keeps them all from working goes to the console.
    desk::start(&page).await?;
    item_acts::start(&page).await?;
    Ok(())
}

/// Wires what there is of "Mijn gegevens".
fn my_data(page: &Rc<Page>) {
    type Wiring = fn(&Rc<Page>, &Area) -> Result<(), Trouble>;
    let areas: [(&str, Wiring); 6] = [
        ("add-device", my_devices::adding),
        ("card", spare::making_card),
        ("passkey", spare::making_passkey),
        ("export", leaving::exporting),
        ("leave", leaving::leaving),
        ("log-out", session::log_out),
    ];
    for device in page.parts("[data-device]") {
        told(&device, my_devices::listed(page, &device));
    }
    for (name, wire) in areas {
        if let Some(area) = page.area(name) {
            told(&area, wire(page, &area));
        }
    }
}

/// Tells on the page what went wrong, if anything did.
fn told(area: &Area, outcome: Result<(), Trouble>) {
    if let Err(trouble) = outcome {
        area.report(&trouble);
    }
}

/// On a page with nothing to fill in: sends what an earlier page signed and could not deliver.
///
/// Nothing is said here, because this page has no words for it. What the box does not take stays where it is; the next
/// page with a form sends it again and says what became of it.
async fn send_what_is_left(page: &Page) {
    if let Ok(Some(mut author)) = Author::open(page).await {
        let _ = author.deliver_quietly().await;
    }
}
