//! What somebody brings by hand, on a stick: the same door as for what a peer brings, and an answer that says what became of
//! each operation.

use super::ingest::Received;
use super::{Imported, Replica, Round};
use crate::store::{Read, StoreError};
use crate::sync::{Checked, CloseReason, brought_by_hand, may_bring};

impl<R: Read> Replica<R> {
    /// Takes in a frame of a bundle, in the order in which its authors say it came about.
    pub(super) fn import(
        &mut self,
        frame: Checked,
        round: &mut Round,
    ) -> Result<Result<Imported, CloseReason>, StoreError> {
        let (mut operations, carried) = match frame.carried() {
            Ok(carried) => carried,
            Err(reason) => return Ok(Err(reason)),
        };
        operations.sort_by_key(|operation| {
            let header = operation.operation().header();
            (header.time, header.sequence)
        });
        let mut imported = Imported { unreadable: carried - operations.len() as u64, ..Imported::default() };
        for operation in operations {
            // What came in a moment ago may have opened the way for what comes now.
            let may_come = brought_by_hand(&self.registers, self.trees.keys());
            let count = if may_bring(operation.operation(), &may_come) {
                match self.receive_operation(operation, None, round)? {
                    Received::Stored => &mut imported.taken,
                    Received::Known => &mut imported.known,
                    Received::Waiting => &mut imported.waiting,
                    Received::Dropped => &mut imported.refused,
                }
            } else {
                &mut imported.elsewhere
            };
            *count += 1;
        }
        Ok(Ok(imported))
    }
}
