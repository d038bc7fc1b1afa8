//! The JSON of the API. The command line reads the same structs back, so the two cannot drift apart.
//!
//! Ids and keys are 64 lower-case hexadecimal digits; instants are milliseconds since the Unix epoch, UTC; civil times
//! are `2026-12-04T20:00` or `2026-12-04` on the clocks of the neighbourhood.

mod agenda;
mod neighbours;
mod push;
mod register;
mod search;
mod session;
mod setting;
mod sync;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use agenda::{
    CalendarBytes, CalendarProposalBody, ImportQuery, ImportedCalendarBody, PassedOverBody, SkippedBody, SourceBody,
    SourcesBody,
};
pub use neighbours::{BackupPieces, BundleFrame, ImportedBody, IntroducedBody, IntroductionBody, TakingBody};
pub use push::{PushBody, ReachedBody};
pub use register::{
    AdmittedBody, AreaBody, CircleBody, DeviceEntryBody, DeviceStateBody, ForkBody, InvitationStateBody,
    IssuedInvitationBody, LogBody, LogEntryBody, MineBody, MineItemBody, MineMailBody, MinePushBody, NamedResidentBody,
    OrganisationBody, ProposalBody, ReceiptBody, RegisterBody, ResidentBody, StatementBody,
};
pub use search::{FitBody, SearchBody, SearchHitBody, SuggestionBody, SuggestionsBody};
pub use session::{ChallengeBody, LoginBody, VisitorBody};
pub use setting::{SettingBody, SettingLogoBody, ThemeFile, ThemeFileError};
pub use sync::{CarriedBody, NeighbourSyncBody, PhotosSyncBody, SessionSyncBody, SyncBody};

/// An operation in transfer form: a CBOR array of its signed envelope (COSE_Sign1) and its payload.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, format = Binary)]
pub struct OperationBytes(pub Vec<u8>);

/// The file of a photo.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, format = Binary)]
pub struct PhotoBytes(pub Vec<u8>);

/// A photo that this box keeps for an item to refer to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PhotoBody {
    /// Its name.
    pub id: String,
    /// How many bytes the file has.
    pub length: u32,
    /// How many pixels it is wide.
    pub width: u16,
    /// How many pixels it is high.
    pub height: u16,
}

/// A photo of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ItemPhotoBody {
    /// The number of the field that refers to it, as on the wire.
    pub field: u16,
    /// The photo.
    #[serde(flatten)]
    pub photo: PhotoBody,
    /// What is on it.
    pub alt: String,
    /// Whether the file is on this box, at `/photos/<id>/whole`.
    pub here: bool,
}

/// An operation that is stored and counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AcceptedBody {
    /// The operation.
    pub id: String,
    /// The item it is about; in the register the operation itself.
    pub item: String,
    /// Whether the box had it already: handing an operation in twice is harmless.
    pub known: bool,
}

/// A box and what it serves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatusBody {
    /// The neighbourhood's name.
    pub name: String,
    /// The neighbourhood.
    pub neighbourhood_id: String,
    /// The version of this program.
    pub version: String,
    /// The box's clock.
    pub time: u64,
    /// The latest statements of the register: the parents of the next one.
    pub register_heads: Vec<String>,
    /// How many residents the register counts.
    pub residents: usize,
    /// How many items a visitor of this site can read, comments and profiles included.
    pub items: usize,
    /// The key of the box that answers.
    pub own_box: String,
    /// The boxes with a certificate.
    pub boxes: Vec<BoxBody>,
    /// The neighbourhoods with a treaty, or an offer of one.
    pub neighbours: Vec<NeighbourBody>,
}

/// A box with a certificate of its neighbourhood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BoxBody {
    /// The operation that certifies it.
    pub operation: String,
    /// Its key.
    pub key: String,
    /// From this time on it no longer speaks for the neighbourhood.
    pub expires: u64,
}

/// How far a treaty is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TreatyStateBody {
    /// Offered from here, not answered yet.
    Offered,
    /// Offered from there, not answered yet.
    Received,
    /// Both sides stand.
    InForce,
    /// One side has run out.
    Expired,
}

/// A neighbourhood with a treaty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NeighbourBody {
    /// The neighbourhood.
    pub id: String,
    /// Its name; none as long as its register has not come here.
    pub name: Option<String>,
    /// How far the treaty is.
    pub state: TreatyStateBody,
    /// Whether what this neighbourhood shares goes there.
    pub sends: bool,
    /// Whether what they share comes here.
    pub receives: bool,
    /// When the later side was signed.
    pub since: u64,
    /// When the first side runs out.
    pub expires: u64,
}

/// An invitation, asked for by its one-time public key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvitationBody {
    /// The operation that holds it.
    pub operation: String,
    /// What it makes of who accepts it: `resident` or `connector`.
    pub role: String,
    /// From this time on it is no longer accepted.
    pub expires: u64,
    /// Whether somebody used it.
    pub used: bool,
    /// How far it is.
    pub state: InvitationStateBody,
    /// What a claim names as its parents: the invitation, and the second signature under it if it wanted one.
    pub parents: Vec<String>,
    /// The neighbourhood that invites.
    pub neighbourhood: String,
}

/// What the home register and the store know of a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeviceBody {
    /// Whether it signs for a resident of this neighbourhood now.
    pub member: bool,
    /// Whether it does, was retired, or left with its resident; none for a device that never had a place here.
    pub state: Option<DeviceStateBody>,
    /// The number of its last operation that counts; none while all do.
    pub counts_to: Option<u64>,
    /// The resident, also a former one.
    pub resident: Option<String>,
    /// What they are trusted with: `resident` or `connector`.
    pub role: Option<String>,
    /// Until when it holds, in milliseconds since 1970, if it is a key for the home network, which only posts and replies.
    pub home_key: Option<u64>,
    /// The number of the last operation of this device that came here; 0 when none did.
    pub sequence: u64,
    /// That operation.
    pub last_operation: Option<String>,
}

/// An item as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ItemBody {
    /// The item.
    pub id: String,
    /// `news`, `event`, `comment` or `profile`; none for a kind this version does not know.
    pub kind: Option<String>,
    /// The item a comment is about.
    pub subject: Option<String>,
    /// Where it lives.
    pub neighbourhood: String,
    /// Its audience there: `square` or `neighbours`.
    pub space: String,
    /// Who made it.
    pub author: AuthorBody,
    /// When its author says it was made.
    pub created: u64,
    /// When its latest editor says it was changed.
    pub edited: Option<u64>,
    /// Its fields.
    pub content: ContentBody,
    /// Fields on which concurrent edits disagree.
    pub conflicts: Vec<ConflictBody>,
    /// The operations nothing was built on yet: the parents of the next edit.
    pub heads: Vec<String>,
    /// Its operations, each after its parents.
    pub operations: Vec<String>,
    /// How many comments a visitor of this site can read under it.
    pub comments: usize,
    /// The organisation in whose name it was written.
    pub speaks_for: Option<String>,
    /// Whether a connector keeps it on top of the news.
    pub pinned: bool,
    /// Whether a connector marked it as the official answer.
    pub official: bool,
    /// A connector hid it: only its author and the connectors, logged in, are answered at all.
    pub hidden: Option<ModeratedBody>,
    /// It was erased: nothing of its content is left.
    pub erased: Option<ModeratedBody>,
    /// What its author objected to what a connector did.
    pub appeal: Option<String>,
    /// What proves who says this.
    pub proof: ProofBody,
}

/// Items, from a place on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ItemsBody {
    /// Those of this answer, in the order of their ids; there may be none, and still be more behind them.
    pub items: Vec<ItemBody>,
    /// Where to go on; none when that was all.
    pub next: Option<String>,
}

/// Who hid or erased an item, when and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ModeratedBody {
    /// The resident who did it.
    pub by: String,
    /// When, as they say.
    pub at: u64,
    /// The name of the reason; none when its author erased it.
    pub reason: Option<String>,
    /// In their own words.
    pub note: String,
}

/// Who made an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuthorBody {
    /// The device that signed.
    pub device: String,
    /// Whose device it is.
    pub resident: String,
    /// The neighbourhood that admitted them.
    pub home: String,
    /// The name in their profile; none when no profile of theirs may be read here.
    pub name: Option<String>,
}

/// The fields of an item; those that do not belong to its kind are absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ContentBody {
    /// Heading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Start of an event, a civil time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts: Option<String>,
    /// End of an event, a civil time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<String>,
    /// Where an event is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// How an event recurs, a rule of iCalendar (RFC 5545).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeats: Option<String>,
    /// Days on which a recurring event does not happen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<String>,
    /// For how many people there is room at an event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
    /// For how many people a sign-up is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<u8>,
    /// An offer or a request is arranged, an alert is over.
    #[serde(default)]
    pub settled: bool,
    /// By which day its maker looks whether it is still right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_by: Option<String>,
    /// What it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The part of the neighbourhood it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
    /// A number to call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// An address for mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The address of a site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    /// When it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<String>,
    /// For whom its author wrote it down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf: Option<String>,
    /// The name an imported event has in the calendar it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
    /// Where something that was imported came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Whether an event is called off.
    pub cancelled: bool,
    /// A resident's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What a resident likes, knows and can.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub talents: Vec<String>,
    /// Its photos, in the order of their fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<ItemPhotoBody>,
}

/// A field on which concurrent edits disagree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConflictBody {
    /// The number of the field, as on the wire.
    pub field: u16,
    /// Every version, the one in `content` first.
    pub values: Vec<ValueBody>,
}

/// What a field is set to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ValueBody {
    /// A yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A text; bytes in hexadecimal digits.
    Text(String),
    /// Nothing: `null`.
    Nothing,
}

/// The operations that together prove who says something, by id, to be fetched raw and checked by the reader.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProofBody {
    /// The operations of the item itself.
    pub operations: Vec<String>,
    /// Those of the author's profile, as far as it may be read here.
    pub profile: Vec<String>,
    /// Those that made the author's device a resident's, from the genesis on.
    pub membership: Vec<String>,
}
