//! Taking along all that one made here, and leaving: everything erased first, then the membership ended.

use std::rc::Rc;

use dorpsplein_protocol::compose::Place;
use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::{DeviceCount, Edit, MemberRemoval, Statement};
use js_sys::{Array, JSON, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, HtmlElement, Url};

use super::author::Author;
use super::form;
use super::js::{at, object};
use super::my_devices::forget_names;
use super::page::{Area, Page, State};
use super::trouble::Trouble;
use super::write::space;

/// Wires the place where one gets a file with all one made here.
pub(super) fn exporting(page: &Rc<Page>, area: &Area) -> Result<(), Trouble> {
    let (page, shown) = (Rc::clone(page), area.clone());
    form::act(&area.form()?, area, move || {
        let (page, area) = (Rc::clone(&page), shown.clone());
        async move {
            let file = export(&page).await?;
            offer(&page, &area, &file).map_err(|_| Trouble::Browser("it cannot make a file"))?;
            Ok(State::Sent)
        }
    })
}

/// Wires the place where one leaves.
pub(super) fn leaving(page: &Rc<Page>, area: &Area) -> Result<(), Trouble> {
    let (page, shown) = (Rc::clone(page), area.clone());
    form::act(&area.form()?, area, move || {
        let (page, area) = (Rc::clone(&page), shown.clone());
        async move {
            erase_all(&page, &area).await?;
            leave(&page).await?;
            area.reveal("[data-left]");
            Ok(State::Sent)
        }
    })
}

/// What the box has of this resident, with every item as it stands.
async fn export(page: &Page) -> Result<String, Trouble> {
    let api = page.api()?;
    let mine = api.as_it_is("mine").await?;
    for item in Array::from(&at(&mine, &["items"])).iter() {
        let id = at(&item, &["id"]).as_string().unwrap_or_default();
        // What is hidden from visitors is named all the same, with its operations.
        if let Ok(content) = api.as_it_is(&format!("items/{id}")).await {
            Reflect::set(&item, &"item".into(), &content).map_err(|_| unwritable(()))?;
        }
    }
    let text = JSON::stringify_with_replacer_and_space(&mine, &JsValue::NULL, &2.into());
    text.map(String::from).map_err(|_| unwritable(()))
}

/// Hands a file over, as if a link to it had been followed.
fn offer(page: &Page, area: &Area, file: &str) -> Result<(), JsValue> {
    let kind = object(&[("type", "application/json".into())])?;
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&file.into()), kind.unchecked_ref())?;
    let address = Url::create_object_url_with_blob(&blob)?;
    let link = page.element("a")?.dyn_into::<HtmlElement>()?;
    link.set_attribute("href", &address)?;
    link.set_attribute("download", &area.attribute("data-file").unwrap_or_default())?;
    link.click();
    Url::revoke_object_url(&address)
}

async fn erase_all(page: &Page, area: &Area) -> Result<(), Trouble> {
    let items = page.api()?.own_items().await?;
    let all = items.len();
    for (done, item) in items.into_iter().enumerate() {
        area.fill("[data-progress]", &format!("{} / {all}", done + 1));
        let at = Place { neighbourhood: item.neighbourhood, space: space(&item.space)? };
        let erase = Edit::Erase { kind: item.kind, reason: None, note: String::new() };
        Author::own(page).await?.edit(at, item.id, item.heads, vec![erase]).await?;
    }
    Ok(())
}

async fn leave(page: &Page) -> Result<(), Trouble> {
    let api = page.api()?;
    let mut author = Author::own(page).await?;
    let resident = api.known(&author.key()).await?.resident.ok_or_else(|| Trouble::foreseen("not-a-member"))?;
    let mut counts = Vec::new();
    for device in page.parts("[data-device]") {
        let Some(device) = device.attribute("data-device").and_then(|key| PublicKey::from_hex(&key)) else { continue };
        // What this device says now is the last that counts of it.
        let this_one = (device == author.key()).then(|| author.sequence() + 1);
        let last = match this_one {
            Some(last) => last,
            None => api.known(&device).await?.sequence,
        };
        counts.push(DeviceCount { device, last });
    }
    counts.sort_unstable();
    author.state(Statement::MemberRemoval(MemberRemoval { resident, counts })).await?;
    author.forget().await?;
    super::kept::forget_all(page);
    forget_names(page);
    page.forget_what_was_kept().await;
    Ok(())
}

fn unwritable<T>(_: T) -> Trouble {
    Trouble::Browser("it cannot write down what the box sent")
}
