//! What there is in a world: villages and boxes, by the names they have in the plan.

use std::collections::BTreeSet;

use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::NeighbourhoodId;
use dorpsplein_protocol::time::Timestamp;

use super::{Disk, Network, Running, SimulatedBox, World, box_key};
use crate::plan::{BoxId, VillageId};

/// A neighbourhood as the world knows it: what is true, whatever the boxes believe.
#[derive(Clone, Debug)]
pub struct Village {
    /// Its name in the plan.
    pub id: VillageId,
    /// What it is called.
    pub name: String,
    /// Its id.
    pub neighbourhood: NeighbourhoodId,
    /// Its boxes.
    pub boxes: Vec<BoxId>,
    /// The villages it has an agreement with now.
    pub neighbours: BTreeSet<VillageId>,
    /// The villages it ever had an agreement with.
    pub befriended: BTreeSet<VillageId>,
}

impl World {
    /// Adds a village that has no box yet.
    pub fn add_village(&mut self, id: VillageId, name: &str, neighbourhood: NeighbourhoodId) {
        let village = Village {
            id,
            name: name.to_owned(),
            neighbourhood,
            boxes: Vec::new(),
            neighbours: BTreeSet::new(),
            befriended: BTreeSet::new(),
        };
        self.villages.insert(id, village);
        self.ids.insert(neighbourhood, id);
    }

    /// Two villages have an agreement from here on, as the world knows it.
    pub fn befriend(&mut self, a: VillageId, b: VillageId) {
        for [here, there] in [[a, b], [b, a]] {
            if let Some(village) = self.villages.get_mut(&here) {
                village.neighbours.insert(there);
                village.befriended.insert(there);
            }
        }
    }

    /// Two villages no longer have an agreement, as the world knows it.
    pub fn part(&mut self, a: VillageId, b: VillageId) {
        for [here, there] in [[a, b], [b, a]] {
            if let Some(village) = self.villages.get_mut(&here) {
                village.neighbours.remove(&there);
            }
        }
    }

    /// All villages, in the order of their names.
    pub fn villages(&self) -> impl Iterator<Item = &Village> {
        self.villages.values()
    }

    /// A village; none when the plan has none of this name, or it could not be founded.
    pub fn village(&self, id: VillageId) -> Option<&Village> {
        self.villages.get(&id)
    }

    /// The village with this id.
    pub fn village_of(&self, neighbourhood: &NeighbourhoodId) -> Option<&Village> {
        self.villages.get(self.ids.get(neighbourhood)?)
    }

    /// All boxes, on or off, in the order of their names.
    pub fn boxes(&self) -> impl Iterator<Item = &SimulatedBox> {
        self.boxes.values()
    }

    /// A box, on or off; none when there is none of this name.
    pub fn simulated(&self, at: BoxId) -> Option<&SimulatedBox> {
        self.boxes.get(&at)
    }

    /// The boxes of a village; none at all when there is no such village.
    pub fn boxes_of(&self, village: VillageId) -> &[BoxId] {
        self.villages.get(&village).map_or(&[], |village| &village.boxes)
    }

    /// A box that is on.
    pub fn at(&self, at: BoxId) -> Option<&Running> {
        self.boxes.get(&at)?.running()
    }

    /// The disk of a box, on or off.
    pub fn disk(&self, at: BoxId) -> Option<&Disk> {
        self.boxes.get(&at).map(|simulated| &simulated.disk)
    }

    /// The key of a box.
    pub fn box_key(&self, at: BoxId) -> PublicKey {
        self.boxes.get(&at).map_or_else(|| box_key(self.seed, at), |simulated| simulated.key)
    }

    /// What the clock of a box shows; the world's time when there is no such box.
    pub fn clock(&self, at: BoxId) -> Timestamp {
        self.boxes.get(&at).map_or(self.now, |simulated| simulated.clock.shows(self.now))
    }

    /// The lines and streams.
    pub const fn network(&self) -> &Network {
        &self.network
    }
}
