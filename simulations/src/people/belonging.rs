//! Coming in, adding and losing devices, leaving, and coming back.

use dorpsplein_protocol::authority::DeviceState;
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{
    DeviceAddition, DeviceCount, DeviceRetirement, Edit, Invitation, MemberRemoval, Recovery, Role, Statement,
};
use dorpsplein_protocol::projection;
use dorpsplein_protocol::replica::Refusal;

use super::actor::Letter;
use super::turn::{Grip, Turn};
use crate::plan::{Deed, PersonId};
use crate::world::{Answer, DAY, HOUR, MINUTE, WorldError};

/// How long a letter is open, in milliseconds.
const LETTER_MS: u64 = 14 * DAY;
/// How many of their items somebody erases who leaves.
const TAKEN_ALONG: usize = 20;

impl Turn<'_> {
    /// Asks a connector for a letter, or photographs somebody else's, and comes in with it.
    pub(super) fn join(&mut self, letter_of: Option<PersonId>) -> Result<(), WorldError> {
        if self.me().joined {
            return Ok(());
        }
        if let Some(letter) = self.me().letter {
            return self.claim(letter);
        }
        let letter = match letter_of {
            Some(other) => self.people.all.get(&other).and_then(|other| other.letter),
            None => self.ask_for_letter()?,
        };
        self.me().letter = letter;
        self.again(10 * MINUTE..HOUR);
        Ok(())
    }

    fn ask_for_letter(&mut self) -> Result<Option<Letter>, WorldError> {
        let village = self.me().village;
        let Some(grip) = self.connector(village, Some(self.who)) else { return Ok(None) };
        let secret = self.secret();
        let key = SecretKey::from_seed(&secret).public();
        let expires = self.hand(grip).map(|hand| hand.now(self.world).plus_millis(LETTER_MS)).unwrap_or_default();
        let invitation = Statement::Invitation(Invitation { key, role: Role::Resident, expires });
        let accepted = self.state(grip, "letters", None, invitation)?;
        Ok(accepted.map(|accepted| Letter { invitation: accepted.operation, secret }))
    }

    fn claim(&mut self, letter: Letter) -> Result<(), WorldError> {
        let (one_time, mut nonce) = (SecretKey::from_seed(&letter.secret), [0; 16]);
        nonce.copy_from_slice(&self.secret()[..16]);
        let Some(grip) = self.own() else { return Ok(()) };
        let Some(hand) = self.people.hand(grip.0, grip.1) else { return Ok(()) };
        let key = hand.key();
        let answer =
            hand.submit(self.world, None, |device, now| device.claim(letter.invitation, &one_time, nonce, now))?;
        match &answer {
            Answer::Accepted(_) => {
                self.me().joined = true;
                self.people.owners.insert(key, self.who);
            }
            // The letter may not have reached this box, or the box is off.
            Answer::Off | Answer::Refused(Refusal::Missing(_) | Refusal::Storage) => self.again(HOUR..2 * HOUR),
            Answer::Refused(_) => {}
        }
        self.heard("joined", answer);
        Ok(())
    }

    /// Adds the device with this number, from the first one.
    pub(super) fn add_device(&mut self, number: usize) -> Result<(), WorldError> {
        let actor = self.me();
        if !actor.joined || number == 0 {
            return Ok(());
        }
        if actor.hands.len() <= number {
            let hand = actor.new_hand(number);
            actor.hands.extend(hand);
        }
        let [first, .., new] = &actor.hands[..] else { return Ok(()) };
        let (home, adding, secret) = (actor.home, first.key(), new.secret());
        let addition = DeviceAddition::sign(&secret, &home, &adding);
        let key = addition.device;
        let (who, grip) = (self.who, (self.who, 0));
        if self.register(grip).is_some_and(|register| register.membership(&key).is_some()) {
            return Ok(());
        }
        match self.state(grip, "devices added", None, Statement::DeviceAddition(addition))? {
            Some(_) => drop(self.people.owners.insert(key, who)),
            None => self.again(HOUR..3 * HOUR),
        }
        Ok(())
    }

    /// Loses all devices; a connector gives them a new one. For a connector somebody else signs a day later.
    pub(super) fn lose_phone(&mut self) -> Result<(), WorldError> {
        let village = self.me().village;
        if !self.me().joined {
            return Ok(());
        }
        let Some(grip) = self.connector(village, Some(self.who)) else { return Ok(()) };
        let Some(resident) = self.resident(grip, self.who) else { return Ok(()) };
        let active = |count: &DeviceCount| {
            let device = resident.devices.iter().find(|device| device.key == count.device);
            device.is_some_and(|device| device.state == DeviceState::Active)
        };
        let counts: Vec<DeviceCount> = self.counts(grip, &resident)?.into_iter().filter(active).collect();
        let home = self.me().home;
        let Some(new) = self.me().new_hand(0) else { return Ok(()) };
        let recovery = Recovery::sign(&new.secret(), &home, &resident.id, counts);
        let signed_again = DAY + HOUR..DAY + 8 * HOUR;
        if self.propose(grip, "recoveries", Statement::Recovery(recovery), signed_again)?.is_some() {
            self.people.owners.insert(new.key(), self.who);
            let actor = self.me();
            let lost = std::mem::replace(&mut actor.hands, vec![new]);
            actor.former.extend(lost);
        }
        Ok(())
    }

    /// Retires one of their devices, with another one where there are two.
    pub(super) fn retire_device(&mut self) -> Result<(), WorldError> {
        let count = self.me().hands.len();
        if count < 2 || !self.me().joined {
            return Ok(());
        }
        let (retired, kept) = if self.chance(70) { (1, 0) } else { (0, 1) };
        let Some(device) = self.hand((self.who, retired)).map(crate::hand::Hand::key) else { return Ok(()) };
        let Some(last) = self.last_of((self.who, kept), &device)? else { return Ok(()) };
        let retirement = Statement::DeviceRetirement(DeviceRetirement { device, last });
        if self.state((self.who, kept), "devices retired", None, retirement)?.is_some() {
            let actor = self.me();
            let hand = actor.hands.remove(retired);
            actor.former.push(hand);
        }
        Ok(())
    }

    /// The last number a device used, as the box of another one knows it.
    pub(super) fn last_of(
        &self,
        grip: Grip,
        device: &dorpsplein_protocol::identity::PublicKey,
    ) -> Result<Option<u64>, WorldError> {
        let Some(disk) = self.disk(grip) else { return Ok(None) };
        Ok(projection::last_of_device(disk, device)?.map(|(sequence, _)| sequence))
    }

    /// Leaves, having erased what they wrote last.
    pub(super) fn leave(&mut self) -> Result<(), WorldError> {
        if !self.me().joined {
            return Ok(());
        }
        let mut items = self.me().items.clone();
        items.reverse();
        items.truncate(TAKEN_ALONG);
        for item in items {
            let gone =
                |row: &projection::ItemRow| Some(Edit::Erase { kind: row.kind, reason: None, note: String::new() });
            self.change((self.who, 0), "erased", item, gone)?;
        }
        let grip = (self.who, 0);
        let Some(resident) = self.resident(grip, self.who).filter(|resident| resident.present) else { return Ok(()) };
        let counts = self.counts(grip, &resident)?;
        let removal = MemberRemoval { resident: resident.id, counts };
        self.state(grip, "left", None, Statement::MemberRemoval(removal)).map(drop)
    }

    /// Comes in anew, with a new letter and new devices, after having been shown out or having left.
    pub(super) fn come_back(&mut self) -> Result<(), WorldError> {
        let Some(grip) = self.own() else { return Ok(()) };
        let outside = self.resident(grip, self.who).is_some_and(|resident| !resident.present);
        if self.me().joined && outside {
            self.me().start_over();
            self.follow_up(10 * MINUTE..HOUR, self.who, Deed::Join);
            *self.world.counts.deeds.entry("came back".to_owned()).or_default() += 1;
        }
        Ok(())
    }
}
