//! Two devices in one room: one shows a QR code, the other follows it, people compare six digits.
//!
//! [`meet`] is the side that adds a device, for a resident's own ([`my_devices`](super::my_devices)) and for a connector
//! who helps somebody with a lost one. [`start`] is the side of the new device.

use std::rc::Rc;

use dorpsplein_protocol::identity::{PublicKey, SecretKey};
use dorpsplein_protocol::linking::{Answer, Answering, LinkError, LinkPurpose, LinkSecret, Offering};
use dorpsplein_protocol::operation::ResidentId;

use super::api::Api;
use super::author::{Author, random};
use super::page::{Area, Page, State};
use super::trouble::Trouble;

/// How long to wait between two looks into a mailbox, in milliseconds.
const LOOK_MS: i32 = 1_500;
/// How often to look: as long as a box keeps a mailbox.
const LOOKS: u32 = 400;

/// How a meeting of two devices ended.
pub(super) enum Met {
    /// People compared the digits, and they were the same.
    Agreed(Answer),
    /// The digits differ: somebody else answered.
    Differs,
    /// Nobody answered while the box kept the offer.
    Nobody,
}

/// The adding side, from showing the code to comparing the digits. In `area` it uses the steps `offer` (with `data-qr` and
/// `data-link`) and `digits` (with `data-digits`, `data-confirm` and `data-reject`), and the state `waiting`.
///
/// Whoever calls signs when they agreed. `elsewhere` is where the new device reaches the square, if not as this one does.
pub(super) async fn meet(
    page: &Page,
    area: &Area,
    elsewhere: Option<&str>,
    purpose: LinkPurpose,
    adding: PublicKey,
    resident: ResidentId,
) -> Result<Met, Trouble> {
    let api = page.api()?;
    let secret = LinkSecret::from_random(random()?);
    let mailbox = secret.mailbox();
    let offering = Offering::new(secret, random()?, purpose, adding, resident);
    api.leave_message(&mailbox, "offer", offering.message()).await?;
    let link = match elsewhere {
        Some(origin) => Page::address_at(origin, area, "data-link-to", &secret.compact())?,
        None => page.address_of(area, "data-link-to", &secret.compact())?,
    };
    page.draw_qr(area, &link)?;
    area.fill("[data-link]", &link);
    area.step("offer");
    area.show(State::Waiting);
    let Some(answered) = message(page, &api, &mailbox, "answer").await? else {
        area.step("");
        return Ok(Met::Nobody);
    };
    // One answer, whatever comes of it: after this the new device learns what the digits hang on.
    let answered = offering.take(&answered, &page.neighbourhood()?).map_err(disbelieved)?;
    api.leave_message(&mailbox, "reveal", &answered.reveal).await?;
    area.fill("[data-digits]", &answered.digits);
    area.show_nothing();
    area.step("digits");
    let same = area.choice("[data-confirm]", "[data-reject]").await?;
    area.step("");
    Ok(if same { Met::Agreed(answered.answer) } else { Met::Differs })
}

/// The new device's side: follows the code in the address.
pub(super) async fn start(page: &Rc<Page>, area: &Area, secret: &LinkSecret) -> Result<(), Trouble> {
    area.show(State::Checking);
    let api = page.api()?;
    let mailbox = secret.mailbox();
    let Some(offered) = api.message(&mailbox, "offer").await? else {
        area.show(State::Expired);
        return Ok(());
    };
    let new = SecretKey::from_seed(&random()?);
    let key = new.public();
    let answering = Answering::new(*secret, offered, &new, random()?, &page.neighbourhood()?).map_err(disbelieved)?;
    // Kept before it is sent: the other side may confirm at any moment, also when this page is closed by then.
    Author::adopt(page, new).await?;
    api.leave_message(&mailbox, "answer", answering.message()).await?;
    page.forget_fragment()?;
    let Some(revealed) = message(page, &api, &mailbox, "reveal").await? else {
        area.show(State::Expired);
        return Ok(());
    };
    let digits = match answering.take(&revealed) {
        Ok(digits) => digits,
        Err(error) => {
            // Whoever stands between may make this key one of theirs; it shall not be this browser's.
            Author::disown(page).await?;
            return Err(disbelieved(error));
        }
    };
    area.fill("[data-digits]", &digits);
    area.step("digits");
    area.show(State::Waiting);
    for _ in 0..LOOKS {
        if api.known(&key).await?.member {
            area.step("");
            area.show_instead_of_form(State::Sent);
            return Ok(());
        }
        page.sleep(LOOK_MS).await?;
    }
    area.step("");
    area.show(State::Expired);
    Ok(())
}

/// The other side's message, as soon as it is there; none when the box has given the mailbox up.
async fn message(page: &Page, api: &Api, mailbox: &str, slot: &str) -> Result<Option<Vec<u8>>, Trouble> {
    for _ in 0..LOOKS {
        if let Some(message) = api.message(mailbox, slot).await? {
            return Ok(Some(message));
        }
        page.sleep(LOOK_MS).await?;
    }
    Ok(None)
}

/// What a page says of a message that is not the other device's.
fn disbelieved(error: LinkError) -> Trouble {
    Trouble::foreseen(match error {
        LinkError::Commitment => "link-taken",
        LinkError::Foreign | LinkError::Proof => "bad-signature",
    })
}
