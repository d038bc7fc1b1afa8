//! What somebody is writing, kept in this browser until it is sent or thrown away. Photos are not kept: they are large, and
//! a browser gives a file only to whoever chose it.

use dorpsplein_protocol::operation::NeighbourhoodId;
use js_sys::{JSON, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlElement, Storage};

use super::form::Form;
use super::js;
use super::page::{Area, Page, set_hidden};

/// What the names of all drafts begin with; then come the neighbourhood and the form.
const PREFIX: &str = "dorpsplein-draft:";

/// The draft of one form.
#[derive(Clone)]
pub(super) struct Kept {
    storage: Storage,
    name: String,
    area: Area,
    form: Form,
}

impl Kept {
    /// Puts back what was being written in the form, and keeps what is written from now on; none in a browser that keeps
    /// nothing.
    pub(super) fn start(page: &Page, area: &Area, form: &Form) -> Option<Self> {
        let storage = page.window().local_storage().ok().flatten()?;
        let home = page.neighbourhood().ok()?;
        let parts = ["data-dorpsplein", "data-kind", "data-subject", "data-item"];
        let about: Vec<String> = parts.iter().filter_map(|name| form.attribute(name)).collect();
        let stem = format!("{}{}:", prefix(home), about.join(":"));
        // What stands there now is another text than the one that was being changed: a draft of that is of no use.
        let name = stem.clone() + &form.attribute("data-heads").unwrap_or_default();
        for old in names(&storage, &stem).into_iter().filter(|old| *old != name) {
            let _ = storage.remove_item(&old);
        }
        let kept = Self { storage, name, area: area.clone(), form: form.clone() };
        kept.restore();
        let (writing, thrown_away) = (kept.clone(), kept.clone());
        Area(form.element().clone().into()).on_itself("input", move || writing.save());
        area.on("[data-draft-clear]", "click", move || {
            thrown_away.forget();
            thrown_away.form.element().reset();
            thrown_away.form.focus_first();
        });
        Some(kept)
    }

    /// It was sent, or thrown away.
    pub(super) fn forget(&self) {
        // Fails in a browser that keeps nothing.
        let _ = self.storage.remove_item(&self.name);
        self.tell(false);
    }

    fn restore(&self) {
        let text = self.storage.get_item(&self.name).ok().flatten();
        let Some(fields) = text.and_then(|text| JSON::parse(&text).ok()) else { return };
        for control in self.controls() {
            let value = js::at(&fields, &[&control.name]);
            if value.is_undefined() {
                continue;
            }
            let (property, value) = match control.kind.as_str() {
                "checkbox" => ("checked", value),
                "radio" => ("checked", (value == js::at(&control.element, &["value"])).into()),
                _ => ("value", value),
            };
            // Fails for no element of a form.
            let _ = Reflect::set(&control.element, &property.into(), &value);
        }
        self.tell(true);
    }

    fn save(&self) {
        let fields = Object::new();
        for control in self.controls() {
            let checked = js::at(&control.element, &["checked"]);
            let value = match control.kind.as_str() {
                "checkbox" => checked,
                "radio" if checked.is_falsy() => continue,
                _ => js::at(&control.element, &["value"]),
            };
            // Fails for no object that was just made.
            let _ = Reflect::set(&fields, &control.name.into(), &value);
        }
        let text = JSON::stringify(&fields).ok().and_then(|text| text.as_string());
        // A full or forbidden store keeps nothing, and then nothing is said to be kept.
        let kept = text.is_some_and(|text| self.storage.set_item(&self.name, &text).is_ok());
        self.tell(kept);
    }

    fn tell(&self, kept: bool) {
        for notice in self.area.parts("[data-draft]") {
            set_hidden(&notice.0, !kept);
        }
    }

    /// The fields that are kept.
    fn controls(&self) -> Vec<Control> {
        let all = self.form.element().elements();
        let control = |at| {
            let element: JsValue = all.item(at)?.dyn_into::<HtmlElement>().ok()?.into();
            let text = |name: &str| js::at(&element, &[name]).as_string().unwrap_or_default();
            let (name, kind) = (text("name"), text("type"));
            let is_kept = !name.is_empty()
                && name != "photo_alt"
                && !matches!(kind.as_str(), "file" | "hidden" | "submit" | "button");
            is_kept.then_some(Control { element, name, kind })
        };
        (0..all.length()).filter_map(control).collect()
    }
}

struct Control {
    element: JsValue,
    name: String,
    kind: String,
}

/// Throws away every draft of this neighbourhood: whoever used this device is no longer its resident here.
pub(super) fn forget_all(page: &Page) {
    let storage = page.window().local_storage().ok().flatten();
    let (Some(storage), Ok(home)) = (storage, page.neighbourhood()) else { return };
    for name in names(&storage, &prefix(home)) {
        // Fails in a browser that keeps nothing.
        let _ = storage.remove_item(&name);
    }
}

fn prefix(home: NeighbourhoodId) -> String {
    format!("{PREFIX}{home}:")
}

fn names(storage: &Storage, prefix: &str) -> Vec<String> {
    let all = (0..storage.length().unwrap_or_default()).filter_map(|at| storage.key(at).ok().flatten());
    all.filter(|name| name.starts_with(prefix)).collect()
}
