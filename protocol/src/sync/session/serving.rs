//! What a peer asked for, and how it is sent: in the order in which it was signed, part after part, as the peer keeps up.

use std::collections::{BTreeSet, VecDeque};

use minicbor::bytes::ByteVec;

use super::asking::FETCH_COUNT;
use crate::operation::OperationId;
use crate::sync::{CloseReason, Message, SpaceId, View};

/// A payload with more bytes than this comes after all that are smaller.
const LARGE_PAYLOAD: u32 = 4096;
/// A part is closed when it has this many operations: what one commit at the other side takes without much memory.
const PART_OPERATIONS: usize = 128;
/// A part is closed when it has this many bytes; one more operation of the largest size still fits the frame.
const PART_BYTES: usize = 128 * 1024;
/// Parts on their way before the other side has dealt with the first of them.
const PARTS_AHEAD: usize = 4;
/// Requests a peer may have open.
const MAX_FETCHES: usize = 4;

/// What a peer asked for and did not get yet.
#[derive(Debug, Default)]
pub(super) struct Serving {
    answers: VecDeque<Answer>,
    /// Parts the peer has not dealt with yet, as far as it has said.
    ahead: usize,
}

/// What is left of an answer.
#[derive(Debug)]
struct Answer {
    ids: VecDeque<OperationId>,
    large: bool,
}

impl Serving {
    /// Takes up a request.
    pub(super) fn take_up(
        &mut self,
        mut ids: Vec<OperationId>,
        large: bool,
        view: &impl View,
    ) -> Result<(), CloseReason> {
        if ids.len() > FETCH_COUNT || self.answers.len() >= MAX_FETCHES {
            return Err(CloseReason::Protocol);
        }
        // What is not here has no place in the order, and what is here but not for this peer is not told apart from it.
        ids.sort_by_cached_key(|id| (view.signed_at(id), *id));
        self.answers.push_back(Answer { ids: ids.into(), large });
        Ok(())
    }

    /// The peer dealt with a part.
    pub(super) fn went_on(&mut self) {
        self.ahead = self.ahead.saturating_sub(1);
    }

    /// The parts that can be sent now, and how many operations are in them. An empty set of spaces serves nothing.
    pub(super) fn next(&mut self, entitled: &BTreeSet<SpaceId>, view: &impl View) -> (Vec<Message>, u64) {
        let (mut parts, mut sent) = (Vec::new(), 0);
        while self.ahead < PARTS_AHEAD
            && let Some(answer) = self.answers.front_mut()
        {
            let (part, count) = answer.part(entitled, view);
            if answer.ids.is_empty() {
                self.answers.pop_front();
            }
            self.ahead += 1;
            sent += count;
            parts.push(part);
        }
        (parts, sent)
    }
}

impl Answer {
    fn part(&mut self, entitled: &BTreeSet<SpaceId>, view: &impl View) -> (Message, u64) {
        let (mut operations, mut absent, mut later, mut bytes) = (Vec::new(), Vec::new(), Vec::new(), 0);
        while bytes < PART_BYTES
            && operations.len() < PART_OPERATIONS
            && let Some(id) = self.ids.pop_front()
        {
            match view.served(&id, entitled) {
                Some(operation) => {
                    let header = operation.header();
                    let is_large = operation.payload().is_some() && header.payload_length > LARGE_PAYLOAD;
                    if is_large && !self.large && !header.permanent {
                        later.push(id);
                        continue;
                    }
                    let transfer = operation.encode();
                    bytes += transfer.len();
                    operations.push(ByteVec::from(transfer));
                }
                None => absent.push(id),
            }
        }
        let sent = operations.len() as u64;
        (Message::Operations { operations, absent, later, more: !self.ids.is_empty() }, sent)
    }
}
