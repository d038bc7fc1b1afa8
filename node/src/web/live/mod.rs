//! Telling open pages that something is new: one stream of server-sent events per page that is looked at (HTML Living
//! Standard, 9.2).
//!
//! What is told is *that* there is something and what sort of thing, never what is in it: a page fetches that as it
//! fetches everything. There are two channels, one with what everybody may read and one that also has what is for
//! members. Each counts by itself, so that whoever reads the first learns nothing from the gaps of the second.
//!
//! Nothing is kept for a reader who does not keep up. A channel holds its last `REMEMBERED` events; who is further
//! behind is told that they missed some, and who does not take what is sent is let go.

mod channel;
mod follow;
pub(super) mod stream;

use dorpsplein_protocol::operation::Kind;
use dorpsplein_protocol::projection::ItemRow;
use dorpsplein_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

use super::places::Places;
use channel::Channel;

pub use follow::{Teller, follow};

/// Events that a channel remembers for readers whose line broke for a moment.
const REMEMBERED: usize = 256;
/// Streams at one time: half of the connections that a box keeps, so that the other half is for pages.
const STREAMS: usize = 256;
/// Streams from one address at one time: a household, or the community house, with a page before everybody.
const OF_ADDRESS: usize = 32;

/// Something that is new on the square. What it says has to be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewsBody {
    /// What sort of item, as in [`super::body::ItemBody`].
    pub kind: String,
    /// The item.
    pub item: String,
    /// What it is about, of a comment or an update.
    pub subject: Option<String>,
    /// When it was written, as its author says.
    pub created: u64,
}

impl NewsBody {
    /// What is told of a row; none of what has no place on a page of its own.
    fn of(row: &ItemRow) -> Option<Self> {
        let told = row.kind.is_post() || matches!(row.kind, Kind::COMMENT | Kind::UPDATE);
        Some(Self {
            kind: row.kind.name().filter(|_| told)?.to_owned(),
            item: row.id.to_string(),
            subject: row.subject.map(|subject| subject.to_string()),
            created: row.created.as_millis(),
        })
    }
}

/// How far back something may have been written to be new: what a neighbour's box brings after a week away is not.
const NEW_MS: u64 = 24 * 3_600_000;

/// Whether something that was written then is new.
const fn is_new(created: Timestamp, now: Timestamp) -> bool {
    created.as_millis().saturating_add(NEW_MS) > now.as_millis()
}

/// Everybody who listens.
pub(super) struct Live {
    /// What everybody may read.
    square: Channel,
    /// The same, and what is for members.
    inside: Channel,
    places: Places,
    stop: CancellationToken,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            square: Channel::default(),
            inside: Channel::default(),
            places: Places::new(STREAMS, OF_ADDRESS),
            stop: CancellationToken::new(),
        }
    }
}

impl Live {
    /// The same, which lets everybody go when `stop` says so.
    pub(super) fn until(stop: CancellationToken) -> Self {
        Self { stop, ..Self::default() }
    }

    /// The channel of somebody who is logged in, or of anybody.
    const fn channel(&self, logged_in: bool) -> &Channel {
        if logged_in { &self.inside } else { &self.square }
    }

    /// How far the channel of such a reader is, as [`stream::events`] takes it back.
    pub(super) fn position(&self, logged_in: bool) -> String {
        self.channel(logged_in).position()
    }
}
