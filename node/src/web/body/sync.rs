//! How a box keeps up with others, as the API tells it to those who look after it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How this box keeps up with others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SyncBody {
    /// The box's clock.
    pub time: u64,
    /// Whether the store can be written.
    pub writable: bool,
    /// Operations held, of all spaces.
    pub operations: u64,
    /// The files of photos.
    #[serde(default)]
    pub photos: PhotosSyncBody,
    /// The neighbourhoods this box has to do with, its own too when that has other boxes.
    pub neighbours: Vec<NeighbourSyncBody>,
    /// The open sessions.
    pub sessions: Vec<SessionSyncBody>,
}

/// The files of photos on this box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PhotosSyncBody {
    /// Photos that are here.
    pub held: u64,
    /// Their bytes, without the small pictures made of them.
    pub held_bytes: u64,
    /// Photos that are to come.
    pub wanted: u64,
    /// The bytes that are still to come of them.
    pub wanted_bytes: u64,
    /// Photos that do not come, because whoever published them has no room left here.
    pub over_quota: u64,
}

/// How this box keeps up with one neighbourhood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NeighbourSyncBody {
    /// The neighbourhood.
    pub id: String,
    /// Its name; none as long as its register has not come here.
    pub name: Option<String>,
    /// How many sessions are open with its boxes.
    pub sessions: usize,
    /// When something last came in from there, as far as this box remembers.
    pub last_contact: Option<u64>,
    /// When both sides last were known to hold the same, since the box started.
    pub in_step_at: Option<u64>,
    /// How long catching up took the last time, in microseconds.
    pub caught_up_us: Option<u64>,
    /// What was carried since the box started.
    pub carried: CarriedBody,
}

/// An open session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionSyncBody {
    /// The other box's key.
    pub peer: String,
    /// The neighbourhood it speaks for; none for one that speaks for nobody we know.
    pub neighbourhood: Option<String>,
    /// Whether this box dialled.
    pub outbound: bool,
    /// The address of the other end as seen from here.
    pub remote: String,
    /// When it was opened.
    pub opened: u64,
    /// When the last frame came in.
    pub last_contact: u64,
    /// Whether at the last comparison both sides held the same.
    pub in_step: bool,
    /// How many comparisons there were.
    pub comparisons: u64,
    /// How many operations are known to be there and not here yet.
    pub awaited: u64,
    /// How long catching up took the last time, in microseconds.
    pub caught_up_us: Option<u64>,
    /// What it carried.
    pub carried: CarriedBody,
}

/// What was carried, in both directions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CarriedBody {
    /// Bytes of frames as they went over the stream, packed and with their length prefixes.
    pub bytes_sent: u64,
    /// The same in the other direction.
    pub bytes_received: u64,
    /// Operations.
    pub operations_sent: u64,
    /// Operations, known ones too.
    pub operations_received: u64,
}
