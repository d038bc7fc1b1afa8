//! Statements about boxes, and about what is agreed with other neighbourhoods: treaties and circles.

use minicbor::{Decode, Encode};

use crate::codec;
use crate::identity::PublicKey;
use crate::operation::{CircleId, Kind, NeighbourhoodId, OperationId};
use crate::time::Timestamp;

/// A machine speaks for the neighbourhood to others, until it expires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoxCertificate {
    /// The box's ed25519 key, from which its libp2p peer id follows.
    pub key: PublicKey,
    /// From this time on it no longer speaks for the neighbourhood.
    pub expires: Timestamp,
}

codec::array_codec!(BoxCertificate { key, expires });

/// A machine no longer speaks for the neighbourhood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoxRetirement {
    /// The box's key.
    pub key: PublicKey,
}

codec::array_codec!(BoxRetirement { key });

/// One side of an agreement between two neighbourhoods; in force while both sides stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Treaty {
    /// The other neighbourhood.
    pub with: NeighbourhoodId,
    /// The other side's offer that this accepts; none in an offer.
    pub accepts: Option<OperationId>,
    /// What flows which way, seen from the neighbourhood that signs.
    pub direction: TreatyDirection,
    /// The kinds that are shared; empty means all.
    pub kinds: Vec<Kind>,
    /// From this time on it no longer holds.
    pub expires: Timestamp,
}

codec::array_codec!(Treaty { with, accepts: optional, direction, kinds, expires });

/// What flows which way, seen from the neighbourhood that signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum TreatyDirection {
    /// Both ways.
    #[n(0)]
    Both,
    /// We send them what we share.
    #[n(1)]
    Send,
    /// They send us what they share.
    #[n(2)]
    Receive,
}

impl TreatyDirection {
    /// Whether the signing neighbourhood sends.
    pub const fn sends(self) -> bool {
        matches!(self, Self::Both | Self::Send)
    }

    /// Whether the signing neighbourhood receives.
    pub const fn receives(self) -> bool {
        matches!(self, Self::Both | Self::Receive)
    }
}

/// The treaty with a neighbourhood ends, from either side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreatyEnd {
    /// The other neighbourhood.
    pub with: NeighbourhoodId,
}

codec::array_codec!(TreatyEnd { with });

/// A named group of neighbourhoods begins; the founding one admits the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CircleFounding {
    /// The circle's name, 1 to 80 characters: of a town, not of a person.
    pub name: String,
}

codec::array_codec!(CircleFounding { name });

/// The founding neighbourhood lets another into the circle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CircleAdmission {
    /// The circle.
    pub circle: CircleId,
    /// Who may join.
    pub neighbourhood: NeighbourhoodId,
}

codec::array_codec!(CircleAdmission { circle, neighbourhood });

/// A neighbourhood that was admitted joins a circle; said in its own register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CircleJoining {
    /// The circle.
    pub circle: CircleId,
    /// The neighbourhood that founded it.
    pub founder: NeighbourhoodId,
    /// The admission, in the founder's register.
    pub admission: OperationId,
}

codec::array_codec!(CircleJoining { circle, founder, admission });

/// A neighbourhood leaves a circle (said in its own register), or is shown out (said in the founder's).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CircleLeaving {
    /// The circle.
    pub circle: CircleId,
    /// Who leaves.
    pub neighbourhood: NeighbourhoodId,
}

codec::array_codec!(CircleLeaving { circle, neighbourhood });

/// The founding neighbourhood ends the circle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CircleEnd {
    /// The circle.
    pub circle: CircleId,
}

codec::array_codec!(CircleEnd { circle });
