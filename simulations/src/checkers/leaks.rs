//! No byte of an operation reaches a neighbourhood that is not entitled to its space.
//!
//! Every operation has fingerprints of 32 bytes that occur nowhere else: its payload's hash, which stands in its signed
//! header, and a mark that its author wrote into the text. Each frame is searched for them at every position, whatever the
//! frame claims to be. Ids are looked for where boxes name what they hold; elsewhere they may stand rightly, because a
//! device's next operation names the one before it.

use std::collections::{BTreeMap, BTreeSet};

use dorpsplein_protocol::operation::{NeighbourhoodId, Payload, Signed, Space, Statement};
use dorpsplein_protocol::sync::{Message, SpaceId};

use super::fingerprints::{Fingerprint, Fingerprints};
use super::{Checker, Failure, MAX_FINDINGS};
use crate::plan::{BoxId, VillageId};
use crate::world::World;

/// The name of this checker.
const NAME: &str = "leaks";

/// The fingerprints of everything that was written, and what was found where it should not be.
#[derive(Default)]
pub struct Leaks {
    contents: Fingerprints<SpaceId>,
    ids: Fingerprints<SpaceId>,
    /// Who offered or agreed something with whom: their register goes there, so that it can be accepted.
    offered: BTreeSet<[NeighbourhoodId; 2]>,
    /// The last frame from a box to another, which was looked at.
    last: BTreeMap<(BoxId, BoxId), Vec<u8>>,
    looked: u64,
    found: Vec<Failure>,
}

impl Checker for Leaks {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "No byte on any wire reaches a neighbourhood that is not entitled to it."
    }

    fn looked(&self) -> u64 {
        self.looked
    }

    fn written(&mut self, _: &World, operation: &Signed, mark: Option<Fingerprint>) {
        let header = operation.header();
        let space = SpaceId { neighbourhood: header.neighbourhood(), space: header.space };
        self.contents.insert(header.payload_hash, space);
        // The id of a genesis is the name of its neighbourhood, which whoever asks for one says first.
        if header.neighbourhood.is_some() {
            self.ids.insert(*operation.id().as_bytes(), space);
        }
        if let Some(mark) = mark {
            self.contents.insert(mark, space);
        }
        let payload = operation.payload().filter(|_| header.space == Space::Register).map(Payload::decode);
        if let Some(Ok(Payload::Statement(Statement::Treaty(treaty)))) = payload {
            self.offered.insert([header.neighbourhood(), treaty.with]);
        }
    }

    fn frame(&mut self, world: &World, from: BoxId, to: BoxId, frame: &[u8]) {
        if self.found.len() >= MAX_FINDINGS {
            return;
        }
        self.looked += 1;
        // Boxes that have nothing new tell each other the same every few minutes.
        let last = self.last.entry((from, to)).or_default();
        if last == frame {
            return;
        }
        last.clear();
        last.extend_from_slice(frame);
        let receiver = world.simulated(to).map(|simulated| simulated.village);
        let names_ids = matches!(Message::decode(frame), Ok(Message::Have { .. } | Message::Compare { .. }));
        let ids = names_ids.then_some(&self.ids);
        for (index, what) in [(Some(&self.contents), "content"), (ids, "the id")] {
            for spaces in index.into_iter().flat_map(|index| index.occurring_in(frame)) {
                let may = |village, space: &SpaceId| self.is_entitled(world, from, village, space);
                if !receiver.is_some_and(|village| spaces.iter().any(|space| may(village, space))) {
                    let Some(space) = spaces.first() else { continue };
                    let to = receiver.map_or_else(|| "a stranger".to_owned(), |village| format!("village {village}"));
                    let found = format!("{what} of {:?} of {} reached {to}", space.space, space.neighbourhood);
                    self.found.push(Failure { checker: NAME, found: format!("{found} from box {from}") });
                }
            }
        }
    }

    fn found(&mut self) -> Vec<Failure> {
        std::mem::take(&mut self.found)
    }
}

impl Leaks {
    /// Whether a village may be told of a space by the box `from`, as its agreements say and not as any box believes. That
    /// an agreement ended concerns a box from when on it knows; who was a neighbour may always hear of the end, which stands
    /// in the register. What a village was given while there was an agreement its own boxes pass on to each other.
    fn is_entitled(&self, world: &World, from: BoxId, village: VillageId, space: &SpaceId) -> bool {
        let Some(owner) = world.village_of(&space.neighbourhood) else { return false };
        let befriended = owner.befriended.contains(&village);
        let among_themselves = world.simulated(from).is_some_and(|sender| sender.village == village);
        match space.space {
            _ if owner.id == village => true,
            Space::Register => befriended || self.was_offered(world, village, &space.neighbourhood),
            Space::Neighbours if owner.neighbours.contains(&village) => true,
            Space::Neighbours => befriended && (among_themselves || !knows_of_the_end(world, from, village, space)),
            Space::Members | Space::Square | Space::Circle(_) => false,
        }
    }

    fn was_offered(&self, world: &World, village: VillageId, owner: &NeighbourhoodId) -> bool {
        world.village(village).is_some_and(|village| self.offered.contains(&[*owner, village.neighbourhood]))
    }
}

/// Whether the register on this box says that the agreement between the two villages ended.
fn knows_of_the_end(world: &World, at: BoxId, village: VillageId, space: &SpaceId) -> bool {
    let (Some(running), Some(other)) = (world.at(at), world.village(village)) else { return true };
    let register = running.replica().registers().get(&space.neighbourhood);
    register.is_none_or(|register| register.parted(&other.neighbourhood).is_some())
}
