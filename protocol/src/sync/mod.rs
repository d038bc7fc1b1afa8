//! Replication: one sans-io session per peer, the same over libp2p, in the simulator and in tests.

mod entitlement;
mod message;
mod session;
mod surroundings;
mod tree;

pub use entitlement::{Introductions, entitled, is_believed};
pub use message::{MAX_FRAME, Message, MessageError, SESSION_VERSION, SpaceId, SpaceRoot};
pub(crate) use session::space_of;
pub use session::{ANTI_ENTROPY_MS, Session};
pub use surroundings::{Action, CloseReason, SessionStatus, View};
pub use tree::Tree;
