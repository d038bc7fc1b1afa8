//! What connectors do about what waits for them, and what whoever made something answers when it is asked whether it still holds.

use dorpsplein_protocol::compose::{LOOKED_AT, Place, Taking, about};
use dorpsplein_protocol::operation::{
    Edit, Field, ItemId, Kind, ModerationAct, ModerationReason, NeighbourhoodId, OperationId, Space, Value,
};
use dorpsplein_protocol::time::Day;

use super::author::Author;
use super::desk::Fields;
use super::draft::Draft;
use super::page::Page;
use super::trouble::Trouble;
use super::write::space;

/// Carries one such act out; `false` when it is another one.
pub(super) async fn carry_out(page: &Page, act: &str, fields: &Fields<'_>) -> Result<bool, Trouble> {
    match act {
        "hide-reported" => {
            let (reason, note) = (fields.text("reason")?, fields.text("note").unwrap_or_default());
            let reason = ModerationReason::from_name(&reason).ok_or_else(unclear)?;
            let hide = Edit::Moderate { act: ModerationAct::Hide, reason, note };
            edit(page, fields, hide).await?;
            dismiss(page, fields).await?;
        }
        "refuse-reported" => {
            let about = fields.id("about", OperationId::from_hex)?;
            let taking = Taking { about, accepts: 2, kinds: 0, per_day: 0, areas: Vec::new() };
            Author::own(page).await?.take(&taking, None).await?;
            dismiss(page, fields).await?;
        }
        "dismiss" => dismiss(page, fields).await?,
        "looked-at" => {
            let item = fields.id("about", ItemId::from_hex)?;
            let edits = vec![about(item), text(Field::CATEGORY, LOOKED_AT)];
            say(page, Draft { kind: Kind::REPORT, subject: None, edits }).await?;
        }
        "ask-review" => {
            let item = fields.id("about", ItemId::from_hex)?;
            say(page, Draft { kind: Kind::REVIEW_REQUEST, subject: None, edits: vec![about(item)] }).await?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Says of what one made oneself that it still holds. Without a line that waits on this device, as what people write does.
/// Whether the box has it.
pub(super) async fn still_right(page: &Page, fields: &Fields<'_>) -> Result<bool, Trouble> {
    let until = Day::parse(&fields.text("until")?).map_err(|_| unclear())?;
    let Item { at, id, heads } = item(fields)?;
    Author::own(page).await?.edit_or_keep(at, id, heads, vec![text(Field::REVIEW_BY, &until.to_string())]).await
}

/// Tells the connectors, or connectors each other, something for members.
async fn say(page: &Page, draft: Draft) -> Result<(), Trouble> {
    let mut author = Author::own(page).await?;
    let at = Place { neighbourhood: author.home(), space: Space::Members };
    author.say(at, draft).await
}

/// Does something to the item that the form is about.
async fn edit(page: &Page, fields: &Fields<'_>, edit: Edit) -> Result<(), Trouble> {
    let Item { at, id, heads } = item(fields)?;
    Author::own(page).await?.edit(at, id, heads, vec![edit]).await
}

/// The item that a form is about.
struct Item {
    at: Place,
    id: ItemId,
    heads: Vec<OperationId>,
}

fn item(fields: &Fields<'_>) -> Result<Item, Trouble> {
    let at = Place {
        neighbourhood: fields.id("neighbourhood", NeighbourhoodId::from_hex)?,
        space: space(&fields.text("space")?)?,
    };
    let heads = heads(&fields.text("heads")?).ok_or_else(unclear)?;
    Ok(Item { at, id: fields.id("item", ItemId::from_hex)?, heads })
}

/// Hides the reports that the form names: they are dealt with.
async fn dismiss(page: &Page, fields: &Fields<'_>) -> Result<(), Trouble> {
    let mut author = Author::own(page).await?;
    let at = Place { neighbourhood: author.home(), space: Space::Members };
    for reference in fields.texts("reports") {
        let (id, latest) = reference.split_once(':').ok_or_else(unclear)?;
        let item = ItemId::from_hex(id).ok_or_else(unclear)?;
        let done = Edit::Moderate { act: ModerationAct::Hide, reason: ModerationReason::Other, note: String::new() };
        author.edit(at, item, heads(latest).ok_or_else(unclear)?, vec![done]).await?;
    }
    Ok(())
}

fn heads(text: &str) -> Option<Vec<OperationId>> {
    text.split(' ').map(OperationId::from_hex).collect()
}

fn text(field: Field, words: &str) -> Edit {
    Edit::Set { field, value: Value::Text(words.to_owned()) }
}

/// The box would refuse it with this problem; there is no need to ask.
fn unclear() -> Trouble {
    Trouble::foreseen("invalid-content")
}
