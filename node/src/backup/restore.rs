//! Making a box of a backup, and trying whether that works.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use dorpsplein_protocol::archive::Inventory;
use dorpsplein_protocol::photo::PhotoId;
use indicatif::ProgressBar;

use super::archive::{self, Part};
use super::folder::{self, PhotoNames};
use super::hanging::Hanging;
use super::taking_in::TakingIn;
use super::{About, BackupError, Key};
use crate::config::Config;
use crate::data_folder::kept::{KeptFile, Unfinished};

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The file that was read.
    pub file: PathBuf,
    /// What the backup says about itself.
    pub about: About,
    /// The name of the neighbourhood, as the settings have it.
    pub name: String,
    /// How many operations were taken in.
    pub operations: u64,
    /// How many photos came back.
    pub photos: u64,
    /// Photos that were to be in the backup and are not, or are damaged.
    pub lost_photos: u64,
    /// How many of the tables that say what is visible came to something else than on the box it was made of.
    pub differing: usize,
}

/// What is done with what comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// It is a box from now on.
    Keep,
    /// It was a test: nothing stays, and anything that did not come back is an error.
    Verify,
}

/// Makes a data folder at `target` of the backup at `path`, a file or a folder of which the latest counts. The place must be free
/// or an empty folder.
///
/// # Errors
/// [`BackupError`]; then nothing is left at `target`. [`BackupError::NotWhole`] for [`Purpose::Verify`] alone.
pub fn restore(
    path: &Path,
    key: Key,
    target: &Path,
    purpose: Purpose,
    bar: &ProgressBar,
) -> Result<Restored, BackupError> {
    let (file, beside, key) = folder::find(path, key)?;
    let opened = key.open(&file)?;
    let folder = Unfinished::begin(target)?;
    let mut restoring = Restoring {
        file: &file,
        folder: &folder,
        hanging: Hanging::begin(&file, &folder.photo_path())?,
        bar,
        about: None,
        config: None,
        taking_in: None,
        listed: None,
        photos: BTreeSet::new(),
    };
    archive::read(&file, opened, |part| restoring.take(part))?;
    if let Some(beside) = &beside {
        restoring.fetch_photos(beside, &key)?;
    }
    let restored = restoring.finish()?;
    bar.finish_and_clear();
    match purpose {
        Purpose::Keep => folder.finish()?,
        Purpose::Verify => check(&file, &restored)?,
    }
    Ok(restored)
}

struct Restoring<'a> {
    file: &'a Path,
    folder: &'a Unfinished,
    hanging: Hanging,
    bar: &'a ProgressBar,
    about: Option<About>,
    config: Option<Config>,
    taking_in: Option<TakingIn>,
    /// The photos that are to be there.
    listed: Option<Vec<PhotoId>>,
    /// Those that came back.
    photos: BTreeSet<PhotoId>,
}

impl Restoring<'_> {
    fn take(&mut self, part: Part) -> Result<(), BackupError> {
        let out_of_order = BackupError::damaged(self.file, "it is not in the order of a backup");
        match part {
            Part::About(about) if self.about.is_none() => {
                self.bar.set_length(about.operations + about.photos);
                self.about = Some(about);
            }
            _ if self.about.is_none() => return Err(out_of_order),
            Part::About(_) => return Err(out_of_order),
            Part::Kept(..) if self.taking_in.is_some() => return Err(out_of_order),
            Part::Kept(kept, content) => self.kept(kept, &content)?,
            Part::Frame(frame) => {
                let file = self.file;
                let operations = self.taking_in()?.frame(file, frame)?;
                self.bar.inc(operations);
            }
            Part::Photos(photos) => self.listed = Some(photos),
            Part::Photo(photo, bytes) => self.photo(photo, bytes)?,
        }
        Ok(())
    }

    fn kept(&mut self, kept: &KeptFile, content: &[u8]) -> Result<(), BackupError> {
        self.folder.write(kept, content)?;
        if let Ok(text) = std::str::from_utf8(content)
            && Unfinished::is_config(kept)
        {
            self.config = Some(Config::parse(text)?);
        }
        Ok(())
    }

    /// The store; begun when the first operations come.
    fn taking_in(&mut self) -> Result<&mut TakingIn, BackupError> {
        let taking_in = match self.taking_in.take() {
            Some(taking_in) => taking_in,
            None => {
                let incomplete = || BackupError::damaged(self.file, "its settings are missing");
                let config = self.config.as_ref().ok_or_else(incomplete)?;
                let about = self.about.as_ref().map(|about| about.neighbourhood.as_str());
                if about != Some(config.neighbourhood.to_string().as_str()) {
                    return Err(BackupError::damaged(self.file, "its settings are those of another neighbourhood"));
                }
                let own = self.folder.box_key()?.public();
                TakingIn::begin(&self.folder.store_path(), config.neighbourhood, own)?
            }
        };
        Ok(self.taking_in.insert(taking_in))
    }

    /// A photo, whose name fits it.
    fn photo(&mut self, photo: PhotoId, bytes: Vec<u8>) -> Result<(), BackupError> {
        self.bar.inc(1);
        if self.photos.insert(photo) { self.hanging.hang(photo, bytes) } else { Ok(()) }
    }

    /// Photos that lie beside the file. One that is damaged is no reason to bring back none of the others.
    fn fetch_photos(&mut self, beside: &Path, key: &Key) -> Result<(), BackupError> {
        let names = PhotoNames::of(&self.folder.box_key()?);
        for photo in self.listed.clone().unwrap_or_default() {
            match folder::photo(beside, &names, key, &photo) {
                Ok(Some(bytes)) => self.photo(photo, bytes)?,
                Ok(None) => {}
                Err(error @ (BackupError::Damaged { .. } | BackupError::NotOne(_) | BackupError::Locked(_))) => {
                    tracing::info!(%error, "a photo cannot be read");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Restored, BackupError> {
        let file = self.file;
        let incomplete = || BackupError::damaged(file, "it ends too early");
        let mut taking_in = self.taking_in.take().ok_or_else(incomplete)?;
        // What is wrong with the operations is told first: they came first.
        self.bar.inc(taking_in.settle(file)?);
        let (Some(about), Some(config), Some(listed)) = (self.about, self.config, self.listed) else {
            return Err(incomplete());
        };
        self.hanging.finish()?;
        let Inventory { operations, rows, .. } = taking_in.look()?;
        let lost = listed.iter().filter(|photo| !self.photos.contains(photo)).count() as u64;
        Ok(Restored {
            file: file.to_owned(),
            differing: about.differing(&rows),
            about,
            name: config.name,
            operations: operations.len() as u64,
            photos: self.photos.len() as u64,
            lost_photos: lost,
        })
    }
}

/// Whether everything came back.
fn check(file: &Path, restored: &Restored) -> Result<(), BackupError> {
    let mut missing = Vec::new();
    let operations = restored.about.operations.saturating_sub(restored.operations);
    if operations > 0 {
        missing.push(format!("{operations} of {} operations are not taken in", restored.about.operations));
    }
    if restored.lost_photos > 0 {
        missing.push(format!("{} photos are gone or damaged", restored.lost_photos));
    }
    if restored.differing > 0 {
        missing.push(format!("{} tables come to something else than on the box", restored.differing));
    }
    if missing.is_empty() {
        return Ok(());
    }
    Err(BackupError::NotWhole { path: file.to_owned(), what: missing.join("; ") })
}
