//! What one can do with a whole item: erase it, hide it, put it on top, object.
//!
//! The page is the same for everyone. It carries the forms once, in a template; this module copies those that fit the
//! item and its reader to the place beside it. The box decides in the end.

use std::rc::Rc;

use dorpsplein_protocol::compose::Place;
use dorpsplein_protocol::operation::{
    Edit, ItemId, Kind, ModerationAct, ModerationReason, NeighbourhoodId, OperationId, ResidentId, Space,
};

use super::author::Author;
use super::form::{self, Filled};
use super::page::{Area, Page, State};
use super::trouble::Trouble;
use super::write::{audience, space};

/// How long the good news stands before the page shows what is new, in milliseconds.
const GOOD_NEWS_MS: i32 = 1_200;
const TEMPLATE: &str = "template[data-acts]";

/// An item, as its place on the page describes it.
#[derive(Clone)]
struct Item {
    id: ItemId,
    kind: Kind,
    at: Place,
    heads: Vec<OperationId>,
}

/// Puts the acts that fit beside every item of the page.
pub(super) async fn start(page: &Rc<Page>) -> Result<(), Trouble> {
    let places = page.parts("[data-item-acts]");
    if places.is_empty() {
        return Ok(());
    }
    let Some(author) = Author::open(page).await? else { return Ok(()) };
    let (key, home) = (author.key(), author.home());
    drop(author);
    let known = page.api()?.known(&key).await?;
    let Some(reader) = known.resident.filter(|_| known.member) else { return Ok(()) };
    for place in places {
        let item = described(&place)?;
        let is_theirs = place.attribute("data-home") == Some(home.to_string()) && is_by(&place, &reader);
        let moderates = known.connector && item.at.neighbourhood == home;
        if is_theirs || moderates {
            offer(page, &place, &item, is_theirs, moderates)?;
        }
    }
    Ok(())
}

fn is_by(place: &Area, reader: &ResidentId) -> bool {
    place.attribute("data-resident") == Some(reader.to_string())
}

/// Copies the forms and takes out those that do not fit.
fn offer(page: &Rc<Page>, place: &Area, item: &Item, is_theirs: bool, moderates: bool) -> Result<(), Trouble> {
    let standing = place.attribute("data-is").unwrap_or_default();
    let kind = place.attribute("data-kind").unwrap_or_default();
    let within = |words: &str, word: &str| words.split(' ').any(|one| one == word);
    page.copy_into(TEMPLATE, place)?;
    let mut offered = false;
    for area in place.parts("[data-area=act]") {
        let says = |name| area.attribute(name).unwrap_or_default();
        let for_them = match says("data-for").as_str() {
            "author" => is_theirs,
            // What is one's own one simply erases; that needs no reason and no log.
            "connector" if is_theirs && area.form()?.attribute("data-act").as_deref() == Some("erase") => false,
            _ => moderates,
        };
        let fits = says("data-when").split(' ').all(|word| within(&standing, word));
        if !(for_them && fits && within(&says("data-kinds"), &kind)) {
            area.remove();
            continue;
        }
        // It has this audience.
        for choice in area.parts("[data-audience]") {
            if choice.attribute("data-audience") == Some(item.at.space.name()) {
                choice.remove();
            }
        }
        offered = true;
        wire(page, &area, item.clone())?;
    }
    if !offered {
        place.clear();
    }
    Ok(())
}

fn wire(page: &Rc<Page>, area: &Area, item: Item) -> Result<(), Trouble> {
    let form = area.form()?;
    let act = form.attribute("data-act").unwrap_or_default();
    let (page, filled_in) = (Rc::clone(page), form.clone());
    form::act(&form, area, move || {
        let (page, item, act, filled) = (Rc::clone(&page), item.clone(), act.clone(), filled_in.filled());
        async move {
            let edit = edit(&act, item.kind, &filled?)?;
            let mut author = Author::own(&page).await?;
            if edit == Edit::Audience(Space::Members) {
                // The page that comes next is for members.
                author.log_in(&page.host()?).await?;
            }
            author.edit(item.at, item.id, item.heads, vec![edit]).await?;
            page.reload_soon(GOOD_NEWS_MS)?;
            Ok(State::Sent)
        }
    })
}

/// What a form does to an item. A connector gives a reason; an author who erases their own does not.
fn edit(act: &str, kind: Kind, filled: &Filled) -> Result<Edit, Trouble> {
    let note = filled.text("note").unwrap_or_default();
    let reason = filled.text("reason").and_then(|name| ModerationReason::from_name(&name));
    let moderate = |act| Edit::Moderate { act, reason: reason.unwrap_or(ModerationReason::Other), note: note.clone() };
    Ok(match act {
        "hide" => moderate(ModerationAct::Hide),
        "show" => moderate(ModerationAct::Show),
        "pin" => Edit::Pin(true),
        "unpin" => Edit::Pin(false),
        "official" => Edit::Official(true),
        "unofficial" => Edit::Official(false),
        "erase" => Edit::Erase { kind, reason, note },
        "appeal" => Edit::Appeal(note),
        "audience" => Edit::Audience(audience(filled)?),
        _ => return Err(Trouble::Browser("the form does not say what it is about")),
    })
}

fn described(place: &Area) -> Result<Item, Trouble> {
    let text = |name| place.attribute(name).unwrap_or_default();
    let item = || {
        Some(Item {
            id: ItemId::from_hex(&text("data-item"))?,
            kind: Kind::from_name(&text("data-kind"))?,
            at: Place {
                neighbourhood: NeighbourhoodId::from_hex(&text("data-neighbourhood-of-item"))?,
                space: space(&text("data-space-of-item")).ok()?,
            },
            heads: text("data-heads").split(' ').map(OperationId::from_hex).collect::<Option<_>>()?,
        })
    };
    item().ok_or(Trouble::Browser("the page does not say which item it shows"))
}
