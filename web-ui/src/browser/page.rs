//! The document: finds the places the templates promise, shows one of their states, writes text and never markup.

use dorpsplein_protocol::operation::NeighbourhoodId;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, Event, HtmlElement, HtmlFormElement, Window};

use super::api::Api;
use super::form::Form;
use super::trouble::Trouble;

/// The page this module was loaded into.
pub(super) struct Page {
    window: Window,
    document: Document,
    body: HtmlElement,
}

/// A place with states, of which one shows at a time.
#[derive(Clone)]
pub(super) struct Area(Element);

/// The value of `data-state`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Looking for a key, asking after an invitation, checking signatures.
    Checking,
    /// No key on this device.
    NeedsKey,
    /// No secret in the address.
    NeedsInvitation,
    /// This device is a resident's already.
    AlreadyJoined,
    /// Signing and sending.
    Sending,
    /// Accepted.
    Sent,
    /// The box said no.
    Refused,
    /// The box did not answer.
    Offline,
    /// This device cannot do it; for a proof: the bytes could not be had.
    Failed,
    /// What is shown was signed.
    Verified,
    /// What is shown was not signed.
    NotVerified,
}

impl State {
    const fn name(self) -> &'static str {
        match self {
            Self::Checking => "checking",
            Self::NeedsKey => "needs-key",
            Self::NeedsInvitation => "needs-invitation",
            Self::AlreadyJoined => "already-joined",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::Offline => "offline",
            Self::Failed => "failed",
            Self::Verified => "verified",
            Self::NotVerified => "not-verified",
        }
    }
}

impl Page {
    /// The page of the window this runs in.
    pub(super) fn current() -> Result<Self, Trouble> {
        let window = web_sys::window().ok_or(Trouble::Browser("there is no window"))?;
        let document = window.document().ok_or(Trouble::Browser("there is no document"))?;
        let body = document.body().ok_or(Trouble::Browser("the page has no body"))?;
        Ok(Self { window, document, body })
    }

    /// The window.
    pub(super) const fn window(&self) -> &Window {
        &self.window
    }

    /// The neighbourhood whose site this is.
    pub(super) fn neighbourhood(&self) -> Result<NeighbourhoodId, Trouble> {
        let id = self.body.get_attribute("data-neighbourhood");
        id.and_then(|id| NeighbourhoodId::from_hex(&id)).ok_or(Trouble::Browser("the page names no neighbourhood"))
    }

    /// The API of the box that served the page.
    pub(super) fn api(&self) -> Result<Api, Trouble> {
        let base = self.body.get_attribute("data-api").ok_or(Trouble::Browser("the page names no API"))?;
        Ok(Api::new(self.window.clone(), base))
    }

    /// The area with this `data-area`.
    pub(super) fn area(&self, name: &str) -> Option<Area> {
        let area = self.document.query_selector(&format!("[data-area={name}]")).ok()??;
        // A box built for reading only serves an area with nothing in it to wire.
        area.query_selector("form[data-dorpsplein]").ok()?.map(|_| Area(area))
    }

    /// The area of "Wie zegt dit?" with all that it lists.
    pub(super) fn proof(&self) -> Option<Area> {
        self.document.query_selector("[data-dorpsplein=proof]").ok()?.map(Area)
    }

    /// What stands behind the `#` of the address, if anything.
    pub(super) fn fragment(&self) -> Option<String> {
        let hash = self.window.location().hash().ok()?;
        hash.strip_prefix('#').filter(|fragment| !fragment.is_empty()).map(str::to_owned)
    }

    /// Takes the fragment out of the address bar and the history, so that nobody finds a used secret there.
    pub(super) fn forget_fragment(&self) -> Result<(), Trouble> {
        let failed = |_| Trouble::Browser("the address cannot be changed");
        let location = self.window.location();
        let address = location.pathname().map_err(failed)? + &location.search().map_err(failed)?;
        let history = self.window.history().map_err(failed)?;
        history.replace_state_with_url(&JsValue::NULL, "", Some(&address)).map_err(failed)
    }

    /// Lets the link to the same page in the other language take the fragment along, which a link does not do by itself.
    /// Its `href` stays as it is: the secret of an invitation has no place in the document.
    pub(super) fn carry_fragment_to_other_language(&self) -> Result<(), Trouble> {
        let failed = |_| Trouble::Browser("the link to the other language cannot be watched");
        let Some(link) = self.document.query_selector("[data-language]").map_err(failed)? else { return Ok(()) };
        let (window, target) = (self.window.clone(), link.clone());
        let listener = Closure::<dyn Fn(Event)>::new(move |event: Event| {
            let address = target.get_attribute("href").unwrap_or_default();
            let location = window.location();
            // Where this fails, the link leads to the page without the invitation, as without this module.
            if location.hash().is_ok_and(|hash| location.set_href(&(address + &hash)).is_ok()) {
                event.prevent_default();
            }
        });
        let added = link.add_event_listener_with_callback("click", listener.as_ref().unchecked_ref());
        // The link lives as long as the page, and so does its listener.
        listener.forget();
        added.map_err(failed)
    }

    /// Reads the page again when only the fragment of its address changes: a link pasted into the address bar of this
    /// very page loads nothing by itself.
    pub(super) fn reload_when_fragment_changes(&self) -> Result<(), Trouble> {
        let window = self.window.clone();
        let listener = Closure::<dyn Fn()>::new(move || {
            // A browser that does not reload shows the page as it was.
            let _ = window.location().reload();
        });
        let added = self.window.add_event_listener_with_callback("hashchange", listener.as_ref().unchecked_ref());
        // The window lives as long as the page, and so does its listener.
        listener.forget();
        added.map_err(|_| Trouble::Browser("the address cannot be watched"))
    }
}

impl Area {
    /// Shows one state and hides its siblings.
    pub(super) fn show(&self, state: State) {
        for element in self.all("[data-state]") {
            set_hidden(&element, element.get_attribute("data-state").as_deref() != Some(state.name()));
        }
    }

    /// Shows a state and moves the focus there, because what had it is gone.
    pub(super) fn show_instead_of_form(&self, state: State) {
        self.show(state);
        let shown = self.first(&format!("[data-state={}]", state.name()));
        if let Some(shown) = shown.and_then(|shown| shown.dyn_into::<HtmlElement>().ok()) {
            shown.set_tab_index(-1);
            // Without focus the live region still tells what happened.
            let _ = shown.focus();
        }
    }

    /// Hides every state.
    pub(super) fn show_nothing(&self) {
        self.all("[data-state]").iter().for_each(|element| set_hidden(element, true));
    }

    /// Shows what went wrong, in the page's own words.
    pub(super) fn report(&self, trouble: &Trouble) {
        match trouble {
            Trouble::Refused { problem, .. } => {
                let sentence = self.sentence(problem).or_else(|| self.sentence("other"));
                if let Some(place) = self.first("[data-problem-sentence]") {
                    place.set_text_content(sentence.as_deref());
                }
                self.show(State::Refused);
            }
            Trouble::Offline => self.show(State::Offline),
            Trouble::Browser(_) => {
                self.show(State::Failed);
                web_sys::console::error_1(&trouble.to_string().into());
            }
        }
    }

    /// The form in it.
    pub(super) fn form(&self) -> Result<Form, Trouble> {
        let form = self.first("form[data-dorpsplein]").and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
        form.map(Form::new).ok_or(Trouble::Browser("the page has no form"))
    }

    /// Makes the link to what was sent lead there: its pattern ends in `{id}`.
    pub(super) fn link_to_sent(&self, id: &str) -> Result<(), Trouble> {
        let Some(link) = self.first("[data-sent-link]") else { return Ok(()) };
        let pattern = link.get_attribute("data-sent-link").unwrap_or_default();
        let address = pattern.strip_suffix("{id}").unwrap_or_default();
        link.set_attribute("href", &format!("{address}{id}"))
            .map_err(|_| Trouble::Browser("the link cannot be changed"))
    }

    /// The states of the whole, beside those of its parts.
    pub(super) fn verdict(&self) -> Option<Self> {
        self.first("[data-verdict]").map(Self)
    }

    /// The parts that this selector finds, in the order of the page.
    pub(super) fn parts(&self, selector: &str) -> Vec<Self> {
        self.all(selector).into_iter().map(Self).collect()
    }

    /// The value of an attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        self.0.get_attribute(name)
    }

    /// Whether it stands inside something that this selector finds.
    pub(super) fn is_within(&self, selector: &str) -> bool {
        self.0.closest(selector).is_ok_and(|found| found.is_some())
    }

    fn sentence(&self, problem: &str) -> Option<String> {
        let named = |item: &Element| item.get_attribute("data-problem").as_deref() == Some(problem);
        self.all("[data-problem]").into_iter().find(named)?.text_content()
    }

    fn first(&self, selector: &str) -> Option<Element> {
        self.0.query_selector(selector).ok().flatten()
    }

    fn all(&self, selector: &str) -> Vec<Element> {
        let Ok(list) = self.0.query_selector_all(selector) else { return Vec::new() };
        (0..list.length()).filter_map(|at| list.item(at)?.dyn_into().ok()).collect()
    }
}

/// Shows or hides an element.
pub(super) fn set_hidden(element: &Element, hidden: bool) {
    // Fails only for a name that is no attribute's.
    let _ = element.toggle_attribute_with_force("hidden", hidden);
}
