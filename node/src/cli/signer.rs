//! Who signs and which box is asked, the same for every command; and what became of what was signed.

use std::path::{Path, PathBuf};

use clap::Args;
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::Statement;
use serde_json::{Value, json};

use super::Outcome;
use super::author::Author;
use super::client::Client;
use super::door::Door;
use super::error::CliError;
use super::key_file::KeyFile;
use crate::clock;
use crate::data_folder::connector_key;
use crate::links::Site;
use crate::web::body::AcceptedBody;

/// Who signs: the founding connector of a data folder here, or whoever has a key file.
#[derive(Clone, Debug, Args)]
pub(super) struct Signer {
    /// The data folder of a box on this machine, whether or not it is running
    #[arg(long, required_unless_present = "key", conflicts_with = "url")]
    dir: Option<PathBuf>,
    /// Your key file; by default the founding connector's in the data folder
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The site to hand it in at; by default the one where the key is at home
    #[arg(long, requires = "key")]
    url: Option<String>,
}

/// Which box is asked: that of a data folder here, that of a site, or the one where a key is at home.
#[derive(Clone, Debug, Args)]
pub(super) struct Asked {
    /// The data folder of a box on this machine
    #[arg(long, required_unless_present_any = ["url", "key"], conflicts_with = "url")]
    dir: Option<PathBuf>,
    /// The site of any box
    #[arg(long)]
    url: Option<String>,
    /// Your key file: asks as a member, by default the site where the key is at home
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

impl Signer {
    /// The box that what is signed goes to.
    ///
    /// # Errors
    /// [`CliError`].
    pub(super) fn door(&self) -> Result<Door, CliError> {
        door(self.dir.as_deref(), self.url.as_deref(), self.key.as_deref())
    }

    /// The key, in front of that box.
    ///
    /// # Errors
    /// [`CliError`].
    pub(super) fn author<'a>(&self, door: &'a Door) -> Result<Author<'a>, CliError> {
        Author::open(&self.key_path(), door)
    }

    /// The same, for asking as whoever signs.
    pub(super) fn as_asked(&self) -> Asked {
        Asked { dir: self.dir.clone(), url: self.url.clone(), key: self.key.clone() }
    }

    /// Where the key is.
    pub(super) fn key_path(&self) -> PathBuf {
        match (&self.dir, &self.key) {
            (_, Some(key)) => key.clone(),
            (Some(dir), None) => connector_key(dir),
            (None, None) => PathBuf::new(),
        }
    }
}

impl Asked {
    /// The key of whoever asks; none when only a site was named.
    ///
    /// # Errors
    /// [`CliError::KeyFile`].
    pub(super) fn secret(&self) -> Result<Option<SecretKey>, CliError> {
        let path = match (&self.dir, &self.key) {
            (_, Some(key)) => key.clone(),
            (Some(dir), None) => connector_key(dir),
            (None, None) => return Ok(None),
        };
        let file = KeyFile::open(&path)?;
        Ok(Some(SecretKey::from_seed(&file.device().secret().to_seed())))
    }

    /// The key of whoever asks as a member, because they named their key file.
    ///
    /// # Errors
    /// [`CliError::KeyFile`].
    pub(super) fn named_secret(&self) -> Result<Option<SecretKey>, CliError> {
        if self.key.is_some() { self.secret() } else { Ok(None) }
    }

    /// The same, for whoever signs.
    pub(super) fn as_signer(&self) -> Signer {
        Signer { dir: self.dir.clone(), key: self.key.clone(), url: self.url.clone() }
    }

    /// The box.
    ///
    /// # Errors
    /// [`CliError`].
    pub(super) fn door(&self) -> Result<Door, CliError> {
        door(self.dir.as_deref(), self.url.as_deref(), self.key.as_deref())
    }
}

/// Signs a statement, hands it in, and says what became of it: `done` when it counts, else who has to sign too.
///
/// `more` is an object of further members for scripts.
///
/// # Errors
/// [`CliError`].
pub(super) fn state(
    author: &mut Author<'_>,
    statement: Statement,
    done: &str,
    more: Value,
) -> Result<Outcome, CliError> {
    let accepted = author.state(statement, clock::now())?;
    concluded(author.door(), &accepted, done, more)
}

/// Says what became of a statement that the box took.
///
/// # Errors
/// [`CliError`] when the box no longer answers.
pub(super) fn concluded(door: &Door, accepted: &AcceptedBody, done: &str, more: Value) -> Result<Outcome, CliError> {
    let proposals = door.register()?.proposals;
    let waiting = proposals.iter().find(|proposal| proposal.operation == accepted.id);
    let mut json = json!({ "operation": accepted.id, "counts": waiting.is_none() });
    let Some(proposal) = waiting else { return Ok(Outcome::new(done.to_owned(), merged(json, more))) };
    json["endorse_after"] = json!(proposal.endorse_after);
    let when = proposal.endorse_after.map(|at| format!(", from {} on", moment(at))).unwrap_or_default();
    let words = format!(
        "Signed, but it does not count yet: two connectors must sign this. Another connector does so{when} with\n  \
         dorpsplein endorse {} --key FILE",
        accepted.id
    );
    Ok(Outcome::new(words, merged(json, more)))
}

/// An instant as people read it on the command line, in UTC: `2026-12-04 20:00 UTC`.
pub(super) fn moment(at_millis: u64) -> String {
    let at = i64::try_from(at_millis).ok().and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok());
    at.map_or_else(|| format!("{at_millis} ms"), |at| at.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

fn door(dir: Option<&Path>, url: Option<&str>, key: Option<&Path>) -> Result<Door, CliError> {
    if let Some(dir) = dir {
        return Door::open(dir);
    }
    let site = match (url, key) {
        (Some(url), _) => Site::parse(url)?,
        (None, key) => KeyFile::open(key.unwrap_or(Path::new("")))?.site().clone(),
    };
    Ok(Door::Site(Client::new(site)))
}

fn merged(mut json: Value, more: Value) -> Value {
    if let (Value::Object(json), Value::Object(more)) = (&mut json, more) {
        json.extend(more);
    }
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_readable() {
        assert_eq!(moment(1_795_000_000_000), "2026-11-18 11:06 UTC");
        assert_eq!(moment(u64::MAX), format!("{} ms", u64::MAX));
    }

    #[test]
    fn what_is_added_stands_beside_what_is_always_said() {
        assert_eq!(merged(json!({ "a": 1 }), json!({ "b": 2 })), json!({ "a": 1, "b": 2 }));
        assert_eq!(merged(json!({ "a": 1 }), Value::Null), json!({ "a": 1 }));
    }
}
