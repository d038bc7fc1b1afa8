//! A form: what was filled in, and when it may be sent.

use std::future::Future;
use std::pin::Pin;

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Event, FormData, HtmlElement, HtmlFormElement};

use super::page::{Area, State, set_hidden};
use super::trouble::Trouble;

/// What comes to an end later.
type Later<T> = Pin<Box<dyn Future<Output = T>>>;

/// A form of the page.
#[derive(Clone)]
pub(super) struct Form(HtmlFormElement);

/// What was filled in when the form was sent.
pub(super) struct Filled(FormData);

impl Form {
    pub(super) const fn new(element: HtmlFormElement) -> Self {
        Self(element)
    }

    /// Shows it.
    pub(super) fn reveal(&self) {
        set_hidden(&self.0, false);
    }

    /// Empties and hides it: what was in it has been sent.
    pub(super) fn put_away(&self) {
        self.0.reset();
        set_hidden(&self.0, true);
    }

    /// While something is being sent nobody can change it or send it twice.
    pub(super) fn set_busy(&self, busy: bool) {
        // Fails only for a name that is no attribute's.
        let _ = self.0.toggle_attribute_with_force("inert", busy);
    }

    /// Once it is signed, the words can no longer be changed, only sent.
    pub(super) fn set_signed(&self, signed: bool) {
        let controls = self.0.elements();
        for at in 0..controls.length() {
            let control = controls.item(at).and_then(|control| control.dyn_into::<HtmlElement>().ok());
            if let Some(control) = control.filter(|control| control.tag_name() != "BUTTON") {
                // Fails only for a name that is no attribute's.
                let _ = control.toggle_attribute_with_force("disabled", signed);
            }
        }
    }

    /// What is filled in now.
    pub(super) fn filled(&self) -> Result<Filled, Trouble> {
        FormData::new_with_form(&self.0).map(Filled).map_err(|_| Trouble::Browser("the form cannot be read"))
    }

    /// Its element.
    pub(super) const fn element(&self) -> &HtmlFormElement {
        &self.0
    }

    /// Moves the focus to its first field.
    pub(super) fn focus_first(&self) {
        if let Some(first) = self.0.elements().item(0).and_then(|first| first.dyn_into::<HtmlElement>().ok()) {
            // Without focus the form is there all the same.
            let _ = first.focus();
        }
    }

    /// Whether all is filled in as its fields want it; if not, the browser says so by the field.
    pub(super) fn is_complete(&self) -> bool {
        self.0.report_validity()
    }

    /// An attribute of the form.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        self.0.get_attribute(name)
    }

    /// Calls `handler` whenever the form is sent, instead of sending it to the box unsigned.
    pub(super) fn on_submit<F: Future<Output = ()> + 'static>(
        &self,
        handler: impl Fn() -> F + 'static,
    ) -> Result<(), Trouble> {
        self.watch(Box::new(move || Box::pin(handler())))
    }

    /// One function for all handlers: what each form would have of its own, everybody would download.
    fn watch(&self, handler: Box<dyn Fn() -> Later<()>>) -> Result<(), Trouble> {
        let listener = Closure::<dyn Fn(Event)>::new(move |event: Event| {
            event.prevent_default();
            spawn_local(handler());
        });
        let added = self.0.add_event_listener_with_callback("submit", listener.as_ref().unchecked_ref());
        // The form lives as long as the page, and so does its listener.
        listener.forget();
        added.map_err(|_| Trouble::Browser("the form cannot be watched"))
    }
}

/// Wires a form whose outcome is told in `area`: what `act` comes to is the state to show.
pub(super) fn act<F: Future<Output = Result<State, Trouble>> + 'static>(
    form: &Form,
    area: &Area,
    act: impl Fn() -> F + 'static,
) -> Result<(), Trouble> {
    carry_out(form, area, Box::new(move || Box::pin(act())))
}

fn carry_out(form: &Form, area: &Area, act: Box<dyn Fn() -> Later<Result<State, Trouble>>>) -> Result<(), Trouble> {
    let (busy, area) = (form.clone(), area.clone());
    form.on_submit(move || {
        let (form, area, outcome) = (busy.clone(), area.clone(), act());
        form.set_busy(true);
        area.show(State::Sending);
        async move {
            match outcome.await {
                Ok(state) => area.show_instead_of_form(state),
                Err(trouble) => area.report(&trouble),
            }
            form.set_busy(false);
        }
    })
}

impl Filled {
    /// Every value of a field that can have several.
    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        self.0.get_all(name).iter().filter_map(|value| value.as_string()).collect()
    }

    /// The text in a field exactly as it is, with line feeds for line ends.
    pub(super) fn raw(&self, name: &str) -> String {
        self.0.get(name).as_string().unwrap_or_default().replace('\r', "")
    }

    /// The text in a field; none when it is empty, absent or only spaces.
    ///
    /// Line ends become line feeds and tabs become spaces: an operation takes no other control characters.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let text = self.0.get(name).as_string()?;
        let text: String = text.chars().filter(|c| *c != '\r').map(|c| if c == '\t' { ' ' } else { c }).collect();
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }
}
