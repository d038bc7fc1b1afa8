//! One deed of one person, with the chance that belongs to it.

use std::ops::Range;

use dorpsplein_protocol::authority::{Register, Resident};
use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::operation::{DeviceCount, OperationId, ResidentId, Role, Signed, Statement};
use dorpsplein_protocol::projection;
use dorpsplein_protocol::replica::Accepted;
use dorpsplein_protocol::time::Timestamp;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::People;
use super::actor::Actor;
use crate::hand::Hand;
use crate::plan::{Act, Deed, Millis, PersonId, VillageId};
use crate::world::{Answer, DAY, Disk, World, WorldError, since_start};

/// How long somebody goes on trying.
const STUBBORN: Millis = 3 * DAY;

/// One deed of one person, with the chance that belongs to it.
pub(super) struct Turn<'a> {
    pub(super) people: &'a mut People,
    pub(super) world: &'a mut World,
    pub(super) who: PersonId,
    pub(super) random: ChaCha8Rng,
    act: &'a Act,
}

/// Whose device, and which of theirs.
pub(super) type Grip = (PersonId, usize);

impl<'a> Turn<'a> {
    /// The deed of somebody; none when there is nobody of this name.
    pub(super) fn of(people: &'a mut People, world: &'a mut World, act: &'a Act) -> Option<Self> {
        people.all.contains_key(&act.who).then(|| {
            let random = ChaCha8Rng::seed_from_u64(act.seed);
            Self { people, world, who: act.who, random, act }
        })
    }

    /// Does it.
    pub(super) fn take(mut self) -> Result<(), WorldError> {
        match &self.act.what {
            Deed::Join => self.join(None),
            Deed::JoinWithLetterOf(other) => self.join(Some(*other)),
            Deed::AddDevice(number) => self.add_device((*number).into()),
            Deed::Write { shared, official } => self.write(*shared, *official),
            Deed::Edit(number) => self.edit((*number).into()),
            Deed::EditTwice => self.edit_twice(),
            Deed::Show { wider } => self.show(*wider),
            Deed::Answer => self.answer(),
            Deed::Read => self.read(),
            Deed::Erase => self.erase(),
            Deed::Appeal => self.appeal(),
            Deed::Moderate => self.moderate(),
            Deed::Endorse => self.endorse(),
            Deed::Veto => self.veto(),
            Deed::LosePhone => self.lose_phone(),
            Deed::RetireDevice => self.retire_device(),
            Deed::Remove(whom) => self.remove(*whom),
            Deed::Rescue(whom) => self.rescue(*whom),
            Deed::Return => self.come_back(),
            Deed::Leave => self.leave(),
            Deed::AllowHomeKeys => self.allow_home_keys(),
            Deed::Promote(whom) => self.promote(*whom),
            Deed::Demote(whom) => self.demote(*whom),
            Deed::EndTreaty(village) => self.end_treaty(*village),
            Deed::Agree(village) => self.agree(*village),
            Deed::Gather => self.gather(),
            Deed::JoinCircle => self.join_circle(),
            Deed::LeaveCircle => self.leave_circle(),
            Deed::Picture(number) => self.picture((*number).into()),
            Deed::Alert(update) => self.alert(*update),
            Deed::RestoreBackup => self.restore_backup(),
            // Those are handed on before a turn begins.
            Deed::Harm(_) => Ok(()),
        }
    }

    /// Whose turn it is.
    pub(super) fn me(&mut self) -> &mut Actor {
        self.people.all.get_mut(&self.who).expect("a turn is only made for somebody who is there")
    }

    /// Whose turn it is, with their first device; none when they have none.
    pub(super) fn own(&mut self) -> Option<Grip> {
        (!self.me().hands.is_empty()).then_some((self.who, 0))
    }

    /// Somebody's device.
    pub(super) fn hand(&self, (who, number): Grip) -> Option<&Hand> {
        self.people.all.get(&who)?.hands.get(number)
    }

    /// The register of their village, as the box of a device has it; none while that is off.
    pub(super) fn register(&self, grip: Grip) -> Option<&Register> {
        Some(self.world.at(self.hand(grip)?.at)?.replica().registers().home())
    }

    /// What the box of a device has on its disk; none while it is off.
    pub(super) fn disk(&self, grip: Grip) -> Option<&Disk> {
        let at = self.hand(grip)?.at;
        self.world.at(at).and_then(|_| self.world.disk(at))
    }

    /// Somebody as the box of a device knows them, by whichever of their devices has or had a place there last.
    pub(super) fn resident(&self, grip: Grip, whom: PersonId) -> Option<Resident> {
        let (register, actor) = (self.register(grip)?, self.people.all.get(&whom)?);
        let hands = actor.hands.iter().chain(actor.former.iter().rev());
        let id: ResidentId = hands.filter_map(|hand| register.membership(&hand.key())).next()?.resident;
        register.resident(&id)
    }

    /// All that each device of somebody signed, as far as the box of `grip` knows.
    pub(super) fn counts(&self, grip: Grip, resident: &Resident) -> Result<Vec<DeviceCount>, WorldError> {
        let Some(disk) = self.disk(grip) else { return Ok(Vec::new()) };
        let mut counts = Vec::new();
        for entry in &resident.devices {
            let last = projection::last_of_device(disk, &entry.key)?.map_or(0, |(sequence, _)| sequence);
            counts.push(DeviceCount { device: entry.key, last });
        }
        Ok(counts)
    }

    /// A device with which somebody of a village, other than `not`, acts as a connector by what its own box says.
    pub(super) fn connector(&mut self, village: VillageId, not: Option<PersonId>) -> Option<Grip> {
        let trusted = &self.people.villages.get(&village)?.trusted;
        let devices = trusted.iter().filter(|who| Some(**who) != not).flat_map(|who| {
            let count = self.people.all.get(who).map_or(0, |actor| actor.hands.len());
            (0..count).map(move |number| (*who, number))
        });
        let able = devices.filter(|grip| {
            let membership = self.register(*grip).zip(self.hand(*grip));
            membership
                .and_then(|(register, hand)| register.active(&hand.key()))
                .is_some_and(|m| m.role == Role::Connector)
        });
        let able: Vec<Grip> = able.collect();
        (!able.is_empty()).then(|| able[self.random.random_range(0..able.len())])
    }

    /// Composes something on a device and hands it in. Returns it when the box takes it in, and counts it by its name.
    pub(super) fn submit(
        &mut self,
        grip: Grip,
        name: &'static str,
        mark: Option<[u8; 32]>,
        compose: impl FnOnce(&mut Device, Timestamp) -> Signed,
    ) -> Result<Option<Accepted>, WorldError> {
        let Some(hand) = self.people.hand(grip.0, grip.1) else { return Ok(None) };
        let answer = hand.submit(self.world, mark, compose)?;
        Ok(self.heard(name, answer))
    }

    /// Says something in the register with a device, about an operation if there is one that has to be among the parents.
    pub(super) fn state(
        &mut self,
        grip: Grip,
        name: &'static str,
        about: Option<OperationId>,
        statement: Statement,
    ) -> Result<Option<Accepted>, WorldError> {
        let Some(hand) = self.people.hand(grip.0, grip.1) else { return Ok(None) };
        let answer = hand.state_about(self.world, about, statement)?;
        Ok(self.heard(name, answer))
    }

    /// What was accepted, counted.
    pub(super) fn heard(&mut self, name: &'static str, answer: Answer) -> Option<Accepted> {
        let Answer::Accepted(accepted) = answer else { return None };
        *self.world.counts.deeds.entry(name.to_owned()).or_default() += 1;
        Some(accepted)
    }

    /// As [`Turn::state`] for a heavy act: where it only counts once somebody else signs, somebody is asked to.
    pub(super) fn propose(
        &mut self,
        grip: Grip,
        name: &'static str,
        statement: Statement,
        after: Range<Millis>,
    ) -> Result<Option<Accepted>, WorldError> {
        let Some(accepted) = self.state(grip, name, None, statement)? else { return Ok(None) };
        let waits = self.register(grip).is_some_and(|register| {
            register.proposals().iter().any(|proposal| proposal.operation == accepted.operation)
        });
        let village = self.people.all.get(&grip.0).map(|actor| actor.village);
        if let Some(village) = village.filter(|_| waits) {
            // Where nobody else is left whoever proposed it tries alone: a recovery they may sign twice.
            let second = self.connector(village, Some(grip.0)).unwrap_or(grip).0;
            self.follow_up(after, second, Deed::Endorse);
        }
        Ok(Some(accepted))
    }

    /// Does the same again after some time, unless it is too long ago that it was due.
    pub(super) fn again(&mut self, after: Range<Millis>) {
        if since_start(self.world.now) < self.act.at + STUBBORN {
            let seed = self.random.random();
            let after = self.random.random_range(after);
            self.world.later(after, Act { seed, ..self.act.clone() });
        }
    }

    /// Somebody does something after some time because of this.
    pub(super) fn follow_up(&mut self, after: Range<Millis>, who: PersonId, what: Deed) {
        let (after, seed) = (self.random.random_range(after), self.random.random());
        let at = since_start(self.world.now) + after;
        self.world.later(after, Act { at, who, what, seed });
    }

    /// Whether chance has it, so many times in a hundred.
    pub(super) fn chance(&mut self, percent: u32) -> bool {
        self.random.random_range(0..100) < percent
    }

    /// One of some things.
    pub(super) fn pick<T: Clone>(&mut self, of: &[T]) -> Option<T> {
        (!of.is_empty()).then(|| of[self.random.random_range(0..of.len())].clone())
    }

    /// 32 bytes of chance.
    pub(super) fn secret(&mut self) -> [u8; 32] {
        let mut bytes = [0; 32];
        rand::Rng::fill_bytes(&mut self.random, &mut bytes);
        bytes
    }
}
