//! `dorpsplein resident erase|appeal|receipts|export|leave`: what is yours to take back, to contradict, to take along.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use dorpsplein_protocol::operation::{DeviceCount, Edit, ItemId, Kind, MemberRemoval, OperationId, Space, Statement};
use serde_json::{Value, json};

use super::Outcome;
use super::author::Author;
use super::choose;
use super::door::Door;
use super::error::{CliError, InputError};
use super::moderate::ItemArgs;
use super::on_item;
use super::resident::place_named;
use super::signer::{Signer, moment};
use super::square::{self, Asking};
use super::waiting::progress;
use crate::clock;
use crate::web::body::{ItemBody, MineBody, MineItemBody, ResidentBody};

/// `resident appeal`.
#[derive(Debug, Args)]
pub(super) struct AppealArgs {
    #[command(flatten)]
    item: ItemArgs,
    /// Why you object, in your own words
    #[arg(long)]
    note: String,
}

/// `resident audience`.
#[derive(Debug, Args)]
pub(super) struct AudienceArgs {
    #[command(flatten)]
    item: ItemArgs,
    /// Who may read it from now on: members, square, neighbours, or circle:ID
    #[arg(long, value_name = "AUDIENCE", value_parser = super::resident::audience)]
    to: Space,
}

/// `resident receipts`.
#[derive(Debug, Args)]
pub(super) struct ReceiptsArgs {
    #[command(flatten)]
    signer: super::signer::Asked,
    /// The item that was erased: its id
    #[arg(value_name = "ITEM")]
    item: String,
}

/// `resident export`.
#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    #[command(flatten)]
    signer: Signer,
    /// The folder to make
    #[arg(long, value_name = "FOLDER")]
    to: PathBuf,
}

/// `resident leave`.
#[derive(Debug, Args)]
pub(super) struct LeaveArgs {
    #[command(flatten)]
    signer: Signer,
    /// Really: without this the command only says what it would erase
    #[arg(long)]
    yes: bool,
}

/// Erases an item of one's own.
///
/// # Errors
/// [`CliError`].
pub(super) fn erase(args: &ItemArgs) -> Result<Outcome, CliError> {
    on_item::erase(args, None, String::new())
}

/// Shows an item of one's own to more or fewer people than before.
///
/// # Errors
/// [`CliError`].
pub(super) fn show_to(args: &AudienceArgs) -> Result<Outcome, CliError> {
    let done = "From now on it is for them. Where it was for others, boxes drop it when they hear of it; \
                `dorpsplein resident receipts` lists who did. A copy that somebody made elsewhere cannot be taken back.";
    on_item::act(&args.item.signer, &args.item.item, done, |_| Edit::Audience(args.to))
}

/// Objects to what a connector did to an item of one's own.
///
/// # Errors
/// [`CliError`].
pub(super) fn appeal(args: &AppealArgs) -> Result<Outcome, CliError> {
    let done = "Your objection stands in the moderation log, where members and connectors read it.";
    on_item::act(&args.item.signer, &args.item.item, done, |_| Edit::Appeal(args.note.clone()))
}

/// Lists the neighbours whose boxes erased an item too.
///
/// # Errors
/// [`CliError`].
pub(super) fn receipts(args: &ReceiptsArgs) -> Result<Outcome, CliError> {
    let id = ItemId::from_hex(args.item.trim()).ok_or(InputError::Item)?;
    let receipts = args.signer.door()?.receipts(&id)?;
    let line = |receipt: &crate::web::body::ReceiptBody| {
        let name = receipt.name.as_deref().unwrap_or("(name not known)");
        format!("  {name} ({}), since {}", choose::short(&receipt.neighbourhood), moment(receipt.since))
    };
    let words = if receipts.is_empty() {
        "No neighbour's box has said yet that it erased this.".to_owned()
    } else {
        receipts.iter().map(line).collect::<Vec<_>>().join("\n")
    };
    Ok(Outcome::new(words, json!({ "receipts": receipts })))
}

/// Writes all that one made here into a folder, readable without this program.
///
/// # Errors
/// [`CliError`].
pub(super) fn export(args: &ExportArgs) -> Result<Outcome, CliError> {
    export_to(&args.signer, &args.to)
}

/// The same, of whoever signs, into a folder that is made.
///
/// # Errors
/// [`CliError`].
pub(super) fn export_to(signer: &Signer, to: &Path) -> Result<Outcome, CliError> {
    let door = signer.door()?;
    let author = signer.author(&door)?;
    let mine = door.mine(author.device().secret())?;
    make_folder(to)?;
    let operations = to.join("operations");
    fs::create_dir(&operations).map_err(at(&operations))?;
    let progress = progress(mine.items.len());
    let mut items = Vec::new();
    for item in &mine.items {
        items.push(exported(&door, &author, item, &operations)?);
        progress.inc(1);
    }
    progress.finish_and_clear();
    let photos = square::photos(&Asking::new(&door, Some(author.device().secret()))?, &items, to)?;
    let register = door.register()?;
    let own = own_entry(&door, &register.residents, &mine)?;
    let me = json!({
        "resident": mine.resident,
        "mail": mine.mail,
        "neighbourhood": { "id": register.neighbourhood, "name": door.status()?.name, "site": door.address() },
        "membership": own,
        "exported": clock::now().as_millis(),
    });
    write_json(&to.join("me.json"), &me)?;
    write_json(&to.join("items.json"), &json!(items))?;
    let readme = to.join("README.txt");
    fs::write(&readme, README).map_err(at(&readme))?;
    Ok(Outcome::new(
        format!(
            "{} things you made and {} photos are in {}. README.txt there says what is what.",
            mine.items.len(),
            photos.len(),
            to.display()
        ),
        json!({ "folder": to, "items": mine.items.len(), "photos": photos.len(), "resident": mine.resident }),
    ))
}

/// What stands in the exported folder.
const README: &str = "\
What you made on the square of your neighbourhood.

me.json      who you are there: your resident id, your devices, your role
items.json   everything you wrote, as it stands: news, events, answers, your profile
photos/      the photos in it, named as in items.json
operations/  the same as you signed it, one file each, named by its id. They are CBOR (RFC 8949) in a COSE_Sign1
             envelope (RFC 9052): proof for whoever wants to check that it was you

Times are milliseconds since 1 January 1970, UTC. Times of events are on the clocks of the neighbourhood.
";

/// Erases all that one made here, then ends the membership.
///
/// # Errors
/// [`CliError`]; what was erased before an error stays erased, and the command can be given again.
pub(super) fn leave(args: &LeaveArgs) -> Result<Outcome, CliError> {
    let door = args.signer.door()?;
    let mut author = args.signer.author(&door)?;
    let mine = door.mine(author.device().secret())?;
    if !args.yes {
        return Err(InputError::NotConfirmed(mine.items.len()).into());
    }
    let register = door.register()?;
    let own = own_entry(&door, &register.residents, &mine)?;
    if own.role == "connector" && register.connectors == 1 {
        return Err(InputError::LastConnector.into());
    }
    let progress = progress(mine.items.len());
    for item in in_leaving_order(&mine) {
        erase_one(&door, &mut author, item)?;
        progress.inc(1);
    }
    progress.finish_and_clear();
    let resident = choose::resident_id(&door, &own.id)?;
    let counts = own_counts(&door, &author, own)?;
    let statement = Statement::MemberRemoval(MemberRemoval { resident, counts });
    let accepted = author.state(statement, clock::now())?;
    Ok(Outcome::new(
        format!(
            "{} things you made are erased and you are no longer a member. Neighbours' boxes erase when they hear of it; \
             a copy that somebody made elsewhere cannot be taken back.\nThe key in {} can no longer sign: delete it.",
            mine.items.len(),
            args.signer.key_path().display()
        ),
        json!({ "operation": accepted.id, "erased": mine.items.len(), "resident": own.id }),
    ))
}

/// Answers first, then what they answer; the name last, so that a broken-off attempt leaves nothing unsigned for.
fn in_leaving_order(mine: &MineBody) -> Vec<&MineItemBody> {
    let mut items: Vec<_> = mine.items.iter().collect();
    items.sort_by_key(|item| (item.kind == Kind::PROFILE.0, item.kind != Kind::COMMENT.0));
    items
}

fn erase_one(door: &Door, author: &mut Author<'_>, item: &MineItemBody) -> Result<(), CliError> {
    let strange = || door.strange();
    let id = ItemId::from_hex(&item.id).ok_or_else(strange)?;
    let place = place_named(&item.neighbourhood, &item.space).ok_or_else(strange)?;
    let heads: Option<Vec<_>> = item.heads.iter().map(|head| OperationId::from_hex(head)).collect();
    let heads = heads.ok_or_else(strange)?;
    let erase = Edit::Erase { kind: Kind(item.kind), reason: None, note: String::new() };
    author.say(|device| device.edit(place, id, heads, vec![erase], clock::now())).map(drop)
}

/// All that is signed until now counts, and so does the statement with which this device leaves.
fn own_counts(door: &Door, author: &Author<'_>, own: &ResidentBody) -> Result<Vec<DeviceCount>, CliError> {
    let mut counts = choose::counts(door, own.devices.iter())?;
    let this = author.device();
    for count in counts.iter_mut().filter(|count| count.device == this.key()) {
        count.last = this.sequence() + 1;
    }
    Ok(counts)
}

fn own_entry<'a>(door: &Door, residents: &'a [ResidentBody], mine: &MineBody) -> Result<&'a ResidentBody, CliError> {
    residents.iter().find(|resident| resident.id == mine.resident).ok_or_else(|| door.strange())
}

/// One item as it stands, its signed operations beside it.
fn exported(door: &Door, author: &Author<'_>, item: &MineItemBody, operations: &Path) -> Result<ItemBody, CliError> {
    let secret = author.device().secret();
    let id = ItemId::from_hex(&item.id).ok_or_else(|| door.strange())?;
    for operation in &item.operations {
        let id = choose::operation_id(door, operation)?;
        let path = operations.join(format!("{operation}.cbor"));
        fs::write(&path, door.operation_for(secret, &id)?).map_err(at(&path))?;
    }
    door.item_for(secret, &id)
}

/// Makes a folder that must not exist.
///
/// # Errors
/// [`CliError::Folder`] or [`CliError::Io`].
pub(super) fn make_folder(path: &Path) -> Result<(), CliError> {
    match fs::create_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(crate::data_folder::FolderError::NotEmpty { path: path.to_owned() }.into())
        }
        made => made.map_err(at(path)),
    }
}

/// Writes JSON that people can read too.
///
/// # Errors
/// [`CliError::Io`].
pub(super) fn write_json(path: &Path, json: &Value) -> Result<(), CliError> {
    fs::write(path, format!("{json:#}\n")).map_err(at(path))
}

/// What went wrong with this file or folder.
pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> CliError {
    let path = path.to_owned();
    move |source| CliError::Io { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_go_first_and_the_name_goes_last() {
        let item = |kind: Kind| MineItemBody {
            id: String::new(),
            kind: kind.0,
            neighbourhood: String::new(),
            space: String::new(),
            heads: Vec::new(),
            operations: Vec::new(),
        };
        let items = [Kind::PROFILE, Kind::NEWS, Kind::COMMENT, Kind::EVENT].map(item).to_vec();
        let mine = MineBody { resident: String::new(), items, mail: None, push: Vec::new() };
        let order: Vec<_> = in_leaving_order(&mine).iter().map(|item| Kind(item.kind)).collect();
        assert_eq!(order, [Kind::COMMENT, Kind::NEWS, Kind::EVENT, Kind::PROFILE]);
    }
}
