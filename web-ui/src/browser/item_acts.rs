//! What one can do with a whole item: erase it, hide it, put it on top, object.
//!
//! The page is the same for everyone. It carries the forms once, in a template; this module copies those that fit the
//! item and its reader to the place beside it. The box decides in the end.

use std::rc::Rc;

use dorpsplein_protocol::compose::{Place, about};
use dorpsplein_protocol::operation::{
    Edit, Field, ItemId, Kind, ModerationAct, ModerationReason, NeighbourhoodId, OperationId, ResidentId, Space, Value,
};
use dorpsplein_protocol::time::Day;

use super::author::Author;
use super::draft::Draft;
use super::form::{self, Filled, Form};
use super::outbox;
use super::page::{Area, Page, State};
use super::trouble::Trouble;
use super::write::{audience, space};

/// How long the good news stands before the page shows what is new, in milliseconds.
const GOOD_NEWS_MS: i32 = 1_200;
const TEMPLATE: &str = "template[data-acts]";

/// An item, as its place on the page describes it.
#[derive(Clone)]
pub(super) struct Item {
    pub(super) id: ItemId,
    pub(super) kind: Kind,
    /// Where it lives, and for whom it is.
    pub(super) at: Place,
    /// Its latest operations, as the page shows them.
    pub(super) heads: Vec<OperationId>,
}

/// Who looks at an item.
#[derive(Clone, Copy)]
struct Reader {
    /// Where they are at home.
    home: NeighbourhoodId,
    /// Whether they made it.
    is_theirs: bool,
    /// Whether they are a connector of where it lives.
    moderates: bool,
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
        offer(page, &place, &item, Reader { home, is_theirs, moderates })?;
    }
    Ok(())
}

fn is_by(place: &Area, reader: &ResidentId) -> bool {
    place.attribute("data-resident") == Some(reader.to_string())
}

/// Copies the forms and takes out those that do not fit.
fn offer(page: &Rc<Page>, place: &Area, item: &Item, reader: Reader) -> Result<(), Trouble> {
    let Reader { home, is_theirs, moderates } = reader;
    let standing = place.attribute("data-is").unwrap_or_default();
    let kind = place.attribute("data-kind").unwrap_or_default();
    let within = |words: &str, word: &str| words.split(' ').any(|one| one == word);
    page.copy_into(TEMPLATE, place)?;
    let mut offered = false;
    for (selector, for_them) in [("[data-edit-link]", is_theirs), ("[data-update-link]", moderates)] {
        for way in place.parts(selector) {
            let kinds = way.attribute("data-kinds").unwrap_or_default();
            if for_them && within(&kinds, &kind) && within(&standing, "here") {
                way.lead_to(&item.id.to_string());
                offered = true;
            } else {
                way.remove();
            }
        }
    }
    for area in place.parts("[data-area=act]") {
        let says = |name| area.attribute(name).unwrap_or_default();
        let for_them = match says("data-for").as_str() {
            "author" => is_theirs,
            // One's own one changes, and a connector simply acts.
            "resident" => !is_theirs && !moderates,
            // What is one's own one simply erases; that needs no reason and no log.
            "connector" if is_theirs && area.form()?.attribute("data-act").as_deref() == Some("erase") => false,
            _ => moderates,
        };
        let fits = says("data-when").split(' ').all(|word| within(&standing, word));
        if !(for_them && fits && within(&says("data-kinds"), &kind)) {
            area.remove();
            continue;
        }
        // For whom it is, in words.
        for reach in area.parts("[data-reach]") {
            if reach.attribute("data-reach") != Some(item.at.space.name()) {
                reach.remove();
            }
        }
        // It has this audience.
        for choice in area.parts("[data-audience]") {
            if choice.attribute("data-audience") == Some(item.at.space.name()) {
                choice.remove();
            }
        }
        offered = true;
        wire(page, &area, item.clone(), home)?;
    }
    if !offered {
        place.clear();
    }
    Ok(())
}

fn wire(page: &Rc<Page>, area: &Area, item: Item, home: NeighbourhoodId) -> Result<(), Trouble> {
    let form = area.form()?;
    let act = form.attribute("data-act").unwrap_or_default();
    let (page, filled_in) = (Rc::clone(page), form.clone());
    form::act(&form, area, move || {
        let (page, item, act, form) = (Rc::clone(&page), item.clone(), act.clone(), filled_in.clone());
        async move {
            let filled = form.filled()?;
            let mut author = Author::own(&page).await?;
            if act == "report" {
                author.deliver_first().await?;
                author.sign(Place { neighbourhood: home, space: Space::Members }, report(&item, &filled)).await?;
                let delivered = author.deliver_or_keep().await?;
                return Ok(if delivered { State::Sent } else { kept(&page, &form) });
            }
            let edit = edit(&act, item.kind, &filled)?;
            if edit == Edit::Audience(Space::Members) {
                // The page that comes next is for members.
                match author.log_in(&page.host()?).await {
                    Ok(()) | Err(Trouble::Offline) => {}
                    Err(trouble) => return Err(trouble),
                }
            }
            if !author.edit_or_keep(item.at, item.id, item.heads, vec![edit]).await? {
                return Ok(kept(&page, &form));
            }
            page.reload_soon(GOOD_NEWS_MS)?;
            Ok(State::Sent)
        }
    })
}

/// What was signed waits for a line. The form goes: pressed again it would sign the same once more.
pub(super) fn kept(page: &Rc<Page>, form: &Form) -> State {
    form.put_away();
    outbox::follow(page);
    State::KeptToSend
}

/// What a resident tells the connectors about an item.
fn report(item: &Item, filled: &Filled) -> Draft {
    let text = |field, words: String| Edit::Set { field, value: Value::Text(words) };
    let reason = filled.text("reason").unwrap_or_else(|| ModerationReason::Other.name().to_owned());
    let mut edits = vec![about(item.id), text(Field::CATEGORY, reason)];
    edits.extend(filled.text("note").map(|note| text(Field::BODY, note)));
    Draft { kind: Kind::REPORT, subject: None, edits }
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
        "still-right" => {
            let until = filled.text("until").and_then(|until| Day::parse(&until).ok());
            let until = until.ok_or_else(|| Trouble::foreseen("invalid-content"))?;
            Edit::Set { field: Field::REVIEW_BY, value: Value::Text(until.to_string()) }
        }
        _ => return Err(Trouble::Browser("the form does not say what it is about")),
    })
}

/// The item that an area is about, as its attributes describe it.
pub(super) fn described(place: &Area) -> Result<Item, Trouble> {
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
