//! Photos' files in memory: what a shell keeps for its replica, and every way in which it can go wrong there.

use std::collections::BTreeMap;

use dorpsplein_protocol::operation::{Edit, Field, ResidentId};
use dorpsplein_protocol::photo::{CHUNK_BYTES, ChunkHashes, Photo, PhotoId, chunk_range, inspect};
use dorpsplein_protocol::replica::{Effect, Input, PhotoEffect, PhotoInput, PhotoQuota, ReadChunk, Ticket};

use super::World;

/// The files of one box.
#[derive(Default)]
pub(crate) struct TestShelf {
    pub(crate) whole: BTreeMap<PhotoId, Vec<u8>>,
    pub(crate) begun: BTreeMap<PhotoId, Vec<u8>>,
    pub(crate) quota: Option<PhotoQuota>,
    /// How many chunks were written.
    pub(crate) kept: usize,
    /// Says that files are here that are not.
    pub(crate) lost: bool,
    /// What it would say of whole files, for as long as it takes its time over them.
    pub(crate) slow: Option<Vec<PhotoInput>>,
}

/// A file that is a picture by its parts: so many bytes, `grain` telling one from another.
pub(crate) fn picture(length: usize, grain: u8) -> Vec<u8> {
    let start = [
        &[0xff, 0xd8][..],
        &[0xff, 0xc0, 0, 11, 8, 0x01, 0xe0, 0x02, 0x80, 1, 1, 0x11, 0],
        &[0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0],
    ]
    .concat();
    let mut file = start;
    file.resize(length - 2, grain & 0x7f);
    file.extend([0xff, 0xd9]);
    file
}

/// A reference to a picture, in the first field for photos.
pub(crate) fn photo_edit(file: &[u8], alt: &str) -> Edit {
    photo_edit_at(Field::PHOTOS[0], file, alt)
}

/// The same in another field.
pub(crate) fn photo_edit_at(field: Field, file: &[u8], alt: &str) -> Edit {
    let id = PhotoId::of(file).unwrap();
    let photo = Photo { id, length: file.len() as u32, width: 640, height: 480, alt: alt.to_owned() };
    Edit::Set { field, value: photo.value() }
}

impl World {
    /// Gives a box a place for photos.
    pub(crate) fn put_up(&mut self, at: usize, shelf: TestShelf) {
        let quota = shelf.quota.unwrap_or(PhotoQuota { resident: 1 << 30, neighbour: 1 << 30 });
        let whole = shelf.whole.iter().map(|(photo, file)| (*photo, file.len() as u32)).collect();
        let begun = shelf.begun.iter().map(|(photo, file)| (*photo, (file.len() / CHUNK_BYTES) as u32)).collect();
        self.boxes[at].shelf = Some(shelf);
        self.handle(at, Input::Photo(PhotoInput::Shelf { quota, whole, begun }));
    }

    /// Hands in a photo as a form does. Says whether there was room for it.
    pub(crate) fn hand_in(&mut self, at: usize, by: ResidentId, file: &[u8]) -> bool {
        let (photo, length) = (PhotoId::of(file).unwrap(), file.len() as u32);
        let input = PhotoInput::Offered { ticket: Ticket(0), photo, length, by };
        let effects = self.handle(at, Input::Photo(input));
        let answer = effects.iter().find_map(|effect| match effect {
            Effect::Photo(PhotoEffect::Answer { welcome, .. }) => Some(*welcome),
            _ => None,
        });
        let welcome = answer.expect("an offer has an answer");
        if welcome {
            self.shelf(at).whole.insert(photo, file.to_vec());
            self.handle(at, Input::Photo(PhotoInput::Stored { photo, length }));
        }
        welcome
    }

    /// The place for photos of a box.
    pub(crate) fn shelf(&mut self, at: usize) -> &mut TestShelf {
        self.boxes[at].shelf.as_mut().expect("the box has a place for photos")
    }

    /// Whether a box has this photo, whole.
    pub(crate) fn has_photo(&self, at: usize, file: &[u8]) -> bool {
        let shelf = self.boxes[at].shelf.as_ref();
        shelf.is_some_and(|shelf| shelf.whole.get(&PhotoId::of(file).unwrap()).is_some_and(|held| held == file))
    }

    pub(super) fn shelve(&mut self, at: usize, effects: &[Effect]) {
        for effect in effects {
            let Effect::Photo(effect) = effect else { continue };
            for input in self.carry_out_photo(at, effect) {
                self.wire.tell(at, input);
            }
        }
    }

    fn carry_out_photo(&mut self, at: usize, effect: &PhotoEffect) -> Vec<PhotoInput> {
        let Some(shelf) = self.boxes[at].shelf.as_mut() else { return Vec::new() };
        match effect {
            PhotoEffect::Answer { .. } => Vec::new(),
            PhotoEffect::Keep { photo, index, data, last } => shelf.keep(*photo, *index, data, *last),
            PhotoEffect::Read { session, photo, from, count, list } => {
                let file = shelf.whole.get(photo).filter(|_| !shelf.lost);
                let read = file.map(|file| chunks(file, *from, *count, *list)).unwrap_or_default();
                let chunks = if read.is_empty() { vec![None] } else { read.into_iter().map(Some).collect() };
                chunks.into_iter().map(|chunk| PhotoInput::Read { session: *session, photo: *photo, chunk }).collect()
            }
            PhotoEffect::Drop { photos } => {
                for photo in photos {
                    shelf.whole.remove(photo);
                    shelf.begun.remove(photo);
                }
                Vec::new()
            }
        }
    }
}

impl TestShelf {
    fn keep(&mut self, photo: PhotoId, index: u32, data: &[u8], last: bool) -> Vec<PhotoInput> {
        self.kept += 1;
        let file = self.begun.entry(photo).or_default();
        assert_eq!(file.len(), index as usize * CHUNK_BYTES, "chunks come in order, each once");
        file.extend(data);
        if !last {
            return Vec::new();
        }
        let file = self.begun.remove(&photo).unwrap();
        assert_eq!(PhotoId::of(&file), Some(photo), "a wrong chunk was kept");
        let found = if inspect(&file).is_ok() {
            let length = file.len() as u32;
            self.whole.insert(photo, file);
            PhotoInput::Stored { photo, length }
        } else {
            PhotoInput::Refused { photo }
        };
        match &mut self.slow {
            Some(waiting) => {
                waiting.push(found);
                Vec::new()
            }
            None => vec![found],
        }
    }
}

fn chunks(file: &[u8], from: u32, count: u32, list: bool) -> Vec<ReadChunk> {
    let range = |index: u32| chunk_range(file.len(), index as usize);
    let there: Vec<u32> = (from..from + count).filter(|index| !range(*index).is_empty()).collect();
    let hashes = ChunkHashes::of(file).unwrap().bytes();
    let read = |index: &u32| ReadChunk {
        index: *index,
        list: if list && *index == from { hashes.clone() } else { Vec::new() },
        data: file[range(*index)].to_vec(),
        more: Some(index) != there.last(),
    };
    there.iter().map(read).collect()
}
