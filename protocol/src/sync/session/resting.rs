//! What a session that has nothing else to do lets the exchange of photos know.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Session;
use crate::sync::{SpaceId, View};

impl Session {
    /// Whether nothing is left to do but photos: both sides are in step, or a comparison found again what cannot be settled.
    pub(crate) fn rests(&self) -> bool {
        self.is_idle() && (self.status.in_step || self.status.comparisons > 1)
    }

    /// The spaces this peer may see.
    pub(crate) fn reach(&mut self, view: &impl View) -> Arc<BTreeSet<SpaceId>> {
        let sight = self.sight(view);
        if sight.believed { sight.entitled } else { Arc::default() }
    }
}
