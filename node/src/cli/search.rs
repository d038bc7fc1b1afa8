//! `dorpsplein search`: finding things by words.

use clap::Args;
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::Kind;
use serde_json::json;

use super::Outcome;
use super::door::{Door, StoppedDoor, refused};
use super::error::{CliError, InputError};
use super::signer::{Asked, moment};
use crate::search::{Search, is_searchable};
use crate::web::body::{FitBody, SearchBody, SearchHitBody};
use crate::web::local;

/// `search`.
#[derive(Debug, Args)]
pub(super) struct SearchArgs {
    #[command(flatten)]
    asked: Asked,
    /// The words; what has all of them is found
    #[arg(required = true)]
    words: Vec<String>,
    /// Only this kind: news, event, offer, request, listing, group, alert, comment or profile
    #[arg(long)]
    kind: Option<String>,
    /// Go on where an earlier answer said to
    #[arg(long)]
    after: Option<String>,
}

/// Finds things.
///
/// # Errors
/// [`CliError`].
pub(super) fn run(args: &SearchArgs) -> Result<Outcome, CliError> {
    let kind = args.kind.as_deref().map(searchable).transpose()?;
    let device = args.asked.named_secret()?;
    let door = args.asked.door()?;
    let found = door.search(&args.words.join(" "), kind, args.after.as_deref(), device.as_ref())?;
    Ok(Outcome::new(in_words(&found), json!(found)))
}

fn searchable(name: &str) -> Result<Kind, InputError> {
    Kind::from_name(name).filter(|kind| is_searchable(*kind)).ok_or(InputError::SearchKind)
}

fn in_words(found: &SearchBody) -> String {
    let mut lines: Vec<String> = Vec::new();
    match (found.hits.is_empty(), found.fit) {
        (true, _) => lines.push("nothing found".to_owned()),
        (false, FitBody::Words) => {}
        (false, FitBody::Alike) => lines.push("nothing has these words; almost alike:".to_owned()),
        (false, FitBody::Some) => lines.push("nothing has all these words; some of them:".to_owned()),
    }
    lines.extend(found.hits.iter().map(line));
    if let Some(next) = &found.next {
        lines.push(format!("more: --after {next}"));
    }
    if !found.complete {
        lines.push("the index is not complete yet; something may be missing".to_owned());
    }
    lines.join("\n")
}

fn line(hit: &SearchHitBody) -> String {
    let SearchHitBody { item, kind, title, excerpt, created, .. } = hit;
    format!("{title} ({kind}, {})\n    {excerpt}\n    {item}", moment(*created))
}

impl Door {
    /// What can be found by words, by a visitor or by the device's resident.
    ///
    /// # Errors
    /// [`CliError`].
    fn search(
        &self,
        words: &str,
        kind: Option<Kind>,
        after: Option<&str>,
        device: Option<&SecretKey>,
    ) -> Result<SearchBody, CliError> {
        match (self.client(), device) {
            (Ok(client), Some(device)) => {
                Ok(client.signed_in(device, &self.home()?)?.search(words, kind.and_then(Kind::name), after)?)
            }
            (Ok(client), None) => Ok(client.search(words, kind.and_then(Kind::name), after)?),
            (Err(door), device) => {
                let search = door.search_index()?;
                search.catch_up(&*door.state.store, &self.home()?, &|_, _| {})?;
                let state = door.state.clone().with_search(search);
                let device = device.map(SecretKey::public);
                local::search(&state, words, kind, after, device.as_ref()).map_err(refused)
            }
        }
    }
}

impl StoppedDoor {
    /// The index in the folder.
    ///
    /// # Errors
    /// [`CliError::Index`].
    pub(super) fn search_index(&self) -> Result<Search, CliError> {
        Ok(Search::open(&self.folder.search_path())?)
    }
}
