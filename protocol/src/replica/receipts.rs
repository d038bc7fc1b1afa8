//! Receipts: which neighbours hold an erasure. A box that is in step holds all we hold, and an honest one applies an
//! erasure in the transaction that stores it.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::{Replica, Round, SessionId};
use crate::projection::{ErasedHere, receipt_key, receipt_prefix, split_receipt};
use crate::store::{Direction, Read, StoreError, Table};
use crate::sync::SpaceId;
use crate::time::Timestamp;

/// When erasures took effect here and when peers were found in step, as far as a new entry depends on it.
///
/// The times of this box's clock are moved on so far that an erasure is always later than every time in step noted before
/// it: a clock that jumps back gives no receipt for what came after.
#[derive(Debug, Default)]
pub(super) struct Receipts {
    /// The last erasure of each space.
    erased: BTreeMap<SpaceId, Timestamp>,
    /// The latest time in step of all.
    noted: Timestamp,
}

impl Receipts {
    /// An erasure takes effect; returns the time to remember it by.
    pub(super) fn erased(&mut self, space: SpaceId, now: Timestamp) -> Timestamp {
        let at = now.max(self.noted.plus_millis(1));
        let last = self.erased.entry(space).or_default();
        *last = at.max(*last);
        *last
    }

    /// Whether nothing was erased here since the box began.
    pub(super) fn is_empty(&self) -> bool {
        self.erased.is_empty()
    }

    /// What the tables say, when a replica is opened.
    pub(super) fn load(read: &impl Read) -> Result<Self, StoreError> {
        let mut receipts = Self::default();
        let mut damaged = None;
        read.scan_prefix(
            Table::Erasures,
            &[],
            Direction::Ascending,
            &mut |_, value| match ErasedHere::decode(value) {
                Ok(gone) => {
                    for ErasedHere { space, at, .. } in gone {
                        let last = receipts.erased.entry(space).or_default();
                        *last = at.max(*last);
                    }
                    ControlFlow::Continue(())
                }
                Err(error) => {
                    damaged = Some(error);
                    ControlFlow::Break(())
                }
            },
        )?;
        let noted = &mut receipts.noted;
        read.scan_prefix(Table::Receipts, &[], Direction::Ascending, &mut |key, _| {
            let tail = key.len().checked_sub(40).and_then(|at| split_receipt(&key[at..]));
            *noted = tail.map_or(*noted, |(_, at)| at.max(*noted));
            ControlFlow::Continue(())
        })?;
        damaged.map_or(Ok(receipts), Err)
    }
}

impl<R: Read> Replica<R> {
    /// A certified peer holds the same as this box in these spaces. Written only when something was erased there since the
    /// last time.
    pub(super) fn note_in_step(
        &mut self,
        session: SessionId,
        spaces: &[SpaceId],
        round: &Round,
    ) -> Result<(), StoreError> {
        let status = self.sessions.get(&session).map(|session| session.status().clone());
        let certified = status.filter(|status| self.is_certified(status, round.now));
        let Some(peer) = certified.and_then(|status| status.neighbourhood) else { return Ok(()) };
        for space in spaces {
            let Some(erased) = self.receipts.erased.get(space).copied() else { continue };
            let mut last = None;
            let prefix = receipt_prefix(space, &peer);
            self.store.scan_prefix(Table::Receipts, &prefix, Direction::Descending, &mut |key, _| {
                last = split_receipt(&key[prefix.len() - 32..]);
                ControlFlow::Break(())
            })?;
            if last.is_none_or(|(_, last)| last < erased) {
                let at = round.now.max(erased);
                self.receipts.noted = at.max(self.receipts.noted);
                self.store.put(Table::Receipts, receipt_key(space, &peer, at), []);
            }
        }
        Ok(())
    }
}
