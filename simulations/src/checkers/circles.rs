//! Who belongs to a circle, and ever did, by what was signed: without asking the code that keeps the rules.

use std::collections::{BTreeMap, BTreeSet};

use dorpsplein_protocol::operation::{CircleId, NeighbourhoodId, Payload, Signed, Space, Statement};

use crate::plan::BoxId;
use crate::world::World;

/// All that anybody said about circles in a register, honest or not, whatever became of it.
#[derive(Default)]
pub(super) struct Circles {
    founders: BTreeMap<CircleId, NeighbourhoodId>,
    admitted: BTreeSet<(CircleId, NeighbourhoodId)>,
    joined: BTreeSet<(CircleId, NeighbourhoodId)>,
}

impl Circles {
    /// Somebody signed this.
    pub(super) fn note(&mut self, operation: &Signed) {
        let header = operation.header();
        let payload = operation.payload().filter(|_| header.space == Space::Register).map(Payload::decode);
        let Some(Ok(Payload::Statement(statement))) = payload else { return };
        let by = header.neighbourhood();
        match statement {
            Statement::CircleFounding(_) => drop(self.founders.insert(operation.id().into(), by)),
            Statement::CircleAdmission(said) if self.founders.get(&said.circle) == Some(&by) => {
                self.admitted.insert((said.circle, said.neighbourhood));
            }
            Statement::CircleJoining(said) => drop(self.joined.insert((said.circle, by))),
            _ => {}
        }
    }

    /// Whether two neighbourhoods may ever have belonged to a circle, both.
    pub(super) fn met_in(&self, circle: &CircleId, one: NeighbourhoodId, other: NeighbourhoodId) -> bool {
        let belonged = |id: NeighbourhoodId| {
            let place = (*circle, id);
            self.founders.get(circle) == Some(&id) || (self.admitted.contains(&place) && self.joined.contains(&place))
        };
        belonged(one) && belonged(other)
    }
}

/// Whether two neighbourhoods belong to a circle now, both, by the registers that a box holds.
pub(super) fn meet_in(world: &World, at: BoxId, circle: &CircleId, both: [NeighbourhoodId; 2]) -> bool {
    let Some(running) = world.at(at) else { return false };
    let known = running.replica().registers().circles();
    let here = known.iter().filter(|known| known.id == *circle);
    here.into_iter().any(|known| both.iter().all(|id| known.founder == *id || known.members.contains(id)))
}
