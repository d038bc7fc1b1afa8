//! Replication: one sans-io session per peer, the same over libp2p, in the simulator and in tests.

mod checked;
mod entitlement;
mod message;
mod packing;
mod photos;
mod reconcile;
mod session;
mod surroundings;
mod tree;

pub use checked::{Checked, FRAME_OPERATIONS};
pub(crate) use entitlement::brought_by_hand;
pub use entitlement::{Introductions, entitled, is_believed, may_bring};
pub(crate) use message::space_of;
pub use message::{MAX_FRAME, Message, MessageError, SESSION_VERSION, SpaceId, SpaceRoot};
pub use packing::{PackingError, pack, unpack};
pub use photos::ANSWER_CHUNKS;
pub(crate) use photos::{PhotoExchange, Taken};
pub use reconcile::{Comparison, Content, Section, ShortId, WINDOWS};
pub(crate) use session::PATIENCE_MS;
pub use session::{ANTI_ENTROPY_MS, Session, Telling};
pub use surroundings::{Action, CloseReason, SessionStatus, Stamp, View};
pub use tree::{Fingerprint, Place, Tree};
