//! What has to be true. A checker knows the truth of the world and asks the boxes nothing but what they hold.

mod audiences;
pub mod authority;
pub mod bounds;
mod by_id;
mod circles;
pub mod convergence;
pub mod durability;
pub mod erasure;
mod fingerprints;
pub mod leaks;
mod look;
pub mod monotone;
mod reach;
mod rules;

use dorpsplein_protocol::operation::{OperationId, Signed};
use serde::Serialize;

use crate::plan::{BoxId, PersonId, Plan};
use crate::world::{Cost, World, WorldError};

/// More findings of one checker than these say nothing new.
const MAX_FINDINGS: usize = 20;

/// Something that is not as it has to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// Which checker found it.
    pub checker: &'static str,
    /// What it found, for a person with the seed at hand.
    pub found: String,
}

/// Watches a world, while it runs and when it is at rest.
pub trait Checker {
    /// Its name.
    fn name(&self) -> &'static str;

    /// What it watches, in one sentence.
    fn about(&self) -> &'static str {
        ""
    }

    /// How many times it compared something.
    fn looked(&self) -> u64 {
        0
    }

    /// An operation was written and is about to be handed in; `mark` is 32 bytes of its text that occur nowhere else, if it
    /// has such.
    fn written(&mut self, _world: &World, _operation: &Signed, _mark: Option<[u8; 32]>) {}

    /// A box accepted an operation from a person, and nobody was told yet; `known` when it held that already.
    fn accepted(&mut self, _world: &World, _at: BoxId, _operation: &Signed, _known: bool) {}

    /// A box counts an operation from here on: it was permitted there, whatever becomes of it later.
    fn counted(&mut self, _world: &World, _at: BoxId, _operation: &OperationId) {}

    /// A box sends a frame to another one, or to [`NOBODY`](crate::world::NOBODY).
    fn frame(&mut self, _world: &World, _from: BoxId, _to: BoxId, _frame: &[u8]) {}

    /// A box handled an input, which cost it this.
    fn handled(&mut self, _world: &World, _at: BoxId, _cost: &Cost) {}

    /// The power of a box failed.
    fn crashed(&mut self, _world: &World, _at: BoxId) {}

    /// Somebody reads the front page of a box.
    fn read(&mut self, _world: &World, _who: PersonId, _at: BoxId) {}

    /// What is not as it has to be now that everything was made good and everybody had time; asked more than once.
    ///
    /// # Errors
    /// [`WorldError`] when a box cannot be read.
    fn at_rest(&mut self, _world: &World) -> Result<Vec<Failure>, WorldError> {
        Ok(Vec::new())
    }

    /// What was found while the world ran.
    fn found(&mut self) -> Vec<Failure> {
        Vec::new()
    }
}

/// All checkers, for a run of this plan.
pub fn all(_plan: &Plan) -> Vec<Box<dyn Checker>> {
    vec![
        Box::new(convergence::Convergence::default()),
        Box::new(durability::Durability::default()),
        Box::new(leaks::Leaks::default()),
        Box::new(authority::Authority::default()),
        Box::new(bounds::Bounds::default()),
        Box::new(erasure::Erasure::default()),
        Box::new(monotone::Monotone::default()),
    ]
}
