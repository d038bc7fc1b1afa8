//! One peer's side of the exchange of photos: what is fetched from it and what is read for it, one thing at a time each.
//!
//! A photo comes in answers of a few chunks, each in a frame of its own, so that what is new never waits behind more than
//! one answer. Every chunk is checked against the photo's name before it is kept. A peer that brings a wrong one is not asked
//! for that photo again; what it said about everything else stands.

use std::collections::BTreeSet;

use super::{CloseReason, Message};
use crate::photo::{ChunkHashes, MAX_CHUNKS, PhotoId};

/// The most chunks of one answer: half a mebibyte.
pub const ANSWER_CHUNKS: u32 = 8;
/// The most photos a peer asked for in vain that it is told of when they come.
const MAX_ASKED: usize = 256;

/// The exchange with one peer.
#[derive(Debug, Default)]
pub(crate) struct PhotoExchange {
    fetching: Option<Fetch>,
    /// What the peer does not have, or brought wrongly; asked for again after a while. No more than this box wants.
    unavailable: BTreeSet<PhotoId>,
    /// What is being read for the peer.
    reading: Option<PhotoId>,
    /// What it asked for and may see, and what was not here.
    asked: BTreeSet<PhotoId>,
    /// When there was last nothing to ask this peer for, as the box counts such times; see [`PhotoExchange::looked`].
    looked: Option<u64>,
}

/// A photo that is being fetched.
#[derive(Debug)]
struct Fetch {
    photo: PhotoId,
    /// The list of its chunks, once it came.
    hashes: Option<ChunkHashes>,
    /// The chunk that comes next, and the one after the last that was asked for.
    next: u32,
    until: u32,
    /// Whether something came since this was last asked.
    moved: bool,
}

/// What became of a chunk that a peer sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// Nobody waits for it.
    Ignored,
    /// It is none of the photo's chunks.
    Refused,
    /// It is the next one.
    Kept {
        /// Whether the photo is whole with it.
        last: bool,
        /// What to ask for now, when all that was asked for has come.
        ask: Option<Message>,
    },
}

impl PhotoExchange {
    /// The photo that is being fetched from this peer.
    pub(crate) fn fetching(&self) -> Option<PhotoId> {
        self.fetching.as_ref().map(|fetch| fetch.photo)
    }

    /// Whether asking this peer for a photo is worth it.
    pub(crate) fn may_have(&self, photo: &PhotoId) -> bool {
        !self.unavailable.contains(photo)
    }

    /// Whether looking for something to ask this peer for is worth it: nothing is being fetched from it, and the last time that
    /// there was nothing is another one than `now`.
    pub(crate) fn is_free(&self, now: u64) -> bool {
        self.fetching.is_none() && self.looked != Some(now)
    }

    /// There is nothing to ask this peer for.
    pub(crate) const fn looked(&mut self, now: u64) {
        self.looked = Some(now);
    }

    /// Begins to fetch a photo, of which the first `have` chunks are here.
    pub(crate) fn fetch(&mut self, photo: PhotoId, have: u32) -> Message {
        let until = have.saturating_add(ANSWER_CHUNKS);
        self.fetching = Some(Fetch { photo, hashes: None, next: have, until, moved: true });
        Message::PhotoFetch { photo, from: have, count: ANSWER_CHUNKS, list: true }
    }

    /// A chunk came in, perhaps with the list of all chunks.
    pub(crate) fn take(&mut self, photo: PhotoId, index: u32, list: &[u8], data: &[u8]) -> Taken {
        let Some(fetch) = self.fetching.as_mut().filter(|fetch| fetch.photo == photo) else { return Taken::Ignored };
        if fetch.hashes.is_none() {
            fetch.hashes = ChunkHashes::read(list, &photo);
        }
        let good = fetch.hashes.as_ref().filter(|hashes| index == fetch.next && hashes.admits(index as usize, data));
        let Some(count) = good.map(ChunkHashes::count) else {
            self.give_up();
            return Taken::Refused;
        };
        fetch.next += 1;
        fetch.moved = true;
        if fetch.next as usize == count {
            self.fetching = None;
            return Taken::Kept { last: true, ask: None };
        }
        let ask = (fetch.next == fetch.until).then(|| {
            fetch.until += ANSWER_CHUNKS;
            Message::PhotoFetch { photo, from: fetch.next, count: ANSWER_CHUNKS, list: false }
        });
        Taken::Kept { last: false, ask }
    }

    /// The peer does not have what it was asked for.
    pub(crate) fn absent(&mut self, photo: &PhotoId) {
        if self.fetching() == Some(*photo) {
            self.give_up();
        }
    }

    /// The peer has a photo now that it did not have before.
    pub(crate) fn here(&mut self, photo: &PhotoId) {
        self.unavailable.remove(photo);
        self.looked = None;
    }

    /// A photo is no longer wanted: what still comes of it is ignored.
    pub(crate) fn forget(&mut self, photo: &PhotoId) {
        self.unavailable.remove(photo);
        if self.fetching() == Some(*photo) {
            self.fetching = None;
        }
    }

    /// Some time has passed: a peer that sent nothing is asked for something else, and what it did not have is asked for
    /// again.
    pub(crate) fn compare(&mut self) {
        self.unavailable.clear();
        self.looked = None;
        match &mut self.fetching {
            Some(fetch) if fetch.moved => fetch.moved = false,
            _ => self.give_up(),
        }
    }

    /// The peer asks for chunks. It is to wait for one answer before it asks for the next.
    pub(crate) fn asks(&mut self, photo: PhotoId, from: u32, count: u32) -> Result<(), CloseReason> {
        let in_bounds = (from as usize) < MAX_CHUNKS && (1..=ANSWER_CHUNKS).contains(&count);
        if !in_bounds || self.reading.is_some() {
            return Err(CloseReason::Protocol);
        }
        self.reading = Some(photo);
        Ok(())
    }

    /// Whether a photo is being read for the peer.
    pub(crate) fn is_reading(&self, photo: &PhotoId) -> bool {
        self.reading == Some(*photo)
    }

    /// The peer has its answer.
    pub(crate) fn answered(&mut self) {
        self.reading = None;
    }

    /// The peer may see a photo that is not here: it is told when that comes.
    pub(crate) fn tell_later(&mut self, photo: PhotoId) {
        if self.asked.len() < MAX_ASKED {
            self.asked.insert(photo);
        }
    }

    /// A photo has come. Says whether the peer asked for it.
    pub(crate) fn awaited(&mut self, photo: &PhotoId) -> bool {
        self.asked.remove(photo)
    }

    fn give_up(&mut self) {
        self.unavailable.extend(self.fetching.take().map(|fetch| fetch.photo));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::photo::{CHUNK_BYTES, chunk_range};

    fn file(chunks: usize) -> Vec<u8> {
        (0..chunks * CHUNK_BYTES - 7).map(|at| (at % 253) as u8).collect()
    }

    #[test]
    fn chunks_come_in_order_and_are_asked_for_an_answer_at_a_time() {
        let file = file(ANSWER_CHUNKS as usize + 2);
        let (photo, list) = (PhotoId::of(&file).unwrap(), ChunkHashes::of(&file).unwrap().bytes());
        let mut exchange = PhotoExchange::default();
        let first = exchange.fetch(photo, 0);
        assert_eq!(first, Message::PhotoFetch { photo, from: 0, count: ANSWER_CHUNKS, list: true });
        for index in 0..ANSWER_CHUNKS + 2 {
            let list = if index == 0 { list.as_slice() } else { &[] };
            let taken = exchange.take(photo, index, list, &file[chunk_range(file.len(), index as usize)]);
            let next = Message::PhotoFetch { photo, from: ANSWER_CHUNKS, count: ANSWER_CHUNKS, list: false };
            let ask = (index + 1 == ANSWER_CHUNKS).then_some(next);
            assert_eq!(taken, Taken::Kept { last: index == ANSWER_CHUNKS + 1, ask });
        }
        assert_eq!(exchange.fetching(), None);
    }

    #[test]
    fn a_wrong_chunk_costs_the_peer_that_photo_for_a_while() {
        let file = file(3);
        let (photo, list) = (PhotoId::of(&file).unwrap(), ChunkHashes::of(&file).unwrap().bytes());
        let chunk = |index| &file[chunk_range(file.len(), index)];
        let lies: [(u32, &[u8], &[u8]); 4] =
            [(0, &list[32..], chunk(0)), (0, &[], chunk(0)), (0, &list, chunk(1)), (1, &list, chunk(1))];
        for (index, list, data) in lies {
            let mut exchange = PhotoExchange::default();
            exchange.fetch(photo, 0);
            assert_eq!(exchange.take(photo, index, list, data), Taken::Refused);
            assert!(exchange.fetching().is_none() && !exchange.may_have(&photo));
            assert_eq!(exchange.take(photo, 0, &[], chunk(0)), Taken::Ignored, "what was still on its way");
            exchange.compare();
            assert!(exchange.may_have(&photo));
        }
    }

    #[test]
    fn who_falls_silent_is_asked_no_longer() {
        let mut exchange = PhotoExchange::default();
        let photo = PhotoId::from_bytes([4; 32]);
        exchange.fetch(photo, 0);
        exchange.compare();
        assert_eq!(exchange.fetching(), Some(photo), "it had only just been asked");
        exchange.compare();
        assert!(exchange.fetching().is_none() && !exchange.may_have(&photo));
        exchange.here(&photo);
        assert!(exchange.may_have(&photo));
    }

    #[test]
    fn a_peer_asks_for_one_thing_at_a_time_and_for_no_more_than_there_can_be() {
        let photo = PhotoId::from_bytes([4; 32]);
        let mut exchange = PhotoExchange::default();
        for (from, count) in [(0, 0), (0, ANSWER_CHUNKS + 1), (MAX_CHUNKS as u32, 1), (u32::MAX, 1)] {
            assert_eq!(exchange.asks(photo, from, count), Err(CloseReason::Protocol));
        }
        assert_eq!(exchange.asks(photo, 0, ANSWER_CHUNKS), Ok(()));
        assert_eq!(exchange.asks(photo, 0, ANSWER_CHUNKS), Err(CloseReason::Protocol));
        exchange.answered();
        assert_eq!(exchange.asks(photo, MAX_CHUNKS as u32 - 1, 1), Ok(()));
    }
}
