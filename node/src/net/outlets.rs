//! The sending side of every open session, shared by the driver and the swarm task.
//!
//! Sending never waits: a frame fits the queue of its session, or the session is over. That keeps
//! the driver from waiting for a peer, and memory from growing with one.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::sync::{mpsc, oneshot};

use super::{CloseReason, MAX_FRAME_BYTES, SEND_QUEUE_BYTES, SEND_QUEUE_FRAMES, SendError, SessionId};

/// Where frames for open sessions go in.
#[derive(Clone, Default)]
pub(super) struct Outlets(Arc<Mutex<HashMap<SessionId, Outlet>>>);

struct Outlet {
    frames: mpsc::Sender<Vec<u8>>,
    queued: Arc<AtomicUsize>,
    close: oneshot::Sender<CloseReason>,
}

/// Where they come out: held by the task of the session.
pub(super) struct Inlet {
    /// Ends when the session is to be closed; what is still in it may be sent.
    pub(super) frames: mpsc::Receiver<Vec<u8>>,
    /// Counts the bytes of the frames above that are not yet sent.
    pub(super) queued: Arc<AtomicUsize>,
    /// Why the session is to be closed. Always sent before `frames` ends.
    pub(super) close: oneshot::Receiver<CloseReason>,
}

impl Outlets {
    /// Makes room for a session. Its frames can be queued from now on.
    pub(super) fn open(&self, session: SessionId) -> Inlet {
        let (frames, outgoing) = mpsc::channel(SEND_QUEUE_FRAMES);
        let (close, closed) = oneshot::channel();
        let queued = Arc::new(AtomicUsize::new(0));
        self.lock().insert(session, Outlet { frames, queued: queued.clone(), close });
        Inlet { frames: outgoing, queued, close: closed }
    }

    /// Queues a frame, or closes the session if it does not fit.
    pub(super) fn send(&self, session: SessionId, bytes: Vec<u8>) -> Result<(), SendError> {
        let length = bytes.len();
        if length == 0 || length > MAX_FRAME_BYTES {
            return Err(SendError::BadLength { length });
        }
        let mut outlets = self.lock();
        let outlet = outlets.get(&session).ok_or(SendError::Closed)?;
        let queued = outlet.queued.fetch_add(length, Ordering::Relaxed) + length;
        if queued <= SEND_QUEUE_BYTES {
            match outlet.frames.try_send(bytes) {
                Ok(()) => return Ok(()),
                Err(mpsc::error::TrySendError::Closed(_)) => return Err(SendError::Closed),
                Err(mpsc::error::TrySendError::Full(_)) => {}
            }
        }
        close(&mut outlets, session, CloseReason::SlowReader);
        Err(SendError::SlowReader)
    }

    /// Tells the session to end. Does nothing if it has ended already or was told to.
    pub(super) fn close(&self, session: SessionId, reason: CloseReason) {
        close(&mut self.lock(), session, reason);
    }

    /// Tells every session to end.
    pub(super) fn close_all(&self, reason: CloseReason) {
        for (_, outlet) in self.lock().drain() {
            outlet.end(reason);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SessionId, Outlet>> {
        // No code that runs under the lock can leave the table half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn close(outlets: &mut HashMap<SessionId, Outlet>, session: SessionId, reason: CloseReason) {
    if let Some(outlet) = outlets.remove(&session) {
        outlet.end(reason);
    }
}

impl Outlet {
    fn end(self, reason: CloseReason) {
        // Fails only when the session has ended by itself, with a reason of its own.
        let _ = self.close.send(reason);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SESSION: SessionId = SessionId(7);

    #[test]
    fn a_frame_that_fits_comes_out_as_it_went_in() {
        let outlets = Outlets::default();
        let mut inlet = outlets.open(SESSION);
        outlets.send(SESSION, vec![1, 2, 3]).unwrap();
        assert_eq!(inlet.frames.try_recv().unwrap(), [1, 2, 3]);
        assert_eq!(inlet.queued.load(Ordering::Relaxed), 3, "counted until it is sent");
    }

    #[test]
    fn frames_of_an_impossible_length_are_refused_and_the_session_stays() {
        let outlets = Outlets::default();
        let mut inlet = outlets.open(SESSION);
        for length in [0, MAX_FRAME_BYTES + 1] {
            let refused = outlets.send(SESSION, vec![0; length]);
            assert_eq!(refused, Err(SendError::BadLength { length }));
        }
        outlets.send(SESSION, vec![0; MAX_FRAME_BYTES]).unwrap();
        assert!(inlet.close.try_recv().is_err());
    }

    #[test]
    fn too_many_bytes_close_the_session_as_a_slow_reader() {
        let outlets = Outlets::default();
        let mut inlet = outlets.open(SESSION);
        for _ in 0..SEND_QUEUE_BYTES / MAX_FRAME_BYTES {
            outlets.send(SESSION, vec![0; MAX_FRAME_BYTES]).unwrap();
        }
        assert_eq!(outlets.send(SESSION, vec![0]), Err(SendError::SlowReader));
        assert_eq!(inlet.close.try_recv().unwrap(), CloseReason::SlowReader);
        assert_eq!(outlets.send(SESSION, vec![0]), Err(SendError::Closed));
    }

    #[test]
    fn too_many_frames_close_the_session_as_a_slow_reader() {
        let outlets = Outlets::default();
        let mut inlet = outlets.open(SESSION);
        for _ in 0..SEND_QUEUE_FRAMES {
            outlets.send(SESSION, vec![0]).unwrap();
        }
        assert_eq!(outlets.send(SESSION, vec![0]), Err(SendError::SlowReader));
        assert_eq!(inlet.close.try_recv().unwrap(), CloseReason::SlowReader);
    }

    #[test]
    fn closing_tells_the_reason_once_and_ends_the_queue() {
        let outlets = Outlets::default();
        let mut inlet = outlets.open(SESSION);
        outlets.close(SESSION, CloseReason::Replaced);
        outlets.close(SESSION, CloseReason::Asked);
        assert_eq!(inlet.close.try_recv().unwrap(), CloseReason::Replaced);
        assert_eq!(inlet.frames.try_recv(), Err(mpsc::error::TryRecvError::Disconnected));
    }
}
