//! Frames on their way, read before they arrive: checking a frame is a function of its bytes alone and half the work of a
//! large world, so a second thread does it while the first goes on. What happens, and in which order, is the same without.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use dorpsplein_protocol::sync::Checked;

/// Shorter frames carry no operation: a signature alone has 64 bytes, and each of the two keys or hashes beside it 32.
const WORTH_IT: usize = 200;

/// A frame on its way.
pub(super) struct Letter {
    bytes: Vec<u8>,
    state: Mutex<State>,
}

enum State {
    Unread,
    Read(Checked),
    HandedOver,
}

/// The second thread; none where one is enough.
#[derive(Default)]
pub(super) struct Reader(Option<Running>);

struct Running {
    letters: Sender<Arc<Letter>>,
    thread: JoinHandle<()>,
}

impl Letter {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What is in it, read now unless that was done. One that arrives twice is read twice.
    pub(super) fn read(&self) -> Checked {
        // Whoever panicked while reading left it unread, and so it panics here as well, where it is noticed.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match std::mem::replace(&mut *state, State::HandedOver) {
            State::Read(checked) => checked,
            State::Unread | State::HandedOver => Checked::new(&self.bytes),
        }
    }

    fn read_ahead(&self) {
        // Locked by somebody else it is being read.
        if let Ok(mut state) = self.state.try_lock()
            && matches!(*state, State::Unread)
        {
            *state = State::Read(Checked::new(&self.bytes));
        }
    }
}

impl Reader {
    /// Starts the second thread. A machine that does not give one reads every frame when it arrives.
    pub(super) fn start() -> Self {
        let (letters, inbox) = channel::<Arc<Letter>>();
        let work = move || inbox.into_iter().for_each(|letter| letter.read_ahead());
        let thread = thread::Builder::new().name("reader".to_owned()).spawn(work).ok();
        Self(thread.map(|thread| Running { letters, thread }))
    }

    /// A frame is sent, and may be read until it arrives.
    pub(super) fn post(&self, bytes: Vec<u8>) -> Arc<Letter> {
        let letter = Arc::new(Letter { bytes, state: Mutex::new(State::Unread) });
        if let Some(running) = self.0.as_ref().filter(|_| letter.bytes.len() >= WORTH_IT) {
            // A thread that is gone panicked over a letter, which is read, and panics, when it arrives.
            running.letters.send(Arc::clone(&letter)).ok();
        }
        letter
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(Running { letters, thread }) = self.0.take() {
            drop(letters);
            thread.join().ok();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use dorpsplein_protocol::operation::NeighbourhoodId;
    use dorpsplein_protocol::sync::{Message, SESSION_VERSION};

    use super::*;

    #[test]
    fn a_letter_says_the_same_whoever_reads_it() {
        let neighbourhood = NeighbourhoodId::from_bytes([7; 32]);
        let hello = Message::Hello { version: SESSION_VERSION, neighbourhood }.encode();
        let (alone, helped) = (Reader::default(), Reader::start());
        for bytes in [hello, vec![0xff; WORTH_IT], vec![0; 10 * WORTH_IT]] {
            let expected = Checked::new(&bytes);
            for reader in [&alone, &helped] {
                let letter = reader.post(bytes.clone());
                assert_eq!((letter.read(), letter.read()), (expected.clone(), expected.clone()));
            }
            let ahead = alone.post(bytes);
            ahead.read_ahead();
            assert_eq!(ahead.read(), expected);
        }
    }
}
