//! A box: what it has on its disk, its clock, and, while it is on, the replica in its memory.

use std::collections::BTreeMap;

use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::NeighbourhoodId;
use dorpsplein_protocol::replica::Replica;
use dorpsplein_protocol::time::Timestamp;

use super::clock::Clock;
use super::disk::Disk;
use super::shelf::Shelf;
use crate::plan::{BoxId, VillageId};

/// A box, on or off.
pub struct SimulatedBox {
    /// Its name in the plan.
    pub id: BoxId,
    /// The village whose box it is.
    pub village: VillageId,
    /// The neighbourhood it was set up for.
    pub home: NeighbourhoodId,
    /// Its key.
    pub key: PublicKey,
    /// Its disk: there also when it is off.
    pub disk: Disk,
    /// The files of photos: there also when it is off.
    pub shelf: Shelf,
    /// Its clock: runs on when it is off.
    pub clock: Clock,
    /// What is in its memory while it is on.
    pub(super) running: Option<Running>,
    /// Boxes that its owner named to it, and for whom they speak: written down, so that it knows them when it starts.
    pub(super) introductions: BTreeMap<PublicKey, NeighbourhoodId>,
    /// It is not started before this.
    pub(super) off_until: Timestamp,
    /// Its disk has no room before this.
    pub(super) full_until: Timestamp,
    /// It is up, but only reads until there is room on its disk.
    pub(super) waits_for_room: bool,
    /// It cannot use its disk although that did not fail.
    pub(super) ill: bool,
    /// How long it will be without power when the cut that was planned for its next write comes.
    pub(super) dark_for: u64,
}

/// A box that is on.
pub struct Running {
    pub(super) replica: Replica<Disk>,
    /// When it asked to be woken, on the world's clock.
    pub(super) wake: Timestamp,
}

impl SimulatedBox {
    /// What is in its memory; none when it is off.
    pub const fn running(&self) -> Option<&Running> {
        self.running.as_ref()
    }
}

impl Running {
    /// The replica, to look at.
    pub const fn replica(&self) -> &Replica<Disk> {
        &self.replica
    }
}
