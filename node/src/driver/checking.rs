//! Frames on their way to the replica: read and checked on other threads, of each session one at a time, so that sessions
//! take turns however much one of them sends.
//!
//! What a session sends stays in order, and so does its end.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::thread;

use dorpsplein_protocol::replica::SessionId;
use dorpsplein_protocol::sync::Checked;
use tokio::runtime::Handle;
use tokio::task::{JoinError, JoinSet};

/// Frames that wait may take this many bytes together, and one frame more; then the network has to wait.
pub(super) const WAITING_BYTES: usize = 4 * 1024 * 1024;
/// The most threads that check at the same time, on machines that have more.
const MAX_THREADS: usize = 4;

/// Frames that wait to be checked, and those that are being checked.
///
/// Whoever hands a frame in gives a token with it, and gets it back with the frame.
pub(super) struct Checking<T> {
    runtime: Handle,
    lines: BTreeMap<SessionId, VecDeque<Waiting<T>>>,
    /// Sessions with something that waits and nothing under way; the first has waited longest.
    turns: VecDeque<SessionId>,
    under_way: JoinSet<Done<T>>,
    /// The sessions of which a frame is being checked that is still wanted.
    busy: BTreeSet<SessionId>,
    /// What is checked and was not handed out yet, and ends of sessions that have nothing left in their lines.
    ready: VecDeque<Done<T>>,
    /// Of whom something was handed out last.
    last: Option<SessionId>,
    bytes: usize,
    threads: usize,
}

/// What waits in a session's line.
enum Waiting<T> {
    Frame(Vec<u8>, T),
    Closed,
}

/// What comes out of a session's line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Done<T> {
    /// A frame is checked.
    Frame {
        /// Its session.
        session: SessionId,
        /// What was in it.
        frame: Checked,
        /// How long it was.
        bytes: usize,
        /// What was handed in with it.
        token: T,
    },
    /// The session is over, and all it sent was handed out before.
    Closed(SessionId),
}

impl<T: Send + 'static> Checking<T> {
    /// Checks on threads of `runtime`.
    pub(super) fn new(runtime: Handle) -> Self {
        let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get).min(MAX_THREADS);
        Self {
            runtime,
            lines: BTreeMap::new(),
            turns: VecDeque::new(),
            under_way: JoinSet::new(),
            busy: BTreeSet::new(),
            ready: VecDeque::new(),
            last: None,
            bytes: 0,
            threads,
        }
    }

    /// Whether there is room for another frame.
    pub(super) const fn has_room(&self) -> bool {
        self.bytes < WAITING_BYTES
    }

    /// A frame came in.
    pub(super) fn frame(&mut self, session: SessionId, frame: Vec<u8>, token: T) {
        self.bytes += frame.len();
        self.line_up(session, Waiting::Frame(frame, token));
    }

    /// A session is over.
    pub(super) fn closed(&mut self, session: SessionId) {
        self.line_up(session, Waiting::Closed);
    }

    /// Forgets what a session sent, because nobody wants it any more.
    pub(super) fn forget(&mut self, session: SessionId) {
        let line = self.lines.remove(&session).unwrap_or_default();
        self.bytes -= line.iter().map(Waiting::bytes).sum::<usize>();
        self.turns.retain(|waiting| *waiting != session);
        self.ready.retain(|done| done.session() != session);
        self.busy.remove(&session);
    }

    /// The next frame that is checked; waits for one.
    pub(super) async fn next(&mut self) -> Done<T> {
        loop {
            if let Some(done) = self.try_next() {
                return done;
            }
            match self.under_way.join_next().await {
                Some(joined) => self.finished(joined),
                // Nothing under way, so nothing waits either: until something else happens.
                None => std::future::pending().await,
            }
        }
    }

    /// The next frame that is checked, if there is one already: rather of another session than the last one.
    pub(super) fn try_next(&mut self) -> Option<Done<T>> {
        while let Some(joined) = self.under_way.try_join_next() {
            self.finished(joined);
        }
        let other = self.ready.iter().position(|done| Some(done.session()) != self.last);
        let done = self.ready.remove(other.unwrap_or_default())?;
        self.last = Some(done.session());
        Some(done)
    }

    fn finished(&mut self, joined: Result<Done<T>, JoinError>) {
        let done = match joined.map_err(JoinError::try_into_panic) {
            Ok(done) => done,
            // A session would wait for its answer for ever.
            Err(Ok(panic)) => resume_unwind(panic),
            // The runtime is being taken down.
            Err(Err(_)) => return,
        };
        let session = done.session();
        if self.busy.remove(&session) {
            self.ready.push_back(done);
        }
        if self.lines.contains_key(&session) {
            self.turns.push_back(session);
        }
        self.start();
    }

    fn line_up(&mut self, session: SessionId, waiting: Waiting<T>) {
        let line = self.lines.entry(session).or_default();
        line.push_back(waiting);
        if line.len() == 1 && !self.busy.contains(&session) {
            self.turns.push_back(session);
            self.start();
        }
    }

    /// Lets the sessions whose turn it is go ahead, as far as there are threads.
    fn start(&mut self) {
        while self.under_way.len() < self.threads
            && let Some(session) = self.turns.pop_front()
        {
            let Some(line) = self.lines.get_mut(&session) else { continue };
            let Some(waiting) = line.pop_front() else { continue };
            if line.is_empty() {
                self.lines.remove(&session);
            }
            self.bytes -= waiting.bytes();
            match waiting {
                Waiting::Frame(frame, token) => {
                    self.busy.insert(session);
                    let check = move || {
                        let (checked, bytes) = (Checked::new(&frame), frame.len());
                        Done::Frame { session, frame: checked, bytes, token }
                    };
                    self.under_way.spawn_blocking_on(check, &self.runtime);
                }
                Waiting::Closed => self.ready.push_back(Done::Closed(session)),
            }
        }
    }
}

impl<T> Done<T> {
    const fn session(&self) -> SessionId {
        let (Self::Frame { session, .. } | Self::Closed(session)) = self;
        *session
    }
}

impl<T> Waiting<T> {
    fn bytes(&self) -> usize {
        match self {
            Self::Frame(frame, _) => frame.len(),
            Self::Closed => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::time::Duration;

    use dorpsplein_protocol::operation::NeighbourhoodId;
    use dorpsplein_protocol::sync::{Message, SESSION_VERSION};

    use super::*;

    fn hello(number: u8) -> Vec<u8> {
        let neighbourhood = NeighbourhoodId::from_bytes([number; 32]);
        Message::Hello { version: SESSION_VERSION, neighbourhood }.encode()
    }

    fn checked(session: SessionId, number: u8) -> Done<()> {
        let (frame, bytes) = (Checked::new(&hello(number)), hello(number).len());
        Done::Frame { session, frame, bytes, token: () }
    }

    async fn drain(checking: &mut Checking<()>) -> Vec<Done<()>> {
        let mut done = Vec::new();
        while let Ok(next) = tokio::time::timeout(Duration::from_millis(200), checking.next()).await {
            done.push(next);
        }
        done
    }

    #[tokio::test]
    async fn each_session_stays_in_order_and_its_end_comes_last() {
        let mut checking = Checking::new(Handle::current());
        let sessions = [SessionId(1), SessionId(2), SessionId(3)];
        for number in 0..20 {
            sessions.iter().for_each(|session| checking.frame(*session, hello(number), ()));
        }
        sessions.iter().for_each(|session| checking.closed(*session));
        let done = drain(&mut checking).await;
        for session in sessions {
            let of =
                |done: &&Done<()>| matches!(done, Done::Frame { session: id, .. } | Done::Closed(id) if *id == session);
            let mut expected: Vec<Done<()>> = (0..20).map(|number| checked(session, number)).collect();
            expected.push(Done::Closed(session));
            assert!(done.iter().filter(of).eq(&expected));
        }
        assert_eq!(checking.bytes, 0);
    }

    #[tokio::test]
    async fn one_session_that_sends_much_delays_another_by_one_frame() {
        let mut checking = Checking { threads: 1, ..Checking::new(Handle::current()) };
        for _ in 0..50 {
            checking.frame(SessionId(1), hello(1), ());
        }
        checking.frame(SessionId(2), hello(2), ());
        let first: Vec<Done<()>> = vec![checking.next().await, checking.next().await];
        assert!(first.contains(&checked(SessionId(2), 2)), "{first:?}");
    }

    #[tokio::test]
    async fn of_what_is_ready_another_session_comes_before_the_one_that_had_the_last_turn() {
        let mut checking = Checking { threads: 4, ..Checking::new(Handle::current()) };
        for number in 0..3 {
            checking.ready.push_back(checked(SessionId(1), number));
        }
        checking.ready.push_back(checked(SessionId(2), 9));
        let order: Vec<Done<()>> = std::iter::from_fn(|| checking.try_next()).collect();
        let of = |session, number| checked(SessionId(session), number);
        assert_eq!(order, [of(1, 0), of(2, 9), of(1, 1), of(1, 2)]);
    }

    #[tokio::test]
    async fn what_waits_is_bounded_and_can_be_forgotten() {
        let mut checking = Checking { threads: 0, ..Checking::new(Handle::current()) };
        while checking.has_room() {
            checking.frame(SessionId(1), vec![0; 1024 * 1024], ());
        }
        assert_eq!(checking.bytes, WAITING_BYTES);
        checking.forget(SessionId(1));
        assert!(checking.has_room());
        assert!(checking.lines.is_empty() && checking.turns.is_empty());
    }

    #[tokio::test]
    async fn what_is_under_way_when_it_is_forgotten_is_not_handed_out() {
        let mut checking = Checking::new(Handle::current());
        checking.frame(SessionId(1), hello(1), ());
        checking.forget(SessionId(1));
        assert_eq!(drain(&mut checking).await, []);
    }
}
