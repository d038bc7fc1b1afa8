//! Typed edits: what a person did to an item, small enough to read and bounded enough to check.

use minicbor::data::Type;
use minicbor::decode::Error as DecodeError;
use minicbor::encode::{Error as EncodeError, Write};
use minicbor::{Decode, Decoder, Encode, Encoder};

use super::id::ItemId;
use crate::codec;

/// What sort of thing an item is. Kinds this version does not know are kept and passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Kind(#[n(0)] pub u16);

impl Kind {
    /// News: a title and a text.
    pub const NEWS: Self = Self(1);
    /// An event: a title, a time, a place and a text.
    pub const EVENT: Self = Self(2);
    /// A comment on another item.
    pub const COMMENT: Self = Self(3);
    /// A resident's profile: name, a few words, talents.
    pub const PROFILE: Self = Self(4);

    /// The kind's name in the API, or `None` for one this version does not know.
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::NEWS => Some("news"),
            Self::EVENT => Some("event"),
            Self::COMMENT => Some("comment"),
            Self::PROFILE => Some("profile"),
            _ => None,
        }
    }

    /// The kind with this name in the API.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::NEWS, Self::EVENT, Self::COMMENT, Self::PROFILE].into_iter().find(|kind| kind.name() == Some(name))
    }
}

/// A field of an item. Fields this version does not know are kept and passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Field(#[n(0)] pub u16);

impl Field {
    /// Text: the heading of news or an event.
    pub const TITLE: Self = Self(1);
    /// Spliceable text: the story, the comment, the words about oneself.
    pub const BODY: Self = Self(2);
    /// Civil time: when an event starts.
    pub const STARTS: Self = Self(3);
    /// Civil time: when an event ends.
    pub const ENDS: Self = Self(4);
    /// Text: where an event is.
    pub const PLACE: Self = Self(5);
    /// Boolean: the event does not take place.
    pub const CANCELLED: Self = Self(6);
    /// Text: the name a resident goes by.
    pub const NAME: Self = Self(7);
    /// Set of text: what a resident likes, knows and can.
    pub const TALENTS: Self = Self(8);
}

/// What a field can be set to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Nothing: the field is empty again.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Text in UTF-8.
    Text(String),
    /// Bytes, such as a hash.
    Bytes(Vec<u8>),
}

/// One typed edit. Encoded as a CBOR array whose first element says which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// `[0, kind, subject]`: brings the item into being; first edit of an item's first operation, and only there.
    /// The subject is the item that a comment is about.
    Create {
        /// What sort of item.
        kind: Kind,
        /// The item it is about, or none.
        subject: Option<ItemId>,
    },
    /// `[1, field, value]`: sets a field.
    Set {
        /// Which field.
        field: Field,
        /// Its new value.
        value: Value,
    },
    /// `[2, field, at, delete, insert]`: edits a text in place. Positions count Unicode scalar values in the text as the
    /// author saw it; what lies beyond its end is taken as its end.
    Splice {
        /// Which field.
        field: Field,
        /// Where to start.
        at: u32,
        /// How many characters go.
        delete: u32,
        /// What comes in their place.
        insert: String,
    },
    /// `[3, field, member]`: adds a member to a set.
    Add {
        /// Which set.
        field: Field,
        /// The member.
        member: String,
    },
    /// `[4, field, member]`: removes a member from a set, as far as the author had seen it there.
    Remove {
        /// Which set.
        field: Field,
        /// The member.
        member: String,
    },
    /// An edit of a later version: kept byte for byte, passed on, without effect here.
    Unknown(
        /// The whole canonical encoding of the edit, an array that starts with its number.
        Vec<u8>,
    ),
}

impl<C> Encode<C> for Value {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, _: &mut C) -> Result<(), EncodeError<W::Error>> {
        match self {
            Self::Null => encoder.null()?,
            Self::Bool(yes) => encoder.bool(*yes)?,
            Self::Int(number) => encoder.i64(*number)?,
            Self::Text(text) => encoder.str(text)?,
            Self::Bytes(bytes) => encoder.bytes(bytes)?,
        };
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for Value {
    fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, DecodeError> {
        match decoder.datatype()? {
            Type::Null => decoder.null().map(|()| Self::Null),
            Type::Bool => decoder.bool().map(Self::Bool),
            Type::String => decoder.str().map(|text| Self::Text(text.to_owned())),
            Type::Bytes => decoder.bytes().map(|bytes| Self::Bytes(bytes.to_vec())),
            _ => decoder.i64().map(Self::Int),
        }
    }
}

impl<C> Encode<C> for Edit {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, context: &mut C) -> Result<(), EncodeError<W::Error>> {
        match self {
            Self::Create { kind, subject } => {
                encoder.array(3)?.u8(0)?.encode_with(kind, context)?.encode_with(subject, context)?
            }
            Self::Set { field, value } => {
                encoder.array(3)?.u8(1)?.encode_with(field, context)?.encode_with(value, context)?
            }
            Self::Splice { field, at, delete, insert } => {
                encoder.array(5)?.u8(2)?.encode_with(field, context)?.u32(*at)?.u32(*delete)?.str(insert)?
            }
            Self::Add { field, member } => encoder.array(3)?.u8(3)?.encode_with(field, context)?.str(member)?,
            Self::Remove { field, member } => encoder.array(3)?.u8(4)?.encode_with(field, context)?.str(member)?,
            Self::Unknown(raw) => {
                encoder.writer_mut().write_all(raw).map_err(EncodeError::write)?;
                encoder
            }
        };
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for Edit {
    fn decode(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Self, DecodeError> {
        let start = decoder.position();
        let length = decoder.array()?;
        let tag = decoder.u16()?;
        let edit = match (tag, length) {
            (0, Some(3)) => {
                Self::Create { kind: decoder.decode_with(context)?, subject: codec::optional(decoder, context)? }
            }
            (1, Some(3)) => Self::Set { field: decoder.decode_with(context)?, value: decoder.decode_with(context)? },
            (2, Some(5)) => Self::Splice {
                field: decoder.decode_with(context)?,
                at: decoder.u32()?,
                delete: decoder.u32()?,
                insert: decoder.str()?.to_owned(),
            },
            (3, Some(3)) => Self::Add { field: decoder.decode_with(context)?, member: decoder.str()?.to_owned() },
            (4, Some(3)) => Self::Remove { field: decoder.decode_with(context)?, member: decoder.str()?.to_owned() },
            (0..=4, _) | (_, None) => return Err(DecodeError::message("an edit with the wrong number of elements")),
            (_, Some(_)) => Self::Unknown(codec::take_value(decoder, start)?.to_vec()),
        };
        Ok(edit)
    }
}
