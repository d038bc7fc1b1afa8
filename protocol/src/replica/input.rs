//! What a shell tells the replica.

use super::PhotoInput;
use crate::identity::PublicKey;
use crate::operation::NeighbourhoodId;
use crate::sync::Checked;

/// Names a request until its [`Effect::Answer`](super::Effect::Answer); the shell chooses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// Names a session with one peer; the shell chooses it and never uses one twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub u64);

/// Something that happened outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A form, the API or a command hands in an operation and wants an answer.
    Submit {
        /// Names the request.
        ticket: Ticket,
        /// The operation in transfer form.
        operation: Vec<u8>,
    },
    /// A connector accepted an offer that names this box: it speaks for that neighbourhood until its register says so.
    Introduce {
        /// The box's key.
        peer: PublicKey,
        /// The neighbourhood it speaks for.
        neighbourhood: NeighbourhoodId,
    },
    /// A stream to a box is open; the transport has proved the key.
    Opened {
        /// Names the session.
        session: SessionId,
        /// The box's key.
        peer: PublicKey,
        /// Whether this side opened it, and so leads the reconciliation.
        outbound: bool,
    },
    /// A frame came in, and was [checked](Checked::new) on its way here.
    Received {
        /// On which session.
        session: SessionId,
        /// What was in it.
        frame: Checked,
    },
    /// The stream is gone.
    Closed {
        /// Which session.
        session: SessionId,
    },
    /// Something about the files of photos.
    Photo(PhotoInput),
    /// Time has passed: what waited for its time is looked at again, sessions compare notes. The shell sends it at the
    /// times of [`Effect::WakeAt`](super::Effect::WakeAt).
    Tick,
    /// Somebody wants every session to compare notes now.
    Compare,
    /// The store was [scrubbed](crate::store::Store::scrub) of so many payloads that were dropped: what the shell was told
    /// is [owed](super::Replica::owes_scrub) when it began.
    Scrubbed {
        /// How many.
        dropped: u64,
    },
    /// A frame of a [bundle](crate::bundle) that somebody brought by hand wants an answer. It enters through the same door as
    /// what a peer brings, and may bring what another box of the home neighbourhood may.
    Import {
        /// Names the request.
        ticket: Ticket,
        /// What was in the frame.
        frame: Checked,
    },
}
