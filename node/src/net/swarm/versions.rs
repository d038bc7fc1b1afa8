//! Boxes that were reached and speak another version of the session protocol.
//!
//! Which version is spoken libp2p agrees on for each stream: the side that asks names what it speaks, the other says yes to one
//! of those. A box that speaks a later version beside ours is so spoken to in ours, and neither side notices. One that has no version
//! in common with this box is no neighbour that can be waited for: somebody has to update the older of both, and has to be told.

use std::collections::BTreeSet;

use libp2p::{PeerId, StreamProtocol};

use super::SwarmTask;
use crate::net::SESSION_PROTOCOL;

/// How every version of the session protocol begins.
const FAMILY: &str = "/dorpsplein/session/";
/// The most boxes that are remembered so: beyond that they are only in the log of the others' connectors.
const MOST: usize = 64;

/// The boxes that have no version in common with this one.
#[derive(Default)]
pub(super) struct Versions {
    others: BTreeSet<PeerId>,
}

impl Versions {
    /// Those boxes.
    pub(super) fn others(&self) -> BTreeSet<PeerId> {
        self.others.clone()
    }

    /// Notes one; whether that is news.
    fn note(&mut self, peer: PeerId) -> bool {
        self.others.len() < MOST && self.others.insert(peer)
    }
}

impl SwarmTask {
    /// A box that was dialled speaks no version of ours.
    pub(super) fn on_other_version(&mut self, peer: PeerId) {
        if self.versions.note(peer) {
            tracing::warn!(%peer, ours = SESSION_PROTOCOL, "a box speaks another version of the session protocol; update the older of both");
            self.reaching.changed = true;
        }
    }

    /// What a connected box says it speaks.
    pub(super) fn on_spoken(&mut self, peer: PeerId, protocols: &[StreamProtocol]) {
        let mut sessions = protocols.iter().filter(|protocol| protocol.as_ref().starts_with(FAMILY)).peekable();
        if sessions.peek().is_some() && !sessions.any(|protocol| protocol.as_ref() == SESSION_PROTOCOL) {
            self.on_other_version(peer);
        }
    }

    /// A box with which there is a session has a version in common with this one, perhaps since an hour ago.
    pub(super) fn on_common_version(&mut self, peer: &PeerId) {
        self.versions.others.remove(peer);
    }
}
