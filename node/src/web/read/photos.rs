//! The photos of an item, and who may look at one.

use dorpsplein_protocol::photo::PhotoId;
use dorpsplein_protocol::projection::{self, Content, ItemRow};
use dorpsplein_web_ui::view;

use super::super::body::{ItemPhotoBody, PhotoBody};
use super::{ReadError, Reader};

impl Reader {
    /// Whether this visitor may look at a photo: exactly when they may see an item that shows it.
    pub(in super::super) fn shows_photo(&self, photo: &PhotoId) -> Result<bool, ReadError> {
        // The picture beside the name is on every page.
        if self.content_of_setting().photos.iter().any(|at| at.photo.id == *photo) {
            return Ok(true);
        }
        for item in projection::items_with_photo(&self.store, photo)? {
            match self.visible(&item) {
                Ok(_) => return Ok(true),
                Err(ReadError::NotFound | ReadError::Closed(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    /// The photos of an item as pages show them.
    pub(super) fn photos(&self, row: &ItemRow) -> Vec<view::Photo> {
        self.photos_of(&row.content)
    }

    /// The same of what an item says.
    pub(super) fn photos_of(&self, content: &Content) -> Vec<view::Photo> {
        let photos = content.photos.iter().map(|at| &at.photo);
        let shown = photos.map(|photo| view::Photo {
            id: photo.id.to_string(),
            width: photo.width,
            height: photo.height,
            alt: photo.alt.clone(),
            smaller: self.photos.as_ref().map(|photos| photos.folder.widths(&photo.id)).unwrap_or_default(),
            is_here: self.has_photo(&photo.id),
        });
        shown.collect()
    }

    /// The photos of an item as the API tells of them.
    pub(super) fn photo_bodies(&self, row: &ItemRow) -> Vec<ItemPhotoBody> {
        let bodies = row.content.photos.iter().map(|at| {
            let photo = &at.photo;
            let (id, length) = (photo.id.to_string(), photo.length);
            let body = PhotoBody { id, length, width: photo.width, height: photo.height };
            ItemPhotoBody { field: at.field.0, photo: body, alt: photo.alt.clone(), here: self.has_photo(&photo.id) }
        });
        bodies.collect()
    }

    fn has_photo(&self, photo: &PhotoId) -> bool {
        self.photos.as_ref().is_some_and(|photos| photos.folder.holds(photo))
    }
}
