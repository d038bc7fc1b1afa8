//! What the replica wants done outside, once what it rests on is durable.

use dorpsplein_protocol::replica::{Effect, PhotoEffect, SessionId};
use dorpsplein_protocol::store::Store;
use dorpsplein_protocol::sync::CloseReason;

use super::Machine;
use crate::driver::group::Replies;
use crate::net::{self, SendError};

impl<S: Store + Send + Sync + 'static> Machine<S> {
    pub(super) fn carry_out(&mut self, effects: Vec<Effect>, replies: &mut Replies) {
        for effect in effects {
            match effect {
                Effect::Answer { ticket, result } => {
                    self.outlets.ledger.lock().answered(result.is_ok());
                    if let Some(reply) = replies.submissions.remove(&ticket) {
                        // Who asked may have gone away; the operation stays what it is.
                        let _ = reply.send(result);
                    }
                }
                Effect::Imported { ticket, result } => {
                    if let Some(reply) = replies.imports.remove(&ticket) {
                        let _ = reply.send(result);
                    }
                }
                Effect::Send { session, frame } => self.send(session, frame),
                Effect::Close { session, reason } => {
                    match reason {
                        // Strangers on the network are no news.
                        CloseReason::NotANeighbour => {
                            tracing::info!(session = session.0, %reason, "a session is closed")
                        }
                        reason => tracing::warn!(session = session.0, %reason, "a session is closed"),
                    }
                    self.sessions.remove(&session);
                    self.checking.forget(session);
                    match &self.network {
                        Some(network) if reason.is_misconduct() => {
                            network.handle.expel(net::SessionId(session.0));
                        }
                        _ => self.close(session),
                    }
                }
                Effect::Changed { items } => {
                    // Fails when nobody listens.
                    let _ = self.outlets.changes.send(items.into());
                }
                Effect::Photo(PhotoEffect::Answer { ticket, welcome }) => replies.welcome(ticket, welcome),
                Effect::Photo(effect) => {
                    if let Some(photos) = &self.photos {
                        photos.carry_out(effect);
                    }
                }
                Effect::WakeAt { time } => self.wake = time,
            }
        }
    }

    fn send(&self, session: SessionId, frame: Vec<u8>) {
        let Some(network) = &self.network else { return };
        match network.handle.send(net::SessionId(session.0), frame) {
            // Where there is no session any more, the event that says why is on its way.
            Ok(()) | Err(SendError::Closed | SendError::SlowReader) => {}
            Err(error @ SendError::BadLength { .. }) => {
                tracing::error!(session = session.0, %error, "a session is closed");
                self.close(session);
            }
        }
    }

    pub(super) fn close(&self, session: SessionId) {
        if let Some(network) = &self.network {
            network.handle.close(net::SessionId(session.0));
        }
    }
}
