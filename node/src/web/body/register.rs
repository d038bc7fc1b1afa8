//! The register as the API tells it: keys and roles, no names of people. What a device needs before it signs a statement.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::BoxBody;

/// Who may do what in this neighbourhood, as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RegisterBody {
    /// The neighbourhood.
    pub neighbourhood: String,
    /// The latest statements: the parents of the next one, at most 16.
    pub heads: Vec<String>,
    /// How many connectors there are.
    pub connectors: usize,
    /// How many of them must sign a heavy act that is made now: 1 or 2.
    pub signatures_needed: usize,
    /// Everybody who ever was a member.
    pub residents: Vec<ResidentBody>,
    /// Heavy acts that wait for a second signature.
    pub proposals: Vec<ProposalBody>,
    /// The invitations, used and withdrawn ones too.
    pub invitations: Vec<IssuedInvitationBody>,
    /// Clubs, shops and others that speak through residents.
    pub organisations: Vec<OrganisationBody>,
    /// The parts of the neighbourhood.
    pub areas: Vec<AreaBody>,
    /// The circles of neighbourhoods that this one founded or is in.
    pub circles: Vec<CircleBody>,
    /// The boxes with a certificate.
    pub boxes: Vec<BoxBody>,
    /// Whether residents may get keys for the home network.
    pub home_keys: bool,
}

/// A resident and what they sign with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ResidentBody {
    /// The resident.
    pub id: String,
    /// What they are trusted with: `resident` or `connector`.
    pub role: String,
    /// Whether they are a member now.
    pub present: bool,
    /// When they were admitted, as the operation that did it says.
    pub admitted: u64,
    /// Their devices, retired ones too.
    pub devices: Vec<DeviceEntryBody>,
    /// The public keys of their recovery cards.
    pub cards: Vec<String>,
}

/// Whether a device may sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceStateBody {
    /// It signs for its resident.
    Active,
    /// It was retired: its resident goes on without it.
    Retired,
    /// Its resident is no longer a member.
    Removed,
}

/// One device of a resident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeviceEntryBody {
    /// Its public key.
    pub key: String,
    /// Whether it may sign.
    pub state: DeviceStateBody,
    /// When it was added, as the operation that did it says.
    pub added: u64,
    /// The number of the last operation of it that counts; none while all do.
    pub counts_to: Option<u64>,
    /// Until when it holds, if it is a key for the home network.
    pub home_key: Option<u64>,
}

/// A heavy act that one connector signed and that waits for another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProposalBody {
    /// The operation that proposes it: what an endorsement or a veto names.
    pub operation: String,
    /// What it says.
    pub statement: StatementBody,
    /// The resident who proposes it.
    pub by: String,
    /// When it was signed, as its author says.
    pub signed: u64,
    /// From this time on it can be endorsed; none when it can be at once.
    pub endorse_after: Option<u64>,
    /// Whether a device of the person concerned objected: then it will never count.
    pub vetoed: bool,
}

/// A statement in a few words for programs: which one, and whom or what it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatementBody {
    /// The name of the statement, such as `role-change`.
    pub kind: String,
    /// The resident it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resident: Option<String>,
    /// The role it gives: `resident` or `connector`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The device, the card or the box it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The other neighbourhood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub neighbourhood: Option<String>,
    /// The circle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub circle: Option<String>,
    /// The name of a circle that begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When what it says runs out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<u64>,
}

/// How far an invitation is. Whether its time has passed is the reader's to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum InvitationStateBody {
    /// Nobody used it yet.
    Open,
    /// Somebody joined with it.
    Used,
    /// It was taken back, or whoever made it may no longer invite.
    Withdrawn,
    /// It makes a connector and waits for a second signature.
    Proposed,
}

/// An invitation that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IssuedInvitationBody {
    /// The operation that holds it.
    pub operation: String,
    /// The public half of its one-time key.
    pub key: String,
    /// What it makes of who accepts it: `resident` or `connector`.
    pub role: String,
    /// The resident who made it.
    pub by: String,
    /// From this time on it is no longer accepted.
    pub expires: u64,
    /// How far it is.
    pub state: InvitationStateBody,
    /// Who joined with it.
    pub used_by: Option<String>,
}

/// An organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrganisationBody {
    /// The organisation.
    pub id: String,
    /// The residents who speak for it now.
    pub speakers: Vec<String>,
}

/// A part of the neighbourhood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AreaBody {
    /// The part.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A circle of neighbourhoods, as this neighbourhood's register has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CircleBody {
    /// The circle.
    pub id: String,
    /// Its name; none when another neighbourhood founded it and its register is not here.
    pub name: Option<String>,
    /// The neighbourhood that founded it.
    pub founder: String,
    /// The neighbourhoods this one admitted, if it founded the circle.
    pub admitted: Vec<AdmittedBody>,
    /// Whether its founder ended it.
    pub ended: bool,
}

/// A neighbourhood that may join a circle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AdmittedBody {
    /// Which one.
    pub neighbourhood: String,
    /// The operation that admits it: what its joining names.
    pub admission: String,
}

/// Two operations of one device with one number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ForkBody {
    /// The device.
    pub device: String,
    /// Whose device it is.
    pub resident: Option<String>,
    /// The neighbourhood that admitted it, whose connectors decide.
    pub neighbourhood: Option<String>,
    /// The number it used twice.
    pub sequence: u64,
    /// The operations, sorted; without a decision the first counts.
    pub operations: Vec<String>,
    /// The one that counts, because a connector decided for it or for one that it follows on.
    pub kept: Option<String>,
    /// Whether a connector has to decide; as long as one has to, the device is refused.
    pub undecided: bool,
}

/// A neighbour whose box was in step after an item was erased: it has erased it too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceiptBody {
    /// The neighbourhood.
    pub neighbourhood: String,
    /// Its name; none as long as its register has not come here.
    pub name: Option<String>,
    /// Since when.
    pub since: u64,
}

/// One entry of the moderation log: who did what to what somebody made, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LogEntryBody {
    /// The item it was done to.
    pub item: String,
    /// What was done: `hide`, `show`, `pin`, `unpin`, `mark-official`, `unmark-official`, `erase` or `appeal`.
    pub act: String,
    /// The resident who did it.
    pub by: String,
    /// The name in their profile, as far as it may be read here.
    pub by_name: Option<String>,
    /// The name of the reason; none where none is asked for.
    pub reason: Option<String>,
    /// In their own words.
    pub note: String,
    /// When, as its author says.
    pub at: u64,
}

/// The moderation log, latest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LogBody {
    /// The entries.
    pub entries: Vec<LogEntryBody>,
    /// What to ask for to read on: `?after=…`; none at the end.
    pub next: Option<String>,
}

/// A member and the name they go by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NamedResidentBody {
    /// The resident.
    pub id: String,
    /// The name in their profile; none when they told none that may be read here.
    pub name: Option<String>,
}

/// Everything here that a resident made and that is not erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MineBody {
    /// The resident.
    pub resident: String,
    /// Their items.
    pub items: Vec<MineItemBody>,
    /// The post they asked for at this box; none: they get none.
    #[serde(default)]
    pub mail: Option<MineMailBody>,
    /// The notices they asked for at this box, on each of their devices.
    #[serde(default)]
    pub push: Vec<MinePushBody>,
}

/// The post that somebody asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MineMailBody {
    /// Where it goes.
    pub address: String,
    /// How often: `daily` or `weekly`.
    pub frequency: String,
    /// About what, by names of kinds.
    pub kinds: Vec<String>,
    /// Whether titles of what is for residents alone may be named.
    pub members: bool,
    /// Whether they said in their mail that they want it.
    pub confirmed: bool,
}

/// The notices on one device of somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MinePushBody {
    /// The device.
    pub device: String,
    /// Where its push service takes notices for it.
    pub endpoint: String,
    /// About what, by names of kinds.
    pub kinds: Vec<String>,
    /// Whether alerts may come in the quiet hours as well.
    pub alerts_at_night: bool,
}

/// An item somebody made, with what it takes to erase it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MineItemBody {
    /// The item.
    pub id: String,
    /// The number of its kind, as on the wire.
    pub kind: u16,
    /// Where it lives.
    pub neighbourhood: String,
    /// Its audience there.
    pub space: String,
    /// The parents of the next operation on it.
    pub heads: Vec<String>,
    /// Its operations, each after its parents.
    pub operations: Vec<String>,
}
