//! A device in somebody's hand, and the box it talks to.

use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::identity::{PublicKey, SecretKey};
use dorpsplein_protocol::operation::{MAX_PARENTS, NeighbourhoodId, OperationId, Signed, Statement};
use dorpsplein_protocol::replica::Refusal;
use dorpsplein_protocol::time::Timestamp;

use crate::plan::BoxId;
use crate::world::{Answer, World, WorldError};

/// A device in somebody's hand, and the box it talks to. It behaves as the site does in a browser: a number that was used
/// stays used, whatever became of the operation, and what got no answer is sent again, byte for byte, before anything new.
#[derive(Clone, Debug)]
pub struct Hand {
    /// The box it talks to.
    pub at: BoxId,
    seed: [u8; 32],
    key: PublicKey,
    home: NeighbourhoodId,
    /// How far its clock is ahead, in milliseconds.
    ahead: i64,
    sequence: u64,
    previous: Option<OperationId>,
    /// What was handed in without getting an answer.
    unanswered: Option<Signed>,
}

impl Hand {
    /// A new device of a resident of `home`, grown from `seed`, whose clock is right.
    pub fn new(seed: [u8; 32], home: NeighbourhoodId, at: BoxId) -> Self {
        let key = SecretKey::from_seed(&seed).public();
        Self { at, seed, key, home, ahead: 0, sequence: 0, previous: None, unanswered: None }
    }

    /// The same with a clock that is so many milliseconds ahead, or behind.
    #[must_use]
    pub const fn with_clock(mut self, ahead: i64) -> Self {
        self.ahead = ahead;
        self
    }

    /// The device as it is now. A copy: what it signs is counted here only when it is [submitted](Hand::submit).
    pub fn device(&self) -> Device {
        Device::resume(self.secret(), self.home, self.sequence, self.previous)
    }

    /// Takes over the count of a device that signed by itself.
    pub const fn follow(&mut self, device: &Device) {
        (self.sequence, self.previous) = (device.sequence(), device.previous());
    }

    /// The device's secret key.
    pub fn secret(&self) -> SecretKey {
        SecretKey::from_seed(&self.seed)
    }

    /// The device's public key.
    pub const fn key(&self) -> PublicKey {
        self.key
    }

    /// The neighbourhood whose resident holds it.
    pub const fn home(&self) -> NeighbourhoodId {
        self.home
    }

    /// How many operations it signed.
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// What its own clock shows.
    pub const fn now(&self, world: &World) -> Timestamp {
        Timestamp::from_millis(world.now.as_millis().saturating_add_signed(self.ahead))
    }

    /// Composes an operation and hands it in. `mark` is 32 bytes of its text that occur nowhere else, if it has such.
    ///
    /// Nothing is signed while the box is off, or while something that was signed before still has no answer.
    ///
    /// # Errors
    /// [`WorldError`]; a refusal is an ordinary answer.
    pub fn submit(
        &mut self,
        world: &mut World,
        mark: Option<[u8; 32]>,
        compose: impl FnOnce(&mut Device, Timestamp) -> Signed,
    ) -> Result<Answer, WorldError> {
        if world.at(self.at).is_none() || !self.send_again(world)? {
            return Ok(Answer::Off);
        }
        let mut device = self.device();
        let operation = compose(&mut device, self.now(world));
        self.follow(&device);
        world.guard(&operation, mark);
        let answer = world.submit(self.at, &operation)?;
        if is_open(&answer) {
            self.unanswered = Some(operation);
        }
        Ok(answer)
    }

    /// Says something in the home register, after all that this hand's box knows.
    ///
    /// # Errors
    /// [`WorldError`]; a refusal is an ordinary answer.
    pub fn state(&mut self, world: &mut World, statement: Statement) -> Result<Answer, WorldError> {
        self.state_about(world, None, statement)
    }

    /// As [`Hand::state`], about an operation that has to be among the parents: a proposal that is signed, or objected to.
    ///
    /// # Errors
    /// [`WorldError`]; a refusal is an ordinary answer.
    pub fn state_about(
        &mut self,
        world: &mut World,
        about: Option<OperationId>,
        statement: Statement,
    ) -> Result<Answer, WorldError> {
        let Some(running) = world.at(self.at) else { return Ok(Answer::Off) };
        let mut parents = running.replica().registers().home().heads();
        if let Some(about) = about.filter(|about| !parents.contains(about)) {
            parents.truncate(MAX_PARENTS - 1);
            parents.push(about);
        }
        self.submit(world, None, |device, now| device.state(parents, statement, now))
    }

    /// Hands in once more what got no answer. Says whether nothing is left without one; what is refused for good is given
    /// up, and its number stays used.
    fn send_again(&mut self, world: &mut World) -> Result<bool, WorldError> {
        let Some(operation) = self.unanswered.take() else { return Ok(true) };
        let open = is_open(&world.submit(self.at, &operation)?);
        self.unanswered = open.then_some(operation);
        Ok(!open)
    }
}

/// Whether it is worth handing the same in again later.
const fn is_open(answer: &Answer) -> bool {
    matches!(answer, Answer::Off | Answer::Refused(Refusal::Storage))
}
