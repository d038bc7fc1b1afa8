//! What residents tell about themselves: their name, which stands under what they write, and for other residents alone what they
//! like, know and can.

use std::rc::Rc;

use dorpsplein_protocol::compose::Place;
use dorpsplein_protocol::operation::{Edit, Field, ItemId, Kind, OperationId, Space, Value};

use super::author::Author;
use super::draft::Draft;
use super::form::{self, Filled};
use super::item_acts::kept;
use super::page::{Area, Page, State};
use super::trouble::Trouble;
use super::write::space;

/// How long the good news stands before the page shows what is new, in milliseconds.
const GOOD_NEWS_MS: i32 = 1_200;

/// Wires the form about oneself.
pub(super) fn editing(page: &Rc<Page>, area: &Area) -> Result<(), Trouble> {
    let form = area.form()?;
    let (page, filled_in) = (Rc::clone(page), form.clone());
    form::act(&form, area, move || {
        let (page, form, filled) = (Rc::clone(&page), filled_in.clone(), filled_in.filled());
        async move {
            if !save(&page, &filled?).await? {
                return Ok(kept(&page, &form));
            }
            page.reload_soon(GOOD_NEWS_MS)?;
            Ok(State::Sent)
        }
    })
}

/// A profile that is there, as the form names it.
struct Known {
    item: ItemId,
    space: Space,
    heads: Vec<OperationId>,
}

/// Signs what is other than before. Without a line it waits on this device, as what people write does. Whether the box has it.
async fn save(page: &Page, filled: &Filled) -> Result<bool, Trouble> {
    let name = filled.text("name").ok_or_else(unclear)?;
    let (named, about) = (known(filled, "named")?, known(filled, "about")?);
    let mut author = Author::own(page).await?;
    author.deliver_first().await?;
    let home = author.home();
    let is_one = named.as_ref().zip(about.as_ref()).is_some_and(|(named, about)| named.item == about.item);
    let new_name = (filled.text("had_name").as_ref() != Some(&name)).then(|| text(Field::NAME, &name));
    let mut words = words(filled);
    match &about {
        Some(known) => {
            if is_one || !words.is_empty() {
                words.extend(new_name.clone());
            }
            if !words.is_empty() {
                let at = Place { neighbourhood: home, space: known.space };
                author.revise(at, known.item, known.heads.clone(), words).await?;
            }
        }
        None if !words.is_empty() => {
            words.insert(0, text(Field::NAME, &name));
            let at = Place { neighbourhood: home, space: Space::Members };
            author.sign(at, Draft { kind: Kind::PROFILE, subject: None, edits: words }).await?;
        }
        None => {}
    }
    if let (Some(known), Some(name), false) = (named, new_name, is_one) {
        author.revise(Place { neighbourhood: home, space: known.space }, known.item, known.heads, vec![name]).await?;
    }
    author.deliver_or_keep().await
}

/// What is other than before of the words and talents.
fn words(filled: &Filled) -> Vec<Edit> {
    let mut edits = Vec::new();
    let (body, had) = (filled.text("body"), filled.text("had_body"));
    if body != had {
        let value = body.map_or(Value::Null, Value::Text);
        edits.push(Edit::Set { field: Field::BODY, value });
    }
    let typed = filled.text("talents").unwrap_or_default();
    let talents: Vec<String> =
        typed.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
    let had = filled.texts("had_talent");
    let gone = had.iter().filter(|talent| !talents.contains(talent));
    edits.extend(gone.map(|talent| Edit::Remove { field: Field::TALENTS, member: talent.clone() }));
    let new = talents.iter().filter(|talent| !had.contains(talent));
    edits.extend(new.map(|talent| Edit::Add { field: Field::TALENTS, member: talent.clone() }));
    edits
}

/// The profile behind a hidden field: its id, its audience and its latest operations.
fn known(filled: &Filled, name: &str) -> Result<Option<Known>, Trouble> {
    let Some(reference) = filled.text(name) else { return Ok(None) };
    let mut parts = reference.split(' ');
    let item = parts.next().and_then(ItemId::from_hex).ok_or_else(unclear)?;
    let space = space(parts.next().unwrap_or_default())?;
    let heads = parts.map(OperationId::from_hex).collect::<Option<Vec<_>>>().ok_or_else(unclear)?;
    Ok(Some(Known { item, space, heads }))
}

fn text(field: Field, words: &str) -> Edit {
    Edit::Set { field, value: Value::Text(words.to_owned()) }
}

/// The box would refuse it with this problem; there is no need to ask.
fn unclear() -> Trouble {
    Trouble::foreseen("invalid-content")
}
