//! Two versions of one fact: its maker chooses which is right, and that is signed as an edit that saw both.

use std::rc::Rc;

use dorpsplein_protocol::hex;
use dorpsplein_protocol::operation::{Edit, Field, Value};

use super::author::Author;
use super::form;
use super::item_acts::{described, kept};
use super::page::{Area, Page, State};
use super::trouble::Trouble;

/// How long the good news stands before the page shows what is new, in milliseconds.
const GOOD_NEWS_MS: i32 = 1_200;

/// Shows the buttons of every choice on the page to whoever may make it.
pub(super) async fn start(page: &Rc<Page>) -> Result<(), Trouble> {
    let Some(area) = page.area("settle") else { return Ok(()) };
    let Some(author) = Author::open(page).await? else { return Ok(()) };
    let (key, home) = (author.key(), author.home());
    drop(author);
    let known = page.api()?.known(&key).await?;
    let is_theirs = area.attribute("data-home") == Some(home.to_string())
        && known.resident.is_some_and(|reader| area.attribute("data-resident") == Some(reader.to_string()));
    if !is_theirs {
        return Ok(());
    }
    for choice in area.parts("form[data-dorpsplein=settle]") {
        wire(page, &area, &choice)?;
    }
    Ok(())
}

fn wire(page: &Rc<Page>, area: &Area, choice: &Area) -> Result<(), Trouble> {
    let item = described(area)?;
    let form = choice.as_form()?;
    let edit = chosen(choice).ok_or(Trouble::Browser("the page does not say what there is to choose"))?;
    form.reveal();
    let (page, pressed) = (Rc::clone(page), form.clone());
    form::act(&form, area, move || {
        let (page, form, item, edit) = (Rc::clone(&page), pressed.clone(), item.clone(), edit.clone());
        async move {
            let mut author = Author::own(&page).await?;
            if !author.edit_or_keep(item.at, item.id, item.heads, vec![edit]).await? {
                return Ok(kept(&page, &form));
            }
            page.reload_soon(GOOD_NEWS_MS)?;
            Ok(State::Sent)
        }
    })
}

fn chosen(choice: &Area) -> Option<Edit> {
    let field = Field(choice.attribute("data-field")?.parse().ok()?);
    let value = choice.attribute("data-value")?;
    let (kind, value) = value.split_at_checked(1)?;
    let value = match kind {
        "n" => Value::Null,
        "b" => Value::Bool(value == "true"),
        "i" => Value::Int(value.parse().ok()?),
        "t" => Value::Text(value.to_owned()),
        "x" => Value::Bytes(hex::decode(value)?),
        _ => return None,
    };
    Some(Edit::Set { field, value })
}
