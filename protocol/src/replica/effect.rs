//! What the replica asks of a shell.

use super::{PhotoEffect, Refusal, SessionId, Ticket};
use crate::operation::{ItemId, OperationId};
use crate::store::Batch;
use crate::sync::CloseReason;
use crate::time::Timestamp;

/// What one input led to. The shell first commits `batch`, and carries out `after` only when that is durable; it may
/// join the batches of several inputs into one commit.
#[derive(Debug, Default)]
#[must_use = "effects that are not carried out are lost"]
pub struct Effects {
    /// To be made durable first.
    pub batch: Batch,
    /// To be carried out then, in order.
    pub after: Vec<Effect>,
}

/// One thing to do outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The answer to a submission.
    Answer {
        /// Which one.
        ticket: Ticket,
        /// What became of it.
        result: Result<Accepted, Refusal>,
    },
    /// The answer to an import.
    Imported {
        /// Which one.
        ticket: Ticket,
        /// What became of the operations in the frame; or that it was no frame of a bundle, and nothing was taken in.
        result: Result<Imported, CloseReason>,
    },
    /// Send a frame.
    Send {
        /// On which session.
        session: SessionId,
        /// The frame, at most [`MAX_FRAME`](crate::sync::MAX_FRAME) bytes.
        frame: Vec<u8>,
    },
    /// Close a session.
    Close {
        /// Which one.
        session: SessionId,
        /// Why, for the log and the connectors.
        reason: CloseReason,
    },
    /// These items look different now: for open pages and the search index.
    Changed {
        /// Which ones.
        items: Vec<ItemId>,
    },
    /// Something to do with the files of photos.
    Photo(PhotoEffect),
    /// Send [`Input::Tick`](super::Input::Tick) at this time, or soon after; replaces an earlier one.
    WakeAt {
        /// When.
        time: Timestamp,
    },
}

/// What became of the operations in one frame of a bundle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// They were not here, and count.
    pub taken: u64,
    /// They were here already.
    pub known: u64,
    /// They are kept until something comes that they build on.
    pub waiting: u64,
    /// They are of a neighbourhood or a space that this box has nothing to do with.
    pub elsewhere: u64,
    /// They are worth nothing here, or there is no room for what nobody permits.
    pub refused: u64,
    /// Nobody signed them, or they are of a version this box cannot read.
    pub unreadable: u64,
}

/// An operation that is stored and permitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The operation.
    pub operation: OperationId,
    /// The item it is about; in the register, the operation itself.
    pub item: ItemId,
    /// Whether it was there already, so that handing it in twice is harmless.
    pub known: bool,
}
