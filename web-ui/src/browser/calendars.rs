//! Other calendars at the desk: a file is handed in, and events of it are published by whoever is here, signed on this device.

use dorpsplein_protocol::compose::Place;
use dorpsplein_protocol::operation::{Edit, Field, ItemId, Kind, NeighbourhoodId, OperationId, Space, Value};
use js_sys::{Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::author::Author;
use super::draft::Draft;
use super::form::Filled;
use super::js;
use super::page::{Area, Page};
use super::trouble::Trouble;
use super::write::space;

/// The largest file that is sent, in bytes: a larger one the box would refuse.
const MAX_FILE_BYTES: f64 = 2_000_000.0;

/// Carries out an act on other calendars; false for another act.
pub(super) async fn carry_out(page: &Page, area: &Area, act: &str, filled: &Filled) -> Result<bool, Trouble> {
    match act {
        "import-calendar" => import(page, area).await?,
        "pass-over" => pass_over(page, filled).await?,
        "take-over" => take_over(page, filled).await?,
        "take-over-all" => take_over_all(page, filled).await?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// Hands in the chosen file.
async fn import(page: &Page, area: &Area) -> Result<(), Trouble> {
    let input = area.parts("[type=file]").pop().ok_or(Trouble::Browser("the form has no field for a file"))?;
    let file = js::at(&input.0, &["files", "0"]);
    if js::at(&file, &["size"]).as_f64().is_none_or(|size| size > MAX_FILE_BYTES) {
        return Err(Trouble::foreseen(if file.is_undefined() { "invalid-content" } else { "calendar-too-large" }));
    }
    let bytes = bytes_of(&file).await.map_err(|_| Trouble::foreseen("calendar-format"))?;
    let name = js_sys::encode_uri_component(&js::at(&file, &["name"]).as_string().unwrap_or_default());
    page.api()?.import_calendar(&String::from(name), &bytes).await
}

async fn bytes_of(file: &JsValue) -> Result<Uint8Array, JsValue> {
    let bytes = JsFuture::from(js::call(file, "arrayBuffer", &[])?.dyn_into::<Promise>()?).await?;
    Ok(Uint8Array::new(&bytes))
}

async fn pass_over(page: &Page, filled: &Filled) -> Result<(), Trouble> {
    let failed = |_| Trouble::Browser("a request cannot be written");
    let body = Object::new();
    for name in ["key", "print"] {
        let value = filled.text(name).unwrap_or_default();
        Reflect::set(&body, &name.into(), &value.into()).map_err(failed)?;
    }
    let json = js_sys::JSON::stringify(&body).map_err(failed)?;
    page.api()?.pass_over(&json).await
}

/// Every proposal of one calendar on this page, one after the other. What was done before something went wrong stays done.
async fn take_over_all(page: &Page, filled: &Filled) -> Result<(), Trouble> {
    let source = filled.text("source");
    for area in page.parts("[data-area=act]:has(form[data-act=take-over])") {
        let one = area.form()?.filled()?;
        if one.text("source") == source {
            take_over(page, &one).await?;
        }
    }
    Ok(())
}

/// Publishes an event, or has the one that stands say what its source says.
async fn take_over(page: &Page, filled: &Filled) -> Result<(), Trouble> {
    let mut author = Author::own(page).await?;
    match filled.text("item") {
        Some(item) => {
            let unclear = || Trouble::Browser("the form does not say what it is about");
            let item = ItemId::from_hex(&item).ok_or_else(unclear)?;
            let neighbourhood = filled.text("neighbourhood").and_then(|id| NeighbourhoodId::from_hex(&id));
            let at = Place {
                neighbourhood: neighbourhood.ok_or_else(unclear)?,
                space: space(&filled.text("space").unwrap_or_default())?,
            };
            let heads = filled.text("heads").unwrap_or_default();
            let heads = heads.split(' ').map(OperationId::from_hex).collect::<Option<Vec<_>>>().ok_or_else(unclear)?;
            author.edit(at, item, heads, edits(filled)).await
        }
        None => {
            let named = [("uid", Field::UID), ("source", Field::SOURCE), ("category", Field::CATEGORY)];
            let more = named.into_iter().filter_map(|(name, field)| Some(set(field, Value::Text(filled.text(name)?))));
            let edits = edits(filled).into_iter().filter(says_something).chain(more).collect();
            let at = Place { neighbourhood: author.home(), space: Space::Square };
            author.say(at, Draft { kind: Kind::EVENT, subject: None, edits }).await
        }
    }
}

/// What the event says, field by field; what it does not say is nothing.
fn edits(filled: &Filled) -> Vec<Edit> {
    let fields = [
        ("title", Field::TITLE),
        ("body", Field::BODY),
        ("place", Field::PLACE),
        ("website", Field::WEBSITE),
        ("starts", Field::STARTS),
        ("ends", Field::ENDS),
        ("rule", Field::REPEATS),
    ];
    let said = |name: &str| filled.text(name).map_or(Value::Null, Value::Text);
    let fields = fields.into_iter().map(|(name, field)| set(field, said(name)));
    let cancelled = set(Field::CANCELLED, Value::Bool(filled.text("cancelled").is_some()));
    let field = Field::EXCEPT;
    let added = filled.texts("add").into_iter().map(|member| Edit::Add { field, member });
    let removed = filled.texts("remove").into_iter().map(|member| Edit::Remove { field, member });
    fields.chain([cancelled]).chain(added).chain(removed).collect()
}

/// A new event says only what it has to say.
fn says_something(edit: &Edit) -> bool {
    !matches!(edit, Edit::Set { value: Value::Null | Value::Bool(false), .. })
}

fn set(field: Field, value: Value) -> Edit {
    Edit::Set { field, value }
}
