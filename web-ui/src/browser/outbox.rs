//! What was signed and is not with the box yet: kept on this device, sent when the line is back, and shown on every page.
//!
//! There is no other way of sending than [`Author::deliver`]: the same bytes under the same number, which the box takes
//! once however often they come. Several tabs take turns, because an author holds the lock of this device.

use std::cell::Cell;
use std::rc::Rc;

use dorpsplein_protocol::operation::{Field, Payload, Signed};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::spawn_local;

use super::author::Author;
use super::key_store::Refused;
use super::page::{Area, Page};
use super::trouble::Trouble;

/// How long after a failure the next attempt comes, in milliseconds, and how long at most.
const FIRST_MS: i32 = 4_000;
const LONGEST_MS: i32 = 300_000;
/// The characters of a refused text that are shown.
const SHOWN_CHARS: usize = 80;

thread_local! {
    /// Whether somebody on this page is at it.
    static FOLLOWED: Cell<bool> = const { Cell::new(false) };
}

/// Sends what is left until nothing is, and says on the page how far it is.
pub(super) fn follow(page: &Rc<Page>) {
    if FOLLOWED.replace(true) {
        return;
    }
    let page = Rc::clone(page);
    spawn_local(async move {
        let done = until_sent(&page).await;
        FOLLOWED.set(false);
        if let Err(trouble) = done {
            web_sys::console::error_1(&trouble.to_string().into());
        }
    });
}

async fn until_sent(page: &Rc<Page>) -> Result<(), Trouble> {
    let (mut wait, mut waited_for) = (FIRST_MS, 0);
    loop {
        // Dropped before waiting: other tabs want their turn.
        let (left, outcome) = {
            let Some(mut author) = Author::open(page).await? else { return Ok(()) };
            let before = author.waiting();
            let outcome = author.deliver_quietly().await;
            waited_for = waited_for.max(before);
            show(page, &author, waited_for);
            (author.waiting(), outcome)
        };
        match outcome {
            Ok(()) if left == 0 => return Ok(()),
            Err(trouble) if trouble.is_lasting() => return Err(trouble),
            _ => {}
        }
        page.sleep_or_online(wait).await?;
        wait = (wait * 2).min(LONGEST_MS);
    }
}

/// Says how many wait, or that all were sent for which somebody waited, and what was refused.
fn show(page: &Rc<Page>, author: &Author, waited_for: usize) {
    let Some(place) = page.parts("[data-outbox]").into_iter().next() else { return };
    let waiting = author.waiting();
    place.fill("[data-outbox-count]", &waiting.to_string());
    let refused = author.refused().front();
    let shown = [
        ("[data-outbox-waiting]", waiting > 0),
        ("[data-outbox-sent]", waiting == 0 && waited_for > 0 && refused.is_none()),
        ("[data-outbox-refused]", refused.is_some()),
    ];
    for (part, is_shown) in shown {
        place.toggle(part, is_shown);
    }
    if let Some(refused) = refused {
        tell_of(&place, refused);
        throw_away_when_asked(page, &place);
    }
}

fn tell_of(place: &Area, refused: &Refused) {
    place.fill("[data-outbox-words]", &words(&refused.transfer).unwrap_or_default());
    for link in place.parts("[data-outbox-why]") {
        // Fails only for a name that is no attribute's.
        let _ = link.0.set_attribute("href", &format!("/problems/{}", refused.problem));
    }
}

/// What somebody wrote, to know it by.
fn words(transfer: &[u8]) -> Option<String> {
    let (_, payload) = Signed::glance(transfer)?;
    let payload = payload?;
    let text = Payload::text_in(&payload, Field::TITLE).or_else(|| Payload::text_in(&payload, Field::BODY))?;
    Some(text.chars().take(SHOWN_CHARS).collect())
}

fn throw_away_when_asked(page: &Rc<Page>, place: &Area) {
    let page = Rc::clone(page);
    let asked = Closure::<dyn Fn()>::new(move || {
        let page = Rc::clone(&page);
        spawn_local(async move {
            // Where this fails it stays on the page, and the button with it.
            if let Ok(Some(mut author)) = Author::open(&page).await {
                let _ = author.throw_away().await;
                show(&page, &author, 0);
            }
        });
    });
    place.on_press("[data-outbox-throw-away]", asked.as_ref().unchecked_ref());
    // The page lives as long as the button.
    asked.forget();
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use dorpsplein_protocol::compose::{Device, Place};
    use dorpsplein_protocol::identity::SecretKey;
    use dorpsplein_protocol::operation::{Edit, Kind, NeighbourhoodId, Space, Statement, SubArea, Value};
    use dorpsplein_protocol::time::Timestamp;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_255_200_000);

    #[test]
    fn what_was_refused_is_known_by_its_words() {
        let home = NeighbourhoodId::from_bytes([7; 32]);
        let mut device = Device::new(SecretKey::from_seed(&[1; 32]), home);
        let set = |field, text: &str| Edit::Set { field, value: Value::Text(text.to_owned()) };
        let mut said = |edits: Vec<Edit>| {
            let at = Place { neighbourhood: home, space: Space::Square };
            let signed = device.create(at, Kind::NEWS, None, edits, NOW);
            assert_eq!(Signed::glance(&signed.encode()).unwrap().0, signed.id());
            words(&signed.encode())
        };
        let body = set(Field::BODY, "Kom kijken.");
        assert_eq!(said(vec![body.clone(), set(Field::TITLE, "De brug")]).unwrap(), "De brug");
        assert_eq!(said(vec![set(Field::PLACE, "De Schuur"), body]).unwrap(), "Kom kijken.");
        assert_eq!(said(vec![Edit::Set { field: Field::TITLE, value: Value::Null }]), None);
        assert_eq!(said(vec![Edit::Add { field: Field::TITLE, member: "een".to_owned() }]), None);
        let long = "é".repeat(100);
        assert_eq!(said(vec![set(Field::TITLE, &long)]).unwrap().chars().count(), SHOWN_CHARS);

        let statement = Statement::SubArea(SubArea { name: "Aan de dijk".to_owned() });
        assert_eq!(words(&device.state(vec![home.into()], statement, NOW).encode()), None, "a statement has none");
        assert_eq!(words(b"no operation"), None);
    }
}
