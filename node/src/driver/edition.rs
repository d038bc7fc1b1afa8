//! Which edition of what pages show is out: a number for whoever keeps pages that were made already.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A number that grows whenever pages may look different. What was made from one edition may be shown for as long as that
/// edition is out, and says nothing across restarts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Edition(u64);

/// Brings editions out; there is one, the driver's.
#[derive(Debug, Default)]
pub(super) struct EditionWriter(Arc<AtomicU64>);

/// Reads which one is out.
#[derive(Clone, Debug)]
pub(super) struct EditionReader(Arc<AtomicU64>);

impl EditionWriter {
    /// Brings the next one out: after the commit it shows, and before anybody is told of that.
    pub(super) fn publish(&self) {
        self.0.fetch_add(1, Ordering::Release);
    }

    pub(super) fn reader(&self) -> EditionReader {
        EditionReader(Arc::clone(&self.0))
    }
}

impl EditionReader {
    pub(super) fn get(&self) -> Edition {
        Edition(self.0.load(Ordering::Acquire))
    }
}
