//! Peers that no replica stands behind: hostile hands that open a session on a box with a key of their choice and say what
//! they want.

use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::replica::{Input, SessionId};
use dorpsplein_protocol::sync::Checked;

use super::network::End;
use super::{World, WorldError};
use crate::plan::BoxId;

/// The name checkers are told for a peer whose key belongs to no box.
pub const NOBODY: BoxId = BoxId::MAX;

/// A peer that somebody plays.
pub(super) struct Puppet {
    /// The box whose key it has, or [`NOBODY`].
    plays: BoxId,
    /// What the box said to it and nobody has looked at yet.
    heard: Vec<Vec<u8>>,
}

impl World {
    /// Opens a session on a box as if the peer with this key had dialled. None when the box is off.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn puppet(&mut self, at: BoxId, key: PublicKey) -> Result<Option<SessionId>, WorldError> {
        if self.at(at).is_none() {
            return Ok(None);
        }
        let plays = self.boxes().find(|simulated| simulated.key == key).map_or(NOBODY, |simulated| simulated.id);
        let session = self.network.new_session();
        self.puppets.insert(End { at, session }, Puppet { plays, heard: Vec::new() });
        self.handle(at, Input::Opened { session, peer: key, outbound: false })?;
        Ok(self.puppet_is_heard(at, session).then_some(session))
    }

    /// Says something on the session of a puppet; nothing happens when that is over.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn puppet_send(&mut self, at: BoxId, session: SessionId, frame: Vec<u8>) -> Result<(), WorldError> {
        if self.puppet_is_heard(at, session) {
            self.receive(End { at, session }, &frame, Checked::new(&frame))?;
        }
        Ok(())
    }

    /// What the box said to a puppet since this was last asked.
    pub fn puppet_heard(&mut self, at: BoxId, session: SessionId) -> Vec<Vec<u8>> {
        let puppet = self.puppets.get_mut(&End { at, session });
        puppet.map(|puppet| std::mem::take(&mut puppet.heard)).unwrap_or_default()
    }

    /// Whether the box keeps the session of a puppet open.
    pub fn puppet_is_heard(&self, at: BoxId, session: SessionId) -> bool {
        self.puppets.contains_key(&End { at, session })
    }

    /// How many sessions of puppets a box keeps open.
    pub fn puppets_at(&self, at: BoxId) -> usize {
        let all = End { at, session: SessionId(0) }..=End { at, session: SessionId(u64::MAX) };
        self.puppets.range(all).count()
    }

    /// Ends the session of a puppet.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn puppet_close(&mut self, at: BoxId, session: SessionId) -> Result<(), WorldError> {
        if self.puppets.remove(&End { at, session }).is_some() {
            self.handle(at, Input::Closed { session })?;
        }
        Ok(())
    }

    /// Lets a puppet hear a frame, if it is one that is at the other end.
    pub(super) fn heard_by_puppet(&mut self, from: End, frame: &[u8]) -> bool {
        let Some(puppet) = self.puppets.get_mut(&from) else { return false };
        puppet.heard.push(frame.to_vec());
        let plays = puppet.plays;
        self.tell(|checker, world| checker.frame(world, from.at, plays, frame));
        true
    }

    /// A box hangs up on a puppet.
    pub(super) fn dismiss_puppet(&mut self, end: End) -> bool {
        self.puppets.remove(&end).is_some()
    }
}
