//! What the largest module has besides: the pages behind the door, and the page of a new device.

use std::rc::Rc;

use super::page::{Area, Page};
use super::trouble::Trouble;
use super::{desk, leaving, letters, look, my_devices, profile, push, session, spare, told};

/// Wires what is there.
///
/// # Errors
/// What keeps all of it from working. All else is told on the page.
pub(super) async fn start(page: &Rc<Page>) -> Result<(), Trouble> {
    if page.is_for_those_logged_in() {
        session::watch(page)?;
        my_data(page);
    }
    if let Some(area) = page.area("device") {
        told(&area, spare::start(page, area.clone()).await);
    }
    for area in page.parts("[data-area=home-key]") {
        told(&area, my_devices::giving_home_key(page, &area));
    }
    if let Some(area) = page.area("letters") {
        told(&area, letters::start(page, area.clone()).await);
    }
    if let Some(area) = page.area("look") {
        told(&area, look::start(page, area.clone()).await);
    }
    desk::start(page).await
}

/// Wires what there is of "Mijn gegevens".
fn my_data(page: &Rc<Page>) {
    type Wiring = fn(&Rc<Page>, &Area) -> Result<(), Trouble>;
    let areas: [(&str, Wiring); 8] = [
        ("profile", profile::editing),
        ("add-device", my_devices::adding),
        ("card", spare::making_card),
        ("passkey", spare::making_passkey),
        ("export", leaving::exporting),
        ("leave", leaving::leaving),
        ("log-out", session::log_out),
        ("push", push::start),
    ];
    for device in page.parts("[data-device]") {
        told(&device, my_devices::listed(page, &device));
    }
    for (name, wire) in areas {
        if let Some(area) = page.area(name) {
            told(&area, wire(page, &area));
        }
    }
}
