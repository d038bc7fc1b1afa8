//! Invitation letters. Their codes are made here and stand nowhere else: the box gets the public halves only.

use std::rc::Rc;

use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::identity::letter_code::{LetterCode, Purpose};
use dorpsplein_protocol::operation::{Invitation, Role, Statement};
use dorpsplein_protocol::time::Timestamp;

use super::author::{Author, random};
use super::form::{self, Filled};
use super::page::{Area, Page, State};
use super::stretch;
use super::trouble::Trouble;
use super::wall_clock;

/// The most letters at a time: a code takes a second, and each leaves an invitation in the register.
const MOST: u64 = 100;
/// A day in milliseconds.
const DAY_MS: u64 = 24 * 3_600_000;

/// Wires the form that makes letters, if this browser is a resident's.
pub(super) async fn start(page: &Rc<Page>, area: Area) -> Result<(), Trouble> {
    if Author::open(page).await?.is_none() {
        return Ok(());
    }
    area.unhide();
    area.on_press("[data-print]", &page.printer());
    let (form, page, shown) = (area.form()?, Rc::clone(page), area.clone());
    let filled_in = form.clone();
    form::act(&form, &area, move || {
        let (page, area, filled) = (Rc::clone(&page), shown.clone(), filled_in.filled());
        async move { make(&page, &area, &filled?).await }
    })
}

/// Makes the letters one by one. Those that were made stay on the page, whatever happens to the next.
async fn make(page: &Page, area: &Area, filled: &Filled) -> Result<State, Trouble> {
    let number = |name| filled.text(name).and_then(|text| text.parse::<u64>().ok());
    let (Some(count @ 1..=MOST), Some(days @ 1..)) = (number("count"), number("days")) else {
        return Err(Trouble::foreseen("invalid-content"));
    };
    for made in 0..count {
        area.progress(made as f64 / count as f64);
        let code = LetterCode::from_random(random()?);
        let one_time = stretch::key_of(page.window(), &code, Purpose::Letter, &page.neighbourhood()?).await?;
        let expires = page.api()?.now().await?.plus_millis(days.saturating_mul(DAY_MS));
        let key = one_time.public();
        let invitation = Invitation { key, role: Role::Resident, expires };
        Author::own(page).await?.state(Statement::Invitation(invitation)).await?;
        write(page, area, &code, &key, expires)?;
    }
    Ok(State::Sent)
}

/// Fills in the letter that the page has for it.
fn write(page: &Page, area: &Area, code: &LetterCode, key: &PublicKey, until: Timestamp) -> Result<(), Trouble> {
    let letter = area.copy_of("template[data-letter]", "[data-letters]")?;
    let link = page.address_of(area, "data-join", &code.compact())?;
    letter.fill("[data-code]", &code.to_string());
    // What people type has no scheme and no code.
    let address = link.split_once("://").map_or(link.as_str(), |(_, rest)| rest);
    letter.fill("[data-address]", address.split('#').next().unwrap_or_default());
    letter.fill("[data-until]", &wall_clock::day(page, until)?);
    let number = key.to_string();
    letter.fill("[data-number]", &format!("{} {}", &number[..4], &number[4..8]));
    page.draw_qr(&letter, &link)
}
