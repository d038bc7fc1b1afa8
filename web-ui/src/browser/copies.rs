//! Parts of a page that come and go: copies of its templates, and what no longer fits.

use js_sys::{Function, Reflect};
use wasm_bindgen::JsValue;

use super::js;
use super::page::{Area, Page, set_hidden};
use super::trouble::Trouble;

impl Page {
    /// The language of what the page says, as its body's tag has it, or its first one.
    pub(super) fn language(&self) -> String {
        let document = self.window().document();
        let body = document.as_ref().and_then(|document| document.body()).and_then(|body| body.get_attribute("lang"));
        let root = || document.as_ref().and_then(|document| document.document_element()?.get_attribute("lang"));
        body.or_else(root).unwrap_or_default()
    }

    /// Reads the page again after so many milliseconds, so that people can read what happened.
    pub(super) fn reload_soon(&self, milliseconds: i32) -> Result<(), Trouble> {
        let location = self.window().location();
        let reload = js::at(&location, &["reload"]);
        let reload = Function::from(reload).bind0(&location);
        let set = self.window().set_timeout_with_callback_and_timeout_and_arguments_0(&reload, milliseconds);
        set.map(drop).map_err(|_| Trouble::Browser("it cannot wait"))
    }

    /// Copies the content of a template of the page into a place.
    pub(super) fn copy_into(&self, template: &str, place: &Area) -> Result<(), Trouble> {
        let templates = self.parts(template);
        templates.first().and_then(|template| copy(template, place).ok()).ok_or_else(missing)
    }
}

impl Area {
    /// Shows the whole of it.
    pub(super) fn unhide(&self) {
        set_hidden(&self.0, false);
    }

    /// Takes it out of the page.
    pub(super) fn remove(&self) {
        self.0.remove();
    }

    /// Takes out all that is in it.
    pub(super) fn clear(&self) {
        self.0.set_text_content(None);
    }

    /// Tells how far something is, from 0 to 1.
    pub(super) fn progress(&self, done: f64) {
        for bar in self.parts("[data-progress]") {
            // As a property: writing a number down would bring six kilobytes of code along. Every bar has this one.
            let _ = Reflect::set(&bar.0, &"value".into(), &done.into());
        }
    }

    /// Copies the content of a template in this area to the end of another part of it; the copy.
    pub(super) fn copy_of(&self, template: &str, into: &str) -> Result<Self, Trouble> {
        let first = |selector| self.parts(selector).into_iter().next().ok_or_else(missing);
        let place = first(into)?;
        copy(&first(template)?, &place).map_err(|_| missing())?;
        place.0.last_element_child().map(Self).ok_or_else(missing)
    }
}

fn copy(template: &Area, place: &Area) -> Result<(), JsValue> {
    let content = js::at(&template.0, &["content"]);
    let copied = js::call(&content, "cloneNode", &[&JsValue::TRUE])?;
    js::call(&place.0, "append", &[&copied]).map(drop)
}

fn missing() -> Trouble {
    Trouble::Browser("the page lacks what is to be copied")
}
