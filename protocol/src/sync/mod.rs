//! Replication: one sans-io session per peer, the same over libp2p, in the simulator and in tests.

mod entitlement;
mod message;
mod session;
mod surroundings;
mod tree;

pub use entitlement::{Introductions, entitled, is_believed, may_bring};
pub(crate) use message::space_of;
pub use message::{MAX_FRAME, Message, MessageError, SESSION_VERSION, SpaceId, SpaceRoot};
pub use session::{ANTI_ENTROPY_MS, Session};
pub use surroundings::{Action, CloseReason, SessionStatus, View};
pub use tree::Tree;
