//! Streams between boxes, and a peer whose every word a test chooses.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::{NeighbourhoodId, Signed};
use dorpsplein_protocol::replica::{Effect, Input, PhotoInput, SessionId};
use dorpsplein_protocol::sync::{Checked, CloseReason, MAX_FRAME, Message, SESSION_VERSION};

use super::World;

/// One end of a stream: a box and the name of its session there.
type End = (usize, SessionId);

/// No session: what a box tells itself.
const NOBODY: SessionId = SessionId(0);

/// What went over the streams.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    pub(crate) frames: usize,
    pub(crate) bytes: usize,
    pub(crate) largest: usize,
    /// Why boxes closed sessions, in order.
    pub(crate) closed: Vec<CloseReason>,
    /// Every frame with the box that sent it, as long as a test listens.
    pub(crate) heard: Option<Vec<(usize, Vec<u8>)>>,
}

/// The open streams and what is on them, in one order: a frame never overtakes another.
#[derive(Default)]
pub(crate) struct Wire {
    ends: BTreeMap<End, End>,
    queue: VecDeque<(End, Input)>,
    sessions: u64,
}

impl Wire {
    pub(super) fn join(&mut self, from: usize, to: usize) -> (SessionId, SessionId) {
        let (there, here) = (self.session(), self.session());
        self.ends.insert((from, there), (to, here));
        self.ends.insert((to, here), (from, there));
        (there, here)
    }

    /// A session whose other end is the test itself.
    fn session(&mut self) -> SessionId {
        self.sessions += 1;
        SessionId(self.sessions)
    }

    pub(super) fn cut(&mut self, at: usize, session: SessionId) -> Option<End> {
        let other = self.ends.remove(&(at, session))?;
        self.ends.remove(&other);
        let gone = BTreeSet::from([(at, session), other]);
        self.queue.retain(|(end, _)| !gone.contains(end));
        Some(other)
    }

    pub(super) fn cut_all(&mut self, at: usize) -> Vec<End> {
        let own: Vec<End> = self.ends.keys().filter(|end| end.0 == at).copied().collect();
        own.into_iter().filter_map(|(at, session)| self.cut(at, session)).collect()
    }

    pub(super) fn next(&mut self) -> Option<(usize, Input)> {
        self.queue.pop_front().map(|((to, _), input)| (to, input))
    }

    /// A box is told something about photos, when its turn comes.
    pub(super) fn tell(&mut self, at: usize, input: PhotoInput) {
        self.queue.push_back(((at, NOBODY), Input::Photo(input)));
    }

    pub(super) fn take(&mut self, at: usize, effects: &[Effect], traffic: &mut Traffic) {
        for effect in effects {
            match effect {
                Effect::Send { session, frame } => {
                    assert!(frame.len() <= MAX_FRAME, "a box sent a frame of {} bytes", frame.len());
                    traffic.frames += 1;
                    if let Some(heard) = &mut traffic.heard {
                        heard.push((at, frame.clone()));
                    }
                    traffic.bytes += frame.len();
                    traffic.largest = traffic.largest.max(frame.len());
                    if let Some((to, other)) = self.ends.get(&(at, *session)) {
                        let input = Input::Received { session: *other, frame: Checked::new(frame) };
                        self.queue.push_back(((*to, *other), input));
                    }
                }
                Effect::Close { session, reason } => {
                    traffic.closed.push(*reason);
                    if let Some(other) = self.ends.remove(&(at, *session)) {
                        self.ends.remove(&other);
                        self.queue.push_back((other, Input::Closed { session: other.1 }));
                    }
                }
                Effect::Answer { .. }
                | Effect::Imported { .. }
                | Effect::Changed { .. }
                | Effect::Photo(_)
                | Effect::WakeAt { .. } => {}
            }
        }
    }
}

/// A peer whose every word a test chooses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Puppet {
    pub(crate) at: usize,
    pub(crate) session: SessionId,
}

impl World {
    /// Opens a stream to a box as the holder of `key` would, without a word yet.
    pub(crate) fn puppet(&mut self, at: usize, key: PublicKey) -> (Puppet, Vec<Effect>) {
        self.puppet_on_stream(at, key, false)
    }

    /// Lets a box open a stream to the holder of `key`, so that the box leads.
    pub(crate) fn dialled_puppet(&mut self, at: usize, key: PublicKey) -> (Puppet, Vec<Effect>) {
        self.puppet_on_stream(at, key, true)
    }

    fn puppet_on_stream(&mut self, at: usize, peer: PublicKey, outbound: bool) -> (Puppet, Vec<Effect>) {
        let session = self.wire.session();
        let effects = self.handle(at, Input::Opened { session, peer, outbound });
        (Puppet { at, session }, effects)
    }

    /// Opens a stream and says hello for `home`.
    pub(crate) fn greeting_puppet(
        &mut self,
        at: usize,
        key: PublicKey,
        home: NeighbourhoodId,
    ) -> (Puppet, Vec<Effect>) {
        let (puppet, mut effects) = self.puppet(at, key);
        effects.extend(self.say(puppet, &Message::Hello { version: SESSION_VERSION, neighbourhood: home }));
        (puppet, effects)
    }

    /// Sends a message as the puppet.
    pub(crate) fn say(&mut self, puppet: Puppet, message: &Message) -> Vec<Effect> {
        self.say_bytes(puppet, message.encode())
    }

    /// Sends any bytes as the puppet.
    pub(crate) fn say_bytes(&mut self, puppet: Puppet, frame: Vec<u8>) -> Vec<Effect> {
        self.handle(puppet.at, Input::Received { session: puppet.session, frame: Checked::new(&frame) })
    }

    /// Brings operations as the puppet: one alone as a push, several as an answer.
    pub(crate) fn bring(&mut self, puppet: Puppet, operations: &[Signed]) -> Vec<Effect> {
        let message = match operations {
            [only] => Message::Push { operation: only.encode() },
            several => Message::Operations {
                operations: several.iter().map(|operation| operation.encode().into()).collect(),
                absent: Vec::new(),
                later: Vec::new(),
                more: false,
            },
        };
        self.say(puppet, &message)
    }
}
