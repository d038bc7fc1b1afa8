//! Inputs that share one commit.

use std::collections::{BTreeMap, BTreeSet};

use dorpsplein_protocol::replica::{Accepted, Effect, Effects, Imported, Refusal, SessionId, Ticket};
use dorpsplein_protocol::store::Batch;
use dorpsplein_protocol::sync::CloseReason;
use tokio::sync::oneshot;

use super::{GROUP_BYTES, GROUP_INPUTS, GROUP_KEYS, SHARED_GROUP_KEYS};

/// Who waits for an answer.
#[derive(Default)]
pub(super) struct Replies {
    pub(super) submissions: BTreeMap<Ticket, oneshot::Sender<Result<Accepted, Refusal>>>,
    pub(super) imports: BTreeMap<Ticket, oneshot::Sender<Result<Imported, CloseReason>>>,
    pub(super) offers: BTreeMap<Ticket, oneshot::Sender<bool>>,
}

impl Replies {
    /// Tells whoever wants to hand in a photo whether there is room for it.
    pub(super) fn welcome(&mut self, ticket: Ticket, welcome: bool) {
        if let Some(reply) = self.offers.remove(&ticket) {
            // Who asked may have gone away; room that is not used is free again after an hour.
            let _ = reply.send(welcome);
        }
    }
}

/// Inputs that share one commit, and what is to be done when it is made.
#[derive(Default)]
pub(super) struct Group {
    pub(super) batch: Batch,
    pub(super) after: Vec<Effect>,
    pub(super) replies: Replies,
    pub(super) inputs: usize,
    pub(super) bytes: usize,
    pub(super) stop: bool,
    /// The keeper of photos told something: a picture may have come, or gone.
    pub(super) photos: bool,
    /// Whose inputs are in it: a session's, or those from within the box.
    origins: BTreeSet<Option<SessionId>>,
}

impl Group {
    /// Whether the commit is due.
    pub(super) fn is_full(&self) -> bool {
        let is_large = self.bytes >= GROUP_BYTES || self.batch.len() >= self.most_keys();
        self.stop || self.inputs >= GROUP_INPUTS || is_large
    }

    /// Whether pages may look different after it.
    pub(super) fn shows_otherwise(&self) -> bool {
        self.photos || !self.batch.is_empty()
    }

    fn most_keys(&self) -> usize {
        if self.origins.len() > 1 { SHARED_GROUP_KEYS } else { GROUP_KEYS }
    }

    /// Takes in what an input of a session, or from within the box, came to.
    pub(super) fn add(&mut self, origin: Option<SessionId>, effects: Effects) {
        self.origins.insert(origin);
        self.batch.append(effects.batch);
        let frames = effects.after.iter().map(|effect| match effect {
            Effect::Send { frame, .. } => frame.len(),
            _ => 0,
        });
        self.bytes += frames.sum::<usize>();
        self.after.extend(effects.after);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_of_several_is_closed_sooner_than_one_of_a_single_session() {
        let mut group = Group::default();
        group.add(Some(SessionId(1)), Effects::default());
        assert_eq!(group.most_keys(), GROUP_KEYS);
        group.add(Some(SessionId(1)), Effects::default());
        assert_eq!(group.most_keys(), GROUP_KEYS);
        group.add(None, Effects::default());
        assert_eq!(group.most_keys(), SHARED_GROUP_KEYS);
    }
}
