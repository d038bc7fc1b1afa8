//! Acts on an item as a whole: hide, show, pin, mark, erase, object.

use dorpsplein_protocol::operation::{Edit, ItemId, Kind, ModerationReason, OperationId};
use serde_json::json;

use super::Outcome;
use super::error::{CliError, InputError};
use super::moderate::ItemArgs;
use super::resident::place_of;
use super::signer::Signer;
use crate::clock;
use crate::web::body::ItemBody;

/// Does one thing to an item, after all that was done to it before.
///
/// # Errors
/// [`CliError`].
pub(super) fn act(
    signer: &Signer,
    item: &str,
    done: &str,
    edit: impl FnOnce(&ItemBody) -> Edit,
) -> Result<Outcome, CliError> {
    let id = ItemId::from_hex(item.trim()).ok_or(InputError::Item)?;
    let door = signer.door()?;
    let mut author = signer.author(&door)?;
    let item = door.item_for(author.device().secret(), &id)?;
    let place = place_of(&item).ok_or(InputError::Item)?;
    let parents: Option<Vec<_>> = item.heads.iter().map(|head| OperationId::from_hex(head)).collect();
    let parents = parents.ok_or_else(|| door.strange())?;
    let edit = edit(&item);
    let accepted = author.say(|device| device.edit(place, id, parents, vec![edit], clock::now()))?;
    Ok(Outcome::new(done.to_owned(), json!(accepted)))
}

/// Erases an item: for a connector with a reason, for its author without.
///
/// # Errors
/// [`CliError`].
pub(super) fn erase(args: &ItemArgs, reason: Option<ModerationReason>, note: String) -> Result<Outcome, CliError> {
    let done = "It is erased here. Boxes of neighbours erase it when they hear of it; `dorpsplein resident receipts` \
                lists who did. A copy that somebody made elsewhere cannot be taken back.";
    let id = ItemId::from_hex(args.item.trim()).ok_or(InputError::Item)?;
    let door = args.signer.door()?;
    let author = args.signer.author(&door)?;
    let item = door.item_for(author.device().secret(), &id)?;
    if item.erased.is_some() {
        return Err(InputError::AlreadyErased.into());
    }
    let kind = item.kind.as_deref().and_then(Kind::from_name).ok_or(InputError::UnknownKind)?;
    drop(author);
    act(&args.signer, &args.item, done, |_| Edit::Erase { kind, reason, note })
}
