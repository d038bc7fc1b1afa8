//! What one does with a part of a page: listen to it, move it, bring it forward, fill it.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{HtmlElement, HtmlFormElement};

use super::form::Form;
use super::page::{Area, set_hidden};
use super::trouble::Trouble;

impl Area {
    /// Moves it before what stands before it among its like.
    pub(super) fn move_before_previous(&self) {
        if let Some(previous) = self.0.previous_element_sibling() {
            // Fails for no elements with a parent.
            let _ = previous.before_with_node_1(&self.0);
        }
    }

    /// Moves it after what stands after it among its like.
    pub(super) fn move_after_next(&self) {
        if let Some(next) = self.0.next_element_sibling() {
            // Fails for no elements with a parent.
            let _ = next.after_with_node_1(&self.0);
        }
    }

    /// Shows it, and moves the focus there.
    pub(super) fn come_forward(&self) {
        set_hidden(&self.0, false);
        if let Some(element) = self.0.dyn_ref::<HtmlElement>() {
            // Without focus it is shown all the same.
            let _ = element.focus();
        }
    }

    /// Puts a part of a page that the box made where this selector finds a place for it.
    pub(super) fn put_html(&self, selector: &str, html: &str) {
        self.parts(selector).iter().for_each(|place| place.0.set_inner_html(html));
    }

    /// The form that it is.
    pub(super) fn as_form(&self) -> Result<Form, Trouble> {
        let form = self.0.clone().dyn_into::<HtmlFormElement>();
        form.map(Form::new).map_err(|_| Trouble::Browser("the page has no form"))
    }

    /// Calls `handler` whenever this happens to it.
    pub(super) fn on_itself(&self, event: &str, handler: impl Fn() + 'static) {
        let listener = Closure::<dyn Fn()>::new(handler);
        // Fails for no element.
        let _ = self.0.add_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
        // The page lives as long as its listeners.
        listener.forget();
    }

    /// Calls `handler` whenever this happens to what the selector finds in it.
    pub(super) fn on(&self, selector: &str, event: &str, handler: impl Fn() + 'static) {
        self.watch(selector, event, Closure::new(handler));
    }

    fn watch(&self, selector: &str, event: &str, listener: Closure<dyn Fn()>) {
        for part in self.parts(selector) {
            // Fails for no element.
            let _ = part.0.add_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
        }
        // The page lives as long as its listeners.
        listener.forget();
    }

    /// Makes every link in it whose path ends in, or has, `{id}` lead to this item.
    pub(super) fn lead_to(&self, id: &str) {
        for link in self.parts("[data-path]") {
            let path = link.attribute("data-path").unwrap_or_default();
            // By single characters: searching for a text is 3 KB of code that everybody would download.
            let around = path.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?.1)));
            let path = around.map_or_else(|| path.clone(), |(before, after)| format!("{before}{id}{after}"));
            // Fails only for a name that is no attribute's.
            let _ = link.0.set_attribute("href", &path);
        }
    }
}
