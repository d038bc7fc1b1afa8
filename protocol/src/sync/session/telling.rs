//! How a peer hears of what was just accepted here.

use super::{HAVE_COUNT, Session};
use crate::operation::OperationId;
use crate::sync::{Action, Message, View};

/// More operations accepted at once than this are announced, and not pushed one by one.
const PUSH_COUNT: usize = 16;

/// How what was just accepted is told to a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    /// It is sent at once: this box is the only one it can come from.
    Push,
    /// It is named, and the peer fetches it from whoever named it first.
    Announce,
}

impl Session {
    /// These operations were accepted from elsewhere: tells the peer what of them is due to it.
    pub fn tell(&mut self, ids: &[OperationId], telling: Telling, view: &impl View) -> Vec<Action> {
        let sight = self.sight(view);
        if !sight.believed {
            return Vec::new();
        }
        let due = ids.iter().filter_map(|id| view.served(id, &sight.entitled));
        if telling == Telling::Announce || ids.len() > PUSH_COUNT {
            let due: Vec<OperationId> = due.map(|operation| operation.id()).collect();
            return name(&due).collect();
        }
        let pushes: Vec<Action> =
            due.map(|operation| Action::Send(Message::Push { operation: operation.encode() })).collect();
        self.status.sent += pushes.len() as u64;
        pushes
    }
}

/// Messages that name operations.
pub(super) fn name(ids: &[OperationId]) -> impl Iterator<Item = Action> {
    ids.chunks(HAVE_COUNT).map(|ids| Action::Send(Message::Have { ids: ids.to_vec() }))
}
