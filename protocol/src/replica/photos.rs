//! The replica's part in photos: which ones rows refer to, who may have them, and fetching what is missing when a session has
//! nothing else to do.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::photo_shelf::{Claim, PhotoCounts};
use super::photo_talk::{PhotoEffect, PhotoInput, ReadChunk};
use super::{Effect, Refusal, Replica, Round, SessionId};
use crate::operation::{ItemId, OperationId};
use crate::photo::{Photo, PhotoId};
use crate::projection::ItemRow;
use crate::store::{Direction, Read, StoreError, Table};
use crate::sync::{Message, Session, Taken, View};
use crate::time::Timestamp;
use crate::validate::Valid;

impl<R: Read> Replica<R> {
    /// How many photos are here and are to come.
    pub fn photos(&self) -> PhotoCounts {
        self.shelf.counts()
    }

    /// The shell says something about photos.
    pub(super) fn handle_photo(&mut self, input: PhotoInput, round: &mut Round) -> Result<(), StoreError> {
        match input {
            PhotoInput::Shelf { quota, whole, begun } => self.shelf.put_up(quota, &whole, &begun),
            PhotoInput::Offered { ticket, photo, length, by } => {
                let welcome = self.shelf.offer(photo, length, by, round.now);
                round.effects.push(Effect::Photo(PhotoEffect::Answer { ticket, welcome }));
            }
            PhotoInput::Stored { photo, length } => {
                self.shelf.stored(&photo, length);
                round.changed.extend(self.shelf.items(&photo));
                self.tell_who_asked(&photo, round)?;
            }
            PhotoInput::Refused { photo } => self.shelf.refused(&photo),
            PhotoInput::Failed { photo, chunks } => {
                self.shelf.failed(&photo, chunks);
                // Asked for again when the sessions compare notes.
                self.exchanges.values_mut().for_each(|exchange| exchange.absent(&photo));
            }
            PhotoInput::Read { session, photo, chunk } => self.pass_on(session, photo, chunk, round)?,
        }
        Ok(())
    }

    /// A message about photos came in.
    pub(super) fn receive_photo(
        &mut self,
        session: SessionId,
        message: Message,
        round: &mut Round,
    ) -> Result<(), StoreError> {
        let exchange = self.exchanges.entry(session).or_default();
        match message {
            Message::PhotoFetch { photo, from, count, list } => {
                if let Err(reason) = exchange.asks(photo, from, count) {
                    self.sessions.remove(&session);
                    round.effects.push(Effect::Close { session, reason });
                    return Ok(());
                }
                self.serve(session, PhotoEffect::Read { session, photo, from, count, list }, photo, round)?;
            }
            Message::PhotoChunk { photo, index, list, data } => match exchange.take(photo, index, &list, &data) {
                Taken::Kept { last, ask } => {
                    self.shelf.kept(&photo, index + 1, last);
                    round.effects.push(Effect::Photo(PhotoEffect::Keep { photo, index, data, last }));
                    round.effects.extend(ask.map(|message| Effect::Send { session, frame: message.encode() }));
                }
                // Somebody else may be asked for it.
                Taken::Refused => self.shelf.stir(),
                Taken::Ignored => {}
            },
            Message::PhotoAbsent { photo } => {
                exchange.absent(&photo);
                self.shelf.stir();
            }
            Message::PhotoHere { photo } => exchange.here(&photo),
            _ => {}
        }
        Ok(())
    }

    /// Writes which photos an item refers to, when its row changes. A file that is here stays as long as it is `withheld`:
    /// whoever was shown out may be brought back with what they wrote, and nobody else may have it any more.
    pub(super) fn write_photos(
        &mut self,
        item: ItemId,
        before: Option<&ItemRow>,
        row: Option<&ItemRow>,
        withheld: Option<&BTreeSet<PhotoId>>,
    ) {
        let (before, now) = (Claim::of_row(before), Claim::of_row(row));
        let earlier = self.withheld.remove(&item).unwrap_or_default();
        let gone: BTreeSet<PhotoId> =
            before.keys().chain(&earlier).filter(|photo| !now.contains_key(*photo)).copied().collect();
        let stays = |photo: &PhotoId| withheld.unwrap_or(&earlier).contains(photo) && self.shelf.holds(photo);
        let (kept, gone): (BTreeSet<PhotoId>, BTreeSet<PhotoId>) = gone.into_iter().partition(stays);
        if !kept.is_empty() {
            self.withheld.insert(item, kept);
        }
        for photo in &gone {
            self.store.delete(Table::Photos, photo_key(photo, &item));
            self.shelf.let_go(photo, &item);
            self.exchanges.values_mut().for_each(|exchange| exchange.forget(photo));
        }
        for (photo, claim) in now.into_iter().filter(|(photo, claim)| before.get(photo) != Some(claim)) {
            self.store.put(Table::Photos, photo_key(&photo, &item), claim.encode());
            self.shelf.refer(photo, item, claim);
        }
    }

    /// Whether what a form hands in refers to a photo that this box does not have: it has to be handed in first.
    pub(super) fn lacks_photo(&self, valid: &Valid) -> Option<Refusal> {
        let photos = valid.edits().iter().filter_map(Photo::set_by);
        let lacks = |photo: &Photo| self.shelf.ready(&photo.id) != Some(photo.length);
        (self.shelf.is_up() && photos.into_iter().any(|photo| lacks(&photo))).then_some(Refusal::PhotoMissing)
    }

    /// Puts the shelf back as it was, when a replica is opened.
    pub(super) fn load_photos(&mut self) -> Result<(), StoreError> {
        let mut damaged = false;
        let shelf = &mut self.shelf;
        self.store.scan_prefix(Table::Photos, &[], Direction::Ascending, &mut |key, value| {
            let claim = key.split_at_checked(32).zip(Claim::decode(value).ok());
            let parts =
                claim.and_then(|((photo, item), claim)| Some((photo.try_into().ok()?, item.try_into().ok()?, claim)));
            match parts {
                Some((photo, item, claim)) => {
                    shelf.refer(photo, item, claim);
                    ControlFlow::Continue(())
                }
                None => {
                    damaged = true;
                    ControlFlow::Break(())
                }
            }
        })?;
        if damaged {
            return Err(StoreError::Damaged("a reference to a photo"));
        }
        for (photo, item) in self.shelf.references() {
            let row = crate::projection::item(&self.store, &item)?;
            let is_shown = row.is_some_and(|row| row.content.photos.iter().any(|shown| shown.photo.id == photo));
            if !is_shown {
                self.withheld.entry(item).or_default().insert(photo);
            }
        }
        Ok(())
    }

    /// Some time has passed: who did not answer is asked for something else.
    pub(super) fn compare_photos(&mut self) {
        self.exchanges.values_mut().for_each(super::PhotoExchange::compare);
    }

    /// Asks every session that has nothing else to do for a photo it may have, one at a time; and lets go of what nothing
    /// refers to any more.
    pub(super) fn ask_for_photos(&mut self, round: &mut Round) -> Result<(), StoreError> {
        self.shelf.expire(round.now);
        let dropped = self.shelf.take_dropped();
        if !dropped.is_empty() {
            round.effects.push(Effect::Photo(PhotoEffect::Drop { photos: dropped }));
        }
        let (sessions, before) = (&self.sessions, self.exchanges.len());
        self.exchanges.retain(|id, _| sessions.contains_key(id));
        if self.exchanges.len() < before {
            self.shelf.stir();
        }
        if !self.shelf.may_ask() {
            return Ok(());
        }
        let resting: Vec<SessionId> =
            self.sessions.iter().filter(|(_, session)| session.rests()).map(|(id, _)| *id).collect();
        for session in resting {
            let now = self.shelf.stirred();
            if !self.exchanges.entry(session).or_default().is_free(now) {
                continue;
            }
            let Some(photo) = self.next_photo(session, round.now)? else {
                self.exchanges.entry(session).or_default().looked(now);
                continue;
            };
            let have = self.shelf.have(&photo).unwrap_or_default();
            let message = self.exchanges.entry(session).or_default().fetch(photo, have);
            round.effects.push(Effect::Send { session, frame: message.encode() });
        }
        Ok(())
    }

    /// The first photo that is wanted, that nobody is being asked for, and that this peer may have.
    fn next_photo(&mut self, session: SessionId, now: Timestamp) -> Result<Option<PhotoId>, StoreError> {
        let fetched: BTreeSet<PhotoId> = self.exchanges.values().filter_map(super::PhotoExchange::fetching).collect();
        let exchange = self.exchanges.entry(session).or_default();
        let worth = |photo: &&PhotoId| !fetched.contains(photo) && exchange.may_have(photo);
        let candidates: Vec<PhotoId> = self.shelf.wanted().filter(worth).copied().collect();
        for photo in candidates {
            if self.may_see_photo(session, &photo, now)? {
                return Ok(Some(photo));
            }
        }
        Ok(None)
    }

    /// Whether a peer may see a photo: exactly when it may see whole an item that refers to it.
    fn may_see_photo(&mut self, session: SessionId, photo: &PhotoId, now: Timestamp) -> Result<bool, StoreError> {
        let items = self.shelf.items(photo);
        self.with_session(session, now, |session: &mut Session, view| {
            let reach = session.reach(view);
            let sees = |item: &ItemId| view.served(&OperationId::from(*item), &reach);
            items.iter().filter_map(sees).any(|creation| creation.payload().is_some())
        })
    }

    /// Lets the shell read what a peer asked for. One that may not see it is answered as if it did not exist.
    fn serve(
        &mut self,
        session: SessionId,
        read: PhotoEffect,
        photo: PhotoId,
        round: &mut Round,
    ) -> Result<(), StoreError> {
        let may_see = self.may_see_photo(session, &photo, round.now)?;
        if may_see && self.shelf.holds(&photo) {
            round.effects.push(Effect::Photo(read));
            return Ok(());
        }
        let exchange = self.exchanges.entry(session).or_default();
        if may_see {
            exchange.tell_later(photo);
        }
        exchange.answered();
        round.effects.push(Effect::Send { session, frame: Message::PhotoAbsent { photo }.encode() });
        Ok(())
    }

    /// A chunk was read: it goes to the peer, if that may still see it.
    fn pass_on(
        &mut self,
        session: SessionId,
        photo: PhotoId,
        chunk: Option<ReadChunk>,
        round: &mut Round,
    ) -> Result<(), StoreError> {
        if !self.exchanges.get(&session).is_some_and(|exchange| exchange.is_reading(&photo)) {
            return Ok(());
        }
        let may_see = self.may_see_photo(session, &photo, round.now)?;
        let more = may_see && chunk.as_ref().is_some_and(|chunk| chunk.more);
        let message = match chunk.filter(|_| may_see) {
            Some(ReadChunk { index, list, data, .. }) => Message::PhotoChunk { photo, index, list, data },
            None => Message::PhotoAbsent { photo },
        };
        if let Some(exchange) = self.exchanges.get_mut(&session).filter(|_| !more) {
            exchange.answered();
        }
        round.effects.push(Effect::Send { session, frame: message.encode() });
        Ok(())
    }

    /// A photo has come: those who asked for it in vain, and may still see it, are told.
    fn tell_who_asked(&mut self, photo: &PhotoId, round: &mut Round) -> Result<(), StoreError> {
        let asked = self.exchanges.iter_mut().filter_map(|(id, exchange)| exchange.awaited(photo).then_some(*id));
        for session in asked.collect::<Vec<_>>() {
            if self.shelf.holds(photo) && self.may_see_photo(session, photo, round.now)? {
                let frame = Message::PhotoHere { photo: *photo }.encode();
                round.effects.push(Effect::Send { session, frame });
            }
        }
        Ok(())
    }
}

/// photo ‖ item.
fn photo_key(photo: &PhotoId, item: &ItemId) -> Vec<u8> {
    [&photo.as_bytes()[..], item.as_bytes()].concat()
}
