//! The document: finds the places the templates promise, shows one of their states, writes text and never markup.

#[cfg(feature = "inside")]
mod address;

use dorpsplein_protocol::operation::NeighbourhoodId;
use js_sys::{Function, Promise};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, Element, Event, HtmlElement, HtmlFormElement, Window};

use super::api::Api;
use super::form::Form;
use super::js;
use super::trouble::Trouble;

/// The page this module was loaded into.
pub(super) struct Page {
    window: Window,
    document: Document,
    body: HtmlElement,
}

/// A place with states, of which one shows at a time.
#[derive(Clone)]
pub(super) struct Area(pub(super) Element);

/// The value of `data-state`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Looking for a key, asking after an invitation, checking signatures.
    Checking,
    /// No key on this device.
    NeedsKey,
    /// Kept in this browser.
    Kept,
    /// Signed and kept on this device until there is a line.
    KeptToSend,
    /// No secret in the address.
    NeedsInvitation,
    /// What was typed is no code.
    BadCode,
    /// Making a key out of a code, which takes a moment.
    Stretching,
    /// Waiting for another device, or for somebody at it.
    Waiting,
    /// The six digits differ.
    Rejected,
    /// The other device did not come in time.
    Expired,
    /// This device is a resident's already.
    AlreadyJoined,
    /// Signing and sending.
    Sending,
    /// Accepted.
    Sent,
    /// There was nothing to send.
    Unchanged,
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
            Self::Kept => "kept",
            Self::KeptToSend => "kept-to-send",
            Self::NeedsInvitation => "needs-invitation",
            Self::BadCode => "bad-code",
            Self::Stretching => "stretching",
            Self::Waiting => "waiting",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::AlreadyJoined => "already-joined",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Unchanged => "unchanged",
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

    /// The time zone in which the village lives, by its name in the IANA database.
    #[cfg(feature = "inside")]
    pub(super) fn time_zone(&self) -> Result<String, Trouble> {
        self.body.get_attribute("data-time-zone").ok_or(Trouble::Browser("the page names no time zone"))
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

    /// Lets the links to the same page in other languages take the fragment along, which a link does not do by itself.
    /// Their `href` stays as it is: the secret of an invitation has no place in the document.
    pub(super) fn carry_fragment_to_other_languages(&self) -> Result<(), Trouble> {
        for Area(link) in self.parts("[data-language]") {
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
            added.map_err(|_| Trouble::Browser("the links to the other languages cannot be watched"))?;
            // The link lives as long as the page, and so does its listener.
            listener.forget();
        }
        Ok(())
    }

    /// Drops the pages that the site's worker kept of whoever was logged in (`assets/worker.js`). Where this fails, the
    /// worker does it at the next answer of the box.
    pub(super) async fn forget_what_was_kept(&self) {
        let caches = js::at(&self.window, &["caches"]);
        let names = js::call(&caches, "keys", &[]).and_then(|names| names.dyn_into::<Promise>());
        let Ok(names) = names else { return };
        let Ok(names) = JsFuture::from(names).await else { return };
        for name in js_sys::Array::from(&names).iter() {
            if name.as_string().is_some_and(|name| name.starts_with("inside-"))
                && let Ok(gone) = js::call(&caches, "delete", &[&name]).and_then(|gone| gone.dyn_into::<Promise>())
            {
                let _ = JsFuture::from(gone).await;
            }
        }
    }

    /// Reads the page again. A browser that does not reload shows the page as it was.
    pub(super) fn reload(&self) {
        let _ = self.window.location().reload();
    }

    /// Goes to this very page with another fragment, and reads it again.
    pub(super) fn go_to_fragment(&self, fragment: &str) -> Result<(), Trouble> {
        let set = self.window.location().set_hash(fragment);
        set.map_err(|_| Trouble::Browser("the address cannot be changed"))?;
        self.reload();
        Ok(())
    }

    /// Host and port of the site, as in its address.
    pub(super) fn host(&self) -> Result<String, Trouble> {
        self.window.location().host().map_err(|_| Trouble::Browser("the page has no address"))
    }

    /// Whether this browser clears what a site stored after seven days without a visit: Apple's do, for sites that are not
    /// on the home screen.
    pub(super) fn is_forgetful(&self) -> bool {
        let navigator = self.window.navigator();
        let said = |name: &str| js::at(&navigator, &[name]);
        let of_apple = said("vendor").as_string().is_some_and(|vendor| vendor.starts_with("Apple"));
        let standalone = self.window.match_media("(display-mode: standalone)");
        let installed = standalone.ok().flatten().is_some_and(|query| query.matches());
        of_apple && !installed && !said("standalone").is_truthy()
    }

    /// Whether what the page shows is for whoever is logged in.
    pub(super) fn is_for_those_logged_in(&self) -> bool {
        self.document.query_selector("[data-session]").is_ok_and(|found| found.is_some())
    }

    /// Every part of the page that this selector finds.
    pub(super) fn parts(&self, selector: &str) -> Vec<Area> {
        Area(self.body.clone().into()).parts(selector)
    }

    /// A new element that stands nowhere.
    pub(super) fn element(&self, name: &str) -> Result<Element, JsValue> {
        self.document.create_element(name)
    }

    /// Prints the page, when called.
    pub(super) fn printer(&self) -> Function {
        js::at(&self.window, &["print"]).unchecked_into::<Function>().bind(&self.window)
    }

    /// Waits so many milliseconds.
    pub(super) async fn sleep(&self, milliseconds: i32) -> Result<(), Trouble> {
        let failed = |_| Trouble::Browser("it cannot wait");
        let mut set = Ok(0);
        let over = Promise::new(&mut |resolve, _reject| {
            set = self.window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
        });
        set.map_err(failed)?;
        JsFuture::from(over).await.map(drop).map_err(failed)
    }

    /// Waits so many milliseconds, or until the browser notices that the line is back.
    pub(super) async fn sleep_or_online(&self, milliseconds: i32) -> Result<(), Trouble> {
        let failed = |_| Trouble::Browser("it cannot wait");
        let mut set = Ok(0);
        let over = Promise::new(&mut |resolve, _reject| {
            set = self.window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
            // A browser that says nothing of its line is waited for.
            self.window.set_ononline(Some(&resolve));
        });
        set.map_err(failed)?;
        JsFuture::from(over).await.map(drop).map_err(failed)
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

    /// Shows one of several steps and hides the others; none for a name that no step has.
    pub(super) fn step(&self, name: &str) {
        for element in self.all("[data-step]") {
            set_hidden(&element, element.get_attribute("data-step").as_deref() != Some(name));
        }
    }

    /// Shows what this selector finds.
    pub(super) fn reveal(&self, selector: &str) {
        self.all(selector).iter().for_each(|element| set_hidden(element, false));
    }

    /// Shows or hides what this selector finds.
    pub(super) fn toggle(&self, selector: &str, is_shown: bool) {
        self.all(selector).iter().for_each(|element| set_hidden(element, !is_shown));
    }

    /// Hides the whole of it.
    pub(super) fn hide(&self) {
        set_hidden(&self.0, true);
    }

    /// Calls `handler` whenever the button that this selector finds is pressed.
    pub(super) fn on_press(&self, selector: &str, handler: &Function) {
        if let Some(button) = self.first(selector).and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
            button.set_onclick(Some(handler));
        }
    }

    /// Writes text in every place that this selector finds.
    pub(super) fn fill(&self, selector: &str, text: &str) {
        self.all(selector).iter().for_each(|place| place.set_text_content(Some(text)));
    }

    /// Waits until one of two buttons is pressed, and says whether it was the first.
    pub(super) async fn choice(&self, first: &str, second: &str) -> Result<bool, Trouble> {
        let missing = || Trouble::Browser("the page has no buttons to choose with");
        let button = |selector| self.first(selector).and_then(|button| button.dyn_into::<HtmlElement>().ok());
        let (first, second) = (button(first).ok_or_else(missing)?, button(second).ok_or_else(missing)?);
        let pressed = Promise::new(&mut |resolve, _reject| {
            first.set_onclick(Some(&resolve.bind1(&JsValue::NULL, &JsValue::TRUE)));
            second.set_onclick(Some(&resolve.bind1(&JsValue::NULL, &JsValue::FALSE)));
        });
        let pressed = JsFuture::from(pressed).await.map_err(|_| missing())?;
        Ok(pressed.is_truthy())
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

    /// The first form in it.
    pub(super) fn form(&self) -> Result<Form, Trouble> {
        self.form_that("form[data-dorpsplein]")
    }

    /// The form in it that this selector finds.
    pub(super) fn form_that(&self, selector: &str) -> Result<Form, Trouble> {
        let form = self.first(selector).and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
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

    /// What the page says of a problem.
    pub(super) fn sentence(&self, problem: &str) -> Option<String> {
        // A page with many forms carries the sentences once.
        let main = self.0.closest("main").ok().flatten().map(Self)?;
        let named = |item: &Element| item.get_attribute("data-problem").as_deref() == Some(problem);
        main.all("[data-problem]").into_iter().find(named)?.text_content()
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
