//! The browser's module: it makes this device's key, keeps it, signs with it, and checks what others signed.
//!
//! [`start`] looks at the data attributes of the page (`templates/README.md` is the contract) and brings to life what is
//! there. From below upwards: [`page`] and [`api`] touch the document and the box; [`key_store`] keeps the device in
//! IndexedDB and [`lock`] keeps other tabs away meanwhile; [`author`] signs and hands in; [`join`], [`write`] and
//! [`proof`] are the three things people do.
//!
//! The module is built three times (`node/build`), and a page loads one of the three: who writes downloads the smallest one,
//! the one with the feature `meeting` is for joining and for checking who says something, and the one with the feature `inside`
//! for the pages behind the door and for a new device.
//!
//! The private key leaves [`key_store`] in one direction only, into [`author`], and never as text: it is not sent, not
//! logged, not in the document, and no error carries it.

#![cfg_attr(
    not(feature = "inside"),
    allow(dead_code, reason = "some of what the pages inside need stands beside its like")
)]

mod api;
mod author;
#[cfg(feature = "inside")]
mod calendars;
mod copies;
#[cfg(feature = "inside")]
mod desk;
mod draft;
#[cfg(feature = "meeting")]
mod evidence;
mod form;
mod handing_on;
mod handling;
#[cfg(feature = "inside")]
mod inside;
mod item_acts;
#[cfg(feature = "meeting")]
mod join;
mod js;
mod kept;
mod key_store;
#[cfg(feature = "inside")]
mod leaving;
#[cfg(feature = "inside")]
mod letters;
#[cfg(feature = "inside")]
mod linking;
mod lock;
#[cfg(feature = "inside")]
mod logo;
#[cfg(feature = "inside")]
mod look;
#[cfg(feature = "inside")]
mod my_devices;
mod outbox;
mod page;
#[cfg(feature = "inside")]
mod passkey;
mod photo;
#[cfg(feature = "inside")]
mod profile;
#[cfg(feature = "meeting")]
mod proof;
#[cfg(feature = "inside")]
mod push;
#[cfg(feature = "inside")]
mod qr;
#[cfg(feature = "inside")]
mod queue;
mod session;
mod settle;
#[cfg(feature = "inside")]
mod spare;
#[cfg(feature = "meeting")]
mod stretch;
mod trouble;
#[cfg(feature = "vectors")]
pub mod vectors;
#[cfg(feature = "inside")]
mod wall_clock;
mod write;

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use page::{Area, Page};
use trouble::Trouble;

/// Wires the page this module was loaded into.
///
/// # Errors
/// What keeps the module from reading the page at all. All else is told on the page.
#[wasm_bindgen]
pub async fn start() -> Result<(), JsValue> {
    let page = Rc::new(Page::current()?);
    #[cfg(feature = "meeting")]
    if let Some(area) = page.area("join") {
        told(&area, join::start(&page, area.clone()).await);
    }
    let forms: Vec<Area> = ["write", "sign-up", "comment"].iter().filter_map(|name| page.area(name)).collect();
    for area in &forms {
        told(area, write::start(&page, area.clone()).await);
    }
    let reads = forms.is_empty() && page.area("join").is_none();
    if let Some(area) = page.area("login").filter(|_| reads) {
        told(&area, session::start(&page, area.clone()).await);
    }
    #[cfg(feature = "meeting")]
    if let Some(area) = page.proof().filter(|_| reads) {
        let verdict = area.verdict().unwrap_or_else(|| area.clone());
        told(&verdict, proof::start(&page, area).await);
    }
    outbox::follow(&page);
    // Many forms, each with a place of its own to tell what happens: what keeps them all from working goes to the console.
    item_acts::start(&page).await?;
    settle::start(&page).await?;
    handing_on::start(&page);
    #[cfg(feature = "inside")]
    inside::start(&page).await?;
    Ok(())
}

/// Tells on the page what went wrong, if anything did.
fn told(area: &Area, outcome: Result<(), Trouble>) {
    if let Err(trouble) = outcome {
        area.report(&trouble);
    }
}
