//! A resident's own devices: what they call them, one more, one less.

use std::rc::Rc;

use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::linking::LinkPurpose;
use dorpsplein_protocol::operation::{DeviceRetirement, MAX_HOME_KEY_MS, ResidentId, Statement};
use web_sys::Storage;

use super::author::Author;
use super::form::{self, Form};
use super::linking::{Met, meet};
use super::page::{Area, Page, State};
use super::trouble::Trouble;

/// How much the clock may run on or be set between reading it and signing, in milliseconds: 10 minutes.
const SKEW_MS: u64 = 600_000;

/// Wires one device of the list: its name, which stays in this browser, and its retirement.
pub(super) fn listed(page: &Rc<Page>, area: &Area) -> Result<(), Trouble> {
    let key = area.attribute("data-device").and_then(|key| PublicKey::from_hex(&key));
    let key = key.ok_or(Trouble::Browser("the page lists a device without its key"))?;
    show_name(page, area, &key);
    let (naming, at, typed) = (Rc::clone(page), area.clone(), area.form_that("form[data-dorpsplein=name]")?);
    let form = typed.clone();
    form::act(&form, area, move || {
        let said = keep_name(&naming, &key, &typed);
        show_name(&naming, &at, &key);
        async move { said.map(|()| State::Kept) }
    })?;
    // A device that is retired has no such form.
    let Ok(form) = area.form_that("form[data-dorpsplein=retire]") else { return Ok(()) };
    let page = Rc::clone(page);
    form::act(&form, area, move || {
        let page = Rc::clone(&page);
        async move {
            retire(&page, key).await?;
            page.reload();
            Ok(State::Sent)
        }
    })
}

/// Wires the place where a second device is added.
pub(super) fn adding(page: &Rc<Page>, area: &Area) -> Result<(), Trouble> {
    let (page, shown) = (Rc::clone(page), area.clone());
    form::act(&area.form()?, area, move || {
        let (page, area) = (Rc::clone(&page), shown.clone());
        async move { add(&page, &area).await }
    })
}

async fn add(page: &Page, area: &Area) -> Result<State, Trouble> {
    let adding = Author::own(page).await?.key();
    let resident = page.api()?.known(&adding).await?.resident.ok_or_else(stranger)?;
    match meet(page, area, None, LinkPurpose::Device, adding, resident).await? {
        Met::Agreed(answer) => {
            area.show(State::Sending);
            Author::own(page).await?.state(Statement::DeviceAddition(answer.addition())).await?;
            Ok(State::Sent)
        }
        Met::Differs => Ok(State::Rejected),
        Met::Nobody => Ok(State::Expired),
    }
}

/// Wires the place where somebody, this device's resident or the one who stands beside a connector, gets a key for the home
/// network.
pub(super) fn giving_home_key(page: &Rc<Page>, area: &Area) -> Result<(), Trouble> {
    let (page, shown, form) = (Rc::clone(page), area.clone(), area.form()?);
    let typed = form.clone();
    form::act(&form, area, move || {
        let (page, area, filled) = (Rc::clone(&page), shown.clone(), typed.filled());
        async move { give_home_key(&page, &area, &filled?.text("address").unwrap_or_default()).await }
    })
}

async fn give_home_key(page: &Page, area: &Area, address: &str) -> Result<State, Trouble> {
    if !(address.starts_with("http://") || address.starts_with("https://")) {
        return Err(Trouble::foreseen("invalid-content"));
    }
    let giving = Author::own(page).await?.key();
    let resident = match area.attribute("data-resident").and_then(|id| ResidentId::from_hex(&id)) {
        Some(other) => other,
        None => page.api()?.known(&giving).await?.resident.ok_or_else(stranger)?,
    };
    match meet(page, area, Some(address), LinkPurpose::HomeKey, giving, resident).await? {
        Met::Agreed(answer) => {
            area.show(State::Sending);
            let expires = page.api()?.now().await?.plus_millis(MAX_HOME_KEY_MS - SKEW_MS);
            Author::own(page).await?.state(Statement::HomeKey(answer.home_key(resident, expires))).await?;
            Ok(State::Sent)
        }
        Met::Differs => Ok(State::Rejected),
        Met::Nobody => Ok(State::Expired),
    }
}

/// Retires a device; the one this is forgets its key.
pub(super) async fn retire(page: &Page, device: PublicKey) -> Result<(), Trouble> {
    let mut author = Author::own(page).await?;
    let is_this_one = author.key() == device;
    let last = page.api()?.known(&device).await?.sequence;
    // What this device says now is the last that counts of it.
    let last = if is_this_one { author.sequence() + 1 } else { last };
    author.state(Statement::DeviceRetirement(DeviceRetirement { device, last })).await?;
    if is_this_one {
        author.forget().await?;
        super::kept::forget_all(page);
        page.forget_what_was_kept().await;
    }
    Ok(())
}

fn stranger() -> Trouble {
    Trouble::foreseen("not-a-member")
}

/// Names are for whoever made them up; they are not the key, so the browser's simplest store will do.
fn names(page: &Page) -> Option<Storage> {
    page.window().local_storage().ok().flatten()
}

fn show_name(page: &Page, area: &Area, device: &PublicKey) {
    let name = names(page).and_then(|names| names.get_item(&device.to_string()).ok().flatten());
    if let Some(name) = name {
        area.fill("[data-device-name]", &name);
    }
}

fn keep_name(page: &Page, device: &PublicKey, form: &Form) -> Result<(), Trouble> {
    let name = form.filled()?.text("name").unwrap_or_default();
    let kept = names(page).map(|names| names.set_item(&device.to_string(), &name));
    kept.and_then(Result::ok).ok_or(Trouble::Browser("it cannot keep anything on this device"))
}

/// Forgets what the devices were called.
pub(super) fn forget_names(page: &Page) {
    // Where there is no store there are no names.
    let _ = names(page).map(|names| names.clear());
}
