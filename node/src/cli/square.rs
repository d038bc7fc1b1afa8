//! `dorpsplein export`: what stands on a square, or what is yours, in files that everybody can open.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::ItemId;
use dorpsplein_protocol::photo::PhotoId;
use serde_json::json;

use super::Outcome;
use super::client::Client;
use super::door::{Door, StoppedDoor, refused};
use super::error::CliError;
use super::leaving::{self, at, make_folder, write_json};
use super::signer::{Asked, moment};
use super::waiting::progress;
use crate::clock;
use crate::photos::PhotoFolder;
use crate::web::body::{ItemBody, ItemsBody};
use crate::web::local;

/// `export`.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true))]
pub(super) struct ExportArgs {
    /// All that stands on the square, in a folder to make: what everybody may read, or with your key what members may
    #[arg(long, value_name = "FOLDER", group = "what")]
    square: Option<PathBuf>,
    /// All that you made, in a folder to make; your key says who you are
    #[arg(long, value_name = "FOLDER", group = "what")]
    person: Option<PathBuf>,
    #[command(flatten)]
    asked: Asked,
}

/// Writes a square, or what is somebody's, into a folder.
///
/// # Errors
/// [`CliError`].
pub(super) fn run(args: &ExportArgs) -> Result<Outcome, CliError> {
    match (&args.square, &args.person) {
        (Some(folder), _) => square(&args.asked, folder),
        (None, Some(folder)) => leaving::export_to(&args.asked.as_signer(), folder),
        (None, None) => Ok(Outcome::silent()),
    }
}

fn square(asked: &Asked, folder: &Path) -> Result<Outcome, CliError> {
    let (door, secret) = (asked.door()?, asked.named_secret()?);
    let reader = Asking::new(&door, secret.as_ref())?;
    make_folder(folder)?;
    let status = door.status()?;
    let items = all_items(&reader)?;
    let bar = progress(items.len());
    let kept = photos(&reader, &items, folder)?;
    write_pages(&items, &kept, folder, || bar.inc(1))?;
    bar.finish_and_clear();
    write_json(&folder.join("items.json"), &json!(items))?;
    let about = json!({
        "name": status.name, "neighbourhood": status.neighbourhood_id, "site": door.address(),
        "exported": clock::now().as_millis(), "as": if secret.is_some() { "member" } else { "visitor" },
    });
    write_json(&folder.join("square.json"), &about)?;
    let agenda = reader.agenda()?;
    if let Some(agenda) = &agenda {
        write(&folder.join("agenda.ics"), agenda.as_bytes())?;
    }
    write(&folder.join("README.txt"), README.as_bytes())?;
    let words = format!(
        "{} things and {} photos are in {}. README.txt there says what is what.",
        items.len(),
        kept.len(),
        folder.display()
    );
    let json = json!({ "folder": folder, "items": items.len(), "photos": kept.len(), "agenda": agenda.is_some() });
    Ok(Outcome::new(words, json))
}

/// What stands in the exported folder.
const README: &str = "\
What stood on the square of a neighbourhood, as far as whoever made this could read it.

square.json  which neighbourhood, when, and whether as a visitor or as a member
items.json   everything, with all its fields: news, events, offers, clubs, groups, answers, profiles
posts/       the same to read, one file each, with its answers below it. Markdown: any editor opens it
agenda.ics   the coming events that everybody may see, for any calendar
photos/      the photos, named as in items.json

Times are milliseconds since 1 January 1970, UTC. Times of events are on the clocks of the neighbourhood.
What people wrote stays theirs. Take care of what only members could read.
";

/// Who is asked, and as whom.
pub(super) enum Asking<'a> {
    /// A box over its API.
    There(Client),
    /// A box that is not running.
    Here(&'a StoppedDoor, Option<&'a SecretKey>),
}

impl<'a> Asking<'a> {
    /// As the resident with this key, or as a visitor.
    ///
    /// # Errors
    /// [`CliError::Client`]; refused when the key is no member's.
    pub(super) fn new(door: &'a Door, secret: Option<&'a SecretKey>) -> Result<Self, CliError> {
        Ok(match (door.client(), secret) {
            (Ok(client), Some(secret)) => Self::There(client.signed_in(secret, &door.home()?)?),
            (Ok(client), None) => Self::There(client.clone()),
            (Err(stopped), secret) => Self::Here(stopped, secret),
        })
    }

    fn page(&self, after: Option<&str>) -> Result<ItemsBody, CliError> {
        match self {
            Self::There(client) => Ok(client.everything(after)?),
            Self::Here(door, secret) => {
                let device = secret.map(SecretKey::public);
                let after = after.and_then(ItemId::from_hex);
                local::everything(&door.state, device.as_ref(), after.as_ref()).map_err(refused)
            }
        }
    }

    /// The file of a photo of an item that was shown; none when it is not on the box.
    ///
    /// # Errors
    /// [`CliError`].
    pub(super) fn photo(&self, photo: &PhotoId) -> Result<Option<Vec<u8>>, CliError> {
        match self {
            Self::There(client) => Ok(client.photo(photo)?),
            Self::Here(door, _) => {
                let path = door.folder.photo_path();
                let read = PhotoFolder::open(&path).and_then(|folder| folder.read(photo));
                read.map_err(|source| CliError::Io { path, source })
            }
        }
    }

    fn agenda(&self) -> Result<Option<String>, CliError> {
        match self {
            Self::There(client) => Ok(client.agenda()?),
            Self::Here(door, _) => local::agenda(&door.state).map_err(refused),
        }
    }
}

fn all_items(reader: &Asking<'_>) -> Result<Vec<ItemBody>, CliError> {
    let (mut items, mut after): (Vec<ItemBody>, Option<String>) = (Vec::new(), None);
    loop {
        let page = reader.page(after.as_deref())?;
        items.extend(page.items);
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    items.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
    Ok(items)
}

/// Writes the photos of these items that are on the box into `photos`, and says which those are.
///
/// # Errors
/// [`CliError`].
pub(super) fn photos(reader: &Asking<'_>, items: &[ItemBody], folder: &Path) -> Result<BTreeSet<String>, CliError> {
    let shelf = folder.join("photos");
    let mut kept = BTreeSet::new();
    for photo in items.iter().flat_map(|item| &item.content.photos) {
        let Some(id) = PhotoId::from_hex(&photo.photo.id).filter(|_| !kept.contains(&photo.photo.id)) else { continue };
        if let Some(bytes) = reader.photo(&id)? {
            fs::create_dir_all(&shelf).map_err(at(&shelf))?;
            write(&shelf.join(photo_file(&photo.photo.id)), &bytes)?;
            kept.insert(photo.photo.id.clone());
        }
    }
    Ok(kept)
}

fn photo_file(id: &str) -> String {
    format!("{id}.jpg")
}

/// Writes a page for each thing that is not an answer to another, with its answers below it.
fn write_pages(
    items: &[ItemBody],
    kept: &BTreeSet<String>,
    folder: &Path,
    mut done: impl FnMut(),
) -> Result<(), CliError> {
    let posts = folder.join("posts");
    fs::create_dir(&posts).map_err(at(&posts))?;
    let here: BTreeSet<&str> = items.iter().map(|item| item.id.as_str()).collect();
    let mut answers: BTreeMap<&str, Vec<&ItemBody>> = BTreeMap::new();
    for item in items {
        if let Some(subject) = item.subject.as_deref().filter(|subject| here.contains(subject)) {
            answers.entry(subject).or_default().push(item);
        }
    }
    for item in items {
        done();
        let is_answer = item.subject.as_deref().is_some_and(|subject| here.contains(subject));
        if is_answer || item.kind.as_deref() == Some("profile") {
            continue;
        }
        let mut page = markdown(item, kept);
        add_answers(&mut page, item, &answers, 0);
        let day = moment(item.created);
        let name = format!("{} {}.md", day.get(..10).unwrap_or("1970-01-01"), item.id.get(..12).unwrap_or(&item.id));
        write(&posts.join(name), page.as_bytes())?;
    }
    Ok(())
}

/// One thing to read. What people wrote is Markdown already.
fn markdown(item: &ItemBody, kept: &BTreeSet<String>) -> String {
    let content = &item.content;
    let kind = item.kind.as_deref().unwrap_or("something newer");
    let title = content.title.as_deref().unwrap_or(kind).replace('\n', " ");
    let mut page = format!("# {title}\n\n*{kind}, {}, {}, for: {}*\n", author(item), moment(item.created), item.space);
    let facts = [
        ("when", content.starts.as_ref()),
        ("until", content.ends.as_ref()),
        ("where", content.place.as_ref()),
        ("again and again", content.repeats.as_ref()),
        ("category", content.category.as_ref()),
        ("telephone", content.phone.as_ref()),
        ("mail", content.email.as_ref()),
        ("site", content.website.as_ref()),
        ("open", content.hours.as_ref()),
    ];
    for (what, said) in facts.iter().filter_map(|(what, said)| Some((what, said.as_ref()?))) {
        page.push_str(&format!("\n- {what}: {}", said.replace('\n', " ")));
    }
    if content.cancelled {
        page.push_str("\n- called off");
    }
    page.push('\n');
    if let Some(body) = &content.body {
        page.push_str(&format!("\n{body}\n"));
    }
    for photo in content.photos.iter().filter(|photo| kept.contains(&photo.photo.id)) {
        let alt: String = photo.alt.chars().filter(|c| !"[]\\\n".contains(*c)).collect();
        page.push_str(&format!("\n![{alt}](../photos/{})\n", photo_file(&photo.photo.id)));
    }
    page
}

/// The answers to something, those to each of them behind it. Deeper than people talk is not gone into.
fn add_answers(page: &mut String, item: &ItemBody, answers: &BTreeMap<&str, Vec<&ItemBody>>, depth: usize) {
    const DEEPEST: usize = 16;
    for answer in answers.get(item.id.as_str()).into_iter().flatten().filter(|_| depth < DEEPEST) {
        let body = answer.content.body.as_deref().or(answer.content.title.as_deref()).unwrap_or_default();
        let official = if answer.official { ", official answer" } else { "" };
        page.push_str(&format!("\n---\n\n**{}**, {}{official}:\n\n{body}\n", author(answer), moment(answer.created)));
        add_answers(page, answer, answers, depth + 1);
    }
}

fn author(item: &ItemBody) -> String {
    let name = item.author.name.clone();
    name.unwrap_or_else(|| format!("resident {}", item.author.resident.get(..8).unwrap_or_default())).replace('\n', " ")
}

fn write(path: &Path, content: &[u8]) -> Result<(), CliError> {
    fs::write(path, content).map_err(at(path))
}
