//! Letters as a file to print, the same as the connectors' desk makes: one sheet of A4 for each.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::time::Timestamp;
use dorpsplein_web_ui::modules::Modules;
use dorpsplein_web_ui::qr::QrImage;
use dorpsplein_web_ui::view::{Frame, Help, Letter, Neighbourhood};
use dorpsplein_web_ui::{Lang, pages, paths};

use super::door::Door;
use super::error::CliError;
use crate::clock;
use crate::data_folder::files;
use crate::links::InvitationLink;
use crate::web::local_time;

/// Only the owner reads and writes: whoever has a code can join.
const MODE: u32 = 0o600;
/// How many digits of an invitation's key stand on its letter, in two groups.
const NUMBER: usize = 8;

/// The language of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LetterLang {
    /// Dutch
    Nl,
    /// English
    En,
}

/// The letters made so far, and the file that always holds them all.
pub(super) struct LetterSheets {
    path: PathBuf,
    frame: Frame,
    lang: Lang,
    letters: Vec<Letter>,
}

impl LetterSheets {
    /// Makes the file, before anything is signed; one that is there is never overwritten, because the codes in it stand
    /// nowhere else.
    ///
    /// # Errors
    /// [`CliError::Io`], and what keeps the box from being asked for its name.
    pub(super) fn begin(path: &Path, door: &Door, lang: LetterLang) -> Result<Self, CliError> {
        let lang = match lang {
            LetterLang::Nl => Lang::Nl,
            LetterLang::En => Lang::En,
        };
        let sheets = Self { path: path.to_owned(), frame: frame(door)?, lang, letters: Vec::new() };
        let made = OpenOptions::new().write(true).create_new(true).mode(MODE).open(path);
        made.map_err(|source| sheets.failed(source))?;
        Ok(sheets)
    }

    /// Adds the letter of an invitation that the box has taken, and writes the file anew.
    ///
    /// # Errors
    /// [`CliError`]: then the file holds the letters before this one.
    pub(super) fn add(&mut self, link: &InvitationLink, key: &PublicKey, until: Timestamp) -> Result<(), CliError> {
        let host = link.site.as_str().split_once("://").map_or(link.site.as_str(), |(_, host)| host);
        let number = key.to_string();
        let (first, second) = number[..NUMBER].split_at(NUMBER / 2);
        self.letters.push(Letter {
            address: format!("{host}{}", paths::join(self.lang)),
            code: link.code.to_string(),
            until: Some(local_time::local(until).date()),
            number: format!("{first} {second}"),
            // An address too long for such a picture can still be typed.
            qr: QrImage::of(&link.url_in(self.lang)),
        });
        let document = pages::letter_sheets(&self.frame, &self.letters, self.lang)?;
        files::write(&self.path, document.as_bytes(), true).map_err(|source| self.failed(source))
    }

    /// How many letters the file holds.
    pub(super) const fn count(&self) -> usize {
        self.letters.len()
    }

    /// Where the file is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Takes an empty file away again.
    ///
    /// # Errors
    /// [`CliError::Io`].
    pub(super) fn discard(self) -> Result<(), CliError> {
        fs::remove_file(&self.path).map_err(|source| self.failed(source))
    }

    fn failed(&self, source: std::io::Error) -> CliError {
        CliError::Io { path: self.path.clone(), source }
    }
}

/// What surrounds the letters. The style sheet goes along, so that the file needs nothing beside it.
fn frame(door: &Door) -> Result<Frame, CliError> {
    let (status, config) = (door.status()?, door.config()?);
    let (tagline, help) = config.map_or((None, None), |config| (config.tagline, config.help));
    Ok(Frame {
        neighbourhood: Neighbourhood {
            id: status.neighbourhood_id,
            name: status.name,
            tagline,
            logo: None,
            help: help.as_ref().map(Help::from),
            language: Lang::Nl,
            neighbours: Vec::new(),
            circles: Vec::new(),
            alerts: Vec::new(),
        },
        now: local_time::local(clock::now()),
        time_zone: local_time::ZONE,
        theme: String::new(),
        modules: Modules::default(),
        icon_url: String::new(),
        script_url: None,
        suggest_url: String::new(),
        reading_url: String::new(),
        at_kiosk: false,
        told: String::new(),
    })
}
