//! Photos that go with what somebody writes: read, drawn anew so that nothing but the picture is left, and handed in.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::operation::{Edit, Field};
use dorpsplein_protocol::photo::{MAX_ALT, MAX_PHOTOS, Photo, PhotoId, inspect};
use dorpsplein_web_ui::theme::{LOGO_HEIGHT, LOGO_WIDTH, MAX_LOGO_BYTES};

use super::door::Door;
use super::error::{CliError, InputError};
use crate::photos::picture;

/// The photos of a post.
#[derive(Debug, Default, Args)]
pub(super) struct PhotoArgs {
    /// A photo to show with it: JPEG, PNG or WebP. Where and with what it was taken is left out. Give it again for more
    #[arg(long, value_name = "FILE")]
    photo: Vec<PathBuf>,
    /// What is on the photo, for who cannot see it: one for each photo, in the same order
    #[arg(long, value_name = "WORDS")]
    alt: Vec<String>,
}

/// A photo that is ready to be handed in.
pub(super) struct Prepared {
    file: Vec<u8>,
    edit: Edit,
}

impl PhotoArgs {
    /// Reads the photos and draws them anew, before anything is signed or sent.
    ///
    /// # Errors
    /// [`InputError`] when a file is no picture, or words are missing.
    pub(super) fn prepare(&self) -> Result<Vec<Prepared>, CliError> {
        let words = self.alt.iter().map(|words| words.trim());
        let good = |words: &str| (1..=MAX_ALT).contains(&words.chars().count()) && !words.contains(char::is_control);
        if self.photo.len() != self.alt.len() || self.photo.len() > MAX_PHOTOS || !words.clone().all(good) {
            return Err(InputError::PhotoWords.into());
        }
        let photos = self.photo.iter().zip(words).zip(Field::PHOTOS);
        photos.map(|((path, words), field)| prepare(path, words, field)).collect()
    }
}

/// Hands photos in at a box; what is left is to say in the item that they belong to it.
///
/// # Errors
/// [`CliError`] when the box refuses one or does not answer.
pub(super) fn hand_in(photos: Vec<Prepared>, door: &Door, device: &Device) -> Result<Vec<Edit>, CliError> {
    photos.into_iter().map(|photo| door.hand_in_photo(device, &photo.file).map(|_| photo.edit)).collect()
}

/// A logo as it is handed in: small, and drawn anew. `path` is what the file came in.
///
/// # Errors
/// [`InputError`] when it is no picture, or has too many bytes however it is drawn.
pub(super) fn logo(file: &[u8], path: &Path) -> Result<Prepared, CliError> {
    let unfit = |reason: String| InputError::Photo { path: path.to_owned(), reason };
    let file =
        picture::logo(file, LOGO_WIDTH, LOGO_HEIGHT, MAX_LOGO_BYTES).map_err(|error| unfit(error.to_string()))?;
    if file.len() > MAX_LOGO_BYTES {
        return Err(unfit(format!("a logo has at most {MAX_LOGO_BYTES} bytes")).into());
    }
    prepared(file, "logo", Field::PHOTOS[0]).map_err(|reason| unfit(reason).into())
}

fn prepare(path: &Path, words: &str, field: Field) -> Result<Prepared, CliError> {
    let unfit = |reason: String| InputError::Photo { path: path.to_owned(), reason };
    let file = fs::read(path).map_err(|error| unfit(error.to_string()))?;
    let file = picture::publishable(&file).map_err(|error| unfit(error.to_string()))?;
    prepared(file, words, field).map_err(|reason| unfit(reason).into())
}

fn prepared(file: Vec<u8>, words: &str, field: Field) -> Result<Prepared, String> {
    let facts = inspect(&file).map_err(|error| error.to_string())?;
    let id = PhotoId::of(&file).ok_or("it is too large")?;
    let length = u32::try_from(file.len()).map_err(|error| error.to_string())?;
    let photo = Photo { id, length, width: facts.width, height: facts.height, alt: words.to_owned() };
    Ok(Prepared { edit: Edit::Set { field, value: photo.value() }, file })
}
