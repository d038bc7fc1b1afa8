//! A device in somebody's hand, and the box it talks to.

use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::identity::{PublicKey, SecretKey};
use dorpsplein_protocol::operation::{MAX_PARENTS, NeighbourhoodId, OperationId, Signed, Statement};
use dorpsplein_protocol::replica::{Accepted, Refusal};

use crate::world::{World, WorldError};

/// A device in somebody's hand, and the box it talks to. The count moves on only when a box accepts, as a careful client
/// does it.
#[derive(Clone, Debug)]
pub struct Hand {
    /// The box it talks to.
    pub at: usize,
    seed: [u8; 32],
    home: NeighbourhoodId,
    sequence: u64,
    previous: Option<OperationId>,
}

impl Hand {
    /// A new device of a resident of `home`, grown from `seed`.
    pub const fn new(seed: [u8; 32], home: NeighbourhoodId, at: usize) -> Self {
        Self { at, seed, home, sequence: 0, previous: None }
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
    pub fn key(&self) -> PublicKey {
        self.secret().public()
    }

    /// The neighbourhood whose resident holds it.
    pub const fn home(&self) -> NeighbourhoodId {
        self.home
    }

    /// How many operations it signed.
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Composes an operation and hands it in. `mark` is 32 bytes of its text that occur nowhere else, if it has such.
    ///
    /// # Errors
    /// [`WorldError`]; a refusal is an ordinary result.
    pub fn submit(
        &mut self,
        world: &mut World,
        mark: Option<[u8; 32]>,
        compose: impl FnOnce(&mut Device) -> Signed,
    ) -> Result<Result<Accepted, Refusal>, WorldError> {
        let mut device = self.device();
        let operation = compose(&mut device);
        world.leaks.guard(&operation, mark);
        let result = world.submit(self.at, &operation)?;
        if result.is_ok() {
            self.follow(&device);
        }
        Ok(result)
    }

    /// Says something in the home register, after all that this hand's box knows.
    ///
    /// # Errors
    /// [`WorldError`]; a refusal is an ordinary result.
    pub fn state(&mut self, world: &mut World, statement: Statement) -> Result<Result<Accepted, Refusal>, WorldError> {
        self.state_about(world, None, statement)
    }

    /// As [`Hand::state`], about an operation that has to be among the parents: a proposal that is signed, or objected to.
    ///
    /// # Errors
    /// [`WorldError`]; a refusal is an ordinary result.
    pub fn state_about(
        &mut self,
        world: &mut World,
        about: Option<OperationId>,
        statement: Statement,
    ) -> Result<Result<Accepted, Refusal>, WorldError> {
        let mut parents = world.boxes()[self.at].replica().registers().home().heads();
        if let Some(about) = about.filter(|about| !parents.contains(about)) {
            parents.truncate(MAX_PARENTS - 1);
            parents.push(about);
        }
        let now = world.clock(self.at);
        self.submit(world, None, |device| device.state(parents, statement, now))
    }
}
