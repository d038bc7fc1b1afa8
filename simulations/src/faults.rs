//! Deliberate mistakes: a checker that never fails checks nothing.

use dorpsplein_protocol::operation::{OperationId, Signed, Space};
use dorpsplein_protocol::sync::Message;

/// A mistake that is made from the start of a run to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A box throws away the first operation shared with neighbours that reaches it, every time it comes.
    DropsOneForEver {
        /// Which box.
        at: usize,
    },
    /// Every box pushes what is for its own square only to every session it has.
    TellsEverybody,
}

/// A fault and what it remembers.
#[derive(Clone, Copy, Debug)]
pub struct Planted {
    fault: Fault,
    dropped: Option<OperationId>,
}

impl Planted {
    /// Plants a fault.
    pub const fn new(fault: Fault) -> Self {
        Self { fault, dropped: None }
    }

    /// What the box hears when `frame` arrives.
    pub fn heard(&mut self, at: usize, frame: Vec<u8>) -> Vec<u8> {
        if self.fault != (Fault::DropsOneForEver { at }) {
            return frame;
        }
        let mut drops = |bytes: &[u8]| {
            let Ok(operation) = Signed::decode(bytes) else { return false };
            let eligible = operation.header().space == Space::Neighbours && operation.header().item.is_none();
            if eligible && self.dropped.is_none() {
                self.dropped = Some(operation.id());
            }
            self.dropped == Some(operation.id())
        };
        match Message::decode(&frame) {
            Ok(Message::Push { operation }) if drops(&operation) => Message::Have { ids: Vec::new() }.encode(),
            Ok(Message::Operations { mut operations, absent }) => {
                operations.retain(|operation| !drops(operation));
                Message::Operations { operations, absent }.encode()
            }
            _ => frame,
        }
    }

    /// Whether a box pushes an operation that it accepted to whoever is there.
    pub fn blurts_out(&self, operation: &Signed) -> bool {
        self.fault == Fault::TellsEverybody && operation.header().space == Space::Square
    }
}
