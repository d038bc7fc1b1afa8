//! Logging in with the key of this device, and noticing when that is over.

use std::rc::Rc;

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::author::Author;
use super::form;
use super::page::{Area, Page, State};
use super::trouble::Trouble;

/// How often an open page asks whether its visitor is still logged in, in milliseconds.
const WATCH_MS: i32 = 10_000;

/// Wires the door in front of a page for those who are logged in.
pub(super) async fn start(page: &Rc<Page>, area: Area) -> Result<(), Trouble> {
    area.show(State::Checking);
    let Some(author) = Author::open(page).await?.filter(Author::is_resident) else {
        area.show(State::NeedsKey);
        return Ok(());
    };
    drop(author);
    area.show_nothing();
    let form = area.form()?;
    form.reveal();
    let page = Rc::clone(page);
    form::act(&form, &area, move || {
        let page = Rc::clone(&page);
        async move {
            let author = Author::open(&page).await?.ok_or_else(|| Trouble::foreseen("not-a-member"))?;
            author.log_in(&page.host()?).await?;
            page.reload();
            Ok(State::Sent)
        }
    })
}

/// Wires the button that logs out.
pub(super) fn log_out(page: &Rc<Page>, area: &Area) -> Result<(), Trouble> {
    let page = Rc::clone(page);
    form::act(&area.form()?, area, move || {
        let page = Rc::clone(&page);
        async move {
            page.api()?.log_out().await?;
            page.forget_what_was_kept().await;
            page.reload();
            Ok(State::Sent)
        }
    })
}

/// Reloads a page for those who are logged in as soon as its visitor no longer is: what is shown is not for whoever holds
/// a device that was retired.
pub(super) fn watch(page: &Rc<Page>) -> Result<(), Trouble> {
    let watched = Rc::clone(page);
    let look = Closure::<dyn Fn()>::new(move || {
        let page = Rc::clone(&watched);
        spawn_local(async move {
            // No answer says nothing; the next look will.
            let Ok(api) = page.api() else { return };
            if matches!(api.is_logged_in().await, Ok(false)) {
                page.reload();
            }
        });
    });
    let failed = |_| Trouble::Browser("the time cannot be watched");
    let callback = look.as_ref().unchecked_ref();
    page.window().set_interval_with_callback_and_timeout_and_arguments_0(callback, WATCH_MS).map_err(failed)?;
    page.window().add_event_listener_with_callback("focus", callback).map_err(failed)?;
    // The page lives as long as its watch.
    look.forget();
    Ok(())
}
