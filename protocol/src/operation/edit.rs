//! Typed edits: what a person did to an item, small enough to read and bounded enough to check.

use minicbor::data::Type;
use minicbor::decode::Error as DecodeError;
use minicbor::encode::{Error as EncodeError, Write};
use minicbor::{Decode, Decoder, Encode, Encoder};

use super::field::Field;
use super::header::Space;
use super::id::{ItemId, OrganisationId};
use super::kind::Kind;
use crate::codec;

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
    /// `[0, kind, subject]`, or `[0, kind, subject, organisation]`: brings the item into being; first edit of an item's
    /// first operation, and only there. The subject is the item that a comment is about.
    Create {
        /// What sort of item.
        kind: Kind,
        /// The item it is about, or none.
        subject: Option<ItemId>,
        /// The organisation that speaks through its author, or none when they speak for themselves.
        speaks_for: Option<OrganisationId>,
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
    /// `[5, act, reason, note]`: a connector hides what somebody made, or shows it again. The only edit of its operation,
    /// as are all that follow.
    Moderate {
        /// What is done.
        act: ModerationAct,
        /// Why.
        reason: ModerationReason,
        /// In words, for the author and the log that members read; at most [`MAX_NOTE`](crate::validate::MAX_NOTE)
        /// characters.
        note: String,
    },
    /// `[6, pinned]`: a connector keeps the item on top of the news, or no longer.
    Pin(bool),
    /// `[7, official]`: a comment is marked as the official answer, or no longer.
    Official(bool),
    /// `[8, kind, reason, note]`: the item is gone. Its payloads are dropped wherever this arrives; headers stay as proof
    /// that there was something.
    Erase {
        /// The item's kind, which cannot be read any more where this arrives first.
        kind: Kind,
        /// Why a connector did it; none when its author did.
        reason: Option<ModerationReason>,
        /// As in [`Edit::Moderate`].
        note: String,
    },
    /// `[9, note]`: the author objects to what a connector did.
    Appeal(String),
    /// `[10, space]`: from here on the item is for this audience. The header of its operation names the audience it leaves.
    /// Whoever gets to see that an item left has to know where to, so its payload stays as long as the envelope does.
    Audience(Space),
    /// An edit of a later version: kept byte for byte, passed on, without effect here.
    Unknown(
        /// The whole canonical encoding of the edit, an array that starts with its number.
        Vec<u8>,
    ),
}

/// What a connector does to what somebody else made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum ModerationAct {
    /// Nobody but its author and the connectors sees it.
    #[n(0)]
    Hide,
    /// Everybody sees it again.
    #[n(1)]
    Show,
}

/// Why a connector hid or erased something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum ModerationReason {
    /// Something else; the note says what.
    #[n(0)]
    Other,
    /// Advertising, or the same thing over and over.
    #[n(1)]
    Spam,
    /// It hurts somebody.
    #[n(2)]
    Insult,
    /// It tells what is somebody else's to tell.
    #[n(3)]
    PrivateData,
    /// The law forbids it.
    #[n(4)]
    Unlawful,
    /// It is a mistake, or there twice.
    #[n(5)]
    Mistake,
    /// Somebody it is about asked for it.
    #[n(6)]
    AtRequest,
}

impl ModerationReason {
    /// All reasons, in the order of their numbers.
    pub const ALL: [Self; 7] =
        [Self::Other, Self::Spam, Self::Insult, Self::PrivateData, Self::Unlawful, Self::Mistake, Self::AtRequest];

    /// The reason's name in the API and the key of its sentence on a page.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Other => "other",
            Self::Spam => "spam",
            Self::Insult => "insult",
            Self::PrivateData => "private-data",
            Self::Unlawful => "unlawful",
            Self::Mistake => "mistake",
            Self::AtRequest => "at-request",
        }
    }

    /// The reason with this name in the API.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

impl Edit {
    /// Whether this edit stands alone in its operation: it does something *to* an item and changes none of its fields.
    pub const fn stands_alone(&self) -> bool {
        self.is_permanent() || matches!(self, Self::Moderate { .. } | Self::Pin(_) | Self::Official(_))
    }

    /// Whether this edit stays where the item's other payloads are dropped, because it was erased or is for other people
    /// now: the erasure itself, the author's words about it, and for whom the item is. Such an edit is decided by headers
    /// and its own payload alone.
    pub const fn is_permanent(&self) -> bool {
        self.is_beside() || matches!(self, Self::Audience(_))
    }

    /// Whether this edit has no place in the item's document, so that nothing builds on it: an erasure, an objection.
    pub const fn is_beside(&self) -> bool {
        matches!(self, Self::Erase { .. } | Self::Appeal(_))
    }
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

/// The number of [`Edit::Set`].
pub(super) const SET: u16 = 1;

impl<C> Encode<C> for Edit {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, context: &mut C) -> Result<(), EncodeError<W::Error>> {
        match self {
            Self::Create { kind, subject, speaks_for } => {
                encoder.array(if speaks_for.is_some() { 4 } else { 3 })?.u8(0)?;
                encoder.encode_with(kind, context)?.encode_with(subject, context)?;
                if speaks_for.is_some() { encoder.encode_with(speaks_for, context)? } else { encoder }
            }
            Self::Set { field, value } => {
                encoder.array(3)?.u16(SET)?.encode_with(field, context)?.encode_with(value, context)?
            }
            Self::Splice { field, at, delete, insert } => {
                encoder.array(5)?.u8(2)?.encode_with(field, context)?.u32(*at)?.u32(*delete)?.str(insert)?
            }
            Self::Add { field, member } => encoder.array(3)?.u8(3)?.encode_with(field, context)?.str(member)?,
            Self::Remove { field, member } => encoder.array(3)?.u8(4)?.encode_with(field, context)?.str(member)?,
            Self::Moderate { act, reason, note } => {
                encoder.array(4)?.u8(5)?.encode_with(act, context)?.encode_with(reason, context)?.str(note)?
            }
            Self::Pin(pinned) => encoder.array(2)?.u8(6)?.bool(*pinned)?,
            Self::Official(official) => encoder.array(2)?.u8(7)?.bool(*official)?,
            Self::Erase { kind, reason, note } => {
                encoder.array(4)?.u8(8)?.encode_with(kind, context)?.encode_with(reason, context)?.str(note)?
            }
            Self::Appeal(note) => encoder.array(2)?.u8(9)?.str(note)?,
            Self::Audience(space) => encoder.array(2)?.u8(10)?.encode_with(space, context)?,
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
            (0, Some(3 | 4)) => Self::Create {
                kind: decoder.decode_with(context)?,
                subject: codec::optional(decoder, context)?,
                speaks_for: (length == Some(4)).then(|| decoder.decode_with(context)).transpose()?,
            },
            (SET, Some(3)) => Self::Set { field: decoder.decode_with(context)?, value: decoder.decode_with(context)? },
            (2, Some(5)) => Self::Splice {
                field: decoder.decode_with(context)?,
                at: decoder.u32()?,
                delete: decoder.u32()?,
                insert: decoder.str()?.to_owned(),
            },
            (3, Some(3)) => Self::Add { field: decoder.decode_with(context)?, member: decoder.str()?.to_owned() },
            (4, Some(3)) => Self::Remove { field: decoder.decode_with(context)?, member: decoder.str()?.to_owned() },
            (5, Some(4)) => Self::Moderate {
                act: decoder.decode_with(context)?,
                reason: decoder.decode_with(context)?,
                note: decoder.str()?.to_owned(),
            },
            (6, Some(2)) => Self::Pin(decoder.bool()?),
            (7, Some(2)) => Self::Official(decoder.bool()?),
            (8, Some(4)) => Self::Erase {
                kind: decoder.decode_with(context)?,
                reason: codec::optional(decoder, context)?,
                note: decoder.str()?.to_owned(),
            },
            (9, Some(2)) => Self::Appeal(decoder.str()?.to_owned()),
            (10, Some(2)) => Self::Audience(decoder.decode_with(context)?),
            (0..=10, _) | (_, None) => return Err(DecodeError::message("an edit with the wrong number of elements")),
            (_, Some(_)) => Self::Unknown(codec::take_value(decoder, start)?.to_vec()),
        };
        Ok(edit)
    }
}
