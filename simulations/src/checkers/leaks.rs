//! No byte of an operation reaches a neighbourhood that is not entitled to its space.
//!
//! Every operation has fingerprints of 32 bytes that occur nowhere else: its payload's hash, which stands in its signed
//! header, and a mark that its author wrote into the text. Each frame is searched for them at every position, whatever the
//! frame claims to be. Ids are looked for where boxes name what they hold; elsewhere they may stand rightly, because a
//! device's next operation names the one before it.

use std::collections::BTreeMap;

use dorpsplein_protocol::operation::{Signed, Space};
use dorpsplein_protocol::sync::{Message, SpaceId};

use super::Failure;
use crate::world::Village;

/// The name of this checker.
const NAME: &str = "leaks";
/// More findings than these say nothing new.
const MAX_FINDINGS: usize = 20;

type Fingerprint = [u8; 32];

/// The fingerprints of everything that was written, and what was found where it should not be.
#[derive(Default)]
pub struct Leaks {
    contents: Index,
    ids: Index,
    found: Vec<Failure>,
}

impl Leaks {
    /// Watches over an operation from here on. `mark` is 32 bytes of its text that occur nowhere else, if it has such.
    pub fn guard(&mut self, operation: &Signed, mark: Option<Fingerprint>) {
        let header = operation.header();
        let space = SpaceId { neighbourhood: header.neighbourhood(), space: header.space };
        self.contents.insert(header.payload_hash, space);
        self.ids.insert(*operation.id().as_bytes(), space);
        if let Some(mark) = mark {
            self.contents.insert(mark, space);
        }
    }

    /// Looks at a frame from one village to another; `ends` are sender and receiver.
    pub fn inspect(&mut self, frame: &[u8], villages: &[Village], ends: [usize; 2]) {
        if self.found.len() >= MAX_FINDINGS {
            return;
        }
        let names_ids = matches!(Message::decode(frame), Ok(Message::Have { .. } | Message::Reconcile { .. }));
        let ids = names_ids.then_some(&self.ids);
        for (index, what) in [(Some(&self.contents), "content"), (ids, "the id")] {
            let Some(index) = index else { continue };
            for space in index.occurrences(frame) {
                if !is_entitled(villages, ends[1], &space) {
                    let [from, to] = ends;
                    let found = format!("{what} of {:?} reached village {to} from {from}", space.space);
                    self.found.push(Failure { checker: NAME, found });
                }
            }
        }
    }

    /// What was found, at most a few.
    pub fn findings(&self) -> &[Failure] {
        &self.found
    }
}

/// Whether a village may see a space, as its agreements say and not as any box believes.
fn is_entitled(villages: &[Village], village: usize, space: &SpaceId) -> bool {
    let Some(owner) = villages.iter().position(|other| other.id == space.neighbourhood) else { return false };
    match space.space {
        _ if owner == village => true,
        Space::Register | Space::Neighbours => villages[owner].neighbours.contains(&village),
        Space::Members | Space::Square | Space::Circle(_) => false,
    }
}

/// Fingerprints, found in bytes at any position; the first two bytes decide most positions.
struct Index {
    spaces: BTreeMap<Fingerprint, SpaceId>,
    starts: Vec<bool>,
}

impl Default for Index {
    fn default() -> Self {
        Self { spaces: BTreeMap::new(), starts: vec![false; 1 << 16] }
    }
}

impl Index {
    fn insert(&mut self, fingerprint: Fingerprint, space: SpaceId) {
        self.starts[start(&fingerprint)] = true;
        self.spaces.insert(fingerprint, space);
    }

    fn occurrences(&self, bytes: &[u8]) -> Vec<SpaceId> {
        let windows = bytes.windows(32).filter(|window| self.starts[start(window)]);
        windows.filter_map(|window| self.spaces.get(window)).copied().collect()
    }
}

fn start(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}
