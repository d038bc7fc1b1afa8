//! The files of photos on a box, and what its shell does with them for the replica. A file is on the disk before anybody is
//! told; of one that is still coming a power cut takes what had not been synced.

use std::collections::BTreeMap;
use std::sync::Arc;

use dorpsplein_protocol::operation::ResidentId;
use dorpsplein_protocol::photo::{CHUNK_BYTES, ChunkHashes, PhotoId, chunk_range, inspect};
use dorpsplein_protocol::replica::{Input, PhotoEffect, PhotoInput, PhotoQuota, ReadChunk, Ticket};
use dorpsplein_protocol::time::Timestamp;

use super::clock::HOUR;
use super::queue::Event;
use super::{World, WorldError};
use crate::plan::{BoxId, Millis};

/// How long a disk takes over a file.
const DISK: Millis = 5;

/// More than anybody in these worlds takes photos for.
const QUOTA: PhotoQuota = PhotoQuota { resident: 1 << 30, neighbour: 1 << 30 };

/// The files of one box: there also when it is off.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    whole: BTreeMap<PhotoId, Arc<[u8]>>,
    /// The chunks of what has begun to come, the first ones.
    begun: BTreeMap<PhotoId, Vec<u8>>,
    /// Whether the file that was offered last is welcome.
    welcome: bool,
    /// When files were handed in.
    offered: BTreeMap<PhotoId, Timestamp>,
}

impl Shelf {
    /// Whether a photo is here, whole.
    pub fn holds(&self, photo: &PhotoId) -> bool {
        self.whole.contains_key(photo)
    }

    /// All that is here, whole or not.
    pub fn files(&self) -> impl Iterator<Item = (&PhotoId, &[u8])> {
        let whole = self.whole.iter().map(|(photo, file)| (photo, file.as_ref()));
        whole.chain(self.begun.iter().map(|(photo, file)| (photo, file.as_slice())))
    }

    /// Whether a photo was handed in so lately that it may wait for something that shows it.
    pub fn was_offered_lately(&self, photo: &PhotoId, now: Timestamp) -> bool {
        self.offered.get(photo).is_some_and(|offered| now < offered.plus_millis(2 * HOUR))
    }

    /// What is here, for a replica that starts.
    pub(super) fn contents(&self) -> PhotoInput {
        let whole = self.whole.iter().map(|(photo, file)| (*photo, file.len() as u32)).collect();
        let begun = self.begun.iter().map(|(photo, file)| (*photo, (file.len() / CHUNK_BYTES) as u32)).collect();
        PhotoInput::Shelf { quota: QUOTA, whole, begun }
    }

    /// The power fails: of what is still coming the last half was not synced.
    pub(super) fn lose_power(&mut self) {
        for file in self.begun.values_mut() {
            file.truncate(file.len() / CHUNK_BYTES / 2 * CHUNK_BYTES);
        }
    }

    /// Carries out what the replica asks for; what is to be told it afterwards.
    fn carry_out(&mut self, effect: PhotoEffect, is_full: bool) -> Vec<PhotoInput> {
        match effect {
            PhotoEffect::Answer { welcome, .. } => {
                self.welcome = welcome;
                Vec::new()
            }
            PhotoEffect::Keep { photo, .. } if is_full => {
                let here = self.begun.get(&photo).map_or(0, Vec::len);
                vec![PhotoInput::Failed { photo, chunks: (here / CHUNK_BYTES) as u32 }]
            }
            PhotoEffect::Keep { photo, index, data, last } => {
                self.keep(photo, index, &data, last).into_iter().collect()
            }
            PhotoEffect::Read { session, photo, from, count, list } => {
                let read = self.whole.get(&photo).map(|file| chunks(file, from..from.saturating_add(count), list));
                let read = read.filter(|read| !read.is_empty());
                let chunks = read.map_or_else(|| vec![None], |read| read.into_iter().map(Some).collect());
                chunks.into_iter().map(|chunk| PhotoInput::Read { session, photo, chunk }).collect()
            }
            PhotoEffect::Drop { photos } => {
                for photo in photos {
                    self.whole.remove(&photo);
                    self.begun.remove(&photo);
                }
                Vec::new()
            }
        }
    }

    /// Writes a chunk behind those that are here. Says what the whole is, when that was the last one.
    fn keep(&mut self, photo: PhotoId, index: u32, data: &[u8], last: bool) -> Option<PhotoInput> {
        let file = self.begun.entry(photo).or_default();
        if file.len() != index as usize * CHUNK_BYTES {
            let chunks = (file.len() / CHUNK_BYTES) as u32;
            return Some(PhotoInput::Failed { photo, chunks });
        }
        file.extend_from_slice(data);
        if !last {
            return None;
        }
        let file = self.begun.remove(&photo)?;
        let is_photo = PhotoId::of(&file) == Some(photo) && inspect(&file).is_ok();
        let length = file.len() as u32;
        Some(if is_photo {
            self.whole.insert(photo, file.into());
            PhotoInput::Stored { photo, length }
        } else {
            PhotoInput::Refused { photo }
        })
    }
}

impl World {
    /// Somebody hands a photo in at a box, as a form does before it hands in what shows it. Says whether it is there now.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn hand_in_photo(&mut self, at: BoxId, by: ResidentId, file: &[u8]) -> Result<bool, WorldError> {
        let (Some(photo), length) = (PhotoId::of(file), file.len() as u32) else { return Ok(false) };
        let ticket = Ticket(self.trace.inputs());
        self.handle(at, Input::Photo(PhotoInput::Offered { ticket, photo, length, by }))?;
        let Some(simulated) = self.boxes.get_mut(&at).filter(|simulated| simulated.running.is_some()) else {
            return Ok(false);
        };
        let welcome = std::mem::take(&mut simulated.shelf.welcome) && !simulated.disk.is_full();
        if welcome {
            simulated.shelf.whole.insert(photo, file.into());
            simulated.shelf.offered.insert(photo, self.now);
            self.handle(at, Input::Photo(PhotoInput::Stored { photo, length }))?;
        }
        Ok(welcome)
    }

    /// Carries out what a replica asks for; it hears of it when its disk is done.
    pub(super) fn carry_out_photo(&mut self, at: BoxId, effect: PhotoEffect) {
        let Some(simulated) = self.boxes.get_mut(&at) else { return };
        let is_full = simulated.disk.is_full();
        for input in simulated.shelf.carry_out(effect, is_full) {
            self.schedule(DISK, Event::Photo(at, Box::new(input)));
        }
    }
}

/// Some chunks of a file, the first one with the list of all hashes if that is asked for.
fn chunks(file: &[u8], wanted: std::ops::Range<u32>, list: bool) -> Vec<ReadChunk> {
    let range = |index: u32| chunk_range(file.len(), index as usize);
    let first = wanted.start;
    let there: Vec<u32> = wanted.take_while(|index| !range(*index).is_empty()).collect();
    let hashes = ChunkHashes::of(file).filter(|_| list).map(|hashes| hashes.bytes()).unwrap_or_default();
    let read = |index: &u32| ReadChunk {
        index: *index,
        list: if *index == first { hashes.clone() } else { Vec::new() },
        data: file[range(*index)].to_vec(),
        more: Some(index) != there.last(),
    };
    there.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::people::photograph;

    fn keep(shelf: &mut Shelf, photo: PhotoId, file: &[u8], index: u32) -> Option<PhotoInput> {
        let data = &file[chunk_range(file.len(), index as usize)];
        let last = chunk_range(file.len(), index as usize + 1).is_empty();
        shelf.keep(photo, index, data, last)
    }

    #[test]
    fn a_file_comes_chunk_by_chunk_and_a_power_cut_takes_some_of_it() {
        let file = photograph(&[b'a'; 32], 5 * CHUNK_BYTES + 9);
        let (photo, mut shelf) = (PhotoId::of(&file).unwrap(), Shelf::default());
        for index in 0..4 {
            assert_eq!(keep(&mut shelf, photo, &file, index), None);
        }
        shelf.lose_power();
        assert!(matches!(shelf.contents(), PhotoInput::Shelf { begun, .. } if begun == [(photo, 2)]));
        let too_far = keep(&mut shelf, photo, &file, 4);
        assert_eq!(too_far, Some(PhotoInput::Failed { photo, chunks: 2 }), "there is a gap");
        for index in 2..5 {
            assert_eq!(keep(&mut shelf, photo, &file, index), None);
        }
        let length = file.len() as u32;
        assert_eq!(keep(&mut shelf, photo, &file, 5), Some(PhotoInput::Stored { photo, length }));
        assert!(shelf.holds(&photo));
        shelf.lose_power();
        assert_eq!(shelf.files().map(|(_, file)| file.len()).collect::<Vec<_>>(), [file.len()]);
        let read = chunks(&file, 3..9, true);
        assert_eq!(
            read.iter().map(|chunk| (chunk.index, chunk.more)).collect::<Vec<_>>(),
            [(3, true), (4, true), (5, false)]
        );
        assert!(!read[0].list.is_empty() && read[1].list.is_empty());
    }
}
