//! The signed header of an operation.

use minicbor::decode::Error as DecodeError;
use minicbor::encode::{Error as EncodeError, Write};
use minicbor::{Decode, Decoder, Encode, Encoder};
use sha2::{Digest, Sha256};

use super::id::{CircleId, ItemId, NeighbourhoodId, OperationId};
use crate::codec;
use crate::identity::PublicKey;
use crate::time::Timestamp;

/// The version of the operation format this crate reads and writes.
pub const VERSION: u8 = 1;
/// The most parents one operation may have.
pub const MAX_PARENTS: usize = 16;
/// The most bytes a header takes: 16 parents of 34 bytes, twelve other fields and room to spare.
pub const MAX_HEADER: usize = 1024;

/// What a device signs: who says when, about which item, after what, to whom, and the hash of what is said.
///
/// Encoded as a CBOR array in the order of the fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Format version, [`VERSION`].
    pub version: u8,
    /// The neighbourhood the item lives in; none in a genesis, whose own id becomes the neighbourhood's.
    pub neighbourhood: Option<NeighbourhoodId>,
    /// The neighbourhood whose register admits the author; none when it is the one the item lives in.
    pub home: Option<NeighbourhoodId>,
    /// Who is entitled to this operation.
    pub space: Space,
    /// The signing device.
    pub device: PublicKey,
    /// The device's own count of all it signed, wherever the item lives; the first is 1.
    pub sequence: u64,
    /// The device's operation before this one; none for its first.
    pub previous: Option<OperationId>,
    /// The item; none in the operation that creates one, whose own id becomes the item's.
    pub item: Option<ItemId>,
    /// The latest operations on the item (in the register: of the register) that the author had seen; sorted, unique,
    /// at most [`MAX_PARENTS`].
    pub parents: Vec<OperationId>,
    /// When the author says it was signed.
    pub time: Timestamp,
    /// SHA-256 of the payload bytes.
    pub payload_hash: [u8; 32],
    /// Length of the payload in bytes.
    pub payload_length: u32,
    /// Whether the payload stays where the item's others are dropped: see [`Payload::is_permanent`](super::Payload::is_permanent).
    /// Signed, so that an envelope alone says whether its payload can have been erased; such an operation is never
    /// without it.
    pub permanent: bool,
}

codec::array_codec!(Header {
    version,
    neighbourhood: optional,
    home: optional,
    space,
    device,
    sequence,
    previous: optional,
    item: optional,
    parents,
    time,
    payload_hash: bytes,
    payload_length,
    permanent,
});

impl Header {
    /// The canonical bytes, which are signed and whose hash is the operation's id.
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// The operation's id.
    pub fn id(&self) -> OperationId {
        OperationId::from_bytes(Sha256::digest(self.encode()).into())
    }

    /// The neighbourhood the item lives in; for a genesis the one it brings into being.
    pub fn neighbourhood(&self) -> NeighbourhoodId {
        self.neighbourhood.unwrap_or_else(|| self.id().into())
    }

    /// The neighbourhood whose register decides about the author.
    pub fn home(&self) -> NeighbourhoodId {
        self.home.unwrap_or_else(|| self.neighbourhood())
    }

    /// The item: the one named, or the one this operation creates.
    pub fn item(&self) -> ItemId {
        self.item.unwrap_or_else(|| self.id().into())
    }
}

/// What the name of a circle begins with, before its id.
const CIRCLE: &str = "circle:";

/// All operations of one neighbourhood with one audience: what two boxes reconcile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Space {
    /// The register: keys and roles, for every neighbourhood with a treaty.
    Register,
    /// Logged-in residents.
    Members,
    /// Anyone who visits this neighbourhood's site.
    Square,
    /// Every neighbourhood with a treaty.
    Neighbours,
    /// A named group of neighbourhoods.
    Circle(CircleId),
}

impl Space {
    /// The audience of people who belong to both: the greatest lower bound of members < square < neighbours and every
    /// circle. Neighbours and a circle, or two circles, have the square in common and nothing more.
    #[must_use]
    pub fn narrower(self, other: Self) -> Self {
        match (self, other) {
            (one, same) if one == same => one,
            (Self::Register, _) | (_, Self::Register) => Self::Register,
            (Self::Members, _) | (_, Self::Members) => Self::Members,
            _ => Self::Square,
        }
    }

    /// Its name in the API, in forms and on the command line: `members`, `square`, `neighbours`, or `circle:` and the
    /// circle's id.
    pub fn name(&self) -> String {
        match self {
            Self::Register => "register".to_owned(),
            Self::Members => "members".to_owned(),
            Self::Square => "square".to_owned(),
            Self::Neighbours => "neighbours".to_owned(),
            Self::Circle(circle) => format!("{CIRCLE}{circle}"),
        }
    }

    /// The audience with this name; none for anything else, the register included.
    pub fn audience_named(name: &str) -> Option<Self> {
        match name {
            "members" => Some(Self::Members),
            "square" => Some(Self::Square),
            "neighbours" => Some(Self::Neighbours),
            _ => CircleId::from_hex(name.strip_prefix(CIRCLE)?).map(Self::Circle),
        }
    }

    /// Whether whoever belongs to `other` belongs to this one too.
    pub fn includes(self, other: Self) -> bool {
        self.narrower(other) == other
    }

    /// Whether other neighbourhoods may belong to it: what one of them was given lies on machines of its own.
    pub const fn goes_abroad(self) -> bool {
        matches!(self, Self::Neighbours | Self::Circle(_))
    }
}

impl<C> Encode<C> for Space {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, context: &mut C) -> Result<(), EncodeError<W::Error>> {
        match self {
            Self::Register => encoder.u8(0)?,
            Self::Members => encoder.u8(1)?,
            Self::Square => encoder.u8(2)?,
            Self::Neighbours => encoder.u8(3)?,
            Self::Circle(id) => return id.encode(encoder, context),
        };
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for Space {
    fn decode(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Self, DecodeError> {
        if decoder.datatype()? == minicbor::data::Type::Bytes {
            return CircleId::decode(decoder, context).map(Self::Circle);
        }
        match decoder.u8()? {
            0 => Ok(Self::Register),
            1 => Ok(Self::Members),
            2 => Ok(Self::Square),
            3 => Ok(Self::Neighbours),
            _ => Err(DecodeError::message("no such space")),
        }
    }
}
