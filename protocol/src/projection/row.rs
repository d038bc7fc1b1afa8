//! The row of an item: all a page or the API shows of it, derived from its operations and nothing else.

use minicbor::{Decode, Encode};

use super::{Conflict, Content, Welcome, Welcomed};
use crate::codec::{self, CodecError};
use crate::identity::PublicKey;
use crate::operation::{
    ItemId, Kind, ModerationReason, NeighbourhoodId, OperationId, OrganisationId, ResidentId, Space,
};
use crate::time::Timestamp;

/// An item that counts: visible, hidden or erased.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ItemRow {
    /// The item.
    #[n(0)]
    pub id: ItemId,
    /// What sort of item.
    #[n(1)]
    pub kind: Kind,
    /// The item this one is about: what a comment answers.
    #[n(2)]
    pub subject: Option<ItemId>,
    /// Where the item lives.
    #[n(3)]
    pub neighbourhood: NeighbourhoodId,
    /// Who is entitled to it.
    #[n(4)]
    pub space: Space,
    /// Who made it.
    #[n(5)]
    pub author: Author,
    /// When its author says it was made.
    #[n(6)]
    pub created: Timestamp,
    /// When its latest editor says it was changed; none if it never was.
    #[n(7)]
    pub edited: Option<Timestamp>,
    /// Its permitted operations, each after its parents.
    #[n(8)]
    pub operations: Vec<OperationId>,
    /// The operations nothing was built on yet: the parents of the next edit; sorted.
    #[n(9)]
    pub heads: Vec<OperationId>,
    /// Its fields as they stand.
    #[n(10)]
    pub content: Content,
    /// Fields on which concurrent edits disagree, with every version; the first is the one in `content`.
    #[n(11)]
    pub conflicts: Vec<Conflict>,
    /// The organisation that speaks through its author.
    #[n(12)]
    pub speaks_for: Option<OrganisationId>,
    /// A connector keeps it on top of the news.
    #[n(13)]
    pub pinned: Option<Mark>,
    /// A connector marked it as the official answer.
    #[n(14)]
    pub official: Option<Mark>,
    /// A connector hid it: it is in no list, and nobody but its author and the connectors is to see it.
    #[n(15)]
    pub hidden: Option<Moderation>,
    /// It was erased: what is left is this row, without content and in no list, so that comments on it keep standing.
    #[n(16)]
    pub erased: Option<Erasure>,
    /// What its author objected to what a connector did.
    #[n(17)]
    pub appeal: Option<Appeal>,
    /// What became of a post of another neighbourhood here, where that is not simply that it was taken; none for all else.
    #[n(18)]
    pub welcome: Option<Welcomed>,
}

/// Who did something to an item, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Mark {
    /// Who.
    #[n(0)]
    pub by: Author,
    /// When, as they say.
    #[n(1)]
    pub at: Timestamp,
}

/// That a connector hid an item.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Moderation {
    /// Who.
    #[n(0)]
    pub by: Author,
    /// Why.
    #[n(1)]
    pub reason: ModerationReason,
    /// In words; may be empty.
    #[n(2)]
    pub note: String,
    /// When, as they say.
    #[n(3)]
    pub at: Timestamp,
}

/// That an item was erased.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Erasure {
    /// Who.
    #[n(0)]
    pub by: Author,
    /// Why a connector did it; none when its maker did.
    #[n(1)]
    pub reason: Option<ModerationReason>,
    /// In words; may be empty.
    #[n(2)]
    pub note: String,
    /// When, as they say.
    #[n(3)]
    pub at: Timestamp,
}

/// That an author objects.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Appeal {
    /// In words.
    #[n(0)]
    pub note: String,
    /// When, as they say.
    #[n(1)]
    pub at: Timestamp,
}

/// Who made an item, as the registers say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Author {
    /// The device that signed.
    #[n(0)]
    pub device: PublicKey,
    /// Whose device it is.
    #[n(1)]
    pub resident: ResidentId,
    /// The neighbourhood that admitted them.
    #[n(2)]
    pub home: NeighbourhoodId,
}

impl ItemRow {
    /// An item of its author's own neighbourhood of which nothing is said yet: no content, and nothing that anybody did.
    pub fn bare(id: ItemId, kind: Kind, space: Space, author: Author, created: Timestamp) -> Self {
        Self {
            id,
            kind,
            subject: None,
            neighbourhood: author.home,
            space,
            author,
            created,
            edited: None,
            operations: Vec::new(),
            heads: Vec::new(),
            content: Content::default(),
            conflicts: Vec::new(),
            speaks_for: None,
            pinned: None,
            official: None,
            hidden: None,
            erased: None,
            appeal: None,
            welcome: None,
        }
    }

    /// Whether it is in the lists that everybody entitled to its space sees.
    pub fn is_listed(&self) -> bool {
        self.hidden.is_none() && self.erased.is_none() && self.is_welcome()
    }

    /// Whether this neighbourhood takes it: all of its own, and of what others share as much as it wants.
    pub fn is_welcome(&self) -> bool {
        self.welcome.is_none_or(|welcomed| welcomed.welcome == Welcome::AtOnce)
    }

    /// The stored form.
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// [`CodecError::Malformed`] when the store is damaged.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        minicbor::decode(bytes).map_err(|_| CodecError::Malformed)
    }
}
