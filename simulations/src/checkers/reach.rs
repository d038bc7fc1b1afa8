//! Which boxes can reach each other at all. What nobody's line carries cannot arrive, and a plan that was cut down may have
//! lost the line: then two boxes that differ are no failure.
//!
//! What is for a village alone travels between its own boxes. What it shares travels between its boxes, to those next door,
//! and on between the boxes of one neighbour, who pass it on to each other and to no third village. A village whose own boxes
//! are not joined tells its neighbours nothing that is sure to be whole: what it agreed with them may stand in the register of
//! a box that no line leads to. Nor does a box pass on what it cannot count yet because its clock is behind.

use std::collections::{BTreeMap, BTreeSet};

use dorpsplein_protocol::operation::NeighbourhoodId;
use dorpsplein_protocol::store::StoreError;

use super::look;
use crate::plan::{BoxId, VillageId};
use crate::world::World;

/// Who can reach whom, by village: first for what is its own, then for what it shares.
pub(super) struct Reach {
    own: BTreeMap<VillageId, Groups>,
    shared: BTreeMap<VillageId, Groups>,
}

/// The group each box is in; those of one group reach each other.
type Groups = BTreeMap<BoxId, BoxId>;

impl Reach {
    /// As the lines of a world are laid.
    ///
    /// # Errors
    /// [`StoreError`] when a disk cannot be read.
    pub(super) fn of(world: &World) -> Result<Self, StoreError> {
        let mut late = BTreeSet::new();
        for simulated in world.boxes() {
            late.extend(look::waits_for_a_time(&simulated.disk)?.then_some(simulated.id));
        }
        let lines = world.network().lines().map(|(_, boxes)| boxes);
        let lines: Vec<[BoxId; 2]> = lines.filter(|boxes| boxes.iter().all(|at| !late.contains(at))).collect();
        let village_of = |at: BoxId| world.simulated(at).map(|simulated| simulated.village);
        let mut own = BTreeMap::new();
        for village in world.villages() {
            let is_own = |at| village_of(at) == Some(village.id);
            own.insert(village.id, groups(&village.boxes, &lines, |[a, b]| is_own(a) && is_own(b)));
        }
        let is_whole = |at: BoxId| {
            let groups = village_of(at).and_then(|village| own.get(&village));
            groups.is_some_and(|groups| groups.values().all(|group| groups.get(&at) == Some(group)))
        };
        let mut shared = BTreeMap::new();
        for village in world.villages() {
            let is_own = |at| village_of(at) == Some(village.id);
            let near: BTreeSet<VillageId> = village.neighbours.iter().copied().chain([village.id]).collect();
            let boxes: Vec<BoxId> = near.iter().flat_map(|near| world.boxes_of(*near)).copied().collect();
            let leads = |a, b| is_own(a) || is_own(b) || village_of(a) == village_of(b);
            let carries = |[a, b]: [BoxId; 2]| is_whole(a) && is_whole(b) && leads(a, b);
            shared.insert(village.id, groups(&boxes, &lines, carries));
        }
        Ok(Self { own, shared })
    }

    /// Whether what is for a village alone, or what it shares, gets from one box to another.
    pub(super) fn joins(&self, village: VillageId, shared: bool, here: BoxId, there: BoxId) -> bool {
        let groups = if shared { self.shared.get(&village) } else { self.own.get(&village) };
        let group = |at| groups.and_then(|groups| groups.get(&at));
        here == there || group(here).is_some_and(|group_here| group(there) == Some(group_here))
    }

    /// The neighbourhoods whose residents a box can tell apart: its own and those it has an agreement with, as far as it can
    /// hear of them.
    pub(super) fn known_to(&self, world: &World, at: BoxId) -> BTreeSet<NeighbourhoodId> {
        let Some(village) = world.simulated(at).and_then(|simulated| world.village(simulated.village)) else {
            return BTreeSet::new();
        };
        let near = village.neighbours.iter().filter_map(|known| world.village(*known));
        let heard = near.filter(|known| known.boxes.iter().any(|there| self.joins(known.id, true, at, *there)));
        heard.chain([village]).map(|known| known.neighbourhood).collect()
    }
}

fn groups(boxes: &[BoxId], lines: &[[BoxId; 2]], carries: impl Fn([BoxId; 2]) -> bool) -> Groups {
    let mut groups: Groups = boxes.iter().map(|at| (*at, *at)).collect();
    for line in lines.iter().filter(|line| carries(**line)) {
        if let (Some(one), Some(other)) = (groups.get(&line[0]).copied(), groups.get(&line[1]).copied()) {
            for group in groups.values_mut().filter(|group| **group == other) {
                *group = one;
            }
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_joined_by_the_lines_that_carry() {
        let groups = groups(&[1, 2, 3, 4], &[[1, 2], [2, 3], [3, 4], [4, 9]], |line| line != [2, 3]);
        assert_eq!(groups[&1], groups[&2]);
        assert_eq!(groups[&3], groups[&4]);
        assert_ne!(groups[&1], groups[&3]);
    }
}
