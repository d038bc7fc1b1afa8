//! A running hash over everything that happened: two runs are the same run when their hashes are equal.

use dorpsplein_protocol::replica::Input;
use dorpsplein_protocol::time::Timestamp;
use sha2::{Digest, Sha256};

use crate::plan::BoxId;

/// The hash so far, and how much it has seen.
#[derive(Clone, Default)]
pub struct Trace {
    hash: Sha256,
    inputs: u64,
}

impl Trace {
    /// Takes in that the box `at` is handed `input` at `now`.
    pub fn note(&mut self, now: Timestamp, at: BoxId, input: &Input) {
        self.inputs += 1;
        self.hash.update(now.as_millis().to_be_bytes());
        self.hash.update(u64::from(at).to_be_bytes());
        let (kind, number, bytes): (u8, u64, &[u8]) = match input {
            Input::Submit { ticket, operation } => (0, ticket.0, operation),
            Input::Introduce { peer, .. } => (1, 0, peer.as_bytes()),
            Input::Opened { session, peer, outbound } => (2 + u8::from(*outbound), session.0, peer.as_bytes()),
            // Its frame was noted as it came.
            Input::Received { session, .. } => (4, session.0, &[]),
            Input::Closed { session } => (5, session.0, &[]),
            Input::Tick => (6, 0, &[]),
            Input::Compare => (7, 0, &[]),
            Input::Import { ticket, .. } => (8, ticket.0, &[]),
            Input::Photo(_) => (9, 0, &[]),
            Input::Scrubbed { dropped } => (10, *dropped, &[]),
        };
        self.hash.update([kind]);
        self.hash.update(number.to_be_bytes());
        self.note_bytes(bytes);
    }

    /// Takes in a frame that reaches a box.
    pub fn note_bytes(&mut self, bytes: &[u8]) {
        self.hash.update((bytes.len() as u64).to_be_bytes());
        self.hash.update(bytes);
    }

    /// How many inputs the boxes were handed.
    pub const fn inputs(&self) -> u64 {
        self.inputs
    }

    /// The hash, 64 hexadecimal digits.
    pub fn hash(&self) -> String {
        hex(&self.hash.clone().finalize())
    }
}

/// Two lowercase hexadecimal digits a byte.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
