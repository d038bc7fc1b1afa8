//! The spare key of a resident, which can only add a device: on a card in the drawer (*reservekaart*), or in a passkey.

use std::rc::Rc;

use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::identity::letter_code::{LetterCode, Purpose};
use dorpsplein_protocol::linking::LinkSecret;
use dorpsplein_protocol::operation::{DeviceAddition, Statement};

use super::author::{Author, checked, random};
use super::form;
use super::join::keep_for_good;
use super::lock::Lock;
use super::page::{Area, Page, State};
use super::trouble::Trouble;
use super::{linking, passkey, stretch};

/// Wires the place where a card is made.
pub(super) fn making_card(page: &Rc<Page>, area: &Area) -> Result<(), Trouble> {
    area.on_press("[data-print]", &page.printer());
    let (page, shown) = (Rc::clone(page), area.clone());
    form::act(&area.form()?, area, move || {
        let (page, area) = (Rc::clone(&page), shown.clone());
        async move {
            area.show(State::Stretching);
            let code = LetterCode::from_random(random()?);
            let key = stretch::key_of(page.window(), &code, Purpose::Card, &page.neighbourhood()?).await?;
            Author::own(&page).await?.register_card(&key).await?;
            area.fill("[data-code]", &code.to_string());
            let address = page.address_of(&area, "data-link-to", &code.compact())?;
            page.draw_qr(&area, &address)?;
            area.fill("[data-card-address]", address.split('#').next().unwrap_or_default());
            area.step("card");
            Ok(State::Sent)
        }
    })
}

/// Wires the place where a passkey is made, where the browser knows them.
pub(super) fn making_passkey(page: &Rc<Page>, area: &Area) -> Result<(), Trouble> {
    if !passkey::is_known(page.window()) {
        return Ok(());
    }
    area.reveal("form");
    let page = Rc::clone(page);
    let name = area.attribute("data-name").unwrap_or_default();
    form::act(&area.form()?, area, move || {
        let (page, name) = (Rc::clone(&page), name.clone());
        async move {
            let Some(key) = passkey::create(&page, &name).await? else { return Ok(State::Rejected) };
            Author::own(&page).await?.register_card(&key).await?;
            Ok(State::Sent)
        }
    })
}

/// Wires the page of a new device: what stands in the address comes from another device or from a card.
pub(super) async fn start(page: &Rc<Page>, area: Area) -> Result<(), Trouble> {
    area.show(State::Checking);
    page.reload_when_fragment_changes()?;
    page.carry_fragment_to_other_languages()?;
    if let Some(author) = Author::open(page).await? {
        // A key that is over makes room for the next one.
        if !author.is_over().await? {
            area.show(State::AlreadyJoined);
            return page.forget_fragment();
        }
        author.forget().await?;
    }
    let fragment = page.fragment().unwrap_or_default();
    if let Ok(secret) = LinkSecret::parse(&fragment) {
        return linking::start(page, &area, &secret).await;
    }
    // A card adds a device that may do everything; that key is made on a secure address only.
    Lock::is_available(page.window())?;
    area.show_nothing();
    typed_code(page, &area)?;
    if passkey::is_known(page.window()) {
        with_passkey(page, &area)?;
    }
    match LetterCode::parse(&fragment) {
        Ok(code) => use_card(page, &area, &code).await,
        Err(_) if fragment.is_empty() => Ok(()),
        Err(_) => {
            area.show(State::BadCode);
            Ok(())
        }
    }
}

/// Somebody with a card and no camera types its code: the same as following its link.
fn typed_code(page: &Rc<Page>, area: &Area) -> Result<(), Trouble> {
    let form = area.form_that("form[data-dorpsplein=use-card]")?;
    form.reveal();
    let (page, area, typed) = (Rc::clone(page), area.clone(), form.clone());
    form.on_submit(move || {
        let code = typed.filled().ok().and_then(|filled| LetterCode::parse(&filled.text("code")?).ok());
        let (page, area) = (Rc::clone(&page), area.clone());
        async move {
            let used = match code {
                Some(code) => use_card(&page, &area, &code).await,
                None => {
                    area.show(State::BadCode);
                    Ok(())
                }
            };
            used.unwrap_or_else(|trouble| area.report(&trouble));
        }
    })
}

fn with_passkey(page: &Rc<Page>, area: &Area) -> Result<(), Trouble> {
    let form = area.form_that("form[data-dorpsplein=use-passkey]")?;
    form.reveal();
    let (page, shown) = (Rc::clone(page), area.clone());
    form::act(&form, area, move || {
        let (page, area) = (Rc::clone(&page), shown.clone());
        async move {
            let Some(key) = passkey::get(&page).await? else { return Ok(State::Rejected) };
            add_this_device(&page, &area, key).await?;
            Ok(State::Sent)
        }
    })
}

async fn use_card(page: &Page, area: &Area, code: &LetterCode) -> Result<(), Trouble> {
    area.show(State::Stretching);
    let key = stretch::key_of(page.window(), code, Purpose::Card, &page.neighbourhood()?).await?;
    add_this_device(page, area, key).await?;
    area.show_instead_of_form(State::Sent);
    Ok(())
}

/// Adds this device with a spare key, which keeps no count of its own: the box knows what it signed before.
async fn add_this_device(page: &Page, area: &Area, spare: SecretKey) -> Result<(), Trouble> {
    area.show(State::Sending);
    let (api, home) = (page.api()?, page.neighbourhood()?);
    let known = api.known(&spare.public()).await?;
    let mut spare = Device::resume(spare, home, known.sequence, known.last);
    let new = SecretKey::from_seed(&random()?);
    let addition = DeviceAddition::sign(&new, &home, &spare.key());
    let (parents, now) = (api.register_heads().await?, api.now().await?);
    let signed = checked(spare.state(parents, Statement::DeviceAddition(addition), now))?;
    Author::adopt(page, new).await?;
    api.submit(&signed.encode()).await?;
    page.forget_fragment()?;
    keep_for_good(page);
    for form in area.parts("form") {
        form.hide();
    }
    Ok(())
}
