//! Somebody out for harm: what they hold, what they can look at, and the two ways in: the form and the wire.

use std::collections::BTreeSet;

use dorpsplein_protocol::authority::{DeviceState, Register};
use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::identity::{PublicKey, SecretKey};
use dorpsplein_protocol::operation::{Edit, Field, NeighbourhoodId, OperationId, Signed, Space, Statement, Value};
use dorpsplein_protocol::projection::{self, ItemRow};
use dorpsplein_protocol::replica::SessionId;
use dorpsplein_protocol::store::{Read, Table};
use dorpsplein_protocol::sync::{Message, SESSION_VERSION};
use dorpsplein_protocol::time::Timestamp;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::people::People;
use crate::plan::{BoxId, PersonId};
use crate::world::{World, WorldError};

/// Somebody out for harm, in front of the box they talk to.
pub(super) struct Villain<'a> {
    pub(super) world: &'a mut World,
    pub(super) people: &'a mut People,
    pub(super) who: PersonId,
    /// The box they talk to.
    pub(super) at: BoxId,
    pub(super) home: NeighbourhoodId,
    pub(super) random: ChaCha8Rng,
}

impl<'a> Villain<'a> {
    /// Somebody, if they are there and their box is on.
    pub(super) fn of(who: PersonId, seed: u64, people: &'a mut People, world: &'a mut World) -> Option<Self> {
        let home = people.home(who)?;
        let at = people.hand(who, 0)?.at;
        world.at(at)?;
        Some(Self { world, people, who, at, home, random: ChaCha8Rng::seed_from_u64(seed) })
    }

    /// 32 bytes of chance.
    pub(super) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill_bytes(&mut bytes);
        bytes
    }

    /// A key nobody ever saw.
    pub(super) fn new_key(&mut self) -> SecretKey {
        SecretKey::from_seed(&self.bytes())
    }

    /// The id of something that is nowhere.
    pub(super) fn nothing(&mut self) -> OperationId {
        OperationId::from_bytes(self.bytes())
    }

    pub(super) const fn place(&self, space: Space) -> Place {
        Place { neighbourhood: self.home, space }
    }

    /// Composes something with their own device, whose count goes on whatever becomes of it.
    pub(super) fn sign(&mut self, compose: impl FnOnce(&mut Device, Timestamp) -> Signed) -> Option<Signed> {
        let hand = self.people.hand(self.who, 0)?;
        let mut device = hand.device();
        let signed = compose(&mut device, hand.now(self.world));
        hand.follow(&device);
        self.world.guard(&signed, None);
        Some(signed)
    }

    /// The same without the count going on: what is signed next has the same number.
    pub(super) fn sign_aside(&mut self, compose: impl FnOnce(&mut Device, Timestamp) -> Signed) -> Option<Signed> {
        let hand = self.people.hand(self.who, 0)?;
        let signed = compose(&mut hand.device(), hand.now(self.world));
        self.world.guard(&signed, None);
        Some(signed)
    }

    /// Says something in the register after all that their box knows, and brings it in both ways.
    pub(super) fn state(&mut self, statement: Statement) -> Result<(), WorldError> {
        let parents = self.heads();
        let signed = self.sign(|device, now| device.state(parents, statement, now));
        signed.map_or(Ok(()), |signed| self.strike(&signed.encode()))
    }

    /// The latest statements of their own register.
    pub(super) fn heads(&self) -> Vec<OperationId> {
        self.register(|register| register.heads()).unwrap_or_default()
    }

    /// Looks at their own register.
    pub(super) fn register<T>(&self, look: impl FnOnce(&Register) -> T) -> Option<T> {
        self.world.at(self.at).map(|running| look(running.replica().registers().home()))
    }

    /// A device of somebody else in the village.
    pub(super) fn victim(&mut self) -> Option<PublicKey> {
        let own = self.people.hand(self.who, 0)?.key();
        let devices: Vec<PublicKey> = self.register(|register| {
            let present = register.residents().filter(|resident| resident.present);
            let active = present.flat_map(|resident| resident.devices);
            active.filter(|device| device.state == DeviceState::Active).map(|device| device.key).collect()
        })?;
        let others: Vec<PublicKey> = devices.into_iter().filter(|device| *device != own).collect();
        others.choose(&mut self.random).copied()
    }

    /// Something their box shows that somebody else wrote at home.
    pub(super) fn prey(&mut self) -> Option<ItemRow> {
        let own = self.people.hand(self.who, 0)?.key();
        let (feed, _) = projection::feed(self.world.disk(self.at)?, None, 30).ok()?;
        let others = |row: &ItemRow| row.neighbourhood == self.home && row.author.device != own;
        let others: Vec<ItemRow> = feed.into_iter().filter(others).collect();
        others.choose(&mut self.random).cloned()
    }

    /// Operations on the disk of a box, at most so many, by chance.
    pub(super) fn stored(&mut self, at: BoxId, count: usize) -> Vec<Signed> {
        let Some(disk) = self.world.disk(at) else { return Vec::new() };
        let Ok(ids) = disk.keys_with_prefix(Table::Operations, &[], usize::MAX) else { return Vec::new() };
        let chosen: Vec<&Vec<u8>> = ids.sample(&mut self.random, count).collect();
        let read = |id: &Vec<u8>| Signed::decode(&disk.get(Table::Operations, id).ok()??).ok();
        chosen.into_iter().filter_map(read).collect()
    }

    /// The other boxes of the village.
    pub(super) fn siblings(&self) -> Vec<BoxId> {
        let village = self.people.village(self.who);
        let all = village.map(|village| self.world.boxes_of(village)).unwrap_or_default();
        all.iter().copied().filter(|other| *other != self.at).collect()
    }

    /// The boxes next door.
    pub(super) fn next_door(&self) -> Vec<BoxId> {
        let village = self.people.village(self.who).and_then(|village| self.world.village(village));
        let neighbours: BTreeSet<_> = village.map(|village| village.neighbours.clone()).unwrap_or_default();
        neighbours.into_iter().flat_map(|neighbour| self.world.boxes_of(neighbour).to_vec()).collect()
    }

    /// Hands bytes in at their own box through the form, and has them brought there by a peer.
    pub(super) fn strike(&mut self, transfer: &[u8]) -> Result<(), WorldError> {
        self.world.submit_bytes(self.at, transfer.to_vec())?;
        self.bring(&[transfer.to_vec()])
    }

    /// Has these brought to their own box by a peer that the box has reason to listen to: another box of the village, or one
    /// from next door.
    pub(super) fn bring(&mut self, transfers: &[Vec<u8>]) -> Result<(), WorldError> {
        let Some((session, _)) = self.infiltrate(self.at)? else { return Ok(()) };
        for transfer in transfers {
            let push = Message::Push { operation: transfer.clone() };
            self.world.puppet_send(self.at, session, push.encode())?;
        }
        self.world.puppet_close(self.at, session)
    }

    /// Opens a session on a box of the village in the place of another box: one of the village, or one from next door where
    /// there is none. Returns it and for whom it speaks.
    pub(super) fn infiltrate(&mut self, at: BoxId) -> Result<Option<(SessionId, NeighbourhoodId)>, WorldError> {
        let peer = self.siblings().first().copied().or_else(|| self.next_door().first().copied());
        let disguise = peer.and_then(|peer| self.world.simulated(peer)).map(|peer| (peer.key, peer.home));
        match disguise {
            Some((key, home)) => Ok(self.greet(at, key, home)?.map(|session| (session, home))),
            None => Ok(None),
        }
    }

    /// Opens a session on a box with a key, in the name of a neighbourhood; none when the box wants none of it.
    pub(super) fn greet(
        &mut self,
        at: BoxId,
        key: PublicKey,
        neighbourhood: NeighbourhoodId,
    ) -> Result<Option<SessionId>, WorldError> {
        let Some(session) = self.world.puppet(at, key)? else { return Ok(None) };
        let hello = Message::Hello { version: SESSION_VERSION, neighbourhood };
        self.world.puppet_send(at, session, hello.encode())?;
        Ok(self.world.puppet_is_heard(at, session).then_some(session))
    }
}

/// The edit that sets a field to a text.
pub(super) fn text(field: Field, value: &str) -> Edit {
    Edit::Set { field, value: Value::Text(value.to_owned()) }
}
