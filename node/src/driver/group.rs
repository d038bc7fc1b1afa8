//! Inputs that share one commit.

use std::collections::BTreeMap;

use dorpsplein_protocol::replica::{Accepted, Effect, Effects, Imported, Refusal, Ticket};
use dorpsplein_protocol::store::Batch;
use dorpsplein_protocol::sync::CloseReason;
use tokio::sync::oneshot;

use super::{GROUP_BYTES, GROUP_INPUTS, GROUP_KEYS};

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
}

impl Group {
    /// Whether the commit is due.
    pub(super) fn is_full(&self) -> bool {
        let is_large = self.bytes >= GROUP_BYTES || self.batch.len() >= GROUP_KEYS;
        self.stop || self.inputs >= GROUP_INPUTS || is_large
    }

    /// Takes in what an input came to.
    pub(super) fn add(&mut self, effects: Effects) {
        self.batch.append(effects.batch);
        let frames = effects.after.iter().map(|effect| match effect {
            Effect::Send { frame, .. } => frame.len(),
            _ => 0,
        });
        self.bytes += frames.sum::<usize>();
        self.after.extend(effects.after);
    }
}
