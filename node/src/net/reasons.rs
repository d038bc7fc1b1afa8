//! Why something in the network did not happen, or ended, and what can be done about it.

use std::io;

use dorpsplein_protocol::sync::PackingError;
use libp2p::{Multiaddr, PeerId};

use super::SESSION_PROTOCOL;

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CloseReason {
    /// The driver closed it with [`NetHandle::close`](super::NetHandle::close).
    #[error("closed by this box")]
    Asked,
    /// The driver ended it with [`NetHandle::expel`](super::NetHandle::expel).
    #[error("expelled by this box")]
    Expelled,
    /// The box is stopping.
    #[error("this box is stopping")]
    Shutdown,
    /// The other end closed it, between two frames.
    #[error("closed by the other end")]
    Remote,
    /// The connection broke.
    #[error("the connection broke ({kind})")]
    Lost {
        /// What the stream reported.
        kind: io::ErrorKind,
    },
    /// The other end stopped in the middle of a frame.
    #[error("the stream ended in the middle of a frame")]
    Truncated,
    /// The other end announced a frame of no bytes or of more than [`MAX_FRAME_BYTES`](super::MAX_FRAME_BYTES).
    #[error("a frame of {length} bytes was announced")]
    BadLength {
        /// The length in the prefix.
        length: u32,
    },
    /// The other end sent a packed frame that comes to no frame.
    #[error(transparent)]
    BadPacking(#[from] PackingError),
    /// The other end began a frame and did not finish it in time.
    #[error("a frame was begun and not finished in time")]
    Stalled,
    /// The other end sent more frames per second than a box may.
    #[error("too many frames per second")]
    Flooding,
    /// The other end did not take what this box had to send.
    #[error("the other end does not read fast enough")]
    SlowReader,
    /// The other end does not answer pings, or not any more.
    #[error("the other end does not answer")]
    Unresponsive,
    /// Another session with the same peer takes its place.
    #[error("replaced by another session with the same peer")]
    Replaced,
    /// The peer became entitled to more than this connection was set up for; it is expected to come again.
    #[error("to be begun anew, for the other end is a neighbour now")]
    Renewed,
}

impl CloseReason {
    /// Whether the peer is not let in again for a while. Lines break and boxes are slow, but no box that means well is
    /// given one of these reasons.
    pub(super) const fn is_misconduct(self) -> bool {
        matches!(self, Self::Expelled | Self::BadLength { .. } | Self::BadPacking(_) | Self::Flooding)
    }
}

/// Why a dial did not become a session.
#[derive(Debug, thiserror::Error)]
pub enum DialFailure {
    /// The peer is this box itself.
    #[error("this box cannot dial itself")]
    Ourselves,
    /// There is a session with this peer already, or one is being opened.
    #[error("already connected to this peer, or dialling it")]
    AlreadyConnected,
    /// [`Config::max_sessions`](super::Config::max_sessions) is reached. Close a session first.
    #[error("no room for another session")]
    Full,
    /// No address was given.
    #[error("no address to dial")]
    NoAddress,
    /// Somebody else than the expected peer answers at the address.
    #[error("another peer answered: {obtained}")]
    WrongPeer {
        /// Who answered.
        obtained: PeerId,
    },
    /// None of the addresses could be reached. Trying again later is sensible.
    #[error("none of the addresses could be reached")]
    Unreachable(#[source] Box<libp2p::swarm::DialError>),
    /// The other end was reached, but speaks no [`SESSION_PROTOCOL`]. Trying again is pointless
    /// until one of both is updated.
    #[error("the other end does not speak {SESSION_PROTOCOL}")]
    Unsupported,
    /// The other end was reached and hung up before the session began: it is full, or does not want
    /// us. Trying again much later is sensible.
    #[error("the other end hung up before the session began")]
    Refused,
}

/// Why the network could not start.
#[derive(Debug, thiserror::Error)]
pub enum NetError {
    /// [`Config::max_sessions`](super::Config::max_sessions) is zero: the box would refuse everybody.
    #[error("the number of sessions must be at least 1")]
    NoSessions,
    /// The handshake for this key could not be prepared.
    #[error("the key of the box cannot be used for the handshake")]
    Handshake(#[from] libp2p::noise::Error),
    /// An address is not one this box can listen on.
    #[error("cannot listen on {address}: it is not an address for QUIC or TCP")]
    UnsupportedAddress {
        /// The address from the configuration.
        address: Multiaddr,
    },
    /// An address could not be bound: the port is in use, or the machine has no such address.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address from the configuration.
        address: Multiaddr,
        /// What the operating system said.
        source: io::Error,
    },
}

/// Why a frame was not queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// There is no such session, or no longer: [`NetEvent::Closed`](super::NetEvent::Closed) is in the queue or was read.
    #[error("the session is closed")]
    Closed,
    /// A frame has 1 to [`MAX_FRAME_BYTES`](super::MAX_FRAME_BYTES) bytes. The session stays open.
    #[error("a frame of {length} bytes cannot be sent")]
    BadLength {
        /// The length of the refused frame.
        length: usize,
    },
    /// The queue of this session was full, and the session is being closed for it.
    #[error("the other end does not read fast enough")]
    SlowReader,
}

/// The order was not taken on because too many wait, or because the network has stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many dials are waiting, or the network has stopped")]
pub struct DialRejected;
