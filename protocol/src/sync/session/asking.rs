//! What a session knows it misses: what to ask for next, what is asked for, and what another session is bringing.

use std::collections::{BTreeSet, VecDeque};

use crate::operation::OperationId;
use crate::sync::{Message, View};
use crate::time::Timestamp;

/// The most operations asked for at once: enough for the other side to put them in the order in which they were signed.
pub(super) const FETCH_COUNT: usize = 4096;
/// Requests under way at the same moment, so that the line is not idle between two of them.
const FETCHES: usize = 2;
/// The most operations a session remembers to fetch; what is beyond that is found again by the next comparison.
const WANTED_COUNT: usize = 65_536;
/// With this many operations still to come, a comparison can wait.
const ENOUGH: usize = 2 * FETCH_COUNT;
/// An answer that has not come after this long, in milliseconds, keeps nobody from asking others any more.
pub(crate) const PATIENCE_MS: u64 = 5_000;
/// So much longer an answer may take for each operation that was asked for, in milliseconds: 60 kB a second.
const PATIENCE_EACH_MS: u64 = 10;

/// The operations a session misses.
#[derive(Debug, Default)]
pub(super) struct Asking {
    wanted: VecDeque<OperationId>,
    /// With large payloads: asked for when nothing else is missing.
    later: VecDeque<OperationId>,
    /// Another session asked for these.
    elsewhere: VecDeque<OperationId>,
    /// Not answered yet, the oldest first.
    asked: VecDeque<Request>,
}

/// A request, and what of it did not come yet.
#[derive(Debug)]
struct Request {
    ids: BTreeSet<OperationId>,
    at: Timestamp,
    /// Until then the answer is expected. A fixed time, because a peer could otherwise hold up others for as long as it
    /// likes, one operation at a time.
    until: Timestamp,
}

impl Asking {
    /// Remembers to fetch these.
    pub(super) fn want(&mut self, ids: impl IntoIterator<Item = OperationId>) {
        let room = WANTED_COUNT.saturating_sub(self.wanted.len());
        self.wanted.extend(ids.into_iter().take(room));
    }

    /// Remembers to fetch these when nothing else is missing.
    pub(super) fn want_later(&mut self, ids: impl IntoIterator<Item = OperationId>) {
        let room = WANTED_COUNT.saturating_sub(self.later.len());
        self.later.extend(ids.into_iter().take(room));
    }

    /// What to ask for now. `is_quiet` says that nothing is being compared any more.
    pub(super) fn next(&mut self, is_quiet: bool, view: &impl View) -> Vec<Message> {
        let mut requests = Vec::new();
        while self.asked.len() < FETCHES {
            let mut large = false;
            let mut ids = Self::take(&mut self.wanted, &mut self.elsewhere, &self.asked, view);
            if ids.is_empty() && is_quiet && self.asked.is_empty() {
                large = true;
                ids = Self::take(&mut self.later, &mut self.elsewhere, &self.asked, view);
            }
            if ids.is_empty() {
                break;
            }
            let expected = ids.len() + self.asked.iter().map(|request| request.ids.len()).sum::<usize>();
            let until = view.now().plus_millis(PATIENCE_MS + PATIENCE_EACH_MS * expected as u64);
            self.asked.push_back(Request { ids: ids.iter().copied().collect(), at: view.now(), until });
            requests.push(Message::Fetch { ids, large });
        }
        requests
    }

    /// Takes from a queue what is still missing and nobody else was asked for.
    fn take(
        queue: &mut VecDeque<OperationId>,
        elsewhere: &mut VecDeque<OperationId>,
        asked: &VecDeque<Request>,
        view: &impl View,
    ) -> Vec<OperationId> {
        let (mut ids, mut seen) = (Vec::new(), BTreeSet::new());
        while ids.len() < FETCH_COUNT
            && let Some(id) = queue.pop_front()
        {
            if view.holds(&id) || view.was_let_go(&id) || asked.iter().any(|request| request.ids.contains(&id)) {
                continue;
            }
            if view.is_coming(&id) {
                if elsewhere.len() < WANTED_COUNT {
                    elsewhere.push_back(id);
                }
            } else if seen.insert(id) {
                ids.push(id);
            }
        }
        ids
    }

    /// How many operations of a part of an answer the oldest request does not ask for: answers come in the order of the
    /// requests, and bring each operation once. A part of an answer to nothing counts as one at least.
    pub(super) fn unexpected(&self, brought: impl ExactSizeIterator<Item = OperationId>) -> usize {
        match self.asked.front() {
            Some(oldest) => brought.filter(|id| !oldest.ids.contains(id)).count(),
            None => brought.len().max(1),
        }
    }

    /// A part of the answer to the oldest request came. What the whole answer passed over is asked for again, unless its
    /// last part brought nothing at all.
    pub(super) fn answered(
        &mut self,
        brought: impl Iterator<Item = OperationId>,
        absent: &[OperationId],
        later: Vec<OperationId>,
        more: bool,
    ) {
        let Some(Request { ids: oldest, .. }) = self.asked.front_mut() else { return };
        let before = oldest.len();
        for id in brought {
            oldest.remove(&id);
        }
        let brought = before != oldest.len();
        for id in absent.iter().chain(&later) {
            oldest.remove(id);
        }
        self.want_later(later);
        if !more
            && let Some(answered) = self.asked.pop_front()
            && brought
        {
            self.want(answered.ids);
        }
    }

    /// Whether others can leave it to this session to bring an operation.
    pub(super) fn awaits(&self, id: &OperationId, now: Timestamp) -> bool {
        self.asked.iter().any(|request| request.is_expected(now) && request.ids.contains(id))
    }

    /// Whether something was asked for that can still be expected.
    pub(super) fn is_awaiting(&self, now: Timestamp) -> bool {
        self.asked.iter().any(|request| request.is_expected(now))
    }

    /// Whether there is something that another session was asked for.
    pub(super) fn is_held_up(&self) -> bool {
        !self.elsewhere.is_empty()
    }

    /// Nobody else brings anything any more.
    pub(super) fn resume(&mut self) {
        let elsewhere = std::mem::take(&mut self.elsewhere);
        self.want(elsewhere);
    }

    /// Whether there is so much to fetch that nothing more need be looked for.
    pub(super) fn has_enough(&self) -> bool {
        self.wanted.len() >= ENOUGH
    }

    /// Whether nothing is missing that this session could bring.
    pub(super) fn is_idle(&self) -> bool {
        self.count() == 0
    }

    /// How many operations are known to be missing.
    pub(super) fn count(&self) -> usize {
        let asked: usize = self.asked.iter().map(|request| request.ids.len()).sum();
        self.wanted.len() + self.later.len() + self.elsewhere.len() + asked
    }
}

impl Request {
    /// Whether the answer can still be expected. With a clock that was set back nobody can tell.
    fn is_expected(&self, now: Timestamp) -> bool {
        (self.at..self.until).contains(&now)
    }
}
