//! Asking for notices on this device (Web Push): the browser asks whether they may come and gives what it takes to reach it,
//! and the box is told.

use std::rc::Rc;

use js_sys::{Array, JSON, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::form::{self, Form};
use super::js::{at, call, object};
use super::page::{Area, Page, State};
use super::trouble::Trouble;

/// Wires the place where one asks for notices; a browser that can have none is told so.
pub(super) fn start(page: &Rc<Page>, area: &Area) -> Result<(), Trouble> {
    let window = page.window();
    let is_there = |path: &[&str]| !at(window, path).is_undefined();
    if !(is_there(&["PushManager"]) && is_there(&["Notification"]) && is_there(&["navigator", "serviceWorker"])) {
        area.reveal("[data-unable]");
        return Ok(());
    }
    let typed = area.form()?;
    typed.reveal();
    if !area.parts("[data-push-lost]").is_empty() {
        let (page, place) = (Rc::clone(page), area.clone());
        spawn_local(async move {
            // The box says that notices are on; the browser may know better.
            if is_lost(&page).await.unwrap_or_default() {
                place.reveal("[data-push-lost]");
                for said in page.parts("[data-push-on]") {
                    said.hide();
                }
            }
        });
    }
    let (page, shown, form) = (Rc::clone(page), area.clone(), typed.clone());
    form::act(&typed, area, move || {
        let (page, area, form) = (Rc::clone(&page), shown.clone(), form.clone());
        async move { ask(&page, &area, &form).await }
    })
}

async fn ask(page: &Page, area: &Area, form: &Form) -> Result<State, Trouble> {
    let filled = form.filled()?;
    let kinds = filled.texts("kind");
    if kinds.is_empty() {
        return Ok(State::Unchanged);
    }
    let asked = settled(call(&at(page.window(), &["Notification"]), "requestPermission", &[])).await;
    if asked.ok().and_then(|answer| answer.as_string()).as_deref() != Some("granted") {
        return Ok(State::Rejected);
    }
    let key = area.attribute("data-push-key").unwrap_or_default();
    let Ok(reached) = subscription(page, &key).await else { return Ok(State::Expired) };
    let text = |path: &[&str]| at(&reached, path);
    let fields = [
        ("endpoint", text(&["endpoint"])),
        ("p256dh", text(&["keys", "p256dh"])),
        ("auth", text(&["keys", "auth"])),
        ("lang", area.attribute("data-push-lang").unwrap_or_default().into()),
        ("kinds", kinds.iter().map(|kind| JsValue::from_str(kind)).collect::<Array>().into()),
        ("alerts_at_night", filled.text("night").is_some().into()),
    ];
    let wish = object(&fields).and_then(|wish| JSON::stringify(&wish));
    page.api()?.ask_for_notices(&wish.map_err(|_| Trouble::Browser("a request cannot be written"))?.into()).await?;
    page.reload();
    Ok(State::Sent)
}

/// How this browser is reached, as JSON has it (Push API, section 8): what it has already, or anew where that was for another
/// key of the box.
async fn subscription(page: &Page, key: &str) -> Result<JsValue, JsValue> {
    let worker = settled(Ok(at(page.window(), &["navigator", "serviceWorker", "ready"]))).await?;
    let manager = at(&worker, &["pushManager"]);
    let options = object(&[("userVisibleOnly", true.into()), ("applicationServerKey", key.into())])?;
    let mut made = settled(call(&manager, "subscribe", &[&options])).await;
    if made.is_err() {
        let old = settled(call(&manager, "getSubscription", &[])).await?;
        if old.is_object() {
            settled(call(&old, "unsubscribe", &[])).await?;
            made = settled(call(&manager, "subscribe", &[&options])).await;
        }
    }
    call(&made?, "toJSON", &[])
}

/// Whether this browser can be reached no more.
async fn is_lost(page: &Page) -> Result<bool, JsValue> {
    let worker = settled(Ok(at(page.window(), &["navigator", "serviceWorker", "ready"]))).await?;
    let known = settled(call(&at(&worker, &["pushManager"]), "getSubscription", &[])).await?;
    Ok(!known.is_object())
}

/// What a promise comes to.
async fn settled(promise: Result<JsValue, JsValue>) -> Result<JsValue, JsValue> {
    JsFuture::from(promise?.dyn_into::<Promise>()?).await
}
