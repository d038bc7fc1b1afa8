//! What shows whom one deals with: "Wie zegt dit?" and "Over dit plein".

use jiff::civil::{Date, DateTime};

use super::post::{Author, When};

/// What an operation contributes to a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationRole {
    /// It wrote or changed the item itself.
    Item,
    /// It wrote the author's name.
    Profile,
    /// It made the author a resident: the genesis or a claim.
    Membership,
}

impl OperationRole {
    /// The value of `data-role`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Item => "item",
            Self::Profile => "profile",
            Self::Membership => "membership",
        }
    }
}

/// One signed operation under an item: what this box *claims* it says. The browser's module fetches the raw bytes and
/// compares.
#[derive(Clone, Debug)]
pub struct ProofOperation {
    /// The operation's id, 64 hexadecimal digits.
    pub id: String,
    /// What it contributes.
    pub role: OperationRole,
    /// The neighbourhood it was made in.
    pub neighbourhood: String,
    /// The public key of the device that signed it, 64 hexadecimal digits.
    pub device: String,
    /// When, as signed: milliseconds since the Unix epoch, UTC.
    pub time_ms: i64,
    /// The same moment in local time, to show.
    pub time: DateTime,
    /// What of its words this page shows; `None` when it shows none.
    pub words: Option<Words>,
}

/// Words that one operation wrote, in full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Words {
    /// The title of news or an event.
    Title(String),
    /// The text of a comment.
    Body(String),
    /// The name in a profile.
    Name(String),
}

impl Words {
    /// The field they stand in: the value of `data-claim`.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Title(_) => "title",
            Self::Body(_) => "body",
            Self::Name(_) => "name",
        }
    }

    /// The words themselves.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Title(text) | Self::Body(text) | Self::Name(text) => text,
        }
    }
}

/// What the proof is about.
#[derive(Clone, Debug)]
pub enum ProofSubject {
    /// A news item.
    News {
        /// Its title.
        title: String,
    },
    /// An event.
    Event {
        /// Its title.
        title: String,
        /// When it is.
        when: When,
    },
    /// A comment.
    Comment {
        /// Its text; the page takes an excerpt.
        body: String,
        /// The item it stands under.
        under: String,
        /// Whether that item is an event.
        under_event: bool,
    },
}

/// "Wie zegt dit?" about one item.
#[derive(Clone, Debug)]
pub struct ProofPage {
    /// The item's id.
    pub id: String,
    /// What it is.
    pub subject: ProofSubject,
    /// Who wrote it.
    pub author: Author,
    /// The name of the author's home neighbourhood.
    pub home_name: String,
    /// The id of the author's home neighbourhood.
    pub home_id: String,
    /// The public key of the device the item was written on, 64 hexadecimal digits.
    pub device: String,
    /// When it was written.
    pub written: DateTime,
    /// The operations that together prove it: those of the item first (oldest first), then profile and membership.
    pub operations: Vec<ProofOperation>,
}

/// A box of this neighbourhood (*kastje*).
#[derive(Clone, Debug)]
pub struct BoxView {
    /// What people call it: "het kastje in de Schuur".
    pub name: String,
    /// Its peer id, as the network spells it.
    pub peer_id: String,
    /// The last day its certificate holds.
    pub certified_until: Date,
    /// Whether it is the box that made this page.
    pub this_one: bool,
}

/// How far a treaty is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TreatyState {
    /// Signed here, not yet there.
    Offered,
    /// Signed by both and running.
    Active,
    /// Past its last day.
    Expired,
    /// Ended by one of the two.
    Ended,
}

/// Which way items go under a treaty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TreatyDirection {
    /// Both ways.
    Both,
    /// Theirs come here.
    Incoming,
    /// Ours go there.
    Outgoing,
}

/// A neighbour and the treaty with it.
#[derive(Clone, Debug)]
pub struct NeighbourView {
    /// Its name.
    pub name: String,
    /// Its neighbourhood id.
    pub id: String,
    /// Its site. Linked only when it is an `http` or `https` address.
    pub site: Option<String>,
    /// How far the treaty is.
    pub state: TreatyState,
    /// Which way items go.
    pub direction: TreatyDirection,
    /// The day both had signed.
    pub since: Option<Date>,
    /// The last day it holds, if it has one.
    pub until: Option<Date>,
}

/// "Over dit plein".
#[derive(Clone, Debug)]
pub struct AboutPage {
    /// How many residents the register counts.
    pub residents: usize,
    /// The boxes of the neighbourhood.
    pub boxes: Vec<BoxView>,
    /// Its neighbours.
    pub neighbours: Vec<NeighbourView>,
}
