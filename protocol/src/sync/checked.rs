//! A frame whose form was looked at and whose signatures were checked, before a replica sees it.

use super::message::MessageError;
use super::{CloseReason, Message};
use crate::identity::Keyring;
use crate::operation::{Signed, SignedError, Verified};

/// The most operations one frame may carry, which bounds what checking it costs.
pub const FRAME_OPERATIONS: usize = 256;

/// A frame that was read and checked.
///
/// Checking is a function of the bytes alone and most of the work of taking operations in, so a shell does it where it
/// likes: on another thread, or on the spot. A frame that is no message is kept with what is wrong with it, and ends its
/// session when the replica gets to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Without the operations it carried.
    pub(super) message: Result<Message, CloseReason>,
    /// What it carried, but for what is of a version this box cannot read, and what nobody signed.
    pub(super) operations: Vec<Verified>,
    /// How many it carried.
    pub(super) carried: u64,
}

impl Checked {
    /// Reads a frame and checks every signature in it.
    pub fn new(frame: &[u8]) -> Self {
        match Self::read(frame) {
            Ok(checked) => checked,
            Err(reason) => Self { message: Err(reason), operations: Vec::new(), carried: 0 },
        }
    }

    /// What a frame of a bundle carries, and how many operations stood in it.
    pub(crate) fn carried(self) -> Result<(Vec<Verified>, u64), CloseReason> {
        match self.message? {
            Message::Operations { .. } => Ok((self.operations, self.carried)),
            _ => Err(CloseReason::Protocol),
        }
    }

    fn read(frame: &[u8]) -> Result<Self, CloseReason> {
        let mut message = Message::decode(frame).map_err(CloseReason::Message)?;
        let carried = match &mut message {
            Message::Operations { operations, .. } => std::mem::take(operations).into_iter().map(Vec::from).collect(),
            Message::Push { operation } => vec![std::mem::take(operation)],
            _ => Vec::new(),
        };
        if carried.len() > FRAME_OPERATIONS {
            return Err(MessageError::TooMany.into());
        }
        let (mut operations, mut keys) = (Vec::with_capacity(carried.len()), Keyring::default());
        for transfer in &carried {
            match Signed::decode(transfer) {
                // Who keeps an operation has checked its signature, so an honest box never sends one without.
                Ok(signed) => operations.extend(signed.verify_with(&mut keys).ok()),
                // A newer box may hold what this one cannot read yet.
                Err(SignedError::Version(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Self { message: Ok(message), operations, carried: carried.len() as u64 })
    }
}
