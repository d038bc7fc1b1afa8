//! The connectors' desk: what waits, who is there, and what was done.

use jiff::civil::{Date, DateTime};

use super::desk_pulse::FirstStep;
use super::post::Role;
use crate::qr::QrImage;

/// Somebody the register knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The resident, 64 hexadecimal digits.
    pub id: String,
    /// The name in their profile; `None` when they show it to nobody here.
    pub name: Option<String>,
    /// What they are trusted with now.
    pub role: Role,
    /// Whether it is the visitor who looks at the page.
    pub is_you: bool,
}

/// A page that wants to know who is there: the door in front of it.
#[derive(Clone, Debug)]
pub struct DoorPage {
    /// What one must be to come in.
    pub needs: Role,
    /// What the visitor is, when they are logged in and that is not enough.
    pub visitor: Option<Role>,
    /// The path of the page behind the door, for the link to the other language.
    pub path: String,
}

/// What stands before a desk page and is the same on each.
#[derive(Clone, Debug, Default)]
pub struct DeskTop {
    /// How many heavy acts wait for a second signature.
    pub waiting: usize,
    /// Whether a heavy act made now needs a second connector.
    pub second_signature: bool,
}

/// The desk itself.
#[derive(Clone, Debug)]
pub struct DeskPage {
    /// What every desk page has.
    pub top: DeskTop,
    /// Heavy acts that wait for a second signature, oldest first.
    pub proposals: Vec<Proposal>,
    /// Devices that signed two operations with one number.
    pub forks: Vec<Fork>,
    /// What else wants somebody's attention.
    pub cares: Vec<Care>,
    /// How many things wait: reports, first posts of newcomers, posts of neighbours, what may be out of date.
    pub queue: usize,
    /// What a new square does first, each with whether it is done; empty once all of it is.
    pub steps: Vec<(FirstStep, bool)>,
    /// Residents who are there.
    pub residents: usize,
    /// How many of them are connectors.
    pub connectors: usize,
    /// Invitations that can still be used.
    pub open_invitations: usize,
}

/// A heavy act that waits.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The operation that proposes it.
    pub operation: String,
    /// Who signed it.
    pub by: Person,
    /// When.
    pub signed: DateTime,
    /// Before this moment a signature does not count yet.
    pub endorse_after: Option<DateTime>,
    /// Whether an old device objected.
    pub vetoed: bool,
    /// Whether the visitor's own signature would complete it: not when only somebody else's can.
    pub yours_to_sign: bool,
    /// What is proposed.
    pub deed: Deed,
}

/// What a heavy act does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Somebody is no longer a member.
    Removal(Person),
    /// Somebody becomes a connector.
    Grant(Person),
    /// Somebody is no longer a connector.
    Withdrawal(Person),
    /// A connector's device is retired.
    Retirement(Person),
    /// A connector gets a new device for a lost one.
    Recovery(Person),
    /// An invitation that makes its reader a connector.
    ConnectorInvitation,
    /// A machine becomes a box, by its number.
    Box(String),
    /// A treaty is offered or accepted, with the neighbour's name.
    Treaty(String),
    /// A circle begins, by its name.
    CircleFounding(String),
    /// A neighbourhood is let into a circle, by its name.
    CircleAdmission(String),
    /// This neighbourhood joins a circle, by its name.
    CircleJoining(String),
    /// An invitation for a resident.
    Invitation,
    /// A part of the neighbourhood is distinguished, by its name.
    SubArea(String),
    /// An organisation becomes a member, with who speaks for it.
    Organisation(Person),
    /// A treaty ends, with the neighbour's name.
    TreatyEnd(String),
    /// Something smaller: a letter taken back, a device of one's own, a second signature.
    Minor,
    /// Something a later version proposes.
    Other,
}

/// Two operations of one device with one number.
#[derive(Clone, Debug)]
pub struct Fork {
    /// The device, 64 hexadecimal digits.
    pub device: String,
    /// Whose it is, if the home register knows.
    pub owner: Option<Person>,
    /// The number that was used twice.
    pub sequence: u64,
    /// The operations, the one that counts as things stand first.
    pub branches: Vec<Branch>,
}

/// What an operation says, for people to recognise it by.
#[derive(Clone, Debug)]
pub enum Said {
    /// Words about an item.
    Words(String),
    /// Something in the register.
    Deed(Deed),
    /// Nothing that can be shown.
    Nothing,
}

/// One of the operations of a fork.
#[derive(Clone, Debug)]
pub struct Branch {
    /// The operation, 64 hexadecimal digits.
    pub operation: String,
    /// When its author says it was signed.
    pub signed: DateTime,
    /// What it says.
    pub said: Said,
    /// Whether it counts as things stand.
    pub counts: bool,
    /// Whether the reader may say that this is the one that counts.
    pub yours_to_keep: bool,
}

/// Something that wants attention.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Care {
    /// There is one connector only: when they leave, nobody can invite.
    OneConnector,
    /// A box's certificate runs out on this day.
    BoxExpires {
        /// The box.
        name: String,
        /// The last day.
        until: Date,
    },
    /// A neighbour offers a treaty.
    TreatyOffered {
        /// The neighbour's name.
        with: String,
    },
    /// A treaty runs out on this day.
    TreatyExpires {
        /// The neighbour's name.
        with: String,
        /// The last day.
        until: Date,
    },
    /// An author objects to what a connector did.
    Appeal {
        /// The item.
        item: String,
        /// Whether it is an event.
        event: bool,
        /// In the author's words.
        note: String,
    },
}

/// Who is there.
#[derive(Clone, Debug)]
pub struct MembersPage {
    /// What every desk page has.
    pub top: DeskTop,
    /// Who takes part, connectors first, then by name.
    pub present: Vec<MemberTeaser>,
    /// Who no longer does.
    pub gone: Vec<MemberTeaser>,
    /// Whether residents may get keys for the home network.
    pub home_keys: bool,
}

/// A member in the list.
#[derive(Clone, Debug)]
pub struct MemberTeaser {
    /// Who.
    pub person: Person,
    /// How many devices may sign for them.
    pub devices: usize,
    /// Since when.
    pub since: Date,
}

/// One member.
#[derive(Clone, Debug)]
pub struct MemberPage {
    /// What every desk page has.
    pub top: DeskTop,
    /// Who.
    pub person: Person,
    /// Whether they still take part.
    pub present: bool,
    /// Since when.
    pub since: Date,
    /// Their devices, the oldest first.
    pub devices: Vec<DeviceView>,
    /// How many paper cards (*reservekaart*) can add a device for them.
    pub cards: usize,
    /// Whether they are the only connector, who cannot go or be removed.
    pub last_connector: bool,
    /// What was proposed about them and waits.
    pub proposals: Vec<Proposal>,
    /// The address of the square on the home network, where residents may get keys for it and this one is no connector.
    pub home_network: Option<String>,
}

/// What a device may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceStanding {
    /// It signs for its resident.
    Active,
    /// It was retired.
    Retired,
    /// Its resident was removed or left.
    Removed,
}

/// One device of a member.
#[derive(Clone, Debug)]
pub struct DeviceView {
    /// Its key, 64 hexadecimal digits.
    pub key: String,
    /// Since when.
    pub added: Date,
    /// What it may do.
    pub standing: DeviceStanding,
    /// The last day on which it holds, if it is a key for the home network.
    pub home_key: Option<Date>,
    /// For a device that may no longer sign: the number up to which its work counts.
    pub counts_to: Option<u64>,
    /// The number of its last operation that came here.
    pub last: u64,
}

/// Invitations.
#[derive(Clone, Debug)]
pub struct InvitationsPage {
    /// What every desk page has.
    pub top: DeskTop,
    /// Those that can still be used or wait for a signature, the one that runs out first on top.
    pub open: Vec<InvitationView>,
    /// The others, the latest first.
    pub past: Vec<InvitationView>,
}

/// What became of an invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvitationFate {
    /// It can be used.
    Open,
    /// It waits for a second signature.
    Proposed,
    /// Somebody joined with it.
    Used(Person),
    /// It was taken back.
    Withdrawn,
    /// Its time is over.
    Expired,
}

/// One invitation.
#[derive(Clone, Debug)]
pub struct InvitationView {
    /// The operation that holds it.
    pub operation: String,
    /// Its public key, 64 hexadecimal digits. The first stand on the letter too, so that a lost one can be found here.
    pub key: String,
    /// What it makes of who accepts it.
    pub role: Role,
    /// Who made it.
    pub by: Person,
    /// The last moment it can be used.
    pub expires: DateTime,
    /// What became of it.
    pub fate: InvitationFate,
}

/// Letters, to print.
#[derive(Clone, Debug)]
pub struct LettersPage {
    /// What every desk page has.
    pub top: DeskTop,
    /// What the module fills in, once for each letter.
    pub blank: Letter,
}

/// What is different on each letter. Blank where the browser's module is to fill it in.
#[derive(Clone, Debug, Default)]
pub struct Letter {
    /// Where to type the code: an address without its scheme, such as `maasdorp.example/meedoen`.
    pub address: String,
    /// The code, in groups: `7K3M-92XQ-A4TD`.
    pub code: String,
    /// The last day on which it works.
    pub until: Option<Date>,
    /// The beginning of the invitation's key, by which a lost letter is found on the desk.
    pub number: String,
    /// The invitation's link, for a camera.
    pub qr: Option<QrImage>,
}
